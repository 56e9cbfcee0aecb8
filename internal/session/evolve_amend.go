package session

import (
	"slices"
	"time"
)

// amended applies an amendment to the fact it names. The entry itself stays
// in the stream and the fact keeps what was first said.
func (s State) amended(e Entry, a Amended) State {
	s.Amendments = put(s.Amendments, a.Entry, added(s.Amendments[a.Entry], e.Position))
	if a.Observation != nil || a.Read != nil || a.Struck {
		s = s.pastDeviations(a.Entry)
	}
	s = s.amendObservation(a).amendPump(a).amendStop(a).amendVials(a).amendOthers(a)
	return s.refreshPump().deviate(e, a.Deviations)
}

// pastDeviations marks the deviations of an entry whose meaning was replaced.
func (s State) pastDeviations(position int64) State {
	s.Deviations = slices.Clone(s.Deviations)
	for i := range s.Deviations {
		if s.Deviations[i].Position == position {
			s.Deviations[i].Past = true
		}
	}
	return s
}

func (s State) amendObservation(a Amended) State {
	s.Observations = slices.Clone(s.Observations)
	for i := range s.Observations {
		f := &s.Observations[i]
		if f.Stamp.Position != a.Entry {
			continue
		}
		f.Amended, f.Struck = true, f.Struck || a.Struck
		if a.Observation != nil {
			if f.Was == nil {
				was := f.Observation
				f.Was = &was
			}
			f.Observation = *a.Observation
		}
		f.At = corrected(f.At, a.At)
	}
	slices.SortStableFunc(s.Observations, compareObservations)
	return s
}

// amendPump corrects the pump fact of an entry. An observation's pump check
// follows the observation: replaced with it, or no longer said.
func (s State) amendPump(a Amended) State {
	s.Pump = slices.Clone(s.Pump)
	found := false
	for i := range s.Pump {
		f := &s.Pump[i]
		if f.Position != a.Entry {
			continue
		}
		found = true
		f.Struck = f.Struck || a.Struck || (a.Observation != nil && a.Observation.Pump == nil)
		f.At = corrected(f.At, a.At)
		if read := newReading(a); read != nil {
			f.reread(*read)
		}
	}
	if !found && a.Observation != nil && a.Observation.Pump != nil {
		s.Pump = s.withObservedPump(a)
	}
	slices.SortStableFunc(s.Pump, comparePump)
	return s
}

func newReading(a Amended) *PumpReading {
	if a.Read != nil {
		return a.Read
	}
	if a.Observation != nil {
		return a.Observation.Pump
	}
	return nil
}

func (f *PumpFact) reread(read PumpReading) {
	if f.Was == nil {
		f.Was = f.Read
	}
	f.Read, f.Rate, f.Conc = &read, read.Rate, read.Concentration
}

// withObservedPump adds the pump check that a corrected observation now has.
func (s State) withObservedPump(a Amended) []PumpFact {
	for _, o := range s.Observations {
		if o.Stamp.Position == a.Entry {
			read := *a.Observation.Pump
			return added(s.Pump, PumpFact{
				At: o.At, Position: o.Stamp.Position, Kind: PumpCheck, Rate: read.Rate, Conc: read.Concentration, Read: &read, By: o.By, Struck: o.Struck,
			})
		}
	}
	return s.Pump
}

func (s State) amendStop(a Amended) State {
	s.Stops = slices.Clone(s.Stops)
	for i := range s.Stops {
		if f := &s.Stops[i]; f.Position == a.Entry {
			f.Struck, f.At = f.Struck || a.Struck, corrected(f.At, a.At)
		}
	}
	return s
}

// amendOthers corrects what can only be struck or moved in time.
func (s State) amendOthers(a Amended) State {
	s.Drugs, s.Wastes, s.Notes, s.Effects = slices.Clone(s.Drugs), slices.Clone(s.Wastes), slices.Clone(s.Notes), slices.Clone(s.Effects)
	for i := range s.Drugs {
		amendStamp(&s.Drugs[i].Stamp, &s.Drugs[i].Struck, a)
	}
	for i := range s.Wastes {
		amendStamp(&s.Wastes[i].Stamp, &s.Wastes[i].Struck, a)
	}
	for i := range s.Notes {
		amendStamp(&s.Notes[i].Stamp, &s.Notes[i].Struck, a)
	}
	for i := range s.Effects {
		amendStamp(&s.Effects[i].Stamp, &s.Effects[i].Struck, a)
	}
	slices.SortStableFunc(s.Drugs, compareDrugs)
	return s.addUpWaste()
}

func amendStamp(at *Stamp, struck *bool, a Amended) {
	if at.Position == a.Entry {
		at.At, *struck = corrected(at.At, a.At), *struck || a.Struck
	}
}

func corrected(was, now time.Time) time.Time {
	if now.IsZero() {
		return was
	}
	return now
}
