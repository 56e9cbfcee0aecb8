package server

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
)

// TestFrames_WholeOnceThenLive: a chair whose record did not move is sent its
// values, not everything again with each of them.
func TestFrames_WholeOnceThenLive(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow}
	frames, err := r.Follow(t.Context(), web.Visitor{Actor: n.actor, Name: "A. Okafor RN"}, []web.Topic{{Chair: 3}}, web.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	defer frames.Close()
	f, err := frames.Next(t.Context())
	if err != nil || f.Chair == nil {
		t.Fatalf("the first frame is not the whole chair: %+v, %v", f, err)
	}
	b.sends(oxygen("1.2.1.1", "97"))
	f, err = frames.Next(t.Context())
	if err != nil || f.Live == nil || f.Live.Headline == nil {
		t.Errorf("a value that came is not sent as a live frame with its headline: %+v, %v", f, err)
	}
}

// TestFrames_WholeWhenTheRecordMovedMeanwhile: an entry that comes between
// the look at a chair and the reading of its visit is never shown only in
// part. Without it a recorded stop could leave the phase as it was for a minute.
func TestFrames_WholeWhenTheRecordMovedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow}
	id, _ := h.App().AtChair(3)
	visit, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	f := &frames{room: r, visitor: web.Visitor{Actor: n.actor, Name: "A. Okafor RN"}}
	shown := &followed{topic: web.Topic{Chair: 3}, seen: true, id: id, sent: web.Mark{Position: visit.State.Position}}
	if got, _, err := f.values(t.Context(), shown, visit, liveOf(visit), nil); err != nil || got.Live == nil || got.Chair != nil {
		t.Errorf("of a record that did not move: %+v, %v", got, err)
	}
	shown.sent.Position--
	got, _, err := f.values(t.Context(), shown, visit, liveOf(visit), nil)
	if err != nil || got.Chair == nil {
		t.Errorf("of a record that moved meanwhile: %+v, %v", got, err)
	}
	if shown.sent.Position != visit.State.Position {
		t.Errorf("the stream takes entry %d for shown, the chair held %d", shown.sent.Position, visit.State.Position)
	}
}

// TestFrames_ACallElsewhereIsAFrameOfItsOwn: it does not wait until the chair's
// own values or record move, nor does its end.
func TestFrames_ACallElsewhereIsAFrameOfItsOwn(t *testing.T) {
	t.Parallel()
	h, okafor, _, id := stopPlace(t)
	okafor.visit(h.patient(okafor, "2", "Ada", "Lang"), 4)
	r := room{app: h.App(), people: people{auth: h.Auth(), now: h.now}, chain: h.chainNow}
	f := &frames{room: r, visitor: web.Visitor{Actor: okafor.actor}}
	shown := &followed{topic: web.Topic{Chair: 4}}
	for _, step := range []struct {
		act   act.Act
		sent  bool
		calls int
	}{{"", true, 0}, {"", false, 0}, {session.ActHelp, true, 1}, {"", false, 0}, {session.ActUndoHelp, true, 0}, {"", false, 0}} {
		if step.act != "" {
			okafor.say(id, step.act, map[string]any{})
		}
		got, sent, err := f.chairFrame(t.Context(), shown)
		if err != nil {
			t.Fatal(err)
		}
		if sent != step.sent || step.act != "" && (got.Live == nil || len(got.Live.Calls) != step.calls) {
			t.Errorf("after %q a frame was sent: %v, %+v", step.act, sent, got)
		}
	}
}
