package session

import (
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// giveDrug records a drug that was given, even the wrong one. Only what
// cannot be read as a drug and an amount goes back.
func (d *decider) giveDrug(c GiveDrug) ([]Event, *Refusal) {
	if c.Ask {
		if r := d.bolus(c); r != nil {
			return nil, r
		}
	}
	mass, r := ketamineIn(c)
	if r != nil {
		return nil, r
	}
	if r := possibleDrug(c); r != nil {
		return nil, r
	}
	adjunct, ordered := d.adjunct(c.Adjunct)
	e := DrugGiven{
		Drug: c.Drug, Amount: c.Amount, Unit: c.Unit, Ketamine: mass, Route: c.Route,
		Adjunct: c.Adjunct, Spoken: c.Spoken, FromBag: c.FromBag && mass.Positive(), Sedating: d.sedating(c, adjunct, ordered),
	}
	e.Deviations = d.drugDeviations(c, adjunct, ordered)
	if mass.Positive() {
		e.Deviations = append(e.Deviations, d.beyondTotals(mass)...)
		e.Deviations = append(e.Deviations, d.bolusLibrary(mass)...)
		e.Deviations = append(e.Deviations, d.withoutOrder()...)
	}
	return one(e)
}

// withoutOrder marks ketamine that was given though nothing more was to be given.
func (d *decider) withoutOrder() []Deviation {
	var out []Deviation
	for _, check := range []func() *Refusal{d.consentStands, d.orderStands} {
		if r := check(); r != nil {
			out = append(out, Deviation{Rule: r.Rule, Message: r.Message})
		}
	}
	return out
}

// Loading is an order's loading dose as a drug that is given once beside the pump; ok is
// false where the order has none.
func Loading(o drug.Order) (a drug.Adjunct, ok bool) {
	mass := o.LoadingMass()
	if !mass.Positive() {
		return drug.Adjunct{}, false
	}
	return drug.Adjunct{ID: drug.LoadingID, Drug: o.Drug, Amount: mass.Decimal(), Unit: "mg", Route: "IV", Indication: drug.LoadingID, MaxDoses: 1}, true
}

// LoadingGiven is when a loading dose was given in this visit; zero where none was. A new
// order brings no second one.
func LoadingGiven(s State) time.Time {
	for _, f := range s.Drugs {
		if !f.Struck && f.Adjunct == drug.LoadingID {
			return f.At
		}
	}
	return time.Time{}
}

// onOrder refuses a bolus that is neither the order's loading dose, not given yet and no
// more than was ordered, nor on a spoken order.
func (d *decider) onOrder(c GiveDrug, mass unit.Mass) *Refusal {
	a, ordered := d.adjunct(c.Adjunct)
	if !ordered || a.ID != drug.LoadingID {
		return d.unordered(c)
	}
	if at := LoadingGiven(d.s); !at.IsZero() {
		return refuse(RuleDrug, "session.loading_given", d.clock(at))
	}
	if !same(c.Route, a.Route) {
		return refuse(RuleDrug, "session.loading_route", c.Route, a.Route)
	}
	if most := d.s.Order.LoadingMass(); most.Less(mass) {
		return limited(RuleDrug, "session.loading_more", mass.String(), most.String(), "")
	}
	return nil
}

func possibleDrug(c GiveDrug) *Refusal {
	if strings.TrimSpace(c.Drug) == "" || strings.TrimSpace(c.Unit) == "" || tooLong(c.Drug, c.Amount, c.Unit, c.Route, c.Adjunct) {
		return malformed("session.bad_drug")
	}
	var amount unit.Mass // any quantity reads a decimal exactly
	if err := amount.UnmarshalText([]byte(c.Amount)); err != nil || !amount.Positive() {
		return malformed("session.bad_amount", clip(c.Amount))
	}
	return nil
}

// ketamineIn is the ketamine given outside the pump, which counts in the
// totals; zero for any other drug.
func ketamineIn(c GiveDrug) (unit.Mass, *Refusal) {
	if !same(c.Drug, drug.Ketamine) {
		if !c.Ketamine.IsZero() {
			return unit.Mass{}, malformed("session.not_ketamine")
		}
		return unit.Mass{}, nil
	}
	mass := c.Ketamine
	if c.Unit == "mg" {
		var amount unit.Mass
		if err := amount.UnmarshalText([]byte(c.Amount)); err != nil {
			return unit.Mass{}, malformed("session.bad_amount", clip(c.Amount))
		}
		if !mass.IsZero() && mass != amount { // one entry would say two masses
			return unit.Mass{}, malformed("session.ketamine_differs", mass.String(), amount.String())
		}
		mass = amount
	}
	if notSome(mass, mostMg) {
		return unit.Mass{}, malformed("session.ketamine_mg")
	}
	return mass, nil
}

func same(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), b) }

func (d *decider) adjunct(id string) (drug.Adjunct, bool) {
	if d.s.Order == nil || id == "" {
		return drug.Adjunct{}, false
	}
	if a, ok := Loading(*d.s.Order); ok && id == a.ID {
		return a, true
	}
	for _, a := range d.s.Order.Adjuncts {
		if a.ID == id {
			return a, true
		}
	}
	return drug.Adjunct{}, false
}

// sedating reports whether the drug starts the longer observation of gate
// G-5. What the order does not say is not sedating counts as sedating.
func (d *decider) sedating(c GiveDrug, a drug.Adjunct, ordered bool) bool {
	if ordered && same(c.Drug, a.Drug) {
		return a.Sedating
	}
	if d.s.Order == nil {
		return true
	}
	known := false
	for _, a := range d.s.Order.Adjuncts {
		if same(c.Drug, a.Drug) {
			known = true
			if a.Sedating {
				return true
			}
		}
	}
	return !known
}

// drugDeviations says in what the drug was beside its order, or that there
// was none.
func (d *decider) drugDeviations(c GiveDrug, a drug.Adjunct, ordered bool) []Deviation {
	if !ordered {
		if why := d.unordered(c); why != nil {
			return []Deviation{{Rule: RuleDrug, Message: why.Message}}
		}
		return nil
	}
	var out []Deviation
	if !same(c.Drug, a.Drug) || c.Amount != a.Amount || c.Unit != a.Unit || !same(c.Route, a.Route) {
		out = append(out, deviation(RuleDrug, "session.drug_differs",
			c.Drug+" "+c.Amount+" "+c.Unit+" "+c.Route, a.Drug+" "+a.Amount+" "+a.Unit+" "+a.Route))
	}
	given := 1
	for _, f := range d.s.Drugs {
		if !f.Struck && f.Adjunct == a.ID {
			given++
		}
	}
	if a.MaxDoses > 0 && given > a.MaxDoses {
		out = append(out, deviation(RuleDrug, "session.drug_doses", a.Drug, whole(given), whole(a.MaxDoses)))
	}
	return out
}

// unordered says why a drug outside the order's list was given on no usable
// order; nil when a spoken order carries it.
func (d *decider) unordered(c GiveDrug) *Refusal {
	if c.Spoken == 0 {
		return refuse(RuleDrug, "session.drug_not_ordered", c.Drug)
	}
	kinds := []SpokenKind{SpokenDrug}
	if same(c.Drug, drug.Ketamine) {
		kinds = []SpokenKind{SpokenBolus}
	}
	_, r := d.usable(c.Spoken, kinds...)
	return r
}
