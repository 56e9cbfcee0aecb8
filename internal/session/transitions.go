package session

import "slices"

// Transition is one arrow of the diagram in doc/session-phases.md.
type Transition struct {
	From Phase
	By   string // what happened, in the diagram's words
	To   Phase
}

// What moves a visit on.
const (
	byScheduled   = "scheduled"
	byArrived     = "arrived"
	byReadied     = "draw-up gate passed"
	byPrepared    = "drug prepared"
	byDiscarded   = "draw-up discarded"
	byStarted     = "started"
	byFound       = "found running"
	byPaused      = "paused"
	byResumed     = "resumed"
	byStopped     = "stopped"
	byRuns        = "facts add up: pump runs"
	byHeld        = "facts add up: pump paused"
	byHalted      = "facts add up: pump stopped"
	byRecovery    = "recovery began"
	byDischarged  = "discharged"
	byTransferred = "transferred"
	byLeft        = "left"
	byCancelled   = "cancelled"
	byClosed      = "closed"
)

// Transitions lists every way a visit moves from one phase to another. What
// is not listed leaves the phase as it is.
func Transitions() []Transition {
	out := []Transition{
		{PhaseNone, byScheduled, PhaseScheduled},
		{PhaseScheduled, byArrived, PhaseArrived},
		{PhaseArrived, byReadied, PhaseReady},
		{PhaseReady, byPrepared, PhasePrepared},
		{PhasePrepared, byDiscarded, PhaseReady},
		{PhasePrepared, byStarted, PhaseInfusing},
		{PhaseInfusing, byPaused, PhasePaused},
		{PhasePaused, byResumed, PhaseInfusing},
		{PhaseInfusing, byStopped, PhaseStopped},
		{PhasePaused, byStopped, PhaseStopped},
		{PhaseStopped, byRecovery, PhaseRecovering},
		{PhaseRecovering, byDischarged, PhaseDischarged},
	}
	// As it is entered from paper: no gate was passed here before.
	for _, p := range []Phase{PhaseArrived, PhaseReady} {
		out = append(out, Transition{p, byStarted, PhaseInfusing})
	}
	for _, p := range present() {
		if p != PhaseRecovering {
			out = append(out, Transition{p, byDischarged, PhaseDischarged})
		}
	}
	for _, p := range []Phase{PhaseArrived, PhaseReady, PhasePrepared, PhasePaused} {
		out = append(out, Transition{p, byFound, PhaseInfusing})
	}
	for _, p := range []Phase{PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped} {
		for _, t := range []Transition{{p, byRuns, PhaseInfusing}, {p, byHeld, PhasePaused}, {p, byHalted, PhaseStopped}} {
			if t.From != t.To {
				out = append(out, t)
			}
		}
	}
	for _, p := range []Phase{PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared} {
		out = append(out, Transition{p, byCancelled, PhaseCancelled})
	}
	for _, p := range present() {
		out = append(out, Transition{p, byTransferred, PhaseTransferred}, Transition{p, byLeft, PhaseLeft})
	}
	for _, p := range []Phase{PhaseDischarged, PhaseTransferred, PhaseLeft, PhaseCancelled} {
		out = append(out, Transition{p, byClosed, PhaseClosed})
	}
	return out
}

// InRoom reports whether the patient is in the room in phase p.
func InRoom(p Phase) bool { return slices.Contains(present(), p) }

// present lists the phases in which the patient is in the room.
func present() []Phase {
	return []Phase{PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering}
}

// Phases lists every phase in the order of a visit.
func Phases() []Phase {
	return []Phase{
		PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering,
		PhaseDischarged, PhaseClosed, PhaseCancelled, PhaseTransferred, PhaseLeft,
	}
}

// PhaseAfter is the phase that event e leaves a visit in. It never fails: an
// event that has no arrow from p leaves p.
func PhaseAfter(p Phase, e Event) Phase {
	by := mover(e)
	if by == "" {
		return p
	}
	for _, t := range Transitions() {
		if t.From == p && t.By == by {
			return t.To
		}
	}
	return p
}

// mover names what event e does to the phase; empty when it never moves one.
func mover(e Event) string {
	switch e := e.(type) {
	case RateChanged:
		return addedUp(e.Phase, e.Read.Rate.Positive(), byFound)
	case Paused:
		return addedUp(e.Phase, true, byPaused)
	case Started:
		return addedUp(e.Phase, true, byStarted)
	case Resumed:
		return addedUp(e.Phase, true, byResumed)
	case Amended:
		return addedUp(e.Phase, false, "")
	default:
		// the others do not concern this
	}
	return plainMover(e)
}

// addedUp is what moves a phase: what the pump's facts add up to, where the
// entry says so; else what the entry itself does, if it does.
func addedUp(p Phase, moves bool, itself string) string {
	switch p {
	case PhaseInfusing:
		return byRuns
	case PhasePaused:
		return byHeld
	case PhaseStopped:
		return byHalted
	default:
		if moves {
			return itself
		}
		return ""
	}
}

// plainMover names the events that move a phase whatever they hold.
func plainMover(e Event) string {
	switch e.(type) {
	case Scheduled:
		return byScheduled
	case Arrived:
		return byArrived
	case Readied:
		return byReadied
	case Prepared:
		return byPrepared
	case DrawUpDiscarded:
		return byDiscarded
	case Stopped:
		return byStopped
	case RecoveryBegan:
		return byRecovery
	case Discharged:
		return byDischarged
	case Transferred:
		return byTransferred
	case LeftEarly:
		return byLeft
	case Cancelled:
		return byCancelled
	case Closed:
		return byClosed
	default:
		// the others do not concern this
	}
	return ""
}
