package project

import (
	"slices"
	"strings"
	"unicode"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Nothing of a charted value is left out: two sites of one sign stay two, what
// is not good says so, and a monitor's value is told from a person's.

// Manner is how a metric of a monitor was measured, in words; empty where its
// name says no more than the kind.
func Manner(source string) string {
	switch source {
	case "MDC_TTHOR_RESP_RATE":
		return "by chest movement"
	case "MDC_CO2_RESP_RATE":
		return "by CO₂"
	case "MDC_AWAY_RESP_RATE":
		return "by airway"
	case "MDC_ECG_HEART_RATE":
		return "by ECG"
	case "MDC_PULS_OXIM_PULS_RATE":
		return "by oximeter"
	case "MDC_PULS_RATE_NON_INV":
		return "by cuff"
	case "MDC_BLD_PULS_RATE_INV":
		return "by arterial line"
	}
	return ""
}

// Channel is the part of a monitor that measured: OBX-4 without its last
// number, which tells metrics of one channel apart.
func Channel(site string) string {
	if i := strings.LastIndexByte(site, '.'); i > 0 {
		return site[:i]
	}
	if strings.Trim(site, "0123456789") == "" {
		return "" // a bare number counts metrics, it names no place
	}
	return site
}

// Origin says who measured: a person, or the monitor, and whether a person
// looked at what the monitor sent.
func Origin(o vital.Origin) string {
	switch o {
	case vital.ByHand:
		return "by hand"
	case vital.DeviceConfirmed:
		return "monitor"
	case vital.FromDevice:
		return "monitor, not confirmed by a person"
	}
	return "origin not known"
}

// Value is one charted value as the record prints it: of one sign, or of both
// pressures of one cuff.
type Value struct {
	Kind   vital.Kind // of a pair the systolic
	Origin vital.Origin
	Number string // "97", "124/76"
	Unit   string
	// Beside is the place where there are several, and the quality unless
	// good; often empty.
	Beside string
}

// Text is the number with what stands beside it.
func (v Value) Text() string { return strings.TrimSpace(v.Number + " " + v.Beside) }

// Values are charted readings, each of them once, in the order of the signs
// with the cuff's pressures first.
func Values(rs []vital.Reading) []Value {
	var out []Value
	taken := make([]bool, len(rs))
	fields := vital.Fields()
	slices.SortStableFunc(fields, func(a, b vital.Field) int { return rank(a.Kind) - rank(b.Kind) })
	for _, f := range fields {
		for i, r := range rs {
			if r.Kind != f.Kind || taken[i] {
				continue
			}
			v := Value{Kind: r.Kind, Origin: r.Origin, Number: r.Kind.Text(r.Value), Unit: f.Unit, Beside: beside(r, rs)}
			if j := diastolicOf(i, rs, taken); j >= 0 {
				taken[j] = true
				v.Number += "/" + rs[j].Kind.Text(rs[j].Value)
			}
			out = append(out, v)
		}
	}
	return out
}

func rank(k vital.Kind) int {
	if k == vital.NIBPSys || k == vital.NIBPDia {
		return 0
	}
	return 1
}

// diastolicOf is the place of the diastolic that belongs to the systolic at i:
// of the same cuff, time, origin and quality; -1 when none does, or several do.
func diastolicOf(i int, rs []vital.Reading, taken []bool) int {
	lower, is := map[vital.Kind]vital.Kind{vital.NIBPSys: vital.NIBPDia, vital.ARTSys: vital.ARTDia}[rs[i].Kind]
	if !is {
		return -1
	}
	alone, found := several(rs[i].Kind, rs) == 1, -1
	for j, r := range rs {
		s := rs[i]
		if r.Kind != lower || taken[j] || !r.At.Equal(s.At) || r.Origin != s.Origin || r.Quality != s.Quality {
			continue
		}
		if !alone && Channel(r.Site) != Channel(s.Site) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = j
	}
	return found
}

func several(k vital.Kind, rs []vital.Reading) int {
	n := 0
	for _, r := range rs {
		if r.Kind == k {
			n++
		}
	}
	return n
}

func beside(r vital.Reading, rs []vital.Reading) string {
	var said []string
	if several(r.Kind, rs) > 1 {
		site := "at a site that is not named"
		if r.Site != "" {
			site = "at site " + r.Site
		}
		said = append(said, strings.TrimSpace(Manner(r.Source)+" "+site))
	}
	if r.Quality != vital.Good {
		said = append(said, yes(r.Quality != "", string(r.Quality), "quality not known"))
	}
	return strings.Join(said, ", ")
}

// Readings puts charted values into words, those of one origin together.
func Readings(rs []vital.Reading) string {
	var groups []string
	said := map[vital.Origin][]string{}
	var order []vital.Origin
	for _, v := range Values(rs) {
		if !slices.Contains(order, v.Origin) {
			order = append(order, v.Origin)
		}
		said[v.Origin] = append(said[v.Origin], v.sentence())
	}
	for _, o := range order {
		groups = append(groups, Origin(o)+": "+strings.Join(said[o], ", "))
	}
	return strings.Join(groups, "; ")
}

func (v Value) sentence() string {
	f, _ := vital.Of(v.Kind)
	label := inSentence(f.Label) + " "
	if v.Kind == vital.NIBPSys && strings.Contains(v.Number, "/") {
		label = ""
	}
	if v.Beside != "" {
		return label + v.Number + " " + v.Unit + " (" + v.Beside + ")"
	}
	return label + v.Number + " " + v.Unit
}

// inSentence writes a label small, unless its capitals are part of the sign's
// name: "breathing", but "SpO₂".
func inSentence(label string) string {
	if strings.ContainsFunc(label[1:], unicode.IsUpper) {
		return label
	}
	return strings.ToLower(label[:1]) + label[1:]
}
