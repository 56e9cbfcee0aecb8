package session

// backEntry folds what says of other entries that they come from paper.
func (s State) backEntry(e Entry) State {
	switch ev := e.Event.(type) {
	case EnteredFromPaper:
		if e.Command != "" {
			s.TypedBy = put(s.TypedBy, e.Command, TypedFact{Stamp: stamp(e), Paper: ev.Paper, TypedAt: e.RecordedAt, Found: ev.Deviations})
		}
		return s.deviate(e, ev.Deviations)
	case SheetKept:
		s.Sheets = added(s.Sheets, SheetFact{Stamp: stamp(e), Sheet: ev.Sheet})
	case Unwatched:
		f := UnwatchedFact{Stamp: stamp(e), From: ev.From, To: ev.To}
		s.Unwatched = inserted(s.Unwatched, f, func(a, b UnwatchedFact) int { return before(a.From, a.Position, b.From, b.Position) })
	case TotalReconciled:
		s.Reconciled = &ReconciledFact{Stamp: stamp(e), Comparison: Comparison(ev)}
		return s.deviate(e, ev.Deviations)
	default:
		// the others do not concern this
	}
	return s
}

// written is the entry as by whom it was written on paper. What was done was
// done by that person, whoever typed it.
func (s State) written(e Entry) Entry {
	if f, ok := s.Typed(e); ok {
		if _, mark := e.Event.(EnteredFromPaper); !mark {
			e.Actor.Person = f.Author
		}
	}
	return e
}
