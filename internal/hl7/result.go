package hl7

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Options are what the clinic knows and the message does not say.
type Options struct {
	// Zone is the clock of times without an offset; nil is UTC.
	Zone *time.Location
	// Received helps to read a zoneless time in the hour that clocks repeat.
	// Without it such a time is refused.
	Received time.Time
	// Ahead is how far a time of measurement may lie beyond Received; zero
	// asks nothing.
	Ahead time.Duration
	// AllowSimulated accepts TEST and DEMO data, marked Simulated. Only the
	// demonstration sets it.
	AllowSimulated bool
}

// Result is what one message means.
type Result struct {
	// Message is the message as split; nil if not even its header could be read.
	Message    *Message
	ControlID  string
	DedupeKey  string
	Event      Event
	Version    string
	Processing string
	// Sent is MSH-7, for the device's clock offset; zero if unreadable.
	Sent     time.Time
	Device   Device
	Patient  Patient
	Location Location
	// Accepted can be charted once a human has linked device and patient.
	Accepted []Accepted
	// Quarantined was received and not used; staff can see it and why.
	Quarantined []Quarantined
	// Alert is the monitor's own alarm, where HasAlert.
	Alert    Alert
	HasAlert bool
	// Pump is what an infusion pump says of itself, where HasPump.
	Pump    Pump
	HasPump bool
	// Reply is the answer to give once the message is stored.
	Reply Reply
}

// Device is how a message names its sender.
type Device struct {
	// EUI64 is empty where none was sent.
	EUI64 string
	// Sender says that EUI64 is MSH-3's alone: a gateway's may stand before
	// many monitors.
	Sender bool
	// Application is MSH-3 as sent.
	Application string
}

// Patient is whom the monitor believes to be connected. It is a hint for the
// human who links the monitor, never an identification.
type Patient struct {
	// IDs are the identifiers of PID-3, none where the patient is unknown.
	IDs []PatientID
	// Sent is PID-3 as sent.
	Sent string
}

// PatientID is one identifier, with assigning authority and type where sent.
type PatientID struct{ ID, Authority, Type string }

// Known reports whether the monitor names a patient.
func (p Patient) Known() bool { return len(p.IDs) > 0 }

// Location is where the monitor believes to stand.
type Location struct {
	// Sent is PV1-3 as sent; makers fill it in many ways.
	Sent string
	// Bed is the third component as sent, often all there is.
	Bed string
}

// Accepted is a sample with the wire text it came from.
type Accepted struct {
	vital.Sample
	// Text is the value at the kind's resolution, in the kind's unit.
	Text string
	// SentValue and SentUnit are OBX-5 and OBX-6 as sent.
	SentValue, SentUnit string
}

// Quarantined is a row that was not used.
type Quarantined struct {
	// Code, Name and Value are OBX-3.1, OBX-3.2 and OBX-5 as sent, cut to
	// what fits a screen.
	Code, Name, Value string
	// Site is OBX-4.
	Site string
	// Kind is what it would have been; empty where neither code nor name says.
	Kind vital.Kind
	// Cause is for counting; Reason is for people.
	Cause  Cause
	Reason string
}

// Withheld reports whether the monitor has a value that was not taken: not a
// row in which the monitor itself says that there is none.
func (q Quarantined) Withheld() bool {
	switch q.Cause {
	case CauseFlag, CauseNoResult, CauseSentinel, CauseRepeat, CauseNotReport:
		return false
	default:
		return true
	}
}

// Cause groups the reasons; it holds no patient data.
type Cause string

// The causes.
const (
	CauseMalformed   Cause = "malformed"
	CauseNotReport   Cause = "not_a_report"
	CauseMixed       Cause = "mixed"
	CauseNoCode      Cause = "no_code"
	CauseUnknownCode Cause = "unknown_code"
	CauseMismatch    Cause = "code_name_mismatch"
	CauseNotVital    Cause = "not_a_vital"
	CauseFlag        Cause = "flag" // the monitor itself says that it is no value
	CauseUnknownFlag Cause = "unknown_flag"
	CauseSimulated   Cause = "simulated"
	CauseNoResult    Cause = "no_result"
	CauseNotNumber   Cause = "not_a_number"
	CauseSentinel    Cause = "sentinel"
	CauseNoUnit      Cause = "no_unit"
	CauseUnit        Cause = "unit"
	CauseImplausible Cause = "implausible"
	CauseTime        Cause = "time"
	CauseAhead       Cause = "clock_ahead"
	CauseRepeat      Cause = "repeat"
	CauseConflict    Cause = "conflict"
)

// refusal is why a row was not used.
type refusal struct {
	cause  Cause
	reason string
}

func (r *refusal) Error() string { return r.reason }

func refuse(c Cause, format string, args ...any) error {
	return &refusal{c, fmt.Sprintf(format, args...)}
}

// quarantine sets a row aside for the reason that err gives.
func quarantine(obx Segment, err error) Quarantined {
	q := Quarantined{
		Code: clip(obx.Field(3).Comp(1).Text(), 60), Name: clip(obx.Field(3).Comp(2).Text(), 80),
		Value: clip(obx.Field(5).Text(), 80), Site: siteOf(obx),
		Kind: kindOf(obx.Field(3)), Cause: CauseMalformed, Reason: err.Error(),
	}
	var r *refusal
	if errors.As(err, &r) {
		q.Cause = r.cause
	}
	return q
}

func siteOf(obx Segment) string { return clip(obx.Field(4).Text(), 60) }

// quote shows what was sent inside a sentence.
func quote(s string, n int) string { return strconv.Quote(clip(s, n)) }

// UCUM is the unit of the value.
func (a Accepted) UCUM() string {
	f, _ := vital.Of(a.Kind)
	return f.UCUM
}
