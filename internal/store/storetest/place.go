// Package storetest is the conformance suite every engine's store passes.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// Place is an empty place for records, private to one test.
type Place struct {
	Dialect sqlstore.Dialect
	// Dir holds the key and checkpoints.log.
	Dir string
	// Open opens a clinic's record here.
	Open func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error)
	// Read opens it for reading only, beside a writer or after one.
	Read func(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error)
	// Record and Telemetry reach under the store: for looking and tampering.
	Record, Telemetry func(t *testing.T) *sql.DB
}

// Clinic is the clinic of most tests.
const Clinic ident.Clinic = "test-clinic"

// Start is the time at which every test begins.
func Start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// Options are those of most tests.
func (p Place) Options(projections ...sqlstore.Projection) sqlstore.Options {
	return sqlstore.Options{
		Clinic: Clinic, Dir: p.Dir, Projections: projections,
		Now:    Start,
		Random: Random,
		Log:    slog.New(slog.DiscardHandler),
	}
}

// Random fills b with random bytes.
func Random(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand.Read never fails
	}
}

// MustOpen opens a store that is closed with the test.
func (p Place) MustOpen(t testing.TB, projections ...sqlstore.Projection) *sqlstore.Store {
	t.Helper()
	s, err := p.Open(t.Context(), p.Options(projections...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { MustClose(t, s) })
	return s
}

// MustRead opens a store for reading that is closed with the test.
func (p Place) MustRead(t testing.TB, projections ...sqlstore.Projection) *sqlstore.Store {
	t.Helper()
	s, err := p.Read(t.Context(), p.Options(projections...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { MustClose(t, s) })
	return s
}

// MustClose closes a store. Closing twice is harmless.
func MustClose(t testing.TB, s *sqlstore.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// Under connects beneath a store, for looking and tampering. The engine's
// package has registered the driver.
func Under(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// NewID makes an id at the tests' time.
func NewID[T ident.Command | ident.Session | ident.Detail | ident.Person | ident.Device]() T {
	var r [10]byte
	Random(r[:])
	return ident.New[T](Start().UnixMilli(), r)
}

// Nurse is the author of most tests.
func Nurse() act.Actor {
	return act.Actor{
		Kind: act.Person, Person: "01951f00-0000-7000-8000-000000000001", Roles: []act.Role{act.Nurse},
		Proof: act.PIN, ProvedAt: Start(),
	}
}

// Stream is a stream of the session kind that no other test has.
func Stream() journal.Stream { return journal.NewStream("session", string(NewID[ident.Session]())) }

// Said is the payload of the tests' events.
type Said struct {
	Text   string            `json:"text"`
	Detail journal.DetailRef `json:"detail,omitzero"`
}

// Draft is one event that says text.
func Draft(stream journal.Stream, text string) journal.Draft {
	return journal.Draft{Stream: stream, Type: "test.said", Version: 1, Payload: payload(Said{Text: text}), EffectiveAt: Start()}
}

func payload(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode payload: %v", err))
	}
	return b
}

// Batch is one command that says texts in a stream found at a sequence.
func Batch(stream journal.Stream, sequence int64, texts ...string) journal.Batch {
	b := journal.Batch{
		Command: NewID[ident.Command](), OccurredAt: Start(), RecordedAt: Start(), Actor: Nurse(),
		Device: "01951f00-0000-7000-8000-00000000000d",
		Expect: []journal.Expect{{Stream: stream, Sequence: sequence}},
	}
	for _, text := range texts {
		b.Events = append(b.Events, Draft(stream, text))
	}
	b.Digest = sha256.Sum256([]byte(fmt.Sprint(stream, sequence, texts)))
	return b
}

// MustAppend appends or fails the test.
func MustAppend(t testing.TB, s *sqlstore.Store, b journal.Batch) []journal.Record {
	t.Helper()
	r, err := s.Append(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return r.Records
}

// Note is one audit entry about a subject.
func Note(what, subject string) journal.AuditDraft {
	return journal.AuditDraft{
		Type: what, Version: 1, Payload: payload(struct {
			Subject string `json:"subject"`
		}{subject}), Actor: Nurse(), At: Start(),
	}
}
