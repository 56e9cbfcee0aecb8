package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Who stands behind a cookie is asked of the register each time: this is what
// the live stream asks with every beat.
func TestVisit_EndsWithSignInPersonAndDevice(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	for name, end := range map[string]func(g *guest, tablet ident.Device){
		"signed out": func(g *guest, _ ident.Device) { g.post("/sign-out", nil) },
		"access ended": func(g *guest, _ ident.Device) {
			if _, err := h.Auth().Disable(t.Context(), h.admin, g.person); err != nil {
				t.Error(err)
			}
		},
		"signed out everywhere": func(g *guest, _ ident.Device) {
			if err := h.Auth().SignOutEverywhere(t.Context(), h.admin, g.person); err != nil {
				t.Error(err)
			}
		},
	} {
		g := h.hire("login-"+strings.ReplaceAll(name, " ", "-"), name, act.Nurse)
		if w := g.get("/board"); w.Code != http.StatusOK {
			t.Fatalf("%s: the board answered %d before", name, w.Code)
		}
		h.later(time.Second)
		end(g, "")
		if w := g.get("/v1/chair/3"); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: the door of the live view answered %d", name, w.Code)
		}
	}
	tabletIsRevoked(t, h)
	g := h.hire("late", "Late", act.Nurse)
	h.later(13 * time.Hour)
	if w := g.get("/v1/chair/3"); w.Code != http.StatusUnauthorized {
		t.Errorf("after twelve hours the door of the live view answered %d", w.Code)
	}
}

func tabletIsRevoked(t *testing.T, h *place) {
	t.Helper()
	in, err := h.Auth().SignIn(t.Context(), h.FirstLogin, password, auth.Source{Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.Auth().Enrol(t.Context(), in.View, auth.Placement{Name: "tablet at chair 3", Kind: auth.ChairTablet, Chair: 3})
	if err != nil {
		t.Fatal(err)
	}
	tablet := &guest{place: h, cookies: []*http.Cookie{auth.Cookies{}.Device(e.Token)}}
	if w := tablet.get("/board"); w.Code != http.StatusOK {
		t.Fatalf("an enrolled tablet's board answered %d", w.Code)
	}
	if err := h.Auth().Revoke(t.Context(), in.View, e.Device.ID); err != nil {
		t.Fatal(err)
	}
	if w := tablet.get("/v1/chair/3"); w.Code != http.StatusUnauthorized {
		t.Errorf("a revoked tablet's door answered %d", w.Code)
	}
}

func TestPrune_OldSignInsGoWithOneAuditEntry(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	h.hire("okafor", "A. Okafor RN", act.Nurse)
	h.later(30 * time.Hour)
	stays := h.hire("brandt", "L. Brandt RN", act.Nurse)
	before := rows(t, h)
	h.later(7 * time.Hour) // 37 hours after the first, seven after the last
	n, err := h.Auth().Prune(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The administrator and the nurse each had one sign-in by one-time
	// password and one with their own; the second nurse's two stay.
	if n != 4 || rows(t, h) != before-4 {
		t.Errorf("removed %d, %d rows became %d", n, before, rows(t, h))
	}
	if w := stays.get("/board"); w.Code != http.StatusOK {
		t.Errorf("who signed in this morning is out: %d", w.Code)
	}
	if n, err := h.Auth().Prune(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	found := 0
	for _, r := range h.auditLog("session.pruned") {
		found++
		if string(r.Payload) != `{"sessions":4}` || !strings.Contains(string(r.Actor), `"job"`) {
			t.Errorf("the log says %s by %s", r.Payload, r.Actor)
		}
	}
	if found != 1 {
		t.Errorf("%d entries about it", found)
	}
}

func rows(t *testing.T, h *place) int {
	t.Helper()
	all, err := h.store.Rows(t.Context(), string(auth.SessionRegister))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
