package sqlstore

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// RebuildReport says what folding the whole record gave.
type RebuildReport struct {
	Position    int64 // the record was folded up to here
	Projections []RebuiltProjection
}

// RebuiltProjection is one projection of a report.
type RebuiltProjection struct {
	Name        string
	Rows        int
	Differences []Difference
}

// Difference is a row that is not what the record folds to. It names no
// content.
type Difference struct {
	Key  string
	What string // missing, left over, differs
}

// Differs reports whether any stored row was not what the record folds to.
func (r RebuildReport) Differs() bool {
	return slices.ContainsFunc(r.Projections, func(p RebuiltProjection) bool { return len(p.Differences) > 0 })
}

// Text is the report for a terminal.
func (r RebuildReport) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "record folded up to position %d\n", r.Position)
	for _, p := range r.Projections {
		fmt.Fprintf(&b, "%-24s %7d rows, %d differ\n", p.Name, p.Rows, len(p.Differences))
		for _, d := range p.Differences {
			fmt.Fprintf(&b, "  %s: %s\n", d.Key, d.What)
		}
	}
	return b.String()
}

// Rebuild folds the whole record into shadow rows. With check it compares
// them with the stored ones and changes nothing; otherwise they take the
// stored ones' place, in one transaction.
func (s *Store) Rebuild(ctx context.Context, check bool) (RebuildReport, error) {
	var report RebuildReport
	var err error
	if check {
		err = s.db.readRecord().snapshot(ctx, func(q querier) (err error) {
			report, err = s.compare(ctx, q)
			return err
		})
	} else {
		err = s.do(ctx, &job{alone: true, run: func(ctx context.Context, t *clinicTx) (err error) {
			report, err = t.rebuild(ctx, s.o.Projections)
			return err
		}})
	}
	if err != nil {
		return RebuildReport{}, fmt.Errorf("rebuild: %w", err)
	}
	if !check {
		s.clearFaults()
	}
	return report, nil
}

// compare folds the record one projection at a time, so that only one
// projection's rows are in memory.
func (s *Store) compare(ctx context.Context, q querier) (RebuildReport, error) {
	head, err := s.checkpoint(ctx, q, record)
	if err != nil {
		return RebuildReport{}, err
	}
	report := RebuildReport{Position: head.Position}
	for _, p := range s.o.Projections {
		rows, err := foldAll(ctx, q, s.o.Clinic, head.Log, p)
		if err != nil {
			return RebuildReport{}, err
		}
		stored, err := projectionRows(ctx, q, string(s.o.Clinic), p.Name())
		if err != nil {
			return RebuildReport{}, err
		}
		report.Projections = append(report.Projections, RebuiltProjection{p.Name(), len(rows), differences(rows, stored)})
	}
	return report, nil
}

func differences(rows map[string]projectionRow, stored map[string][]byte) []Difference {
	var out []Difference
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		body, ok := stored[key]
		switch {
		case !ok:
			out = append(out, Difference{key, "missing"})
		case !bytes.Equal(body, rows[key].body):
			out = append(out, Difference{key, "differs"})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		if _, ok := rows[key]; !ok {
			out = append(out, Difference{key, "left over"})
		}
	}
	return out
}

// foldAll folds the whole record into one projection's rows.
func foldAll(ctx context.Context, q querier, clinic ident.Clinic, log ident.Log, p Projection) (map[string]projectionRow, error) {
	rows := map[string]projectionRow{}
	err := eachEntry(ctx, q, record, clinic, log, func(r journal.Record) error {
		keys, err := keysOf(p, r)
		for _, key := range keys {
			var body []byte
			if body, err = fold(p, key, rows[key].body, r); err != nil {
				break
			}
			rows[key] = projectionRow{body, r.Position}
			if body == nil {
				delete(rows, key)
			}
		}
		if err != nil {
			return fmt.Errorf("projection %s at position %d: %w", p.Name(), r.Position, err)
		}
		return nil
	}, "1 = 1 ORDER BY position")
	return rows, err
}

// rebuild replaces the stored rows of some projections, alone in its transaction.
func (t *clinicTx) rebuild(ctx context.Context, projections []Projection) (RebuildReport, error) {
	report := RebuildReport{Position: t.heads[record].position}
	for _, p := range projections {
		rebuilt, err := t.rebuildOne(ctx, p)
		if err != nil {
			return RebuildReport{}, broken(err)
		}
		report.Projections = append(report.Projections, rebuilt)
	}
	return report, nil
}

func (t *clinicTx) rebuildOne(ctx context.Context, p Projection) (RebuiltProjection, error) {
	clinic := string(t.store.o.Clinic)
	rows, err := foldAll(ctx, t.c, t.store.o.Clinic, t.heads[record].log, p)
	if err != nil {
		return RebuiltProjection{}, err
	}
	stored, err := projectionRows(ctx, t.c, clinic, p.Name())
	if err != nil {
		return RebuiltProjection{}, err
	}
	t.forget(p.Name())
	if err := t.c.exec(ctx, "DELETE FROM projection WHERE clinic = ? AND name = ?", clinic, p.Name()); err != nil {
		return RebuiltProjection{}, err
	}
	for key, row := range rows {
		t.rows[rowKey{p.Name(), key}] = row
	}
	if err := t.c.exec(ctx, "INSERT INTO projection_built (clinic, name) VALUES (?, ?) ON CONFLICT (clinic, name) DO NOTHING", clinic, p.Name()); err != nil {
		return RebuiltProjection{}, err
	}
	return RebuiltProjection{p.Name(), len(rows), differences(rows, stored)}, nil
}

// forget drops what is remembered of a projection's rows.
func (t *clinicTx) forget(name string) {
	for _, m := range []map[rowKey]projectionRow{t.rows, t.memory.rows} {
		maps.DeleteFunc(m, func(k rowKey, _ projectionRow) bool { return k.projection == name })
	}
}

// buildNew folds the record into projections it was never folded into.
func (s *Store) buildNew(ctx context.Context) error {
	built := map[string]bool{}
	err := each(ctx, s.db.readRecord(), func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		built[name] = true
		return err
	}, "SELECT name FROM projection_built WHERE clinic = ?", string(s.o.Clinic))
	if err != nil {
		return fmt.Errorf("read projections: %w", err)
	}
	for _, p := range s.o.Projections {
		if built[p.Name()] {
			continue
		}
		err := s.do(ctx, &job{alone: true, run: func(ctx context.Context, t *clinicTx) error {
			_, err := t.rebuild(ctx, []Projection{p})
			return err
		}})
		if err != nil {
			// A projection that cannot be folded must not keep the record shut.
			s.faults.add(p.Name(), err)
			s.o.Log.ErrorContext(ctx, "new projection cannot be folded", slog.String("projection", p.Name()), slog.Any("error", err))
		}
	}
	return ctx.Err()
}
