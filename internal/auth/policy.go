package auth

import (
	"fmt"
	"time"
)

// Policy holds the settings of identity in a clinic. They are security
// settings of ours, not clinical ones.
type Policy struct {
	// Account slows guesses at one login from one enrolled device, or from
	// all places that are not enrolled together. Keeping the two apart means
	// that nobody outside can keep a nurse from the chair.
	Account Backoff
	// Source slows guesses from one address, or one enrolled device.
	Source Backoff
	// PINTries is how many wrong PINs a person has on a device before the
	// password is asked for there.
	PINTries int
	// PINReach is how long after a password a PIN suffices to sign in.
	PINReach time.Duration
	// SessionLife ends a browser session however busy it is.
	SessionLife time.Duration
	// IdleLock locks the screen; the session goes on.
	IdleLock time.Duration
	// GrantLife is how long a tablet may write in a person's name unasked.
	GrantLife time.Duration
	// CodeLife is how long an enrolment code may be used.
	CodeLife time.Duration
	// OneTimeLife is how long a one-time password given by an administrator may be used.
	OneTimeLife time.Duration
}

// DefaultPolicy is what a clinic starts with.
func DefaultPolicy() Policy {
	return Policy{
		Account:     Backoff{Free: 5, First: time.Second, Most: 15 * time.Minute, Forget: 24 * time.Hour},
		Source:      Backoff{Free: 20, First: time.Second, Most: 5 * time.Minute, Forget: time.Hour},
		PINTries:    5,
		PINReach:    12 * time.Hour,
		SessionLife: 12 * time.Hour,
		IdleLock:    5 * time.Minute,
		GrantLife:   12 * time.Hour,
		CodeLife:    10 * time.Minute,
		OneTimeLife: 72 * time.Hour,
	}
}

// Check reports a setting outside its bounds.
func (p Policy) Check() error {
	for _, s := range []struct {
		name           string
		v, least, most time.Duration
	}{
		{"account back-off", p.Account.Most, time.Second, time.Hour},
		{"address back-off", p.Source.Most, time.Second, time.Hour},
		{"PIN reach", p.PINReach, 0, 24 * time.Hour},
		{"session life", p.SessionLife, time.Hour, 24 * time.Hour},
		{"idle lock", p.IdleLock, 30 * time.Second, time.Hour},
		{"grant life", p.GrantLife, time.Minute, 24 * time.Hour},
		{"enrolment code life", p.CodeLife, time.Minute, time.Hour},
		{"one-time password life", p.OneTimeLife, time.Hour, 14 * 24 * time.Hour},
	} {
		if s.v < s.least || s.v > s.most {
			return fmt.Errorf("%s of %s is outside %s to %s", s.name, s.v, s.least, s.most)
		}
	}
	if p.PINTries < 1 || p.PINTries > 10 {
		return fmt.Errorf("%d PIN tries are outside 1 to 10", p.PINTries)
	}
	return p.checkBackoffs()
}

func (p Policy) checkBackoffs() error {
	for _, b := range []Backoff{p.Account, p.Source} {
		if b.Free < 1 || b.Free > 100 || b.First <= 0 || b.First > b.Most || b.Forget < b.Most {
			return fmt.Errorf("back-off of %d free failures, then %s to %s, forgotten after %s, does not hold together", b.Free, b.First, b.Most, b.Forget)
		}
	}
	return nil
}
