package project

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// OrderPart is one part of an order, in words.
type OrderPart struct{ Part, Text string }

// Order is all that an order says, as it was signed. Whose it is the record
// says at its head: an order for somebody else cannot be attached.
func (s Speaker) Order(o drug.Order) []OrderPart {
	m, w := o.Maxima, o.Watch
	out := []OrderPart{
		{"Protocol", fmt.Sprintf("%s, version %s (%s), infusion %d of %d", o.Protocol.Name, o.Protocol.Version, o.Protocol.ID, o.Number, o.Of)},
		{"Drug", fmt.Sprintf("%s %s, bag of %s in %s", o.Drug, o.Concentration, o.BagVolume, yes(o.Diluent != "", o.Diluent, "a diluent that is not written"))},
		{"Dosing weight", fmt.Sprintf("%s, %s weight", o.DosingWeight, o.WeightBasis)},
		{"Steps", Steps(o)},
		{"Never above", fmt.Sprintf("%s, %s, %s in all, %s in all, %d min", m.Rate, m.MassRate, m.Total, m.Dose, m.Minutes)},
		{"Pump", "set in steps of " + o.PumpStep.String()},
	}
	for _, a := range o.Adjuncts {
		out = append(out, OrderPart{yes(a.Rescue, "Rescue drug", "Drug beside it"), adjunct(a)})
	}
	out = append(
		out,
		OrderPart{"Watched", fmt.Sprintf("cuff every %d min in the first half hour and after a rate change, then every %d min; observation every %d min; someone looks in every %d min; capnography %s",
			w.CuffFirst, w.Cuff, w.Observation, w.Presence, yes(w.EtCO2, "ordered", "not ordered"))},
		OrderPart{"Side effects asked whole", fmt.Sprintf("%d min after the start", w.Peak)},
		OrderPart{"Recovery", fmt.Sprintf("a full set every %d min, at least %d min from the stop to going home", w.Recovery, w.RecoveryLeast)},
	)
	for _, l := range o.Limits {
		out = append(out, OrderPart{"Alarm limit", limitText(l)})
	}
	out = append(out, s.basis(o.Basis)...)
	return append(out, OrderPart{"Signed", fmt.Sprintf("by %s on %s, order %s, valid until %s",
		s.Who(o.Prescriber), word.Moment(o.SignedAt.In(s.Zone)), o.ID, word.Moment(o.ValidUntil.In(s.Zone)))})
}

// basis is what an order from a protocol was decided on; nothing of one that was
// written by hand.
func (s Speaker) basis(b *drug.Basis) []OrderPart {
	if b == nil {
		return nil
	}
	body := "weight " + b.Body.Weight.String()
	if !b.Body.Weighed.IsZero() {
		body += ", weighed " + word.Moment(b.Body.Weighed.In(s.Zone))
	}
	if b.Body.Height.Positive() {
		body += ", height " + b.Body.Height.String()
	}
	if b.Body.Sex != "" {
		body += ", " + string(b.Body.Sex)
	}
	if b.Body.Before.Positive() {
		body += ", before " + b.Body.Before.String()
	}
	rows := make([]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = r.Name + " " + r.Hash
	}
	out := []OrderPart{{"Weighed for it", body}, {"May drive", b.Driving}, {"Second person", yes(b.SecondReview, "signs before a vial is opened", "not asked for")}}
	if len(b.Changes) > 0 {
		out = append(out, OrderPart{"Changed of what is usual", strings.Join(b.Changes, ", ")})
	}
	if len(b.Exceptions) > 0 {
		said := make([]string, len(b.Exceptions))
		for i, e := range b.Exceptions {
			text, label := protocol.Called(e.Number)
			said[i] = strings.TrimSpace(text + " to " + e.Most + " " + label)
		}
		out = append(out, OrderPart{"Beyond the protocol, by exception", strings.Join(said, ", ")})
	}
	if len(b.Reasoned) > 0 {
		out = append(out, OrderPart{"Beyond, with a reason", strings.Join(b.Reasoned, ", ")})
	}
	return append(out, OrderPart{"Library", b.Library + ": " + strings.Join(rows, ", ")})
}

// Loading is the dose before the steps, in words; empty where there is none.
func Loading(o drug.Order) string {
	if o.Loading == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s) over %d min", o.LoadingMass(), o.Loading.Dose, o.Loading.Minutes)
}

// Steps are the loading dose, where there is one, and the ordered rates, one after the
// other.
func Steps(o drug.Order) string {
	steps := make([]string, 0, len(o.Steps)+1)
	if text := Loading(o); text != "" {
		steps = append(steps, "a loading dose of "+text)
	}
	for _, st := range o.Steps {
		steps = append(steps, fmt.Sprintf("%s for %d min", st.Rate, st.Minutes))
	}
	return strings.Join(steps, ", then ")
}

func adjunct(a drug.Adjunct) string {
	said := []string{strings.TrimSpace(fmt.Sprintf("%s %s %s %s", a.Drug, a.Amount, a.Unit, a.Route))}
	if a.Indication != "" {
		said = append(said, "for "+a.Indication)
	}
	switch {
	case a.MaxDoses <= 0:
		said = append(said, "number of doses not limited")
	case a.MaxDoses == 1:
		said = append(said, "one dose at most")
	default:
		said = append(said, fmt.Sprintf("at most %d doses", a.MaxDoses))
	}
	if a.Sedating {
		said = append(said, "sedating")
	}
	return strings.Join(said, ", ") + " (" + a.ID + ")"
}

// limitText is a patient's own alarm limit in words.
func limitText(l drug.Limit) string {
	f, _ := vital.Of(l.Kind)
	said := []string{f.Label, l.Side}
	for _, c := range []struct{ colour, at string }{{"yellow", l.Yellow}, {"red", l.Red}} {
		if c.at != "" {
			said = append(said, c.colour+" "+c.at+" "+f.Unit)
		}
	}
	return strings.Join(said, " ")
}
