package hl7

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestTrust asserts every flag on its own: what blocks, what lowers the
// quality, what marks as simulated, what does nothing.
func TestTrust(t *testing.T) {
	t.Parallel()
	blocked := []string{"INV", "NAV", "CAL", "BUSY", "OFF", "NI", ">", "<", "XYZ", "0", "INVALID"}
	for _, f := range blocked {
		for _, with := range [][]string{{f}, {"QUES", f}, {f, "VAL"}, {"TEST", f}} {
			if _, err := trust(with, "R", "P"); err == nil {
				t.Errorf("flags %q do not block", with)
			}
		}
	}
	for _, f := range []string{"", "N", "L", "H", "LL", "HH", "A", "AA", "VAL", "ALACT", "ALINH", "PN", "PL", "PM", "PH", "SP", "ST", "SA"} {
		got, err := trust([]string{f}, "F", "P")
		if err != nil || got.quality != vital.Good || got.simulated != "" {
			t.Errorf("flag %q: %+v, %v; want a good value", f, got, err)
		}
	}
	for _, f := range []string{"QUES", "EARLY"} {
		if got, err := trust([]string{"ALACT", f, "VAL"}, "R", "P"); err != nil || got.quality != vital.Questionable {
			t.Errorf("flag %q: %+v, %v; want questionable", f, got, err)
		}
	}
	for _, f := range []string{"TEST", "DEMO"} {
		if got, err := trust([]string{f}, "R", "P"); err != nil || got.simulated != f {
			t.Errorf("flag %q: %+v, %v; want simulated", f, got, err)
		}
	}
}

func TestTrust_ProcessingAndStatus(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"T", "D"} {
		if got, err := trust(nil, "R", p); err != nil || got.simulated == "" {
			t.Errorf("processing %s: %+v, %v; want simulated", p, got, err)
		}
	}
	if _, err := trust(nil, "R", "X"); err == nil {
		t.Error("an unknown processing id is taken")
	}
	for status, ok := range map[string]bool{"R": true, "F": true, "": true, "X": false, "D": false, "W": false, "N": false, "P": false, "r": false} {
		if _, err := trust(nil, status, "P"); (err == nil) != ok {
			t.Errorf("status %q: %v", status, err)
		}
	}
}

func TestFlagsOf_LowerCaseIsTheSameFlag(t *testing.T) {
	t.Parallel()
	r := Parse(report("OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|70|bpm||alact~inv|||R"), Options{})
	if len(r.Accepted) != 0 || r.Quarantined[0].Cause != CauseFlag {
		t.Errorf("got %+v, want it blocked", r)
	}
}
