package storetest

import (
	"errors"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// testLeaseLost takes the lease away beneath a store: it writes no more.
func testLeaseLost(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "mine"))
	tp := &tamperer{t: t, p: p, db: p.Record(t)}
	tp.exec("UPDATE lease SET holder = 'another process'")
	if _, err := s.Append(t.Context(), Batch(stream, 1, "not mine any more")); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("append without the lease: %v", err)
	}
	if err := s.Audit(t.Context(), Note("read", "a")); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("audit entry without the lease: %v", err)
	}
	if n, _, err := s.Head(t.Context()); err != nil || n != 1 {
		t.Errorf("a process without the lease left %d entries (%v), want 1", n-1, err)
	}
}

// testLeaseRunsOut lets a second process take over from one that is silent.
// The first, should it wake up, writes no more.
func testLeaseRunsOut(t *testing.T, p Place) {
	first := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, first, Batch(stream, 0, "first"))
	if p.Dialect.Exclusive {
		// The engine's own lock keeps a second process out for as long as the
		// first lives, and the lease needs no end.
		if s, err := p.Open(t.Context(), p.Options()); err == nil {
			MustClose(t, s)
			t.Error("a second process opens the same directory for writing")
		}
		return
	}
	tp := &tamperer{t: t, p: p, db: p.Record(t)}
	tp.exec("UPDATE lease SET until = 0")
	second := p.MustOpen(t)
	MustAppend(t, second, Batch(stream, 1, "second"))
	if _, err := first.Append(t.Context(), Batch(stream, 2, "first again")); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("append after another process took over: %v", err)
	}
	wantChain(t, second, 2)
}

// testPositionFromHead removes the newest entry beneath the store: the next
// one does not take its place, as it would if places were counted.
func testPositionFromHead(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustAppend(t, s, Batch(Stream(), 0, "one"))
	MustAppend(t, s, Batch(Stream(), 0, "two"))
	MustClose(t, s)
	tp := &tamperer{t: t, p: p, table: table{name: "event"}, db: p.Record(t)}
	tp.drop("position", int64(2))
	if r := MustAppend(t, p.MustOpen(t), Batch(Stream(), 0, "three")); r[0].Position != 3 {
		t.Errorf("stands at %d, want 3: the place of a removed entry is never given again", r[0].Position)
	}
	if r := MustVerify(t, p.MustRead(t)); r.OK() {
		t.Error("the removed entry is not missed")
	}
}
