package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// entries reads entries of one log; where is the rest of the WHERE clause.
func entries(ctx context.Context, q querier, k chain, clinic ident.Clinic, log ident.Log, where string, args ...any) ([]journal.Record, error) {
	var out []journal.Record
	err := eachEntry(ctx, q, k, clinic, log, func(r journal.Record) error {
		out = append(out, r)
		return nil
	}, where, args...)
	return out, err
}

func eachEntry(ctx context.Context, q querier, k chain, clinic ident.Clinic, log ident.Log, f func(journal.Record) error, where string, args ...any) error {
	return each(ctx, q, func(scan func(...any) error) error {
		r := journal.Record{Clinic: clinic, Log: log}
		var hash []byte
		var occurred, effective, recorded int64
		if err := scan(&r.Position, &r.Stream, &r.Sequence, &r.Type, &r.Version, &r.Command, &r.Index,
			&occurred, &effective, &recorded, &r.Actor, &r.Device, &r.Payload, &hash); err != nil {
			return err
		}
		r.OccurredAt, r.EffectiveAt, r.RecordedAt = time.UnixMicro(occurred).UTC(), time.UnixMicro(effective).UTC(), time.UnixMicro(recorded).UTC()
		r.Hash, _ = hashOf(hash) // one of another length stays zero, and so does not fit the chain
		return f(r)
	}, "SELECT position, stream, sequence, type, version, command, command_index, occurred_at, effective_at, recorded_at, actor, device, payload, hash FROM "+
		k.table()+" WHERE clinic = ? AND "+where, append([]any{string(clinic)}, args...)...)
}

// Load reads a stream of the record from its first entry on.
func (s *Store) Load(ctx context.Context, stream journal.Stream) ([]journal.Record, error) {
	out, err := entries(ctx, s.db.readRecord(), record, s.o.Clinic, s.recordLog, "stream = ? ORDER BY sequence", string(stream))
	if err != nil {
		return nil, fmt.Errorf("load stream: %w", err)
	}
	return out, nil
}

// maxPage bounds one page of the log.
const maxPage = 10_000

// Since reads entries of the record after a position, at most limit.
func (s *Store) Since(ctx context.Context, position int64, limit int) ([]journal.Record, error) {
	return s.since(ctx, record, s.recordLog, position, limit)
}

// AuditSince reads entries of the audit log after a position, at most limit.
func (s *Store) AuditSince(ctx context.Context, position int64, limit int) ([]journal.Record, error) {
	return s.since(ctx, audit, s.auditLog, position, limit)
}

func (s *Store) since(ctx context.Context, k chain, log ident.Log, position int64, limit int) ([]journal.Record, error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	out, err := entries(ctx, s.db.readRecord(), k, s.o.Clinic, log, "position > ? ORDER BY position LIMIT ?", position, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", k.kind(), err)
	}
	return out, nil
}

// Head is the position and hash of the newest entry of the record.
func (s *Store) Head(ctx context.Context) (position int64, hash [32]byte, err error) {
	c, err := s.checkpoint(ctx, s.db.readRecord(), record)
	if err != nil {
		return 0, [32]byte{}, fmt.Errorf("read head: %w", err)
	}
	return c.Position, c.Hash, nil
}

// Checkpoint is the newest signed checkpoint of the record: for backups,
// documents and whoever keeps one outside.
func (s *Store) Checkpoint(ctx context.Context) (journal.Checkpoint, error) {
	c, err := s.checkpoint(ctx, s.db.readRecord(), record)
	if err != nil {
		return journal.Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

func (s *Store) checkpoint(ctx context.Context, q querier, k chain) (journal.Checkpoint, error) {
	return scanCheckpoint(ctx, q, s.o.Clinic,
		"SELECT log, position, hash, signed_at, signature FROM log_head WHERE clinic = ? AND kind = ?", string(s.o.Clinic), k.kind())
}

func scanCheckpoint(ctx context.Context, q querier, clinic ident.Clinic, query string, args ...any) (journal.Checkpoint, error) {
	c := journal.Checkpoint{Clinic: clinic}
	var hash []byte
	var at int64
	ok, err := one(ctx, q, []any{&c.Log, &c.Position, &hash, &at, &c.Signature}, query, args...)
	if err != nil {
		return journal.Checkpoint{}, err
	}
	if !ok {
		return journal.Checkpoint{}, ErrNoClinic
	}
	if c.Hash, ok = hashOf(hash); !ok {
		return journal.Checkpoint{}, errors.New("head has a malformed hash")
	}
	c.At = time.UnixMicro(at).UTC()
	return c, nil
}

// hashOf reads a stored hash or digest; ok is false when it is not 32 bytes.
func hashOf(b []byte) (h journal.Hash, ok bool) {
	if len(b) != len(h) {
		return h, false
	}
	return journal.Hash(b), true
}

// readLogs learns the ids of the clinic's three logs.
func (s *Store) readLogs(ctx context.Context) error {
	for k, id := range map[chain]*ident.Log{record: &s.recordLog, audit: &s.auditLog} {
		c, err := s.checkpoint(ctx, s.db.readRecord(), k)
		if err != nil {
			return err
		}
		*id = c.Log
	}
	c, err := s.telemetryCheckpoint(ctx, s.db.readTelemetry())
	s.telemetryLog = c.Log
	return err
}
