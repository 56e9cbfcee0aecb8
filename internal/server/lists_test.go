package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
)

// TestWorklist_NamesAVisitOnce: today with today's, afterwards with what is
// still to be closed.
func TestWorklist_NamesAVisitOnce(t *testing.T) {
	t.Parallel()
	h, okafor, _, id := stopPlace(t)
	okafor.runs(id)
	okafor.say(id, session.ActTransfer, map[string]any{"to": private("City Hospital"), "reason": private("chest pain")})
	for _, day := range []string{"today", "the day after"} {
		page := okafor.get("/sessions").Body.String()
		today, earlier, _ := strings.Cut(page, `id="open"`)
		link := "/sessions/" + string(id)
		if n := strings.Count(page, link); n != 1 {
			t.Errorf("%s the visit is named %d times", day, n)
		}
		if where := today; (day == "today") != strings.Contains(where, link) || (day != "today") != strings.Contains(earlier, link) {
			t.Errorf("%s the visit stands in the wrong list", day)
		}
		h.later(24 * time.Hour)
		okafor.signIn("okafor")
	}
}

// TestPatients_SayWhenTheyWereHereLast: from the index of visits; a visit that
// is only planned, or was cancelled before the start, is none.
func TestPatients_SayWhenTheyWereHereLast(t *testing.T) {
	t.Parallel()
	h, okafor, _, id := stopPlace(t)
	planned := h.patient(okafor, "2", "Ada", "Lang")
	okafor.visit(planned, 4)
	last := func() map[string]string {
		rows, err := desk{app: h.App()}.Patients(t.Context(), web.Visitor{Actor: okafor.actor}, "")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, r := range rows.Rows {
			out[r.Name] = r.Last
		}
		return out
	}
	if got := last(); got["Rivera, M."] != "today" || got["Lang, A."] != "" {
		t.Errorf("today: %v", got)
	}
	h.later(48 * time.Hour)
	if got := last(); got["Rivera, M."] != "23 November 2026" {
		t.Errorf("two days later: %v", got)
	}
	okafor.say(id, session.ActCancel, map[string]any{"reason": private("ill")})
	if got := last(); got["Rivera, M."] != "" {
		t.Errorf("cancelled before the start: %v", got)
	}
}

func TestOffsetText_NothingHasNoSign(t *testing.T) {
	t.Parallel()
	for off, want := range map[time.Duration]string{
		-40 * time.Millisecond: "0.0 s", 40 * time.Millisecond: "0.0 s", -60 * time.Millisecond: "-0.1 s", 1400 * time.Millisecond: "+1.4 s", 0: "0.0 s",
	} {
		if got := offsetText(off); got != want {
			t.Errorf("%s is written %q, want %q", off, got, want)
		}
	}
}

// TestMenu_OffersWhatOpens: to each role every place it may open, and none that
// turns it away.
func TestMenu_OffersWhatOpens(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	for i, role := range act.Roles() {
		g := h.hire(fmt.Sprintf("person%d", i), "P. Erson", role)
		menu := g.get("/sessions").Body.String()
		for _, at := range []string{"/board", "/sessions", "/schedule", "/patients", "/room-check", "/alarms", "/library", "/devices", "/people", "/access"} {
			opens := g.get(at).Code == http.StatusOK
			if offered := strings.Contains(menu, `<a href="`+at+`"`); offered != opens {
				t.Errorf("to a %s %s is offered: %v, opens: %v", role, at, offered, opens)
			}
		}
	}
}
