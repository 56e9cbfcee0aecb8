package app

import (
	"context"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/series"
)

// A write that was handed over may become durable although its caller went
// away, a tablet that was reloaded in the middle of a stop for one. What the
// app keeps in memory must then follow, so every write is waited for to its
// end. How long that takes is the store's to bound, not the caller's.

// lastingStore is a Store whose writes are waited for.
type lastingStore struct{ Store }

func (s lastingStore) Append(ctx context.Context, b journal.Batch) (journal.Result, error) {
	return s.Store.Append(context.WithoutCancel(ctx), b)
}

func (s lastingStore) PutRows(ctx context.Context, rows []journal.RegisterPut, audit []journal.AuditDraft) error {
	return s.Store.PutRows(context.WithoutCancel(ctx), rows, audit)
}

// lastingTelemetry is the same for what monitors send.
type lastingTelemetry struct{ Telemetry }

func (t lastingTelemetry) Receive(ctx context.Context, r series.Received) (cursor int64, duplicate bool, err error) {
	return t.Telemetry.Receive(context.WithoutCancel(ctx), r)
}
