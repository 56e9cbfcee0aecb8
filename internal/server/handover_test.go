package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestHandover_SaysWhatTheNextNurseNeeds: what stands open, what runs, what is
// due, what happened, and the order with its limits; reading it is a read.
func TestHandover_SaysWhatTheNextNurseNeeds(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	b.minutes(t, 21, true, true)
	n.say(id, session.ActGiveDrug, map[string]any{"drug": "ondansetron", "amount": "4", "unit": "mg", "route": "IV", "adjunct": "ondansetron"})
	n.say(id, session.ActNoteEffect, map[string]any{"id": "01941f29-7c00-7000-8000-000000000091", "code": "nausea", "grade": 2})
	n.say(id, session.ActNote, map[string]any{"text": private("quiet, likes the blanket")})
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	reads := len(h.auditLog("read"))
	page := oneLine(brandt.get("/sessions/" + string(id) + "/handover").Body.String())
	if got := len(h.auditLog("read")); got != reads+1 {
		t.Errorf("read %d times", got-reads)
	}
	for _, w := range []string{
		"Maria Rivera", "allergy: morphine (hives)", "A. Okafor RN", "Nausea since 10:33, grade 2.", "1 reading not confirmed",
		"14 mL/h", "Planned end", "Greatest amount", "Observation</td><td>10:27</td><td>6 min late",
		"ondansetron 4 mg", "quiet, likes the blanket", "chosen by nobody", "Never above", "SpO₂ 97 %",
		"Could not be computed: missing breathing", "/sessions/" + string(id) + "/acts/session.take-over",
	} {
		if !strings.Contains(page, w) {
			t.Errorf("the hand-over does not say %q", w)
		}
	}
	if own := n.get("/sessions/" + string(id) + "/handover"); strings.Contains(own.Body.String(), "acts/session.take-over") {
		t.Error("a nurse takes her own patient over")
	}
	desk := h.hire("quinn", "D. Quinn", act.FrontDesk)
	for _, door := range []string{"/sessions/" + string(id) + "/handover", "/handover"} {
		if w := desk.get(door); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Rivera") {
			t.Errorf("%s answered the front desk %d", door, w.Code)
		}
	}
}

// TestHandovers_OfOnesOwnChairs: a nurse's own, or all where that is asked or
// she has none; whose record is shown is read.
func TestHandovers_OfOnesOwnChairs(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	haas := h.hire("haas", "M. Haas RN", act.Nurse, act.FrontDesk)
	for chair := 1; chair <= 3; chair++ {
		who := n
		if chair == 2 {
			who = haas
		}
		who.runningAt(chair)
	}
	for _, c := range []struct {
		who    *guest
		door   string
		chairs []int
	}{
		{n, "/handover", []int{1, 3}},
		{n, "/handover?all=1", []int{1, 2, 3}},
		{haas, "/handover", []int{2}},
		{brandt, "/handover", []int{1, 2, 3}},
	} {
		reads := len(h.auditLog("read"))
		page := c.who.get(c.door).Body.String()
		shown := 0
		for chair := 1; chair <= 3; chair++ {
			if strings.Contains(page, `id="chair-`+strconv.Itoa(chair)+`"`) {
				shown++
			}
		}
		for _, chair := range c.chairs {
			if !strings.Contains(page, `id="chair-`+strconv.Itoa(chair)+`"`) {
				t.Errorf("%s lacks chair %d", c.door, chair)
			}
		}
		if got := len(h.auditLog("read")) - reads; shown != len(c.chairs) || got != shown {
			t.Errorf("%s shows %d chairs and counts %d reads, want %d", c.door, shown, got, len(c.chairs))
		}
	}
}

// TestHandover_TakingOverKeepsWhatWasOpen, from the page that leads to it.
func TestHandover_TakingOverKeepsWhatWasOpen(t *testing.T) {
	t.Parallel()
	h, _, b, id := rounding(t)
	b.minutes(t, 21, true, true)
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	waiting := h.state(id).Unconfirmed()
	at := h.state(id).Position
	door := "/sessions/" + string(id) + "/acts/session.take-over"
	if w := brandt.fill(door, url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("taking over answered %d: %s", w.Code, w.Body)
	}
	s := h.state(id)
	if s.Nurse != brandt.person {
		t.Fatalf("responsible %q", s.Nurse)
	}
	v, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := v.Entries[len(v.Entries)-1].Event.(session.NurseResponsible)
	if e.Seen != at || e.Open == nil || len(e.Open.Readings) != len(waiting) || e.Open.Readings[0] != waiting[0].Position || len(e.Open.Rounds) == 0 {
		t.Errorf("seen up to %d of %d, open %+v", e.Seen, at, e.Open)
	}
	page := oneLine(brandt.get("/sessions/" + string(id)).Body.String())
	for _, w := range []string{"L. Brandt RN is the responsible nurse", "observation due 10:27 was late", "1 of the monitor&#39;s readings not confirmed", "no early-warning score: missing breathing"} {
		if !strings.Contains(page, w) {
			t.Errorf("the record does not say %q", w)
		}
	}
}
