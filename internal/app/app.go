// Package app holds the use cases: it loads streams, asks whether the actor
// may, lets the pure core decide, appends, and tells those who wait. It owns
// the interfaces of what it needs; the edges implement them.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/series"
)

// Store is the record, its registers and the audit log of one clinic.
type Store interface {
	Load(ctx context.Context, stream journal.Stream) ([]journal.Record, error)
	Since(ctx context.Context, position int64, limit int) ([]journal.Record, error)
	Head(ctx context.Context) (position int64, hash [32]byte, err error)
	Append(ctx context.Context, b journal.Batch) (journal.Result, error)
	// Outcome returns what a command left behind before, if it was taken.
	Outcome(ctx context.Context, id ident.Command, digest [32]byte) (journal.Result, bool, error)
	// Detail returns the text of one row of personal detail; ok is false
	// when it was erased.
	Detail(ctx context.Context, id ident.Detail) (body []byte, ok bool, err error)
	Row(ctx context.Context, register, id string) (journal.RegisterRow, bool, error)
	RowByAlias(ctx context.Context, register, alias string) (journal.RegisterRow, bool, error)
	Rows(ctx context.Context, register string) ([]journal.RegisterRow, error)
	// PutRows changes register rows and writes the audit entries in one transaction.
	PutRows(ctx context.Context, rows []journal.RegisterPut, audit []journal.AuditDraft) error
	Audit(ctx context.Context, entries ...journal.AuditDraft) error
	// Projection returns the rows of a projection, by key.
	Projection(ctx context.Context, name string) (map[string][]byte, error)
	// Hints yields "there is more, up to N" after each durable commit.
	Hints() (hints <-chan int64, stop func())
}

// Telemetry is the store of what monitors sent.
type Telemetry interface {
	Receive(ctx context.Context, r series.Received) (cursor int64, duplicate bool, err error)
	Samples(ctx context.Context, device ident.Device, from, to time.Time) ([]series.Row, error)
	Latest(ctx context.Context, device ident.Device) ([]series.Row, error)
	ChunkHead(ctx context.Context, device ident.Device) (string, error)
	Seal(ctx context.Context, now time.Time) error
	Purge(ctx context.Context, now time.Time) error
	Quarantined(ctx context.Context, since time.Time, limit int) ([]series.Quarantined, error)
}

// Directory knows the staff.
type Directory interface {
	// Names maps every person to the printed name.
	Names(ctx context.Context) (map[ident.Person]string, error)
	// Missing lists the credentials the act needs that the person lacks or
	// that have expired, and those that expire within 30 days.
	Missing(ctx context.Context, who ident.Person, what act.Act, now time.Time) (missing, expiring []string, err error)
	// Prescribers maps each person who may prescribe to whether their
	// credentials stand.
	Prescribers(ctx context.Context, now time.Time) (map[ident.Person]bool, error)
}

// Options make an App.
type Options struct {
	Clinic    ident.Clinic
	Store     Store
	Telemetry Telemetry
	Directory Directory
	// Shipped is the library as the program carries it.
	Shipped Knowledge
	// With is the same with a clinic's own values, or what is wrong with them.
	With func([]house.Value) (Knowledge, error)
	// Consent is the document that patients sign.
	Consent library.Consent
	// Intake is what patients are asked themselves.
	Intake library.Intake
	// Education, Instructions and Claims are what patients read.
	Education    library.Education
	Instructions library.Instructions
	Claims       library.Knowledge[library.Claim]
	Zone         *time.Location
	Now          func() time.Time
	Random       func([]byte) // fills with random bytes, never fails
	Log          *slog.Logger
	// OrdersByHand takes orders that were written by hand although protocols are signed.
	OrdersByHand bool
	// Demo accepts simulated data and marks everything as a demonstration.
	Demo bool
	// Chairs is the number of chairs in the room.
	Chairs int
}

// App is the running clinic.
type App struct {
	Options
	sessions *sessions
	feed     *feed
	patients *cache[ident.Patient, Patient]
	monitors *monitors
	alarms   *alarms
	rounds   *rounds
	rooms    *one[house.State]
	head     *head
	calls    calls
	hearing  hearing
	started  time.Time
	before   time.Time // when the server was last at work before it started; zero when it never was

	received tally

	announced atomic.Int64 // grows when alarms were written

	known atomic.Pointer[Knowledge] // changed under the lock of the alarms
	unfit atomic.Pointer[string]

	ordersFrom atomic.Pointer[libraryAt]

	replaying sync.Mutex // held for one replay of past visits: there is one at a time

	turns   turns
	courses courses
	drafts  orderDrafts
	amounts amounts

	recordWrites, telemetryWrites writes
	reads                         reads
}

// New makes an App over an open store and reads what it must know.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil || o.Random == nil || o.Zone == nil || o.Log == nil {
		return nil, fmt.Errorf("start app: clock, randomness, zone and log must be given")
	}
	o.Store, o.Telemetry = lastingStore{o.Store}, lastingTelemetry{o.Telemetry}
	a := &App{Options: o, feed: newFeed(), started: o.Now()}
	a.hearing.rules = o.Shipped.Rules // SW-HEARD is not the clinic's to set
	a.sessions = newSessions(o.Store)
	a.patients = newCache(a.readPatients)
	a.monitors = newMonitors()
	a.alarms = newAlarms()
	a.rounds = &rounds{of: map[ident.Session]*roundsOf{}}
	a.rooms = newOne(a.readHouse)
	a.head = &head{store: o.Store}
	if err := a.sessions.read(ctx); err != nil {
		return nil, fmt.Errorf("start app: %w", err)
	}
	if err := a.learn(ctx); err != nil {
		return nil, fmt.Errorf("start app: %w", err)
	}
	err := a.loadMonitors(ctx)
	if err != nil {
		return nil, fmt.Errorf("start app: %w", err)
	}
	if a.before, err = a.lastAtWork(ctx); err != nil {
		return nil, fmt.Errorf("start app: %w", err)
	}
	return a, nil
}

// lastAtWork is when the newest entry was recorded, or a monitor heard.
func (a *App) lastAtWork(ctx context.Context) (time.Time, error) {
	position, _, err := a.Store.Head(ctx)
	if err != nil || position == 0 {
		return time.Time{}, err
	}
	newest, err := a.Store.Since(ctx, position-1, 1)
	if err != nil || len(newest) == 0 {
		return time.Time{}, err
	}
	last := newest[0].RecordedAt
	for _, f := range a.monitors.all() {
		if f.LastAt.After(last) {
			last = f.LastAt
		}
	}
	return last, nil
}

// Silence is the time before the server started in which it was not at work, as
// far as it knows; ok is false where there was none worth a word.
func (a *App) Silence() (last, back time.Time, ok bool) {
	return a.before, a.started, !a.before.IsZero() && a.started.Sub(a.before) >= time.Minute
}

// NewID makes a UUIDv7 from the app's clock and randomness.
func NewID[T ident.Command | ident.Session | ident.Course | ident.Patient | ident.Device | ident.Order | ident.Detail | ident.Person | ident.SideEffect](a *App) T {
	var r [10]byte
	a.Random(r[:])
	return ident.New[T](a.Now().UnixMilli(), r)
}

// job is the actor of work the clinic's own server does.
func job(name string) act.Actor { return act.Actor{Kind: act.Job, Job: name, Proof: act.System} }
