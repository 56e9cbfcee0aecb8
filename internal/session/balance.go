package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// balanceSlack is how far drawn may lie from given + wasted + returned: half
// of the 0.1 mg that amounts are typed in, and half of the 0.01 mg to which
// people read what was given, from which they type the rest. Evidence mark:
// default.
var balanceSlack = unit.Mg("0.055")

// Balance accounts for the drug of a visit.
type Balance struct {
	Drawn    unit.Mass
	Given    unit.ExactMass
	Wasted   unit.Mass
	Returned unit.Mass
}

// Open is what is not accounted for yet: above zero is missing, below zero is
// more than was drawn.
func (b Balance) Open() unit.ExactMass {
	return b.Drawn.Exact().Sub(b.Given).Sub(b.Wasted.Exact()).Sub(b.Returned.Exact())
}

// The decimals of amounts given, wherever a person reads them: each is rounded
// once, from the exact amount, so that two pages never differ.
const (
	massDecimals   = 2
	doseDecimals   = 3
	volumeDecimals = 2
)

// Shown are the totals in words: mass, dose and volume.
func (t Totals) Shown() (mass, dose, volume string) {
	return t.Mass.Text(massDecimals), t.Dose.Text(doseDecimals), t.Volume.Text(volumeDecimals)
}

// Account is a balance in words, all of it to the same decimals.
type Account struct{ Drawn, Given, Wasted, Returned, Open string }

// Shown is the account in words.
func (b Balance) Shown() Account {
	return Account{
		Drawn: b.Drawn.Text(massDecimals), Given: b.Given.Text(massDecimals), Wasted: b.Wasted.Text(massDecimals),
		Returned: b.Returned.Text(massDecimals), Open: b.Open().Text(massDecimals),
	}
}

// Balance is the account with which a record was closed.
func (c Closed) Balance() Balance {
	return Balance{Drawn: c.Drawn, Given: c.Given.Exact(), Wasted: c.Wasted, Returned: c.Returned}
}

// Even reports whether every milligram is accounted for.
func (b Balance) Even() bool {
	open := b.Open()
	return within(open, unit.ExactMass{}, balanceSlack.Exact())
}

// Balance is the account at t. Ketamine given by hand from elsewhere than the
// bag was drawn and given alike.
func (s State) Balance(t time.Time) Balance {
	b := Balance{Drawn: s.drawn(), Given: s.TotalsAt(t).Mass, Wasted: s.Wasted, Returned: s.Returned}
	for _, d := range s.Drugs {
		if !d.Struck && !d.FromBag && !d.At.After(t) {
			b.Drawn = b.Drawn.Add(d.Ketamine)
		}
	}
	return b
}

// drawn is all that was drawn up in the visit.
func (s State) drawn() unit.Mass { return s.DrawnBefore.Add(s.drawnNow()) }

// drawnNow is what is drawn up now: the prepared bag, or what was drawn from
// vials that have not become one.
func (s State) drawnNow() unit.Mass {
	if s.Prepared != nil {
		return s.Prepared.Drawn
	}
	var m unit.ExactMass
	for _, v := range s.Vials {
		m = m.Add(unit.MassIn(v.Volume.Exact(), v.Strength))
	}
	return m.Round()
}

// Unclosed lists everything that keeps the record from being closed.
func (s State) Unclosed(t time.Time) []word.Message {
	var out []word.Message
	if !s.StartedAt.IsZero() && s.StoppedAt.IsZero() {
		out = append(out, word.M("session.open_stop"))
	}
	if !s.StartedAt.IsZero() && s.StopUnconfirmed() {
		out = append(out, word.M("session.open_pump"))
	}
	if n := len(s.Contests()); n > 0 {
		out = append(out, word.M("session.open_contest"))
	}
	if n := len(s.StopsToClaim()); n > 0 {
		out = append(out, word.M("session.open_who_stopped"))
	}
	if n := len(s.SpokenToSign()); n > 0 {
		out = append(out, word.M("session.open_spoken", whole(n)))
	}
	if s.Help != nil {
		out = append(out, word.M("session.open_help"))
	}
	if b := s.Balance(t); !b.Even() {
		x := b.Shown()
		out = append(out, word.M("session.open_drug", x.Drawn, x.Given, x.Wasted, x.Returned, x.Open))
	}
	switch {
	case s.Reviewed == nil:
		out = append(out, word.M("session.open_review"))
	case s.Reviewed.Position < s.ContentAt:
		out = append(out, word.M("session.open_review_again"))
	}
	return out
}
