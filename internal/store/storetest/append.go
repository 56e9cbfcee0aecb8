package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

func testAppend(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	written := MustAppend(t, s, Batch(stream, 0, "one", "two"))
	written = append(written, MustAppend(t, s, Batch(stream, 2, "three"))...)
	loaded, err := s.Load(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(written, loaded); d != "" {
		t.Errorf("what was returned is not what is stored (-returned +stored)\n%s", d)
	}
	w := journal.NewWalker(Clinic, loaded[0].Log)
	for i, r := range loaded {
		if err := w.Next(r); err != nil {
			t.Error(err)
		}
		if r.Position != int64(i+1) || r.Sequence != int64(i+1) {
			t.Errorf("entry %d stands at position %d, sequence %d", i, r.Position, r.Sequence)
		}
	}
	if loaded[1].Index != 1 || loaded[2].Index != 0 {
		t.Errorf("index in command: %d, %d", loaded[1].Index, loaded[2].Index)
	}
	position, hash, err := s.Head(t.Context())
	if err != nil || position != 3 || hash != loaded[2].Hash {
		t.Errorf("head at %d %x (%v), last entry %x", position, hash, err, loaded[2].Hash)
	}
	page, err := s.Since(t.Context(), 1, 1)
	if err != nil || len(page) != 1 || page[0].Position != 2 {
		t.Errorf("since 1, limit 1: %v, %v", page, err)
	}
}

func testSeveralStreams(t *testing.T, p Place) {
	s := p.MustOpen(t)
	a, b := Stream(), Stream()
	batch := Batch(a, 0, "in a")
	batch.Events = append(batch.Events, Draft(b, "in b"), Draft(a, "in a again"))
	batch.Expect = append(batch.Expect, journal.Expect{Stream: b})
	MustAppend(t, s, batch)
	for stream, want := range map[journal.Stream]int{a: 2, b: 1} {
		got, err := s.Load(t.Context(), stream)
		if err != nil || len(got) != want {
			t.Errorf("stream holds %d entries (%v), want %d", len(got), err, want)
		}
	}
}

func wantConflict(t *testing.T, s *sqlstore.Store, b journal.Batch, stream journal.Stream, expected, found int64) {
	t.Helper()
	_, err := s.Append(t.Context(), b)
	var c *sqlstore.ConflictError
	if !errors.Is(err, journal.ErrConflict) || !errors.As(err, &c) {
		t.Fatalf("append: %v, want a conflict", err)
	}
	if d := cmp.Diff(&sqlstore.ConflictError{Stream: stream, Expected: expected, Found: found}, c); d != "" {
		t.Errorf("conflict (-want +got)\n%s", d)
	}
}

func testConflictWritten(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	late := Batch(stream, 0, "two")
	wantConflict(t, s, late, stream, 0, 1)
	// The same command decided again on what is there now stands.
	late.Expect[0].Sequence = 1
	MustAppend(t, s, late)
}

func testConflictRead(t *testing.T, p Place) {
	s := p.MustOpen(t)
	read, written := Stream(), Stream()
	MustAppend(t, s, Batch(read, 0, "consent withdrawn"))
	b := Batch(written, 0, "started")
	b.Expect = append(b.Expect, journal.Expect{Stream: read, Sequence: 0})
	wantConflict(t, s, b, read, 0, 1)
	if got, err := s.Load(t.Context(), written); err != nil || len(got) != 0 {
		t.Errorf("a refused batch left %d entries (%v)", len(got), err)
	}
}

// testNeighbours races appends on one stream with appends on streams of
// their own: only the former may conflict, each writer alone.
func testNeighbours(t *testing.T, p Place) {
	s := p.MustOpen(t)
	shared := Stream()
	const writers = 24
	var wg sync.WaitGroup
	errs := make([]error, 2*writers)
	for i := range writers {
		wg.Go(func() { _, errs[i] = s.Append(t.Context(), Batch(shared, 0, fmt.Sprint("shared ", i))) })
		wg.Go(func() { _, errs[writers+i] = s.Append(t.Context(), Batch(Stream(), 0, "own")) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs[:writers] {
		if err == nil {
			won++
			continue
		}
		if !errors.Is(err, journal.ErrConflict) {
			t.Errorf("writer %d on the shared stream: %v", i, err)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won sequence 1 of the shared stream, want 1", won)
	}
	for i, err := range errs[writers:] {
		if err != nil {
			t.Errorf("writer %d on a stream of its own: %v", i, err)
		}
	}
	wantChain(t, s, writers+1)
}

// testPoison puts a batch that only the database refuses (a detail id used
// twice) among good ones.
func testPoison(t *testing.T, p Place) {
	s := p.MustOpen(t)
	detail := journal.NewDetail(NewID[ident.Detail](), make([]byte, journal.MinSalt), []byte("text"))
	with := func() journal.Batch {
		b := Batch(Stream(), 0, "")
		b.Events[0].Payload = payload(Said{Text: "see detail", Detail: detail.Ref()})
		b.Details = []journal.Detail{detail}
		return b
	}
	MustAppend(t, s, with())
	const writers = 16
	var wg sync.WaitGroup
	errs := make([]error, writers)
	bad := make([]error, writers)
	for i := range writers {
		wg.Go(func() { _, errs[i] = s.Append(t.Context(), Batch(Stream(), 0, "good")) })
		wg.Go(func() { _, bad[i] = s.Append(t.Context(), with()) })
	}
	wg.Wait()
	for i := range writers {
		if errs[i] != nil {
			t.Errorf("good batch %d: %v", i, errs[i])
		}
		if bad[i] == nil {
			t.Errorf("batch %d stored a second detail under a used id", i)
		}
	}
	wantChain(t, s, writers+1)
}

func wantChain(t *testing.T, s *sqlstore.Store, entries int) {
	t.Helper()
	records, err := s.Since(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != entries {
		t.Fatalf("%d entries stored, want %d", len(records), entries)
	}
	w := journal.NewWalker(Clinic, records[0].Log)
	for _, r := range records {
		if err := w.Next(r); err != nil {
			t.Fatal(err)
		}
	}
}

func testReplay(t *testing.T, p Place) {
	s := p.MustOpen(t)
	b := Batch(Stream(), 0, "one", "two")
	first, err := s.Append(t.Context(), b)
	if err != nil || first.Replayed {
		t.Fatalf("first append: replayed %v, %v", first.Replayed, err)
	}
	again, err := s.Append(t.Context(), b)
	if err != nil || !again.Replayed {
		t.Fatalf("second append: replayed %v, %v", again.Replayed, err)
	}
	if d := cmp.Diff(first.Records, again.Records); d != "" {
		t.Errorf("replayed records (-first +again)\n%s", d)
	}
	found, ok, err := s.Outcome(t.Context(), b.Command, b.Digest)
	if err != nil || !ok || cmp.Diff(first.Records, found.Records) != "" {
		t.Errorf("outcome: found %v, %v", ok, err)
	}
	other := b
	other.Digest = sha256.Sum256([]byte("other content"))
	if _, err := s.Append(t.Context(), other); !errors.Is(err, journal.ErrDigest) {
		t.Errorf("same command with other content: %v", err)
	}
	if _, _, err := s.Outcome(t.Context(), b.Command, other.Digest); !errors.Is(err, journal.ErrDigest) {
		t.Errorf("outcome with other content: %v", err)
	}
	if _, ok, err := s.Outcome(t.Context(), NewID[ident.Command](), b.Digest); err != nil || ok {
		t.Errorf("outcome of a command never sent: %v, %v", ok, err)
	}
	testReplayTogether(t, s)
}

// testReplayTogether sends one command many times at once: one is taken, the
// others get its records, also when they share its transaction.
func testReplayTogether(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	b := Batch(Stream(), 0, "once")
	var wg sync.WaitGroup
	results := make([]journal.Result, 16)
	errs := make([]error, len(results))
	for i := range results {
		wg.Go(func() { results[i], errs[i] = s.Append(t.Context(), b) })
	}
	wg.Wait()
	first := 0
	for i, r := range results {
		if errs[i] != nil || len(r.Records) != 1 || r.Records[0].Hash != results[0].Records[0].Hash {
			t.Fatalf("send %d: %v, %d records", i, errs[i], len(r.Records))
		}
		if !r.Replayed {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d sends were taken as the first, want 1", first)
	}
}

func testRefuses(t *testing.T, p Place) {
	s := p.MustOpen(t)
	tests := map[string]func(b *journal.Batch){
		"command id":          func(b *journal.Batch) { b.Command = "x" },
		"nothing":             func(b *journal.Batch) { b.Events = nil },
		"stream not expected": func(b *journal.Batch) { b.Expect = nil },
		"expected twice":      func(b *journal.Batch) { b.Expect = append(b.Expect, b.Expect[0]) },
		"stream name":         func(b *journal.Batch) { b.Events[0].Stream = "Session/x"; b.Expect[0].Stream = "Session/x" },
		"type name":           func(b *journal.Batch) { b.Events[0].Type = "Test Said" },
		"version":             func(b *journal.Batch) { b.Events[0].Version = 0 },
		"not JSON":            func(b *journal.Batch) { b.Events[0].Payload = []byte("{") },
		"too large": func(b *journal.Batch) {
			b.Events[0].Payload = payload(Said{Text: strings.Repeat("x", journal.MaxPayload)})
		},
		"no time": func(b *journal.Batch) { b.Events[0].EffectiveAt = time.Time{} },
		"dangling detail": func(b *journal.Batch) {
			b.Events[0].Payload = payload(Said{Detail: journal.DetailRef{ID: NewID[ident.Detail](), Hash: strings.Repeat("0", 64)}})
		},
		"unused detail": func(b *journal.Batch) {
			b.Details = []journal.Detail{journal.NewDetail(NewID[ident.Detail](), make([]byte, 16), nil)}
		},
		"erasure outside the house": func(b *journal.Batch) { b.Events[0].Type = journal.DetailErased },
		"unknown register": func(b *journal.Batch) {
			b.Registers = []journal.RegisterPut{{Register: "event", ID: "1"}}
			b.Audit = []journal.AuditDraft{Note("changed", "1")}
		},
	}
	for name, spoil := range tests {
		b := Batch(Stream(), 0, "one")
		spoil(&b)
		if _, err := s.Append(t.Context(), b); !errors.Is(err, sqlstore.ErrInvalid) {
			t.Errorf("%s: %v, want an invalid entry", name, err)
		}
	}
	if n, _, err := s.Head(t.Context()); err != nil || n != 0 {
		t.Errorf("refused batches left %d entries (%v)", n, err)
	}
}

func testMonotonic(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	b := Batch(stream, 1, "after the clock went back")
	b.RecordedAt = Start().Add(-time.Hour)
	r := MustAppend(t, s, b)[0]
	if !r.RecordedAt.Equal(Start()) {
		t.Errorf("recorded at %v, before the entry in front of it", r.RecordedAt)
	}
}

func testReopen(t *testing.T, p Place) {
	stream := Stream()
	for i := range 3 {
		s := p.MustOpen(t)
		if w := s.Warnings(); len(w) != 0 {
			t.Errorf("opened with warnings: %q", w)
		}
		MustAppend(t, s, Batch(stream, int64(i), "entry"))
		if i == 2 {
			wantChain(t, s, 3)
		}
		MustClose(t, s)
	}
}

func testTwoClinics(t *testing.T, p Place) {
	db := p.MustOpen(t).DB()
	o := p.Options()
	o.Clinic = "other-clinic"
	other, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer MustClose(t, other)
	stream := Stream()
	MustAppend(t, other, Batch(stream, 0, "theirs"))
	clinics, err := db.Clinics(t.Context())
	if d := cmp.Diff([]ident.Clinic{"other-clinic", Clinic}, clinics); err != nil || d != "" {
		t.Errorf("clinics (%v)\n%s", err, d)
	}
	mine := p.MustRead(t)
	if got, err := mine.Load(t.Context(), stream); err != nil || len(got) != 0 {
		t.Errorf("one clinic reads %d entries of another (%v)", len(got), err)
	}
	r := MustAppend(t, other, Batch(Stream(), 0, "theirs again"))
	if r[0].Position != 2 {
		t.Errorf("position %d, want 2: each clinic counts its own", r[0].Position)
	}
}
