package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
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

// DueItems tells what of the order's observation plan is due at env.Now, the
// earliest first. Without an order, a library, or before the start there is no
// plan.
func DueItems(s State, env Env) []schedule.Item {
	if s.Order == nil || s.StartedAt.IsZero() || !env.Rules.Ready() {
		return nil
	}
	v := look{s: s, env: env}
	switch s.Phase {
	case PhaseInfusing, PhasePaused:
		return schedule.DueItems(env.Now, v.graced(v.infusionPlans()))
	case PhaseStopped, PhaseRecovering:
		return schedule.DueItems(env.Now, v.graced(v.recoveryPlans()))
	default:
		return nil
	}
}

// graced says of each plan from when a round is late.
func (v look) graced(plans []schedule.Plan) []schedule.Plan {
	for i := range plans {
		plans[i].Grace = v.env.Rules.Duration(library.RoundGrace)
	}
	return plans
}

func (v look) infusionPlans() []schedule.Plan {
	s, w := v.s, v.s.Order.Watch
	return []schedule.Plan{
		{What: RoundObservation, From: s.StartedAt, Every: w.Observation.Duration(), Done: s.observed(v.complete)},
		{What: RoundCuff, From: s.StartedAt, Every: w.Cuff.Duration(), Quick: v.quickSpans(), Done: s.observed(v.hasPressure)},
		{What: RoundPeak, From: s.StartedAt, Every: w.Peak.Duration(), Once: true, Done: s.observed(hasEffects)},
		{What: RoundPresence, From: s.StartedAt, Every: w.Presence.Duration(), Done: append(s.observed(anyObservation), s.PresenceAt)},
	}
}

func (v look) recoveryPlans() []schedule.Plan {
	s := v.s
	return []schedule.Plan{{What: RoundRecovery, From: s.StoppedAt, Every: s.Order.Watch.Recovery.Duration(), Done: s.observed(v.complete)}}
}

// quickSpans: the shorter cuff interval holds after the start and after each
// change of the rate.
func (v look) quickSpans() []schedule.Span {
	quick := v.env.Rules.Duration(library.QuickCuff)
	var out []schedule.Span
	for _, f := range v.s.Pump {
		if f.Struck {
			continue
		}
		if f.Kind == PumpStart || f.Kind == PumpRate || f.Kind == PumpResume {
			out = append(out, schedule.Span{From: f.At, To: f.At.Add(quick), Every: v.s.Order.Watch.CuffFirst.Duration()})
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

func (v look) hasPressure(o ObservationFact) bool {
	return len(v.values(o, []vital.Kind{vital.NIBPSys})) > 0
}

func hasEffects(o ObservationFact) bool { return o.SE12 != nil || o.SE12NotAsked != "" }

// Baseline is the mean of a sign over the resting sets of today; ok is false
// while they are not complete.
func Baseline(s State, env Env, k vital.Kind) (vital.Value, bool) {
	if !env.Rules.Ready() {
		return 0, false
	}
	return look{s: s, env: env}.baselineMean([]vital.Kind{k})
}
