package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
)

// runningAt is a visit at a chair whose pump runs, found so by the nurse, who
// with that is the responsible one.
func (g *guest) runningAt(chair int) ident.Session {
	g.t.Helper()
	id := g.visit(g.patient(g, fmt.Sprint(100+chair), "Maria", "Rivera"), chair)
	g.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	g.runs(id)
	return id
}

// TestAlarms_NurseOverTheRatio: more running infusions than the library allows
// are an alarm at each of the nurse's chairs, counted across visits; it ends
// when another nurse takes one over.
func TestAlarms_NurseOverTheRatio(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	n := h.nurse()
	most := h.App().Knows().Rules.Count(library.NurseRunning)
	var all []ident.Session
	for chair := range most {
		all = append(all, n.runningAt(chair+1))
	}
	h.look()
	for _, id := range all {
		if got := h.said(id, alarm.NurseLoad); got != nil {
			t.Fatalf("with %d: %v", most, got)
		}
	}
	last := n.runningAt(most + 1)
	all = append(all, last)
	h.later(time.Second)
	h.look()
	for _, id := range all {
		if got := h.said(id, alarm.NurseLoad); !slices.Equal(got, []string{"raised low"}) {
			t.Errorf("with one more: %v", got)
		}
		if s := h.state(id); s.Nurse != n.person {
			t.Errorf("chair %d: responsible %q", s.Chair, s.Nurse)
		}
	}
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	brandt.say(last, session.ActTakeNurse, map[string]any{})
	h.later(time.Second)
	h.look()
	for _, id := range all {
		if got := h.said(id, alarm.NurseLoad); !slices.Equal(got, []string{"raised low", "cleared low"}) {
			t.Errorf("after the hand-over: %v", got)
		}
	}
}

// TestAlarms_PrescriberLeft: said at one chair, it holds at every chair at which
// the prescriber is responsible, and is an alarm where an infusion runs; coming
// back is said at each.
func TestAlarms_PrescriberLeft(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	n := h.nurse()
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	one, two, theirs := n.runningAt(1), n.runningAt(2), n.runningAt(3)
	for _, id := range []ident.Session{one, two} {
		weiss.say(id, session.ActTakePrescriber, map[string]any{"on_site": true})
	}
	reyes := h.hire("reyes", "C. Reyes MD", act.Prescriber)
	reyes.say(theirs, session.ActTakePrescriber, map[string]any{"on_site": true})
	h.look()
	if got := h.said(two, alarm.PrescriberAbsent); len(got) > 0 && got[len(got)-1] != "cleared medium" {
		t.Fatalf("on site: %v", got)
	}
	h.later(time.Minute)
	left := h.now()
	weiss.say(one, session.ActTakePrescriber, map[string]any{"on_site": false})
	h.later(2 * time.Second)
	h.watch()
	h.watch() // once only
	h.look()
	for _, id := range []ident.Session{one, two} {
		if a := h.alarm(id, alarm.PrescriberAbsent); a.Priority != alarm.Medium {
			t.Errorf("nobody is told that the prescriber left: %+v", a)
		}
		if s := h.state(id); s.OnSite || !s.OnSiteAt.Equal(left) {
			t.Errorf("on site %v since %v", s.OnSite, s.OnSiteAt)
		}
	}
	if n := len(h.state(two).Prescribers); n != 2 {
		t.Errorf("it was said %d times at the other chair", n)
	}
	if s := h.state(theirs); !s.OnSite {
		t.Error("another prescriber left with them")
	}
	h.later(time.Minute)
	weiss.say(two, session.ActTakePrescriber, map[string]any{"on_site": true})
	h.watch()
	if !h.state(two).OnSite || h.state(one).OnSite {
		t.Error("coming back is said at each chair, and stands there")
	}
}

// TestResponsible_FromTheFirstMinute: the record names who was
// responsible from the first minute on.
func TestResponsible_FromTheFirstMinute(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	id := n.runningAt(1)
	s := h.state(id)
	if duty := session.NursesOnDuty(s); len(duty) != 1 || duty[0].Who != n.person || !duty[0].From.Equal(s.StartedAt) {
		t.Errorf("%+v", duty)
	}
	h.later(10 * time.Minute)
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	brandt.say(id, session.ActTakeNurse, map[string]any{})
	page := strings.Join(strings.Fields(brandt.get("/sessions/"+string(id)).Body.String()), " ")
	for _, w := range []string{"<td>10:12</td><td>10:22</td><td>nurse</td><td>A. Okafor RN</td>", "<td>10:22</td><td>now</td><td>nurse</td><td>L. Brandt RN</td>", "<td>prescriber</td><td>nobody</td>"} {
		if !strings.Contains(page, w) {
			t.Errorf("the record does not say %s", w)
		}
	}
}
