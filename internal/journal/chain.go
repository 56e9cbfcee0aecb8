package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Genesis is hash(0) of a log: it covers the clinic and the log's id, so that
// no entry can be moved to another log.
func Genesis(clinic ident.Clinic, log ident.Log) Hash {
	b := appendText([]byte(logDomain), string(clinic))
	return sha256.Sum256(appendText(b, string(log)))
}

// Link is the hash of r when the entry before it has hash prev.
func Link(prev Hash, r Record) Hash {
	h, _ := LinkBuf(nil, prev, r)
	return h
}

// LinkBuf is Link with a buffer to reuse, for walking long logs.
func LinkBuf(buf []byte, prev Hash, r Record) (Hash, []byte) {
	buf = append(buf[:0], eventDomain...)
	buf = append(buf, prev[:]...)
	buf = r.AppendFields(buf)
	return sha256.Sum256(buf), buf
}

// Broken says where a chain does not hold. It names no content of the entry.
type Broken struct {
	Log      ident.Log
	Position int64
	Stream   Stream
	Differs  string
}

func (b *Broken) Error() string {
	return fmt.Sprintf("log %s, position %d, stream %s: %s", b.Log, b.Position, b.Stream, b.Differs)
}

// Walker checks the entries of one log in order.
type Walker struct {
	clinic   ident.Clinic
	log      ident.Log
	position int64
	hash     Hash
	recorded time.Time
	streams  map[Stream]int64
	buf      []byte
}

// NewWalker begins before the first entry of a log.
func NewWalker(clinic ident.Clinic, log ident.Log) *Walker {
	return &Walker{clinic: clinic, log: log, hash: Genesis(clinic, log), streams: map[Stream]int64{}}
}

// Head is the position and hash of the last entry walked.
func (w *Walker) Head() (int64, Hash) { return w.position, w.hash }

// Streams is the number of streams seen.
func (w *Walker) Streams() int { return len(w.streams) }

// Next checks that r is the entry after the last one.
func (w *Walker) Next(r Record) error {
	broken := func(format string, args ...any) error {
		return &Broken{Log: w.log, Position: r.Position, Stream: r.Stream, Differs: fmt.Sprintf(format, args...)}
	}
	switch {
	case r.Clinic != w.clinic || r.Log != w.log:
		return broken("entry belongs to another log")
	case r.Position != w.position+1:
		return broken("position %d is expected here: an entry is missing or out of order", w.position+1)
	}
	var hash Hash
	hash, w.buf = LinkBuf(w.buf, w.hash, r)
	switch {
	case hash != r.Hash:
		return broken("hash stored %s, computed %s: the entry, or the one before it, is not what was written", short(r.Hash), short(hash))
	case r.Sequence != w.streams[r.Stream]+1:
		return broken("sequence %d in its stream, %d expected", r.Sequence, w.streams[r.Stream]+1)
	case r.RecordedAt.Before(w.recorded):
		return broken("recorded before the entry in front of it")
	}
	w.position, w.hash, w.recorded = r.Position, hash, r.RecordedAt
	w.streams[r.Stream] = r.Sequence
	return nil
}

func short(h Hash) string { return hex.EncodeToString(h[:8]) + "…" }
