package alarm

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/word"
)

// InForce is one threshold that holds for a patient, in words.
type InForce struct {
	Priority Priority
	Text     string
	Order    bool // the order set it
}

// InForce says what holds for the patient on one condition, the lowest
// priority first: the order's threshold where it gives one, else the
// library's. A level that is relative to the baseline says its factor, and
// what that comes to where the baseline is known; where it is not, the factor
// alone stands, for whoever works it out.
func (l Limits) InForce(id ID) []InForce {
	n := id.number()
	if n < 0 || n >= len(l.rules) || l.rules[n].ID == "" {
		return nil
	}
	rule, first := l.rules[n], signalsOf(n)[0]
	var out []InForce
	add := func(lv Level, c *clause) {
		line := InForce{Priority: lv.Priority, Text: rule.LevelWords(lv)}
		switch {
		case c == nil:
		case c.basis == fromOrder:
			line.Order, line.Text = true, word.M("alarm.limit.order", line.Text).English()
		case c.basis == fromBaseline:
			line.Text = word.M("alarm.level.worked_out", line.Text, c.worked()).English()
		}
		out = append(out, line)
	}
	byOrder := map[Priority]bool{}
	held := map[Level]bool{}
	for _, i := range l.byRule[n] {
		if c := l.clauses[i]; c.signal == first {
			add(c.Level, &c)
			held[c.Level] = true
			byOrder[c.Priority] = byOrder[c.Priority] || c.basis == fromOrder
		}
	}
	for _, lv := range rule.Levels {
		if lv.relative() && !held[lv] && (lv.AtOnce || !byOrder[lv.Priority]) {
			add(lv, nil)
		}
	}
	slices.SortStableFunc(out, func(a, b InForce) int { return int(a.Priority - b.Priority) })
	return out
}

// worked is the threshold that a relative level comes to: its floor, where
// that is the stricter of the two.
func (c clause) worked() string {
	if c.Test.High() && c.limit < c.Floor {
		return word.M("alarm.limit.at_least", c.signal.text(c.Floor)).English()
	}
	return c.text()
}
