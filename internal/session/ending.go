package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// EndBound says what ends the infusion first.
type EndBound string

// The bounds.
const (
	EndPlanned EndBound = "planned end"
	EndSession EndBound = "session maximum"
	EndTotal   EndBound = "total maximum"
)

// EndNear says how far the end is.
type EndNear string

// How far: longer than what the library calls soon, that or less, reached in
// this minute, past.
const (
	EndAhead EndNear = "ahead"
	EndSoon  EndNear = "soon"
	EndNow   EndNear = "now"
	EndPast  EndNear = "past"
)

// End is when the infusion has to end, and why.
type End struct {
	At    time.Time
	Bound EndBound
	Near  EndNear
}

// EndStatus is the end of a running or paused infusion as seen at env.Now; ok is
// false when nothing runs or there is no order to say when it ends.
func EndStatus(s State, env Env) (e End, ok bool) {
	ends := Ends(s, env)
	if len(ends) == 0 {
		return End{}, false
	}
	return ends[0], true
}

// Ends lists everything that ends a running or paused infusion, as seen at
// env.Now, the earliest first: past the planned end a maximum is still to come.
// Without a library nobody says what is soon; now and past are told all the same.
func Ends(s State, env Env) []End {
	now := env.Now
	if s.Order == nil || s.StartedAt.IsZero() || !s.StoppedAt.IsZero() {
		return nil
	}
	out := []End{{At: s.PlannedEnd(now), Bound: EndPlanned}}
	if s.Order.Maxima.Minutes > 0 {
		out = append(out, End{At: s.StartedAt.Add(s.Order.Maxima.Minutes.Duration()), Bound: EndSession})
	}
	if at, ok := s.totalReached(now); ok {
		out = append(out, End{At: at, Bound: EndTotal})
	}
	soon := time.Duration(0)
	if env.Rules.Ready() {
		soon = env.Rules.Duration(library.EndSoon)
	}
	for i := range out {
		out[i].Near = near(out[i].At, now, soon)
	}
	slices.SortStableFunc(out, func(a, b End) int { return a.At.Compare(b.At) })
	return out
}

func near(end, now time.Time, soon time.Duration) EndNear {
	switch {
	case now.Before(end.Add(-soon)):
		return EndAhead
	case now.Before(end):
		return EndSoon
	case now.Before(end.Add(time.Minute)):
		return EndNow
	}
	return EndPast
}

// PlannedEnd is when the order's steps will have run, pauses not counted. It
// moves on while the pump is paused.
func (s State) PlannedEnd(now time.Time) time.Time {
	if s.Order == nil || s.StartedAt.IsZero() {
		return time.Time{}
	}
	planned := s.Order.Planned()
	ran := time.Duration(0)
	for _, g := range s.SegmentsAt(now) {
		if !g.Running {
			continue
		}
		if d := g.To.Sub(g.From); ran+d >= planned {
			return g.From.Add(planned - ran)
		}
		ran += g.To.Sub(g.From)
	}
	if now.Before(s.StartedAt) {
		now = s.StartedAt
	}
	return now.Add(planned - ran)
}

// totalReached is when the order's greatest mass or dose is reached at the
// rate of now; ok is false when it never is.
func (s State) totalReached(now time.Time) (time.Time, bool) {
	most, ok := s.mostMass()
	if !ok {
		return time.Time{}, false
	}
	at, mass := s.StartedAt, s.ketamineOutside(now)
	for _, g := range s.SegmentsAt(now) {
		next := mass.Add(unit.MassIn(g.Volume(), g.Conc))
		if next.Cmp(most) >= 0 {
			return g.From.Add(unit.TimeFor(most.Sub(mass), g.Rate, g.Conc)), true
		}
		mass, at = next, g.To
	}
	rate, conc := s.RateAt(now), s.flowing(s.lastReading())
	if !rate.Positive() || !conc.Positive() {
		return time.Time{}, false
	}
	return at.Add(unit.TimeFor(most.Sub(mass), rate, conc)), true
}

// mostMass is the smaller of the order's greatest mass and greatest dose.
func (s State) mostMass() (unit.ExactMass, bool) {
	if s.Order == nil {
		return unit.ExactMass{}, false
	}
	m := s.Order.Maxima
	most, ok := m.Total.Exact(), m.Total.Positive()
	if byDose := unit.DoseMass(m.Dose, s.Order.DosingWeight); byDose.Sign() > 0 && (!ok || byDose.Cmp(most) < 0) {
		most, ok = byDose, true
	}
	return most, ok
}

func (s State) ketamineOutside(t time.Time) unit.ExactMass {
	return s.TotalsAt(t).Mass.Sub(s.PumpedAt(t).Mass)
}

func (s State) lastReading() PumpFact {
	for i := len(s.Pump) - 1; i >= 0; i-- {
		if f := s.Pump[i]; !f.Struck && f.Kind != PumpPause {
			return f
		}
	}
	return PumpFact{}
}

// LowerRates are the rates below the one in force, lowest first, in the
// library's steps and at most so many; none without a library.
func LowerRates(s State, env Env, most int) []unit.DoseRate {
	if !env.Rules.Ready() {
		return nil
	}
	by := env.Rules.DoseRate(library.LowerBy)
	var out []unit.DoseRate
	for r := by; by.Positive() && r.Less(s.Ordered) && len(out) < most; r = r.Add(by) {
		out = append(out, r)
	}
	return out
}
