package session

import (
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// baselineLines: two resting sets, and today's limits.
func baselineLines() []line {
	return []line{
		{"baseline", "SW-BASELINE", look.baseline},
		{"systolic", "CI-BPNOW", look.systolic},
		{"diastolic", "CI-TODAY", look.diastolic},
		{"heart-rate", "CI-BPNOW", look.heartRate},
		{"breathing", "CI-BPNOW", look.breathing},
		{"saturation", "CI-TODAY", look.saturation},
		{"alert", "CI-TODAY", look.alert},
		{"temperature", "CI-TODAY", look.temperature},
		{"side-effects-before", "SW-BASELINE-SE12", look.effectsBefore},
		{"pain-before", "SW-BASELINE-SE12", look.painBefore},
	}
}

// The kinds that answer one question. Neither is taken for the other: where
// both were charted, both count.
var (
	systolicKinds  = []vital.Kind{vital.NIBPSys, vital.ARTSys}
	diastolicKinds = []vital.Kind{vital.NIBPDia, vital.ARTDia}
	heartKinds     = []vital.Kind{vital.HR, vital.Pulse}
	breathKinds    = []vital.Kind{vital.RR}
	oxygenKinds    = []vital.Kind{vital.SpO2}
	heatKinds      = []vital.Kind{vital.Temp}
)

// baselineSets lists the resting sets of this visit before the start, oldest
// first: those of the clinic's day on which the last was made. A set of
// another day is no baseline of this one.
func (v look) baselineSets() []ObservationFact {
	var out []ObservationFact
	for _, o := range v.s.Observations {
		before := v.s.StartedAt.IsZero() || o.At.Before(v.s.StartedAt)
		if !o.Struck && o.Purpose == ForBaseline && before && !o.At.After(v.env.Now) {
			out = append(out, o)
		}
	}
	if len(out) == 0 || v.env.Zone == nil {
		return nil // without a zone nobody knows which day
	}
	day := v.day(out[len(out)-1].At)
	return slices.DeleteFunc(out, func(o ObservationFact) bool { return v.day(o.At) != day })
}

// day is the clinic's calendar day of an instant; the zone must be known.
func (v look) day(t time.Time) string { return t.In(v.env.Zone).Format(time.DateOnly) }

// position is the newest entry that an observation rests on.
func (v look) position(o ObservationFact) int64 {
	newest := o.Stamp.Position
	for _, p := range v.s.Amendments[o.Stamp.Position] {
		newest = max(newest, p)
	}
	return newest
}

// values are the readings of a set that can be relied on: good, looked at by
// a person, and measured when the set was made.
func (v look) values(o ObservationFact, kinds []vital.Kind) []vital.Value {
	var out []vital.Value
	for _, r := range o.Readings {
		if slices.Contains(kinds, r.Kind) && v.relies(o, r) {
			out = append(out, r.Value)
		}
	}
	return out
}

func (v look) relies(o ObservationFact, r vital.Reading) bool {
	return r.Quality == vital.Good && r.Origin != vital.FromDevice && v.measuredWith(o, r)
}

// measuredWith reports whether a reading belongs to the time of its set: a
// cuff reading of half an hour ago says nothing of now, whenever it is charted.
func (v look) measuredWith(o ObservationFact, r vital.Reading) bool {
	return r.At.IsZero() || o.At.Sub(r.At).Abs() <= v.env.Rules.Duration(library.ReadingAge)
}

// complete reports whether a set holds every sign that makes a baseline.
func (v look) complete(o ObservationFact) bool {
	for _, kinds := range [][]vital.Kind{systolicKinds, diastolicKinds, heartKinds, breathKinds, oxygenKinds} {
		if len(v.values(o, kinds)) == 0 {
			return false
		}
	}
	return true
}

func (v look) baseline() verdict {
	if v.env.Zone == nil {
		return unsure(say("no_zone"), say("set_zone"))
	}
	sets := v.baselineSets()
	need := v.env.Rules.Count(library.BaselineSets)
	settle := say("baseline.settle", v.env.Rules.Text(library.BaselineApart))
	if len(sets) == 0 {
		return unsure(say("baseline.few", "0", strconv.Itoa(need)), settle)
	}
	last := sets[len(sets)-1]
	if today, _ := v.today(last.At); !today {
		return unsure(say("not_today"), settle)
	}
	if n := len(v.restingSets()); n < need {
		return unsure(say("baseline.few", strconv.Itoa(n), strconv.Itoa(need)), settle).resting(v.position(last))
	}
	return fine().resting(v.position(last))
}

// restingSets are the sets that make the baseline, newest first: whole, at
// rest, and counted back from the last, each far enough from the one counted.
func (v look) restingSets() []ObservationFact {
	sets, gap := v.baselineSets(), v.env.Rules.Duration(library.BaselineApart)
	var out []ObservationFact
	for _, o := range slices.Backward(sets) {
		if !v.complete(o) || o.Observation.Position == Standing {
			continue
		}
		if len(out) == 0 || out[len(out)-1].At.Sub(o.At) >= gap {
			out = append(out, o)
		}
	}
	return out
}

// RestingSet is the last whole set of signs at rest before the start, with those of
// its readings that can be relied on; false where there is none.
func RestingSet(s State, env Env) (ObservationFact, bool) {
	v := look{s: s, env: env}
	sets := v.restingSets()
	if len(sets) == 0 {
		return ObservationFact{}, false
	}
	o := sets[0]
	o.Readings = slices.DeleteFunc(slices.Clone(o.Readings), func(r vital.Reading) bool { return !v.relies(o, r) })
	return o, true
}

// limit is one threshold of a sign: the row, whether a value is beyond it,
// and how that is said.
type limit struct {
	rule   string
	beyond func(vital.Value) bool
	why    word.ID
	number library.Key
}

// naming are the baseline sets that name a sign, in doubt or not: a set made
// for something else says nothing of it, and takes nothing back.
func (v look) naming(kinds []vital.Kind) []ObservationFact {
	return slices.DeleteFunc(v.baselineSets(), func(o ObservationFact) bool { return !names(o, kinds) })
}

func names(o ObservationFact, kinds []vital.Kind) bool {
	return slices.ContainsFunc(o.Readings, func(r vital.Reading) bool { return slices.Contains(kinds, r.Kind) })
}

// sign judges one sign of the baseline. Beyond a hard limit the patient rests
// and the sign is taken twice more: both must be within. Soft limits, and
// what is only noted, look at the last two sets that name it.
func (v look) sign(kinds []vital.Kind, hard, soft []limit, notes ...limit) verdict {
	sets := v.naming(kinds)
	last := v.env.Rules.Count(library.BaselineSets)
	if len(sets) < last {
		return unsure(say("sign.missing"), say("sign.measure"))
	}
	newest := v.position(sets[len(sets)-1])
	for _, l := range hard {
		if x, again := v.stillBeyond(sets, kinds, l); again {
			return found(v.saidOf(l, kinds, x), v.rest()).by(l.rule).resting(newest)
		}
	}
	recent := sets[len(sets)-last:]
	for _, o := range recent {
		if len(v.values(o, kinds)) == 0 {
			return unsure(say("sign.missing"), say("sign.measure")).resting(newest)
		}
	}
	for _, l := range soft {
		if x, beyond := v.worst(recent, kinds, l); beyond {
			return found(v.saidOf(l, kinds, x), say("prescriber.decides")).by(l.rule).resting(newest)
		}
	}
	for _, l := range notes {
		if x, beyond := v.worst(recent, kinds, l); beyond {
			return noted(v.saidOf(l, kinds, x)).by(l.rule).resting(newest)
		}
	}
	return fine().resting(newest)
}

// stillBeyond finds a value beyond a hard limit that has not been followed,
// after rest, by enough sets within it.
func (v look) stillBeyond(sets []ObservationFact, kinds []vital.Kind, l limit) (vital.Value, bool) {
	var at time.Time
	var bad vital.Value
	after := 0
	for _, o := range sets {
		if x, beyond := v.worst([]ObservationFact{o}, kinds, l); beyond {
			at, bad, after = o.At, x, 0
			continue
		}
		rested := o.At.Sub(at) >= v.env.Rules.Duration(library.RecheckRest)
		if !at.IsZero() && rested && len(v.values(o, kinds)) > 0 {
			after++
		}
	}
	return bad, !at.IsZero() && after < v.env.Rules.Count(library.Rechecks)
}

func (v look) worst(sets []ObservationFact, kinds []vital.Kind, l limit) (vital.Value, bool) {
	for _, o := range sets {
		for _, x := range v.values(o, kinds) {
			if l.beyond(x) {
				return x, true
			}
		}
	}
	return 0, false
}

func (v look) saidOf(l limit, kinds []vital.Kind, x vital.Value) word.Message {
	f, _ := vital.Of(kinds[0])
	return say(l.why, f.Label, kinds[0].Text(x)+" "+f.Unit, v.env.Rules.Text(l.number))
}

func (v look) rest() word.Message {
	return say("sign.rest", v.env.Rules.Text(library.RecheckRest), strconv.Itoa(v.env.Rules.Count(library.Rechecks)))
}

// The four ways of being beyond a limit.
func (v look) above(rule string, k library.Key) limit {
	return limit{rule, func(x vital.Value) bool { return x > v.env.Rules.Vital(k) }, "sign.above", k}
}

func (v look) below(rule string, k library.Key) limit {
	return limit{rule, func(x vital.Value) bool { return x < v.env.Rules.Vital(k) }, "sign.below", k}
}

func (v look) atLeast(rule string, k library.Key) limit {
	return limit{rule, func(x vital.Value) bool { return x >= v.env.Rules.Vital(k) }, "sign.at_least", k}
}

func (v look) atMost(rule string, k library.Key) limit {
	return limit{rule, func(x vital.Value) bool { return x <= v.env.Rules.Vital(k) }, "sign.at_most", k}
}

func (v look) systolic() verdict {
	return v.sign(systolicKinds,
		[]limit{v.above("CI-BPNOW", library.TodaySBPHigh), v.below("CI-BPNOW", library.TodaySBPLow)},
		[]limit{v.atLeast("CI-BPSOFT", library.SoftSBP)}, v.above("CI-BPSOFT", library.NoteSBP))
}

func (v look) diastolic() verdict {
	return v.sign(diastolicKinds,
		[]limit{v.atLeast("CI-TODAY", library.TodayDBPHigh)},
		[]limit{v.atLeast("CI-TODAY-SOFT", library.SoftDBPHigh), v.atLeast("CI-BPSOFT", library.SoftDBP)},
		v.above("CI-BPSOFT", library.NoteDBP))
}

func (v look) heartRate() verdict {
	return v.sign(heartKinds,
		[]limit{v.above("CI-BPNOW", library.TodayHRHigh), v.below("CI-BPNOW", library.TodayHRLow)}, nil)
}

func (v look) breathing() verdict {
	return v.sign(breathKinds,
		[]limit{v.above("CI-BPNOW", library.TodayRRHigh), v.below("CI-BPNOW", library.TodayRRLow)}, nil)
}

// saturation counts on air only: a need for oxygen is itself a finding.
func (v look) saturation() verdict {
	sets := slices.DeleteFunc(v.baselineSets(), func(o ObservationFact) bool { return o.Oxygen == nil && !names(o, oxygenKinds) })
	for _, o := range sets[max(0, len(sets)-v.env.Rules.Count(library.BaselineSets)):] {
		switch {
		case o.Oxygen == nil:
			return unsure(say("oxygen.unknown"), say("oxygen.say"))
		case !o.Oxygen.Air:
			return found(say("oxygen.needed"), say("prescriber.decides")).by("CI-TODAY").resting(v.position(o))
		}
	}
	return v.sign(oxygenKinds,
		[]limit{v.below("CI-TODAY", library.TodaySpO2Low)}, []limit{v.atMost("CI-TODAY-SOFT", library.SoftSpO2Low)})
}

// alert: awake, and oriented to person, place and time, in the last set that
// says anything of it.
func (v look) alert() verdict {
	sets := slices.DeleteFunc(v.baselineSets(), func(o ObservationFact) bool { return o.Sedation == nil && o.Oriented == nil })
	if len(sets) == 0 {
		return unsure(say("alert.unknown"), say("alert.ask"))
	}
	o := sets[len(sets)-1]
	r := func() verdict {
		switch {
		case o.Sedation != nil && int(*o.Sedation) < v.env.Rules.Count(library.TodaySedation):
			return found(say("alert.sedated", o.Sedation.Text()), v.rest())
		case o.Oriented != nil && !*o.Oriented:
			return found(say("alert.confused"), say("prescriber.decides"))
		case o.Sedation == nil || o.Oriented == nil:
			return unsure(say("alert.unknown"), say("alert.ask"))
		}
		return fine()
	}()
	return r.resting(v.position(o))
}

// temperature is taken once; beyond the limit it is taken again after rest.
func (v look) temperature() verdict {
	var taken []ObservationFact
	for _, o := range v.baselineSets() {
		if len(v.values(o, heatKinds)) > 0 {
			taken = append(taken, o)
		}
	}
	if len(taken) == 0 {
		return unsure(say("sign.missing"), say("sign.measure"))
	}
	l := v.atLeast("CI-TODAY", library.TodayTemp)
	newest := v.position(taken[len(taken)-1])
	if x, again := v.stillBeyond(taken, heatKinds, l); again {
		return found(v.saidOf(l, heatKinds, x), v.rest()).resting(newest)
	}
	return fine().resting(newest)
}

func (v look) effectsBefore() verdict {
	for _, o := range v.baselineSets() {
		if o.SE12 != nil {
			return fine()
		}
	}
	return unsure(say("effects.not_asked"), say("effects.ask"))
}

func (v look) painBefore() verdict {
	for _, o := range v.baselineSets() {
		if o.Pain != nil {
			return fine()
		}
	}
	return unsure(say("pain.not_asked"), say("pain.ask"))
}

// baselineMean is the mean of a sign over the last two of the sets that make
// the baseline: two sets taken together are one moment, not two.
func (v look) baselineMean(kinds []vital.Kind) (vital.Value, bool) {
	sets := v.restingSets()
	need := v.env.Rules.Count(library.BaselineSets)
	if len(sets) < need {
		return 0, false
	}
	var sum vital.Value
	for _, o := range sets[:need] {
		xs := v.values(o, kinds)
		if len(xs) == 0 {
			return 0, false
		}
		sum += xs[0]
	}
	return sum / vital.Value(need), true
}
