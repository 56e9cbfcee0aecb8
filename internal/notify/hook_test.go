package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

var secret = []byte(strings.Repeat("k", 32))

func TestNewHook(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://pager.example/x?token=1": true, "http://127.0.0.1:9/x": true, "http://[::1]:9/": true, "http://localhost/": true,
		"http://pager.example/": false, "http://127.0.0.1.evil.example/": false, "https://user:word@pager.example/": false,
		"ftp://pager.example/": false, "pager.example": false, "": false, "https:///x": false, "https://pager.example/#a": false, "://": false,
	} {
		if _, err := NewHook(address, secret, false); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := NewHook("http://pager.example/", secret, true); err != nil {
		t.Errorf("allowed explicitly: %v", err)
	}
	for _, short := range []string{"", strings.Repeat("k", 31), strings.Repeat(" ", 64), strings.Repeat("k", 5000)} {
		if _, err := NewHook("https://pager.example/", []byte(short), false); err == nil {
			t.Errorf("a secret of %d bytes was taken", len(short))
		}
	}
}

// box is an outbox in memory, with one entry behind every message.
type box struct {
	alarms  alarm.Announced // of the visit, now
	mu      sync.Mutex      // held for each call
	r       journal.Record
	waiting map[string]journal.Outgoing
	expired int
	broken  error
}

func (b *box) Outbox(_ context.Context, now time.Time, limit int) ([]journal.Outgoing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []journal.Outgoing
	for _, o := range b.waiting {
		if !o.NextAt.After(now) && len(out) < limit {
			out = append(out, o)
		}
	}
	return out, b.broken
}

func (b *box) OutboxDelivered(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.waiting, id)
	return nil
}

func (b *box) OutboxLater(_ context.Context, id string, next time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.waiting[id]
	o.NextAt, o.Attempts = next, o.Attempts+1
	b.waiting[id] = o
	return nil
}

func (b *box) OutboxExpire(_ context.Context, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, o := range b.waiting {
		if !o.ExpiresAt.After(now) {
			delete(b.waiting, id)
			b.expired++
		}
	}
	return nil
}

func (b *box) OutboxState(context.Context) (journal.OutboxState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := journal.OutboxState{Waiting: len(b.waiting), Expired: b.expired}
	for _, o := range b.waiting {
		st.Oldest = o.QueuedAt
	}
	return st, nil
}

func (b *box) Since(context.Context, int64, int) ([]journal.Record, error) {
	return []journal.Record{b.r}, nil
}

// receiver takes messages and keeps what came.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex // held for each request
	status int
	got    []*http.Request
	bodies []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got, r.bodies = append(r.got, q), append(r.bodies, string(body))
		if r.status >= 300 && r.status < 400 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
		if r.status == http.StatusOK {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20)) // more than anybody reads
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// came are the requests so far, with their bodies.
func (r *receiver) came() ([]*http.Request, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got), slices.Clone(r.bodies)
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// sending is a sender with one message to a receiver, under a clock moved by hand.
func sending(t *testing.T, to string) (*Sender, *box, *time.Time, *strings.Builder) {
	t.Helper()
	h, err := NewHook(to, secret, false)
	if err != nil {
		t.Fatal(err)
	}
	r := recordOf(t, session.AlarmRaised{AlarmFact: fact(alarm.High, alarm.ToNurse)})
	o, _ := Owes(r)
	b := &box{r: r, waiting: map[string]journal.Outgoing{o.ID: o}, alarms: standing(alarm.Alarm{})}
	now, log := ten, &strings.Builder{}
	s := New(Options{
		Hook: h, Box: b, Now: func() time.Time { return now }, Jitter: func() float64 { return 0.5 },
		Where: func(context.Context, journal.Record) (Where, error) { return Where{Chair: 3, Alarms: b.alarms}, nil },
		Log:   slog.New(slog.NewTextHandler(log, nil)),
	})
	return s, b, &now, log
}

func round(t *testing.T, s *Sender) {
	t.Helper()
	if _, err := s.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestRound_Delivers: once, signed over what was sent, with the time and the id.
func TestRound_Delivers(t *testing.T) {
	t.Parallel()
	to := newReceiver(t)
	to.answers(http.StatusOK)
	s, b, _, _ := sending(t, to.URL+"/hook?token=t")
	round(t, s)
	round(t, s)
	got, bodies := to.came()
	if len(got) != 1 || len(b.waiting) != 0 || s.Fault() != nil {
		t.Fatalf("%d messages came, %d wait, %v", len(got), len(b.waiting), s.Fault())
	}
	h := got[0].Header
	if want := Sign(secret, ten, "demo/41/nurse", []byte(bodies[0])); h.Get("Stillwatch-Signature") != want ||
		h.Get("Stillwatch-Id") != "demo/41/nurse" || h.Get("Stillwatch-Timestamp") != "1795428000" || got[0].URL.RawQuery != "token=t" {
		t.Errorf("%v", h)
	}
}

// TestRound_TriesAgain: whatever is no 2xx is tried again, later each time, said on
// the board and once in the log, and given up when nobody should be called for it
// any more. A redirect is never followed.
func TestRound_TriesAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusFound, http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError} {
		to := newReceiver(t)
		to.answers(status)
		s, b, now, log := sending(t, to.URL+"/hook?token=hidden")
		tried := []time.Duration{}
		for ; now.Sub(ten) < 20*time.Minute; *now = now.Add(100 * time.Millisecond) {
			before, _ := to.came()
			round(t, s)
			if after, _ := to.came(); len(after) > len(before) {
				tried = append(tried, now.Sub(ten))
			}
		}
		for i, want := range []time.Duration{0, 1, 3, 7, 15, 31, 63, 123} {
			if i >= len(tried) || tried[i].Round(time.Second) != want*time.Second {
				t.Fatalf("%d: tried after %v", status, tried)
			}
		}
		if tried[len(tried)-1] >= Late || b.expired != 1 || s.Fault() == nil {
			t.Errorf("%d: last tried after %v, %d given up, %v", status, tried[len(tried)-1], b.expired, s.Fault())
		}
		got, _ := to.came()
		for _, q := range got {
			if q.URL.Path != "/hook" {
				t.Errorf("%d: %s was followed", status, q.URL.Path)
			}
		}
		if said := log.String(); strings.Count(said, "people elsewhere are not told") != 1 || strings.Contains(said, "hidden") || strings.Contains(said, "SpO") {
			t.Errorf("%d: the log says %s", status, said)
		}
	}
}

// TestRound_SaysSoWhileItWaits, and no more once it was delivered.
func TestRound_SaysSoWhileItWaits(t *testing.T) {
	t.Parallel()
	to := newReceiver(t)
	to.answers(http.StatusServiceUnavailable)
	s, b, now, log := sending(t, to.URL)
	round(t, s)
	if s.Fault() != nil {
		t.Errorf("at once: %v", s.Fault())
	}
	*now = now.Add(overdue)
	round(t, s)
	if err := s.Fault(); err == nil || !strings.Contains(err.Error(), "1 wait, the oldest for 30s") {
		t.Errorf("%v", err)
	}
	to.answers(http.StatusAccepted)
	*now = now.Add(time.Minute)
	round(t, s)
	if s.Fault() != nil || len(b.waiting) != 0 || !strings.Contains(log.String(), "are told of alarms again") {
		t.Errorf("%v, %s", s.Fault(), log)
	}
}

// TestRound_ReceiverIsNotThere: a closed door is tried again like any other.
func TestRound_ReceiverIsNotThere(t *testing.T) {
	t.Parallel()
	to := newReceiver(t)
	to.Close()
	s, b, _, log := sending(t, to.URL)
	round(t, s)
	if len(b.waiting) != 1 || b.waiting["demo/41/nurse"].Attempts != 1 || strings.Contains(log.String(), "127.0.0.1") {
		t.Errorf("%+v, %s", b.waiting, log)
	}
}

// TestRound_UnreadOutbox: what cannot be looked up is no silence.
func TestRound_UnreadOutbox(t *testing.T) {
	t.Parallel()
	s, b, _, _ := sending(t, "http://127.0.0.1:9/")
	b.broken = errors.New("the disk is gone")
	if _, err := s.Round(t.Context()); err == nil || s.Fault() == nil {
		t.Errorf("%v, %v", err, s.Fault())
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	for tries := range 50 {
		low, high := wait(tries, 0), wait(tries, 1)
		if low < 800*time.Millisecond || high > 72*time.Second || high <= low || tries > 0 && wait(tries, 0.5) < wait(tries-1, 0.5) {
			t.Errorf("after %d tries: %v to %v", tries, low, high)
		}
	}
}
