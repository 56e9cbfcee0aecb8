package server

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// place is a whole clinic over a fresh record, reached through its handler,
// with a clock that a test moves.
type place struct {
	*Server
	t     testing.TB
	mu    sync.Mutex // guards at
	at    time.Time
	admin act.Actor
}

// password is every test person's, after the one-time password was replaced.
const password = "a quiet room with four chairs"

func (h *place) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *place) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func newPlace(t testing.TB) *place { t.Helper(); return newPlaceWith(t, func(*Config) {}) }

// newPlaceWith is a place whose settings a test changes. Its library is adopted.
func newPlaceWith(t testing.TB, change func(*Config)) *place {
	t.Helper()
	h := barePlace(t, change)
	h.adopt()
	return h
}

// barePlace is a place on its first morning: nothing is adopted or signed.
func barePlace(t testing.TB, change func(*Config)) *place {
	t.Helper()
	h := &place{t: t, at: time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC)}
	cfg := Config{
		Data: t.TempDir(), Clinic: "test", Zone: "UTC", Chairs: 6, Listen: "127.0.0.1:0", Plain: true, Version: "test",
		Now: h.now, Log: slog.New(slog.DiscardHandler), Hashing: &auth.Params{MemoryKiB: 8, Passes: 1, Lanes: 1},
	}
	change(&cfg)
	h.open(cfg)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	v := h.settle(h.FirstLogin, h.FirstPassword)
	h.admin, _ = v.View.Actor()
	return h
}

// watchedPlace is a place whose director has signed the alarm settings.
func watchedPlace(t testing.TB) *place {
	t.Helper()
	h := newPlace(t)
	h.signAlarms()
	return h
}

// adopt has a director adopt the library that the server has.
func (h *place) adopt() {
	h.t.Helper()
	director := act.Actor{Kind: act.Person, Person: app.NewID[ident.Person](h.App()), Roles: []act.Role{act.Director}}
	refusal, err := h.App().DoHouse(h.t.Context(), director, app.NewID[ident.Command](h.App()), house.AdoptLibrary{Hash: h.App().Knows().Library.Hash}, nil)
	if err != nil || refusal != nil {
		h.t.Fatalf("the library was not adopted: %v %v", refusal, err)
	}
}

// signAlarms has a director sign what the server has.
func (h *place) signAlarms() {
	h.t.Helper()
	director := h.hire("haas", "M. Haas MD", act.Director)
	refusal, err := h.App().DoHouse(h.t.Context(), director.actor, app.NewID[ident.Command](h.App()), house.SignAlarms{AlarmSettings: h.App().AlarmSettings()}, nil)
	if err != nil || refusal != nil {
		h.t.Fatalf("the alarm settings were not signed: %v %v", refusal, err)
	}
}

func (h *place) open(cfg Config) {
	h.t.Helper()
	s, err := Open(h.t.Context(), cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Server = s
}

// settle replaces a one-time password.
func (h *place) settle(login, oneTime string) auth.SignedIn {
	h.t.Helper()
	from := auth.Source{Address: "192.0.2.1"}
	in, err := h.Auth().SignIn(h.t.Context(), login, oneTime, from)
	if err != nil {
		h.t.Fatal(err)
	}
	if in, err = h.Auth().ChangePassword(h.t.Context(), in.View, oneTime, password, from); err != nil {
		h.t.Fatal(err)
	}
	return in
}

// guest is a person at a browser of their own.
type guest struct {
	*place
	person  ident.Person
	actor   act.Actor
	cookies []*http.Cookie
}

// hire makes a person with current credentials and signs them in.
func (h *place) hire(login, name string, roles ...act.Role) *guest {
	h.t.Helper()
	p := auth.Person{Login: login, Name: name, Roles: roles}
	for _, k := range auth.CredentialKinds() {
		p.Credentials = append(p.Credentials, auth.Credential{Kind: k, Number: "1", Expires: "2027-11-23"})
	}
	p, oneTime, err := h.Auth().AddPerson(h.t.Context(), h.admin, p)
	if err != nil {
		h.t.Fatal(err)
	}
	in := h.settle(login, oneTime)
	g := &guest{place: h, person: p.ID}
	g.actor, _ = in.View.Actor()
	g.cookies = []*http.Cookie{auth.Cookies{}.Session(in.Token, time.Hour)}
	return g
}

// signIn signs a person in again, as the next morning asks.
func (g *guest) signIn(login string) {
	g.t.Helper()
	in, err := g.Auth().SignIn(g.t.Context(), login, password, auth.Source{Address: "192.0.2.1"})
	if err != nil {
		g.t.Fatal(err)
	}
	g.cookies = []*http.Cookie{auth.Cookies{}.Session(in.Token, time.Hour)}
}

func (g *guest) do(r *http.Request) *httptest.ResponseRecorder {
	g.t.Helper()
	for _, c := range g.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	g.Handler().ServeHTTP(w, r)
	return w
}

func (g *guest) get(path string) *httptest.ResponseRecorder {
	g.t.Helper()
	return g.do(httptest.NewRequest(http.MethodGet, "http://stillwatch.test"+path, nil))
}

func (g *guest) post(path string, f url.Values) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test"+path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return g.do(r)
}

var keyField = regexp.MustCompile(`name="command" value="([^"]+)"`)

// key opens a page and takes the key of its form.
func (g *guest) key(path string) string {
	g.t.Helper()
	page := g.get(path)
	key := keyField.FindStringSubmatch(page.Body.String())
	if page.Code != http.StatusOK || key == nil {
		g.t.Fatalf("%s answered %d without a form: %s", path, page.Code, page.Body)
	}
	return key[1]
}

// fill opens a page, takes the key of its form and posts answers to it, or to
// where the form goes.
func (g *guest) fill(path string, answers url.Values, to ...string) *httptest.ResponseRecorder {
	g.t.Helper()
	answers.Set("command", g.key(path))
	if draft := draftField.FindStringSubmatch(g.get(path).Body.String()); draft != nil {
		answers.Set("draft", draft[1])
	}
	if len(to) > 0 {
		return g.post(to[0], answers)
	}
	path, query, _ := strings.Cut(path, "?")
	if q, err := url.ParseQuery(query); err == nil && q.Get("of") != "" {
		answers.Set("of", q.Get("of"))
	}
	return g.post(path, answers)
}

func (h *place) patient(by *guest, number, given, family string) ident.Patient {
	h.t.Helper()
	no := false
	p, err := h.App().PutPatient(h.t.Context(), by.actor, app.Patient{
		Number: number, Given: given, Family: family, Born: "1981-05-04", AllergiesAsked: true,
		Allergies: []app.Allergy{{To: "morphine", Reaction: "hives"}}, AllergyToDrug: &no,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.ID
}

// visit plans a visit for a patient.
func (g *guest) visit(patient ident.Patient, chair int) ident.Session {
	g.t.Helper()
	id := app.NewID[ident.Session](g.App())
	g.say(id, session.ActSchedule, map[string]any{"patient": patient, "chair": chair, "planned_start": g.now()})
	return id
}

// say records something that has to be taken.
func (g *guest) say(id ident.Session, what act.Act, body any) int64 {
	g.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	r := app.Request{
		Act: what, Schema: 1, ID: app.NewID[ident.Command](g.App()), Session: id, OccurredAt: g.now(), Actor: g.actor, Body: raw,
	}
	r.Digest = app.Digest(r)
	ans, err := g.App().Do(g.t.Context(), r)
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
	if ans.Refusal != nil {
		g.t.Fatalf("%s was refused: %v", what, ans.Refusal)
	}
	return ans.Position
}

func (h *place) state(id ident.Session) session.State {
	h.t.Helper()
	v, err := h.App().Visit(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.State
}

// auditLog is every audit entry of one type.
func (h *place) auditLog(typ string) []journal.Record {
	h.t.Helper()
	all, err := h.store.AuditSince(h.t.Context(), 0, 10_000)
	if err != nil {
		h.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r journal.Record) bool { return r.Type != typ })
}
