package journal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

const checkpointDomain = "stillwatch/checkpoint/1"

// MaxCheckpoint bounds one checkpoint line, in bytes.
const MaxCheckpoint = 512

// Checkpoint says how far a log had come at a time. It is signed (Ed25519) by
// the clinic's key, kept in the store, written to checkpoints.log, printed on
// every document and carried in every backup: a log that no longer agrees
// with one has been changed or cut.
type Checkpoint struct {
	Clinic    ident.Clinic
	Log       ident.Log
	Position  int64
	Hash      Hash
	At        time.Time
	Signature []byte
}

// ErrSignature says that a checkpoint's signature is not by the key given.
var ErrSignature = errors.New("checkpoint is not signed by this clinic's key")

// Message is what is signed: the line without its signature.
func (c Checkpoint) Message() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %s %s",
		checkpointDomain, c.Clinic, c.Log, c.Position, hex.EncodeToString(c.Hash[:]), c.At.UTC().Format(checkpointTime))
}

// checkpointTime is RFC 3339 in UTC with all six digits of the microseconds.
const checkpointTime = "2006-01-02T15:04:05.000000Z"

// Line is the checkpoint as one line of text, without a newline.
func (c Checkpoint) Line() string {
	return string(c.Message()) + " " + hex.EncodeToString(c.Signature)
}

// Verify asks the caller's key about the signature.
func (c Checkpoint) Verify(signedBy func(message, signature []byte) bool) error {
	if len(c.Signature) == 0 || !signedBy(c.Message(), c.Signature) {
		return ErrSignature
	}
	return nil
}

// ParseCheckpoint reads one line; Line of the result gives it back.
func ParseCheckpoint(line string) (Checkpoint, error) {
	malformed := errors.New("not a checkpoint line: " + checkpointDomain + " clinic log position hash time signature")
	if len(line) > MaxCheckpoint {
		return Checkpoint{}, malformed
	}
	f := strings.Split(line, " ")
	if len(f) != 7 || f[0] != checkpointDomain {
		return Checkpoint{}, malformed
	}
	position, err1 := strconv.ParseInt(f[3], 10, 64)
	hash, err2 := hex.DecodeString(f[4])
	at, err3 := time.Parse(checkpointTime, f[5])
	signature, err4 := hex.DecodeString(f[6])
	if errors.Join(err1, err2, err3, err4) != nil || len(hash) != len(Hash{}) {
		return Checkpoint{}, malformed
	}
	c := Checkpoint{
		Clinic: ident.Clinic(f[1]), Log: ident.Log(f[2]), Position: position, Hash: Hash(hash), At: at.UTC(), Signature: signature,
	}
	if !ident.ValidClinic(c.Clinic) || !ident.Valid(c.Log) || position < 0 || c.Line() != line {
		return Checkpoint{}, malformed
	}
	return c, nil
}
