package app

import (
	"sync"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// feed tells listeners that there is more. It never carries content and never
// blocks: a slow listener misses hints, not entries, since it re-reads.
type feed struct {
	mu    sync.Mutex // held for a look at each listener, never for a send that waits
	sinks map[*Listener]struct{}
}

func newFeed() *feed { return &feed{sinks: map[*Listener]struct{}{}} }

// Listener hears whenever the record or the values moved.
type Listener struct {
	// C yields a hint; hints that are not taken fall together into one.
	C    <-chan struct{}
	c    chan struct{}
	feed *feed
	// only, where not nil, are the monitors it hears of; guarded by feed.mu.
	only map[ident.Device]bool
}

// Listen begins with hearing of everything.
func (a *App) Listen() *Listener {
	l := &Listener{c: make(chan struct{}, 1), feed: a.feed}
	l.C = l.c
	a.feed.mu.Lock()
	defer a.feed.mu.Unlock()
	a.feed.sinks[l] = struct{}{}
	return l
}

// Only keeps the values of other monitors from the listener, so that who
// follows one chair is not woken by every other. The record it always hears.
func (l *Listener) Only(monitors ...ident.Device) {
	only := map[ident.Device]bool{}
	for _, m := range monitors {
		only[m] = true
	}
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	l.only = only
}

// Stop ends the hints.
func (l *Listener) Stop() {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	delete(l.feed.sinks, l)
}

// entries says that the record moved.
func (f *feed) entries() { f.tell(func(*Listener) bool { return true }) }

// values says that a monitor sent something.
func (f *feed) values(id ident.Device) {
	f.tell(func(l *Listener) bool { return l.only == nil || l.only[id] })
}

func (f *feed) tell(concerns func(*Listener) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.sinks {
		if !concerns(l) {
			continue
		}
		select {
		case l.c <- struct{}{}:
		default:
		}
	}
}
