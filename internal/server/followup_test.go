package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
)

// TestFollowUp_LeavesTheListWhenSomebodyCalled: through the closing of the
// record, and not when nobody was reached.
func TestFollowUp_LeavesTheListWhenSomebodyCalled(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor, weiss := h.nurse(), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := okafor.visit(h.patient(okafor, "P-1", "Maria", "Rivera"), 3)
	page := "/sessions/" + string(id) + "/acts/session.follow-up"
	if w := okafor.get(page); w.Code == http.StatusOK {
		t.Error("a call is offered while the patient is here")
	}
	okafor.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	okafor.say(id, session.ActLeave, map[string]any{
		"told": private("J. Weiss MD"), "capacity": session.HasCapacity, "escort_called": true, "emergency_called": true,
		"follow_up_due": h.now().Add(time.Hour), "instructions_given": true,
	})
	weiss.say(id, session.ActReview, map[string]any{"meaning": session.MeaningReviewed})
	okafor.say(id, session.ActClose, map[string]any{})

	listed := func() bool {
		t.Helper()
		list := okafor.get("/sessions").Body.String()
		_, after, found := strings.Cut(list, "To be called")
		return found && strings.Contains(after, "Rivera")
	}
	if !listed() {
		t.Fatal("a closed visit whose patient nobody called is not listed")
	}
	if w := okafor.fill(page, url.Values{"outcome": {string(session.FollowUpAgain)}, "said": {"no answer"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if !listed() || !strings.Contains(okafor.get("/sessions").Body.String(), "Not reached today 10:12.") {
		t.Error("who was not reached is not called again")
	}
	if w := okafor.fill(page, url.Values{"outcome": {string(session.FollowUpReached)}, "said": {"slept well, no pain"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if listed() {
		t.Error("who was reached is still to be called")
	}
	record := okafor.get("/sessions/" + string(id)).Body.String()
	for _, want := range []string{"Follow-up call", "not reached, to be tried again", "slept well, no pain"} {
		if !strings.Contains(record, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if p := h.state(id).Phase; p != session.PhaseClosed {
		t.Errorf("the call left the visit %q", p)
	}
}
