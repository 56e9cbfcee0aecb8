package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// tally counts entries per stream, and all of them under "all". An entry that
// says "forget" takes its stream's row away; one that says "fail" or "panic"
// makes the fold do so.
type tally struct{ name string }

func (t tally) Name() string { return t.name }

func (t tally) Keys(r journal.Record) []string { return []string{"all", string(r.Stream)} }

func (t tally) Fold(key string, row []byte, r journal.Record) ([]byte, error) {
	said := string(r.Payload)
	switch {
	case strings.Contains(said, `"fail"`):
		return nil, errors.New("fold fails")
	case strings.Contains(said, `"panic"`):
		panic("fold panics")
	case strings.Contains(said, `"forget"`) && key != "all":
		return nil, nil
	}
	n := 0
	if row != nil {
		if _, err := fmt.Sscan(string(row), &n); err != nil {
			return nil, err
		}
	}
	return fmt.Append(nil, n+1), nil
}

func wantRows(t *testing.T, s *sqlstore.Store, name string, want map[string][]byte) {
	t.Helper()
	got, err := s.Projection(t.Context(), name)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("rows of %s (%v) (-want +got)\n%s", name, err, d)
	}
}

func testProjection(t *testing.T, p Place) {
	s := p.MustOpen(t, tally{"tally"})
	a, b := Stream(), Stream()
	MustAppend(t, s, Batch(a, 0, "one", "two"))
	MustAppend(t, s, Batch(b, 0, "one", "forget"))
	wantRows(t, s, "tally", map[string][]byte{"all": []byte("4"), string(a): []byte("2")})
	// After a reopen the rows are read from the database.
	MustClose(t, s)
	s = p.MustOpen(t, tally{"tally"})
	MustAppend(t, s, Batch(a, 2, "three"))
	if _, err := s.Append(t.Context(), Batch(a, 2, "late")); !errors.Is(err, journal.ErrConflict) {
		t.Fatal(err)
	}
	wantRows(t, s, "tally", map[string][]byte{"all": []byte("5"), string(a): []byte("3")})
	row, ok, err := s.ProjectionRow(t.Context(), "tally", "all")
	if err != nil || !ok || string(row) != "5" {
		t.Errorf("one row: %q, %v, %v", row, ok, err)
	}
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := s.Append(t.Context(), Batch(Stream(), 0, "forget")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantRows(t, s, "tally", map[string][]byte{"all": []byte("45"), string(a): []byte("3")})
}

func testProjectionFault(t *testing.T, p Place) {
	s := p.MustOpen(t, tally{"tally"})
	stream := Stream()
	for i, text := range []string{"one", "fail", "panic", "two"} {
		MustAppend(t, s, Batch(stream, int64(i), text))
	}
	wantChain(t, s, 4)
	wantRows(t, s, "tally", map[string][]byte{"all": []byte("2"), string(stream): []byte("2")})
	if f := s.Faults(); f["tally"] == nil {
		t.Error("a fold that failed is not reported")
	}
}

func testProjectionNew(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one", "two"))
	MustClose(t, s)
	s = p.MustOpen(t, tally{"added"})
	wantRows(t, s, "added", map[string][]byte{"all": []byte("2"), string(stream): []byte("2")})
}

func testRebuild(t *testing.T, p Place) {
	s := p.MustOpen(t, tally{"tally"})
	a, b := Stream(), Stream()
	MustAppend(t, s, Batch(a, 0, "one", "two"))
	MustAppend(t, s, Batch(b, 0, "one"))
	check := func(want ...sqlstore.Difference) {
		t.Helper()
		r, err := s.Rebuild(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, r.Projections[0].Differences); d != "" || r.Position != 3 || r.Differs() != (len(want) > 0) {
			t.Errorf("rebuild with check (-want +got)\n%s%s", d, r.Text())
		}
	}
	check()
	db := p.Record(t)
	for _, q := range []string{
		"UPDATE projection SET row = CAST('9' AS " + p.blob() + ") WHERE key = 'all'",
		"DELETE FROM projection WHERE key = '" + string(a) + "'",
		"INSERT INTO projection (clinic, name, key, row, position) VALUES ('" + string(Clinic) + "', 'tally', 'stray', CAST('1' AS " + p.blob() + "), 1)",
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	check(sqlstore.Difference{Key: "all", What: "differs"}, sqlstore.Difference{Key: string(a), What: "missing"}, sqlstore.Difference{Key: "stray", What: "left over"})
	r, err := s.Rebuild(t.Context(), false)
	if err != nil || !r.Differs() {
		t.Fatalf("rebuild: %v, differs %v", err, r.Differs())
	}
	check()
	MustAppend(t, s, Batch(b, 1, "two"))
	wantRows(t, s, "tally", map[string][]byte{"all": []byte("4"), string(a): []byte("2"), string(b): []byte("2")})
}

// blob is the engine's type of bytes.
func (p Place) blob() string {
	if p.Dialect.Numbered {
		return "BYTEA"
	}
	return "BLOB"
}

// testHints sees that a hint never comes before what it hints at can be read.
func testHints(t *testing.T, p Place) {
	s := p.MustOpen(t)
	hints, stop := s.Hints()
	const entries = 50
	go func() {
		for range entries {
			if _, err := s.Append(t.Context(), Batch(Stream(), 0, "entry")); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	for n := int64(0); n < entries; {
		select {
		case n = <-hints:
			got, err := s.Since(t.Context(), n-1, 1)
			if err != nil || len(got) != 1 || got[0].Position != n {
				t.Fatalf("hint at %d, but reading there gives %d entries (%v)", n, len(got), err)
			}
		case <-late.C:
			t.Fatalf("no hint up to %d came", entries)
		}
	}
	stop()
	if _, open := <-hints; open {
		t.Error("hints go on after stop")
	}
	stop()
}

func testConsumer(t *testing.T, p Place) {
	s := p.MustOpen(t)
	for _, want := range []int64{0, 7, 9} {
		if want > 0 {
			if err := s.SetConsumer(t.Context(), "mail", want); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Consumer(t.Context(), "mail"); err != nil || got != want {
			t.Errorf("consumer at %d (%v), want %d", got, err, want)
		}
	}
}

func testReadOnly(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	r := p.MustRead(t)
	if got, err := r.Load(t.Context(), stream); err != nil || len(got) != 1 {
		t.Errorf("beside a writer: %d entries (%v)", len(got), err)
	}
	if _, err := r.Append(t.Context(), Batch(stream, 1, "two")); !errors.Is(err, sqlstore.ErrReadOnly) {
		t.Errorf("append to a store open for reading: %v", err)
	}
	if v := MustVerify(t, r); !v.OK() {
		t.Error(v.Text())
	}
	o := p.Options()
	o.Clinic = "nobody"
	if none, err := p.Read(t.Context(), o); !errors.Is(err, sqlstore.ErrNoClinic) {
		t.Errorf("clinic without a record: %v, %v", none, err)
	}
}
