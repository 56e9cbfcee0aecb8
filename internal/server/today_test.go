package server

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

var itemField = regexp.MustCompile(`(?s)aria-labelledby="r-([^"]+)"><p class="kind (\w+)">(?:<span class="shape"></span>)?([A-Za-z ]+)<br>.*?<h2 id="r-[^"]+">([^<]+)</h2>`)

// todayItem is one thing of the page that is not clear.
type todayItem struct{ tone, kind, title string }

func (g *guest) today(id ident.Session) (page string, items map[string]todayItem) {
	g.t.Helper()
	w := g.get("/sessions/" + string(id) + "/today")
	if w.Code != http.StatusOK {
		g.t.Fatalf("answered %d\n%s", w.Code, w.Body)
	}
	items = map[string]todayItem{}
	for _, m := range itemField.FindAllStringSubmatch(w.Body.String(), -1) {
		items[m[1]] = todayItem{m[2], m[3], html.UnescapeString(m[4])}
	}
	return w.Body.String(), items
}

// asGate holds the page against the gate that decides: each of its checks is there,
// under what it answers, and nothing of the gate is there that it does not ask.
func (g *guest) asGate(id ident.Session) {
	g.t.Helper()
	visit, err := g.App().Visit(g.t.Context(), id)
	if err != nil {
		g.t.Fatal(err)
	}
	today := g.App().Today(g.t.Context(), visit)
	page, items := g.today(id)
	_, named, _ := strings.Cut(page, "Checked, and not so")
	n := 0
	for _, c := range session.DrawUpGate(today.State, today.Env).Checks {
		if c.ID == "credentials" { // of who acts
			continue
		}
		x, open := items["gate-"+string(c.ID)]
		if open {
			n++
		}
		title := c.Title.English()
		switch {
		case c.Outcome == session.Clear && (open || !strings.Contains(html.UnescapeString(named), title)):
			g.t.Errorf("%s is clear, and the page says %+v", c.ID, x)
		case c.Outcome == session.CouldNotCheck && (x.kind != "Could not check" || x.tone != "amber"):
			g.t.Errorf("%s could not be checked, and the page says %+v", c.ID, x)
		case c.Outcome == session.Finding && c.Hard && (x.kind != "Stop" || x.tone != "amber"):
			g.t.Errorf("%s stops, and the page says %+v", c.ID, x)
		case c.Outcome == session.Finding && !c.Hard && c.Overridden == 0 && (x.kind != "Weigh" || x.tone != "amber"):
			g.t.Errorf("%s is to be weighed, and the page says %+v", c.ID, x)
		}
	}
	of := 0
	for rule := range items {
		if strings.HasPrefix(rule, "gate-") {
			of++
		}
	}
	if of != n {
		g.t.Errorf("the page has %d checks of a gate that are not clear, the gate %d", of, n)
	}
}

// TestToday_SaysWhatTheGateSays: before the patient comes, and after each answer at
// the chair, the page of the day says what the draw-up gate says, and what changed.
func TestToday_SaysWhatTheGateSays(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	nurse, weiss := h.nurse(), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := nurse.visit(patient, 3)
	page, _ := nurse.today(id)
	if !strings.Contains(page, "There is no course on record: no rule of screening was run.") {
		t.Error("without a course the page does not say that no rule was run")
	}
	nurse.asGate(id)
	course := nurse.refers(patient)
	nurse.healthy(course)
	weiss.plans(course)
	if code, body := weiss.decides(course, "suitable", "", password); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	nurse.asGate(id)
	page, items := nurse.today(id)
	for _, want := range []string{"Today: may Maria Rivera be treated?", "Nothing that the record knows of.", "The clinic&#39;s cap is", "decided, 10:12", "nurse, today"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if items["gate-fasting"].kind != "Could not check" || items["gate-screening"].kind != "" {
		t.Errorf("before the patient came: fasting %+v, screening %+v", items["gate-fasting"], items["gate-screening"])
	}
	h.later(time.Minute) // what is said in the instant of the decision is no change since it
	nurse.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	nurse.say(id, session.ActPrecheck, map[string]any{"weight": map[string]any{"weight": qty("74", "kg")}})
	nurse.asGate(id)
	page, items = nurse.today(id)
	if items["gate-identity"].kind != "" || items["gate-weight"].kind != "" || !strings.Contains(page, "Weight: 74 kg") {
		t.Errorf("after an answer at the chair: %+v", items)
	}

	// What is found since the decision stops, with its rule, its age and its source.
	h.later(2 * time.Minute)
	list := url.Values{"at": {h.now().In(h.App().Zone).Format("2006-01-02")}, "source": {"patient"}, "complete": {"yes"}, "list": {"allopurinol\ntheophylline"}}
	if code, body := nurse.enters(course, "medicines", list); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	h.later(2 * time.Minute)
	nurse.asGate(id)
	page, items = nurse.today(id)
	if x := items["DDI-1"]; x.tone != "amber" || items["gate-screening"].kind != "Stop" || !strings.Contains(page, "Medicines added: theophylline.") || !strings.Contains(page, "new since the decision") {
		t.Errorf("theophylline: %+v, screening %+v", x, items["gate-screening"])
	}
	// What the chair has asked itself counts before what was said at the desk.
	said, err := json.Marshal(map[string]any{"statements": []any{map[string]string{"section": "today", "item": "consents", "answer": "no", "at": h.now().In(h.App().Zone).Format("2006-01-02"), "source": "nurse"}}})
	if err != nil {
		t.Fatal(err)
	}
	if refusal, err := h.App().DoCourse(t.Context(), app.CourseRequest{Act: "course.state", Schema: 1, ID: app.NewID[ident.Command](h.App()), Course: course, OccurredAt: h.now(), Actor: nurse.actor, Body: said}); err != nil || refusal != nil {
		t.Fatal(refusal, err)
	}
	_, items = nurse.today(id)
	if x := items["CI-PRIORAE-CONSENT"]; x.tone != "amber" || x.kind != "Stop" {
		t.Errorf("before the chair asked: %+v", x)
	}
	nurse.say(id, session.ActPrecheck, map[string]any{"consent_now": map[string]any{"confirmed": true}})
	h.later(2 * time.Minute)
	if page, items = nurse.today(id); items["CI-PRIORAE-CONSENT"].tone != "plain" || items["gate-consent-today"].kind != "" || !strings.Contains(page, "said at the desk; clear at the chair") {
		t.Errorf("consent: at the desk %+v, at the chair %+v", items["CI-PRIORAE-CONSENT"], items["gate-consent-today"])
	}
	// An ingredient that has no code is never clear.
	list.Set("list", "allopurinol\na tea from the garden")
	if code, body := nurse.enters(course, "medicines", list); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	h.later(2 * time.Minute)
	nurse.asGate(id)
	page, items = nurse.today(id)
	if items["DDI-1"].kind != "Could not check" || !strings.Contains(page, "Medicines listed and not coded: 1.") {
		t.Errorf("not coded: %+v", items["DDI-1"])
	}
	if strings.Contains(page, "may be treated today") || slices.ContainsFunc([]string{"Yes", "No, "}, func(s string) bool { return strings.Contains(page, "<h2>"+s) }) {
		t.Error("the page gives a verdict of its own")
	}
}

// TestToday_Doors: who reads records reads it, audited; it is asked before the
// infusion alone, and the lists lead to it.
func TestToday_Doors(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, desk := h.nurse(), h.hire("quinn", "P. Quinn", act.FrontDesk)
	id := nurse.visit(h.patient(nurse, "1", "Maria", "Rivera"), 3)
	path := "/sessions/" + string(id) + "/today"
	for _, list := range []string{"/sessions", "/sessions/" + string(id)} {
		if !strings.Contains(nurse.get(list).Body.String(), path) {
			t.Errorf("%s does not lead to the question of the day", list)
		}
	}
	course := nurse.refers(h.state(id).Patient)
	if !strings.Contains(nurse.get("/courses/"+string(course)).Body.String(), path) {
		t.Error("the course does not lead to the question of the day")
	}
	before := nurse.reads("record", id)
	nurse.today(id)
	if nurse.reads("record", id) != before+1 {
		t.Error("reading it is not in the audit log")
	}
	if w := desk.get(path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Rivera") {
		t.Errorf("the front desk was answered %d", w.Code)
	}
	if strings.Contains(desk.get("/sessions").Body.String(), path) {
		t.Error("the front desk is led to what it does not read")
	}
	nurse.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	nurse.runs(id)
	if w := nurse.get(path); w.Code != http.StatusConflict {
		t.Errorf("while the pump runs: answered %d", w.Code)
	}
}
