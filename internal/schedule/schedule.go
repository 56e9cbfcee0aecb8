// Package schedule tells what of an observation plan is due, late or missed.
// It is given what is planned and what was done; it reads no clock.
package schedule

import (
	"cmp"
	"slices"
	"time"
)

// What is one kind of round, such as a cuff reading. Its text is the caller's.
type What string

// State says how a round stands.
type State string

// The states.
const (
	Next   State = "next"   // not due yet
	Due    State = "due"    // due now, within its grace
	Late   State = "late"   // past its grace, not yet a whole interval
	Missed State = "missed" // a whole interval has gone by: one round was left out
)

// Grace is how long after it was due a round of this interval becomes late:
// half the interval, and not more than most.
func Grace(interval, most time.Duration) time.Duration { return min(interval/2, most) }

// Plan is one repeated or single round.
type Plan struct {
	What What
	// From is when the plan begins to run.
	From time.Time
	// Every is the interval. In Quick spans another one holds.
	Every time.Duration
	Quick []Span
	// Was lists the times before, oldest first, in which another interval held
	// than Every: what was due then is judged by it.
	Was []Span
	// Once makes it a single round, due Every after From.
	Once bool
	// Until, where set, ends the plan: nothing is due after it.
	Until time.Time
	// Grace is how long after it was due a round is late at most; half the
	// interval, where that is less.
	Grace time.Duration
	// Done lists when it was done, in any order.
	Done []time.Time
	// Closed are stretches whose rounds somebody has said were left out: they
	// are not waited for any more. Both ends belong to it. They were left out
	// all the same: Lapses does not look at them.
	Closed []Stretch
}

// Stretch is a time, both ends included.
type Stretch struct{ From, To time.Time }

// Span is a time in which a plan runs at another interval.
type Span struct {
	From, To time.Time
	Every    time.Duration
}

// Item is one round that is due or next.
type Item struct {
	What  What
	DueAt time.Time
	State State
	// LateAt is from when it is late; Every is its interval.
	LateAt time.Time
	Every  time.Duration
	// Missed is how many whole rounds were left out before this one.
	Missed int
}

// DueItems tells how each plan stands at now, the earliest due first; those
// due at one instant keep the order of the plans. A plan without an interval,
// or that has ended, has no item.
func DueItems(now time.Time, plans []Plan) []Item {
	var out []Item
	for _, p := range plans {
		if i, ok := p.item(now); ok {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Item) int { return a.DueAt.Compare(b.DueAt) })
	return out
}

func (p Plan) item(now time.Time) (Item, bool) {
	if p.Every <= 0 || p.From.IsZero() || (!p.Until.IsZero() && !now.Before(p.Until)) {
		return Item{}, false
	}
	last, did := p.last(now)
	if p.Once && did {
		return Item{}, false
	}
	due := p.open(p.after(last))
	if due.IsZero() {
		return Item{}, false
	}
	interval := p.interval(due)
	grace := Grace(interval, p.Grace)
	item := Item{What: p.What, DueAt: due, State: state(now, due, interval, grace), LateAt: due.Add(grace), Every: interval}
	if !p.Once && now.After(due) && interval > 0 {
		item.Missed = int(now.Sub(due) / interval)
	}
	return item, true
}

// last is when it was last done since the plan began, or when it began.
// Something charted for a time to come does not count yet.
func (p Plan) last(now time.Time) (at time.Time, did bool) {
	at = p.From
	for _, d := range p.Done {
		if d.Before(p.From) || d.After(now) {
			continue
		}
		did = true
		if d.After(at) {
			at = d
		}
	}
	return at, did
}

// open is the first round from one due at an instant on that nobody has closed;
// zero where a single one is closed. The next goes on from when the closed one
// was due, not from when it was closed.
func (p Plan) open(due time.Time) time.Time {
	for slices.ContainsFunc(p.Closed, func(c Stretch) bool { return !due.Before(c.From) && !due.After(c.To) }) {
		if p.Once {
			return time.Time{}
		}
		due = p.after(due)
	}
	return due
}

// mostSlots bounds how many due instants are told of one plan: a day of
// minutes. A visit that nobody closed for years is not counted out.
const mostSlots = 24 * 60

// Slots are the instants until now at which the plan was due, the earliest
// first: counted on from each time it was done, as in DueItems.
func (p Plan) Slots(now time.Time) []time.Time {
	if p.Every <= 0 || p.From.IsZero() || p.Once {
		return nil
	}
	end := now
	if !p.Until.IsZero() && p.Until.Before(now) {
		end = p.Until
	}
	var out []time.Time
	until := func(last, next time.Time, with bool) {
		for due := p.after(last); (due.Before(next) || with && due.Equal(next)) && len(out) < mostSlots; due = p.after(due) {
			out = append(out, due)
		}
	}
	last := p.From
	for _, d := range slices.SortedFunc(slices.Values(p.Done), time.Time.Compare) {
		if d.Before(p.From) || d.After(end) {
			continue
		}
		until(last, d, false)
		last = d
	}
	until(last, end, true)
	return out
}

// Interval is the one that holds of a round due at an instant.
func (p Plan) Interval(due time.Time) time.Duration { return p.interval(due) }

// after is the next round after one at t. A quick span that begins before
// that round would be due brings it forward, to one of its own intervals
// after the span began.
func (p Plan) after(t time.Time) time.Time {
	due := p.base(t)
	if q, ok := p.quickAt(t); ok {
		due = t.Add(q.Every)
	}
	for _, q := range p.quick() {
		if sooner := q.From.Add(q.Every); t.Before(q.From) && sooner.Before(due) {
			due = sooner
		}
	}
	return due
}

// base is the next round after one at t without quick spans. Where the interval
// changes before it would be due, it is due by the new one, and not before that
// held.
func (p Plan) base(t time.Time) time.Time {
	from := t
	for _, w := range p.was() {
		if !t.Before(w.To) {
			continue
		}
		if due := latest(t.Add(w.Every), w.From); !due.After(w.To) {
			return due
		}
		from = w.To
	}
	return latest(t.Add(p.Every), from)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// interval is the one that holds at t.
func (p Plan) interval(t time.Time) time.Duration {
	if q, ok := p.quickAt(t); ok {
		return q.Every
	}
	for _, w := range p.was() {
		if w.holds(t) {
			return w.Every
		}
	}
	return p.Every
}

func (p Plan) quickAt(t time.Time) (Span, bool) {
	for _, q := range p.quick() {
		if q.holds(t) {
			return q, true
		}
	}
	return Span{}, false
}

func (q Span) holds(t time.Time) bool { return !t.Before(q.From) && t.Before(q.To) }

func (q Span) usable() bool { return q.Every > 0 && q.From.Before(q.To) }

// was lists the usable earlier spans; what is asked once has none.
func (p Plan) was() []Span {
	if p.Once {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Was), func(q Span) bool { return !q.usable() })
}

// quick lists the usable quick spans, the shortest interval first.
func (p Plan) quick() []Span {
	if p.Once {
		return nil
	}
	out := slices.DeleteFunc(slices.Clone(p.Quick), func(q Span) bool { return !q.usable() })
	slices.SortStableFunc(out, func(a, b Span) int { return cmp.Compare(a.Every, b.Every) })
	return out
}

func state(now, due time.Time, interval, grace time.Duration) State {
	switch {
	case now.Before(due):
		return Next
	case now.Sub(due) <= grace:
		return Due
	case now.Sub(due) < interval:
		return Late
	}
	return Missed
}
