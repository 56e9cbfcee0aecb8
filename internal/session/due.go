package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
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
		plans[i].Closed = v.s.closed(plans[i].What)
	}
	return plans
}

// Lapses tells which rounds were done late or not at all, the earliest first,
// whatever the phase: until the infusion ended, and in recovery until the
// patient had gone. Each is judged by the order that was in force. Without an
// order or a library it cannot be said, and ok is false.
func Lapses(s State, env Env) (lapses []schedule.Lapse, ok bool) {
	if s.StartedAt.IsZero() {
		return nil, true
	}
	if s.Order == nil || !env.Rules.Ready() {
		return nil, false
	}
	v := look{s: s, env: env}
	return schedule.Lapses(env.Now, v.graced(v.plansSoFar())), true
}

// plansSoFar are all plans that ran, each until it ended, by the orders that
// were in force.
func (v look) plansSoFar() []schedule.Plan {
	s := v.s
	plans := v.infusionPlans()
	for i := range plans {
		plans[i].Until = earliest(s.StoppedAt, s.GoneAt)
		plans[i].Was = s.pastSpans(plans[i].What, v.env.Rules)
	}
	if !s.StoppedAt.IsZero() {
		p := v.recoveryPlans()[0]
		p.Until, p.Was = s.GoneAt, s.pastSpans(p.What, v.env.Rules)
		plans = append(plans, p)
	}
	return plans
}

// pastSpans are the times in which an earlier order's interval held.
func (s State) pastSpans(w schedule.What, rules library.Session) []schedule.Span {
	var out []schedule.Span
	for i := range len(s.Watches) - 1 {
		out = append(out, schedule.Span{From: s.Watches[i].From, To: s.Watches[i+1].From, Every: every(w, s.Watches[i].Watch, rules)})
	}
	return out
}

// every is the interval of a repeated round in an observation plan. What needs a
// person has one whatever the order leaves open: nobody is left alone because a
// number was not written.
func every(w schedule.What, p drug.Watch, rules library.Session) time.Duration {
	or := func(m drug.Minutes, k library.Key) time.Duration {
		if m > 0 {
			return m.Duration()
		}
		return rules.Duration(k)
	}
	switch w {
	case RoundCuff:
		return p.Cuff.Duration()
	case RoundObservation:
		return or(p.Observation, library.RoundInfusing)
	case RoundPresence:
		return or(p.Presence, library.RoundPresence)
	case RoundRecovery:
		return or(p.Recovery, library.RoundRecovery)
	}
	return 0 // the peak is asked once
}

// every is the interval of a round by the order in force.
func (v look) every(w schedule.What) time.Duration {
	return every(w, v.s.Order.Watch, v.env.Rules)
}

// earliest is the earlier of two times of which either may not be known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (v look) infusionPlans() []schedule.Plan {
	s, w := v.s, v.s.Order.Watch
	return []schedule.Plan{
		{What: RoundObservation, From: s.StartedAt, Every: v.every(RoundObservation), Done: s.observed(v.roundDone)},
		{What: RoundCuff, From: s.StartedAt, Every: w.Cuff.Duration(), Quick: v.quickSpans(), Done: append(s.observed(v.hasPressure), s.confirmedAt(vital.NIBPSys)...)},
		{What: RoundPeak, From: s.StartedAt, Every: w.Peak.Duration(), Once: true, Done: s.observed(v.peakAsked)},
		{What: RoundPresence, From: s.StartedAt, Every: v.every(RoundPresence), Done: append(append(s.observed(anyObservation), s.LookedIn...), s.PresenceAt)},
	}
}

func (v look) recoveryPlans() []schedule.Plan {
	s := v.s
	return []schedule.Plan{{What: RoundRecovery, From: s.StoppedAt, Every: v.every(RoundRecovery), Done: s.observed(v.recoveryDone)}}
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

// peakAsked: all side effects asked at the time of peak, or in the grace before
// it. What was asked before says nothing of the peak.
func (v look) peakAsked(o ObservationFact) bool {
	peak := v.s.Order.Watch.Peak.Duration()
	from := v.s.StartedAt.Add(peak - schedule.Grace(peak, v.env.Rules.Duration(library.RoundGrace)))
	return (o.SE12 != nil || o.SE12NotAsked != "") && !o.At.Before(from)
}

func (v look) roundDone(o ObservationFact) bool { return len(v.roundLacks(o)) == 0 }

// recoveryDone: in recovery the pressure belongs to the round; during the
// infusion the cuff has its own interval.
func (v look) recoveryDone(o ObservationFact) bool { return v.roundDone(o) && v.hasPressure(o) }

// roundLacks names what a round needs of a person and a set does not hold.
// Distress is not asked of who rests quietly; sedation and breathing always are.
func (v look) roundLacks(o ObservationFact) []string {
	var out []string
	for _, part := range []struct {
		there bool
		name  string
	}{
		{o.Sedation != nil, "sedation"},
		{len(v.values(o, breathKinds)) > 0, "breathing"},
		{len(v.values(o, oxygenKinds)) > 0, "SpO₂"},
		{!v.s.Order.Watch.EtCO2 || len(v.values(o, []vital.Kind{vital.EtCO2})) > 0, "EtCO₂"},
		{o.Distress != nil || o.PainNotAsked == Asleep, "distress"},
		{o.Site != "", "IV site"},
	} {
		if !part.there {
			out = append(out, part.name)
		}
	}
	return out
}

// RoundLacks names what keeps an observation from being a whole round, in the
// words of the chart; nothing when it is one. Without an order or a library it
// cannot be said, and ok is false.
func RoundLacks(s State, env Env, o ObservationFact) (lacks []string, ok bool) {
	if s.Order == nil || !env.Rules.Ready() {
		return nil, false
	}
	v := look{s: s, env: env}
	lacks = v.roundLacks(o)
	if !s.StoppedAt.IsZero() && !o.At.Before(s.StoppedAt) && !v.hasPressure(o) {
		lacks = append(lacks, "pressure")
	}
	return lacks, true
}

// Baseline is the mean of a sign over the resting sets of today; ok is false
// while they are not complete.
func Baseline(s State, env Env, k vital.Kind) (vital.Value, bool) {
	if !env.Rules.Ready() {
		return 0, false
	}
	return look{s: s, env: env}.baselineMean([]vital.Kind{k})
}
