package sqlite

import (
	"bytes"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	driver "modernc.org/sqlite"

	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// frame is a page in the write-ahead log.
const frame = 4096 + 24

// openMoving opens a store that moves its write-ahead log after so many pages.
func openMoving(t *testing.T, dir string, change func(*sqlstore.Dialect), log *slog.Logger) *sqlstore.Store {
	t.Helper()
	e, err := engine(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	change(&e.Dialect)
	o := storetest.Place{Dir: dir}.Options()
	o.Log = log
	s, err := sqlstore.Open(t.Context(), e, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { storetest.MustClose(t, s) })
	return s
}

func size(t *testing.T, dir, file string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func appendEntry(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	storetest.MustAppend(t, s, storetest.Batch(storetest.Stream(), 0, "entry"))
}

// appendUntil appends until something has happened, which takes no more than
// SQLite's own bound lets the write-ahead log grow to.
func appendUntil(t *testing.T, s *sqlstore.Store, happened func() bool) {
	t.Helper()
	for range mostFrames / 4 {
		appendEntry(t, s)
		if happened() {
			return
		}
	}
	t.Error("it did not happen")
}

// TestMoved_Bounded appends far more than the write-ahead log may hold: it is
// moved into the file again and again, and begins from its start each time.
func TestMoved_Bounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openMoving(t, dir, func(d *sqlstore.Dialect) { d.MoveAt = 50 }, slog.New(slog.DiscardHandler))
	began := size(t, dir, RecordFile)
	appendUntil(t, s, func() bool { return size(t, dir, RecordFile) > began+200*4096 })
	if n := size(t, dir, RecordFile+"-wal"); n > mostFrames*frame/4 {
		t.Errorf("the write-ahead log grew to %d bytes", n)
	}
}

// TestMoved_Reader holds on to an old state: appends go on, and what they
// write is moved when the reader has gone.
func TestMoved_Reader(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openMoving(t, dir, func(d *sqlstore.Dialect) { d.MoveAt = 50 }, slog.New(slog.DiscardHandler))
	appendEntry(t, s)
	db := storetest.Under(t, "sqlite", source(filepath.Join(dir, RecordFile)))
	reader, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM event").Scan(&n); err != nil || n != 1 {
		t.Fatalf("reader sees %d entries (%v)", n, err)
	}
	for range 200 {
		appendEntry(t, s)
	}
	kept, held := size(t, dir, RecordFile), size(t, dir, RecordFile+"-wal")
	if held < 200*frame {
		t.Errorf("%d bytes are held for the reader", held)
	}
	if err := reader.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM event").Scan(&n); err != nil || n != 1 {
		t.Errorf("reader sees %d entries (%v) in one transaction", n, err)
	}
	if err := reader.Commit(); err != nil {
		t.Fatal(err)
	}
	appendUntil(t, s, func() bool { return size(t, dir, RecordFile) > kept })
	if n := size(t, dir, RecordFile+"-wal"); n > mostFrames*frame/4 {
		t.Errorf("the write-ahead log grew to %d bytes", n)
	}
}

// said is a log that tests read.
type said struct {
	mu   sync.Mutex // held for one line
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.text.String(), text)
}

// TestMoved_Fault breaks the moving: entries are taken as before, the log of
// the program says what is wrong, and SQLite's own bound is still in force.
func TestMoved_Fault(t *testing.T) {
	t.Parallel()
	var log said
	dir := t.TempDir()
	s := openMoving(t, dir, func(d *sqlstore.Dialect) { d.Move, d.MoveAt = "no such statement", 1 }, slog.New(slog.NewTextHandler(&log, nil)))
	appendUntil(t, s, func() bool { return log.has("write-ahead log not moved") })
	if r := storetest.MustVerify(t, s); !r.OK() {
		t.Error(r.Text())
	}
}

// TestPools_Bound reads back the bound that holds when nothing is moved.
func TestPools_Bound(t *testing.T) {
	t.Parallel()
	write, read, err := pools(t.Context(), filepath.Join(t.TempDir(), RecordFile), false)
	if err != nil {
		t.Fatal(err)
	}
	var frames int
	if err := write.QueryRowContext(t.Context(), "PRAGMA wal_autocheckpoint").Scan(&frames); err != nil || frames != mostFrames {
		t.Errorf("SQLite moves its log at %d frames (%v), want %d", frames, err, mostFrames)
	}
	if err := closeAll(sqlstore.Engine{Record: write, ReadRecord: read}); err != nil {
		t.Error(err)
	}
}

// TestErased_NoBytesLeft erases details while the log is being moved all the
// time: afterwards no file of the record has a byte of them.
func TestErased_NoBytesLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openMoving(t, dir, func(d *sqlstore.Dialect) { d.MoveAt = 1 }, slog.New(slog.DiscardHandler))
	text := []byte("a name that is to be forgotten")
	for n := range int64(20) {
		b, d := storetest.WithDetail(storetest.Stream(), 0, string(text))
		storetest.MustAppend(t, s, b)
		storetest.MustAppend(t, s, storetest.Erase(n, d.ID))
		if err := s.Audit(t.Context(), storetest.Note("read", "a")); err != nil { // comes after the scrubbing
			t.Fatal(err)
		}
		for _, file := range []string{RecordFile, RecordFile + "-wal"} {
			raw, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, text) {
				t.Fatalf("erasure %d left the text in %s", n, file)
			}
		}
	}
}

// TestSyncData sees that a commit waits for the data alone.
func TestSyncData(t *testing.T) {
	t.Parallel()
	if err := syncData(); err != nil || !driver.FdatasyncEnabled() {
		t.Errorf("commits sync with fdatasync: %v (%v)", driver.FdatasyncEnabled(), err)
	}
}

// TestVersion sees every kind of change that is not the connection's own.
func TestVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openMoving(t, dir, func(*sqlstore.Dialect) {}, slog.New(slog.DiscardHandler))
	appendEntry(t, s)
	path := source(filepath.Join(dir, RecordFile))
	mine, err := storetest.Under(t, "sqlite", path).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	theirs := storetest.Under(t, "sqlite", path)
	run := func(query string) {
		if _, err := mine.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	look := func() (v uint64) {
		if err := mine.Raw(func(on any) (err error) { v, err = version(on); return err }); err != nil {
			t.Fatal(err)
		}
		return v
	}
	within := func() uint64 {
		run("BEGIN IMMEDIATE")
		v := look()
		run("ROLLBACK")
		return v
	}
	change := "UPDATE lease SET until = until + 1"
	for range 3 {
		run("BEGIN IMMEDIATE")
		run(change)
		run("COMMIT")
		own := look()
		if v := within(); v != own {
			t.Errorf("version %d after a commit of its own, %d in the next transaction", own, v)
		}
		if _, err := theirs.ExecContext(t.Context(), "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			t.Fatal(err)
		}
		run("BEGIN IMMEDIATE")
		run(change)
		run("COMMIT")
		own = look()
		if _, err := theirs.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if v := within(); v == own {
			t.Errorf("version stays %d when another connection has written", v)
		}
	}
	if err := mine.Close(); err != nil {
		t.Error(err)
	}
}
