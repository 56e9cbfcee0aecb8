package mllp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
)

const patience = 10 * time.Second

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// listen starts a listener on a free loopback port and stops it at the end.
func listen(t *testing.T, cfg ListenerConfig) *Listener {
	t.Helper()
	cfg.Address = "127.0.0.1:0"
	if cfg.Handler == nil {
		cfg.Handler = echo
	}
	l := NewListener(cfg)
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	return l
}

// connect opens a connection that cannot hang the test.
func connect(t *testing.T, l *Listener) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", l.Addr().String(), patience)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends one frame and returns the reply.
func ask(t *testing.T, conn net.Conn, message string) (string, error) {
	t.Helper()
	if err := WriteFrame(conn, []byte(message)); err != nil {
		return "", err
	}
	reply, err := NewReader(conn, 1<<20).Next()
	return string(reply), err
}

func TestListener_AdmitsRegisteredNetworksOnly(t *testing.T) {
	t.Parallel()
	told := make(chan Notice, 16)
	l := listen(t, ListenerConfig{Notify: func(n Notice) { told <- n }})
	if _, err := ask(t, connect(t, l), "A"); err == nil {
		t.Fatal("a peer is served though no network is registered")
	}
	if n := <-told; n.Kind != Refused || !errors.Is(n.Err, ErrNetwork) || n.Peer.Addr() != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("notice %+v", n)
	}
	l.SetNetworks([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	if _, err := ask(t, connect(t, l), "A"); err == nil {
		t.Fatal("a peer of another network is served")
	}
	l.SetNetworks(loopback)
	if got, err := ask(t, connect(t, l), "A"); err != nil || got != "ack:A" {
		t.Errorf("reply %q, %v", got, err)
	}
}

func TestListener_BoundsConnections(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]ListenerConfig{
		"in all": {MaxConns: 2}, "per address": {MaxConnsPerAddr: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan Notice, 16)
			cfg.Networks, cfg.Notify = loopback, func(n Notice) { told <- n }
			l := listen(t, cfg)
			for range 2 {
				if _, err := ask(t, connect(t, l), "A"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := ask(t, connect(t, l), "A"); err == nil {
				t.Fatal("a third connection is served")
			}
			for n := range told {
				if n.Kind == Refused {
					if !errors.Is(n.Err, ErrTooMany) {
						t.Errorf("refused for %v", n.Err)
					}
					return
				}
			}
		})
	}
}

func TestListener_GivesPlacesBack(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenerConfig{Networks: loopback, MaxConns: 1})
	for range 5 {
		conn := connect(t, l)
		reply := ""
		for reply == "" { // the place is free once the last connection's goroutine has ended
			reply, _ = ask(t, conn, "A")
			if reply == "" {
				conn.Close()
				conn = connect(t, l)
			}
		}
		conn.Close()
	}
	l.Stop()
	if l.total != 0 || len(l.conns) != 0 {
		t.Errorf("%d connections of %d addresses counted after stop", l.total, len(l.conns))
	}
}

func TestListener_StopIsIdempotentAndWaits(t *testing.T) {
	t.Parallel()
	entered, store := make(chan struct{}), make(chan struct{})
	l := listen(t, ListenerConfig{Networks: loopback, Handler: func(context.Context, netip.AddrPort, []byte) ([]byte, error) {
		close(entered)
		<-store
		return []byte("stored"), nil
	}})
	conn := connect(t, l)
	reply := make(chan string, 1)
	go func() {
		r, _ := ask(t, conn, "A")
		reply <- r
	}()
	<-entered
	var stops sync.WaitGroup
	for range 3 {
		stops.Go(l.Stop)
	}
	close(store)
	stops.Wait()
	if r := <-reply; r != "stored" {
		t.Errorf("reply %q of the message at hand", r)
	}
	l.Stop()
	if _, err := net.DialTimeout("tcp", l.Addr().String(), time.Second); err == nil {
		t.Error("the port is still open")
	}
}

func TestListener_StartsOnce(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenerConfig{Networks: loopback})
	if err := l.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
	never := NewListener(ListenerConfig{Address: "127.0.0.1:0"})
	if never.Addr() != nil {
		t.Error("an address before the start")
	}
	never.Stop()
	if err := never.Start(t.Context()); err == nil {
		t.Error("started after stop")
	}
	taken := NewListener(ListenerConfig{Address: l.Addr().String()})
	if err := taken.Start(t.Context()); err == nil {
		t.Error("started on a port that is taken")
	}
	taken.Stop()
}

func TestListener_StressOfStartAndStop(t *testing.T) {
	t.Parallel()
	for range 20 {
		l := NewListener(ListenerConfig{Address: "127.0.0.1:0", Networks: loopback, Handler: echo})
		var all sync.WaitGroup
		all.Go(func() { _ = l.Start(context.Background()) })
		all.Go(l.Stop)
		all.Wait()
		l.Stop()
	}
}

// acknowledge replies as the server does, without storing anything.
func acknowledge(_ context.Context, _ netip.AddrPort, frame []byte) ([]byte, error) {
	r := hl7.Parse(frame, hl7.Options{})
	return hl7.Ack(r.Message, r.Reply.Code, r.Reply.Text, time.Unix(0, 0), "S1"), nil
}

// TestListener_ReadsTheQuirks sends every quirk message of package hl7 over a
// socket and reads the reply that belongs to it.
func TestListener_ReadsTheQuirks(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenerConfig{Networks: loopback, Handler: acknowledge})
	conn := connect(t, l)
	files, err := filepath.Glob("../hl7/testdata/quirks/*.hl7")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want := hl7.Parse(raw, hl7.Options{})
		if raw[0] == startByte {
			continue // a capture that is framed already
		}
		reply, err := ask(t, conn, string(raw))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if a, err := hl7.ParseAck([]byte(reply)); err != nil || a.Code != want.Reply.Code || a.ControlID != want.ControlID {
			t.Errorf("%s: answered %+v, %v; want %s of %q", f, a, err, want.Reply.Code, want.ControlID)
		}
	}
}

func TestListener_ManyMonitorsAtOnce(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenerConfig{Networks: loopback})
	var all sync.WaitGroup
	for range 50 {
		conn := connect(t, l)
		all.Go(func() {
			r := NewReader(conn, 1<<10)
			for range 20 {
				if err := WriteFrame(conn, []byte("A")); err != nil {
					t.Error(err)
					return
				}
				if got, err := r.Next(); err != nil || string(got) != "ack:A" {
					t.Errorf("reply %q, %v", got, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestPeerOf_UnmapsAndDropsTheZone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"[::ffff:10.0.0.7]:99": "10.0.0.7:99", "[fe80::1%eth0]:99": "[fe80::1]:99", "10.0.0.7:99": "10.0.0.7:99",
	} {
		if got := peerOf(addressed{addr: in}); got != netip.MustParseAddrPort(want) {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := peerOf(addressed{addr: "pipe"}); got.IsValid() {
		t.Errorf("pipe: %s", got)
	}
}

// addressed is a connection that only has an address.
type addressed struct {
	net.Conn
	addr string
}

func (a addressed) RemoteAddr() net.Addr { return a }
func (addressed) Network() string        { return "tcp" }
func (a addressed) String() string       { return a.addr }
