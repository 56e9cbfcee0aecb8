package server

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

const wireStamp = "20060102150405.000-0700"

// bedside is a real monitor as it speaks: production data, its own EUI-64 in
// OBX-18 unless a gateway speaks for it.
type bedside struct {
	*place
	eui     string // OBX-18
	sender  string // MSH-3
	bed     string
	patient string
	ahead   time.Duration // of its clock
	n       int
}

func (h *place) bedside() *bedside {
	return &bedside{place: h, eui: "0011223344556677", sender: "MON", bed: "INF^CHAIR^3", patient: "4711"}
}

// numeric is one row: a metric, where it is measured and its value.
type numeric struct{ code, name, site, value, unit string }

const (
	beats  = "264864^MDC_DIM_BEAT_PER_MIN^MDC"
	breath = "264928^MDC_DIM_RESP_PER_MIN^MDC"
	share  = "262688^MDC_DIM_PERCENT^MDC"
	torr   = "266016^MDC_DIM_MMHG^MDC"
)

func oxygen(site, value string) numeric {
	return numeric{"150456", "MDC_PULS_OXIM_SAT_O2", site, value, share}
}

func ecg(value string) numeric {
	return numeric{"147842", "MDC_ECG_HEART_RATE", "1.1.1.1", value, beats}
}

func pressure(channel, sys, dia string) []numeric {
	return []numeric{
		{"150021", "MDC_PRESS_BLD_NONINV_SYS", channel + ".1", sys, torr},
		{"150022", "MDC_PRESS_BLD_NONINV_DIA", channel + ".2", dia, torr},
	}
}

// message is what it sends now, with its own clock's times.
func (b *bedside) message(rows ...numeric) []byte {
	b.n++
	at := b.now().Add(b.ahead).Format(wireStamp)
	var m strings.Builder
	fmt.Fprintf(&m, "MSH|^~\\&|%s|X|STILLWATCH|C|%s||ORU^R01^ORU_R01|%s-%d|P|2.6\rPID|||%s\rPV1||O|%s\rOBR|1|||182777000|||%s\r", b.sender, at, b.eui, b.n, b.patient, b.bed, at)
	for i, r := range rows {
		fmt.Fprintf(&m, "OBX|%d|NM|%s^%s^MDC|%s|%s|%s|||||R|||%s", i+1, r.code, r.name, r.site, r.value, r.unit, at)
		if b.eui != "" {
			fmt.Fprintf(&m, "||||%s^^%s^EUI-64", b.eui, b.eui)
		}
		m.WriteString("\r")
	}
	return []byte(m.String())
}

func (b *bedside) sends(rows ...numeric) {
	b.t.Helper()
	if _, err := b.App().ReceiveHL7(b.t.Context(), netip.MustParseAddrPort("192.0.2.9:40000"), b.message(rows...)); err != nil {
		b.t.Fatal(err)
	}
}

// linked is a visit at chair 3 in which a nurse linked the monitor.
func (b *bedside) linked(n *guest) ident.Session {
	b.t.Helper()
	b.sends(oxygen("1.2.1.1", "97"), ecg("72"))
	id := n.visit(b.place.patient(n, "1", "Maria", "Rivera"), 3)
	n.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	n.say(id, session.ActLinkMonitor, map[string]any{"monitor": b.id()})
	return id
}

// id is the newest monitor of the register.
func (b *bedside) id() ident.Device {
	var newest app.Monitor
	for _, f := range b.App().Monitors() {
		if newest.ID == "" || f.Monitor.FirstSeen.After(newest.FirstSeen) {
			newest = f.Monitor
		}
	}
	return newest.ID
}

func (h *place) nurse() *guest { return h.hire("okafor", "A. Okafor RN", act.Nurse, act.FrontDesk) }

// chair is what the chair's page shows.
func (g *guest) chair(n int) view.Chair {
	g.t.Helper()
	r := room{app: g.App(), people: people{auth: g.Auth()}, chain: g.chainNow}
	c, err := r.Chair(g.t.Context(), web.Visitor{Actor: g.actor}, ident.Chair(n))
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

func tile(t *testing.T, c view.Chair, kind string) view.Tile {
	t.Helper()
	for _, x := range c.Tiles {
		if x.Kind == kind {
			return x
		}
	}
	t.Fatalf("no tile %s", kind)
	return view.Tile{}
}

func notice(c view.Chair, part string) bool {
	for _, n := range c.Notices {
		if strings.Contains(n.Text, part) {
			return true
		}
	}
	return false
}

// TestChair_ShowsBothSites asks a hundred times: what is picked from a map at
// random would differ.
func TestChair_ShowsBothSites(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	h.later(time.Second)
	rows := append(pressure("1.3.1", "120", "70"), pressure("1.3.2", "160", "90")...)
	rows = append(rows, oxygen("1.2.2.1", "88"), oxygen("1.2.1.1", "97"),
		numeric{"151578", "MDC_TTHOR_RESP_RATE", "1.4.1.1", "18", breath}, numeric{"151594", "MDC_CO2_RESP_RATE", "1.4.1.1", "9", breath})
	b.sends(rows...)
	h.later(time.Second)
	for range 100 {
		c := n.chair(3)
		for kind, want := range map[string][2]string{
			"spo2": {"97 · 88", "97 at site 1.2.1.1, 88 at site 1.2.2.1"},
			"nibp": {"120/70 · 160/90", "120/70 at site 1.3.1.1; 160/90 at site 1.3.2.1"},
			"rr":   {"9 · 18", "9 by CO₂, 18 by chest movement"},
		} {
			if got := tile(t, c, kind); got.Text != want[0] || got.Context != want[1] {
				t.Fatalf("%s shows %q, %q; want %q, %q", kind, got.Text, got.Context, want[0], want[1])
			}
		}
		var curves, offered []string
		for _, s := range c.Timeline.Series {
			if s.Kind == "spo2" {
				curves = append(curves, fmt.Sprintf("%s %g", s.Site, s.Points[len(s.Points)-1][1]))
			}
		}
		for _, r := range c.Device {
			if r.Kind == "spo2" || r.Kind == "nibp_sys" {
				offered = append(offered, r.V+" "+r.Where)
			}
		}
		if got := strings.Join(curves, ", "); got != "1.2.1.1 97, 1.2.2.1 88" {
			t.Fatalf("curves: %s", got)
		}
		if got := strings.Join(offered, ", "); got != "97 at site 1.2.1.1, 88 at site 1.2.2.1, 120 at site 1.3.1.1, 160 at site 1.3.2.1" {
			t.Fatalf("offered: %s", got)
		}
		if len(c.Timeline.Cuffs) != 2 || c.Timeline.Cuffs[0].Sys != 120 || c.Timeline.Cuffs[1].Sys != 160 {
			t.Fatalf("cuffs: %+v", c.Timeline.Cuffs)
		}
	}
}

// TestChair_ASiteThatEndsDropsOut: a sensor that came off must not hold the
// other's age back, nor stand beside it as if it were live.
func TestChair_ASiteThatEndsDropsOut(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	b.sends(oxygen("1.2.1.1", "97"), oxygen("1.2.2.1", "88"))
	h.later(15 * time.Second)
	b.sends(oxygen("1.2.1.1", "96"))
	if got := tile(t, n.chair(3), "spo2"); got.Text != "96" || got.AtMS != h.now().UnixMilli() {
		t.Errorf("shows %q as of %d", got.Text, got.AtMS)
	}
}

// TestStartGate_LooksAtTheGoodSite: of two sites in one message the one that
// is good shows that values come, whichever the map yields first.
func TestStartGate_LooksAtTheGoodSite(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	raw := strings.Replace(string(b.message(oxygen("1.2.1.1", "88"), oxygen("1.2.2.1", "97"))), "88|"+share+"|||||R", "88|"+share+"||QUES|||R", 1)
	if _, err := b.App().ReceiveHL7(t.Context(), netip.MustParseAddrPort("192.0.2.9:1"), []byte(raw)); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		v, err := h.App().Visit(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if x := v.Env.Monitor.Latest[vital.SpO2]; x.Value != 97 || x.Quality != vital.Good {
			t.Fatalf("the gate looks at %v, %s", x.Value, x.Quality)
		}
	}
}

// TestChair_AClockAheadFreezesNothing sends one value stamped an hour ahead
// between good ones.
func TestChair_AClockAheadFreezesNothing(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	h.later(time.Second)
	b.ahead = time.Hour
	b.sends(oxygen("1.2.1.1", "88"))
	c := n.chair(3)
	if got := tile(t, c, "spo2"); got.Text != "97" {
		t.Errorf("a value from the future is shown: %q", got.Text)
	}
	if !notice(c, "SpO₂ received but set aside: the monitor's clock is 1h0m0s ahead") {
		t.Errorf("the chair says %+v", c.Notices)
	}
	if !notice(c, "The monitor's clock is 1 h ahead of the server's. Set its clock. Until then its values are set aside.") {
		t.Errorf("the chair says %+v", c.Notices)
	}
	h.later(time.Second)
	b.ahead = 0
	b.sends(oxygen("1.2.1.1", "96"))
	c = n.chair(3)
	if got := tile(t, c, "spo2"); got.Text != "96" || got.AtMS != h.now().UnixMilli() {
		t.Errorf("after the clock was set the chair shows %q", got.Text)
	}
	if notice(c, "clock") {
		t.Errorf("the notice stays: %+v", c.Notices)
	}
}

// TestChair_NoValueIsYoungerThanItsReceipt: a clock a little ahead is borne,
// and what it stamped counts from its receipt.
func TestChair_NoValueIsYoungerThanItsReceipt(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	h.later(time.Second)
	received := h.now()
	b.ahead = 5 * time.Second
	b.sends(oxygen("1.2.1.1", "88"))
	h.later(2 * time.Second)
	if got := tile(t, n.chair(3), "spo2"); got.Text != "88" || got.AtMS != received.UnixMilli() {
		t.Errorf("shows %q as of %d, want 88 as of %d", got.Text, got.AtMS, received.UnixMilli())
	}
	// And a clock that is set back hides nothing.
	b.ahead = -20 * time.Second
	b.sends(oxygen("1.2.1.1", "95"))
	if got := tile(t, n.chair(3), "spo2"); got.Text != "95" || got.AtMS != h.now().Add(-20*time.Second).UnixMilli() {
		t.Errorf("shows %q as of %d", got.Text, got.AtMS)
	}
}

// TestDevices_SayWhatClockIsOff looks at the page of devices.
func TestDevices_SayWhatClockIsOff(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	b := h.bedside()
	for ahead, want := range map[time.Duration]string{
		30 * time.Second: "online", -30 * time.Second: "online",
		31 * time.Second:  "The monitor's clock is 31 s ahead of the server's. Set its clock. Until then its values are set aside.",
		-31 * time.Second: "The monitor's clock is 31 s behind the server's. Set its clock.",
	} {
		b.ahead = ahead
		b.sends(ecg("70"))
		f, _ := h.App().Feed(b.id())
		got := desk{app: h.App()}.monitor(f)
		if got.State != want || (got.Tone == view.Amber) != (want != "online") {
			t.Errorf("off by %s: %s %q", ahead, got.Tone, got.State)
		}
	}
}
