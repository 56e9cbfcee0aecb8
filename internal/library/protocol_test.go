package library

import (
	"bytes"
	"strings"
	"testing"
)

// TestProtocols_Shipped: the shipped protocols load, and lie inside the limits.
func TestProtocols_Shipped(t *testing.T) {
	t.Parallel()
	f := Shipped()
	session, err := DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	k, err := DecodeProtocols(f.Protocols, session)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Rows) == 0 {
		t.Fatal("there is no protocol")
	}
	for _, p := range k.Rows {
		if s, ok := p.Span("rate"); !ok || s.Unit != "mg/kg/h" {
			t.Errorf("%s: rate %+v", p.ID, s)
		}
		if _, ok := p.Span("speed"); ok {
			t.Errorf("%s has a number that none has", p.ID)
		}
	}
}

// TestProtocols_Refused: one mistake at a time in the shipped file, each refused
// with what is wrong.
func TestProtocols_Refused(t *testing.T) {
	t.Parallel()
	f := Shipped()
	session, err := DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, says string }{
		"another drug":                  {"drug: ketamine\n", "drug: esketamine\n", `the drug is "esketamine"`},
		"an unknown indication":         {"indications: [crps, spinal_cord_injury]", "indications: [mood]", `indication "mood"`},
		"no indication":                 {"indications: [crps, spinal_cord_injury]", "indications: []", "names no indication"},
		"an unknown source":             {`unit: mg/kg/h, source: OURS`, `unit: mg/kg/h, source: HEARSAY`, "HEARSAY"},
		"a mark that is none":           {"mark: default}", "mark: certain}", "certain"},
		"least above usual":             {`least: "0.05", usual: "0.3"`, `least: "0.31", usual: "0.3"`, "not in this order"},
		"usual above most":              {`usual: "0.3", most: "0.35"`, `usual: "0.36", most: "0.35"`, "not in this order"},
		"a rate beyond the outer bound": {`most: "0.4", unit: mg/kg/h`, `most: "1.000001", unit: mg/kg/h`, "beyond LIM-RATE"},
		"mg an hour beyond it":          {`most: "16", unit: mg/h`, `most: "40.1", unit: mg/h`, "beyond LIM-MASS-RATE"},
		"minutes beyond it":             {`most: "300", unit: min`, `most: "361", unit: min`, "beyond LIM-DURATION"},
		"a dose beyond it":              {`most: "1.6", unit: mg/kg`, `most: "2.1", unit: mg/kg`, "beyond LIM-TOTAL"},
		"a mass beyond it":              {`most: "100", unit: mg`, `most: "201", unit: mg`, "beyond LIM-TOTAL"},
		"another unit":                  {"unit: mg/kg/h", "unit: mg/h", `is in "mg/h", not in mg/kg/h`},
		"no number":                     {`most: "0.35", unit: mg/kg/h`, `most: "much", unit: mg/kg/h`, "each a number above zero"},
		"nothing as least":              {`least: "0.05"`, `least: "0"`, "each a number above zero"},
		"a number nobody knows":         {"{name: peak,", "{name: top,", `number "top"`},
		"a number twice":                {"{name: peak,", "{name: cuff,", `number "cuff"`},
		"two usual concentrations":      {`value: "2", unit: mg/mL, usual: false`, `value: "2", unit: mg/mL, usual: true`, "one concentration is usual, not 2"},
		"a percentage":                  {`value: "2", unit: mg/mL`, `value: "2", unit: "%"`, "none in mg/mL"},
		"an option that none shows":     {`usual: "next day"`, `usual: "12"`, "none of its options"},
		"a disagreement nobody knows":   {"- name: driving", "- name: parking", `choice "parking"`},
		"a text that claims too much":   {"4 hours before going home have been asked for.", "As reported by FPM-PM12, 4 hours.", "claims more"},
		"an amount without a number":    {`drug: ondansetron, amount: "4"`, `drug: ondansetron, amount: "some"`, "for nausea"},
		"a field nobody has":            {"field: duration, towards: least", "field: speed, towards: least", `changes "speed"`},
		"towards nowhere":               {"field: duration, towards: least", "field: duration, towards: up", "towards least or most"},
		"an id twice":                   {"id: PR-CRPS-4H", "id: PR-FIRST", "was given before"},
		"an unknown field":              {"second_review: false", "second_reviews: false", "second_reviews"},
	} {
		b := bytes.Replace(f.Protocols, []byte(c.old), []byte(c.new), 1)
		if bytes.Equal(b, f.Protocols) {
			t.Fatalf("%s: the file does not say %q", name, c.old)
		}
		if _, err := DecodeProtocols(b, session); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := bytes.Index(f.Protocols, []byte("          - {value: \"24\""))
	cut := append(bytes.Clone(f.Protocols[:one]), f.Protocols[bytes.Index(f.Protocols, []byte("        usual: \"next day\"")):]...)
	cut = bytes.Replace(cut, []byte(`usual: "next day"`), []byte(`usual: "8"`), 1)
	if _, err := DecodeProtocols(cut, session); err == nil || !strings.Contains(err.Error(), "shows what each source says") {
		t.Errorf("where sources disagree one is enough: %v", err)
	}
}
