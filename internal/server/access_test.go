package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// Who reads a record by role, and to whom it is closed, door by door.
func TestRecords_AreReadByWhoTreatsAndSupplies(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	reads := map[act.Role]bool{act.Nurse: true, act.Prescriber: true, act.Pharmacist: true, act.Director: true}
	guests := map[act.Role]*guest{}
	for _, r := range act.Roles() {
		guests[r] = h.hire(strings.ReplaceAll(string(r), " ", "-"), string(r), r)
	}
	id := guests[act.Nurse].visit(h.patient(guests[act.Nurse], "1", "Maria", "Rivera"), 3)
	for r, g := range guests {
		for _, door := range []string{"", "/record.pdf"} {
			w := g.get("/sessions/" + string(id) + door)
			if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[reads[r]]; w.Code != want {
				t.Errorf("%q to a %s answered %d, want %d", door, r, w.Code, want)
			}
			if !reads[r] && (strings.Contains(w.Body.String(), "Rivera") || strings.Contains(w.Body.String(), "morphine")) {
				t.Errorf("%q tells a %s who it is about", door, r)
			}
		}
	}
	if n := len(h.auditLog("read")); n == 0 {
		t.Error("reads are not in the log")
	}
	// The lists: an administrator sees which visits there are, not whose.
	if w := guests[act.Administrator].get("/sessions"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Rivera") || !strings.Contains(w.Body.String(), "M.R.") {
		t.Errorf("the list of visits to an administrator: %d", w.Code)
	}
	for _, door := range []string{"/patients", "/schedule"} {
		if w := guests[act.Administrator].get(door); w.Code != http.StatusForbidden {
			t.Errorf("%s to an administrator answered %d", door, w.Code)
		}
	}
	if w := guests[act.FrontDesk].get("/sessions"); !strings.Contains(w.Body.String(), "Rivera") {
		t.Error("the front desk does not see whom it admits")
	}
	if w := guests[act.Nurse].get("/access"); w.Code != http.StatusForbidden {
		t.Errorf("the director's list to a nurse answered %d", w.Code)
	}
}

func TestBreakGlass_OpensForAnHourAndIsReviewed(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, desk := h.hire("okafor", "A. Okafor RN", act.Nurse), h.hire("quinn", "P. Quinn", act.FrontDesk)
	other, director := h.hire("lee", "S. Lee", act.FrontDesk), h.hire("meyer", "C. Meyer", act.Director)
	id := nurse.visit(h.patient(nurse, "1", "Maria", "Rivera"), 3)
	second := nurse.visit(h.patient(nurse, "2", "Haruki", "Sato"), 5)
	record := "/sessions/" + string(id)
	open := func(g *guest, reason, words string) *http.Response {
		f := url.Values{"command": {string(app.NewID[ident.Command](h.App()))}, "reason": {reason}, "words": {words}}
		return g.post(record+"/open", f).Result()
	}

	for _, bad := range [][2]string{{"emergency", ""}, {"emergency", "abc"}, {"", "crew rang for allergies"}, {"curious", "crew rang for allergies"}} {
		if r := open(desk, bad[0], bad[1]); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%q answered %d", bad, r.StatusCode)
		}
	}
	if r := open(nurse, "emergency", "crew rang for allergies"); r.StatusCode != http.StatusForbidden {
		t.Errorf("who reads anyway broke the glass: %d", r.StatusCode)
	}
	if len(h.auditLog("record.opened_in_emergency")) != 0 || desk.get(record).Code != http.StatusForbidden {
		t.Fatal("a refused opening opened something")
	}

	if r := open(desk, "service", "crew rang for allergies"); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered %d", r.StatusCode)
	}
	if w := desk.get(record); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Rivera") {
		t.Errorf("the opened record answered %d", w.Code)
	}
	if w := desk.get("/sessions/" + string(second)); w.Code != http.StatusForbidden {
		t.Errorf("another record opened too: %d", w.Code)
	}
	if w := other.get(record); w.Code != http.StatusForbidden {
		t.Errorf("it opened to somebody else too: %d", w.Code)
	}
	entries := h.auditLog("record.opened_in_emergency")
	if len(entries) != 1 || strings.Contains(string(entries[0].Payload), "crew") || !strings.Contains(string(entries[0].Payload), `"reason":"service"`) ||
		!strings.Contains(string(entries[0].Payload), `"words":{"id":"`) || !strings.Contains(string(entries[0].Actor), string(desk.person)) {
		t.Fatalf("the log says %+v", entries)
	}
	h.later(time.Hour)
	desk.signIn("quinn") // the screen locked long ago
	director.signIn("meyer")
	if w := desk.get(record); w.Code != http.StatusForbidden {
		t.Errorf("after an hour it answered %d", w.Code)
	}
	reviewed(h, desk, director)
	report, err := h.store.Verify(t.Context(), sqlstore.VerifyOptions{})
	if err != nil || !report.OK() {
		t.Errorf("the record does not verify: %v %s", err, report.Text())
	}
}

func reviewed(h *place, desk, director *guest) {
	h.t.Helper()
	if w := director.get("/sessions"); !strings.Contains(w.Body.String(), "to be reviewed: 1") {
		h.t.Error("the director's list of visits does not say that one waits")
	}
	h.later(24 * time.Hour)
	director.signIn("meyer")
	page := director.get("/access").Body.String()
	for _, text := range []string{"P. Quinn", "Rivera, M.", "An emergency service asks", "crew rang for allergies", "waits for 1 day", `class="amber"`} {
		if !strings.Contains(page, text) {
			h.t.Errorf("the director's list lacks %q", text)
		}
	}
	all, err := h.App().Accesses(h.t.Context(), director.actor)
	if err != nil || len(all) != 1 {
		h.t.Fatalf("%d accesses, %v", len(all), err)
	}
	f := func(justified, remark string) url.Values {
		return url.Values{"command": {string(app.NewID[ident.Command](h.App()))}, "access": {string(all[0].ID)}, "justified": {justified}, "remark": {remark}}
	}
	desk.signIn("quinn")
	if w := desk.post("/access", f("true", "")); w.Code != http.StatusForbidden {
		h.t.Errorf("who opened it reviews it: %d", w.Code)
	}
	if w := director.post("/access", f("false", "")); w.Code != http.StatusUnprocessableEntity {
		h.t.Errorf("not justified without a word: %d", w.Code)
	}
	if err := h.App().ReviewAccess(h.t.Context(), act.Actor{Kind: act.Person, Person: desk.person, Roles: []act.Role{act.Director}}, app.NewID[ident.Command](h.App()), all[0].ID, true, ""); err == nil {
		h.t.Error("made director, the same person reviews their own")
	}
	if len(h.auditLog("record.access_reviewed")) != 0 {
		h.t.Fatal("a refused review was recorded")
	}
	if w := director.post("/access", f("true", "heard the call")); w.Code != http.StatusSeeOther {
		h.t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	page = director.get("/access").Body.String()
	if !strings.Contains(page, "justified, C. Meyer") || !strings.Contains(page, "None waits for review.") || len(h.auditLog("record.access_reviewed")) != 1 {
		h.t.Error("the review is not shown, or not in the log")
	}
}
