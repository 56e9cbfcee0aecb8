package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Register names one of the registers this package keeps.
type Register string

// The registers. None holds a secret in a form that could be used.
const (
	// PersonRegister has one row per person of the staff; alias: login.
	PersonRegister Register = "person"
	// DeviceRegister has one row per enrolled tablet or station; alias: token hash.
	DeviceRegister Register = "enrolled_device"
	// CodeRegister has one row per enrolment code; id: code hash.
	CodeRegister Register = "enrolment_code"
	// SessionRegister has one row per browser session; id: token hash.
	SessionRegister Register = "browser_session"
	// GuardRegister counts failed attempts. Its size is bounded: unknown
	// logins and addresses share a fixed number of buckets.
	GuardRegister Register = "signin_guard"
	// ProofRegister has one row per person: when a password was last given.
	ProofRegister Register = "signin_proof"
)

// Registers is what this package needs of the store.
type Registers interface {
	// Row returns a row by id; the bool is false when there is none.
	Row(ctx context.Context, register, id string) (journal.RegisterRow, bool, error)
	// RowByAlias returns a row by alias; the bool is false when there is none.
	RowByAlias(ctx context.Context, register, alias string) (journal.RegisterRow, bool, error)
	// Rows returns every row of a register, ordered by id.
	Rows(ctx context.Context, register string) ([]journal.RegisterRow, error)
	// PutRows stores all rows and the audit entries in one durable
	// transaction, or nothing: a row whose revision moved on makes it return
	// an error that is journal.ErrConflict.
	PutRows(ctx context.Context, rows []journal.RegisterPut, audit []journal.AuditDraft) error
}

// ErrNoRow says that no row has the id or alias asked for.
var ErrNoRow = errors.New("no such row")

// change says who changes rows, when and as what; it becomes the audit entry.
type change struct {
	by   act.Actor
	what string
	at   time.Time
	// subject is the id of what the change is about, never personal detail.
	subject string
	// quiet marks bookkeeping (a session seen again) that needs no audit entry.
	quiet bool
}

// AuditChange is the payload of every audit entry of this package, version 1.
// The entry's type says what was done; its actor, who did it.
type AuditChange struct {
	// Subject is the id of the person, device or tally that was changed.
	Subject string `json:"subject"`
}

func (c change) drafts() ([]journal.AuditDraft, error) {
	if c.quiet {
		return nil, nil
	}
	payload, err := json.Marshal(AuditChange{Subject: c.subject})
	if err != nil {
		return nil, fmt.Errorf("encode audit entry %s: %w", c.what, err)
	}
	return []journal.AuditDraft{{
		Type: c.what, Version: 1, Payload: payload, Actor: c.by, Device: c.by.Via, At: c.at,
	}}, nil
}

// entry is a register row with its body decoded.
type entry[T any] struct {
	register  Register
	id, alias string
	revision  int64 // 0 for a row not stored yet
	value     T
}

func newEntry[T any](register Register, id, alias string, value T) entry[T] {
	return entry[T]{register: register, id: id, alias: alias, value: value}
}

func decodeEntry[T any](register Register, row journal.RegisterRow) (entry[T], error) {
	e := entry[T]{register: register, id: row.ID, alias: row.Alias, revision: row.Revision}
	if err := json.Unmarshal(row.Body, &e.value); err != nil {
		return entry[T]{}, fmt.Errorf("decode row %s of %s: %w", row.ID, register, err)
	}
	return e, nil
}

func (e entry[T]) encode() (journal.RegisterPut, error) {
	body, err := json.Marshal(e.value)
	if err != nil {
		return journal.RegisterPut{}, fmt.Errorf("encode row %s of %s: %w", e.id, e.register, err)
	}
	return journal.RegisterPut{Register: string(e.register), ID: e.id, Alias: e.alias, Body: body, Revision: e.revision}, nil
}

// encoder is any entry, whatever its type.
type encoder interface {
	encode() (journal.RegisterPut, error)
}

// found turns what a register answered into an entry, or an error that is ErrNoRow.
func found[T any](register Register, row journal.RegisterRow, ok bool, err error) (entry[T], error) {
	if err != nil {
		return entry[T]{}, fmt.Errorf("read %s: %w", register, err)
	}
	if !ok {
		return entry[T]{}, fmt.Errorf("read %s: %w", register, ErrNoRow)
	}
	return decodeEntry[T](register, row)
}

func findByID[T any](ctx context.Context, r Registers, register Register, id string) (entry[T], error) {
	row, ok, err := r.Row(ctx, string(register), id)
	return found[T](register, row, ok, err)
}

func findByAlias[T any](ctx context.Context, r Registers, register Register, alias string) (entry[T], error) {
	row, ok, err := r.RowByAlias(ctx, string(register), alias)
	return found[T](register, row, ok, err)
}

func findAll[T any](ctx context.Context, r Registers, register Register) ([]entry[T], error) {
	rows, err := r.Rows(ctx, string(register))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", register, err)
	}
	out := make([]entry[T], 0, len(rows))
	for _, row := range rows {
		e, err := decodeEntry[T](register, row)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// findOrNew returns the entry, or a new one with a zero value when absent.
func findOrNew[T any](ctx context.Context, r Registers, register Register, id string) (entry[T], error) {
	e, err := findByID[T](ctx, r, register, id)
	if errors.Is(err, ErrNoRow) {
		var zero T
		return newEntry(register, id, "", zero), nil
	}
	return e, err
}

func put(ctx context.Context, r Registers, c change, entries ...encoder) error {
	audit, err := c.drafts()
	if err != nil {
		return err
	}
	rows := make([]journal.RegisterPut, 0, len(entries))
	for _, e := range entries {
		row, err := e.encode()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := r.PutRows(ctx, rows, audit); err != nil {
		return fmt.Errorf("store %s: %w", c.what, err)
	}
	return nil
}
