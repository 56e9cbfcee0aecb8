package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// keepExpired is how long what was not delivered is counted. Evidence mark:
// default.
const keepExpired = 24 * time.Hour

// owe writes what an entry owes to people elsewhere, in the entry's own
// transaction.
func (t *clinicTx) owe(ctx context.Context, r journal.Record) error {
	if t.store.o.Owes == nil {
		return nil
	}
	o, ok := t.store.o.Owes(r)
	if !ok {
		return nil
	}
	at := r.RecordedAt.UnixMicro()
	return broken(t.c.exec(ctx, `INSERT INTO outbox (clinic, id, position, queued_at, expires_at, next_at, attempts, expired_at)
		VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (clinic, id) DO NOTHING`,
		string(t.store.o.Clinic), o.ID, r.Position, at, o.ExpiresAt.UnixMicro(), at))
}

// Outbox returns the messages that are due, those of the oldest entries first.
func (s *Store) Outbox(ctx context.Context, now time.Time, limit int) ([]journal.Outgoing, error) {
	var out []journal.Outgoing
	err := each(ctx, s.db.readRecord(), func(scan func(...any) error) error {
		var o journal.Outgoing
		var queued, expires, next int64
		if err := scan(&o.ID, &o.Position, &queued, &expires, &next, &o.Attempts); err != nil {
			return err
		}
		o.QueuedAt, o.ExpiresAt, o.NextAt = journal.Time(time.UnixMicro(queued)), journal.Time(time.UnixMicro(expires)), journal.Time(time.UnixMicro(next))
		out = append(out, o)
		return nil
	}, `SELECT id, position, queued_at, expires_at, next_at, attempts FROM outbox
		WHERE clinic = ? AND expired_at = 0 AND next_at <= ? ORDER BY position, id LIMIT ?`, string(s.o.Clinic), now.UnixMicro(), int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

// OutboxDelivered lets a message go that its receiver has taken.
func (s *Store) OutboxDelivered(ctx context.Context, id string) error {
	return s.outbox(ctx, "DELETE FROM outbox WHERE clinic = ? AND id = ?", string(s.o.Clinic), id)
}

// OutboxLater says when a message that was not taken is tried again.
func (s *Store) OutboxLater(ctx context.Context, id string, next time.Time) error {
	return s.outbox(ctx, "UPDATE outbox SET next_at = ?, attempts = attempts + 1 WHERE clinic = ? AND id = ?", next.UnixMicro(), string(s.o.Clinic), id)
}

// OutboxExpire gives up what is too old to call anybody for, and forgets what was
// given up long ago.
func (s *Store) OutboxExpire(ctx context.Context, now time.Time) error {
	err := s.outbox(ctx, "UPDATE outbox SET expired_at = ? WHERE clinic = ? AND expired_at = 0 AND expires_at <= ?", now.UnixMicro(), string(s.o.Clinic), now.UnixMicro())
	if err != nil {
		return err
	}
	return s.outbox(ctx, "DELETE FROM outbox WHERE clinic = ? AND expired_at > 0 AND expired_at <= ?", string(s.o.Clinic), now.Add(-keepExpired).UnixMicro())
}

func (s *Store) outbox(ctx context.Context, query string, args ...any) error {
	err := s.do(ctx, &job{run: func(ctx context.Context, t *clinicTx) error { return broken(t.c.exec(ctx, query, args...)) }})
	if err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	return nil
}

// OutboxState says how many messages wait, since when, and how many were given up.
func (s *Store) OutboxState(ctx context.Context) (journal.OutboxState, error) {
	var out journal.OutboxState
	var oldest, last int64
	_, err := one(ctx, s.db.readRecord(), []any{&out.Waiting, &oldest}, "SELECT COUNT(*), COALESCE(MIN(queued_at), 0) FROM outbox WHERE clinic = ? AND expired_at = 0", string(s.o.Clinic))
	if err == nil {
		_, err = one(ctx, s.db.readRecord(), []any{&out.Expired, &last}, "SELECT COUNT(*), COALESCE(MAX(expired_at), 0) FROM outbox WHERE clinic = ? AND expired_at > 0", string(s.o.Clinic))
	}
	if err != nil {
		return out, fmt.Errorf("read outbox: %w", err)
	}
	if oldest > 0 {
		out.Oldest = journal.Time(time.UnixMicro(oldest))
	}
	if last > 0 {
		out.LastExpired = journal.Time(time.UnixMicro(last))
	}
	return out, nil
}
