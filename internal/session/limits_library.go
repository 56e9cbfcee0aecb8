package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// excess is what goes beyond a limit, and the limit.
type excess struct{ asked, allowed string }

// orderLimit is one limit of the library on an order: what it allows itself at
// most may not lie beyond the hard one, and what it plans above the soft one
// is noted. What lies inside asks nothing.
type orderLimit struct {
	check      CheckID
	hard, soft string // rows of the library; soft may be empty
	beyond     func(library.Session, drug.Order) *excess
	above      func(library.Session, drug.Order) *excess
}

func orderLimits() []orderLimit {
	return []orderLimit{
		{"order-rate", "LIM-RATE", "LIM-RATE-SOFT", rateBeyond, rateAbove},
		{"order-mass-rate", "LIM-MASS-RATE", "LIM-MASS-RATE-SOFT", massRateBeyond, massRateAbove},
		{"order-total", "LIM-TOTAL", "LIM-TOTAL-SOFT", totalBeyond, totalAbove},
		{"order-duration", "LIM-DURATION", "LIM-DURATION-SOFT", durationBeyond, durationAbove},
		{"order-weight", "WT-CAP", "", weightBeyond, func(library.Session, drug.Order) *excess { return nil }},
	}
}

// over is an excess when asked is more than allowed.
func over[U unit.Base](asked, allowed unit.Of[U]) *excess {
	if !allowed.Less(asked) {
		return nil
	}
	return &excess{asked.String(), allowed.String()}
}

func rateBeyond(r library.Session, o drug.Order) *excess {
	return over(fastest(o, o.Maxima.Rate), r.DoseRate(library.MostRate))
}

func rateAbove(r library.Session, o drug.Order) *excess {
	return over(fastest(o, unit.DoseRate{}), r.DoseRate(library.SoftRate))
}

// fastest is the greatest rate of the order's steps, or least if that is more.
func fastest(o drug.Order, least unit.DoseRate) unit.DoseRate {
	for _, s := range o.Steps {
		if least.Less(s.Rate) {
			least = s.Rate
		}
	}
	return least
}

// The order's own mg/h bounds what is set under it; a step that asks for more
// of a heavy patient is refused against that, not here.
func massRateBeyond(r library.Session, o drug.Order) *excess {
	return over(o.Maxima.MassRate, r.MassRate(library.MostMassRate))
}

func massRateAbove(r library.Session, o drug.Order) *excess {
	return hourly(fastest(o, unit.DoseRate{}), o.DosingWeight, r.MassRate(library.SoftMassRate))
}

// hourly compares a rate for a weight with a limit in mg/h, exactly.
func hourly(rate unit.DoseRate, w unit.Weight, most unit.MassRate) *excess {
	mass := unit.Dosed(rate, w, time.Hour)
	if mass.Rat().Cmp(most.Exact().Rat()) <= 0 {
		return nil
	}
	return &excess{mass.Text(1) + "/h", most.String()}
}

func totalBeyond(r library.Session, o drug.Order) *excess {
	if e := over(o.Maxima.Total, r.Mass(library.MostMass)); e != nil {
		return e
	}
	return over(o.Maxima.Dose, r.Dose(library.MostDose))
}

func totalAbove(r library.Session, o drug.Order) *excess {
	return given(r, o.PlannedMass(), o.DosingWeight, library.SoftMass, library.SoftDose)
}

// given compares a mass with a limit in mg and one in mg/kg.
func given(r library.Session, mass unit.ExactMass, w unit.Weight, most, perKg library.Key) *excess {
	if limit := r.Mass(most); mass.Cmp(limit.Exact()) > 0 {
		return &excess{mass.Text(1), limit.String()}
	}
	if !w.Positive() {
		return nil
	}
	if dose, limit := unit.PerWeight(mass, w), r.Dose(perKg); dose.Cmp(limit.Exact()) > 0 {
		return &excess{dose.Text(3), limit.String()}
	}
	return nil
}

func durationBeyond(r library.Session, o drug.Order) *excess {
	return longer(max(o.Maxima.Minutes.Duration(), o.Planned()), r.Duration(library.MostDuration))
}

func durationAbove(r library.Session, o drug.Order) *excess {
	return longer(o.Planned(), r.Duration(library.SoftDuration))
}

func longer(d, most time.Duration) *excess {
	if d <= most {
		return nil
	}
	return &excess{minutes(d), minutes(most)}
}

func weightBeyond(r library.Session, o drug.Order) *excess {
	return over(o.DosingWeight, r.Weight(library.MostDosingWeight))
}

// orderLimited is one limit as a check of the draw-up gate.
func (v look) orderLimited(l orderLimit) verdict {
	o := v.s.Order
	if o == nil {
		return unsure(say("order.none"), say("order.attach"))
	}
	if o.Missing() != "" {
		return unsure(say("order.incomplete"), say("order.renew"))
	}
	if e := l.beyond(v.env.Rules, *o); e != nil {
		return found(say("order.beyond", e.asked, e.allowed), say("order.renew"))
	}
	if e := l.above(v.env.Rules, *o); e != nil {
		return noted(say("order.above", e.asked, e.allowed)).by(l.soft)
	}
	return fine()
}

// orderInLibrary refuses an order that the library does not allow. Without a
// library that could not be checked.
func (d *decider) orderInLibrary(o drug.Order) *Refusal {
	rules := d.env.Rules
	if !rules.Ready() {
		return refuse(RuleOrder, "session.no_limits")
	}
	for _, l := range orderLimits() {
		if e := l.beyond(rules, o); e != nil {
			return d.byLibrary(l.hard, *e)
		}
	}
	first, second := rules.Concentration(library.FirstConcentration), rules.Concentration(library.SecondConcentration)
	if o.Concentration != first && o.Concentration != second {
		return d.byLibrary("SW-ORDER-DRUG", excess{o.Concentration.String(), first.String() + ", " + second.String()})
	}
	return nil
}

// rateInLibrary refuses a rate that the library never allows.
func (d *decider) rateInLibrary(rate unit.DoseRate) *Refusal {
	if !d.env.Rules.Ready() {
		return refuse(RuleOrder, "session.no_limits")
	}
	if e := over(rate, d.env.Rules.DoseRate(library.MostRate)); e != nil {
		return d.byLibrary("LIM-RATE", *e)
	}
	if e := hourly(rate, d.s.Order.DosingWeight, d.env.Rules.MassRate(library.MostMassRate)); e != nil {
		return d.byLibrary("LIM-MASS-RATE", *e)
	}
	return nil
}

// exhaustedLibrary refuses to run on when the library's greatest total or
// duration is reached already.
func (d *decider) exhaustedLibrary(mass unit.ExactMass) *Refusal {
	rules := d.env.Rules
	if !rules.Ready() {
		return refuse(RuleOrder, "session.no_limits")
	}
	most := rules.Mass(library.MostMass).Exact()
	if byDose := unit.DoseMass(rules.Dose(library.MostDose), d.s.Order.DosingWeight); byDose.Sign() > 0 && byDose.Cmp(most) < 0 {
		most = byDose
	}
	if mass.Cmp(most) >= 0 {
		return d.byLibrary("LIM-TOTAL", excess{mass.Text(1), most.Text(1)})
	}
	if ran, most := d.sinceStart(), rules.Duration(library.MostDuration); ran >= most {
		return d.byLibrary("LIM-DURATION", excess{minutes(ran), minutes(most)})
	}
	return nil
}

// byLibrary is a refusal by a row of the library, with what it rests on.
func (d *decider) byLibrary(rule string, e excess) *Refusal {
	return limited(rule, "session.library_limit", e.asked, e.allowed, d.cited(rule))
}

// cited says what a row of the library rests on, no stronger than its marks.
func (d *decider) cited(id string) string {
	r, ok := d.env.Rules.Rule(id)
	if !ok {
		return ""
	}
	var says []string
	for _, ref := range r.Cites {
		if w := d.env.Rules.Wording(ref); !strings.Contains(strings.Join(says, "; "), w) {
			says = append(says, w)
		}
	}
	return "rule " + id + " " + strconv.Itoa(r.Version) + ": " + strings.Join(says, "; ")
}

func beyondLibrary(rule string, e *excess) []Deviation {
	if e == nil {
		return nil
	}
	return []Deviation{deviation(rule, "session.library_beyond", e.asked, e.allowed)}
}

// readLibrary says in what a reading of the pump lies beyond the library: in
// mg/h by what the bag holds, in mg/kg/h where the order says for whom.
func (d *decider) readLibrary(read PumpReading) []Deviation {
	rules := d.env.Rules
	conc, known := d.bag()
	if !known {
		conc = read.Concentration
	}
	if !rules.Ready() || !conc.Positive() {
		return nil
	}
	step := unit.MLPerH("0.000001")
	if o := d.s.Order; o != nil && o.PumpStep.Positive() {
		step = o.PumpStep
	}
	out := beyondLibrary("LIM-MASS-RATE", over(read.Rate, unit.PumpRateOf(rules.MassRate(library.MostMassRate), conc, step)))
	if o := d.s.Order; o != nil && o.DosingWeight.Positive() {
		top := unit.ToSet(rules.DoseRate(library.MostRate), o.DosingWeight, conc, step)
		out = append(out, beyondLibrary("LIM-RATE", over(read.Rate, top))...)
	}
	return out
}

// totalsLibrary says in what a total and a duration lie beyond the library.
func (d *decider) totalsLibrary(mass unit.ExactMass) []Deviation {
	if !d.env.Rules.Ready() {
		return nil
	}
	var w unit.Weight
	if d.s.Order != nil {
		w = d.s.Order.DosingWeight
	}
	out := beyondLibrary("LIM-TOTAL", given(d.env.Rules, mass, w, library.MostMass, library.MostDose))
	return append(out, beyondLibrary("LIM-DURATION", longer(d.sinceStart(), d.env.Rules.Duration(library.MostDuration)))...)
}

// bolusLibrary says in what ketamine given beside the pump lies beyond the
// library. Without a dosing weight that could not be checked, and is said.
func (d *decider) bolusLibrary(mass unit.Mass) []Deviation {
	rules := d.env.Rules
	switch {
	case !mass.Positive():
		return nil
	case !rules.Ready() || d.s.Order == nil || !d.s.Order.DosingWeight.Positive():
		return []Deviation{deviation("LIM-BOLUS", "session.bolus_unchecked", mass.String())}
	}
	dose := unit.PerWeight(mass.Exact(), d.s.Order.DosingWeight)
	for _, l := range []struct {
		rule string
		most unit.Dose
	}{{"LIM-BOLUS", rules.Dose(library.MostBolus)}, {"LIM-BOLUS-SOFT", rules.Dose(library.SoftBolus)}} {
		if dose.Cmp(l.most.Exact()) > 0 {
			return beyondLibrary(l.rule, &excess{dose.Text(3), l.most.String()})
		}
	}
	return nil
}

// raised lists the soft limits that a rate outside the order's steps goes
// beyond: they ask for a reason.
func (d *decider) raised(rate unit.DoseRate) []Deviation {
	rules := d.env.Rules
	if !rules.Ready() || !d.s.Ordered.Less(rate) {
		return nil
	}
	out := beyondLibrary("LIM-RATE-SOFT", over(rate, rules.DoseRate(library.SoftRate)))
	out = append(out, beyondLibrary("LIM-MASS-RATE-SOFT", hourly(rate, d.s.Order.DosingWeight, rules.MassRate(library.SoftMassRate)))...)
	most := share(d.s.Ordered, 1000+rules.Permille(library.StepRaise))
	if d.s.Ordered.Positive() {
		out = append(out, beyondLibrary("LIM-STEP", over(rate, most))...)
	}
	if since, apart := d.at.Sub(d.rateSetAt()), rules.Duration(library.StepApart); since < apart {
		out = append(out, beyondLibrary("LIM-STEP", &excess{minutes(since), minutes(apart)})...)
	}
	return out
}

// share is so many thousandths of a quantity.
func share[U unit.Base](q unit.Of[U], permille int64) unit.Of[U] {
	return unit.FromMicro[U](q.Micro() * permille / 1000)
}

// rateSetAt is when a rate was last chosen.
func (d *decider) rateSetAt() time.Time {
	var last time.Time
	for _, f := range d.s.Pump {
		if !f.Struck && f.Ordered.Positive() {
			last = latest(last, f.At)
		}
	}
	return last
}

// dilutes refuses vials that the ordered bag cannot be made of.
func (d *decider) dilutes(vials []drug.Vial) *Refusal {
	never, always := d.env.Rules.Concentration(library.NotDiluted), d.env.Rules.Concentration(library.MustDilute)
	bag := d.s.Order.Concentration
	for _, v := range vials {
		switch {
		case v.Strength == never && bag.Less(v.Strength):
			return limited("VIAL-DILUTION", "session.vial_not_diluted", v.Strength.String(), bag.String(), d.cited("VIAL-DILUTION"))
		case !v.Strength.Less(always) && !bag.Less(v.Strength):
			return limited("VIAL-DILUTION", "session.vial_undiluted", v.Strength.String(), bag.String(), d.cited("VIAL-DILUTION"))
		}
	}
	return nil
}
