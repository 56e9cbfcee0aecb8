package server

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// TestFaults_ClockOfTheServerJumps: the server's clock is set back, and far
// ahead, and back again. The order of the record and the times of its entries
// never run backward, and what was said stays what it was.
func TestFaults_ClockOfTheServerJumps(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	for _, jump := range []time.Duration{time.Minute, -2 * time.Hour, 30 * time.Minute, 26 * time.Hour, -26 * time.Hour, time.Second} {
		h.later(jump)
		body, err := json.Marshal(map[string]any{"text": map[string]any{"text": "after a jump of " + jump.String()}})
		if err != nil {
			t.Fatal(err)
		}
		// The tablet measures its clock against the server's time, as pages do.
		answer, err := h.App().Do(t.Context(), app.Request{
			Act: session.ActNote, Schema: 1, ID: app.NewID[ident.Command](h.App()), Session: id,
			OccurredAt: ten, Offset: ten.Sub(h.clock.Now()), Actor: n.actor, Body: body,
		})
		if err != nil || answer.Refusal != nil {
			t.Fatalf("after a jump of %s a note is not taken: %v %v", jump, answer.Refusal, err)
		}
		b.sends(oxygen("1.2.1.1", "97"))
	}
	records, err := h.store.Load(t.Context(), journal.Stream("session/"+id))
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(records); i++ {
		before, after := records[i-1], records[i]
		if after.Position <= before.Position || after.RecordedAt.Before(before.RecordedAt) {
			t.Errorf("entry %d at %s follows entry %d at %s", after.Position, after.RecordedAt, before.Position, before.RecordedAt)
		}
	}
	if got := len(h.state(id).Notes); got != 6 {
		t.Errorf("%d notes, want 6", got)
	}
	if _, health := h.healthz(); !strings.Contains(health, "clock: the machine's clock was set back") {
		t.Errorf("nobody is told that the clock was set back:\n%s", health)
	}
	if r, err := h.store.Verify(t.Context(), sqlstore.VerifyOptions{}); err != nil || !r.OK() {
		t.Errorf("the chains: %v %v", r.Problem, err)
	}
}

// TestFaults_SlowReader: browsers that follow a chair and never read hold up
// nobody. That they are dropped when their queue is full is tested where it is.
func TestFaults_SlowReader(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	b.linked(n)
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	follow := func(ctx context.Context) *bufio.Reader {
		t.Helper()
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(h.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			if err := tcp.SetReadBuffer(4096); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { _ = conn.Close() })
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL()+"/v1/stream?topics=chair.3", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range n.cookies {
			req.AddCookie(c)
		}
		if err := req.Write(conn); err != nil {
			t.Fatal(err)
		}
		return bufio.NewReader(conn)
	}
	for range 5 {
		follow(t.Context()) // never read from
	}
	reads := follow(t.Context())
	values := 0
	for values < 20 {
		b.sends(oxygen("1.2.1.1", "97"))
		for {
			line, err := reads.ReadString('\n')
			if err != nil {
				t.Fatalf("after %d values the stream of one who reads ended: %v", values, err)
			}
			if strings.HasPrefix(line, "event: live") || strings.HasPrefix(line, "event: chair") {
				values++
				break
			}
		}
	}
}
