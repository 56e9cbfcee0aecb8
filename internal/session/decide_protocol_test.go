package session

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// shippedProtocols are those that the program carries.
func shippedProtocols(t *testing.T) FromLibrary {
	t.Helper()
	f := library.Shipped()
	k, err := library.DecodeProtocols(f.Protocols, rules())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.Rows()
	if err != nil {
		t.Fatal(err)
	}
	out := FromLibrary{Known: true, Of: k, Hash: "hash"}
	for _, r := range rows {
		out.Signed = append(out.Signed, r.Name())
		out.Rows = append(out.Rows, drug.BasisRow{Name: r.Name(), Hash: r.Hash})
	}
	return out
}

// byProtocol is an order of 0.3 mg/kg/h over two hours for 70 kg, as PR-FIRST gives it.
func byProtocol(lib FromLibrary, when time.Time, change func(*protocol.Ask)) drug.Order {
	a := protocol.Ask{
		ID: order().ID, Patient: patient, Prescriber: prescriber, Now: when,
		Body:  drug.Body{Weight: unit.Kg("70"), Weighed: when.Add(-time.Hour), Sex: drug.Female},
		Steps: []drug.Step{{Rate: unit.MgPerKgH("0.3"), Minutes: 120}}, Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"),
		PumpStep: unit.MLPerH("0.1"), Number: 1, Of: 1, Library: lib.Hash, Rows: lib.Rows,
	}
	if err := a.Body.Height.UnmarshalText([]byte("175")); err != nil {
		panic(err)
	}
	if change != nil {
		change(&a)
	}
	p, _ := protocol.Of(lib.Of, "PR-FIRST")
	return protocol.Make(p, rules(), a)
}

// bindingSource is what a refusal names as the source of the row that binds.
func bindingSource(rule string) string {
	if rule == "LIM-OFTEN" {
		return "Clinic setting"
	}
	return "PR-FIRST"
}

// TestDecide_OrderFromProtocol: what the protocol gives is taken, and what it does not
// give is refused with what was asked, what is allowed, which row binds and its source.
func TestDecide_OrderFromProtocol(t *testing.T) {
	t.Parallel()
	lib := shippedProtocols(t)
	when := at(-40)
	faster := func(a *protocol.Ask) {
		a.Steps[0].Rate = unit.MgPerKgH("0.35")
		a.Changes, a.Reasoned = []string{"higher_rate"}, []string{"PR-FIRST/higher_rate"}
	}
	for _, c := range []struct {
		name   string
		ask    func(*protocol.Ask)
		order  func(*drug.Order)
		env    func(*Env)
		reason string
		byHand bool
		rule   string // empty: taken
		id     string
	}{
		{name: "as usual"},
		{name: "changed, with a reason", ask: faster, reason: "the first one did little"},
		{name: "changed, the reason left out", ask: faster, rule: RuleOrder, id: "session.protocol_reason"},
		{name: "changed, without saying so", ask: func(a *protocol.Ask) { a.Steps[0].Rate = unit.MgPerKgH("0.35") }, reason: "x", rule: "PR-FIRST/higher_rate", id: "session.protocol_limit"},
		{name: "beyond the protocol, with a reason", ask: func(a *protocol.Ask) { faster(a); a.Steps[0].Rate = unit.MgPerKgH("0.36") }, reason: "x", rule: "PR-FIRST", id: "session.protocol_limit"},
		{name: "an infusion more than the caps", env: func(e *Env) { e.Given.Windows[1].Infusions = 10 }, rule: "LIM-OFTEN", id: "session.protocol_limit"},
		{name: "an infusion more, with a reason", ask: func(a *protocol.Ask) { a.Reasoned = []string{"LIM-OFTEN"} }, env: func(e *Env) { e.Given.Windows[1].Infusions = 10 }, reason: "a flare"},
		{name: "an infusion more, the reason left out", ask: func(a *protocol.Ask) { a.Reasoned = []string{"LIM-OFTEN"} }, env: func(e *Env) { e.Given.Windows[1].Infusions = 10 }, rule: RuleOrder, id: "session.protocol_reason"},
		{name: "what was given is not known", env: func(e *Env) { e.Given = protocol.Given{} }, rule: "LIM-OFTEN", id: "session.protocol_limit"},
		{name: "written by hand, with protocols signed", order: func(o *drug.Order) { o.Basis = nil }, rule: RuleOrder, id: "session.order_by_hand"},
		{name: "written by hand, with none signed", order: func(o *drug.Order) { o.Basis = nil }, env: func(e *Env) { e.FromLibrary.Signed = nil }, byHand: true},
		{name: "written by hand, where the clinic takes both", order: func(o *drug.Order) { o.Basis = nil }, env: func(e *Env) { e.FromLibrary.ByHand = true }, byHand: true},
		{name: "its maximum raised", order: func(o *drug.Order) { o.Maxima.Rate = unit.MgPerKgH("0.5") }, rule: "PR-FIRST", id: "session.protocol_limit"},
		{name: "its review left out", order: func(o *drug.Order) { o.Basis.SecondReview = true }, rule: RuleLibrary, id: "session.protocol_library"},
		{name: "another library", order: func(o *drug.Order) { o.Basis.Library = "older" }, rule: RuleLibrary, id: "session.protocol_library"},
		{name: "a row left out", order: func(o *drug.Order) { o.Basis.Rows = o.Basis.Rows[1:] }, rule: RuleLibrary, id: "session.protocol_library"},
		{name: "no protocols", env: func(e *Env) { e.FromLibrary.Known = false }, rule: RuleOrder, id: "session.protocol_unknown"},
		{name: "signed by one", env: func(e *Env) { e.FromLibrary.Signed = nil }, rule: RuleLibrary, id: "session.protocol_unsigned"},
		{name: "not adopted", env: func(e *Env) { e.Adopted.Done = false }, rule: RuleLibrary, id: "session.library_not_adopted"},
		{name: "the last weight not looked at", env: func(e *Env) { e.Patient.LastWeight = &WeightMeasured{Weight: unit.Kg("71")} }, rule: "WT-UNIT", id: "session.protocol_before"},
		{name: "another last weight", ask: func(a *protocol.Ask) { a.Body.Before = unit.Kg("70") }, env: func(e *Env) { e.Patient.LastWeight = &WeightMeasured{Weight: unit.Kg("31")} }, rule: "WT-UNIT", id: "session.protocol_before"},
		{name: "the last weight looked at", ask: func(a *protocol.Ask) { a.Body.Before = unit.Kg("71") }, env: func(e *Env) { e.Patient.LastWeight = &WeightMeasured{Weight: unit.Kg("71")} }},
	} {
		o := byProtocol(lib, when, c.ask)
		if c.order != nil {
			c.order(&o)
		}
		env := envAt(when).by(byPrescriber())
		env.FromLibrary, env.Given = lib, protocol.Given{Known: true, Windows: []exposure.Window{{Days: 7}, {Days: 28}, {Days: 90}, {Days: 365}}}
		if c.env != nil {
			c.env(&env)
		}
		var reason journal.Private
		if c.reason != "" {
			reason = journal.Say(c.reason)
		}
		d, r := Decide(until(PhaseArrived).state, AttachOrder{Order: o, Reason: reason}, env)
		switch {
		case c.rule == "" && r != nil:
			t.Errorf("%s: refused by %s: %s", c.name, r.Rule, r.Message.English())
		case c.rule == "":
			e, ok := d.Events[0].(OrderAttached)
			if !ok || (e.Order.Basis == nil) != c.byHand || e.Reason != reason {
				t.Errorf("%s: %+v", c.name, d.Events)
			}
		case r == nil || r.Rule != c.rule || string(r.Message.ID) != c.id:
			t.Errorf("%s: %+v, want %s by %s", c.name, r, c.id, c.rule)
		case c.id == "session.protocol_limit" && (r.Asked == "" || r.Allowed == "" || !strings.Contains(r.Source, bindingSource(r.Rule)) || len(r.Open) == 0):
			t.Errorf("%s: it does not say what was asked, allowed and by what: %+v", c.name, r)
		}
	}
}
