package app

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Call is a call for help that is open: at which chair, and since when. It
// names no patient, so that every screen of the house may show it.
type Call struct {
	Session ident.Session
	Chair   ident.Chair
	Since   time.Time
}

// Asked is an alarm that nobody has answered, and whom it calls by name.
type Asked struct {
	Session   ident.Session
	Chair     ident.Chair
	Condition alarm.ID
	Priority  alarm.Priority
	Since     time.Time
	Person    ident.Person
}

// calls are the open calls as of one state of the index. Every chair's stream
// asks for them with every entry of the record.
type calls struct {
	mu    sync.Mutex
	moves uint64 // of the index they were found in
	found []Call
	asked []Asked
}

// Calls are the open calls for help in the house, the oldest first, and the people
// whom alarms call by name.
func (a *App) Calls(ctx context.Context) ([]Call, []Asked, error) {
	c := &a.calls
	c.mu.Lock()
	defer c.mu.Unlock()
	moves := a.sessions.moved() // read first: what comes meanwhile is looked at again
	if moves == c.moves {
		return c.found, c.asked, nil
	}
	var found []Call
	var asked []Asked
	for _, row := range a.sessions.current() {
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range h.state.Alarms.Alarms {
			if x.Acked() || !x.EndedAt.IsZero() {
				continue
			}
			for _, p := range x.Called {
				asked = append(asked, Asked{row.ID, h.state.Chair, x.Condition, x.Priority, x.AnnouncedAt, p})
			}
		}
		if help := h.state.Help; help != nil {
			found = append(found, Call{row.ID, h.state.Chair, help.At})
		}
	}
	slices.SortFunc(found, func(x, y Call) int { return cmp.Or(x.Since.Compare(y.Since), cmp.Compare(x.Chair, y.Chair)) })
	slices.SortStableFunc(asked, func(x, y Asked) int {
		return cmp.Or(cmp.Compare(y.Priority, x.Priority), cmp.Compare(x.Chair, y.Chair))
	})
	c.moves, c.found, c.asked = moves, found, asked
	return found, asked, nil
}
