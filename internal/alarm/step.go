package alarm

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Step lets time pass to the input, tells the machine the input, and returns
// what changed, in the order it changed. What was due before the input happens
// first, at its own instant: a timer that wakes the machine late changes
// nothing but when people are told.
func Step(s State, l Limits, in Input) (State, []Change) {
	l = l.whole()
	b := s.Building.clone()
	b.fit(l)
	m := machine{limits: l, building: &b, announced: s.Announced}
	at := b.Now
	if in != nil {
		at = later(at, in.told())
	}
	m.pass(at)
	b.Now = at
	b.told(l, in)
	m.answer(in)
	m.settle(at)
	return State{Announced: m.announced, Building: b, due: m.due()}, m.changes
}

// machine is one Step at work.
type machine struct {
	limits    Limits
	building  *Building
	announced Announced
	changes   []Change
}

// mostPasses bounds what may fall due between two inputs. The ladder ends in
// the room and a repetition takes minutes; only a machine that nobody woke for
// days comes near it.
const mostPasses = 10_000

// pass lets happen what is due before an instant.
func (m *machine) pass(at time.Time) {
	for range mostPasses {
		due := m.due()
		if due.IsZero() || !due.Before(at) || m.building.Now.IsZero() {
			return
		}
		m.settle(later(due, m.building.Now))
	}
}

func (m *machine) due() time.Time {
	return sooner(m.building.next, m.announced.next(m.limits.settings))
}

// settle brings the conditions, then the alarms, to an instant.
func (m *machine) settle(at time.Time) {
	m.building.settle(m.limits, at)
	for n := range conditions {
		if m.limits.rules[n].ID == "" {
			continue
		}
		m.alarm(n)
	}
}

// answer folds in what a person answered.
func (m *machine) answer(in Input) {
	switch in := in.(type) {
	case Acknowledged:
		in.Told = Told(m.building.Now)
		m.announced = m.announced.Acknowledge(in)
	case Paused:
		in.Told = Told(m.building.Now)
		m.announced = m.announced.Pause(in, m.limits.settings.PauseMost)
	case Charted:
		for _, a := range slices.Clone(m.announced.Alarms) {
			if a.Stage == AtBedside && !a.Acked() && a.AnnouncedAt.Before(m.building.Now) {
				m.say(Answered, a.Condition.number(), reachOf(a), by(in.By))
			}
		}
	case Sample, Score, Symptoms, FactsChanged, Heard, DeviceAlarm, Tick, nil:
	}
}

// alarm compares how a condition stands with what people were told of it.
func (m *machine) alarm(n int) {
	r := m.building.conds[n].reach
	a, standing := m.announced.Alarm(conditions[n].id)
	switch {
	case !standing && r.priority > Calm:
		m.say(Raised, n, r)
	case !standing:
	case r.priority == Calm:
		m.over(n, a)
	case r.worse(a):
		m.say(Worsened, n, r)
	case !a.EndedAt.IsZero() && !a.Acked():
		r.priority = max(r.priority, a.Priority)
		m.say(AnnouncedAgain, n, r)
	default:
		m.standing(n, a, r)
	}
}

// worse reports whether a condition is worse than people were told.
func (r reach) worse(a Alarm) bool {
	return r.priority > a.Priority || (r.everyone && a.Stage != ToEveryone) || (r.priority == a.Priority && r.extent > a.Extent) ||
		(r.recheck && !a.Recheck && r.priority == a.Priority)
}

// over ends an alarm whose condition is over. Red that nobody acknowledged
// stays until somebody does, where its rule says so.
func (m *machine) over(n int, a Alarm) {
	switch {
	case !m.limits.rules[n].Latch || a.Priority < High || a.Acked():
		m.say(Cleared, n, reachOf(a))
	case a.EndedAt.IsZero():
		m.say(Ended, n, reachOf(a))
	}
}

// standing goes on with an alarm whose condition is there.
func (m *machine) standing(n int, a Alarm, r reach) {
	now := m.building.Now
	due := a.next(m.limits.settings)
	ripe := !due.IsZero() && !now.Before(due)
	switch {
	case r.priority < a.Priority && (a.Acked() || !m.limits.rules[n].Latch || a.Priority < High):
		m.say(Eased, n, r)
	case r.priority < a.Priority:
		// red that was not acknowledged stays red: the ladder goes on
		if ripe {
			m.climb(n, a, reachOf(a))
		}
	case a.Recheck && !r.recheck:
		m.say(Eased, n, r)
	case !ripe:
	case !a.PausedUntil.IsZero():
		m.say(PauseEnded, n, r)
	case a.Acked():
		m.say(AnnouncedAgain, n, r)
	default:
		m.climb(n, a, r)
	}
}

// climb calls the next on the ladder.
func (m *machine) climb(n int, a Alarm, r reach) {
	to := ToRoom
	if a.Stage != ToNext {
		to = ToNext
	}
	m.say(Escalated, n, r, stage(to))
}

// reachOf is an alarm as people were told of it.
func reachOf(a Alarm) reach {
	return reach{priority: a.Priority, everyone: a.Stage == ToEveryone, recheck: a.Recheck, extent: a.Extent, since: a.Since, clause: -1, source: -1}
}

// option changes one field of a change.
type option func(*Change)

func stage(s Stage) option       { return func(c *Change) { c.Stage = s } }
func by(who ident.Person) option { return func(c *Change) { c.By = who } }

// say makes a change and folds it in.
func (m *machine) say(kind ChangeKind, n int, r reach, options ...option) {
	id, rule := conditions[n].id, &m.limits.rules[n]
	a, _ := m.announced.Alarm(id)
	c := Change{
		Kind: kind, Condition: id, Priority: r.priority, Rule: rule.ID, Version: rule.Version,
		At: m.building.Now, Since: r.since, Announcement: a.Announcement, Stage: a.Stage, Recheck: r.recheck, Extent: r.extent,
		Value: a.Value, Limit: a.Limit, Text: a.Text, Consider: a.Consider, Wording: a.Wording,
	}
	switch kind {
	case Raised, Worsened, AnnouncedAgain, PauseEnded:
		c.Announcement, c.Stage = a.Announcement+1, first(rule, r, kind)
		m.describe(&c, n, r)
	case Eased:
		m.describe(&c, n, r)
	case Escalated, Ended, Cleared, Answered:
	}
	for _, o := range options {
		o(&c)
	}
	m.changes = append(m.changes, c)
	m.announced = m.announced.With(c)
}

// first is who is called first.
func first(rule *Rule, r reach, kind ChangeKind) Stage {
	switch {
	case r.everyone:
		return ToEveryone
	case rule.Bedside && (kind == Raised || kind == Worsened):
		return AtBedside
	}
	return ToNurse
}

// describe says what, how long, against which limit, and what to consider.
func (m *machine) describe(c *Change, n int, r reach) {
	rule := &m.limits.rules[n]
	c.Value, c.Limit, c.Text = m.words(n, r)
	c.Consider, c.Wording = nil, rule.Wording
	for _, x := range rule.Consider {
		if x.Priority == r.priority {
			for _, do := range x.Do {
				c.Consider = append(c.Consider, do.Message())
			}
		}
	}
	if r.everyone {
		c.Consider = append([]word.Message{Action{Name: "everyone"}.Message()}, c.Consider...)
	}
}
