package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/house"
)

// troubles is what the house's record says of monitors, oldest first.
func (h *place) troubles() []string {
	h.t.Helper()
	records, err := h.store.Load(h.t.Context(), house.Stream)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range records {
		e, err := house.Codec.Open(r)
		if err != nil {
			h.t.Fatal(err)
		}
		switch ev := e.Event.(type) {
		case house.MonitorTroubled:
			out = append(out, string(ev.Trouble))
		case house.MonitorEased:
			out = append(out, string(ev.Trouble)+" over")
		default:
		}
	}
	return out
}

// keeps lets the server's clock run, second by second.
func (h *place) keeps(seconds int) {
	h.t.Helper()
	for range seconds {
		last := h.now()
		h.later(time.Second)
		if err := h.App().Keep(h.t.Context(), last, h.now()); err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestIdleMonitor_IsAnnouncedOnce: a monitor that no visit has falls silent; the
// board and the devices page say so, a restart announces nothing, and what a
// visit's own alarms speak of is not said twice.
func TestIdleMonitor_IsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	n, b := h.nurse(), h.bedside()
	b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
	h.keeps(29)
	if got := h.troubles(); got != nil {
		t.Fatalf("before its time: %v", got)
	}
	h.keeps(3)
	if got := h.troubles(); !slices.Equal(got, []string{"silent"}) {
		t.Fatalf("%v", got)
	}
	board := n.get("/board").Body.String()
	if !strings.Contains(board, "has been silent since") {
		t.Error("the board does not say it")
	}
	for _, secret := range []string{"Rivera", "Maria"} {
		if _, after, _ := strings.Cut(board, `class="devices"`); strings.Contains(after, secret) {
			t.Errorf("it names %s", secret)
		}
	}
	if strings.Contains(n.get("/board?public=1").Body.String(), "has been silent since") {
		t.Error("the public board says it")
	}
	if !strings.Contains(n.get("/devices").Body.String(), "has been silent since") {
		t.Error("the devices page does not say it")
	}
	for range 3 {
		h.restart()
		h.keeps(40)
	}
	if got := h.troubles(); len(got) != 1 {
		t.Errorf("after restarts: %v", got)
	}
	b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
	h.keeps(1)
	if got := h.troubles(); !slices.Equal(got, []string{"silent", "silent over"}) {
		t.Errorf("it speaks again: %v", got)
	}
	n.signIn("okafor")
	b.linked(n)
	h.keeps(400)
	if got := h.troubles(); len(got) != 2 {
		t.Errorf("linked, and silent: %v", got)
	}
	if a, err := h.App().MonitorTroubles(t.Context()); err != nil || len(a) != 0 {
		t.Errorf("%v %v", a, err)
	}
}

// TestIdleMonitor_ClockOff: its clock is told of while nobody's patient is on it.
func TestIdleMonitor_ClockOff(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	b := h.bedside()
	b.ahead = -2 * time.Minute
	for range 5 {
		b.sends(oxygen("1.2.1.1", "97"))
		h.keeps(1)
	}
	if got := h.troubles(); !slices.Equal(got, []string{"clock off"}) {
		t.Fatalf("%v", got)
	}
	b.ahead = 0
	b.sends(oxygen("1.2.1.1", "97"))
	h.keeps(1)
	if got := h.troubles(); !slices.Equal(got, []string{"clock off", "clock off over"}) {
		t.Errorf("%v", got)
	}
}
