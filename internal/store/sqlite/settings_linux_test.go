package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// TestPools_ReadBack opens a database with settings that would lose entries:
// what is really in force is read back and refused.
func TestPools_ReadBack(t *testing.T) {
	t.Parallel()
	for pragma, says := range map[string]string{
		"synchronous(NORMAL)": "synchronous 1",
		"synchronous(OFF)":    "synchronous 0",
	} {
		write, read, err := pools(t.Context(), filepath.Join(t.TempDir(), RecordFile), false, pragma)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", pragma, err, says)
		}
		if err := closeAll(sqlstore.Engine{Record: write, ReadRecord: read}); err != nil {
			t.Error(err)
		}
	}
}

// TestReadBack_JournalMode reads back a database that is not in WAL mode.
func TestReadBack_JournalMode(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "plain.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := readBack(t.Context(), db); err == nil || !strings.Contains(err.Error(), "journal mode is delete") {
		t.Errorf("without a write-ahead log: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func TestCheckVersion(t *testing.T) {
	t.Parallel()
	for version, ok := range map[string]bool{
		"3.51.2": false, "3.51.99": false, "3.7.0": false, "2.99.99": false, "3.52.0": true, "3.52": true, "3.100.1": true, "4.0.0": true, "": false, "3.x": false,
	} {
		if err := checkVersion(version); (err == nil) != ok {
			t.Errorf("SQLite %q: %v", version, err)
		}
	}
}

func TestEngine_RefusesNetworkFileSystems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	on := func(kind int64) func(string) (int64, error) {
		return func(string) (int64, error) { return kind, nil }
	}
	for name, kind := range map[string]int64{"NFS": 0x6969, "SMB2": 0xfe534d42, "FUSE": 0x65735546} {
		e, err := engineOn(context.Background(), on(kind), dir, false)
		if err == nil || !strings.Contains(err.Error(), name+" file system") {
			t.Errorf("%s: %v", name, err)
		}
		if e.Record != nil || Exists(dir) {
			t.Errorf("%s: files were made before it was refused", name)
		}
	}
	e, err := engineOn(context.Background(), on(0xef53), dir, false) // ext4
	if err != nil {
		t.Fatal(err)
	}
	if err := closeAll(e); err != nil {
		t.Error(err)
	}
}
