package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func (d *decider) chart(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case Observe:
		return d.observe(c)
	case NoteSideEffect:
		return d.noteEffect(c)
	case GradeSideEffect:
		if r := d.knownEffect(c.ID, c.Grade); r != nil {
			return nil, r
		}
		return one(SideEffectGraded{ID: c.ID, Grade: c.Grade})
	case ResolveSideEffect:
		if r := d.knownEffect(c.ID, 0); r != nil {
			return nil, r
		}
		return one(SideEffectResolved{ID: c.ID})
	case GiveDrug:
		return d.giveDrug(c)
	case Note:
		if !c.Text.Given() {
			return nil, malformed("session.text_missing")
		}
		return one(NoteAdded{Text: c.Text})
	case Amend:
		return d.amend(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

func (d *decider) observe(c Observe) ([]Event, *Refusal) {
	if r := c.possible(); r != nil {
		return nil, r
	}
	if d.future(c.Readings) {
		return nil, malformed("session.time.future")
	}
	return one(Observed{Observation: d.charted(c.Observation, nil)})
}

// charted is an observation with what Decide adds to it: whether it is late,
// and what it finds. A client's own word on either does not count.
// before are the readings that an amendment replaces.
func (d *decider) charted(o Observation, before []vital.Reading) Observation {
	o.Late = d.late || d.s.Phase == PhaseClosed
	var doubts []Deviation
	o.Readings, doubts = d.proved(o.Readings, before)
	o.Findings = append(d.findings(o), doubts...)
	return o
}

// findings are what an observation asks for at once. Nothing is refused for
// them; alarm limits are not looked at here.
func (d *decider) findings(o Observation) []Deviation {
	var out []Deviation
	if d.distressed(o) && !o.StaysWith.Given() {
		out = append(out, deviation(RuleCompany, "session.who_stays"))
	}
	if o.WorstHeadache {
		out = append(out, deviation(RuleHeadache, "session.worst_headache"))
	}
	if o.Stood != nil && !o.Stood.Assisted && d.s.standing() == nil { // the first only
		out = append(out, deviation(RuleStanding, "session.stood_alone"))
	}
	if o.Pump != nil {
		out = append(out, d.checkDeviations(*o.Pump)...)
		out = append(out, d.apart(Observed{Observation: o})...)
	}
	return out
}

// distressed: without a library nobody knows from where, and any distress asks.
func (d *decider) distressed(o Observation) bool {
	switch {
	case o.Distress == nil:
		return false
	case !d.env.Rules.Ready():
		return *o.Distress > 0
	}
	return int(*o.Distress) >= d.env.Rules.Count(library.Distressed)
}

func (d *decider) noteEffect(c NoteSideEffect) ([]Event, *Refusal) {
	switch {
	case !ident.Valid(c.ID):
		return nil, malformed("session.bad_effect")
	case d.s.effect(c.ID) >= 0:
		return nil, malformed("session.effect_noted")
	case !scale.KnownEffect(c.Code):
		return nil, malformed("session.unknown_code", "side effect")
	case c.Grade < 0 || c.Grade > scale.MaxGrade:
		return nil, malformed("session.bad_score", "grade")
	}
	return one(SideEffectNoted{ID: c.ID, Code: c.Code, Grade: c.Grade, Text: c.Text})
}

func (d *decider) knownEffect(id ident.SideEffect, grade int) *Refusal {
	switch {
	case d.s.effect(id) < 0:
		return malformed("session.no_such_entry")
	case grade < 0 || grade > scale.MaxGrade:
		return malformed("session.bad_score", "grade")
	}
	return nil
}

// amend replaces the meaning of one earlier entry of this session.
func (d *decider) amend(c Amend) ([]Event, *Refusal) {
	if !c.Reason.Given() {
		return nil, malformed("session.reason_missing")
	}
	kind := d.s.amendable(c.Entry)
	if kind == amendNothing {
		return nil, malformed("session.not_amendable")
	}
	e := Amended{Entry: c.Entry, Reason: c.Reason, Read: c.Read, At: c.At, Struck: c.Strike}
	if r := d.amendOne(c, kind); r != nil {
		return nil, r
	}
	if c.Observation != nil {
		o := d.charted(*c.Observation, d.s.readingsOf(c.Entry))
		e.Observation, e.Deviations = &o, o.Findings
	}
	if c.Read != nil {
		e.Deviations = d.rereadDeviations(c)
	}
	if r := d.afterwards(&e); r != nil {
		return nil, r
	}
	return one(e)
}

// amendKind says what an entry is, and so what may be said anew of it.
type amendKind int

const (
	amendNothing amendKind = iota
	amendObservation
	amendReading // of the pump: may be read anew
	amendStop
	amendOther // struck, or moved in time
)

// Amendable reports whether the entry at a position can be corrected.
func (s State) Amendable(position int64) bool { return s.amendable(position) != amendNothing }

// amendable says what the entry at a position is. What is asked again in the
// course of a visit, such as the pre-check, is corrected by answering again.
func (s State) amendable(position int64) amendKind {
	for _, f := range s.Observations {
		if f.Stamp.Position == position {
			return amendObservation
		}
	}
	for _, f := range s.Pump {
		switch {
		case f.Position != position:
		case f.Kind == PumpPause, len(f.Settles) > 0:
			return amendOther
		default:
			return amendReading
		}
	}
	for _, f := range s.Stops {
		if f.Position == position {
			return amendStop
		}
	}
	if s.charted(position) || s.vialsOpen(position) {
		return amendOther
	}
	return amendNothing
}

// vialsOpen reports whether the entry opened vials that are in no bag yet.
// Once they are, both people agreed on them: that bag is discarded whole.
func (s State) vialsOpen(position int64) bool {
	return s.Prepared == nil && slices.ContainsFunc(s.Opened, func(f VialFact) bool { return f.Position == position && !f.Done })
}

// readingsOf are the readings of an observation.
func (s State) readingsOf(position int64) []vital.Reading {
	for _, f := range s.Observations {
		if f.Stamp.Position == position {
			return f.Readings
		}
	}
	return nil
}

// charted reports whether the entry is a drug, waste, a note or a side effect.
func (s State) charted(position int64) bool {
	for _, f := range s.Drugs {
		if f.Position == position {
			return true
		}
	}
	for _, f := range s.Wastes {
		if f.Position == position && !f.DrawUp {
			return true
		}
	}
	for _, f := range s.Notes {
		if f.Position == position {
			return true
		}
	}
	for _, f := range s.Effects {
		if f.Position == position {
			return true
		}
	}
	return false
}

// amendOne sees that exactly one thing is said anew, and that it can be.
func (d *decider) amendOne(c Amend, kind amendKind) *Refusal {
	said := 0
	for _, given := range []bool{c.Observation != nil, c.Read != nil, !c.At.IsZero(), c.Strike} {
		if given {
			said++
		}
	}
	switch {
	case said != 1:
		return malformed("session.amend_one")
	case c.Observation != nil && kind != amendObservation:
		return malformed("session.not_amendable")
	case c.Read != nil && kind != amendReading:
		return malformed("session.not_amendable")
	case c.Observation != nil && d.future(c.Observation.Readings):
		return malformed("session.time.future")
	case c.Observation != nil:
		return c.Observation.possible()
	case c.Read != nil:
		return c.Read.possible()
	case !c.At.IsZero():
		return d.amendedTime(c, kind)
	}
	return nil
}

// amendedTime bounds a corrected time: not ahead of now, not before the
// session, and a stop not before the start that it ends.
func (d *decider) amendedTime(c Amend, kind amendKind) *Refusal {
	switch {
	case c.At.After(d.env.Now):
		return malformed("session.time.future")
	case c.At.Before(d.s.CreatedAt) && (len(d.s.TypedBy) == 0 || c.At.Before(d.s.earliest(d.env.Zone))):
		return malformed("session.time.before_session")
	case kind == amendStop && c.At.Before(d.s.StartedAt):
		return malformed("session.stop_before_start")
	}
	return nil
}

// rereadDeviations says in what a corrected reading lies beyond the order.
func (d *decider) rereadDeviations(c Amend) []Deviation {
	toSet := unit.PumpRate{}
	for _, f := range d.s.Pump {
		if f.Position == c.Entry {
			toSet = f.ToSet
		}
	}
	return d.readingDeviations(*c.Read, toSet)
}

// afterwards sets the phase that an amendment leaves the session in, where
// what the pump did reads otherwise with it. Once recovery has begun a stop
// has to stand: its time is corrected, it is not taken away.
func (d *decider) afterwards(e *Amended) *Refusal {
	after := d.after(*e)
	switch d.s.Phase {
	case PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped:
		if p := after.pumpPhase(); p != PhaseNone && p != d.s.Phase {
			e.Phase = p
		}
	default:
		if !d.s.StoppedAt.IsZero() && after.StoppedAt.IsZero() && !after.StartedAt.IsZero() {
			return malformed("session.only_stop")
		}
	}
	return nil
}
