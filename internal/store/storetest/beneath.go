package storetest

import (
	"errors"
	"testing"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// testWrittenBeneath moves the head while a store is open, as another process
// would by writing: what the writer remembers is not trusted.
func testWrittenBeneath(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	MustAppend(t, s, Batch(stream, 1, "two"))
	tp := &tamperer{t: t, p: p, db: p.Record(t)}
	tp.exec("UPDATE log_head SET position = 7 WHERE kind = 'record'")
	tp.exec("UPDATE event SET sequence = 5 WHERE position = 2")
	if r := MustAppend(t, s, Batch(Stream(), 0, "after it")); r[0].Position != 8 {
		t.Errorf("stands at %d, want 8: the head was moved to 7 beneath the store", r[0].Position)
	}
	wantConflict(t, s, Batch(stream, 2, "three"), stream, 2, 5)
	MustAppend(t, s, Batch(stream, 5, "six"))
}

// testLeaseLostBeside takes the lease of one clinic away and lets the other
// one, which shares the writer, append before the first does.
func testLeaseLostBeside(t *testing.T, p Place) {
	s := p.MustOpen(t)
	o := p.Options()
	o.Clinic = "other-clinic"
	other, err := s.DB().Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer MustClose(t, other)
	MustAppend(t, s, Batch(Stream(), 0, "mine"))
	MustAppend(t, other, Batch(Stream(), 0, "theirs"))
	tp := &tamperer{t: t, p: p, db: p.Record(t)}
	tp.exec("UPDATE lease SET holder = 'another process' WHERE clinic = "+tp.mark(1), string(Clinic))
	for range 2 {
		MustAppend(t, other, Batch(Stream(), 0, "theirs"))
		if _, err := s.Append(t.Context(), Batch(Stream(), 0, "not mine any more")); !errors.Is(err, sqlstore.ErrLease) {
			t.Errorf("append without the lease: %v", err)
		}
	}
	if n, _, err := s.Head(t.Context()); err != nil || n != 1 {
		t.Errorf("without the lease %d entries were left (%v), want 1", n-1, err)
	}
}

// testLeaseTakenHere lets a second handle take a clinic over through the very
// writer that the first one uses.
func testLeaseTakenHere(t *testing.T, p Place) {
	if !p.Dialect.Exclusive {
		return // the second handle would wait until the first is closed
	}
	first := p.MustOpen(t)
	MustAppend(t, first, Batch(Stream(), 0, "first"))
	second, err := first.DB().Open(t.Context(), p.Options())
	if err != nil {
		t.Fatal(err)
	}
	defer MustClose(t, second)
	for range 2 {
		if _, err := first.Append(t.Context(), Batch(Stream(), 0, "first again")); !errors.Is(err, sqlstore.ErrLease) {
			t.Errorf("append after another handle took over: %v", err)
		}
		MustAppend(t, second, Batch(Stream(), 0, "second"))
	}
	wantChain(t, second, 3)
}

// testBegunBefore begins streams that are there already, on a store that has
// not looked at them since it was opened.
func testBegunBefore(t *testing.T, p Place) {
	stream, began := Stream(), Batch(Stream(), 0, "one", "two")
	s := p.MustOpen(t)
	MustAppend(t, s, Batch(stream, 0, "one"))
	first := MustAppend(t, s, began)
	MustClose(t, s)

	s = p.MustOpen(t)
	wantConflict(t, s, Batch(stream, 0, "one again"), stream, 0, 1)
	MustClose(t, s)

	s = p.MustOpen(t)
	read := Batch(Stream(), 0, "decided on a stream that had begun")
	read.Expect = append(read.Expect, journal.Expect{Stream: stream})
	wantConflict(t, s, read, stream, 0, 1)
	again, err := s.Append(t.Context(), began)
	if err != nil || !again.Replayed || len(again.Records) != 2 || again.Records[0].Hash != first[0].Hash {
		t.Errorf("the command that began a stream, sent again: replayed %v, %v", again.Replayed, err)
	}
	wantChain(t, s, 3)
}
