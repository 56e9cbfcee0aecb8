package session

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// FromLibrary is what an order may come from: the protocols of the library that the
// server has, its hash and its rows. Known is false when they could not be read.
type FromLibrary struct {
	Known bool
	Of    protocol.Protocols
	Hash  string
	Rows  []drug.BasisRow
	// ByHand says that the clinic takes orders that were written by hand beside the
	// protocols that it has signed.
	ByHand bool
	// Signed are the rows of those protocols that two people of the clinic answer for.
	Signed []string
}

// fromProtocol refuses an order that names a protocol of the library and is not one
// that it gives: limit by limit, with what binds and why. One that was written by hand
// names none, and is refused once the clinic has a protocol that two people signed,
// unless the clinic takes both; the limits of the library bind it all the same.
func (d *decider) fromProtocol(o drug.Order, reason journal.Private) *Refusal {
	if o.Basis == nil {
		if d.env.FromLibrary.ByProtocolOnly() {
			return refuse(RuleOrder, "session.order_by_hand", strings.Join(d.env.FromLibrary.signed(), ", "))
		}
		return nil
	}
	lib := d.env.FromLibrary
	if !lib.Known || !d.env.Rules.Ready() {
		return refuse(RuleOrder, "session.protocol_unknown")
	}
	p, ok := protocol.Of(lib.Of, o.Protocol.ID)
	if ok && (o.Basis.Library != lib.Hash || !slices.Equal(o.Basis.Rows, protocol.Rests(p, lib.Rows)) || o.Basis.SecondReview != p.SecondReview) {
		return refuse(RuleLibrary, "session.protocol_library")
	}
	if ok && !slices.Contains(lib.Signed, protocol.Row(p)) {
		return refuse(RuleLibrary, "session.protocol_unsigned", p.ID)
	}
	if r := d.comparedWith(o.Basis.Body.Before); r != nil {
		return r
	}
	if r := d.exceptionsStand(o, p); r != nil {
		return r
	}
	lines := append(protocol.Check(lib.Of, d.env.Rules, o), protocol.Caps(d.env.Rules, d.env.Given, o.Basis.Reasoned)...)
	if stops := protocol.Stopping(lines); len(stops) > 0 {
		return stopped(stops)
	}
	if len(protocol.Overridden(lines)) > 0 && !reason.Given() {
		return refuse(RuleOrder, "session.protocol_reason")
	}
	return nil
}

// ByProtocolOnly reports whether every order comes from a protocol: once two people have
// signed one, unless the clinic takes both.
func (f FromLibrary) ByProtocolOnly() bool { return !f.ByHand && len(f.signed()) > 0 }

// signed are the protocols that two people of the clinic answer for.
func (f FromLibrary) signed() []string {
	var out []string
	for _, p := range f.Of.Rows {
		if slices.Contains(f.Signed, protocol.Row(p)) {
			out = append(out, p.ID)
		}
	}
	return out
}

// comparedWith refuses an order whose weight was held against another one than that of
// the patient's last visit.
func (d *decider) comparedWith(before unit.Weight) *Refusal {
	last := d.env.Patient.LastWeight
	switch {
	case last == nil || last.Weight == before:
		return nil
	case !before.Positive():
		return refuse("WT-UNIT", "session.protocol_before", "none", last.Weight.String())
	}
	return refuse("WT-UNIT", "session.protocol_before", before.String(), last.Weight.String())
}

// stopped is the refusal by the first limit, with all of them.
func stopped(lines []protocol.Line) *Refusal {
	first := lines[0]
	r := limited(first.Rule, "session.protocol_limit", first.Asked, first.Allowed, first.Source)
	r.Message = word.M("session.protocol_limit", first.What, first.Text.English())
	for _, l := range lines {
		r.Open = append(r.Open, word.M("session.protocol_limit", l.What, l.Text.English()))
	}
	return r
}
