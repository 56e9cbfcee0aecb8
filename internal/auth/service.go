package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Config is what a Service needs.
type Config struct {
	Clinic    ident.Clinic
	Registers Registers
	Key       ServerKey
	Hasher    Hasher
	// Clock tells the time; it is the server's.
	Clock func() time.Time
	// Random supplies tokens and ids; nil for the system's.
	Random io.Reader
	Policy Policy
}

// Service is identity for one clinic. Its methods may be called from many
// goroutines; one process serves a clinic at a time.
type Service struct {
	clinic  ident.Clinic
	regs    *staff
	hasher  Hasher
	clock   func() time.Time
	random  io.Reader
	policy  Policy
	grants  Grants
	pepper  []byte // key of PIN hashing
	bucket  []byte // key of guard buckets
	unknown string // hash compared for a login that does not exist

	// accounts orders changes of accounts, so that two at once cannot
	// together remove the last administrator. Held over a few reads and one write.
	accounts sync.Mutex
}

// New makes the service and hashes once, for the login that does not exist.
func New(ctx context.Context, c Config) (*Service, error) {
	if !ident.ValidClinic(c.Clinic) || c.Registers == nil || c.Hasher == nil || c.Clock == nil {
		return nil, errors.New("identity needs clinic, registers, hasher and clock")
	}
	if err := c.Policy.Check(); err != nil {
		return nil, fmt.Errorf("check identity policy: %w", err)
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	s := &Service{
		clinic: c.Clinic, regs: &staff{Registers: c.Registers}, hasher: c.Hasher, clock: c.Clock, random: c.Random, policy: c.Policy,
		grants: NewGrants(c.Key, c.Clinic, c.Policy.GrantLife),
		pepper: c.Key.Derive("pin/1", c.Clinic),
		bucket: c.Key.Derive("guard/1", c.Clinic),
	}
	nobody, err := newToken(s.random)
	if err != nil {
		return nil, err
	}
	if s.unknown, err = s.hasher.Hash(ctx, []byte(nobody)); err != nil {
		return nil, fmt.Errorf("hash for unknown logins: %w", err)
	}
	return s, nil
}

// now is the server's time as the record keeps it.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// pinSecret binds a PIN to the person and to the server's key: a PIN has only
// a million values, so a copied database without the key must not do.
func (s *Service) pinSecret(who ident.Person, pin string) []byte {
	return []byte(hex.EncodeToString(mac(s.pepper, string(who)+"\x00"+pin)))
}

func (s *Service) randomTen() (b [10]byte, err error) {
	if _, err = io.ReadFull(s.random, b[:]); err != nil {
		return b, fmt.Errorf("make identifier: %w", err)
	}
	return b, nil
}

// actorFor names a person whose secret was just checked as author of the change.
func actorFor(p Person, via ident.Device, proof act.Proof, at time.Time) act.Actor {
	return act.Actor{Kind: act.Person, Person: p.ID, Roles: p.Roles, Via: via, Proof: proof, ProvedAt: at}
}

// jobActor is the author of changes made before anyone is known.
func jobActor(at time.Time) act.Actor {
	return act.Actor{Kind: act.Job, Job: "sign-in", Proof: act.System, ProvedAt: at}
}
