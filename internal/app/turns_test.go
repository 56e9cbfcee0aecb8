package app

import (
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// TestTurns_OneAfterAnother counts without a lock of its own: the race
// detector and the count tell when two hold one visit's turn.
func TestTurns_OneAfterAnother(t *testing.T) {
	t.Parallel()
	var all turns
	count := map[ident.Session]*int{"a": new(int), "b": new(int)}
	var people sync.WaitGroup
	for range 8 {
		for id := range count {
			people.Go(func() {
				for range 100 {
					done := all.take(id)
					*count[id]++
					done()
				}
			})
		}
	}
	people.Wait()
	if *count["a"] != 800 || *count["b"] != 800 {
		t.Errorf("counted %d and %d, want 800 each", *count["a"], *count["b"])
	}
	if len(all.held) != 0 {
		t.Errorf("%d turns are kept though nobody waits", len(all.held))
	}
	done := all.take("a")
	all.take("b")() // another visit does not wait for this one
	done()
}
