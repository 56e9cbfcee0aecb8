package session

import (
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/word"
)

// gone is one reason for which the order in force stands no more: the row of the
// library, what is said of it, and since when, where that is known.
type gone struct {
	rule string
	why  word.Message
	at   time.Time
}

// outdated lists why the order in force stands no more. A running infusion goes on as
// it was released: what brings more drug waits for a new order, and nothing else does.
// What could not be read stands in the way too.
func (v look) outdated() []gone {
	o := v.s.Order
	if o == nil {
		return nil
	}
	var out []gone
	if o.Basis != nil {
		if !v.env.FromLibrary.Known {
			out = append(out, gone{rule: RuleOrderLibrary, why: say("order.library_unknown")})
		} else if rows := protocol.Outdated(*o, v.env.FromLibrary.Rows); len(rows) > 0 {
			out = append(out, gone{rule: RuleOrderLibrary, why: say("order.library", strings.Join(rows, ", "))})
		}
	}
	if !v.env.Now.Before(o.ValidUntil) {
		out = append(out, gone{"SW-ORDER-VALID", say("order.expired"), o.ValidUntil})
	}
	switch c := v.env.Consent; {
	case !c.Known:
		out = append(out, gone{rule: "SW-CONSENT", why: say("consent.unknown")})
	case c.Has && c.Withdrawn:
		out = append(out, gone{rule: RuleWithdrawn, why: say("consent.withdrawn")})
	}
	switch c := v.env.Course; {
	case !c.Known:
		out = append(out, gone{rule: "SW-SCREENING", why: say("course.unknown")})
	case c.Has && len(c.New) > 0:
		out = append(out, gone{rule: "SW-SCREENING", why: say("course.new", strings.Join(c.New, ", "))})
	case c.Has && c.Decided != "" && c.Decided != decidedSuitable:
		out = append(out, gone{"SW-SCREENING", say("course.decided", c.Decided), c.At})
	}
	return append(out, v.weighedAnew()...)
}

// weighedAnew is today's weight where it has moved away from the one that the order
// doses on, and nobody accepted that.
func (v look) weighedAnew() []gone {
	var out []gone
	for _, l := range precheckLines() {
		if l.id != "weight-unit" && l.id != "weight-dosing" {
			continue
		}
		if c := v.check(GateDrawUp, l); c.Outcome == Finding && c.Blocks() {
			out = append(out, gone{c.Rule, c.Why, v.s.PrecheckAt["weight"].At})
		}
	}
	return out
}

// orderStands refuses more drug on an order that stands no more, with every reason.
func (d *decider) orderStands() *Refusal {
	all := look{s: d.s, env: d.env}.outdated()
	if len(all) == 0 {
		return nil
	}
	r := refuse(all[0].rule, "session.order_outdated", inOne(all))
	for _, g := range all {
		r.Open = append(r.Open, g.why)
	}
	return r
}

func inOne(all []gone) string {
	var says []string
	for _, g := range all {
		says = append(says, g.why.English())
	}
	return strings.Join(says, " ")
}

// orderOff is what the watch is told of an order that stands no more, or will not from
// an instant on: it alerts the prescriber.
func (s State) orderOff(env Env) alarm.Off {
	if s.Order == nil {
		return alarm.Off{}
	}
	since := latest(s.StartedAt, s.OrderFrom)
	all := look{s: s, env: env}.outdated()
	if len(all) == 0 {
		return alarm.Off{Since: latest(since, s.Order.ValidUntil), Found: say("order.expired").English()}
	}
	known := !slices.ContainsFunc(all, func(g gone) bool { return !g.at.After(since) })
	if known {
		since = all[0].at
		for _, g := range all {
			since = earliest(since, g.at)
		}
	}
	return alarm.Off{Since: since, Found: inOne(all), Many: len(all)}
}

// bolus is ketamine that is asked about before it is given: unlike a drug that was
// given, it can be refused.
func (d *decider) bolus(c GiveDrug) *Refusal {
	if r := d.in(PhaseInfusing, PhasePaused); r != nil {
		return r
	}
	mass, r := ketamineIn(c)
	switch {
	case r != nil:
		return r
	case !mass.Positive():
		return malformed("session.bolus_of_ketamine")
	}
	if r := possibleDrug(c); r != nil {
		return r
	}
	for _, check := range []func() *Refusal{d.consentStands, d.orderStands, func() *Refusal { return d.onOrder(c, mass) }, d.exhausted} {
		if r := check(); r != nil {
			return r
		}
	}
	for _, e := range slices.Concat(d.bolusLibrary(mass), d.beyondTotals(mass)) {
		if !strings.HasSuffix(e.Rule, "-SOFT") {
			return &Refusal{Rule: e.Rule, Message: e.Message}
		}
	}
	return nil
}
