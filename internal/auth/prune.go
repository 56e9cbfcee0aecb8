package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// keepEnded is how long the row of an ended session is kept, so that what was
// signed out yesterday can still be looked at beside the audit log.
const keepEnded = 24 * time.Hour

// mostPruned bounds one pruning; the rest goes the next time.
const mostPruned = 500

// Pruned is the payload of the audit entry of a pruning, version 1: how many
// rows went. That each session began and ended stands in the log already.
type Pruned struct {
	Sessions int `json:"sessions"`
}

// Prune removes the rows of sessions that ended, or ran out, more than a day
// ago. It writes one audit entry by the system's job, and none when nothing
// was to be done. A row that changed meanwhile is left for the next time.
func (s *Service) Prune(ctx context.Context) (int, error) {
	rows, err := findAll[Session](ctx, s.regs, SessionRegister)
	if err != nil {
		return 0, err
	}
	now := s.now()
	var gone []journal.RegisterPut
	for _, e := range rows {
		if len(gone) < mostPruned && e.value.stale(s.policy, now) {
			gone = append(gone, journal.RegisterPut{Register: string(SessionRegister), ID: e.id, Revision: e.revision, Delete: true})
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	payload, err := json.Marshal(Pruned{Sessions: len(gone)})
	if err != nil {
		return 0, fmt.Errorf("encode audit entry: %w", err)
	}
	by := act.Actor{Kind: act.Job, Job: "session pruning", Proof: act.System}
	err = s.regs.PutRows(ctx, gone, []journal.AuditDraft{{Type: "session.pruned", Version: 1, Payload: payload, Actor: by, At: now}})
	if errors.Is(err, journal.ErrConflict) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("prune sessions: %w", err)
	}
	return len(gone), nil
}

// stale reports whether nobody can come back to a session, nor wants to see
// it: it was ended, or it ran out, and a day has passed since. A session from
// ahead of the clock is kept: the clock may be what is wrong.
func (x Session) stale(p Policy, now time.Time) bool {
	end := x.Begun.Add(p.SessionLife)
	if !x.EndedAt.IsZero() && x.EndedAt.Before(end) {
		end = x.EndedAt
	}
	return now.Sub(end) > keepEnded
}
