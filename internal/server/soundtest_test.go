package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/house"
)

// perceived is the filled form of a test, in which some signals were not
// perceived.
func perceived(not ...house.SignalID) url.Values {
	f := url.Values{}
	for _, what := range house.Signals() {
		f.Set("signal."+string(what), "yes")
	}
	for _, what := range not {
		f.Set("signal."+string(what), "no")
	}
	return f
}

// TestSoundTest_AtAStation: a person known by PIN records what they perceived at a
// station where nobody is signed in. It stands on board and morning page; a
// station that failed does not count as hearing, whatever its page claims, until
// a test is passed.
func TestSoundTest_AtAStation(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	station := h.tablet(0)
	n.pin("okafor", "274913")
	record := func(f url.Values) int {
		t.Helper()
		f.Set("person", string(n.person))
		f.Set("pin", "274913")
		return station.fill("/board", f, "/sound-test").Code
	}
	board := func() string { return station.get("/board").Body.String() }
	if page := board(); !strings.Contains(page, "Sound not tested today") || !strings.Contains(page, "Record the test") {
		t.Fatalf("before: %s", page)
	}
	if code := record(perceived()); code != http.StatusSeeOther {
		t.Fatalf("recording was answered %d", code)
	}
	if page := board(); !strings.Contains(page, "Sound tested today 10:12 by A. Okafor RN") {
		t.Errorf("after a test that was passed: %s", page)
	}
	station.hears()
	if n.chair(3).Hearing.Nobody {
		t.Error("a station whose test was passed does not hear")
	}
	if _, text := h.healthz(); strings.Contains(text, "test of sound failed") || !strings.Contains(text, "1 of 1 stations tested today") {
		t.Errorf("%s", text)
	}

	h.later(time.Minute)
	if code := record(perceived(house.ToneMedium)); code != http.StatusSeeOther {
		t.Fatalf("recording was answered %d", code)
	}
	station.hears()
	if page := board(); !strings.Contains(page, "Sound test failed today at 10:13") || !strings.Contains(page, "yellow alarm, three pulses") {
		t.Errorf("after a test that failed: %s", page)
	}
	if !n.chair(3).Hearing.Nobody {
		t.Error("a station whose test failed counts as hearing")
	}
	if _, text := h.healthz(); !strings.Contains(text, "1 of 1") || !strings.HasPrefix(text, "degraded") {
		t.Errorf("%s", text)
	}
	if page := n.get("/room-check").Body.String(); !strings.Contains(page, "Sound test failed today at 10:13") {
		t.Errorf("the morning's page: %s", page)
	}
	b.seconds(16, "97")
	station.hears()
	if got := h.alarm(id, alarm.Unheard); got.Priority != alarm.Medium {
		t.Errorf("a deaf station is no alarm: %+v", got)
	}

	h.later(24 * time.Hour)
	n.signIn("okafor")
	station.hears()
	if page := board(); !strings.Contains(page, "Sound test failed on ") {
		t.Error("it mended itself overnight")
	}
	if code := record(perceived()); code != http.StatusSeeOther {
		t.Fatalf("recording was answered %d", code)
	}
	if n.chair(3).Hearing.Nobody {
		t.Error("a station whose test is passed again does not hear")
	}
}

// TestSoundTest_IsRefused: without a known person, by a role that is not at the
// chairs, with a gap, and at a browser that is no station.
func TestSoundTest_IsRefused(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n, station := h.nurse(), h.tablet(0)
	n.pin("okafor", "274913")
	desk := h.hire("quinn", "P. Quinn", act.FrontDesk)
	desk.pin("quinn", "512073")
	by := func(f url.Values, who *guest, pin string) url.Values {
		f.Set("person", string(who.person))
		f.Set("pin", pin)
		return f
	}
	gap := perceived()
	gap.Del("signal.low")
	for name, code := range map[string]int{
		"a wrong PIN":                 station.fill("/board", by(perceived(), n, "274914"), "/sound-test").Code,
		"the front desk":              station.fill("/board", by(perceived(), desk, "512073"), "/sound-test").Code,
		"a signal without an answer":  station.fill("/board", by(gap, n, "274913"), "/sound-test").Code,
		"a browser that is not known": n.fill("/board", perceived(), "/sound-test").Code,
		"the tablet of a chair":       h.tablet(3).fill("/board", by(perceived(), n, "274913"), "/sound-test").Code,
	} {
		if code < 400 || code >= 500 {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	s, err := h.App().House(t.Context())
	if err != nil || len(s.Tests) != 0 {
		t.Errorf("recorded all the same: %+v, %v", s.Tests, err)
	}
}
