package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// roundsJob is who keeps what monitors showed when rounds were due.
const roundsJob = "rounds"

// roundsEach is how often a visit is looked at for rounds that are due. The visits
// of a large clinic are looked at in turn, a part of them each second, and so
// many rounds are kept at once: two hundred infusions that began together must not
// keep an alarm waiting while their rounds are written.
const (
	roundsEach  = 5 * time.Second
	roundsTurn  = 4 // seconds in which every visit has its turn
	leastLooked = 8
	mostKept    = 8
)

// rounds remembers what was looked at in vain: a round of which nothing valid
// came is not looked up again and again. After a restart it is, once.
type rounds struct {
	mu sync.Mutex // held for one look at all visits: a round is taken once
	of map[ident.Session]*roundsOf
}

type roundsOf struct {
	looked time.Time
	void   map[session.RoundDue]bool
}

// takeRounds keeps, for each round that is due, what the linked monitor showed.
// It reads the stored telemetry of that very minute: late, as after a restart,
// it finds the same, and says so.
func (a *App) takeRounds(ctx context.Context) error {
	a.rounds.mu.Lock()
	defer a.rounds.mu.Unlock()
	var errs error
	open := map[ident.Session]bool{}
	now := a.Now()
	var due []ident.Session
	for _, row := range a.sessions.current() {
		if !session.InRoom(row.Phase) {
			continue
		}
		open[row.ID] = true
		w, ok := a.rounds.of[row.ID]
		if !ok {
			w = &roundsOf{void: map[session.RoundDue]bool{}}
			a.rounds.of[row.ID] = w
		}
		if since := now.Sub(w.looked); since < 0 || since >= roundsEach {
			due = append(due, row.ID)
		}
	}
	for id := range a.rounds.of {
		if !open[id] {
			delete(a.rounds.of, id)
		}
	}
	slices.SortStableFunc(due, func(x, y ident.Session) int { return a.rounds.of[x].looked.Compare(a.rounds.of[y].looked) })
	kept := 0
	for i, id := range due {
		if i >= max(leastLooked, len(open)/roundsTurn+1) || kept >= mostKept {
			break // the others have their turn in a second
		}
		w := a.rounds.of[id]
		w.looked = now
		n, err := a.takeRoundsOf(ctx, id, w)
		kept, errs = kept+n, errors.Join(errs, err)
	}
	return errs
}

// takeRoundsOf keeps the rounds of one visit that are due, and says how many.
func (a *App) takeRoundsOf(ctx context.Context, id ident.Session, w *roundsOf) (kept int, err error) {
	h, err := a.sessions.get(ctx, id)
	if err != nil {
		return kept, err
	}
	if h.state.StartedAt.IsZero() || !h.state.Link.Confirmed {
		return kept, nil
	}
	env, _, err := a.facts(ctx, id, h.state)
	if err != nil {
		return kept, err
	}
	for _, r := range session.OpenRounds(h.state, env) {
		if w.void[r] {
			continue
		}
		seen, err := a.roundSamples(ctx, h.state, env, r)
		if err != nil {
			return kept, err
		}
		if has, _ := session.RoundReadings(h.state, env, r, seen); len(has) == 0 {
			w.void[r] = true
			continue
		}
		if err := a.takeRound(ctx, id, r); err != nil {
			return kept, err
		}
		kept++
		if h, err = a.sessions.get(ctx, id); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

func (a *App) takeRound(ctx context.Context, id ident.Session, r session.RoundDue) error {
	cmd := session.TakeRound{Round: r.What, Due: r.Due}
	body, err := json.Marshal(cmd)
	if err != nil {
		return fmt.Errorf("encode round: %w", err)
	}
	answer, err := a.Do(ctx, Request{
		Act: cmd.Act(), Schema: 1, ID: NewID[ident.Command](a), Session: id, OccurredAt: r.Due, Actor: job(roundsJob), Body: body,
	})
	switch {
	case err != nil:
		return fmt.Errorf("keep a round of the monitor: %w", err)
	case answer.Refusal == nil, answer.Refusal.Rule == session.RuleDevice:
		return nil // charted, or taken off the monitor, while it was looked at
	}
	return fmt.Errorf("keep a round of the monitor: refused to the server: %s, %s", answer.Refusal.Rule, answer.Refusal.Message.ID)
}

// roundSamples are what the linked monitor sent for a round, by the clinic's clock.
func (a *App) roundSamples(ctx context.Context, s session.State, env session.Env, r session.RoundDue) ([]vital.Sample, error) {
	rows, err := a.Telemetry.Samples(ctx, s.Link.Monitor, session.RoundFrom(r, env.Rules), r.Due.Add(time.Microsecond))
	if err != nil {
		return nil, fmt.Errorf("read what a monitor sent, for a round: %w", err)
	}
	out := make([]vital.Sample, 0, len(rows))
	for _, row := range rows {
		x := row.Sample
		x.At = journal.Time(row.At)
		out = append(out, x)
	}
	return out, nil
}

// seenOfRound is what a decision about a round looks at; nothing where the
// round is not open.
func (a *App) seenOfRound(ctx context.Context, s session.State, env session.Env, c session.TakeRound) ([]vital.Sample, error) {
	for _, r := range session.OpenRounds(s, env) {
		if r.What == c.Round && r.Due.Equal(c.Due) {
			return a.roundSamples(ctx, s, env, r)
		}
	}
	return nil, nil
}
