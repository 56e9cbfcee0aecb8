package server

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/mllp"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// devices is the page of devices as the director sees it.
func (h *place) devices() view.Devices {
	h.t.Helper()
	v, err := desk{app: h.App(), auth: h.Auth(), wires: &h.wires}.Devices(h.t.Context(), web.Visitor{Actor: h.admin})
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// wired is a clinic that listens and calls on real sockets.
func wired(t *testing.T, networks []string, dial ...string) *place {
	t.Helper()
	h := &place{t: t, at: time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC), admin: act.Actor{Kind: act.Person, Person: "1", Roles: []act.Role{act.Administrator}}}
	s, err := Open(t.Context(), Config{
		Data: t.TempDir(), Clinic: "test", Zone: "UTC", Chairs: 6, Listen: "127.0.0.1:0", Plain: true, Version: "test",
		MLLP: "127.0.0.1:0", Networks: networks, Dial: dial, Now: h.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestDial_CallsAMonitorThatWaits: the monitor is the server; what it sends is
// stored before its reply comes.
func TestDial_CallsAMonitorThatWaits(t *testing.T) {
	t.Parallel()
	monitor, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer monitor.Close()
	h := wired(t, nil, monitor.Addr().String())
	conn, err := monitor.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := mllp.WriteFrame(conn, h.bedside().message(oxygen("1.2.1.1", "97"))); err != nil {
		t.Fatal(err)
	}
	reply, err := mllp.NewReader(conn, 1<<20).Next()
	if err != nil {
		t.Fatal(err)
	}
	if a, err := hl7.ParseAck(reply); err != nil || !a.Positive() {
		t.Errorf("answered %+v, %v", a, err)
	}
	if got := h.App().Monitors(); len(got) != 1 || len(got[0].All()) != 1 || got[0].Monitor.Peer != "127.0.0.1" {
		t.Errorf("known monitors: %+v", got)
	}
}

// TestDial_TakesNumbersOnly, each once.
func TestDial_TakesNumbersOnly(t *testing.T) {
	t.Parallel()
	for _, bad := range [][]string{{"monitor.example:2575"}, {"10.1.20.7"}, {"10.1.20.7:0"}, {"10.1.20.7:1", "10.1.20.7:1"}} {
		s := &Server{cfg: Config{Dial: bad}}
		if err := s.startMLLP(t.Context()); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

// TestListener_SaysWhatItRefused: a connection from no registered network is
// closed at once, counted and listed.
func TestListener_SaysWhatItRefused(t *testing.T) {
	t.Parallel()
	h := wired(t, []string{"192.0.2.0/24"})
	for range 2 {
		conn, err := net.Dial("tcp", h.MLLPAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("the connection stands")
		}
		conn.Close()
	}
	h.wires.listener.Stop() // all notices are in
	got := h.devices().Connections
	if len(got) != 1 || got[0].From != "127.0.0.1" || got[0].Count != 2 || got[0].What != "refused: the address is not in a registered network" {
		t.Errorf("listed: %+v", got)
	}
	if h.wires.count(mllp.Refused) != 2 {
		t.Errorf("%g refused", h.wires.count(mllp.Refused))
	}
}

// TestWires_KeepTheNewestTroubles, however many there are.
func TestWires_KeepTheNewestTroubles(t *testing.T) {
	t.Parallel()
	var w wires
	for i := range mostNotes + 10 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 1)
		w.note(time.Unix(int64(i), 0), mllp.Notice{Kind: mllp.Refused, Peer: from, Err: mllp.ErrNetwork})
	}
	got := w.troubles()
	if len(got) != mostNotes || got[0].from.String() != fmt.Sprintf("10.0.0.%d", mostNotes+9) || w.count(mllp.Refused) != mostNotes+10 {
		t.Errorf("%d kept, newest from %s, %g counted", len(got), got[0].from, w.count(mllp.Refused))
	}
}

// TestDevices_ListWhatWasSetAside: newest first, the same again counted, and
// what could not be read at all among it.
func TestDevices_ListWhatWasSetAside(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	b := h.bedside()
	odd := numeric{"999999", "MDC_ODD", "1.9.1.1", "1", share}
	for range 300 { // more than a page holds
		b.sends(odd)
		h.later(time.Second)
	}
	b.sends(numeric{"150456", "MDC_PULS_OXIM_SAT_O2", "1.2.1.1", "97", "furlong"})
	h.later(time.Second)
	for _, raw := range []string{"no message", "MSH|^~\\&|M|X|S|C|20261123101200||QRY^A19|7|P|2.6\r"} {
		if _, err := h.App().ReceiveHL7(t.Context(), netip.MustParseAddrPort("192.0.2.9:1"), []byte(raw)); err != nil {
			t.Fatal(err)
		}
		h.later(time.Second)
	}
	var got []string
	for _, q := range h.devices().Quarantine {
		got = append(got, fmt.Sprintf("%s%s×%d", q.Code, q.Name, q.Count))
	}
	want := "message QRY^A19×1, message×1, 150456MDC_PULS_OXIM_SAT_O2×1, 999999MDC_ODD×300"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("listed %s, want %s", s, want)
	}
	if c := h.App().Received(); c.Messages != 303 || c.Aside != 303 {
		t.Errorf("counted %+v", c)
	}
}
