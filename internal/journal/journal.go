// Package journal is the form of the record: the envelope around every entry,
// its canonical bytes, the hash chain over them, the codec between events and
// payload bytes, references to personal detail, and signed checkpoints. It is
// pure; the stores keep what it defines.
package journal

import (
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Stream names one view of the log as "kind/id", such as "session/018f…".
type Stream string

// MaxStream bounds a stream's name, in bytes.
const MaxStream = 128

// NewStream makes the name of a stream.
func NewStream(kind, id string) Stream { return Stream(kind + "/" + id) }

// Kind is what stands before the slash: session, course, ledger, house, audit.
func (s Stream) Kind() string { kind, _, _ := strings.Cut(string(s), "/"); return kind }

// ID is what stands after the slash.
func (s Stream) ID() string { _, id, _ := strings.Cut(string(s), "/"); return id }

// Check reports why s cannot name a stream.
func (s Stream) Check() error {
	if len(s) > MaxStream {
		return fmt.Errorf("stream name is longer than %d bytes", MaxStream)
	}
	kind, id, _ := strings.Cut(string(s), "/")
	if !name(kind) || !name(id) {
		return fmt.Errorf("stream name %q is not kind/id in lower-case letters, digits, hyphens, underscores and dots", clip(string(s)))
	}
	return nil
}

// name reports whether s is a lower-case name of the record.
func name(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func clip(s string) string {
	const most = 64
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// Meta is the envelope of an entry as a fold sees it.
type Meta struct {
	Position int64 // in the clinic's log, from 1, without gaps
	Sequence int64 // in the stream, from 1, without gaps
	Command  ident.Command
	Index    int // of the entry within its command, from 0
	// OccurredAt is as claimed, EffectiveAt as corrected by the decision,
	// RecordedAt the server's and never before the previous entry's.
	OccurredAt, EffectiveAt, RecordedAt time.Time
	Actor                               act.Actor
	Device                              ident.Device
}

// Entry is one event with its envelope: what Evolve folds.
type Entry[E any] struct {
	Meta
	Event E
}
