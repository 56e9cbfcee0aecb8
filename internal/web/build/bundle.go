package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundles is what a build makes: file name → content, and the manifest.
type bundles struct {
	files    map[string][]byte
	manifest map[string]string
}

// bundle builds every entry on its own. Styles go first: a script may import
// none of its own, a page links both.
func bundle(t tree) (bundles, error) {
	out := bundles{files: map[string][]byte{}, manifest: map[string]string{}}
	entries, err := t.entries()
	if err != nil {
		return out, err
	}
	if len(entries) == 0 {
		return out, errors.New("there is nothing to bundle")
	}
	for _, e := range entries {
		if err := out.add(t, e); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (b *bundles) add(t tree, e entry) error {
	options := common(t)
	options.EntryPoints = []string{e.file}
	options.Outdir = t.dist()
	options.Splitting = true // what a page imports later is a file of its own
	options.ChunkNames = "[name]-[hash]"
	options.Metafile = true
	options.MinifyWhitespace, options.MinifyIdentifiers, options.MinifySyntax = true, true, true
	made, err := build(options)
	if err != nil {
		return fmt.Errorf("bundle %s: %w", e.name, err)
	}
	own := strings.TrimSuffix(filepath.Base(e.file), filepath.Ext(e.file))
	for _, f := range made.OutputFiles {
		name := filepath.Base(f.Path)
		switch name {
		case own + ".js", own + ".css":
			b.put(strings.TrimSuffix(e.name, filepath.Ext(e.name))+filepath.Ext(name), f.Contents)
		default: // fonts and parts of scripts: esbuild names them by content already
			b.files[name] = f.Contents
		}
	}
	parts, err := needed(made.Metafile, own+".js")
	if err != nil {
		return fmt.Errorf("bundle %s: %w", e.name, err)
	}
	for i, p := range parts {
		b.manifest[e.name+"/"+strconv.Itoa(i)] = p // as page.Part names it
	}
	return nil
}

// needed lists the parts that a script imports before it runs, each once.
func needed(metafile, script string) ([]string, error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct {
				Path, Kind string
				External   bool
			}
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read what was bundled: %w", err)
	}
	imports := map[string][]string{}
	for path, out := range meta.Outputs {
		for _, i := range out.Imports {
			if i.Kind == "import-statement" && !i.External {
				imports[filepath.Base(path)] = append(imports[filepath.Base(path)], filepath.Base(i.Path))
			}
		}
	}
	var out []string
	for todo := imports[script]; len(todo) > 0; todo = todo[1:] {
		if !slices.Contains(out, todo[0]) {
			out = append(out, todo[0])
			todo = append(slices.Clone(todo), imports[todo[0]]...)
		}
	}
	slices.Sort(out)
	return out, nil
}

// put stores content under a name that carries its hash.
func (b *bundles) put(name string, content []byte) {
	sum := sha256.Sum256(content)
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:8]))[:10]
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + hash + ext
	b.files[hashed] = content
	b.manifest[name] = hashed
}

func common(t tree) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: t.root,
		Bundle:        true,
		NodePaths:     []string{t.modules()},
		Target:        api.ES2022,
		Format:        api.FormatESModule,
		// Calls of createElement are a few hundred bytes shorter, compressed, than those of
		// the automatic runtime.
		JSX:               api.JSXTransform,
		JSXFactory:        "createElement",
		JSXFragment:       "Fragment",
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		AssetNames:        "[name]-[hash]",
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile},
		TsconfigRaw:       "{}",
		LogLevel:          api.LogLevelSilent,
		PreserveSymlinks:  true,
		Conditions:        []string{"production"},
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
		ResolveExtensions: []string{".tsx", ".ts", ".js", ".mjs", ".css"},
	}
}

func build(options api.BuildOptions) (api.BuildResult, error) {
	result := api.Build(options)
	if len(result.Errors) == 0 {
		return result, nil
	}
	lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return result, errors.New(strings.TrimSpace(strings.Join(lines, "")))
}

// bundleTests leaves each test under a folder as one module that node --test
// runs. What drives the browser is loaded from node_modules, not bundled.
func bundleTests(t tree, from, to string) error {
	files, err := testFiles(from)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("clear tests: %w", err)
	}
	options := common(t)
	options.EntryPoints = files
	options.Outdir = to
	options.Outbase = from
	options.External = []string{"playwright-core"}
	options.Platform = api.PlatformNode
	options.Sourcemap = api.SourceMapInline
	options.OutExtension = map[string]string{".js": ".mjs"}
	options.Write = true
	_, err = build(options)
	return err
}

// compress adds a gzip form beside each script and style, made once here
// rather than for each request. Fonts are compressed already.
func (b *bundles) compress() error {
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		if ext := filepath.Ext(name); ext != ".js" && ext != ".css" {
			continue
		}
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			return fmt.Errorf("compress bundle: %w", err)
		}
		if _, err := w.Write(b.files[name]); err != nil {
			return fmt.Errorf("compress bundle: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("compress bundle: %w", err)
		}
		b.files[name+".gz"] = out.Bytes()
	}
	return nil
}

// install replaces what an earlier build left behind.
func install(t tree, made bundles) error {
	old, err := os.ReadDir(t.dist())
	if err != nil {
		return fmt.Errorf("read earlier bundles: %w", err)
	}
	for _, f := range old {
		if f.Name() == ".keep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(t.dist(), f.Name())); err != nil {
			return fmt.Errorf("clear earlier bundles: %w", err)
		}
	}
	manifest, err := json.MarshalIndent(made.manifest, "", "\t")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := made.compress(); err != nil {
		return err
	}
	made.files["manifest.json"] = append(manifest, '\n')
	for _, name := range slices.Sorted(maps.Keys(made.files)) {
		if err := os.WriteFile(filepath.Join(t.dist(), name), made.files[name], 0o644); err != nil {
			return fmt.Errorf("write bundle: %w", err)
		}
	}
	return nil
}
