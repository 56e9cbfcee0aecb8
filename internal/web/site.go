package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/problem"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// site is the handler with what it needs.
type site struct {
	Deps
	table   table
	offline away
	boards  boardFrames
}

// New makes the handler of everything people see.
func New(d Deps) (http.Handler, error) {
	if d.Now == nil || d.Random == nil || d.Log == nil || d.Assets == nil {
		return nil, errors.New("make pages: clock, randomness, log and assets must be given")
	}
	t, err := newTable(d.Limits)
	if err != nil {
		return nil, fmt.Errorf("make pages: %w", err)
	}
	s := &site{Deps: d, table: t}
	shell := view.Page{Title: "Chair", Theme: "dim", Clinic: d.Clinic, Demo: d.Demo}
	if s.offline, err = newAway(dist, d.Assets, shell, t.url); err != nil {
		return nil, fmt.Errorf("make pages: %w", err)
	}
	mux := http.NewServeMux()
	s.routes(mux)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, Visitor{}, errForeign) }))
	return logged(d.Log, d.Now, secure(limit(guard.Handler(mux)))), nil
}

// handler answers for a visitor; its error becomes a page in clear words.
type handler func(w http.ResponseWriter, r *http.Request, v Visitor) error

// to says who may come through a door. What they may do there is decided by
// the app, not here.
type to int

const (
	anyone to = iota
	known     // a person, locked or not, or an enrolled device
	staff     // a person with the screen open
)

func (s *site) open(door to, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := s.Auth.Visit(r)
		if err == nil {
			if away := s.away(door, r, v); away != nil {
				s.turnAway(w, r, v, away)
				return
			}
			err = h(w, r, v)
		}
		if err != nil {
			s.fail(w, r, v, err)
		}
	}
}

// elsewhere is where a visitor has to go first.
type elsewhere struct{ path string }

func (s *site) away(door to, r *http.Request, v Visitor) *elsewhere {
	switch {
	case door == anyone:
		return nil
	case v.MustChange:
		return &elsewhere{"/password"}
	case door == known && v.Known(), v.SignedIn():
		return nil
	case v.Locked:
		return &elsewhere{"/unlock" + next(r)}
	}
	return &elsewhere{"/sign-in" + next(r)}
}

// turnAway sends people to the page they need; a program is told.
func (s *site) turnAway(w http.ResponseWriter, r *http.Request, v Visitor, to *elsewhere) {
	if forProgram(r) {
		s.fail(w, r, v, errNobody)
		return
	}
	http.Redirect(w, r, to.path, http.StatusSeeOther)
}

// fail answers with what went wrong. Only errors without words are logged:
// the others are for the person, who has just read them.
func (s *site) fail(w http.ResponseWriter, r *http.Request, v Visitor, err error) {
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError {
		s.Log.Error("request failed", "request", requestID(r.Context()), "pattern", r.Pattern, "err", err)
	}
	if t.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(t.Wait.Seconds())+1))
	}
	if forProgram(r) {
		s.json(w, r, t.Status, view.Reply{Outcome: "refused", Text: t.What + " " + t.Do})
		return
	}
	p := view.Problem{Page: s.inRoom(r, v, "Not done"), Status: t.Status, What: t.What, Do: t.Do, Patient: ofPatient(r)}
	if t.Status >= http.StatusInternalServerError {
		p.ID = requestID(r.Context())
	}
	if err := show(s, w, r, t.Status, problem.Page, p); err != nil {
		s.Log.Error("request failed", "request", requestID(r.Context()), "err", err)
	}
}

// show renders a page with a status.
func show[V any](s *site, w http.ResponseWriter, r *http.Request, status int, p *page.Template[V], v V) error {
	var b bytes.Buffer
	if err := p.Render(&b, s.Assets, v); err != nil {
		return err
	}
	return answer(w, r, status, "text/html; charset=utf-8", b.Bytes())
}

func (s *site) json(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		s.Log.Error("encode answer", "request", requestID(r.Context()), "err", err)
		http.Error(w, `{"outcome":"refused","text":"The server could not answer."}`, http.StatusInternalServerError)
		return
	}
	_ = answer(w, r, status, "application/json", append(b, '\n')) // a client that went away asks again by id
}

// frame is the frame of a desk page.
func (s *site) frame(r *http.Request, v Visitor, title string) view.Page {
	p := view.Page{
		Title: title, Theme: "light", Clinic: s.Clinic, Demo: s.Demo, Who: who(v),
		Command: string(s.commandID()), Flash: done(r),
	}
	if v.SignedIn() {
		p.Places = places(r.URL.Path, v)
	}
	return p
}

// dim is the frame of the pages that hang in the room.
func (s *site) dim(r *http.Request, v Visitor, title string) view.Page {
	p := s.frame(r, v, title)
	p.Theme = "dim"
	return p
}

// inRoom is the frame of a page that may stand on a tablet of the room: dim
// there, so that no white page lights up a dark room.
func (s *site) inRoom(r *http.Request, v Visitor, title string) view.Page {
	if v.DeviceName != "" {
		return s.dim(r, v, title)
	}
	return s.frame(r, v, title)
}

func who(v Visitor) view.Who {
	out := view.Who{
		Person: string(v.Actor.Person), Name: v.Name, Device: v.DeviceName, Chair: int(v.Chair), Locked: v.Locked,
	}
	for i, r := range v.Actor.Roles {
		if i > 0 {
			out.Roles += ", "
		}
		out.Roles += string(r)
	}
	return out
}

func places(here string, v Visitor) []view.Place {
	var out []view.Place
	for _, p := range []struct {
		href, label string
		needs       act.Act // to open it; empty where everybody may
	}{
		{"/board", "Board", ""},
		{"/sessions", "Visits", ""},
		{"/handover", "Hand-over", "record.read"},
		{"/schedule", "Plan", "session.schedule"},
		{"/referrals", "Referrals", "course.list"},
		{"/patients", "Patients", "patient.list"},
		{"/room-check", "Room check", ""},
		{"/alarms", "Alarms", ""},
		{"/library", "Library", ""},
		{"/kinetics", "Kinetics", "kinetics.explore"},
		{"/devices", "Devices", "device.list"},
		{"/people", "People", "people.list"},
		{"/access", "Access", "record.review-access"},
	} {
		if p.needs == "" || act.May(v.Actor, p.needs).Allowed {
			out = append(out, view.Place{Href: p.href, Label: p.label, Here: p.href == here})
		}
	}
	return out
}

// commandID makes the idempotency key of a form.
func (s *site) commandID() ident.Command {
	var b [10]byte
	s.Random(b[:])
	return ident.New[ident.Command](s.Now().UnixMilli(), b)
}
