package hl7

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"
)

// check asserts what must hold of any bytes at all.
func check(t *testing.T, raw []byte, opt Options) {
	t.Helper()
	r := Parse(raw, opt)
	for _, a := range r.Accepted {
		if !a.Kind.Plausible(a.Value) || a.Kind.Text(a.Value) != a.Text {
			t.Errorf("accepted %s %v as %q", a.Kind, a.Value, a.Text)
		}
		if a.At.IsZero() || a.Source == "" || a.Simulated && !opt.AllowSimulated {
			t.Errorf("accepted %+v", a)
		}
		if c, ok := codeByName(a.Source); !ok || c.Kind != a.Kind {
			t.Errorf("source %q is no %s", a.Source, a.Kind)
		}
	}
	for _, q := range r.Quarantined {
		if q.Reason == "" || q.Cause == "" {
			t.Errorf("quarantined without a reason: %+v", q)
		}
	}
	if r.Message == nil && (r.Reply.Code != AE || len(r.Accepted)+len(r.Quarantined) > 0) {
		t.Errorf("no message, yet %+v", r)
	}
	if out, err := json.Marshal(r.Report()); err != nil || !utf8.Valid(out) {
		t.Errorf("report %q, %v", out, err)
	}
	checkAck(t, r)
}

// checkAck asserts that the reply can be read, with the code meant and, where
// it is sane text, the control id sent.
func checkAck(t *testing.T, r Result) {
	t.Helper()
	if r.Reply.Code == "" {
		return
	}
	ack := Ack(r.Message, r.Reply.Code, r.Reply.Text, time.Unix(0, 0).UTC(), "1")
	a, err := ParseAck(ack)
	if err != nil || a.Code != r.Reply.Code || !utf8.Valid(ack) {
		t.Errorf("reply %q reads as %+v, %v", ack, a, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range quirks(f) {
		f.Add(raw)
	}
	f.Add([]byte(head01))
	f.Add(report(hr70, "OBX||NM|150344^MDC_TEMP|\\X\\|.5|[degF]^^UCUM||QUES~~|||||20260301101500.1234-0500"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		check(t, raw, Options{})
		check(t, raw, Options{AllowSimulated: true})
	})
}

// FuzzRow fuzzes one row among good ones: whatever it holds, the others stay.
func FuzzRow(f *testing.F) {
	f.Add("NM", "147842^MDC_ECG_HEART_RATE^MDC", "1.1.1.2", "70", "/min", "", "R", "20260301101500")
	f.Add("NM", "150344^MDC_TEMP", "", "98.6", "[degF]^^UCUM", "QUES~ALACT", "F", "20260301101500.1234+0100")
	f.Add("ST", "8867-4^x^LN", "", "-1", "^MDC_DIM_BEAT_PER_MIN", ">", "X", "2026")
	f.Fuzz(func(t *testing.T, typ, id, site, value, unit, flags, status, at string) {
		for _, s := range []string{typ, id, site, value, unit, flags, status, at} {
			for i := range len(s) {
				if s[i] == '\r' || s[i] == '\n' || s[i] == '|' || s[i] >= 0x80 {
					t.Skip("another segment or field")
				}
			}
		}
		row := "OBX|2|" + typ + "|" + id + "|" + site + "|" + value + "|" + unit + "||" + flags + "|||" + status + "|||" + at
		raw := report("OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|own|97|%|||||R", row)
		check(t, raw, Options{})
		r := Parse(raw, Options{})
		if r.Reply.Code != AA || len(r.Accepted)+len(r.Quarantined) < 1 {
			t.Fatalf("a row took the message with it: %+v", r)
		}
		for _, a := range r.Accepted {
			if a.Site == "own" && a.Text == "97" {
				return
			}
		}
		for _, q := range r.Quarantined { // the row may speak of the same site and time
			if q.Site == "own" && (q.Cause == CauseConflict || q.Cause == CauseRepeat) {
				return
			}
		}
		t.Fatalf("the good row is gone: %+v", r)
	})
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"", "202603011015", "20260301101559.1234+0530", "20260301101559123", "20260301101559Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := stamp(s, nil, time.Time{})
		if err != nil {
			return
		}
		if again, err := stamp(at.Format("20060102150405.000000000-0700"), nil, time.Time{}); err != nil || !again.Equal(at) {
			t.Errorf("%q reads as %s, which reads as %s, %v", s, at, again, err)
		}
	})
}
