package library

import (
	"os"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/rule"
)

func TestShipped_Checks(t *testing.T) {
	t.Parallel()
	for _, f := range Shipped().Check() {
		t.Errorf("%s: %s", f.File, f.Fault)
	}
}

func TestDecodeScreening_Refuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, to, want string }{
		{"{part: trigger, source: COHEN18, mark: verified}", "{part: trigger, source: COHEN19, mark: verified}", `unknown source "COHEN19"`},
		{"      - {part: trigger, source: COHEN18, mark: verified}\n", "", "does not say where its trigger comes from"},
		{"text: Schizophrenia, or an active", "text: The guideline recommends that schizophrenia, or an active", "claims more than its marks allow"},
		{"do: Use judiciously", "do: A guideline says to use judiciously", "claims more than its marks allow"},
		{"unit: kg/m2", "unit: kg/cm2", `unknown unit "kg/cm2"`},
		{"unit: kg/m2", "unit: \"mm[Hg]\"", "kg/m2 is compared with mm[Hg]"},
		{"when: 'history.aneurysm ||", "when: 'history.aneurism ||", "undeclared reference to 'history.aneurism'"},
		{"when: 'history.aneurysm ||", "when: 'history.aneurysm (||", "Syntax error"},
		{"patient.age < limit.least", "patient.age < 18.0", "give a number a name"},
		{"    stop: hard\n", "    stop: perhaps\n", `stop "perhaps" is not hard, soft or note`},
		{"    may_override: [prescriber]\n", "", "say who may accept it"},
		{"asked: [course, today]", "asked: [someday]", "is not course or today"},
		{"area: contraindication", "area: unknown", `area "unknown" is not one of`},
		{"    do: Do not infuse", "    do: ''\n    grade: Do not infuse", "does not say what to do"},
		{`reviewer: ""`, `reviewer: Somebody`, "a review has a reviewer and a date"},
		{"    from: session\n", "    from: session\n    text: Mine.\n", "is the session's"},
		{"same_as: CI-TODAY dbp_high", "same_as: CI-TODAY nothing", "is not a rule and a number of the session's file"},
		{"  - id: CI-LACT\n", "  - id: CI-AGE\n", `rule "CI-AGE" was given before`},
		{"  - {of: labs, ", "  - {of: lab, ", "no greatest age is given for labs"},
		{"of: pregnancy.test, most: \"24\"", "of: pregnancy.test, most: \"0\"", "is not a time above zero"},
		{"      - {given: {history.pressure_hazard: \"yes\"}, is: finding}\n", "", `rule "CI-BP" has no example that is finding`},
		{"      - {given: {history.pressure_hazard: \"no\"}, is: clear}\n", "", `rule "CI-BP" has no example that is clear`},
		{"      - {given: {}, is: could not check, missing: [history.pressure_hazard]}\n", "", `rule "CI-BP" has no example that is could not check`},
		{"{given: {history.pressure_hazard: \"no\"}, is: clear}", "{given: {history.pressure_hazard: \"no\"}, is: finding}", "is said to be finding and is clear"},
		{"missing: [history.pressure_hazard]", "missing: [history.aneurysm]", "the example misses"},
		{"given: {history.pressure_hazard: \"no\"}", "given: {history.pressure_hazard: \"perhaps\"}", `"perhaps" is not yes or no`},
		{"schema: stillwatch/rule-library/1", "schema: stillwatch/rule-library/2", "this program reads"},
		{"status: not reviewed", "state: not reviewed", "field state not found"},
	}
	f := Shipped()
	session, err := DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	table := screening(t).Table()
	for _, tt := range tests {
		if !strings.Contains(string(f.Rules), tt.from) {
			t.Fatalf("rules.yaml has no %q", tt.from)
		}
		_, err := DecodeScreening([]byte(strings.Replace(few(string(f.Rules), tt.from), tt.from, tt.to, 1)), table, session)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q for %q: %v, want %q", tt.to, tt.from, err, tt.want)
		}
	}
}

// few keeps the head of the rules, the first row with a text in it, and two more:
// a file of all of them takes long to compile.
func few(file, with string) string {
	rows := strings.Split(file, "\n  - id: ")
	out, kept := rows[0], false
	for _, r := range rows[1:] {
		r = "\n  - id: " + r
		first := !kept && strings.Contains(r, with)
		kept = kept || first
		if first || strings.Contains(r, "id: CI-AGE\n") || strings.Contains(r, "id: CI-LACT\n") {
			out += r
		}
	}
	return out + "\n"
}

func TestDecodeCodesAndMedicines_Refuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file           func(*Files) *[]byte
		from, to, want string
	}{
		{codesOf, "system: loinc, code: \"8462-4\"", "system: loinc, code: \"8480-6\"", "was given before"},
		{codesOf, "system: loinc", "system: snowmed", "a code has a system"},
		{codesOf, "for: signs.sbp", "for: signs.sbq", `input "signs.sbq" is not known`},
		{codesOf, "source: FHIR-R4", "source: FHIR-R9", `unknown source "FHIR-R9"`},
		{medicinesOf, "atc: [R03DA04, ", "atc: [R03DA99, ", "atc R03DA99 is not in the table of codes"},
		{medicinesOf, "classes: [theophylline]", "classes: [theofylline]", `class "theofylline" is not known`},
		{medicinesOf, "{key: aminophylline", "{key: alfentanil", "was given before"},
		{medicinesOf, "names: [rifampin]", "names: [morphin]", `the name "morphin" was given before`},
		{medicinesOf, "names: [rifampin]", "names: [Codeine]", `the name "Codeine" was given before`},
		{medicinesOf, "names: [rifampin]", "names: [\"rifampin, isoniazid\"]", "is not a name as it stands"},
		{medicinesOf, "names: [rifampin]", "names: [\"\"]", "is not a name as it stands"},
		{medicinesOf, "mark: verified, source: LABEL", "mark: sure, source: LABEL", "is not a mark"},
	}
	for _, tt := range tests {
		f := Shipped()
		b := tt.file(&f)
		if !strings.Contains(string(*b), tt.from) {
			t.Fatalf("no %q", tt.from)
		}
		*b = []byte(strings.Replace(string(*b), tt.from, tt.to, 1))
		codes, err := DecodeCodes(f.Codes)
		if err == nil {
			_, err = DecodeMedicines(f.Medicines, codes)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q for %q: %v, want %q", tt.to, tt.from, err, tt.want)
		}
	}
}

func codesOf(f *Files) *[]byte     { return &f.Codes }
func medicinesOf(f *Files) *[]byte { return &f.Medicines }

// The documented example says of a patient what the page promises.
func TestScreen_DocumentedExample(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../doc/screening.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "```json\n")
	body, _, _ := strings.Cut(rest, "```")
	p, err := rule.DecodeSnapshot([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Found{}
	for _, f := range screening(t).Screen(p) {
		found[f.Rule] = f
	}
	for id, want := range map[string]rule.Result{
		"CI-LIVSEV": rule.Finding, "CI-BPNOW": rule.Finding, "DDI-1": rule.Finding, "DDI-3": rule.Finding,
		"CI-PSY": rule.CouldNotCheck, "DDI-4": rule.CouldNotCheck, "IND-EXCEPTION": rule.Clear, "CI-AGE": rule.Clear,
	} {
		if found[id].Result != want {
			t.Errorf("%s is %s, want %s", id, found[id].Result, want)
		}
	}
	f := found["CI-LIVSEV"]
	if f.Severity != "high" || f.Policy != Hard || f.Mark != "verified" || len(f.Sources) != 2 || f.Inputs[0].Value != "C" || !strings.Contains(f.Message, "Child-Pugh C") {
		t.Errorf("CI-LIVSEV: %+v", f)
	}
	if f := found["CI-PSY"]; len(f.Missing) != 2 || f.Missing[0].Why != rule.NotAsked || f.Missing[1].Why != rule.NotStated || !strings.Contains(f.Message, "Could not check") {
		t.Errorf("CI-PSY: %+v", f)
	}
}

// A patient with 60 medicines and five years of infusions.
func BenchmarkScreen(b *testing.B) {
	s := screening(b)
	raw, err := os.ReadFile("../../testdata/patients/healthy-crps.json")
	if err != nil {
		b.Fatal(err)
	}
	p, err := rule.DecodeSnapshot(raw)
	if err != nil {
		b.Fatal(err)
	}
	for range 60 {
		p.Medicines.Medicines = append(p.Medicines.Medicines, rule.Medicine{Name: "metoprolol", RxNorm: "6918"})
	}
	for i := range 260 {
		p.Infusions.Given = append(p.Infusions.Given, rule.Infusion{At: p.AsOf.AddDate(0, 0, -7*i-1), Hours: "4", Series: i/6 + 1})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Screen(p)
	}
}

func TestKnowledge_Refuses(t *testing.T) {
	t.Parallel()
	codes, err := DecodeCodes(Shipped().Codes)
	if err != nil {
		t.Fatal(err)
	}
	evidence := func(b []byte) error { _, err := DecodeEvidence(b); return err }
	effects := func(b []byte) error { _, err := DecodeEffects(b); return err }
	claims := func(b []byte) error { _, err := DecodeClaims(b); return err }
	instruments := func(b []byte) error { _, err := DecodeInstruments(b, codes); return err }
	f := Shipped()
	tests := []struct {
		file           []byte
		decode         func([]byte) error
		from, to, want string
	}{
		{f.Evidence, evidence, "indication: migraine", "indication: headache", `"headache" is not one of the choices`},
		{f.Evidence, evidence, "indication: migraine", "indication: crps", "once each"},
		{f.Evidence, evidence, "{part: grade, text: \"Moderate", "{part: dose, text: \"Moderate", `row "IND-CRPS" has no grade`},
		{f.Evidence, evidence, "{part: grade, text: \"Moderate", "{part: rank, text: \"Moderate", "is not grade, dose"},
		{f.Evidence, evidence, "\"Moderate evidence", "\"The guideline recommends: moderate evidence", "claims more than its marks allow"},
		{f.Evidence, evidence, "As reported by ORHURHU19", "As reported by SOMEBODY", "claims more than its marks allow"},
		{f.Evidence, evidence, "source: NICE-NG193, mark: unverified", "source: NICE-NG193, mark: default", "only our own settings are default"},
		{f.Evidence, evidence, "effective: 2026-11-01", "effective: soon", "is not a date"},
		{f.Effects, effects, "id: euphoria", "id: sedation", "was given before"},
		{f.Effects, effects, "id: euphoria", "id: Euphoria", "is not a code of lower-case"},
		{f.Effects, effects, "term_mark: unverified", "term_mark: sure", "is not a mark"},
		{f.Effects, effects, "source: SUSTAIN2, mark", "source: SUSTAIN3, mark", "unknown source"},
		{f.Claims, claims, "verdict: false", "verdict: doubtful", `verdict "doubtful" is not known`},
		{f.Claims, claims, "    version: 1", "    version: 0", "has no version above zero"},
		{f.Instruments, instruments, "permission: C\n    items: score", "permission: C\n    items: embedded", "may not be shipped"},
		{f.Instruments, instruments, "permission: B\n    items: score", "permission: B\n    items: embedded", "may not be shipped"},
		{f.Instruments, instruments, "    licence: \"Mapi\"\n", "", "name whose licence"},
		{f.Instruments, instruments, "\"91148-7\"", "\"91148-8\"", "loinc 91148-8 is not in the table of codes"},
		{f.Instruments, instruments, "permission: A", "permission: E", "is not A, B, C or D"},
	}
	for _, tt := range tests {
		if !strings.Contains(string(tt.file), tt.from) {
			t.Fatalf("no %q", tt.from)
		}
		err := tt.decode([]byte(strings.Replace(string(tt.file), tt.from, tt.to, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q for %q: %v, want %q", tt.to, tt.from, err, tt.want)
		}
	}
}
