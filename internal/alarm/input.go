package alarm

import (
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Input is one thing the machine is told. Every input says when it was told;
// one that is older than the last is taken as told now.
//
//sumtype:decl
type Input interface {
	told() time.Time
	input()
}

// ToldAt is when an input reached the clinic.
func ToldAt(in Input) time.Time { return in.told() }

// Told is the instant an input reached the clinic.
type Told time.Time

func (t Told) told() time.Time { return time.Time(t) }

type (
	// Sample is one value of a sign, from a monitor or charted by a person.
	Sample struct {
		Told
		Kind  vital.Kind
		Site  string
		Value vital.Value
		// At is when it was measured, by the clinic's clock.
		At      time.Time
		Quality vital.Quality
		// ByHand: a person measured it, and no monitor.
		ByHand bool
	}
	// Score is what a person charted of sedation or distress; nil is not scored.
	Score struct {
		Told
		At       time.Time
		By       ident.Person
		Sedation *scale.Sedation
		Distress *scale.NRS
	}
	// Symptoms says whether symptoms that go with a high or low pressure are
	// charted and not resolved: headache, chest pain, neurological signs,
	// loss of vision, faintness.
	Symptoms struct {
		Told
		Present bool
	}
	// Charted says that something was charted of the patient or the
	// infusion, after a score.
	Charted struct {
		Told
		By ident.Person
	}
	// FactsChanged brings what the session says now, whole.
	FactsChanged struct {
		Told
		Facts Facts
	}
	// Heard says that the monitor sent something, even if no value of it could
	// be used. It follows the values of a message: a sign is silent when a
	// whole message has come without it.
	Heard struct{ Told }
	// DeviceAlarm is an alarm of the monitor's or the pump's own.
	DeviceAlarm struct {
		Told
		// Key tells its alarms apart.
		Key string
		// Match is the condition of ours that is the same thing; empty when
		// there is none.
		Match    ID
		Priority Priority
		// Text is what the device says, short.
		Text   string
		Active bool
	}
	// Acknowledged says that a person has seen the alarm and takes care of it.
	Acknowledged struct {
		Told
		Condition ID
		By        ident.Person
		// Announcement is the one that was seen. A later one is not
		// acknowledged by it.
		Announcement int
	}
	// Paused says that a person quietened the alarm until an instant.
	Paused struct {
		Told
		Condition    ID
		By           ident.Person
		Announcement int
		Until        time.Time
	}
	// Tick says only what time it is.
	Tick struct{ Told }
)

func (Sample) input()       {}
func (Score) input()        {}
func (Symptoms) input()     {}
func (Charted) input()      {}
func (FactsChanged) input() {}
func (Heard) input()        {}
func (DeviceAlarm) input()  {}
func (Acknowledged) input() {}
func (Paused) input()       {}
func (Tick) input()         {}

// Round is a round of the observation plan as it stands.
type Round struct {
	// What is the condition that is raised when the round is late.
	What ID
	// Label is what the round is called.
	Label string
	// DueAt is when it is due; LateAt when it is past its grace; Every its
	// interval.
	DueAt, LateAt time.Time
	Every         time.Duration
}

// Expected is a sign that has to come.
type Expected struct {
	Kind  vital.Kind
	Every time.Duration
	// Continuous: the sensor is on the patient all the time.
	Continuous bool
}

// Off is a setting that is not what was ordered.
type Off struct {
	Since time.Time
	// Found and Allowed are text for people.
	Found, Allowed string
	// Many is how many reasons Found gives, where there may be several: one more is
	// announced.
	Many int
}

// Facts is what the session says that alarms depend on. The zero of a time is
// "not so".
type Facts struct {
	// Watching: the patient's signs are alarmed on. Since is from when.
	Watching bool
	Since    time.Time
	// Linked: a monitor is linked to the session.
	Linked bool
	// Listening is since when monitors are heard at all: after a restart
	// nothing counts as silent for what was before.
	Listening time.Time
	Expected  []Expected
	Rounds    []Round

	RateOff         Off
	OrderOff        Off       // the order stands no more, or will not from then on, while it runs
	PumpOff         Off       // what the pump says of itself is not what the record has
	PumpHalted      Off       // the pump says that it stopped; the record has it running
	RatesApart      Off       // tablets charted rates apart that differ; Allowed is what counts until a person has said which was true
	PlannedEnd      time.Time // while it runs and no stop is recorded
	MaximumAt       time.Time // when the order's maximum is reached at this rate
	EmptyAt         time.Time // when what was prepared is used up at this rate
	EmptyByPump     bool      // EmptyAt is by the pump's own count of what it was set to give
	PausedSince     time.Time
	StopUnconfirmed time.Time // a stop is recorded and the pump was not read as stopped

	HelpSince      time.Time
	LinkDoubt      time.Time     // the link to the monitor is not confirmed
	OffMonitorTill time.Time     // off the monitor on purpose, with company
	ClockOffset    time.Duration // of the monitor's clock, either way
	Quarantined    int           // values set aside, in all

	UnheardSince   time.Time // no place is proven to hear the chair
	PrescriberAway time.Time // the responsible prescriber is not on site while it runs
	ConsentGone    time.Time // the patient withdrew consent, and the drug runs
	NurseAway      time.Time // nobody is the responsible nurse of a watched patient
	NurseOver      time.Time // the nurse has more running infusions than the library allows
}

func quote(s string) string { return strconv.Quote(s) }
