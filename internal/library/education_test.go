package library

import (
	"slices"
	"strings"
	"testing"
	"time"

	shipped "github.com/stillwatch/stillwatch/library"
)

func shippedRecords(t *testing.T) Records {
	t.Helper()
	r, err := Shipped().Records()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDecodeEducation_Refused: each mistake in what patients read is refused by name.
func TestDecodeEducation_Refused(t *testing.T) {
	t.Parallel()
	records := shippedRecords(t)
	good := string(shipped.EducationYAML())
	if _, err := DecodeEducation([]byte(good), records); err != nil {
		t.Fatal(err)
	}
	const why = `why: "The nurse can slow the infusion or stop it, and stays with you."`
	for _, tt := range []struct{ name, old, with, want string }{
		{"a dose", "a small amount runs slowly", "35 mg runs slowly", "shows a dose"},
		{"a dose in an answer", "Only when tablets fail", "Only below 0.5 mg/kg", "shows a dose"},
		{"a volume", "a small amount runs slowly", "50 mL runs slowly", "shows a dose"},
		{"a dose in words", "a small amount runs slowly", "five milligrams run slowly", "shows a dose"},
		{"a risk in numbers", "Nobody can tell you now whether it will help you.", "You have a 5 % chance of it.", "one reader's risk"},
		{"a dose in a heading", "text: \"Does it help?\"", "text: \"Do 50 mg help?\"", "shows a dose"},
		{"one reader's risk", "Nobody can tell you now whether it will help you.", "Your risk is low.", "one reader's risk"},
		{"a promise", "Nobody can tell you now whether it will help you.", "It is a breakthrough.", "promotes"},
		{"a long sentence", "Your team has to tell you this before you decide.", strings.Repeat("so on and ", 10) + ".", "a sentence of"},
		{"hard words", "You lie in a quiet room. A nurse stays near and watches you all the time.", strings.Repeat("Pharmacological neuromodulation necessitates multidisciplinary reevaluation. ", 6), "reads at school year"},
		{"a claim without a record", "cites: [evidence/IND-CRPS]}", "cites: []}", "no record that it cites says this"},
		{"a record that is none", "cites: [evidence/IND-CRPS]}", "cites: [evidence/IND-CRSP]}", "no record of the library"},
		{"a record of another source", "cites: [evidence/IND-SCI]}", "cites: [claims/CLAIM-01]}", "no record that it cites says this"},
		{"stronger than its record", "source: COHEN18, mark: verified, cites: [evidence/IND-SCI]", "source: COHEN18, mark: verified, cites: [effects/general]", "no record that it cites"},
		{"an unknown source", "source: FEIFEL20, mark: verified, cites: [effects/general", "source: FEIFEL21, mark: verified, cites: [effects/general", "FEIFEL21"},
		{"a guideline's word that is not one", "Nobody can tell you now whether it will help you.", "The guideline says that it helps.", "claims more than its marks"},
		{"no right answer", "right: b\n        " + why, "right: d\n        " + why, "one of them is right"},
		{"one answer", `{id: a, text: "Wait until it is over"}, {id: b, text: "Tell the nurse or press the button"}, {id: c, text: "Take a tablet of my own"}`, `{id: b, text: "Tell the nurse"}`, "two to four answers"},
		{"answers of one id", `{id: c, text: "Take a tablet of my own"}`, `{id: a, text: "Take a tablet of my own"}`, "an id of its own"},
		{"an empty answer", `text: "Take a tablet of my own"`, `text: ""`, "and a text"},
		{"no reason", why, `why: ""`, "says why"},
		{"a question of an unknown source", why + "\n        source: OURS", why + "\n        source: NOBODY", "NOBODY"},
		{"a question surer than its page", why + "\n        source: OURS\n        mark: default", why + "\n        source: OURS\n        mark: verified", "nothing on its page is of OURS, as verified"},
		{"a question of a source that its page does not name", "source: LABEL\n        mark: verified\n        cites: [evidence/general]", "source: COHEN18\n        mark: secondary\n        cites: [evidence/IND-CRPS]", "nothing on its page is of COHEN18"},
		{"a question of a record that says nothing of it", "source: LABEL\n        mark: verified\n        cites: [evidence/general]", "source: LABEL\n        mark: verified\n        cites: [evidence/IND-CRPS]", "question Q-OFFLABEL: no record that it cites says this of LABEL"},
		{"a rule that is none", "cites: [claims/CLAIM-08, rules/CI-CYST]", "cites: [rules/CI-CYTS]", "no record of the library"},
		{"surer than its rule", "breastfeed.\", source: OURS, mark: default", "breastfeed.\", source: COHEN18, mark: verified", "no record that it cites says this of COHEN18"},
		{"a question twice", "id: Q-ODD", "id: Q-SURE", "no id of its own"},
		{"a kind that is none", "kind: option\n    text: \"Ketamine infusions\"", "kind: advert\n    text: \"Ketamine infusions\"", "is not page, option or fact"},
		{"an option without harm", "{part: harm, text: \"They take time and work. Pain may rise at first.\"", "{part: benefit, text: \"They take time and work. Pain may rise at first.\"", "its benefit and its harm"},
		{"a page with a benefit", "{text: \"Some illnesses make", "{part: benefit, text: \"Some illnesses make", "a page neither"},
		{"a fact of no claim", "claim: CLAIM-03", "claim: CLAIM-99", "a fact answers one claim"},
		{"a claim answered twice", "claim: CLAIM-03", "claim: CLAIM-02", "a fact answers one claim"},
		{"a claim without an answer", "kind: fact\n    claim: CLAIM-15", "kind: page", "CLAIM-15 has no answer"},
		{"a page that says nothing", "kind: page\n    text: \"Who should not have it?\"\n    statements:", "kind: page\n    text: \"Who should not have it?\"\n    statements: []\n    other:", "other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("%q does not stand in the file", tt.old)
			}
			_, err := DecodeEducation([]byte(strings.Replace(good, tt.old, tt.with, 1)), records)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEducation_Hash: what was read is not read any more once a word, an answer or a
// question has changed.
func TestEducation_Hash(t *testing.T) {
	t.Parallel()
	records := shippedRecords(t)
	good := string(shipped.EducationYAML())
	hash := func(s string) string {
		e, err := DecodeEducation([]byte(s), records)
		if err != nil {
			t.Fatal(err)
		}
		return e.Hash()
	}
	was := hash(good)
	for _, change := range [][2]string{
		{"A nurse stays near and watches you all the time.", "A nurse stays near and looks at you all the time."},
		{"Wait until it is over", "Wait till it is over"},
		{"right: b\n        why: \"Repeated use", "right: a\n        why: \"Repeated use"},
	} {
		if hash(strings.Replace(good, change[0], change[1], 1)) == was {
			t.Errorf("%q does not change the hash", change[0])
		}
	}
	if hash(good+"\n# a comment\n") != was {
		t.Error("a comment changes the hash")
	}
}

// TestDecodeInstructions_Refused: each mistake in what patients do is refused by name.
func TestDecodeInstructions_Refused(t *testing.T) {
	t.Parallel()
	good := string(shipped.InstructionsYAML())
	in, err := DecodeInstructions([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if got := in.Confirmed(); !slices.Contains(got, "DAY-FOOD") || !slices.Contains(got, "DAY-ESCORT") || !slices.Contains(got, "DAY-DRIVE") {
		t.Errorf("food, escort and driving are confirmed: %v", got)
	}
	visit := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	if got := in.By(visit); !got.Equal(visit.Add(-24 * time.Hour)) {
		t.Errorf("confirmed by %s", got)
	}
	for _, tt := range []struct{ name, old, with, want string }{
		{"no deadline", "confirm: {hours: 24,", "confirm: {hours: 0,", "1 to 168 hours"},
		{"a deadline of nobody", "confirm: {hours: 24, source: OURS", "confirm: {hours: 24, source: NOBODY", "NOBODY"},
		{"a time that is none", "when: call", "when: later", "is not known"},
		{"confirmed afterwards", "when: after\n    confirm: false\n    text: \"Rest.", "when: after\n    confirm: true\n    text: \"Rest.", "done before the visit"},
		{"fasting for a week", "hours: 6", "hours: 168", "0 to 72"},
		{"hours of another time", "when: day\n    confirm: false", "when: day\n    confirm: false\n    hours: 3", "0 to 72"},
		{"no emergency", "when: emergency", "when: call", `nothing is said of "emergency"`},
		{"a dose", "Rest. Eat and drink as usual.", "Take 1 mg. Eat and drink as usual.", "shows a dose"},
		{"hard words", "Rest. Eat and drink as usual. Take your usual medicines as we told you.", strings.Repeat("Pharmacological neuromodulation necessitates multidisciplinary reevaluation. ", 12), "read at school year"},
		{"a dose where it comes from", "ASA-FASTING: clear fluids until", "ASA-FASTING: 400 mL until", "shows a dose"},
		{"a guideline that is not cited", "Rest. Eat", "The guideline says rest. Eat", "claims more than its marks"},
		{"an unknown field", "confirm: false", "confirmed: false", "confirmed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("%q does not stand in the file", tt.old)
			}
			_, err := DecodeInstructions([]byte(strings.Replace(good, tt.old, tt.with, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestGrade holds the measure of readability against texts whose grade was worked out
// by hand from the formula.
func TestGrade(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"":                              0,
		"The cat sat on the mat.":       0.39*6 + 11.8*6.0/6 - 15.59,
		"The cat sat. The dog ran off.": 0.39*7/2 + 11.8*7.0/7 - 15.59,
		"Ketamine is a medicine.":       0.39*4 + 11.8*8.0/4 - 15.59,
	} {
		if got := grade(text); got-want > 1e-9 || want-got > 1e-9 {
			t.Errorf("%q: grade %.3f, want %.3f", text, got, want)
		}
	}
	for word, want := range map[string]int{"pain": 1, "nurse": 1, "little": 2, "ketamine": 3, "the": 1, "you": 1, "infusion": 3, "eye": 1} {
		if got := syllablesOf(word); got != want {
			t.Errorf("%s has %d syllables, counted %d", word, want, got)
		}
	}
}
