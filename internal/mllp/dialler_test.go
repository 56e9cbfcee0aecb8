package mllp

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var monitorAddr = netip.MustParseAddrPort("10.0.0.7:4601")

// TestDialler_BacksOffAndStartsAnew scripts a monitor: refused five times,
// then a connection that brings a message, then one that brings none.
func TestDialler_BacksOffAndStartsAnew(t *testing.T) {
	t.Parallel()
	waits, tick := make(chan time.Duration), make(chan time.Time)
	conns := make(chan net.Conn, 1)
	told := &notices{}
	got := make(chan string, 4)
	d := NewDialler(DiallerConfig{
		Monitor: monitorAddr, First: time.Second, Longest: 10 * time.Second, Notify: told.add,
		After: func(w time.Duration) <-chan time.Time {
			waits <- w
			return tick
		},
		Dial: func(_ context.Context, network, address string) (net.Conn, error) {
			if network != "tcp" || address != monitorAddr.String() {
				t.Errorf("called %s %s", network, address)
			}
			select {
			case c := <-conns:
				return c, nil
			default:
				return nil, errStore
			}
		},
		Handler: func(_ context.Context, peer netip.AddrPort, frame []byte) ([]byte, error) {
			got <- peer.String() + " " + string(frame)
			return []byte("ok"), nil
		},
	})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seen []time.Duration
	next := func() {
		seen = append(seen, <-waits)
	}
	for range 5 {
		next()
		tick <- time.Time{}
	}
	next()

	monitor, ours := net.Pipe()
	conns <- ours
	tick <- time.Time{}
	if reply, err := ask(t, monitor, "A"); err != nil || reply != "ok" {
		t.Errorf("reply %q, %v", reply, err)
	}
	if m := <-got; m != monitorAddr.String()+" A" {
		t.Errorf("handled %q", m)
	}
	monitor.Close()
	next() // after a message the waits start anew

	monitor, ours = net.Pipe()
	conns <- ours
	tick <- time.Time{}
	monitor.Close()
	next() // after a connection that brought nothing they go on
	done := make(chan struct{})
	go func() {
		d.Stop()
		close(done)
	}()
	<-done
	want := []time.Duration{1, 2, 4, 8, 10, 10, 1, 2}
	for i := range want {
		want[i] *= time.Second
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Errorf("waits (-want +got):\n%s", d)
	}
	if told.count(Trouble, errStore) != 6 || told.count(Connected, nil) != 2 || told.count(Disconnected, nil) != 2 {
		t.Errorf("notices %+v", told.all)
	}
}

// TestDialler_CallsARealMonitor dials a monitor that is a TCP server.
func TestDialler_CallsARealMonitor(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	addr := netip.MustParseAddrPort(server.Addr().String())
	d := NewDialler(DiallerConfig{Monitor: addr, Handler: echo, First: time.Millisecond})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer d.Stop()
	for range 2 { // it calls again after the first connection was dropped
		conn, err := server.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
		if reply, err := ask(t, conn, "A"); err != nil || reply != "ack:A" {
			t.Errorf("reply %q, %v", reply, err)
		}
		conn.Close()
	}
}

func TestDialler_StopsWhileCalling(t *testing.T) {
	t.Parallel()
	calling := make(chan struct{})
	told := &notices{}
	d := NewDialler(DiallerConfig{
		Monitor: monitorAddr, Handler: echo, Notify: told.add,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			close(calling)
			<-ctx.Done()
			return nil, ctx.Err()
		},
	})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-calling
	d.Stop()
	d.Stop()
	if told.count(Trouble, nil) != 0 {
		t.Errorf("notices %+v: stopping is no trouble", told.all)
	}
	if err := d.Start(t.Context()); err == nil {
		t.Error("started after stop")
	}
}

func TestDialler_NeedsAnAddress(t *testing.T) {
	t.Parallel()
	d := NewDialler(DiallerConfig{Handler: echo})
	if err := d.Start(t.Context()); err == nil {
		t.Error("started without an address")
	}
	d.Stop()
}
