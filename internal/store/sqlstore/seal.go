package sqlstore

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
)

const (
	// sealPass bounds the messages sealed in one transaction, so that
	// messages that come meanwhile wait briefly.
	sealPass = 200
	// sealRest is for how many times as long as a pass took nothing is sealed
	// after it: a minute of a large room is sealed over some seconds of the next
	// one, and an alarm of that room does not wait behind it.
	sealRest = 3
	// releaseRun is how many messages one statement releases.
	releaseRun = 50
	// chunkRows bounds the rows of one chunk.
	chunkRows = 20_000
	// keepQuarantine is how long a message with rejected numerics is kept.
	keepQuarantine = 30 * 24 * time.Hour
	// keepControl is how long a repeated message is known as one.
	keepControl = 48 * time.Hour
)

// Seal turns the rows of every minute that is over into one chunk per device
// and minute, each hashed over the device's chunk before. Raw rows and the
// bytes of messages without rejected numerics then go.
func (s *Store) Seal(ctx context.Context, now time.Time) error {
	p := pass{end: now.UTC().Truncate(time.Minute).UnixMicro()}
	for {
		next, began := p, time.Now()
		err := s.doTelemetry(ctx, &telemetryJob{run: func(ctx context.Context, t *telemetryTx) error {
			next = p // a group that was rolled back runs again
			return broken(t.seal(ctx, &next))
		}})
		if err != nil {
			return fmt.Errorf("seal: %w", err)
		}
		if p = next; p.done {
			return nil
		}
		rest(ctx, sealRest*time.Since(began))
	}
}

// rest leaves the processor and the writer to others for a while.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done(): // the next pass says so
	}
}

// pass is how far a walk over the unsealed messages has come: the device and
// cursor of the last message looked at.
type pass struct {
	end    int64
	device ident.Device
	cursor int64
	done   bool
}

// block is the rows of one message, not sealed yet.
type block struct {
	device ident.Device
	minute int64
	cursor int64
	rows   []series.Row
}

// openChunk gathers the messages of one device and minute.
type openChunk struct {
	block
	metrics series.Metrics
}

// take adds a message, unless it belongs into another chunk or does not fit.
func (c *openChunk) take(b block) bool {
	if c.rows == nil {
		*c = openChunk{block: b}
		return c.metrics.Take(b.rows...)
	}
	if b.device != c.device || b.minute != c.minute || len(c.rows)+len(b.rows) > chunkRows || !c.metrics.Take(b.rows...) {
		return false
	}
	c.rows = append(c.rows, b.rows...)
	return true
}

// seal takes one pass.
func (t *telemetryTx) seal(ctx context.Context, p *pass) error {
	blocks, err := t.unsealed(ctx, p)
	if err != nil {
		return err
	}
	var open openChunk
	for _, b := range blocks {
		if open.take(b) {
			continue
		}
		if err := t.addChunk(ctx, open.block); err != nil {
			return err
		}
		open = openChunk{}
		open.take(b) // one message fits, as it was received
	}
	if open.rows != nil {
		if err := t.addChunk(ctx, open.block); err != nil {
			return err
		}
	}
	for run := range slices.Chunk(blocks, releaseRun) {
		if err := t.release(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// unsealed reads the next messages of minutes that are over, device by
// device in the order they came, and moves the pass behind them. One that
// cannot be read stays where it is, for verify to name, and keeps no other
// from being sealed.
func (t *telemetryTx) unsealed(ctx context.Context, p *pass) ([]block, error) {
	var out []block
	seen := 0
	err := each(ctx, t.c, func(scan func(...any) error) error {
		var b block
		var received int64
		var body []byte
		if err := scan(&b.device, &b.cursor, &received, &body); err != nil {
			return err
		}
		seen++
		p.device, p.cursor = b.device, b.cursor
		device, rows, err := series.Decode(body)
		if err != nil || device != b.device || len(rows) == 0 {
			t.store.o.Log.ErrorContext(ctx, "a message cannot be read and is not sealed: run verify",
				slog.String("device", string(b.device)), slog.Int64("cursor", b.cursor))
			return nil
		}
		b.rows, b.minute = rows, minuteOf(received)
		out = append(out, b)
		return nil
	}, `SELECT device, cursor, received_at, body FROM sample
		WHERE clinic = ? AND received_at < ? AND (device > ? OR device = ? AND cursor > ?) ORDER BY device, cursor LIMIT ?`,
		t.clinic, p.end, string(p.device), string(p.device), p.cursor, int64(sealPass))
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	p.done = seen < sealPass
	if p.done {
		return out, nil
	}
	return p.whole(out), nil
}

// whole leaves the last minute of a pass that was cut short to the next one,
// which then seals it in one chunk; a minute that fills a pass is cut.
func (p *pass) whole(blocks []block) []block {
	n := len(blocks)
	if n == 0 {
		return blocks
	}
	last := blocks[n-1]
	for n > 0 && blocks[n-1].device == last.device && blocks[n-1].minute == last.minute {
		n--
	}
	if n == 0 {
		return blocks
	}
	p.device, p.cursor = blocks[n-1].device, blocks[n-1].cursor
	return blocks[:n]
}

func (t *telemetryTx) addChunk(ctx context.Context, b block) error {
	head, err := chunkHead(ctx, t.c, t.store.o.Clinic, b.device)
	if err != nil {
		return err
	}
	body, err := series.Encode(b.device, b.rows)
	if err != nil {
		return err
	}
	first, last := span(b.rows)
	number := head.Number + 1
	hash := series.Link(head.Hash, number, body)
	t.head.Position++
	t.head.Hash = series.Seal(t.head.Hash, hash)
	t.sealed = true
	if err := t.c.exec(ctx, "INSERT INTO chunk (clinic, position, device, number, minute, first_at, last_at, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.clinic, t.head.Position, string(b.device), number, b.minute, first.UnixMicro(), last.UnixMicro(), body, hash[:]); err != nil {
		return fmt.Errorf("write chunk: %w", err)
	}
	return nil
}

// span is the first and last time of measurement among rows, of which there is one.
func span(rows []series.Row) (first, last time.Time) {
	first, last = rows[0].At, rows[0].At
	for _, r := range rows {
		if r.At.Before(first) {
			first = r.At
		}
		if r.At.After(last) {
			last = r.At
		}
	}
	return first, last
}

// minuteOf is the minute, in microseconds, in which a message came.
func minuteOf(received int64) int64 { return received - received%time.Minute.Microseconds() }

// release drops what chunks now hold, of at most releaseRun messages.
func (t *telemetryTx) release(ctx context.Context, run []block) error {
	args := []any{t.clinic}
	for i := range releaseRun { // the last again and again, so that there is one statement
		args = append(args, run[min(i, len(run)-1)].cursor)
	}
	these := "clinic = ? AND cursor IN (?" + strings.Repeat(", ?", releaseRun-1) + ")"
	if err := t.c.exec(ctx, "DELETE FROM sample WHERE "+these, args...); err != nil {
		return fmt.Errorf("drop sealed samples: %w", err)
	}
	if err := t.c.exec(ctx, `UPDATE inbox SET raw = NULL WHERE `+these+` AND NOT EXISTS
		(SELECT 1 FROM quarantine WHERE quarantine.clinic = inbox.clinic AND quarantine.cursor = inbox.cursor)`, args...); err != nil {
		return fmt.Errorf("drop sealed message: %w", err)
	}
	return nil
}

// ChunkHead is a device's newest chunk, as events quote it (series.Head):
// what verify then holds the telemetry against.
func (s *Store) ChunkHead(ctx context.Context, device ident.Device) (string, error) {
	h, err := chunkHead(ctx, s.db.readTelemetry(), s.o.Clinic, device)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

func chunkHead(ctx context.Context, q querier, clinic ident.Clinic, device ident.Device) (series.Head, error) {
	h := series.Head{Device: device, Hash: series.Genesis(clinic, device)}
	var hash []byte
	found, err := one(ctx, q, []any{&h.Number, &hash}, "SELECT number, hash FROM chunk WHERE clinic = ? AND device = ? ORDER BY number DESC LIMIT 1",
		string(clinic), string(device))
	if err != nil {
		return series.Head{}, fmt.Errorf("read chunk head: %w", err)
	}
	if !found {
		return h, nil
	}
	var ok bool
	if h.Hash, ok = hashOf(hash); !ok {
		return series.Head{}, fmt.Errorf("chunk %d of device %s has a malformed hash", h.Number, device)
	}
	return h, nil
}

// Purge drops quarantined numerics with their messages after 30 days, and
// what is known of repeated messages after two.
func (s *Store) Purge(ctx context.Context, now time.Time) error {
	err := s.doTelemetry(ctx, &telemetryJob{run: func(ctx context.Context, t *telemetryTx) error {
		if err := t.c.exec(ctx, "DELETE FROM quarantine WHERE clinic = ? AND received_at < ?", t.clinic, now.Add(-keepQuarantine).UnixMicro()); err != nil {
			return broken(err)
		}
		return broken(t.c.exec(ctx, `DELETE FROM inbox WHERE clinic = ? AND received_at < ?
			AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.clinic = inbox.clinic AND quarantine.cursor = inbox.cursor)
			AND NOT EXISTS (SELECT 1 FROM sample WHERE sample.clinic = inbox.clinic AND sample.cursor = inbox.cursor)`,
			t.clinic, now.Add(-keepControl).UnixMicro()))
	}})
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	return nil
}
