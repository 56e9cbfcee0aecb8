package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// tablet is a browser enrolled at a chair, where nobody is signed in.
func (h *place) tablet(chair ident.Chair) *guest {
	h.t.Helper()
	in, err := h.Auth().SignIn(h.t.Context(), h.FirstLogin, password, auth.Source{Address: "192.0.2.1"})
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := h.Auth().Enrol(h.t.Context(), in.View, auth.Placement{Kind: kindAt(chair), Chair: chair, Name: "tablet " + chair.String()})
	if err != nil {
		h.t.Fatal(err)
	}
	return &guest{place: h, actor: e.Device.Actor(), cookies: []*http.Cookie{auth.Cookies{}.Device(e.Token)}}
}

// kindAt is a station where there is no chair.
func kindAt(chair ident.Chair) auth.DeviceKind {
	if chair == 0 {
		return auth.Station
	}
	return auth.ChairTablet
}

// grant is what a tablet keeps to write in the person's name.
func (g *guest) grant() string {
	g.t.Helper()
	of, err := g.Auth().ViewOf(g.t.Context(), g.actor)
	if err != nil {
		g.t.Fatal(err)
	}
	token, _, err := g.Auth().IssueGrant(of)
	if err != nil {
		g.t.Fatal(err)
	}
	return token
}

// wire is a command as the chair's page sends it.
type wire map[string]any

func (g *guest) wire(id ident.Session) wire {
	return wire{"schema": 1, "id": app.NewID[ident.Command](g.App()), "session": id, "occurred_at": g.now(), "offset_ms": 0, "body": map[string]any{}}
}

func (w wire) but(key string, v any) wire { w[key] = v; return w }

func (g *guest) send(what act.Act, w wire, alter ...func(*http.Request)) (*httptest.ResponseRecorder, view.Reply) {
	g.t.Helper()
	raw, err := json.Marshal(w)
	if err != nil {
		g.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/commands/"+string(what), bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	for _, f := range alter {
		f(r)
	}
	rec := g.do(r)
	var reply view.Reply
	if err := json.Unmarshal(rec.Body.Bytes(), &reply); err != nil {
		g.t.Fatalf("answered %d, not JSON: %s", rec.Code, rec.Body)
	}
	return rec, reply
}

// stopPlace is a clinic with a nurse, a tablet at chair 3 and a visit there.
func stopPlace(t *testing.T) (h *place, okafor, tablet *guest, id ident.Session) {
	t.Helper()
	h = newPlace(t)
	okafor, tablet = h.hire("okafor", "A. Okafor RN", act.Nurse), h.tablet(3)
	id = okafor.visit(h.patient(okafor, "1", "Maria", "Rivera"), 3)
	okafor.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	return h, okafor, tablet, id
}

// stops checks that exactly n stops stand and gives the newest.
func (h *place) stops(id ident.Session, n int) session.StopFact {
	h.t.Helper()
	stops := h.state(id).Stops
	if len(stops) != n {
		h.t.Fatalf("%d stops are recorded, want %d", len(stops), n)
	}
	return stops[n-1]
}

// A stop from an enrolled tablet is recorded under any grant. Where the grant
// does not say for certain who it was, the tablet is its author and who
// stopped is to be confirmed.
func TestStop_IsTakenUnderABadGrant(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	good := okafor.grant()
	leaving := brandt.grant()
	h.later(time.Minute)
	if _, err := h.Auth().Disable(t.Context(), h.admin, brandt.person); err != nil {
		t.Fatal(err)
	}
	// Given after the person had lost access.
	disabled, _, err := auth.NewGrants(grantKey(t, h), "test", time.Hour).Issue(auth.Grant{
		ID: "g", Person: brandt.person, Roles: []act.Role{act.Nurse}, Proof: act.PIN,
	}, h.now())
	if err != nil {
		t.Fatal(err)
	}
	h.later(13 * time.Hour)
	n := 0
	for name, grant := range map[string]string{
		"none": "", "forged": good[:len(good)-4] + "AAAA", "no grant at all": "nonsense", "expired": good, "another's, expired": leaving, "of a disabled person": disabled,
	} {
		for _, what := range []act.Act{session.ActStop, session.ActHelp} {
			rec, _ := tablet.send(what, tablet.wire(id).but("grant", grant))
			if rec.Code != http.StatusOK {
				t.Errorf("%s under a grant that is %s: answered %d %s", what, name, rec.Code, rec.Body)
			}
		}
		n++
		if f := h.stops(id, n); !f.WhoOpen || f.Via != tablet.actor.Via || f.By != "" {
			t.Errorf("under a grant that is %s the stop's author is %+v", name, f.Stamp)
		}
		// Anything else is not taken from a tablet alone.
		if rec, _ := tablet.send(session.ActPresence, tablet.wire(id).but("grant", grant)); rec.Code == http.StatusOK {
			t.Errorf("a look in under a grant that is %s was recorded", name)
		}
	}
}

func grantKey(t *testing.T, h *place) auth.ServerKey {
	t.Helper()
	key, err := auth.OpenServerKey(h.cfg.Data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Without an enrolment the person at the screen stands for it, locked or not;
// where nobody is known at all it is not taken, and the answer says so.
func TestStop_UnderABadGrantWithoutEnrolment(t *testing.T) {
	t.Parallel()
	h, okafor, _, id := stopPlace(t)
	rec, _ := okafor.send(session.ActStop, okafor.wire(id).but("grant", "nonsense"))
	if f := h.stops(id, 1); rec.Code != http.StatusOK || f.By != okafor.person || f.WhoOpen {
		t.Errorf("signed in: %d, by %+v", rec.Code, f.Stamp)
	}
	// Whoever is at the screen does not become the author of another's entry.
	if rec, _ = okafor.send(session.ActPresence, okafor.wire(id).but("grant", "nonsense")); rec.Code != http.StatusUnauthorized {
		t.Errorf("a look in under a bad grant was answered %d", rec.Code)
	}
	h.later(6 * time.Minute) // the screen has locked
	rec, _ = okafor.send(session.ActStop, okafor.wire(id).but("grant", "nonsense"))
	if f := h.stops(id, 2); rec.Code != http.StatusOK || !f.WhoOpen {
		t.Errorf("locked: %d, %+v", rec.Code, f)
	}
	nobody := &guest{place: h}
	for _, grant := range []string{"", "nonsense"} {
		rec, reply := nobody.send(session.ActStop, nobody.wire(id).but("grant", grant))
		if rec.Code != http.StatusUnauthorized || reply.Outcome == "accepted" || !strings.Contains(reply.Text, "Sign in") {
			t.Errorf("nobody known: %d %+v", rec.Code, reply)
		}
	}
	h.stops(id, 2)
}

// A stop that was touched at a locked screen is the tablet's, also when a
// person's session is open again by the time it arrives.
func TestStop_UnsignedIsTheTabletsWhoeverIsSignedIn(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	both := &guest{place: h, actor: okafor.actor, person: okafor.person, cookies: append(slices.Clone(tablet.cookies), okafor.cookies...)}
	if rec, _ := both.send(session.ActStop, both.wire(id).but("unsigned", true)); rec.Code != http.StatusOK {
		t.Fatalf("answered %d %s", rec.Code, rec.Body)
	}
	if f := h.stops(id, 1); !f.WhoOpen || f.Via != tablet.actor.Via || f.By != "" {
		t.Errorf("its author is %+v", f.Stamp)
	}
	if rec, _ := both.send(session.ActPresence, both.wire(id).but("unsigned", true)); rec.Code == http.StatusOK {
		t.Error("a look in that nobody signed was recorded")
	}
}

// What could get in the way of a stop besides its author: each is recorded.
func TestStop_NothingElseRefusesIt(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, first := stopPlace(t)
	patient := h.state(first).Patient
	same := func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "http://stillwatch.test")
	}
	long := map[string]any{"cause": "clinical", "reason": map[string]any{"text": strings.Repeat("x", 9<<10)}}
	for name, c := range map[string]struct {
		change func(wire) wire
		unread bool
	}{
		"a clock ten years ahead":   {change: func(w wire) wire { return w.but("occurred_at", "2036-01-01T00:00:00Z") }},
		"a clock at its beginning":  {change: func(w wire) wire { return w.but("occurred_at", "1970-01-01T00:00:09Z") }},
		"an offset beyond bounds":   {change: func(w wire) wire { return w.but("offset_ms", int64(-1_800_000_000_000)) }},
		"an offset beyond counting": {change: func(w wire) wire { return w.but("offset_ms", int64(9_000_000_000_000_000)) }},
		"no time":                   {change: func(w wire) wire { delete(w, "occurred_at"); return w }},
		"a newer page's version": {change: func(w wire) wire {
			return w.but("schema", 2).but("body", map[string]any{"cause": "clinical", "pump": 1})
		}, unread: true},
		"no version":                {change: func(w wire) wire { return w.but("schema", 0) }, unread: true},
		"a cause nobody knows":      {change: func(w wire) wire { return w.but("body", map[string]any{"cause": "because"}) }},
		"a field nobody knows":      {change: func(w wire) wire { return w.but("body", map[string]any{"why": "x"}) }, unread: true},
		"a body that is no object":  {change: func(w wire) wire { return w.but("body", []int{1}) }, unread: true},
		"a reason beyond its bound": {change: func(w wire) wire { return w.but("body", long) }, unread: true},
		"a reason by reference": {change: func(w wire) wire {
			return w.but("body", map[string]any{"reason": map[string]any{"id": w["id"], "hash": "00"}})
		}, unread: true},
		"a witness that is not one": {change: func(w wire) wire { return w.but("witness", "nonsense") }},
		"no body":                   {change: func(w wire) wire { delete(w, "body"); return w }},
	} {
		t.Run(name, func(t *testing.T) {
			id := okafor.visit(patient, 3)
			w := c.change(tablet.wire(id))
			rec, reply := tablet.send(session.ActStop, w, same)
			if rec.Code != http.StatusOK || reply.Outcome != "accepted" {
				t.Fatalf("answered %d %s", rec.Code, rec.Body)
			}
			f := h.stops(id, 1)
			if h.now().Sub(f.At) > time.Minute || f.At.After(h.now()) {
				t.Errorf("it holds from %s, now is %s", f.At, h.now())
			}
			if got := strings.Contains(strings.Join(reply.Findings, " "), "could not be read"); got != c.unread {
				t.Errorf("said that it could not be read whole: %v, want %v (%q)", got, c.unread, reply.Findings)
			}
			if rec, reply = tablet.send(session.ActStop, w, same); rec.Code != http.StatusOK || reply.Outcome != "repeated" {
				t.Errorf("sent again: %d %s", rec.Code, rec.Body)
			}
			h.stops(id, 1)
			if rec, _ = tablet.send(session.ActHelp, c.change(tablet.wire(id)), same); rec.Code != http.StatusOK || h.state(id).Help == nil {
				t.Errorf("a call for help was answered %d %s", rec.Code, rec.Body)
			}
		})
	}
}

// A tablet from which too many wrong PINs came still records a stop.
func TestStop_IsTakenWhilePINsAreSlowedDown(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	last := 0
	for range 30 {
		r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/unlock", strings.NewReader(`{"person":"`+string(okafor.person)+`","pin":"000000"}`))
		last = tablet.do(r).Code
	}
	if last == http.StatusOK {
		t.Fatal("a wrong PIN opened the screen")
	}
	if rec, _ := tablet.send(session.ActStop, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Errorf("answered %d", rec.Code)
	}
	h.stops(id, 1)
}

// The stop goes on in every phase, also after the record is closed, and after
// the server was started anew.
func TestStop_IsTakenInEveryPhaseAndAfterARestart(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	scheduled := okafor.visit(h.patient(okafor, "2", "Haruki", "Sato"), 3)
	cancelled := okafor.visit(h.patient(okafor, "3", "Elsa", "Lindqvist"), 3)
	okafor.say(cancelled, session.ActCancel, map[string]any{"reason": map[string]string{"text": "ill"}})
	left := okafor.visit(h.patient(okafor, "4", "Thi", "Ng"), 3)
	okafor.say(left, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	okafor.say(left, session.ActLeave, map[string]any{"capacity": "has capacity"})
	for _, v := range []ident.Session{id, scheduled, cancelled, left} {
		if rec, _ := tablet.send(session.ActStop, tablet.wire(v)); rec.Code != http.StatusOK {
			t.Errorf("%s: answered %d %s", h.state(v).Phase, rec.Code, rec.Body)
		}
		h.stops(v, 1)
	}
	h.restart()
	if rec, _ := tablet.send(session.ActStop, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Errorf("after a restart: answered %d %s", rec.Code, rec.Body)
	}
	if f := h.stops(id, 2); !f.Repeat {
		t.Error("the second stop is no repeat")
	}
}

// restart closes the clinic and opens it over the same record.
func (h *place) restart() {
	h.t.Helper()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
	s, err := Open(h.t.Context(), h.cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Server = s
}

// Where a stop cannot be recorded the answer is no success and says that
// nothing was recorded: the page shows it until somebody has seen it.
func TestStop_ThatCannotBeRecordedIsSaidLoudly(t *testing.T) {
	t.Parallel()
	h, _, tablet, id := stopPlace(t)
	first := tablet.wire(id)
	if rec, _ := tablet.send(session.ActStop, first); rec.Code != http.StatusOK {
		t.Fatalf("answered %d", rec.Code)
	}
	other := wire{}
	for k, v := range first {
		other[k] = v
	}
	foreign := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	for name, c := range map[string]struct {
		w      wire
		alter  []func(*http.Request)
		status int
	}{
		"the id of another entry": {w: other.but("body", map[string]any{"cause": "clinical"}), status: http.StatusConflict},
		"a visit nobody knows":    {w: tablet.wire(app.NewID[ident.Session](h.App())), status: http.StatusBadRequest},
		"no visit":                {w: tablet.wire(""), status: http.StatusBadRequest},
		"too large to be read":    {w: tablet.wire(id).but("body", map[string]any{"reason": strings.Repeat("x", 300<<10)}), status: http.StatusRequestEntityTooLarge},
		"another site":            {w: tablet.wire(id), alter: []func(*http.Request){foreign}, status: http.StatusForbidden},
	} {
		rec, reply := tablet.send(session.ActStop, c.w, c.alter...)
		if rec.Code != c.status || reply.Text == "" || reply.Outcome == "accepted" || reply.Outcome == "repeated" {
			t.Errorf("%s: answered %d %+v", name, rec.Code, reply)
		}
	}
	h.stops(id, 1)
}
