package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/word"
)

// RuleException is the row of the library on exceptions from a protocol.
const RuleException = "SW-ORDER-EXCEPTION"

// grantException records a director's exception: beyond the protocol and inside the
// limits of the library, which no one releases, with its reason.
func (d *decider) grantException(c GrantException) ([]Event, *Refusal) {
	if r := d.in(PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused); r != nil {
		return nil, r
	}
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if r := d.libraryAdopted(); r != nil {
		return nil, r
	}
	lib := d.env.FromLibrary
	if !lib.Known || !d.env.Rules.Ready() {
		return nil, refuse(RuleException, "session.protocol_unknown")
	}
	p, ok := protocol.Of(lib.Of, c.Protocol)
	i := slices.IndexFunc(lib.Rows, func(r drug.BasisRow) bool { return r.Name == protocol.Row(p) })
	switch {
	case !ok || i < 0:
		return nil, malformed("order.no_protocol")
	case !slices.Contains(lib.Signed, protocol.Row(p)):
		return nil, refuse(RuleLibrary, "session.protocol_unsigned", p.ID)
	case !c.Reason.Given():
		return nil, refuse(RuleException, "session.exception_reason")
	case len(d.s.Exceptions) >= mostItems:
		return nil, malformed("session.too_many")
	}
	l := protocol.Grant(p, d.env.Rules, c.Exception)
	stands := func(f ExceptionFact) bool { return f.Protocol.Name == protocol.Row(p) && f.Number == c.Number }
	if l.Result == protocol.Inside && !slices.ContainsFunc(d.s.Exceptions, stands) { // nothing to take back
		l.Result, l.Text = protocol.Refused, word.M("order.exception_inside")
	}
	if l.Result == protocol.Refused {
		r := limited(l.Rule, "session.exception_limit", l.Asked, l.Allowed, l.Source)
		r.Message = word.M("session.exception_limit", l.What, l.Text.English())
		return nil, r
	}
	return one(ExceptionGranted{Protocol: lib.Rows[i], Exception: c.Exception, Reason: c.Reason})
}

// Excepted are the exceptions of a visit from a protocol as it is, made by another than
// the one who signs. Of one number the newest counts: a director mends a slip, or takes
// an exception back, with another.
func (s State) Excepted(row drug.BasisRow, signs ident.Person) []drug.Exception {
	var out []drug.Exception
	for _, f := range s.newestExceptions() {
		if f.Protocol == row && f.By != signs {
			out = append(out, f.Exception)
		}
	}
	return out
}

// newestExceptions are the newest of each number of each protocol.
func (s State) newestExceptions() []ExceptionFact {
	var out []ExceptionFact
	for _, f := range s.Exceptions {
		out = slices.DeleteFunc(out, func(o ExceptionFact) bool { return o.Protocol.Name == f.Protocol.Name && o.Number == f.Number })
		out = append(out, f)
	}
	return out
}

// exceptionsStand refuses an order that rests on an exception which nobody made of the
// protocol as it is, or which its own author made.
func (d *decider) exceptionsStand(o drug.Order, p library.Protocol) *Refusal {
	stand := d.s.newestExceptions()
	for _, e := range o.Basis.Exceptions {
		made := func(f ExceptionFact) bool {
			return f.Exception == e && f.Protocol.Name == protocol.Row(p) && slices.Contains(o.Basis.Rows, f.Protocol)
		}
		switch {
		case !slices.ContainsFunc(stand, made):
			return refuse(RuleException, "session.exception_unknown")
		case !slices.ContainsFunc(stand, func(f ExceptionFact) bool { return made(f) && f.By != d.env.Actor.Person }):
			return refuse(RuleException, "session.exception_own")
		}
	}
	return nil
}
