package session

import (
	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// RuleAlarm is the rule behind what may be done about an alarm.
const RuleAlarm = "alarm"

// mostNotes bounds what the watch job notes at once.
const mostNotes = 64

// mostQuiet is more minutes than any chair offers to be quiet for.
const mostQuiet = 60

func (d *decider) alarm(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case NoteAlarms:
		return d.noteAlarms(c)
	case AcknowledgeAlarm:
		if _, r := d.standing(c.Condition, c.Announcement); r != nil {
			return nil, r
		}
		return one(AlarmAcknowledged(c))
	case PauseAlarm:
		return d.pauseAlarm(c)
	case QuietenChair:
		if c.Minutes < 1 || c.Minutes > mostQuiet {
			return nil, malformed("session.quiet_long")
		}
		return one(ChairQuietened(c))
	case ChangeAlarmLimit:
		return d.changeLimit(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// noteAlarms writes down what the machine said. What was decided on an older
// state, such as a second raising of one alarm, is not written: the machine
// looks again.
func (d *decider) noteAlarms(c NoteAlarms) ([]Event, *Refusal) {
	switch {
	case d.env.Actor.Kind != act.Job:
		return nil, malformed("session.job_only")
	case len(c.Changes) == 0 || len(c.Changes) > mostNotes:
		return nil, malformed("session.no_alarms")
	}
	now := d.s.Alarms
	var out []Event
	for _, n := range c.Changes {
		n = d.calling(n)
		e, ok := n.event()
		if !ok || !n.Condition.Valid() {
			return nil, malformed("session.unknown_code", "alarm")
		}
		if !follows(now, n) {
			return nil, refuse(RuleAlarm, "session.alarm_moved_on")
		}
		now = now.With(n.change(n.Kind, d.at))
		out = append(out, d.witnessed(e))
	}
	return out, nil
}

// calling names the people whom a stage calls. Where there is nobody to call next
// the room is called at once.
func (d *decider) calling(n AlarmNote) AlarmNote {
	n.Called = nil
	switch n.Kind {
	case alarm.Raised, alarm.Worsened, alarm.AnnouncedAgain, alarm.PauseEnded, alarm.Escalated:
	default:
		return n // nobody is called by it
	}
	switch n.Stage {
	case alarm.ToNurse:
		if d.s.Nurse != "" {
			n.Called = []ident.Person{d.s.Nurse}
		}
		if n.Condition == alarm.OrderOutdated && d.s.Prescriber != "" && d.s.Prescriber != d.s.Nurse {
			n.Called = append(n.Called, d.s.Prescriber) // whose order it is about
		}
	case alarm.ToNext:
		if next := d.next(); next != "" {
			n.Called = []ident.Person{next}
		} else {
			n.Stage = alarm.ToRoom
		}
	case alarm.AtBedside, alarm.ToRoom, alarm.ToEveryone:
	}
	return n
}

// next is who is called after the responsible nurse: another nurse on duty, the
// one with the fewest patients; else the visit's prescriber; else nobody.
func (d *decider) next() ident.Person {
	var best *Reachable
	for i, p := range d.env.Reachable {
		if !p.Nurse || p.Person == d.s.Nurse || !Proven(d.env.Rules, p.At, d.env.Now) {
			continue
		}
		if best == nil || p.Chairs < best.Chairs || p.Chairs == best.Chairs && p.Person < best.Person {
			best = &d.env.Reachable[i]
		}
	}
	switch {
	case best != nil:
		return best.Person
	case d.s.Prescriber != d.s.Nurse:
		return d.s.Prescriber
	}
	return ""
}

// witnessed puts the head of the telemetry under what an alarm saw.
func (d *decider) witnessed(e Event) Event {
	switch e := e.(type) {
	case AlarmRaised:
		e.Telemetry = d.env.Monitor.ChunkHead
		return e
	case AlarmWorsened:
		e.Telemetry = d.env.Monitor.ChunkHead
		return e
	default:
		return e
	}
}

// follows reports whether a note goes on from how the alarms stand.
func follows(now alarm.Announced, n AlarmNote) bool {
	a, standing := now.Alarm(n.Condition)
	switch n.Kind {
	case alarm.Raised:
		return !standing && n.Announcement == 1
	case alarm.Worsened, alarm.AnnouncedAgain, alarm.PauseEnded:
		return standing && n.Announcement == a.Announcement+1
	case alarm.Escalated, alarm.Answered:
		return standing && n.Announcement == a.Announcement && !a.Acked()
	default:
		return standing && n.Announcement == a.Announcement
	}
}

// standing is the alarm that a person means: the one announced last.
func (d *decider) standing(id alarm.ID, announcement int) (alarm.Alarm, *Refusal) {
	if _, r := d.person(); r != nil {
		return alarm.Alarm{}, r
	}
	if !id.Valid() {
		return alarm.Alarm{}, malformed("session.unknown_code", "alarm")
	}
	a, ok := d.s.Alarms.Alarm(id)
	switch {
	case !ok:
		return a, refuse(RuleAlarm, "session.alarm_gone", id.Name().English())
	case a.Announcement != announcement:
		return a, refuse(RuleAlarm, "session.alarm_newer", id.Name().English())
	}
	return a, nil
}

func (d *decider) pauseAlarm(c PauseAlarm) ([]Event, *Refusal) {
	a, r := d.standing(c.Condition, c.Announcement)
	if r != nil {
		return nil, r
	}
	if !d.env.Alarms.Ready() {
		return nil, refuse(RuleAlarm, "session.alarm_no_library")
	}
	most := d.env.Alarms.Settings().PauseMost
	switch {
	case a.Stage == alarm.ToEveryone:
		return nil, refuse(RuleAlarm, "session.alarm_for_everyone")
	case c.Minutes < 1 || c.Minutes.Duration() > most:
		return nil, refuse(RuleAlarm, "session.alarm_pause_long", minutes(most))
	}
	return one(AlarmPaused{Condition: c.Condition, Announcement: c.Announcement, Until: d.at.Add(c.Minutes.Duration())})
}

// changeLimit sets another limit. One that cannot be applied is refused: it
// would look like one that holds.
func (d *decider) changeLimit(c ChangeAlarmLimit) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if r := d.in(present()...); r != nil {
		return nil, r
	}
	switch {
	case !c.Reason.Given():
		return nil, malformed("session.limit_reason")
	case c.Limit.Yellow == "" && c.Limit.Red == "":
		return nil, malformed("session.limit_empty")
	case !d.env.Alarms.Ready():
		return nil, refuse(RuleAlarm, "session.alarm_no_library")
	}
	for _, why := range alarm.CannotApply(d.env.Alarms.Rules(), c.Limit) {
		return nil, &Refusal{Rule: RuleAlarm, Message: why}
	}
	return one(AlarmLimitChanged{Limit: c.Limit, Was: d.limitNow(c.Limit), Reason: c.Reason})
}

// limitNow is the patient's own limit on the same sign and side; nil when the
// library's holds.
func (d *decider) limitNow(l drug.Limit) *drug.Limit {
	for _, x := range d.s.LimitsInForce() {
		if x.Kind == l.Kind && x.Side == l.Side {
			return &x
		}
	}
	return nil
}

// Symptomatic reports whether symptoms that go with a high or low pressure are
// charted and not resolved: one of the codes the alarm library names, or a
// headache that came suddenly, the worst ever, in the latest observation.
func (s State) Symptomatic(codes []string) bool {
	for _, f := range s.Effects {
		if f.Struck || !f.ResolvedAt.IsZero() {
			continue
		}
		for _, c := range codes {
			if f.Code == c {
				return true
			}
		}
	}
	for i := len(s.Observations) - 1; i >= 0; i-- {
		if o := s.Observations[i]; !o.Struck {
			return o.WorstHeadache
		}
	}
	return false
}
