package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// What the monitor showed when a round was due, and what people said of it.
type (
	// RoundTaken keeps what the linked monitor sent for a round at the minute
	// it was due. No person has looked at it: it fills no round, and no gate
	// rests on it. It holds from when the newest of it was measured.
	RoundTaken struct {
		Round schedule.What `json:"round"`
		Due   time.Time     `json:"due"`
		// Readings are of the monitor, each with when it was measured.
		Readings []vital.Reading `json:"readings"`
		// Without names the signs of the round that had no valid value then.
		Without []NoReading  `json:"without,omitempty"`
		Late    bool         `json:"late,omitempty"` // kept long after it was due, as after a restart
		Monitor ident.Device `json:"monitor"`
		// Telemetry is the newest sealed chunk of the monitor.
		Telemetry string `json:"telemetry,omitempty"`
	}
	// ReadingsConfirmed says that a person looked at exactly these entries.
	ReadingsConfirmed struct {
		Entries []int64 `json:"entries"` // positions of rounds that were taken
	}
	// ReadingDoubted takes the trust from what was kept of a round, confirmed
	// or not. Both entries stay.
	ReadingDoubted struct {
		Entry int64 `json:"entry"` // position of the round that was taken
		// Kind is the sign that was wrong; empty for all of them.
		Kind vital.Kind   `json:"kind,omitempty"`
		Why  ReadingDoubt `json:"why"`
	}
	// RoundMissed says why a round was late or left out. It stays left out;
	// the next is due when it would have been.
	RoundMissed struct {
		Round schedule.What `json:"round"`
		Due   time.Time     `json:"due"` // of the first round that was left out
		// Through is when the last one was due that this speaks of.
		Through time.Time       `json:"through"`
		Why     MissedWhy       `json:"why"`
		Text    journal.Private `json:"text,omitzero"`
	}
)

func (RoundTaken) event()        {}
func (ReadingsConfirmed) event() {}
func (ReadingDoubted) event()    {}
func (RoundMissed) event()       {}

// NoReading is a sign that had no valid value when a round was due.
type NoReading struct {
	Kind vital.Kind   `json:"kind"`
	Why  NoReadingWhy `json:"why"`
}

// NoReadingWhy says why there was none.
type NoReadingWhy string

// The reasons.
const (
	NothingSent NoReadingWhy = "nothing came in time"
	AllDoubted  NoReadingWhy = "the monitor doubted it"
)

// ReadingDoubt says why a reading does not count.
type ReadingDoubt string

// The reasons.
const (
	DoubtArtefact ReadingDoubt = "artefact"
	DoubtPatient  ReadingDoubt = "not this patient"
)

// AllSigns is how a command says that all signs of a round do not count.
const AllSigns vital.Kind = "all"

// MissedWhy says why a round was late or left out.
type MissedWhy string

// The reasons. The last one is said in words.
const (
	MissedAway      MissedWhy = "patient out of the chair"
	MissedDeclined  MissedWhy = "patient declined"
	MissedElsewhere MissedWhy = "nurse with another patient"
	MissedEmergency MissedWhy = "emergency"
	MissedEquipment MissedWhy = "equipment did not work"
	MissedNotAsked  MissedWhy = "not done in time"
	MissedOther     MissedWhy = "other"
)

// The acts about rounds.
const (
	ActTakeRound       act.Act = "session.take-round"
	ActConfirmReadings act.Act = "session.confirm-readings"
	ActDoubtReading    act.Act = "session.doubt-reading"
	ActMissRound       act.Act = "session.miss-round"
)

type (
	// TakeRound is the rounds job's: a round is due now, or was.
	TakeRound struct {
		Round schedule.What `json:"round"`
		Due   time.Time     `json:"due"`
	}
	// ConfirmReadings confirms what its author saw, by entry: what has come
	// since is not named and not confirmed.
	ConfirmReadings struct {
		Entries []int64 `json:"entries"`
	}
	// DoubtReading takes the trust from one sign of a round, or from AllSigns.
	DoubtReading struct {
		Entry int64        `json:"entry"`
		Kind  vital.Kind   `json:"kind"`
		Why   ReadingDoubt `json:"why"`
	}
	// MissRound says why a round was late or left out.
	MissRound struct {
		Round schedule.What   `json:"round"`
		Due   time.Time       `json:"due"`
		Why   MissedWhy       `json:"why"`
		Text  journal.Private `json:"text,omitzero"`
	}
)

// Act names the command on the wire.
func (TakeRound) Act() act.Act       { return ActTakeRound }
func (ConfirmReadings) Act() act.Act { return ActConfirmReadings }
func (DoubtReading) Act() act.Act    { return ActDoubtReading }
func (MissRound) Act() act.Act       { return ActMissRound }

func (TakeRound) Planned() bool       { return false }
func (ConfirmReadings) Planned() bool { return false }
func (DoubtReading) Planned() bool    { return false }
func (MissRound) Planned() bool       { return false }

func (TakeRound) command()       {}
func (ConfirmReadings) command() {}
func (DoubtReading) command()    {}
func (MissRound) command()       {}

// RoundFact is what the monitor showed for a round, and what people said of it.
type RoundFact struct {
	Stamp
	RecordedAt time.Time
	Taken      TakenRound
	Confirmed  Stamp // the first person who confirmed it; zero while nobody has
	Doubts     []DoubtFact
}

// TakenRound is what a RoundTaken says, as a fact of the state: no event itself.
type TakenRound RoundTaken

// DoubtFact is a sign of a round that a person took the trust from.
type DoubtFact struct {
	Stamp
	Kind vital.Kind // empty for all of them
	Why  ReadingDoubt
}

// MissedFact is a reason why rounds were left out.
type MissedFact struct {
	Stamp
	Missed
}

// Missed is what a RoundMissed says, as a fact of the state: no event itself.
type Missed RoundMissed

// IsConfirmed reports whether a person looked at it.
func (f RoundFact) IsConfirmed() bool { return f.Confirmed.Position != 0 }

// Doubt says why a sign of the round does not count; ok is false when it does.
func (f RoundFact) Doubt(k vital.Kind) (DoubtFact, bool) {
	for _, d := range f.Doubts {
		cuff := slices.Contains(cuffKinds, d.Kind) && slices.Contains(cuffKinds, k) // one inflation
		if d.Kind == k || d.Kind == "" || cuff {
			return d, true
		}
	}
	return DoubtFact{}, false
}

// Standing are the readings that nobody took the trust from, as a person left
// them: confirmed or not.
func (f RoundFact) Standing() []vital.Reading {
	var out []vital.Reading
	for _, r := range f.Taken.Readings {
		if _, doubted := f.Doubt(r.Kind); doubted {
			continue
		}
		if f.IsConfirmed() {
			r.Origin = vital.DeviceConfirmed
		}
		out = append(out, r)
	}
	return out
}

// Unconfirmed are the rounds of the monitor that wait for a person, oldest first.
func (s State) Unconfirmed() []RoundFact {
	return slices.DeleteFunc(slices.Clone(s.Rounds), func(f RoundFact) bool { return f.IsConfirmed() || len(f.Standing()) == 0 })
}

// confirmedAt is when signs of a kind were measured that a person confirmed.
func (s State) confirmedAt(k vital.Kind) []time.Time {
	var out []time.Time
	for _, f := range s.Rounds {
		if !f.IsConfirmed() {
			continue
		}
		for _, r := range f.Standing() {
			if r.Kind == k {
				out = append(out, r.At)
			}
		}
	}
	return out
}

// closed are the stretches of a round that somebody said were left out.
func (s State) closed(w schedule.What) []schedule.Stretch {
	var out []schedule.Stretch
	for _, m := range s.Missed {
		if m.Round == w {
			out = append(out, schedule.Stretch{From: m.Due, To: m.Through})
		}
	}
	return out
}

// MissedReason is the latest reason given for a round that was due at an instant.
func (s State) MissedReason(w schedule.What, due time.Time) (MissedFact, bool) {
	for _, m := range slices.Backward(s.Missed) {
		if m.Round == w && !due.Before(m.Due) && !due.After(m.Through) {
			return m, true
		}
	}
	return MissedFact{}, false
}
