package session

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/word"
)

// TestMessages_AreInTheTable finds every message id in the package's source
// and sees that a person would read a sentence, with as many arguments as it
// is given.
func TestMessages_AreInTheTable(t *testing.T) {
	t.Parallel()
	// The call's name → index of the id among its arguments.
	makers := map[string]int{"M": 0, "refuse": 1, "malformed": 0, "limited": 1, "deviation": 1, "shut": 1}
	used := map[word.ID]bool{}
	each(t, func(c *ast.CallExpr, name string) {
		at, ok := makers[name]
		if !ok || len(c.Args) <= at {
			return
		}
		lit, ok := c.Args[at].(*ast.BasicLit)
		if !ok {
			return
		}
		text, _ := strconv.Unquote(lit.Value)
		id := word.ID(text)
		used[id] = true
		takes, known := word.Known(id)
		given := len(c.Args) - at - 1
		switch {
		case !known:
			t.Errorf("no English for %s", id)
		case name == "limited" && takes > 2, name != "limited" && takes != given:
			t.Errorf("%s takes %d arguments and is given %d", id, takes, given)
		}
	})
	for _, id := range []word.ID{"session.doubt_drop", "session.doubt_device", "session.doubt_bed", "session.doubt_chair", "session.doubt_patient", "session.unlinked_by_hand", "session.pump_bed", "session.pump_patient"} {
		used[id] = true
	}
	for id := range word.All() {
		if strings.HasPrefix(string(id), "session.") && !used[id] {
			t.Errorf("%s is said nowhere", id)
		}
	}
}

func each(t *testing.T, visit func(c *ast.CallExpr, name string)) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		n := f.Name()
		if !strings.HasSuffix(n, ".go") || strings.HasSuffix(n, "_test.go") || strings.HasPrefix(n, "gate") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), n, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			c, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch fn := c.Fun.(type) {
			case *ast.Ident:
				visit(c, fn.Name)
			case *ast.SelectorExpr:
				visit(c, fn.Sel.Name)
			}
			return true
		})
	}
}
