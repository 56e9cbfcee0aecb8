package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (d *decider) monitor(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case LinkMonitor:
		return d.link(c)
	case UnlinkMonitor:
		return d.unlink()
	case DoubtLink:
		return d.doubt(c)
	case TakeOffMonitor:
		return d.takeOff(c)
	case ReturnToMonitor:
		return one(BackOnMonitor{})
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// link is a person's word that this monitor is on this patient.
func (d *decider) link(c LinkMonitor) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if r := d.in(present()...); r != nil {
		return nil, r
	}
	m := d.env.Monitor
	switch {
	case c.Monitor == "":
		return nil, malformed("session.no_monitor")
	case !m.Known || m.Device != c.Monitor:
		return nil, refuse(RuleLink, "session.monitor_unknown")
	case !Online(d.env.Rules, m.LastAt, d.env.Now):
		return nil, refuse(RuleLink, "session.monitor_offline", m.Name)
	}
	e := MonitorLinked{Monitor: c.Monitor, Name: m.Name, SentID: m.SentID, SentBed: m.SentBed}
	if l := d.s.Link; !l.Confirmed && l.Monitor == c.Monitor && !l.DoubtFrom.IsZero() {
		e.Gap = &Gap{From: l.DoubtFrom, To: latest(d.at, l.DoubtFrom)}
	}
	return one(e)
}

func (d *decider) unlink() ([]Event, *Refusal) {
	if d.s.Link.Monitor == "" {
		return nil, malformed("session.no_monitor")
	}
	return one(MonitorUnlinked{Monitor: d.s.Link.Monitor, Reason: word.M("session.unlinked_by_hand")})
}

// doubt is the watch job's word that a person must confirm the link again.
func (d *decider) doubt(c DoubtLink) ([]Event, *Refusal) {
	if d.env.Actor.Kind != act.Job {
		return nil, malformed("session.job_only")
	}
	if d.s.Link.Monitor == "" {
		return nil, malformed("session.no_monitor")
	}
	why, ok := doubts(c.Cause)
	if !ok {
		return nil, malformed("session.unknown_code", "doubt")
	}
	since := c.Since
	if since.IsZero() || since.After(d.at) {
		since = d.at
	}
	return one(LinkDoubted{Monitor: d.s.Link.Monitor, Reason: word.M(why), Since: since})
}

func doubts(cause string) (word.ID, bool) {
	switch cause {
	case "drop":
		return "session.doubt_drop", true
	case "device changed":
		return "session.doubt_device", true
	case "bed changed":
		return "session.doubt_bed", true
	case "chair changed":
		return "session.doubt_chair", true
	case "patient id changed":
		return "session.doubt_patient", true
	}
	return "", false
}

func (d *decider) takeOff(c TakeOffMonitor) ([]Event, *Refusal) {
	switch {
	case missing(c.Reason, OffToilet, OffStand, OffOther):
		return nil, malformed("session.unknown_code", "reason")
	case !c.Companion.Given():
		return nil, malformed("session.companion_missing")
	}
	off := drug.Minutes(c.Minutes).Duration()
	if !d.env.Rules.Ready() {
		return nil, malformed("session.off_unbounded")
	}
	if c.Minutes < 1 || off > d.env.Rules.Duration(library.OffMost) {
		return nil, malformed("session.off_too_long", d.env.Rules.Text(library.OffMost))
	}
	until := d.at.Add(off)
	return one(OffMonitor{Reason: c.Reason, Companion: c.Companion, Until: until})
}

// ClockOff reports whether a monitor's clock, offset from ours, is so far off
// that people are told.
func ClockOff(rules library.Session, offset time.Duration) bool {
	return offset.Abs() > rules.Duration(library.ClockOff)
}
