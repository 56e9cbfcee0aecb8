package alarm

import (
	"math"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Rest is a patient's own resting value of a sign.
type Rest struct {
	Kind  vital.Kind
	Value vital.Value
}

// Limits are the rules as they hold for one patient: the library's levels,
// moved by the order's limits, and the relative ones worked out from the
// baseline. NewLimits makes them.
type Limits struct {
	settings Settings
	rules    []Rule // by number of the condition
	clauses  []clause
	bySignal [signals][]int // clauses, by the signal they look at
	byRule   [][]int        // clauses, by number of the condition
	couldNot []word.Message
	shape    uint64 // tells limits apart
}

// clause is one level of one rule on one signal, with its threshold worked
// out. A level on time has no signal.
type clause struct {
	Level
	condition int
	signal    signal
	limit     vital.Value
	basis     basis
	rest      vital.Value // the baseline a relative one was worked out from
}

// basis says where a threshold comes from.
type basis int

const (
	fromLibrary basis = iota
	fromOrder
	fromBaseline
)

// NewLimits works the rules out for a patient. What could not be applied is
// named by CouldNot, and what the library says holds in its place: an order's
// limit that cannot be read, or a level that needs a baseline there is not.
// Rules of conditions that the machine does not know are left out.
func NewLimits(rules []Rule, settings Settings, order []drug.Limit, rest []Rest) Limits {
	l := Limits{settings: settings, rules: make([]Rule, len(conditions)), byRule: make([][]int, len(conditions))}
	for _, r := range rules {
		if n := r.Condition.number(); n >= 0 {
			l.rules[n] = r
		}
	}
	moved := l.moved(order)
	for n := range l.rules {
		for _, s := range signalsOf(n) {
			l.compile(n, s, moved[n], rest)
		}
	}
	l.shape = l.fingerprint()
	return l
}

// whole gives limits that every condition can be looked up in, even when there
// are none.
func (l Limits) whole() Limits {
	if l.rules == nil {
		return NewLimits(nil, l.settings, nil, nil)
	}
	return l
}

// fingerprint is a hash, after FNV-1a, of what tracks depend on.
func (l Limits) fingerprint() uint64 {
	h := uint64(14695981039346656037)
	mix := func(x uint64) { h = (h ^ x ^ x>>32) * 1099511628211 }
	for _, c := range l.clauses {
		mix(uint64(c.condition))
		mix(uint64(c.signal))
		mix(uint64(c.Priority))
		mix(uint64(c.Hold))
		mix(math.Float64bits(float64(c.limit)))
		mix(math.Float64bits(float64(c.Floor)))
		mix(math.Float64bits(float64(l.rules[c.condition].Clear.By)))
		for _, r := range c.Test {
			mix(uint64(r))
		}
	}
	return h
}

func signalsOf(n int) []signal {
	if conditions[n].measure == ofTime {
		return []signal{none}
	}
	return conditions[n].signals
}

// CouldNot lists what of the order or the baseline could not be applied.
func (l Limits) CouldNot() []word.Message { return append([]word.Message(nil), l.couldNot...) }

// Rule returns the library's row for a condition.
func (l Limits) Rule(id ID) (Rule, bool) {
	n := id.number()
	if n < 0 || n >= len(l.rules) || l.rules[n].ID == "" {
		return Rule{}, false
	}
	return l.rules[n], true
}

// Settings are the times that hold for all conditions.
func (l Limits) Settings() Settings { return l.settings }

func (l *Limits) compile(n int, s signal, order orderLevels, rest []Rest) {
	for _, lv := range l.rules[n].Levels {
		c := clause{Level: lv, condition: n, signal: s, limit: lv.Value}
		switch by, ok := order.of(lv.Priority); {
		case ok && !lv.AtOnce && s != none:
			if by.done[s] {
				continue // one level of the order stands for all of the library's
			}
			by.done[s] = true
			c.Level, c.limit, c.basis = by.level, by.level.Value, fromOrder
		case lv.relative():
			if !c.relate(s, rest) {
				l.couldNot = append(l.couldNot, word.M("alarm.could_not.baseline", l.rules[n].Condition.name(), s.label()))
				continue
			}
		}
		l.add(c)
	}
	// A side for which the library has no level of this priority.
	for _, by := range order.all() {
		if s != none && !by.done[s] {
			l.add(clause{Level: by.level, condition: n, signal: s, limit: by.level.Value, basis: fromOrder})
		}
	}
}

func (l *Limits) add(c clause) {
	i := len(l.clauses)
	l.clauses = append(l.clauses, c)
	l.byRule[c.condition] = append(l.byRule[c.condition], i)
	if c.signal != none {
		l.bySignal[c.signal] = append(l.bySignal[c.signal], i)
	}
}

// relate works a relative level out; ok is false without a baseline.
func (c *clause) relate(s signal, rest []Rest) bool {
	k, ok := s.sign()
	if !ok {
		return false
	}
	for _, r := range rest {
		if r.Kind != k || !k.Plausible(r.Value) {
			continue
		}
		c.basis, c.rest, c.limit = fromBaseline, r.Value, r.Value+c.Rise
		if c.OfBaseline > 0 {
			c.limit = r.Value * vital.Value(c.OfBaseline)
		}
		return true
	}
	return false
}

// met reports whether v lies beyond the clause. A floor is a second test, on
// the same side, that has to be met too.
func (c clause) met(v, by vital.Value) bool {
	if !c.Test.met(v, c.limit, by) {
		return false
	}
	return c.Floor == 0 || AtLeast.met(v, c.Floor, by)
}

// orderLevel is one limit of the order, as a level.
type orderLevel struct {
	level Level
	done  *[signals]bool
}

func (o orderLevel) set() bool { return o.done != nil }

// orderLevels are an order's limits on one condition.
type orderLevels struct{ yellow, red orderLevel }

func (o orderLevels) of(p Priority) (orderLevel, bool) {
	switch p {
	case Medium:
		return o.yellow, o.yellow.set()
	case High:
		return o.red, o.red.set()
	case Calm, Low:
	}
	return orderLevel{}, false
}

func (o orderLevels) all() []orderLevel {
	var out []orderLevel
	for _, l := range []orderLevel{o.yellow, o.red} {
		if l.set() {
			out = append(out, l)
		}
	}
	return out
}

// moved reads the order's limits, by number of the condition. Of two for the
// same thing the stricter holds.
func (l *Limits) moved(order []drug.Limit) map[int]orderLevels {
	out := map[int]orderLevels{}
	for _, o := range order {
		n := conditionOn(o.Kind, Side(o.Side))
		if n < 0 || l.rules[n].ID == "" {
			l.couldNot = append(l.couldNot, word.M("alarm.could_not.limit", string(o.Kind), o.Side))
			continue
		}
		levels := out[n]
		l.move(&levels.yellow, n, o, Medium, o.Yellow)
		l.move(&levels.red, n, o, High, o.Red)
		out[n] = levels
	}
	return out
}

func (l *Limits) move(to *orderLevel, n int, o drug.Limit, p Priority, text string) {
	if text == "" {
		return
	}
	v, err := o.Kind.Parse(text)
	if err != nil {
		l.couldNot = append(l.couldNot, word.M("alarm.could_not.limit", string(o.Kind), text))
		return
	}
	lv := l.rules[n].like(p)
	if to.set() && !lv.Test.met(to.level.Value, v, 0) {
		return // the one that stands is stricter
	}
	lv.Priority, lv.Value = p, v
	*to = orderLevel{level: lv, done: &[signals]bool{}}
}

// like is the rule's own first plain level of a priority, whose test and delay
// an order's limit takes over; where there is none, the side decides and
// nothing is waited for.
func (r Rule) like(p Priority) Level {
	for _, lv := range r.Levels {
		if lv.Priority == p && lv.Test.Valid() && !lv.relative() && !lv.AtOnce {
			return lv
		}
	}
	if r.Side == SideHigh {
		return Level{Test: AtLeast}
	}
	return Level{Test: AtMost}
}

// conditionOn finds the condition on one sign and side, -1 when there is none.
func conditionOn(k vital.Kind, side Side) int {
	s := signalOf(k)
	for n, c := range conditions {
		if c.measure != ofSigns || s == none {
			continue
		}
		for _, own := range c.signals {
			if own == s && c.side == side {
				return n
			}
		}
	}
	return -1
}

// Side is the side on which the condition lies; empty for one on time.
func (id ID) Side() Side {
	if n := id.number(); n >= 0 {
		return conditions[n].side
	}
	return ""
}

func (s signal) label() string {
	if k, ok := s.sign(); ok {
		f, _ := vital.Of(k)
		return f.Label
	}
	switch s {
	case moaas:
		return "MOAA/S"
	case distress:
		return "Distress"
	default:
		return ""
	}
}

// text is a value of the signal, with its unit.
func (s signal) text(v vital.Value) string {
	if k, ok := s.sign(); ok {
		f, _ := vital.Of(k)
		return k.Text(v) + " " + f.Unit
	}
	if s == clock {
		return span(time.Duration(float64(v) * float64(time.Second)))
	}
	return strconv.FormatFloat(float64(v), 'f', -1, 64)
}

// round cuts v to what is shown, so that what people read is what was compared.
func (s signal) round(v vital.Value) vital.Value {
	if k, ok := s.sign(); ok {
		return k.Round(v)
	}
	return v
}

// CannotApply says why a limit of an order cannot be applied; nothing when it
// can.
func CannotApply(rules []Rule, limit drug.Limit) []word.Message {
	l := Limits{rules: make([]Rule, len(conditions))}
	for _, r := range rules {
		if n := r.Condition.number(); n >= 0 {
			l.rules[n] = r
		}
	}
	l.moved([]drug.Limit{limit})
	return l.couldNot
}
