package alarm

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Trial is one level of a rule as it might be. What is nil stays as it is.
type Trial struct {
	Condition ID
	// Level is the level's place in the rule, from 0.
	Level int
	// Limit replaces the value, the factor of the baseline or the rise over it,
	// whichever the level has.
	Limit *vital.Value
	// Delay replaces the onset delay of a level on a stream of values, and the
	// time of a level on time.
	Delay *time.Duration
	// Margin and Over replace what the whole row asks before it is over.
	Margin *vital.Value
	Over   *time.Duration
}

// Apply gives the rules with the trial in place. ok is false where there is no
// such level, or where it has nothing of what the trial replaces.
func (t Trial) Apply(rules []Rule) (out []Rule, ok bool) {
	out = slices.Clone(rules)
	i := slices.IndexFunc(out, func(r Rule) bool { return r.Condition == t.Condition })
	if i < 0 || t.Level < 0 || t.Level >= len(out[i].Levels) {
		return nil, false
	}
	r := &out[i]
	r.Levels = slices.Clone(r.Levels)
	l := &r.Levels[t.Level]
	onValue := !l.Timed && l.Intervals == 0
	if t.Limit != nil {
		switch {
		case l.OfBaseline > 0:
			l.OfBaseline = Factor(*t.Limit)
		case l.Rise > 0:
			l.Rise = *t.Limit
		case onValue && l.Test.Valid():
			l.Value = *t.Limit
		default:
			return nil, false
		}
	}
	if t.Delay != nil {
		switch {
		case l.Timed:
			l.After = *t.Delay
		case onValue && !l.AtOnce:
			l.Hold = *t.Delay
		default:
			return nil, false
		}
	}
	if t.Margin != nil {
		if !onValue {
			return nil, false
		}
		r.Clear.By = *t.Margin
	}
	if t.Over != nil {
		r.Clear.For = *t.Over
	}
	return out, true
}

// Only gives the one rule of a condition. A condition depends on no other, so
// that what it does alone is what it does among all.
func Only(rules []Rule, id ID) []Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Condition == id })
	if i < 0 {
		return nil
	}
	return rules[i : i+1]
}

// Sees reports whether an input may matter to a condition: a sample of a sign
// that it looks at, and everything that is no sample. What is expected of the
// monitor depends on every sign.
func (id ID) Sees(in Input) bool {
	x, ok := in.(Sample)
	switch {
	case !ok || id == NoReading:
		return true
	case id == SedationBreathing:
		return x.Kind == vital.RR || x.Kind == vital.SpO2
	case id == EtCO2Lost:
		return x.Kind == vital.EtCO2
	}
	return slices.Contains(id.Kinds(), x.Kind)
}

// Shift is what became of one announcement under other limits. Before or After
// is nil where there was none.
type Shift struct{ Before, After *Episode }

// Later is by how much later it was announced; negative for sooner, zero where
// only one side announced it.
func (s Shift) Later() time.Duration {
	if s.Before == nil || s.After == nil {
		return 0
	}
	return s.After.Announced.Sub(s.Before.Announced)
}

// Shifts pairs announcements of one condition: two are the same one where they
// are of one priority and stood at the same time. Until is when those that did
// not clear are taken to have ended.
func Shifts(before, after []Episode, until time.Time) []Shift {
	var out []Shift
	taken := make([]bool, len(after))
	for i := range before {
		b := &before[i]
		j := slices.IndexFunc(after, func(a Episode) bool { return a.Priority == b.Priority && overlap(*b, a, until) })
		for j >= 0 && taken[j] {
			k := slices.IndexFunc(after[j+1:], func(a Episode) bool { return a.Priority == b.Priority && overlap(*b, a, until) })
			if k < 0 {
				j = -1
				break
			}
			j += k + 1
		}
		if j < 0 {
			out = append(out, Shift{Before: b})
			continue
		}
		taken[j] = true
		out = append(out, Shift{Before: b, After: &after[j]})
	}
	for j := range after {
		if !taken[j] {
			out = append(out, Shift{After: &after[j]})
		}
	}
	return out
}

// overlap reports whether two stood at the same time, from when they began.
func overlap(a, b Episode, until time.Time) bool {
	return !a.Raised.After(b.end(until)) && !b.Raised.After(a.end(until))
}

func (e Episode) end(until time.Time) time.Time {
	if e.Cleared.IsZero() {
		return until
	}
	return e.Cleared
}
