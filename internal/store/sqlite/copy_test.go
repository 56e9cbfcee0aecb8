package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

func copied(t *testing.T, from, to string) {
	t.Helper()
	for _, name := range []string{sqlite.RecordFile, sqlite.TelemetryFile} {
		f, err := os.Create(filepath.Join(to, name))
		if err == nil {
			err = sqlite.Copy(t.Context(), from, name, f)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCopy_StandsAtOneInstant copies again and again while entries are
// written: every copy is a record whose chains hold.
func TestCopy_StandsAtOneInstant(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := place(t, dir).MustOpen(t)
	ctx, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	writer.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.Append(t.Context(), storetest.Batch(storetest.Stream(), 0, entryText)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	last := int64(-1)
	for range 8 {
		to := t.TempDir()
		lines, err := os.ReadFile(filepath.Join(dir, "checkpoints.log")) // first: a line ahead of the record would be tampering
		if err != nil {
			t.Fatal(err)
		}
		copied(t, dir, to)
		for name, b := range map[string][]byte{"checkpoints.log": lines, "checkpoint.pub": read(t, dir, "checkpoint.pub"), "checkpoint.key": read(t, dir, "checkpoint.key")} {
			if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		report := verified(t, to)
		if !report.OK() {
			t.Fatalf("a copy does not hold: %v", report.Problem)
		}
		if report.Record.Entries < last {
			t.Errorf("a later copy has %d entries, the one before had %d", report.Record.Entries, last)
		}
		last = report.Record.Entries
	}
	stop()
	writer.Wait()
	if last == 0 {
		t.Error("nothing was written meanwhile: this showed nothing")
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func verified(t *testing.T, dir string) sqlstore.Report {
	t.Helper()
	r, err := place(t, dir).MustRead(t).Verify(t.Context(), sqlstore.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCopy_OnlyOfARecord(t *testing.T) {
	t.Parallel()
	if err := sqlite.Copy(t.Context(), t.TempDir(), sqlite.RecordFile, nil); err == nil {
		t.Error("copied a record that is not there")
	}
	dir := t.TempDir()
	place(t, dir).MustOpen(t)
	if err := sqlite.Copy(t.Context(), dir, "checkpoint.key", nil); err == nil {
		t.Error("copied what is no database")
	}
}
