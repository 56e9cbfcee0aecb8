package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tree is the checkout.
type tree struct{ root string }

func openTree(root string) (tree, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return tree{}, fmt.Errorf("find checkout: %w", err)
	}
	if _, err := os.Stat(filepath.Join(abs, "internal", "web", "dist")); err != nil {
		return tree{}, fmt.Errorf("find checkout: %w", err)
	}
	return tree{abs}, nil
}

func (t tree) modules() string { return filepath.Join(t.root, "web", "node_modules") }
func (t tree) pages() string   { return filepath.Join(t.root, "internal", "web") }
func (t tree) source() string  { return filepath.Join(t.root, "web", "src") }
func (t tree) dist() string    { return filepath.Join(t.root, "internal", "web", "dist") }
func (t tree) tests() string   { return filepath.Join(t.root, "web", ".test") }

// browser holds the tests that drive a real browser.
func (t tree) browser() string      { return filepath.Join(t.root, "web", "browser") }
func (t tree) browserTests() string { return filepath.Join(t.root, "web", ".browser") }

// entry is one bundle: the file it starts from and the name pages use.
type entry struct{ file, name string }

// entries finds what to bundle: page.ts and page.css of each page's folder,
// and entry.ts, entry.tsx or entry.css of each folder of web/src. The
// folder's name is the bundle's.
func (t tree) entries() ([]entry, error) {
	var out []entry
	for _, dir := range []string{t.pages(), t.source()} {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "dist" || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			if e, ok := entryOf(file); ok {
				out = append(out, e)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("find bundles: %w", err)
		}
	}
	return out, nil
}

func entryOf(file string) (entry, bool) {
	folder := filepath.Base(filepath.Dir(file))
	switch filepath.Base(file) {
	case "page.ts", "entry.ts", "entry.tsx":
		return entry{file, folder + ".js"}, true
	case "page.css", "entry.css":
		return entry{file, folder + ".css"}, true
	}
	return entry{}, false
}

// testFiles finds the tests and benchmarks under a folder.
func testFiles(under string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(under, func(file string, _ fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(file, ".test.ts") || strings.HasSuffix(file, ".test.tsx") || strings.HasSuffix(file, ".bench.ts")) {
			out = append(out, file)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find tests: %w", err)
	}
	return out, nil
}
