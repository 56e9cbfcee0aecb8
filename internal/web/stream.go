package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/board"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

const (
	beatEvery = 2 * time.Second
	// writeWithin drops a client that does not read; it resumes by its id.
	writeWithin = 10 * time.Second
	// backlog bounds what waits for one client before it is dropped.
	backlog   = 64
	maxTopics = 100
)

// errSlow ends the stream of a client that does not keep up. The client is
// dropped, never an event: it comes back and goes on from its mark.
var errSlow = errors.New("client reads too slowly")

// stream is the one server-sent stream of a browser.
func (s *site) stream(w http.ResponseWriter, r *http.Request, v Visitor) error {
	topics, err := topicsOf(r.URL.Query().Get("topics"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	frames, err := s.Feed.Follow(ctx, v, topics, markOf(r))
	if err != nil {
		return err
	}
	defer frames.Close()
	out := &events{w: w, control: http.NewResponseController(w), now: s.Now, mark: markOf(r), fault: s.Fault}
	if err := out.begin(); err != nil {
		return nil //nolint:nilerr // the client is gone; nobody is there to be told
	}
	queue := make(chan Frame, backlog)
	go pump(ctx, cancel, frames, queue)
	// Who asks is proved anew with each beat: a sign-in that ended, a person
	// without access or a revoked device has the stream for one beat more.
	still := func() (Visitor, error) { return s.Auth.Visit(r) }
	if err := s.send(ctx, out, v, still, queue); err != nil {
		s.Log.Debug("stream ended", "request", requestID(r.Context()), "err", err)
	}
	return nil
}

// pump moves frames into the client's queue and ends the stream when that is full.
func pump(ctx context.Context, cancel context.CancelCauseFunc, frames Frames, queue chan<- Frame) {
	for {
		f, err := frames.Next(ctx)
		if err != nil {
			cancel(err)
			return
		}
		select {
		case queue <- f:
		default:
			cancel(errSlow)
			return
		}
	}
}

// send writes frames and beats. With each beat it asks who the visitor is
// now: a stream made for one person ends when the screen is locked, opened by
// another or signed out, and the browser follows anew as who it is then.
func (s *site) send(ctx context.Context, out *events, v Visitor, still func() (Visitor, error), queue <-chan Frame) error {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	if err := out.pulse(v); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case f := <-queue:
			if err := s.sendFrame(out, v, f); err != nil {
				return err
			}
		case <-beat.C:
			now, err := still()
			if err != nil {
				return err
			}
			if to := ended(now); to != "" {
				return out.event("gone", map[string]string{"to": to})
			}
			if err := out.pulse(now); err != nil || who(now) != who(v) {
				return err
			}
		}
	}
}

// ended is where a page goes, and says why, once its visitor may not follow
// any more; empty while they may.
func ended(v Visitor) string {
	switch {
	case v.MustChange:
		return "/password"
	case !v.Known():
		return "/sign-in?done=ended"
	}
	return ""
}

func (s *site) sendFrame(out *events, v Visitor, f Frame) error {
	out.mark = f.Mark
	switch {
	case f.Reset:
		return out.event("reset", struct{}{})
	case f.Board != nil:
		frame, err := s.boards.frame(f.Before, f.Board)
		if err != nil {
			return err
		}
		return out.encoded("board", frame)
	case f.Chair != nil:
		c := *f.Chair
		c.Table, c.Who = s.table.url, who(v)
		return out.event("chair", c)
	case f.Live != nil:
		return out.event("live", f.Live)
	}
	return nil
}

// boardFrames remembers the newest boards, drawn and encoded: streams that show the
// same one share it.
type boardFrames struct {
	mu     sync.Mutex // held while one is made
	number int64      // of the newest drawing
	newest *numbered
	of     map[*view.Board]*numbered
	frames map[step][]byte
	oldest []*view.Board // of those remembered, the oldest first
}

// numbered is a drawing with the number by which pages know it.
type numbered struct {
	*board.Drawing
	number int64
}

// step is from one board to the next; the first is nil for a whole board.
type step struct{ from, to *view.Board }

// mostBoards is how many boards are remembered: the newest of a room in its two
// views, as its stations show them. A stream that goes on from an older one is sent
// the whole board.
const mostBoards = 16

// frame is the frame with the live part of a board, encoded: what changed since the
// board before, or all of it where before is nil. It is not to be changed.
func (m *boardFrames) frame(before, b *view.Board) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	then := m.of[before]
	if then == nil {
		before = nil
	}
	if frame, ok := m.frames[step{before, b}]; ok {
		return frame, nil
	}
	now, err := m.drawn(b)
	if err != nil {
		return nil, err
	}
	out := boardFrame{Head: b.Head, AtMS: b.AtMS, Number: now.number, Sounds: b.Sounds}
	if then != nil {
		if c, ok := now.Since(then.Drawing); ok {
			out.Changes, out.Since = &c, then.number
		}
	}
	if out.Changes == nil {
		titled := *b
		titled.Title = boardTitle
		var whole strings.Builder
		if err := board.Page.Fragment(&whole, "live", titled); err != nil {
			return nil, err
		}
		out.HTML = whole.String()
	}
	frame, err := encode(out)
	if err != nil {
		return nil, err
	}
	m.frames[step{before, b}] = frame
	return frame, nil
}

// drawn is a board drawn, once; mu is held.
func (m *boardFrames) drawn(b *view.Board) (*numbered, error) {
	if d, ok := m.of[b]; ok {
		return d, nil
	}
	titled := *b
	titled.Title = boardTitle
	var like *board.Drawing
	if m.newest != nil {
		like = m.newest.Drawing
	}
	d, err := board.Draw(&titled, like)
	if err != nil {
		return nil, err
	}
	if m.of == nil {
		m.of, m.frames = map[*view.Board]*numbered{}, map[step][]byte{}
	}
	if len(m.oldest) == mostBoards {
		m.forget(m.oldest[0])
		m.oldest = m.oldest[1:]
	}
	m.number++
	m.newest = &numbered{d, m.number}
	m.of[b], m.oldest = m.newest, append(m.oldest, b)
	return m.newest, nil
}

func (m *boardFrames) forget(b *view.Board) {
	delete(m.of, b)
	maps.DeleteFunc(m.frames, func(s step, _ []byte) bool { return s.from == b || s.to == b })
}

type boardFrame struct {
	Head int64 `json:"head"`
	AtMS int64 `json:"at_ms"`
	// Number is that of this drawing. Since is that of the drawing which Changes go on
	// from; a page that shows another asks for the whole board, which has HTML instead.
	Number  int64          `json:"number"`
	Since   int64          `json:"since,omitempty"`
	HTML    string         `json:"html,omitempty"`
	Changes *board.Changes `json:"changes,omitempty"`
	// Sounds is what a page that sounds has to sound now.
	Sounds []view.Sound `json:"sounds"`
}

// events writes server-sent events, each within a deadline.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	now     func() time.Time
	mark    Mark
	fault   func() string // may be nil
}

func (e *events) begin() error {
	h := e.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	e.w.WriteHeader(http.StatusOK)
	// The server reads and writes with deadlines meant for pages.
	if err := e.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("lift read deadline: %w", err)
	}
	return e.write([]byte("retry: 1000\n\n"))
}

func (e *events) beat() error {
	b := struct {
		AtMS  int64  `json:"at_ms"`
		Head  int64  `json:"head"`
		Fault string `json:"fault,omitempty"`
	}{AtMS: e.now().UnixMilli(), Head: e.mark.Position}
	if e.fault != nil {
		b.Fault = e.fault()
	}
	return e.event("beat", b)
}

// pulse is a beat and who the server takes to be at the screen: a page that
// believes another asks again, whatever it missed.
func (e *events) pulse(v Visitor) error {
	if err := e.beat(); err != nil {
		return err
	}
	return e.event("who", who(v))
}

func (e *events) event(kind string, data any) error {
	b, err := encode(data)
	if err != nil {
		return err
	}
	return e.encoded(kind, b)
}

// encode makes the data of a frame: one line, since JSON escapes line breaks.
// encode leaves markup as it is: a frame is read as JSON and never as part of a page.
func encode(data any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(data); err != nil {
		return nil, fmt.Errorf("encode frame: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func (e *events) encoded(kind string, data []byte) error {
	out := make([]byte, 0, len(data)+len(kind)+64)
	out = fmt.Appendf(out, "event: %s\nid: %d.%d\ndata: ", kind, e.mark.Position, e.mark.Cursor)
	out = append(append(out, data...), "\n\n"...)
	return e.write(out)
}

func (e *events) write(b []byte) error {
	deadline := time.Now().Add(writeWithin) // the network's clock, not the clinic's
	if err := e.control.SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("set write deadline: %w", err)
	}
	if _, err := e.w.Write(b); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// topicsOf reads "board", "board.public" and "chair.3".
func topicsOf(s string) ([]Topic, error) {
	var out []Topic
	for name := range strings.SplitSeq(s, ",") {
		kind, rest, _ := strings.Cut(name, ".")
		chair, ok := chairOf(rest)
		switch {
		case name == "board":
			out = append(out, Topic{})
		case name == "board.public":
			out = append(out, Topic{Public: true})
		case kind == "chair" && ok:
			out = append(out, Topic{Chair: chair})
		default:
			return nil, malformed("The stream was asked for something it does not have.")
		}
	}
	if len(out) > maxTopics {
		return nil, malformed("The stream was asked for too much.")
	}
	return out, nil
}

// markOf reads where the browser stands: "<log position>.<telemetry cursor>".
// An unreadable mark begins anew, with whole views.
func markOf(r *http.Request) Mark {
	id := r.Header.Get("Last-Event-ID")
	if id == "" {
		id = r.URL.Query().Get("from")
	}
	p, c, _ := strings.Cut(id, ".")
	position, err1 := strconv.ParseInt(p, 10, 64)
	cursor, err2 := strconv.ParseInt(c, 10, 64)
	if err1 != nil || err2 != nil || position < 0 || cursor < 0 {
		return Mark{}
	}
	return Mark{position, cursor}
}
