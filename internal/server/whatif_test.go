package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// stormy is a visit with three dips of saturation: one short and shallow, one
// long and shallow, one deep; the nurse acknowledges what is red.
func stormy(t *testing.T) (*place, *guest, *bedside) {
	t.Helper()
	h, n, b, id := guarded(t)
	b.seconds(70, "97")
	b.seconds(35, "92")
	b.seconds(60, "97")
	b.seconds(120, "92")
	b.seconds(60, "97")
	b.seconds(30, "87")
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": alarm.SpO2Low, "announcement": h.alarm(id, alarm.SpO2Low).Announcement})
	b.seconds(70, "97")
	if _, standing := h.state(id).Alarms.Alarm(alarm.SpO2Low); standing {
		t.Fatal("the dips are not over")
	}
	return h, n, b
}

func (h *place) tried(n *guest, trial alarm.Trial) app.WhatIf {
	h.t.Helper()
	w, err := h.App().WhatIf(h.t.Context(), n.actor, 7, trial)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

func span(d time.Duration) *time.Duration { return &d }

// shifts counts what would be gone, new, later and as it is.
func shifts(w app.WhatIf) (gone, fresh, later, same int) {
	for _, v := range w.Visits {
		for _, s := range v.Shifts {
			switch {
			case s.After == nil:
				gone++
			case s.Before == nil:
				fresh++
			case s.Later() > 0:
				later++
			default:
				same++
			}
		}
	}
	return gone, fresh, later, same
}

// TestWhatIf_UnchangedGivesTheRecord: with the settings as they are, the replay
// of what is stored announces what stands in the record, condition by condition.
func TestWhatIf_UnchangedGivesTheRecord(t *testing.T) {
	t.Parallel()
	h, n, _ := stormy(t)
	total := 0
	for _, r := range h.App().Knows().AlarmRules.Rules() {
		if got := r.Condition; !contains(app.NotReplayed(), got) {
			w := h.tried(n, alarm.Trial{Condition: got, Over: span(r.Clear.For)})
			if gone, fresh, later, _ := shifts(w); gone+fresh+later > 0 {
				t.Errorf("%s: nothing is changed, and %d are gone, %d new, %d later", got, gone, fresh, later)
			}
			if w.Found != w.Recorded {
				t.Errorf("%s: %d of the %d announcements of the record are found", got, w.Found, w.Recorded)
			}
			total += w.Recorded
		}
	}
	if total < 4 {
		t.Errorf("only %d announcements were compared", total)
	}
}

func contains(ids []alarm.ID, id alarm.ID) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

// TestWhatIf_AnotherDelayAndLimit: the yellow level of SpO₂ with a minute's
// delay loses the short dip and announces the long one later; with a limit of
// 90 both are gone; a limit that is not reached now raises another.
func TestWhatIf_AnotherDelayAndLimit(t *testing.T) {
	t.Parallel()
	h, n, _ := stormy(t)
	limit := func(v vital.Value) *vital.Value { return &v }
	for _, c := range []struct {
		name                     string
		trial                    alarm.Trial
		gone, fresh, later, same int
	}{
		{"a longer delay", alarm.Trial{Condition: alarm.SpO2Low, Delay: span(time.Minute)}, 1, 0, 1, 1},
		{"a lower limit", alarm.Trial{Condition: alarm.SpO2Low, Limit: limit(90)}, 2, 0, 0, 1},
		{"red from 93", alarm.Trial{Condition: alarm.SpO2Low, Level: 1, Limit: limit(93)}, 2, 2, 0, 1},
	} {
		w := h.tried(n, c.trial)
		gone, fresh, later, same := shifts(w)
		if gone != c.gone || fresh != c.fresh || later != c.later || same != c.same {
			t.Errorf("%s: gone %d new %d later %d as it is %d, want %+v", c.name, gone, fresh, later, same, c)
		}
		if len(w.Visits) != 1 || w.Stored <= 0 || w.Watched < 7*time.Minute || w.Recorded == 0 {
			t.Errorf("%s: %+v", c.name, w)
		}
	}
}

// TestWhatIf_Page: the director asks on the page, is told what would be another
// and how far to trust it, and no patient is named.
func TestWhatIf_Page(t *testing.T) {
	t.Parallel()
	h, _, _ := stormy(t)
	director := h.hire("lind", "E. Lind MD", act.Director, act.Prescriber)
	ask := url.Values{"days": {"7"}, "level": {"AL-SPO2-LOW.0"}, "delay": {"60"}}
	page := director.get("/alarms/what-if?" + ask.Encode()).Body.String()
	for _, want := range []string{"SpO₂ low: ", "1 gone, 0 new, 1 later", "30 s later", "3 of the 3 announcements", "1 visit, watched", "Never replayed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Rivera") {
		t.Error("the replay names a patient")
	}
	for _, c := range []struct{ key, value, says string }{
		{"limit", "8", "no value of SpO₂"},
		{"limit", "-3", "A limit is a number"},
		{"delay", "1h", "whole number of seconds"},
		{"delay", "3601", "whole number of seconds"},
		{"margin", "101", "A margin is"},
		{"level", "AL-SPO2-LOW.9", "one of the levels"},
		{"level", "AL-CLOCK.0", "one of the levels"},
		{"days", "3", "spans of days"},
		{"delay", "", "Enter what would be"},
	} {
		bad := url.Values{"days": {"7"}, "level": {"AL-SPO2-LOW.0"}, "delay": {"60"}}
		bad.Set(c.key, c.value)
		rec := director.get("/alarms/what-if?" + bad.Encode())
		if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%s=%s was answered %d without %q", c.key, c.value, rec.Code, c.says)
		}
	}
	desk := h.hire("quinn", "D. Quinn", act.FrontDesk)
	if got := desk.get("/alarms/what-if").Code; got != http.StatusForbidden {
		t.Errorf("the front desk was answered %d", got)
	}
}
