package alarm

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Priority is how urgent an alarm is (IEC 60601-1-8: high is red, medium
// yellow, low cyan).
type Priority int

// The priorities. Calm is no alarm.
const (
	Calm Priority = iota
	Low
	Medium
	High
)

var priorities = [...]string{"calm", "low", "medium", "high"}

// String is the priority's name in events and files.
func (p Priority) String() string {
	if p < Calm || p > High {
		return "unknown"
	}
	return priorities[p]
}

// Colour is the priority as people say it.
func (p Priority) Colour() string {
	switch p {
	case High:
		return "Red"
	case Medium:
		return "Yellow"
	default:
		return "Low"
	}
}

// MarshalText writes the name.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the name; another text is refused.
func (p *Priority) UnmarshalText(b []byte) error {
	n := slices.Index(priorities[:], string(b))
	if n < 0 {
		return errUnknown{"priority", string(b)}
	}
	*p = Priority(n)
	return nil
}

type errUnknown struct{ what, got string }

func (e errUnknown) Error() string { return "unknown " + e.what + " " + quote(e.got) }

// Side is on which side of the patient's normal a condition lies.
type Side string

// The sides, as an order's limits name them. A condition on time has none.
const (
	SideLow  Side = "low"
	SideHigh Side = "high"
)

// Test says how a value is compared with a level.
type Test string

// The tests.
const (
	Above   Test = "above"
	AtLeast Test = "at_least"
	Below   Test = "below"
	AtMost  Test = "at_most"
)

// Valid reports whether t is a test.
func (t Test) Valid() bool { return t == Above || t == AtLeast || t == Below || t == AtMost }

// High reports whether the test looks upwards.
func (t Test) High() bool { return t == Above || t == AtLeast }

// met reports whether v lies beyond the limit; by moves the limit back to the
// patient's side, for hysteresis. Not a number meets nothing.
func (t Test) met(v, limit, by vital.Value) bool {
	switch t {
	case Above:
		return v > limit-by
	case AtLeast:
		return v >= limit-by
	case Below:
		return v < limit+by
	case AtMost:
		return v <= limit+by
	}
	return false
}

// Factor is a plain ratio, such as 1.2 times the baseline.
type Factor float64

// Level is one threshold of a rule. One of the forms is set: a value, a factor
// of the baseline, a rise over the baseline, a time, or a number of intervals.
type Level struct {
	Priority Priority
	// Value and Test: beyond a value.
	Value vital.Value
	Test  Test
	// OfBaseline: beyond this factor of the patient's own baseline, and
	// beyond Floor where that is set.
	OfBaseline Factor
	Floor      vital.Value
	// Rise: this much over the baseline.
	Rise vital.Value
	// After: this long after the instant the condition is about; negative
	// for before it. Timed says that it is set, since zero is a time.
	After time.Duration
	Timed bool
	// Intervals: this many intervals after it was last read, or was due.
	Intervals int

	// Hold is the onset delay of a stream of values, zero for a single one.
	Hold time.Duration
	// AtOnce: no second cuff reading is waited for, and an order's limits
	// do not move it.
	AtOnce bool
	// Everyone: everybody is called at once, without a ladder.
	Everyone bool

	Mark   cite.Mark
	Source string
}

// relative reports whether the level needs the patient's baseline.
func (l Level) relative() bool { return l.OfBaseline > 0 || l.Rise > 0 }

// Clear is when a condition is over: back inside its level by a margin, for a
// time. Until then it is the same alarm.
type Clear struct {
	By  vital.Value
	For time.Duration
}

// Action is one thing to consider. Word has the text of its name, as
// alarm.do.<name>; How is the number in it, as the library writes it.
type Action struct{ Name, How string }

// Message is the action in words.
func (a Action) Message() word.Message {
	if a.How == "" {
		return word.M(word.ID("alarm.do." + a.Name))
	}
	return word.M(word.ID("alarm.do."+a.Name), a.How)
}

// Consider is what the protocol says to consider at a priority.
type Consider struct {
	Priority Priority
	Do       []Action
}

// Breathing is what of breathing makes light sedation a warning.
type Breathing struct {
	RRBelow, SpO2Below vital.Value
	// Fall: SpO₂ lower by this much than its best value in the last
	// FallWithin.
	Fall       vital.Value
	FallWithin time.Duration
	// Fresh: signs older than this say nothing of now.
	Fresh time.Duration
}

// Rule is one row of the alarm library.
type Rule struct {
	ID        string
	Version   int
	Effective string // YYYY-MM-DD
	Text      string
	Condition ID
	Side      Side
	Levels    []Level
	Clear     Clear
	// Recheck: a cuff reading in the red range is shown as yellow until it is
	// repeated, symptoms are charted or no repeat has come.
	Recheck bool
	// Latch: red stays until somebody acknowledged it.
	Latch bool
	// Bedside: charted by the person at the chair, it is answered there first.
	Bedside   bool
	Breathing Breathing
	Consider  []Consider
	Cites     []cite.Ref
	// Wording opens the sentence of what to consider, no stronger than the
	// action's mark.
	Wording string
}

// Settings are the times that hold for all conditions.
type Settings struct {
	EscalateHigh, EscalateMedium time.Duration // unacknowledged: to the next rung
	AgainHigh, AgainMedium       time.Duration // acknowledged and still present: announced again
	Bedside                      time.Duration // a score just charted sounds elsewhere after this
	Recheck                      time.Duration // no second cuff reading has come
	PauseMost                    time.Duration // the longest pause of an alarm
	Silent                       time.Duration // a source without values: a person's reading replaces it
	Rebuild                      time.Duration // how far back a restart reads
}
