package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// RoundDue is a minute at which a round was due that a monitor can show
// something for.
type RoundDue struct {
	What  schedule.What
	Due   time.Time
	Every time.Duration // the interval that held
}

// DueRounds are the minutes until env.Now at which such a round was due, by
// what was charted, the earliest first. A round that somebody did before it was
// due has none.
func DueRounds(s State, env Env) []RoundDue {
	if s.Order == nil || s.StartedAt.IsZero() || !env.Rules.Ready() {
		return nil
	}
	v := look{s: s, env: env}
	var out []RoundDue
	for _, p := range v.plansSoFar() {
		if len(v.roundSigns(p.What)) == 0 {
			continue
		}
		for _, due := range p.Slots(env.Now) {
			out = append(out, RoundDue{What: p.What, Due: due, Every: p.Interval(due)})
		}
	}
	slices.SortStableFunc(out, func(a, b RoundDue) int { return a.Due.Compare(b.Due) })
	return out
}

// OpenRounds are those of which nothing was kept yet and whose monitor was
// linked and on the patient. What was measured at the minute may be some seconds
// on its way: a round is looked at once they have passed.
func OpenRounds(s State, env Env) []RoundDue {
	if !InRoom(s.Phase) || !s.OffTill.IsZero() || !env.Rules.Ready() {
		return nil
	}
	env.Now = env.Now.Add(-RoundSettles(env.Rules))
	return slices.DeleteFunc(DueRounds(s, env), func(r RoundDue) bool { return s.Kept(r) || !s.linkedAt(r.Due) })
}

// RoundSettles is how long after it was due a round is looked at: a value that
// comes all the time has arrived by then.
func RoundSettles(rules library.Session) time.Duration { return LiveFor(rules) }

// Kept reports whether something was kept of a round. An entry that arrives
// late may move a round by some minutes: it is the same round.
func (s State) Kept(r RoundDue) bool {
	return slices.ContainsFunc(s.Rounds, func(f RoundFact) bool {
		return f.Taken.Round == r.What && f.Taken.Due.Sub(r.Due).Abs() < max(r.Every/2, time.Microsecond)
	})
}

// RoundFrom is from when a value speaks of a round at all: what is older is not
// looked at. Where the cuff belongs to it, that is its interval.
func RoundFrom(r RoundDue, rules library.Session) time.Time {
	if r.What == RoundObservation {
		return r.Due.Add(-rules.Duration(library.RoundAge))
	}
	return r.Due.Add(-max(r.Every, rules.Duration(library.RoundAge)))
}

// roundSign is one sign of a round, which any of its kinds shows.
type roundSign struct {
	kinds []vital.Kind
	cuff  bool // measured now and then: it speaks of the whole interval
}

var cuffKinds = []vital.Kind{vital.NIBPSys, vital.NIBPDia, vital.NIBPMean}

// roundSigns are the signs of a round that a monitor can show. What only a
// person can see is not among them.
func (v look) roundSigns(w schedule.What) []roundSign {
	cuff := roundSign{cuffKinds, true}
	set := []roundSign{{[]vital.Kind{vital.SpO2}, false}, {[]vital.Kind{vital.Pulse, vital.HR}, false}, {[]vital.Kind{vital.RR}, false}}
	if v.s.Order != nil && v.s.Order.Watch.EtCO2 {
		set = append(set, roundSign{[]vital.Kind{vital.EtCO2}, false})
	}
	switch w {
	case RoundCuff:
		return []roundSign{cuff}
	case RoundObservation:
		return set
	case RoundRecovery:
		return append(set, cuff)
	}
	return nil
}

// RoundReadings is what a monitor's samples show of a round: of each sign and
// place the newest one that is good, measured until it was due and not too long
// before, while a person's word stood that the monitor is on the patient, and
// not while the patient was off it on purpose. What was kept before is not kept twice. The samples' times are the clinic's.
func RoundReadings(s State, env Env, r RoundDue, seen []vital.Sample) (kept []vital.Reading, without []NoReading) {
	if !env.Rules.Ready() {
		return nil, nil
	}
	v := look{s: s, env: env}
	for _, sign := range v.roundSigns(r.What) {
		from := r.Due.Add(-env.Rules.Duration(library.RoundAge))
		if sign.cuff {
			from = RoundFrom(r, env.Rules)
		}
		newest, doubted := v.newest(sign, from, r.Due, seen)
		if len(newest) > 0 {
			kept = append(kept, newest...)
			continue
		}
		why := NothingSent
		if doubted {
			why = AllDoubted
		}
		without = append(without, NoReading{sign.kinds[0], why})
	}
	return kept, without
}

// newest are the readings of one sign after one instant and until another, one
// for each kind and place.
func (v look) newest(sign roundSign, from, to time.Time, seen []vital.Sample) (out []vital.Reading, doubted bool) {
	for _, x := range seen {
		if !slices.Contains(sign.kinds, x.Kind) || !x.At.After(from) || x.At.After(to) || !v.s.linkedAt(x.At) || x.At.Before(v.s.BackAt) {
			continue
		}
		if x.Quality != vital.Good || !x.Kind.Plausible(x.Value) {
			doubted = true
			continue
		}
		r := vital.Reading{Kind: x.Kind, Value: x.Kind.Round(x.Value), Quality: vital.Good, Origin: vital.FromDevice, At: x.At, Site: x.Site, Source: x.Source}
		if v.s.keeps(r) {
			continue
		}
		i := slices.IndexFunc(out, func(o vital.Reading) bool { return o.Kind == r.Kind && o.Site == r.Site && o.Source == r.Source })
		switch {
		case i < 0:
			out = append(out, r)
		case r.At.After(out[i].At):
			out[i] = r
		}
	}
	slices.SortStableFunc(out, func(a, b vital.Reading) int {
		return slices.Index(sign.kinds, a.Kind) - slices.Index(sign.kinds, b.Kind)
	})
	return out, doubted
}

// keeps reports whether a reading stands in the record as that of a round.
func (s State) keeps(r vital.Reading) bool {
	return slices.ContainsFunc(s.Rounds, func(f RoundFact) bool {
		return slices.ContainsFunc(f.Taken.Readings, func(x vital.Reading) bool { return sameReading(x, r) })
	})
}
