package scenariotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// clinicName is the name of the clinic that a server runs here.
const clinicName = "scenario"

// site is a running server, seen from its doors: commands and pages over
// HTTP, and the record that it leaves in its data directory, read there.
type site struct {
	*browser
	staff   staff
	dir     string
	now     func() time.Time // the server's
	date    func(date string) string
	visits  map[ident.Chair]*siteVisit
	store   *sqlstore.Store // read only, beside the running server
	pagesAt time.Time       // when the reader of pages signed in last
	silent  bool            // the station does not sound
}

type siteVisit struct {
	id      ident.Session
	patient ident.Patient
}

// chairs are those with a patient and a monitor in a scenario.
func chairs() []ident.Chair { return []ident.Chair{usualChair, usualChair + 1, usualChair + 2} }

// visit is the visit at a chair; it is there before it is planned, as an id.
func (s *site) visit(chair ident.Chair) (*siteVisit, error) {
	v, ok := s.visits[chair]
	if !ok {
		return nil, fmt.Errorf("no patient waits for chair %d", chair)
	}
	return v, nil
}

// Say posts commands; several at once as from several tablets.
func (s *site) Say(ctx context.Context, said ...Said) ([]Reply, error) {
	out, errs := make([]Reply, len(said)), make([]error, len(said))
	var wait sync.WaitGroup
	for i, one := range said {
		wait.Go(func() { out[i], errs[i] = s.say(ctx, one) })
	}
	wait.Wait()
	return out, errors.Join(errs...)
}

func (s *site) say(ctx context.Context, said Said) (Reply, error) {
	v, err := s.visit(said.Chair)
	if err != nil {
		return Reply{}, err
	}
	e := obj{"schema": 1, "id": freshID(), "session": v.id, "occurred_at": said.Holds.UTC(), "offset_ms": 0, "body": said.Body}
	login := ""
	if said.By == LockedTablet {
		if login, err = s.locked(ctx); err != nil {
			return Reply{}, err
		}
	} else {
		e["grant"] = s.staff.grants[said.By]
	}
	if said.Paper != Nobody {
		e["paper"] = session.Paper{Author: s.staff.persons[said.Paper]}
	}
	if said.Witness != Nobody {
		if e["witness"], err = s.witness(ctx, said.Witness); err != nil {
			return Reply{}, err
		}
	}
	from := *s.browser
	if said.Other {
		from.device, e["grant"] = s.other, s.staff.others[said.By]
	}
	var r view.Reply
	status, err := from.json(ctx, "/v1/commands/"+string(said.Act), login, e, &r)
	if err != nil {
		return Reply{}, err
	}
	return replyFrom(status, r)
}

// replyFrom reads an answer; its status has to say the same.
func replyFrom(status int, r view.Reply) (Reply, error) {
	want := map[string]int{"accepted": http.StatusOK, "refused": http.StatusUnprocessableEntity, "malformed": http.StatusBadRequest}
	if r.Rule == "authority" {
		want["refused"] = http.StatusForbidden
	}
	if want[r.Outcome] != status {
		return Reply{}, fmt.Errorf("answered %d, %q: %s", status, r.Outcome, r.Text)
	}
	out := Reply{Outcome: r.Outcome, Rule: r.Rule, Text: r.Text, Needs: r.Needs}
	if r.Gate != nil {
		for _, c := range r.Gate.Checks {
			out.Gate = append(out.Gate, Check{ID: c.ID, Outcome: c.Outcome, Why: c.Why, Settle: c.Settle, Blocks: c.Blocks})
		}
	}
	return out, nil
}

// locked locks the tablet's screen, on which a nurse had signed in.
func (s *site) locked(ctx context.Context) (login string, err error) {
	login = Cast()[Okafor].Login
	a, err := s.send(ctx, http.MethodPost, "/v1/lock", login, "application/json", []byte("{}"))
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("lock the tablet: %d: %s", a.status, trouble(a.body))
	}
	return login, err
}

// witness proves a second person, with their password, for one act.
func (s *site) witness(ctx context.Context, who Speaker) (string, error) {
	p := Cast()[who]
	var g struct {
		Grant string `json:"grant"`
	}
	if _, err := s.json(ctx, "/v1/witness", "", obj{"login": p.Login, "password": p.Password}, &g); err != nil {
		return "", err
	}
	if g.Grant == "" {
		return "", fmt.Errorf("%s is not proved as witness", p.Title)
	}
	return g.Grant, nil
}

// Visit folds what the server wrote into its record.
func (s *site) Visit(ctx context.Context, chair ident.Chair) (Visit, error) {
	v, err := s.visit(chair)
	if err != nil {
		return Visit{}, err
	}
	if s.store == nil {
		if s.store, err = openRecord(ctx, s.dir, s.now); err != nil {
			return Visit{}, err
		}
	}
	records, err := s.store.Load(ctx, journal.Stream("session/"+string(v.id)))
	if err != nil {
		return Visit{}, err
	}
	out := Visit{Patient: v.patient, Persons: s.staff.persons}
	for _, r := range records {
		e, err := session.Codec.Open(r)
		if err != nil {
			return Visit{}, err
		}
		out.State, out.Entries = session.Evolve(out.State, e), append(out.Entries, e)
	}
	if len(records) > 0 {
		out.Monitor, err = s.offered(ctx, chair)
	}
	return out, err
}

// Station lets the station's page fall silent or sound.
func (s *site) Station(ctx context.Context, sounds bool) error {
	s.silent = !sounds
	return s.sounds(ctx, sounds)
}

// hear has the station's page say again that it sounds, as it does every ten
// seconds.
func (s *site) hear(ctx context.Context) error {
	if s.silent {
		return nil
	}
	return s.sounds(ctx, true)
}

func openRecord(ctx context.Context, dir string, now func() time.Time) (*sqlstore.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{ReadOnly: true, Options: sqlstore.Options{
		Clinic: clinicName, Dir: dir, Now: now, Random: func([]byte) {}, Log: quiet,
	}})
}

func (s *site) chairView(ctx context.Context, chair ident.Chair, login string) (c view.Chair, err error) {
	raw, err := s.get(ctx, fmt.Sprintf("/v1/chair/%d", chair), login)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(raw, &c)
}

// offered is the monitor that the chair's page offers to link.
func (s *site) offered(ctx context.Context, chair ident.Chair) (ident.Device, error) {
	c, err := s.chairView(ctx, chair, "")
	if err != nil {
		return "", err
	}
	for _, o := range c.Choices["monitors"] {
		return ident.Device(o.Value), nil
	}
	return "", nil // the visit has left the chair
}

// Shown is what the chair's page and the record's page show.
func (s *site) Shown(ctx context.Context, chair ident.Chair) (Pages, bool, error) {
	v, err := s.visit(chair)
	if err != nil {
		return Pages{}, false, err
	}
	c, err := s.chairView(ctx, chair, "")
	if err != nil {
		return Pages{}, false, err
	}
	var p Pages
	if c.Session == string(v.id) {
		p.Phase = c.Phase
	}
	// The desk's session is left alone for less than it takes to lock.
	weiss := Cast()[Weiss]
	if s.pagesAt.IsZero() || s.now().Sub(s.pagesAt) > time.Minute {
		if err := s.signIn(ctx, weiss.Login, weiss.Password); err != nil {
			return Pages{}, false, err
		}
		s.pagesAt = s.now()
	}
	page, err := s.get(ctx, "/sessions/"+string(v.id), weiss.Login)
	if err != nil {
		return Pages{}, false, err
	}
	terms, facts := texts(page, "section[aria-labelledby=facts] dt"), texts(page, "section[aria-labelledby=facts] dd")
	for i, term := range terms {
		if term == "Given" && i < len(facts) {
			p.Given = facts[i]
		}
	}
	p.Open = texts(page, "section.missing li")
	return p, true, nil
}

// SignRoom signs the room check's form.
func (s *site) SignRoom(ctx context.Context, by Speaker, missing []house.Equipment) error {
	p := Cast()[by]
	if err := s.signIn(ctx, p.Login, p.Password); err != nil {
		return err
	}
	_, err := s.form(ctx, "/room-check", p.Login, roomForm(missing, s.date))
	return err
}

// close ends the reading of the record.
func (s *site) close() error {
	if s.store == nil {
		return nil
	}
	err := s.store.Close()
	s.store = nil
	return err
}

// sound is whether a verify said that the record is sound, with its words.
func sound(status int, out string) error {
	if status != 0 {
		return fmt.Errorf("verify ended with %d: %s", status, strings.TrimSpace(out))
	}
	return nil
}

var quiet = slog.New(slog.DiscardHandler)
