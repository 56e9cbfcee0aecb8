package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
)

func TestScreen_PrintsEveryRuleAsJSON(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "screen", "../../testdata/patients/pregnancy-test-old.json", "--json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	var got struct {
		Findings []map[string]json.RawMessage `json:"findings"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	keys := []string{"inputs", "mark", "message", "missing", "policy", "result", "rule", "severity", "sources"}
	var results []string
	for _, f := range got.Findings {
		var have []string
		for k := range f {
			have = append(have, k)
		}
		slices.Sort(have)
		if !slices.Equal(have, keys) {
			t.Fatalf("%s has the keys %v, want %v", f["rule"], have, keys)
		}
		results = append(results, strings.Trim(string(f["result"]), `"`))
	}
	if len(results) < 80 || results[0] != "finding" || results[1] != "could_not_check" || results[2] != "clear" {
		t.Errorf("%d results, of which the first are %v", len(results), results[:3])
	}
	if missing := string(got.Findings[1]["missing"]); !strings.Contains(missing, `"input": "pregnancy.test"`) || !strings.Contains(missing, `"why": "too old"`) || !strings.Contains(missing, `"max_age": "24 h"`) {
		t.Errorf("missing: %s", missing)
	}
	// The same file gives the same bytes.
	if _, again, _ := say(t, "screen", "../../testdata/patients/pregnancy-test-old.json", "--json"); again != out {
		t.Error("a second run prints something else")
	}
}

func TestScreen_TableForPeople(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "screen", "../../testdata/patients/theophylline.json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	for _, want := range []string{"As of 2026-11-20 08:30 +01:00", "not reviewed by a clinician", "FINDING", "DDI-1", "Do not give ketamine with it", "CLEAR"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "COULD NOT CHECK\n") {
		t.Error("nothing is missing, and it says that something is")
	}
}

func TestScreen_SaysWhatIsWrongWithTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "patient.json")
	if err := os.WriteFile(file, []byte(`{"schema":"stillwatch/patient-snapshot/1","as_of":"2026-11-20T09:00:00Z","signs":[{"item":"sbp","value":16,"unit":"kPa","at":"2026-11-20","source":"m"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := say(t, "screen", file, "--json")
	if status != 2 || out != "" || !strings.Contains(errOut, `signs, entry 1 (sbp): unit is "kPa"; it is given in "mm[Hg]"`) {
		t.Errorf("status %d, %q, %q", status, out, errOut)
	}
	if status, _, errOut := say(t, "screen", file+"x"); status != 2 || !strings.Contains(errOut, "snapshot: ") {
		t.Errorf("status %d, %q", status, errOut)
	}
}

func TestLibraryCheck(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "library", "check")
	if status != 0 || !strings.Contains(out, "The library is sound") {
		t.Errorf("status %d, %q, %q", status, out, errOut)
	}
	dir := t.TempDir()
	files := library.Shipped()
	files.Medicines = []byte(strings.Replace(string(files.Medicines), `rxnorm: "10438"`, `rxnorm: "10439"`, 1))
	files.Rules = []byte(strings.Replace(string(files.Rules), "source: ED-LOW-DOSE, mark", "source: NOBODY, mark", 1))
	for name, body := range files.ByName() {
		if err := os.WriteFile(filepath.Join(dir, name), *body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, out, _ = say(t, "library", "check", "--dir", dir, "--json")
	var got struct {
		OK     bool                           `json:"ok"`
		Faults []struct{ File, Fault string } `json:"faults"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range got.Faults {
		text += f.File + ": " + f.Fault + "\n"
	}
	if status != 1 || got.OK || !strings.Contains(text, "medicines.yaml: line ") || !strings.Contains(text, "rxnorm 10439 is not in the table of codes") ||
		!strings.Contains(text, `unknown source "NOBODY"`) {
		t.Errorf("status %d, ok %v\n%s", status, got.OK, text)
	}
}
