package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
)

// setting is a director at the page of the clinic's own values.
type setting struct{ *guest }

func (s setting) post(step, hash, pass string, set ...string) (int, string) {
	f := url.Values{"command": {string(app.NewID[ident.Command](s.App()))}, "step": {step}, "sha256": {hash}, "sign.password": {pass}}
	for i := 0; i+1 < len(set); i += 2 {
		f.Set("set."+set[i], set[i+1])
	}
	w := s.guest.post("/library/values", f)
	return w.Code, w.Body.String()
}

var hashField = regexp.MustCompile(`name="sha256" value="([0-9a-f]{64})"`)

// TestLibrary_OwnValues: the director sets the clinic's values inside the bounds, reads
// what they change, and signs them with the library. They hold at once, after a restart
// too, and a protocol that changed waits for its second signature.
func TestLibrary_OwnValues(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	nurse, director := h.nurse(), setting{h.hire("haas", "M. Haas MD", act.Director)}
	h.adopt()
	h.signProtocols()
	if w := nurse.get("/library/values"); w.Code != http.StatusForbidden {
		t.Errorf("a nurse's page was answered %d", w.Code)
	}
	if page := director.get("/library/values").Body.String(); !strings.Contains(page, `name="set.session/LIM-OFTEN.days_7" inputmode="decimal" autocomplete="off" value="5"`) || strings.Contains(page, "sha256") {
		t.Errorf("before anything is set\n%.3000s", page)
	}
	if code, page := director.post("look", "", "", "session/LIM-RATE.most", "1.5"); code != http.StatusUnprocessableEntity || !strings.Contains(page, "outside 0.1 to 1") || !strings.Contains(page, `value="1.5"`) || hashField.MatchString(page) {
		t.Errorf("beyond a hard bound: %d\n%.3000s", code, page)
	}
	own := []string{"session/LIM-OFTEN.days_7", "3", "protocols/PR-FIRST.rate.usual", "0,25"}
	code, page := director.post("look", "", "", own...)
	m := hashField.FindStringSubmatch(page)
	if code != http.StatusOK || m == nil || !strings.Contains(page, "A second person has to sign before orders come from: PR-FIRST.") ||
		!strings.Contains(page, "Set by the clinic: 3 in place of 5 (days 7).") ||
		!strings.Contains(page, "will be numbers: days_7, 3") || strings.Contains(page, "alarm settings too") {
		t.Fatalf("what it changes: %d\n%s", code, page)
	}
	if got := h.App().Knows().Rules.Count(library.OftenIn7); got != 5 {
		t.Errorf("looking put %d into force", got)
	}
	for name, try := range map[string]func() (int, string){
		"without the password":             func() (int, string) { return director.post("sign", m[1], "", own...) },
		"with other values than were read": func() (int, string) { return director.post("sign", m[1], password, own[:2]...) },
		"by a nurse":                       func() (int, string) { return setting{nurse}.post("sign", m[1], password, own...) },
	} {
		if code, _ := try(); code == http.StatusSeeOther || h.App().Knows().Rules.Count(library.OftenIn7) != 5 {
			t.Errorf("signed %s: %d", name, code)
		}
	}
	if code, page := director.post("sign", m[1], password, own...); code != http.StatusSeeOther {
		t.Fatalf("the signature was answered %d\n%s", code, page)
	}
	holds := func(when string) {
		t.Helper()
		lib, err := h.App().FromLibrary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p, _ := lib.Of.Rows[0].Span("rate")
		if got := h.App().Knows().Rules.Count(library.OftenIn7); got != 3 || lib.Of.Rows[0].ID != "PR-FIRST" || p.Usual != "0.25" {
			t.Errorf("%s: %d in 7 days, %s mg/kg/h usual", when, got, p.Usual)
		}
		if on, err := h.App().Adopted(t.Context()); err != nil || !on || h.App().Unfit() != "" {
			t.Errorf("%s: adopted %v, %v, %q", when, on, err, h.App().Unfit())
		}
		if strings.Contains(strings.Join(lib.Signed, " "), "PR-FIRST") || !strings.Contains(strings.Join(lib.Signed, " "), "PR-CRPS-4H") {
			t.Errorf("%s: orders come from %v", when, lib.Signed)
		}
	}
	holds("at once")
	h.restart()
	holds("after a restart")
	if page := nurse.get("/library").Body.String(); !strings.Contains(page, "<li>session/LIM-OFTEN, days 7: 3</li>") || strings.Contains(page, `href="/library/values"`) {
		t.Errorf("a nurse reads of the clinic's values\n%.3000s", page)
	}
	if page := director.get("/library/values").Body.String(); !strings.Contains(page, `value="3"`) || !strings.Contains(page, "the clinic's</span>") {
		t.Errorf("the form does not show what is set\n%.3000s", page)
	}
	// Empty fields are the shipped values again.
	if _, page = director.post("look", "", ""); hashField.FindStringSubmatch(page) == nil {
		t.Fatalf("back to what was shipped\n%.3000s", page)
	}
	if code, page := director.post("sign", hashField.FindStringSubmatch(page)[1], password); code != http.StatusSeeOther || h.App().Knows().Rules.Count(library.OftenIn7) != 5 {
		t.Errorf("back to what was shipped: %d\n%.2000s", code, page)
	}
}

// TestLibrary_ValuesThatDoNotFit: values that a newer library does not take are not in
// force; what was adopted is then not what the server has, nothing starts, and the page
// says why.
func TestLibrary_ValuesThatDoNotFit(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	a := h.App()
	with := a.With
	a.With = func(v []house.Value) (app.Knowledge, error) { // an older server, which let it be set
		k, err := with(nil)
		k.Library.Values, k.Library.Hash = v, strings.Repeat("5a", 32)
		return k, err
	}
	director := act.Actor{Kind: act.Person, Person: h.hire("haas", "M. Haas MD", act.Director).person, Roles: []act.Role{act.Director}}
	refusal, err := a.DoHouse(t.Context(), director, app.NewID[ident.Command](a), house.AdoptLibrary{
		Hash: strings.Repeat("5a", 32), Values: []house.Value{{Row: "session/LIM-GONE", Name: "most", Value: "1"}},
	}, nil)
	if err != nil || refusal != nil {
		t.Fatal(err, refusal)
	}
	if on, err := a.Adopted(t.Context()); err != nil || !on {
		t.Fatal("not adopted", err)
	}
	h.restart()
	if on, err := h.App().Adopted(t.Context()); err != nil || on {
		t.Error("a library without its values is the adopted one", err)
	}
	haas := setting{h.hire("vogt", "A. Vogt MD", act.Director)}
	if page := haas.get("/library/values").Body.String(); !strings.Contains(page, "not in force: session/LIM-GONE") {
		t.Errorf("the form says\n%.2000s", page)
	}
	if page := haas.get("/library").Body.String(); !strings.Contains(page, "<li>session/LIM-GONE, most: 1</li>") || strings.Contains(page, `name="sha256" value="`+h.App().Knows().Library.Hash) {
		t.Errorf("the director may drop the clinic's values without a look\n%.3000s", page)
	}
	if page := h.nurse().get("/library").Body.String(); !strings.Contains(page, "do not fit this library and are not in force: session/LIM-GONE, most is nothing that a clinic may set.") || !strings.Contains(page, "Not adopted") {
		t.Errorf("the page says\n%.3000s", page)
	}
	_, page := haas.post("look", "", "")
	m := hashField.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("what is left to adopt\n%.3000s", page)
	}
	if code, page := haas.post("sign", m[1], password); code != http.StatusSeeOther || h.App().Unfit() != "" {
		t.Errorf("adopted without them: %d, still %q\n%.2000s", code, h.App().Unfit(), page)
	}
}

// TestLibrary_AlarmValues: a limit of the alarms that is set with the library holds in a
// running visit at once. The director's one signature covers both, so that nobody is
// without alarms in between; settings that nobody has signed are not signed by it.
func TestLibrary_AlarmValues(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	b.seconds(50, "95")
	if got := h.said(id, alarm.SpO2Low); len(got) > 0 {
		t.Fatalf("95 %% was alarmed on by the shipped limit: %v", got)
	}
	director := setting{h.hire("vogt", "A. Vogt MD", act.Director)}
	set := []string{"alarms/AL-SPO2-LOW.level_1", "96"}
	_, page := director.post("look", "", "", set...)
	m := hashField.FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "Your signature covers the alarm settings too") || !strings.Contains(page, "Set by the clinic: 96 % in place of 94 (medium, below).") {
		t.Fatalf("what it changes\n%s", page)
	}
	if code, page := director.post("sign", m[1], password, set...); code != http.StatusSeeOther || !h.alarmsOn() {
		t.Fatalf("signed: %d, alarms on %v\n%.2000s", code, h.alarmsOn(), page)
	}
	b.seconds(50, "95")
	if got := h.said(id, alarm.SpO2Low); len(got) == 0 || got[0] != "raised medium" {
		t.Errorf("95 %% below the clinic's 96: %v", got)
	}
	// In recovery too, where nothing else asks for another look at the limits.
	n.signIn("okafor")
	n.say(id, session.ActStop, map[string]any{"cause": session.StopPlanned})
	b.seconds(2, "95")
	director.signIn("vogt")
	set[1] = "92"
	_, page = director.post("look", "", "", set...)
	if code, _ := director.post("sign", hashField.FindStringSubmatch(page)[1], password, set...); code != http.StatusSeeOther {
		t.Fatalf("signed anew: %d", code)
	}
	b.seconds(20, "95") // nothing else is written meanwhile
	if got := h.said(id, alarm.SpO2Low); !strings.HasPrefix(got[len(got)-1], "ended") && !strings.HasPrefix(got[len(got)-1], "cleared") {
		t.Errorf("95 %% above the clinic's 92, in recovery: %v", got)
	}
	h.restart()
	if !h.alarmsOn() {
		t.Error("after a restart the settings are not those that were signed")
	}
}

// TestLibrary_AlarmsNobodySigned: an adoption with values of the alarms is no signature
// under alarm settings that never had one.
func TestLibrary_AlarmsNobodySigned(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	director := setting{h.hire("haas", "M. Haas MD", act.Director)}
	set := []string{"alarms/AL-SPO2-LOW.level_1", "96"}
	_, page := director.post("look", "", "", set...)
	m := hashField.FindStringSubmatch(page)
	if m == nil || strings.Contains(page, "alarm settings too") {
		t.Fatalf("what it changes\n%s", page)
	}
	if code, _ := director.post("sign", m[1], password, set...); code != http.StatusSeeOther || h.alarmsOn() {
		t.Errorf("signed: %d, alarms on %v", code, h.alarmsOn())
	}
}

// lostAnswers is a store whose answers to writes are lost, and then its reads fail.
type lostAnswers struct {
	app.Store
	lost, deaf bool
}

func (s *lostAnswers) Append(ctx context.Context, b journal.Batch) (journal.Result, error) {
	r, err := s.Store.Append(ctx, b)
	if s.lost {
		s.deaf = true
		return journal.Result{}, errors.Join(err, errors.New("the answer was lost"))
	}
	return r, err
}

func (s *lostAnswers) Load(ctx context.Context, stream journal.Stream) ([]journal.Record, error) {
	if s.deaf {
		return nil, errors.New("nothing can be read")
	}
	return s.Store.Load(ctx, stream)
}

// TestLibrary_AdoptedThoughTheAnswerWasLost: an adoption that is in the record is put into
// force when it is said again, whatever kept it from being so at first; a running visit's
// alarms go by it.
func TestLibrary_AdoptedThoughTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	a := h.App()
	values := []house.Value{{Row: "alarms/AL-SPO2-LOW", Name: "level_1", Value: "96"}}
	k, err := a.WithValues(values)
	if err != nil {
		t.Fatal(err)
	}
	director := act.Actor{Kind: act.Person, Person: h.hire("vogt", "A. Vogt MD", act.Director).person, Roles: []act.Role{act.Director}}
	say := func(key ident.Command) error {
		refusal, err := a.DoHouse(t.Context(), director, key, house.AdoptLibrary{Hash: k.Library.Hash, Values: values}, nil)
		if refusal != nil {
			t.Fatal(refusal)
		}
		return err
	}
	store := &lostAnswers{Store: a.Store, lost: true}
	a.Store = store
	key := app.NewID[ident.Command](a)
	if err := say(key); err == nil {
		t.Fatal("a lost answer is said to be one")
	}
	store.lost, store.deaf = false, false
	if len(a.Knows().Library.Values) > 0 {
		t.Fatal("it is in force: this test shows nothing")
	}
	if err := say(key); err != nil {
		t.Fatal(err)
	}
	if on, err := a.Adopted(t.Context()); err != nil || !on || !h.alarmsOn() || len(a.Knows().Library.Values) != 1 {
		t.Errorf("said again: adopted %v, %v, alarms on %v, values %v", on, err, h.alarmsOn(), a.Knows().Library.Values)
	}
	b.seconds(50, "95")
	if got := h.said(id, alarm.SpO2Low); len(got) == 0 || got[0] != "raised medium" {
		t.Errorf("95 %% below the clinic's 96: %v", got)
	}
}
