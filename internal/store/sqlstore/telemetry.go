package sqlstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/series"
)

// Bounds of one message.
const (
	maxRaw      = 1 << 20
	maxNumerics = 10_000
	maxWord     = 512 // bytes of one text of a rejected numeric
)

// telemetryJob is one caller's change to the telemetry database.
type telemetryJob struct {
	ticket
	store *Store
	// claims makes this process the one that writes: it holds the lease.
	claims bool
	run    func(ctx context.Context, t *telemetryTx) error
	// after follows the commit, on the writer's goroutine.
	after func()
}

// telemetryWriter runs groups of jobs, each group in one transaction.
type telemetryWriter struct {
	c     *conn
	mover *mover
}

func newTelemetryWriter(e Engine) *telemetryWriter {
	c := newConn(e.Telemetry, e.Dialect)
	return &telemetryWriter{c, newMover(c, e.ReadTelemetry)}
}

func (w *telemetryWriter) end() { w.mover.close() }

// run takes a group together and, when the database refuses, one by one.
func (w *telemetryWriter) run(group []*telemetryJob) {
	if w.together(group) == nil {
		return
	}
	for _, j := range group {
		if err := w.together([]*telemetryJob{j}); err != nil {
			j.finish(err)
		}
	}
}

func (w *telemetryWriter) together(group []*telemetryJob) error {
	// A caller that goes away must not break its neighbours' transaction.
	ctx := context.Background()
	if err := w.c.begin(ctx); err != nil {
		return err
	}
	clinics := map[*Store]*telemetryTx{}
	outcome, err := w.runAll(ctx, clinics, group)
	for _, t := range clinics {
		if err == nil {
			err = t.flush(ctx)
		}
	}
	if err == nil {
		err = w.c.commit(ctx)
	}
	if err != nil {
		w.c.rollback(ctx)
		return err
	}
	for i, j := range group {
		if outcome[i] == nil && j.after != nil {
			j.after()
		}
		j.finish(outcome[i])
	}
	for s, t := range clinics {
		t.tell(ctx, s)
	}
	w.mover.committed(ctx, group[0].store.o.Log)
	return nil
}

func (w *telemetryWriter) runAll(ctx context.Context, clinics map[*Store]*telemetryTx, group []*telemetryJob) ([]error, error) {
	outcome := make([]error, len(group))
	for i, j := range group {
		if outcome[i] = j.ctx.Err(); outcome[i] != nil {
			continue
		}
		t, ok := clinics[j.store]
		if !ok {
			t = &telemetryTx{c: w.c, store: j.store, clinic: string(j.store.o.Clinic)}
			if err := t.lock(ctx, j.claims); errors.Is(err, ErrLease) {
				outcome[i] = err // nothing is written, and no neighbour is kept waiting
				continue
			} else if err != nil {
				return nil, err
			}
			clinics[j.store] = t
		}
		err := j.run(ctx, t)
		var lost *brokenError
		if errors.As(err, &lost) {
			return nil, err
		}
		outcome[i] = err
	}
	return outcome, nil
}

// telemetryTx is one clinic's part of a transaction.
type telemetryTx struct {
	c      *conn
	store  *Store
	clinic string

	head    journal.Checkpoint // position and hash of the newest chunk
	cursor  int64              // of the newest message
	holder  string             // whose it is to write
	started int64              // the cursor it began with
	sealed  bool
}

// lock reads and locks the head, making it for a new clinic, and sees that this
// process may still write: another one that took over has said so here, in a
// transaction that waited for this row.
func (t *telemetryTx) lock(ctx context.Context, claims bool) error {
	found, err := t.read(ctx)
	switch s := t.store; {
	case err != nil:
		return err
	case !found:
		return t.make(ctx)
	case claims:
		return t.c.exec(ctx, "UPDATE telemetry_head SET holder = ? WHERE clinic = ?", s.lease, t.clinic)
	case t.holder != s.lease:
		return ErrLease
	}
	return nil
}

// make begins a clinic's telemetry.
func (t *telemetryTx) make(ctx context.Context) error {
	s := t.store
	log := newID[ident.Log](s.o)
	c := s.signer.sign(journal.Checkpoint{
		Clinic: s.o.Clinic, Log: log, Hash: journal.Genesis(s.o.Clinic, log), At: journal.Time(s.o.Now()),
	})
	if err := t.c.exec(ctx, "INSERT INTO telemetry_head (clinic, log, cursor, position, hash, signed_at, signature, holder) VALUES (?, ?, 0, 0, ?, ?, ?, ?)",
		t.clinic, string(log), c.Hash[:], c.At.UnixMicro(), c.Signature, s.lease); err != nil {
		return fmt.Errorf("begin telemetry: %w", err)
	}
	_, err := t.read(ctx)
	return err
}

func (t *telemetryTx) read(ctx context.Context) (bool, error) {
	t.head.Clinic = t.store.o.Clinic
	var hash []byte
	found, err := one(ctx, t.c, []any{&t.head.Log, &t.cursor, &t.head.Position, &hash, &t.holder},
		"SELECT log, cursor, position, hash, holder FROM telemetry_head WHERE clinic = ?"+t.c.dialect.Lock, t.clinic)
	if err != nil {
		return false, fmt.Errorf("lock telemetry head: %w", err)
	}
	t.started = t.cursor
	h, ok := hashOf(hash)
	if found && !ok {
		return false, errors.New("telemetry head has a malformed hash")
	}
	t.head.Hash = h
	return found, nil
}

func (t *telemetryTx) flush(ctx context.Context) error {
	if t.sealed {
		t.head.At = journal.Time(t.store.o.Now())
		t.head = t.store.signer.sign(t.head)
		return t.c.exec(ctx, "UPDATE telemetry_head SET cursor = ?, position = ?, hash = ?, signed_at = ?, signature = ? WHERE clinic = ?",
			t.cursor, t.head.Position, t.head.Hash[:], t.head.At.UnixMicro(), t.head.Signature, t.clinic)
	}
	if t.cursor == t.started {
		return nil
	}
	return t.c.exec(ctx, "UPDATE telemetry_head SET cursor = ? WHERE clinic = ?", t.cursor, t.clinic)
}

// tell follows the commit.
func (t *telemetryTx) tell(ctx context.Context, s *Store) {
	if t.sealed {
		if err := s.lines.append([]journal.Checkpoint{t.head}); err != nil {
			s.o.Log.ErrorContext(ctx, "checkpoint not written to checkpoints.log", slog.Any("error", err))
		}
	}
	if t.cursor != t.started {
		s.news.tell(t.cursor)
	}
}

func (s *Store) doTelemetry(ctx context.Context, j *telemetryJob) error {
	if s.tele == nil {
		return ErrReadOnly
	}
	j.store, j.ticket = s, ticket{ctx: ctx, done: make(chan struct{})}
	if err := s.tele.put(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beginTelemetry makes the head of a new clinic, and this process the one that
// writes.
func (s *Store) beginTelemetry(ctx context.Context) error {
	return s.doTelemetry(ctx, &telemetryJob{claims: true, run: func(context.Context, *telemetryTx) error { return nil }})
}

func (s *Store) telemetryCheckpoint(ctx context.Context, q querier) (journal.Checkpoint, error) {
	return scanCheckpoint(ctx, q, s.o.Clinic, "SELECT log, position, hash, signed_at, signature FROM telemetry_head WHERE clinic = ?", string(s.o.Clinic))
}

// Receive makes one message durable: then it may be acknowledged. The same
// message again (sender's key and bytes) changes nothing and returns the
// first one's cursor.
func (s *Store) Receive(ctx context.Context, r series.Received) (cursor int64, duplicate bool, err error) {
	m, err := newMessage(r)
	if err != nil {
		return 0, false, fmt.Errorf("receive: %w", err)
	}
	job := &telemetryJob{run: func(ctx context.Context, t *telemetryTx) (err error) {
		cursor, duplicate, err = t.receive(ctx, m)
		return broken(err)
	}}
	job.after = func() {
		if !duplicate {
			s.latest.add(m.device, m.rows)
		}
	}
	if err := s.doTelemetry(ctx, job); err != nil {
		return 0, false, fmt.Errorf("receive: %w", err)
	}
	return cursor, duplicate, nil
}

// message is what was received, checked and in the forms it is stored in.
type message struct {
	device      ident.Device
	control     string
	digest      [sha256.Size]byte
	received    int64
	raw         []byte
	rows        []series.Row
	body        []byte
	first, last int64
	rejected    []series.Rejected
}

func newMessage(r series.Received) (*message, error) {
	switch {
	case r.Device == "" || len(r.Device) > journal.MaxStream || !utf8.ValidString(string(r.Device)):
		return nil, invalid("message names no device")
	case len(r.Raw) > maxRaw || len(r.Rows) > maxNumerics || len(r.Rejected) > maxNumerics:
		return nil, invalid("message is larger than %d bytes or %d numerics", maxRaw, maxNumerics)
	case r.ReceivedAt.IsZero():
		return nil, invalid("message has no time of receipt")
	}
	m := &message{device: r.Device, control: plain(r.ControlKey), digest: sha256.Sum256(r.Raw), received: r.ReceivedAt.UnixMicro(), rejected: r.Rejected}
	m.keep(r.Rows, journal.Time(r.ReceivedAt))
	if len(m.rows)+len(m.rejected) > 0 {
		m.raw = append([]byte{}, r.Raw...)
	}
	var err error
	m.body, err = series.Encode(m.device, m.rows)
	return m, err
}

// keep takes the rows that a chunk can hold; one that it cannot is put beside
// the rejected and never loses the message.
func (m *message) keep(rows []series.Row, received time.Time) {
	var metrics series.Metrics
	for _, r := range rows {
		r.At, r.ReceivedAt, r.Sample.At = journal.Time(r.At), received, journal.Time(r.Sample.At)
		_, err := series.Encode(m.device, []series.Row{r})
		if err == nil && !metrics.Take(r) {
			err = errors.New("the message holds more kinds and sites than one chunk can")
		}
		if err != nil {
			m.rejected = append(m.rejected[:len(m.rejected):len(m.rejected)],
				series.Rejected{Name: r.Sample.Source, Value: fmt.Sprint(float64(r.Sample.Value)), Reason: err.Error()})
			continue
		}
		at := r.At.UnixMicro()
		if len(m.rows) == 0 {
			m.first, m.last = at, at
		}
		m.first, m.last = min(m.first, at), max(m.last, at)
		m.rows = append(m.rows, r)
	}
}

// plain cuts a text from outside to what every engine can hold.
func plain(s string) string {
	if len(s) > maxWord {
		s = s[:maxWord]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func (t *telemetryTx) receive(ctx context.Context, m *message) (cursor int64, duplicate bool, err error) {
	var raw any
	if m.raw != nil {
		raw = m.raw
	}
	n, err := t.c.changed(ctx, `INSERT INTO inbox (clinic, cursor, device, control, digest, received_at, raw) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (clinic, device, control, digest) DO NOTHING`,
		t.clinic, t.cursor+1, string(m.device), m.control, m.digest[:], m.received, raw)
	if err != nil {
		return 0, false, fmt.Errorf("write inbox: %w", err)
	}
	if n == 0 {
		_, err := one(ctx, t.c, []any{&cursor}, "SELECT cursor FROM inbox WHERE clinic = ? AND device = ? AND control = ? AND digest = ?",
			t.clinic, string(m.device), m.control, m.digest[:])
		return cursor, true, err
	}
	t.cursor++
	if len(m.rows) > 0 {
		if err := t.c.exec(ctx, "INSERT INTO sample (clinic, cursor, device, received_at, first_at, last_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
			t.clinic, t.cursor, string(m.device), m.received, m.first, m.last, m.body); err != nil {
			return 0, false, fmt.Errorf("write samples: %w", err)
		}
	}
	return t.cursor, false, t.quarantine(ctx, m)
}

var insertQuarantine = newInsertion("INSERT INTO quarantine (clinic, cursor, number, device, received_at, code, name, value, reason)", "", 9)

func (t *telemetryTx) quarantine(ctx context.Context, m *message) error {
	args := make([]any, 0, len(m.rejected)*insertQuarantine.columns)
	for i, r := range m.rejected {
		args = append(args, t.clinic, t.cursor, int64(i), string(m.device), m.received, plain(r.Code), plain(r.Name), plain(r.Value), plain(r.Reason))
	}
	if err := t.c.insert(ctx, insertQuarantine, args); err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	return nil
}

// Quarantined lists numerics that were not accepted since a time, newest
// first, at most limit.
func (s *Store) Quarantined(ctx context.Context, since time.Time, limit int) ([]series.Quarantined, error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	var out []series.Quarantined
	err := each(ctx, s.db.readTelemetry(), func(scan func(...any) error) error {
		var q series.Quarantined
		var received int64
		err := scan(&q.Device, &q.Cursor, &received, &q.Code, &q.Name, &q.Value, &q.Reason)
		q.ReceivedAt = time.UnixMicro(received).UTC()
		out = append(out, q)
		return err
	}, "SELECT device, cursor, received_at, code, name, value, reason FROM quarantine WHERE clinic = ? AND received_at >= ? ORDER BY received_at DESC, cursor DESC, number LIMIT ?",
		string(s.o.Clinic), since.UnixMicro(), int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	return out, nil
}
