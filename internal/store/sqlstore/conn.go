package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// conn is the one connection a writer uses, with the statements prepared on
// it. It belongs to the writer's goroutine.
type conn struct {
	pool    *sql.DB
	dialect Dialect
	c       *sql.Conn
	stmts   map[string]*sql.Stmt
}

func newConn(pool *sql.DB, d Dialect) *conn { return &conn{pool: pool, dialect: d} }

// begin opens a transaction, on a fresh connection if the last one broke.
func (c *conn) begin(ctx context.Context) error {
	if c.c == nil {
		one, err := c.pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connect to database: %w", err)
		}
		c.c, c.stmts = one, map[string]*sql.Stmt{}
	}
	if err := c.exec(ctx, c.dialect.Begin); err != nil {
		c.drop()
		return fmt.Errorf("begin transaction: %w", err)
	}
	return nil
}

func (c *conn) commit(ctx context.Context) error {
	if err := c.exec(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// rollback leaves no transaction open; a connection that cannot do it is dropped.
func (c *conn) rollback(ctx context.Context) {
	if err := c.exec(ctx, "ROLLBACK"); err != nil {
		c.drop()
	}
}

func (c *conn) drop() {
	if c.c == nil {
		return
	}
	// The connection is broken or no longer wanted: its own errors add nothing.
	for _, s := range c.stmts {
		_ = s.Close()
	}
	_ = c.c.Close()
	c.c, c.stmts = nil, nil
}

func (c *conn) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if c.c == nil {
		return nil, errors.New("no connection")
	}
	s, err := c.c.PrepareContext(ctx, c.dialect.rebind(query))
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	c.stmts[query] = s
	return s, nil
}

func (c *conn) exec(ctx context.Context, query string, args ...any) error {
	_, err := c.changed(ctx, query, args...)
	return err
}

// changed runs a statement and returns the number of rows it changed.
func (c *conn) changed(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// QueryContext makes conn a querier.
func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// querier reads rows: the pool of readers, one reading transaction, or the
// writer's own connection.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls row for every row of a query.
func each(ctx context.Context, q querier, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() // rows.Err below says what went wrong
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the first row of a query; ok is false when there is none.
func one(ctx context.Context, q querier, into []any, query string, args ...any) (ok bool, err error) {
	err = each(ctx, q, func(scan func(...any) error) error {
		if ok {
			return nil
		}
		ok = true
		return scan(into...)
	}, query, args...)
	return ok && err == nil, err
}

// insert writes rows by multi-row statements of a few fixed sizes, so that
// few statements are prepared and few calls are made.
func (c *conn) insert(ctx context.Context, head, tail string, columns int, args []any) error {
	for _, size := range [...]int{64, 16, 4, 1} {
		for len(args) >= size*columns {
			query := head + " VALUES " + values(columns, size) + tail
			if err := c.exec(ctx, query, args[:size*columns]...); err != nil {
				return err
			}
			args = args[size*columns:]
		}
	}
	return nil
}

// reader is a pool of reading connections whose statements are rebound.
type reader struct {
	pool    *sql.DB
	dialect Dialect
}

func (r reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return r.pool.QueryContext(ctx, r.dialect.rebind(query), args...)
}

// snapshot runs f on one state of the database.
func (r reader) snapshot(ctx context.Context, f func(querier) error) (err error) {
	c := newConn(r.pool, r.dialect)
	c.dialect.Begin = r.dialect.BeginRead
	if err := c.begin(ctx); err != nil {
		return err
	}
	defer c.drop()
	defer c.rollback(context.WithoutCancel(ctx))
	return f(c)
}
