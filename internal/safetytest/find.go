package safetytest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Find lists the tests of a source tree: Go tests by package directory, tests
// of scripts by file. A Go test whose first act is to skip does not count.
func Find(root fs.FS) (map[Test]bool, error) {
	found := map[Test]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(name, d)
		}
		switch {
		case strings.HasSuffix(name, "_test.go"):
			return goTests(root, name, found)
		case isScriptTest(name):
			return scriptTests(root, name, found)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find tests: %w", err)
	}
	return found, nil
}

func enter(name string, d fs.DirEntry) error {
	base := d.Name()
	if name != "." && (base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".")) {
		return fs.SkipDir
	}
	return nil
}

func isScriptTest(name string) bool {
	for _, ext := range []string{".test.ts", ".spec.ts", ".test.mjs", ".spec.mjs", ".test.js", ".spec.js"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

func goTests(root fs.FS, name string, found map[Test]bool) error {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range parsed.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && isTest(f) && !alwaysSkips(f) {
			found[Test{In: path.Dir(name), Test: f.Name.Name}] = true
		}
	}
	return nil
}

func isTest(f *ast.FuncDecl) bool {
	named := strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")
	return named && f.Recv == nil && f.Name.Name != "TestMain" && len(f.Type.Params.List) == 1
}

// alwaysSkips tells whether a test does nothing, or skips before anything else.
func alwaysSkips(f *ast.FuncDecl) bool {
	if f.Body == nil || len(f.Body.List) == 0 {
		return true
	}
	first, ok := f.Body.List[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := first.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && strings.HasPrefix(method.Sel.Name, "Skip")
}

// scriptTitle is a call of test or it with a title in quotes.
var scriptTitle = regexp.MustCompile("(?m)^\\s*(?:await\\s+)?(?:test|it)\\(\\s*(?:'([^'\\n]+)'|\"([^\"\\n]+)\"|`([^`\\n]+)`)")

func scriptTests(root fs.FS, name string, found map[Test]bool) error {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	for _, m := range scriptTitle.FindAllStringSubmatch(string(src), -1) {
		found[Test{In: name, Test: m[1] + m[2] + m[3]}] = true
	}
	return nil
}
