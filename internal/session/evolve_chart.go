package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// chart folds what was observed, given and noted.
func (s State) chart(e Entry) State {
	switch ev := e.Event.(type) {
	case Observed:
		f := ObservationFact{Stamp: stamp(e), RecordedAt: e.RecordedAt, Observation: ev.Observation}
		_, f.Typed = s.Typed(e)
		s.Observations = inserted(s.Observations, f, compareObservations)
		return s.present(e).checked(e, ev.Pump).deviate(e, ev.Findings)
	case SideEffectNoted:
		if s.effect(ev.ID) < 0 {
			s.Effects = added(s.Effects, EffectFact{Stamp: stamp(e), ID: ev.ID, Code: ev.Code, Grade: ev.Grade})
		}
	case SideEffectGraded:
		return s.changeEffect(ev.ID, func(f *EffectFact) { f.Grade = ev.Grade })
	case SideEffectResolved:
		return s.changeEffect(ev.ID, func(f *EffectFact) { f.ResolvedAt = e.EffectiveAt })
	case DrugGiven:
		f := DrugFact{Stamp: stamp(e), Given: Given(ev)}
		s.Drugs = inserted(s.Drugs, f, compareDrugs)
		return s.used(ev.Spoken).deviate(e, ev.Deviations)
	case NoteAdded:
		s.Notes = added(s.Notes, NoteFact{Stamp: stamp(e), Text: ev.Text})
	default:
		// the others do not concern this
	}
	return s
}

func compareObservations(a, b ObservationFact) int { return a.compare(b.Stamp) }
func compareDrugs(a, b DrugFact) int               { return a.compare(b.Stamp) }

// effect is the index of a side effect, or -1.
func (s State) effect(id ident.SideEffect) int {
	return slices.IndexFunc(s.Effects, func(f EffectFact) bool { return f.ID == id })
}

func (s State) changeEffect(id ident.SideEffect, change func(*EffectFact)) State {
	i := s.effect(id)
	if i < 0 {
		return s
	}
	s.Effects = slices.Clone(s.Effects)
	change(&s.Effects[i])
	return s
}
