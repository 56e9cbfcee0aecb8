package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

func (c *clinic) signIn(login, password string, from Source) error {
	_, err := c.SignIn(c.t.Context(), login, password, from)
	return err
}

func TestSignIn_RightPassword(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	in := must(c.SignIn(t.Context(), " Rosa ", goodPassword, outside()))(t)
	actor, ok := in.View.Actor()
	if !ok || actor.Person != rosa.ID || !actor.Is(act.Nurse) || actor.Proof != act.Password || !actor.ProvedAt.Equal(c.now()) || actor.Via != "" {
		t.Fatalf("actor is %+v, %v", actor, ok)
	}
}

func TestSignIn_RefusalsLookAlike(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	gone := c.hire("gone", act.Nurse)
	must(c.Disable(t.Context(), jobActor(c.now()), gone.ID))(t)
	for login, password := range map[string]string{
		"rosa":                   "not her password",
		"nobody":                 goodPassword,
		"gone":                   goodPassword,
		"":                       goodPassword,
		"?; drop table":          goodPassword,
		strings.Repeat("x", 999): strings.Repeat("y", 9999),
	} {
		before := len(c.hasher.verified)
		err := c.signIn(login, password, outside())
		wantErr(t, err, ErrWrong)
		if err.Error() != ErrWrong.Error() {
			t.Errorf("%q: the refusal tells itself apart: %v", login, err)
		}
		if n := len(c.hasher.verified) - before; n != 1 {
			t.Errorf("%q: %d hashes were computed, want 1 for everyone", login, n)
		}
	}
}

// The hash compared for an unknown login costs what a known one costs.
func TestSignIn_UnknownLoginIsHashedAtTheSameCost(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	c.hasher.verified = nil
	wantErr(t, c.signIn("rosa", "not her password", outside()), ErrWrong)
	wantErr(t, c.signIn("nobody", "not her password", outside()), ErrWrong)
	known, unknown := must(parsePHC(c.hasher.verified[0]))(t), must(parsePHC(c.hasher.verified[1]))(t)
	if known.params != unknown.params {
		t.Fatalf("unknown login costs %+v, known %+v", unknown.params, known.params)
	}
}

func TestSignIn_LocksOutWithBackoff(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"rosa", "nobody"} {
		c := newClinic(t)
		c.hire("rosa", act.Nurse)
		for range 5 {
			wantErr(t, c.signIn(login, "wrong wrong wrong", outside()), ErrWrong)
		}
		hashes := len(c.hasher.verified)
		wantWait(t, c.signIn(login, "wrong wrong wrong", outside()), time.Second)
		wantWait(t, c.signIn(login, goodPassword, outside()), time.Second) // knocking does not lengthen it, nor does the right word open
		if len(c.hasher.verified) != hashes {
			t.Fatalf("%s: an attempt too early was hashed", login)
		}
		c.pass(time.Second)
		wantErr(t, c.signIn(login, "wrong wrong wrong", outside()), ErrWrong)
		wantWait(t, c.signIn(login, "wrong wrong wrong", outside()), 2*time.Second)
	}
}

func TestSignIn_LockoutSurvivesRestart(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	for range 5 {
		wantErr(t, c.signIn("rosa", "wrong wrong wrong", outside()), ErrWrong)
	}
	c.restart()
	wantWait(t, c.signIn("rosa", goodPassword, outside()), time.Second)
	c.pass(time.Second)
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Fatal(err)
	}
}

func TestSignIn_SuccessClearsTheAccount(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	for range 4 {
		for range 4 {
			wantErr(t, c.signIn("rosa", "wrong wrong wrong", outside()), ErrWrong)
		}
		if err := c.signIn("rosa", goodPassword, outside()); err != nil {
			t.Fatal(err)
		}
	}
}

// Twenty wrong guesses from one address, spread over many logins, slow that
// address down; success with an account of one's own does not wash them off.
func TestSignIn_SlowsOneAddress(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	from := Source{Address: "10.0.0.9"}
	for i := range 20 {
		if i%4 == 0 {
			if err := c.signIn("rosa", goodPassword, from); err != nil {
				t.Fatal(err)
			}
		}
		wantErr(t, c.signIn("guess"+string(rune('a'+i)), "wrong wrong wrong", from), ErrWrong)
	}
	wantWait(t, c.signIn("rosa", goodPassword, from), time.Second)
	if err := c.signIn("rosa", goodPassword, Source{Address: "10.0.0.10"}); err != nil {
		t.Fatalf("another address: %v", err)
	}
}

// Nobody outside can keep a nurse from the tablet at the chair.
func TestSignIn_OutsideGuessesDoNotLockTheChair(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	d := c.tablet(c.director(), "tablet 3").Device
	c.hire("rosa", act.Nurse)
	for range 5 {
		wantErr(t, c.signIn("rosa", "wrong wrong wrong", outside()), ErrWrong)
	}
	wantWait(t, c.signIn("rosa", goodPassword, outside()), time.Second)
	if err := c.signIn("rosa", goodPassword, Source{Device: d, Address: "192.168.1.40"}); err != nil {
		t.Fatal(err)
	}
}

// Guesses sent side by side are all counted before any is compared.
func TestSignIn_ParallelGuessesAreCounted(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	c.hasher.verified = nil
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { _ = c.signIn("rosa", "wrong wrong wrong", outside()) })
	}
	wg.Wait()
	if n := len(c.hasher.verified); n > 5 {
		t.Fatalf("%d guesses were compared at one moment, want at most 5", n)
	}
}

func TestSignIn_WhatWasNotComparedIsNotCounted(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	c.hasher.fail = ErrBusy
	for range 30 {
		wantErr(t, c.signIn("rosa", goodPassword, outside()), ErrBusy)
	}
	c.hasher.fail = nil
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Fatal(err)
	}
}

// People type passwords into the login field. Neither may be stored or logged.
func TestSignIn_KeepsNothingTyped(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	wantErr(t, c.signIn("hunterhunter2", "swordfish swordfish", Source{Address: "203.0.113.77"}), ErrWrong)
	in := must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t)
	text := c.store.text()
	for _, secret := range []string{"hunterhunter2", "swordfish", "203.0.113.77", goodPassword, goodPIN, in.Token} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is stored", secret)
		}
	}
}

func TestSignIn_UnknownLoginsAndAddressesAreBounded(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	buckets := map[string]bool{}
	for i := range 20000 {
		a := c.attempt("", strings.Repeat("x", i%97)+string(rune(i)), Source{Address: "nowhere"})
		buckets[a.account] = true
	}
	if len(buckets) > unknownBuckets {
		t.Fatalf("%d rows for unknown logins, want at most %d", len(buckets), unknownBuckets)
	}
}

func TestSignIn_RehashesOldParameters(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	newer := must(NewArgon2(Params{MemoryKiB: 16, Passes: 1, Lanes: 1}, newTestRandom(8)))(t)
	c.hasher.Hasher = newer
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Fatal(err)
	}
	after := must(c.Person(t.Context(), rosa.ID))(t)
	if h := must(parsePHC(after.PasswordHash))(t); h.params.MemoryKiB != 16 {
		t.Fatalf("hash still has %+v", h.params)
	}
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Fatal(err)
	}
}

func TestSignIn_StoreFailureIsNoRefusal(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	broken := errors.New("disk full")
	c.store.failNext = broken
	err := c.signIn("rosa", goodPassword, outside())
	wantErr(t, err, broken)
	if errors.Is(err, ErrWrong) {
		t.Fatal("a failing store reads as a wrong password")
	}
}

func TestSignIn_LostRacesAreRunAgain(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	c.store.failNext = journal.ErrConflict
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Fatal(err)
	}
}

func TestSignIn_CallerGone(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	c.hasher.fail = context.Canceled
	for range 10 {
		wantErr(t, c.signIn("rosa", goodPassword, outside()), context.Canceled)
	}
}

func TestProvePassword_ProvesWithoutASession(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	before := len(must(c.store.Rows(t.Context(), string(SessionRegister)))(t))
	actor := must(c.ProvePassword(t.Context(), "rosa", goodPassword, outside()))(t)
	if actor.Person != rosa.ID || actor.Proof != act.Password || actor.Kind != act.Person {
		t.Fatalf("actor is %+v", actor)
	}
	if after := len(must(c.store.Rows(t.Context(), string(SessionRegister)))(t)); after != before {
		t.Fatal("a session was begun")
	}
}

func TestProvePassword_OneTimePasswordProvesNothing(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	_, once, err := c.AddPerson(t.Context(), jobActor(c.now()), Person{Login: "rosa", Name: "Rosa", Roles: []act.Role{act.Nurse}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.ProvePassword(t.Context(), "rosa", once, outside())
	wantErr(t, err, ErrMustChange)
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.168.1.40":            "192.168.1.40",
		"192.168.1.40:52011":      "192.168.1.40",
		"::ffff:192.168.1.40":     "192.168.1.40",
		"2001:db8:1:2:3:4:5:6":    "2001:db8:1:2::/64",
		"[2001:db8:1:2::9]:52011": "2001:db8:1:2::/64",
		"fe80::1%eth0":            "fe80::/64",
		"not an address":          "unknown",
		"":                        "unknown",
	} {
		if got := network(address); got != want {
			t.Errorf("%q is %q, want %q", address, got, want)
		}
	}
}
