package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

func (d *decider) order(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case AttachOrder:
		return d.attachOrder(c.Order, c.Reason)
	case ReviewOrder:
		return d.reviewOrder(c)
	case GrantException:
		return d.grantException(c)
	case TakeSpokenOrder:
		return d.takeSpoken(c)
	case SignSpokenOrder:
		return d.signSpoken(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// attachOrder gives the session its order. The order is the prescriber's own
// word: who attaches it signs it.
func (d *decider) attachOrder(o drug.Order, reason journal.Private) ([]Event, *Refusal) {
	if r := d.in(PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused); r != nil {
		return nil, r
	}
	who, r := d.person()
	if r != nil {
		return nil, r
	}
	if r := d.libraryAdopted(); r != nil {
		return nil, r
	}
	if o.Prescriber == "" {
		o.Prescriber = who
	}
	if o.SignedAt.IsZero() {
		o.SignedAt = d.at
	}
	byProtocol := func(o drug.Order, _ ident.Person) *Refusal { return d.fromProtocol(o, reason) }
	for _, check := range []func(drug.Order, ident.Person) *Refusal{d.orderBelongs, byProtocol, d.orderWritten, d.orderWithin, d.orderFitsBag} {
		if r := check(o, who); r != nil {
			return nil, r
		}
	}
	if r := d.orderInLibrary(o); r != nil {
		return nil, r
	}
	return one(OrderAttached{Order: o, Reason: reason})
}

// libraryAdopted refuses an order while nobody of the clinic answers for the limits
// that it would be held against.
func (d *decider) libraryAdopted() *Refusal {
	switch a := d.env.Adopted; {
	case !a.Known:
		return refuse(RuleLibrary, "session.library_unknown")
	case !a.Done:
		return refuse(RuleLibrary, "session.library_not_adopted")
	}
	return nil
}

func (d *decider) orderBelongs(o drug.Order, who ident.Person) *Refusal {
	switch {
	case !ident.Valid(o.ID):
		return malformed("session.bad_order", "id")
	case o.Patient != d.s.Patient:
		return refuse(RuleOrder, "session.order_other_patient")
	case o.Prescriber != who:
		return refuse(RuleOrder, "session.order_other_prescriber")
	case o.SignedAt.After(d.env.Now.Add(clockSlack)):
		return malformed("session.bad_order", "signed at")
	case !o.ValidUntil.After(d.env.Now):
		return refuse(RuleOrder, "session.order_expired")
	}
	return nil
}

// orderWritten refuses an order in which something is missing: nothing
// stands in for it.
func (d *decider) orderWritten(o drug.Order, _ ident.Person) *Refusal {
	if part := o.Missing(); part != "" {
		return refuse(RuleOrder, "session.order_missing", part)
	}
	switch {
	case notSome(o.DosingWeight, heaviest):
		return malformed("session.bad_order", "dosing weight")
	case notSome(o.Concentration, strongest):
		return malformed("session.bad_order", "concentration")
	case notSome(o.BagVolume, mostML):
		return malformed("session.bad_order", "bag volume")
	case o.Loading != nil && (notSome(o.Loading.Dose, mostMgPerKg) || o.Loading.Minutes > mostLoading):
		return malformed("session.bad_order", "loading dose")
	case notSome(o.PumpStep, mostMLH):
		return malformed("session.bad_order", "pump step")
	case len(o.Steps) > mostItems || len(o.Adjuncts) > mostItems || len(o.Limits) > mostItems:
		return malformed("session.too_many")
	case o.Drug != drug.Ketamine:
		return refuse(RuleOrder, "session.order_other_drug")
	}
	return nil
}

// orderWithin refuses an order whose steps go beyond its own maxima.
func (d *decider) orderWithin(o drug.Order, _ ident.Person) *Refusal {
	for _, s := range o.Steps {
		if o.Maxima.Rate.Less(s.Rate) {
			return limited(RuleRate, "session.step_beyond", s.Rate.String(), o.Maxima.Rate.String(), "")
		}
		if set, top := o.ToSet(s.Rate), o.TopRate(); top.Less(set) {
			return limited(RuleRate, "session.step_beyond", set.String(), top.String(), "")
		}
	}
	if r := d.loadingWithin(o); r != nil {
		return r
	}
	if o.Planned() > o.Maxima.Minutes.Duration() {
		return limited(RuleMinutes, "session.steps_too_long", minutes(o.Planned()), minutes(o.Maxima.Minutes.Duration()), "")
	}
	mass := o.PlannedMass()
	if mass.Cmp(o.Maxima.Total.Exact()) > 0 {
		return limited(RuleTotal, "session.steps_too_much", mass.Text(1), o.Maxima.Total.String(), "")
	}
	if dose := unit.PerWeight(mass, o.DosingWeight); dose.Cmp(o.Maxima.Dose.Exact()) > 0 {
		return limited(RuleTotal, "session.steps_too_much", dose.Text(3), o.Maxima.Dose.String(), "")
	}
	if bag := o.BagMass(); mass.Cmp(bag) > 0 {
		return limited(RuleOrder, "session.bag_too_small", mass.Text(1), bag.Text(1), "")
	}
	return nil
}

// loadingWithin refuses a loading dose beyond the library's limit of a bolus. Without a
// library nobody can say that it is inside.
func (d *decider) loadingWithin(o drug.Order) *Refusal {
	rules := d.env.Rules
	switch l := o.Loading; {
	case l == nil:
		return nil
	case !rules.Ready():
		return refuse(library.MostBolus.Rule, "session.bolus_unchecked", l.Dose.String())
	case rules.Dose(library.MostBolus).Less(l.Dose):
		return limited(library.MostBolus.Rule, "gate.order.beyond", l.Dose.String(), rules.Dose(library.MostBolus).String(), "")
	case l.Minutes.Duration() < rules.Duration(library.LeastBolusTime):
		return refuse(library.LeastBolusTime.Rule, "order.loading_fast")
	}
	return nil
}

// orderFitsBag refuses a new order that the drug already prepared cannot serve.
func (d *decider) orderFitsBag(o drug.Order, _ ident.Person) *Refusal {
	p := d.s.Prepared
	if p == nil {
		return nil
	}
	if p.Concentration != o.Concentration {
		return limited(RuleOrder, "session.order_other_bag", o.Concentration.String(), p.Concentration.String(), "")
	}
	if mass := o.PlannedMass(); mass.Cmp(p.Drawn.Exact()) > 0 {
		return limited(RuleOrder, "session.bag_too_small", mass.Text(1), p.Drawn.String(), "")
	}
	return nil
}

// takeSpoken records a prescriber's spoken order. It is a fact; only one that
// was read back can be acted on.
func (d *decider) takeSpoken(c TakeSpokenOrder) ([]Event, *Refusal) {
	switch {
	case !ident.Valid(c.Prescriber):
		return nil, malformed("session.bad_person")
	case missing(c.What, SpokenRate, SpokenBolus, SpokenResume, SpokenDrug):
		return nil, malformed("session.unknown_code", "spoken order")
	case c.What == SpokenRate && c.Rate == nil:
		return nil, malformed("session.spoken_rate_missing")
	case c.Rate != nil && !c.Rate.Positive():
		return nil, malformed("session.bad_rate", c.Rate.String())
	case !c.Text.Given():
		return nil, malformed("session.text_missing")
	}
	return one(SpokenOrderTaken{Prescriber: c.Prescriber, What: c.What, Rate: c.Rate, Text: c.Text, ReadBack: c.ReadBack})
}

func (d *decider) signSpoken(c SignSpokenOrder) ([]Event, *Refusal) {
	who, r := d.person()
	if r != nil {
		return nil, r
	}
	f, ok := d.s.spokenAt(c.Spoken)
	switch {
	case !ok:
		return nil, malformed("session.no_such_entry")
	case f.Signed:
		return nil, refuse(RuleSignature, "session.already_signed")
	case f.Order.Prescriber != who:
		return nil, refuse(RuleSignature, "session.sign_other")
	}
	return one(SpokenOrderSigned{Spoken: c.Spoken})
}

func (s State) spokenAt(position int64) (SpokenFact, bool) {
	i := slices.IndexFunc(s.Spoken, func(f SpokenFact) bool { return f.Position == position })
	if i < 0 {
		return SpokenFact{}, false
	}
	return s.Spoken[i], true
}

// usable says why the spoken order at a position cannot carry an act of one
// of the kinds: it was not read back, is used already, is about something
// else, or its prescriber could not be checked.
func (d *decider) usable(position int64, kinds ...SpokenKind) (SpokenFact, *Refusal) {
	f, ok := d.s.spokenAt(position)
	switch {
	case !ok:
		return f, malformed("session.no_such_entry")
	case !slices.Contains(kinds, f.Order.What):
		return f, refuse(RuleSpoken, "session.spoken_other_kind", string(f.Order.What))
	case !f.Order.ReadBack:
		return f, refuse(RuleSpoken, "session.spoken_not_read_back")
	case f.Used:
		return f, refuse(RuleSpoken, "session.spoken_used")
	case !d.env.Staff.Prescribers[f.Order.Prescriber]:
		return f, refuse(RuleSpoken, "session.spoken_prescriber")
	}
	return f, nil
}
