package library

import (
	"slices"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/drug"
)

// Alarms holds the rows that a session is watched by. DecodeAlarms makes it;
// the zero value is no library at all, and raises nothing.
type Alarms struct {
	version  int
	hash     string
	status   string
	rules    []alarm.Rule
	ours     int // rows that rest on our own defaults in some part
	settings alarm.Settings
	symptoms []string
	sources  map[string]cite.Source
}

// Ready reports whether there is a library at all.
func (a Alarms) Ready() bool { return len(a.rules) > 0 }

// Version is the version of the file.
func (a Alarms) Version() int { return a.version }

// Hash is the SHA-256 of the file, in hex: what a director signs.
func (a Alarms) Hash() string { return a.hash }

// Ours counts the rows that rest on our own defaults in some part.
func (a Alarms) Ours() int { return a.ours }

// Rows counts all rows.
func (a Alarms) Rows() int { return len(a.rules) }

func oursOf(rules []alarm.Rule) int {
	n := 0
	for _, r := range rules {
		ours := slices.ContainsFunc(r.Cites, func(c cite.Ref) bool { return c.Mark == cite.Default })
		if ours || slices.ContainsFunc(r.Levels, func(l alarm.Level) bool { return l.Mark == cite.Default }) {
			n++
		}
	}
	return n
}

// Status says in words how far the file was reviewed.
func (a Alarms) Status() string { return a.status }

// Standing says on what the alarms rest: the version, and how far it was
// reviewed. Without a library it says that nothing is watched.
func (a Alarms) Standing() string {
	if !a.Ready() {
		return "no alarm library: nothing is watched"
	}
	return "shipped alarm library, version " + strconv.Itoa(a.version) + ", " + a.status
}

// Rules returns every row, in the order of the file.
func (a Alarms) Rules() []alarm.Rule {
	out := slices.Clone(a.rules)
	for i := range out {
		r := &out[i]
		r.Levels, r.Consider, r.Cites = slices.Clone(r.Levels), slices.Clone(r.Consider), slices.Clone(r.Cites)
	}
	return out
}

// Row returns the row of an id.
func (a Alarms) Row(id string) (alarm.Rule, bool) {
	i := slices.IndexFunc(a.rules, func(r alarm.Rule) bool { return r.ID == id })
	if i < 0 {
		return alarm.Rule{}, false
	}
	r := a.rules[i]
	r.Levels, r.Consider, r.Cites = slices.Clone(r.Levels), slices.Clone(r.Consider), slices.Clone(r.Cites)
	return r, true
}

// Weakest is how well a part of a row is known: as well as the weakest of the
// marks it carries. ok is false when the part is not cited.
func Weakest(refs []cite.Ref, part string) (mark cite.Mark, ok bool) { return weakest(refs, part) }

// Settings are the times that hold for all conditions.
func (a Alarms) Settings() alarm.Settings { return a.settings }

// Symptoms are the codes of side effects that make a cuff reading in the red
// range red at once.
func (a Alarms) Symptoms() []string { return slices.Clone(a.symptoms) }

// Source returns a source that the rows cite.
func (a Alarms) Source(id string) (cite.Source, bool) {
	s, ok := a.sources[id]
	return s, ok
}

// For works the rows out for one patient: an order's limits and the patient's
// own resting values applied.
func (a Alarms) For(order []drug.Limit, rest []alarm.Rest) alarm.Limits {
	return alarm.NewLimits(a.rules, a.settings, order, rest)
}
