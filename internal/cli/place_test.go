package cli

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/postgres"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
	"github.com/stillwatch/stillwatch/internal/testenv"
)

// site is where one test's clinic keeps its record, and how a command line
// names it.
type site struct {
	storetest.Place
	flags []string
}

// verify is a command line that verifies the record.
func (s site) verify(more ...string) []string { return s.command("verify", more...) }

// serve is a command line that serves the clinic north on loopback.
func (s site) serve(more ...string) []string {
	return append(s.command("serve", "--clinic", "north", "--zone", "UTC", "--listen", "127.0.0.1:0", "--plain-http", "--debug-listen", ""), more...)
}

func (s site) command(name string, more ...string) []string {
	return append(append([]string{name}, s.flags...), more...)
}

// TestEngines runs what the commands promise on a data directory, and on a
// database of a private PostgreSQL where that is installed.
func TestEngines(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*testing.T, site){
		"Verify_Counts":            verifyCounts,
		"Verify_FindsTampering":    verifyFindsTampering,
		"Verify_RemovedTail":       verifyRemovedTail,
		"Serve":                    serveAndLook,
		"Serve_SecondProcessWaits": secondProcessWaits,
	}
	all := func(t *testing.T, fresh func(t *testing.T) site) {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, fresh(t))
			})
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		all(t, func(t *testing.T) site {
			dir := t.TempDir()
			return site{embedded(dir), []string{"--data", dir}}
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		server := testenv.StartPostgres(t)
		admin := storetest.Under(t, "pgx", server.URL)
		var n atomic.Int64
		t.Run("all", func(t *testing.T) { // ends before the server does
			all(t, func(t *testing.T) site {
				name := fmt.Sprint("clinic", n.Add(1))
				if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
					t.Fatal(err)
				}
				dir, url := t.TempDir(), strings.Replace(server.URL, "dbname=postgres", "dbname="+name, 1)
				return site{database(dir, url), []string{"--data", dir, "--database", url}}
			})
		})
	})
}

func embedded(dir string) storetest.Place {
	open := func(readOnly bool) func(context.Context, sqlstore.Options) (*sqlstore.Store, error) {
		return func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Options: o, ReadOnly: readOnly})
		}
	}
	file := func(name string) func(*testing.T) *sql.DB {
		return func(t *testing.T) *sql.DB {
			return storetest.Under(t, "sqlite", "file:"+filepath.Join(dir, name)+"?_pragma=busy_timeout(10000)")
		}
	}
	return storetest.Place{
		Dialect: sqlite.Dialect(), Dir: dir, Open: open(false), Read: open(true),
		Record: file(sqlite.RecordFile), Telemetry: file(sqlite.TelemetryFile),
	}
}

func database(dir, url string) storetest.Place {
	open := func(readOnly bool) func(context.Context, sqlstore.Options) (*sqlstore.Store, error) {
		return func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
			return postgres.Open(ctx, postgres.Options{Options: o, URL: url, ReadOnly: readOnly})
		}
	}
	schema := func(name string) func(*testing.T) *sql.DB {
		return func(t *testing.T) *sql.DB { return storetest.Under(t, "pgx", url+" search_path="+name) }
	}
	return storetest.Place{
		Dialect: postgres.Dialect(), Dir: dir, Open: open(false), Read: open(true),
		Record: schema("stillwatch"), Telemetry: schema("stillwatch_telemetry"),
	}
}

// must runs one statement beneath the store that changes a row.
func must(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	r, err := db.ExecContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s: changed %d rows (%v)", query, n, err)
	}
}

// stillwatch runs one command line.
func stillwatch(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e)
	return status, o.String(), e.String()
}

// want runs a command line that must end with a status and say something.
func want(t *testing.T, status int, says string, args ...string) string {
	t.Helper()
	got, out, errOut := stillwatch(t, args...)
	if got != status || !strings.Contains(out+errOut, says) {
		t.Errorf("%v: status %d, want %d and %q\n%s%s", args, got, status, says, out, errOut)
	}
	return out
}
