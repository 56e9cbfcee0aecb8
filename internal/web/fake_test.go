package web

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

const (
	idA = "01890a5d-ac96-774b-bcce-b302099a8057"
	idB = "01890a5d-ac96-774b-bcce-b302099a8058"
)

var (
	nurse  = Visitor{Actor: act.Actor{Kind: act.Person, Person: idA, Roles: []act.Role{act.Nurse}}, Name: "A. Okafor RN"}
	tablet = Visitor{Actor: act.Actor{Kind: act.Device, Via: idB}, DeviceName: "tablet at chair 3", Chair: 3}
	locked = Visitor{Actor: nurse.Actor, Name: nurse.Name, Locked: true, Chair: 3}
	fresh  = Visitor{Actor: nurse.Actor, MustChange: true}
	nobody = Visitor{}
)

// clinic is everything behind the pages, scripted by a test.
type clinic struct {
	mu      sync.Mutex // guards who
	who     Visitor
	signErr error
	reply   view.Reply
	doErr   error
	deskErr error
	took    []Command
	plans   int
	drafts  []view.PatientDraft
	room    []RoomAnswer
	health  view.Health
	frames  *script
	follows []Mark
	asking  Asking
	heard   []bool
	// what was perceived of a sound test, and who says so
	perceived map[string]bool
	tester    ident.Person
}

func (c *clinic) Visit(*http.Request) (Visitor, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.who, nil
}

// become changes who stands behind every request from now on.
func (c *clinic) become(v Visitor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.who = v
}

func (c *clinic) SignIn(http.ResponseWriter, *http.Request, string, string) (Visitor, error) {
	return c.who, c.signErr
}
func (c *clinic) SignOut(http.ResponseWriter, *http.Request) error { return nil }
func (c *clinic) Unlock(http.ResponseWriter, *http.Request, ident.Person, string) (Visitor, error) {
	return nurse, c.signErr
}
func (c *clinic) Lock(http.ResponseWriter, *http.Request) error { return nil }
func (c *clinic) SetPassword(http.ResponseWriter, *http.Request, string, string, string) (Visitor, error) {
	return nurse, c.signErr
}
func (c *clinic) Enrol(http.ResponseWriter, *http.Request, string) error { return nil }
func (c *clinic) People(context.Context, Visitor) ([]view.Option, error) { return nil, nil }
func (c *clinic) Grant(context.Context, Visitor) (Granted, error) {
	return Granted{Grant: "g", Person: idA}, nil
}

func (c *clinic) Witness(_ *http.Request, p WitnessProof) (Granted, error) {
	if p.PIN != "482913" {
		return Granted{}, &Trouble{Status: http.StatusForbidden, What: "This PIN was not taken."}
	}
	return Granted{Grant: "w", Person: p.Person}, nil
}

func (c *clinic) ProvePIN(_ *http.Request, v Visitor, person ident.Person, pin string) (Visitor, error) {
	if pin != "482913" {
		return Visitor{}, &Trouble{Status: http.StatusForbidden, What: "This PIN was not taken."}
	}
	v.Actor.Kind, v.Actor.Person = act.Person, person
	return v, nil
}

func (c *clinic) TestSound(_ context.Context, v Visitor, _ ident.Command, perceived map[string]bool) error {
	c.perceived, c.tester = perceived, v.Actor.Person
	return c.deskErr
}

func (c *clinic) Do(_ context.Context, _ Visitor, cmd Command) (view.Reply, error) {
	c.took = append(c.took, cmd)
	return c.reply, c.doErr
}

func (c *clinic) Board(_ context.Context, _ Visitor, public bool) (view.Board, error) {
	name := "Rivera, M."
	if public {
		name = "M. R."
	}
	return view.Board{Rows: []view.BoardRow{{Chair: 3, Href: "/chair/3", Name: name, Next: "Observation"}}}, nil
}

func (c *clinic) Expected(context.Context, Visitor, ident.Chair) (view.Expected, error) {
	return view.Expected{}, nil
}

func (c *clinic) Chair(_ context.Context, _ Visitor, n ident.Chair) (view.Chair, error) {
	if n > 6 {
		return view.Chair{}, errNotFound
	}
	return view.Chair{Head: 7, Tiles: []view.Tile{}}, nil
}

func (c *clinic) Hearing(_ Visitor, audible bool) { c.heard = append(c.heard, audible) }

func (c *clinic) Worklist(context.Context, Visitor) (view.Worklist, error) {
	return view.Worklist{}, nil
}

func (c *clinic) Record(context.Context, Visitor, ident.Session) (view.Record, error) {
	return view.Record{}, io.ErrUnexpectedEOF
}

func (c *clinic) RecordPDF(context.Context, Visitor, ident.Session) ([]byte, error) {
	return []byte("%PDF-"), nil
}

func (c *clinic) PackPDF(context.Context, Visitor, ident.Session) ([]byte, error) {
	return []byte("%PDF-"), nil
}

func (c *clinic) PacksPDF(context.Context, Visitor) ([]byte, error) { return []byte("%PDF-"), nil }
func (c *clinic) Paper(context.Context, Visitor, ident.Session) (view.Paper, error) {
	return view.Paper{}, nil
}

func (c *clinic) TryPaper(context.Context, Visitor, ident.Session, []byte) (view.PaperAnswer, view.PaperPreview, error) {
	return view.PaperAnswer{}, view.PaperPreview{}, nil
}

func (c *clinic) KeepSheet(context.Context, Visitor, ident.Session, ident.Command, []byte) (view.PaperSheet, error) {
	return view.PaperSheet{}, nil
}

func (c *clinic) Sheet(context.Context, Visitor, ident.Session, int64) (string, []byte, error) {
	return "image/png", []byte("\x89PNG"), nil
}

func (c *clinic) Schedule(context.Context, Visitor) (view.Schedule, error) {
	return view.Schedule{Chairs: []view.Option{{Value: "3", Label: "Chair 3"}}}, nil
}

func (c *clinic) Plan(context.Context, Visitor, ident.Command, ident.Patient, ident.Chair, string, string, bool) (ident.Session, error) {
	c.plans++
	return idB, c.deskErr
}

func (c *clinic) About(context.Context) view.About          { return view.About{} }
func (c *clinic) Health(context.Context) view.Health        { return c.health }
func (c *clinic) Trust(context.Context) (view.Trust, error) { return trustView, nil }
func (c *clinic) Authority(context.Context) (pem, der []byte, err error) {
	return []byte("PEM"), []byte("DER"), nil
}

func (c *clinic) Follow(ctx context.Context, _ Visitor, _ []Topic, from Mark) (Frames, error) {
	c.follows = append(c.follows, from)
	return c.frames, nil
}

var trustView = view.Trust{Own: true, Address: "https://stillwatch.example/trust", Fingerprint: "9F:2C"}

// registers is the desk; its methods share names with the house's.
type registers struct{ *clinic }

func (d registers) Patients(context.Context, Visitor, string) (view.Patients, error) {
	return view.Patients{MayAdd: true}, nil
}

func (d registers) AddPatient(_ context.Context, _ Visitor, _ ident.Command, p view.PatientDraft) error {
	d.drafts = append(d.drafts, p)
	return d.deskErr
}

func (d registers) People(context.Context, Visitor) (view.People, error) {
	return view.People{MayAdd: true}, nil
}

func (d registers) AddPerson(context.Context, Visitor, ident.Command, PersonDraft) (string, error) {
	return "one-time-secret", d.deskErr
}

func (d registers) ChangePerson(context.Context, Visitor, ident.Command, PersonChange) (string, error) {
	return "", d.deskErr
}

func (d registers) Devices(context.Context, Visitor) (view.Devices, error) {
	return view.Devices{}, nil
}

func (d registers) AddMonitor(context.Context, Visitor, ident.Command, MonitorDraft) error {
	return d.deskErr
}

func (d registers) EnrolCode(context.Context, Visitor, ident.Command, string, ident.Chair) (code, until string, err error) {
	return "4m7x-2kqd", "10:22", nil
}

func (d registers) Revoke(context.Context, Visitor, ident.Command, ident.Device) error { return nil }

func (d registers) AlarmSettings(context.Context, Visitor) (view.AlarmSettings, error) {
	return view.AlarmSettings{May: true, Hash: "ab", Count: 1, Groups: []view.AlarmGroup{{ID: "technical", Title: "The data", Rows: []view.AlarmRow{{ID: "AL-1", Name: "Monitor silent"}}}}}, nil
}

func (d registers) WhatIf(context.Context, Visitor, url.Values) (view.WhatIf, error) {
	return view.WhatIf{Groups: []view.WhatIfGroup{{Title: "The patient", Levels: []view.WhatIfLevel{{Value: "AL-1.0", Label: "SpO2 low"}}}}}, nil
}

func (d registers) AlarmReview(_ context.Context, _ Visitor, days int) (view.AlarmUse, error) {
	return view.AlarmUse{Summary: "Two alarms.", Spans: []view.AlarmSpan{{Value: days, Label: "last days", Here: true}}, Rows: []view.AlarmUseRow{{Name: "SpO2 low", Alarms: "2"}}}, nil
}

func (d registers) LibraryPage(context.Context, Visitor) (view.Library, error) {
	return view.Library{May: true, Hash: "ab", Count: 1, Files: []view.LibraryFile{{ID: "rules", Title: "Rules", Count: 1, Groups: []view.LibraryGroup{{Title: "Default: 1 row", Rows: []view.LibraryRow{{ID: "row-rules-CI-1", Name: "CI-1"}}}}}}}, nil
}

func (d registers) AdoptLibrary(context.Context, Visitor, ident.Command, string) error { return nil }

func (d registers) LibraryValues(context.Context, Visitor, url.Values) (view.LibraryValues, error) {
	return view.LibraryValues{}, nil
}

func (d registers) AdoptValues(context.Context, Visitor, ident.Command, string, url.Values) error {
	return nil
}

func (d registers) SignProtocol(context.Context, Visitor, ident.Command, string) error { return nil }

func (d registers) SignAlarms(context.Context, Visitor, ident.Command, string) error { return nil }

func (d registers) RoomCheck(context.Context, Visitor, string) (view.RoomCheck, error) {
	return view.RoomCheck{May: true, Items: []view.RoomItem{{ID: "oxygen", Label: "Oxygen"}}}, nil
}

func (d registers) SignRoom(_ context.Context, _ Visitor, _ ident.Command, _ string, a []RoomAnswer) error {
	d.room = a
	return d.deskErr
}

// script yields the frames it was given, then waits.
type script struct {
	frames chan Frame
	closed chan struct{}
}

func newScript(frames ...Frame) *script {
	s := &script{frames: make(chan Frame, 1000), closed: make(chan struct{})}
	for _, f := range frames {
		s.frames <- f
	}
	return s
}

func (s *script) Next(ctx context.Context) (Frame, error) {
	select {
	case f := <-s.frames:
		return f, nil
	case <-ctx.Done():
		return Frame{}, ctx.Err()
	}
}

func (s *script) Close() { close(s.closed) }

func bench(t *testing.T, who Visitor) (*clinic, http.Handler, *strings.Builder) {
	t.Helper()
	return benchOf(t, who, page.Assets{"base.css": "base-1.css"})
}

// benchOf is a bench over a bundle of the test's choice.
func benchOf(t *testing.T, who Visitor, assets page.Assets) (*clinic, http.Handler, *strings.Builder) {
	t.Helper()
	c := &clinic{who: who, health: view.Health{OK: true, Version: "1"}, frames: newScript()}
	var log strings.Builder
	h, err := New(Deps{
		Auth: c, Commands: c, Station: c, Visits: c, Desk: registers{c}, House: c, Feed: c,
		Assets: assets, Clinic: "Test clinic", Gallery: true,
		Now:    func() time.Time { return time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC) },
		Random: func(b []byte) { copy(b, "0123456789") },
		Log:    slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, h, &log
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://stillwatch.test"+path, nil))
	return w
}

func postForm(h http.Handler, path, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func postJSON(h http.Handler, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("decode %q: %v", w.Body, err)
	}
	return v
}

func (c *clinic) Confirm(_ *http.Request, v Visitor, password string) (Visitor, error) {
	if password != "right" {
		return Visitor{}, &Trouble{Status: http.StatusForbidden, What: "That is not your password."}
	}
	v.Actor.Proof = act.Password
	return v, nil
}

func (c *clinic) Asking(context.Context, Visitor, ident.Session, act.Act, string, string) (Asking, error) {
	return c.asking, c.deskErr
}

func (c *clinic) OpenRecord(context.Context, Visitor, ident.Command, ident.Session, string, string) error {
	return c.deskErr
}

func (c *clinic) Accesses(context.Context, Visitor) (view.Accesses, error) {
	return view.Accesses{}, nil
}

func (c *clinic) ReviewAccess(context.Context, Visitor, ident.Command, ident.Command, bool, string) error {
	return c.deskErr
}

func (c *clinic) Handover(context.Context, Visitor, ident.Session) (view.Handover, error) {
	return view.Handover{}, c.deskErr
}

func (c *clinic) PatientTexts(context.Context) view.PatientTexts { return view.PatientTexts{} }

func (c *clinic) Today(context.Context, Visitor, ident.Session) (view.Today, error) {
	return view.Today{}, nil
}

func (c *clinic) Handovers(context.Context, Visitor, bool) (view.Handover, error) {
	return view.Handover{}, c.deskErr
}

func (c *clinic) Transfer(context.Context, Visitor, ident.Session) (view.Transfer, []byte, error) {
	return view.Transfer{Patient: view.Patient{Name: "Maria Rivera"}}, []byte("%PDF-"), c.deskErr
}
