package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

// listen opens the stream of a real server and yields its lines.
func listen(t *testing.T, h http.Handler, path, last string) (*bufio.Scanner, *http.Response) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	s := bufio.NewScanner(res.Body)
	s.Buffer(nil, 1<<20)
	return s, res
}

type event struct{ kind, id, data string }

func read(t *testing.T, s *bufio.Scanner) event {
	t.Helper()
	var e event
	for s.Scan() {
		field, value, _ := strings.Cut(s.Text(), ": ")
		switch {
		case field == "event":
			e.kind = value
		case field == "id":
			e.id = value
		case field == "data":
			e.data = value
		case s.Text() == "" && e.kind != "":
			return e
		}
	}
	t.Fatalf("the stream ended: %v", s.Err())
	return e
}

// A server that answers and cannot write says so with each beat.
func TestStream_BeatSaysThatNothingIsWritten(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]bool{"": false, "Nothing is being recorded.": true} {
		var out httptest.ResponseRecorder
		out.Body = new(bytes.Buffer)
		e := &events{w: &out, control: http.NewResponseController(&out), now: time.Now, fault: func() string { return fault }}
		if err := e.beat(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.Body.String(), `"fault":"Nothing is being recorded."`); got != want {
			t.Errorf("with the fault %q the beat is %s", fault, out.Body)
		}
	}
}

func TestStream_BeatsThenFrames(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	c.frames = newScript(
		Frame{Mark: Mark{41, 9}, Board: &view.Board{Head: 41, AtMS: 5, Rows: []view.BoardRow{{Chair: 3, Name: "Rivera, M."}}}},
		Frame{Mark: Mark{42, 9}, Chair: &view.Chair{Chair: 3}},
		Frame{Mark: Mark{42, 10}, Live: &view.Live{Chair: 3}},
		Frame{Mark: Mark{43, 10}, Reset: true},
	)
	s, res := listen(t, h, "/v1/stream?topics=board,chair.3", "40.8")
	if res.Header.Get("X-Accel-Buffering") != "no" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", res.Header)
	}
	if e := read(t, s); e.kind != "beat" || e.id != "40.8" {
		t.Errorf("first came %+v, not a beat where the browser stood", e)
	}
	for _, want := range []event{{"who", "40.8", nurse.Name}, {"board", "41.9", "Rivera, M."}, {"chair", "42.9", `"table":"/v1/table-`}, {"live", "42.10", `"chair":3`}, {"reset", "43.10", "{}"}} {
		if e := read(t, s); e.kind != want.kind || e.id != want.id || !strings.Contains(e.data, want.data) {
			t.Errorf("came %+v, want %+v", e, want)
		}
	}
	if c.follows[0] != (Mark{40, 8}) {
		t.Errorf("resumed from %+v", c.follows[0])
	}
}

// TestBoardFrames_GoOnFromWhatTheStreamShowed: a stream is sent what changed since
// its own last board, and the whole where that is not known any more.
func TestBoardFrames_GoOnFromWhatTheStreamShowed(t *testing.T) {
	t.Parallel()
	var m boardFrames
	at := func(n int) *view.Board {
		return &view.Board{AtMS: int64(n), Rows: []view.BoardRow{{Chair: 1, Next: fmt.Sprint("next ", n), NoVitals: "none"}, {Chair: 2, Next: "<still>", NoVitals: "none"}}}
	}
	frame := func(before, b *view.Board) (out struct {
		Number, Since int64
		HTML          string
		Changes       *struct{ Rows []struct{ HTML string } }
	},
	) {
		t.Helper()
		data, err := m.frame(before, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(data, "\n") || bytes.Contains(data, []byte(`\u003c`)) {
			t.Errorf("encoded as %s", data)
		}
		return out
	}
	first, second := at(1), at(2)
	begin := frame(nil, first)
	if begin.Since != 0 || begin.Changes != nil || !strings.Contains(begin.HTML, "next 1") || !strings.Contains(begin.HTML, "&lt;still&gt;") {
		t.Errorf("a stream begins with %+v", begin)
	}
	on := frame(first, second)
	if on.Since != begin.Number || on.Number <= begin.Number || on.HTML != "" || len(on.Changes.Rows) != 1 || !strings.Contains(on.Changes.Rows[0].HTML, "next 2") {
		t.Errorf("it goes on with %+v", on)
	}
	if late := frame(nil, second); late.HTML == "" || late.Number != on.Number {
		t.Errorf("a stream that begins later is sent %+v", late)
	}
	last := second
	for n := 3; n < 3+mostBoards; n++ {
		next := at(n)
		if f := frame(last, next); f.Changes == nil {
			t.Fatalf("board %d is sent whole", n)
		}
		last = next
	}
	if slow := frame(second, last); slow.HTML == "" || slow.Since != 0 {
		t.Errorf("a stream whose board is forgotten is sent %+v", slow)
	}
	if len(m.of) != mostBoards || len(m.oldest) != mostBoards || len(m.frames) > 2*mostBoards {
		t.Errorf("%d boards and %d frames are remembered", len(m.of), len(m.frames))
	}
	if len(frame(last, at(99)).Changes.Rows) != 1 {
		t.Error("it does not go on")
	}
}

func TestStream_AsksForNothingItDoesNotHave(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	for _, topics := range []string{"", "chair", "chair.0", "chair.x", "patients", "board,,", strings.Repeat("board,", 101) + "board"} {
		if w := get(h, "/v1/stream?topics="+topics); w.Code != http.StatusBadRequest {
			t.Errorf("%q answered %d", topics, w.Code)
		}
	}
}

func TestMark_UnreadableBeginsAnew(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]Mark{"": {}, "7.3": {7, 3}, "7": {}, "-1.2": {}, "x.y": {}, "9223372036854775808.0": {}} {
		r := httptest.NewRequest(http.MethodGet, "/v1/stream?from="+id, nil)
		if got := markOf(r); got != want {
			t.Errorf("%q is %+v", id, got)
		}
	}
}

// A client that does not read is dropped; what it missed waits under its mark.
func TestPump_DropsASlowClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		frames := newScript()
		for range backlog + 1 {
			frames.frames <- Frame{Live: &view.Live{}}
		}
		queue := make(chan Frame, backlog)
		go pump(ctx, cancel, frames, queue)
		synctest.Wait()
		if !errors.Is(context.Cause(ctx), errSlow) || len(queue) != backlog {
			t.Errorf("ended by %v with %d waiting", context.Cause(ctx), len(queue))
		}
	})
}

// The stream goes with the sign-in: within one beat of its end nothing more is
// sent, and the page is told where to go.
func TestStream_EndsWithTheSignIn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		then Visitor
		to   string
	}{
		"signed out, revoked or without access": {nobody, `"to":"/sign-in?done=ended"`},
		"given a one-time password":             {fresh, `"to":"/password"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h, _ := bench(t, nurse)
				w := httptest.NewRecorder()
				done := make(chan struct{})
				go func() {
					defer close(done)
					h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://stillwatch.test/v1/stream?topics=board", nil))
				}()
				time.Sleep(5 * time.Second) // the bubble's clock
				synctest.Wait()
				if n := strings.Count(w.Body.String(), "event: beat"); n != 3 {
					t.Errorf("%d beats in five seconds", n)
				}
				c.become(tt.then)
				from := time.Now()
				<-done
				if took := time.Since(from); took > beatEvery {
					t.Errorf("the stream went on for %s", took)
				}
				said := w.Body.String()
				if i := strings.Index(said, "event: gone"); i < 0 || !strings.Contains(said[i:], tt.to) || strings.Contains(said[i:], "event: beat") {
					t.Errorf("ended by %q", said)
				}
				select {
				case <-c.frames.closed:
				default:
					t.Error("the frames were left open")
				}
			})
		})
	}
}

// A stream was made for one person on an open screen; it must not go on for
// another, or behind a lock, in the first one's name.
func TestStream_EndsWhenSomebodyElseIsAtTheScreen(t *testing.T) {
	t.Parallel()
	other := nurse
	other.Actor.Person, other.Name = "somebody else", "L. Brandt RN"
	for name, now := range map[string]Visitor{"locked": locked, "another person": other, "signed out": tablet} {
		synctest.Test(t, func(t *testing.T) {
			c, h, _ := bench(t, nurse)
			w := httptest.NewRecorder()
			done := make(chan struct{})
			go func() {
				defer close(done)
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://stillwatch.test/v1/stream?topics=chair.3", nil))
			}()
			time.Sleep(time.Second) // the bubble's clock
			c.become(now)
			<-done
			said := w.Body.String()
			if strings.Count(said, "event: who") != 2 || strings.Count(said, "event: beat") != 2 {
				t.Errorf("%s: %q", name, said)
			}
		})
	}
}

// A tablet whose person signs out follows on as what it is.
func TestStream_StaysWithWhoMayFollow(t *testing.T) {
	t.Parallel()
	for _, v := range []Visitor{nurse, locked, tablet} {
		if to := ended(v); to != "" {
			t.Errorf("%+v is sent to %s", v, to)
		}
	}
}
