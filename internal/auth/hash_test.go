package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

func testArgon2(t testing.TB) *Argon2 {
	t.Helper()
	return must(NewArgon2(cheap(), newTestRandom(9)))(t)
}

func TestHash_VerifiesOnlyTheSameSecret(t *testing.T) {
	t.Parallel()
	a := testArgon2(t)
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "secret")
		other := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "other")
		encoded, err := a.Hash(context.Background(), secret)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := a.Verify(context.Background(), encoded, secret); err != nil || !m.OK || m.Rehash {
			t.Fatalf("own secret: %+v, %v", m, err)
		}
		if m, err := a.Verify(context.Background(), encoded, other); err != nil || m.OK != (string(other) == string(secret)) {
			t.Fatalf("other secret: %+v, %v", m, err)
		}
	})
}

func TestHash_SaltsEachHash(t *testing.T) {
	t.Parallel()
	a := testArgon2(t)
	one := must(a.Hash(t.Context(), []byte("x")))(t)
	two := must(a.Hash(t.Context(), []byte("x")))(t)
	if one == two {
		t.Fatal("the same secret hashed twice gives the same text")
	}
}

func TestHash_ProductionParameters(t *testing.T) {
	t.Parallel()
	a := must(NewArgon2(DefaultParams(), newTestRandom(9)))(t)
	encoded := must(a.Hash(t.Context(), []byte("secret")))(t)
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash is %s", encoded)
	}
	if m := must(a.Verify(t.Context(), encoded, []byte("secret")))(t); !m.OK {
		t.Fatal("own hash does not verify")
	}
}

func TestVerify_OtherParametersAskForRehash(t *testing.T) {
	t.Parallel()
	old := must(NewArgon2(Params{MemoryKiB: 16, Passes: 1, Lanes: 1}, newTestRandom(9)))(t)
	encoded := must(old.Hash(t.Context(), []byte("secret")))(t)
	m := must(testArgon2(t).Verify(t.Context(), encoded, []byte("secret")))(t)
	if !m.OK || !m.Rehash {
		t.Fatalf("match is %+v, want OK and Rehash", m)
	}
}

func TestVerify_RefusesMalformedHashes(t *testing.T) {
	t.Parallel()
	a := testArgon2(t)
	good := must(a.Hash(t.Context(), []byte("secret")))(t)
	for name, bad := range map[string]string{
		"empty":            "",
		"other algorithm":  strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":    strings.Replace(good, "v=19", "v=16", 1),
		"huge memory":      strings.Replace(good, "m=8,", "m=4194304,", 1),
		"many passes":      strings.Replace(good, "t=1,", "t=4000000,", 1),
		"no lanes":         strings.Replace(good, "p=1", "p=0", 1),
		"leading zero":     strings.Replace(good, "m=8", "m=08", 1),
		"padded":           good + "=",
		"short tag":        good[:len(good)-4],
		"something before": "x" + good,
		"a part more":      good + "$",
	} {
		if _, err := a.Verify(t.Context(), bad, []byte("secret")); !errors.Is(err, ErrHashMalformed) {
			t.Errorf("%s: error is %v, want malformed", name, err)
		}
	}
}

func TestNewArgon2_RefusesUnboundedParameters(t *testing.T) {
	t.Parallel()
	for _, p := range []Params{{}, {MemoryKiB: 7, Passes: 1, Lanes: 1}, {MemoryKiB: 1 << 20, Passes: 1, Lanes: 1}, {MemoryKiB: 8, Passes: 17, Lanes: 1}} {
		if _, err := NewArgon2(p, newTestRandom(1)); err == nil {
			t.Errorf("parameters %+v are accepted", p)
		}
	}
}

// With both slots taken a bounded number may wait; the next is told so at once.
func TestHash_BoundsConcurrencyAndQueue(t *testing.T) {
	t.Parallel()
	a := testArgon2(t)
	synctest.Test(t, func(t *testing.T) {
		slots, queue := make(chan struct{}, cap(a.slots)), make(chan struct{}, cap(a.queue))
		a := &Argon2{params: a.params, random: a.random, slots: slots, queue: queue}
		for range hashingAtOnce {
			slots <- struct{}{}
			queue <- struct{}{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, hashingWaiting)
		for range hashingWaiting {
			go func() { _, err := a.Hash(ctx, []byte("x")); done <- err }()
		}
		synctest.Wait()
		if len(done) != 0 {
			t.Fatal("a hash was made although both slots are taken")
		}
		if _, err := a.Hash(ctx, []byte("x")); !errors.Is(err, ErrBusy) {
			t.Fatalf("error is %v, want busy", err)
		}
		cancel()
		for range hashingWaiting {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Fatalf("waiter got %v, want cancelled", err)
			}
		}
		if len(queue) != hashingAtOnce {
			t.Fatalf("%d places are still taken, want %d", len(queue), hashingAtOnce)
		}
	})
}

func TestHash_AtMostTwoAtOnce(t *testing.T) {
	t.Parallel()
	if a := testArgon2(t); cap(a.slots) != 2 {
		t.Fatalf("%d hashes may run at once, want 2", cap(a.slots))
	}
}

func FuzzParsePHC(f *testing.F) {
	a := testArgon2(f)
	f.Add(must(a.Hash(f.Context(), []byte("secret")))(f))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err != nil {
			return
		}
		if h.String() != s || !h.params.valid() {
			t.Fatalf("accepted %q, which reads back as %q", s, h.String())
		}
	})
}
