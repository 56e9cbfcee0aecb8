package protocol

import (
	"math/big"
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Exceptable are the numbers of a protocol beyond which a director may let an order go:
// those with a limit of the library behind them, which nobody releases. How a patient is
// watched is none of them.
func Exceptable() []string {
	var out []string
	for _, o := range outer {
		out = append(out, o.number)
	}
	return out
}

// Bound is the limit of the library behind a number of a protocol, in the number's unit,
// and its row; ok is false where there is none.
func Bound(rules library.Session, number string) (most *big.Rat, rule string, ok bool) {
	for _, b := range []struct {
		number string
		key    library.Key
		times  int64
	}{
		{"rate", library.MostRate, 1},
		{"mass_rate", library.MostMassRate, 1},
		{"duration", library.MostDuration, 60},
		{"dose", library.MostDose, 1},
		{"total", library.MostMass, 1},
		{"loading", library.MostBolus, 1},
	} {
		if b.number == number && rules.Ready() {
			n, _ := rules.Number(b.key.Rule, b.key.Name)
			return new(big.Rat).Mul(rat(n.Value), big.NewRat(b.times, 1)), b.key.Rule, true
		}
	}
	return nil, "", false
}

// Grant holds an exception that is about to be made against its protocol and the
// library: it goes beyond the one and not beyond the other. The line says what is asked
// and allowed, and is Refused where it cannot be made; Inside takes back what was made.
func Grant(p library.Protocol, rules library.Session, e drug.Exception) Line {
	text, label := Called(e.Number)
	line := Line{What: text, Asked: e.Most, Result: Refused, Rule: "SW-ORDER-EXCEPTION"}
	bound, rule, ok := Bound(rules, e.Number)
	own, has := p.Span(e.Number)
	asked, read := new(big.Rat).SetString(e.Most)
	switch {
	case !ok || !has || !slices.Contains(Exceptable(), e.Number) || rat(own.Most).Sign() == 0: // what a protocol does not offer is none
		line.Text = word.M("order.exception_none")
	case !read || !plain(e.Most):
		line.Text = word.M("order.exception_number")
	case asked.Cmp(bound) > 0:
		line.Rule, line.Allowed, line.Text = rule, said(bound, label), word.M("order.beyond_library")
	case asked.Cmp(rat(own.Most)) == 0:
		line.Asked, line.Allowed, line.Result, line.Text = said(asked, label), said(bound, label), Inside, word.M("order.exception_back")
	case asked.Cmp(rat(own.Most)) < 0:
		line.Allowed, line.Text = said(rat(own.Most), label), word.M("order.exception_inside")
	default:
		line.Asked, line.Allowed, line.Result, line.Text = said(asked, label), said(bound, label), Excepted, word.M("order.excepted")
	}
	return line
}

// plain reports whether a number is digits with one point at most, and short.
func plain(s string) bool {
	points := 0
	for _, r := range s {
		switch {
		case r == '.':
			points++
		case r < '0' || r > '9':
			return false
		}
	}
	return len(s) <= 16 && points <= 1
}

// excepted is up to what a number may go: of several the last that was made.
func excepted(all []drug.Exception, number string) (most string, ok bool) {
	for _, e := range all {
		if e.Number == number {
			most, ok = e.Most, true
		}
	}
	return most, ok
}

// Needed are those exceptions without which an order would lie beyond its protocol: the
// others are no part of it, and widen nothing.
func Needed(k Protocols, rules library.Session, p library.Protocol, a Ask) []drug.Exception {
	var out []drug.Exception
	for _, e := range a.Exceptions {
		without := a
		without.Exceptions = slices.DeleteFunc(slices.Clone(a.Exceptions), func(o drug.Exception) bool { return o.Number == e.Number })
		text, _ := Called(e.Number)
		for _, l := range Check(k, rules, Make(p, rules, without)) {
			if l.What == text && l.Rule == p.ID && l.Result == Refused {
				out = append(out, e)
				break
			}
		}
	}
	return out
}
