package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/notify"
	"github.com/stillwatch/stillwatch/internal/session"
)

// pager is a receiver of messages that drops what it has taken before, by id.
type pager struct {
	*httptest.Server
	mu    sync.Mutex // held for each request
	took  map[string]notify.Message
	again int // messages that came once more
	raw   string
	down  bool
	// silent takes a message and ends the connection without an answer.
	silent bool
}

func newPager(t *testing.T) *pager {
	t.Helper()
	p := &pager{took: map[string]notify.Message{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var m notify.Message
		if err := json.Unmarshal(body, &m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if _, known := p.took[m.ID]; known {
			p.again++
		}
		p.took[m.ID], p.raw = m, p.raw+string(body)
		if p.silent {
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// of lists what came of one alarm, by step.
func (p *pager) of(c alarm.ID) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, m := range p.took {
		if m.Alarm == string(c) {
			out = append(out, m.Step+" "+strings.Join(m.Called, ", "))
		}
	}
	slices.Sort(out)
	return out
}

func (p *pager) breaks(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *pager) hangUp(silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = silent
}

// paged is a clinic that tells a pager, with a running infusion at chair 3.
func paged(t *testing.T, to *pager) (h *place, n *guest, b *bedside) {
	t.Helper()
	h = watchedPlace(t)
	h.cfg.Webhook, h.cfg.WebhookSecret = to.URL, []byte(strings.Repeat("k", 32))
	h.restart()
	n, b = h.nurse(), h.bedside()
	id := b.linked(n)
	n.say(id, session.ActTakeNurse, map[string]any{})
	n.runs(id)
	h.look()
	return h, n, b
}

// send lets the sender work until nothing more is due.
func (h *place) send() {
	h.t.Helper()
	for {
		more, err := h.sender.Round(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// TestWebhook_TellsOfEachStep: an alarm and each step of its ladder is one message,
// with whom it calls and without the patient's name.
func TestWebhook_TellsOfEachStep(t *testing.T) {
	t.Parallel()
	to := newPager(t)
	h, _, b := paged(t, to)
	b.seconds(16, "88")
	h.send()
	if got := to.of(alarm.SpO2Low); !slices.Equal(got, []string{"nurse A. Okafor RN"}) {
		t.Fatalf("at first: %q", got)
	}
	b.seconds(31, "88")
	h.send()
	h.send()
	if got := to.of(alarm.SpO2Low); !slices.Equal(got, []string{"nurse A. Okafor RN", "room "}) || to.again != 0 {
		t.Errorf("after 30 seconds: %q, %d again", got, to.again)
	}
	for _, secret := range []string{"Rivera", "Maria", "1981", "allerg"} {
		if strings.Contains(to.raw, secret) {
			t.Errorf("a message says %q: %s", secret, to.raw)
		}
	}
	if !strings.Contains(to.raw, notify.Notice) || !strings.Contains(to.raw, `"chair":3`) || !strings.Contains(to.raw, `/board"`) {
		t.Errorf("%s", to.raw)
	}
}

// TestWebhook_SurvivesAStop: what was durable before the server ended, and not
// sent, is sent after it began again; what the receiver had taken when the server
// ended comes under the same id. Seen from the receiver each is one.
func TestWebhook_SurvivesAStop(t *testing.T) {
	t.Parallel()
	to := newPager(t)
	h, _, b := paged(t, to)
	b.seconds(16, "88")
	h.restart() // between the entry and its message
	h.send()
	if got := to.of(alarm.SpO2Low); !slices.Equal(got, []string{"nurse A. Okafor RN"}) {
		t.Fatalf("%q", got)
	}

	// The receiver takes messages, and the server ends before it has heard so.
	b.seconds(31, "88")
	to.hangUp(true)
	h.send()
	h.restart()
	to.hangUp(false)
	h.later(5 * time.Second)
	h.send()
	if got := to.of(alarm.SpO2Low); !slices.Equal(got, []string{"nurse A. Okafor RN", "room "}) || to.again == 0 {
		t.Errorf("%q, %d again", got, to.again)
	}
	if st, err := h.store.OutboxState(t.Context()); err != nil || st.Waiting != 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

// TestWebhook_NobodyIsCalledToWhatWasAnswered: what still waits when somebody
// acknowledges the alarm is let go, and that it was not delivered is no fault.
func TestWebhook_NobodyIsCalledToWhatWasAnswered(t *testing.T) {
	t.Parallel()
	to := newPager(t)
	to.breaks(true)
	h, n, b := paged(t, to)
	id, ok := h.App().AtChair(3)
	if !ok {
		t.Fatal("nobody is at chair 3")
	}
	b.seconds(16, "88")
	h.send()
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": alarm.SpO2Low, "announcement": h.alarm(id, alarm.SpO2Low).Announcement})
	to.breaks(false)
	h.later(5 * time.Second)
	h.send()
	if got := to.of(alarm.SpO2Low); len(got) != 0 {
		t.Errorf("called to what was acknowledged: %q", got)
	}
	if st, err := h.store.OutboxState(t.Context()); err != nil || st.Waiting != 0 || st.Expired != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	b.seconds(130, "84") // worse: called anew
	h.send()
	if got := to.of(alarm.SpO2Low); len(got) == 0 {
		t.Error("nobody is called when it gets worse")
	}
}

// TestWebhook_SaysThatNobodyElsewhereIsTold: on the board and to whoever watches the
// server, while messages wait and after they were given up.
func TestWebhook_SaysThatNobodyElsewhereIsTold(t *testing.T) {
	t.Parallel()
	to := newPager(t)
	to.breaks(true)
	h, n, b := paged(t, to)
	b.seconds(16, "88")
	h.send()
	b.seconds(31, "88")
	h.send()
	const says = "essages to people elsewhere are not delivered"
	if page := n.get("/board").Body.String(); !strings.Contains(page, says) {
		t.Error("the board does not say so")
	}
	if _, text := h.healthz(); !strings.Contains(text, says) {
		t.Errorf("%s", text)
	}
	if page := n.get("/board?public=1").Body.String(); strings.Contains(page, says) {
		t.Error("visitors read it")
	}
	to.breaks(false)
	h.later(time.Minute)
	h.send()
	if _, text := h.healthz(); strings.Contains(text, says) {
		t.Errorf("after it went well: %s", text)
	}
	if page := n.get("/board").Body.String(); strings.Contains(page, says) || !strings.Contains(page, "alarms are also sent elsewhere, which may be late or fail") {
		t.Error("after it went well the board does not say what may be relied on")
	}
	if got := to.of(alarm.SpO2Low); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// TestWebhook_NobodyIsToldUnlessAsked: without an address nothing is owed.
func TestWebhook_NobodyIsToldUnlessAsked(t *testing.T) {
	t.Parallel()
	h, _, b, _ := guarded(t)
	b.seconds(16, "88")
	if st, err := h.store.OutboxState(t.Context()); err != nil || st.Waiting != 0 || h.sender != nil {
		t.Errorf("%+v, %v", st, err)
	}
}
