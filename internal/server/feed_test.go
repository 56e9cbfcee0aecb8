package server

import (
	"testing"

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
