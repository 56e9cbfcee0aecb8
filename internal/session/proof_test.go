package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestObserve_LooksUpWhatTheMonitorSent: a value that is said to be the
// monitor's is charted whatever it is, and counts only if the monitor sent it
// while the link was confirmed.
func TestObserve_LooksUpWhatTheMonitorSent(t *testing.T) {
	t.Parallel()
	sent := vital.Sample{Kind: vital.SpO2, Value: 97, At: at(4.5), Site: "1.2.1.1", Source: "MDC_PULS_OXIM_SAT_O2", Quality: vital.Good}
	good := vital.Reading{
		Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(4.5), Site: "1.2.1.1", Source: "MDC_PULS_OXIM_SAT_O2",
	}
	for name, c := range map[string]struct {
		read    func(*vital.Reading)
		link    func(*Link)
		sample  func(*vital.Sample)
		finding string
	}{
		"as sent":                  {},
		"as sent, no source named": {read: func(r *vital.Reading) { r.Source = "" }},
		"typed by hand": {read: func(r *vital.Reading) {
			*r = vital.Reading{Kind: vital.SpO2, Value: 55, Quality: vital.Good, Origin: vital.ByHand}
		}},
		"another value":             {read: func(r *vital.Reading) { r.Value = 55 }, finding: "session.device_unmatched"},
		"another source":            {read: func(r *vital.Reading) { r.Source = "INVENTED" }, finding: "session.device_unmatched"},
		"another site":              {read: func(r *vital.Reading) { r.Site = "1.2.2.1" }, finding: "session.device_unmatched"},
		"another time":              {read: func(r *vital.Reading) { r.At = r.At.Add(time.Millisecond) }, finding: "session.device_unmatched"},
		"another kind":              {read: func(r *vital.Reading) { r.Kind = vital.Pulse }, finding: "session.device_unmatched"},
		"questionable as sent":      {sample: func(s *vital.Sample) { s.Quality = vital.Questionable }, finding: "session.device_unmatched"},
		"unconfirmed by anybody":    {read: func(r *vital.Reading) { r.Origin, r.Value = vital.FromDevice, 55 }, finding: "session.device_unmatched"},
		"no time":                   {read: func(r *vital.Reading) { r.At = time.Time{} }, finding: "session.device_unlinked"},
		"before the link":           {link: func(l *Link) { l.Since = at(4.6) }, finding: "session.device_unlinked"},
		"while the link is doubted": {link: func(l *Link) { l.Confirmed, l.DoubtFrom = false, at(4.5) }, finding: "session.device_unlinked"},
		"before the doubt":          {link: func(l *Link) { l.Confirmed, l.DoubtFrom = false, at(4.6) }},
		"no monitor":                {link: func(l *Link) { *l = Link{} }, finding: "session.device_unlinked"},
	} {
		l := until(PhaseInfusing)
		l.state.Link = Link{Monitor: monitorOne, Confirmed: true, Since: at(-60)}
		r, s := good, sent
		if c.read != nil {
			c.read(&r)
		}
		if c.link != nil {
			c.link(&l.state.Link)
		}
		if c.sample != nil {
			c.sample(&s)
		}
		env := envAt(at(5))
		env.Seen = []vital.Sample{s}
		o := l.say(t, Observe{Observation{Purpose: ForRound, Readings: []vital.Reading{r}}}, env)[0].(Observed)
		got, quality := "", vital.Good
		for _, f := range o.Findings {
			got = string(f.Message.ID)
		}
		if c.finding != "" {
			quality = vital.Questionable
		}
		if got != c.finding || o.Readings[0].Quality != quality || o.Readings[0].Value != r.Value {
			t.Errorf("%s: finding %q, quality %s, want %q, %s", name, got, o.Readings[0].Quality, c.finding, quality)
		}
		if counts := len(look{s: l.state, env: env}.values(l.state.Observations[len(l.state.Observations)-1], oxygenKinds)) == 1; r.Kind == vital.SpO2 && counts != (c.finding == "") {
			t.Errorf("%s: counts %v", name, counts)
		}
	}
}

// TestAmend_LeavesProvenReadingsProven: a second value is corrected, the first
// needs no proof again, and a new claim does.
func TestAmend_LeavesProvenReadingsProven(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.state.Link = Link{Monitor: monitorOne, Confirmed: true, Since: at(-60)}
	env := envAt(at(5))
	env.Seen = []vital.Sample{{Kind: vital.SpO2, Value: 97, At: at(4), Quality: vital.Good}}
	kept := vital.Reading{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(4)}
	l.say(t, Observe{Observation{Purpose: ForRound, Readings: []vital.Reading{kept}}}, env)
	entry := l.state.Observations[len(l.state.Observations)-1].Stamp.Position
	l.state.Link.Since = at(6) // confirmed anew since
	claimed := kept
	claimed.Value = 99
	e := l.say(t, Amend{Entry: entry, Reason: said(9), Observation: &Observation{Purpose: ForRound, Readings: []vital.Reading{kept, claimed}}}, envAt(at(8)))[0].(Amended)
	if rs := e.Observation.Readings; rs[0].Quality != vital.Good || rs[1].Quality != vital.Questionable || len(e.Deviations) != 1 {
		t.Errorf("amended to %+v with %d findings", rs, len(e.Deviations))
	}
}

// TestObserve_NothingIsMeasuredAfterNow, by hand or by device.
func TestObserve_NothingIsMeasuredAfterNow(t *testing.T) {
	t.Parallel()
	env := envAt(at(5))
	for _, origin := range []vital.Origin{vital.ByHand, vital.FromDevice, vital.DeviceConfirmed} {
		o := Observation{Purpose: ForRound, Readings: []vital.Reading{{Kind: vital.HR, Value: 70, Quality: vital.Good, Origin: origin, At: env.Now.Add(time.Microsecond)}}}
		l := until(PhaseInfusing)
		if r := l.refused(t, Observe{o}, env); !r.Malformed || r.Message.ID != "session.time.future" {
			t.Errorf("%s: %v", origin, r)
		}
		five := scale.NRS(5)
		l.say(t, Observe{Observation{Purpose: ForRound, Pain: &five}}, env)
		entry := l.state.Observations[len(l.state.Observations)-1].Stamp.Position
		if r := l.refused(t, Amend{Entry: entry, Reason: said(9), Observation: &o}, env); !r.Malformed || r.Message.ID != "session.time.future" {
			t.Errorf("amended, %s: %v", origin, r)
		}
	}
}
