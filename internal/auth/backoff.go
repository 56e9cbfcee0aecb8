package auth

import "time"

// Backoff says how long to wait after failed attempts: Free failures cost
// nothing, then First, doubled by each further failure, never more than Most.
// A tally is forgotten after Forget without a failure.
type Backoff struct {
	Free                int
	First, Most, Forget time.Duration
}

// Tally counts failures in a row. The zero Tally has none.
type Tally struct {
	Failures int       `json:"failures"`
	Last     time.Time `json:"last,omitzero"`
}

// mostFailures keeps a tally finite; the wait has long reached its bound by then.
const mostFailures = 1000

// Wait is how long the next attempt must wait at now. A tally from the future
// (the server's clock was set back) makes no one wait: its count still stands,
// and the next failure dates it anew.
func (b Backoff) Wait(t Tally, now time.Time) time.Duration {
	since := now.Sub(t.Last)
	if t.Failures < b.Free || t.Failures == 0 || since < 0 || since >= b.Forget {
		return 0
	}
	return max(0, b.delay(t.Failures)-since)
}

// Fail counts one more failure at now.
func (b Backoff) Fail(t Tally, now time.Time) Tally {
	if now.Sub(t.Last) >= b.Forget {
		t.Failures = 0
	}
	return Tally{Failures: min(t.Failures+1, mostFailures), Last: now}
}

// Undo takes one failure back: the attempt it was counted for succeeded.
func (t Tally) Undo() Tally {
	if t.Failures <= 1 {
		return Tally{}
	}
	t.Failures--
	return t
}

func (b Backoff) delay(failures int) time.Duration {
	d := b.First
	for range failures - b.Free {
		if d >= b.Most {
			return b.Most
		}
		d *= 2
	}
	return min(d, b.Most)
}
