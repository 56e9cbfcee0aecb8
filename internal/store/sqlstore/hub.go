package sqlstore

import "sync"

// hub tells listeners that there is more. A hint carries no content and never
// waits: a listener that is busy finds the newest number when it looks.
type hub struct {
	mu     sync.Mutex // held for a send to each listener's one-slot channel
	sinks  map[int]chan int64
	next   int
	closed bool
}

func newHub() *hub { return &hub{sinks: map[int]chan int64{}} }

// listen returns a channel of hints; it is closed by stop or with the store.
func (h *hub) listen() (hints <-chan int64, stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ch := make(chan int64, 1)
	if h.closed {
		close(ch)
		return ch, func() {}
	}
	id := h.next
	h.next++
	h.sinks[id] = ch
	return ch, func() { h.leave(id) }
}

func (h *hub) leave(id int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ch, ok := h.sinks[id]; ok {
		delete(h.sinks, id)
		close(ch)
	}
}

// tell puts n in every listener's slot, over an older number still there.
func (h *hub) tell(n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ch := range h.sinks {
		select {
		case <-ch:
		default:
		}
		ch <- n // the slot is empty, and only tell fills it
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.closed = true
	for id, ch := range h.sinks {
		delete(h.sinks, id)
		close(ch)
	}
}

// Hints yields "there is more, up to N" of the record, after each durable
// commit and never before. What N holds is read with Since.
func (s *Store) Hints() (hints <-chan int64, stop func()) { return s.hints.listen() }

// TelemetryHints yields "there is more, up to cursor N" of the telemetry,
// after each durable commit. What N holds is read with SamplesSince.
func (s *Store) TelemetryHints() (hints <-chan int64, stop func()) { return s.news.listen() }
