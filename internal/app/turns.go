package app

import (
	"sync"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// turns lets the commands of one visit decide and append one after another.
// Without it several people at one chair would move the stream under each
// other's decisions until one of them, perhaps a stop, ran out of tries.
type turns struct {
	mu   sync.Mutex // held for a map access
	held map[ident.Session]*turn
}

type turn struct {
	mu      sync.Mutex // held from the load to the append of one command
	waiting int        // guarded by turns.mu
}

// take waits for the visit's turn and returns what ends it.
func (t *turns) take(id ident.Session) (done func()) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[ident.Session]*turn{}
	}
	one := t.held[id]
	if one == nil {
		one = &turn{}
		t.held[id] = one
	}
	one.waiting++
	t.mu.Unlock()
	one.mu.Lock()
	return func() {
		one.mu.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if one.waiting--; one.waiting == 0 {
			delete(t.held, id)
		}
	}
}
