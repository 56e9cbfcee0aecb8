package sqlstore

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// Projection is a pure fold of the record into rows. The store applies it in
// the transaction of every append and knows nothing of what it means.
type Projection interface {
	// Name changes when the fold does, so that old rows are not gone on with.
	Name() string
	// Keys are the rows that an entry belongs to; usually one or none.
	Keys(r journal.Record) []string
	// Fold returns the row after an entry. row is nil for a new one; a nil
	// result takes the row away. It must not change row or keep it.
	Fold(key string, row []byte, r journal.Record) ([]byte, error)
}

type rowKey struct{ projection, key string }

type projectionRow struct {
	body     []byte // nil when there is none
	position int64
}

// faults are the projections whose fold failed, for whoever reports health.
type faults struct {
	mu sync.Mutex // held for a map access
	by map[string]error
}

func (f *faults) add(name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[string]error{}
	}
	f.by[name] = err
}

// Faults returns the projections whose fold failed since the store was opened
// or they were rebuilt. Their rows are behind the record.
func (s *Store) Faults() map[string]error {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return maps.Clone(s.faults.by)
}

func (s *Store) clearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	clear(s.faults.by)
}

// project folds an entry into every projection's rows.
func (t *clinicTx) project(ctx context.Context, r journal.Record) error {
	for _, p := range t.store.o.Projections {
		if err := t.projectOne(ctx, p, r); err != nil {
			return err
		}
	}
	return nil
}

func (t *clinicTx) projectOne(ctx context.Context, p Projection, r journal.Record) error {
	keys, err := keysOf(p, r)
	if err != nil {
		t.fault(ctx, p, r, err)
		return nil
	}
	for _, key := range keys {
		at := rowKey{p.Name(), key}
		row, err := t.projected(ctx, at)
		if err != nil {
			return broken(err)
		}
		body, err := fold(p, key, row.body, r)
		if err != nil {
			t.fault(ctx, p, r, err)
			continue
		}
		t.rows[at] = projectionRow{body, r.Position}
	}
	return nil
}

// fault keeps the entry and reports the projection: a wrong list on a page is
// mended by a rebuild, an entry that was refused is lost.
func (t *clinicTx) fault(ctx context.Context, p Projection, r journal.Record, err error) {
	t.store.faults.add(p.Name(), err)
	t.store.o.Log.ErrorContext(ctx, "projection fails: its rows are behind the record until it is rebuilt",
		slog.String("projection", p.Name()), slog.Int64("position", r.Position), slog.String("type", r.Type))
}

// keysOf and fold turn a panic of a projection into an error.
func keysOf(p Projection, r journal.Record) (keys []string, err error) {
	defer caught(&err)
	return p.Keys(r), nil
}

func fold(p Projection, key string, row []byte, r journal.Record) (out []byte, err error) {
	defer caught(&err)
	return p.Fold(key, row, r)
}

func caught(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("projection panicked: %v", v)
	}
}

// projected is a row as this transaction would leave it.
func (t *clinicTx) projected(ctx context.Context, at rowKey) (projectionRow, error) {
	if row, ok := t.rows[at]; ok {
		return row, nil
	}
	if row, ok := t.memory.rows[at]; ok {
		return row, nil
	}
	var row projectionRow
	if _, err := one(ctx, t.c, []any{&row.body, &row.position}, "SELECT row, position FROM projection WHERE clinic = ? AND name = ? AND key = ?",
		string(t.store.o.Clinic), at.projection, at.key); err != nil {
		return projectionRow{}, fmt.Errorf("read projection: %w", err)
	}
	t.memory.rows[at] = row
	return row, nil
}

var insertRow = newInsertion("INSERT INTO projection (clinic, name, key, row, position)",
	" ON CONFLICT (clinic, name, key) DO UPDATE SET row = excluded.row, position = excluded.position", 5)

func (t *clinicTx) writeRows(ctx context.Context) error {
	args := make([]any, 0, len(t.rows)*insertRow.columns)
	for at, row := range t.rows {
		if row.body == nil {
			if err := t.c.exec(ctx, "DELETE FROM projection WHERE clinic = ? AND name = ? AND key = ?", string(t.store.o.Clinic), at.projection, at.key); err != nil {
				return err
			}
			continue
		}
		args = append(args, string(t.store.o.Clinic), at.projection, at.key, row.body, row.position)
	}
	return t.c.insert(ctx, insertRow, args)
}

// Projection returns all rows of a projection, by key.
func (s *Store) Projection(ctx context.Context, name string) (map[string][]byte, error) {
	return projectionRows(ctx, s.db.readRecord(), string(s.o.Clinic), name)
}

// ProjectionRow returns one row of a projection.
func (s *Store) ProjectionRow(ctx context.Context, name, key string) (row []byte, ok bool, err error) {
	ok, err = one(ctx, s.db.readRecord(), []any{&row}, "SELECT row FROM projection WHERE clinic = ? AND name = ? AND key = ?", string(s.o.Clinic), name, key)
	if err != nil {
		return nil, false, fmt.Errorf("read projection: %w", err)
	}
	return row, ok, nil
}

func projectionRows(ctx context.Context, q querier, clinic, name string) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := each(ctx, q, func(scan func(...any) error) error {
		var key string
		var row []byte
		err := scan(&key, &row)
		out[key] = row
		return err
	}, "SELECT key, row FROM projection WHERE clinic = ? AND name = ?", clinic, name)
	if err != nil {
		return nil, fmt.Errorf("read projection: %w", err)
	}
	return out, nil
}
