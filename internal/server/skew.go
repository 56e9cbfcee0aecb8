package server

import (
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// skews remembers how far each tablet's clock was from the clinic's when its
// page last said so. It begins anew with the server: a page says it whenever a
// hand is at it, and with what is charted. Until then it is said that nothing was
// measured: a clock of which nothing is known is no clock that is right.
type skews struct {
	since time.Time  // when the server began: what was measured before is not known
	mu    sync.Mutex // held for one look or one note
	by    map[ident.Device]skew
}

// skew is a device's clock minus the clinic's, and when it was said.
type skew struct {
	off time.Duration
	at  time.Time
}

func (s *skews) note(v web.Visitor, off time.Duration, at time.Time) {
	if v.Actor.Via == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = map[ident.Device]skew{}
	}
	s.by[v.Actor.Via] = skew{off, at}
}

func (s *skews) of(d ident.Device) (skew, bool) {
	if s == nil {
		return skew{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.by[d]
	return k, ok
}

// clockOf puts a tablet's clock into words.
func (d desk) clockOf(out *view.Tablet, device ident.Device) {
	k, ok := d.skews.of(device)
	if d.skews == nil || out.Revoked {
		return
	}
	if !ok {
		out.Clock, out.ClockTone = "not measured since the server began at "+word.Clock(d.skews.since.In(d.app.Zone)), view.Quiet
		return
	}
	out.Clock, out.ClockTone = offsetText(k.off)+" at "+word.Clock(k.at.In(d.app.Zone)), view.Quiet
	if session.ClockOff(d.app.Knows().Rules, k.off) {
		out.Clock, out.ClockTone = out.Clock+". Set its clock.", view.Amber
	}
}
