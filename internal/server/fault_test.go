package server

import (
	"bufio"
	"encoding/json"
	"fmt"
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

// follows opens a stream as a browser of this person. A room of 0 for what it has
// not read yet is as much as the system gives.
func (g *guest) follows(topics string, room int) *bufio.Reader {
	g.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(g.t.Context(), "tcp", strings.TrimPrefix(g.URL(), "http://"))
	if err != nil {
		g.t.Fatal(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && room > 0 {
		if err := tcp.SetReadBuffer(room); err != nil {
			g.t.Fatal(err)
		}
	}
	g.t.Cleanup(func() { _ = conn.Close() })
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, g.URL()+"/v1/stream?topics="+topics, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range g.cookies {
		req.AddCookie(c)
	}
	if err := req.Write(conn); err != nil {
		g.t.Fatal(err)
	}
	return bufio.NewReader(conn)
}

// TestFaults_SevenTabsOfOnePerson: seven tabs of one sign-in follow one chair.
// Each is shown every entry, none of them loses the others theirs, and when the
// person signs out in one all of them end.
func TestFaults_SevenTabsOfOnePerson(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	const tabs = 7
	var open []*bufio.Reader
	for range tabs {
		open = append(open, n.follows("chair.3,board", 0))
	}
	// until reads a tab until a line is what is waited for.
	until := func(tab int, is func(line string) bool) {
		t.Helper()
		for {
			line, err := open[tab].ReadString('\n')
			if err != nil {
				t.Fatalf("tab %d ended: %v", tab, err)
			}
			if is(line) {
				return
			}
		}
	}
	const notes = 5
	var newest [tabs]string // frame that held what was waited for
	for i := range notes {
		text := fmt.Sprintf("seven tabs, note %d", i)
		n.say(id, session.ActNote, map[string]any{"text": map[string]any{"text": text}})
		for tab := range open {
			if strings.Contains(newest[tab], text) {
				continue // one frame may hold what was entered in a burst
			}
			until(tab, func(line string) bool {
				if strings.HasPrefix(line, "data: ") && strings.Contains(line, text) {
					newest[tab] = line
				}
				return newest[tab] == line
			})
		}
	}
	if rec := n.post("/sign-out", nil); rec.Code >= http.StatusBadRequest {
		t.Fatalf("signing out answered %d", rec.Code)
	}
	for tab := range open {
		until(tab, func(line string) bool { return strings.HasPrefix(line, "event: gone") })
	}
	t.Logf("%d tabs were shown %d of %d entries each, and ended with the sign-in", tabs, notes, notes)
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
	for range 5 {
		n.follows("chair.3", 4096) // never read from
	}
	reads := n.follows("chair.3", 4096)
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
