package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/word"
)

// TestAttest_ADateThatNoPaperCanBearGoesBack: after today on the clinic's
// calendar, or before the patient was born. It is 9:20 in the clinic.
func TestAttest_ADateThatNoPaperCanBearGoesBack(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	env := envAt(at(-40))
	east, west := env, env
	east.Zone, west.Zone = time.FixedZone("east", 15*3600), time.FixedZone("west", -10*3600)
	unborn, nowhere := env, env
	unborn.Patient.Known = false
	nowhere.Zone = nil
	for _, c := range []struct {
		name, day string
		env       Env
		says      word.ID // empty: it is taken
	}{
		{"today", "2026-11-23", env, ""},
		{"tomorrow", "2026-11-24", env, "session.paper_future"},
		{"tomorrow, where that is today", "2026-11-24", east, ""},
		{"today, where that is tomorrow", "2026-11-23", west, "session.paper_future"},
		{"yesterday, where that is today", "2026-11-22", west, ""},
		{"the day of birth", "1980-05-01", env, ""},
		{"the day before", "1980-04-30", env, "session.paper_before_birth"},
		{"before 1900", "1899-12-31", env, "session.bad_date"},
		{"before birth, which is not known", "1980-04-30", unborn, ""},
		{"tomorrow, in no zone", "2026-11-24", nowhere, "session.paper_future"},
		{"not a date", "2026-02-30", env, "session.bad_date"},
		{"nothing", "", env, "session.bad_date"},
	} {
		_, r := Decide(l.state, Attest{Document: Screening, Title: said(1), DocumentDate: c.day}, c.env)
		switch {
		case c.says == "" && r != nil:
			t.Errorf("%s: %s", c.name, r.Message.English())
		case c.says != "" && (r == nil || r.Message.ID != c.says || !r.Malformed):
			t.Errorf("%s: %v", c.name, r)
		}
	}
}
