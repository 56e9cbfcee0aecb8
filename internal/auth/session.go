package auth

import (
	"context"
	"errors"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

var (
	// ErrNoSession is returned for a cookie that names no session here.
	ErrNoSession = errors.New("no such browser session")
	// ErrNotActive is returned when an act needs a session that is active.
	ErrNotActive = errors.New("browser session is not active")
)

// SessionState is how a browser session stands. A locked or expired screen
// says nothing about the infusion: that goes on.
type SessionState string

// The states of a browser session.
const (
	SessionActive  SessionState = "active"
	SessionLocked  SessionState = "locked"
	SessionExpired SessionState = "expired"
)

// Session is a person signed in on one browser.
type Session struct {
	Person ident.Person `json:"person"`
	// Device is the enrolled device it began on, empty for none.
	Device   ident.Device `json:"device,omitempty"`
	Begun    time.Time    `json:"begun"`
	Active   time.Time    `json:"active"`
	LockedAt time.Time    `json:"locked_at,omitzero"`
	EndedAt  time.Time    `json:"ended_at,omitzero"`
	// Proof and ProvedAt say how the person was last known.
	Proof    act.Proof `json:"proof"`
	ProvedAt time.Time `json:"proved_at"`
}

// state is pure. Spans count either way, so that a clock set back neither
// keeps a session for ever nor wakes a locked screen.
func (x Session) state(p Policy, who Person, now time.Time) SessionState {
	switch {
	case !x.EndedAt.IsZero(), who.Disabled, x.Begun.Before(who.SessionsFrom):
		return SessionExpired
	case now.Sub(x.Begun).Abs() >= p.SessionLife:
		return SessionExpired
	case !x.LockedAt.IsZero(), now.Sub(x.Active).Abs() >= p.IdleLock:
		return SessionLocked
	}
	return SessionActive
}

// View is a session as found at one moment.
type View struct {
	Session Session
	Person  Person
	State   SessionState
	// Via is the enrolled device it was shown from, empty for none.
	Via ident.Device

	stored entry[Session]
}

// Actor is the author that an active session gives. A session on a password
// that must be changed gives none.
func (v View) Actor() (act.Actor, bool) {
	if v.State != SessionActive || v.Person.MustChange {
		return act.Actor{}, false
	}
	return actorFor(v.Person, v.Via, v.Session.Proof, v.Session.ProvedAt), true
}

// SignedIn is a session just begun. Token goes into the cookie and nowhere else.
type SignedIn struct {
	Token string
	View  View
}

// SignIn begins a session by login and password.
func (s *Service) SignIn(ctx context.Context, login, password string, from Source) (SignedIn, error) {
	p, err := s.provePassword(ctx, login, password, from)
	if err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, p, from.Device, act.Password)
}

// SignInPIN begins a session by PIN on an enrolled device, for a person who
// gave the password anywhere in the clinic not long ago. The caller ends the
// session that this browser had before.
func (s *Service) SignInPIN(ctx context.Context, who ident.Person, pin string, on Device) (SignedIn, error) {
	p, err := s.provePIN(ctx, who, pin, on)
	if err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, p, on, act.PIN)
}

func (s *Service) begin(ctx context.Context, p Person, on Device, proof act.Proof) (SignedIn, error) {
	token, err := newToken(s.random)
	if err != nil {
		return SignedIn{}, err
	}
	now := s.now()
	if now.Before(p.SessionsFrom) {
		now = p.SessionsFrom // signed out everywhere in this very microsecond
	}
	e := newEntry(SessionRegister, digest(token), "", Session{
		Person: p.ID, Device: on.ID, Begun: now, Active: now, Proof: proof, ProvedAt: now,
	})
	c := change{by: actorFor(p, on.ID, proof, now), what: "session.begun", at: now, subject: string(p.ID)}
	if err := put(ctx, s.regs, c, e); err != nil {
		return SignedIn{}, err
	}
	e.revision++
	return SignedIn{Token: token, View: s.view(e, p, on.ID, now)}, nil
}

func (s *Service) view(e entry[Session], p Person, via ident.Device, now time.Time) View {
	return View{Session: e.value, Person: p, State: e.value.state(s.policy, p, now), Via: via, stored: e}
}

// Session finds the session of a cookie, shown from an enrolled device or not
// (zero). A session begun on one device is none anywhere else, so a copied
// cookie is useless without the device's own.
func (s *Service) Session(ctx context.Context, token string, on Device) (View, error) {
	if !tokenShaped(token) {
		return View{}, ErrNoSession
	}
	e, err := findByID[Session](ctx, s.regs, SessionRegister, digest(token))
	if errors.Is(err, ErrNoRow) {
		return View{}, ErrNoSession
	}
	if err != nil {
		return View{}, err
	}
	if e.value.Device != "" && e.value.Device != on.ID {
		return View{}, ErrNoSession
	}
	p, err := s.Person(ctx, e.value.Person)
	if err != nil {
		return View{}, err
	}
	return s.view(e, p, on.ID, s.now()), nil
}

// Touch says that the person did something. It is written at most every half
// minute, so a screen may lock that much early. A page that only listens must
// not touch, or no screen would ever lock.
func (s *Service) Touch(ctx context.Context, v View) error {
	now := s.now()
	least := min(30*time.Second, s.policy.IdleLock/10)
	if v.State != SessionActive || now.Sub(v.Session.Active).Abs() < least {
		return nil
	}
	v.stored.value.Active = now
	c := s.sessionChange(v, "session.seen")
	c.quiet = true
	err := put(ctx, s.regs, c, v.stored)
	if errors.Is(err, journal.ErrConflict) {
		return nil // touched, locked or ended by someone else: that stands
	}
	return err
}

// Lock locks the screen at once.
func (s *Service) Lock(ctx context.Context, v View) (View, error) {
	return s.reshape(ctx, v, "session.locked", func(x *Session, now time.Time) {
		if x.LockedAt.IsZero() {
			x.LockedAt = now
		}
	})
}

// UnlockPassword opens a locked screen by password.
func (s *Service) UnlockPassword(ctx context.Context, v View, password string, from Source) (View, error) {
	if v.State == SessionExpired {
		return v, ErrNotActive
	}
	if _, err := s.provePassword(ctx, v.Person.Login, password, from); err != nil {
		return v, err
	}
	return s.unlock(ctx, v, act.Password)
}

// UnlockPIN opens a locked screen by PIN, on the enrolled device it is shown from.
func (s *Service) UnlockPIN(ctx context.Context, v View, pin string, on Device) (View, error) {
	if v.State == SessionExpired {
		return v, ErrNotActive
	}
	if on.ID != v.Via {
		return v, ErrPINNotHere
	}
	if _, err := s.provePIN(ctx, v.Person.ID, pin, on); err != nil {
		return v, err
	}
	return s.unlock(ctx, v, act.PIN)
}

func (s *Service) unlock(ctx context.Context, v View, proof act.Proof) (View, error) {
	return s.reshape(ctx, v, "session.unlocked", func(x *Session, now time.Time) {
		x.LockedAt = time.Time{}
		x.Active, x.ProvedAt, x.Proof = now, now, proof
	})
}

// SignOut ends the session. Entries waiting on the tablet keep their grant.
func (s *Service) SignOut(ctx context.Context, v View) error {
	_, err := s.reshape(ctx, v, "session.ended", func(x *Session, now time.Time) {
		if x.EndedAt.IsZero() {
			x.EndedAt = now
		}
	})
	return err
}

// SignOutEverywhere ends every session of a person.
func (s *Service) SignOutEverywhere(ctx context.Context, by act.Actor, who ident.Person) error {
	now := s.now()
	c := change{by: by, what: "person.signed_out_everywhere", at: now, subject: string(who)}
	_, err := s.alter(ctx, c, who, func(p *Person) error {
		// Sessions begun in this very microsecond end too.
		p.SessionsFrom = now.Add(time.Microsecond)
		return nil
	})
	return err
}

// reshape changes a stored session, reading it again so that it never undoes
// what another tab of the same browser did.
func (s *Service) reshape(ctx context.Context, v View, what string, f func(*Session, time.Time)) (View, error) {
	var out View
	err := s.again(func() error {
		e, err := findByID[Session](ctx, s.regs, SessionRegister, v.stored.id)
		if err != nil {
			return err
		}
		now := s.now()
		f(&e.value, now)
		if err := put(ctx, s.regs, s.sessionChange(v, what), e); err != nil {
			return err
		}
		e.revision++
		out = s.view(e, v.Person, v.Via, now)
		return nil
	})
	return out, err
}

func (s *Service) sessionChange(v View, what string) change {
	by := actorFor(v.Person, v.Via, v.Session.Proof, v.Session.ProvedAt)
	return change{by: by, what: what, at: s.now(), subject: string(v.Person.ID)}
}
