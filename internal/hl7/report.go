package hl7

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// Report is the result of one message as `stillwatch hl7 parse --json` prints
// it. Lists are never null.
type Report struct {
	ControlID   string           `json:"control_id"`
	Patient     string           `json:"patient"`
	Location    string           `json:"location"`
	Device      string           `json:"device"`
	Accepted    []ReportAccepted `json:"accepted"`
	Quarantined []ReportAside    `json:"quarantined"`
	// Pump is what an infusion pump says of itself; absent where the message
	// is not one.
	Pump *ReportPump `json:"pump,omitempty"`
	Ack  ReportAck   `json:"ack"`
}

// ReportPump is a pump's own word: quantities as decimal strings in mL/h and
// mL, empty where they were not sent or not taken.
type ReportPump struct {
	Unit      string `json:"unit"`
	At        string `json:"at"`
	Event     string `json:"event"`
	State     string `json:"state"`
	Why       string `json:"why"`
	Rate      string `json:"rate"`
	Remaining string `json:"remaining"`
	Delivered string `json:"delivered"`
}

// ReportAccepted is one vital: value a decimal string in a UCUM unit, at
// RFC 3339 with the offset that was sent, site OBX-4, source the MDC name.
type ReportAccepted struct {
	Kind   string `json:"kind"`
	Value  string `json:"value"`
	Unit   string `json:"unit"`
	Site   string `json:"site"`
	At     string `json:"at"`
	Source string `json:"source"`
}

// ReportAside is one row that was not used.
type ReportAside struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// ReportAck is the reply that would be given.
type ReportAck struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Report shows r as the command line prints it: the patient is the first
// identifier sent, empty if unknown; the device its EUI-64, else the sending
// application.
func (r Result) Report() Report {
	out := Report{
		ControlID: r.ControlID, Location: r.Location.Sent, Device: r.Device.String(),
		Accepted: []ReportAccepted{}, Quarantined: []ReportAside{},
		Ack: ReportAck{string(r.Reply.Code), r.Reply.Text},
	}
	if r.HasPump {
		p := r.Pump
		out.Pump = &ReportPump{
			Unit: p.Unit, At: p.At.Format(time.RFC3339Nano), Event: string(p.Event), State: string(p.State), Why: p.Why,
			Rate: decimalOf(p.Rate), Remaining: decimalOf(p.Remaining), Delivered: decimalOf(p.Delivered),
		}
	}
	if r.Patient.Known() {
		out.Patient = r.Patient.IDs[0].ID
	}
	for _, a := range r.Accepted {
		out.Accepted = append(out.Accepted, ReportAccepted{
			Kind: string(a.Kind), Value: a.Text, Unit: a.UCUM(), Site: a.Site,
			At: a.At.Format(time.RFC3339Nano), Source: a.Source,
		})
	}
	for _, q := range r.Quarantined {
		out.Quarantined = append(out.Quarantined, ReportAside{q.Code, q.Name, q.Value, q.Reason})
	}
	return out
}

// String is the EUI-64, else the sending application.
func (d Device) String() string {
	if d.EUI64 != "" {
		return d.EUI64
	}
	return d.Application
}

func decimalOf[U unit.Base](q *unit.Of[U]) string {
	if q == nil {
		return ""
	}
	return q.Decimal()
}
