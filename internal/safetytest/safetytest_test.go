package safetytest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// hazardIDs are the hazards the register must hold: H1 to H19.
func hazardIDs() []string {
	var ids []string
	for n := 1; n <= 19; n++ {
		ids = append(ids, fmt.Sprintf("H%d", n))
	}
	return ids
}

func TestRegister_EveryControlNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	known, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	register, err := Load(root, "doc/safety/hazards.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range Check(register, hazardIDs(), known) {
		t.Error(wrong)
	}
	for _, h := range register.Hazards {
		for _, p := range h.Pending {
			t.Logf("%s pending: %s (%s)", h.ID, p.Control, p.Why)
		}
	}
}

func TestFind_GoAndScriptTests(t *testing.T) {
	t.Parallel()
	found, err := Find(fstest.MapFS{
		"internal/a/a_test.go": {Data: []byte(`package a
func TestReal(t *testing.T) { check(t) }
func FuzzReal(f *testing.F) { check(f) }
func TestSkipped(t *testing.T) { t.Skip("later") }
func TestEmpty(t *testing.T) {}
func TestMain(m *testing.M) { m.Run() }
func TestHelper() { check(nil) }
func (s suite) TestMethod(t *testing.T) { check(t) }
`)},
		"internal/a/a.go":            {Data: []byte("package a\nfunc TestNotInATestFile(t *testing.T) { check(t) }\n")},
		"web/tests/walk.spec.ts":     {Data: []byte("test('a nurse starts', async () => {})\n  test(\"stop\", () => {})\n// test('commented', x)\n")},
		"web/tests/helper.ts":        {Data: []byte("test('not a test file', () => {})\n")},
		"web/node_modules/x.test.js": {Data: []byte("test('theirs', () => {})\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[Test]bool{
		{In: "internal/a", Test: "TestReal"}:                   true,
		{In: "internal/a", Test: "FuzzReal"}:                   true,
		{In: "web/tests/walk.spec.ts", Test: "a nurse starts"}: true,
		{In: "web/tests/walk.spec.ts", Test: "stop"}:           true,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("Find (-want +got):\n%s", diff)
	}
}

func TestCheck_FindsEachFault(t *testing.T) {
	t.Parallel()
	known := map[Test]bool{{In: "internal/a", Test: "TestReal"}: true}
	whole := func() Register {
		return Register{Hazards: []Hazard{{
			ID: "H1", Hazard: "h", Situation: "s", Sequence: "q", Harm: "x",
			Controls: []Control{{Control: "c", Tests: []Test{{In: "internal/a", Test: "TestReal"}}}},
		}}}
	}
	if got := Check(whole(), []string{"H1"}, known); got != nil {
		t.Fatalf("a whole register has faults: %v", got)
	}
	cases := map[string]struct {
		spoil func(*Register)
		want  string
	}{
		"missing hazard":   {func(r *Register) { r.Hazards = nil }, "H1 is missing"},
		"hazard twice":     {func(r *Register) { r.Hazards = append(r.Hazards, r.Hazards[0]) }, "H1 stands twice"},
		"no harm":          {func(r *Register) { r.Hazards[0].Harm = " " }, "H1 does not say its harm"},
		"no control":       {func(r *Register) { r.Hazards[0].Controls = nil }, "H1 has no control"},
		"wordless control": {func(r *Register) { r.Hazards[0].Controls[0].Control = "" }, "H1 has a control without words"},
		"untested control": {func(r *Register) { r.Hazards[0].Controls[0].Tests = nil }, "H1 has a control without a test: c"},
		"unknown test": {
			func(r *Register) { r.Hazards[0].Controls[0].Tests[0].Test = "TestGone" },
			"H1 names a test that does not exist, or that always skips: internal/a TestGone",
		},
		"uncounted pending": {
			func(r *Register) { r.Hazards[0].Pending = []Pending{{Control: "c", Why: "w"}} },
			"register pending_controls says 0, but 1 controls are pending",
		},
		"pending without why": {
			func(r *Register) { r.PendingControls, r.Hazards[0].Pending = 1, []Pending{{Control: "c"}} },
			"H1 has a pending control without its name or its why",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := whole()
			c.spoil(&r)
			if got := Check(r, []string{"H1"}, known); !slices.Contains(got, c.want) {
				t.Errorf("Check = %q, want %q among them", got, c.want)
			}
		})
	}
}

func TestLoad_UnknownKeyIsAnError(t *testing.T) {
	t.Parallel()
	root := fstest.MapFS{"h.yaml": {Data: []byte("hazards:\n- id: H1\n  severty: 5\n")}}
	if _, err := Load(root, "h.yaml"); err == nil || !strings.Contains(err.Error(), "severty") {
		t.Errorf("Load = %v, want an error that names the key", err)
	}
}
