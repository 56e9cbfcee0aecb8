package app

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// writes remembers whether the newest write to a database became durable.
type writes struct{ fault atomic.Pointer[error] }

// note follows a write. What was refused for what it said, or given up by
// its caller, says nothing about the database.
func (w *writes) note(err error) {
	switch {
	case err == nil:
		w.fault.Store(nil)
	case errors.Is(err, journal.ErrConflict), errors.Is(err, journal.ErrDigest), errors.Is(err, context.Canceled):
	default:
		w.fault.Store(&err)
	}
}

func (w *writes) last() error {
	if e := w.fault.Load(); e != nil {
		return *e
	}
	return nil
}

// RecordFault is why the newest entry did not become durable; nil when it did.
func (a *App) RecordFault() error { return a.recordWrites.last() }

// TelemetryFault is why the newest message of a monitor did not become
// durable; nil when it did.
func (a *App) TelemetryFault() error { return a.telemetryWrites.last() }
