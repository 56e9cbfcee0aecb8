package alarm

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func with(order []drug.Limit, rest ...Rest) Limits {
	return NewLimits(testRules(), testSettings(), order, rest)
}

func TestLimits_OfTheOrder(t *testing.T) {
	t.Parallel()
	raises := func(t *testing.T, l Limits, k vital.Kind, v vital.Value, want string) {
		t.Helper()
		c := watched(t)
		c.limits = l
		c.every(0, 40, k, v)
		got := ""
		if len(c.log) > 0 {
			got = line(c.log[0])
		}
		if got != want {
			t.Errorf("%s %v: %q, want %q", k, v, got, want)
		}
	}
	moved := with([]drug.Limit{order(vital.SpO2, "low", "92", "88")})
	raises(t, moved, vital.SpO2, 92, "")
	raises(t, moved, vital.SpO2, 91, "30 raised spo2_low medium to nurse") // its own test and delay
	raises(t, moved, vital.SpO2, 88, "30 raised spo2_low medium to nurse")
	raises(t, moved, vital.SpO2, 87, "15 raised spo2_low high to nurse")
	raises(t, moved, vital.SpO2, 84, "0 raised spo2_low high to everyone")

	low := with([]drug.Limit{order(vital.SpO2, "low", "", "70")})
	raises(t, low, vital.SpO2, 86, "30 raised spo2_low medium to nurse")
	raises(t, low, vital.SpO2, 84, "0 raised spo2_low high to everyone") // no order moves what is at once

	high := with([]drug.Limit{order(vital.NIBPSys, "high", "190", "230")}, Rest{vital.NIBPSys, 120})
	raises(t, high, vital.NIBPSys, 189, "") // one level of the order stands for the relative one too
	raises(t, high, vital.NIBPSys, 190, "0 raised sbp_high medium to nurse")
	raises(t, high, vital.NIBPSys, 220, "0 raised sbp_high high to nurse")
	raises(t, high, vital.ARTSys, 191, "15 raised sbp_high medium to nurse") // it is the condition's, whichever way it is measured

	yellow := with([]drug.Limit{order(vital.NIBPSys, "low", "100", "")}) // the library has no yellow level here
	raises(t, yellow, vital.NIBPSys, 101, "")
	raises(t, yellow, vital.NIBPSys, 100, "0 raised sbp_low medium to nurse")

	both := with([]drug.Limit{order(vital.HR, "high", "120", ""), order(vital.Pulse, "high", "105", "")}) // the stricter of two holds
	raises(t, both, vital.HR, 106, "15 raised hr_high medium to nurse")
	both = with([]drug.Limit{order(vital.Pulse, "high", "105", ""), order(vital.HR, "high", "120", "")})
	raises(t, both, vital.HR, 106, "15 raised hr_high medium to nurse")
}

func TestLimits_SayTheOrder(t *testing.T) {
	t.Parallel()
	c := watched(t)
	c.limits = with([]drug.Limit{order(vital.SpO2, "low", "92", "")})
	c.every(0, 31, vital.SpO2, 91)
	if got := c.log[0].Text.English(); got != "SpO₂ 91 % for 30 s. Limit: below 92 % (order)." {
		t.Error(got)
	}
}

// TestLimits_CouldNot: what could not be applied is named, and the library's
// level holds.
func TestLimits_CouldNot(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]drug.Limit{
		"a kind without alarms": order(vital.Temp, "high", "38", ""), "an unknown kind": order("mood", "low", "3", ""),
		"a side that is none": order(vital.SpO2, "up", "92", ""), "a side without alarms": order(vital.SpO2, "high", "99", ""),
		"no number": order(vital.SpO2, "low", "ninety", ""), "not plausible": order(vital.SpO2, "low", "", "7"),
	} {
		l := with([]drug.Limit{o}, Rest{vital.NIBPSys, 120}, Rest{vital.ARTSys, 120}, Rest{vital.EtCO2, 30})
		if got := l.CouldNot(); len(got) != 1 || !strings.Contains(got[0].English(), "could not be applied") {
			t.Errorf("%s: %v", name, got)
		}
		if len(CannotApply(testRules(), o)) != 1 {
			t.Errorf("%s: can be applied", name)
		}
		c := watched(t)
		c.limits = l
		c.every(0, 31, vital.SpO2, 93).said("30 raised spo2_low medium to nurse")
	}
	got := with(nil, Rest{vital.EtCO2, 30}).CouldNot()
	if len(got) != 4 || !strings.Contains(got[0].English(), "no baseline") { // two relative levels, by cuff and by arterial line
		t.Errorf("%v", got)
	}
	c := watched(t) // what has no baseline has no limit either, and not one of 0
	c.limits = with(nil)
	c.sample(0, vital.NIBPSys, 150).every(1, 20, vital.EtCO2, 44).said()
	if got := CannotApply(testRules(), order(vital.SpO2, "low", "92", "88")); got != nil {
		t.Errorf("%v", got)
	}
}

// TestLimits_Changed: other limits hold from the next input; what stands and
// is still beyond goes on, what is not ends, and nothing is announced twice.
func TestLimits_Changed(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 31, vital.SpO2, 92).said("30 raised spo2_low medium to nurse").ack(31, SpO2Low)
	c.limits = with([]drug.Limit{order(vital.SpO2, "low", "93", "88")}, Rest{vital.NIBPSys, 120})
	c.every(32, 90, vital.SpO2, 92).said()
	c.limits = with([]drug.Limit{order(vital.SpO2, "low", "90", "88")})
	c.every(90, 120, vital.SpO2, 92).said("105 cleared spo2_low medium to nurse")
	c.limits = testLimits()
	c.every(120, 160, vital.SpO2, 92).said("149 raised spo2_low medium to nurse")
}

func TestLimits_NoneAtAll(t *testing.T) {
	t.Parallel()
	c := watched(t)
	c.limits = Limits{}
	c.sample(1, vital.SpO2, 50).moaas(2, 0).facts(3, Facts{HelpSince: sec(3)}).at(900).said()
	if _, ok := c.limits.Rule(SpO2Low); ok {
		t.Error("a rule was found")
	}
}

// TestConditions: every condition has a name in words, a group, and a side
// where it has levels of values.
func TestConditions(t *testing.T) {
	t.Parallel()
	seen := map[ID]bool{}
	for _, id := range IDs() {
		if seen[id] || !id.Valid() {
			t.Errorf("%s is listed twice or unknown", id)
		}
		seen[id] = true
		if name := id.Name().English(); strings.HasPrefix(name, "[") {
			t.Errorf("%s has no name", id)
		}
		if id.OnSigns() != (id.Side() != "") || id.Group() == "" {
			t.Errorf("%s: side %q, group %q", id, id.Side(), id.Group())
		}
	}
	if ID("mood").Valid() || ID("mood").Group() != "" || ID("mood").Kinds() != nil || ID("mood").OnSigns() {
		t.Error("an unknown condition is known")
	}
	if got := PumpAir.Kinds(); got != nil {
		t.Error(got)
	}
}
