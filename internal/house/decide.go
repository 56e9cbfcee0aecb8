package house

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/word"
)

// maxRoom bounds a room's name, in bytes.
const maxRoom = 64

// maxFound bounds what a drill says it found, in bytes.
const maxFound = 500

// maxRooms bounds how many rooms a house may have.
const maxRooms = 99

// Bounds of a claimed time. Evidence mark: default.
const (
	clockSlack = 5 * time.Minute
	lateAfter  = 24 * time.Hour
)

// Decide is what command c becomes in state s, or a refusal. It is pure.
func Decide(s State, c Command, env Env) (Decision, *Refusal) {
	at, r := effective(env)
	if r != nil {
		return Decision{}, r
	}
	var e Event
	switch c := c.(type) {
	case CheckRoom:
		e, r = checkRoom(s, c)
	case EraseDetail:
		e, r = eraseDetail(s, c)
	case DrillRestore:
		e, r = drilled(c)
	case SignAlarms:
		e, r = signAlarms(c, env)
	case AdoptLibrary:
		e, r = adoptLibrary(s, c, env)
	case SignProtocol:
		e, r = signProtocol(s, c, env)
	case TestSound:
		e, r = testSound(c, env)
	case NoteMonitor:
		e, r = noteMonitor(s, c)
	}
	if r != nil {
		return Decision{}, r
	}
	events := []Event{e}
	if _, ok := e.(LibraryAdopted); ok {
		events = append(events, keep(s, env.Says)...)
		events = append(events, alarmsToo(s, env)...)
	}
	return Decision{Events: events, EffectiveAt: at}, nil
}

// effective corrects the claimed time by the client's offset and bounds it.
func effective(env Env) (time.Time, *Refusal) {
	now := journal.Time(env.Now)
	if env.OccurredAt.IsZero() {
		return time.Time{}, malformed("house.time.missing")
	}
	at := journal.Time(env.OccurredAt.Add(-env.Offset))
	switch {
	case at.After(now.Add(clockSlack)):
		return time.Time{}, malformed("house.time.future")
	case at.After(now):
		return now, nil
	case now.Sub(at) > lateAfter:
		return time.Time{}, malformed("house.time.old")
	}
	return at, nil
}

// checkRoom wants the whole list answered, each thing once: a check with a
// gap is not a check.
func checkRoom(s State, c CheckRoom) (Event, *Refusal) {
	if !validRoom(c.Room) {
		return nil, malformed("house.room.name")
	}
	if _, known := s.Rooms[c.Room]; !known && len(s.Rooms) >= maxRooms {
		return nil, malformed("house.room.many")
	}
	for _, what := range List() {
		if n := count(c.Items, what); n != 1 {
			return nil, malformed("house.room.answer", string(what))
		}
	}
	if len(c.Items) != len(List()) {
		return nil, malformed("house.room.unknown")
	}
	for _, i := range c.Items {
		if r := checkItem(i); r != nil {
			return nil, r
		}
	}
	return RoomChecked(c), nil
}

func checkItem(i Item) *Refusal {
	_, err := time.Parse(time.DateOnly, i.Expiry)
	switch {
	case i.Expiry == "" && i.What.Expires() && i.Present:
		return malformed("house.room.expiry", string(i.What))
	case i.Expiry != "" && err != nil:
		return malformed("house.room.date", string(i.What))
	case i.Expiry != "" && !i.What.Expires():
		return malformed("house.room.no_expiry", string(i.What))
	}
	return nil
}

func count(items []Item, what Equipment) int {
	n := 0
	for _, i := range items {
		if i.What == what {
			n++
		}
	}
	return n
}

// eraseDetail refuses a row that is erased already: an erasure is said once.
func eraseDetail(s State, c EraseDetail) (Event, *Refusal) {
	if !ident.Valid(c.Detail) {
		return nil, malformed("house.detail.id")
	}
	if slices.Contains(s.Erased, c.Detail) {
		return nil, &Refusal{Rule: "house.erased-once", Message: word.M("house.detail.erased")}
	}
	return DetailErased{journal.Erasure{Detail: c.Detail}}, nil
}

// drilled takes what a drill showed. A sound one found nothing, one that is
// not sound says what.
func drilled(c DrillRestore) (Event, *Refusal) {
	if c.SnapshotAt.IsZero() || c.Entries < 0 || c.Seconds < 0 || c.Sound != (c.Found == "") || len(c.Found) > maxFound {
		return nil, malformed("house.drill.odd")
	}
	return RestoreDrilled(c), nil
}

// signAlarms takes a signature under what the server has, and nothing else:
// what is signed was read.
func signAlarms(c SignAlarms, env Env) (Event, *Refusal) {
	if env.Alarms.Hash == "" || c.AlarmSettings != env.Alarms {
		return nil, &Refusal{Rule: "house.alarms-as-read", Message: word.M("house.alarms.changed")}
	}
	return AlarmsSigned(c), nil
}

// adoptLibrary takes a signature under what the server has, and nothing else: what
// is adopted was read. It is said once.
func adoptLibrary(s State, c AdoptLibrary, env Env) (Event, *Refusal) {
	switch {
	case env.Library.Hash == "" || c.Hash != env.Library.Hash:
		return nil, &Refusal{Rule: "house.library-as-read", Message: word.M("house.library.changed")}
	case s.Library != nil && s.Library.Hash == c.Hash:
		return nil, &Refusal{Rule: "house.library-once", Message: word.M("house.library.adopted")}
	}
	return LibraryAdopted{env.Library}, nil
}

// alarmsToo is the director's signature under alarm settings that are in force and that
// the values of this adoption change: one signature covers both, and nobody is without
// alarms in between. Settings that nobody has signed wait for their own page.
func alarmsToo(s State, env Env) []Event {
	if s.Alarms == nil || s.Alarms.AlarmSettings != env.AlarmsNow || env.Alarms == env.AlarmsNow {
		return nil
	}
	return []Event{AlarmsSigned{env.Alarms}}
}

// maxKept bounds what the rows of one entry say, in bytes: written as JSON it stays
// within an entry's bound.
const maxKept = 32 << 10

// keep says what rows say that are not kept already, in entries of bounded length.
func keep(s State, rows []KeptRow) []Event {
	var out []Event
	var now LibraryKept
	length := 0
	for _, r := range rows {
		if _, known := s.Kept[r.LibraryRow]; known {
			continue
		}
		n := r.length()
		if len(now.Rows) > 0 && length+n > maxKept {
			out = append(out, now)
			now, length = LibraryKept{}, 0
		}
		now.Rows, length = append(now.Rows, r), length+n
	}
	if len(now.Rows) > 0 {
		out = append(out, now)
	}
	return out
}

func (r KeptRow) length() int {
	n := len(r.Name) + len(r.Hash) + len(r.Text)
	for _, f := range r.Facts {
		n += len(f)
	}
	return n
}

// protocolRows is how the rows of protocols are called in a library.
const protocolRows = "protocols/"

// signProtocol takes a second person's signature under one protocol. The first is the
// director's under the library: two people answer for a protocol.
func signProtocol(s State, c SignProtocol, env Env) (Event, *Refusal) {
	i := slices.IndexFunc(env.Library.Rows, func(r LibraryRow) bool { return strings.HasPrefix(r.Name, protocolRows) && r.Hash == c.Hash })
	switch {
	case i < 0:
		return nil, &Refusal{Rule: "house.library-as-read", Message: word.M("house.protocol.changed")}
	case s.Library == nil || s.Library.Hash != env.Library.Hash:
		return nil, &Refusal{Rule: "house.protocol-adopted", Message: word.M("house.protocol.not_adopted")}
	case s.Library.By == env.Actor.Person:
		return nil, &Refusal{Rule: "house.protocol-two", Message: word.M("house.protocol.own")}
	case s.ByTwo(env.Library.Rows[i]):
		return nil, &Refusal{Rule: "house.protocol-once", Message: word.M("house.protocol.signed")}
	}
	return ProtocolSigned{env.Library.Rows[i]}, nil
}

// testSound wants every signal answered, each once, at a station that the clinic
// knows: a test with a gap is none.
func testSound(c TestSound, env Env) (Event, *Refusal) {
	if env.Station == "" {
		return nil, &Refusal{Rule: "house.test-at-station", Message: word.M("house.test.no_station")}
	}
	said := map[SignalID]int{}
	for _, s := range c.Signals {
		said[s.What]++
	}
	for _, what := range Signals() {
		if said[what] != 1 {
			return nil, malformed("house.test.answer", what.Message().English())
		}
	}
	if len(c.Signals) != len(Signals()) {
		return nil, malformed("house.test.unknown")
	}
	return SoundTested{Station: env.Station, Signals: c.Signals}, nil
}

// validRoom: a room's name is a short printable label, never free text.
func validRoom(name string) bool {
	return name != "" && len(name) <= maxRoom && name == strings.TrimSpace(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

func malformed(id word.ID, args ...string) *Refusal {
	return &Refusal{Message: word.M(id, args...), Malformed: true}
}
