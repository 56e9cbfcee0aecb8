package app

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Call is a call for help that is open: at which chair, and since when. It
// names no patient, so that every screen of the house may show it.
type Call struct {
	Session ident.Session
	Chair   ident.Chair
	Since   time.Time
}

// calls are the open calls as of one state of the index. Every chair's stream
// asks for them with every entry of the record.
type calls struct {
	mu    sync.Mutex
	moves uint64 // of the index they were found in
	found []Call
}

// Calls are the open calls for help in the house, the oldest first.
func (a *App) Calls(ctx context.Context) ([]Call, error) {
	c := &a.calls
	c.mu.Lock()
	defer c.mu.Unlock()
	moves := a.sessions.moved() // read first: what comes meanwhile is looked at again
	if moves == c.moves {
		return c.found, nil
	}
	var found []Call
	for _, row := range a.sessions.current() {
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if help := h.state.Help; help != nil {
			found = append(found, Call{row.ID, h.state.Chair, help.At})
		}
	}
	slices.SortFunc(found, func(x, y Call) int { return cmp.Or(x.Since.Compare(y.Since), cmp.Compare(x.Chair, y.Chair)) })
	c.moves, c.found = moves, found
	return found, nil
}
