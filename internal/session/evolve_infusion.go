package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// pump folds what the pump was set to and what it showed.
func (s State) pump(e Entry) State {
	switch ev := e.Event.(type) {
	case TimeOutDone:
		t := ev.TimeOut
		s.TimeOut, s.TimeOutAt, s.TimeOutEntry = &t, e.EffectiveAt, e.Position
		s = s.deviate(e, ev.Deviations)
	case Started:
		f := running(e, PumpStart, ev.Read)
		f.Ordered, f.ToSet = ev.Ordered, ev.ToSet
		s = s.pumped(f).deviate(e, ev.Deviations)
	case RateChanged:
		f := running(e, PumpRate, ev.Read)
		if ev.Authority != NoAuthority {
			f.Ordered, f.ToSet = ev.Ordered, ev.ToSet
		}
		s = s.pumped(f).used(ev.Spoken).deviate(e, ev.Deviations)
	case PumpRead:
		s = s.checked(e, &ev.Read).deviate(e, ev.Deviations)
	case RateSettled:
		f := PumpFact{
			At: ev.From, Position: e.Position, Kind: PumpRate, Rate: ev.Rate, Read: &PumpReading{Rate: ev.Rate},
			By: e.Actor.Person, Via: e.Actor.Via, RecordedAt: e.RecordedAt, Settles: ev.Entries,
		}
		s = s.pumped(f).deviate(e, ev.Deviations)
	case Paused:
		f := PumpFact{At: e.EffectiveAt, Position: e.Position, Kind: PumpPause, Cause: ev.Cause, By: e.Actor.Person}
		s = s.pumped(f).deviate(e, ev.Deviations)
	case Resumed:
		f := running(e, PumpResume, ev.Read)
		f.Ordered, f.ToSet = ev.Ordered, ev.ToSet
		s = s.pumped(f).used(ev.Spoken).deviate(e, ev.Deviations)
	default:
		// the others do not concern this
	}
	return s
}

func running(e Entry, k PumpKind, read PumpReading) PumpFact {
	return PumpFact{
		At: e.EffectiveAt, Position: e.Position, Kind: k,
		Rate: read.Rate, Conc: read.Concentration, Read: &read, By: e.Actor.Person,
		Via: e.Actor.Via, RecordedAt: e.RecordedAt,
	}
}

// checked folds a reading of the pump, if there was one.
func (s State) checked(e Entry, read *PumpReading) State {
	if read == nil {
		return s
	}
	return s.pumped(running(e, PumpCheck, *read))
}

func (s State) pumped(f PumpFact) State {
	s.Pump = inserted(s.Pump, f, comparePump)
	return s.refreshPump()
}

func comparePump(a, b PumpFact) int { return before(a.At, a.Position, b.At, b.Position) }

// refreshPump derives from the pump's facts, in the order they hold, what is
// in force at their end.
func (s State) refreshPump() State {
	s.StartedAt, s.PausedAt, s.PauseCause = time.Time{}, time.Time{}, ""
	s.Ordered, s.ToSet, s.RateSetBy = unit.DoseRate{}, unit.PumpRate{}, ""
	for _, f := range s.Pump {
		if f.Struck || s.settled(f) {
			continue
		}
		switch f.Kind {
		case PumpStart, PumpResume, PumpRate:
			if !f.sets(!s.StartedAt.IsZero() && s.PausedAt.IsZero()) {
				continue
			}
			if s.StartedAt.IsZero() {
				s.StartedAt = f.At
			}
			s.PausedAt, s.PauseCause = time.Time{}, ""
			if f.Ordered.Positive() {
				s.Ordered, s.ToSet, s.RateSetBy = f.Ordered, f.ToSet, f.By
			}
		case PumpPause:
			s = s.halted(f)
		case PumpCheck:
		}
	}
	return s.refreshStop()
}

// sets reports whether the fact says that the pump runs from here. A rate
// that was found at nothing says so only of a pump that was running.
func (f PumpFact) sets(running bool) bool {
	return f.Kind != PumpRate || f.Rate.Positive() || running
}

// halted folds one pause. Of several in a row the earliest says since when,
// and a clinical cause stays: resuming then needs a prescriber.
func (s State) halted(f PumpFact) State {
	if s.StartedAt.IsZero() {
		return s
	}
	if s.PausedAt.IsZero() {
		s.PausedAt, s.PauseCause = f.At, f.Cause
	}
	if f.Cause == PauseClinical {
		s.PauseCause = PauseClinical
	}
	return s
}

// refreshStop finds the stop that ended the infusion: the earliest effective
// one that is not before anything ran. Where nothing ran, the earliest.
func (s State) refreshStop() State {
	s.StoppedAt = time.Time{}
	for _, f := range s.Stops {
		if f.Struck || f.At.Before(s.StartedAt) {
			continue
		}
		if s.StoppedAt.IsZero() || f.At.Before(s.StoppedAt) {
			s.StoppedAt = f.At
		}
	}
	return s
}

// stop folds stops and spoken orders.
func (s State) stop(e Entry) State {
	switch ev := e.Event.(type) {
	case Stopped:
		f := StopFact{Stamp: stamp(e), Cause: ev.Cause, Repeat: ev.Repeat, WhoOpen: ev.WhoOpen, Phase: ev.Phase}
		s.Stops = added(s.Stops, f)
		return s.refreshStop().deviate(e, ev.Deviations)
	case StopClaimed:
		s.Stops = slices.Clone(s.Stops)
		for i := range s.Stops {
			if s.Stops[i].Position == ev.Stop {
				s.Stops[i].WhoOpen, s.Stops[i].Claimed = false, ev.By
			}
		}
	case PumpStopConfirmed:
		s.PumpStop, s.PumpStopAt = &ev, e.EffectiveAt
		return s.deviate(e, ev.Deviations)
	case SpokenOrderTaken:
		s.Spoken = added(s.Spoken, SpokenFact{Stamp: stamp(e), Order: ev})
	case SpokenOrderSigned:
		return s.spoken(ev.Spoken, func(f *SpokenFact) { f.Signed = true })
	default:
		// the others do not concern this
	}
	return s
}

// used marks a spoken order as carried out.
func (s State) used(position int64) State {
	if position == 0 {
		return s
	}
	return s.spoken(position, func(f *SpokenFact) { f.Used = true })
}

func (s State) spoken(position int64, change func(*SpokenFact)) State {
	s.Spoken = slices.Clone(s.Spoken)
	for i := range s.Spoken {
		if s.Spoken[i].Position == position {
			change(&s.Spoken[i])
		}
	}
	return s
}
