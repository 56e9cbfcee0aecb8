// Package library decodes and checks the shipped knowledge: bytes in, values
// out. Every value it returns carries its source and evidence mark.
package library

import (
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Session holds the rules behind the session's gates. DecodeSession makes it;
// the zero value is no library at all, against which nothing can be checked.
// The rule engine replaces its reader later, not its shape.
type Session struct {
	version int
	status  string
	rules   []Rule
	byID    map[string]int
	sources map[string]cite.Source
}

// Stop is what a finding of a rule does.
type Stop string

// The stops.
const (
	Hard Stop = "hard"
	Soft Stop = "soft"
	Note Stop = "note"
)

// Rule is one row: an id, its text, its numbers and what each part rests on.
type Rule struct {
	ID        string
	Version   int
	Effective string // YYYY-MM-DD
	Text      string
	Stop      Stop
	Numbers   []Number
	Cites     []cite.Ref
	// MayOverride lists the roles that may accept a soft finding. It is
	// empty for a hard one.
	MayOverride []act.Role
}

// Number is one threshold: an exact decimal in a UCUM unit ("1" for a count).
type Number struct {
	Name   string
	Value  string
	Unit   string
	Mark   cite.Mark
	Source string

	micro int64
	unit  measure // of Unit
}

// Hard reports whether a finding of the rule blocks whoever accepts it.
func (r Rule) Hard() bool { return r.Stop == Hard }

// Ready reports whether there is a library at all.
func (s Session) Ready() bool { return len(s.rules) > 0 }

// Version is the version of the file.
func (s Session) Version() int { return s.version }

// Status says in words how far the file was reviewed.
func (s Session) Status() string { return s.status }

// Standing says on what the limits rest: the version, and how far it was
// reviewed. Without a library it says that nothing can be checked.
func (s Session) Standing() string {
	if !s.Ready() {
		return "no library: limits cannot be checked"
	}
	return "shipped library, version " + strconv.Itoa(s.version) + ", " + s.status
}

// Rule returns one row.
func (s Session) Rule(id string) (Rule, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Rule{}, false
	}
	return s.rules[i].clone(), true
}

// Rules returns every row, in the order of the file.
func (s Session) Rules() []Rule {
	out := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		out[i] = r.clone()
	}
	return out
}

func (r Rule) clone() Rule {
	r.Numbers, r.Cites, r.MayOverride = slices.Clone(r.Numbers), slices.Clone(r.Cites), slices.Clone(r.MayOverride)
	return r
}

// Source returns a source that the rows cite.
func (s Session) Source(id string) (cite.Source, bool) {
	src, ok := s.sources[id]
	return src, ok
}

// Wording opens a sentence that cites ref: no stronger than its mark.
func (s Session) Wording(ref cite.Ref) string { return cite.Wording(s.sources[ref.Source], ref.Mark) }

// number finds what the required list promised. A session that was decoded
// has it; asking an empty one is a mistake in the program.
func (s Session) number(k Key) Number {
	if n, ok := s.Number(k.Rule, k.Name); ok {
		return n
	}
	panic("library: " + k.Rule + " " + k.Name + " asked of a library that was not decoded")
}

// Text is a number as the file has it, with its unit as people write it.
func (s Session) Text(k Key) string {
	n := s.number(k)
	label := n.unit.label
	if label == "" {
		return n.Value
	}
	return n.Value + " " + label
}

// Vital is a threshold of a measured sign, in the sign's unit.
func (s Session) Vital(k Key) vital.Value {
	return vital.Value(float64(s.number(k).micro) / unit.Micro)
}

// Count is a whole number without unit.
func (s Session) Count(k Key) int { return int(s.number(k).micro / unit.Micro) }

// Permille is a share in thousandths: 2 % is 20.
func (s Session) Permille(k Key) int64 { return s.number(k).micro * 10 / unit.Micro }

// Factor is a plain ratio in thousandths: 2.2 is 2200.
func (s Session) Factor(k Key) int64 { return s.number(k).micro * 1000 / unit.Micro }

// Duration is a span of time.
func (s Session) Duration(k Key) time.Duration {
	n := s.number(k)
	return time.Duration(n.micro) * (n.unit.span / unit.Micro)
}

// Dose is a number in mg/kg.
func (s Session) Dose(k Key) (d unit.Dose) { return like(d, s, k) }

// Concentration is a number in mg/mL.
func (s Session) Concentration(k Key) (c unit.Concentration) { return like(c, s, k) }

// DoseRate is a number in mg/kg/h.
func (s Session) DoseRate(k Key) (r unit.DoseRate) { return like(r, s, k) }

// MassRate is a number in mg/h.
func (s Session) MassRate(k Key) (r unit.MassRate) { return like(r, s, k) }

// Mass is a number in mg.
func (s Session) Mass(k Key) (m unit.Mass) { return like(m, s, k) }

// Weight is a number in kg.
func (s Session) Weight(k Key) (w unit.Weight) { return like(w, s, k) }

// like reads a number as the kind of quantity that the first argument is. Its
// unit was checked by decoding.
func like[U unit.Base](_ unit.Of[U], s Session, k Key) unit.Of[U] {
	return unit.FromMicro[U](s.number(k).micro)
}

// Number finds one number by name; ok is false when the row or the number is
// not there.
func (s Session) Number(rule, name string) (Number, bool) {
	if i, ok := s.byID[rule]; ok {
		for _, n := range s.rules[i].Numbers {
			if n.Name == name {
				return n, true
			}
		}
	}
	return Number{}, false
}
