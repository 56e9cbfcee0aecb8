package alarm

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestSample_OfNoTimeCountsFromItsReceipt: a value stamped in the future, or not
// at all, does not put its delay off.
func TestSample_OfNoTimeCountsFromItsReceipt(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Time{"in the future": sec(1000), "not at all": {}} {
		c := watched(t).do(Sample{Told: told(1), Kind: vital.SpO2, Value: 92, At: at, Quality: vital.Good})
		if c.at(31.5); len(c.log) != 1 || line(c.log[0]) != "31 raised spo2_low medium to nurse" {
			t.Errorf("stamped %s: %v", name, lines(c.log))
		}
	}
}

// TestSample_TooManySites: of too many sites the one that was silent longest
// makes room, and what was building up on it goes with it.
func TestSample_TooManySites(t *testing.T) {
	t.Parallel()
	c := watched(t)
	site := func(s float64, name string, v vital.Value) {
		c.do(Sample{Told: told(s), Kind: vital.SpO2, Site: name, Value: v, At: sec(s), Quality: vital.Good})
	}
	site(1, "oldest", 92)
	for i := 1; i < mostSites; i++ {
		site(2, strings.Repeat("x", i), 97)
	}
	sites := func() (names []string) {
		for _, x := range c.state.Building.sources {
			if x.signal == spo2 {
				names = append(names, x.site)
			}
		}
		return names
	}
	if got := sites(); len(got) != mostSites {
		t.Fatalf("%d sites", len(got))
	}
	site(6, "new", 97)
	if got := sites(); len(got) != mostSites || slices.Contains(got, "oldest") || !slices.Contains(got, "new") {
		t.Errorf("remembered are %q", got)
	}
	c.at(60).said()
	site(61, "new", 92) // it has a delay of its own
	c.at(90).said().at(92).said("91 raised spo2_low medium to nurse")
}

// TestRebuild_WithinTheMarginGoesOn: after a restart a first value within the
// margin goes on with the alarm that stands; one at another site, of an alarm
// that began since, does not.
func TestRebuild_WithinTheMarginGoesOn(t *testing.T) {
	t.Parallel()
	c := watched(t).every(1, 20, vital.SpO2, 88).said("16 raised spo2_low high to nurse").ack(21, SpO2Low)
	in := []Input{FactsChanged{told(1900), Facts{Watching: true, Since: nine}}, Sample{Told: told(1901), Kind: vital.SpO2, Value: 90, At: sec(1901), Quality: vital.Good}}
	s := Rebuild(c.limits, c.state.Announced, in, sec(1960))
	r := s.Building.conds[SpO2Low.number()]
	if r.priority != High || !r.since.Equal(sec(1)) {
		t.Errorf("after the restart: %s since %v", r.priority, r.since.Sub(nine))
	}
	other := watched(t).every(1, 20, vital.SpO2, 88).said("16 raised spo2_low high to nurse").ack(21, SpO2Low)
	other.do(Sample{Told: told(22), Kind: vital.SpO2, Site: "2", Value: 90, At: sec(22), Quality: vital.Good})
	other.every(23, 60, vital.SpO2, 97)
	if a, ok := other.state.Announced.Alarm(SpO2Low); ok && a.Priority == High {
		t.Errorf("a first value within the margin at another site keeps red: %+v", a)
	}
}

// TestLimits_ChangedWithinTheMarginGoesOn: when other limits come to hold, a value
// that is within their margin goes on with the alarm that stands.
func TestLimits_ChangedWithinTheMarginGoesOn(t *testing.T) {
	t.Parallel()
	c := watched(t).every(1, 20, vital.SpO2, 88).said("16 raised spo2_low high to nurse")
	c.limits = NewLimits(testRules(), testSettings(), []drug.Limit{order(vital.SpO2, "low", "", "88")}, nil)
	c.at(20).at(60)
	if r := c.state.Building.conds[SpO2Low.number()]; r.priority != High {
		t.Errorf("it stands as %s", r.priority)
	}
	// Above the margin it does not.
	c.limits = NewLimits(testRules(), testSettings(), []drug.Limit{order(vital.SpO2, "low", "", "86")}, nil)
	if c.at(70).at(120); c.state.Building.conds[SpO2Low.number()].priority == High {
		t.Error("88 is red by a limit below 86")
	}
}

// TestFacts_AnotherStartForgetsTheSigns: what was building up on a patient ends
// when the watch begins anew, or stops.
func TestFacts_AnotherStartForgetsTheSigns(t *testing.T) {
	t.Parallel()
	c := watched(t).sample(1, vital.SpO2, 92)
	c.facts(5, Facts{Watching: true, Since: sec(5)}).at(60).said()
	c = watched(t).sample(1, vital.SpO2, 92)
	c.facts(5, Facts{Since: nine}).facts(6, Facts{Watching: true, Since: nine}).at(60).said()
}

// TestFacts_AreNotChangedFromOutside: lists that the caller goes on using are its
// own.
func TestFacts_AreNotChangedFromOutside(t *testing.T) {
	t.Parallel()
	f := Facts{Watching: true, Rounds: []Round{{What: CuffOverdue, DueAt: sec(9000), LateAt: sec(9000)}}, Expected: []Expected{{vital.SpO2, 5 * time.Second, true}}}
	c := watched(t).facts(1, f)
	f.Rounds[0].LateAt, f.Rounds[0].What, f.Expected[0].Kind = sec(2), ObservationOverdue, vital.HR
	if got := c.state.Building.facts; got.Rounds[0].What != CuffOverdue || got.Expected[0].Kind != vital.SpO2 {
		t.Errorf("%+v", got)
	}
}

// TestDevice_BeganWhenItBegan: an alarm that a device sends again began when it
// began; what it says is bounded, and cut between characters.
func TestDevice_BeganWhenItBegan(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", mostText)
	c := watched(t)
	for _, s := range []float64{1, 9} {
		c.do(DeviceAlarm{Told: told(s), Key: "a", Match: PumpAir, Priority: High, Text: long, Active: true})
	}
	d := c.state.Beside()[0]
	if !d.told().Equal(sec(1)) || d.Text != long[:mostText] {
		t.Errorf("began at %v, says %d bytes", d.told().Sub(nine), len(d.Text))
	}
	c.do(DeviceAlarm{Told: told(9), Key: "over", Match: PumpAir, Priority: High, Text: strings.Repeat("x", mostText+1), Active: true})
	if got := len(c.state.Beside()[1].Text); got != mostText {
		t.Errorf("a byte too much leaves %d", got)
	}
	c.state.Beside()[0].Text = "changed by who looked"
	if got := c.state.Beside()[0].Text; got != long[:mostText] {
		t.Errorf("who looks changes it to %q", got)
	}
	exact := strings.Repeat("x", mostText)
	c.do(DeviceAlarm{Told: told(10), Key: "b", Match: PumpAir, Priority: High, Text: exact, Active: true})
	if got := c.state.Beside()[2].Text; got != exact {
		t.Errorf("%d bytes were cut to %d", mostText, len(got))
	}
}

// TestSymptoms_GoneConfirmNothing: that somebody has no symptoms is no second reading of
// a cuff that waits for one.
func TestSymptoms_GoneConfirmNothing(t *testing.T) {
	t.Parallel()
	red := func(c *clinic) bool {
		a, ok := c.state.Announced.Alarm(SBPHigh)
		return ok && a.Priority == High && !a.Recheck
	}
	c := watched(t).sample(0, vital.NIBPSys, 185)
	if c.do(Symptoms{Told: told(1)}); red(c) {
		t.Error("one reading is red, and nobody said symptoms")
	}
	if c.do(Symptoms{Told: told(2), Present: true}); !red(c) {
		t.Error("with symptoms a second reading is waited for")
	}
}

// TestLightSedation_OtherSignsAreNoSaturation: the fall of SpO₂ is from the best SpO₂, and
// not from a number of another sign.
func TestLightSedation_OtherSignsAreNoSaturation(t *testing.T) {
	t.Parallel()
	c := watched(t)
	for s := range 60 {
		c.sample(float64(s), vital.HR, 105).sample(float64(s), vital.SpO2, 97).sample(float64(s), vital.RR, 16)
	}
	c.moaas(60, 4).every(61, 90, vital.SpO2, 97).said()
}

// TestByHand_ReplacesWhatIsSilentForLonger: a number taken by hand stands for a sensor that
// has been silent for longer than the setting, and not a moment before.
func TestByHand_ReplacesWhatIsSilentForLonger(t *testing.T) {
	t.Parallel()
	silent := testSettings().Silent.Seconds()
	for after, want := range map[float64]vital.Value{silent - 1: 88, silent: 88, silent + 0.1: 97} {
		c := red(t) // last seen at 15 s
		c.do(Sample{Told: told(15 + after), Kind: vital.SpO2, Value: 97, At: sec(15 + after), Quality: vital.Good, ByHand: true})
		for _, x := range c.state.Building.sources {
			if x.signal == spo2 && !x.byHand && x.value != want {
				t.Errorf("%g s after its last value the sensor stands at %v, want %v", after, x.value, want)
			}
		}
	}
}

// TestSample_ANewSiteBuildsUpByItself: a site that took the place of another one does not
// go on with the time that the other had been beyond a level.
func TestSample_ANewSiteBuildsUpByItself(t *testing.T) {
	t.Parallel()
	c := watched(t)
	site := func(s float64, name string, v vital.Value) {
		c.do(Sample{Told: told(s), Kind: vital.SpO2, Site: name, Value: v, At: sec(s), Quality: vital.Good})
	}
	site(1, "oldest", 92)
	for i := 1; i < mostSites; i++ {
		site(2, strings.Repeat("x", i), 97)
	}
	site(6, "new", 92)
	c.at(35).said().at(37).said("36 raised spo2_low medium to nurse")
}

// TestLimits_ChangedWithinTheMarginNeedsNoSecondDelay: what goes on within the margin of
// other limits is on at once, and the next value there goes on with it.
func TestLimits_ChangedWithinTheMarginNeedsNoSecondDelay(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 31, vital.SpO2, 93).said("30 raised spo2_low medium to nurse")
	c.limits = NewLimits(testRules(), testSettings(), []drug.Limit{order(vital.SpO2, "low", "93", "")}, nil)
	c.every(31, 80, vital.SpO2, 93).said()
	c.every(80, 100, vital.SpO2, 94).said("95 cleared spo2_low medium to nurse")
}

// TestLimits_ChangedWithinTheMarginOfALowOne: a low alarm goes on as any other.
func TestLimits_ChangedWithinTheMarginOfALowOne(t *testing.T) {
	t.Parallel()
	c := watched(t).facts(5, Facts{Watching: true, ClockOffset: 31 * time.Second}).said("5 raised clock_off low to nurse")
	c.facts(6, Facts{Watching: true, ClockOffset: 28 * time.Second}).said()
	c.limits = NewLimits(testRules(), testSettings(), []drug.Limit{order(vital.SpO2, "low", "93", "")}, nil)
	c.at(7).at(600).said()
	c.facts(601, Facts{Watching: true, ClockOffset: 20 * time.Second}).at(700).said("616 cleared clock_off low to nurse")
}

// TestLimits_ChangedCountsForWhatStoodOnly: that a first value within the margin goes on
// with an alarm holds for the moment of the change, not for a site that comes later.
func TestLimits_ChangedCountsForWhatStoodOnly(t *testing.T) {
	t.Parallel()
	c := watched(t).every(1, 20, vital.SpO2, 88).said("16 raised spo2_low high to nurse").ack(21, SpO2Low)
	c.limits = NewLimits(testRules(), testSettings(), []drug.Limit{order(vital.SpO2, "low", "", "86")}, nil)
	c.at(22)
	c.do(Sample{Told: told(25), Kind: vital.SpO2, Site: "2", Value: 86, At: sec(25), Quality: vital.Good}).at(50)
	if a, ok := c.state.Announced.Alarm(SpO2Low); !ok || a.Priority != Medium {
		t.Errorf("a first value within the margin at another site keeps %s", a.Priority)
	}
}

// TestFacts_ClockOffEitherWay: a clock that is ahead is as wrong as one that is behind.
func TestFacts_ClockOffEitherWay(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{31 * time.Second, -31 * time.Second} {
		watched(t).facts(5, Facts{Watching: true, ClockOffset: off}).said("5 raised clock_off low to nurse")
		watched(t).facts(5, Facts{Watching: true, ClockOffset: off / 2}).said()
	}
}
