package journal

import (
	"errors"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Batch is all that one command changes. A store appends it in one durable
// transaction or not at all.
type Batch struct {
	Command    ident.Command
	Digest     [32]byte // of the command as sent; the same id with another digest is refused
	OccurredAt time.Time
	RecordedAt time.Time // server; the store never lets it go back
	Actor      act.Actor
	Device     ident.Device
	Events     []Draft
	// Expect names every stream written and every stream the decision read.
	Expect    []Expect
	Details   []Detail
	Audit     []AuditDraft
	Registers []RegisterPut
}

// Draft is one event to append.
type Draft struct {
	Stream      Stream
	Type        string
	Version     int
	Payload     []byte
	EffectiveAt time.Time
}

// Expect is the sequence a stream had when the decision was made; 0 is a
// stream that does not exist yet.
type Expect struct {
	Stream   Stream
	Sequence int64
}

// AuditDraft is one entry for the clinic's second log: a change of a
// register, or a read of patient data. Without a stream it goes to
// AuditStream; within a batch, without an actor it has the batch's.
type AuditDraft struct {
	Stream  Stream
	Type    string
	Version int
	Payload []byte
	Actor   act.Actor
	Device  ident.Device
	At      time.Time
}

// AuditStream is where audit entries stand that name no stream of their own.
const AuditStream Stream = "audit/clinic"

// RegisterPut writes one row of a register. Revision is the one that was
// read (0 for a new row); another one is a conflict.
type RegisterPut struct {
	Register string
	ID       string
	Alias    string // unique in the register when not empty
	Body     []byte
	Revision int64
	Delete   bool
}

// RegisterRow is one row of a register, as read.
type RegisterRow struct {
	ID        string
	Alias     string
	Body      []byte
	Revision  int64
	UpdatedAt time.Time
}

// Result is what an append left behind. Replayed says the command had been
// taken before and these are its first records.
type Result struct {
	Replayed bool
	Records  []Record
}

// The ways an append is refused.
var (
	// ErrConflict says a stream or register row moved on: reload and decide again.
	ErrConflict = errors.New("a stream moved on since it was read")
	// ErrDigest says the command id was used before with other content.
	ErrDigest = errors.New("command id was used before with other content")
)
