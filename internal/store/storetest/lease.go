package storetest

import (
	"errors"
	"testing"
	"time"

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

// silentFor sees that a store without the lease writes nothing that monitors
// send, seals nothing and purges nothing.
func silentFor(t *testing.T, s *sqlstore.Store, messages int) {
	t.Helper()
	later := Start().Add(40 * 24 * time.Hour)
	if _, _, err := s.Receive(t.Context(), Message(Monitor, 1000)); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("a message without the lease: %v", err)
	}
	if err := s.Seal(t.Context(), later); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("sealing without the lease: %v", err)
	}
	if err := s.Purge(t.Context(), later); !errors.Is(err, sqlstore.ErrLease) {
		t.Errorf("purging without the lease: %v", err)
	}
	if got, err := s.SamplesSince(t.Context(), 0, 0); err != nil || len(got) != messages {
		t.Errorf("a process without the lease left %d messages (%v), want %d", len(got), err, messages)
	}
}

// testLeaseLostForTelemetry takes the right to write telemetry away beneath a
// store, and leaves another clinic's alone.
func testLeaseLostForTelemetry(t *testing.T, p Place) {
	s := p.MustOpen(t)
	o := p.Options()
	o.Clinic = "other-clinic"
	other, err := s.DB().Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer MustClose(t, other)
	MustReceive(t, s, Monitor, 0, 3)
	tp := &tamperer{t: t, p: p, db: p.Telemetry(t)}
	tp.exec("UPDATE telemetry_head SET holder = 'another process' WHERE clinic = "+tp.mark(1), string(Clinic))
	silentFor(t, s, 3)
	MustReceive(t, other, Monitor, 0, 3)
	MustClose(t, s)
	MustReceive(t, p.MustOpen(t), Monitor, 3, 4) // who opens it anew holds the lease
}

// testLeaseTakenForTelemetry lets another take the clinic over: a second
// process once the first one's lease ran out, or a second handle where the
// engine keeps a second process out. The first, should it wake up, writes nothing.
func testLeaseTakenForTelemetry(t *testing.T, p Place) {
	first := p.MustOpen(t)
	MustReceive(t, first, Monitor, 0, 3)
	var second *sqlstore.Store
	if p.Dialect.Exclusive {
		var err error
		if second, err = first.DB().Open(t.Context(), p.Options()); err != nil {
			t.Fatal(err)
		}
		defer MustClose(t, second)
	} else {
		tp := &tamperer{t: t, p: p, db: p.Record(t)}
		tp.exec("UPDATE lease SET until = 0")
		second = p.MustOpen(t)
	}
	silentFor(t, first, 3)
	MustReceive(t, second, Monitor, 3, 6)
	silentFor(t, first, 6)
	if err := second.Seal(t.Context(), Start().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if r := MustVerify(t, second); !r.OK() {
		t.Errorf("after the take-over: %+v", r)
	}
}
