package auth

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// ErrNoPass refuses a pass that this server did not make for this clinic, or that is
// too old: the date of birth is asked again.
var ErrNoPass = errors.New("no pass to a patient's pages")

// PassLife is how long a phone may be used after the date of birth was given. Evidence
// mark: default.
const PassLife = 2 * time.Hour

// Pass lets one phone at the pages of one patient. It names no patient.
type Pass struct {
	Course ident.Course  `json:"course"`
	Link   ident.Command `json:"link"`
	// Proved is when the date of birth was given.
	Proved time.Time `json:"proved"`
}

// Links makes the secrets of patients' links and the passes that they are changed for.
// Nothing is stored: the record keeps what a secret hashes to.
type Links struct{ secret, pass []byte }

// NewLinks makes the links of one clinic.
func NewLinks(k ServerKey, clinic ident.Clinic) Links {
	return Links{secret: k.Derive("patient-link/1", clinic), pass: k.Derive("patient-pass/1", clinic)}
}

// Secret is the secret of a link, 256 bits in text. The same link has the same one, so
// that it can be printed again.
func (l Links) Secret(id ident.Command) string {
	return tokenBase64.EncodeToString(mac(l.secret, string(id)))
}

// SecretHash is what a secret is known by; false for what cannot be one.
func SecretHash(secret string) (string, bool) {
	if !tokenShaped(secret) {
		return "", false
	}
	return digest(secret), true
}

const (
	passPrefix = "swp1."
	passMost   = 512
)

// Issue seals a pass: swp1.<payload>.<HMAC-SHA-256 of both parts before>, base64url.
func (l Links) Issue(p Pass) (string, error) {
	p.Proved = p.Proved.UTC().Truncate(time.Second)
	payload, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode pass: %w", err)
	}
	signed := passPrefix + tokenBase64.EncodeToString(payload)
	return signed + "." + tokenBase64.EncodeToString(mac(l.pass, signed)), nil
}

// Check opens a pass. One that is authentic and too old comes back with ErrNoPass, so
// that its link can be found.
func (l Links) Check(token string, now time.Time) (Pass, error) {
	dot := strings.LastIndexByte(token, '.')
	if len(token) > passMost || !strings.HasPrefix(token, passPrefix) || dot < len(passPrefix) {
		return Pass{}, ErrNoPass
	}
	sum, err := tokenBase64.DecodeString(token[dot+1:])
	if err != nil || !hmac.Equal(sum, mac(l.pass, token[:dot])) {
		return Pass{}, ErrNoPass
	}
	payload, err := tokenBase64.DecodeString(token[len(passPrefix):dot])
	if err != nil {
		return Pass{}, ErrNoPass
	}
	var p Pass
	if err := json.Unmarshal(payload, &p); err != nil || !ident.Valid(p.Course) || !ident.Valid(p.Link) {
		return Pass{}, ErrNoPass
	}
	if now.Before(p.Proved) || !now.Before(p.Proved.Add(PassLife)) {
		return p, ErrNoPass
	}
	return p, nil
}

// Knock counts an attempt to open a link from a place as failed, before anything is
// compared; undo takes it back. It returns a WaitError to who knocks too often. It is
// counted apart from sign-ins: who guesses links keeps no nurse from the room.
func (s *Service) Knock(ctx context.Context, from Source) (undo func(context.Context) error, err error) {
	key := "link/" + s.sourceKey(from)
	count := func(ctx context.Context, what string, to func(Tally, time.Time) (Tally, error)) error {
		return s.again(func() error {
			now := s.now()
			e, err := findOrNew[Tally](ctx, s.regs, GuardRegister, key)
			if err != nil {
				return err
			}
			if e.value, err = to(e.value, now); err != nil {
				return err
			}
			return put(ctx, s.regs, change{by: jobActor(now), what: what, at: now, subject: key}, e)
		})
	}
	err = count(ctx, "link.tried", func(t Tally, now time.Time) (Tally, error) {
		if wait := s.policy.Source.Wait(t, now); wait > 0 {
			return t, &WaitError{Until: now.Add(wait), For: wait}
		}
		return s.policy.Source.Fail(t, now), nil
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return count(ctx, "link.opened", func(t Tally, _ time.Time) (Tally, error) { return t.Undo(), nil })
	}, nil
}
