package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

var (
	// ErrLoginTaken refuses a login that another person has.
	ErrLoginTaken = errors.New("login is taken")
	// ErrLastAdministrator refuses to leave the clinic without an administrator.
	ErrLastAdministrator = errors.New("the clinic must keep an administrator")
)

// FirstLogin is the login of the administrator made at the first start.
const FirstLogin = "admin"

// FirstAdministrator makes the first account of a clinic that has none and
// returns its one-time password for the caller to print. Until somebody has
// signed in with it and chosen another, each start gives a new one: a start
// that failed before it could print must not lock the clinic out for ever.
// Later starts return made == false and nothing else.
func (s *Service) FirstAdministrator(ctx context.Context) (login, password string, made bool, err error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	people, err := s.People(ctx)
	if err != nil {
		return "", "", false, err
	}
	now := s.now()
	if len(people) == 1 && people[0].Login == FirstLogin && people[0].MustChange && people[0].PasswordUntil.IsZero() {
		password, err = s.reset(ctx, jobActor(now), people[0].ID, time.Time{})
		return FirstLogin, password, err == nil, err
	}
	if len(people) > 0 {
		return "", "", false, nil
	}
	_, password, err = s.add(ctx, jobActor(now), Person{
		Login: FirstLogin, Name: "Administrator", Roles: []act.Role{act.Administrator},
	})
	return FirstLogin, password, err == nil, err
}

// AddPerson makes an account and returns its one-time password, to be handed
// to the person. Only login, name, roles, charge and credentials of p are used.
func (s *Service) AddPerson(ctx context.Context, by act.Actor, p Person) (Person, string, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	return s.add(ctx, by, Person{
		Login: normalLogin(p.Login), Name: p.Name, Roles: p.Roles, InCharge: p.InCharge, Credentials: p.Credentials,
		PasswordUntil: s.now().Add(s.policy.OneTimeLife),
	})
}

// add makes an account. The caller holds the accounts lock, so that no one
// takes the login between the look and the write.
func (s *Service) add(ctx context.Context, by act.Actor, p Person) (Person, string, error) {
	if err := errors.Join(CheckLogin(p.Login), p.check()); err != nil {
		return Person{}, "", err
	}
	_, err := s.personByLogin(ctx, p.Login)
	if err == nil {
		return Person{}, "", ErrLoginTaken
	}
	if !errors.Is(err, ErrNoRow) {
		return Person{}, "", err
	}
	now := s.now()
	ten, err := s.randomTen()
	if err != nil {
		return Person{}, "", err
	}
	if p.ID == "" {
		p.ID = ident.New[ident.Person](now.UnixMilli(), ten)
	}
	password, err := s.giveOneTime(ctx, &p)
	if err != nil {
		return Person{}, "", err
	}
	c := change{by: by, what: "person.added", at: now, subject: string(p.ID)}
	if err := put(ctx, s.regs, c, newEntry(PersonRegister, string(p.ID), p.Login, newPersonRow(p))); err != nil {
		return Person{}, "", err
	}
	return p, password, nil
}

// check bounds what people type about a person.
func (p Person) check() error {
	return errors.Join(checkName(p.Name), checkRoles(p.Roles, p.InCharge), checkCredentials(p.Credentials))
}

// giveOneTime sets a generated password that must be changed at first use.
func (s *Service) giveOneTime(ctx context.Context, p *Person) (string, error) {
	password, err := newOneTime(s.random)
	if err != nil {
		return "", err
	}
	if p.PasswordHash, err = s.hasher.Hash(ctx, []byte(password)); err != nil {
		return "", err
	}
	p.MustChange = true
	return password, nil
}

// Person returns one person; the error is ErrNoRow for none.
func (s *Service) Person(ctx context.Context, id ident.Person) (Person, error) {
	e, err := findByID[personRow](ctx, s.regs, PersonRegister, string(id))
	return e.value.person(), err
}

// People returns the staff, disabled ones too, ordered by printed name.
func (s *Service) People(ctx context.Context) ([]Person, error) {
	people, err := s.regs.list(ctx)
	return slices.Clone(people), err
}

// PINHolders returns those of the staff whose PIN can count on an enrolled
// device, ordered by printed name.
func (s *Service) PINHolders(ctx context.Context) ([]Person, error) {
	people, err := s.People(ctx)
	return slices.DeleteFunc(people, func(p Person) bool { return p.Disabled || !p.HasPIN() }), err
}

func (s *Service) personByLogin(ctx context.Context, login string) (Person, error) {
	if CheckLogin(login) != nil {
		return Person{}, ErrNoRow // whatever was typed there is not looked up
	}
	e, err := findByAlias[personRow](ctx, s.regs, PersonRegister, login)
	return e.value.person(), err
}

// alter changes one person in one transaction. The accounts lock is the
// caller's where other people matter to the decision.
func (s *Service) alter(ctx context.Context, c change, id ident.Person, f func(*Person) error) (Person, error) {
	var out Person
	err := s.again(func() error {
		e, err := findByID[personRow](ctx, s.regs, PersonRegister, string(id))
		if err != nil {
			return err
		}
		p := e.value.person()
		if err := f(&p); err != nil {
			return err
		}
		e.value, out = newPersonRow(p), p
		return put(ctx, s.regs, c, e)
	})
	return out, err
}

func (s *Service) alterBy(ctx context.Context, by act.Actor, what string, id ident.Person, f func(*Person) error) (Person, error) {
	return s.alter(ctx, change{by: by, what: what, at: s.now(), subject: string(id)}, id, f)
}

// Describe changes a person's printed name, roles and charge.
func (s *Service) Describe(ctx context.Context, by act.Actor, id ident.Person, name string, roles []act.Role, inCharge bool) (Person, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	if !slices.Contains(roles, act.Administrator) {
		if err := s.spare(ctx, id); err != nil {
			return Person{}, err
		}
	}
	return s.alterBy(ctx, by, "person.described", id, func(p *Person) error {
		p.Name, p.Roles, p.InCharge = name, roles, inCharge
		return p.check()
	})
}

// SetCredentials replaces a person's entries in the credential register.
func (s *Service) SetCredentials(ctx context.Context, by act.Actor, id ident.Person, cs []Credential) (Person, error) {
	return s.alterBy(ctx, by, "person.credentials_set", id, func(p *Person) error {
		p.Credentials = cs
		return p.check()
	})
}

// Disable ends a person's access and sessions. What the person did stays, and
// entries still waiting on a tablet arrive.
func (s *Service) Disable(ctx context.Context, by act.Actor, id ident.Person) (Person, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	if err := s.spare(ctx, id); err != nil {
		return Person{}, err
	}
	now := s.now()
	return s.alterBy(ctx, by, "person.disabled", id, func(p *Person) error {
		p.disable(now)
		return nil
	})
}

// Enable gives a disabled person access again. Sessions from before stay ended.
func (s *Service) Enable(ctx context.Context, by act.Actor, id ident.Person) (Person, error) {
	now := s.now()
	return s.alterBy(ctx, by, "person.enabled", id, func(p *Person) error {
		p.enable(now)
		return nil
	})
}

// spare refuses when the person is the only enabled administrator.
func (s *Service) spare(ctx context.Context, id ident.Person) error {
	people, err := s.People(ctx)
	if err != nil {
		return err
	}
	isOne, others := false, false
	for _, p := range people {
		if p.Disabled || !p.Is(act.Administrator) {
			continue
		}
		isOne = isOne || p.ID == id
		others = others || p.ID != id
	}
	if isOne && !others {
		return ErrLastAdministrator
	}
	return nil
}

// ResetPassword gives a person a new one-time password, takes the PIN away and
// ends every session: whoever asked for it may not be the person.
func (s *Service) ResetPassword(ctx context.Context, by act.Actor, id ident.Person) (string, error) {
	return s.reset(ctx, by, id, s.now().Add(s.policy.OneTimeLife))
}

// reset gives a one-time password that ends at an instant, or never when that
// is zero.
func (s *Service) reset(ctx context.Context, by act.Actor, id ident.Person, until time.Time) (string, error) {
	now := s.now()
	var given Person
	password, err := s.giveOneTime(ctx, &given)
	if err != nil {
		return "", err
	}
	_, err = s.alterBy(ctx, by, "person.password_reset", id, func(p *Person) error {
		p.renew(given, now, until)
		return nil
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// ChangePassword sets the person's own password, ends every other session and
// begins this one anew under a new token.
func (s *Service) ChangePassword(ctx context.Context, v View, old, chosen string, from Source) (SignedIn, error) {
	if v.State != SessionActive {
		return SignedIn{}, ErrNotActive
	}
	if err := CheckPassword(v.Person.Login, chosen); err != nil {
		return SignedIn{}, err
	}
	if old == chosen {
		return SignedIn{}, &WeakError{Unchanged}
	}
	p, err := s.provePassword(ctx, v.Person.Login, old, from)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.hasher.Hash(ctx, []byte(chosen))
	if err != nil {
		return SignedIn{}, err
	}
	now := s.now()
	by := actorFor(p, from.Device.ID, act.Password, now)
	p, err = s.alterBy(ctx, by, "person.password_changed", p.ID, func(p *Person) error {
		p.PasswordHash, p.MustChange, p.PasswordUntil = hash, false, time.Time{}
		p.SessionsFrom = now.Add(time.Microsecond)
		return nil
	})
	if err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, p, from.Device, act.Password)
}

// SetPIN sets the person's own PIN; the password is asked for again.
func (s *Service) SetPIN(ctx context.Context, v View, password, pin string, from Source) error {
	if v.State != SessionActive {
		return ErrNotActive
	}
	if err := CheckPIN(pin); err != nil {
		return err
	}
	p, err := s.provePassword(ctx, v.Person.Login, password, from)
	if err != nil {
		return err
	}
	if p.MustChange {
		return ErrMustChange
	}
	hash, err := s.hasher.Hash(ctx, s.pinSecret(p.ID, pin))
	if err != nil {
		return fmt.Errorf("hash PIN: %w", err)
	}
	by := actorFor(p, from.Device.ID, act.Password, s.now())
	_, err = s.alterBy(ctx, by, "person.pin_set", p.ID, func(p *Person) error {
		p.PINHash = hash
		return nil
	})
	return err
}
