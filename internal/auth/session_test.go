package auth

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// signedIn is a clinic with a nurse at a desk.
func signedIn(t testing.TB) (*clinic, SignedIn) {
	t.Helper()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	return c, must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t)
}

// look reads the session again, as the next request does.
func (c *clinic) look(token string, on Device) View {
	c.t.Helper()
	return must(c.Session(c.t.Context(), token, on))(c.t)
}

func wantState(t testing.TB, v View, want SessionState) {
	t.Helper()
	if v.State != want {
		t.Fatalf("session is %s, want %s", v.State, want)
	}
	if _, acts := v.Actor(); acts != (want == SessionActive) {
		t.Fatalf("a session that is %s acts: %v", v.State, acts)
	}
}

func TestSession_StoredAsHashOnly(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	if len(in.Token) != 43 {
		t.Fatalf("token has %d characters, want 43 (32 bytes)", len(in.Token))
	}
	if _, ok, _ := c.store.Row(t.Context(), string(SessionRegister), digest(in.Token)); !ok {
		t.Fatal("session is not stored under the SHA-256 of its token")
	}
	wantState(t, c.look(in.Token, Device{}), SessionActive)
}

func TestSession_UnknownToken(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	for _, token := range []string{"", "x", in.Token + "A", in.Token[:42], digest(in.Token), in.Token[:42] + "!"} {
		_, err := c.Session(t.Context(), token, Device{})
		wantErr(t, err, ErrNoSession)
	}
	_, err := c.Session(t.Context(), must(newToken(newTestRandom(99)))(t), Device{})
	wantErr(t, err, ErrNoSession)
}

func TestSession_LocksWhenIdleAndGoesOn(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	c.pass(5*time.Minute - time.Microsecond)
	wantState(t, c.look(in.Token, Device{}), SessionActive)
	c.pass(time.Microsecond)
	locked := c.look(in.Token, Device{})
	wantState(t, locked, SessionLocked)
	if err := c.Touch(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	wantState(t, c.look(in.Token, Device{}), SessionLocked) // a touch opens nothing
}

func TestSession_TouchKeepsItOpen(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	for range 10 {
		c.pass(4 * time.Minute)
		if err := c.Touch(t.Context(), c.look(in.Token, Device{})); err != nil {
			t.Fatal(err)
		}
	}
	wantState(t, c.look(in.Token, Device{}), SessionActive)
}

func TestTouch_WritesSeldomAndWithoutAudit(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	puts, audits := c.store.puts, len(c.store.audit)
	for range 60 {
		c.pass(time.Second)
		if err := c.Touch(t.Context(), c.look(in.Token, Device{})); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.store.puts - puts; n != 2 {
		t.Fatalf("a minute of work wrote %d times, want 2", n)
	}
	if len(c.store.audit) != audits {
		t.Fatal("being seen made an audit entry")
	}
}

func TestTouch_LosesToALock(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	c.pass(time.Minute)
	old := c.look(in.Token, Device{})
	must(c.Lock(t.Context(), old))(t)
	if err := c.Touch(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	wantState(t, c.look(in.Token, Device{}), SessionLocked)
}

func TestSession_ExpiresAfterTwelveHoursHoweverBusy(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	for range 12*15 - 1 {
		c.pass(4 * time.Minute)
		if err := c.Touch(t.Context(), c.look(in.Token, Device{})); err != nil {
			t.Fatal(err)
		}
	}
	wantState(t, c.look(in.Token, Device{}), SessionActive)
	c.pass(4 * time.Minute)
	expired := c.look(in.Token, Device{})
	wantState(t, expired, SessionExpired)
	_, err := c.UnlockPassword(t.Context(), expired, goodPassword, outside())
	wantErr(t, err, ErrNotActive)
	_, err = c.UnlockPIN(t.Context(), expired, goodPIN, Device{})
	wantErr(t, err, ErrNotActive)
}

func TestLock_AndUnlockByPassword(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	locked := must(c.Lock(t.Context(), in.View))(t)
	wantState(t, locked, SessionLocked)
	c.pass(time.Minute)
	_, err := c.UnlockPassword(t.Context(), locked, "not her password", outside())
	wantErr(t, err, ErrWrong)
	wantState(t, c.look(in.Token, Device{}), SessionLocked)
	open := must(c.UnlockPassword(t.Context(), locked, goodPassword, outside()))(t)
	wantState(t, open, SessionActive)
	if !open.Session.ProvedAt.Equal(c.now()) || !open.Session.Begun.Equal(in.View.Session.Begun) {
		t.Fatalf("unlocked session is %+v", open.Session)
	}
	wantState(t, c.look(in.Token, Device{}), SessionActive)
}

func TestUnlockPIN_OnItsDevice(t *testing.T) {
	t.Parallel()
	c, d, _ := chairside(t)
	in := must(c.SignIn(t.Context(), "rosa", goodPassword, Source{Device: d}))(t)
	c.pass(time.Hour)
	locked := c.look(in.Token, d)
	wantState(t, locked, SessionLocked)
	_, err := c.UnlockPIN(t.Context(), locked, "580914", d)
	wantErr(t, err, ErrWrong)
	_, err = c.UnlockPIN(t.Context(), locked, goodPIN, Device{ID: "another"})
	wantErr(t, err, ErrPINNotHere)
	open := must(c.UnlockPIN(t.Context(), locked, goodPIN, d))(t)
	wantState(t, open, SessionActive)
	if open.Session.Proof != act.PIN || open.Via != d.ID {
		t.Fatalf("unlocked session is %+v via %s", open.Session, open.Via)
	}
	must(c.Lock(t.Context(), open))(t)
	wantState(t, c.look(in.Token, d), SessionLocked)
}

func TestUnlockPIN_NotAtADesk(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	locked := must(c.Lock(t.Context(), in.View))(t)
	_, err := c.UnlockPIN(t.Context(), locked, goodPIN, Device{})
	wantErr(t, err, ErrPINNotHere)
}

func TestSession_BelongsToItsDevice(t *testing.T) {
	t.Parallel()
	c, d, _ := chairside(t)
	in := must(c.SignIn(t.Context(), "rosa", goodPassword, Source{Device: d}))(t)
	wantState(t, c.look(in.Token, d), SessionActive)
	for _, other := range []Device{{}, {ID: "another"}} {
		_, err := c.Session(t.Context(), in.Token, other)
		wantErr(t, err, ErrNoSession)
	}
}

func TestSignOut_Ends(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	other := must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t)
	if err := c.SignOut(t.Context(), in.View); err != nil {
		t.Fatal(err)
	}
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
	wantState(t, c.look(other.Token, Device{}), SessionActive)
	// An unlock that was under way does not bring it back.
	if v, err := c.UnlockPassword(t.Context(), in.View, goodPassword, outside()); err == nil {
		wantState(t, v, SessionExpired)
	}
}

func TestSignOutEverywhere_EndsAll(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	other := must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t)
	by, _ := in.View.Actor()
	if err := c.SignOutEverywhere(t.Context(), by, in.View.Person.ID); err != nil {
		t.Fatal(err)
	}
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
	wantState(t, c.look(other.Token, Device{}), SessionExpired)
	again := must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t) // in the same microsecond
	wantState(t, c.look(again.Token, Device{}), SessionActive)
}

func TestSession_DisabledPerson(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	must(c.Disable(t.Context(), jobActor(c.now()), in.View.Person.ID))(t)
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
	must(c.Enable(t.Context(), jobActor(c.now()), in.View.Person.ID))(t)
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
}

func TestSession_LostRacesAreRunAgain(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	c.store.failNext = journal.ErrConflict
	wantState(t, must(c.Lock(t.Context(), in.View))(t), SessionLocked)
}

func TestSession_AuditNamesThePerson(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	if err := c.SignOut(t.Context(), in.View); err != nil {
		t.Fatal(err)
	}
	last := c.store.lastAudit()
	if last.Type != "session.ended" || last.Actor.Person != in.View.Person.ID || !last.At.Equal(c.now()) || last.Version != 1 {
		t.Fatalf("audit entry is %+v", last)
	}
}

// Whatever happens to the clock, an ended, locked or overlong session never acts.
func TestSessionState_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultPolicy()
		at := func(name string) time.Time {
			return morning().Add(time.Duration(rapid.Int64Range(-48*3600, 48*3600).Draw(t, name)) * time.Second)
		}
		x := Session{Begun: at("begun"), Active: at("active")}
		now := at("now")
		got := x.state(p, Person{}, now)
		if late := now.Sub(x.Begun).Abs() >= p.SessionLife; late != (got == SessionExpired) {
			t.Fatalf("begun %s, now %s: %s", x.Begun, now, got)
		}
		if got == SessionActive && now.Sub(x.Active).Abs() >= p.IdleLock {
			t.Fatalf("active %s, now %s: %s", x.Active, now, got)
		}
		ended, locked := x, x
		ended.EndedAt, locked.LockedAt = now, now
		if ended.state(p, Person{}, now) != SessionExpired || locked.state(p, Person{}, now) == SessionActive {
			t.Fatal("an ended or locked session acts")
		}
		if x.state(p, Person{Disabled: true}, now) != SessionExpired {
			t.Fatal("a disabled person's session goes on")
		}
	})
}
