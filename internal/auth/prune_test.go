package auth

import (
	"testing"
	"time"
)

func TestSession_StaleOnlyADayAfterItEnded(t *testing.T) {
	t.Parallel()
	p := DefaultPolicy()
	begun := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	out := Session{Begun: begun, EndedAt: begun.Add(time.Hour)} // signed out at nine
	for name, tt := range map[string]struct {
		x     Session
		at    time.Duration
		stale bool
	}{
		"active":                           {Session{Begun: begun}, time.Hour, false},
		"ran out, within the day":          {Session{Begun: begun}, p.SessionLife + keepEnded, false},
		"ran out a day ago":                {Session{Begun: begun}, p.SessionLife + keepEnded + 1, true},
		"signed out, within the day":       {out, time.Hour + keepEnded, false},
		"signed out a day ago":             {out, time.Hour + keepEnded + 1, true},
		"from ahead of a clock set back":   {Session{Begun: begun}, -100 * time.Hour, false},
		"locked, and so still to unlock":   {Session{Begun: begun, LockedAt: begun}, time.Hour, false},
		"ended, as it says, after its end": {Session{Begun: begun, EndedAt: begun.Add(1000 * time.Hour)}, p.SessionLife + keepEnded + 1, true},
	} {
		if got := tt.x.stale(p, begun.Add(tt.at)); got != tt.stale {
			t.Errorf("%s: stale is %v", name, got)
		}
	}
}
