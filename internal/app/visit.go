package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// Visit is all that a page needs to show one session. It is a copy: nothing
// in it changes afterwards.
type Visit struct {
	ID      ident.Session
	Row     project.SessionRow
	State   session.State
	Entries []session.Entry
	Env     session.Env
	Patient Patient
	Names   map[ident.Person]string
	Feed    Feed
	HasFeed bool
	// Offered lists the monitors that stand at the visit's chair, or that no
	// chair has: what a person may link. What they show is not with them.
	Offered  []Feed
	Pumps    []Feed // those that stand at the visit's chair, or at none
	Position int64  // head of the log
	Head     string
	Zone     *time.Location
	Demo     bool
}

// Visit reads one session for a page.
func (a *App) Visit(ctx context.Context, id ident.Session) (Visit, error) {
	// The head first: what is read after it holds at least that much.
	position, hash, err := a.head.read(ctx)
	if err != nil {
		return Visit{}, err
	}
	h, err := a.sessions.get(ctx, id)
	if err != nil {
		return Visit{}, err
	}
	if h.state.Sequence == 0 {
		return Visit{}, ErrNoSession
	}
	env, _, err := a.facts(ctx, id, h.state)
	if err != nil {
		return Visit{}, err
	}
	v := Visit{ID: id, State: h.state, Entries: h.entries, Env: env, Names: a.Names(ctx), Zone: a.Zone, Demo: a.Demo}
	v.Row = a.sessions.row(id)
	if v.Patient, _, err = a.patients.get(ctx, h.state.Patient); err != nil {
		return Visit{}, err
	}
	v.Position, v.Head = position, fmt.Sprintf("%x", hash)
	if h.state.Link.Monitor != "" {
		v.Feed, v.HasFeed = a.monitors.feed(h.state.Link.Monitor)
	}
	v.Offered, v.Pumps = a.monitors.standing(h.state.Chair)
	return v, nil
}

// Announced grows whenever a yellow or red alarm calls somebody: a board that does
// not show it yet does not wait for its rhythm.
func (a *App) Announced() int64 { return a.announced.Load() }

// Position is the position of the newest entry that is durable.
func (a *App) Position(ctx context.Context) (int64, error) {
	position, _, err := a.head.read(ctx)
	return position, err
}

// SeenBy is a visit as one person's gates see it: with their credentials for
// the act that the visit waits for. Looking is not acting: who is nobody, or
// only a device, changes nothing.
func (a *App) SeenBy(ctx context.Context, v Visit, who act.Actor) Visit {
	if who.Kind != act.Person || who.Person == "" {
		return v
	}
	v.Env.Actor = who
	missing, expiring, err := a.Directory.Missing(ctx, who.Person, gateAct(v.State.Phase), v.Env.Now)
	if err != nil {
		a.Log.Warn("credentials could not be looked up", "error", err)
		v.Env.Staff.Known = false
		return v
	}
	v.Env.Staff.ActorMissing, v.Env.Staff.ActorExpires = missing, expiring
	return v
}

// gateAct is the act that the gate of a phase is asked for.
func gateAct(p session.Phase) act.Act {
	switch p {
	case session.PhaseArrived:
		return session.ActReady
	case session.PhaseReady:
		return session.ActOpenVials
	case session.PhasePrepared:
		return session.ActStart
	default:
		return "" // its gate asks for no credential
	}
}

// ErrNoSession says there is no such session.
var ErrNoSession = fmt.Errorf("no such session")

// AtChair finds the session that is shown at a chair: the one in progress,
// one that ended and left an emergency or a pump open there, else today's
// next, else none.
func (a *App) AtChair(chair ident.Chair) (ident.Session, bool) {
	var best Listed
	bestRank := 0
	today := a.Now().In(a.Zone).Format(time.DateOnly)
	for _, row := range a.sessions.openAt(chair) {
		rank := a.rank(row, today)
		if rank > bestRank || rank == bestRank && rank > 0 && row.PlannedStart.Before(best.PlannedStart) {
			best, bestRank = row, rank
		}
	}
	return best.ID, bestRank > 0
}

// rank orders the sessions of one chair; 0 is not shown there.
func (a *App) rank(row Listed, today string) int {
	switch {
	case row.Phase == session.PhaseInfusing, row.Phase == session.PhasePaused:
		return 3
	case inRoom(row.SessionRow), row.Unclosed() && a.unsettled(row.ID):
		return 2
	case row.Phase == session.PhaseScheduled && row.PlannedStart.In(a.Zone).Format(time.DateOnly) == today:
		return 1
	}
	return 0
}

// unsettled reports whether something at the chair waits for somebody: an
// emergency that is not over, a pump that nobody has read as stopped. A
// session that cannot be read is not taken for settled.
func (a *App) unsettled(id ident.Session) bool {
	h, err := a.sessions.get(context.Background(), id)
	return err != nil || h.state.Help != nil || h.state.PumpOpen()
}

// Standing is how far the chair's session and its monitor have moved: what a
// follower compares before it reads more.
type Standing struct {
	Session  ident.Session
	Position int64 // of the session's newest entry
	Cursor   int64 // of its linked monitor's newest message
}

// Standing looks at a chair without reading its visit.
func (a *App) Standing(chair ident.Chair) (Standing, bool) {
	id, ok := a.AtChair(chair)
	if !ok {
		return Standing{}, false
	}
	s := Standing{Session: id, Position: a.sessions.row(id).Position}
	if monitor := a.sessions.linked(id); monitor != "" {
		s.Cursor = a.monitors.cursor(monitor)
	}
	return s, true
}

// Pressing reports whether somebody waits to see the visit as it is now: a red alarm
// asks for an answer, or a person said what was entered last.
func (a *App) Pressing(id ident.Session) bool {
	h := a.sessions.known(id)
	if n := len(h.entries); n > 0 && h.entries[n-1].Actor.Kind != act.Job {
		return true
	}
	return slices.ContainsFunc(h.state.Alarms.Alarms, func(x alarm.Alarm) bool {
		return x.Priority == alarm.High && !x.Acked()
	})
}

// inRoom reports whether the patient is in the clinic.
func inRoom(row project.SessionRow) bool { return session.InRoom(row.Phase) }

// Listed is one session of a list.
type Listed struct {
	ID ident.Session
	project.SessionRow
}

// Sessions lists sessions that a filter accepts, by planned start.
func (a *App) Sessions(accept func(project.SessionRow) bool) []Listed {
	out := a.sessions.accepted(accept)
	slices.SortFunc(out, func(x, y Listed) int {
		if c := x.PlannedStart.Compare(y.PlannedStart); c != 0 {
			return c
		}
		if x.ID < y.ID {
			return -1
		}
		return 1
	})
	return out
}

// LastVisits says when each patient was here last: a visit counts once the
// patient has come, and one that was cancelled before the start does not. It
// reads the index and no record.
func (a *App) LastVisits() map[ident.Patient]time.Time {
	out := map[ident.Patient]time.Time{}
	came := func(r project.SessionRow) bool {
		return !r.StartedAt.IsZero() || r.Phase != session.PhaseScheduled && r.Phase != session.PhaseCancelled
	}
	for _, l := range a.sessions.accepted(came) {
		at := l.PlannedStart
		if !l.StartedAt.IsZero() {
			at = l.StartedAt
		}
		if at.After(out[l.Patient]) {
			out[l.Patient] = at
		}
	}
	return out
}

// Samples returns what a monitor sent in a stretch of time.
func (a *App) Samples(ctx context.Context, device ident.Device, from, to time.Time) ([]series.Row, error) {
	rows, err := a.Telemetry.Samples(ctx, device, from, to)
	if err != nil {
		return nil, fmt.Errorf("read telemetry: %w", err)
	}
	return rows, nil
}

// Text returns personal text by reference; an erased one says so.
func (a *App) Text(ctx context.Context, p journal.Private) string {
	if !p.Given() {
		return ""
	}
	body, ok, err := a.Store.Detail(ctx, p.ID)
	switch {
	case err != nil:
		a.Log.Warn("personal text could not be read", "error", err)
		return "[text could not be read]"
	case !ok:
		return "[erased]"
	}
	return string(body)
}

// DoseRate is the rate of now in mg/kg/h as a plain number, for drawing and
// for simulated patients; 0 when nothing runs.
func (v Visit) DoseRate() float64 {
	o := v.State.Order
	if o == nil || !o.DosingWeight.Positive() {
		return 0
	}
	r := unit.DoseRateOf(v.State.RateAt(v.Env.Now), o.Concentration, o.DosingWeight)
	return float64(r.Micro()) / unit.Micro
}
