package alarm

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/word"
)

// State is all the machine knows. The zero value is a session of which nothing
// is known yet.
type State struct {
	Announced Announced
	Building  Building

	due time.Time
}

// Due is the next instant at which something changes without an input; ok is
// false when nothing will. After a restart it may lie in the past: then the
// machine waits for a tick.
func (s State) Due() (at time.Time, ok bool) { return s.due, !s.due.IsZero() }

// sooner is the earlier of two instants, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// Stage says who is called.
type Stage string

// The stages of the ladder. Bedside is the screen of the person who charted.
const (
	AtBedside  Stage = "bedside"
	ToNurse    Stage = "nurse"
	ToNext     Stage = "next person"
	ToRoom     Stage = "room"
	ToEveryone Stage = "everyone"
)

// ChangeKind says what became of an alarm.
type ChangeKind string

// The changes that somebody has to be told, and those that only end something.
const (
	Raised         ChangeKind = "raised"
	Worsened       ChangeKind = "worsened"
	Escalated      ChangeKind = "escalated"
	AnnouncedAgain ChangeKind = "announced again"
	PauseEnded     ChangeKind = "pause ended"
	// Answered: something was charted in answer to a score, at the bedside.
	Answered ChangeKind = "answered"
	// Eased: less urgent than before, and still there.
	Eased ChangeKind = "eased"
	// Ended: over, and shown until somebody acknowledges it.
	Ended ChangeKind = "ended"
	// Cleared: gone.
	Cleared ChangeKind = "cleared"
)

// Calls reports whether a change tells somebody to come: the others only end or ease
// what was told.
func (k ChangeKind) Calls() bool {
	switch k {
	case Raised, Worsened, Escalated, AnnouncedAgain, PauseEnded:
		return true
	case Answered, Eased, Ended, Cleared:
		// nobody is called by these
	}
	return false
}

// Change is one thing that happened to an alarm, with what it was decided on.
type Change struct {
	Kind      ChangeKind
	Condition ID
	Priority  Priority
	// Rule and Version name the row of the library.
	Rule    string
	Version int
	At      time.Time
	// Since is when the patient, or the clock, went beyond the level.
	Since time.Time
	// Announcement counts them for this alarm, from 1.
	Announcement int
	Stage        Stage
	Recheck      bool
	// Extent is how many things it is about, where there may be several: the
	// signs without a reading.
	Extent int
	// Value and Limit are what was compared, as text with units.
	Value, Limit string
	Text         word.Message
	Consider     []word.Message
	// Wording says on what the advice rests.
	Wording string
	By      ident.Person
	// Called are the people whom this stage of the ladder calls by name. The
	// machine knows the stages; who is on duty, whoever notes the change.
	Called []ident.Person
}

// Alarm is one alarm as people were told of it.
type Alarm struct {
	Condition    ID
	Priority     Priority
	Rule         string
	Version      int
	RaisedAt     time.Time
	Since        time.Time
	Announcement int
	AnnouncedAt  time.Time
	Stage        Stage
	StageAt      time.Time
	Called       []ident.Person
	Recheck      bool
	Extent       int
	Value, Limit string
	Text         word.Message
	Consider     []word.Message
	Wording      string
	AckedAt      time.Time
	AckedBy      ident.Person
	PausedUntil  time.Time
	EndedAt      time.Time // over, and not acknowledged yet
}

// Acked reports whether somebody takes care of what was announced last.
func (a Alarm) Acked() bool { return !a.AckedAt.IsZero() }

// Announced is what people were told, and what they answered: a fold over
// changes, acknowledgements and pauses. No fold of it fails.
type Announced struct {
	// Alarms in the order they are shown: the most urgent first, and of one
	// priority what concerns the patient's body before what is technical.
	Alarms []Alarm
}

// Alarm finds the alarm of a condition.
func (a Announced) Alarm(id ID) (Alarm, bool) {
	if i := a.find(id); i >= 0 {
		return a.Alarms[i], true
	}
	return Alarm{}, false
}

func (a Announced) find(id ID) int {
	return slices.IndexFunc(a.Alarms, func(x Alarm) bool { return x.Condition == id })
}

// With folds one change in.
func (a Announced) With(c Change) Announced {
	i := a.find(c.Condition)
	if c.Kind == Cleared {
		if i >= 0 {
			a.Alarms = slices.Delete(slices.Clone(a.Alarms), i, i+1)
		}
		return a
	}
	var was Alarm
	if i >= 0 {
		was = a.Alarms[i]
	} else {
		was.RaisedAt = c.At
	}
	return a.put(was.with(c))
}

// with is the alarm after a change.
func (a Alarm) with(c Change) Alarm {
	switch c.Kind {
	case Ended:
		a.EndedAt = c.At
		return a
	case Answered:
		a.AckedAt, a.AckedBy = c.At, c.By
		return a
	case Escalated:
		a.Stage, a.StageAt, a.Called = c.Stage, c.At, c.Called
		return a
	case Raised, Worsened, AnnouncedAgain, PauseEnded, Eased, Cleared:
	}
	a.Condition, a.Priority, a.Rule, a.Version, a.Since = c.Condition, c.Priority, c.Rule, c.Version, c.Since
	a.Extent = c.Extent
	a.Recheck, a.Value, a.Limit, a.Text, a.Consider, a.Wording = c.Recheck, c.Value, c.Limit, c.Text, c.Consider, c.Wording
	if c.Kind == Eased {
		return a
	}
	a.Announcement, a.AnnouncedAt, a.Stage, a.StageAt, a.Called = c.Announcement, c.At, c.Stage, c.At, c.Called
	a.AckedAt, a.AckedBy, a.PausedUntil, a.EndedAt = time.Time{}, "", time.Time{}, time.Time{}
	return a
}

// Acknowledge folds an acknowledgement in. It counts for the announcement that
// was seen and for no later one, and it never ends a condition.
func (a Announced) Acknowledge(in Acknowledged) Announced {
	i := a.find(in.Condition)
	if i < 0 || a.Alarms[i].Announcement != in.Announcement || a.Alarms[i].Acked() {
		return a
	}
	x := a.Alarms[i]
	x.AckedAt, x.AckedBy = in.told(), in.By
	return a.put(x)
}

// Pause folds a pause in. One without an end, or for another announcement than
// the one that was seen, is none; most bounds it.
func (a Announced) Pause(in Paused, most time.Duration) Announced {
	i := a.find(in.Condition)
	if i < 0 || a.Alarms[i].Announcement != in.Announcement || a.Alarms[i].Stage == ToEveryone || !in.Until.After(in.told()) {
		return a
	}
	x := a.Alarms[i]
	x.PausedUntil = in.Until
	if end := in.told().Add(most); end.Before(in.Until) {
		x.PausedUntil = end
	}
	if !x.Acked() {
		x.AckedAt, x.AckedBy = in.told(), in.By
	}
	return a.put(x)
}

// put sets an alarm in its place, in a list of its own.
func (a Announced) put(x Alarm) Announced {
	out := slices.DeleteFunc(slices.Clone(a.Alarms), func(y Alarm) bool { return y.Condition == x.Condition })
	at, _ := slices.BinarySearchFunc(out, x, shown)
	a.Alarms = slices.Insert(out, at, x)
	return a
}

// shown orders alarms: priority first, then the order of the conditions.
func shown(a, b Alarm) int {
	if a.Priority != b.Priority {
		return int(b.Priority) - int(a.Priority)
	}
	return a.Condition.number() - b.Condition.number()
}

// next is when the ladder, a pause or a repetition is due.
func (a Announced) next(s Settings) time.Time {
	var at time.Time
	for _, x := range a.Alarms {
		at = sooner(at, x.next(s))
	}
	return at
}

// next is when something is due for one alarm.
func (a Alarm) next(s Settings) time.Time {
	switch {
	case !a.EndedAt.IsZero() && !a.Acked():
		return time.Time{}
	case !a.PausedUntil.IsZero():
		return a.PausedUntil
	case a.Acked():
		return after(a.AckedAt, again(s, a.Priority))
	case a.Stage == AtBedside:
		return after(a.StageAt, s.Bedside)
	case a.Stage == ToNurse || a.Stage == ToNext:
		return after(a.StageAt, escalate(s, a.Priority))
	}
	return time.Time{}
}

// after is an instant later by d; never, when d is not set.
func after(t time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return time.Time{}
	}
	return t.Add(d)
}

func again(s Settings, p Priority) time.Duration {
	switch p {
	case High:
		return s.AgainHigh
	case Medium:
		return s.AgainMedium
	case Calm, Low:
	}
	return 0
}

func escalate(s Settings, p Priority) time.Duration {
	switch p {
	case High:
		return s.EscalateHigh
	case Medium:
		return s.EscalateMedium
	case Calm, Low:
	}
	return 0
}

// NoDataSince is when the value that an alarm rests on was last read, where
// nothing has come for longer than the settings allow: the alarm stays, and
// says so.
func (s State) NoDataSince(l Limits, id ID) (time.Time, bool) {
	n := id.number()
	if n < 0 || n >= len(s.Building.conds) {
		return time.Time{}, false
	}
	i := s.Building.conds[n].source
	if s.Building.conds[n].priority == Calm || i < 0 || i >= len(s.Building.sources) || s.Building.sources[i].signal.single() {
		return time.Time{}, false
	}
	at := s.Building.sources[i].at
	return at, s.Building.Now.Sub(at) > l.settings.Silent
}

// Beside lists the alarms of the monitor's and the pump's own, those that are
// the same thing as one of ours among them.
func (s State) Beside() []DeviceAlarm { return slices.Clone(s.Building.devices) }
