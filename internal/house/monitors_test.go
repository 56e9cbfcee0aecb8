package house_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

const spare ident.Device = "0193b4c5-7a10-7000-8000-0000000000d1"

// clinic is a house that is watched second by second.
type clinic struct {
	t     *testing.T
	state house.State
	said  []string
}

var times = house.MonitorTimes{Silent: 30 * time.Second, Calm: 5 * time.Minute}

// look decides what is to be noted, and folds it.
func (c *clinic) look(now time.Time, seen ...house.MonitorSeen) {
	c.t.Helper()
	for _, n := range house.Watch(c.state, seen, times, now) {
		d, r := house.Decide(c.state, n, house.Env{Now: now, OccurredAt: now, Actor: act.Actor{Kind: act.Job, Job: "monitor watch"}})
		if r != nil {
			c.t.Fatalf("%+v: %v", n, r)
		}
		for _, ev := range d.Events {
			c.state = house.Evolve(c.state, house.Entry{Event: ev, Meta: journal.Meta{Sequence: c.state.Sequence + 1, Position: c.state.Position + 1, EffectiveAt: d.EffectiveAt}})
		}
		what := string(n.Trouble)
		if n.Over {
			what += " over"
		}
		c.said = append(c.said, what)
	}
}

func (c *clinic) says(want ...string) {
	c.t.Helper()
	if !slices.Equal(c.said, want) {
		c.t.Errorf("announced %q, want %q", c.said, want)
	}
	c.said = nil
}

// TestWatch_Silent: once at its time, once when it speaks again, and after a
// restart not again.
func TestWatch_Silent(t *testing.T) {
	t.Parallel()
	c := &clinic{t: t}
	m := house.MonitorSeen{Monitor: spare, HeardAt: morning, Listening: morning.Add(-time.Hour)}
	c.look(morning.Add(30*time.Second-time.Microsecond), m)
	c.says()
	for s := range 100 {
		c.look(morning.Add(30*time.Second+time.Duration(s)*time.Second), m)
	}
	c.says("silent")
	if got := c.state.Standing(); len(got) != 1 || !c.state.Monitors[got[0]].Since.Equal(morning) {
		t.Errorf("%+v", c.state.Monitors)
	}
	restarted := m
	restarted.Listening = morning.Add(3 * time.Minute)
	c.look(morning.Add(3*time.Minute+time.Second), restarted)
	c.look(morning.Add(4*time.Minute), restarted)
	c.says()
	m.HeardAt = morning.Add(5 * time.Minute)
	c.look(m.HeardAt, m)
	c.says("silent over")
	// Silent again at once: told when the first announcement is five minutes old.
	c.look(m.HeardAt.Add(31*time.Second), m)
	c.says("silent")
}

// TestWatch_AServerThatJustStartedHasNotListened.
func TestWatch_AServerThatJustStartedHasNotListened(t *testing.T) {
	t.Parallel()
	c := &clinic{t: t}
	m := house.MonitorSeen{Monitor: spare, HeardAt: morning.Add(-time.Hour), Listening: morning}
	c.look(morning.Add(29*time.Second), m)
	c.says()
	c.look(morning.Add(30*time.Second), m)
	c.says("silent")
	never := house.MonitorSeen{Monitor: "0193b4c5-7a10-7000-8000-0000000000d2", Listening: morning}
	c.look(morning.Add(time.Hour), never)
	c.says() // it is expected, and was never here
}

// TestWatch_AVisitSpeaksOfItsMonitor: what was announced ends, nothing new is said.
func TestWatch_AVisitSpeaksOfItsMonitor(t *testing.T) {
	t.Parallel()
	c := &clinic{t: t}
	m := house.MonitorSeen{Monitor: spare, HeardAt: morning, Listening: morning, ClockKnown: true, ClockOff: true, AsideAt: morning}
	now := morning.Add(time.Minute)
	c.look(now, m)
	c.says("silent", "clock off", "values set aside")
	m.Linked = true
	c.look(now.Add(time.Second), m)
	c.says("silent over", "clock off over", "values set aside over")
	c.look(now.Add(time.Hour), m)
	c.says()
}

// TestWatch_IsNotAFlood: a clock that jumps about, and values that come and go,
// are told of once in five minutes.
func TestWatch_IsNotAFlood(t *testing.T) {
	t.Parallel()
	c := &clinic{t: t}
	for s := range 3600 {
		now := morning.Add(time.Duration(s) * time.Second)
		m := house.MonitorSeen{Monitor: spare, HeardAt: now, Listening: morning, ClockKnown: true, ClockOff: s%2 == 0, AsideAt: morning.Add(time.Duration(s/60) * time.Minute)}
		c.look(now, m)
	}
	n := map[string]int{}
	for _, s := range c.said {
		n[s]++
	}
	if n["clock off"] != 12 || n["values set aside"] != 1 || n["silent"] != 0 {
		t.Errorf("in an hour: %v", n)
	}
}

// TestWatch_WhatCannotBeToldIsNotOver: after a restart nobody knows the clock, nor
// whether values still come.
func TestWatch_WhatCannotBeToldIsNotOver(t *testing.T) {
	t.Parallel()
	c := &clinic{t: t}
	now := morning.Add(time.Minute)
	c.look(now, house.MonitorSeen{Monitor: spare, HeardAt: now, Listening: morning, ClockKnown: true, ClockOff: true, AsideAt: now})
	c.says("clock off", "values set aside")
	m := house.MonitorSeen{Monitor: spare, HeardAt: now, Listening: now.Add(2 * time.Second)}
	c.look(now.Add(4*time.Second), m)
	c.says()
	m.HeardAt = now.Add(10 * time.Minute)
	c.look(now.Add(10*time.Minute), m)
	c.says("values set aside over")
	m.ClockKnown = true
	c.look(now.Add(10*time.Minute+time.Second), m)
	c.says("clock off over")
}

func TestDecide_NoteMonitor(t *testing.T) {
	t.Parallel()
	good := house.NoteMonitor{Monitor: spare, Trouble: house.Silent, Since: morning}
	if _, r := house.Decide(house.State{}, good, env(morning)); r != nil {
		t.Fatal(r)
	}
	stands := house.State{Monitors: map[house.TroubleOf]house.Troubled{{Monitor: spare, Trouble: house.Silent}: {Since: morning, At: morning}}}
	for name, c := range map[string]struct {
		s house.State
		c house.NoteMonitor
	}{
		"announced twice":           {stands, good},
		"over without having been":  {house.State{}, house.NoteMonitor{Monitor: spare, Trouble: house.Silent, Over: true}},
		"no monitor":                {house.State{}, house.NoteMonitor{Trouble: house.Silent, Since: morning}},
		"a trouble nobody knows of": {house.State{}, house.NoteMonitor{Monitor: spare, Trouble: "tired", Since: morning}},
		"since when is not said":    {house.State{}, house.NoteMonitor{Monitor: spare, Trouble: house.Silent}},
	} {
		if _, r := house.Decide(c.s, c.c, env(morning)); r == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if act.May(act.Actor{Kind: act.Person, Person: nurse, Roles: act.Roles()}, house.ActNoteMonitor).Allowed {
		t.Error("a person says what the server saw")
	}
	if house.Watch(house.State{}, []house.MonitorSeen{{Monitor: spare, HeardAt: morning}}, house.MonitorTimes{}, morning.Add(time.Hour)) != nil {
		t.Error("announced by times that nobody gave")
	}
}
