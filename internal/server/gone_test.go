package server

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// goneStore is a store whose caller goes away just as a write is handed over.
type goneStore struct {
	app.Store
	leave context.CancelFunc
}

func (s goneStore) Append(ctx context.Context, b journal.Batch) (journal.Result, error) {
	s.leave()
	return s.Store.Append(ctx, b)
}

// TestStop_FollowedAlthoughItsSenderWentAway: the tablet is reloaded while its
// stop is being written. The stop is in the record, and board and chair show it.
func TestStop_FollowedAlthoughItsSenderWentAway(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	b := h.bedside()
	id := b.linked(n)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	a := h.App()
	kept := a.Store
	a.Store = goneStore{kept, leave}
	body, err := json.Marshal(session.Stop{Cause: session.StopPatient})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := a.Standing(3)
	if _, err := a.Do(ctx, app.Request{
		Act: session.ActStop, Schema: 1, ID: app.NewID[ident.Command](a), Session: id, OccurredAt: h.now(), Actor: n.actor, Body: body,
	}); err != nil {
		t.Fatalf("the stop was given up with its sender: %v", err)
	}
	a.Store = kept
	if got := h.state(id); len(got.Stops) != 1 {
		t.Errorf("%d stops in what the server holds, want 1", len(got.Stops))
	}
	if after, ok := a.Standing(3); ok && after.Session == before.Session && after.Position == before.Position {
		t.Error("the chair stands where it stood before the stop")
	}
}
