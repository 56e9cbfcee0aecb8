package hl7

import (
	"errors"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

func TestStamp_Reads(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"202603011015":                  "2026-03-01T10:15:00Z",
		"20260301101559":                "2026-03-01T10:15:59Z",
		"20260301101559.1":              "2026-03-01T10:15:59.1Z",
		"20260301101559.12":             "2026-03-01T10:15:59.12Z",
		"20260301101559.123":            "2026-03-01T10:15:59.123Z",
		"20260301101559.1234":           "2026-03-01T10:15:59.1234Z",
		"20260301101559.123456789012":   "2026-03-01T10:15:59.123456789Z",
		"20260301101559123":             "2026-03-01T10:15:59.123Z",
		"20260301101559+0000":           "2026-03-01T10:15:59Z",
		"20260301101559-0000":           "2026-03-01T10:15:59Z",
		"20260301101559Z":               "2026-03-01T10:15:59Z",
		"20260301101559-0330":           "2026-03-01T10:15:59-03:30",
		"20260301101559+05:30":          "2026-03-01T10:15:59+05:30",
		"20260301101559.1234+1400":      "2026-03-01T10:15:59.1234+14:00",
		"20240229235959":                "2024-02-29T23:59:59Z",
		"20260301101559.00000000000001": "2026-03-01T10:15:59Z",
	}
	for in, want := range tests {
		got, err := stamp(in, nil, time.Time{})
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("stamp(%q) = %s, %v; want %s", in, got.Format(time.RFC3339Nano), err, want)
		}
	}
}

func TestStamp_Refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]error{
		"":                     errNoTime,
		"2026":                 errImprecise,
		"20260301":             errImprecise,
		"2026030110":           errImprecise,
		"2026030110155":        errBadTime,
		"20260230101500":       errBadTime,
		"20261301101500":       errBadTime,
		"20260301241500":       errBadTime,
		"20260301101560":       errBadTime,
		"20260301101500.":      errBadTime,
		"20260301101500.x":     errBadTime,
		"202603011015.5":       errBadTime,
		"20260301101500+01":    errBadTime,
		"20260301101500+1500":  errBadTime,
		"20260301101500+0060":  errBadTime,
		"20260301101500+-100":  errBadTime,
		"2026-03-01T10:15:00":  errBadTime,
		"now":                  errBadTime,
		"20260301101500 +0000": errBadTime,
		"٢٠٢٦٠٣٠١١٠١٥٠٠":       errBadTime,
		"20260301101500.123456789012345678901234567": errBadTime,
	}
	for in, want := range tests {
		if _, err := stamp(in, nil, time.Time{}); !errors.Is(err, want) {
			t.Errorf("stamp(%q): %v, want %v", in, err, want)
		}
	}
}

func TestStamp_ClockChanges(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("time zone data is not installed: %v", err)
	}
	const twice, never = "20251026023000", "20260329023000"
	if _, err := stamp(twice, zone, time.Time{}); !errors.Is(err, errTwice) {
		t.Errorf("the hour that happens twice: %v", err)
	}
	if _, err := stamp(never, zone, time.Time{}); !errors.Is(err, errNotAtAll) {
		t.Errorf("the hour that is left out: %v", err)
	}
	for near, want := range map[string]string{
		"2025-10-26T00:31:00Z": "2025-10-26T02:30:00+02:00",
		"2025-10-26T01:31:00Z": "2025-10-26T02:30:00+01:00",
	} {
		n, _ := time.Parse(time.RFC3339, near)
		got, err := stamp(twice, zone, n)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("received %s: %s, %v; want %s", near, got.Format(time.RFC3339), err, want)
		}
	}
	if got, err := stamp("20251026043000", zone, time.Time{}); err != nil || got.Format(time.RFC3339) != "2025-10-26T04:30:00+01:00" {
		t.Errorf("after the change: %s, %v", got, err)
	}
	if got, err := stamp(twice+"+0200", zone, time.Time{}); err != nil || got.Format(time.RFC3339) != "2025-10-26T02:30:00+02:00" {
		t.Errorf("with an offset sent: %s, %v", got, err)
	}
}

func TestTimeOf_FallsBackToTheReportOnlyWhereEmpty(t *testing.T) {
	t.Parallel()
	const row = "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|70|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||"
	tests := map[string]struct {
		raw   []byte
		cause Cause
	}{
		"empty OBX-14":             {raw: report(row)},
		"unreadable OBX-14":        {raw: report(row + "soon"), cause: CauseTime},
		"no OBR, no OBX-14":        {raw: []byte(head01 + row), cause: CauseTime},
		"no OBR, but its own time": {raw: []byte(head01 + row + "20260301101500+0000")},
	}
	for name, tt := range tests {
		r := Parse(tt.raw, Options{})
		switch {
		case tt.cause == "" && len(r.Accepted) != 1:
			t.Errorf("%s: not accepted: %+v", name, r.Quarantined)
		case tt.cause != "" && (len(r.Quarantined) != 1 || r.Quarantined[0].Cause != tt.cause):
			t.Errorf("%s: %+v, want cause %s", name, r.Quarantined, tt.cause)
		}
	}
}

// TestJudge_SetsAsideWhatIsAheadOfItsReceipt: a value stamped in the future
// would look live for as long as the stamp lies ahead.
func TestJudge_SetsAsideWhatIsAheadOfItsReceipt(t *testing.T) {
	t.Parallel()
	measured := time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC) // in hr70
	for name, tt := range map[string]struct {
		received time.Time
		ahead    time.Duration
		taken    bool
	}{
		"received after":                     {measured.Add(time.Hour), 5 * time.Second, true},
		"ahead by as much as is borne":       {measured.Add(-5 * time.Second), 5 * time.Second, true},
		"ahead by more":                      {measured.Add(-5001 * time.Millisecond), 5 * time.Second, false},
		"an hour ahead: the zone is another": {measured.Add(-time.Hour), 5 * time.Second, false},
		"no bound is asked for":              {measured.Add(-time.Hour), 0, true},
		"no time of receipt":                 {time.Time{}, 5 * time.Second, true},
	} {
		r := Parse(report(hr70), Options{Received: tt.received, Ahead: tt.ahead})
		if tt.taken != (len(r.Accepted) == 1) || len(r.Accepted)+len(r.Quarantined) != 1 {
			t.Errorf("%s: %d accepted, %d quarantined", name, len(r.Accepted), len(r.Quarantined))
		}
		if !tt.taken && (r.Quarantined[0].Cause != CauseAhead || r.Quarantined[0].Kind != vital.HR || !r.Quarantined[0].Withheld()) {
			t.Errorf("%s: set aside as %+v", name, r.Quarantined[0])
		}
	}
}
