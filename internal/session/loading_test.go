package session

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	shipped "github.com/stillwatch/stillwatch/library"
)

// loaded is a running infusion whose order has a loading dose, with the act that asks
// about it.
func loaded(change func(*log, *Env)) (*log, Env, GiveDrug) {
	l, e := under(PhaseInfusing, 20, change)
	l.state.Order.Loading = &drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5}
	return l, e, GiveDrug{Drug: "ketamine", Amount: l.state.Order.LoadingMass().Decimal(), Unit: "mg", Route: "IV", Adjunct: drug.LoadingID, FromBag: true, Ask: true}
}

// TestLoading_OnTheOrder: the loading dose needs no spoken order, is given once, is no
// more than was ordered, and is recorded without a deviation.
func TestLoading_OnTheOrder(t *testing.T) {
	t.Parallel()
	l, e, c := loaded(func(*log, *Env) {})
	d, r := Decide(l.state, c, e)
	if r != nil {
		t.Fatal(r.Message.English())
	}
	given, ok := d.Events[0].(DrugGiven)
	if !ok || len(given.Deviations) > 0 || given.Ketamine != l.state.Order.LoadingMass() || given.Adjunct != drug.LoadingID || given.Sedating {
		t.Fatalf("%+v", given)
	}
	more := c
	more.Amount = l.state.Order.LoadingMass().Add(unit.Mg("0.1")).Decimal()
	if _, r := Decide(l.state, more, e); r == nil || string(r.Message.ID) != "session.loading_more" {
		t.Errorf("more than was ordered: %+v", r)
	}
	two := c
	two.Amount, two.Ketamine = "60", unit.Mg("0.1")
	if _, r := Decide(l.state, two, e); r == nil || string(r.Message.ID) != "session.ketamine_differs" {
		t.Errorf("an entry of two masses: %+v", r)
	}
	by := c
	by.Route = "IM"
	if _, r := Decide(l.state, by, e); r == nil || string(r.Message.ID) != "session.loading_route" {
		t.Errorf("by another route: %+v", r)
	}
	if !LoadingGiven(l.state).IsZero() {
		t.Error("it was given before it was")
	}
	l.add(at(19), byNurse(), given)
	l.state.Order.Loading = &drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5}
	if got := LoadingGiven(l.state); !got.Equal(at(19)) {
		t.Errorf("given at %v", got)
	}
	if _, r := Decide(l.state, c, e); r == nil || string(r.Message.ID) != "session.loading_given" {
		t.Errorf("a second time: %+v", r)
	}
	l.state.OrderFrom = at(20) // a new order brings no second one
	if _, r := Decide(l.state, c, e); r == nil || string(r.Message.ID) != "session.loading_given" {
		t.Errorf("of a new order: %+v", r)
	}
	taken := *l // an entry in error is none
	taken.state.Drugs = slices.Clone(l.state.Drugs)
	for i := range taken.state.Drugs {
		taken.state.Drugs[i].Struck = true
	}
	if _, r := Decide(taken.state, c, e); r != nil {
		t.Errorf("where it was recorded in error: %s", r.Message.English())
	}
	c.Ask = false // it was given all the same: recorded, and marked
	d, r = Decide(l.state, c, e)
	if r != nil || len(d.Events[0].(DrugGiven).Deviations) == 0 {
		t.Errorf("a second time, given: %+v, %+v", d, r)
	}
}

// TestLoading_NothingElsePassesAsIt: ketamine that is asked about under the name of another
// ordered drug is a bolus, and needs its spoken order.
func TestLoading_NothingElsePassesAsIt(t *testing.T) {
	t.Parallel()
	l, e, c := loaded(func(*log, *Env) {})
	if len(l.state.Order.Adjuncts) == 0 {
		t.Fatal("the order has no other drug")
	}
	c.Adjunct = l.state.Order.Adjuncts[0].ID
	if _, r := Decide(l.state, c, e); r == nil || string(r.Message.ID) != "session.drug_not_ordered" {
		t.Errorf("as %s: %+v", c.Adjunct, r)
	}
}

// TestLoading_WaitsLikeEveryBolus: it waits for a new order, and after a withdrawal, as
// whatever brings more drug; an order without one gives none.
func TestLoading_WaitsLikeEveryBolus(t *testing.T) {
	t.Parallel()
	for _, x := range outdatedReasons() {
		l, e, c := loaded(x.gone)
		if _, r := Decide(l.state, c, e); r == nil {
			t.Errorf("%s: the loading dose was taken", x.name)
		}
	}
	l, e, c := loaded(func(*log, *Env) {})
	l.state.Order.Loading = nil
	if _, r := Decide(l.state, c, e); r == nil || r.Rule != RuleDrug {
		t.Errorf("of an order without one: %+v", r)
	}
}

// TestLoading_WithinTheLibrary: an order is refused whose loading dose lies beyond the
// library's limit of a bolus, or is given faster, or cannot be held against it.
func TestLoading_WithinTheLibrary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		loading drug.Loading
		none    bool // without a library
		rule    string
	}{
		{"at the limit", drug.Loading{Dose: unit.MgPerKg("0.35"), Minutes: 1}, false, ""},
		{"a step beyond", drug.Loading{Dose: unit.MgPerKg("0.3501"), Minutes: 1}, false, "LIM-BOLUS"},
		{"without a library", drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5}, true, "LIM-BOLUS"},
		{"over more than an hour", drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 61}, false, "entry"},
	} {
		if got := loadingRefused(rules(), c.loading, c.none); got != c.rule {
			t.Errorf("%s: refused by %q, want %q", c.name, got, c.rule)
		}
	}
	by := order() // through the door of an order that was written by hand
	by.Loading = &drug.Loading{Dose: unit.MgPerKg("0.3501"), Minutes: 5}
	if _, r := Decide(until(PhaseArrived).state, AttachOrder{Order: by}, envAt(at(-40)).by(byPrescriber())); r == nil || r.Rule != "LIM-BOLUS" {
		t.Errorf("an order with more: %+v", r)
	}
	slow := strings.Replace(string(shipped.SessionYAML()), `{name: over, value: "60", unit: s`, `{name: over, value: "120", unit: s`, 1)
	lib, err := library.DecodeSession([]byte(slow))
	if err != nil {
		t.Fatal(err)
	}
	if got := loadingRefused(lib, drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 1}, false); got != "LIM-BOLUS" {
		t.Errorf("faster than a library of two minutes allows: refused by %q", got)
	}
}

func loadingRefused(lib library.Session, l drug.Loading, none bool) string {
	o := order()
	o.Loading = &l
	if none {
		lib = library.Session{}
	}
	d := &decider{env: Env{Rules: lib}}
	for _, check := range []func() *Refusal{func() *Refusal { return d.orderWritten(o, prescriber) }, func() *Refusal { return d.loadingWithin(o) }} {
		if r := check(); r != nil {
			return r.Rule
		}
	}
	return ""
}
