package auth

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// chairside is a clinic with an enrolled tablet and a nurse who gave the password today.
func chairside(t testing.TB) (*clinic, Device, Person) {
	t.Helper()
	c := newClinic(t)
	d := c.tablet(c.director(), "tablet 3").Device
	return c, d, c.hire("rosa", act.Nurse)
}

func TestSignInPIN_OnAnEnrolledDevice(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	in := must(c.SignInPIN(t.Context(), rosa.ID, goodPIN, d))(t)
	actor, ok := in.View.Actor()
	if !ok || actor.Person != rosa.ID || actor.Via != d.ID || actor.Proof != act.PIN {
		t.Fatalf("actor is %+v, %v", actor, ok)
	}
}

func TestSignInPIN_CountsNowhereElse(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	_, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, Device{})
	wantErr(t, err, ErrPINNotHere)
	d.RevokedAt = c.now()
	_, err = c.SignInPIN(t.Context(), rosa.ID, goodPIN, d)
	wantErr(t, err, ErrPINNotHere)
}

func TestSignInPIN_Wrong(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	other := c.hire("omar", act.Nurse)
	for name, tc := range map[string]struct {
		who ident.Person
		pin string
	}{
		"wrong digits":  {rosa.ID, "580914"},
		"not digits":    {rosa.ID, "hello!"},
		"unknown":       {"01890a5d-ac96-774b-bcce-b302099a8057", goodPIN},
		"nobody":        {"", goodPIN},
		"one too short": {other.ID, goodPIN[:5]},
	} {
		if _, err := c.SignInPIN(t.Context(), tc.who, tc.pin, d); err == nil {
			t.Errorf("%s is accepted", name)
		} else {
			wantErr(t, err, ErrWrong)
		}
	}
}

func TestSignInPIN_FiveTriesThenThePassword(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	for range 5 {
		_, err := c.SignInPIN(t.Context(), rosa.ID, "580914", d)
		wantErr(t, err, ErrWrong)
	}
	c.restart()
	c.pass(time.Hour) // waiting does not bring tries back
	_, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, d)
	wantErr(t, err, ErrPasswordNeeded)

	other := Device{ID: "another"}
	if _, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, other); err != nil {
		t.Fatalf("the PIN at another tablet: %v", err)
	}
	if err := c.signIn("rosa", goodPassword, Source{Device: d}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, d); err != nil {
		t.Fatalf("after the password: %v", err)
	}
}

func TestSignInPIN_SuccessClearsTheTries(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	for range 3 {
		for range 4 {
			_, err := c.SignInPIN(t.Context(), rosa.ID, "580914", d)
			wantErr(t, err, ErrWrong)
		}
		must(c.SignInPIN(t.Context(), rosa.ID, goodPIN, d))(t)
	}
}

func TestSignInPIN_NeedsAPasswordWithinTwelveHours(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	given := c.now()
	must(c.ProvePassword(t.Context(), "rosa", goodPassword, outside()))(t)
	c.pass(12*time.Hour - time.Microsecond)
	must(c.SignInPIN(t.Context(), rosa.ID, goodPIN, d))(t)
	c.pass(time.Microsecond)
	if c.now().Sub(given) != 12*time.Hour {
		t.Fatal("the test lost count of time")
	}
	_, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, d)
	wantErr(t, err, ErrPasswordNeeded)
}

func TestSignInPIN_WithoutOne(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	must(c.ResetPassword(t.Context(), jobActor(c.now()), rosa.ID))(t)
	_, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, d)
	wantErr(t, err, ErrPasswordNeeded)
}

func TestSignInPIN_DisabledPerson(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	must(c.Disable(t.Context(), jobActor(c.now()), rosa.ID))(t)
	_, err := c.SignInPIN(t.Context(), rosa.ID, goodPIN, d)
	wantErr(t, err, ErrWrong)
}

func TestProvePIN_IsTheSecondPerson(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	actor := must(c.ProvePIN(t.Context(), rosa.ID, goodPIN, d))(t)
	if actor.Person != rosa.ID || actor.Via != d.ID || actor.Proof != act.PIN || !actor.ProvedAt.Equal(c.now()) {
		t.Fatalf("actor is %+v", actor)
	}
	if last := c.store.lastAudit(); last.Type != "sign_in.pin" || last.Actor.Person != rosa.ID || last.Device != d.ID {
		t.Fatalf("audit entry is %+v", last)
	}
}

func TestProvePIN_BusyIsNotCounted(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	c.hasher.fail = ErrBusy
	for range 10 {
		_, err := c.ProvePIN(t.Context(), rosa.ID, goodPIN, d)
		wantErr(t, err, ErrBusy)
	}
	c.hasher.fail = nil
	must(c.ProvePIN(t.Context(), rosa.ID, goodPIN, d))(t)
}

// A copied database without the server key must not give the PIN away, nor
// may one person's hash stand for another's.
func TestPINHash_IsBoundToPersonAndKey(t *testing.T) {
	t.Parallel()
	c, _, rosa := chairside(t)
	for name, secret := range map[string][]byte{
		"bare PIN":     []byte(goodPIN),
		"other person": c.pinSecret("someone else", goodPIN),
	} {
		if m := must(c.hasher.Hasher.Verify(t.Context(), rosa.PINHash, secret))(t); m.OK {
			t.Errorf("%s matches", name)
		}
	}
	c.key = ServerKey{secret: [32]byte{8}}
	c.restart()
	if m := must(c.hasher.Hasher.Verify(t.Context(), rosa.PINHash, c.pinSecret(rosa.ID, goodPIN)))(t); m.OK {
		t.Error("another server's key matches")
	}
}

// Production parameters, so that re-entry at the chair keeps its three seconds.
func BenchmarkUnlockPIN(b *testing.B) {
	c := newClinic(b)
	c.hasher.Hasher = must(NewArgon2(DefaultParams(), newTestRandom(1)))(b)
	d := c.tablet(c.director(), "tablet 3").Device
	rosa := c.hire("rosa", act.Nurse)
	in := must(c.SignInPIN(b.Context(), rosa.ID, goodPIN, d))(b)
	for b.Loop() {
		must(c.UnlockPIN(b.Context(), in.View, goodPIN, d))(b)
	}
}
