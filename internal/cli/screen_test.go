package cli

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/server"
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

// TestScreen_Adopted: with a clinic's data the rules are those that its director has
// adopted, with the clinic's own values; another library than this program's is not run.
func TestScreen_Adopted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const patient = "../../testdata/patients/theophylline.json"
	srv, err := server.Open(t.Context(), server.Config{Data: dir, Clinic: "test-clinic", Zone: "Europe/Zurich", Chairs: 1, Listen: "127.0.0.1:0", Plain: true, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	adopt := func(hash string, values ...house.Value) {
		t.Helper()
		director := act.Actor{Kind: act.Person, Person: app.NewID[ident.Person](srv.App()), Roles: []act.Role{act.Director}}
		refusal, err := srv.App().DoHouse(t.Context(), director, app.NewID[ident.Command](srv.App()), house.AdoptLibrary{Hash: hash, Values: values}, nil)
		if err != nil || refusal != nil {
			t.Fatal(err, refusal)
		}
	}
	if status, _, errOut := say(t, "screen", patient, "--data", dir); status == 0 || !strings.Contains(errOut, "no library is adopted there") {
		t.Errorf("nothing adopted: %d, %s", status, errOut)
	}
	values := []house.Value{{Row: "session/LIM-OFTEN", Name: "days_7", Value: "3"}}
	k, err := srv.App().WithValues(values)
	if err != nil {
		t.Fatal(err)
	}
	adopt(k.Library.Hash, values...)
	status, out, errOut := say(t, "screen", patient, "--data", dir, "--json")
	_, shipped, _ := say(t, "screen", patient, "--json")
	if status != 0 || out != shipped { // none of the rules of screening rests on that number
		t.Errorf("adopted: %d, %s\n%s", status, errOut, out)
	}
	if status, _, errOut := say(t, "screen", patient, "--data", dir, "--clinic", "other"); status == 0 || !strings.Contains(errOut, `no clinic "other"`) {
		t.Errorf("another clinic: %d, %s", status, errOut)
	}
	other := srv.App().Shipped.Library
	other.Hash = strings.Repeat("5a", 32)
	srv.App().Shipped.Library = other
	adopt(other.Hash)
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if status, out, errOut := say(t, "screen", patient, "--data", dir); status == 0 || out != "" || !strings.Contains(errOut, "not the one of this program") {
		t.Errorf("another library: %d, %s%s", status, out, errOut)
	}
}
