package server

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	shipped "github.com/stillwatch/stillwatch/library"
)

func (h *place) alarmsOn() bool {
	h.t.Helper()
	on, err := h.App().AlarmsOn(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return on
}

// TestAlarmSettings_Signed: the director reads and signs them on their page,
// and proves it with the password. Until then nothing is alarmed on, and the
// server says so.
func TestAlarmSettings_Signed(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, director := h.nurse(), h.hire("haas", "M. Haas MD", act.Director)
	hash := h.App().Knows().AlarmRules.Hash()
	if _, text := h.healthz(); !strings.Contains(text, "alarms: the director has not signed") {
		t.Errorf("before anybody signed healthz says\n%s", text)
	}
	if page := nurse.get("/alarms").Body.String(); strings.Contains(page, "sign.password") || !strings.Contains(page, "Not signed") || !strings.Contains(page, "below 94 % for 30 s") {
		t.Errorf("a nurse reads\n%s", page)
	}
	sign := func(g *guest, hash, password string) int {
		return g.post("/alarms", url.Values{"command": {string(app.NewID[ident.Command](g.App()))}, "sha256": {hash}, "sign.password": {password}}).Code
	}
	if status := sign(nurse, hash, password); status != http.StatusForbidden || h.alarmsOn() {
		t.Errorf("a nurse signed: %d", status)
	}
	if status := sign(director, hash, "not the password"); status != http.StatusForbidden || h.alarmsOn() {
		t.Errorf("signed with a wrong password: %d", status)
	}
	if status := sign(director, strings.Repeat("0", 64), password); status != http.StatusUnprocessableEntity || h.alarmsOn() {
		t.Errorf("signed what the server does not have: %d", status)
	}
	if status := sign(director, hash, password); status != http.StatusSeeOther || !h.alarmsOn() {
		t.Errorf("the director's signature was answered %d", status)
	}
	if page := director.get("/alarms").Body.String(); !strings.Contains(page, "by M. Haas MD") || strings.Contains(page, "Not signed") {
		t.Errorf("the page after the signature\n%s", page)
	}
	if _, text := h.healthz(); strings.Contains(text, "alarms:") && strings.Contains(text, "not signed") {
		t.Errorf("after the signature healthz says\n%s", text)
	}
}

// TestAlarmSettings_AnotherFileIsNotSigned: a release with other rows waits
// for a signature of its own.
func TestAlarmSettings_AnotherFileIsNotSigned(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	n, b := h.nurse(), h.bedside()
	id := b.linked(n)
	n.runs(id)
	other, err := library.DecodeAlarms(bytes.Replace(shipped.AlarmsYAML(), []byte("\nversion: 1\n"), []byte("\nversion: 2\n"), 1))
	if err != nil {
		t.Fatal(err)
	}
	h.App().Shipped.AlarmRules = other
	if h.alarmsOn() {
		t.Error("a signature under one file holds for another")
	}
	h.look()
	b.seconds(60, "70")
	if a, ok := h.state(id).Alarms.Alarm(alarm.SpO2Low); ok {
		t.Errorf("alarmed on by rows that nobody signed: %+v", a)
	}
}

// TestAlarmReview_CountsWhatTheRecordSays: an alarm that was raised,
// acknowledged and answered stands in the review, with what became of it, and
// without a name.
func TestAlarmReview_CountsWhatTheRecordSays(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	b.seconds(60, "91")
	a := h.alarm(id, alarm.SpO2Low)
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": alarm.SpO2Low, "announcement": a.Announcement})
	director := h.hire("lind", "E. Lind MD", act.Director, act.Prescriber)
	page := director.get("/alarms/review?days=7").Body.String()
	for _, want := range []string{"1 visit, ", "4 alarms: ", "SpO₂ low", "AL-SPO2-LOW", "1 (100 %)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the review does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Rivera") {
		t.Error("the review names a patient")
	}
	if got := director.get("/alarms/review?days=12345").Code; got != http.StatusBadRequest {
		t.Errorf("a span that is not offered was answered %d", got)
	}
	desk := h.hire("quinn", "D. Quinn", act.FrontDesk)
	if got := desk.get("/alarms/review").Code; got != http.StatusForbidden {
		t.Errorf("the front desk was answered %d", got)
	}
}
