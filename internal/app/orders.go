package app

import (
	"context"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
)

// FromLibrary is what an order may come from, with the rows of the library as they
// are now.
func (a *App) FromLibrary(ctx context.Context) (session.FromLibrary, error) {
	h, err := a.house(ctx)
	if err != nil {
		return session.FromLibrary{}, err
	}
	return a.fromLibrary(h, a.Knows()), nil
}

// Each look at a visit asks for it, hundreds of times a second in a large room, so it
// is kept until the clinic's own record moves. Nobody may change what is answered.
func (a *App) fromLibrary(h house.State, k *Knowledge) session.FromLibrary {
	if kept := a.ordersFrom.Load(); kept != nil && kept.house == h.Sequence && kept.hash == k.Library.Hash {
		return kept.FromLibrary
	}
	kept := &libraryAt{h.Sequence, k.Library.Hash, a.rowsOfLibrary(h, k)}
	a.ordersFrom.Store(kept)
	return kept.FromLibrary
}

// libraryAt is what an order may come from at one state of the clinic's own record.
type libraryAt struct {
	house int64
	hash  string // of the library that the server has
	session.FromLibrary
}

func (a *App) rowsOfLibrary(h house.State, k *Knowledge) session.FromLibrary {
	out := session.FromLibrary{Known: len(k.Protocols.Rows) > 0 && k.Library.Hash != "", ByHand: a.OrdersByHand, Of: k.Protocols, Hash: k.Library.Hash}
	for _, r := range k.Library.Rows {
		out.Rows = append(out.Rows, drug.BasisRow{Name: r.Name, Hash: r.Hash})
		if h.ByTwo(r) {
			out.Signed = append(out.Signed, r.Name)
		}
	}
	return out
}

// RowAsDecided finds what a row of the library said when an order was decided on it:
// in the library that the server has, or in one that was adopted before.
func (a *App) RowAsDecided(ctx context.Context) (func(drug.BasisRow) (house.KeptRow, bool), error) {
	h, err := a.house(ctx)
	if err != nil {
		return nil, err
	}
	return func(b drug.BasisRow) (house.KeptRow, bool) {
		of := house.LibraryRow{Name: b.Name, Hash: b.Hash}
		if i := slices.IndexFunc(a.Knows().Says, func(r house.KeptRow) bool { return r.LibraryRow == of }); i >= 0 {
			return a.Knows().Says[i], true
		}
		r, ok := h.Kept[of]
		return r, ok
	}, nil
}

// OrderFacts is what is known for an order of a visit: the body as it was measured
// last, the weight of the visit before, and the plan of the patient's course.
type OrderFacts struct {
	Body drug.Body
	// Plan is nil where the patient's course could not be read or has none.
	Plan *course.Plan
	// Given is how many infusions of the course were given.
	Given int
}

// OrderFacts gathers them. What is not known is left out.
func (a *App) OrderFacts(ctx context.Context, v Visit) (OrderFacts, error) {
	var out OrderFacts
	if last := v.Env.Patient.LastWeight; last != nil {
		out.Body.Before = last.Weight
	}
	c := a.CourseOf(ctx, v.State.Patient, v.Env.Now)
	if c.Known && c.Has {
		if c.State.Plan != nil {
			plan := c.State.Plan.What
			out.Plan = &plan
		}
		out.Body.Weight, out.Body.Weighed = measured(out.Body.Weight, c.State, "weight", a.Zone)
		out.Body.Height, _ = measured(out.Body.Height, c.State, "height", a.Zone)
		for _, row := range a.sessions.of(v.State.Patient) {
			if !row.StartedAt.IsZero() && row.ID != v.ID && !row.StartedAt.Before(c.State.ReferredAt) {
				out.Given++
			}
		}
	}
	if w := v.State.Precheck.Weight; w != nil && w.Weight.Positive() {
		out.Body.Weight, out.Body.Weighed = w.Weight, v.State.PrecheckAt["weight"].At
	}
	return out, nil
}

// quantity is one that reads a decimal.
type quantity[T any] interface {
	*T
	UnmarshalText(b []byte) error
}

// measured is what was measured last of an item of the body, and when.
func measured[T any, Q quantity[T]](none T, s course.State, item string, zone *time.Location) (T, time.Time) {
	best, at := none, time.Time{}
	for _, x := range slices.Backward(s.Statements) {
		if x.What.Section != rule.Body || x.What.Item != item || x.What.Value == "" {
			continue
		}
		var q T
		when, ok := instant(x.What.At, zone)
		if Q(&q).UnmarshalText([]byte(x.What.Value)) == nil && ok && when.After(at) {
			best, at = q, when
		}
	}
	return best, at
}

// instant reads when something was stated: an instant, or a day, which counts from its
// beginning.
func instant(text string, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC(), true
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	return t.UTC(), err == nil
}

// OftenBeyond lists what the clinic's orders go beyond so often that the director
// looks at it. Of each visit the order that is in force counts.
func (a *App) OftenBeyond(ctx context.Context) ([]protocol.Overrun, error) {
	if !a.Knows().Rules.Ready() {
		return nil, nil
	}
	var orders []drug.Order
	err := a.recentOrders(ctx, func(_ ident.Session, s session.State) {
		if s.Order != nil {
			orders = append(orders, *s.Order)
		}
	})
	return protocol.Often(a.Knows().Rules, orders, a.Now()), err
}

// recentOrders looks at the visits of the window of SW-ORDER-OFTEN.
func (a *App) recentOrders(ctx context.Context, look func(ident.Session, session.State)) error {
	from := a.Now().Add(-a.Knows().Rules.Duration(library.OverriddenWindow))
	for _, row := range a.sessions.accepted(func(r project.SessionRow) bool { return r.LastAt.After(from) }) {
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return err
		}
		look(row.ID, h.state)
	}
	return nil
}

// ExceptionMade is a director's exception from a protocol, and whether the order in
// force of its visit rests on it.
type ExceptionMade struct {
	Visit ident.Session
	session.ExceptionFact
	Used bool
}

// ExceptionsMade lists the exceptions of the last while, the newest first.
func (a *App) ExceptionsMade(ctx context.Context) ([]ExceptionMade, error) {
	if !a.Knows().Rules.Ready() {
		return nil, nil
	}
	var out []ExceptionMade
	err := a.recentOrders(ctx, func(id ident.Session, s session.State) {
		for _, f := range s.Exceptions {
			used := s.Order != nil && s.Order.Basis != nil && slices.Contains(s.Order.Basis.Exceptions, f.Exception) && slices.Contains(s.Order.Basis.Rows, f.Protocol)
			out = append(out, ExceptionMade{id, f, used})
		}
	})
	slices.SortFunc(out, func(x, y ExceptionMade) int { return y.At.Compare(x.At) })
	return out, err
}
