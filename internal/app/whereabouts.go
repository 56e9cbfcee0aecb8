package app

import (
	"context"
	"errors"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// prescribersGone carries what a prescriber said at one chair, that they are not
// on site, to the others at which they are responsible: an infusion whose
// prescriber has left is an alarm wherever it runs. Coming back is said at each
// chair, since it is taking responsibility.
func (a *App) prescribersGone(ctx context.Context) error {
	type said struct {
		at     time.Time
		onSite bool
	}
	last := map[ident.Person]said{}
	states := map[ident.Session]session.State{}
	for _, row := range a.sessions.current() {
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return err
		}
		s := h.state
		states[row.ID] = s
		if s.Prescriber != "" && s.OnSiteAt.After(last[s.Prescriber].at) {
			last[s.Prescriber] = said{s.OnSiteAt, s.OnSite}
		}
	}
	var errs error
	for id, s := range states {
		l := last[s.Prescriber]
		if s.Prescriber == "" || !session.InRoom(s.Phase) || !s.OnSite || l.onSite || !l.at.After(s.OnSiteAt) {
			continue
		}
		errs = errors.Join(errs, a.jobDoAt(ctx, "whereabouts", id, session.PrescriberGone{Prescriber: s.Prescriber}, l.at))
	}
	return errs
}
