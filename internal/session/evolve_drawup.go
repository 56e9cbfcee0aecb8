package session

import (
	"slices"
	"time"
)

// drawUp folds the preparing of the drug.
func (s State) drawUp(e Entry) State {
	switch ev := e.Event.(type) {
	case VialsOpened:
		s.Opened = added(s.Opened, VialFact{Stamp: stamp(e), Vials: ev.Vials})
		return s.refreshVials()
	case DrawUpComputed:
		s.Computed = added(s.Computed, ev)
	case DrawUpDisagreed:
		s.Computed, s.Disagreed = nil, s.Disagreed+1
	case Prepared:
		s.Prepared, s.PreparedAt, s.Computed = &ev, e.Position, nil
	case DrawUpDiscarded:
		return s.discarded(e, ev)
	default:
		// the others do not concern this
	}
	return s
}

// refreshVials derives what is drawn up now. When preparation began counts a
// struck entry too: a mistyped vial was opened all the same.
func (s State) refreshVials() State {
	s.Vials, s.VialsAt = nil, time.Time{}
	for _, f := range s.Opened {
		if f.Done {
			continue
		}
		if s.VialsAt.IsZero() || f.At.Before(s.VialsAt) {
			s.VialsAt = f.At
		}
		if !f.Struck {
			s.Vials = slices.Concat(s.Vials, f.Vials)
		}
	}
	return s
}

// discarded takes a draw-up away whole. What was drawn for it stays drawn, and
// is wasted: the account adds up every bag.
func (s State) discarded(e Entry, ev DrawUpDiscarded) State {
	s.DrawnBefore = s.DrawnBefore.Add(s.drawnNow())
	s.Opened = slices.Clone(s.Opened)
	for i := range s.Opened {
		s.Opened[i].Done = true
	}
	s.Prepared, s.PreparedAt, s.Computed, s.Disagreed = nil, 0, nil, 0
	s.TimeOut, s.TimeOutAt, s.TimeOutEntry = nil, time.Time{}, 0
	return s.refreshVials().wasted(WasteFact{Stamp: stamp(e), Mass: ev.Mass, Volume: ev.Volume, Witness: ev.Witness, DrawUp: true})
}

// amendVials strikes or moves an opening of vials. Who computed before saw
// other vials: both compute again.
func (s State) amendVials(a Amended) State {
	i := slices.IndexFunc(s.Opened, func(f VialFact) bool { return f.Position == a.Entry })
	if i < 0 {
		return s
	}
	s.Opened = slices.Clone(s.Opened)
	amendStamp(&s.Opened[i].Stamp, &s.Opened[i].Struck, a)
	if a.Struck {
		s.Computed = nil
	}
	return s.refreshVials()
}
