package alarm

import (
	"slices"
	"time"
)

// Rebuild makes a state again after a restart: what was announced, and what is
// building up, from the inputs of the last while (Settings.Rebuild) in the
// order they were told. Nothing is announced while it reads them; the first
// step afterwards, at now, says what is due by then, once.
func Rebuild(l Limits, announced Announced, inputs []Input, now time.Time) State {
	l = l.whole()
	b := Building{shape: l.shape}.clone()
	b.seed(announced, inputs)
	for _, in := range append(slices.Clip(inputs), Tick{Told(now)}) {
		if in != nil {
			b.quietly(l, in)
		}
	}
	return State{Announced: announced, Building: b, due: b.Now}
}

// quietly lets time pass to an input and folds it in, and says nothing.
func (b *Building) quietly(l Limits, in Input) {
	at := later(b.Now, in.told())
	for range mostPasses {
		if b.Now.IsZero() || b.next.IsZero() || !b.next.Before(at) {
			break
		}
		b.settle(l, b.next)
	}
	b.Now = at
	b.told(l, in)
	b.settle(l, at)
}

// seed lets the alarms that began before the inputs do stand from the first:
// the value that began them may lie too far back, and one within the margin
// goes on with them.
func (b *Building) seed(announced Announced, inputs []Input) {
	first := time.Time{}
	if i := slices.IndexFunc(inputs, func(in Input) bool { return in != nil }); i >= 0 {
		first = inputs[i].told()
	}
	for _, a := range announced.Alarms {
		n := a.Condition.number()
		if n < 0 || !a.EndedAt.IsZero() || (!first.IsZero() && !a.Since.Before(first)) {
			continue
		}
		r := reachOf(a)
		b.conds[n] = cond{reach: r, seeded: true}
	}
}
