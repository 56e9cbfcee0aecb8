package app

import (
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
)

// news is what monitors sent since the watch last looked. What the watch does
// not fetch in time is in the store all the same: it then reads it there.
type news struct {
	mu sync.Mutex // held for a look or an addition
	of map[ident.Device]*sent
}

type sent struct {
	rows  []series.Row
	heard time.Time
	lost  bool // too much came: the watch has to read the store
	aside int  // values set aside, since the start of the server
}

// mostNews bounds what waits of one monitor: minutes of it, while the watch
// looks many times a second.
const mostNews = 4096

// took notes a message that is durable.
func (n *news) took(id ident.Device, rows []series.Row, aside int, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.of[id]
	if !ok {
		s = &sent{}
		n.of[id] = s
	}
	s.heard, s.aside = now, s.aside+aside
	if len(s.rows)+len(rows) > mostNews {
		s.rows, s.lost = nil, true
		return
	}
	s.rows = append(s.rows, rows...)
}

// take fetches what waits of one monitor, as inputs.
func (n *news) take(id ident.Device) []alarm.Input {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.of[id]
	if !ok || (len(s.rows) == 0 && s.heard.IsZero()) {
		return nil
	}
	out := make([]alarm.Input, 0, len(s.rows)+1)
	for _, r := range s.rows {
		out = append(out, sampleOf(r))
	}
	out = append(out, alarm.Heard{Told: alarm.Told(s.heard)})
	s.rows, s.heard, s.lost = nil, time.Time{}, false
	return out
}

// has reports whether something waits of one monitor.
func (n *news) has(id ident.Device) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.of[id]
	return ok && !s.heard.IsZero()
}

func (n *news) lost(id ident.Device) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.of[id]
	return ok && s.lost
}

// aside is how many values of a monitor were set aside since the start.
func (n *news) aside(id ident.Device) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.of[id]; ok {
		return s.aside
	}
	return 0
}

// sampleOf is a row as the alarm machine is told of it. Two sites of one
// metric, and two ways of measuring it, stay apart.
func sampleOf(r series.Row) alarm.Sample {
	x := r.Sample
	return alarm.Sample{
		Told: alarm.Told(r.ReceivedAt), Kind: x.Kind, Site: x.Site + "|" + x.Source, Value: x.Value, At: r.At, Quality: x.Quality,
	}
}

// withheld counts the signs that a message has and that were not taken.
func withheld(res hl7.Result) int {
	n := 0
	for _, q := range res.Quarantined {
		if q.Kind != "" && q.Withheld() {
			n++
		}
	}
	return n
}
