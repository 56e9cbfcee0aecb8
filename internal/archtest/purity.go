package archtest

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
)

const (
	ruleGoroutine = "goroutine"
	ruleClock     = "clock"
	rulePrint     = "print"
	ruleVariable  = "variable"
	ruleInit      = "init"
)

// CheckPurity reports, in the pure rooms, each goroutine, clock, printing,
// init function and changed package variable. A value that a variable points
// to can still be changed through a copy of the pointer: that is for review.
func CheckPurity(t *Tree, rooms map[string]Room) []Finding {
	var out []Finding
	for _, p := range t.pkgs {
		room, ok := find(rooms, p.rel)
		c := checker{tree: t, rooms: rooms, pkg: p, pure: ok && room.pure()}
		out = append(out, c.run()...)
	}
	return sortFindings(out)
}

// checker reads one package. In packages outside the core it looks only for
// changes to a variable of the core.
type checker struct {
	tree  *Tree
	rooms map[string]Room
	pkg   *pkg
	pure  bool
	info  types.Info
	scope *types.Scope
	out   []Finding
}

func (c *checker) run() []Finding {
	code := c.pkg.code()
	c.resolve(code)
	for _, f := range code {
		ast.Inspect(f.File, func(n ast.Node) bool {
			c.visit(n)
			return true
		})
	}
	return c.out
}

// resolve finds what each name stands for. Imports are empty packages, so type
// errors are expected and passed over; names of this package resolve all the same.
func (c *checker) resolve(code []file) {
	c.info = types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	conf := types.Config{Importer: emptyImporter{}, Error: func(error) {}}
	files := make([]*ast.File, 0, len(code))
	for _, f := range code {
		files = append(files, f.File)
	}
	checked, _ := conf.Check(Module+"/"+c.pkg.rel, c.tree.fset, files, &c.info)
	c.scope = checked.Scope()
}

// emptyImporter stands in for every import: only names of the package read matter.
type emptyImporter struct{}

func (emptyImporter) Import(imported string) (*types.Package, error) {
	p := types.NewPackage(imported, path.Base(imported))
	p.MarkComplete()
	return p, nil
}

func (c *checker) report(at token.Pos, rule, format string, args ...any) {
	c.out = append(c.out, c.tree.finding(at, rule, format, args...))
}

func (c *checker) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.GoStmt:
		if c.pure {
			c.report(n.Pos(), ruleGoroutine, "the core starts no goroutine: timers and services are above level 3")
		}
	case *ast.FuncDecl:
		if c.pure && n.Recv == nil && n.Name.Name == "init" {
			c.report(n.Pos(), ruleInit, "the core has no init function: what it needs is passed in")
		}
	case *ast.SelectorExpr:
		c.selector(n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, target := range n.Lhs {
				c.changed(target, "is assigned")
			}
		}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			c.changed(n.Key, "is assigned")
			c.changed(n.Value, "is assigned")
		}
	case *ast.IncDecStmt:
		c.changed(n.X, "is assigned")
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			c.changed(n.X, "has its address taken")
		}
	case *ast.CallExpr:
		c.call(n)
	}
}

// call reports delete(v, …), clear(v) and copy(v, …) on a package variable.
func (c *checker) call(n *ast.CallExpr) {
	name, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if !ok || len(n.Args) == 0 {
		return
	}
	if _, builtin := c.info.Uses[name].(*types.Builtin); !builtin {
		return
	}
	switch name.Name {
	case "delete", "clear", "copy":
		c.changed(n.Args[0], "is changed by "+name.Name)
	}
}

func (c *checker) selector(n *ast.SelectorExpr) {
	if sel, ok := c.info.Selections[n]; ok && takesAddress(sel) {
		c.changed(n.X, "has its address taken by "+n.Sel.Name)
		return
	}
	if !c.pure {
		return
	}
	imported, ok := c.imported(n.X)
	if !ok {
		return
	}
	switch {
	case imported == "time" && clock(n.Sel.Name):
		c.report(n.Pos(), ruleClock, "the core reads no clock and no zone of the machine: time.%s comes in as a value", n.Sel.Name)
	case imported == "fmt" && prints(n.Sel.Name):
		c.report(n.Pos(), rulePrint, "the core prints nothing: fmt.%s is for the edge", n.Sel.Name)
	}
}

// takesAddress tells whether a method call on a value takes its address.
func takesAddress(sel *types.Selection) bool {
	method, ok := sel.Obj().(*types.Func)
	if !ok || sel.Kind() != types.MethodVal {
		return false
	}
	if _, pointer := sel.Recv().Underlying().(*types.Pointer); pointer {
		return false
	}
	_, pointer := method.Signature().Recv().Type().(*types.Pointer)
	return pointer
}

func clock(name string) bool {
	switch name {
	case "Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep", "Local", "LoadLocation":
		return true
	}
	return false
}

func prints(name string) bool {
	switch name {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln", "Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln":
		return true
	}
	return false
}

// imported returns the import path when x names an import.
func (c *checker) imported(x ast.Expr) (string, bool) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return "", false
	}
	name, ok := c.info.Uses[id].(*types.PkgName)
	if !ok {
		return "", false
	}
	return name.Imported().Path(), true
}

// changed reports target when it is, or is part of, a package variable of the core.
func (c *checker) changed(target ast.Expr, how string) {
	for {
		switch x := target.(type) {
		case *ast.ParenExpr:
			target = x.X
		case *ast.IndexExpr:
			target = x.X
		case *ast.SliceExpr:
			target = x.X
		case *ast.StarExpr:
			target = x.X
		case *ast.SelectorExpr:
			if imported, ok := c.imported(x.X); ok {
				c.changedElsewhere(x, imported, how)
				return
			}
			target = x.X
		case *ast.Ident:
			if v, ok := c.info.Uses[x].(*types.Var); ok && c.pure && v.Parent() == c.scope {
				c.report(x.Pos(), ruleVariable, "package variable %s %s: the core keeps no state", x.Name, how)
			}
			return
		default:
			return
		}
	}
}

// changedElsewhere reports a change to a variable another core package exports.
func (c *checker) changedElsewhere(x *ast.SelectorExpr, imported, how string) {
	if len(imported) <= len(Module) || imported[:len(Module)] != Module {
		return
	}
	room, ok := find(c.rooms, imported[len(Module)+1:])
	if ok && room.pure() {
		c.report(x.Pos(), ruleVariable, "package variable %s.%s %s: the core keeps no state", path.Base(imported), x.Sel.Name, how)
	}
}
