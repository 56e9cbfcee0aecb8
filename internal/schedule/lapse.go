package schedule

import (
	"slices"
	"time"
)

// Lapse is a stretch in which a plan was not kept: the first round of it, and
// what became of it.
type Lapse struct {
	What  What
	DueAt time.Time // of the first round that was late or left out
	// DoneAt is when a round was done again; zero when none was.
	DoneAt time.Time
	// Missed is how many whole rounds were left out.
	Missed int
	// LastDue is when the last round of it that was past its grace was due.
	LastDue time.Time
}

// Lapses tells where each plan was not kept until now, the earliest first. A
// round done within its grace is none. Where a plan has ended, a round that was
// past its grace by then was left out.
func Lapses(now time.Time, plans []Plan) []Lapse {
	var out []Lapse
	for _, p := range plans {
		out = append(out, p.lapses(now)...)
	}
	slices.SortStableFunc(out, func(a, b Lapse) int { return a.DueAt.Compare(b.DueAt) })
	return out
}

func (p Plan) lapses(now time.Time) []Lapse {
	if p.Every <= 0 || p.From.IsZero() {
		return nil
	}
	end, ended := now, false
	if !p.Until.IsZero() && !now.Before(p.Until) {
		end, ended = p.Until, true
	}
	var out []Lapse
	last := p.From
	for _, d := range slices.SortedFunc(slices.Values(p.Done), time.Time.Compare) {
		if d.Before(p.From) || d.After(end) {
			continue
		}
		if l, _, ok := p.lapse(last, d); ok {
			l.DoneAt = d
			out = append(out, l)
		}
		if p.Once {
			return out
		}
		last = d
	}
	l, slot, ok := p.lapse(last, end)
	if !ok {
		return out
	}
	if ended && p.overdue(slot, end) {
		l.Missed++
	}
	return append(out, l)
}

// lapse is what was left between a round at last and one at next, and when the
// last round of it was due; ok is false when the first was not past its grace.
func (p Plan) lapse(last, next time.Time) (l Lapse, slot time.Time, ok bool) {
	due := p.after(last)
	if !p.overdue(due, next) {
		return Lapse{}, due, false
	}
	l, slot = Lapse{What: p.What, DueAt: due, LastDue: due}, due
	if !p.Once {
		l.Missed, slot = p.whole(due, next)
	}
	if l.LastDue = slot; !p.overdue(slot, next) && l.Missed > 0 {
		l.LastDue = p.before(due, slot)
	}
	return l, slot, true
}

// before is the round before one at slot, counted on from one that was due.
func (p Plan) before(due, slot time.Time) time.Time {
	last := slot.Add(-p.interval(due))
	for n := 0; due.Before(slot) && n < mostSlots; n++ {
		last, due = due, p.after(due)
	}
	return last
}

// overdue reports whether a round due at one time was past its grace at another.
func (p Plan) overdue(due, at time.Time) bool {
	return at.Sub(due) > Grace(p.interval(due), p.Grace)
}

// whole counts the whole intervals from a round that was due until next, and
// says when the last of them began.
func (p Plan) whole(due, next time.Time) (n int, last time.Time) {
	quiet := time.Time{} // from here only the plan's own interval holds
	for _, q := range slices.Concat(p.quick(), p.was()) {
		quiet = latest(quiet, q.To)
	}
	for due.Before(quiet) {
		then := p.after(due)
		if then.After(next) {
			return n, due
		}
		due, n = then, n+1
	}
	more := max(int(next.Sub(due)/p.Every), 0)
	return n + more, due.Add(time.Duration(more) * p.Every)
}
