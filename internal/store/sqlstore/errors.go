package sqlstore

import (
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// The ways a call fails, beside journal.ErrConflict and journal.ErrDigest.
var (
	// ErrReadOnly is returned for writes to a store opened for reading.
	ErrReadOnly = errors.New("store is open for reading only")
	// ErrClosed is returned once the store is closing.
	ErrClosed = errors.New("store is closed")
	// ErrLease says another process has taken this clinic over.
	ErrLease = errors.New("another process writes for this clinic")
	// ErrNoClinic says the database holds no record of the clinic.
	ErrNoClinic = errors.New("no record of this clinic")
	// ErrInvalid wraps a batch or row that could not stand in the record.
	ErrInvalid = errors.New("invalid entry")
)

// ConflictError says which stream or row moved on. It is a journal.ErrConflict.
type ConflictError struct {
	// Stream or Register and Row say what was expected to stand still.
	Stream        journal.Stream
	Register, Row string
	Expected      int64
	Found         int64
}

func (e *ConflictError) Error() string {
	if e.Stream != "" {
		return fmt.Sprintf("stream %s: sequence %d expected, %d found", e.Stream, e.Expected, e.Found)
	}
	return fmt.Sprintf("register %s, row %s: revision %d expected, %d found, or its alias is taken", e.Register, e.Row, e.Expected, e.Found)
}

// Unwrap makes the error a journal.ErrConflict.
func (e *ConflictError) Unwrap() error { return journal.ErrConflict }

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrInvalid, fmt.Errorf(format, args...))
}
