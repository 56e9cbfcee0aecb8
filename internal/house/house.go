// Package house records what belongs to the clinic and to no patient: the
// signed check of each room every morning, the erasure of personal detail, the
// drills that restore a backup, the adoption of the library, the signature under
// the alarm settings, the test of sound and screen at each station, and the troubles of monitors that are
// linked to no visit. Its stream is "house/clinic".
package house

import (
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Stream is the one stream of the house.
const Stream journal.Stream = "house/clinic"

// The acts of the house.
const (
	ActCheckRoom   act.Act = "house.check-room"
	ActEraseDetail act.Act = "house.erase-detail"
	ActDrill       act.Act = "house.drill-restore"
	ActSignAlarms  act.Act = "house.sign-alarms"
	ActTestSound   act.Act = "house.test-sound"
	ActAdopt       act.Act = "house.adopt-library"
	ActSignProto   act.Act = "house.sign-protocol"
)

// Equipment is one thing a room must have before a vial is opened.
type Equipment string

// The equipment, from the list that a label asks for (clinical.md 1.5, P-5,
// verified) and its emergency drugs, defibrillator and suction (default).
const (
	Oxygen         Equipment = "oxygen"
	Suction        Equipment = "suction"
	Airway         Equipment = "airway"
	Defibrillator  Equipment = "defibrillator"
	EmergencyDrugs Equipment = "emergency drugs"
)

// List is everything a check looks at, in the order it is shown.
func List() []Equipment {
	return []Equipment{Oxygen, Suction, Airway, Defibrillator, EmergencyDrugs}
}

// Expires reports whether the check asks for the earliest expiry date.
func (e Equipment) Expires() bool { return e == EmergencyDrugs }

// Item is the answer for one piece of equipment.
type Item struct {
	What Equipment `json:"what"`
	// Present says it is there and works; false says missing or faulty.
	Present bool            `json:"present"`
	Expiry  string          `json:"expiry,omitempty"` // YYYY-MM-DD, the last day of use
	Note    journal.Private `json:"note,omitzero"`
}

// Event is something that was said of the house. Events are past tense,
// closed and versioned; a released one never changes.
//
//sumtype:decl
type Event interface{ event() }

// The events.
type (
	// RoomChecked is the signed check of one room. Its author signs for it.
	RoomChecked struct {
		Room  string `json:"room"`
		Items []Item `json:"items"`
	}
	// DetailErased names a row of personal detail that is gone. The store
	// erases the row in the same transaction.
	DetailErased struct {
		journal.Erasure
	}
	// RestoreDrilled says that a backup was restored aside and verified, and
	// what was found.
	RestoreDrilled struct{ Drill }
	// AlarmsSigned is the director's signature under the alarm settings.
	// Without it no infusion starts and nothing is alarmed on.
	AlarmsSigned struct{ AlarmSettings }
	// LibraryAdopted is the director's signature under the library. Without it no
	// order is released and no infusion starts.
	LibraryAdopted struct{ Library }
	// LibraryKept says what rows of an adopted library say, so that an order that was
	// decided on them can be read with them after they have changed. A row is kept once.
	LibraryKept struct {
		Rows []KeptRow `json:"rows"`
	}
	// ProtocolSigned is a second person's signature under one protocol of the
	// library that the director has adopted. No order comes from it without.
	ProtocolSigned struct{ LibraryRow }
	// SoundTested says what a person heard and saw of a station's alarms.
	SoundTested struct {
		Station ident.Device `json:"station"`
		Signals []Signal     `json:"signals"`
	}
)

// Signal is one alarm signal of a station, and whether it was perceived.
type Signal struct {
	What SignalID `json:"what"`
	OK   bool     `json:"ok"`
}

// SignalID names a tone as web/src/shared/sound.ts does, or a colour with its
// shape.
type SignalID string

// The signals that a test asks for, each of them.
const (
	ToneHigh     SignalID = "high"
	ToneMedium   SignalID = "medium"
	ToneLow      SignalID = "low"
	ToneLost     SignalID = "lost"
	ScreenRed    SignalID = "screen red"
	ScreenYellow SignalID = "screen yellow"
)

// Signals is everything that a test asks for, in the order it is shown.
func Signals() []SignalID {
	return []SignalID{ToneHigh, ToneMedium, ToneLow, ToneLost, ScreenRed, ScreenYellow}
}

// Message says which signal it is.
func (s SignalID) Message() word.Message {
	return word.M(word.ID("house.signal." + strings.ReplaceAll(string(s), " ", "_")))
}

// AlarmSettings names exactly what was signed.
type AlarmSettings struct {
	Version int    `json:"version"` // of the alarm library
	Hash    string `json:"sha256"`  // of its file, in hex
	Rows    int    `json:"rows"`
	// Ours is how many rows rest on our own defaults in some part.
	Ours int `json:"ours"`
}

// Library names exactly what was adopted, row by row, so that a later one can be
// held against it.
type Library struct {
	Hash string       `json:"sha256"` // of all its files, in hex
	Rows []LibraryRow `json:"rows"`
	// Values are what the clinic has set in place of what was shipped.
	Values []Value `json:"values,omitempty"`
}

// Value is a number, or a choice, that the clinic sets in place of the shipped one. A
// hard bound stands around each; the files' own check holds them against each other.
type Value struct {
	Row   string `json:"row"`  // "session/LIM-RATE"
	Name  string `json:"name"` // "most"
	Value string `json:"value"`
}

// LibraryRow is one row as it was adopted.
type LibraryRow struct {
	Name string `json:"name"`   // "rules/CI-PREG"
	Hash string `json:"sha256"` // of what it says, in hex
}

// KeptRow is what one row said when it was adopted.
type KeptRow struct {
	LibraryRow
	Version int    `json:"version,omitempty"`
	Text    string `json:"text,omitempty"`
	// Facts are its other fields, each in a line.
	Facts []string `json:"facts,omitempty"`
}

// Drill is what restoring a backup aside showed.
type Drill struct {
	SnapshotAt time.Time `json:"snapshot_at"` // the moment the backup holds
	Entries    int64     `json:"entries"`     // of the record, in the backup
	Seconds    int64     `json:"seconds"`     // that restoring and verifying took
	Sound      bool      `json:"sound"`
	// Found is what did not fit; empty when sound. It names no content.
	Found string `json:"found,omitempty"`
}

func (RoomChecked) event()    {}
func (DetailErased) event()   {}
func (RestoreDrilled) event() {}
func (AlarmsSigned) event()   {}
func (LibraryAdopted) event() {}
func (LibraryKept) event()    {}
func (ProtocolSigned) event() {}
func (SoundTested) event()    {}

// Codec writes and reads the payload of every event of the house.
var Codec = journal.NewCodec[Event](
	journal.Type[RoomChecked, Event]("house.room-checked", 1),
	journal.Type[DetailErased, Event](journal.DetailErased, 1),
	journal.Type[RestoreDrilled, Event]("house.restore-drilled", 1),
	journal.Type[AlarmsSigned, Event]("house.alarms-signed", 1),
	journal.Type[LibraryAdopted, Event]("house.library-adopted", 1),
	journal.Type[LibraryKept, Event]("house.library-kept", 1),
	journal.Type[ProtocolSigned, Event]("house.protocol-signed", 1),
	journal.Type[SoundTested, Event]("house.sound-tested", 1),
	journal.Type[MonitorTroubled, Event]("house.monitor-troubled", 1),
	journal.Type[MonitorEased, Event]("house.monitor-eased", 1),
)

// Entry is one event of the house with its envelope.
type Entry = journal.Entry[Event]

// Command is something a person says of the house.
//
//sumtype:decl
type Command interface {
	Act() act.Act
	// Planned reports whether rules may refuse it.
	Planned() bool
	command()
}

// The commands.
type (
	// CheckRoom answers the whole list for one room; the author signs it.
	CheckRoom struct {
		Room  string `json:"room"`
		Items []Item `json:"items"`
	}
	// EraseDetail erases one row of personal detail, for good.
	EraseDetail struct {
		Detail ident.Detail `json:"detail"`
	}
	// DrillRestore says what a drill showed. The server says it.
	DrillRestore struct{ Drill }
	// SignAlarms signs the alarm settings that the page showed.
	SignAlarms struct{ AlarmSettings }
	// AdoptLibrary signs the library that the page showed, with the clinic's values.
	AdoptLibrary struct {
		Hash   string  `json:"sha256"`
		Values []Value `json:"values,omitempty"`
	}
	// SignProtocol signs the protocol that the page showed.
	SignProtocol struct {
		Hash string `json:"sha256"` // of its row
	}
	// TestSound says what was perceived of a test, at the station it comes from.
	TestSound struct {
		Signals []Signal `json:"signals"`
	}
)

// Act names the command on the wire.
func (CheckRoom) Act() act.Act   { return ActCheckRoom }
func (EraseDetail) Act() act.Act { return ActEraseDetail }

// Act names the command on the wire.
func (DrillRestore) Act() act.Act { return ActDrill }

// Act names the command on the wire.
func (SignAlarms) Act() act.Act { return ActSignAlarms }

// Act names the command on the wire.
func (AdoptLibrary) Act() act.Act { return ActAdopt }

// Act names the command on the wire.
func (SignProtocol) Act() act.Act { return ActSignProto }

// Act names the command on the wire.
func (TestSound) Act() act.Act { return ActTestSound }

// Planned is false: what was found in a room or a backup is a fact.
func (CheckRoom) Planned() bool    { return false }
func (EraseDetail) Planned() bool  { return true }
func (DrillRestore) Planned() bool { return false }
func (SignAlarms) Planned() bool   { return true }
func (AdoptLibrary) Planned() bool { return true }
func (SignProtocol) Planned() bool { return true }
func (TestSound) Planned() bool    { return false }

// Env is everything a decision may look at besides the house itself.
type Env struct {
	Now time.Time // server
	// OccurredAt as claimed by the client; Offset is client minus server.
	OccurredAt time.Time
	Offset     time.Duration
	Actor      act.Actor
	// Alarms are the settings that the server has; with an adoption, those that it
	// will have. AlarmsNow are those in force.
	Alarms, AlarmsNow AlarmSettings
	// Library is what the server has; its hash is empty where it has none.
	Library Library
	// Says is what its rows say that orders are decided on.
	Says []KeptRow
	// Station is the enrolled station that a command comes from; empty when it
	// comes from none.
	Station ident.Device
}

// Refusal is why a command was not accepted, as data.
type Refusal struct {
	Rule      string
	Message   word.Message
	Needs     []act.Role
	Malformed bool
}

func (r *Refusal) Error() string { return r.Message.English() }

// Decision is what a command becomes.
type Decision struct {
	Events      []Event
	EffectiveAt time.Time
}

func (CheckRoom) command()    {}
func (EraseDetail) command()  {}
func (DrillRestore) command() {}
func (SignAlarms) command()   {}
func (AdoptLibrary) command() {}
func (SignProtocol) command() {}
func (TestSound) command()    {}
