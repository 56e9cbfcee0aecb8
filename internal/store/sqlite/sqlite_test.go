package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, fresh)
}

func fresh(t *testing.T) storetest.Place {
	t.Helper()
	return place(t, t.TempDir())
}

func place(t testing.TB, dir string) storetest.Place {
	t.Helper()
	return storetest.Place{
		Dialect: sqlite.Dialect(),
		Dir:     dir,
		Open: func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Options: o})
		},
		Read: func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Options: o, ReadOnly: true})
		},
		Record:    func(t *testing.T) *sql.DB { return storetest.Under(t, "sqlite", source(dir, sqlite.RecordFile)) },
		Telemetry: func(t *testing.T) *sql.DB { return storetest.Under(t, "sqlite", source(dir, sqlite.TelemetryFile)) },
	}
}

// source reaches a file beneath the store.
func source(dir, file string) string {
	return "file:" + filepath.Join(dir, file) + "?_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)"
}
