package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Env is everything a decision may look at besides the session itself. All
// of it is values, gathered by the caller; what is missing is nil or zero and
// never defaults to a good answer.
type Env struct {
	Session ident.Session
	Command ident.Command // the command's id: a label's code is made from it
	Now     time.Time     // server
	// OccurredAt as claimed by the client; Offset is client minus server, as
	// the client measured it. Decide fixes the effective time from both.
	OccurredAt time.Time
	Offset     time.Duration
	Zone       *time.Location
	Actor      act.Actor
	// TabletChair is where the tablet stands that the command came from; 0 for
	// a station or a browser that is not enrolled.
	TabletChair ident.Chair
	// Paper says that the command was written on paper first; nil for what is
	// said where it happens.
	Paper *Paper
	// Sheet is the photo that came with the command, its parts stored by the
	// caller; nil when none did.
	Sheet *Sheet
	// Witness is the second person who proved who they are, if any.
	Witness *act.Actor
	Rules   library.Session
	Alarms  library.Alarms
	// FromLibrary is what an order may come from, with the rows it rests on.
	FromLibrary FromLibrary
	// Given is what the patient was given until now; it is gathered for an order.
	Given   protocol.Given
	Staff   Staff
	Room    RoomCheck
	Signed  AlarmsSigned
	Adopted Adopted
	Course  CourseState
	Consent ConsentState
	Heard   Heard
	// Reachable are the people who are signed in at a page that sounds.
	Reachable []Reachable
	Monitor   MonitorState
	// Seen are what the linked monitor sent at the times that the command's
	// readings name, by the clinic's clock.
	Seen    []vital.Sample
	Patient PatientFacts
	Pump    PumpState // the pump that is to be linked
	Head    string    // hex of the log's chain head, for signatures
}

// Staff is what is known of the people on duty.
type Staff struct {
	// ActorMissing lists the credentials the act needs that the actor lacks
	// or that have expired; Known is false when it could not be looked up.
	Known        bool
	ActorMissing []string
	ActorExpires []string // within 30 days
	// Load is the number of sessions in which the nurse is responsible and
	// drug runs, this one included.
	Load int
	// Prescribers maps persons who may prescribe, with their standing.
	Prescribers map[ident.Person]bool
}

// RoomCheck is today's signed check of the room.
type RoomCheck struct {
	Known bool
	Done  bool
	At    time.Time
	// Open lists what was found missing and not put right.
	Open []string
}

// AlarmsSigned is whether the director signed the alarm settings that the
// server has; Known is false when that could not be looked up.
type AlarmsSigned struct{ Known, Done bool }

// Adopted is whether the director has adopted the library that the server has;
// Known is false when that could not be looked up.
type Adopted struct{ Known, Done bool }

// CourseState is how the patient's course stands now, with every rule of screening
// run again; the zero value is that this could not be read.
type CourseState struct {
	Known bool
	// Has says that there is a course on record; without one the screening may be
	// on paper.
	Has bool
	// Decided is what was decided, and when; empty for nothing.
	Decided string
	At      time.Time
	// New are the rules that found something since, or can no longer be checked, for
	// which nobody answers.
	New []string
	// MedicinesAt is when the list of medicines was taken that the interactions were
	// checked by; zero for none.
	MedicinesAt time.Time

	Planned bool
	Overdue bool // its re-evaluation
	Over    bool
}

// decidedSuitable is the decision that carries a visit.
const decidedSuitable = "suitable"

// Reachable is a person who is signed in at a page that proved at an instant that it
// sounds.
type Reachable struct {
	Person ident.Person
	Nurse  bool
	// Chairs is for how many patients in the room they are responsible.
	Chairs int
	At     time.Time
}

// Heard is which places hear the chair, stations and pages of its responsible
// nurse, and when each last proved that it sounds.
type Heard struct {
	// Since is from when pages could say so: the start of the server.
	Since  time.Time
	Places []Proved
}

// Proved is a place that sounded at an instant, by the name staff call it.
type Proved struct {
	Name string
	At   time.Time
}

// Proven reports whether what was proved at an instant still counts. A proof
// from the future, after the clinic's clock was set back, is none.
func Proven(rules library.Session, at, now time.Time) bool {
	age := now.Sub(at)
	return rules.Ready() && age >= 0 && age < rules.Duration(library.HearingProof)
}

// By names the places that are proven to hear the chair now, each once.
func (h Heard) By(rules library.Session, now time.Time) []string {
	out := []string{}
	for _, p := range h.Places {
		if Proven(rules, p.At, now) && !slices.Contains(out, p.Name) {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}

// MonitorState is what the feed of the linked, or asked-for, monitor shows.
type MonitorState struct {
	Known  bool
	Device ident.Device
	Name   string
	LastAt time.Time
	// Latest shows that values come: of each kind the newest good one,
	// whichever site. It is never shown or charted.
	Latest    map[vital.Kind]vital.Sample
	ChunkHead string
	// SentID and SentBed are the patient id and the bed as the monitor sends
	// them when it is linked, sealed by the caller.
	SentID, SentBed journal.Private
	Simulated       bool
}

// PumpState is what the register knows of the pump that a person links.
type PumpState struct {
	Known  bool
	Device ident.Device
	Name   string
	// Elsewhere says that another visit's patient has it.
	Elsewhere bool
	// SentID and SentBed are as of MonitorState.
	SentID, SentBed journal.Private
}

// PatientFacts is what the register knows of the patient.
type PatientFacts struct {
	Known         bool
	BornOn        string // YYYY-MM-DD
	AllergyToDrug *bool
	// Weights says that the earlier visits were looked through: then no
	// LastWeight means that none was measured.
	Weights    bool
	LastWeight *WeightMeasured
}

// Refusal is why a planned act was not accepted, as data.
type Refusal struct {
	Rule    string       `json:"rule"`
	Message word.Message `json:"message"`
	Asked   string       `json:"asked,omitempty"`
	Allowed string       `json:"allowed,omitempty"`
	Source  string       `json:"source,omitempty"`
	// Gate holds the whole list when a gate is shut.
	Gate *GateResult `json:"gate,omitempty"`
	// Open lists everything that is missing, where a refusal has several reasons.
	Open []word.Message `json:"open,omitempty"`
	// Needs names the roles of which one would do.
	Needs []act.Role `json:"needs,omitempty"`
	// Malformed marks an entry that goes back to its author: impossible,
	// not refused by a rule.
	Malformed bool `json:"malformed,omitempty"`
}

func (r *Refusal) Error() string { return r.Message.English() }

// Decision is what a command becomes: events, all effective at one instant.
type Decision struct {
	Events      []Event
	EffectiveAt time.Time
}
