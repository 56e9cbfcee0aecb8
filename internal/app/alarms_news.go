package app

import (
	"slices"
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
	// devices are the monitor's own alarms that began or ended.
	devices []alarm.DeviceAlarm
	// own are those that have not ended, by key: they are in no store.
	own   map[string]alarm.DeviceAlarm
	lost  bool // too much came: the watch has to read the store
	aside int  // values set aside, since the start of the server
	// asideAt is when the last one was.
	asideAt time.Time
}

// mostNews bounds what waits of one monitor: minutes of it, while the watch
// looks many times a second.
const mostNews = 4096

// mostDevices bounds the monitor's own alarms that wait.
const mostDevices = 64

// took notes a message that is durable.
func (n *news) took(id ident.Device, rows []series.Row, own *alarm.DeviceAlarm, aside int, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.of[id]
	if !ok {
		s = &sent{}
		n.of[id] = s
	}
	s.heard, s.aside = now, s.aside+aside
	if aside > 0 {
		s.asideAt = now
	}
	if own != nil {
		if len(s.devices) >= mostDevices { // the oldest says least of now
			s.devices = s.devices[1:]
		}
		s.devices = append(s.devices, *own)
		s.keep(*own)
	}
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
	for _, d := range s.devices {
		// The monitor speaks for itself again: what the record said of its
		// alarm before a restart counts no more.
		out = append(out, remembered(d.Match, false), d)
	}
	out = append(out, alarm.Heard{Told: alarm.Told(s.heard)})
	s.rows, s.devices, s.heard, s.lost = nil, nil, time.Time{}, false
	return out
}

// alarmsOf fetches what waits of a pump: its alarms. That it was heard says
// nothing of the monitor.
func (n *news) alarmsOf(id ident.Device) []alarm.Input {
	var out []alarm.Input
	for _, in := range n.take(id) {
		if d, ok := in.(alarm.DeviceAlarm); ok {
			out = append(out, d)
		}
	}
	return out
}

// keep remembers an alarm of the monitor's own until it ends.
func (s *sent) keep(d alarm.DeviceAlarm) {
	switch {
	case !d.Active:
		delete(s.own, d.Key)
	case len(s.own) < mostDevices:
		if s.own == nil {
			s.own = map[string]alarm.DeviceAlarm{}
		}
		if _, ok := s.own[d.Key]; !ok { // it began when it began
			s.own[d.Key] = d
		}
	}
}

// standing are the monitor's own alarms that began since an instant and have
// not ended, oldest first.
func (n *news) standing(id ident.Device, since time.Time) []alarm.DeviceAlarm {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []alarm.DeviceAlarm
	if s, ok := n.of[id]; ok {
		for _, d := range s.own {
			if !alarm.ToldAt(d).Before(since) {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(x, y alarm.DeviceAlarm) int { return alarm.ToldAt(x).Compare(alarm.ToldAt(y)) })
	return out
}

// remembered is an alarm of the monitor's own as the record has it.
func remembered(match alarm.ID, active bool) alarm.DeviceAlarm {
	return alarm.DeviceAlarm{Key: "recorded " + string(match), Match: match, Active: active}
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

// asideAt is when a value of a monitor was last set aside; zero when none was
// since the start.
func (n *news) asideAt(id ident.Device) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.of[id]; ok {
		return s.asideAt
	}
	return time.Time{}
}

// sampleOf is a row as the alarm machine is told of it. Two sites of one
// metric, and two ways of measuring it, stay apart.
func sampleOf(r series.Row) alarm.Sample {
	x := r.Sample
	return alarm.Sample{
		Told: alarm.Told(r.ReceivedAt), Kind: x.Kind, Site: x.Site + "|" + x.Source, Value: x.Value, At: r.At, Quality: x.Quality,
	}
}

// ownAlarm is an alarm that the monitor itself raised or ended, as the machine
// is told of it; nil where the message is none.
func ownAlarm(res hl7.Result, now time.Time) *alarm.DeviceAlarm {
	if !res.HasAlert {
		return nil
	}
	a := res.Alert
	d := &alarm.DeviceAlarm{Told: alarm.Told(now), Key: a.Key, Match: matching(a), Text: a.Text, Active: a.Active}
	if err := d.Priority.UnmarshalText([]byte(a.Priority)); err != nil {
		return nil
	}
	return d
}

// matching is the condition of ours that is the same thing; empty where none
// is. The monitor's limits are its own: that it alarms does not say that ours
// is reached.
func matching(a hl7.Alert) alarm.ID {
	switch {
	case a.Blocked:
		return alarm.PumpOcclusion
	case a.Pump != "":
		return alarm.PumpAlarm
	case a.Kind == "":
		return ""
	}
	for _, id := range alarm.IDs() {
		if side := id.Side(); side != "" && (side == alarm.SideHigh) == a.High && slices.Contains(id.Kinds(), a.Kind) && id.Group() == alarm.Physiological {
			return id
		}
	}
	return ""
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
