package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
)

// mover sees to it that an engine's write-ahead log is moved into its file
// and so does not grow for ever. The bulk is moved on another connection
// while the writer goes on, so that no caller waits for it; the engine's own
// bound holds where that does not suffice. It belongs to the writer's goroutine.
type mover struct {
	c       *conn
	pool    *sql.DB    // of the connection that moves the bulk
	pages   int        // written since a bulk was begun
	running chan error // of the bulk under way, if any
}

func newMover(c *conn, pool *sql.DB) *mover { return &mover{c: c, pool: pool} }

// committed follows each commit, when its callers have their answer.
func (m *mover) committed(ctx context.Context, log *slog.Logger) {
	if m.c.dialect.Move == "" {
		return
	}
	m.pages += m.c.written()
	if m.running == nil {
		if m.pages >= m.c.dialect.MoveAt {
			m.pages, m.running = 0, make(chan error, 1)
			go func(end chan<- error) { end <- m.bulk(ctx) }(m.running)
		}
		return
	}
	select {
	case err := <-m.running:
		m.running = nil
		m.rest(ctx, err, log)
	default:
	}
}

// bulk moves what is there, then what came while it did.
func (m *mover) bulk(ctx context.Context) error {
	for range 2 {
		if _, err := m.pool.ExecContext(ctx, m.c.dialect.Move); err != nil {
			return err
		}
	}
	return nil
}

// rest moves what came during the bulk: little, and nobody writes now. With
// all of it moved and nobody reading it, the log begins again from its start.
func (m *mover) rest(ctx context.Context, bulk error, log *slog.Logger) {
	err := bulk
	if err == nil {
		err = m.c.exec(ctx, m.c.dialect.Move)
	}
	if err != nil {
		log.ErrorContext(ctx, "write-ahead log not moved into the database: it grows until it is", slog.Any("error", err))
	}
}

// settle waits for the bulk under way. After it nothing is moved until the
// next commit.
func (m *mover) settle(ctx context.Context, log *slog.Logger) {
	if m.running != nil {
		m.rest(ctx, <-m.running, log)
		m.running = nil
	}
}

// close waits for the bulk under way. The engine moves the rest when its last
// connection closes.
func (m *mover) close() {
	if m.running != nil {
		<-m.running //nolint:errcheck // there is no more to be done about it
		m.running = nil
	}
}
