package session

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Fold adds up the entries of a session, oldest first.
func Fold(entries []Entry) State {
	var s State
	for _, e := range entries {
		s = Evolve(s, e)
	}
	return s
}

// Evolve is the state after entry e. It never fails, runs no rule and reads
// no limit: what was decided stays decided. It changes nothing that s holds,
// so that states may be shared.
func Evolve(s State, e Entry) State {
	s.Sequence, s.Position = e.Sequence, e.Position
	e = s.written(e)
	was := s.Phase
	s.Phase = PhaseAfter(s.Phase, e.Event)
	if s.Phase == PhaseClosed && was != PhaseClosed {
		s.EndedAs = was
	}
	if InRoom(was) && !InRoom(s.Phase) {
		s.GoneAt = e.EffectiveAt
	}
	if mustBeReviewed(e.Event) {
		s.ContentAt = e.Position
	}
	switch ev := e.Event.(type) {
	case Scheduled, Arrived, PrecheckAnswered, PaperAttested, OrderAttached, OrderReviewed, ExceptionGranted, FindingOverridden, Readied, Cancelled, Transferred, LeftEarly:
		return s.visit(e)
	case VialsOpened, DrawUpComputed, DrawUpDisagreed, Prepared, DrawUpDiscarded:
		return s.drawUp(e)
	case MonitorLinked, MonitorUnlinked, LinkDoubted, OffMonitor, BackOnMonitor:
		return s.monitor(e)
	case PumpLinked, PumpUnlinked, PumpSaid:
		return s.pumpWord(e)
	case TimeOutDone, Started, RateChanged, PumpRead, RateSettled, Paused, Resumed:
		return s.pump(e)
	case Stopped, StopClaimed, PumpStopConfirmed, SpokenOrderTaken, SpokenOrderSigned:
		return s.stop(e)
	case Observed, SideEffectNoted, SideEffectGraded, SideEffectResolved, DrugGiven, NoteAdded:
		return s.chart(e)
	case PresenceChecked, NurseResponsible, PrescriberResponsible:
		return s.staff(e)
	case RoundTaken, ReadingsConfirmed, ReadingDoubted, RoundMissed:
		return s.rounds(e)
	case ConsentWithdrawn:
		return s.withdrew(e)
	case HelpCalled, HelpUndone, HelpLogged, HelpEnded:
		return s.help(e)
	case Amended:
		return s.amended(e, ev)
	case AlarmRaised, AlarmWorsened, AlarmEscalated, AlarmAnnouncedAgain, AlarmPauseEnded, AlarmAnswered, AlarmEased, AlarmEnded, AlarmCleared,
		AlarmAcknowledged, AlarmPaused, ChairQuietened, AlarmLimitChanged:
		return s.alarms(e)
	case RecoveryBegan, DischargeScored, DischargeChecked, Discharged, DrugWasted, DrugReturned, Reviewed, Closed, FollowedUp:
		return s.end(e)
	case EnteredFromPaper, SheetKept, Unwatched, TotalReconciled:
		return s.backEntry(e)
	}
	return s
}

// mustBeReviewed reports whether a prescriber's review that came before e no
// longer covers the visit. Waste, signatures and closing are not reviewed.
func mustBeReviewed(e Event) bool {
	switch e.(type) {
	case DrugWasted, DrugReturned, DrawUpDiscarded, Reviewed, Closed, FollowedUp, OrderReviewed, ExceptionGranted, SpokenOrderSigned, StopClaimed, MonitorUnlinked, LinkDoubted,
		PumpLinked, PumpUnlinked, PumpSaid,
		NurseResponsible, PrescriberResponsible, PresenceChecked, EnteredFromPaper, SheetKept,
		AlarmEscalated, AlarmAnnouncedAgain, AlarmPauseEnded, AlarmAnswered, AlarmEased, AlarmEnded, AlarmCleared, AlarmAcknowledged, AlarmPaused, ChairQuietened:
		return false
	default:
		// the others do not concern this
	}
	return true
}

// stamp is who said e, and when it holds.
func stamp(e Entry) Stamp {
	via := e.Device
	if via == "" {
		via = e.Actor.Via
	}
	return Stamp{Position: e.Position, At: e.EffectiveAt, By: e.Actor.Person, Via: via}
}

// before orders facts by effective time, then position, never by arrival.
func before(at time.Time, position int64, than time.Time, thanPosition int64) int {
	if c := at.Compare(than); c != 0 {
		return c
	}
	return cmp.Compare(position, thanPosition)
}

func (a Stamp) compare(b Stamp) int { return before(a.At, a.Position, b.At, b.Position) }

// added is list with v last, in fresh memory.
func added[T any](list []T, v T) []T {
	return append(slices.Clip(slices.Clone(list)), v)
}

// inserted is list with v in its place, in fresh memory.
func inserted[T any](list []T, v T, compare func(a, b T) int) []T {
	at := len(list)
	for at > 0 && compare(list[at-1], v) > 0 {
		at--
	}
	out := make([]T, 0, len(list)+1)
	return append(append(append(out, list[:at]...), v), list[at:]...)
}

// put is m with k set to v, in fresh memory.
func put[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	out := make(map[K]V, len(m)+1)
	maps.Copy(out, m)
	out[k] = v
	return out
}

// deviate keeps the deviations an entry carries.
func (s State) deviate(e Entry, ds []Deviation) State {
	for _, d := range ds {
		s.Deviations = added(s.Deviations, DeviationFact{Stamp: stamp(e), Deviation: d})
	}
	return s
}
