package alarm

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// inTheRed is a saturation that stands in the red.
func inTheRed(t *testing.T) *clinic {
	t.Helper()
	return watched(t).every(1, 20, vital.SpO2, 88).said("16 raised spo2_low high to nurse").ack(21, SpO2Low)
}

// TestRestart_NoDataEndsNothing: after a restart what stood stands, as long as
// nothing at all was read of it; what reads well ends it, and so does the end of
// the watch.
func TestRestart_NoDataEndsNothing(t *testing.T) {
	t.Parallel()
	watching := FactsChanged{told(1900), Facts{Watching: true, Since: nine}}
	again := func(t *testing.T, in ...Input) *clinic {
		t.Helper()
		c := inTheRed(t)
		c.state = Rebuild(c.limits, c.state.Announced, in, sec(1960))
		return c
	}
	stands := func(c *clinic) bool {
		a, ok := c.state.Announced.Alarm(SpO2Low)
		return ok && a.EndedAt.IsZero() && c.state.Building.conds[SpO2Low.number()].priority == High
	}
	if c := again(t, watching).at(2100); !stands(c) {
		t.Error("with no value at all the alarm is over")
	}
	well := func(s float64) Input {
		return Sample{Told: told(s), Kind: vital.SpO2, Value: 98, At: sec(s), Quality: vital.Good}
	}
	if c := again(t, watching, well(1930)).at(2100); stands(c) {
		t.Error("with a good value for half a minute the alarm stands")
	}
	if c := again(t, watching).facts(2000, Facts{}).at(2100); stands(c) {
		t.Error("a patient who is not watched has an alarm of a sign")
	}
}

// TestSince_IsOfTheSameExcursion: a sign that one sensor carries on where another
// ends has been low since the first; what becomes worse has been so since it did.
func TestSince_IsOfTheSameExcursion(t *testing.T) {
	t.Parallel()
	last := func(c *clinic) (Change, string) {
		x := c.log[len(c.log)-1]
		return x, x.Value
	}
	site := func(c *clinic, s float64, name string, v vital.Value) {
		c.do(Sample{Told: told(s), Kind: vital.SpO2, Site: name, Value: v, At: sec(s), Quality: vital.Good})
	}
	t.Run("carried on", func(t *testing.T) {
		t.Parallel()
		c := watched(t)
		for s := 1.0; s < 140; s++ {
			if s < 60 {
				site(c, s, "a", 88)
			} else {
				site(c, s, "a", 98)
			}
			if s >= 10 {
				site(c, s, "b", 87)
			}
			if s == 20 {
				c.ack(20, SpO2Low)
			}
		}
		c.at(141)
		if x, _ := last(c); x.Kind != AnnouncedAgain || !x.Since.Equal(sec(1)) {
			t.Errorf("%s, since %v", line(x), x.Since.Sub(nine))
		}
	})
	t.Run("of two that are low the first one counts", func(t *testing.T) {
		t.Parallel()
		c := watched(t)
		for s := 1.0; s < 30; s++ {
			site(c, s, "a", 88)
			if s >= 5 {
				site(c, s, "b", 87)
			}
		}
		c.ack(30, SpO2Low).at(151)
		if x, value := last(c); x.Kind != AnnouncedAgain || value != "88 %" {
			t.Errorf("%s at %s", line(x), value)
		}
	})
	t.Run("worse", func(t *testing.T) {
		t.Parallel()
		c := watched(t).every(1, 40, vital.SpO2, 93).every(40, 60, vital.SpO2, 88)
		if x, _ := last(c); x.Kind != Worsened || x.Priority != High || !x.Since.Equal(sec(40)) {
			t.Errorf("%s, since %v", line(x), x.Since.Sub(nine))
		}
		c.every(60, 62, vital.SpO2, 84)
		if x, _ := last(c); x.Kind != Worsened || x.Stage != ToEveryone || !x.Since.Equal(sec(40)) {
			t.Errorf("%s, since %v", line(x), x.Since.Sub(nine))
		}
	})
}

// heard is a monitor that is heard each second.
func (c *clinic) heard(from, to int) *clinic {
	for s := from; s < to; s++ {
		c.do(Heard{told(float64(s))})
	}
	return c
}

// TestNoReading_OfWhat: of which signs a missing reading is said, and when.
func TestNoReading_OfWhat(t *testing.T) {
	t.Parallel()
	with := func(e ...Expected) Facts { return Facts{Watching: true, Linked: true, Expected: e} }
	often := func(k vital.Kind) Expected { return Expected{Kind: k, Every: 5 * time.Second, Continuous: true} }
	t.Run("not of what nobody knows", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, with(often("mystery"))).heard(1, 200).said()
	})
	t.Run("not without an interval", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, with(Expected{Kind: vital.SpO2, Continuous: true})).heard(1, 200).said()
	})
	t.Run("CO2 is lost, not unread", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, with(often(vital.EtCO2))).heard(1, 200).said()
		c := watched(t).facts(0, with(often(vital.SpO2), Expected{Kind: vital.EtCO2, Every: time.Minute, Continuous: true}))
		c.sample(1, vital.EtCO2, 38)
		for s := 2; s < 85; s++ {
			c.sample(float64(s), vital.SpO2, 98)
		}
		c.said("82 raised etco2_lost high to nurse")
	})
	t.Run("CO2 is not lost off the monitor", func(t *testing.T) {
		t.Parallel()
		f := with(often(vital.EtCO2))
		c := watched(t).facts(0, f).sample(1, vital.EtCO2, 38)
		f.OffMonitorTill = sec(200)
		c.facts(2, f).heard(3, 225).said().heard(225, 240).said("226 raised etco2_lost high to nurse")
	})
	t.Run("a cuff that comes now and then is yellow after two intervals, by itself, and never red", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, with(Expected{Kind: vital.NIBPSys, Every: 5 * time.Minute})).heard(1, 600).said()
		c.do(Heard{told(620)}).heard(640, 1500).onlyOf(NoReading)
		if len(c.log) == 0 || line(c.log[0]) != "600.000001 raised no_reading medium to nurse" {
			t.Fatalf("%v", lines(c.log))
		}
		for _, x := range c.log {
			if x.Priority == High {
				t.Errorf("%s", line(x))
			}
		}
	})
	t.Run("a value taken by hand is none of the monitor's", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, with(often(vital.SpO2))).sample(1, vital.SpO2, 97)
		c.heard(2, 8).do(Sample{Told: told(8), Kind: vital.SpO2, ByHand: true, Value: 97, At: sec(8), Quality: vital.Good}).heard(8, 14)
		c.said("12 raised no_reading medium to nurse")
	})
	t.Run("nothing is expected of a patient whose watch has no beginning", func(t *testing.T) {
		t.Parallel()
		c := &clinic{t: t, limits: testLimits()}
		c.do(FactsChanged{told(0), with(Expected{Kind: vital.NIBPSys, Every: 5 * time.Minute})}).at(2000).onlyOf(NoReading).said()
	})
}

// TestRounds_EachKindHasItsOwn: a late round of one kind is no late round of another.
func TestRounds_EachKindHasItsOwn(t *testing.T) {
	t.Parallel()
	watched(t).facts(0, Facts{Rounds: []Round{{What: CuffOverdue, Label: "Cuff", DueAt: sec(100), LateAt: sec(200), Every: 300 * time.Second}}}).at(2000).said()
}

// TestLevel_WithoutATimeIsNeverReached: a level on time that names no time says
// nothing.
func TestLevel_WithoutATimeIsNeverReached(t *testing.T) {
	t.Parallel()
	rules := testRules()
	for i := range rules {
		if rules[i].Condition == PauseLong {
			rules[i].Levels = []Level{{Priority: Medium}}
		}
	}
	c := &clinic{t: t, limits: NewLimits(rules, testSettings(), nil, nil)}
	c.facts(0, Facts{Watching: true, PausedSince: sec(1)}).at(4000).said()
}

// TestRule_GoneEndsNoAlarm: with limits that lack a rule its alarm stands as it was
// told.
func TestRule_GoneEndsNoAlarm(t *testing.T) {
	t.Parallel()
	c := watched(t).facts(0, Facts{Watching: true, PausedSince: sec(1)}).at(1802).said("1801 raised pause_long medium to nurse")
	var fewer []Rule
	for _, r := range testRules() {
		if r.Condition != PauseLong {
			fewer = append(fewer, r)
		}
	}
	c.limits = NewLimits(fewer, testSettings(), nil, nil)
	c.at(1810)
	if a, ok := c.state.Announced.Alarm(PauseLong); !ok || !a.EndedAt.IsZero() {
		t.Error("an alarm ended for want of its rule")
	}
}

// TestCharted_Answers: what is charted after a score was announced answers it; what
// was charted in the same entry does not, and what somebody has acknowledged needs
// no answer.
func TestCharted_Answers(t *testing.T) {
	t.Parallel()
	charted := func(s float64) Input { return Charted{Told: told(s), By: "okafor"} }
	c := watched(t).moaas(10, 3).do(charted(10)).said("10 raised sedation_deep high to bedside")
	c.do(charted(20)).said("20 answered sedation_deep high to bedside")
	watched(t).moaas(10, 3).ack(12, SedationDeep).do(charted(20)).said("10 raised sedation_deep high to bedside")
}
