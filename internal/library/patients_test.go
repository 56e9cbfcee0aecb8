package library

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/rule"
)

// patient is a file of testdata/patients with what is expected of it.
type patient struct {
	name string
	snap rule.Snapshot
	want []string
}

const patientsDir = "../../testdata/patients"

func patients(t *testing.T) []patient {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(patientsDir, "*.json"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d patients (%v); at least 40 are kept", len(files), err)
	}
	var out []patient
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		snap, err := rule.DecodeSnapshot(raw)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		stem := strings.TrimSuffix(file, ".json")
		raw, err = os.ReadFile(stem + ".expected")
		if err != nil {
			t.Fatal(err)
		}
		p := patient{name: filepath.Base(stem), snap: snap}
		for l := range strings.Lines(string(raw)) {
			if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
				p.want = append(p.want, l)
			}
		}
		out = append(out, p)
	}
	return out
}

// line says a result as the files of expected ones do; empty for clear.
func expectLine(id string, o rule.Outcome) string {
	if o.Result == rule.Clear {
		return ""
	}
	s := strings.ReplaceAll(string(o.Result), "_", " ") + " " + id
	var missing []string
	for _, m := range o.Missing {
		missing = append(missing, m.Input.Name)
	}
	if len(missing) > 0 {
		s += ": " + strings.Join(missing, ", ")
	}
	return s
}

// wanted spells out the one short form that a file may use.
func (p patient) wanted(rules []ScreenRule) []string {
	if len(p.want) != 1 || p.want[0] != "could not check every rule: every input" {
		return slices.Sorted(slices.Values(p.want))
	}
	var out []string
	for _, r := range rules {
		out = append(out, "could not check "+r.ID+": "+strings.Join(r.Asks(), ", "))
	}
	return slices.Sorted(slices.Values(out))
}

func screening(t testing.TB) Screening {
	t.Helper()
	s, err := Shipped().Screening()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPatients(t *testing.T) {
	t.Parallel()
	s := screening(t)
	for _, p := range patients(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			facts := p.snap.Facts(s.Table())
			var got []string
			for _, r := range s.Rules() {
				if l := expectLine(r.ID, r.Check(facts)); l != "" {
					got = append(got, l)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(p.wanted(s.Rules()), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
