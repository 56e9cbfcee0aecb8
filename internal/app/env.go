package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

const houseStream = house.Stream

// env gathers everything a decision may look at, and the sequence of every
// stream it read.
func (a *App) env(ctx context.Context, r Request, s session.State, cmd session.Command) (session.Env, []journal.Expect, error) {
	e, houseSeq, err := a.facts(ctx, r.Session, s)
	if err != nil {
		return session.Env{}, nil, err
	}
	e.Command = r.ID
	e.OccurredAt, e.Offset = r.OccurredAt, r.Offset
	e.Actor, e.Witness, e.TabletChair = r.Actor, r.Witness, r.Chair
	e.Paper, e.Sheet = r.Paper, r.sheet
	if c, ok := cmd.(session.LinkMonitor); ok {
		e.Monitor = a.monitorState(c.Monitor)
	}
	if c, ok := cmd.(session.LinkPump); ok {
		if e.Pump, err = a.pumpState(ctx, r.Session, c.Pump); err != nil {
			return session.Env{}, nil, err
		}
	}
	if _, ok := cmd.(session.AttachOrder); ok {
		e.Given = a.Given(ctx, s.Patient)
	}
	e.Seen = a.seen(ctx, s.Link.Monitor, cmd)
	if c, ok := cmd.(session.TakeRound); ok {
		if e.Seen, err = a.seenOfRound(ctx, s, e, c); err != nil {
			return session.Env{}, nil, err
		}
	}
	e.Monitor.ChunkHead = a.chunkHead(ctx, e.Monitor.Device)
	if c, ok := cmd.(session.Schedule); ok {
		if e.Patient, err = a.patientFacts(ctx, c.Patient); err != nil {
			return session.Env{}, nil, err
		}
	}
	var missing, expiring []string
	if r.Actor.Person != "" { // a device or a job holds no credential
		if missing, expiring, err = a.Directory.Missing(ctx, r.Actor.Person, r.Act, e.Now); err != nil {
			a.Log.Warn("credentials could not be looked up", "error", err)
		}
	}
	e.Staff.Known = e.Staff.Known && err == nil
	e.Staff.ActorMissing, e.Staff.ActorExpires = missing, expiring
	expect := []journal.Expect{{Stream: sessionStream(r.Session), Sequence: s.Sequence}}
	if cmd.Planned() {
		expect = append(expect, journal.Expect{Stream: houseStream, Sequence: houseSeq})
		if e.Course.Has {
			c := a.CourseOf(ctx, s.Patient, e.Now)
			expect = append(expect, journal.Expect{Stream: course.StreamOf(c.ID), Sequence: c.Sequence})
		}
	}
	return e, expect, nil
}

// facts is what is known around a session, whoever asks.
func (a *App) facts(ctx context.Context, id ident.Session, s session.State) (session.Env, int64, error) {
	now := journal.Time(a.Now())
	_, hash, err := a.head.read(ctx)
	if err != nil {
		return session.Env{}, 0, err
	}
	patient, err := a.patientFacts(ctx, s.Patient)
	if err != nil {
		return session.Env{}, 0, err
	}
	h, err := a.house(ctx)
	if err != nil {
		return session.Env{}, 0, err
	}
	prescribers, perr := a.Directory.Prescribers(ctx, now)
	k := a.Knows() // once: one decision is made on one library
	e := session.Env{
		Session: id, Now: now, OccurredAt: now, Zone: a.Zone, Rules: k.Rules, Alarms: k.AlarmRules, FromLibrary: a.fromLibrary(h, k),
		Room:      roomToday(h, now, a.Zone),
		Signed:    session.AlarmsSigned{Known: true, Done: k.signedAlarms(h)},
		Adopted:   session.Adopted{Known: true, Done: k.adopted(h)},
		Course:    a.courseState(ctx, s, now),
		Consent:   a.consentState(ctx, s, now),
		Reachable: a.reachable(),
		Heard:     a.heard(s.Chair, s.Nurse, deaf(h)),
		Monitor:   a.monitorState(s.Link.Monitor),
		Patient:   patient,
		Head:      fmt.Sprintf("%x", hash),
		Staff:     session.Staff{Known: perr == nil, Prescribers: prescribers, Load: a.load(id, s)},
	}
	return e, h.Sequence, nil
}

func (a *App) patientFacts(ctx context.Context, id ident.Patient) (session.PatientFacts, error) {
	p, ok, err := a.patients.get(ctx, id)
	if err != nil || !ok {
		return session.PatientFacts{}, err
	}
	f := session.PatientFacts{Known: true, BornOn: p.Born, AllergyToDrug: p.AllergyToDrug}
	if f.LastWeight, err = a.lastWeight(ctx, id); err != nil {
		a.Log.Warn("earlier visits could not be read for the last weight", "error", err)
	}
	f.Weights = err == nil
	return f, nil
}

// lastWeight is the weight measured at the patient's latest earlier visit; nil
// when none was. A visit that could not be read may have had one.
func (a *App) lastWeight(ctx context.Context, id ident.Patient) (*session.WeightMeasured, error) {
	var latest time.Time
	var found *session.WeightMeasured
	for _, row := range a.sessions.of(id) {
		if !row.LastAt.After(latest) || row.Phase == session.PhaseScheduled {
			continue
		}
		if !row.Over() && !row.Unclosed() {
			continue
		}
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if h.state.Precheck.Weight == nil {
			continue
		}
		latest, found = row.LastAt, h.state.Precheck.Weight
	}
	return found, nil
}

// load counts the sessions in which the session's nurse is responsible while
// drug runs, this one included.
func (a *App) load(id ident.Session, s session.State) int {
	if s.Nurse == "" {
		return 1
	}
	return 1 + a.sessions.runningBeside(s.Nurse, id)
}

// chunkHead is the newest sealed chunk of a monitor, which some events record.
func (a *App) chunkHead(ctx context.Context, id ident.Device) string {
	if id == "" {
		return ""
	}
	head, err := a.Telemetry.ChunkHead(ctx, id)
	if err != nil {
		a.Log.Warn("chunk head could not be read", "error", err)
	}
	return head
}

func (a *App) monitorState(id ident.Device) session.MonitorState {
	if id == "" {
		return session.MonitorState{}
	}
	var m session.MonitorState
	a.monitors.look(id, func(f *Feed) {
		m = session.MonitorState{
			Known: true, Device: id, Name: f.Monitor.Name, LastAt: f.LastAt, Simulated: f.Monitor.Simulated,
			Latest: map[vital.Kind]vital.Sample{},
		}
		for _, row := range append(f.All(), slices.Collect(maps.Values(f.good))...) {
			x := row.Sample
			x.At = row.At // by the clinic's clock
			if old, ok := m.Latest[x.Kind]; !ok || flowsBetter(x, old) {
				m.Latest[x.Kind] = x
			}
		}
	})
	return m
}

// flowsBetter reports whether of two values of a kind x shows better that
// values come: a good one before a questionable one, then the newer.
func flowsBetter(x, than vital.Sample) bool {
	if good := x.Quality == vital.Good; good != (than.Quality == vital.Good) {
		return good
	}
	return x.At.After(than.At)
}

// house is the clinic's own stream, folded.
func (a *App) house(ctx context.Context) (house.State, error) { return a.rooms.get(ctx) }

func (a *App) readHouse(ctx context.Context) (house.State, error) {
	records, err := a.Store.Load(ctx, houseStream)
	if err != nil {
		return house.State{}, fmt.Errorf("load house: %w", err)
	}
	var s house.State
	for _, r := range records {
		e, err := house.Codec.Open(r)
		if err != nil {
			return house.State{}, fmt.Errorf("read house: %w", err)
		}
		s = house.Evolve(s, e)
	}
	return s, nil
}

// Names returns every person's printed name.
func (a *App) Names(ctx context.Context) map[ident.Person]string {
	names, err := a.Directory.Names(ctx)
	if err != nil {
		a.Log.Warn("names could not be read", "error", err)
		return nil
	}
	return maps.Clone(names)
}
