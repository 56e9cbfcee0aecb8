package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Hasher turns secrets into stored hashes and checks them. It is slow on purpose.
type Hasher interface {
	// Hash returns the encoded hash of secret under a fresh salt.
	Hash(ctx context.Context, secret []byte) (string, error)
	// Verify compares secret with an encoded hash in constant time.
	Verify(ctx context.Context, encoded string, secret []byte) (Match, error)
}

// Match is the result of a comparison.
type Match struct {
	OK bool
	// Rehash says that the stored hash was made with other parameters than
	// today's and should be made again while the secret is at hand.
	Rehash bool
}

// Params are the cost parameters of argon2id.
type Params struct {
	// MemoryKiB is the memory used, in KiB.
	MemoryKiB uint32
	// Passes is the number of passes over the memory.
	Passes uint32
	// Lanes is the degree of parallelism.
	Lanes uint8
}

// DefaultParams is 19 MiB, two passes, one lane: the OWASP Password Storage
// Cheat Sheet's minimum for argon2id, about 25 ms on the reference machine.
func DefaultParams() Params { return Params{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1} }

// valid bounds what a stored row may ask of this machine.
func (p Params) valid() bool {
	return p.MemoryKiB >= 8*uint32(p.Lanes) && p.MemoryKiB <= 256*1024 &&
		p.Passes >= 1 && p.Passes <= 16 && p.Lanes >= 1 && p.Lanes <= 8
}

const (
	saltSize = 16
	tagSize  = 32
	// hashingAtOnce bounds memory and leaves the machine its other work.
	hashingAtOnce = 2
	// hashingWaiting bounds the queue, so that re-entry at a chair never
	// stands behind more than about half a second of other people's hashes.
	hashingWaiting = 32
)

var (
	// ErrBusy is returned when too many secrets are being checked at once.
	ErrBusy = errors.New("too many sign-ins at once")
	// ErrHashMalformed is returned for a stored hash that is not ours.
	ErrHashMalformed = errors.New("stored hash is malformed")
)

// Argon2 is a Hasher using argon2id. It hashes at most two secrets at once,
// lets a bounded number wait and refuses the rest with ErrBusy.
type Argon2 struct {
	params Params
	random io.Reader
	slots  chan struct{} // held while hashing
	queue  chan struct{} // held while hashing or waiting for a slot
}

// NewArgon2 makes a hasher; random supplies salts.
func NewArgon2(p Params, random io.Reader) (*Argon2, error) {
	if !p.valid() {
		return nil, fmt.Errorf("argon2id parameters %d KiB, %d passes, %d lanes are out of bounds", p.MemoryKiB, p.Passes, p.Lanes)
	}
	return &Argon2{
		params: p,
		random: random,
		slots:  make(chan struct{}, hashingAtOnce),
		queue:  make(chan struct{}, hashingAtOnce+hashingWaiting),
	}, nil
}

// Hash implements Hasher.
func (a *Argon2) Hash(ctx context.Context, secret []byte) (string, error) {
	h := phc{params: a.params}
	if _, err := io.ReadFull(a.random, h.salt[:]); err != nil {
		return "", fmt.Errorf("read salt: %w", err)
	}
	tag, err := a.derive(ctx, h, secret)
	if err != nil {
		return "", err
	}
	h.tag = tag
	return h.String(), nil
}

// Verify implements Hasher.
func (a *Argon2) Verify(ctx context.Context, encoded string, secret []byte) (Match, error) {
	h, err := parsePHC(encoded)
	if err != nil {
		return Match{}, err
	}
	tag, err := a.derive(ctx, h, secret)
	if err != nil {
		return Match{}, err
	}
	return Match{
		OK:     subtle.ConstantTimeCompare(tag[:], h.tag[:]) == 1,
		Rehash: h.params != a.params,
	}, nil
}

func (a *Argon2) derive(ctx context.Context, h phc, secret []byte) (tag [tagSize]byte, err error) {
	select {
	case a.queue <- struct{}{}:
	default:
		return tag, ErrBusy
	}
	defer func() { <-a.queue }()
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return tag, fmt.Errorf("wait to hash: %w", ctx.Err())
	}
	defer func() { <-a.slots }()
	copy(tag[:], argon2.IDKey(secret, h.salt[:], h.params.Passes, h.params.MemoryKiB, h.params.Lanes, tagSize))
	return tag, nil
}

// phc is a hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>, base64 without padding.
type phc struct {
	params Params
	salt   [saltSize]byte
	tag    [tagSize]byte
}

var phcBase64 = base64.RawStdEncoding.Strict()

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.MemoryKiB, h.params.Passes, h.params.Lanes,
		phcBase64.EncodeToString(h.salt[:]), phcBase64.EncodeToString(h.tag[:]))
}

// parsePHC accepts exactly what String writes, within bounds.
func parsePHC(s string) (phc, error) {
	var h phc
	parts := strings.Split(s, "$")
	if len(s) > 160 || len(parts) != 6 {
		return phc{}, ErrHashMalformed
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.params.MemoryKiB, &h.params.Passes, &h.params.Lanes); err != nil {
		return phc{}, ErrHashMalformed
	}
	if !decodeExactly(h.salt[:], parts[4]) || !decodeExactly(h.tag[:], parts[5]) {
		return phc{}, ErrHashMalformed
	}
	if !h.params.valid() || h.String() != s {
		return phc{}, ErrHashMalformed
	}
	return h, nil
}

func decodeExactly(dst []byte, s string) bool {
	b, err := phcBase64.DecodeString(s)
	return err == nil && copy(dst, b) == len(dst) && len(b) == len(dst)
}
