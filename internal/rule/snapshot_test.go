package rule

import (
	"os"
	"strings"
	"testing"
	"time"
)

func documented(t testing.TB) (text string, example []byte) {
	t.Helper()
	raw, err := os.ReadFile("../../doc/screening.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "```json\n")
	body, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("doc/screening.md has no example")
	}
	return string(raw), []byte(body)
}

func TestDecodeSnapshot_DocumentedExample(t *testing.T) {
	t.Parallel()
	text, example := documented(t)
	s, err := DecodeSnapshot(example)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Entries) != 8 || len(s.Medicines.Medicines) != 3 || len(s.Infusions.Given) != 1 || s.Born.IsZero() {
		t.Errorf("read %d entries, %d medicines, %d infusions, born %v", len(s.Entries), len(s.Medicines.Medicines), len(s.Infusions.Given), s.Born)
	}
	for _, in := range stated() {
		_, item, _ := strings.Cut(in.Name, ".")
		if !strings.Contains(text, "| `"+item+"` | ") {
			t.Errorf("doc/screening.md does not list %s", in.Name)
		}
	}
}

// snap is a snapshot with one section in it.
func snap(section string) string {
	return `{"schema":"stillwatch/patient-snapshot/1","as_of":"2026-11-20T09:00:00+01:00",` + section + `}`
}

func entry(fields string) string {
	return `"signs":[{"item":"sbp",` + fields + `,"at":"2026-11-20T08:00:00+01:00","source":"monitor"}]`
}

func TestDecodeSnapshot_SaysWhatWhereAndWhatMayStand(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`[]`, "cannot unmarshal array"},
		{`{"schema":"x"}`, `this program reads "stillwatch/patient-snapshot/1"`},
		{`{"schema":"stillwatch/patient-snapshot/1","name":"Anna"}`, "unknown field"},
		{`{"schema":"stillwatch/patient-snapshot/1","as_of":"today"}`, "write one such as"},
		{snap(`"signs":[],"signs":[]`), "stands twice"},
		{snap(entry(`"value":130,"unit":"kPa"`)), `signs, entry 1 (sbp): unit is "kPa"; it is given in "mm[Hg]"`},
		{snap(entry(`"value":130`)), `it is given in "mm[Hg]"`},
		{snap(entry(`"value":1300,"unit":"mm[Hg]"`)), "is not possible: 40 to 300"},
		{snap(entry(`"value":-1,"unit":"mm[Hg]"`)), "is not possible"},
		{snap(entry(`"value":1e2,"unit":"mm[Hg]"`)), "is not a plain number"},
		{snap(entry(`"value":"NaN","unit":"mm[Hg]"`)), "invalid number literal"},
		{snap(entry(`"answer":"yes"`)), `it is stated in "value"`},
		{snap(entry(`"value":130,"answer":"not asked","unit":"mm[Hg]"`)), "give one of"},
		{snap(entry(`"value":130,"unit":"mm[Hg]","uln":4`)), "only a laboratory result"},
		{snap(`"signs":[{"item":"sbp","value":130,"unit":"mm[Hg]","at":"2026-11-20T09:00:01+01:00","source":"m"}]`), "lies after as_of"},
		{snap(`"signs":[{"item":"sbp","value":130,"unit":"mm[Hg]","at":"20.11.2026","source":"m"}]`), "write 2026-11-20T09"},
		{snap(`"signs":[{"item":"sbp","value":130,"unit":"mm[Hg]","at":"2026-11-20"}]`), "source is missing"},
		{snap(`"signs":[{"item":"mood"}]`), `item "mood" is not known here`},
		{snap(`"signs":[{"item":"Anna Muster"}]`), "item given is not known here"},
		{snap(`"history":[{"item":"schizophrenia","answer":"maybe","at":"2026-11-20","source":"f"}]`), `"maybe" is not yes or no`},
		{snap(`"history":[{"item":"child_pugh","result":"D","at":"2026-11-20","source":"f"}]`), "not one of: none, A, B, C"},
		{snap(`"labs":[{"item":"alt","value":90,"unit":"U/L","at":"2026-11-20","source":"l"}]`), "upper limit of normal (uln)"},
		{snap(`"labs":[{"item":"alt","value":90,"unit":"U/L","uln":0,"at":"2026-11-20","source":"l"}]`), "above zero"},
		{snap(`"labs":[{"item":"alt","value":90,"unit":"mg","uln":40,"at":"2026-11-20","source":"l"}]`), "not one of U/L"},
		{snap(`"labs":[{"item":"alt","value":90000,"unit":"U/L","uln":0.5,"at":"2026-11-20","source":"l"}]`), "compare the units"},
		{snap(`"medicines":{"at":"2026-11-20","source":"n","complete":"all","list":[]}`), "complete is yes, no or unknown"},
		{snap(`"medicines":{"at":"2026-11-20","source":"n","complete":"yes","list":[{"name":"x"}]}`), "give one of rxnorm, key"},
		{snap(`"medicines":{"at":"2026-11-20","source":"n","complete":"yes","list":[{"name":"x","rxnorm":"1x"}]}`), "rxnorm is the number"},
		{snap(`"infusions":{"at":"2026-11-20","source":"n","complete":"yes","list":[{"ended_at":"2026-11-20","hours":0,"series":1}]}`), "hours is how long"},
		{snap(`"infusions":{"at":"2026-11-20","source":"n","complete":"yes","list":[{"ended_at":"2026-11-20","hours":1,"series":0}]}`), "series is the number"},
		{snap(`"patient":{"birth_date":"2027-01-01"}`), "lies after as_of"},
		{snap(`"patient":{"birth_date":"1801-01-01"}`), "125 years"},
	}
	for _, tt := range tests {
		_, err := DecodeSnapshot([]byte(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n%v\nwant %q", tt.in, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "Anna") {
			t.Errorf("the error repeats what may be a name: %v", err)
		}
	}
}

// A date counts as its first instant where the patient is, so that what is
// dated by day is never taken for younger than it may be.
func TestDecodeSnapshot_DateIsItsFirstInstant(t *testing.T) {
	t.Parallel()
	s, err := DecodeSnapshot([]byte(snap(`"history":[{"item":"cpap","answer":"no","at":"2026-11-20","source":"form"}]`)))
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 11, 19, 23, 0, 0, 0, time.UTC)
	if got := s.Entries[0].Value.At; !got.Equal(want) {
		t.Errorf("at %v, want %v", got.UTC(), want)
	}
}

func FuzzDecodeSnapshot(f *testing.F) {
	_, example := documented(f)
	f.Add(example)
	f.Add([]byte(snap(entry(`"value":130,"unit":"mm[Hg]"`))))
	f.Add([]byte(`{"schema":"stillwatch/patient-snapshot/1","as_of":"0000-01-01T00:00:00Z","medicines":{"list":[{}]}}`))
	table := NewTable([]Class{{ID: "opioid", Text: "an opioid"}}, []KnownMedicine{{Key: "morphine", RxNorm: "7052", Classes: []string{"opioid"}}})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeSnapshot(b)
		if err != nil {
			return
		}
		facts := s.Facts(table)
		for _, in := range Inputs(table.Classes) {
			v := facts.Value(in.Name)
			if v.State == Known && v.At.After(s.AsOf) {
				t.Errorf("%s is known from after as_of", in.Name)
			}
			if v.State == Known && !(v.Number == v.Number) {
				t.Errorf("%s is not a number", in.Name)
			}
		}
	})
}
