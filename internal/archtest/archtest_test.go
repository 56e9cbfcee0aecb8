package archtest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// root is the module root, seen from this package.
const root = "../.."

func house(t *testing.T) *Tree {
	t.Helper()
	tree, err := Load(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.pkgs) < 5 {
		t.Fatalf("read only %d packages under %s: the checks would pass on nothing", len(tree.pkgs), root)
	}
	return tree
}

func fail(t *testing.T, found []Finding) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

func TestHouse_Imports(t *testing.T) {
	t.Parallel()
	fail(t, CheckImports(house(t), Rooms()))
}

func TestHouse_CoreIsPure(t *testing.T) {
	t.Parallel()
	fail(t, CheckPurity(house(t), Rooms()))
}

func TestHouse_EveryPackageHasAComment(t *testing.T) {
	t.Parallel()
	fail(t, CheckPackageComments(house(t)))
}

// The checks themselves are shown on small trees where each broken line says
// which rule it breaks, so that a check that goes blind fails here.

func TestCheckImports_FindsEachViolation(t *testing.T) {
	t.Parallel()
	compare(t, "testdata/imports.txtar", func(tree *Tree) []Finding { return CheckImports(tree, Rooms()) })
}

func TestCheckPurity_FindsEachViolation(t *testing.T) {
	t.Parallel()
	compare(t, "testdata/purity.txtar", func(tree *Tree) []Finding { return CheckPurity(tree, Rooms()) })
}

func TestCheckPackageComments_FindsEachViolation(t *testing.T) {
	t.Parallel()
	compare(t, "testdata/comments.txtar", CheckPackageComments)
}

// compare checks a fixture: exactly the lines marked "want rule" are found.
func compare(t *testing.T, fixture string, check func(*Tree) []Finding) {
	t.Helper()
	tree, want := loadFixture(t, fixture)
	var got []string
	for _, f := range check(tree) {
		got = append(got, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Rule))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: findings differ (-want +got):\n%s", fixture, diff)
	}
}

func loadFixture(t *testing.T, name string) (tree *Tree, want []string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
		for i, line := range strings.Split(string(f.Data), "\n") {
			if _, rule, ok := strings.Cut(line, "// want "); ok {
				want = append(want, fmt.Sprintf("%s:%d %s", f.Name, i+1, rule))
			}
		}
	}
	tree, err = Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 {
		t.Fatalf("%s wants nothing", name)
	}
	return tree, want
}

func TestCheckImports_SaysWhy(t *testing.T) {
	t.Parallel()
	tree, err := Load(fstest.MapFS{
		"internal/unit/unit.go": {Data: []byte("package unit\n\nimport \"os\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	found := CheckImports(tree, Rooms())
	if len(found) != 1 || !strings.Contains(found[0].String(), "internal/unit/unit.go:3: pure-std: internal/unit is pure and may not import os: it reads files") {
		t.Errorf("findings = %v, want the file, the line, the package and the reason", found)
	}
}

func TestRooms_PeersExistAtTheSameLevel(t *testing.T) {
	t.Parallel()
	rooms := Rooms()
	for name, room := range rooms {
		for _, peer := range room.Peers {
			if other, ok := rooms[peer]; !ok || other.Level != room.Level {
				t.Errorf("%s names the peer %s, which is not a room of level %d", name, peer, room.Level)
			}
		}
		for _, std := range room.Std {
			if !room.pure() || slices.Contains(pureStd(), std) {
				t.Errorf("%s lists the standard package %s for nothing", name, std)
			}
		}
	}
}

func TestLoad_SyntaxErrorIsReported(t *testing.T) {
	t.Parallel()
	_, err := Load(fstest.MapFS{"internal/unit/unit.go": {Data: []byte("package")}})
	if err == nil || !strings.Contains(err.Error(), "parse internal/unit/unit.go") {
		t.Errorf("Load = %v, want an error that names the file", err)
	}
}

func TestLoad_LeavesOutWhatGoLeavesOut(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"web/node_modules/x/x.go": {}, ".hidden/x.go": {}, "internal/a/testdata/x.go": {}, "_old/x.go": {}}
	tree, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.pkgs) != 0 {
		t.Errorf("Load read %d packages, want none", len(tree.pkgs))
	}
}
