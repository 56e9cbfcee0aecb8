package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// The rounds of a visit.
const (
	RoundCuff        schedule.What = "cuff"
	RoundObservation schedule.What = "observation"
	RoundPresence    schedule.What = "presence"
	RoundPeak        schedule.What = "peak"
	RoundRecovery    schedule.What = "recovery"
)

// quickCuff is how long the shorter cuff interval holds after the start and
// after each rate change (clinical.md 4.3, monitoring interval, default).
const quickCuff = 30 * time.Minute

// DueItems tells what of the order's observation plan is due, the earliest
// first. Without an order or before the start there is no plan.
func DueItems(s State, now time.Time) []schedule.Item {
	if s.Order == nil || s.StartedAt.IsZero() {
		return nil
	}
	switch s.Phase {
	case PhaseInfusing, PhasePaused:
		return schedule.DueItems(now, s.infusionPlans())
	case PhaseStopped, PhaseRecovering:
		return schedule.DueItems(now, s.recoveryPlans())
	default:
		return nil
	}
}

func (s State) infusionPlans() []schedule.Plan {
	w := s.Order.Watch
	return []schedule.Plan{
		{What: RoundObservation, From: s.StartedAt, Every: w.Observation.Duration(), Done: s.observed(complete)},
		{What: RoundCuff, From: s.StartedAt, Every: w.Cuff.Duration(), Quick: s.quickSpans(), Done: s.observed(hasPressure)},
		{What: RoundPeak, From: s.StartedAt, Every: w.Peak.Duration(), Once: true, Done: s.observed(hasEffects)},
		{What: RoundPresence, From: s.StartedAt, Every: w.Presence.Duration(), Done: append(s.observed(anyObservation), s.PresenceAt)},
	}
}

func (s State) recoveryPlans() []schedule.Plan {
	return []schedule.Plan{{What: RoundRecovery, From: s.StoppedAt, Every: s.Order.Watch.Recovery.Duration(), Done: s.observed(complete)}}
}

func (s State) quickSpans() []schedule.Span {
	var out []schedule.Span
	for _, f := range s.Pump {
		if f.Kind == PumpStart || f.Kind == PumpRate || f.Kind == PumpResume {
			out = append(out, schedule.Span{From: f.At, To: f.At.Add(quickCuff), Every: s.Order.Watch.CuffFirst.Duration()})
		}
	}
	return out
}

func (s State) observed(counts func(ObservationFact) bool) []time.Time {
	var out []time.Time
	for _, o := range s.Observations {
		if !o.Struck && counts(o) {
			out = append(out, o.At)
		}
	}
	return out
}

func anyObservation(ObservationFact) bool { return true }

func hasPressure(o ObservationFact) bool { return len(values(o, []vital.Kind{vital.NIBPSys})) > 0 }

func hasEffects(o ObservationFact) bool { return o.SE12 != nil || o.SE12NotAsked != "" }

// Baseline is the mean of a sign over the resting sets of today; ok is false
// while they are not complete.
func Baseline(s State, env Env, k vital.Kind) (vital.Value, bool) {
	return look{s: s, env: env}.baselineMean([]vital.Kind{k})
}
