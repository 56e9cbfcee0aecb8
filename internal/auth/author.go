package auth

import (
	"context"
	"errors"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Author is who made an entry, as its grant shows.
type Author struct {
	Actor act.Actor
	Grant Grant
	// Disabled says that the person lost access after the grant was given and
	// before the entry was made. What was done is still recorded; people look at it.
	Disabled bool
	// Revoked says the same of the device.
	Revoked bool
}

// IssueGrant gives the signed-in person a grant for this browser, at sign-in
// and whenever a locked screen is opened.
func (s *Service) IssueGrant(v View) (string, Grant, error) {
	if _, ok := v.Actor(); !ok {
		return "", Grant{}, ErrNotActive
	}
	ten, err := s.randomTen()
	if err != nil {
		return "", Grant{}, err
	}
	now := s.now()
	return s.grants.Issue(Grant{
		ID:     string(ident.New[ident.Command](now.UnixMilli(), ten)),
		Person: v.Person.ID, Roles: v.Person.Roles, Device: v.Via, Proof: v.Session.Proof,
	}, now)
}

// Author names the author of an entry made at the given moment (the device's
// time, corrected by its measured offset) under a grant. The cookie that
// delivered the entry does not matter.
func (s *Service) Author(ctx context.Context, grant string, at time.Time) (Author, error) {
	g, err := s.grants.Check(grant, at)
	if err != nil {
		return Author{Grant: g}, err
	}
	p, err := s.Person(ctx, g.Person)
	if errors.Is(err, ErrNoRow) || err == nil && p.Disabled && !p.DisabledAt.After(g.Issued) {
		return Author{Grant: g}, ErrGrantPerson
	}
	if err != nil {
		return Author{}, err
	}
	a := Author{Actor: g.Actor(), Grant: g, Disabled: p.Disabled && !p.DisabledAt.After(at)}
	if g.Device == "" {
		return a, nil
	}
	d, err := findByID[Device](ctx, s.regs, DeviceRegister, string(g.Device))
	if err != nil {
		return Author{}, err
	}
	a.Revoked = !d.value.RevokedAt.IsZero() && !d.value.RevokedAt.After(at)
	return a, nil
}
