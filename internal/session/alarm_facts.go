package session

import (
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// AlarmFacts is what the record of a visit says that alarms depend on. What
// only the feed of the monitor knows is added by the caller. Nothing of it
// changes by time alone: the machine knows the instants.
func AlarmFacts(s State, env Env) alarm.Facts {
	f := alarm.Facts{
		Watching: Watched(s), Since: s.StartedAt, Linked: s.Link.Monitor != "", OffMonitorTill: s.OffTill,
		Rounds: alarmRounds(DueItems(s, env)),
	}
	if s.Link.Monitor != "" && !s.Link.Confirmed {
		f.LinkDoubt = s.Link.DoubtFrom
	}
	if f.Watching && s.Nurse == "" {
		f.NurseAway = s.StartedAt
		if n := len(s.Nurses); n > 0 {
			f.NurseAway = latest(s.StartedAt, s.Nurses[n-1].At)
		}
	}
	if s.Help != nil {
		f.HelpSince = s.Help.At
	}
	if s.StopUnconfirmed() {
		f.StopUnconfirmed = s.StoppedAt
	}
	if s.Phase == PhasePaused {
		f.PausedSince = s.PausedAt
	}
	if s.Phase == PhaseInfusing || s.Phase == PhasePaused {
		f.PlannedEnd, f.MaximumAt, f.EmptyAt = s.plannedEnd(env.Now), s.maximumAt(env.Now), s.emptyAt(env.Now)
		f.OrderOff = s.orderOff(env)
		if !s.OnSite {
			f.PrescriberAway = latest(s.StartedAt, s.OnSiteAt)
		}
	}
	if s.Phase == PhaseInfusing && s.Withdrawn != nil && !s.agreedAgain(env) {
		f.ConsentGone = s.Withdrawn.At
	}
	if s.Phase == PhaseInfusing && env.Rules.Ready() {
		f.RateOff = s.rateOff(env.Rules.Permille(library.PumpMismatch))
	}
	if InRoom(s.Phase) {
		f.RatesApart = s.ratesApart()
		s.pumpFacts(&f, env)
	}
	return f
}

// Watched reports whether a patient's signs are alarmed on: from the start of
// the infusion until the patient goes home or elsewhere.
func Watched(s State) bool {
	switch s.Phase {
	case PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering:
		return !s.StartedAt.IsZero()
	default:
		return false
	}
}

func alarmRounds(items []schedule.Item) []alarm.Round {
	out := make([]alarm.Round, 0, len(items))
	for _, i := range items {
		r := alarm.Round{What: alarm.ObservationOverdue, Label: "Observation", DueAt: i.DueAt, LateAt: i.LateAt, Every: i.Every}
		switch i.What {
		case RoundCuff:
			r.What, r.Label = alarm.CuffOverdue, "Cuff reading"
		case RoundPresence:
			r.What, r.Label = alarm.PresenceOverdue, "Looking in"
		case RoundPeak:
			r.Label = "Observation at the peak"
		case RoundRecovery:
			r.Label = "Observation in recovery"
		}
		out = append(out, r)
	}
	return out
}

// plannedEnd is when the steps of the order have run; zero while it cannot be
// told, since the pump is paused.
func (s State) plannedEnd(now time.Time) time.Time {
	if s.Order == nil || s.Order.Planned() <= 0 {
		return time.Time{}
	}
	left := s.Order.Planned()
	for _, g := range s.SegmentsAt(now) {
		if !g.Running {
			continue
		}
		if ran := g.To.Sub(g.From); ran < left {
			left -= ran
			continue
		}
		return g.From.Add(left)
	}
	if !s.RunningAt(now) {
		return time.Time{}
	}
	return now.Add(left)
}

// maximumAt is when the order's greatest mass, dose or duration is reached, or
// was, at the rate that runs.
func (s State) maximumAt(now time.Time) time.Time {
	if s.Order == nil {
		return time.Time{}
	}
	var at time.Time
	if s.Order.Maxima.Minutes > 0 {
		at = s.StartedAt.Add(s.Order.Maxima.Minutes.Duration())
	}
	most, ok := s.mostMass()
	if !ok {
		return at
	}
	return earliest(at, s.crossing(now, func(t time.Time) unit.ExactMass { return most.Sub(s.TotalsAt(t).Mass) }))
}

// emptyAt is when the bag is used up, or was, at the rate that runs.
func (s State) emptyAt(now time.Time) time.Time {
	if _, ok := s.toInfuseAt(now); !ok {
		return time.Time{}
	}
	return s.crossing(now, func(t time.Time) unit.ExactMass {
		b, _ := s.toInfuseAt(t)
		return unit.MassIn(b.bag, s.Prepared.Concentration)
	})
}

// crossing is when what is left comes to nothing: behind us, found between two
// instants at which something changed; ahead, at the rate that runs now. Zero
// when it will not.
func (s State) crossing(now time.Time, left func(time.Time) unit.ExactMass) time.Time {
	from := s.StartedAt
	for _, to := range s.changes(now) {
		if left(to).Sign() > 0 {
			from = to
			continue
		}
		return earliest(to, s.after(from, left(from)))
	}
	return s.after(now, left(now))
}

// after is when a mass will have run, from an instant on; zero when nothing runs.
func (s State) after(t time.Time, left unit.ExactMass) time.Time {
	segments := s.SegmentsAt(t.Add(time.Microsecond))
	if len(segments) == 0 {
		return time.Time{}
	}
	g := segments[len(segments)-1]
	if !g.Running || !g.Rate.Positive() || !g.Conc.Positive() {
		return time.Time{}
	}
	return t.Add(unit.TimeFor(left, g.Rate, g.Conc))
}

// changes are the instants until now at which the rate or the given changed.
func (s State) changes(now time.Time) []time.Time {
	out := []time.Time{now}
	for _, g := range s.SegmentsAt(now) {
		out = append(out, g.To)
	}
	for _, d := range s.Drugs {
		if !d.Struck && d.Ketamine.Positive() && !d.At.After(now) {
			out = append(out, d.At)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.Compact(out)
}

// rateOff is since when the pump, as last read, runs at another rate than was
// to be set, or at one that nobody chose; nothing when it does not.
func (s State) rateOff(permille int64) alarm.Off {
	var off alarm.Off
	for _, f := range s.Pump {
		if f.Struck || f.Kind == PumpPause {
			continue
		}
		switch {
		case unit.Within(f.Rate, s.toSetAt(f), permille) && s.toSetAt(f).Positive():
			off = alarm.Off{}
		case off.Since.IsZero():
			off = alarm.Off{Since: f.At, Found: f.Rate.String(), Allowed: s.allowedAt(f)}
		default:
			off.Found, off.Allowed = f.Rate.String(), s.allowedAt(f)
		}
	}
	return off
}

// ratesApart is since when rates that tablets charted apart from each other are
// known to differ, until a person has said what the pump ran at.
func (s State) ratesApart() alarm.Off {
	var off alarm.Off
	for _, c := range s.Contests() {
		var read []string
		for _, r := range c.Rates() {
			read = append(read, r.String())
		}
		if since := c.since(); off.Since.IsZero() || since.Before(off.Since) {
			off = alarm.Off{Since: since, Found: strings.Join(read, " and "), Allowed: c.Most().String()}
		}
	}
	return off
}

// toSetAt is what the pump was to be set to when it was read: as chosen with
// this fact, or with the one before it.
func (s State) toSetAt(f PumpFact) unit.PumpRate {
	if f.Kind != PumpCheck {
		return f.ToSet
	}
	var set unit.PumpRate
	for _, x := range s.Pump {
		if x.Struck || x.Kind == PumpPause || x.Kind == PumpCheck || before(x.At, x.Position, f.At, f.Position) >= 0 {
			continue
		}
		set = x.ToSet
	}
	return set
}

func (s State) allowedAt(f PumpFact) string {
	if set := s.toSetAt(f); set.Positive() {
		return set.String()
	}
	return "no rate that anybody chose"
}

// Resting lists the patient's own resting values, from today's sets.
func Resting(s State, env Env) []alarm.Rest {
	var out []alarm.Rest
	for _, f := range vital.Fields() {
		if v, ok := Baseline(s, env, f.Kind); ok {
			out = append(out, alarm.Rest{Kind: f.Kind, Value: v})
		}
	}
	return out
}

// AlarmInputs is what one entry of the record tells the alarm machine: scores,
// and values that a person measured. What was entered from paper tells it
// nothing: it was seen when it was written, and is not of now. What a monitor measured comes from its
// feed. Anything a person charts of the patient or the infusion answers a score
// that was charted before.
func AlarmInputs(s State, e Entry) []alarm.Input {
	if _, typed := s.Typed(e); typed {
		return nil
	}
	told := alarm.Told(e.RecordedAt)
	var out []alarm.Input
	switch ev := e.Event.(type) {
	case Observed:
		out = observedInputs(told, e.EffectiveAt, e.Actor.Person, ev.Observation)
	case SideEffectNoted, SideEffectGraded, DrugGiven, RateChanged, Paused, Resumed, Stopped, PumpRead, RateSettled, NoteAdded, HelpCalled:
	default:
		return nil
	}
	return append(out, alarm.Charted{Told: told, By: e.Actor.Person})
}

// AlarmHistory is what all observations that stand tell the machine, for a
// restart; each was told when it was recorded.
func (s State) AlarmHistory() []alarm.Input {
	var out []alarm.Input
	for _, o := range s.Observations {
		if !o.Struck && !o.Typed {
			out = append(out, observedInputs(alarm.Told(o.RecordedAt), o.At, o.By, o.Observation)...)
		}
	}
	return out
}

func observedInputs(told alarm.Told, at time.Time, by ident.Person, o Observation) []alarm.Input {
	var out []alarm.Input
	if o.Sedation != nil || o.Distress != nil {
		out = append(out, alarm.Score{Told: told, At: at, By: by, Sedation: o.Sedation, Distress: o.Distress})
	}
	for _, r := range o.Readings {
		if r.Origin != vital.ByHand {
			continue
		}
		measured := r.At
		if measured.IsZero() {
			measured = at
		}
		out = append(out, alarm.Sample{Told: told, Kind: r.Kind, Site: r.Site, Value: r.Value, At: measured, Quality: r.Quality, ByHand: true})
	}
	return out
}
