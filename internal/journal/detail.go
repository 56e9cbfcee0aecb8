package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
)

const detailDomain = "stillwatch/detail/1"

// Bounds of one row of personal detail, in bytes.
const (
	MinSalt   = 16
	MaxSalt   = 64
	MaxDetail = 256 << 10
)

// DetailRef is how a payload refers to personal detail. Its JSON is always
// {"id":"…","hash":"…"}, by which References finds it.
type DetailRef struct {
	ID   ident.Detail `json:"id"`
	Hash string       `json:"hash"` // SHA-256 in lower-case hex
}

// Detail is one row of personal detail: what no payload holds. The salt keeps
// a short text (a name, a phone number) from being guessed from its hash
// after the row was erased.
type Detail struct {
	ID   ident.Detail
	Salt []byte
	Body []byte
}

// NewDetail makes a row. The salt is random and at least MinSalt bytes.
func NewDetail(id ident.Detail, salt, body []byte) Detail {
	return Detail{ID: id, Salt: bytes.Clone(salt), Body: bytes.Clone(body)}
}

// Hash is SHA-256("stillwatch/detail/1" ‖ id ‖ salt ‖ body), each of the
// three with its length as a big-endian uint32, in hex.
func (d Detail) Hash() string {
	b := appendText([]byte(detailDomain), string(d.ID))
	b = appendBytes(b, d.Salt)
	sum := sha256.Sum256(appendBytes(b, d.Body))
	return hex.EncodeToString(sum[:])
}

// Ref is the reference that stands in a payload.
func (d Detail) Ref() DetailRef { return DetailRef{ID: d.ID, Hash: d.Hash()} }

// Check reports why d cannot be stored.
func (d Detail) Check() error {
	switch {
	case !ident.Valid(d.ID):
		return errors.New("detail id is not a UUID of version 7")
	case len(d.Salt) < MinSalt || len(d.Salt) > MaxSalt:
		return fmt.Errorf("salt of a detail is not %d to %d bytes", MinSalt, MaxSalt)
	case len(d.Body) > MaxDetail:
		return fmt.Errorf("detail is longer than %d bytes", MaxDetail)
	}
	return nil
}

// The shape of a reference in a payload. In JSON a quote inside a string is
// escaped, so that no text a person typed can look like one.
const (
	refHead = `{"id":"`
	refMid  = `","hash":"`
	refTail = `"}`
	idLen   = 36
	hashLen = 2 * sha256.Size
	refLen  = len(refHead) + idLen + len(refMid) + hashLen + len(refTail)
)

// References lists every reference to personal detail in a payload, in order.
func References(payload []byte) []DetailRef {
	var out []DetailRef
	for {
		i := bytes.Index(payload, []byte(refMid))
		if i < 0 {
			return out
		}
		start := i - idLen - len(refHead)
		if ref, ok := reference(payload, start); ok {
			out = append(out, ref)
		}
		payload = payload[i+len(refMid):]
	}
}

func reference(payload []byte, start int) (DetailRef, bool) {
	if start < 0 || start+refLen > len(payload) {
		return DetailRef{}, false
	}
	b := payload[start : start+refLen]
	id := ident.Detail(b[len(refHead) : len(refHead)+idLen])
	hash := b[refLen-len(refTail)-hashLen : refLen-len(refTail)]
	if !bytes.HasPrefix(b, []byte(refHead)) || !bytes.HasSuffix(b, []byte(refTail)) || !ident.Valid(id) || !isHex(hash) {
		return DetailRef{}, false
	}
	return DetailRef{ID: id, Hash: string(hash)}, true
}

func isHex(b []byte) bool { return len(bytes.Trim(b, "0123456789abcdef")) == 0 }

// DetailErased is the type of the event, in a house stream, by which a row of
// personal detail is erased. The store that appends it erases the row in the
// same transaction, and verify then expects the row to be gone.
const DetailErased = "detail.erased"

// Erasure is the payload of DetailErased, version 1.
type Erasure struct {
	Detail ident.Detail `json:"detail"`
}

// Erased returns the row that an event erases; ok is false for any other event.
func Erased(stream Stream, typ string, payload []byte) (id ident.Detail, ok bool, err error) {
	if typ != DetailErased {
		return "", false, nil
	}
	if stream.Kind() != "house" {
		return "", false, fmt.Errorf("%s stands in stream %s: it belongs to the house", DetailErased, stream)
	}
	var e struct {
		Detail ident.Detail `json:"detail"`
	}
	if err := json.Unmarshal(payload, &e); err != nil || !ident.Valid(e.Detail) {
		return "", false, fmt.Errorf("%s names no row of personal detail", DetailErased)
	}
	return e.Detail, true, nil
}
