package app

import (
	"context"
	"fmt"
	"sync"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// mostReads bounds the reads that wait to be written; beyond it nobody reads
// without a trace. readsAtOnce is how many go into one transaction.
const (
	mostReads   = 10_000
	readsAtOnce = 500
)

// reads are those of patients' data that could not be written into the audit
// log. A full disk must not shut the board in the middle of an infusion: the
// reading goes on, and its entries wait, with the time they had.
type reads struct {
	mu      sync.Mutex // held for a look or a note, never while writing
	waiting []journal.AuditDraft
}

func (r *reads) keep(d journal.AuditDraft) (first, kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= mostReads {
		return false, false
	}
	r.waiting = append(r.waiting, d)
	return len(r.waiting) == 1, true
}

func (r *reads) next() []journal.AuditDraft {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting[:min(len(r.waiting), readsAtOnce)]
}

func (r *reads) written(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append([]journal.AuditDraft(nil), r.waiting[n:]...)
}

// auditRead writes one read, or keeps it until it can be written.
func (a *App) auditRead(ctx context.Context, d journal.AuditDraft) error {
	err := a.Store.Audit(context.WithoutCancel(ctx), d)
	if err == nil {
		return nil
	}
	first, kept := a.reads.keep(d)
	if !kept {
		return fmt.Errorf("audit read: %w", err)
	}
	if first {
		a.Log.ErrorContext(ctx, "reads of patients' data wait to be written into the audit log", "err", err)
	}
	return nil
}

// WriteReads writes the reads that wait. One caller at a time: the timer, and
// who closes the app.
func (a *App) WriteReads(ctx context.Context) error {
	for {
		some := a.reads.next()
		if len(some) == 0 {
			return nil
		}
		if err := a.Store.Audit(ctx, some...); err != nil {
			return fmt.Errorf("write reads that wait: %w", err)
		}
		a.reads.written(len(some))
	}
}

// ReadsWaiting is how many reads of patients' data are not in the audit log yet.
func (a *App) ReadsWaiting() int {
	a.reads.mu.Lock()
	defer a.reads.mu.Unlock()
	return len(a.reads.waiting)
}
