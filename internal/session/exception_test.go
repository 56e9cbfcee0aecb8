package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// byDirector is a director who signs no order of these tests.
func byDirector() act.Actor {
	return act.Actor{Kind: act.Person, Person: id[ident.Person](77), Roles: []act.Role{act.Director}}
}

// TestException: a director's exception is made of a protocol that two people signed,
// with its reason, beyond the protocol and inside the library.
func TestException(t *testing.T) {
	t.Parallel()
	lib, when := shippedProtocols(t), at(-40)
	for _, c := range []struct {
		name   string
		change func(*GrantException, *Env)
		rule   string // empty: taken
	}{
		{"made", func(*GrantException, *Env) {}, ""},
		{"without a reason", func(c *GrantException, _ *Env) { c.Reason = journal.Private{} }, RuleException},
		{"beyond the library", func(c *GrantException, _ *Env) { c.Most = "1.1" }, "LIM-RATE"},
		{"of what is allowed", func(c *GrantException, _ *Env) { c.Most = "0.3" }, RuleException},
		{"of how a patient is watched", func(c *GrantException, _ *Env) { c.Number, c.Most = "observe", "60" }, RuleException},
		{"of no protocol", func(c *GrantException, _ *Env) { c.Protocol = "PR-NONE" }, "entry"},
		{"of one that nobody signed", func(_ *GrantException, e *Env) { e.FromLibrary.Signed = nil }, RuleLibrary},
		{"without protocols", func(_ *GrantException, e *Env) { e.FromLibrary.Known = false }, RuleException},
		{"not adopted", func(_ *GrantException, e *Env) { e.Adopted.Done = false }, RuleLibrary},
	} {
		x := GrantException{Protocol: "PR-FIRST", Exception: drug.Exception{Number: "rate", Most: "0.4"}, Reason: said(76)}
		e := envAt(when).by(byDirector())
		e.FromLibrary = lib
		c.change(&x, &e)
		l := until(PhaseArrived)
		d, r := Decide(l.state, x, e)
		switch {
		case c.rule == "" && r != nil:
			t.Errorf("%s: %s", c.name, r.Message.English())
		case c.rule == "":
			if ev, ok := d.Events[0].(ExceptionGranted); !ok || ev.Protocol.Name != "protocols/PR-FIRST" || ev.Protocol.Hash == "" || ev.Most != "0.4" || !ev.Reason.Given() {
				t.Errorf("%s: %+v", c.name, d.Events)
			}
		case r == nil || r.Rule != c.rule:
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	// A slip is mended, and an exception taken back, by another: the newest counts.
	l := until(PhaseArrived)
	var row drug.BasisRow
	for i, most := range []string{"0.9", "0.39", "0.35"} {
		e := envAt(when).by(byDirector())
		e.FromLibrary = lib
		d, r := Decide(l.state, GrantException{Protocol: "PR-FIRST", Exception: drug.Exception{Number: "rate", Most: most}, Reason: said(76)}, e)
		if r != nil {
			t.Fatalf("%s: %s", most, r.Message.English())
		}
		row = d.Events[0].(ExceptionGranted).Protocol
		l.add(at(-39+float64(i)), byDirector(), d.Events[0])
		if got := l.state.Excepted(row, prescriber); len(got) != 1 || got[0].Most != most {
			t.Errorf("after %s: %v", most, got)
		}
	}
	back, e := until(PhaseArrived), envAt(when).by(byDirector())
	e.FromLibrary = lib
	if _, r := Decide(back.state, GrantException{Protocol: "PR-FIRST", Exception: drug.Exception{Number: "rate", Most: "0.35"}, Reason: said(76)}, e); r == nil || r.Rule != RuleException {
		t.Errorf("taken back, though none was made: %+v", r)
	}
	many := until(PhaseArrived)
	for range mostItems {
		many.add(at(-39), byDirector(), ExceptionGranted{Protocol: row, Exception: drug.Exception{Number: "rate", Most: "0.4"}, Reason: said(76)})
	}
	if _, r := Decide(many.state, GrantException{Protocol: "PR-FIRST", Exception: drug.Exception{Number: "rate", Most: "0.4"}, Reason: said(76)}, e); r == nil || !r.Malformed {
		t.Errorf("one more than can be kept: %+v", r)
	}
	stopped, e := until(PhaseStopped), envAt(at(300)).by(byDirector())
	e.FromLibrary = lib
	if _, r := Decide(stopped.state, GrantException{Protocol: "PR-FIRST", Exception: drug.Exception{Number: "rate", Most: "0.4"}, Reason: said(76)}, e); r == nil {
		t.Error("an exception after the stop")
	}
}

// TestException_Ordered: an order goes beyond its protocol only on an exception that was
// made of the protocol as it is, by another than who signs the order.
func TestException_Ordered(t *testing.T) {
	t.Parallel()
	lib, when := shippedProtocols(t), at(-40)
	row := drug.BasisRow{}
	for _, r := range lib.Rows {
		if r.Name == "protocols/PR-FIRST" {
			row = r
		}
	}
	for _, c := range []struct {
		name   string
		by     act.Actor
		row    drug.BasisRow
		most   string // that was let
		asked  string // by the order
		rule   string // empty: taken
		nobody bool
	}{
		{name: "on an exception", by: byDirector(), row: row, most: "0.4", asked: "0.4"},
		{name: "that nobody made", nobody: true, asked: "0.4", rule: RuleException},
		{name: "of one's own", by: byPrescriber(), row: row, most: "0.4", asked: "0.4", rule: RuleException},
		{name: "that was smaller", by: byDirector(), row: row, most: "0.38", asked: "0.4", rule: RuleException},
		{name: "of the protocol as it was before", by: byDirector(), row: drug.BasisRow{Name: row.Name, Hash: "older"}, most: "0.4", asked: "0.4", rule: RuleException},
		{name: "of another protocol", by: byDirector(), row: drug.BasisRow{Name: "protocols/PR-CRPS-4H", Hash: row.Hash}, most: "0.4", asked: "0.4", rule: RuleException},
	} {
		l := until(PhaseArrived)
		if !c.nobody {
			l.add(at(-41), c.by, ExceptionGranted{Protocol: c.row, Exception: drug.Exception{Number: "rate", Most: c.most}, Reason: said(76)})
		}
		o := byProtocol(lib, when, func(a *protocol.Ask) {
			a.Steps[0].Rate = unit.MgPerKgH(c.asked)
			a.Exceptions = []drug.Exception{{Number: "rate", Most: c.asked}}
			a.Changes, a.Reasoned = []string{"higher_rate"}, []string{"PR-FIRST/higher_rate"}
			a.Body.Weight = unit.Kg("60")
		})
		env := envAt(when).by(byPrescriber())
		env.FromLibrary, env.Given = lib, protocol.Given{Known: true, Windows: []exposure.Window{{Days: 7}, {Days: 28}, {Days: 90}, {Days: 365}}}
		_, r := Decide(l.state, AttachOrder{Order: o, Reason: said(72)}, env)
		switch {
		case c.rule == "" && r != nil:
			t.Errorf("%s: %s %v", c.name, r.Message.English(), r.Open)
		case c.rule != "" && (r == nil || r.Rule != c.rule):
			t.Errorf("%s: %+v", c.name, r)
		}
		if got := len(l.state.Excepted(row, prescriber)); (got == 1) != (c.rule == "" || c.name == "that was smaller") {
			t.Errorf("%s: %d exceptions are offered to who signs", c.name, got)
		}
	}
}
