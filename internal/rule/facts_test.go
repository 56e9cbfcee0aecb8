package rule

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func known(t *testing.T, section string, table Table) Facts {
	t.Helper()
	s, err := DecodeSnapshot([]byte(snap(section)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Facts(table)
}

func medicineTable() Table {
	return NewTable([]Class{{"opioid", "an opioid"}, {"maoi", "a monoamine oxidase inhibitor"}},
		[]KnownMedicine{{Key: "morphine", RxNorm: "7052", Classes: []string{"opioid"}}, {Key: "metoprolol", RxNorm: "6918"}, {Key: "moclobemide", Classes: []string{"maoi"}}})
}

func TestFacts_Medicines(t *testing.T) {
	t.Parallel()
	tests := []struct{ complete, list, opioid, maoi string }{
		{"yes", ``, "no", "no"},
		{"no", ``, "not known", "not known"},
		{"yes", `{"name":"m","rxnorm":"6918"}`, "no", "no"},
		{"yes", `{"name":"m","rxnorm":"7052"}`, "m", "no"},
		{"unknown", `{"name":"m","rxnorm":"7052"}`, "m", "not known"},
		{"yes", `{"name":"m","rxnorm":"7052"},{"name":"h","not_coded":true}`, "m", "not coded"},
		{"yes", `{"name":"m","rxnorm":"1"}`, "not coded", "not coded"},
		{"yes", `{"name":"m","key":"moclobemide"}`, "no", "m"},
		{"yes", `{"name":"m","key":"unheard of"}`, "not coded", "not coded"},
	}
	for _, tt := range tests {
		f := known(t, `"medicines":{"at":"2026-11-20","source":"n","complete":"`+tt.complete+`","list":[`+tt.list+`]}`, medicineTable())
		for name, want := range map[string]string{"takes.opioid": tt.opioid, "takes.maoi": tt.maoi} {
			v := f.Value(name)
			got := string(v.state())
			if v.State == Known {
				got = v.Text
			}
			if got != want {
				t.Errorf("complete %s, %s: %s is %s, want %s", tt.complete, tt.list, name, got, want)
			}
		}
	}
	if got := known(t, `"signs":[]`, medicineTable()).Value("takes.opioid").state(); got != NotStated {
		t.Errorf("without a list: %s", got)
	}
}

func TestFacts_OfTwoStatements(t *testing.T) {
	t.Parallel()
	say := func(item, answer, at string) string {
		return `{"item":"` + item + `","answer":"` + answer + `","at":"` + at + `","source":"f"}`
	}
	tests := []struct{ name, first, second, item, want string }{
		{"the later counts", say("cpap", "no", "2026-11-01"), say("cpap", "yes", "2026-11-02"), "cpap", "yes"},
		{"in either order", say("cpap", "yes", "2026-11-02"), say("cpap", "no", "2026-11-01"), "cpap", "yes"},
		{"said twice", say("cpap", "no", "2026-11-01"), say("cpap", "no", "2026-11-01"), "cpap", "no"},
		{"contradictory", say("cpap", "no", "2026-11-01"), say("cpap", "yes", "2026-11-01"), "cpap", "contradictory"},
		{"a later not asked is what is known", say("cpap", "no", "2026-11-01"), say("cpap", "not asked", "2026-11-02"), "cpap", "not asked"},
		{"a lasting yes stays", say("schizophrenia", "yes", "2026-11-01"), say("schizophrenia", "no", "2026-11-02"), "schizophrenia", "yes"},
		{"in either order, too", say("schizophrenia", "no", "2026-11-02"), say("schizophrenia", "yes", "2026-11-01"), "schizophrenia", "yes"},
		{"and of one instant", say("schizophrenia", "no", "2026-11-01"), say("schizophrenia", "yes", "2026-11-01"), "schizophrenia", "yes"},
	}
	for _, tt := range tests {
		v := known(t, `"history":[`+tt.first+`,`+tt.second+`]`, Table{}).Value("history." + tt.item)
		got := string(v.state())
		if v.State == Known {
			got = v.Text
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// What is known does not depend on the order in which it was written down.
func TestFacts_OrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Snapshot{AsOf: now}
		pool := []Input{lasting("history.porphyria", "porphyria"), yes("history.cpap", "CPAP"), number("signs.sbp", "pressure", "mm[Hg]", "40", "300", "1"), choice("history.child_pugh", "class", "none", "A")}
		for range rapid.IntRange(0, 8).Draw(t, "entries") {
			in := rapid.SampledFrom(pool).Draw(t, "input")
			texts := map[Type][]string{Answer: {"yes", "no"}, Number: {"120", "120.0", "130"}, Choice: {"none", "A"}}
			v, err := in.Parse(rapid.SampledFrom(texts[in.Type]).Draw(t, "value"))
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 4).Draw(t, "asked") == 0 {
				v = Value{State: NotAsked}
			}
			v.At, v.Source = now.Add(-time.Duration(rapid.IntRange(0, 2).Draw(t, "age"))*time.Hour), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source")
			s.Entries = append(s.Entries, Entry{Input: in, Value: v})
		}
		other := s
		other.Entries = rapid.Permutation(s.Entries).Draw(t, "order")
		a, b := s.Facts(Table{}), other.Facts(Table{})
		for _, in := range pool {
			x, y := a.Value(in.Name), b.Value(in.Name)
			if x.state() != y.state() || x.Yes != y.Yes || x.Number != y.Number || !x.At.Equal(y.At) || x.Source != y.Source {
				t.Fatalf("%s: %+v, and in another order %+v", in.Name, x, y)
			}
		}
	})
}

// What is derived is exact at its edges: a multiple of three is three.
func TestFacts_WorkedOutExactly(t *testing.T) {
	t.Parallel()
	lab := func(value, uln string) string {
		return `"labs":[{"item":"alt","value":` + value + `,"unit":"U/L","uln":` + uln + `,"at":"2026-11-20","source":"l"}]`
	}
	for _, in := range []string{lab("93.3", "31.1"), lab("0.3", "0.1"), lab("126.9", "42.3")} {
		if got := known(t, in, Table{}).Value("labs.alt").Number; got != 3 {
			t.Errorf("%s: %v", in, got)
		}
	}
	body := `"body":[{"item":"weight","value":102.4,"unit":"kg","at":"2026-11-19","source":"s"},{"item":"height","value":160,"unit":"cm","at":"2026-11-01","source":"s"}]`
	bmi := known(t, body, Table{}).Value("body.bmi")
	if bmi.Number != 40 || bmi.At.Day() != 1 {
		t.Errorf("%v kg/m², of %v: want 40, as old as the height", bmi.Number, bmi.At)
	}
	for born, want := range map[string]float64{"2008-11-20": 18, "2008-11-21": 17, "2008-02-29": 18} {
		if got := known(t, `"patient":{"birth_date":"`+born+`"}`, Table{}).Value("patient.age").Number; got != want {
			t.Errorf("born %s: %v, want %v", born, got, want)
		}
	}
}

func TestFacts_Exposure(t *testing.T) {
	t.Parallel()
	given := `"infusions":{"at":"2026-11-20","source":"r","complete":"COMPLETE","list":[
		{"ended_at":"2025-11-01","hours":4,"series":1},{"ended_at":"2026-10-01","hours":4,"series":2},{"ended_at":"2026-11-10","hours":30.5,"series":3}]}`
	labs := `"labs":[`
	for i, l := range []string{"alt", "ast", "alp", "ggt"} {
		if i > 0 {
			labs += ","
		}
		labs += `{"item":"` + l + `","value":10,"unit":"U/L","uln":40,"at":"2026-10-15","source":"l"}`
	}
	labs += `]`
	f := known(t, strings.ReplaceAll(given, "COMPLETE", "yes")+","+labs, Table{})
	for name, want := range map[string]float64{
		"exposure.infusions_before": 3, "exposure.infusions_year": 2, "exposure.series_year": 2, "exposure.days_since_last": 10,
		"exposure.last_hours": 30.5, "exposure.since_liver_tests": 1, "exposure.since_icsi": 3,
	} {
		if v := f.Value(name); v.State != Known || v.Number != want {
			t.Errorf("%s is %v (%s), want %v", name, v.Number, v.state(), want)
		}
	}
	f = known(t, strings.ReplaceAll(given, "COMPLETE", "unknown")+","+labs, Table{})
	if v := f.Value("exposure.infusions_before"); v.State == Known {
		t.Error("a list that may not be complete counts as complete")
	}
}
