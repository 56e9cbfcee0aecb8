package auth

import (
	"context"
	"errors"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

var (
	// ErrWrong refuses a login, password or PIN. It does not say which part
	// was wrong, nor whether the person exists or is disabled.
	ErrWrong = errors.New("wrong name, password or PIN")
	// ErrPINNotHere refuses a PIN given anywhere but on an enrolled device.
	ErrPINNotHere = errors.New("a PIN counts only on an enrolled device")
	// ErrPasswordNeeded refuses a PIN where the password is asked for: no PIN
	// set, too many wrong ones here, or no password for too long.
	ErrPasswordNeeded = errors.New("the password is needed here")
	// ErrMustChange refuses to act on a password that someone else gave.
	ErrMustChange = errors.New("the password must be changed first")
)

// proofRow remembers when a person last gave the password.
type proofRow struct {
	PasswordAt time.Time `json:"password_at"`
}

// ProvePassword proves a person by login and password without beginning a
// session: the second person of a double check, or the signer of a document.
func (s *Service) ProvePassword(ctx context.Context, login, password string, from Source) (act.Actor, error) {
	p, err := s.provePassword(ctx, login, password, from)
	if err != nil {
		return act.Actor{}, err
	}
	if p.MustChange {
		return act.Actor{}, ErrMustChange
	}
	return actorFor(p, from.Device.ID, act.Password, s.now()), nil
}

// ProvePIN proves a person by PIN on an enrolled device without beginning a session.
func (s *Service) ProvePIN(ctx context.Context, who ident.Person, pin string, on Device) (act.Actor, error) {
	p, err := s.provePIN(ctx, who, pin, on)
	if err != nil {
		return act.Actor{}, err
	}
	return actorFor(p, on.ID, act.PIN, s.now()), nil
}

// provePassword takes the same steps, and hashes once, whether or not the
// login exists.
func (s *Service) provePassword(ctx context.Context, login, password string, from Source) (Person, error) {
	login = normalLogin(login)
	p, err := s.personByLogin(ctx, login)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Person{}, err
	}
	a := s.attempt(p.ID, login, from)
	if err := s.reserve(ctx, a); err != nil {
		return Person{}, err
	}
	match, err := s.comparePassword(ctx, p, password)
	if err != nil {
		// Nothing was compared, perhaps because the caller has gone.
		return Person{}, errors.Join(err, s.withdraw(context.WithoutCancel(ctx), a))
	}
	if !match.OK || p.ID == "" || !p.passwordCounts(s.now()) {
		return Person{}, ErrWrong
	}
	if err := s.passwordGiven(ctx, p, a, from); err != nil {
		return Person{}, err
	}
	if match.Rehash {
		return s.rehash(ctx, p, password)
	}
	return p, nil
}

func (s *Service) comparePassword(ctx context.Context, p Person, password string) (Match, error) {
	if len(password) > PasswordBytes {
		password = "" // no password is empty: compared as any other wrong one
	}
	hash := p.PasswordHash
	if p.ID == "" {
		hash = s.unknown
	}
	return s.hasher.Verify(ctx, hash, []byte(password))
}

// passwordCounts reports whether the right password lets the person in.
func (p Person) passwordCounts(now time.Time) bool {
	return !p.Disabled && (p.PasswordUntil.IsZero() || now.Before(p.PasswordUntil))
}

// passwordGiven clears the failures, also those of the PIN on this device. The
// source keeps its earlier ones: one own account must not buy more guesses.
func (s *Service) passwordGiven(ctx context.Context, p Person, a attempt, from Source) error {
	return s.again(func() error {
		account, source, err := s.tallies(ctx, a)
		if err != nil {
			return err
		}
		account.value, source.value = Tally{}, source.value.Undo()
		proof, err := findOrNew[proofRow](ctx, s.regs, ProofRegister, string(p.ID))
		if err != nil {
			return err
		}
		now := s.now()
		proof.value.PasswordAt = now
		c := change{by: actorFor(p, from.Device.ID, act.Password, now), what: "sign_in.password", at: now, subject: string(p.ID)}
		if from.Device.ID == "" {
			return put(ctx, s.regs, c, account, source, proof)
		}
		pins, err := findOrNew[Tally](ctx, s.regs, GuardRegister, pinKey(p.ID, from.Device.ID))
		if err != nil {
			return err
		}
		pins.value = Tally{}
		return put(ctx, s.regs, c, account, source, proof, pins)
	})
}

// rehash renews a hash made with other parameters. Losing a race to another
// change of the person is no failure: the next sign-in renews it.
func (s *Service) rehash(ctx context.Context, p Person, password string) (Person, error) {
	hash, err := s.hasher.Hash(ctx, []byte(password))
	if errors.Is(err, ErrBusy) {
		return p, nil
	}
	if err != nil {
		return Person{}, err
	}
	now := s.now()
	c := change{by: jobActor(now), what: "person.rehashed", at: now, subject: string(p.ID)}
	changed, err := s.alter(ctx, c, p.ID, func(q *Person) error {
		if q.PasswordHash == p.PasswordHash {
			q.PasswordHash = hash
		}
		return nil
	})
	if errors.Is(err, ErrBusy) {
		return p, nil
	}
	return changed, err
}

func pinKey(who ident.Person, on ident.Device) string {
	return "pin/" + string(who) + "/" + string(on)
}

// provePIN needs no equal time for unknown people: the tablet shows the staff
// by name, and their ids are random.
func (s *Service) provePIN(ctx context.Context, who ident.Person, pin string, on Device) (Person, error) {
	if on.ID == "" || !on.RevokedAt.IsZero() {
		return Person{}, ErrPINNotHere
	}
	p, err := s.Person(ctx, who)
	if errors.Is(err, ErrNoRow) || err == nil && p.Disabled || err == nil && !sixDigits(pin) {
		return Person{}, ErrWrong
	}
	if err != nil {
		return Person{}, err
	}
	if err := s.reservePIN(ctx, p, on); err != nil {
		return Person{}, err
	}
	match, err := s.hasher.Verify(ctx, p.PINHash, s.pinSecret(p.ID, pin))
	if err != nil {
		return Person{}, errors.Join(err, s.settlePIN(context.WithoutCancel(ctx), p, on, "pin.withdrawn", Tally.Undo))
	}
	if !match.OK {
		return Person{}, ErrWrong
	}
	none := func(Tally) Tally { return Tally{} }
	return p, s.settlePIN(ctx, p, on, "sign_in.pin", none)
}

// reservePIN counts the PIN as wrong before it is compared; see reserve.
func (s *Service) reservePIN(ctx context.Context, p Person, on Device) error {
	return s.again(func() error {
		now := s.now()
		proof, err := findOrNew[proofRow](ctx, s.regs, ProofRegister, string(p.ID))
		if err != nil {
			return err
		}
		tries, err := findOrNew[Tally](ctx, s.regs, GuardRegister, pinKey(p.ID, on.ID))
		if err != nil {
			return err
		}
		age := now.Sub(proof.value.PasswordAt).Abs()
		if !p.HasPIN() || age >= s.policy.PINReach || tries.value.Failures >= s.policy.PINTries {
			return ErrPasswordNeeded
		}
		tries.value = Tally{Failures: tries.value.Failures + 1, Last: now}
		c := change{by: jobActor(now), what: "pin.attempted", at: now, subject: string(p.ID)}
		return put(ctx, s.regs, c, tries)
	})
}

func (s *Service) settlePIN(ctx context.Context, p Person, on Device, what string, to func(Tally) Tally) error {
	return s.again(func() error {
		tries, err := findOrNew[Tally](ctx, s.regs, GuardRegister, pinKey(p.ID, on.ID))
		if err != nil {
			return err
		}
		tries.value = to(tries.value)
		now := s.now()
		by := jobActor(now)
		if what == "sign_in.pin" {
			by = actorFor(p, on.ID, act.PIN, now)
		}
		return put(ctx, s.regs, change{by: by, what: what, at: now, subject: string(p.ID)}, tries)
	})
}
