package server

import (
	"context"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// TestBoard_IsSharedUntilSomethingIsEntered: streams share one board while the
// record stands still, and what has been entered stands in the next one that is
// asked for. The public board is another.
func TestBoard_IsSharedUntilSomethingIsEntered(t *testing.T) {
	t.Parallel()
	h, n, _, id := guarded(t)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow, boards: &boards{}}
	ask := func(public bool) (*view.Board, []ident.Session, time.Time) {
		t.Helper()
		b, shown, later, err := r.shared(t.Context(), web.Visitor{Actor: n.actor}, public)
		if err != nil {
			t.Fatal(err)
		}
		return b, shown, later
	}
	first, shown, later := ask(false)
	if len(shown) != 1 || shown[0] != id || !later.IsZero() {
		t.Fatalf("%v, later %v", shown, later)
	}
	made := &r.boards.made[0]
	if again, _, later := ask(false); again != first || !later.Equal(made.at.Add(boardEvery)) {
		t.Errorf("while the record stands still the board is shared, and asked for again: later %v", later)
	}
	if public, _, _ := ask(true); public == first || !public.Public || first.Public {
		t.Fatal("the public board is the other one")
	}
	n.say(id, session.ActHelp, map[string]any{})
	made.at = time.Now()
	if busy, _, later := ask(false); busy != first || !later.Equal(made.at.Add(boardEvery/2)) {
		t.Errorf("drawn anew for each entry: later %v", later)
	}
	made.announced--
	made.at = time.Now().Add(time.Minute) // however slow the machine
	for took, waits := range map[time.Duration]time.Duration{time.Millisecond: time.Millisecond, boardEvery: chairEvery / 2} {
		made.took = took
		if busy, _, later := ask(false); busy != first || !later.Equal(made.at.Add(waits)) {
			t.Errorf("an alarm waits %v after a drawing that took %v", later.Sub(made.at), took)
		}
	}
	made.at = time.Now().Add(-boardEvery / 4)
	now, _, later := ask(false)
	if now == first || now.Head <= first.Head || len(now.Rows) != 1 || !now.Rows[0].Help || !later.IsZero() {
		t.Errorf("a call for help is not on the next board: head %d after %d, %+v", now.Head, first.Head, now.Rows)
	}
	made.at = made.at.Add(-boardEvery)
	if later, _, _ := ask(false); later == now {
		t.Error("half a second later it is made anew")
	}
}

// TestBoard_WhatIsNotOnItIsAskedForAgain: a stream that was given a board from
// before an entry asks again when there can be one with it, and sends nothing twice.
func TestBoard_WhatIsNotOnItIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h, n, _, id := guarded(t)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow, boards: &boards{}, meter: newMeter()}
	topic := &followed{stale: true}
	f := &frames{room: r, visitor: web.Visitor{Actor: n.actor}, ear: h.App().Listen(), followed: []*followed{topic}}
	defer f.Close()
	look := func() int {
		t.Helper()
		if err := f.fill(t.Context(), []*followed{topic}); err != nil {
			t.Fatal(err)
		}
		sent := len(f.queue)
		f.queue = nil
		return sent
	}
	if look() != 1 || topic.stale {
		t.Fatal("the first look shows the board")
	}
	n.say(id, session.ActHelp, map[string]any{})
	made := &r.boards.made[0]
	made.at = time.Now()
	topic.stale, topic.announced = true, -1
	if look() != 0 || !topic.stale || topic.announced != -1 {
		t.Error("the board of before is sent again, or taken for the newest")
	}
	if some, next := f.due(topic.last.Add(chairEvery)); len(some) != 0 || !next.Equal(made.again(made.announced)) {
		t.Errorf("asked again at %v, not at %v", next, made.again(made.announced))
	}
	made.at = made.at.Add(-boardEvery / 2)
	if look() != 1 || topic.stale || !topic.drawing.Rows[0].Help {
		t.Error("the board with the entry is not shown")
	}
}

// TestBoard_AnAlarmDoesNotWaitForItsRhythm: a board is drawn twice a second; one
// that does not show an alarm yet is drawn at once. A chair's page does not wait
// for the burst to be over that the alarm came with.
func TestBoard_AnAlarmDoesNotWaitForItsRhythm(t *testing.T) {
	t.Parallel()
	h, _, b, _ := guarded(t)
	now := time.Now()
	due := func(announced int64, chair ident.Chair, after time.Duration) int {
		f := &frames{room: room{app: h.App()}, followed: []*followed{{topic: web.Topic{Chair: chair}, stale: true, last: now, announced: announced}}}
		some, _ := f.due(now.Add(after))
		return len(some)
	}
	before := h.App().Announced()
	if due(before, 0, chairEvery) != 0 || due(before, 1, alarmEvery) != 0 {
		t.Error("drawn out of its rhythm for nothing")
	}
	b.seconds(2, "80")
	if h.App().Announced() == before || due(before, 0, chairEvery) != 1 {
		t.Error("an alarm waits for the rhythm of the board")
	}
	if due(before, 1, alarmEvery) != 1 {
		t.Error("an alarm waits for the rhythm of the chair")
	}
}

// TestChair_ThatSomebodyWaitsToSee: while the whole room is being made anew, a chair
// is sent in its turn; one with a red alarm, or where a person has just entered
// something, at once.
func TestChair_ThatSomebodyWaitsToSee(t *testing.T) {
	t.Parallel()
	h, n, b, chair := guarded(t)
	for _, a := range h.state(chair).Alarms.Alarms {
		n.say(chair, session.ActAcknowledgeAlarm, map[string]any{"condition": a.Condition, "announcement": a.Announcement})
	}
	var rested []func()
	r := room{app: h.App(), wholes: &lane{make(chan struct{}, 1), func(_ time.Duration, f func()) { rested = append(rested, f) }}}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	in := func() bool {
		done, err := r.turn(gone, 3)
		if err == nil {
			done()
		}
		return err == nil
	}
	leave, err := r.wholes.enter(t.Context()) // another chair is being made
	if err != nil {
		t.Fatal(err)
	}
	if !in() {
		t.Error("what a person has just entered waits")
	}
	b.seconds(16, "93") // the watch notes a yellow alarm later, by itself
	b.seconds(30, "93")
	if a := h.alarm(chair, alarm.SpO2Low); a.Priority != alarm.Medium {
		t.Fatalf("%+v", a)
	}
	if in() {
		t.Error("what the watch has noted does not wait")
	}
	b.seconds(2, "80")
	if !in() {
		t.Error("a red alarm waits")
	}
	n.say(chair, session.ActAcknowledgeAlarm, map[string]any{"condition": alarm.SpO2Low, "announcement": h.alarm(chair, alarm.SpO2Low).Announcement})
	b.seconds(20, "93") // eased: entered by the watch
	if in() {
		t.Error("what somebody has answered does not wait")
	}
	if leave(); len(rested) != 1 || in() {
		t.Error("there is no rest after a chair")
	}
	rested[0]()
	if done, err := r.turn(t.Context(), 3); err != nil || len(r.wholes.one) != 1 {
		t.Errorf("its turn has come: %v", err)
	} else if done(); len(rested) != 2 {
		t.Error("the turn is not given on")
	}
}

// TestSpread: the chairs of a room are not sent whole in the same second, and none
// later than a minute after the time before.
func TestSpread(t *testing.T) {
	t.Parallel()
	at := map[time.Duration]bool{}
	sent := time.Date(2026, time.November, 23, 9, 0, 30, 500_000_000, time.UTC)
	for chair := ident.Chair(1); chair <= 60; chair++ {
		var d time.Duration
		for !againWhole(chair, sent, sent.Add(d)) {
			d += 100 * time.Millisecond
		}
		if d <= 0 || d > anew {
			t.Errorf("chair %d is sent again after %v", chair, d)
		}
		at[d] = true
	}
	if len(at) != 60 {
		t.Errorf("60 chairs fall on %d instants", len(at))
	}
	if back := sent.Add(-time.Hour); againWhole(3, sent, back) {
		t.Error("a clock that was set back sends it at once, and again")
	}
}

// TestGlance_Serves: streams share a look that nothing came after, for no longer than
// a burst of values lasts.
func TestGlance_Serves(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	was := app.Standing{Session: "a", Position: 7, Cursor: 30}
	value, entry, other := was, was, was
	value.Cursor, entry.Position, other.Session = 31, 8, "b"
	g := glance{standing: was, at: at}
	if !g.fresh(was, at.Add(chairEvery-1)) || g.fresh(was, at.Add(chairEvery)) {
		t.Error("it serves for another time than a burst")
	}
	for _, now := range []app.Standing{value, entry, other} {
		if g.fresh(now, at) {
			t.Errorf("it serves %+v after %+v", now, was)
		}
	}
}

// TestGlance_IsSharedAndLeftAsItIs: two streams have one look, and what one makes of
// it for its own person does not change the other's.
func TestGlance_IsSharedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	r := room{glances: newGlances()}
	now := app.Standing{Session: "a", Position: 7}
	g := r.glances.chair(3)
	g.standing, g.at = now, time.Now().Add(time.Hour) // however slow the machine
	g.live = view.Live{Notices: []view.Notice{{Text: "Stop recorded", Act: &view.Act{Act: "session.confirm-stop"}}}}
	_, live, err := r.glance(t.Context(), 3, now)
	if err != nil || len(live.Notices) != 1 {
		t.Fatal(live, err)
	}
	reader := frames{visitor: web.Visitor{Actor: act.Actor{Person: "reads only"}}}
	if own := reader.live(app.Visit{}, live, web.Mark{}); own.Notices[0].Act != nil {
		t.Error("who may not is offered the act")
	}
	if _, again, _ := r.glance(t.Context(), 3, now); again.Notices[0].Act == nil {
		t.Error("who may lost the act to who may not")
	}
}
