// Package sqlite opens the store in a data directory: record.db and
// telemetry.db, SQLite in pure Go, one process at a time.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	driver "modernc.org/sqlite"

	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// The files in the data directory.
const (
	RecordFile    = "record.db"
	TelemetryFile = "telemetry.db"
	lockFile      = "lock"
)

// minVersion is the first SQLite without the bug that could corrupt a
// database when its write-ahead log was reset (3.7.0 to 3.51.2).
const minVersion = 3_052_000

// Options open a data directory.
type Options struct {
	sqlstore.Options
	// ReadOnly changes nothing, and may be open beside a running server.
	ReadOnly bool
}

// Dialect is SQLite's.
func Dialect() sqlstore.Dialect {
	return sqlstore.Dialect{
		Name:      "sqlite",
		Types:     []string{"BIGINT", "INTEGER"},
		Begin:     "BEGIN IMMEDIATE",
		BeginRead: "BEGIN",
		Exclusive: true,
		Version:   version,
		Move:      "PRAGMA wal_checkpoint(PASSIVE)",
		MoveAt:    1_000, // 4 MB, as SQLite has it
		Written:   written,
		Scrub:     "PRAGMA wal_checkpoint(TRUNCATE)",
	}
}

// version is the pager's data version: it changes with the connection's own
// commits and rollbacks, and when a transaction begins to read what another
// connection committed.
func version(on any) (uint64, error) {
	c, ok := on.(driver.FileControl)
	if !ok {
		return 0, errors.New("not a connection of the driver")
	}
	v, err := c.FileControlDataVersion("main")
	return uint64(v), err
}

// written counts the pages that went to the write-ahead log.
func written(on any) (int, error) {
	c, ok := on.(driver.DBStatus)
	if !ok {
		return 0, errors.New("not a connection of the driver")
	}
	n, _, err := c.Status(driver.DBStatusCacheWrite, true)
	return n, err
}

// mostFrames is how many frames the write-ahead log may have before SQLite
// moves them in the commit that finds so many: the bound, should the mover not
// come behind because readers hold on to an old state. 64 MB.
const mostFrames = 16_000

// Open opens one clinic's record. Closing the store closes the directory.
func Open(ctx context.Context, o Options) (*sqlstore.Store, error) {
	e, err := engine(ctx, o.Dir, o.ReadOnly)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	return sqlstore.Open(ctx, e, o.Options)
}

// OpenDB opens a data directory without choosing a clinic.
func OpenDB(ctx context.Context, dir string, readOnly bool) (*sqlstore.DB, error) {
	e, err := engine(ctx, dir, readOnly)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return sqlstore.NewDB(ctx, e)
}

// Exists reports whether a directory holds a record.
func Exists(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, RecordFile))
	return err == nil && info.Mode().IsRegular()
}

func engine(ctx context.Context, dir string, readOnly bool) (sqlstore.Engine, error) {
	return engineOn(ctx, fileSystem, dir, readOnly)
}

// engineOn is told how to find out what a directory is on.
func engineOn(ctx context.Context, kindOf func(dir string) (int64, error), dir string, readOnly bool) (e sqlstore.Engine, err error) {
	e = sqlstore.Engine{Dialect: Dialect(), ReadOnly: readOnly}
	if readOnly && !Exists(dir) {
		return e, errors.New("there is no record here")
	}
	if !readOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return e, err
		}
	}
	if err := syncData(); err != nil {
		return e, err
	}
	kind, err := kindOf(dir)
	if err != nil {
		return e, err
	}
	if err := refuseRemote(kind); err != nil {
		return e, err
	}
	if !readOnly {
		if e.Release, err = lock(dir); err != nil {
			return e, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(e))
		}
	}()
	// secure_delete: an erased row leaves no bytes behind in a free page.
	if e.Record, e.ReadRecord, err = pools(ctx, filepath.Join(dir, RecordFile), readOnly, "secure_delete(1)"); err != nil {
		return e, err
	}
	e.Telemetry, e.ReadTelemetry, err = pools(ctx, filepath.Join(dir, TelemetryFile), readOnly)
	return e, err
}

// syncData makes a commit wait for what it wrote and the file's size, but not
// for its time stamps, as SQLite does wherever it is built for the system it
// runs on: fsync also waits for the file system's journal to write those.
// Where the driver has no such call it goes on with fsync.
func syncData() error {
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return err
	}
	return nil
}

func closeAll(e sqlstore.Engine) error {
	var errs []error
	for _, p := range []*sql.DB{e.Record, e.ReadRecord, e.Telemetry, e.ReadTelemetry} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if e.Release != nil {
		errs = append(errs, e.Release())
	}
	return errors.Join(errs...)
}

// pools opens one writing connection, made first because it makes the file,
// and several reading ones.
func pools(ctx context.Context, path string, readOnly bool, more ...string) (write, read *sql.DB, err error) {
	if !readOnly {
		if err := makePrivate(path); err != nil {
			return nil, nil, err
		}
		if write, err = sql.Open("sqlite", source(path, append(more, fmt.Sprintf("wal_autocheckpoint(%d)", mostFrames))...)); err != nil {
			return nil, nil, err
		}
		write.SetMaxOpenConns(1)
		if err := readBack(ctx, write); err != nil {
			return write, nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	if read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		return write, nil, err
	}
	most := max(4, runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(most)
	read.SetMaxIdleConns(most)
	if err := readBack(ctx, read); err != nil {
		return write, read, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return write, read, nil
}

// makePrivate makes the file before SQLite would, for its owner only; the
// files SQLite puts beside it take its mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// source names a file and its pragmas. The wait for a lock comes first: the
// pragmas after it may already meet one.
func source(path string, more ...string) string {
	q := url.Values{}
	for _, p := range append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}, more...) {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// readBack refuses to run on settings other than those asked for.
func readBack(ctx context.Context, db *sql.DB) error {
	var version, mode string
	var synchronous int
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("journal mode is %s and synchronous %d: wal and 2 are needed for entries to be durable", mode, synchronous)
	}
	return nil
}

func checkVersion(version string) error {
	f := strings.Split(version, ".")
	number := 0
	for i := range 3 {
		n := 0
		if i < len(f) {
			var err error
			if n, err = strconv.Atoi(f[i]); err != nil {
				return fmt.Errorf("version of SQLite %q cannot be read", version)
			}
		}
		number = number*1000 + n
	}
	if number < minVersion {
		return fmt.Errorf("SQLite %s can corrupt its write-ahead log: 3.52.0 or later is needed", version)
	}
	return nil
}
