package server

import (
	"sync"
	"time"
)

// clockSlew is how much of the passing time goes into falling back to a
// machine's clock that was set back: a twentieth. Evidence mark: default.
const clockSlew = 20

// clockAside is how far the clinic's time may stand from the machine's before
// it is said.
const clockAside = 2 * time.Second

// steady is the clinic's time. It follows the machine's clock and never runs
// backward: when that is set back, the clinic's time goes on, a little slower,
// until the two agree again. So no jump puts an entry before the one it
// follows, and nobody's entry is refused for a time that lies before the
// visit. When the machine's clock is set ahead, or the machine slept, the
// clinic's time follows at once.
type steady struct {
	read func() time.Time // the machine's clock, with its monotonic reading where there is one

	mu   sync.Mutex // held for one reading
	last time.Time  // as read
	ours time.Time
}

func newSteady(read func() time.Time) *steady {
	now := read()
	return &steady{read: read, last: now, ours: now.Round(0)}
}

// Now is the clinic's time.
func (s *steady) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.read()
	passed := max(now.Sub(s.last), 0) // by the monotonic clock, which no one sets
	s.last = now
	wall := now.Round(0) // without the monotonic reading
	ahead := s.ours.Add(passed).Sub(wall)
	if ahead <= 0 {
		s.ours = wall
	} else {
		s.ours = s.ours.Add(passed - min(ahead, passed/clockSlew))
	}
	return s.ours
}

// notBefore lets the clinic's time go on from the record's newest entry, if
// the machine's clock was set back a little meanwhile. Further than an hour
// it is the clock of then that was wrong.
func (s *steady) notBefore(t time.Time) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if gap := t.Sub(now); gap > 0 && gap <= time.Hour {
		s.ours = t
	}
}

// ahead is how far the clinic's time stands ahead of the machine's.
func (s *steady) ahead() time.Duration {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.last.Round(0))
}
