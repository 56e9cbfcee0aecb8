package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Engine is what an opener hands over: pools that are set up and checked.
type Engine struct {
	Dialect Dialect
	// Record and Telemetry hold writing connections, the Read pools reading ones.
	Record, ReadRecord       *sql.DB
	Telemetry, ReadTelemetry *sql.DB
	// Release, where set, is called last, when all pools are closed.
	Release func() error
	// ReadOnly opens what is there and changes nothing, not even the schema.
	ReadOnly bool
}

// Options open the record of one clinic.
type Options struct {
	Clinic ident.Clinic
	// Dir holds checkpoint.key and checkpoints.log.
	Dir string
	// Projections are folded in the transaction of every append.
	Projections []Projection
	// Owes says what an entry owes to people elsewhere: it is written with it.
	// Nil where nobody elsewhere is told anything.
	Owes   func(journal.Record) (journal.Outgoing, bool)
	Now    func() time.Time
	Random func([]byte) // fills with random bytes, never fails
	Log    *slog.Logger
}

func (o Options) check() error {
	if !ident.ValidClinic(o.Clinic) {
		return errors.New("clinic is not named in lower-case letters, digits and hyphens")
	}
	if o.Now == nil || o.Random == nil || o.Log == nil || o.Dir == "" {
		return errors.New("clock, randomness, log and directory must be given")
	}
	return nil
}

// Open opens a database for one clinic; closing the store closes both.
func Open(ctx context.Context, e Engine, o Options) (*Store, error) {
	db, err := NewDB(ctx, e)
	if err != nil {
		return nil, err
	}
	s, err := db.Open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.ownsDB = true
	return s, nil
}

// DB is one open database. Record handles are opened per clinic.
type DB struct {
	engine Engine
	// shared writers serve every clinic on engines that take one writer.
	sharedRecord    *queue[*job]
	sharedTelemetry *queue[*telemetryJob]
}

// NewDB brings the schema up to date and starts the writer of an engine that
// has one for all clinics.
func NewDB(ctx context.Context, e Engine) (*DB, error) {
	db := &DB{engine: e}
	if e.ReadOnly {
		return db, nil
	}
	if err := migrate(ctx, e.Record, e.Dialect, "record"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := migrate(ctx, e.Telemetry, e.Dialect, "telemetry"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if e.Dialect.Exclusive {
		db.sharedRecord = newQueue[*job](newRecordWriter(e))
		db.sharedTelemetry = newQueue[*telemetryJob](newTelemetryWriter(e))
	}
	return db, nil
}

// Clinics lists the clinics that have a record here.
func (db *DB) Clinics(ctx context.Context) ([]ident.Clinic, error) {
	var out []ident.Clinic
	err := each(ctx, db.readRecord(), func(scan func(...any) error) error {
		var c ident.Clinic
		err := scan(&c)
		out = append(out, c)
		return err
	}, "SELECT clinic FROM log_head WHERE kind = ? ORDER BY clinic", kindRecord)
	if err != nil {
		return nil, fmt.Errorf("list clinics: %w", err)
	}
	return out, nil
}

// Close waits for what was taken in and closes the database.
func (db *DB) Close() error {
	if db.sharedRecord != nil {
		db.sharedRecord.close()
	}
	if db.sharedTelemetry != nil {
		db.sharedTelemetry.close()
	}
	var errs []error
	for _, p := range []*sql.DB{db.engine.Record, db.engine.ReadRecord, db.engine.Telemetry, db.engine.ReadTelemetry} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if db.engine.Release != nil {
		errs = append(errs, db.engine.Release())
	}
	return errors.Join(errs...)
}

func (db *DB) readRecord() reader    { return reader{db.engine.ReadRecord, db.engine.Dialect} }
func (db *DB) readTelemetry() reader { return reader{db.engine.ReadTelemetry, db.engine.Dialect} }

// Store is the record, registers, audit log and telemetry of one clinic. It
// is safe for concurrent use.
type Store struct {
	db *DB
	o  Options

	signer  *signer
	lines   *lineLog
	hints   *hub
	news    *hub   // of telemetry
	lease   string // this process, as the lease row names it
	record  *queue[*job]
	tele    *queue[*telemetryJob]
	beat    *heartbeat
	faults  faults
	caught  []string // what did not fit when the store was opened
	latest  latest
	ownsDB  bool // Close closes the database too
	closing sync.Once
	closed  error

	// ids of the three logs; they never change once made
	recordLog, auditLog, telemetryLog ident.Log
}

// Open opens the record of one clinic, making it when it is new. It waits
// while another process holds the clinic's lease.
func (db *DB) Open(ctx context.Context, o Options) (*Store, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{db: db, o: o, hints: newHub(), news: newHub()}
	if db.engine.ReadOnly {
		if err := s.openReading(ctx); err != nil {
			return nil, fmt.Errorf("open store of clinic %s: %w", o.Clinic, err)
		}
		return s, nil
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store of clinic %s: %w", o.Clinic, err), s.Close())
	}
	return s, nil
}

func (s *Store) openReading(ctx context.Context) error {
	if err := s.readLogs(ctx); err != nil {
		return err
	}
	var err error
	s.signer, err = readSigner(s.o.Dir)
	return err
}

func (s *Store) open(ctx context.Context) error {
	var err error
	if s.signer, err = openSigner(s.o.Dir, s.o.Random); err != nil {
		return err
	}
	if s.lines, err = openLineLog(s.o.Dir); err != nil {
		return err
	}
	s.record, s.tele = s.db.sharedRecord, s.db.sharedTelemetry
	if s.record == nil {
		s.record = newQueue[*job](newRecordWriter(s.db.engine))
		s.tele = newQueue[*telemetryJob](newTelemetryWriter(s.db.engine))
	}
	if err := s.takeLease(ctx); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if s.caught, err = s.compareLines(ctx); err != nil {
		return err
	}
	for _, c := range s.caught {
		s.o.Log.ErrorContext(ctx, "checkpoints.log does not fit the record: run verify", slog.String("finding", c))
	}
	return s.buildNew(ctx)
}

// Close waits for what was taken in, gives the lease back and closes this
// handle. The database stays open for other clinics.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.beat.stop()
		if s.record != nil && s.lease != "" {
			s.giveLease()
		}
		if s.record != nil && s.record != s.db.sharedRecord {
			s.record.close()
			s.tele.close()
		}
		s.hints.close()
		s.news.close()
		if s.lines != nil {
			s.closed = s.lines.close()
		}
		if s.ownsDB {
			s.closed = errors.Join(s.closed, s.db.Close())
		}
	})
	return s.closed
}

// Clinic names the clinic.
func (s *Store) Clinic() ident.Clinic { return s.o.Clinic }

// Warnings says what did not fit when the store was opened: a checkpoint
// ahead of its log. An empty list is no proof; Verify is.
func (s *Store) Warnings() []string { return append([]string(nil), s.caught...) }

// DB is the database of the handle.
func (s *Store) DB() *DB { return s.db }
