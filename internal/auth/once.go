package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// A form carries a key, and is sent twice by a double click or by a browser
// that goes back. What its key has done once is not done again.
var (
	// ErrOtherContent refuses a key that came before with other content.
	ErrOtherContent = errors.New("this form was sent before with other content")
	// ErrShownBefore refuses to show a one-time password again that the person
	// has replaced since.
	ErrShownBefore = errors.New("this was done before, and the one-time password is replaced already")
)

// Said is a form that changed a person: its key, and a digest of what it said.
type Said struct {
	Key    ident.Command `json:"key"`
	Digest string        `json:"digest"`
}

// mostSaid bounds the forms kept of one person, the newest.
const mostSaid = 16

// ChangeKind says what a form changes of a person.
type ChangeKind string

// The changes.
const (
	EndAccess   ChangeKind = "disable"
	GiveAccess  ChangeKind = "enable"
	NewPassword ChangeKind = "one-time password"
	PutOnRecord ChangeKind = "credential"
)

// Change is one change of a person.
type Change struct {
	What       ChangeKind
	Credential Credential // to put on record; it replaces one of its kind and number
}

func digestOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (c Change) digest() string {
	return digestOf(string(c.What), string(c.Credential.Kind), c.Credential.Number, string(c.Credential.Expires))
}

// said reports whether the form with a key has changed the person already.
func (p Person) said(key ident.Command, digest string) (bool, error) {
	i := slices.IndexFunc(p.Said, func(s Said) bool { return s.Key == key })
	if i < 0 {
		return false, nil
	}
	if p.Said[i].Digest != digest {
		return true, ErrOtherContent
	}
	return true, nil
}

func (p *Person) keep(key ident.Command, digest string) {
	p.Said = append(slices.Clone(p.Said), Said{Key: key, Digest: digest})
	p.Said = p.Said[max(len(p.Said)-mostSaid, 0):]
}

// AddPersonOnce makes an account whose id is the key of its form, and returns
// its one-time password. The same form again makes no second one: while nobody
// has used the first password it gives another in its place, since whoever sent
// the form sees only the last answer.
func (s *Service) AddPersonOnce(ctx context.Context, by act.Actor, key ident.Command, p Person) (string, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	id := ident.Person(key)
	p = Person{ID: id, Login: normalLogin(p.Login), Name: p.Name, Roles: p.Roles, PasswordUntil: s.now().Add(s.policy.OneTimeLife)}
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	digest := digestOf(append([]string{p.Login, p.Name}, roles...)...)
	before, err := s.Person(ctx, id)
	if errors.Is(err, ErrNoRow) {
		p.keep(key, digest)
		_, oneTime, err := s.add(ctx, by, p)
		return oneTime, err
	}
	if err != nil {
		return "", err
	}
	if said, err := before.said(key, digest); err != nil || !said {
		return "", errors.Join(err, ErrOtherContent)
	}
	return s.another(ctx, by, before)
}

// another gives a one-time password in place of one that nobody has used.
func (s *Service) another(ctx context.Context, by act.Actor, p Person) (string, error) {
	if !p.MustChange {
		return "", ErrShownBefore
	}
	return s.ResetPassword(ctx, by, p.ID)
}

// ChangeOnce makes the change that the form with a key asks for, once; of a new
// one-time password it returns the password.
func (s *Service) ChangeOnce(ctx context.Context, by act.Actor, key ident.Command, id ident.Person, c Change) (string, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	before, err := s.Person(ctx, id)
	if err != nil {
		return "", err
	}
	said, err := before.said(key, c.digest())
	switch {
	case err != nil:
		return "", err
	case said && c.What == NewPassword:
		return s.another(ctx, by, before)
	case said:
		return "", nil
	case c.What == EndAccess:
		if err := s.spare(ctx, id); err != nil {
			return "", err
		}
	}
	what, change, oneTime, err := s.changing(ctx, c)
	if err != nil {
		return "", err
	}
	_, err = s.alterBy(ctx, by, what, id, func(p *Person) error {
		change(p)
		p.keep(key, c.digest())
		return p.check()
	})
	if err != nil {
		return "", err
	}
	return oneTime, nil
}

// changing is a change with the name of its audit entry.
func (s *Service) changing(ctx context.Context, c Change) (what string, change func(*Person), oneTime string, err error) {
	now := s.now()
	switch c.What {
	case EndAccess:
		return "person.disabled", func(p *Person) { p.disable(now) }, "", nil
	case GiveAccess:
		return "person.enabled", func(p *Person) { p.enable(now) }, "", nil
	case PutOnRecord:
		return "person.credentials_set", func(p *Person) { p.record(c.Credential) }, "", nil
	case NewPassword:
		var given Person
		if oneTime, err = s.giveOneTime(ctx, &given); err != nil {
			return "", nil, "", err
		}
		until := now.Add(s.policy.OneTimeLife)
		return "person.password_reset", func(p *Person) { p.renew(given, now, until) }, oneTime, nil
	}
	return "", nil, "", errors.New("no such change")
}

func (p *Person) disable(now time.Time) {
	if !p.Disabled {
		p.Disabled, p.DisabledAt = true, now
	}
}

func (p *Person) enable(now time.Time) {
	if p.Disabled {
		p.Disabled, p.DisabledAt, p.SessionsFrom = false, time.Time{}, now.Add(time.Microsecond)
	}
}

// renew takes a one-time password that was made for somebody and ends every
// session.
func (p *Person) renew(given Person, now, until time.Time) {
	p.PasswordHash, p.PINHash, p.MustChange = given.PasswordHash, "", true
	p.PasswordUntil = until
	p.SessionsFrom = now.Add(time.Microsecond)
}

func (p *Person) record(c Credential) {
	p.Credentials = append(slices.DeleteFunc(slices.Clone(p.Credentials), func(x Credential) bool {
		return x.Kind == c.Kind && x.Number == c.Number
	}), c)
}
