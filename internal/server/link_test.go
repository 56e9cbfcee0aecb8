package server

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// watch lets the server look at its links, as it does each second.
func (h *place) watch() {
	h.t.Helper()
	if err := h.App().Keep(h.t.Context(), h.now(), h.now()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *place) doubted(id ident.Session) (why string, from time.Time) {
	h.t.Helper()
	l := h.state(id).Link
	if l.Confirmed {
		return "", time.Time{}
	}
	return l.DoubtWhy, l.DoubtFrom
}

// TestGateway_KeepsItsBedsApart: a gateway puts its own EUI-64 into MSH-3 for
// every bed behind it.
func TestGateway_KeepsItsBedsApart(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	one, two := h.bedside(), h.bedside()
	for i, b := range []*bedside{one, two} {
		b.eui, b.sender, b.bed = "", "GW^0011223344556677^EUI-64", fmt.Sprintf("INF^CHAIR^%d", i+1)
		b.n = 100 * i
	}
	one.linked(n)
	h.later(time.Second)
	two.sends(oxygen("1.2.1.1", "88"))
	if got := len(h.App().Monitors()); got != 2 {
		t.Fatalf("two beds are %d monitors", got)
	}
	if got := tile(t, n.chair(3), "spo2"); got.Text != "97" {
		t.Errorf("the chair of bed 1 shows %q, which bed 2 sent", got.Text)
	}
	// The same gateway's EUI-64 typed by a person finds the bed that was typed.
	for _, f := range h.App().Monitors() {
		if err := h.App().ExpectMonitor(t.Context(), h.admin, app.Monitor{EUI64: f.Monitor.EUI64, Bed: f.Monitor.Bed, Name: "Bed " + f.Monitor.Bed[len(f.Monitor.Bed)-1:]}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(h.App().Monitors()); got != 2 {
		t.Errorf("naming two beds makes %d monitors", got)
	}
}

// TestLink_IsDoubtedAtOnce when the monitor sends another patient or bed,
// stands at another chair, or another monitor speaks in its place.
func TestLink_IsDoubtedAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(h *place, b *bedside)
		want   string
	}{
		"nothing changed":    {func(*place, *bedside) {}, ""},
		"another patient id": {func(_ *place, b *bedside) { b.patient = "4712" }, "The monitor now sends another patient id."},
		"no patient id":      {func(_ *place, b *bedside) { b.patient = "" }, ""},
		"another bed":        {func(_ *place, b *bedside) { b.bed = "INF^CHAIR^4" }, "The monitor now sends another bed."},
		"another chair": {func(h *place, b *bedside) {
			if err := h.App().DescribeMonitor(h.t.Context(), h.admin, b.id(), app.Description{Name: "M", Chair: 4}); err != nil {
				h.t.Fatal(err)
			}
		}, "The monitor is now at another chair."},
	} {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted %v", name, restarted), func(t *testing.T) {
				t.Parallel()
				h := newPlace(t)
				n := h.nurse()
				b := h.bedside()
				id := b.linked(n)
				if restarted {
					h.restart()
				}
				h.later(time.Second)
				c.change(h, b)
				b.sends(oxygen("1.2.1.1", "97"))
				h.watch()
				if got, _ := h.doubted(id); got != c.want {
					t.Errorf("doubted: %q, want %q", got, c.want)
				}
				h.later(time.Second)
				n.say(id, session.ActLinkMonitor, map[string]any{"monitor": b.id()})
				h.later(time.Second)
				b.sends(oxygen("1.2.1.1", "97"))
				h.watch()
				if got, _ := h.doubted(id); got != "" {
					t.Errorf("doubted again though a person confirmed: %q", got)
				}
			})
		}
	}
}

// TestLink_AnotherMonitorAnswersInItsPlace: the nurse swapped monitors.
func TestLink_AnotherMonitorAnswersInItsPlace(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	other := h.bedside()
	other.eui = "8899AABBCCDDEEFF"
	for _, m := range []*bedside{b, other} {
		m.sends(ecg("70"))
		for _, f := range h.App().Monitors() {
			if f.Monitor.EUI64 == m.eui {
				if err := h.App().DescribeMonitor(t.Context(), h.admin, f.Monitor.ID, app.Description{Name: "M", Chair: 3}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	last := h.now()
	h.later(16 * time.Second)
	other.sends(ecg("70"))
	h.watch()
	if why, from := h.doubted(id); why != "Another monitor answers in its place." || !from.Equal(last) {
		t.Errorf("doubted: %q from %s, want from %s", why, from, last)
	}
}

// TestLink_SilenceAndRestarts: silence is counted from what was last heard,
// over a restart too, and a server that just started waits before it doubts.
func TestLink_SilenceAndRestarts(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	h.later(10 * time.Minute)
	b.sends(ecg("70"))
	last := h.now()

	h.later(5 * time.Minute) // the server is down
	h.restart()
	h.later(30 * time.Second)
	h.watch()
	if why, _ := h.doubted(id); why != "" {
		t.Errorf("30 s after a start the link is doubted: %q", why)
	}
	h.later(time.Millisecond)
	h.watch()
	if why, from := h.doubted(id); why != "The monitor was gone for a while." || !from.Equal(last) {
		t.Errorf("doubted: %q from %s, want from %s", why, from, last)
	}
	b.sends(ecg("70"))
	n.say(id, session.ActLinkMonitor, map[string]any{"monitor": b.id()})
	h.watch()
	if why, _ := h.doubted(id); why != "" {
		t.Errorf("confirmed, and doubted again: %q", why)
	}
}

// TestLink_AMonitorHeardAfterARestartIsNotDoubted: the common case.
func TestLink_AMonitorHeardAfterARestartIsNotDoubted(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	h.later(10 * time.Minute)
	h.restart()
	h.watch()
	h.later(3 * time.Second)
	b.sends(ecg("70"))
	h.later(29 * time.Second)
	h.watch()
	if why, from := h.doubted(id); why != "" {
		t.Errorf("doubted: %q from %s", why, from)
	}
}

// TestReply_HasAnIDOfItsOwn: two replies within one millisecond too.
func TestReply_HasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newPlace(t).bedside()
	seen := map[string]bool{}
	for range 50 {
		raw, err := b.App().ReceiveHL7(t.Context(), netip.MustParseAddrPort("192.0.2.9:1"), b.message(ecg("70")))
		if err != nil {
			t.Fatal(err)
		}
		m, err := hl7.Lex(raw)
		if err != nil {
			t.Fatal(err)
		}
		if id := m.ControlID(); id == "" || seen[id] || len(id) > 50 {
			t.Fatalf("reply id %q is empty, too long or used twice", id)
		}
		seen[m.ControlID()] = true
	}
}

// TestObserve_ChecksTheMonitorsWord over the telemetry as it is stored: the
// values that the chair offers are proven, invented ones are not.
func TestObserve_ChecksTheMonitorsWord(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	h.later(1234567 * time.Microsecond)
	b.sends(append(pressure("1.3.1", "120", "70"), oxygen("1.2.1.1", "96"))...)
	var offered []map[string]any
	for _, r := range n.chair(3).Device {
		offered = append(offered, map[string]any{
			"kind": r.Kind, "v": r.V, "u": r.U, "quality": "good", "origin": "device, confirmed",
			"at": time.UnixMilli(r.AtMS).UTC().Format("2006-01-02T15:04:05.000Z"), "site": r.Site, "source": r.Source,
		})
	}
	h.later(2 * time.Minute)
	if err := h.App().Telemetry.Seal(t.Context(), h.now()); err != nil {
		t.Fatal(err)
	}
	chart := func() session.ObservationFact {
		n.say(id, session.ActObserve, map[string]any{"purpose": "baseline", "readings": offered})
		o := h.state(id).Observations
		return o[len(o)-1]
	}
	if o := chart(); len(o.Findings) != 0 || len(o.Readings) != 4 {
		t.Errorf("%d readings with the findings %+v", len(o.Readings), o.Findings)
	}
	for _, r := range offered {
		r["v"] = "55"
	}
	if o := chart(); len(o.Findings) != 4 || o.Readings[0].Quality != "questionable" {
		t.Errorf("invented values carry the findings %+v", o.Findings)
	}
}
