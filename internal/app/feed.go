package app

import "sync"

// feed tells listeners that there is more. It never carries content and never
// blocks: a slow listener misses hints, not entries, since it re-reads.
type feed struct {
	mu    sync.Mutex // held for a send to each listener's one-slot channel
	next  int
	sinks map[int]chan struct{}
}

func newFeed() *feed { return &feed{sinks: map[int]chan struct{}{}} }

func (f *feed) listen() (<-chan struct{}, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.next
	f.next++
	ch := make(chan struct{}, 1)
	f.sinks[id] = ch
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.sinks, id)
	}
}

func (f *feed) tell() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ch := range f.sinks {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Listen yields a hint whenever the record or the values moved.
func (a *App) Listen() (hints <-chan struct{}, stop func()) { return a.feed.listen() }
