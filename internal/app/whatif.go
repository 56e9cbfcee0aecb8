package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// WhatIf is what a changed level would have done in past visits.
type WhatIf struct {
	Visits []WhatIfVisit // the newest first
	// Watched is how long the visits were watched, Stored how much of it has
	// values of the monitor.
	Watched, Stored time.Duration
	// Left are visits that were not replayed, since too many were asked for or
	// it took too long.
	Left int
	// OwnLimits are visits whose order moved the level: the change does not
	// reach them.
	OwnLimits int
	// Recorded are the announcements of the condition that stand in the record,
	// Found those of them that the replay gives at the same time.
	Recorded, Found int
}

// WhatIfVisit is one visit.
type WhatIfVisit struct {
	ID      ident.Session
	Started time.Time
	// NoValues says that nothing of the monitor is stored: erased, or no monitor
	// was linked.
	NoValues bool
	// Unconfirmed is how long the link to the monitor waited for a person.
	Unconfirmed time.Duration
	Shifts      []alarm.Shift
}

// Bounds of one what-if: a page must come, and the writer must not wait.
const (
	mostWhatIfVisits = 100
	mostWhatIfTime   = 20 * time.Second
)

// ErrBusy says that another replay runs.
var ErrBusy = errors.New("another replay runs; try again in a moment")

// NotReplayed are the conditions that rest on what is stored nowhere: what the
// server alone saw then, and devices' own alarms.
func NotReplayed() []alarm.ID {
	out := []alarm.ID{alarm.ClockOff, alarm.QuarantineGrowing, alarm.Unheard, alarm.NurseLoad}
	for _, id := range alarm.IDs() {
		if id.OfDevice() {
			out = append(out, id)
		}
	}
	return out
}

// WhatIf replays the stored values and the record of the visits that started in
// the last days, with the level as it is and as it might be. It writes nothing
// but that it was asked.
func (a *App) WhatIf(ctx context.Context, who act.Actor, days int, trial alarm.Trial) (WhatIf, error) {
	rules, ok := trial.Apply(a.Knows().AlarmRules.Rules())
	if !ok || slices.Contains(NotReplayed(), trial.Condition) {
		return WhatIf{}, fmt.Errorf("%w: this level cannot be replayed so", ErrMalformed)
	}
	if !a.replaying.TryLock() {
		return WhatIf{}, ErrBusy
	}
	defer a.replaying.Unlock()
	if err := a.AuditRead(ctx, who, "alarms replayed", string(trial.Condition)); err != nil {
		return WhatIf{}, err
	}
	now := a.Now()
	rows := a.sessions.accepted(func(r project.SessionRow) bool { return r.LastAt.After(now.AddDate(0, 0, -days)) })
	slices.SortFunc(rows, func(x, y Listed) int { return y.LastAt.Compare(x.LastAt) })
	var out WhatIf
	began := time.Now()
	for i, row := range rows {
		if err := ctx.Err(); err != nil {
			return WhatIf{}, fmt.Errorf("replay: %w", err)
		}
		if len(out.Visits) >= mostWhatIfVisits || time.Since(began) > mostWhatIfTime {
			out.Left = len(rows) - i
			break
		}
		if err := a.replayVisit(ctx, row, now.AddDate(0, 0, -days), rules, trial.Condition, &out); err != nil {
			return WhatIf{}, err
		}
	}
	return out, nil
}

// moment is what the machine is told at an instant of a visit.
type moment struct {
	in     alarm.Input
	answer bool // what a person answered to an alarm then
	// own are the limits from here; nil where they stay as they are.
	own *ownLimits
}

type ownLimits struct {
	order []drug.Limit
	rest  []alarm.Rest
}

func (a *App) replayVisit(ctx context.Context, row Listed, from time.Time, changed []alarm.Rule, id alarm.ID, out *WhatIf) error {
	h, err := a.sessions.get(ctx, row.ID)
	if err != nil {
		return fmt.Errorf("replay a visit: %w", err)
	}
	if h.state.StartedAt.IsZero() || !h.state.StartedAt.After(from) {
		return nil
	}
	until := watchedUntil(h, row, a.Now())
	moments, seen, err := a.moments(ctx, row.ID, h, until, id)
	if err != nil {
		return err
	}
	v := WhatIfVisit{ID: row.ID, Started: h.state.StartedAt, NoValues: seen.stored == 0, Unconfirmed: seen.unconfirmed}
	now := alarm.Only(a.Knows().AlarmRules.Rules(), id)
	before := a.run(now, moments, until, true)
	after := a.run(alarm.Only(changed, id), moments, until, true)
	v.Shifts = alarm.Shifts(before, after, until)
	out.Visits = append(out.Visits, v)
	out.Watched += max(until.Sub(h.state.StartedAt), 0)
	out.Stored += seen.stored
	if seen.own {
		out.OwnLimits++
	}
	recorded := announcedOf(h.entries, id, until)
	out.Recorded += len(recorded)
	out.Found += foundOf(recorded, a.run(now, moments, until, false))
	return nil
}

// watchedUntil is until when a visit's signs were alarmed on.
func watchedUntil(h held, row Listed, now time.Time) time.Time {
	switch {
	case !h.state.DischargedAt.IsZero():
		return h.state.DischargedAt
	case session.Watched(h.state):
		return now
	}
	return row.LastAt
}

// run replays moments under one rule. Where answers is not set only those
// acknowledge who did then.
func (a *App) run(rule []alarm.Rule, moments []moment, until time.Time, answers bool) []alarm.Episode {
	r := alarm.NewRun(answers)
	limits := alarm.NewLimits(rule, a.Knows().AlarmRules.Settings(), nil, nil)
	for _, m := range moments {
		if m.own != nil {
			limits = alarm.NewLimits(rule, a.Knows().AlarmRules.Settings(), m.own.order, m.own.rest)
		}
		if answers && m.answer {
			continue
		}
		r.Step(limits, m.in)
	}
	return r.End(limits, until)
}

// replayed is what was found on the way.
type replayed struct {
	stored, unconfirmed time.Duration
	own                 bool // the order sets limits of the condition's signs
}

// moments lists what the machine was told of a visit, in order: entries of the
// record, what they change, and what the linked monitor sent.
func (a *App) moments(ctx context.Context, id ident.Session, h held, until time.Time, c alarm.ID) ([]moment, replayed, error) {
	env, _, err := a.facts(ctx, id, h.state)
	if err != nil {
		return nil, replayed{}, err
	}
	r := retelling{app: a, ctx: ctx, env: env, until: until, condition: c, minutes: map[int64]bool{}}
	for i, e := range h.entries {
		r.state = session.Evolve(r.state, e)
		next := until
		if i+1 < len(h.entries) {
			next = h.entries[i+1].RecordedAt
		}
		if e.RecordedAt.After(until) {
			break
		}
		if err := r.entry(e); err != nil {
			return nil, replayed{}, err
		}
		r.values(e.RecordedAt, earlier(next, until))
	}
	r.seen.stored = time.Duration(len(r.minutes)) * time.Minute
	return r.moments, r.seen, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// retelling is moments in the making.
type retelling struct {
	app       *App
	ctx       context.Context //nolint:containedctx // of the one request that it serves
	env       session.Env
	until     time.Time
	condition alarm.ID

	state    session.State
	told     alarm.Facts
	symptoms bool
	own      ownLimits
	sends    map[vital.Kind]bool // since the monitor was linked
	cuff     time.Time           // its last good pressure
	monitor  ident.Device
	rows     []series.Row // of the linked monitor, by receipt; those that were told are taken off
	minutes  map[int64]bool
	moments  []moment
	seen     replayed
}

// entry tells what one entry of the record says.
func (r *retelling) entry(e session.Entry) error {
	at := alarm.Told(e.RecordedAt)
	if in := answerOf(e); in != nil {
		r.moments = append(r.moments, moment{in: in, answer: true})
		return nil
	}
	if _, _, said := session.AlarmSaid(e.Event); said {
		return nil // what was announced then is what the replay is to find
	}
	if r.monitor != r.state.Link.Monitor {
		if err := r.linked(); err != nil {
			return err
		}
	}
	env := r.env
	env.Now, env.OccurredAt = e.RecordedAt, e.RecordedAt
	own := ownLimits{r.state.LimitsInForce(), session.Resting(r.state, env)}
	r.seen.own = r.seen.own || slices.ContainsFunc(own.order, func(l drug.Limit) bool { return slices.Contains(r.condition.Kinds(), l.Kind) })
	r.limits(own)
	r.facts(e.RecordedAt)
	if present := r.state.Symptomatic(r.app.Knows().AlarmRules.Symptoms()); present != r.symptoms {
		r.symptoms = present
		r.tell(alarm.Symptoms{Told: at, Present: present})
	}
	for _, in := range session.AlarmInputs(r.state, e) {
		r.tell(in)
	}
	return nil
}

// answerOf is what an entry answers to an alarm; nil where it does not.
func answerOf(e session.Entry) alarm.Input {
	at := alarm.Told(e.RecordedAt)
	if x, ok := e.Event.(session.AlarmAcknowledged); ok {
		return alarm.Acknowledged{Told: at, Condition: x.Condition, By: e.Actor.Person, Announcement: x.Announcement}
	}
	if x, ok := e.Event.(session.AlarmPaused); ok {
		return alarm.Paused{Told: at, Condition: x.Condition, By: e.Actor.Person, Announcement: x.Announcement, Until: x.Until}
	}
	return nil
}

func (r *retelling) limits(own ownLimits) {
	if slices.Equal(own.order, r.own.order) && slices.Equal(own.rest, r.own.rest) {
		return
	}
	r.own = own
	r.moments = append(r.moments, moment{in: alarm.Tick{}, own: &own})
}

func (r *retelling) tell(in alarm.Input) {
	if r.condition.Sees(in) {
		r.moments = append(r.moments, moment{in: in})
	}
}

// facts tells what the session says at an instant, with what the monitor is
// expected to send.
func (r *retelling) facts(at time.Time) {
	env := r.env
	env.Now, env.OccurredAt = at, at
	f := session.AlarmFacts(r.state, env)
	if r.state.Link.Monitor != "" {
		if r.state.Link.Confirmed {
			f.Rounds = afterCuff(f.Rounds, r.cuff)
		}
		every := r.app.Knows().Rules.Duration(library.MonitorLive) / 2
		for _, k := range expected(func(k vital.Kind) bool { return r.sends[k] }, r.state) {
			f.Expected = append(f.Expected, alarm.Expected{Kind: k, Every: every, Continuous: true})
		}
	}
	r.told = f
	r.tell(alarm.FactsChanged{Told: alarm.Told(at), Facts: f})
}

// linked reads what a monitor sent since it was linked.
func (r *retelling) linked() error {
	link := r.state.Link
	r.monitor, r.rows, r.sends, r.cuff = link.Monitor, nil, map[vital.Kind]bool{}, time.Time{}
	if link.Monitor == "" {
		return nil
	}
	rows, err := r.app.Telemetry.Samples(r.ctx, link.Monitor, link.Since, r.until.Add(time.Microsecond))
	if err != nil {
		return fmt.Errorf("replay what a monitor sent: %w", err)
	}
	slices.SortStableFunc(rows, func(x, y series.Row) int { return x.ReceivedAt.Compare(y.ReceivedAt) })
	r.rows = rows
	return nil
}

// values tells what the linked monitor sent until an instant, each message as
// heard after its values.
func (r *retelling) values(from, until time.Time) {
	link, watched := r.state.Link, session.Watched(r.state)
	if watched && link.Monitor != "" && !link.Confirmed && until.After(from) {
		r.seen.unconfirmed += until.Sub(from)
	}
	for len(r.rows) > 0 && r.rows[0].ReceivedAt.Before(until) {
		row := r.rows[0]
		r.rows = r.rows[1:]
		if !row.ReceivedAt.After(link.Since) {
			continue
		}
		if watched {
			r.minutes[row.ReceivedAt.Unix()/60] = true
		}
		if r.news(row) {
			r.facts(row.ReceivedAt)
		}
		r.tell(sampleOf(row))
		if len(r.rows) == 0 || r.rows[0].ReceivedAt.After(row.ReceivedAt) {
			r.tell(alarm.Heard{Told: alarm.Told(row.ReceivedAt)})
		}
	}
}

// news reports whether a value changes what is expected of the monitor.
func (r *retelling) news(row series.Row) bool {
	k := row.Sample.Kind
	changed := !r.sends[k]
	r.sends[k] = true
	if k == vital.NIBPSys && row.Sample.Quality == vital.Good && row.At.After(r.cuff) {
		r.cuff, changed = row.At, true
	}
	return changed
}

// announcement is one that stands in the record.
type announcement struct {
	at       time.Time
	priority alarm.Priority
}

func announcedOf(entries []session.Entry, id alarm.ID, until time.Time) []announcement {
	var out []announcement
	for _, e := range entries {
		f, kind, ok := session.AlarmSaid(e.Event)
		if ok && f.Condition == id && (kind == alarm.Raised || kind == alarm.Worsened) && !e.EffectiveAt.After(until) {
			out = append(out, announcement{e.EffectiveAt, f.Priority})
		}
	}
	return out
}

// sameTime is how far a replay may be from the record: the watch looks ten times
// a second, and a loaded server later.
const sameTime = 2 * time.Second

// foundOf counts the recorded announcements that a replay gives too.
func foundOf(recorded []announcement, run []alarm.Episode) int {
	n := 0
	left := slices.Clone(run)
	for _, r := range recorded {
		i := slices.IndexFunc(left, func(e alarm.Episode) bool { return e.Priority == r.priority && e.Announced.Sub(r.at).Abs() <= sameTime })
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			n++
		}
	}
	return n
}
