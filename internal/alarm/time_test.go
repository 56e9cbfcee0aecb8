package alarm

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

func TestTime_Ends(t *testing.T) {
	t.Parallel()
	f := Facts{Watching: true, PlannedEnd: sec(3600)}
	c := watched(t).facts(0, f).at(2999).said().at(3001).said("3000 raised planned_end low to nurse")
	c.at(3599).said().at(3601).said("3600 worsened planned_end medium to nurse")
	c.at(3659).said().at(3661).said("3660 worsened planned_end high to nurse").ack(3661, PlannedEnd)
	c.at(3782).said("3781 announced again planned_end high to nurse") // until a stop is recorded
	c.facts(3790, Facts{Watching: true, StopUnconfirmed: sec(3790)}).said("3790 cleared planned_end high to nurse")
	c.at(3821).said("3820 raised pump_unconfirmed high to nurse").facts(3830, Facts{Watching: true}).said("3830 cleared pump_unconfirmed high to nurse")
	// The plan moves: what is near is near the new end.
	c = watched(t).facts(0, f).at(3001).facts(3100, Facts{Watching: true, PlannedEnd: sec(7200)})
	c.said("3000 raised planned_end low to nurse", "3100 cleared planned_end low to nurse").at(6601).said("6600 raised planned_end low to nurse")
}

func TestTime_Session(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		f    Facts
		at   float64 // when it is raised
		want string
		says string
	}{
		{"maximum nears", Facts{MaximumAt: sec(1000)}, 400, "session_maximum low to nurse", "the order's maximum is reached in 10 min"},
		{"bag nearly empty", Facts{EmptyAt: sec(1000)}, 400, "volume_low medium to nurse", "the bag is empty in 10 min"},
		{"long pause", Facts{PausedSince: sec(10)}, 1810, "pause_long medium to nurse", "Paused for 30 min"},
		{"pump not confirmed", Facts{StopUnconfirmed: sec(10)}, 40, "pump_unconfirmed high to nurse", "Stop recorded 30 s ago"},
		{"rate off the order", Facts{RateOff: Off{Since: sec(10), Found: "32 mL/h", Allowed: "28 mL/h"}}, 10, "rate_off_order high to nurse", "runs at 32 mL/h; the order allows 28 mL/h"},
		{"rates charted apart", Facts{RatesApart: Off{Since: sec(10), Found: "16 mL/h and 28 mL/h", Allowed: "28 mL/h"}}, 10, "rates_apart medium to nurse", "read as 16 mL/h and 28 mL/h on tablets that did not know of each other; 28 mL/h counts"},
		{"prescriber away", Facts{PrescriberAway: sec(10)}, 10, "prescriber_absent medium to nurse", "not been on site"},
		{"consent withdrawn", Facts{Watching: true, ConsentGone: sec(10)}, 10, "consent_withdrawn high to nurse", "withdrew consent"},
		{"order outdated", Facts{OrderOff: Off{Since: sec(10), Found: "The order is no longer valid."}}, 10, "order_outdated medium to nurse", "stands no more: The order is no longer valid."},
		{"no nurse", Facts{Watching: true, NurseAway: sec(10)}, 70, "nurse_absent medium to nurse", "No nurse has been responsible for this patient for 60 s"},
		{"link in doubt", Facts{Watching: true, LinkDoubt: sec(10)}, 10, "link_unconfirmed medium to nurse", "this monitor is on this patient"},
		{"nobody hears", Facts{Watching: true, UnheardSince: sec(10)}, 25, "unheard medium to nurse", "proven to hear this chair for 15 s"},
		{"observation late", Facts{Rounds: []Round{{What: ObservationOverdue, Label: "Observation", DueAt: sec(100), LateAt: sec(400), Every: 900 * time.Second}}}, 400, "observation_overdue low to nurse", "Observation was due 5 min ago"},
		{"clock off", Facts{Watching: true, Linked: true, ClockOffset: -31 * time.Second}, 0, "clock_off low to nurse", "off by 31 s"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := watched(t)
			c.facts(0, x.f)
			if x.at > 0 {
				c.at(x.at - 0.001).said()
			}
			c.at(x.at)
			if len(c.log) != 1 || !strings.HasSuffix(line(c.log[0]), " raised "+x.want) || !c.log[0].At.Equal(sec(x.at)) {
				t.Fatalf("%+v", c.log)
			}
			if got := c.log[0].Text.English(); !strings.Contains(got, x.says) {
				t.Error(got)
			}
		})
	}
	c := watched(t).facts(0, Facts{Rounds: []Round{{What: ObservationOverdue, Label: "Observation", DueAt: sec(100), LateAt: sec(400), Every: 900 * time.Second}}})
	c.at(1001).said("400 raised observation_overdue low to nurse", "1000 worsened observation_overdue medium to nurse")
	c.facts(1100, Facts{Rounds: []Round{{What: ObservationOverdue, DueAt: sec(2000), LateAt: sec(2300), Every: 900 * time.Second}}})
	c.said("1100 cleared observation_overdue medium to nurse")
	watched(t).facts(0, Facts{Watching: true, Linked: true, ClockOffset: 30 * time.Second}).at(20).said()
}

// TestPump_SaysAnotherThing: what the pump says counts after half a minute, and
// ends as soon as the two agree.
func TestPump_SaysAnotherThing(t *testing.T) {
	t.Parallel()
	off := Off{Since: sec(10), Found: "20 mL/h", Allowed: "12 mL/h"}
	c := watched(t).facts(11, Facts{PumpOff: off, PumpHalted: Off{Since: sec(12), Found: "stopped"}}).at(39).said()
	c.at(60).said("40 raised pump_differs high to nurse", "42 raised pump_stopped medium to nurse")
	if a, _ := c.state.Announced.Alarm(PumpDiffers); a.Value != "20 mL/h" || a.Limit != "12 mL/h" || a.Text.English() != "The pump says 20 mL/h; the record says 12 mL/h." {
		t.Errorf("%+v: %s", a, a.Text.English())
	}
	c.facts(61, Facts{}).said("61 cleared pump_differs high to nurse", "61 cleared pump_stopped medium to nurse")
	// Nearly empty by the pump's own count says so.
	c.facts(62, Facts{EmptyAt: sec(662), EmptyByPump: true}).said("62 raised volume_low medium to nurse")
	if a, _ := c.state.Announced.Alarm(VolumeLow); a.Text.English() != "By the pump's count what was set is given in 10 min." {
		t.Errorf("%s", a.Text.English())
	}
}

// TestOrderOutdated_OneMoreReason: a second reason for which an order stands no more is
// told anew, also where the first was acknowledged; one less is not.
func TestOrderOutdated_OneMoreReason(t *testing.T) {
	t.Parallel()
	c := watched(t).facts(0, Facts{Watching: true, OrderOff: Off{Since: sec(10), Found: "Consent is withdrawn.", Many: 1}}).at(11)
	c.said("10 raised order_outdated medium to nurse")
	c.facts(12, Facts{Watching: true, OrderOff: Off{Since: sec(10), Found: "Consent is withdrawn. The order is no longer valid.", Many: 2}}).said("12 worsened order_outdated medium to nurse")
	if a, _ := c.state.Announced.Alarm(OrderOutdated); a.Extent != 2 || !strings.Contains(a.Text.English(), "no longer valid") {
		t.Errorf("%+v", a)
	}
	c.facts(13, Facts{Watching: true, OrderOff: Off{Since: sec(10), Found: "Consent is withdrawn.", Many: 1}}).said()
}

func expecting(k ...vital.Kind) Facts {
	f := Facts{Watching: true, Linked: true}
	for _, k := range k {
		f.Expected = append(f.Expected, Expected{Kind: k, Every: 5 * time.Second, Continuous: true})
	}
	return f
}

func TestData(t *testing.T) {
	t.Parallel()
	t.Run("no reading: yellow beyond two intervals, red beyond a minute", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.SpO2)).sample(1, vital.SpO2, 97)
		for s := 2; s < 70; s++ {
			c.do(Heard{told(float64(s))})
		}
		c.said("12 raised no_reading medium to nurse", "67 worsened no_reading high to nurse").sample(70, vital.SpO2, 97).at(80)
		c.said("70 ended no_reading high to nurse")
	})
	t.Run("what the monitor doubts is no reading", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.SpO2)).sample(1, vital.SpO2, 97)
		for s := 2; s < 13; s++ {
			c.do(Sample{Told: told(float64(s)), Kind: vital.SpO2, Value: 97, At: sec(float64(s)), Quality: vital.Artefact}).do(Heard{told(float64(s))})
		}
		c.said("12 raised no_reading medium to nurse")
	})
	t.Run("a message after a gap is heard as a whole", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.SpO2, vital.HR)).sample(1, vital.SpO2, 97).sample(1, vital.HR, 70)
		for _, k := range []vital.Kind{vital.HR, vital.SpO2} {
			c.do(Sample{Told: told(25), Kind: k, Value: 90, At: sec(25), Quality: vital.Good})
		}
		c.do(Heard{told(25)}).at(40).said()
	})
	t.Run("another sign silent is a new announcement", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.SpO2, vital.HR)).sample(1, vital.SpO2, 97)
		for s := 2; s < 30; s++ {
			c.do(Heard{told(float64(s))})
			if s < 10 {
				c.sample(float64(s), vital.HR, 70)
			}
			if s == 13 {
				c.ack(13, NoReading)
			}
		}
		c.said("12 raised no_reading medium to nurse", "20 worsened no_reading medium to nurse")
		if a, _ := c.state.Announced.Alarm(NoReading); a.Text.English() != "No valid reading of SpO₂, Heart rate." {
			t.Error(a.Text.English())
		}
	})
	t.Run("a silent monitor is offline, once", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.SpO2, vital.HR)).sample(1, vital.SpO2, 97).sample(1, vital.HR, 70)
		c.at(30.9).said().at(40).said("31 raised monitor_offline high to nurse")
		c.do(Heard{told(41)}).said("41 ended monitor_offline high to nurse", "41 raised no_reading medium to nurse")
	})
	t.Run("never heard at all", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, expecting(vital.SpO2)).at(31).said("30 raised monitor_offline high to nurse")
	})
	t.Run("no monitor, no alarm of it", func(t *testing.T) {
		t.Parallel()
		watched(t).facts(0, Facts{Watching: true}).at(900).said()
	})
	t.Run("after a restart, from when it listens again", func(t *testing.T) {
		t.Parallel()
		f := expecting(vital.SpO2, vital.EtCO2)
		f.Listening = sec(600)
		c := watched(t).facts(0, expecting(vital.SpO2, vital.EtCO2)).sample(1, vital.SpO2, 97).sample(1, vital.EtCO2, 36).facts(2, f)
		c.at(629).said().at(631).said("630 raised monitor_offline high to nurse")
		c = watched(t).facts(0, expecting(vital.SpO2, vital.EtCO2)).sample(1, vital.SpO2, 97).sample(1, vital.EtCO2, 36).facts(2, f)
		for s := 600; s < 627; s++ {
			c.do(Heard{told(float64(s))})
		}
		c.said("611 raised no_reading medium to nurse", "626 raised etco2_lost high to nurse")
	})
	t.Run("off the monitor on purpose, until then", func(t *testing.T) {
		t.Parallel()
		f := expecting(vital.SpO2)
		f.OffMonitorTill = sec(300)
		watched(t).facts(0, f).at(329).said().at(331).said("330 raised monitor_offline high to nurse")
	})
	t.Run("CO2 came and comes no more", func(t *testing.T) {
		t.Parallel()
		c := watched(t).facts(0, expecting(vital.EtCO2)).sample(1, vital.EtCO2, 36)
		for s := 2; s < 40; s++ {
			c.do(Heard{told(float64(s))})
		}
		c.said("27 raised etco2_lost high to nurse")
		c = watched(t).facts(0, expecting(vital.EtCO2))
		for s := 2; s < 40; s++ { // it never came
			c.do(Heard{told(float64(s))})
		}
		c.said()
	})
	t.Run("quarantine grows", func(t *testing.T) {
		t.Parallel()
		f := expecting()
		c := watched(t).facts(0, f)
		f.Quarantined = 3
		c.facts(10, f).do(Heard{told(25)}).said("10 raised quarantine_growing low to nurse")
		f.Quarantined = 5
		for s := 30; s < 330; s += 20 {
			c.do(Heard{told(float64(s))}).facts(float64(s), f)
		}
		c.said().do(Heard{told(329.9)}).said().do(Heard{told(331)}).said("330 cleared quarantine_growing low to nurse")
	})
}

func TestDevice_AlarmsStandBesideOurs(t *testing.T) {
	t.Parallel()
	on := func(s float64, key string, match ID, p Priority) DeviceAlarm {
		return DeviceAlarm{Told: told(s), Key: key, Match: match, Priority: p, Text: "APNEA", Active: true}
	}
	c := watched(t).do(on(1, "a", Apnoea, High)).do(on(5, "a", Apnoea, High)).said("1 raised apnoea high to nurse").ack(6, Apnoea)
	c.do(DeviceAlarm{Told: told(10), Key: "a"}).said("10 cleared apnoea high to nurse")
	// One that is ours by our own limits raises nothing of its own.
	c.do(on(20, "b", SpO2Low, High)).said()
	if got := c.state.Beside(); len(got) != 1 || got[0].Match != SpO2Low {
		t.Errorf("beside: %+v", got)
	}
	// One that is none of ours has the monitor's priority.
	c.do(on(30, "c", "", Medium)).said("30 raised monitor_alarm medium to nurse").do(on(40, "d", "", High)).said("40 worsened monitor_alarm high to nurse")
	c.do(on(45, "e", "", Low)).do(on(46, "d", "", Low)).do(DeviceAlarm{Told: told(47), Key: "c"}).at(60).
		said("46 eased monitor_alarm medium to nurse", "47 eased monitor_alarm low to nurse")
	// A pump's own has the pump's priority, and is no alarm of the monitor's.
	c.do(on(61, "p", PumpAlarm, Medium)).said("61 raised pump_alarm medium to nurse").do(on(62, "q", PumpAlarm, High)).said("62 worsened pump_alarm high to nurse")
	c.do(DeviceAlarm{Told: told(63), Key: "q"}).do(DeviceAlarm{Told: told(64), Key: "p"}).at(65).said("63 eased pump_alarm medium to nurse", "64 cleared pump_alarm medium to nurse")
	for i := range 100 {
		c.do(on(66, strings.Repeat("x", i), "", Low))
	}
	if n := len(c.state.Beside()); n > mostDevices {
		t.Errorf("%d are remembered", n)
	}
}

// TestWatch_EndsWithTheWatch: when the visit is over, so is what was watched,
// and nothing of it comes back with the next.
func TestWatch_EndsWithTheWatch(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 16, vital.SpO2, 88).ack(16, SpO2Low).said("15 raised spo2_low high to nurse")
	c.facts(20, Facts{}).at(35).said("35 cleared spo2_low high to nurse")
	c.facts(40, Facts{Watching: true, Since: sec(40)}).at(400).said()
	// Whoever is not watched has no alarm of signs or data, whatever a device says.
	c = watched(t).facts(0, Facts{Linked: true, LinkDoubt: sec(0)}).do(DeviceAlarm{Told: told(1), Key: "a", Match: Apnoea, Priority: High, Active: true})
	c.at(400).said()
}
