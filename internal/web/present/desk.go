package present

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// deskActs are the acts of each phase that need neither pump nor patient: what
// can be recorded from the record's page.
var deskActs = []act.Act{
	session.ActAttachOrder, session.ActAttest, session.ActReconcile, session.ActWaste, session.ActReturn, session.ActReview, session.ActClose,
	session.ActFollowUp, session.ActNote, session.ActCancel, session.ActTakeNurse,
}

// DeskActs lists what can be recorded at the desk now. What is another role's
// is named with whose it is, so that nobody looks for it in vain.
func DeskActs(v app.Visit, who act.Actor) []view.DeskLink {
	var out []view.DeskLink
	for _, f := range v.State.SpokenToSign() {
		l := deskLink(v, who, session.ActSignSpoken)
		l.Href += "?of=" + strconv.FormatInt(f.Position, 10)
		l.Label, l.Sub = "Sign the spoken order of "+clock(f.At, v.Zone), spokenWords(f)
		if f.Order.Prescriber != who.Person {
			l.Href, l.Whose = "", "for "+name(v.Names, f.Order.Prescriber)
		}
		l.Primary = l.Href != ""
		out = append(out, l)
	}
	for _, f := range toClaim(v.State) {
		l := deskLink(v, who, session.ActClaimStop)
		l.Href += "?of=" + strconv.FormatInt(f.Position, 10)
		l.Label, l.Sub = "Say who stopped at "+clock(f.At, v.Zone), "recorded from the tablet"
		out = append(out, l)
	}
	for _, c := range v.State.Contests() {
		l := deskLink(v, who, session.ActSettleRate)
		if l.Href != "" {
			l.Href += "?of=" + strconv.FormatInt(c.Facts[0].Position, 10)
		}
		l.Label, l.Sub = "Say what the pump ran at", "unresolved: readings of "+clock(c.Facts[0].At, v.Zone)+" disagree"
		out = append(out, l)
	}
	if toReview(v.State) {
		l := deskLink(v, who, session.ActReviewOrder)
		if l.Href != "" && v.State.Order.Prescriber == who.Person {
			l.Href, l.Whose = "", "for another person than who signed it"
		}
		l.Primary = l.Href != ""
		out = append(out, l)
	}
	if act.May(who, session.ActException).Allowed && AtDesk(v, session.ActException) {
		out = append(out, deskLink(v, who, session.ActException))
	}
	main, now := MainAct(v), actsNow(v)
	for _, a := range append(unsettled(v.State), deskActs...) {
		if !slices.Contains(now, a) {
			continue
		}
		l := deskLink(v, who, a)
		if a == session.ActAttachOrder && act.May(who, "order.draft").Allowed {
			byProtocol := view.DeskLink{Href: "/sessions/" + url.PathEscape(string(v.ID)) + "/order", Label: "Order from a protocol"}
			if l.Href == "" { // of who writes at it, and does not sign it
				byProtocol.Label, byProtocol.Sub = "Write at the order", "a prescriber signs it"
			}
			if v.Env.FromLibrary.ByProtocolOnly() { // one written by hand would be refused
				byProtocol.Primary = a == main && l.Href != ""
				out = append(out, byProtocol)
				continue
			}
			out = append(out, byProtocol)
		}
		l.Primary = l.Href != "" && a == main && !(a == session.ActReview && len(v.State.SpokenToSign()) > 0)
		out = append(out, l)
	}
	return out
}

func deskLink(v app.Visit, who act.Actor, a act.Act) view.DeskLink {
	f, _ := form.Of(a)
	l := view.DeskLink{Href: "/sessions/" + url.PathEscape(string(v.ID)) + "/acts/" + string(a), Label: f.Title}
	if p := act.May(who, a); !p.Allowed {
		roles := make([]string, len(p.Needs))
		for i, r := range p.Needs {
			roles[i] = string(r)
		}
		l.Href, l.Whose = "", "for a "+strings.Join(roles, " or ")
	}
	return l
}

// toReview reports whether the order waits for a second person's signature.
func toReview(s session.State) bool {
	return s.NeedsReview() && s.OrderReview == nil && (s.Phase == session.PhaseScheduled || session.InRoom(s.Phase)) && s.StoppedAt.IsZero()
}

// AtDesk reports whether an act can be recorded at the desk in this phase.
func AtDesk(v app.Visit, a act.Act) bool {
	switch a {
	case session.ActReviewOrder:
		return toReview(v.State)
	case session.ActException:
		return len(protocols(v)) > 0 && slices.Contains(actsNow(v), session.ActAttachOrder)
	case session.ActSignSpoken:
		return len(v.State.SpokenToSign()) > 0
	case session.ActClaimStop:
		return len(toClaim(v.State)) > 0
	case session.ActSettleRate:
		return len(v.State.Contests()) > 0
	}
	return slices.Contains(unsettled(v.State), a) || slices.Contains(deskActs, a) && slices.Contains(actsNow(v), a)
}

// toClaim are the stops of an ended visit of which nobody has said that it
// was them; before, the chair asks.
func toClaim(s session.State) []session.StopFact {
	switch s.Phase {
	case session.PhaseDischarged, session.PhaseTransferred, session.PhaseLeft, session.PhaseCancelled, session.PhaseClosed:
		return s.StopsToClaim()
	default:
		return nil
	}
}

// DeskAct is the page of one act, the questions left out: who it is about,
// and what has to be known to answer.
func DeskAct(v app.Visit, a act.Act, of string, texts TextOf) view.DeskAct {
	p := view.DeskAct{
		Patient: *Patient(v), Chair: int(v.State.Chair),
		Visit: word.Weekday(v.State.PlannedStart.In(v.Zone)) + " · chair " + v.State.Chair.String() + " · " + PhaseText(v.State.Phase),
	}
	switch a {
	case session.ActReview, session.ActClose:
		p.Facts = slices.Concat(facts(v), lapseFact(v), account(v))
		p.Missing = missingBut(v, a)
	case session.ActReconcile:
		p.Facts = facts(v)
	case session.ActWaste, session.ActReturn:
		p.Facts = account(v)
	case session.ActStop, session.ActConfirmStop, session.ActClaimStop:
		p.Facts = facts(v)
	case session.ActSettleRate:
		if c, ok := contestOf(v, of); ok {
			for _, line := range settleRate(v, c).Beside {
				p.Facts = append(p.Facts, view.Fact{Term: "Reading", Text: line, Tone: view.Plain})
			}
		}
	case session.ActTakeNurse:
		p.Facts = slices.Concat(runningFacts(v), lapseFact(v))
		if onPump(v.State) {
			p.Facts = append(p.Facts, view.Fact{Term: "Pump", Text: "Read it at the chair: taken over here, it is recorded as not read.", Tone: view.Amber})
		}
	case session.ActSignSpoken:
		if f, ok := spokenOf(v, of); ok {
			p.Facts = spokenFacts(v, f, texts)
		}
	case session.ActReviewOrder:
		p.Facts = append(facts(v), reviewFacts(v)...)
	case session.ActException:
		p.Facts = append(facts(v), exceptionFacts(v)...)
	case session.ActAttachOrder:
		if v.State.Order != nil {
			p.Facts = facts(v)
		}
		p.Facts = append(p.Facts, limitsFact(v))
	}
	return p
}

// reviewFacts are what a second person reads of an order before signing it.
func reviewFacts(v app.Visit) []view.Fact {
	o := v.State.Order
	if o == nil {
		return nil
	}
	fact := func(term, text string) view.Fact { return view.Fact{Term: term, Text: text, Tone: view.Plain} }
	out := []view.Fact{
		fact("Protocol", o.Protocol.ID+" "+o.Protocol.Version+": "+o.Protocol.Name),
		fact("Dosing weight", o.DosingWeight.String()+", "+string(o.WeightBasis)),
		fact("Steps", project.Steps(*o)),
		fact("Bag", o.BagVolume.String()+", "+o.Concentration.String()),
		fact("Never beyond", o.Maxima.Rate.String()+", "+o.Maxima.MassRate.String()+", "+o.Maxima.Total.String()+", "+o.Maxima.Dose.String()+", "+strconv.Itoa(int(o.Maxima.Minutes))+" min"),
		fact("Ordered by", name(v.Names, o.Prescriber)),
	}
	for _, l := range protocol.Check(v.Env.FromLibrary.Of, v.Env.Rules, *o) {
		if l.Result != protocol.Inside {
			out = append(out, view.Fact{Term: Upper(l.What), Text: l.Asked + ": " + string(l.Result), Note: l.Text.English(), Tone: view.Amber})
		}
	}
	if o.Basis != nil && slices.Contains(o.Basis.Reasoned, library.OftenIn7.Rule) {
		out = append(out, view.Fact{Term: "How often", Text: string(protocol.Reasoned), Note: "More infusions than the clinic's caps, or they could not be checked, when the order was signed.", Tone: view.Amber})
	}
	return out
}

// exceptionFacts are what the library allows at most, and which exceptions were made.
func exceptionFacts(v app.Visit) []view.Fact {
	var out []view.Fact
	for _, n := range protocol.Exceptable() {
		most, rule, ok := protocol.Bound(v.Env.Rules, n)
		if !ok {
			continue
		}
		text, label := protocol.Called(n)
		var own []string
		for _, p := range v.Env.FromLibrary.Of.Rows {
			if s, ok := p.Span(n); ok {
				own = append(own, p.ID+" "+s.Most)
			}
		}
		out = append(out, view.Fact{Term: Upper(text), Text: "never beyond " + strings.TrimSuffix(strings.TrimRight(most.FloatString(3), "0"), ".") + " " + label, Note: rule + "; " + strings.Join(own, ", "), Tone: view.Plain})
	}
	for _, f := range v.State.Exceptions {
		text, label := protocol.Called(f.Number)
		out = append(out, view.Fact{Term: "Made already", Text: text + " to " + f.Most + " " + label, Note: f.Protocol.Name + ", " + name(v.Names, f.By), Tone: view.Amber})
	}
	return out
}

// missingBut is what closing still needs; a review is not missing on the page
// that gives it.
func missingBut(v app.Visit, a act.Act) []string {
	var out []string
	for _, m := range v.State.Unclosed(v.Env.Now) {
		if a == session.ActReview && (m.ID == "session.open_review" || m.ID == "session.open_review_again") {
			continue
		}
		out = append(out, m.English())
	}
	return out
}

// Known are the parts of an act's body that follow from the visit and are not
// asked; ok is false when the entry it is about is not there.
func Known(v app.Visit, a act.Act, of string) (body map[string]any, ok bool) {
	switch a {
	case session.ActAttachOrder:
		return map[string]any{"order": map[string]any{"patient": string(v.State.Patient), "drug": drug.Ketamine}}, true
	case session.ActReviewOrder:
		if v.State.Order == nil {
			return nil, false
		}
		return map[string]any{"order": string(v.State.Order.ID)}, true
	case session.ActTakeNurse:
		return map[string]any{"seen": v.State.Position}, true
	case session.ActSignSpoken:
		f, ok := spokenOf(v, of)
		return map[string]any{"spoken": f.Position}, ok
	case session.ActClaimStop:
		for _, f := range v.State.StopsToClaim() {
			if strconv.FormatInt(f.Position, 10) == of {
				return map[string]any{"stop": f.Position}, true
			}
		}
		return nil, false
	case session.ActSettleRate:
		c, ok := contestOf(v, of)
		return map[string]any{"entries": c.Entries()}, ok
	}
	return nil, true
}

// contestOf is the contest that begins with an entry.
func contestOf(v app.Visit, of string) (session.Contest, bool) {
	for _, c := range v.State.Contests() {
		if strconv.FormatInt(c.Facts[0].Position, 10) == of {
			return c, true
		}
	}
	return session.Contest{}, false
}

func spokenOf(v app.Visit, of string) (session.SpokenFact, bool) {
	for _, f := range v.State.SpokenToSign() {
		if strconv.FormatInt(f.Position, 10) == of {
			return f, true
		}
	}
	return session.SpokenFact{}, false
}

func spokenWords(f session.SpokenFact) string {
	if f.Order.Rate != nil {
		return string(f.Order.What) + " " + f.Order.Rate.String()
	}
	return string(f.Order.What)
}

func spokenFacts(v app.Visit, f session.SpokenFact, texts TextOf) []view.Fact {
	back := view.Fact{Term: "Read back", Text: "yes", Tone: view.Plain}
	if !f.Order.ReadBack {
		back.Text, back.Tone = "not read back", view.Amber
	}
	return []view.Fact{
		{Term: "About", Text: spokenWords(f), Tone: view.Plain},
		{Term: "Word for word", Text: texts(f.Order.Text), Tone: view.Plain},
		{Term: "Given by", Text: name(v.Names, f.Order.Prescriber), Tone: view.Plain},
		{Term: "Typed", Text: clock(f.At, v.Zone) + " by " + name(v.Names, f.By), Tone: view.Plain},
		back,
	}
}

// OrderLike is an earlier order as the beginning of a new one. Weight,
// validity and number belong to that visit and do not come along.
func OrderLike(o drug.Order) (map[string]any, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encode order: %w", err)
	}
	var body map[string]any
	if err := json.Unmarshal(b, &body); err != nil {
		return nil, fmt.Errorf("decode order: %w", err)
	}
	for _, own := range []string{"id", "patient", "drug", "dosing_weight", "weight_basis", "valid_until", "number", "prescriber", "signed_at"} {
		delete(body, own)
	}
	return map[string]any{"order": body}, nil
}

// fieldOf names the answer that a refusal is about, by its path in the form.
func fieldOf(f *session.Refusal) string {
	arg := ""
	if len(f.Message.Args) > 0 {
		arg = f.Message.Args[0]
	}
	switch f.Message.ID {
	case "session.order_missing", "session.bad_order":
		return orderParts[arg]
	case "session.paper_future", "session.paper_before_birth":
		return "document_date"
	case "session.order_expired":
		return "order.valid_until"
	case "session.order_other_bag":
		return "order.concentration"
	case "session.bag_too_small":
		return "order.bag_volume"
	case "session.step_beyond":
		return "order.steps" // the step is corrected, the limit not raised to fit it
	case "session.steps_too_long":
		return "order.maxima.minutes"
	case "session.steps_too_much":
		if strings.Contains(arg, "/kg") {
			return "order.maxima.dose"
		}
		return "order.maxima.total"
	}
	return ""
}

// orderParts maps the parts of an order, as a refusal names them, to the form.
var orderParts = map[string]string{
	"protocol": "order.protocol.id", "dosing weight": "order.dosing_weight", "weight basis": "order.weight_basis",
	"concentration": "order.concentration", "bag volume": "order.bag_volume", "pump step": "order.pump_step",
	"steps": "order.steps", "rate or minutes of a step": "order.steps", "greatest rate": "order.maxima.rate",
	"greatest mg/h": "order.maxima.mass_rate", "greatest total": "order.maxima.total", "greatest dose": "order.maxima.dose",
	"greatest duration": "order.maxima.minutes", "valid until": "order.valid_until",
}
