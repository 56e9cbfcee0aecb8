package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// hears says of a page that it sounds.
func (g *guest) hears() {
	g.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/hearing", strings.NewReader(`{"audible":true}`))
	r.Header.Set("Content-Type", "application/json")
	if w := g.do(r); w.Code != http.StatusNoContent {
		g.t.Fatalf("saying that a page sounds was answered %d %s", w.Code, w.Body)
	}
}

// TestHearing_OfTheResponsibleNurse: their page counts, that of others does not,
// nor the chair's own tablet, and none of them for longer than it was proved.
func TestHearing_OfTheResponsibleNurse(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	n.say(id, session.ActTakeNurse, map[string]any{})
	shown := func() view.Hearing { b.seconds(1, "97"); return n.chair(3).Hearing }
	if got := shown(); !got.Nobody || got.Text != "No one hears this chair" {
		t.Errorf("nobody said that they hear: %+v", got)
	}
	h.hire("brandt", "L. Brandt RN", act.Nurse).hears()
	h.tablet(3).hears()
	if got := shown(); !got.Nobody {
		t.Errorf("another nurse and the chair's own tablet count: %+v", got)
	}
	n.hears()
	if got := shown(); got.Nobody || !slices.Equal(got.By, []string{"A. Okafor RN"}) {
		t.Errorf("the responsible nurse hears: %+v", got)
	}
	h.later(25 * time.Second)
	if got := shown(); !got.Nobody {
		t.Errorf("after 25 seconds: %+v", got)
	}
}

// TestHearing_OfAStation: it hears every chair, locked or not, whoever is at it.
func TestHearing_OfAStation(t *testing.T) {
	t.Parallel()
	h, n, _, _ := guarded(t)
	h.later(time.Nanosecond) // finer than the record counts
	h.tablet(0).hears()
	if got := n.chair(3).Hearing; got.Nobody || !slices.Equal(got.By, []string{"tablet 0"}) {
		t.Errorf("%+v", got)
	}
}

// TestUnheard_IsAnAlarmUntilSomebodyHears: a watched chair that no place hears
// raises it after its time, of every place that falls silent, and a page that
// sounds ends it.
func TestUnheard_IsAnAlarmUntilSomebodyHears(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	station := h.tablet(0)
	said := func(want ...string) {
		t.Helper()
		if got := h.said(id, alarm.Unheard); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	b.seconds(14, "97")
	said()
	b.seconds(1, "97")
	said("raised medium")
	if a := n.chair(3).Alarms; !slices.ContainsFunc(a.Sounds, func(s view.Sound) bool { return s.Key == "3 unheard 1" && s.Kind == "low" }) {
		t.Errorf("the chair sounds %+v: above the patient what is technical is low", a.Sounds)
	}
	station.hears()
	b.seconds(1, "97")
	said("raised medium", "cleared medium")
	b.seconds(24+14, "97") // until the proof is over, and almost the alarm's own time
	said("raised medium", "cleared medium")
	b.seconds(2, "97")
	said("raised medium", "cleared medium", "raised medium")
}

// TestUnheard_AcrossARestart: nobody hears until a page has said so again, which
// is neither said twice nor taken back.
func TestUnheard_AcrossARestart(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	b.seconds(15, "97")
	if got := h.said(id, alarm.Unheard); !slices.Equal(got, []string{"raised medium"}) {
		t.Fatalf("before: %v", got)
	}
	h.restart()
	h.look()
	b.seconds(20, "97")
	if got := h.said(id, alarm.Unheard); !slices.Equal(got, []string{"raised medium"}) {
		t.Errorf("after the restart: %v", got)
	}
}

// TestUnheard_AfterARestartPagesHaveTheTime: a place that sounded before it says
// so again within its ten seconds, and nothing is raised.
func TestUnheard_AfterARestartPagesHaveTheTime(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	station := h.tablet(0)
	station.hears()
	b.seconds(2, "97")
	h.restart()
	h.look()
	if v, err := h.App().Visit(t.Context(), id); err != nil || len(v.Env.Heard.Places) > 0 || !v.Env.Heard.Since.Equal(h.now()) {
		t.Errorf("a restart does not take over who heard: %+v, %v", v.Env.Heard, err)
	}
	if !n.chair(3).Hearing.Nobody {
		t.Error("just after a restart the chair does not say that nobody hears it")
	}
	b.seconds(11, "97")
	station.hears()
	b.seconds(10, "97")
	if got := h.said(id, alarm.Unheard); got != nil {
		t.Errorf("%v", got)
	}
}

// TestHearing_KeepsNoScreenOpen: a page that says by itself that it sounds is no
// hand at the screen.
func TestHearing_KeepsNoScreenOpen(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	for range 7 {
		h.later(time.Minute)
		n.hears()
	}
	if w := n.get("/sessions"); w.Code == http.StatusOK {
		t.Error("the screen stayed open without a hand at it")
	}
}

// TestAlarms_ReachTheChairAtOnce: an alarm is an entry, so the chair is sent
// whole with it, at the pace of its values.
func TestAlarms_ReachTheChairAtOnce(t *testing.T) {
	t.Parallel()
	_, n, b, id := guarded(t)
	frames := n.follow(web.Topic{Chair: 3})
	first := func(c *view.Chair) view.Alarm { return c.Alarms.List[0] } // others stand too: this visit has no order
	if f := n.next(frames); f.Chair == nil || first(f.Chair).Condition == string(alarm.SpO2Low) || f.Chair.Alarms.Off {
		t.Fatalf("before: %+v", f.Chair)
	}
	sounded := func(c *view.Chair) bool {
		return slices.ContainsFunc(c.Alarms.Sounds, func(s view.Sound) bool { return s.Key == "3 spo2_low 1" && s.Kind == "high" })
	}
	b.seconds(1, "84")
	for {
		f := n.next(frames)
		if f.Chair == nil || first(f.Chair).Condition != string(alarm.SpO2Low) {
			continue
		}
		if a := first(f.Chair); a.Tone != view.Red || !sounded(f.Chair) {
			t.Errorf("%+v", f.Chair.Alarms)
		}
		i := slices.IndexFunc(f.Chair.Tiles, func(x view.Tile) bool { return x.Kind == "spo2" })
		if f.Chair.Tiles[i].Tone != view.Red || f.Chair.Tiles[i].Mark != "low" {
			t.Errorf("%+v", f.Chair.Tiles[i])
		}
		break
	}
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": "spo2_low", "announcement": 1})
	for f := n.next(frames); ; f = n.next(frames) {
		if f.Chair != nil {
			if sounded(f.Chair) {
				t.Errorf("after it was acknowledged: %+v", f.Chair.Alarms)
			}
			break
		}
	}
}

// TestAlarms_ButtonsAreTheirs: a role that may not answer an alarm reads it all
// the same.
func TestAlarms_ButtonsAreTheirs(t *testing.T) {
	t.Parallel()
	h, n, b, _ := guarded(t)
	b.seconds(1, "84")
	quinn := h.hire("quinn", "P. Quinn", act.FrontDesk)
	r := room{app: h.App(), people: people{auth: h.Auth()}, chain: h.chainNow}
	c, err := r.Chair(t.Context(), web.Visitor{Actor: quinn.actor}, ident.Chair(3))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Alarms.List) == 0 || c.Alarms.List[0].Text == "" || c.Alarms.List[0].Acknowledge != nil {
		t.Errorf("the front desk: %+v", c.Alarms.List)
	}
	for _, a := range c.Alarms.List[0].Advice {
		if a.Act != nil && a.Act.Act != string(session.ActStop) && a.Act.Act != string(session.ActHelp) {
			t.Errorf("the front desk may %q", a.Act.Act)
		}
	}
	if got := n.chair(3).Alarms.List[0]; got.Acknowledge == nil {
		t.Errorf("the nurse: %+v", got)
	}
}
