package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
)

// SamplesSince reads the messages after a cursor that are not sealed yet, at
// most limit: the last minute or two. A reader further behind reads by time,
// with Samples.
func (s *Store) SamplesSince(ctx context.Context, cursor int64, limit int) ([]series.Arrival, error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	var out []series.Arrival
	err := each(ctx, s.db.readTelemetry(), func(scan func(...any) error) error {
		var a series.Arrival
		var body []byte
		if err := scan(&a.Cursor, &body); err != nil {
			return err
		}
		var err error
		a.Device, a.Rows, err = series.Decode(body)
		out = append(out, a)
		return err
	}, "SELECT cursor, body FROM sample WHERE clinic = ? AND cursor > ? ORDER BY cursor LIMIT ?", string(s.o.Clinic), cursor, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	return out, nil
}

// TelemetryCursor is the cursor of the newest message.
func (s *Store) TelemetryCursor(ctx context.Context) (int64, error) {
	var cursor int64
	if _, err := one(ctx, s.db.readTelemetry(), []any{&cursor}, "SELECT cursor FROM telemetry_head WHERE clinic = ?", string(s.o.Clinic)); err != nil {
		return 0, fmt.Errorf("read telemetry cursor: %w", err)
	}
	return cursor, nil
}

// Samples reads a device's rows measured from one time until before another,
// sealed or not, by time of measurement.
func (s *Store) Samples(ctx context.Context, device ident.Device, from, to time.Time) ([]series.Row, error) {
	var out []series.Row
	take := func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		_, rows, err := series.Decode(body)
		for _, r := range rows {
			if !r.At.Before(from) && r.At.Before(to) {
				out = append(out, r)
			}
		}
		return err
	}
	// One snapshot: a minute that is sealed meanwhile stands in one place only.
	err := s.db.readTelemetry().snapshot(ctx, func(q querier) error {
		args := []any{string(s.o.Clinic), string(device), from.UnixMicro(), to.UnixMicro()}
		if err := each(ctx, q, take, "SELECT body FROM chunk WHERE clinic = ? AND device = ? AND last_at >= ? AND first_at < ? ORDER BY number", args...); err != nil {
			return err
		}
		return each(ctx, q, take, "SELECT body FROM sample WHERE clinic = ? AND device = ? AND last_at >= ? AND first_at < ? ORDER BY cursor", args...)
	})
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	slices.SortStableFunc(out, func(a, b series.Row) int { return a.At.Compare(b.At) })
	return out, nil
}

// latest remembers the newest row of every metric of every device.
type latest struct {
	mu sync.Mutex // held for map accesses, never for I/O
	by map[ident.Device]series.Newest
}

// add takes rows that are durable. A device nobody asked for yet is read
// from the database when someone does.
func (l *latest) add(device ident.Device, rows []series.Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.by[device]; ok {
		newest(known, rows)
	}
}

func newest(known series.Newest, rows []series.Row) {
	for _, r := range rows {
		known.Add(r)
	}
}

func (l *latest) get(device ident.Device) ([]series.Row, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.by[device]
	out := slices.Collect(maps.Values(known))
	slices.SortFunc(out, func(a, b series.Row) int {
		return cmp.Or(
			cmp.Compare(a.Sample.Kind, b.Sample.Kind),
			cmp.Compare(a.Sample.Site, b.Sample.Site),
			cmp.Compare(a.Sample.Source, b.Sample.Source),
		)
	})
	return out, ok
}

func (l *latest) set(device ident.Device, rows []series.Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[ident.Device]series.Newest{}
	}
	l.by[device] = series.Newest{}
	newest(l.by[device], rows)
}

// Latest returns the newest row of each metric and site of a device, of
// whatever age: the caller says how old it is. Only the newest sealed minute
// and what came after it are looked at.
func (s *Store) Latest(ctx context.Context, device ident.Device) ([]series.Row, error) {
	if rows, ok := s.latest.get(device); ok {
		return rows, nil
	}
	if s.tele == nil {
		return s.readLatest(ctx, s.db.readTelemetry(), device)
	}
	// Read in the writer's turn, so that no message falls between.
	var rows []series.Row
	job := &telemetryJob{run: func(ctx context.Context, t *telemetryTx) (err error) {
		rows, err = s.readLatest(ctx, t.c, device)
		return broken(err)
	}}
	job.after = func() { s.latest.set(device, rows) }
	if err := s.doTelemetry(ctx, job); err != nil {
		return nil, fmt.Errorf("read latest samples: %w", err)
	}
	rows, _ = s.latest.get(device)
	return rows, nil
}

func (s *Store) readLatest(ctx context.Context, q querier, device ident.Device) ([]series.Row, error) {
	known := series.Newest{}
	take := func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		_, rows, err := series.Decode(body)
		newest(known, rows)
		return err
	}
	clinic, dev := string(s.o.Clinic), string(device)
	if err := each(ctx, q, take, "SELECT body FROM chunk WHERE clinic = ? AND device = ? ORDER BY number DESC LIMIT 1", clinic, dev); err != nil {
		return nil, fmt.Errorf("read newest chunk: %w", err)
	}
	if err := each(ctx, q, take, "SELECT body FROM sample WHERE clinic = ? AND device = ? ORDER BY cursor", clinic, dev); err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	return slices.Collect(maps.Values(known)), nil
}
