package house

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// ActNoteMonitor is the server's: what became of a monitor that is linked to no visit.
const ActNoteMonitor act.Act = "house.note-monitor"

// Trouble is what may be wrong with a monitor that is linked to no visit. Of one
// that is linked the visit's own alarms speak. It says nothing of a patient.
type Trouble string

// The troubles.
const (
	Silent   Trouble = "silent"
	ClockOff Trouble = "clock off"
	Aside    Trouble = "values set aside"
)

// Troubles lists them in the order they are shown.
func Troubles() []Trouble { return []Trouble{Silent, ClockOff, Aside} }

type (
	// MonitorTroubled announces a trouble, once.
	MonitorTroubled struct {
		Monitor ident.Device `json:"monitor"`
		Trouble Trouble      `json:"trouble"`
		Since   time.Time    `json:"since"`
	}
	// MonitorEased says that it is over, or that a visit speaks of it now.
	MonitorEased struct {
		Monitor ident.Device `json:"monitor"`
		Trouble Trouble      `json:"trouble"`
	}
)

func (MonitorTroubled) event() {}
func (MonitorEased) event()    {}

// NoteMonitor says what became of one trouble of one monitor.
type NoteMonitor struct {
	Monitor ident.Device `json:"monitor"`
	Trouble Trouble      `json:"trouble"`
	Since   time.Time    `json:"since,omitzero"`
	Over    bool         `json:"over,omitempty"`
}

// Act names the command on the wire.
func (NoteMonitor) Act() act.Act { return ActNoteMonitor }

// Planned is false: it is a fact.
func (NoteMonitor) Planned() bool { return false }

func (NoteMonitor) command() {}

// TroubleOf is one trouble of one monitor.
type TroubleOf struct {
	Monitor ident.Device
	Trouble Trouble
}

// Troubled is how a trouble stands: announced when, and over since when; zero
// while it is there.
type Troubled struct {
	Since, At, Over time.Time
}

// Standing are the troubles that are there, of each monitor in their order.
func (s State) Standing() []TroubleOf {
	var out []TroubleOf
	for of, t := range s.Monitors {
		if t.Over.IsZero() {
			out = append(out, of)
		}
	}
	slices.SortFunc(out, func(a, b TroubleOf) int {
		return cmp.Or(cmp.Compare(a.Monitor, b.Monitor), cmp.Compare(slices.Index(Troubles(), a.Trouble), slices.Index(Troubles(), b.Trouble)))
	})
	return out
}

// noteMonitor takes what is news: a trouble that stands is not announced again,
// and one that does not is not over.
func noteMonitor(s State, c NoteMonitor) (Event, *Refusal) {
	t, known := s.Monitors[TroubleOf{c.Monitor, c.Trouble}]
	stands := known && t.Over.IsZero()
	if !ident.Valid(c.Monitor) || !slices.Contains(Troubles(), c.Trouble) || c.Over != stands || !c.Over && c.Since.IsZero() {
		return nil, malformed("house.monitor.odd")
	}
	if c.Over {
		return MonitorEased{c.Monitor, c.Trouble}, nil
	}
	return MonitorTroubled{c.Monitor, c.Trouble, c.Since.UTC().Truncate(time.Microsecond)}, nil
}

func withTrouble(all map[TroubleOf]Troubled, of TroubleOf, t Troubled) map[TroubleOf]Troubled {
	out := maps.Clone(all)
	if out == nil {
		out = map[TroubleOf]Troubled{}
	}
	out[of] = t
	return out
}

// MonitorSeen is what is known of one monitor now.
type MonitorSeen struct {
	Monitor ident.Device
	Linked  bool // to a visit, whose alarms speak of it
	// HeardAt is its last message, zero when it never spoke; Listening since
	// when the server listens: what was before says nothing of silence.
	HeardAt, Listening time.Time
	ClockKnown         bool
	ClockOff           bool
	// AsideAt is when a value of it was last set aside; zero when none was
	// since the server listens.
	AsideAt time.Time
}

// MonitorTimes are how long it takes, as the alarm library has it for the same
// condition of a visit.
type MonitorTimes struct {
	Silent time.Duration // without a message
	Calm   time.Duration // without a value set aside; also between two announcements of one trouble
}

// Watch says what is to be noted of monitors now. It is pure: what was announced
// is in the state, so that a restart announces nothing twice.
func Watch(s State, seen []MonitorSeen, by MonitorTimes, now time.Time) []NoteMonitor {
	if by.Silent <= 0 || by.Calm <= 0 {
		return nil // nobody gave a time
	}
	var out []NoteMonitor
	for _, m := range seen {
		for _, trouble := range Troubles() {
			t, known := s.Monitors[TroubleOf{m.Monitor, trouble}]
			stands := known && t.Over.IsZero()
			there, since, sure := m.has(trouble, by, now)
			switch {
			case stands && (m.Linked || sure && !there):
				out = append(out, NoteMonitor{Monitor: m.Monitor, Trouble: trouble, Over: true})
			case !stands && sure && there && !m.Linked && (!known || now.Sub(t.At) >= by.Calm):
				out = append(out, NoteMonitor{Monitor: m.Monitor, Trouble: trouble, Since: since})
			}
		}
	}
	return out
}

// has reports whether a monitor has a trouble, and since when; sure is false
// while it cannot be told, as after a restart.
func (m MonitorSeen) has(trouble Trouble, by MonitorTimes, now time.Time) (there bool, since time.Time, sure bool) {
	switch trouble {
	case Silent:
		if m.HeardAt.IsZero() {
			return false, time.Time{}, false // it is expected, and has not spoken yet
		}
		listened := m.HeardAt
		if m.Listening.After(listened) {
			listened = m.Listening
		}
		silent := now.Sub(m.HeardAt) >= by.Silent
		return silent, m.HeardAt, !silent || now.Sub(listened) >= by.Silent
	case ClockOff:
		return m.ClockOff, now, m.ClockKnown
	case Aside:
		if m.AsideAt.IsZero() {
			return false, time.Time{}, now.Sub(m.Listening) >= by.Calm
		}
		return now.Sub(m.AsideAt) < by.Calm, m.AsideAt, true
	}
	return false, time.Time{}, false
}
