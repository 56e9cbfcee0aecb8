package library

import (
	"maps"
	"slices"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
)

// level reads one level. It has exactly one of the forms that its condition
// can be held to.
func (c *alarmChecker) level(at int, r fileAlarm, f fileLevel) alarm.Level {
	l := alarm.Level{AtOnce: f.AtOnce, Everyone: f.Everyone, Mark: f.Mark, Source: f.Source, Test: f.Test}
	l.Priority = c.priority(at, r.ID, f.Priority)
	c.ref(at, r.ID+", level", cite.Ref{Part: "threshold", Source: f.Source, Mark: f.Mark})
	if (f.AtOnce || f.Everyone) && l.Priority != alarm.High {
		c.fault(at, "row %q: only a red level is at once or for everyone", r.ID)
	}
	c.bounded(at, r.ID+", level", f.Clinic, f.Mark, f.Value)
	if f.Hold != "" {
		l.Hold = c.span(at, r.ID+", hold", f.Hold, "s")
	}
	c.oneForm(at, r, f)
	if r.Condition.OnSigns() {
		c.onSigns(at, r, f, &l)
	} else {
		c.onTime(at, r, f, &l)
	}
	return l
}

// oneForm refuses a level that says several things, or nothing.
func (c *alarmChecker) oneForm(at int, r fileAlarm, f fileLevel) {
	forms := 0
	for _, text := range []string{f.Value, f.OfBaseline, f.Rise, f.Before, f.After, f.Intervals} {
		if text != "" {
			forms++
		}
	}
	if forms != 1 {
		c.fault(at, "row %q: a level has one of value, of_baseline, rise, before, after and intervals", r.ID)
	}
}

func (c *alarmChecker) onSigns(at int, r fileAlarm, f fileLevel, l *alarm.Level) {
	if f.Before+f.After+f.Intervals != "" {
		c.fault(at, "row %q: %s has levels on values, not on time", r.ID, r.Condition)
	}
	switch {
	case !f.Test.Valid():
		c.fault(at, "row %q: test %q is not above, at_least, below or at_most", r.ID, f.Test)
	case f.Test.High() != (r.Side == alarm.SideHigh):
		c.fault(at, "row %q: test %s does not go with side %q", r.ID, f.Test, r.Side)
	}
	if want := unitOf(r.Condition); f.Unit != want {
		c.fault(at, "row %q: unit %q given where %q is meant", r.ID, f.Unit, want)
	}
	if f.Value != "" {
		l.Value = c.value(at, r.ID+", value", f.Value)
		c.plausible(at, r, f.Value, l)
	}
	if f.OfBaseline != "" {
		l.OfBaseline = alarm.Factor(c.value(at, r.ID+", of_baseline", f.OfBaseline))
		if (l.OfBaseline > 1) != f.Test.High() || l.OfBaseline == 1 || l.OfBaseline == 0 {
			c.fault(at, "row %q: %s times the baseline lies on the wrong side of it", r.ID, f.OfBaseline)
		}
	}
	if f.Rise != "" {
		l.Rise = c.value(at, r.ID+", rise", f.Rise)
		if !f.Test.High() || l.Rise == 0 {
			c.fault(at, "row %q: a rise goes upwards", r.ID)
		}
	}
	if f.Floor != "" {
		l.Floor = c.value(at, r.ID+", floor", f.Floor)
	}
}

// plausible refuses a limit that no living patient can reach.
func (c *alarmChecker) plausible(at int, r fileAlarm, text string, l *alarm.Level) {
	for _, k := range r.Condition.Kinds() {
		if !k.Plausible(l.Value) {
			c.fault(at, "row %q: %s is no plausible value of %s", r.ID, text, k)
		}
	}
}

func (c *alarmChecker) onTime(at int, r fileAlarm, f fileLevel, l *alarm.Level) {
	if f.Value+f.OfBaseline+f.Rise+f.Floor+string(f.Test)+f.Hold != "" {
		c.fault(at, "row %q: %s has levels on time, not on values", r.ID, r.Condition)
	}
	switch {
	case f.Intervals != "":
		n, err := strconv.Atoi(f.Intervals)
		if err != nil || n < 1 || n > 100 || f.Unit != "" {
			c.fault(at, "row %q: intervals are a whole number from 1 to 100, without a unit", r.ID)
		}
		l.Intervals = n
	case f.Before != "":
		l.Timed, l.After = true, -c.span(at, r.ID+", before", f.Before, f.Unit)
	case f.After != "":
		l.Timed, l.After = true, c.span(at, r.ID+", after", f.After, f.Unit)
	}
}

// sorted are the names in a map, for messages in a fixed order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
