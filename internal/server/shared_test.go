package server

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
)

// TestBoard_IsSharedUntilSomethingIsEntered: streams share one board while the
// record stands still, and what has been entered stands in the next one that is
// asked for. The public board is another.
func TestBoard_IsSharedUntilSomethingIsEntered(t *testing.T) {
	t.Parallel()
	h, n, _, id := guarded(t)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow, boards: &boards{}}
	first, shown, err := r.shared(t.Context(), web.Visitor{Actor: n.actor}, false)
	if err != nil || len(shown) != 1 || shown[0] != id {
		t.Fatalf("%v, %v", shown, err)
	}
	public, _, err := r.shared(t.Context(), web.Visitor{Actor: n.actor}, true)
	if err != nil || public == first || !public.Public || first.Public {
		t.Fatalf("the public board is the other one: %v", err)
	}
	n.say(id, session.ActHelp, map[string]any{})
	now, _, err := r.shared(t.Context(), web.Visitor{Actor: n.actor}, false)
	if err != nil {
		t.Fatal(err)
	}
	if now == first || now.Head <= first.Head || len(now.Rows) != 1 || !now.Rows[0].Help {
		t.Errorf("a call for help is not on the next board: head %d after %d, %+v", now.Head, first.Head, now.Rows)
	}
	r.boards.made[0].at = r.boards.made[0].at.Add(-boardEvery)
	if later, _, err := r.shared(t.Context(), web.Visitor{Actor: n.actor}, false); err != nil || later == now {
		t.Errorf("half a second later it is made anew: %v", err)
	}
}

// TestBoard_AnAlarmDoesNotWaitForItsRhythm: a board is drawn twice a second; one
// that does not show an alarm yet is drawn at once.
func TestBoard_AnAlarmDoesNotWaitForItsRhythm(t *testing.T) {
	t.Parallel()
	h, _, b, _ := guarded(t)
	now := time.Now()
	due := func(announced int64) int {
		f := &frames{room: room{app: h.App()}, followed: []*followed{{stale: true, last: now, announced: announced}}}
		some, _ := f.due(now.Add(chairEvery))
		return len(some)
	}
	before := h.App().Announced()
	if due(before) != 0 {
		t.Error("drawn out of its rhythm for nothing")
	}
	b.seconds(2, "80")
	if h.App().Announced() == before || due(before) != 1 {
		t.Error("an alarm waits for the rhythm of the board")
	}
}
