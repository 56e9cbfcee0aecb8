package storetest

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// owing opens a store in which every entry owes a message for ten minutes.
func owing(t *testing.T, p Place) *sqlstore.Store {
	t.Helper()
	o := p.Options()
	o.Owes = func(r journal.Record) (journal.Outgoing, bool) {
		return journal.Outgoing{ID: "m" + strconv.FormatInt(r.Position, 10), ExpiresAt: r.RecordedAt.Add(10 * time.Minute)}, true
	}
	s, err := p.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // again, where the test closed it
	return s
}

// due lists what is due, as id and tries.
func due(t *testing.T, s *sqlstore.Store, now time.Time) []string {
	t.Helper()
	all, err := s.Outbox(t.Context(), now, 10)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, o := range all {
		out = append(out, o.ID+" "+strconv.Itoa(o.Attempts))
	}
	return out
}

// testOutbox: what is owed waits across a restart, is tried again when it may be,
// goes when it was delivered, and is given up in time and counted.
func testOutbox(t *testing.T, p Place) {
	s := owing(t, p)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	MustAppend(t, s, Batch(stream, 1, "two"))
	MustAppend(t, s, Batch(stream, 2, "three"))
	all, err := s.Load(t.Context(), stream)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	at := all[2].RecordedAt
	want := func(when string, now time.Time, ids ...string) {
		t.Helper()
		if ids == nil {
			ids = []string{}
		}
		if d := cmp.Diff(ids, due(t, s, now)); d != "" {
			t.Errorf("%s (-want +due)\n%s", when, d)
		}
	}
	want("at first", at, "m1 0", "m2 0", "m3 0")
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(s.OutboxDelivered(t.Context(), "m1"))
	do(s.OutboxLater(t.Context(), "m2", at.Add(4*time.Second)))
	want("after a try", at.Add(3*time.Second), "m3 0")
	want("later", at.Add(4*time.Second), "m2 1", "m3 0")
	MustClose(t, s)
	s = owing(t, p)
	want("after a restart", at.Add(4*time.Second), "m2 1", "m3 0")
	if st, err := s.OutboxState(t.Context()); err != nil || st.Waiting != 2 || !st.Oldest.Equal(all[1].RecordedAt) || st.Expired != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	do(s.OutboxExpire(t.Context(), at.Add(10*time.Minute-time.Microsecond)))
	want("almost too old", at.Add(time.Hour), "m2 1", "m3 0")
	do(s.OutboxExpire(t.Context(), at.Add(10*time.Minute)))
	want("too old", at.Add(time.Hour))
	if st, err := s.OutboxState(t.Context()); err != nil || st.Waiting != 0 || st.Expired != 2 || st.LastExpired.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
	do(s.OutboxExpire(t.Context(), at.Add(25*time.Hour)))
	if st, err := s.OutboxState(t.Context()); err != nil || st.Expired != 0 {
		t.Errorf("a day later: %+v, %v", st, err)
	}
}

// testOutboxWithEntry: an entry that is refused owes nothing.
func testOutboxWithEntry(t *testing.T, p Place) {
	s := owing(t, p)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one"))
	if _, err := s.Append(t.Context(), Batch(stream, 5, "out of turn")); !errors.Is(err, journal.ErrConflict) {
		t.Fatal(err)
	}
	if got := due(t, s, p.Options().Now().Add(time.Hour)); !cmp.Equal(got, []string{"m1 0"}) {
		t.Errorf("%v", got)
	}
	MustClose(t, s)
	plain := p.MustOpen(t)
	MustAppend(t, plain, Batch(stream, 1, "two"))
	if got := due(t, plain, p.Options().Now().Add(time.Hour)); !cmp.Equal(got, []string{"m1 0"}) {
		t.Errorf("a store that tells nobody owes %v", got)
	}
}
