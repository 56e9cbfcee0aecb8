package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Bounds of one entry, in bytes.
const (
	MaxPayload = 256 << 10
	MaxActor   = 4 << 10
	MaxType    = 64
)

// eventDomain separates entry hashes from every other use of SHA-256 here.
const (
	eventDomain = "stillwatch/event/1"
	logDomain   = "stillwatch/log/1"
)

// Hash is one link of a chain.
type Hash = [sha256.Size]byte

// Record is one entry as stored: the full envelope and the payload bytes,
// which are written once and never encoded again.
type Record struct {
	Clinic      ident.Clinic
	Log         ident.Log
	Position    int64
	Stream      Stream
	Sequence    int64
	Type        string
	Version     int
	Command     ident.Command // empty for an audit entry that no command made
	Index       int
	OccurredAt  time.Time // these three UTC, whole microseconds
	EffectiveAt time.Time
	RecordedAt  time.Time
	Actor       []byte // JSON of act.Actor as EncodeActor writes it
	Device      ident.Device
	Payload     []byte
	Hash        Hash
}

// Time cuts t to what the record keeps: UTC, whole microseconds, no
// monotonic reading.
func Time(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

// EncodeActor writes an actor as it stands in the record.
func EncodeActor(a act.Actor) ([]byte, error) {
	if !a.ProvedAt.IsZero() {
		a.ProvedAt = Time(a.ProvedAt)
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode actor: %w", err)
	}
	if len(b) > MaxActor {
		return nil, fmt.Errorf("encode actor: longer than %d bytes", MaxActor)
	}
	return b, nil
}

// Meta reads the envelope for a fold.
func (r Record) Meta() (Meta, error) {
	m := Meta{
		Position: r.Position, Sequence: r.Sequence, Command: r.Command, Index: r.Index,
		OccurredAt: r.OccurredAt, EffectiveAt: r.EffectiveAt, RecordedAt: r.RecordedAt, Device: r.Device,
	}
	if err := decodeStrict(r.Actor, &m.Actor); err != nil {
		return Meta{}, fmt.Errorf("decode actor of entry %d: %w", r.Position, err)
	}
	return m, nil
}

// Check reports why r cannot stand in the record.
func (r Record) Check() error {
	switch {
	case !ident.ValidClinic(r.Clinic):
		return errors.New("clinic is not named in lower-case letters, digits and hyphens")
	case !ident.Valid(r.Log):
		return errors.New("log id is not a UUID of version 7")
	case r.Position < 1 || r.Sequence < 1 || r.Version < 1 || r.Index < 0:
		return errors.New("position, sequence or version is below 1, or index below 0")
	case !name(r.Type) || len(r.Type) > MaxType:
		return fmt.Errorf("event type %q is not a lower-case name of at most %d bytes", clip(r.Type), MaxType)
	case r.Command != "" && !ident.Valid(r.Command):
		return errors.New("command id is not a UUID of version 7")
	case len(r.Payload) > MaxPayload || !json.Valid(r.Payload):
		return fmt.Errorf("payload of %s is not JSON of at most %d bytes", r.Type, MaxPayload)
	case len(r.Actor) > MaxActor || !json.Valid(r.Actor):
		return fmt.Errorf("actor is not JSON of at most %d bytes", MaxActor)
	case len(r.Device) > MaxStream:
		return fmt.Errorf("device id is longer than %d bytes", MaxStream)
	}
	return r.Stream.Check()
}

// fieldNames are the fields in the order their bytes are hashed and written.
var fieldNames = [...]string{
	"clinic", "log", "position", "stream", "sequence", "type", "version", "command", "index",
	"occurred_at", "effective_at", "recorded_at", "actor", "device", "payload",
}

// AppendFields appends the canonical bytes of every field but the hash: each
// with its length as a big-endian uint32 before it. Numbers and times are
// eight bytes, big-endian; times count microseconds since 1970, UTC.
func (r Record) AppendFields(b []byte) []byte {
	b = appendText(b, string(r.Clinic))
	b = appendText(b, string(r.Log))
	b = appendInt(b, r.Position)
	b = appendText(b, string(r.Stream))
	b = appendInt(b, r.Sequence)
	b = appendText(b, r.Type)
	b = appendInt(b, int64(r.Version))
	b = appendText(b, string(r.Command))
	b = appendInt(b, int64(r.Index))
	b = appendInt(b, r.OccurredAt.UnixMicro())
	b = appendInt(b, r.EffectiveAt.UnixMicro())
	b = appendInt(b, r.RecordedAt.UnixMicro())
	b = appendBytes(b, r.Actor)
	b = appendText(b, string(r.Device))
	return appendBytes(b, r.Payload)
}

// ParseFields reads the canonical bytes of one record back, and nothing
// else: AppendFields of the result gives the same bytes. The hash is not
// among them.
func ParseFields(b []byte) (Record, error) {
	var fields [len(fieldNames)][]byte
	for i := range fields {
		field, rest, err := cutField(b)
		if err != nil {
			return Record{}, fmt.Errorf("read %s: %w", fieldNames[i], err)
		}
		fields[i], b = field, rest
	}
	if len(b) != 0 {
		return Record{}, errors.New("read envelope: bytes after the last field")
	}
	var n [7]int64
	for i, f := range [...]int{2, 4, 6, 8, 9, 10, 11} {
		if len(fields[f]) != 8 {
			return Record{}, fmt.Errorf("read %s: not eight bytes", fieldNames[f])
		}
		n[i] = int64(binary.BigEndian.Uint64(fields[f]))
	}
	r := Record{
		Clinic: ident.Clinic(fields[0]), Log: ident.Log(fields[1]), Position: n[0],
		Stream: Stream(fields[3]), Sequence: n[1], Type: string(fields[5]), Version: int(n[2]),
		Command: ident.Command(fields[7]), Index: int(n[3]),
		OccurredAt: time.UnixMicro(n[4]).UTC(), EffectiveAt: time.UnixMicro(n[5]).UTC(), RecordedAt: time.UnixMicro(n[6]).UTC(),
		Actor: bytes.Clone(fields[12]), Device: ident.Device(fields[13]), Payload: bytes.Clone(fields[14]),
	}
	if err := r.Check(); err != nil {
		return Record{}, fmt.Errorf("read envelope: %w", err)
	}
	return r, nil
}

func cutField(b []byte) (field, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errors.New("length is cut short")
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, errors.New("field is cut short")
	}
	return b[4 : 4+n], b[4+n:], nil
}

func appendInt(b []byte, n int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func appendBytes(b, p []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
	return append(b, p...)
}
