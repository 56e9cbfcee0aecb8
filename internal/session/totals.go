package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// Segment is a time in which the pump did one thing.
type Segment struct {
	From    time.Time
	To      time.Time
	Running bool
	Rate    unit.PumpRate      // as read; zero while paused
	Conc    unit.Concentration // what flows: the bag's, where it is known
}

// Volume is the exact volume the segment delivered.
func (g Segment) Volume() unit.ExactVolume {
	if !g.Running {
		return unit.ExactVolume{}
	}
	return unit.Infused(g.Rate, g.To.Sub(g.From))
}

// SegmentsAt lists what the pump did from the start to t, oldest first,
// without gaps. It follows the facts by the time they hold; nothing runs
// after the earliest effective stop.
func (s State) SegmentsAt(t time.Time) []Segment {
	end := t
	if !s.StartedAt.IsZero() && !s.StoppedAt.IsZero() && s.StoppedAt.Before(end) {
		end = s.StoppedAt
	}
	var out []Segment
	var now Segment
	for _, f := range s.counted() {
		if f.Struck {
			continue
		}
		if !f.At.Before(end) {
			break
		}
		next, changed := s.follow(now, f)
		if !changed {
			continue
		}
		out = closed(out, now, f.At)
		now = next
	}
	return closed(out, now, end)
}

// follow is the segment that begins with fact f.
func (s State) follow(now Segment, f PumpFact) (Segment, bool) {
	started := !now.From.IsZero()
	switch f.Kind {
	case PumpStart, PumpResume, PumpRate:
		if !f.sets(now.Running) {
			return now, false
		}
		return Segment{From: f.At, Running: true, Rate: f.Rate, Conc: s.flowing(f)}, true
	case PumpCheck:
		if !started || !now.Running {
			return now, false
		}
		next := Segment{From: f.At, Running: true, Rate: f.Rate, Conc: s.flowing(f)}
		return next, next.Rate != now.Rate || next.Conc != now.Conc
	case PumpPause:
		return Segment{From: f.At}, started && now.Running
	}
	return now, false
}

// flowing is the concentration of what runs: the bag's, since the pump's
// display only says what someone typed into it; without a bag the pump's.
func (s State) flowing(f PumpFact) unit.Concentration {
	switch {
	case s.Prepared != nil && s.Prepared.Concentration.Positive():
		return s.Prepared.Concentration
	case f.Conc.Positive():
		return f.Conc
	case s.Order != nil:
		return s.Order.Concentration
	}
	return unit.Concentration{}
}

func closed(out []Segment, g Segment, end time.Time) []Segment {
	if g.From.IsZero() || !end.After(g.From) {
		return out
	}
	g.To = end
	return append(out, g)
}

// TotalsAt is what the patient has received until t: exact sums of the rate
// read from the pump, and ketamine given outside it.
func (s State) TotalsAt(t time.Time) Totals {
	out := s.PumpedAt(t)
	for _, d := range s.Drugs {
		if !d.Struck && d.Ketamine.Positive() && !d.At.After(t) {
			out.Mass = out.Mass.Add(d.Ketamine.Exact())
		}
	}
	return s.perWeight(out)
}

// PumpedAt is what came through the pump until t.
func (s State) PumpedAt(t time.Time) Totals {
	var out Totals
	for _, g := range s.SegmentsAt(t) {
		if !g.Running {
			continue
		}
		v := g.Volume()
		out.Minutes += g.To.Sub(g.From)
		out.Volume = out.Volume.Add(v)
		out.Mass = out.Mass.Add(unit.MassIn(v, g.Conc))
	}
	return s.perWeight(out)
}

func (s State) perWeight(t Totals) Totals {
	if s.Order != nil && s.Order.DosingWeight.Positive() {
		t.Dose = unit.PerWeight(t.Mass, s.Order.DosingWeight)
	}
	return t
}

// RateAt is what the pump delivers at t, as last read: zero before the start,
// while paused and after the stop.
func (s State) RateAt(t time.Time) unit.PumpRate {
	segments := s.SegmentsAt(t.Add(time.Microsecond))
	if len(segments) == 0 {
		return unit.PumpRate{}
	}
	last := segments[len(segments)-1]
	if !last.Running || last.To.Before(t.Add(time.Microsecond)) {
		return unit.PumpRate{}
	}
	return last.Rate
}

// RunningAt reports whether the pump is known to run at t.
func (s State) RunningAt(t time.Time) bool {
	segments := s.SegmentsAt(t.Add(time.Microsecond))
	return len(segments) > 0 && segments[len(segments)-1].Running && segments[len(segments)-1].To.After(t)
}

// StopUnconfirmed reports whether a stop was recorded and the pump not read as
// stopped since, or found running after that again. Before any start that counts from the draw-up on: whoever
// stopped then saw a pump.
func (s State) StopUnconfirmed() bool {
	if s.StoppedAt.IsZero() || (s.PumpStop != nil && !s.PumpStopAt.Before(s.StoppedAt) && !s.ranAfter(s.PumpStopAt)) {
		return false
	}
	return !s.StartedAt.IsZero() || slices.ContainsFunc(s.Stops, func(f StopFact) bool {
		return !f.Struck && f.Phase != PhaseScheduled && f.Phase != PhaseArrived
	})
}

// ranAfter reports whether somebody read a rate on the pump later than that.
func (s State) ranAfter(t time.Time) bool {
	return slices.ContainsFunc(s.Pump, func(f PumpFact) bool {
		return !f.Struck && f.Kind != PumpPause && f.Rate.Positive() && f.At.After(t)
	})
}

// EarlyStop is a stop that stands although nothing was started; the pump
// cannot be started while it does. ok is false when there is none.
func (s State) EarlyStop() (f StopFact, ok bool) {
	if !s.StartedAt.IsZero() {
		return StopFact{}, false
	}
	i := slices.IndexFunc(s.Stops, func(f StopFact) bool { return !f.Struck })
	if i < 0 {
		return StopFact{}, false
	}
	return s.Stops[i], true
}

// PumpOpen reports whether drug may still run: the record says that the pump
// runs, or nobody has read it as stopped since.
func (s State) PumpOpen() bool {
	return !s.StartedAt.IsZero() && (s.StoppedAt.IsZero() || s.StopUnconfirmed())
}

// StopsToClaim lists the stops recorded by a device that no person has
// claimed yet.
func (s State) StopsToClaim() []StopFact {
	var out []StopFact
	for _, f := range s.Stops {
		if f.WhoOpen && !f.Struck {
			out = append(out, f)
		}
	}
	return out
}

// SpokenToSign lists the spoken orders without a signature.
func (s State) SpokenToSign() []SpokenFact {
	var out []SpokenFact
	for _, f := range s.Spoken {
		if !f.Signed {
			out = append(out, f)
		}
	}
	return out
}
