package auth

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoff_Doubles(t *testing.T) {
	t.Parallel()
	b := DefaultPolicy().Account
	var tally Tally
	now := morning()
	for i, want := range []time.Duration{
		0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
		64 * time.Second, 128 * time.Second, 256 * time.Second, 512 * time.Second, 15 * time.Minute, 15 * time.Minute,
	} {
		tally = b.Fail(tally, now)
		if got := b.Wait(tally, now); got != want {
			t.Fatalf("after %d failures the wait is %s, want %s", i+1, got, want)
		}
	}
}

func TestBackoff_WaitPasses(t *testing.T) {
	t.Parallel()
	b := Backoff{Free: 1, First: 8 * time.Second, Most: time.Minute, Forget: time.Hour}
	tally := Tally{Failures: 1, Last: morning()}
	for after, want := range map[time.Duration]time.Duration{
		0: 8 * time.Second, 3 * time.Second: 5 * time.Second, 8 * time.Second: 0, time.Minute: 0,
	} {
		if got := b.Wait(tally, morning().Add(after)); got != want {
			t.Errorf("%s after the failure the wait is %s, want %s", after, got, want)
		}
	}
}

func TestBackoff_ForgetsAfterAQuietTime(t *testing.T) {
	t.Parallel()
	b := Backoff{Free: 2, First: time.Second, Most: time.Minute, Forget: time.Hour}
	old := Tally{Failures: 50, Last: morning()}
	if got := b.Fail(old, morning().Add(time.Hour)); got.Failures != 1 {
		t.Fatalf("an hour later the tally is %d, want 1", got.Failures)
	}
	if got := b.Fail(old, morning().Add(59*time.Minute)); got.Failures != 51 {
		t.Fatalf("within the hour the tally is %d, want 51", got.Failures)
	}
}

// A clock that was a year ahead for a moment must not lock anyone out for a year.
func TestBackoff_ClockSetBack(t *testing.T) {
	t.Parallel()
	b := DefaultPolicy().Account
	ahead := Tally{Failures: 20, Last: morning().AddDate(1, 0, 0)}
	if got := b.Wait(ahead, morning()); got != 0 {
		t.Fatalf("the wait is %s, want none", got)
	}
	next := b.Fail(ahead, morning())
	if next.Failures != 21 || b.Wait(next, morning()) != b.Most {
		t.Fatalf("the next failure gives %+v, want the full wait", next)
	}
}

func TestBackoff_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string, least, most int) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Second
		}
		b := Backoff{Free: rapid.IntRange(1, 30).Draw(t, "free"), First: seconds("first", 1, 60), Most: seconds("most", 60, 3600)}
		b.Forget = b.Most + seconds("forget", 0, 3600)
		tally := Tally{Failures: rapid.IntRange(0, 2000).Draw(t, "failures"), Last: morning()}
		now := morning().Add(seconds("later", -7200, 7200))

		wait := b.Wait(tally, now)
		if wait < 0 || wait > b.Most {
			t.Fatalf("wait %s is outside 0 to %s", wait, b.Most)
		}
		if b.Wait(tally, now.Add(wait)) != 0 {
			t.Fatal("after the wait there is another")
		}
		worse := tally
		worse.Failures++
		if b.Wait(worse, now) < wait {
			t.Fatal("one more failure makes the wait shorter")
		}
		if failed := b.Fail(tally, now); failed.Undo().Failures > tally.Failures {
			t.Fatal("undoing a failure leaves more than there were")
		}
	})
}

func TestPolicy_DefaultHolds(t *testing.T) {
	t.Parallel()
	if err := DefaultPolicy().Check(); err != nil {
		t.Fatal(err)
	}
}

func TestPolicy_RefusesWhatDoesNotHold(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Policy){
		"no lock":           func(p *Policy) { p.IdleLock = 0 },
		"week-long session": func(p *Policy) { p.SessionLife = 7 * 24 * time.Hour },
		"endless grant":     func(p *Policy) { p.GrantLife = 1000 * time.Hour },
		"eleven PINs":       func(p *Policy) { p.PINTries = 11 },
		"no PIN":            func(p *Policy) { p.PINTries = 0 },
		"no back-off":       func(p *Policy) { p.Account = Backoff{} },
		"day-long lockout":  func(p *Policy) { p.Account.Most, p.Account.Forget = 24*time.Hour, 48*time.Hour },
		"forgets at once":   func(p *Policy) { p.Source.Forget = 0 },
		"first over most":   func(p *Policy) { p.Source.First = p.Source.Most + 1 },
	} {
		p := DefaultPolicy()
		spoil(&p)
		if p.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
