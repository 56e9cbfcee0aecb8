package alarm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// The rules of these tests stand here, so that the machine is tested against
// numbers that are seen beside the case; the shipped rows are tested where they
// are decoded.
func testRules() []Rule {
	do := []Consider{{Low, []Action{{Name: "prepare_end"}}}, {Medium, []Action{{Name: "no_raise"}}}, {High, []Action{{Name: "pause"}, {Name: "call_prescriber"}}}}
	value := func(id ID, latch bool, by vital.Value, levels ...Level) Rule {
		return Rule{ID: "T-" + string(id), Version: 1, Condition: id, Side: id.Side(), Levels: levels, Clear: Clear{By: by, For: 15 * time.Second}, Latch: latch, Consider: do, Wording: "Clinic setting"}
	}
	timed := func(id ID, levels ...Level) Rule {
		return Rule{ID: "T-" + string(id), Version: 1, Condition: id, Levels: levels, Consider: do, Wording: "Clinic setting"}
	}
	after := func(p Priority, d time.Duration) Level { return Level{Priority: p, Timed: true, After: d} }
	hold := 15 * time.Second
	sbpHigh := value(SBPHigh, true, 5,
		Level{Priority: Medium, Test: AtLeast, Value: 160, Hold: hold},
		Level{Priority: Medium, Test: Above, OfBaseline: 1.2, Floor: 140, Hold: hold},
		Level{Priority: High, Test: AtLeast, Value: 180, Hold: hold},
		Level{Priority: High, Test: Above, OfBaseline: 1.4, Floor: 160, Hold: hold},
		Level{Priority: High, Test: AtLeast, Value: 220, AtOnce: true})
	sbpHigh.Recheck = true
	sbpLow := value(SBPLow, true, 5, Level{Priority: High, Test: AtMost, Value: 90, Hold: hold}, Level{Priority: High, Test: AtMost, Value: 80, AtOnce: true})
	sbpLow.Recheck = true
	deep := value(SedationDeep, true, 0, Level{Priority: High, Test: AtMost, Value: 3}, Level{Priority: High, Test: AtMost, Value: 2, AtOnce: true, Everyone: true})
	deep.Bedside, deep.Clear = true, Clear{}
	upset := value(DistressHigh, true, 0, Level{Priority: Medium, Test: AtLeast, Value: 5}, Level{Priority: High, Test: AtLeast, Value: 7})
	upset.Bedside, upset.Clear = true, Clear{}
	light := value(SedationBreathing, false, 0, Level{Priority: Medium, Test: AtMost, Value: 4, Floor: 4, Hold: hold})
	light.Breathing = Breathing{RRBelow: 12, SpO2Below: 95, Fall: 3, FallWithin: 5 * time.Minute, Fresh: 5 * time.Minute}
	noReading := timed(NoReading, Level{Priority: Medium, Intervals: 2}, after(High, time.Minute))
	noReading.Latch = true
	offline := timed(MonitorOffline, after(High, 30*time.Second))
	offline.Latch = true
	growing := timed(QuarantineGrowing, after(Low, 0))
	growing.Clear.For = 5 * time.Minute
	help := timed(Help, Level{Priority: High, Timed: true, AtOnce: true, Everyone: true})
	return []Rule{
		value(SpO2Low, true, 1, Level{Priority: Medium, Test: Below, Value: 94, Hold: 30 * time.Second}, Level{Priority: High, Test: Below, Value: 90, Hold: hold}, Level{Priority: High, Test: Below, Value: 85, AtOnce: true, Everyone: true}),
		value(HRHigh, true, 5, Level{Priority: Medium, Test: Above, Value: 110, Hold: hold}, Level{Priority: High, Test: Above, Value: 130, Hold: hold}),
		value(RRLow, true, 1, Level{Priority: Medium, Test: AtMost, Value: 11, Hold: hold}, Level{Priority: High, Test: AtMost, Value: 8, Hold: hold}),
		value(EtCO2High, true, 2, Level{Priority: Medium, Test: Above, Value: 45, Hold: hold}, Level{Priority: Medium, Test: AtLeast, Rise: 10, Hold: hold}),
		sbpHigh, sbpLow, deep, upset, light, noReading, offline, growing, help,
		timed(EtCO2Lost, after(High, 20*time.Second)),
		timed(PlannedEnd, after(Low, -10*time.Minute), after(Medium, 0), after(High, time.Minute)),
		timed(SessionMaximum, after(Low, -10*time.Minute), after(Medium, 0), after(High, time.Minute)),
		timed(VolumeLow, after(Medium, -10*time.Minute)), timed(PauseLong, after(Medium, 30*time.Minute)),
		timed(PumpUnconfirmed, after(High, 30*time.Second)), timed(RateOffOrder, after(High, 0)), timed(RatesApart, after(Medium, 0)), timed(LinkUnconfirmed, after(Medium, 0)), timed(Unheard, after(Medium, 15*time.Second)),
		timed(ObservationOverdue, after(Low, 0), Level{Priority: Medium, Intervals: 1}),
		timed(Apnoea, after(High, 0)), timed(PumpAir, after(High, 0)), timed(MonitorAlarm, after(Low, 0), after(Medium, 0), after(High, 0)),
		timed(PumpDiffers, after(High, 30*time.Second)), timed(PumpStopped, after(Medium, 30*time.Second)), timed(PumpAlarm, after(Low, 0), after(Medium, 0), after(High, 0)),
		timed(PrescriberAbsent, after(Medium, 0)), timed(ConsentGone, after(High, 0)), timed(OrderOutdated, after(Medium, 0)), timed(NurseAbsent, after(Medium, 60*time.Second)), timed(NurseLoad, after(Low, 0)),
		value(ClockOff, false, 5, Level{Priority: Low, Test: Above, Value: 30}),
	}
}

func testSettings() Settings {
	return Settings{
		EscalateHigh: 30 * time.Second, EscalateMedium: 2 * time.Minute, AgainHigh: 2 * time.Minute, AgainMedium: 5 * time.Minute,
		Bedside: 2 * time.Minute, Recheck: 2 * time.Minute, PauseMost: 10 * time.Minute, Silent: time.Minute, Rebuild: 30 * time.Minute,
	}
}

func testLimits() Limits {
	return NewLimits(testRules(), testSettings(), nil, []Rest{{vital.NIBPSys, 120}, {vital.EtCO2, 30}})
}

// nine is when the tests begin.
var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// clinic drives the machine and wakes it when it is due, as app does.
type clinic struct {
	t      testing.TB
	limits Limits
	state  State
	log    []Change
}

func watched(t testing.TB) *clinic {
	t.Helper()
	c := &clinic{t: t, limits: testLimits()}
	c.facts(0, Facts{Watching: true, Since: nine})
	return c
}

// sec is an instant so many seconds after nine, in what the record counts in: the
// clinic's clock knows none in between.
func sec(s float64) time.Time {
	return nine.Add(time.Duration(s * float64(time.Second))).Truncate(instant)
}

func told(s float64) Told { return Told(sec(s)) }

func (c *clinic) do(in Input) *clinic {
	c.t.Helper()
	c.wake(in.told())
	c.step(in)
	return c
}

func (c *clinic) step(in Input) {
	var changes []Change
	c.state, changes = Step(c.state, c.limits, in)
	c.log = append(c.log, changes...)
}

// wake ticks the machine whenever it is due before an instant.
func (c *clinic) wake(until time.Time) {
	for {
		due, ok := c.state.Due()
		if !ok || !due.Before(until) {
			return
		}
		c.step(Tick{Told(due)})
	}
}

func (c *clinic) at(s float64) *clinic { c.t.Helper(); return c.do(Tick{told(s)}) }

func (c *clinic) facts(s float64, f Facts) *clinic {
	c.t.Helper()
	if f.Watching && f.Since.IsZero() {
		f.Since = nine
	}
	return c.do(FactsChanged{told(s), f})
}

func (c *clinic) sample(s float64, k vital.Kind, v vital.Value) *clinic {
	c.t.Helper()
	return c.do(Sample{Told: told(s), Kind: k, Value: v, At: sec(s), Quality: vital.Good}).do(Heard{told(s)})
}

// every samples a value once a second, from inclusive to exclusive.
func (c *clinic) every(from, to int, k vital.Kind, v vital.Value) *clinic {
	c.t.Helper()
	for s := from; s < to; s++ {
		c.sample(float64(s), k, v)
	}
	return c
}

func (c *clinic) moaas(s float64, level scale.Sedation) *clinic {
	c.t.Helper()
	return c.do(Score{Told: told(s), At: sec(s), By: "okafor", Sedation: &level})
}

func (c *clinic) ack(s float64, id ID) *clinic {
	c.t.Helper()
	c.wake(sec(s))
	a, _ := c.state.Announced.Alarm(id)
	return c.do(Acknowledged{told(s), id, "okafor", a.Announcement})
}

func (c *clinic) pause(s float64, id ID, until float64) *clinic {
	c.t.Helper()
	c.wake(sec(s))
	a, _ := c.state.Announced.Alarm(id)
	return c.do(Paused{told(s), id, "okafor", a.Announcement, sec(until)})
}

// line writes a change short: when, what, which condition, how urgent, to whom.
func line(c Change) string {
	recheck := ""
	if c.Recheck {
		recheck = " recheck"
	}
	return fmt.Sprintf("%v %s %s %s to %s%s", c.At.Sub(nine).Seconds(), c.Kind, c.Condition, c.Priority, c.Stage, recheck)
}

// said compares what was announced so far, and forgets it.
func (c *clinic) said(want ...string) *clinic {
	c.t.Helper()
	got := make([]string, len(c.log))
	for i, x := range c.log {
		got[i] = line(x)
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("said\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	c.log = nil
	return c
}

func order(kind vital.Kind, side, yellow, red string) drug.Limit {
	return drug.Limit{Kind: kind, Side: side, Yellow: yellow, Red: red}
}
