// Package crew does the parts of one work on several processors, until it is told
// to stop.
package crew

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

// Work is so many workers for simulated patients. It ends with the context's error
// once the context is done; parts begun are finished first.
func Work(ctx context.Context, workers int) crowd.Work {
	workers = max(1, workers)
	return crowd.Work{Workers: workers, Run: func(parts int, do func(worker, part int) error) error {
		var next atomic.Int64
		var wait sync.WaitGroup
		found := make([]error, workers)
		for w := range min(workers, parts) {
			wait.Go(func() {
				for found[w] == nil {
					part := int(next.Add(1)) - 1
					if part >= parts {
						return
					}
					if found[w] = ctx.Err(); found[w] == nil {
						found[w] = do(w, part)
					}
				}
			})
		}
		wait.Wait()
		return errors.Join(found...)
	}}
}
