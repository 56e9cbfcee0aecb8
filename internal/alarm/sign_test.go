package alarm

import (
	"math"
	"testing"

	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func TestSign_OnsetDelay(t *testing.T) {
	t.Parallel()
	t.Run("one sample short of the delay", func(t *testing.T) {
		t.Parallel()
		watched(t).every(0, 15, vital.SpO2, 89).sample(14.9, vital.SpO2, 95).at(600).said()
	})
	t.Run("as long as the delay", func(t *testing.T) {
		t.Parallel()
		watched(t).every(0, 15, vital.SpO2, 89).at(15).said("15 raised spo2_low high to nurse")
	})
	t.Run("at the limit is not below it", func(t *testing.T) {
		t.Parallel()
		watched(t).every(0, 60, vital.SpO2, 94).at(600).said()
	})
	t.Run("yellow has its own delay", func(t *testing.T) {
		t.Parallel()
		watched(t).every(0, 30, vital.SpO2, 93).said().at(30).said("30 raised spo2_low medium to nurse")
	})
	t.Run("one value back inside begins the delay anew", func(t *testing.T) {
		t.Parallel()
		watched(t).every(0, 10, vital.SpO2, 89).sample(10, vital.SpO2, 95).every(11, 26, vital.SpO2, 89).said().at(26).said("26 raised spo2_low high to nurse")
	})
	t.Run("the last value holds until another comes", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(0, vital.SpO2, 89).at(14).said().at(20).said("15 raised spo2_low high to nurse")
	})
	t.Run("what is shown is what is compared", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(0, vital.SpO2, 89.6).at(20).said()
		watched(t).sample(0, vital.SpO2, 89.4).at(20).said("15 raised spo2_low high to nurse")
	})
	t.Run("below 85 at once, to everyone", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(3, vital.SpO2, 84).said("3 raised spo2_low high to everyone").at(600).said()
		watched(t).sample(3, vital.SpO2, 85).said().at(18).said("18 raised spo2_low high to nurse")
	})
}

func TestSign_Hysteresis(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 31, vital.SpO2, 93).said("30 raised spo2_low medium to nurse").ack(31, SpO2Low)
	c.every(31, 100, vital.SpO2, 94).said() // within the margin: the same alarm
	c.every(100, 115, vital.SpO2, 95).said()
	c.at(115).said("115 cleared spo2_low medium to nurse")
	// Flicker shorter than the time to clear is the same alarm too.
	c = watched(t).every(0, 31, vital.SpO2, 93).said("30 raised spo2_low medium to nurse").ack(31, SpO2Low)
	for s := 31; s < 200; s += 10 {
		c.sample(float64(s), vital.SpO2, 97).sample(float64(s)+5, vital.SpO2, 92)
	}
	c.said()
}

func TestSign_WorsensAndEases(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 40, vital.SpO2, 93).said("30 raised spo2_low medium to nurse").ack(40, SpO2Low)
	c.every(40, 56, vital.SpO2, 88).said("55 worsened spo2_low high to nurse").ack(56, SpO2Low)
	c.sample(56, vital.SpO2, 80).said("56 worsened spo2_low high to everyone").ack(57, SpO2Low)
	c.every(57, 80, vital.SpO2, 92).at(80).said("72 eased spo2_low medium to everyone")
}

func TestSign_DataThatSayNothing(t *testing.T) {
	t.Parallel()
	bad := []Sample{
		{Kind: vital.SpO2, Value: 60, Quality: vital.Artefact},
		{Kind: vital.SpO2, Value: 60, Quality: vital.Questionable},
		{Kind: vital.SpO2, Value: vital.Value(math.NaN()), Quality: vital.Good},
		{Kind: vital.SpO2, Value: vital.Value(math.Inf(-1)), Quality: vital.Good},
		{Kind: vital.SpO2, Value: 0, Quality: vital.Good},
		{Kind: vital.SpO2, Value: 101, Quality: vital.Good},
		{Kind: "mood", Value: 60, Quality: vital.Good},
		{Kind: vital.Temp, Value: 30, Quality: vital.Good},
	}
	t.Run("never raise", func(t *testing.T) {
		t.Parallel()
		for _, in := range bad {
			in.Told, in.At = told(1), sec(1)
			watched(t).do(in).at(900).said()
		}
	})
	t.Run("never clear", func(t *testing.T) {
		t.Parallel()
		c := watched(t).every(0, 16, vital.SpO2, 89).ack(16, SpO2Low).said("15 raised spo2_low high to nurse")
		for i, in := range bad {
			in.Told, in.At = told(17+float64(i)), sec(17+float64(i))
			if in.Value == 60 {
				in.Value = 99
			}
			c.do(in)
		}
		c.at(130).said()
		if _, ok := c.state.Announced.Alarm(SpO2Low); !ok {
			t.Error("cleared")
		}
	})
	t.Run("no data at all never clear", func(t *testing.T) {
		t.Parallel()
		c := watched(t).every(0, 16, vital.SpO2, 89).ack(16, SpO2Low).said("15 raised spo2_low high to nurse")
		c.at(135).said().at(137).said("136 announced again spo2_low high to nurse")
		if at, ok := c.state.NoDataSince(c.limits, SpO2Low); !ok || !at.Equal(sec(15)) {
			t.Errorf("no data since %v, %v", at, ok)
		}
		c.sample(140, vital.NIBPSys, 165).at(900)
		if _, ok := c.state.NoDataSince(c.limits, SBPHigh); ok { // a cuff reading is not expected all the time
			t.Error("a cuff reading counts as silent")
		}
		if _, ok := c.state.NoDataSince(c.limits, HRLow); ok {
			t.Error("what is no alarm has no data")
		}
	})
	t.Run("a sample out of order or repeated", func(t *testing.T) {
		t.Parallel()
		c := watched(t).sample(100, vital.SpO2, 97)
		for range 30 {
			c.do(Sample{Told: told(101), Kind: vital.SpO2, Value: 60, At: sec(50), Quality: vital.Good})
			c.do(Sample{Told: told(101), Kind: vital.SpO2, Value: 97, At: sec(100), Quality: vital.Good})
		}
		c.at(300).said()
	})
	t.Run("from before the watch", func(t *testing.T) {
		t.Parallel()
		watched(t).do(Sample{Told: told(1), Kind: vital.SpO2, Value: 60, At: sec(-1), Quality: vital.Good}).at(60).said()
	})
	t.Run("from a clock that is ahead, as of now", func(t *testing.T) {
		t.Parallel()
		c := watched(t).do(Sample{Told: told(1), Kind: vital.SpO2, Value: 89, At: sec(3600), Quality: vital.Good})
		c.sample(2, vital.SpO2, 97).at(60).said()
	})
}

// TestSign_OneAlarmForAllSites: two probes and two sources are one condition.
func TestSign_OneAlarmForAllSites(t *testing.T) {
	t.Parallel()
	c := watched(t)
	site := func(s float64, site string, k vital.Kind, v vital.Value) {
		c.do(Sample{Told: told(s), Kind: k, Value: v, At: sec(s), Site: site, Quality: vital.Good})
	}
	for s := range 40 {
		site(float64(s), "1.1", vital.HR, 120)
		site(float64(s)+0.5, "1.2", vital.Pulse, 121)
	}
	c.said("15 raised hr_high medium to nurse").ack(40, HRHigh)
	for s := 40; s < 70; s++ { // one of the two is not enough to clear it
		site(float64(s), "1.1", vital.HR, 80)
	}
	c.said()
	site(70, "1.2", vital.Pulse, 80)
	c.at(85).said("85 cleared hr_high medium to nurse")
	for i := range 100 { // more sites than are remembered
		site(100+float64(i), string(rune('a'+i)), vital.HR, 80)
	}
	if n := len(c.state.Building.sources); n > mostSites+3 {
		t.Errorf("%d sources are remembered", n)
	}
}

// TestSign_ByHandReplacesWhatIsSilent: with the sensor off, what a person
// measured is what is known; while it speaks, it stands beside it.
func TestSign_ByHandReplacesWhatIsSilent(t *testing.T) {
	t.Parallel()
	hand := func(s float64, v vital.Value) Sample {
		return Sample{Told: told(s), Kind: vital.RR, Value: v, At: sec(s), Quality: vital.Good, ByHand: true}
	}
	c := watched(t).every(0, 16, vital.RR, 8).ack(16, RRLow).said("15 raised rr_low high to nurse")
	c.do(hand(50, 14)).at(70).said() // the sensor was heard 35 s ago
	c.do(hand(90, 14)).at(110).said("105 cleared rr_low high to nurse")
	// By hand it counts at once, and a sensor that reads otherwise does not clear it.
	c = watched(t).do(hand(10, 7)).said("10 raised rr_low high to nurse").ack(11, RRLow)
	c.every(11, 60, vital.RR, 14).said().do(hand(60, 14)).at(75).said("75 cleared rr_low high to nurse")
}

func TestCuff_Recheck(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		run  func(c *clinic)
		want []string
	}{
		{
			"yellow at once, red when repeated", func(c *clinic) { c.sample(0, vital.NIBPSys, 182).sample(60, vital.NIBPSys, 181) },
			[]string{"0 raised sbp_high medium to nurse recheck", "60 worsened sbp_high high to nurse"},
		},
		{
			"one below the red range is yellow", func(c *clinic) { c.sample(0, vital.NIBPSys, 167).at(119) },
			[]string{"0 raised sbp_high medium to nurse"},
		},
		{
			"red when no repeat has come", func(c *clinic) { c.sample(0, vital.NIBPSys, 180).ack(1, SBPHigh).at(120) },
			[]string{"0 raised sbp_high medium to nurse recheck", "120 worsened sbp_high high to nurse"},
		},
		{"the same reading sent again is no repeat", func(c *clinic) {
			for s := range 100 {
				c.do(Sample{Told: told(float64(s)), Kind: vital.NIBPSys, Value: 185, At: sec(0), Quality: vital.Good})
			}
		}, []string{"0 raised sbp_high medium to nurse recheck"}},
		{"a corrected reading is no repeat", func(c *clinic) {
			c.do(Sample{Told: told(0), Kind: vital.NIBPSys, Value: 185, At: sec(0), Quality: vital.Good})
			c.do(Sample{Told: told(9), Kind: vital.NIBPSys, Value: 186, At: sec(0), Quality: vital.Good})
		}, []string{"0 raised sbp_high medium to nurse recheck"}},
		{
			"a repeat that is well", func(c *clinic) { c.sample(0, vital.NIBPSys, 185).sample(60, vital.NIBPSys, 130).at(200) },
			[]string{"0 raised sbp_high medium to nurse recheck", "75 cleared sbp_high medium to nurse recheck"},
		},
		{
			"a repeat that is yellow", func(c *clinic) { c.sample(0, vital.NIBPSys, 185).sample(60, vital.NIBPSys, 165).at(100) },
			[]string{"0 raised sbp_high medium to nurse recheck", "60 eased sbp_high medium to nurse"},
		},
		{"a repeat at the other arm counts", func(c *clinic) {
			c.sample(0, vital.NIBPSys, 185).do(Sample{Told: told(40), Kind: vital.NIBPSys, Value: 190, At: sec(40), Site: "left", ByHand: true, Quality: vital.Good})
		}, []string{"0 raised sbp_high medium to nurse recheck", "40 worsened sbp_high high to nurse"}},
		{
			"symptoms charted afterwards", func(c *clinic) { c.sample(0, vital.NIBPSys, 185).do(Symptoms{told(20), true}) },
			[]string{"0 raised sbp_high medium to nurse recheck", "20 worsened sbp_high high to nurse"},
		},
		{
			"symptoms charted before", func(c *clinic) { c.do(Symptoms{told(0), true}).sample(20, vital.NIBPSys, 185) },
			[]string{"20 raised sbp_high high to nurse"},
		},
		{"symptoms that are resolved", func(c *clinic) {
			c.do(Symptoms{told(0), true}).do(Symptoms{told(1), false}).sample(20, vital.NIBPSys, 185)
		}, []string{"20 raised sbp_high medium to nurse recheck"}},
		{"220 is red at once", func(c *clinic) { c.sample(0, vital.NIBPSys, 220) }, []string{"0 raised sbp_high high to nurse"}},
		{"219 is not", func(c *clinic) { c.sample(0, vital.NIBPSys, 219) }, []string{"0 raised sbp_high medium to nurse recheck"}},
		{"80 is red at once", func(c *clinic) { c.sample(0, vital.NIBPSys, 80) }, []string{"0 raised sbp_low high to nurse"}},
		{
			"81 is not, though there is no yellow level", func(c *clinic) { c.sample(0, vital.NIBPSys, 81).at(120) },
			[]string{"0 raised sbp_low medium to nurse recheck", "120 worsened sbp_low high to nurse"},
		},
		{"yellow stands, then a reading in the red range", func(c *clinic) {
			c.sample(0, vital.NIBPSys, 165).ack(1, SBPHigh).sample(60, vital.NIBPSys, 185)
		}, []string{"0 raised sbp_high medium to nurse", "60 worsened sbp_high medium to nurse recheck"}},
		{
			"an arterial line is a stream, with a delay", func(c *clinic) { c.every(0, 16, vital.ARTSys, 185) },
			[]string{"15 raised sbp_high high to nurse"},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := watched(t)
			x.run(c)
			c.said(x.want...)
		})
	}
}

// TestSign_RelativeToBaseline: 120 at rest makes 144 the yellow and 168 the
// red limit, and only above the floors.
func TestSign_RelativeToBaseline(t *testing.T) {
	t.Parallel()
	for v, want := range map[vital.Value]string{144: "", 145: "0 raised sbp_high medium to nurse", 168: "0 raised sbp_high medium to nurse", 169: "0 raised sbp_high medium to nurse recheck"} {
		c := watched(t).sample(0, vital.NIBPSys, v)
		if want == "" {
			c.said()
			continue
		}
		c.said(want)
	}
	low := func(v vital.Value) Limits {
		return NewLimits(testRules(), testSettings(), nil, []Rest{{vital.NIBPSys, v}})
	}
	c := watched(t)
	c.limits = low(90) // 1.2 times 90 is 108, but nothing is yellow below 140
	c.sample(0, vital.NIBPSys, 139).said().sample(300, vital.NIBPSys, 140).said("300 raised sbp_high medium to nurse")
	c = watched(t)
	c.every(0, 16, vital.EtCO2, 39).said().every(16, 32, vital.EtCO2, 40).said("31 raised etco2_high medium to nurse")
}

func TestLightSedation(t *testing.T) {
	t.Parallel()
	breathing := func(c *clinic, from, to int, rr, spo2 vital.Value) *clinic {
		for s := from; s < to; s++ {
			c.sample(float64(s), vital.RR, rr).sample(float64(s), vital.SpO2, spo2)
		}
		return c
	}
	for _, x := range []struct {
		name  string
		run   func(c *clinic)
		wants bool
	}{
		{"drowsy, breathing well", func(c *clinic) { breathing(c.moaas(0, 4), 0, 60, 14, 98) }, false},
		{"drowsy and slow", func(c *clinic) { breathing(c.moaas(0, 4), 0, 60, 11.4, 98) }, true},
		{"drowsy at twelve", func(c *clinic) { breathing(c.moaas(0, 4), 0, 60, 12, 98) }, false},
		{"drowsy and SpO2 94", func(c *clinic) { breathing(c.moaas(0, 4), 0, 60, 14, 94) }, true},
		{"drowsy and SpO2 95", func(c *clinic) { breathing(c.moaas(0, 4), 0, 60, 14, 95) }, false},
		{"drowsy and SpO2 falling by three", func(c *clinic) {
			breathing(breathing(c.moaas(0, 4), 0, 60, 14, 99), 60, 120, 14, 96)
		}, true},
		{"drowsy and SpO2 falling by two", func(c *clinic) {
			breathing(breathing(c.moaas(0, 4), 0, 60, 14, 99), 60, 120, 14, 97)
		}, false},
		{"a fall longer ago than the window", func(c *clinic) {
			breathing(breathing(breathing(c, 0, 60, 14, 99), 60, 420, 14, 96).moaas(420, 4), 420, 480, 14, 96)
		}, false},
		{"a fall within the minute", func(c *clinic) {
			breathing(breathing(breathing(c.moaas(0, 4), 0, 10, 14, 96), 10, 20, 14, 99), 20, 50, 14, 96)
		}, true},
		{"awake and slow", func(c *clinic) { breathing(c.moaas(0, 5), 0, 60, 11, 98) }, false},
		{"not drowsy for long enough", func(c *clinic) { breathing(c, 0, 60, 11.4, 98).moaas(60, 4).at(70) }, false},
		{"the signs are old", func(c *clinic) { breathing(c, 0, 2, 11, 98).moaas(400, 4).at(600) }, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := watched(t)
			x.run(c)
			if _, ok := c.state.Announced.Alarm(SedationBreathing); ok != x.wants {
				t.Errorf("raised: %v", ok)
			}
		})
	}
}

func TestScore_BedsideFirst(t *testing.T) {
	t.Parallel()
	t.Run("nothing charted in two minutes: it sounds elsewhere", func(t *testing.T) {
		t.Parallel()
		watched(t).moaas(0, 3).at(119).said("0 raised sedation_deep high to bedside").at(160).
			said("120 escalated sedation_deep high to next person", "150 escalated sedation_deep high to room")
	})
	t.Run("answered by charting", func(t *testing.T) {
		t.Parallel()
		c := watched(t).moaas(0, 3).do(Charted{told(0), "okafor"}).said("0 raised sedation_deep high to bedside")
		c.do(Charted{told(40), "okafor"}).said("40 answered sedation_deep high to bedside").at(159).said()
		c.at(161).said("160 announced again sedation_deep high to nurse")
	})
	t.Run("two or less: everyone, at once", func(t *testing.T) {
		t.Parallel()
		watched(t).moaas(0, 2).do(Charted{told(1), "okafor"}).said("0 raised sedation_deep high to everyone")
	})
	t.Run("deeper is a new announcement, better ends it", func(t *testing.T) {
		t.Parallel()
		c := watched(t).moaas(0, 3).ack(1, SedationDeep).moaas(60, 1).said("0 raised sedation_deep high to bedside", "60 worsened sedation_deep high to everyone")
		c.ack(61, SedationDeep).moaas(90, 5).said("90 cleared sedation_deep high to everyone")
	})
	t.Run("distress at its levels", func(t *testing.T) {
		t.Parallel()
		for n, want := range map[scale.NRS][]string{4: nil, 5: {"0 raised distress_high medium to bedside"}, 6: {"0 raised distress_high medium to bedside"}, 7: {"0 raised distress_high high to bedside"}} {
			watched(t).do(Score{Told: told(0), At: sec(0), Distress: &n}).said(want...)
		}
	})
	t.Run("a score off the scale is none", func(t *testing.T) {
		t.Parallel()
		watched(t).moaas(0, -1).moaas(1, 6).said()
	})
	t.Run("a score corrected at its own time", func(t *testing.T) {
		t.Parallel()
		five := scale.Sedation(5)
		c := watched(t).moaas(0, 3).said("0 raised sedation_deep high to bedside").ack(1, SedationDeep)
		c.do(Score{Told: told(30), At: sec(0), Sedation: &five}).said("30 cleared sedation_deep high to bedside")
	})
}

// TestSign_TimeNeverRunsBack: an input told of before the last is taken as now.
func TestSign_TimeNeverRunsBack(t *testing.T) {
	t.Parallel()
	c := watched(t).sample(100, vital.SpO2, 97)
	c.step(Sample{Told: told(0), Kind: vital.SpO2, Value: 84, At: sec(101), Quality: vital.Good})
	c.said("100 raised spo2_low high to everyone")
	if !c.state.Building.Now.Equal(sec(100)) {
		t.Errorf("now is %v", c.state.Building.Now.Sub(nine))
	}
}
