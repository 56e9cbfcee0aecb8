package app

import (
	"context"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
)

// ReviewAlarms is what alarms asked of people in the visits that started in
// the last days. It names no patient.
func (a *App) ReviewAlarms(ctx context.Context, days int) (project.AlarmUse, error) {
	now := a.Now()
	from := now.AddDate(0, 0, -days)
	var visits []project.UsedVisit
	for _, row := range a.sessions.accepted(func(r project.SessionRow) bool { return r.LastAt.After(from) }) {
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return project.AlarmUse{}, fmt.Errorf("review alarms: %w", err)
		}
		if !h.state.StartedAt.After(from) {
			continue
		}
		v := project.UsedVisit{Entries: h.entries, From: h.state.StartedAt, To: row.LastAt} // of one who was transferred
		switch {
		case !h.state.DischargedAt.IsZero():
			v.To = h.state.DischargedAt
		case session.Watched(h.state):
			v.To = now
		}
		visits = append(visits, v)
	}
	return project.ReviewAlarms(visits), nil
}

// ReviewDays are the spans that a review may be asked for.
func ReviewDays() []int { return []int{1, 7, 28, 90} }
