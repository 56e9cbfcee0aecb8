package sqlstore

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// job is one caller's change to the record database.
type job struct {
	ticket
	store *Store
	// command, where set, is looked up together with the group's others.
	command ident.Command
	// bare jobs come before there are heads to lock: lease and first rows.
	bare bool
	// alone jobs read in the transaction what others of a group would only
	// write at its end, so they get one of their own.
	alone bool
	// run first checks, and returns an error while nothing is changed; then
	// changes. It may be run again if the group it was in was rolled back.
	run func(ctx context.Context, t *clinicTx) error
}

// brokenError wraps a failure of the database itself: the transaction is
// lost, not only this job.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

func broken(err error) error {
	if err == nil {
		return nil
	}
	return &brokenError{err}
}

// recordWriter runs groups of jobs, each group in one transaction.
type recordWriter struct {
	c      *conn
	mover  *mover
	memory map[ident.Clinic]*memory
	// version is the database's after our last commit, where the engine says.
	version uint64
	known   bool
}

func newRecordWriter(e Engine) *recordWriter {
	c := newConn(e.Record, e.Dialect)
	return &recordWriter{c: c, mover: newMover(c, e.ReadRecord), memory: map[ident.Clinic]*memory{}}
}

func (w *recordWriter) end() { w.mover.close() }

// run takes a group together and, when the database refuses, one by one.
func (w *recordWriter) run(group []*job) {
	var alone []*job
	group = slices.DeleteFunc(group, func(j *job) bool {
		if j.alone || j.bare {
			alone = append(alone, j)
		}
		return j.alone || j.bare
	})
	// Most commands are new, so the first try looks none up: the table of
	// commands refuses one that was taken before, and the second try looks.
	if len(group) > 0 && w.together(group, false) != nil && w.together(group, true) != nil {
		alone = append(group, alone...)
	}
	for _, j := range alone {
		if err := w.together([]*job{j}, true); err != nil {
			j.finish(err)
		}
	}
}

// together runs a group in one transaction. On an error nothing is durable
// and no caller has been told anything.
func (w *recordWriter) together(group []*job, lookUp bool) error {
	// A caller that goes away must not break its neighbours' transaction.
	ctx := context.Background()
	begun := w.c.begin(ctx)
	w.doubt()
	if begun != nil {
		return begun
	}
	tx := &recordTx{w: w, jobs: len(group), lookUp: lookUp, clinics: map[ident.Clinic]*clinicTx{}}
	outcome, err := tx.runAll(ctx, group)
	if err == nil {
		err = tx.flush(ctx)
	}
	if err == nil {
		err = w.c.commit(ctx)
	}
	if err != nil {
		w.c.rollback(ctx)
		clear(w.memory)
		return err
	}
	w.version, w.known = w.c.version()
	tx.remember()
	for i, j := range group {
		j.finish(outcome[i])
	}
	// Callers go first: what follows is for later, and those who come again at
	// once make one large group instead of two small ones.
	runtime.Gosched()
	tx.tell()
	tx.writeLines(ctx)
	log := group[0].store.o.Log
	w.mover.committed(ctx, log)
	if tx.erased() && w.c.dialect.Scrub != "" {
		w.scrub(ctx, log)
	}
	return nil
}

// doubt begins a transaction: the heads and leases remembered must be read
// again unless the engine says that nobody else has written since. It asks
// inside the transaction, where nobody else can.
func (w *recordWriter) doubt() {
	v, ok := w.c.version()
	same := ok && w.known && v == w.version
	w.known = false // until the commit: another connection counts otherwise
	if same {
		return
	}
	for _, m := range w.memory {
		m.sure = false
	}
}

// scrub asks the engine to drop its own old copies of erased rows. It is
// tried again with the next erasure; the engine does it in time by itself.
func (w *recordWriter) scrub(ctx context.Context, log *slog.Logger) {
	w.mover.settle(ctx, log) // the engine does not scrub while it moves
	var busy, pages, moved int64
	_, err := one(ctx, w.c, []any{&busy, &pages, &moved}, w.c.dialect.Scrub)
	if err == nil && busy != 0 {
		err = errors.New("somebody reads it")
	}
	if err != nil {
		log.WarnContext(ctx, "old copies of an erased row stay in the write-ahead log for now", slog.Any("error", err))
	}
}

// recordTx is one transaction over the record database.
type recordTx struct {
	w       *recordWriter
	jobs    int
	lookUp  bool // every command, before anything is done
	clinics map[ident.Clinic]*clinicTx
}

// runAll runs each job; the error it returns, if any, means the transaction
// is lost.
func (tx *recordTx) runAll(ctx context.Context, group []*job) ([]error, error) {
	outcome := make([]error, len(group))
	if tx.lookUp {
		if err := tx.prefetch(ctx, group); err != nil {
			return nil, err
		}
	}
	for i, j := range group {
		if outcome[i] = j.ctx.Err(); outcome[i] != nil {
			continue
		}
		t, err := tx.clinic(ctx, j)
		if err == nil {
			err = j.run(ctx, t)
		}
		var lost *brokenError
		if errors.As(err, &lost) {
			return nil, err
		}
		outcome[i] = err
	}
	return outcome, nil
}

// clinic returns the transaction's view of the job's clinic: its heads are
// known and locked, and the lease is this process's.
func (tx *recordTx) clinic(ctx context.Context, j *job) (*clinicTx, error) {
	clinic := j.store.o.Clinic
	if t, ok := tx.clinics[clinic]; ok {
		return t, nil
	}
	t := newClinicTx(tx.w.c, j.store, tx.jobs)
	t.lookedUp = tx.lookUp
	m := tx.w.memory[clinic]
	if j.bare {
		delete(tx.w.memory, clinic) // it may change the lease
		return t, nil
	}
	if m != nil && m.sure && m.holder == j.store.lease {
		t.heads = m.heads
	} else {
		delete(tx.w.memory, clinic) // stays so when this process may not write
		if err := t.lock(ctx); err != nil {
			return nil, err
		}
		if m == nil || !m.fits(t.heads) {
			m = newMemory()
		}
		m.heads, m.holder, m.sure = t.heads, j.store.lease, true
		tx.w.memory[clinic] = m
	}
	t.memory = m
	tx.clinics[clinic] = t
	return t, nil
}

// prefetch looks up the commands of the whole group at once.
func (tx *recordTx) prefetch(ctx context.Context, group []*job) error {
	wanted := map[*Store][]any{}
	first := map[*Store]*job{}
	for _, j := range group {
		if j.command != "" && j.ctx.Err() == nil {
			wanted[j.store] = append(wanted[j.store], string(j.command))
			first[j.store] = j
		}
	}
	for s, commands := range wanted {
		t, err := tx.clinic(ctx, first[s])
		if errors.Is(err, ErrLease) {
			continue // each job will hear it
		}
		if err != nil {
			return err
		}
		if err := t.readCommands(ctx, commands); err != nil {
			return err
		}
	}
	return nil
}

func (tx *recordTx) flush(ctx context.Context) error {
	for _, t := range tx.clinics {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (tx *recordTx) remember() {
	for _, t := range tx.clinics {
		t.remember()
	}
}

// writeLines follows the commit: a line ahead of the log would mean tampering.
func (tx *recordTx) writeLines(ctx context.Context) {
	for _, t := range tx.clinics {
		if err := t.store.lines.append(t.signed); err != nil {
			t.store.o.Log.ErrorContext(ctx, "checkpoint not written to checkpoints.log", slog.Any("error", err))
		}
	}
}

func (tx *recordTx) tell() {
	for _, t := range tx.clinics {
		if len(t.pending[record].records) > 0 {
			t.store.hints.tell(t.heads[record].position)
		}
	}
}

func (tx *recordTx) erased() bool {
	for _, t := range tx.clinics {
		if len(t.erase) > 0 {
			return true
		}
	}
	return false
}

// do hands a change to the writer and waits until it is durable, or the
// caller gives up; then the change may still become durable.
func (s *Store) do(ctx context.Context, j *job) error {
	if s.record == nil {
		return ErrReadOnly
	}
	j.store, j.ticket = s, ticket{ctx: ctx, done: make(chan struct{})}
	if err := s.record.put(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
