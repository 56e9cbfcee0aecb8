package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/protocol"
)

// amounts are what past visits gave, each worked out once for its last entry.
type amounts struct {
	mu sync.Mutex // held for map accesses, never for I/O
	of map[ident.Session]amount
}

type amount struct {
	sequence int64
	infusion exposure.Infusion
}

// Exposure is the ketamine that this clinic gave a patient, in the windows that end
// now.
func (a *App) Exposure(ctx context.Context, id ident.Patient) ([]exposure.Window, error) {
	var all []exposure.Infusion
	now := a.Now()
	most := now.AddDate(0, 0, -slices.Max(exposure.Days()))
	for _, row := range a.sessions.of(id) {
		if row.StartedAt.IsZero() || (!row.StoppedAt.IsZero() && row.StoppedAt.Before(most)) {
			continue
		}
		one, err := a.amountOf(ctx, row, now)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return exposure.Windows(all, now), nil
}

// Given is the same for an order: where it cannot be read, nobody says that a cap is
// kept.
func (a *App) Given(ctx context.Context, id ident.Patient) protocol.Given {
	windows, err := a.Exposure(ctx, id)
	if err != nil {
		a.Log.WarnContext(ctx, "earlier visits could not be read for what was given", "error", err)
		return protocol.Given{}
	}
	return protocol.Given{Known: true, Windows: windows}
}

// amountOf is what one visit gave until now.
func (a *App) amountOf(ctx context.Context, row Listed, now time.Time) (exposure.Infusion, error) {
	a.amounts.mu.Lock()
	known, ok := a.amounts.of[row.ID]
	a.amounts.mu.Unlock()
	if ok && known.sequence == row.Sequence && !row.StoppedAt.IsZero() {
		return known.infusion, nil
	}
	h, err := a.sessions.get(ctx, row.ID)
	if err != nil {
		return exposure.Infusion{}, err
	}
	end := row.StoppedAt
	if end.IsZero() {
		end = now // it runs
	}
	t := h.state.TotalsAt(now)
	out := exposure.Infusion{Ended: end, Mass: t.Mass, Dose: t.Dose, Known: true}
	a.amounts.mu.Lock()
	defer a.amounts.mu.Unlock()
	if a.amounts.of == nil {
		a.amounts.of = map[ident.Session]amount{}
	}
	a.amounts.of[row.ID] = amount{row.Sequence, out}
	return out, nil
}
