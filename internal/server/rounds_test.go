package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// rounding is a clinic in which an infusion runs by an order, with its monitor
// linked; rounds are due every 15 min, the cuff every 5.
func rounding(t *testing.T) (h *place, n *guest, b *bedside, id ident.Session) {
	t.Helper()
	h = newPlace(t)
	n, b = h.nurse(), h.bedside()
	id = b.linked(n)
	v, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	doctor := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	doctor.say(id, session.ActAttachOrder, map[string]any{"order": packOrder(h, v.State.Patient)})
	n.runs(id)
	return h, n, b, id
}

// minutes lets time pass; the monitor speaks and the server looks every five
// seconds, where they are there.
func (b *bedside) minutes(t *testing.T, n int, speaks, looks bool) {
	t.Helper()
	for range n * 12 {
		b.later(5 * time.Second)
		if speaks {
			b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
		}
		if looks {
			b.watch()
		}
	}
}

// keptAt are the minutes after the start at which something was kept of a round.
func keptAt(s session.State, what string) []int {
	var out []int
	for _, f := range s.Rounds {
		if string(f.Taken.Round) == what {
			out = append(out, int(f.Taken.Due.Sub(s.StartedAt).Minutes()))
		}
	}
	return out
}

// row is the first row of the board.
func (g *guest) row(t *testing.T) view.BoardRow {
	t.Helper()
	r := room{app: g.App(), people: people{auth: g.Auth()}, chain: g.chainNow}
	b, err := r.Board(t.Context(), web.Visitor{Actor: g.actor}, false)
	if err != nil || len(b.Rows) == 0 {
		t.Fatalf("%v, %d rows", err, len(b.Rows))
	}
	return b.Rows[0]
}

// TestRounds_AreKeptWhenDue: once each, from what was sent then; what no sensor
// sends is named, and what nobody sent is not kept.
func TestRounds_AreKeptWhenDue(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	b.minutes(t, 7, true, true)
	b.sends(pressure("1.5", "128", "76")...)
	b.minutes(t, 24, true, true)
	s := h.state(id)
	if got := keptAt(s, "observation"); !slices.Equal(got, []int{15, 30}) {
		t.Errorf("rounds kept at %v", got)
	}
	if got := keptAt(s, "cuff"); !slices.Equal(got, []int{10}) {
		t.Errorf("one pressure was sent, in the interval that ended at 10; cuffs kept at %v", got)
	}
	f := s.Rounds[slices.IndexFunc(s.Rounds, func(f session.RoundFact) bool { return f.Taken.Round == session.RoundObservation })]
	if len(f.Taken.Readings) != 2 || f.Taken.Late || !slices.ContainsFunc(f.Taken.Without, func(x session.NoReading) bool { return x.Kind == vital.RR }) {
		t.Errorf("%+v", f.Taken)
	}
	v, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Entries {
		if _, ok := e.Event.(session.RoundTaken); ok && e.Actor.Job != "rounds" {
			t.Errorf("kept by %+v", e.Actor)
		}
	}
	n.signIn("okafor") // her screen has locked since
	page := n.get("/sessions/" + string(id)).Body.String()
	for _, w := range []string{"Monitor&#39;s readings when rounds were due", "not confirmed", "No valid reading of breathing", "nothing was kept"} {
		if !strings.Contains(page, w) {
			t.Errorf("the record does not say %q", w)
		}
	}
}

// TestRounds_Restart: what was kept is not kept again; what was due while the
// server was down is kept from what the monitor had sent until then, and marked;
// what nobody received is not made up.
func TestRounds_Restart(t *testing.T) {
	t.Parallel()
	h, _, b, id := rounding(t)
	b.minutes(t, 16, true, true)
	for range 3 {
		h.restart()
		h.watch()
		h.later(6 * time.Second)
		b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
		h.watch()
	}
	if got := keptAt(h.state(id), "observation"); !slices.Equal(got, []int{15}) {
		t.Fatalf("after restarts rounds kept at %v", got)
	}
	// Messages are stored to half past, the rounds are not looked at; then
	// nobody listens for half an hour.
	b.minutes(t, 16, true, false)
	h.later(30 * time.Minute)
	h.restart()
	b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
	h.watch()
	s := h.state(id)
	if got := keptAt(s, "observation"); !slices.Equal(got, []int{15, 30}) {
		t.Errorf("rounds kept at %v", got)
	}
	f := s.Rounds[len(s.Rounds)-1]
	if !f.Taken.Late || f.Taken.Due.Sub(f.At) >= time.Minute || h.now().Sub(f.RecordedAt) > time.Second {
		t.Errorf("%+v", f)
	}
}

// TestRounds_NotOfAnotherPatient: in doubt of the link nothing is kept, and
// after it was confirmed again nothing of before.
func TestRounds_NotOfAnotherPatient(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	b.minutes(t, 10, true, true)
	b.minutes(t, 1, false, true) // the cable was out
	b.minutes(t, 20, true, true)
	if why, _ := h.doubted(id); why == "" {
		t.Fatal("the link stands")
	}
	n.say(id, session.ActLinkMonitor, map[string]any{"monitor": b.id()})
	b.minutes(t, 2, true, true)
	if got := keptAt(h.state(id), "observation"); got != nil {
		t.Errorf("kept at %v, while nobody knew whose it was", got)
	}
}

// TestRounds_ConfirmedInOnePass: the nurse confirms what her page listed; what
// was kept meanwhile waits for the next pass.
func TestRounds_ConfirmedInOnePass(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	b.minutes(t, 16, true, true)
	c := n.chair(3)
	i := slices.IndexFunc(c.Acts, func(a view.Act) bool { return a.Act == string(session.ActConfirmReadings) })
	if i < 0 || c.Acts[i].Label != "Confirm 1 reading" || len(c.Acts[i].Beside) != 1 || !strings.Contains(c.Acts[i].Beside[0], "97 %") {
		t.Fatalf("%+v", c.Acts)
	}
	if !notice(c, "1 reading not confirmed") {
		t.Errorf("%+v", c.Notices)
	}
	b.minutes(t, 15, true, true) // half past, while her finger moves
	n.signIn("okafor")
	if rec, _ := n.send(session.ActConfirmReadings, n.wire(id).but("body", c.Acts[i].Body)); rec.Code != http.StatusOK {
		t.Fatalf("confirming answered %d: %s", rec.Code, rec.Body)
	}
	s := h.state(id)
	if open := s.Unconfirmed(); len(open) != 1 || int(open[0].Taken.Due.Sub(s.StartedAt).Minutes()) != 30 {
		t.Errorf("waiting: %+v", open)
	}
	if page := n.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "by A. Okafor RN") || !strings.Contains(page, "confirmed") {
		t.Error("the record does not say who confirmed")
	}
	if row := n.row(t); row.Unconfirmed != "1 reading not confirmed" {
		t.Errorf("the board says %q", row.Unconfirmed)
	}
	first := s.Rounds[0].Position
	n.say(id, session.ActDoubtReading, map[string]any{"entry": first, "kind": "spo2", "why": "not this patient"})
	if page := n.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "SpO₂ does not count: not this patient") {
		t.Error("the record does not say that a reading does not count")
	}
}

// TestRounds_ARoundIsClosedWithItsReason at the chair, once it is late.
func TestRounds_ARoundIsClosedWithItsReason(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	missing := func() (view.Act, bool) {
		c := n.chair(3)
		i := slices.IndexFunc(c.Acts, func(a view.Act) bool { return a.Label == "Missed: observation" })
		if i < 0 {
			return view.Act{}, false
		}
		return c.Acts[i], true
	}
	b.minutes(t, 19, true, true)
	if _, ok := missing(); ok {
		t.Error("a round that is only due can be called missed")
	}
	b.minutes(t, 2, true, true)
	n.signIn("okafor")
	a, ok := missing()
	if !ok {
		t.Fatal("a late round cannot be closed")
	}
	body := map[string]any{"why": session.MissedElsewhere}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		t.Fatal(err)
	}
	if rec, _ := n.send(session.ActMissRound, n.wire(id).but("body", body)); rec.Code != http.StatusOK {
		t.Fatalf("closing it answered %d: %s", rec.Code, rec.Body)
	}
	if _, ok := missing(); ok {
		t.Error("it is still to be closed")
	}
	if page := n.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "nurse with another patient, A. Okafor RN") {
		t.Error("the record does not say why")
	}
	due := session.DueItems(h.state(id), session.Env{Now: h.now(), Rules: h.App().Knows().Rules})
	for _, d := range due {
		if d.What == session.RoundObservation && d.DueAt.Sub(h.state(id).StartedAt) != 30*time.Minute {
			t.Errorf("the next is due %v after the start", d.DueAt.Sub(h.state(id).StartedAt))
		}
	}
}

// TestRounds_NobodyElseTakesOne: the job's command is no person's.
func TestRounds_NobodyElseTakesOne(t *testing.T) {
	t.Parallel()
	h, n, b, id := rounding(t)
	b.minutes(t, 16, true, false)
	body := map[string]any{"round": "observation", "due": h.state(id).StartedAt.Add(15 * time.Minute)}
	if rec, _ := n.send(session.ActTakeRound, n.wire(id).but("body", body)); rec.Code == http.StatusOK {
		t.Error("a nurse kept a round in the monitor's name")
	}
}
