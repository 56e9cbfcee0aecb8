package archtest

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Finding is one broken rule at one place.
type Finding struct {
	File string
	Line int
	// Rule is the short name of the rule, Message what is wrong and why it matters.
	Rule, Message string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Message)
}

// Tree is a parsed source tree.
type Tree struct {
	fset *token.FileSet
	pkgs []*pkg
}

// pkg is the Go files of one directory.
type pkg struct {
	// rel is the slash path below the root.
	rel   string
	files []file
}

// file is one parsed Go file.
type file struct {
	*ast.File
	path string
	test bool
}

// Load parses every Go file of root, leaving out what the go command leaves
// out: testdata, hidden directories, and directories with a go.mod of their own.
func Load(root fs.FS) (*Tree, error) {
	t := &Tree{fset: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if leftOut(root, name) {
			return fs.SkipDir
		}
		return t.loadDir(root, name)
	})
	if err != nil {
		return nil, fmt.Errorf("load tree: %w", err)
	}
	return t, nil
}

func leftOut(root fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	base := path.Base(dir)
	if base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(root, path.Join(dir, "go.mod"))
	return err == nil
}

func (t *Tree) loadDir(root fs.FS, dir string) error {
	entries, err := fs.ReadDir(root, dir)
	if err != nil {
		return fmt.Errorf("list %s: %w", dir, err)
	}
	p := &pkg{rel: dir}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".go" {
			continue
		}
		f, err := t.parse(root, path.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		p.files = append(p.files, f)
	}
	if len(p.files) > 0 {
		t.pkgs = append(t.pkgs, p)
	}
	return nil
}

func (t *Tree) parse(root fs.FS, name string) (file, error) {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", name, err)
	}
	parsed, err := parser.ParseFile(t.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return file{}, fmt.Errorf("parse %s: %w", name, err)
	}
	return file{File: parsed, path: name, test: strings.HasSuffix(name, "_test.go")}, nil
}

// code returns the files that are not tests.
func (p *pkg) code() []file {
	return slices.DeleteFunc(slices.Clone(p.files), func(f file) bool { return f.test })
}

// finding places a message at a node.
func (t *Tree) finding(at token.Pos, rule, format string, args ...any) Finding {
	pos := t.fset.Position(at)
	return Finding{File: pos.Filename, Line: pos.Line, Rule: rule, Message: fmt.Sprintf(format, args...)}
}

func sortFindings(fs []Finding) []Finding {
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message))
	})
	return fs
}
