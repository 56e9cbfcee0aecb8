package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// madeApart is how long after it held an entry must have been recorded to
// count as made without the record at hand: on a tablet that had lost the
// server, or charted late. Totals are folded without a library, so that it stands
// here too; a test holds it to the number of the row SW-RATES-APART.
const madeApart = 30 * time.Second

// Contest is what several hands read from one pump on tablets that could not
// know of each other, where the rates differ. Nobody but a person who was there
// can say what the pump ran at. Until one has, the highest rate counts, from
// the first of the readings to whatever was read or done next with the record
// at hand: limits are then met too early rather than too late.
type Contest struct {
	Facts []PumpFact // as they hold
}

// Most is the highest of the rates.
func (c Contest) Most() unit.PumpRate {
	return slices.MaxFunc(c.Facts, func(a, b PumpFact) int {
		switch {
		case a.Rate.Less(b.Rate):
			return -1
		case b.Rate.Less(a.Rate):
			return 1
		}
		return 0
	}).Rate
}

// Entries are the positions of what disagrees, ascending.
func (c Contest) Entries() []int64 {
	var out []int64
	for _, f := range c.Facts {
		out = append(out, f.Position)
	}
	slices.Sort(out)
	return out
}

// Rates are the rates that differ, in the order in which they held, each once.
func (c Contest) Rates() []unit.PumpRate {
	var out []unit.PumpRate
	for _, f := range c.Facts {
		if !slices.Contains(out, f.Rate) {
			out = append(out, f.Rate)
		}
	}
	return out
}

// since is when the record could first show that two of them differ.
func (c Contest) since() time.Time {
	var at time.Time
	for i, f := range c.Facts {
		for _, g := range c.Facts[i+1:] {
			if f.disputes(g) {
				at = earliest(at, latest(f.RecordedAt, g.RecordedAt))
			}
		}
	}
	return at
}

// Contests lists the contests that nobody has settled, oldest first. It
// follows what holds when, never what arrived first.
func (s State) Contests() []Contest {
	var out []Contest
	var run []PumpFact
	flush := func() {
		if disagree(run) {
			out = append(out, Contest{Facts: run})
		}
		run = nil
	}
	for _, f := range s.Pump {
		switch {
		case f.Struck || s.settled(f):
			continue
		case !s.contestable(f):
			flush() // known to the record when it was done: the one reference for what follows
			continue
		case len(run) > 0 && !slices.ContainsFunc(run, f.unaware):
			flush()
		}
		run = append(run, f)
	}
	flush()
	return out
}

// contestable reports whether a fact is a reading, or a rate that was found,
// that was recorded only later. What was chosen had the server's word.
func (s State) contestable(f PumpFact) bool {
	reading := f.Kind == PumpCheck || f.Kind == PumpRate && !f.Ordered.Positive() && len(f.Settles) == 0
	flowed := s.StoppedAt.IsZero() || f.At.Before(s.StoppedAt)
	return reading && flowed && f.RecordedAt.Sub(f.At) > madeApart
}

// unaware reports whether f was made before the record could show g, which
// held no later than f.
func (f PumpFact) unaware(g PumpFact) bool { return f.At.Before(g.RecordedAt) }

// disagree reports whether two of them differ that were made by two people on
// two devices, the later before the record could show the earlier.
func disagree(run []PumpFact) bool {
	for i, f := range run {
		for _, g := range run[i+1:] {
			if f.disputes(g) {
				return true
			}
		}
	}
	return false
}

// disputes reports whether g, which held no earlier than f, says another rate by
// other hands that could not know of f.
func (f PumpFact) disputes(g PumpFact) bool {
	hands := f.By != g.By && (f.Via != g.Via || f.Via == "")
	return hands && f.Rate != g.Rate && g.unaware(f)
}

// settled reports whether a person's word stands in place of the fact.
func (s State) settled(f PumpFact) bool {
	return slices.ContainsFunc(s.Pump, func(x PumpFact) bool { return !x.Struck && slices.Contains(x.Settles, f.Position) })
}

// counted are the pump's facts as totals follow them: of what is contested the
// highest rate, of what was settled the person's word.
func (s State) counted() []PumpFact {
	plain := !slices.ContainsFunc(s.Pump, func(f PumpFact) bool { return len(f.Settles) > 0 || s.contestable(f) })
	if plain {
		return s.Pump
	}
	most := map[int64]unit.PumpRate{}
	for _, c := range s.Contests() {
		for _, f := range c.Facts {
			most[f.Position] = c.Most()
		}
	}
	var out []PumpFact
	for _, f := range s.Pump {
		if s.settled(f) {
			continue
		}
		if rate, ok := most[f.Position]; ok {
			f.Rate = rate
		}
		out = append(out, f)
	}
	return out
}

// settle records what the pump ran at, where entries disagree. It is a
// person's word on what was; the entries stay.
func (d *decider) settle(c SettleRate) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if impossible(c.Rate, mostMLH) {
		return nil, malformed("session.bad_rate", c.Rate.String())
	}
	named := slices.Sorted(slices.Values(c.Entries))
	i := slices.IndexFunc(d.s.Contests(), func(x Contest) bool { return slices.Equal(x.Entries(), named) })
	if i < 0 {
		return nil, malformed("session.no_contest")
	}
	from := d.s.Contests()[i].Facts[0].At
	if c.From.Before(d.s.StartedAt) || c.From.After(d.env.Now) || c.From.Before(from.Add(-lateAfter)) {
		return nil, malformed("session.settle_time")
	}
	e := RateSettled{Entries: named, From: c.From, Rate: c.Rate, Reason: c.Reason}
	after := decider{s: d.after(e), env: d.env, at: d.at}
	e.Deviations = after.beyondTotals(unit.Mass{})
	return one(e)
}

// apart says of a reading or a rate that was found that another one, made
// apart from it, disagrees.
func (d *decider) apart(e Event) []Deviation {
	for _, c := range d.after(e).Contests() {
		if !slices.Contains(c.Entries(), d.s.Position+1) {
			continue
		}
		for _, f := range c.Facts {
			if f.Position != d.s.Position+1 {
				return []Deviation{deviation(RuleRatesApart, "session.rates_disagree", f.Rate.String(), d.clock(f.At))}
			}
		}
	}
	return nil
}
