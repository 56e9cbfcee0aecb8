package session

import "slices"

// rounds folds what the monitor showed when rounds were due, and what people
// said of it.
func (s State) rounds(e Entry) State {
	switch ev := e.Event.(type) {
	case RoundTaken:
		f := RoundFact{Stamp: stamp(e), RecordedAt: e.RecordedAt, Taken: TakenRound(ev)}
		s.Rounds = inserted(s.Rounds, f, func(a, b RoundFact) int { return before(a.Taken.Due, a.Position, b.Taken.Due, b.Position) })
	case ReadingsConfirmed:
		for _, entry := range ev.Entries {
			s = s.changeRound(entry, func(f *RoundFact) {
				if !f.IsConfirmed() {
					f.Confirmed = stamp(e)
				}
			})
		}
	case ReadingDoubted:
		return s.changeRound(ev.Entry, func(f *RoundFact) {
			f.Doubts = added(f.Doubts, DoubtFact{Stamp: stamp(e), Kind: ev.Kind, Why: ev.Why})
		})
	case RoundMissed:
		s.Missed = added(s.Missed, MissedFact{Stamp: stamp(e), Missed: Missed(ev)})
	default:
		// the others do not concern this
	}
	return s
}

func (s State) changeRound(position int64, change func(*RoundFact)) State {
	i := s.roundAt(position)
	if i < 0 {
		return s
	}
	s.Rounds = slices.Clone(s.Rounds)
	change(&s.Rounds[i])
	return s
}
