package hl7

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestOutgoing_WhatIsWrittenIsRead draws reports, writes them, and reads
// every value, time, site and flag back.
func TestOutgoing_WhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOutgoing(t)
		raw, err := o.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		r := Parse(raw, Options{AllowSimulated: o.Simulated})
		if len(r.Accepted) != len(o.Rows) || len(r.Quarantined) != 0 || r.Reply.Code != AA {
			t.Fatalf("%d of %d rows accepted; quarantined %+v", len(r.Accepted), len(o.Rows), r.Quarantined)
		}
		if r.ControlID != o.ControlID || r.Device.EUI64 != o.EUI64 || r.Patient.Known() != (o.PatientID != "") {
			t.Fatalf("header read as %+v", r)
		}
		for i, a := range r.Accepted {
			w := o.Rows[i]
			if a.Text != w.Value || a.Source != w.Source || a.Site != w.Site || !a.At.Equal(w.At) || a.Simulated != o.Simulated {
				t.Fatalf("row %+v read as %+v", w, a)
			}
			if (a.Quality == vital.Questionable) != (len(w.Flags) > 0) {
				t.Fatalf("flags %v read as %s", w.Flags, a.Quality)
			}
		}
	})
}

func drawOutgoing(t *rapid.T) Outgoing {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 900*rapid.IntRange(-48, 56).Draw(t, "quarter hours")))
	o := Outgoing{
		ControlID:   rapid.StringMatching(`[A-Za-z0-9|^~\\&-]{1,20}[A-Z]`).Draw(t, "control id"),
		Application: rapid.StringMatching(`[A-Za-z|^&]{1,12}`).Draw(t, "application"),
		EUI64:       rapid.SampledFrom([]string{"", "0011223344AABBCC"}).Draw(t, "eui64"),
		PatientID:   rapid.SampledFrom([]string{"", "P0001", "a^b|c"}).Draw(t, "patient"),
		Location:    "INF^CHAIR^3", Sent: at, At: at, Simulated: rapid.Bool().Draw(t, "simulated"),
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
		c := rapid.SampledFrom(Codes()).Draw(t, "code")
		f, _ := vital.Of(c.Kind)
		tenths := rapid.IntRange(int(f.Low)*10, int(f.High)*10).Draw(t, "value")
		row := OutgoingRow{
			Source: c.Name, Value: c.Kind.Text(vital.Value(tenths) / 10), Site: fmt.Sprintf("1.%d.1.1", i),
			At: at.Add(time.Duration(rapid.IntRange(-900_000, 0).Draw(t, "age")) * time.Millisecond),
		}
		if rapid.Bool().Draw(t, "questionable") {
			row.Flags = []string{"ALACT", "QUES"}
		}
		o.Rows = append(o.Rows, row)
	}
	return o
}

func TestOutgoing_SimulatedIsMarkedEverywhere(t *testing.T) {
	t.Parallel()
	raw, err := Outgoing{
		ControlID: "1", Application: "SIM", Simulated: true, Sent: now, At: now,
		Rows: []OutgoingRow{{Source: "MDC_ECG_HEART_RATE", Value: "70"}, {Source: "MDC_TEMP"}},
	}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	r := Parse(raw, Options{})
	if r.Processing != "T" || strings.Count(string(raw), "|DEMO|") != 2 || len(r.Accepted) != 0 {
		t.Errorf("message %q accepted as %+v", raw, r.Accepted)
	}
}

func TestOutgoing_NoValueIsSentAsNoResult(t *testing.T) {
	t.Parallel()
	raw, err := Outgoing{ControlID: "1", Sent: now, At: now, Rows: []OutgoingRow{{Source: "MDC_TEMP", Site: "1.5.1.1"}}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	r := Parse(raw, Options{})
	if len(r.Accepted) != 0 || len(r.Quarantined) != 1 || r.Quarantined[0].Cause != CauseNoResult {
		t.Errorf("read as %+v and %+v", r.Accepted, r.Quarantined)
	}
}

func TestOutgoing_RefusesWhatHasNoCode(t *testing.T) {
	t.Parallel()
	if _, err := (Outgoing{Rows: []OutgoingRow{{Source: "MDC_PAIN", Value: "3"}}}).Bytes(); err == nil {
		t.Error("a source without a code is written")
	}
}
