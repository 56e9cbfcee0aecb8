package session

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/protocol"
)

// reviewOrder records a second person's signature under the order.
func (d *decider) reviewOrder(c ReviewOrder) ([]Event, *Refusal) {
	if r := d.in(PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused); r != nil {
		return nil, r
	}
	who, r := d.person()
	if r != nil {
		return nil, r
	}
	switch o := d.s.Order; {
	case o == nil || o.ID != c.Order:
		return nil, malformed("session.review_none")
	case !d.s.NeedsReview():
		return nil, refuse(RuleReviewOrder, "session.review_not_asked")
	case o.Prescriber == who:
		return nil, refuse(RuleReviewOrder, "session.review_own")
	case d.s.OrderReview != nil:
		return nil, refuse(RuleReviewOrder, "session.review_done")
	}
	return one(OrderReviewed{Order: c.Order})
}

// RuleReviewOrder is the row of the library on the second review of an order.
const RuleReviewOrder = "SW-ORDER-REVIEW"

// NeedsReview reports whether the order's protocol asks for a second person.
func (s State) NeedsReview() bool {
	return s.Order != nil && s.Order.Basis != nil && s.Order.Basis.SecondReview
}

// orderReview: where its protocol asks for it, a second person has signed the order.
func (v look) orderReview() verdict {
	switch {
	case v.s.Order == nil:
		return unsure(say("order.none"), say("order.attach"))
	case v.s.NeedsReview() && v.s.OrderReview == nil:
		return found(say("order.unreviewed"), say("order.review"))
	}
	return fine().resting(v.s.OrderAt)
}

// orderLibrary: what the order was decided on still stands in the library. An order
// that was written by hand names nothing of it.
func (v look) orderLibrary() verdict {
	switch o := v.s.Order; {
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case o.Basis == nil:
		return fine().resting(v.s.OrderAt)
	case !v.env.FromLibrary.Known:
		return unsure(say("order.library_unknown"), say("order.renew"))
	default:
		if rows := protocol.Outdated(*o, v.env.FromLibrary.Rows); len(rows) > 0 {
			return found(say("order.library", strings.Join(rows, ", ")), say("order.renew"))
		}
	}
	return fine().resting(v.s.OrderAt)
}

// RuleOrderLibrary is the row of the library on what an order rests on.
const RuleOrderLibrary = "SW-ORDER-LIBRARY"
