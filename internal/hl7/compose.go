package hl7

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Outgoing is a device report to be written: what the virtual monitor sends.
type Outgoing struct {
	ControlID string
	// Application and EUI64 make MSH-3; EUI64 may be empty.
	Application, EUI64 string
	// PatientID is PID-3.1; empty is sent as unknown. Location is PV1-3, raw.
	PatientID, Location string
	// Sent is MSH-7, At is OBR-7, both with their offset.
	Sent, At time.Time
	// Simulated sets MSH-11 to T and OBX-8 to DEMO on every row.
	Simulated bool
	Rows      []OutgoingRow
}

// OutgoingRow is one measured value.
type OutgoingRow struct {
	// Source is the MDC name of a row of Codes.
	Source string
	// Value is a decimal; empty sends no value with status X.
	Value string
	// Site is OBX-4.
	Site string
	// At is OBX-14; zero leaves it to OBR-7.
	At time.Time
	// Flags are OBX-8, such as QUES or ALACT.
	Flags []string
}

const (
	pcd01OID = "1.3.6.1.4.1.19376.1.6.1.1.1"
	stampOut = "20060102150405.000-0700"
)

// Bytes writes the message, unframed, segments ending in CR. Values are sent
// in the kind's own unit.
func (o Outgoing) Bytes() ([]byte, error) {
	sep := usual
	e := func(s string) string { return escape(s, sep) }
	app, processing, patient := e(o.Application), "P", "Unknown^^^^U"
	if o.EUI64 != "" {
		app += "^" + e(o.EUI64) + "^EUI-64"
	}
	if o.Simulated {
		processing = "T"
	}
	if o.PatientID != "" {
		patient = e(o.PatientID)
	}
	var b strings.Builder
	segment(&b, sep, "MSH", sep.encoding(), app, "", "STILLWATCH", "", o.Sent.Format(stampOut), "",
		"ORU^R01^ORU_R01", e(o.ControlID), processing, "2.6", "", "", "NE", "AL", "", "UNICODE UTF-8",
		"", "", "IHE_PCD_001^IHE PCD^"+pcd01OID+"^ISO")
	segment(&b, sep, "PID", "", "", patient)
	segment(&b, sep, "PV1", "", "O", clip(o.Location, 250))
	segment(&b, sep, "OBR", "1", "", e(o.ControlID)+"^"+e(o.Application), "182777000^monitoring of patient^SCT",
		"", "", o.At.Format(stampOut))
	if err := o.rows(&b, sep); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

func (o Outgoing) rows(b *strings.Builder, sep separators) error {
	device := ""
	if o.EUI64 != "" {
		device = escape(o.EUI64, sep) + "^^" + escape(o.EUI64, sep) + "^EUI-64"
	}
	segment(b, sep, "OBX", "1", "", "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC", "1.0.0.0",
		"", "", "", "", "", "", "X", "", "", o.At.Format(stampOut), "", "", "", device)
	for i, r := range o.Rows {
		c, ok := codeByName(r.Source)
		if !ok {
			return fmt.Errorf("write HL7 message: no code for %q", r.Source)
		}
		status, at, flags := "R", "", r.Flags
		if r.Value == "" {
			status = "X"
		}
		if !r.At.IsZero() {
			at = r.At.Format(stampOut)
		}
		if o.Simulated {
			flags = append([]string{"DEMO"}, flags...)
		}
		segment(b, sep, "OBX", strconv.Itoa(i+2), "NM", c.Number+"^"+escape(r.Source, sep)+"^MDC", escape(r.Site, sep),
			escape(r.Value, sep), mdcOf(c.Kind), "", joined(flags, sep), "", "", status, "", "", at)
	}
	return nil
}

// joined writes flags as repetitions.
func joined(flags []string, sep separators) string {
	out := make([]string, len(flags))
	for i, f := range flags {
		out[i] = escape(f, sep)
	}
	return strings.Join(out, string(sep.repetition))
}

// mdcOf is the MDC coding of the kind's own unit.
func mdcOf(k vital.Kind) string {
	for _, s := range scalesOf(k) {
		for _, u := range units {
			if u.scale == s && u.number != "" {
				return u.number + "^" + u.names[0] + "^MDC"
			}
		}
	}
	return ""
}
