package session

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// on gives an order from a protocol that rests on one row.
func on(o drug.Order, review bool) drug.Order {
	o.Basis = &drug.Basis{Library: "hash", Rows: []drug.BasisRow{{Name: "protocols/PR-FIRST", Hash: "one"}}, SecondReview: review}
	return o
}

// reads is a library in which that row says what it said, or something else.
func reads(hash string) FromLibrary {
	return FromLibrary{Known: true, Hash: "hash", Rows: []drug.BasisRow{{Name: "protocols/PR-FIRST", Hash: hash}}}
}

func orderBasisRows() []row {
	basis := func(lib FromLibrary, review bool, then ...func(*scene)) func(*scene) {
		return func(x *scene) {
			o := on(*x.s.Order, review)
			x.s.Order, x.env.FromLibrary = &o, lib
			for _, f := range then {
				f(x)
			}
		}
	}
	signed := func(x *scene) { x.add(-31, byPrescriber(), OrderReviewed{Order: x.s.Order.ID}) }
	return []row{
		{"by hand", "order-library", Clear, "SW-ORDER-LIBRARY", nil, nil},
		{"as it was", "order-library", Clear, "SW-ORDER-LIBRARY", basis(reads("one"), false), nil},
		{"a row changed", "order-library", Finding, "SW-ORDER-LIBRARY", basis(reads("two"), false), nil},
		{"a row gone", "order-library", Finding, "SW-ORDER-LIBRARY", basis(FromLibrary{Known: true}, false), nil},
		{"unread", "order-library", CouldNotCheck, "SW-ORDER-LIBRARY", basis(FromLibrary{}, false), nil},
		{"no order", "order-library", CouldNotCheck, "SW-ORDER-LIBRARY", func(x *scene) { x.s.Order = nil }, nil},

		{"not asked", "order-review", Clear, "SW-ORDER-REVIEW", basis(reads("one"), false), nil},
		{"asked", "order-review", Finding, "SW-ORDER-REVIEW", basis(reads("one"), true), nil},
		{"signed", "order-review", Clear, "SW-ORDER-REVIEW", basis(reads("one"), true, signed), nil},
		{"signed under another", "order-review", Finding, "SW-ORDER-REVIEW", basis(reads("one"), true, func(x *scene) {
			x.add(-31, byPrescriber(), OrderReviewed{Order: id[ident.Order](52)})
		}), nil},
		{"no order", "order-review", CouldNotCheck, "SW-ORDER-REVIEW", func(x *scene) { x.s.Order = nil }, nil},
	}
}

// TestReviewOrder: another person signs once, under the order that is in force; a new
// order is to be reviewed anew.
func TestReviewOrder(t *testing.T) {
	t.Parallel()
	second := act.Actor{Kind: act.Person, Person: nurseTwo, Roles: []act.Role{act.Pharmacist}, Proof: act.Password}
	waiting := func(review bool) *log {
		return until(PhaseArrived).add(at(-45), byPrescriber(), OrderAttached{Order: on(order(), review)})
	}
	review := ReviewOrder{Order: order().ID}
	refusal{"not asked", waiting(false), review, envAt(at(-40)).by(second), "session.review_not_asked"}.check(t)
	refusal{"by who ordered", waiting(true), review, envAt(at(-40)).by(byPrescriber()), "session.review_own"}.check(t)
	refusal{"another order", waiting(true), ReviewOrder{Order: id[ident.Order](52)}, envAt(at(-40)).by(second), "session.review_none"}.check(t)
	l := waiting(true)
	l.say(t, review, envAt(at(-40)).by(second))
	if l.state.OrderReview == nil || l.state.OrderReview.By != nurseTwo {
		t.Fatalf("reviewed by %+v", l.state.OrderReview)
	}
	refusal{"twice", l, review, envAt(at(-39)).by(second), "session.review_done"}.check(t)
	if l.add(at(-38), byPrescriber(), OrderAttached{Order: on(order(), true)}); l.state.OrderReview != nil {
		t.Error("the review went over to a new order")
	}
}

// TestOrderOutdated: a running infusion goes on as it was released. Raising and resuming
// wait for a new order; lowering, pausing, stopping and charting never do.
func TestOrderOutdated(t *testing.T) {
	t.Parallel()
	running := func(p Phase) *log {
		l := until(p)
		o := on(*l.state.Order, false)
		l.state.Order = &o
		return l
	}
	up := SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}
	down := SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")}
	resume := Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}
	outdated := func(minute float64, hash string) Env {
		e := envAt(at(minute))
		e.FromLibrary = reads(hash)
		return e
	}
	refusal{"raise", running(PhaseInfusing), up, outdated(20, "two"), "session.order_outdated"}.check(t)
	refusal{"resume", running(PhasePaused), resume, outdated(25, "two"), "session.order_outdated"}.check(t)
	unread := envAt(at(20))
	unread.FromLibrary = FromLibrary{}
	refusal{"raise, unread", running(PhaseInfusing), up, unread, "session.order_outdated"}.check(t)
	for name, c := range map[string]Command{
		"lower": down, "pause": Pause{Cause: PausePatient}, "stop": Stop{Cause: StopClinical}, "chart": NoteSideEffect{ID: id[ident.SideEffect](91), Code: "nausea", Grade: 1, Text: journal.Private{}},
	} {
		if _, r := Decide(running(PhaseInfusing).state, c, outdated(20, "two")); r != nil {
			t.Errorf("%s was refused: %s", name, r.Message.English())
		}
	}
	_, r := Decide(running(PhaseInfusing).state, up, outdated(20, "one"))
	if r != nil && (r.Rule == RuleOrderLibrary || strings.Contains(string(r.Message.ID), "order_outdated")) {
		t.Errorf("refused on an order that stands: %s", r.Message.English())
	}
	if !slices.Contains(Acts(), ActReviewOrder) {
		t.Error("the review is no act")
	}
}
