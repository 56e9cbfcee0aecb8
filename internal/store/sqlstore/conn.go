package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	// What changes rows runs on the driver's own statements: every append
	// pays for each layer between.
	direct map[string]driver.Stmt
	args   []driver.NamedValue // of one statement, used again
}

func newConn(pool *sql.DB, d Dialect) *conn { return &conn{pool: pool, dialect: d} }

// begin opens a transaction, on a fresh connection if the last one broke.
func (c *conn) begin(ctx context.Context) error {
	if c.c == nil {
		one, err := c.pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connect to database: %w", err)
		}
		c.c, c.stmts, c.direct = one, map[string]*sql.Stmt{}, map[string]driver.Stmt{}
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
	_ = c.c.Raw(func(any) error {
		for _, s := range c.direct {
			_ = s.Close()
		}
		return nil
	})
	_ = c.c.Close()
	c.c, c.stmts, c.direct = nil, nil, nil
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
// Arguments are int64, string, []byte or nil.
func (c *conn) changed(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = c.raw(func(on any) error {
		s, err := c.prepared(ctx, on, query)
		if err != nil {
			return err
		}
		c.args = c.args[:0]
		for i, a := range args {
			c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
		}
		r, err := s.ExecContext(ctx, c.args)
		clear(c.args) // holds on to nothing of the caller's
		if err != nil {
			return err
		}
		n, err = r.RowsAffected()
		return err
	})
	return n, err
}

// raw runs f on the driver's connection.
func (c *conn) raw(f func(on any) error) error {
	if c.c == nil {
		return errors.New("no connection")
	}
	return c.c.Raw(f)
}

// prepared is a statement of the driver's connection, prepared once.
func (c *conn) prepared(ctx context.Context, on any, query string) (driver.StmtExecContext, error) {
	s, ok := c.direct[query]
	if !ok {
		p, can := on.(driver.ConnPrepareContext)
		if !can {
			return nil, errors.New("driver prepares no statements")
		}
		var err error
		if s, err = p.PrepareContext(ctx, c.dialect.rebind(query)); err != nil {
			return nil, fmt.Errorf("prepare statement: %w", err)
		}
		c.direct[query] = s
	}
	e, can := s.(driver.StmtExecContext)
	if !can {
		return nil, errors.New("driver runs no prepared statements")
	}
	return e, nil
}

// version is the engine's number of the state the connection last saw; ok is
// false when the engine has none.
func (c *conn) version() (v uint64, ok bool) {
	if c.dialect.Version == nil {
		return 0, false
	}
	err := c.raw(func(on any) (err error) {
		v, err = c.dialect.Version(on)
		return err
	})
	return v, err == nil
}

// written is how many pages were written to the engine's log since it was
// last asked.
func (c *conn) written() (pages int) {
	// An engine that cannot say has a bound of its own.
	_ = c.raw(func(on any) (err error) {
		pages, err = c.dialect.Written(on)
		return err
	})
	return pages
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

// insertion is a statement that writes one row or many, spelled out for a
// few fixed numbers of rows, so that few statements are prepared and few
// calls are made.
type insertion struct {
	columns int
	of      [len(insertSizes)]string // by size
}

var insertSizes = [...]int{64, 16, 4, 1}

func newInsertion(head, tail string, columns int) *insertion {
	i := &insertion{columns: columns}
	for at, size := range insertSizes {
		i.of[at] = head + " VALUES " + values(columns, size) + tail
	}
	return i
}

// insert writes rows, given as their arguments in order.
func (c *conn) insert(ctx context.Context, i *insertion, args []any) error {
	for at, size := range insertSizes {
		for n := size * i.columns; len(args) >= n; args = args[n:] {
			if err := c.exec(ctx, i.of[at], args[:n]...); err != nil {
				return err
			}
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
