package house

import (
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// State is what the house's events add up to. It holds facts; whether a room
// is fit today is computed when asked.
type State struct {
	Sequence int64
	Position int64
	Rooms    map[string]Room // by name, each with its latest check
	Erased   []ident.Detail
	Drill    *Drilled // the latest restore drill
	Alarms   *SignedAlarms
	Library  *AdoptedLibrary
	// Kept is what rows said when they were adopted.
	Kept map[LibraryRow]KeptRow
	// Signed are the signatures under protocols, beside the director's.
	Signed   []SignedProtocol
	Tests    map[ident.Device]Test // the latest of each station
	Monitors map[TroubleOf]Troubled
}

// Test is the latest test of sound and screen at a station.
type Test struct {
	At       time.Time
	By       ident.Person
	Signals  []Signal
	Position int64
}

// Failed lists the signals that were not perceived.
func (t Test) Failed() []SignalID {
	var out []SignalID
	for _, s := range t.Signals {
		if !s.OK {
			out = append(out, s.What)
		}
	}
	return out
}

// Deaf reports whether the latest test of a station failed. It stays so until one
// does not: a loudspeaker does not mend itself overnight.
func (s State) Deaf(station ident.Device) bool { return len(s.Tests[station].Failed()) > 0 }

// TestToday is the latest test of a station, where it was on the clinic's day of now.
func (s State) TestToday(station ident.Device, now time.Time, zone *time.Location) (Test, bool) {
	t, ok := s.Tests[station]
	return t, ok && zone != nil && sameDay(t.At, now, zone)
}

// SignedAlarms is the latest signature under the alarm settings.
type SignedAlarms struct {
	AlarmSettings
	At time.Time
	By ident.Person
}

// AdoptedLibrary is the latest adoption.
type AdoptedLibrary struct {
	Library
	At time.Time
	By ident.Person
}

// SignedProtocol is one signature under a protocol.
type SignedProtocol struct {
	LibraryRow
	At time.Time
	By ident.Person
}

// ByTwo reports whether two people answer for a protocol as it is: the director who
// adopted the library last, and another.
func (s State) ByTwo(row LibraryRow) bool {
	return s.Library != nil && slices.Contains(s.Library.Rows, row) && s.SignedBySecond(row, s.Library.By)
}

// SignedBySecond reports whether a protocol as it is would be answered for by two people
// with the director's signature: another has signed it already.
func (s State) SignedBySecond(row LibraryRow, director ident.Person) bool {
	return slices.ContainsFunc(s.Signed, func(p SignedProtocol) bool { return p.LibraryRow == row && p.By != director })
}

// Drilled is a restore drill and when it was.
type Drilled struct {
	Drill
	At time.Time
}

// Room is the latest check of one room.
type Room struct {
	At    time.Time
	By    ident.Person
	Items []Item
	// Position of the check, which orders two that hold from one instant.
	Position int64
}

// Evolve adds one event. It never fails and runs no rule. The state it was
// given stays as it was.
func Evolve(s State, e Entry) State {
	s.Sequence, s.Position = e.Sequence, e.Position
	switch ev := e.Event.(type) {
	case RoomChecked:
		s.Rooms = withRoom(s.Rooms, ev, e)
	case DetailErased:
		s.Erased = append(slices.Clip(s.Erased), ev.Detail)
	case RestoreDrilled:
		s.Drill = &Drilled{ev.Drill, e.EffectiveAt}
	case AlarmsSigned:
		s.Alarms = &SignedAlarms{ev.AlarmSettings, e.EffectiveAt, e.Actor.Person}
	case LibraryAdopted:
		s.Library = &AdoptedLibrary{ev.Library, e.EffectiveAt, e.Actor.Person}
	case LibraryKept:
		s.Kept = withKept(s.Kept, ev)
	case ProtocolSigned:
		s.Signed = append(slices.Clip(s.Signed), SignedProtocol{ev.LibraryRow, e.EffectiveAt, e.Actor.Person})
	case SoundTested:
		s.Tests = withTest(s.Tests, ev, e)
	case MonitorTroubled:
		s.Monitors = withTrouble(s.Monitors, TroubleOf{ev.Monitor, ev.Trouble}, Troubled{Since: ev.Since, At: e.EffectiveAt})
	case MonitorEased:
		of := TroubleOf{ev.Monitor, ev.Trouble}
		t := s.Monitors[of]
		t.Over = e.EffectiveAt
		s.Monitors = withTrouble(s.Monitors, of, t)
	}
	return s
}

// withRoom keeps the latest check by (effective time, position), never by
// arrival.
func withRoom(rooms map[string]Room, ev RoomChecked, e Entry) map[string]Room {
	next := Room{At: e.EffectiveAt, By: e.Actor.Person, Items: slices.Clone(ev.Items), Position: e.Position}
	old, known := rooms[ev.Room]
	if known && (next.At.Before(old.At) || next.At.Equal(old.At) && next.Position < old.Position) {
		return rooms
	}
	out := maps.Clone(rooms)
	if out == nil {
		out = map[string]Room{}
	}
	out[ev.Room] = next
	return out
}

func withKept(kept map[LibraryRow]KeptRow, ev LibraryKept) map[LibraryRow]KeptRow {
	out := maps.Clone(kept)
	if out == nil {
		out = map[LibraryRow]KeptRow{}
	}
	for _, r := range ev.Rows {
		out[r.LibraryRow] = r
	}
	return out
}

// withTest keeps the latest test by (effective time, position), never by arrival.
func withTest(tests map[ident.Device]Test, ev SoundTested, e Entry) map[ident.Device]Test {
	next := Test{At: e.EffectiveAt, By: e.Actor.Person, Signals: slices.Clone(ev.Signals), Position: e.Position}
	old, known := tests[ev.Station]
	if known && (next.At.Before(old.At) || next.At.Equal(old.At) && next.Position < old.Position) {
		return tests
	}
	out := maps.Clone(tests)
	if out == nil {
		out = map[ident.Device]Test{}
	}
	out[ev.Station] = next
	return out
}

// Today is how the rooms stand today. Known is false when today cannot be
// told. Its fields are those of session.RoomCheck, so that one converts.
type Today struct {
	Known bool
	Done  bool
	At    time.Time
	Open  []string
}

// RoomToday is how all rooms stand on the clinic's day of now: done when each
// room the house knows was checked today, at the time of the oldest of these
// checks, with everything found missing or expired.
func (s State) RoomToday(now time.Time, zone *time.Location) Today {
	if zone == nil {
		return Today{}
	}
	all := Today{Known: true, Done: len(s.Rooms) > 0}
	for _, name := range slices.Sorted(maps.Keys(s.Rooms)) {
		one := s.OneRoomToday(name, now, zone)
		all.Done = all.Done && one.Done
		if all.At.IsZero() || one.At.Before(all.At) {
			all.At = one.At
		}
		for _, what := range one.Open {
			if len(s.Rooms) > 1 {
				what = name + ": " + what
			}
			all.Open = append(all.Open, what)
		}
	}
	return all
}

// OneRoomToday is how one room stands on the clinic's day of now.
func (s State) OneRoomToday(name string, now time.Time, zone *time.Location) Today {
	if zone == nil {
		return Today{}
	}
	room, checked := s.Rooms[name]
	if !checked || !sameDay(room.At, now, zone) {
		return Today{Known: true}
	}
	return Today{Known: true, Done: true, At: room.At, Open: room.open(now, zone)}
}

// open lists what was missing, and what is past its last day of use.
func (r Room) open(now time.Time, zone *time.Location) []string {
	var out []string
	today := now.In(zone).Format(time.DateOnly)
	for _, i := range r.Items {
		switch {
		case !i.Present:
			out = append(out, string(i.What))
		case i.Expiry != "" && i.Expiry < today:
			out = append(out, string(i.What)+" (expired "+i.Expiry+")")
		}
	}
	return out
}

func sameDay(a, b time.Time, zone *time.Location) bool {
	return a.In(zone).Format(time.DateOnly) == b.In(zone).Format(time.DateOnly)
}
