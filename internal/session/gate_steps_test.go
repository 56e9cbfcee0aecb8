package session

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	shipped "github.com/stillwatch/stillwatch/library"
)

// stepOf is how far a number is moved to see whether a test minds: one step of
// how finely the thing is measured.
func stepOf(rule string, n library.Number) string {
	switch {
	case rule == "WT-UNIT":
		return "0.001"
	case rule == "WT-ADJUST" && n.Unit != "kg/m2": // a dosing weight is a tenth of a kilogram
		return "0.2"
	case rule == "SW-OFF-MONITOR", strings.HasPrefix(n.Name, "spo2"), n.Name == "bp_change":
		return "1"
	}
	return map[string]string{
		"1": "1", "mm[Hg]": "1", "/min": "1", "Cel": "0.1", "%": "0.1", "h": "0.02", "d": "0.02", "kg/m2": "0.1", "min": "0.02", "s": "0.01",
		"kg": "0.01", "mg": "0.01", "mg/h": "0.01", "mg/mL": "0.001", "mg/kg": "0.0001", "mg/kg/h": "0.0001",
	}[n.Unit]
}

// bound says why a number cannot be seen to move.
func bound() map[string]string {
	return map[string]string{
		"DDI-3-ALCOHOL free_of +": "the question itself asks for the last 24 hours",
		"DDI-3-ALCOHOL free_of -": "the question itself asks for the last 24 hours",
		"LIM-BOLUS over -":        "a loading dose is given over whole minutes",
		"CI-BPSOFT soft_dbp +":    "CI-TODAY-SOFT stands at the same 100 mmHg",
	}
}

var clinicBounds = regexp.MustCompile(`, clinic: \[[^]]*\]`)

// moved is the shipped library with one number moved by one step.
func moved(t *testing.T, rule string, n library.Number, up bool) library.Session {
	t.Helper()
	var value, step unit.Mass // any quantity reads a decimal exactly
	if value.UnmarshalText([]byte(n.Value)) != nil || step.UnmarshalText([]byte(stepOf(rule, n))) != nil {
		t.Fatalf("no step for %s %s in %s", rule, n.Name, n.Unit)
	}
	to := value.Add(step)
	if !up {
		to = value.Sub(step)
	}
	text := clinicBounds.ReplaceAllString(string(shipped.SessionYAML()), "") // a step may lie beyond what a clinic may set
	at := strings.Index(text, "- id: "+rule+"\n")
	line := regexp.MustCompile(`(\{name: ` + n.Name + `, value: )"[^"]*"`)
	rest := text[at:]
	place := line.FindStringIndex(rest)
	if at < 0 || place == nil {
		t.Fatalf("%s %s is not in the file", rule, n.Name)
	}
	changed := line.ReplaceAllString(rest[:place[1]], `${1}"`+to.Decimal()+`"`)
	lib, err := library.DecodeSession([]byte(text[:at] + changed + rest[place[1]:]))
	if err != nil {
		t.Fatalf("%s %s moved to %s: %v", rule, n.Name, to.Decimal(), err)
	}
	return lib
}

// minds reports whether any row or case that has to do with a rule comes out
// otherwise under a library.
func minds(rule string, lib library.Session) bool {
	for _, tb := range tables() {
		rows := tb.rows()
		var checks []CheckID
		for _, r := range rows {
			if r.rule == rule {
				checks = append(checks, r.check)
			}
		}
		for _, r := range rows {
			if !slices.Contains(checks, r.check) {
				continue
			}
			if !r.meets(tb.alone(r, lib)) {
				return true
			}
		}
	}
	for _, c := range limitCases() {
		if slices.Contains(c.rules, rule) && c.ask(lib) != c.want {
			return true
		}
	}
	return false
}

// TestNumbers_NoneMovesUnseen: each number of the library, moved by one step
// up or down, changes what a row of the tables or a case of the limits says.
func TestNumbers_NoneMovesUnseen(t *testing.T) {
	t.Parallel()
	why := bound()
	for _, r := range rules().Rules() {
		for _, n := range r.Numbers {
			for sign, up := range map[string]bool{"+": true, "-": false} {
				name := r.ID + " " + n.Name + " " + sign
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					if seen := minds(r.ID, moved(t, r.ID, n, up)); seen == (why[name] != "") {
						t.Errorf("moved by %s %s: seen %v", stepOf(r.ID, n), n.Unit, seen)
					}
				})
			}
		}
	}
}
