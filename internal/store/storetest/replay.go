package storetest

import (
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// readNote is a command that leaves one audit entry and nothing that would
// keep it from being decided the same way again.
func readNote() journal.Batch {
	b := Batch(Stream(), 0)
	b.Audit = []journal.AuditDraft{Note("read", "someone")}
	return b
}

// testReplayStillFits sends commands again whose expectations still hold: only
// what is remembered of the command tells that it was taken.
func testReplayStillFits(t *testing.T, p Place) {
	s := p.MustOpen(t)
	b := readNote()
	if r, err := s.Append(t.Context(), b); err != nil || r.Replayed {
		t.Fatalf("first append: replayed %v, %v", r.Replayed, err)
	}
	for range 2 {
		if r, err := s.Append(t.Context(), b); err != nil || !r.Replayed {
			t.Errorf("sent again: replayed %v, %v", r.Replayed, err)
		}
	}
	other := b
	other.Digest = sha256.Sum256([]byte("other content"))
	if _, err := s.Append(t.Context(), other); !errors.Is(err, journal.ErrDigest) {
		t.Errorf("same command with other content: %v", err)
	}
	wantAudit(t, s, 1)
}

// testReplayAmongNew sends commands again beside new ones and beside some that
// the database refuses, so that they share transactions: the new are taken
// once, the old are not taken again.
func testReplayAmongNew(t *testing.T, p Place) {
	s := p.MustOpen(t)
	const each = 12
	old, with := make([]journal.Batch, each), make([]journal.Batch, each)
	for i := range old {
		old[i], with[i] = readNote(), readNote()
		with[i].Events = []journal.Draft{Draft(with[i].Expect[0].Stream, "new")}
		MustAppend(t, s, old[i])
	}
	poison, _ := WithDetail(Stream(), 0, "a text")
	MustAppend(t, s, poison)
	var wg sync.WaitGroup
	for i := range each {
		wg.Go(func() {
			b := poison
			b.Command, b.Events = NewID[ident.Command](), slices.Clone(poison.Events)
			b.Events[0].Stream = Stream()
			b.Expect = []journal.Expect{{Stream: b.Events[0].Stream}}
			if _, err := s.Append(t.Context(), b); err == nil {
				t.Error("a second detail under a used id was stored")
			}
		})
		for _, b := range []journal.Batch{old[i], with[i], with[i]} {
			wg.Go(func() {
				r, err := s.Append(t.Context(), b)
				if err != nil || len(b.Events) == 0 && !r.Replayed || len(r.Records) != len(b.Events) {
					t.Errorf("%d records, replayed %v, %v", len(r.Records), r.Replayed, err)
				}
			})
		}
	}
	wg.Wait()
	wantChain(t, s, each+1)
	wantAudit(t, s, 2*each)
	if r := MustVerify(t, s); !r.OK() || r.Commands != 2*each+1 {
		t.Errorf("%d commands remembered, want %d: %s", r.Commands, 2*each+1, r.Text())
	}
}

func wantAudit(t *testing.T, s *sqlstore.Store, entries int) {
	t.Helper()
	if found, err := s.AuditSince(t.Context(), 0, 0); err != nil || len(found) != entries {
		t.Errorf("%d audit entries (%v), want %d", len(found), err, entries)
	}
}
