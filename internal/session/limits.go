package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// tolerance is how far a pump reading may lie from what is meant, in
// permille; without a library nothing can be compared.
func (d *decider) tolerance() (permille int64, ok bool) {
	if !d.env.Rules.Ready() {
		return 0, false
	}
	return d.env.Rules.Permille(library.PumpMismatch), true
}

// useBy is when drug whose preparation began at start may last be started.
func (d *decider) useBy(start time.Time) (time.Time, bool) {
	if !d.env.Rules.Ready() {
		return time.Time{}, false
	}
	return start.Add(d.env.Rules.Duration(library.UseBy)), true
}

// readBack says why a pump reading is not what was to be set. Without a
// tolerance to compare by, it could not be checked.
func (d *decider) readBack(toSet unit.PumpRate, read PumpReading) *Refusal {
	permille, ok := d.tolerance()
	if !ok {
		return refuse(RuleReadBack, "session.no_tolerance")
	}
	if !unit.Within(read.Rate, toSet, permille) {
		return limited(RuleReadBack, "session.rate_mismatch", read.Rate.String(), toSet.String(), "")
	}
	if bag, ok := d.bag(); ok && !unit.Within(read.Concentration, bag, permille) {
		return limited(RuleConcentration, "session.concentration_mismatch", read.Concentration.String(), bag.String(), "")
	}
	if top, more := d.volumeTooMuch(read); more {
		return limited(RuleReadBack, "session.volume_mismatch", read.ToInfuse.String(), top.Text(1), "")
	}
	return nil
}

// bag is the concentration in the bag, or the one ordered.
func (d *decider) bag() (unit.Concentration, bool) {
	if d.s.Prepared != nil {
		return d.s.Prepared.Concentration, true
	}
	if d.s.Order != nil {
		return d.s.Order.Concentration, true
	}
	return unit.Concentration{}, false
}

// readingDeviations says in what a reading that was made lies beyond the
// order, and in what it is not what was to be set.
func (d *decider) readingDeviations(read PumpReading, toSet unit.PumpRate) []Deviation {
	var out []Deviation
	permille, _ := d.tolerance() // unknown: any difference is said
	if toSet.Positive() && !unit.Within(read.Rate, toSet, permille) {
		out = append(out, deviation(RuleReadBack, "session.rate_mismatch", read.Rate.String(), toSet.String()))
	}
	if bag, ok := d.bag(); ok && !unit.Within(read.Concentration, bag, permille) {
		out = append(out, deviation(RuleConcentration, "session.concentration_mismatch", read.Concentration.String(), bag.String()))
	}
	return append(out, d.beyondRate(read)...)
}

// beyondRate says in what a reading lies beyond the order and the library.
func (d *decider) beyondRate(read PumpReading) []Deviation {
	var out []Deviation
	switch {
	case !read.Rate.Positive():
		return nil
	case d.s.Order == nil:
		out = append(out, deviation(RuleRate, "session.no_order_for_rate", read.Rate.String()))
	default:
		if top := d.s.Order.TopRate(); top.Less(read.Rate) {
			out = append(out, deviation(RuleRate, "session.rate_beyond", read.Rate.String(), top.String()))
		}
	}
	return append(out, d.readLibrary(read)...)
}

// beyondTotals says in what the totals at the instant of the decision lie
// beyond the order and the library, with more given on top of them.
func (d *decider) beyondTotals(more unit.Mass) []Deviation {
	if d.s.StartedAt.IsZero() && !more.Positive() {
		return nil
	}
	o := d.s.Order
	mass := d.s.TotalsAt(d.at).Mass.Add(more.Exact())
	if o == nil {
		return d.totalsLibrary(mass)
	}
	var out []Deviation
	if o.Maxima.Total.Positive() && mass.Cmp(o.Maxima.Total.Exact()) > 0 {
		out = append(out, deviation(RuleTotal, "session.total_beyond", mass.Text(1), o.Maxima.Total.Text(1)))
	}
	if most := unit.DoseMass(o.Maxima.Dose, o.DosingWeight); most.Sign() > 0 && mass.Cmp(most) > 0 {
		out = append(out, deviation(RuleTotal, "session.dose_beyond", mass.Text(1), o.Maxima.Dose.String()))
	}
	if ran := d.sinceStart(); o.Maxima.Minutes > 0 && ran > o.Maxima.Minutes.Duration() {
		out = append(out, deviation(RuleMinutes, "session.minutes_beyond", minutes(ran), minutes(o.Maxima.Minutes.Duration())))
	}
	return append(out, d.totalsLibrary(mass)...)
}

// sinceStart is the time from the start to the end of the infusion, or to
// the decision: pauses count against the session's greatest duration.
func (d *decider) sinceStart() time.Duration {
	if d.s.StartedAt.IsZero() {
		return 0
	}
	end := d.at
	if !d.s.StoppedAt.IsZero() && d.s.StoppedAt.Before(end) {
		end = d.s.StoppedAt
	}
	return end.Sub(d.s.StartedAt)
}

func minutes(d time.Duration) string {
	return unit.FromMicro[minute](int64(d/time.Microsecond) / 60).Text(0)
}

type minute struct{}

func (minute) UCUM() string  { return "min" }
func (minute) Label() string { return "min" }

// exhausted refuses to run on when the order's greatest total or duration is
// reached already.
func (d *decider) exhausted() *Refusal {
	o := d.s.Order
	t := d.s.TotalsAt(d.at)
	if most, ok := d.s.mostMass(); ok && t.Mass.Cmp(most) >= 0 {
		return limited(RuleTotal, "session.total_reached", t.Mass.Text(1), most.Text(1), "")
	}
	if ran, most := d.sinceStart(), o.Maxima.Minutes.Duration(); ran >= most {
		return limited(RuleMinutes, "session.minutes_reached", minutes(ran), minutes(most), "")
	}
	return d.exhaustedLibrary(t.Mass)
}
