package mllp

import (
	"context"
	"sync"
	"time"
)

// life is the start and stop of a service that owns goroutines. Stopping has
// two steps: reading ends at once, handling only after a grace.
type life struct {
	// mu guards the fields up to handling; it is held while a goroutine is
	// added, so that none is added after stop began to wait.
	mu                      sync.Mutex
	started, stopped        bool
	endReading, endHandling context.CancelFunc
	reading, handling       context.Context
	goroutines              sync.WaitGroup
}

// start reports whether the service may start: not twice, not after stop.
func (l *life) start() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.started || l.stopped {
		return false
	}
	l.started = true
	l.reading, l.endReading = context.WithCancel(context.Background())
	l.handling, l.endHandling = context.WithCancel(context.Background())
	return true
}

// own runs f in a goroutine that stop waits for; false if already stopped.
func (l *life) own(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.started || l.stopped {
		return false
	}
	l.goroutines.Go(f)
	return true
}

// stop ends reading, then handling after the grace, and waits.
func (l *life) stop(grace time.Duration) {
	l.mu.Lock()
	l.stopped = true
	started := l.started
	l.mu.Unlock()
	if !started {
		return
	}
	l.endReading()
	late := time.AfterFunc(grace, l.endHandling)
	l.goroutines.Wait()
	late.Stop()
	l.endHandling()
}

// pause waits for the channel or the end of the context; it reports whether
// the context goes on.
func pause(ctx context.Context, c <-chan time.Time) bool {
	select {
	case <-ctx.Done():
	case <-c:
	}
	return ctx.Err() == nil
}
