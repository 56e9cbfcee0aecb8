package server

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// pin sets a person's PIN.
func (g *guest) pin(login, pin string) {
	g.t.Helper()
	from := auth.Source{Address: "192.0.2.1"}
	in, err := g.Auth().SignIn(g.t.Context(), login, password, from)
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.Auth().SetPIN(g.t.Context(), in.View, password, pin, from); err != nil {
		g.t.Fatal(err)
	}
}

// TestPeople_AreThoseWhosePINCounts: who is listed to unlock and to witness can
// prove themselves there. Without a PIN, without an account that is open, or
// away from an enrolled device, nobody can.
func TestPeople_AreThoseWhosePINCounts(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.nurse()
	okafor.pin("okafor", "274913")
	h.hire("brandt", "L. Brandt RN", act.Nurse) // no PIN yet
	left := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	left.pin("weiss", "950472")
	if _, err := h.Auth().Disable(t.Context(), h.admin, left.person); err != nil {
		t.Fatal(err)
	}
	id := okafor.visit(h.patient(okafor, "P-1", "Maria", "Rivera"), 3)
	tablet, empty := h.tablet(3), h.tablet(4)
	for where, g := range map[string]*guest{"at the visit": tablet, "at an empty chair": empty} {
		path := "/chair/3"
		if g == empty {
			path = "/chair/4"
		}
		page := g.get(path).Body.String()
		if !strings.Contains(page, "A. Okafor RN") || strings.Contains(page, "L. Brandt RN") || strings.Contains(page, "J. Weiss MD") {
			t.Errorf("%s the page names the wrong people", where)
		}
	}
	if page := tablet.get("/unlock").Body.String(); !strings.Contains(page, "A. Okafor RN") || strings.Contains(page, "L. Brandt RN") || strings.Contains(page, "J. Weiss MD") {
		t.Error("the page to unlock names the wrong people")
	}
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow}
	listed := func(g *guest) []view.Option {
		c, err := r.chair(t.Context(), web.Visitor{Actor: g.actor}, 3)
		if err != nil || c.Session != string(id) {
			t.Fatal(c.Session, err)
		}
		return c.Choices["people"]
	}
	if got := listed(tablet); len(got) != 1 || got[0].Value != string(okafor.person) {
		t.Errorf("on the tablet: %v", got)
	}
	if got := listed(okafor); len(got) > 0 {
		t.Errorf("in a browser that is not enrolled: %v", got)
	}
}

// TestPeople_AFormSentTwiceIsDoneOnce, also by two clicks at the same moment.
func TestPeople_AFormSentTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	admin := h.hire("adams", "B. Adams", act.Administrator)
	form := url.Values{"command": {admin.key("/people")}, "name": {"R. Field RN"}, "login": {"rosa"}, "role": {"nurse"}}
	var clicks sync.WaitGroup
	for range 2 {
		clicks.Go(func() {
			if rec := admin.post("/people", form); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "One-time password") {
				t.Errorf("answered %d", rec.Code)
			}
		})
	}
	clicks.Wait()
	var rosa auth.Person
	people, err := h.Auth().People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Login == "rosa" {
			if rosa.ID != "" {
				t.Error("two accounts")
			}
			rosa = p
		}
	}
	change := url.Values{
		"command": {admin.key("/people")}, "person": {string(rosa.ID)}, "what": {"credential"}, "kind": {string(auth.CredentialKinds()[0])},
		"number": {"88-104"}, "expires": {"2027-11-30"},
	}
	for range 2 {
		if rec := admin.post("/people/change", change); rec.Code != http.StatusSeeOther {
			t.Errorf("a credential: answered %d", rec.Code)
		}
	}
	change.Set("number", "88-105")
	if rec := admin.post("/people/change", change); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "This form was sent before") {
		t.Errorf("the same form with other content: answered %d", rec.Code)
	}
	if p, err := h.Auth().Person(t.Context(), rosa.ID); err != nil || len(p.Credentials) != 1 || p.Credentials[0].Number != "88-104" {
		t.Errorf("credentials are %+v, %v", p.Credentials, err)
	}
}
