package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
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

// Row is one row of a register. Body is JSON.
type Row struct {
	Register Register
	ID       string
	// Alias is a second key, unique within the register; empty for none.
	Alias string
	// Version is 0 for a row not stored yet and grows by one with each Put.
	Version int64
	Body    []byte
}

// Change says who changed rows, when and as what; it becomes the audit entry.
type Change struct {
	By   act.Actor
	What string
	At   time.Time
	// Subject is the id of the row the change is about. It is never personal detail.
	Subject string
	// Quiet marks bookkeeping (a session seen again) that needs no audit entry.
	Quiet bool
}

// Registers is what this package needs of the store.
type Registers interface {
	// Row returns a row by id, or an error that is ErrNoRow.
	Row(ctx context.Context, register Register, id string) (Row, error)
	// RowByAlias returns a row by alias, or an error that is ErrNoRow.
	RowByAlias(ctx context.Context, register Register, alias string) (Row, error)
	// Rows returns every row of a register, ordered by id.
	Rows(ctx context.Context, register Register) ([]Row, error)
	// Put stores all rows and the audit entry in one durable transaction, or
	// none. A row whose Version is not the stored one (0: absent), or whose
	// alias another row has, makes it return an error that is ErrConflict.
	Put(ctx context.Context, change Change, rows ...Row) error
}

var (
	// ErrNoRow is returned by Registers for a row that is not there.
	ErrNoRow = errors.New("no such row")
	// ErrConflict is returned by Registers when a row changed meanwhile.
	ErrConflict = errors.New("row changed meanwhile")
)

// entry is a row with its body decoded.
type entry[T any] struct {
	row   Row
	value T
}

func newEntry[T any](register Register, id, alias string, value T) entry[T] {
	return entry[T]{row: Row{Register: register, ID: id, Alias: alias}, value: value}
}

func decodeEntry[T any](row Row) (entry[T], error) {
	e := entry[T]{row: row}
	if err := json.Unmarshal(row.Body, &e.value); err != nil {
		return entry[T]{}, fmt.Errorf("decode row %s of %s: %w", row.ID, row.Register, err)
	}
	return e, nil
}

func (e entry[T]) encode() (Row, error) {
	body, err := json.Marshal(e.value)
	if err != nil {
		return Row{}, fmt.Errorf("encode row %s of %s: %w", e.row.ID, e.row.Register, err)
	}
	row := e.row
	row.Body = body
	return row, nil
}

// encoder is any entry, whatever its type.
type encoder interface{ encode() (Row, error) }

func findByID[T any](ctx context.Context, r Registers, register Register, id string) (entry[T], error) {
	row, err := r.Row(ctx, register, id)
	if err != nil {
		return entry[T]{}, fmt.Errorf("read %s: %w", register, err)
	}
	return decodeEntry[T](row)
}

func findByAlias[T any](ctx context.Context, r Registers, register Register, alias string) (entry[T], error) {
	row, err := r.RowByAlias(ctx, register, alias)
	if err != nil {
		return entry[T]{}, fmt.Errorf("read %s: %w", register, err)
	}
	return decodeEntry[T](row)
}

func findAll[T any](ctx context.Context, r Registers, register Register) ([]entry[T], error) {
	rows, err := r.Rows(ctx, register)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", register, err)
	}
	out := make([]entry[T], 0, len(rows))
	for _, row := range rows {
		e, err := decodeEntry[T](row)
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

func put(ctx context.Context, r Registers, c Change, entries ...encoder) error {
	rows := make([]Row, 0, len(entries))
	for _, e := range entries {
		row, err := e.encode()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := r.Put(ctx, c, rows...); err != nil {
		return fmt.Errorf("store %s: %w", c.What, err)
	}
	return nil
}
