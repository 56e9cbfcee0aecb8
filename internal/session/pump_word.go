package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// PumpDoes is what a pump says that it does.
type PumpDoes string

// What a pump does. PumpKeepsOpen is the trickle after the volume that was set;
// PumpBetween the moment in which it goes from one rate to another.
const (
	PumpRuns      PumpDoes = "running"
	PumpHalted    PumpDoes = "stopped"
	PumpKeepsOpen PumpDoes = "keep open"
	PumpBetween   PumpDoes = "between"
)

// PumpWhy is why a pump says that it delivers nothing.
type PumpWhy string

// The reasons.
const (
	WhyByHand    PumpWhy = "stopped by hand"
	WhyAlarming  PumpWhy = "it alarms"
	WhySwitching PumpWhy = "switching its source"
	WhyOff       PumpWhy = "switched off"
)

// mostSaid bounds what one visit notes of its pump: a pump that flaps fills no
// record. What it sends beyond is kept with the other messages.
const mostSaid = 2000

func (d *decider) pumpWord(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case LinkPump:
		return d.linkPump(c)
	case UnlinkPump:
		return d.unlinkPump("session.unlinked_by_hand")
	case DropPump:
		return d.dropPump(c)
	case NotePump:
		return d.notePump(c.Said)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// linkPump is a person's word that this pump is this patient's. A pump that is
// another patient's is not linked twice.
func (d *decider) linkPump(c LinkPump) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if r := d.in(present()...); r != nil {
		return nil, r
	}
	p := d.env.Pump
	switch {
	case c.Pump == "":
		return nil, malformed("session.no_pump")
	case !p.Known || p.Device != c.Pump:
		return nil, refuse(RulePumpLink, "session.pump_unknown")
	case p.Elsewhere:
		return nil, refuse(RulePumpLink, "session.pump_elsewhere", p.Name)
	}
	return one(PumpLinked{Pump: c.Pump, Name: p.Name, SentID: p.SentID, SentBed: p.SentBed})
}

func (d *decider) unlinkPump(why word.ID) ([]Event, *Refusal) {
	if d.s.PumpLink.Pump == "" {
		return nil, malformed("session.no_pump")
	}
	return one(PumpUnlinked{Pump: d.s.PumpLink.Pump, Reason: word.M(why)})
}

// dropPump is the server's word that the pump may be another patient's now.
func (d *decider) dropPump(c DropPump) ([]Event, *Refusal) {
	switch {
	case d.env.Actor.Kind != act.Job:
		return nil, malformed("session.job_only")
	case c.Cause == "bed changed":
		return d.unlinkPump("session.pump_bed")
	case c.Cause == "patient id changed":
		return d.unlinkPump("session.pump_patient")
	}
	return nil, malformed("session.unknown_code", "cause")
}

// notePump notes the linked pump's word. It decides nothing: no rate, no phase
// and no total follow from it.
func (d *decider) notePump(said PumpSaid) ([]Event, *Refusal) {
	switch {
	case d.env.Actor.Kind != act.Job:
		return nil, malformed("session.job_only")
	case said.Pump == "" || said.Pump != d.s.PumpLink.Pump:
		return nil, malformed("session.no_pump")
	case !slices.Contains([]PumpDoes{PumpRuns, PumpHalted, PumpKeepsOpen, PumpBetween}, said.State):
		return nil, malformed("session.unknown_code", "state")
	case !slices.Contains([]PumpWhy{"", WhyByHand, WhyAlarming, WhySwitching, WhyOff}, said.Why):
		return nil, malformed("session.unknown_code", "why")
	case said.Rate != nil && impossible(*said.Rate, mostMLH):
		return nil, malformed("session.bad_rate", said.Rate.String())
	case said.Remaining != nil && impossible(*said.Remaining, mostML):
		return nil, malformed("session.bad_volume", said.Remaining.String())
	case said.Delivered != nil && impossible(*said.Delivered, mostML):
		return nil, malformed("session.bad_volume", said.Delivered.String())
	case d.s.PumpSaidCount >= mostSaid:
		return nil, malformed("session.too_many")
	}
	if said.At.IsZero() || said.At.After(d.at) {
		said.At = d.at
	}
	return one(said)
}

// pumpWord folds the link to a pump and what it says. What it sent late, of
// before its latest word, stands in the record and changes nothing.
func (s State) pumpWord(e Entry) State {
	switch ev := e.Event.(type) {
	case PumpLinked:
		s.PumpLink = PumpLink{Pump: ev.Pump, Name: ev.Name, Since: e.EffectiveAt, SentID: ev.SentID, SentBed: ev.SentBed}
		s.Says = nil
	case PumpUnlinked:
		s.PumpLink, s.Says = PumpLink{}, nil
		if e.Actor.Kind == act.Job {
			s.PumpLink.Ended = ev.Reason.English()
		}
	case PumpSaid:
		s.PumpSaidCount++
		if ev.Pump != s.PumpLink.Pump || s.Says != nil && ev.At.Before(s.Says.Said.At) {
			return s
		}
		says := PumpSays{Said: ev, Heard: e.RecordedAt, Since: e.RecordedAt}
		if old := s.Says; old != nil && old.Said.State == ev.State && sameRate(old.Said.Rate, ev.Rate) {
			says.Since = old.Since
		}
		s.Says = &says
	default:
		// the others do not concern this
	}
	return s
}

func sameRate(a, b *unit.PumpRate) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Flows reports whether the pump says that it delivers.
func (p PumpSaid) Flows() bool { return p.State == PumpRuns || p.State == PumpKeepsOpen }

// Text is what the pump says, short.
func (p PumpSaid) Text() string {
	switch {
	case p.State == PumpKeepsOpen && p.Rate != nil:
		return p.Rate.String() + " to keep the vein open"
	case p.State == PumpKeepsOpen:
		return "keeping the vein open"
	case p.Flows() && p.Rate != nil:
		return p.Rate.String()
	case p.Flows():
		return "running"
	case p.State == PumpBetween:
		return "changing"
	case p.Why != "":
		return "stopped (" + string(p.Why) + ")"
	}
	return "stopped"
}

// pumpFacts adds what the linked pump says of itself to what alarms depend on:
// where it differs from the record, and when what was set in it is used up.
func (s State) pumpFacts(f *alarm.Facts, env Env) {
	says := s.Says
	if says == nil || !env.Rules.Ready() {
		return
	}
	word, since := says.Said, says.Since
	if at, ok := s.lastPump(); ok {
		since = latest(since, at)
	}
	switch running := s.RunningAt(env.Now); {
	case word.State == PumpBetween:
	case word.Flows() && !running:
		f.PumpOff = alarm.Off{Since: since, Found: word.Text(), Allowed: s.notRunning()}
	case word.Flows() && word.Rate != nil && !unit.Within(*word.Rate, s.RateAt(env.Now), env.Rules.Permille(library.PumpMismatch)):
		f.PumpOff = alarm.Off{Since: since, Found: word.Text(), Allowed: s.RateAt(env.Now).String()}
	case word.State == PumpHalted && running:
		f.PumpHalted = alarm.Off{Since: since, Found: word.Text()}
	case s.saysItStopped(env):
		f.StopUnconfirmed = time.Time{} // the pump itself says so
	}
	if at := says.emptyAt(); !at.IsZero() && !f.EmptyAt.IsZero() && at.Before(f.EmptyAt) {
		f.EmptyAt, f.EmptyByPump = at, true
	}
}

// notRunning says what the record has in place of a running pump.
func (s State) notRunning() string {
	switch {
	case s.Phase == PhasePaused:
		return "paused"
	case !s.StoppedAt.IsZero():
		return "stopped"
	}
	return "not started"
}

// lastPump is when people last charted the pump, or its stop.
func (s State) lastPump() (at time.Time, ok bool) {
	for _, p := range s.Pump {
		if !p.Struck {
			at, ok = latest(at, p.At), true
		}
	}
	if !s.StoppedAt.IsZero() {
		at, ok = latest(at, s.StoppedAt), true
	}
	return at, ok
}

// saysItStopped reports whether the pump's word is of the stop that is recorded.
// It counts from when the pump says that it was so, not from when it was heard:
// a word that comes late is of a stop of before. It is of none where it is older
// than the last time that people charted the pump as running, than the link to it,
// or than a little before the stop.
func (s State) saysItStopped(env Env) bool {
	word := s.Says.Said
	if word.State != PumpHalted || word.At.Before(s.PumpLink.Since) || word.At.Before(s.StoppedAt.Add(-env.Rules.Duration(library.StopSaid))) {
		return false
	}
	return !slices.ContainsFunc(s.Pump, func(p PumpFact) bool { return !p.Struck && p.Kind != PumpPause && word.At.Before(p.At) })
}

// saidLate is how much later than it was so a word may be heard, for when the
// volume is used up to be counted from it. Beyond, the pump was off the network
// or its clock is off, and nothing is counted. Evidence mark: default.
const saidLate = 5 * time.Minute

// emptyAt is when what was set in the pump is used up at the rate it says; zero
// where that does not follow.
func (p PumpSays) emptyAt() time.Time {
	said := p.Said
	if said.State != PumpRuns || said.Rate == nil || !said.Rate.Positive() || said.Remaining == nil || !said.Remaining.Positive() || p.Heard.Sub(said.At) > saidLate {
		return time.Time{}
	}
	one := unit.MgPerML("1") // any: it cancels
	return said.At.Add(unit.TimeFor(unit.MassIn(said.Remaining.Exact(), one), *said.Rate, one))
}
