package alarm

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// red raises a red SpO₂ at 15 s.
func red(t *testing.T) *clinic {
	t.Helper()
	return watched(t).every(0, 16, vital.SpO2, 88).said("15 raised spo2_low high to nurse")
}

func TestLadder(t *testing.T) {
	t.Parallel()
	t.Run("red: 30 s to the next, 30 s to the room, and no further", func(t *testing.T) {
		t.Parallel()
		red(t).at(44).said().at(3600).said("45 escalated spo2_low high to next person", "75 escalated spo2_low high to room")
	})
	t.Run("yellow: 120 s", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(0, vital.NIBPSys, 162).at(3600).said(
			"0 raised sbp_high medium to nurse", "120 escalated sbp_high medium to next person", "240 escalated sbp_high medium to room")
	})
	t.Run("low: nobody else", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, Facts{Watching: true, NurseOver: sec(0)}).at(7200).said("0 raised nurse_load low to nurse")
	})
	t.Run("acknowledged: it stops, and is announced again", func(t *testing.T) {
		t.Parallel()
		red(t).ack(20, SpO2Low).at(139).said().at(141).said("140 announced again spo2_low high to nurse").
			at(175).said("170 escalated spo2_low high to next person")
		c := watched(t).sample(0, vital.NIBPSys, 162).ack(10, SBPHigh).said("0 raised sbp_high medium to nurse")
		c.at(309).said().at(311).said("310 announced again sbp_high medium to nurse")
	})
	t.Run("everyone: no ladder, and again to everyone", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(0, vital.SpO2, 80).at(3600).said("0 raised spo2_low high to everyone")
		watched(t).sample(0, vital.SpO2, 80).ack(10, SpO2Low).at(131).said("0 raised spo2_low high to everyone", "130 announced again spo2_low high to everyone")
	})
	t.Run("help goes to everyone until it is ended", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(5, Facts{HelpSince: sec(5)}).facts(60, Facts{}).said("5 raised help high to everyone", "60 cleared help high to everyone")
	})
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	t.Run("clears nothing that is there", func(t *testing.T) {
		t.Parallel()
		c := red(t).ack(16, SpO2Low).at(100).said()
		if a, ok := c.state.Announced.Alarm(SpO2Low); !ok || a.Priority != High || a.AckedBy != "okafor" {
			t.Errorf("%+v, %v", a, ok)
		}
	})
	t.Run("of an earlier announcement counts for no later one", func(t *testing.T) {
		t.Parallel()
		c := watched(t).every(0, 31, vital.SpO2, 93).every(31, 47, vital.SpO2, 88)
		c.said("30 raised spo2_low medium to nurse", "46 worsened spo2_low high to nurse")
		c.do(Acknowledged{told(47), SpO2Low, "okafor", 1}).at(77).said("76 escalated spo2_low high to next person")
	})
	t.Run("that was on its way for long counts from when it came", func(t *testing.T) {
		t.Parallel()
		c := red(t).at(100)
		c.step(Acknowledged{told(20), SpO2Low, "okafor", 1})
		if a, _ := c.state.Announced.Alarm(SpO2Low); !a.AckedAt.Equal(sec(100)) {
			t.Errorf("%+v", a)
		}
	})
	t.Run("of nothing is nothing", func(t *testing.T) {
		t.Parallel()
		watched(t).do(Acknowledged{told(1), SpO2Low, "okafor", 1}).do(Acknowledged{told(1), "mood", "okafor", 0}).at(60).said()
	})
	t.Run("a second one does not put off the repetition", func(t *testing.T) {
		t.Parallel()
		red(t).ack(20, SpO2Low).ack(100, SpO2Low).at(141).said("140 announced again spo2_low high to nurse")
	})
}

func TestLatch(t *testing.T) {
	t.Parallel()
	t.Run("red stays until it is acknowledged", func(t *testing.T) {
		t.Parallel()
		c := red(t).every(16, 40, vital.SpO2, 97).said("31 ended spo2_low high to nurse").at(900).said()
		c.ack(900, SpO2Low).said("900 cleared spo2_low high to nurse")
	})
	t.Run("acknowledged red clears when it is over", func(t *testing.T) {
		t.Parallel()
		red(t).ack(16, SpO2Low).every(16, 40, vital.SpO2, 97).said("31 cleared spo2_low high to nurse")
	})
	t.Run("yellow does not latch", func(t *testing.T) {
		t.Parallel()
		watched(t).sample(0, vital.NIBPSys, 162).sample(30, vital.NIBPSys, 120).at(60).said("0 raised sbp_high medium to nurse", "45 cleared sbp_high medium to nurse")
	})
	t.Run("red that eases without an answer stays red, and climbs", func(t *testing.T) {
		t.Parallel()
		c := red(t).every(16, 50, vital.SpO2, 92).said("45 escalated spo2_low high to next person")
		c.ack(50, SpO2Low).said("50 eased spo2_low medium to next person")
	})
	t.Run("back before it was answered: announced again, as red", func(t *testing.T) {
		t.Parallel()
		c := red(t).every(16, 40, vital.SpO2, 97).said("31 ended spo2_low high to nurse")
		c.every(40, 75, vital.SpO2, 92).said("70 announced again spo2_low high to nurse").at(101).said("100 escalated spo2_low high to next person")
	})
	t.Run("what a person's act ends does not latch", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, Facts{StopUnconfirmed: sec(0)}).at(31).facts(40, Facts{})
		c.said("30 raised pump_unconfirmed high to nurse", "40 cleared pump_unconfirmed high to nurse")
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	t.Run("has an end, and then it is announced", func(t *testing.T) {
		t.Parallel()
		red(t).pause(20, SpO2Low, 200).at(199).said().at(201).said("200 pause ended spo2_low high to nurse")
	})
	t.Run("is bounded", func(t *testing.T) {
		t.Parallel()
		red(t).pause(20, SpO2Low, 86400).at(621).said("620 pause ended spo2_low high to nurse")
	})
	t.Run("without an end there is none", func(t *testing.T) {
		t.Parallel()
		red(t).do(Paused{Told: told(20), Condition: SpO2Low, Announcement: 1}).at(46).said("45 escalated spo2_low high to next person")
	})
	t.Run("does not hide that it worsens", func(t *testing.T) {
		t.Parallel()
		c := watched(t).every(0, 31, vital.SpO2, 93).pause(31, SpO2Low, 500).every(31, 47, vital.SpO2, 88)
		c.said("30 raised spo2_low medium to nurse", "46 worsened spo2_low high to nurse")
	})
	t.Run("ends with the alarm: the next one is announced", func(t *testing.T) {
		t.Parallel()
		c := red(t).pause(20, SpO2Low, 600).every(20, 40, vital.SpO2, 97).said("35 cleared spo2_low high to nurse")
		c.every(40, 56, vital.SpO2, 88).said("55 raised spo2_low high to nurse")
	})
	t.Run("nobody pauses what goes to everyone", func(t *testing.T) {
		t.Parallel()
		c := watched(t).sample(0, vital.SpO2, 80).pause(1, SpO2Low, 500).ack(2, SpO2Low).at(123)
		c.said("0 raised spo2_low high to everyone", "122 announced again spo2_low high to everyone")
	})
}

// TestShown_PhysiologyFirst: of one priority, what is technical never stands
// before what concerns the patient's body, nor hides it.
func TestShown_PhysiologyFirst(t *testing.T) {
	t.Parallel()
	c := watched(t).facts(0, Facts{Watching: true, Linked: true}).sample(1, vital.SpO2, 84).at(200)
	if got := len(c.state.Announced.Alarms); got != 2 {
		t.Fatalf("%d alarms", got)
	}
	for i, want := range []ID{SpO2Low, MonitorOffline} {
		if got := c.state.Announced.Alarms[i]; got.Condition != want || got.Priority != High {
			t.Errorf("%d: %s %s", i, got.Condition, got.Priority)
		}
	}
	c = watched(t).facts(0, Facts{Watching: true, Linked: true}).sample(1, vital.NIBPSys, 162).at(40)
	if got := c.state.Announced.Alarms; len(got) != 2 || got[0].Condition != MonitorOffline {
		t.Errorf("red does not stand before yellow: %+v", got)
	}
	last := -1
	for _, a := range conditions {
		at := map[Group]int{Technical: 1}[a.group]
		if at < last {
			t.Errorf("%s stands behind what is technical", a.id)
		}
		last = at
	}
}

// TestAnnounced_IsAFold: what is announced is made of changes, acknowledgements
// and pauses alone, and survives being written and read.
func TestAnnounced_IsAFold(t *testing.T) {
	t.Parallel()
	c := watched(t)
	var folded Announced
	fold := func(in Input) {
		before := len(c.log)
		c.do(in)
		for _, x := range c.log[before:] {
			folded = folded.With(x)
		}
	}
	for s := range 60 {
		fold(Sample{Told: told(float64(s)), Kind: vital.SpO2, Value: vital.Value(97 - s/3), At: sec(float64(s)), Quality: vital.Good})
	}
	if len(folded.Alarms) == 0 || !reflect.DeepEqual(folded, c.state.Announced) {
		t.Fatalf("folded %+v\nhas %+v", folded, c.state.Announced)
	}
	b, err := json.Marshal(folded)
	if err != nil {
		t.Fatal(err)
	}
	var read Announced
	if err := json.Unmarshal(b, &read); err != nil || !reflect.DeepEqual(read, folded) {
		t.Errorf("read %+v, %v", read, err)
	}
}

// TestChange_Says: what, how long, against which limit, what to consider and
// on what that rests.
func TestChange_Says(t *testing.T) {
	t.Parallel()
	c := red(t).ack(16, SpO2Low)
	c.at(137)
	last := c.log[len(c.log)-1]
	if got := last.Text.English(); got != "SpO₂ 88 % for 136 s. Limit: below 90 %." && got != "SpO₂ 88 % for 2 min. Limit: below 90 %." {
		t.Error(got)
	}
	if len(last.Consider) != 2 || last.Consider[0].English() != "pause the infusion" || last.Wording != "Clinic setting" || last.Rule != "T-spo2_low" || last.Version != 1 {
		t.Errorf("%+v", last)
	}
	c = watched(t).sample(0, vital.NIBPSys, 185)
	if got := c.log[0].Text.English(); got != "Systolic 185 mmHg: recheck now. Red: 180 mmHg or more." {
		t.Error(got)
	}
	c = watched(t).sample(0, vital.NIBPSys, 150)
	if got := c.log[0].Text.English(); got != "Systolic 150 mmHg. Limit: above 144 mmHg (1.2 times the baseline of 120 mmHg)." {
		t.Error(got)
	}
	c = watched(t).sample(0, vital.SpO2, 84)
	if got := c.log[0].Consider[0].English(); got != "everyone to the chair" {
		t.Error(got)
	}
}
