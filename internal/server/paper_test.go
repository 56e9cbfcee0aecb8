package server

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/paper"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// send posts what a program posts.
func (g *guest) upload(path, kind string, body []byte) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return g.do(r)
}

// written posts one command that was written on paper, and gives the answer.
func (g *guest) written(id ident.Session, cmd ident.Command, what act.Act, at time.Time, p session.Paper, body any) (int, view.Reply) {
	g.t.Helper()
	raw, err := json.Marshal(map[string]any{"schema": 1, "id": cmd, "session": id, "occurred_at": at, "offset_ms": 0, "paper": p, "body": body})
	if err != nil {
		g.t.Fatal(err)
	}
	w := g.upload("/v1/commands/"+string(what), "application/json", raw)
	var reply view.Reply
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		g.t.Fatalf("%s: %s", what, w.Body)
	}
	return w.Code, reply
}

// photo is a noisy picture, so that its file is large.
func photo(t *testing.T, seed uint64, side int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			n := random.Uint32()
			img.SetRGBA(x, y, color.RGBA{byte(n), byte(n >> 8), byte(n >> 16), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pumpAt(rate string) map[string]any {
	return map[string]any{"rate": map[string]string{"v": rate, "u": "mL/h"}, "concentration": map[string]string{"v": "1", "u": "mg/mL"}}
}

// TestSheet_IsKeptWholeForThoseWhoReadTheRecord: in several rows, once under its
// id, shown as a picture and nothing else, its reads audited, and gone when it
// is erased.
func TestSheet_IsKeptWholeForThoseWhoReadTheRecord(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	raw := photo(t, 1, 700)
	if len(raw) < 300<<10 {
		t.Fatalf("the photo has only %d bytes: it needs more than one row", len(raw))
	}
	cmd := app.NewID[ident.Command](h.App())
	door := "/v1/sheets/" + string(id) + "/" + string(cmd)
	var kept view.PaperSheet
	for range 2 { // the answer was lost, it is sent again
		w := nurse.upload(door, "image/jpeg", raw)
		if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &kept) != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if n := len(h.state(id).Sheets); n != 1 {
		t.Fatalf("%d photos", n)
	}
	if w := nurse.upload(door, "image/jpeg", photo(t, 2, 64)); w.Code != http.StatusConflict {
		t.Errorf("another photo under its id: %d", w.Code)
	}
	reads := len(h.auditLog("read"))
	w := nurse.get(kept.Href)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" || !bytes.Equal(w.Body.Bytes(), raw) {
		t.Errorf("shown as %d %s, %d of %d bytes", w.Code, w.Header().Get("Content-Type"), w.Body.Len(), len(raw))
	}
	if got := w.Header(); got.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", got)
	}
	if n := len(h.auditLog("read")); n != reads+1 {
		t.Errorf("%d reads in the log", n-reads)
	}
	for name, c := range map[string]struct {
		who  *guest
		want int
	}{
		"the front desk":   {h.hire("quinn", "D. Quinn", act.FrontDesk), http.StatusForbidden},
		"an administrator": {h.hire("lee", "S. Lee", act.Administrator), http.StatusForbidden},
		"a pharmacist":     {h.hire("moreau", "P. Moreau PharmD", act.Pharmacist), http.StatusOK},
	} {
		if w := c.who.get(kept.Href); w.Code != c.want || (c.want != http.StatusOK && bytes.Contains(w.Body.Bytes(), raw[:64])) {
			t.Errorf("%s sees %d", name, w.Code)
		}
		if w := c.who.upload("/v1/sheets/"+string(id)+"/"+string(app.NewID[ident.Command](h.App())), "image/jpeg", raw); w.Code == http.StatusOK {
			t.Errorf("%s adds a photo", name)
		}
	}
	for name, bad := range map[string][]byte{"a page": []byte("<!doctype html>"), "nothing": nil, "too much": make([]byte, app.MaxSheet+1)} {
		if w := nurse.upload("/v1/sheets/"+string(id)+"/"+string(app.NewID[ident.Command](h.App())), "image/jpeg", bad); w.Code == http.StatusOK {
			t.Errorf("%s was kept as a photo", name)
		}
	}
	if w := nurse.get("/sessions/" + string(id) + "/sheets/1"); w.Code != http.StatusNotFound {
		t.Errorf("an entry that is no photo: %d", w.Code)
	}
	director := h.hire("meyer", "C. Meyer MD", act.Director)
	if r, err := h.App().DoHouse(t.Context(), director.actor, app.NewID[ident.Command](h.App()), house.EraseDetail{Detail: h.state(id).Sheets[0].Parts[1].ID}, nil); r != nil || err != nil {
		t.Fatal(r, err)
	}
	if w := nurse.get(kept.Href); w.Code != http.StatusGone {
		t.Errorf("an erased photo: %d", w.Code)
	}
}

// TestPaper_EachLineOnceInItsAuthorsName: through the same door as the chair's
// entries, by id; nobody's gate is asked, and a command that bears no paper is
// asked as ever.
func TestPaper_EachLineOnceInItsAuthorsName(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	other := h.hire("brandt", "L. Brandt RN", act.Nurse)
	at := h.now()
	h.later(3 * time.Hour)
	nurse.signIn("okafor")
	p := session.Paper{Author: other.person}
	cmd := app.NewID[ident.Command](h.App())
	start := map[string]any{"read": pumpAt("14.5")}
	if code, r := nurse.written(id, app.NewID[ident.Command](h.App()), session.ActStart, at, session.Paper{Author: app.NewID[ident.Person](h.App())}, start); code != http.StatusBadRequest || !strings.Contains(r.Text, "nobody of the staff") {
		t.Errorf("by somebody unknown: %d %s", code, r.Text)
	}
	for i, want := range []string{"accepted", "repeated"} {
		if code, r := nurse.written(id, cmd, session.ActStart, at, p, start); code != http.StatusOK || r.Outcome != want {
			t.Fatalf("sent %d times: %d %+v", i+1, code, r)
		}
	}
	if code, _ := nurse.written(id, cmd, session.ActStart, at, session.Paper{Author: nurse.person}, start); code != http.StatusConflict {
		t.Errorf("the same id by another author: %d", code)
	}
	if code, r := nurse.written(id, app.NewID[ident.Command](h.App()), session.ActObserve, h.now().Add(time.Minute), p, map[string]any{"purpose": "round", "pain": 3}); code != http.StatusBadRequest || !strings.Contains(r.Text, "ahead of now") {
		t.Errorf("ahead of now: %d %s", code, r.Text)
	}
	s := h.state(id)
	if s.Phase != session.PhaseInfusing || s.RateSetBy != other.person {
		t.Errorf("%s, started by %s", s.Phase, s.RateSetBy)
	}
	page := nurse.get("/sessions/" + string(id)).Body.String()
	for _, w := range []string{"L. Brandt RN, typed by A. Okafor RN", "from paper", "Nobody has said that Stillwatch was down"} {
		if !strings.Contains(page, w) {
			t.Errorf("the record lacks %q", w)
		}
	}
}

// TestPaper_TryingRecordsNothing, and says what would become of it.
func TestPaper_TryingRecordsNothing(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	at := h.now().Add(time.Minute)
	h.later(3 * time.Hour)
	nurse.signIn("okafor")
	ids := func() []ident.Command {
		return []ident.Command{app.NewID[ident.Command](h.App()), app.NewID[ident.Command](h.App()), app.NewID[ident.Command](h.App())}
	}
	clock := func(after time.Duration) string { return at.Add(after).In(h.App().Zone).Format("2006-01-02 15:04") }
	d := paper.Draft{
		Author: nurse.person, Date: at.In(h.App().Zone).Format(time.DateOnly), Concentration: "1",
		Rows: []paper.Row{
			{IDs: ids(), Section: paper.Pump, Cells: []paper.Cell{{Key: "time", Text: clock(0)}, {Key: "what", Text: "start"}, {Key: "rate", Text: "20"}}},
			{IDs: ids(), Section: paper.Stop, Cells: []paper.Cell{{Key: "time", Text: clock(time.Hour)}, {Key: "given", Text: "20"}}},
			{IDs: ids(), Section: paper.Minutes, Cells: []paper.Cell{{Key: "time", Text: clock(100 * time.Hour)}, {Key: "pain", Text: "3"}}},
		},
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	before := h.state(id).Sequence
	w := nurse.upload("/v1/paper/"+string(id), "application/json", raw)
	var a view.PaperAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if h.state(id).Sequence != before {
		t.Error("looking at it wrote something")
	}
	if len(a.Problems) != 1 || a.Problems[0].Row != string(d.Rows[2].IDs[0]) || !strings.Contains(a.Problems[0].Text, "ahead of now") {
		t.Errorf("%+v", a.Problems)
	}
	for _, want := range []string{"20.00 mg", "20 mL/h", "Stopped", "Started on paper"} {
		if !strings.Contains(a.HTML, want) {
			t.Errorf("the preview lacks %q:\n%s", want, a.HTML)
		}
	}
	var acts []string
	for _, c := range a.Commands {
		acts = append(acts, c.Act)
	}
	if !slices.Equal(acts, []string{"session.stop", "session.confirm-pump-stopped", "session.start"}) {
		t.Errorf("%v", acts)
	}
	if w := h.hire("quinn", "D. Quinn", act.FrontDesk).upload("/v1/paper/"+string(id), "application/json", raw); w.Code != http.StatusForbidden {
		t.Errorf("the front desk looks at it: %d", w.Code)
	}
}

// TestPaper_RaisesNoAlarm: a whole bad visit of this morning, typed while the
// alarms are on, is told to nobody.
func TestPaper_RaisesNoAlarm(t *testing.T) {
	t.Parallel()
	h, n, _, _ := guarded(t)
	patient := h.patient(n, "10099", "Theo", "Held")
	id := n.visit(patient, 5)
	at := h.now()
	h.later(3 * time.Hour)
	n.signIn("okafor")
	p := session.Paper{Author: n.person}
	look := func() {
		h.later(2 * time.Second)
		h.look()
	}
	type line struct {
		what  act.Act
		after time.Duration
		body  any
	}
	for _, l := range []line{
		{session.ActDischarge, 150 * time.Minute, map[string]any{}},
		{session.ActStop, 60 * time.Minute, map[string]any{}},
		{session.ActConfirmStop, 61 * time.Minute, map[string]any{"volume": map[string]string{"v": "20", "u": "mL"}}},
		{session.ActStart, time.Minute, map[string]any{"read": pumpAt("20")}},
		{session.ActObserve, 20 * time.Minute, map[string]any{"purpose": "round", "sedation": 1, "distress": 9, "readings": []any{
			map[string]string{"kind": "spo2", "v": "80", "u": "%", "quality": "good", "origin": "by hand"},
			map[string]string{"kind": "nibp_sys", "v": "230", "u": "mm[Hg]", "quality": "good", "origin": "by hand"},
		}}},
	} {
		if code, r := n.written(id, app.NewID[ident.Command](h.App()), l.what, at.Add(l.after), p, l.body); code != http.StatusOK {
			t.Fatalf("%s: %d %+v", l.what, code, r)
		}
		look()
	}
	visit, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range visit.Entries {
		if f, kind, ok := session.AlarmSaid(e.Event); ok {
			t.Errorf("%s %s: %s", f.Condition, kind, f.Text.English())
		}
	}
}

// TestPaper_AWatchedInfusionGoesOn: what was bad an hour ago, typed while drug runs
// and the monitor sends good values, raises nothing; what is bad now still does.
func TestPaper_AWatchedInfusionGoesOn(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	b.seconds(30, "97")
	at := h.now().Add(-20 * time.Second)
	body := map[string]any{"purpose": "round", "sedation": 1, "readings": []any{map[string]string{"kind": "spo2", "v": "80", "u": "%", "quality": "good", "origin": "by hand"}}}
	if code, r := n.written(id, app.NewID[ident.Command](h.App()), session.ActObserve, at, session.Paper{Author: n.person}, body); code != http.StatusOK {
		t.Fatalf("%d %+v", code, r)
	}
	b.seconds(30, "97")
	for _, c := range []alarm.ID{alarm.SpO2Low, alarm.SedationDeep} {
		if got := h.said(id, c); got != nil {
			t.Errorf("%s: %v", c, got)
		}
	}
	h.restart()
	h.look()
	b.seconds(2, "97")
	if got := h.said(id, alarm.SedationDeep); got != nil {
		t.Errorf("after a restart: %v", got)
	}
	b.seconds(16, "88")
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high"}) {
		t.Errorf("of now: %v", got)
	}
}

// TestPlan_AHeldVisitIsPutIn: planned for the day it was held on, where that is said.
func TestPlan_AHeldVisitIsPutIn(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse)
	patient := h.patient(nurse, "10021", "Maria", "Rivera")
	answers := url.Values{"patient": {string(patient)}, "chair": {"3"}, "date": {h.now().Add(-72 * time.Hour).In(h.App().Zone).Format(time.DateOnly)}, "time": {"10:00"}}
	if w := nurse.fill("/schedule", answers); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("three days ago: %d", w.Code)
	}
	answers.Set("held", "yes")
	w := nurse.fill("/schedule", answers)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.Contains(to, "/paper?done=planned") {
		t.Fatalf("%d to %s", w.Code, to)
	}
	if page := nurse.get(to); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "Enter from paper") {
		t.Errorf("%d", page.Code)
	}
}

// TestPaper_ColumnsStandAsPrinted: whoever types reads from left to right.
func TestPaper_ColumnsStandAsPrinted(t *testing.T) {
	t.Parallel()
	for _, etco2 := range []bool{false, true} {
		printed := report.PackForms(etco2)
		for _, s := range paper.Sections(etco2) {
			if s.Key == paper.Nurse || s.Key == paper.Notes || s.Key == paper.Home {
				continue // lines of the paper that stand in no table of it
			}
			i := slices.IndexFunc(printed, func(f report.Form) bool { return f.Key == s.Key })
			if i < 0 {
				t.Errorf("no table %q is printed", s.Key)
				continue
			}
			at := 0
			for _, c := range s.Columns {
				next := slices.Index(printed[i].Columns[at:], c.Title)
				if next < 0 {
					t.Errorf("%s: %q is not printed after %v", s.Title, c.Title, printed[i].Columns[:at])
					break
				}
				at += next + 1
			}
		}
	}
}

func TestPNG_IsKeptToo(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	if w := nurse.upload("/v1/sheets/"+string(id)+"/"+string(app.NewID[ident.Command](h.App())), "image/png", b.Bytes()); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if s := h.state(id).Sheets[0]; s.Kind != session.SheetPNG || s.Width != 20 || s.Height != 10 {
		t.Errorf("%+v", s)
	}
}

// TestReconcile_AtTheDesk: of an ended visit in which something ran, with a reason
// where it is off, and the answers given back where it is not said.
func TestReconcile_AtTheDesk(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	door := "/sessions/" + string(id) + "/acts/session.reconcile"
	if w := nurse.get(door); w.Code != http.StatusConflict {
		t.Errorf("before anything ran: %d", w.Code)
	}
	at := h.now()
	h.later(3 * time.Hour)
	nurse.signIn("okafor")
	p := session.Paper{Author: nurse.person}
	for what, x := range map[act.Act]struct {
		after time.Duration
		body  any
	}{
		session.ActStart: {0, map[string]any{"read": pumpAt("20")}}, session.ActStop: {time.Hour, map[string]any{}}, session.ActDischarge: {2 * time.Hour, map[string]any{}},
	} {
		if code, r := nurse.written(id, app.NewID[ident.Command](h.App()), what, at.Add(x.after), p, x.body); code != http.StatusOK {
			t.Fatalf("%s: %d %+v", what, code, r)
		}
	}
	if page := nurse.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, door) {
		t.Error("the record does not offer it")
	}
	if w := nurse.fill(door, url.Values{"volume": {"15"}}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "say why they differ") || !strings.Contains(w.Body.String(), `value="15"`) {
		t.Errorf("5 mL off without a reason: %d", w.Code)
	}
	if w := nurse.fill(door, url.Values{"volume": {"15"}, "reason": {"primed the line"}}); w.Code != http.StatusSeeOther {
		t.Errorf("with a reason: %d %s", w.Code, w.Body)
	}
	if r := h.state(id).Reconciled; r == nil || r.Pump.Text(0) != "15 mg" || r.Record.Text(0) != "20 mg" || len(r.Deviations) != 1 {
		t.Errorf("%+v", r)
	}
	if page := nurse.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "less than the record") {
		t.Error("the record does not say it")
	}
}
