package library

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/cite"
)

const twoRows = `schema: x
version: 1
sources:
  - {id: OURS, kind: ours, text: "x"}
rules:
  - id: CI-ONE
    version: 2
    text: The first.
    stop: hard
    numbers:
      - {name: systolic, value: "180", unit: mmHg, mark: verified, source: LABEL}
      - {name: pulse, value: "50", unit: /min, mark: secondary, source: LABEL}
    roles: [director, prescriber]
    reviewer: ""
  - {id: CI-TWO, text: The second., cites: [{part: trigger, source: OURS, mark: default}, {part: action, source: LABEL, mark: unverified}]}
  - {id: CI-NONE}
general:
  - {text: Said of all., source: OURS, mark: unverified}
times: {after: "30", unit: s, mark: default}
medicines:
  - {key: alfentanil, rxnorm: "480"}
codes:
  - {system: loinc, code: "8480-6"}
`

// TestRows: what a row says, its weakest mark, and nothing of sources.
func TestRows(t *testing.T) {
	t.Parallel()
	rows, err := rowsOf("rules.yaml", []byte(twoRows))
	if err != nil {
		t.Fatal(err)
	}
	hashes := map[string]bool{}
	for i := range rows {
		hashes[rows[i].Hash], rows[i].Hash = true, ""
	}
	want := []Row{
		{File: "rules.yaml", ID: "CI-ONE", Version: 2, Text: "The first.", Mark: cite.Secondary, Facts: []string{
			"stop: hard", "numbers: systolic, 180, unit mmHg (verified, LABEL)", "numbers: pulse, 50, unit /min (secondary, LABEL)", "roles: director, prescriber", "reviewer: none",
		}},
		{File: "rules.yaml", ID: "CI-TWO", Text: "The second.", Mark: cite.Default, Facts: []string{"cites: trigger (OURS, default)", "cites: action (LABEL, unverified)"}},
		{File: "rules.yaml", ID: "CI-NONE"},
		{File: "rules.yaml", ID: "general 1", Text: "Said of all.", Mark: cite.Unverified, Facts: []string{"source: OURS", "mark: unverified"}},
		{File: "rules.yaml", ID: "times", Mark: cite.Default, Facts: []string{"after: 30", "unit: s", "mark: default"}},
		{File: "rules.yaml", ID: "alfentanil", Facts: []string{"rxnorm: 480"}},
		{File: "rules.yaml", ID: "loinc 8480-6", Facts: []string{"system: loinc", "code: 8480-6"}},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if len(hashes) != len(want) || rows[0].Name() != "rules/CI-ONE" {
		t.Errorf("%d hashes, name %q", len(hashes), rows[0].Name())
	}
}

// TestDifferences: a change of what a row says is one, a change of layout is none.
func TestDifferences(t *testing.T) {
	t.Parallel()
	before, err := rowsOf("rules.yaml", []byte(twoRows))
	if err != nil {
		t.Fatal(err)
	}
	var seen []Seen
	for _, r := range before {
		seen = append(seen, Seen{r.Name(), r.Hash})
	}
	for name, c := range map[string]struct {
		old, new string
		want     map[string]Change
	}{
		"nothing":          {"", "", map[string]Change{}},
		"a comment":        {"rules:", "# said\nrules:", map[string]Change{}},
		"quotes":           {"text: The first.", `text: "The first."`, map[string]Change{}},
		"a number":         {`"180"`, `"181"`, map[string]Change{"rules/CI-ONE": Changed}},
		"a mark":           {"mark: unverified", "mark: verified", map[string]Change{"rules/CI-TWO": Changed}},
		"a number moved":   {"unit: mmHg, mark: verified, source: LABEL}", "unit: mmHg, source: LABEL, mark: verified}", map[string]Change{"rules/CI-ONE": Changed}},
		"one is gone":      {"  - {id: CI-NONE}\n", "", map[string]Change{"rules/CI-NONE": Removed}},
		"one has come":     {"{id: CI-NONE}", "{id: CI-NONE}\n  - {id: CI-NEW}", map[string]Change{"rules/CI-NEW": Added}},
		"one is renamed":   {"CI-NONE", "CI-NEW", map[string]Change{"rules/CI-NONE": Removed, "rules/CI-NEW": Added}},
		"another's source": {`text: "x"`, `text: "y"`, map[string]Change{}},
	} {
		now, err := rowsOf("rules.yaml", bytes.Replace([]byte(twoRows), []byte(c.old), []byte(c.new), 1))
		if err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(c.want, Differences(seen, now)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestShipped_Rows: every row of every file is shown and has a name of its own,
// and the hash of the library moves with each byte of each file.
func TestShipped_Rows(t *testing.T) {
	t.Parallel()
	f := Shipped()
	rows, err := f.Rows()
	if err != nil {
		t.Fatal(err)
	}
	files, named := map[string]int{}, map[string]bool{}
	for _, r := range rows {
		files[r.File]++
		if named[r.Name()] {
			t.Errorf("two rows are named %s", r.Name())
		}
		named[r.Name()] = true
	}
	for name, b := range f.ByName() {
		if files[name] == 0 {
			t.Errorf("%s has no row", name)
		}
		before := f.Hash()
		was := *b
		*b = append(bytes.Clone(was), '\n')
		if f.Hash() == before {
			t.Errorf("the hash does not move with %s", name)
		}
		*b = was
	}
	lib, err := DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	if got := files["session.yaml"]; got != len(lib.rules) {
		t.Errorf("%d rows of the session are shown, it has %d", got, len(lib.rules))
	}
}
