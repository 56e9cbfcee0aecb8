package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Keep runs what the clock drives: it doubts links that fell silent, keeps what
// monitors showed when rounds were due, says that a prescriber has left, says what
// is wrong with monitors that no visit has, seals
// telemetry each minute and purges what may go. The caller ticks it about
// once a second; a test ticks it by hand.
func (a *App) Keep(ctx context.Context, last, now time.Time) error {
	err := errors.Join(a.doubtLinks(ctx, now), a.watchMonitors(ctx, now), a.takeRounds(ctx), a.prescribersGone(ctx), a.WriteReads(ctx))
	if now.Truncate(time.Minute).After(last.Truncate(time.Minute)) {
		err = errors.Join(err, a.Telemetry.Seal(ctx, now))
	}
	if now.Truncate(24 * time.Hour).After(last.Truncate(24 * time.Hour)) {
		err = errors.Join(err, a.Telemetry.Purge(ctx, now))
	}
	return err
}

// doubtLinks writes a doubt where a linked monitor has gone offline, or now sends another patient or bed, or stands at another chair, than when it was linked.
// A link in doubt is shown, kept and not charted from until a person confirms.
func (a *App) doubtLinks(ctx context.Context, now time.Time) error {
	var errs error
	for _, row := range a.sessions.current() {
		if row.Unclosed() || row.Phase == session.PhaseScheduled {
			continue
		}
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		if cause, since := a.doubt(ctx, h.state, now); cause != "" {
			errs = errors.Join(errs, a.jobDo(ctx, row.ID, session.DoubtLink{Cause: cause, Since: since}))
		}
	}
	return errs
}

// jobDo says a command of the link watch now.
func (a *App) jobDo(ctx context.Context, id ident.Session, cmd session.Command) error {
	return a.jobDoAt(ctx, "link watch", id, cmd, a.Now())
}

// jobDoAt says a command in the name of the server. A refusal is a fault: nobody
// else sees it. It is said by its rule, without the words, which may name a person.
func (a *App) jobDoAt(ctx context.Context, name string, id ident.Session, cmd session.Command, at time.Time) error {
	body, err := json.Marshal(cmd)
	if err != nil {
		return err
	}
	answer, err := a.Do(ctx, Request{
		Act: cmd.Act(), Schema: 1, ID: NewID[ident.Command](a), Session: id, OccurredAt: at,
		Actor: job(name), Body: body,
	})
	if err == nil && answer.Refusal != nil {
		err = fmt.Errorf("%s was refused to the server: %s, %s", cmd.Act(), answer.Refusal.Rule, answer.Refusal.Message.ID)
	}
	return err
}
