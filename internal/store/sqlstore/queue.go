package sqlstore

import (
	"context"
	"sync"
)

// maxGroup is how many callers may wait for, and share, one transaction.
const maxGroup = 1024

// ticket is one caller's place in a group. The writer sets err and what the
// caller asked for, then closes done.
type ticket struct {
	ctx  context.Context //nolint:containedctx // the caller's own, to drop work nobody waits for
	err  error
	done chan struct{}
}

func (t *ticket) finish(err error) {
	t.err = err
	close(t.done)
}

// queue hands what callers bring to one goroutine, in groups.
type queue[J any] struct {
	jobs chan J
	// mu guards closed: held for reading while a job is put in, so that
	// close cannot overtake it.
	mu      sync.RWMutex
	closed  bool
	stopped chan struct{}
}

// runner does the work of a queue, on the queue's goroutine.
type runner[J any] interface {
	run(group []J)
	// end follows the last group.
	end()
}

// newQueue starts the goroutine that runs each group.
func newQueue[J any](r runner[J]) *queue[J] {
	q := &queue[J]{jobs: make(chan J, maxGroup), stopped: make(chan struct{})}
	go func() {
		defer close(q.stopped)
		defer r.end()
		for first := range q.jobs {
			r.run(q.drain(first))
		}
	}()
	return q
}

// drain takes what is waiting, up to maxGroup, and never waits itself.
func (q *queue[J]) drain(first J) []J {
	group := []J{first}
	for len(group) < maxGroup {
		select {
		case j, ok := <-q.jobs:
			if !ok {
				return group
			}
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// put waits for a place in the queue.
func (q *queue[J]) put(ctx context.Context, j J) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		return ErrClosed
	}
	select {
	case q.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets what waits be done and returns when the goroutine has ended.
// It may be called more than once.
func (q *queue[J]) close() {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.jobs)
	}
	q.mu.Unlock()
	<-q.stopped
}
