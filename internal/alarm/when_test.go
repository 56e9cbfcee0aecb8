package alarm

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// onlyOf forgets what was announced of other conditions.
func (c *clinic) onlyOf(id ID) *clinic {
	var kept []Change
	for _, x := range c.log {
		if x.Condition == id {
			kept = append(kept, x)
		}
	}
	c.log = kept
	return c
}

// TestLightSedation_When: the delay runs from the first poor sign while the
// patient is drowsy, begins anew after a good one, and the alarm goes when
// breathing is good again or when nothing fresh says that it is poor.
func TestLightSedation_When(t *testing.T) {
	t.Parallel()
	drowsy := func(t *testing.T) *clinic {
		t.Helper()
		return watched(t).moaas(0, 4).sample(10, vital.SpO2, 94)
	}
	raised := "25 raised sedation_breathing medium to nurse"
	t.Run("fifteen seconds after the first poor sign", func(t *testing.T) {
		t.Parallel()
		c := drowsy(t).at(24.9).said().at(26)
		if len(c.log) == 1 && !c.log[0].Since.Equal(sec(10)) {
			t.Errorf("since %v", c.log[0].Since.Sub(nine))
		}
		c.said(raised)
	})
	t.Run("a good sign in between begins it anew", func(t *testing.T) {
		t.Parallel()
		c := drowsy(t).sample(20, vital.SpO2, 98).sample(22, vital.SpO2, 94)
		c.at(36.9).said().at(38).said("37 raised sedation_breathing medium to nurse")
	})
	t.Run("awake in between begins it anew", func(t *testing.T) {
		t.Parallel()
		c := drowsy(t).moaas(20, 5).moaas(22, 4)
		c.at(36.9).said().at(38).said("37 raised sedation_breathing medium to nurse")
	})
	t.Run("breathing well again ends it", func(t *testing.T) {
		t.Parallel()
		c := drowsy(t).at(26).sample(60, vital.SpO2, 98).at(74.9).said(raised)
		c.at(76).said("75 cleared sedation_breathing medium to nurse")
	})
	t.Run("awake again ends it", func(t *testing.T) {
		t.Parallel()
		drowsy(t).moaas(60, 5).at(76).said(raised, "75 cleared sedation_breathing medium to nurse")
	})
	// A sign counts for five minutes, the last instant included; the machine
	// wakes by itself just after them.
	for name, x := range map[string]struct {
		kind  vital.Kind
		value vital.Value
	}{"SpO2": {vital.SpO2, 94}, "respiratory rate": {vital.RR, 11}} {
		t.Run("nothing fresh is poor any more: "+name, func(t *testing.T) {
			t.Parallel()
			c := watched(t).moaas(0, 4).sample(10, x.kind, x.value).at(26).ack(26, SedationBreathing)
			c.onlyOf(SedationBreathing).said(raised)
			c.at(310).at(325.5).onlyOf(SedationBreathing).said("325.000001 cleared sedation_breathing medium to nurse")
		})
		t.Run("the machine wakes when it is no longer fresh: "+name, func(t *testing.T) {
			t.Parallel()
			c := watched(t).moaas(0, 4).sample(10, x.kind, x.value).at(26).ack(26, SedationBreathing).ack(26, RRLow)
			c.at(309)
			if due, ok := c.state.Due(); !ok || !due.Equal(sec(310).Add(instant)) {
				t.Errorf("due %v, %v", due.Sub(nine), ok)
			}
		})
	}
	t.Run("one site that reads well does not hide another", func(t *testing.T) {
		t.Parallel()
		c := drowsy(t)
		for s := 11.0; s < 40; s++ {
			c.do(Sample{Told: told(s), Kind: vital.SpO2, Site: "toe", Value: 98, At: sec(s), Quality: vital.Good})
		}
		c.said(raised)
	})
	t.Run("a rate that is good does not hide a poor saturation", func(t *testing.T) {
		t.Parallel()
		drowsy(t).sample(11, vital.RR, 14).at(26).said(raised)
		watched(t).moaas(0, 4).sample(9, vital.RR, 14).sample(10, vital.SpO2, 94).at(26).said(raised)
	})
}

// TestMonitorOffline_AfterTimeOffTheMonitor: when the time off the monitor is
// over the machine wakes by itself, and a monitor that stays silent alarms.
func TestMonitorOffline_AfterTimeOffTheMonitor(t *testing.T) {
	t.Parallel()
	c := watched(t).facts(0, Facts{Watching: true, Linked: true, OffMonitorTill: sec(100)})
	c.at(140).said("130 raised monitor_offline high to nurse")
}
