package protocol

import (
	"fmt"

	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/word"
)

// capOf is the row of the caps on how often a patient is given an infusion.
var capOf = library.OftenIn7.Rule

// Given is what a patient was given until now, by window. Known is false where it could
// not be read: nobody then says that a cap is kept.
type Given struct {
	Known   bool
	Windows []exposure.Window
}

// Cap is the most infusions in so many days, by the clinic's own setting; ok is false
// where there is none for them.
func Cap(rules library.Session, days int) (most int, ok bool) {
	for _, k := range library.OftenKeys() {
		if k.Days == days {
			return rules.Count(k.Key), true
		}
	}
	return 0, false
}

// Caps holds one infusion more against how often a patient may be given one: a line for
// each window, with what the record knows. Beyond a cap, and where it cannot be told,
// the order needs a reason.
func Caps(rules library.Session, given Given, reasoned []string) []Line {
	c := &checker{rules: rules, reasoned: reasoned}
	if !given.Known {
		c.ask("infusions before", capOf, "not known", "within the caps", word.M("order.cap_unknown"))
		return c.lines
	}
	for _, w := range given.Windows {
		most, ok := Cap(rules, w.Days)
		if !ok {
			continue
		}
		what, asked, allowed := fmt.Sprintf("infusions in %d days", w.Days), fmt.Sprintf("%d with this one", w.Infusions+1), fmt.Sprintf("at most %d", most)
		if w.Infusions+1 > most {
			c.ask(what, capOf, asked, allowed, word.M("order.cap"))
			continue
		}
		c.add(Line{What: what, Asked: asked, Allowed: allowed, Result: Inside, Rule: capOf, Text: word.M("order.inside"), Source: c.cited(capOf)})
	}
	return c.lines
}
