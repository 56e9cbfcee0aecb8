package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// orderedAt is a visit that runs at a chair on an order of a protocol, with its course.
func (g *guest) orderedAt(weiss *guest, chair int) (ident.Session, ident.Course) {
	g.t.Helper()
	patient := g.patient(g, "1", "Maria", "Rivera")
	id := g.visit(patient, chair)
	course := g.refers(patient)
	g.healthy(course)
	weiss.plans(course)
	if code, body := weiss.decides(course, "suitable", "", password); code != http.StatusSeeOther {
		g.t.Fatalf("suitable was answered %d\n%.2000s", code, body)
	}
	g.signProtocols()
	day := g.now().In(g.App().Zone).Format("2006-01-02")
	g.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	f := with(protocolAnswers(), "weighed", day)
	if w := weiss.fill("/sessions/"+string(id)+"/order?protocol=PR-FIRST", f); w.Code != http.StatusSeeOther {
		g.t.Fatalf("the order was answered %d\n%.2000s", w.Code, w.Body)
	}
	g.runs(id)
	return id, course
}

// TestOutdated_FoundDuringTheInfusion: what is found at the desk while the drug runs
// alerts at the chair, and the chair does not raise; inputs that only grow older do
// neither.
func TestOutdated_FoundDuringTheInfusion(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	nurse, weiss := h.nurse(), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id, course := nurse.orderedAt(weiss, 3)
	h.look()
	h.later(2 * time.Hour) // signs and samples of before are old by now
	h.look()
	if got := h.said(id, alarm.OrderOutdated); got != nil {
		t.Fatalf("on an order that stands: %v", got)
	}
	nurse.signIn("okafor")
	list := url.Values{"at": {h.now().In(h.App().Zone).Format("2006-01-02")}, "source": {"patient"}, "complete": {"yes"}, "list": {"theophylline"}}
	if code, body := nurse.enters(course, "medicines", list); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	h.look()
	if got := h.said(id, alarm.OrderOutdated); !slices.Equal(got, []string{"raised medium"}) {
		t.Fatalf("after theophylline was listed: %v", got)
	}
	if a := h.alarm(id, alarm.OrderOutdated); !strings.Contains(a.Text.English(), "DDI-1") {
		t.Errorf("the alarm says %q", a.Text.English())
	}
	body, err := json.Marshal(map[string]any{
		"ordered": qty("0.3", "mg/kg/h"), "read": map[string]any{"rate": qty("21.6", "mL/h"), "concentration": qty("1", "mg/mL")},
	})
	if err != nil {
		t.Fatal(err)
	}
	code, reply := nurse.command(id, session.ActRate, string(body))
	if reply.Outcome != "refused" || !strings.Contains(reply.Text, "stands no more") {
		t.Errorf("raised: %d %+v", code, reply)
	}
}

// TestOutdated_StruckDuringTheInfusion: an order that rests on what was struck alerts at
// the chair as one whose patient turns out otherwise.
func TestOutdated_StruckDuringTheInfusion(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	nurse, weiss := h.nurse(), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id, course := nurse.orderedAt(weiss, 3)
	h.look()
	if got := h.said(id, alarm.OrderOutdated); got != nil {
		t.Fatalf("on an order that stands: %v", got)
	}
	if code, body := nurse.strikes(course, "results", "GGT", "of another patient", password); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	h.look()
	if got := h.said(id, alarm.OrderOutdated); !slices.Equal(got, []string{"raised medium"}) {
		t.Errorf("on an order that rests on what was struck: %v", got)
	}
}
