package library

import (
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// alarmChecker gathers every mistake of an alarm file.
type alarmChecker struct{ checker }

// lines finds the line of a part of one row.
type lines func(path ...any) int

func (c *alarmChecker) alarms(f alarmFile) Alarms {
	c.head(f.Schema, alarmSchema, f.Version, f.Status, f.Sources)
	a := Alarms{version: f.Version, status: f.Status, sources: c.sources, settings: c.settings(f.Settings), symptoms: c.symptoms(f.Symptoms)}
	ids, conditions := map[string]bool{}, map[alarm.ID]bool{}
	for i, r := range f.Alarms {
		at := func(path ...any) int { return line(c.root, append([]any{"alarms", i}, path...)...) }
		if ids[r.ID] {
			c.fault(at("id"), "row %q was given before", r.ID)
		}
		if conditions[r.Condition] {
			c.fault(at("condition"), "row %q: condition %q has a row already", r.ID, r.Condition)
		}
		ids[r.ID], conditions[r.Condition] = true, true
		a.rules = append(a.rules, c.row(at, r))
	}
	for _, id := range alarm.IDs() {
		if !conditions[id] {
			c.fault(line(c.root, "alarms"), "condition %q has no row: the machine knows it", id)
		}
	}
	c.apart(a.rules)
	a.ours = oursOf(a.rules)
	return a
}

// settings reads the times of all conditions; each has to be there.
func (c *alarmChecker) settings(numbers []fileNumber) alarm.Settings {
	var s alarm.Settings
	places := map[string]*time.Duration{
		"escalate_high": &s.EscalateHigh, "escalate_medium": &s.EscalateMedium,
		"again_high": &s.AgainHigh, "again_medium": &s.AgainMedium,
		"bedside": &s.Bedside, "recheck": &s.Recheck, "pause_most": &s.PauseMost, "silent": &s.Silent, "rebuild": &s.Rebuild,
	}
	for i, n := range numbers {
		at := line(c.root, "settings", i)
		place, ok := places[n.Name]
		if !ok {
			c.fault(at, "setting %q is none, or was given before", n.Name)
			continue
		}
		delete(places, n.Name)
		c.ref(at, n.Name, cite.Ref{Part: "interval", Source: n.Source, Mark: n.Mark})
		if *place = c.span(at, n.Name, n.Value, n.Unit); *place <= 0 {
			c.fault(at, "setting %q has to be longer than nothing", n.Name)
		}
	}
	for _, name := range sorted(places) {
		c.fault(line(c.root, "settings"), "setting %q is missing", name)
	}
	return s
}

// symptoms checks that each code is one that staff can chart.
func (c *alarmChecker) symptoms(f fileSymptoms) []string {
	at := line(c.root, "symptoms")
	c.ref(at, "symptoms", cite.Ref{Part: "trigger", Source: f.Source, Mark: f.Mark})
	if len(f.Codes) == 0 {
		c.fault(at, "no symptom is named")
	}
	for _, code := range f.Codes {
		if !scale.KnownEffect(code) || code == "other" {
			c.fault(at, "symptom %q is no code of a side effect", code)
		}
	}
	return f.Codes
}

func (c *alarmChecker) row(at lines, r fileAlarm) alarm.Rule {
	if r.ID == "" || strings.TrimSpace(r.Text) == "" {
		c.fault(at(), "a row has an id and a text")
	}
	if r.Version < 1 {
		c.fault(at("version"), "row %q has no version above zero", r.ID)
	}
	if _, err := time.Parse(time.DateOnly, r.Effective); err != nil {
		c.fault(at("effective"), "row %q: effective %q is not a date (YYYY-MM-DD)", r.ID, r.Effective)
	}
	c.reviewed(at("reviewer"), r.ID, r.Reviewer, r.ReviewedOn)
	if !r.Condition.Valid() {
		c.fault(at("condition"), "row %q: unknown condition %q", r.ID, r.Condition)
	}
	if r.Condition.Valid() && r.Side != r.Condition.Side() {
		c.fault(at("side"), "row %q: side %q, but %s lies on side %q", r.ID, r.Side, r.Condition, r.Condition.Side())
	}
	out := alarm.Rule{
		ID: r.ID, Version: r.Version, Effective: r.Effective, Text: r.Text, Condition: r.Condition, Side: r.Side,
		Latch: r.Latch, Recheck: r.Recheck, Bedside: r.Bedside, Cites: r.Cites,
	}
	for j, l := range r.Levels {
		out.Levels = append(out.Levels, c.level(at("levels", j), r, l))
	}
	out.Clear = c.clear(at("clear"), r)
	out.Breathing = c.breathing(at, r)
	out.Consider = c.consider(at, r, out.Levels)
	c.kinds(at, r, out.Levels)
	c.inOrder(at("levels"), r.ID, out.Levels)
	// The rules that hold for the citations of a gate's rule hold here too.
	c.cites(at, fileRule{ID: r.ID, Text: r.Text, Cites: r.Cites, Numbers: make([]fileNumber, len(r.Levels))})
	out.Wording = c.wording(r.Cites)
	return out
}

// kinds checks that what a row says goes with its condition.
func (c *alarmChecker) kinds(at lines, r fileAlarm, levels []alarm.Level) {
	if len(levels) == 0 {
		c.fault(at("levels"), "row %q has no level", r.ID)
	}
	high := slices.ContainsFunc(levels, func(l alarm.Level) bool { return l.Priority == alarm.High })
	cuff := slices.ContainsFunc(r.Condition.Kinds(), func(k vital.Kind) bool {
		return k == vital.NIBPSys || k == vital.NIBPDia || k == vital.NIBPMean
	})
	score := r.Condition == alarm.SedationDeep || r.Condition == alarm.SedationBreathing || r.Condition == alarm.DistressHigh
	switch {
	case r.Latch && !high:
		c.fault(at("latch"), "row %q latches and has no red level", r.ID)
	case r.Recheck != cuff:
		c.fault(at("recheck"), "row %q: recheck goes with cuff readings, with all of them and with nothing else", r.ID)
	case r.Bedside && !score:
		c.fault(at("bedside"), "row %q: only a score is answered at the bedside", r.ID)
	}
}

// inOrder checks that red lies beyond yellow, among levels of one form.
func (c *alarmChecker) inOrder(at int, id string, levels []alarm.Level) {
	for _, y := range levels {
		for _, r := range levels {
			if r.Priority > y.Priority && nearer(r, y) {
				c.fault(at, "row %q: the %s level lies before the %s one", id, r.Priority, y.Priority)
			}
		}
	}
}

// nearer reports whether a is reached before b, where they can be compared.
func nearer(a, b alarm.Level) bool {
	switch {
	case a.Timed != b.Timed || a.Test.High() != b.Test.High() || (a.OfBaseline > 0) != (b.OfBaseline > 0) || (a.Rise > 0) != (b.Rise > 0) || (a.Intervals > 0) != (b.Intervals > 0):
		return false
	case a.Timed:
		return a.After < b.After
	case a.OfBaseline > 0 && a.Test.High():
		return a.OfBaseline < b.OfBaseline
	case a.OfBaseline > 0:
		return a.OfBaseline > b.OfBaseline
	case a.Test.High():
		return a.Value+a.Rise < b.Value+b.Rise
	}
	return a.Value > b.Value
}

// apart checks that the lower limits of a sign lie below its upper ones.
func (c *alarmChecker) apart(rules []alarm.Rule) {
	end := line(c.root, "alarms")
	for _, low := range rules {
		for _, high := range rules {
			if low.Side != alarm.SideLow || high.Side != alarm.SideHigh || !slices.Equal(low.Condition.Kinds(), high.Condition.Kinds()) {
				continue
			}
			if l, h, ok := closest(low, high); ok && l >= h {
				c.fault(end, "lower limit %v of %q is not below upper limit %v of %q", l, low.ID, h, high.ID)
			}
		}
	}
}

// closest are the highest lower and the lowest upper plain limit of two rows.
func closest(low, high alarm.Rule) (l, h vital.Value, ok bool) {
	var lows, highs []vital.Value
	for _, x := range low.Levels {
		if x.Value > 0 {
			lows = append(lows, x.Value)
		}
	}
	for _, x := range high.Levels {
		if x.Value > 0 {
			highs = append(highs, x.Value)
		}
	}
	if len(lows) == 0 || len(highs) == 0 || len(low.Condition.Kinds()) == 0 {
		return 0, 0, false
	}
	return slices.Max(lows), slices.Min(highs), true
}

// clear reads when a condition is over.
func (c *alarmChecker) clear(at int, r fileAlarm) alarm.Clear {
	if r.Clear == nil {
		return alarm.Clear{}
	}
	c.ref(at, r.ID+", clear", cite.Ref{Part: "interval", Source: r.Clear.Source, Mark: r.Clear.Mark})
	out := alarm.Clear{For: c.span(at, r.ID+", clear for", r.Clear.For, "s")}
	if r.Clear.By == "" {
		return out
	}
	if want := unitOf(r.Condition); r.Clear.Unit != want {
		c.fault(at, "row %q, clear: unit %q given where %q is meant", r.ID, r.Clear.Unit, want)
	}
	out.By = c.value(at, r.ID+", clear by", r.Clear.By)
	return out
}

// breathing reads the signs that go with light sedation.
func (c *alarmChecker) breathing(at lines, r fileAlarm) alarm.Breathing {
	var b alarm.Breathing
	places := map[string]func(i int, n fileNumber){}
	if r.Condition == alarm.SedationBreathing {
		sign := func(to *vital.Value, unit string) func(int, fileNumber) {
			return func(i int, n fileNumber) {
				if n.Unit != unit {
					c.fault(at("breathing", i), "row %q, %s: unit %q given where %q is meant", r.ID, n.Name, n.Unit, unit)
				}
				*to = c.value(at("breathing", i), r.ID+", "+n.Name, n.Value)
			}
		}
		long := func(to *time.Duration) func(int, fileNumber) {
			return func(i int, n fileNumber) { *to = c.span(at("breathing", i), r.ID+", "+n.Name, n.Value, n.Unit) }
		}
		places = map[string]func(int, fileNumber){
			"rr_below": sign(&b.RRBelow, perMin), "spo2_below": sign(&b.SpO2Below, "%"), "fall": sign(&b.Fall, "%"),
			"fall_within": long(&b.FallWithin), "fresh": long(&b.Fresh),
		}
	}
	for i, n := range r.Breathing {
		read, ok := places[n.Name]
		if !ok {
			c.fault(at("breathing", i), "row %q: number %q is none of its own, or was given before", r.ID, n.Name)
			continue
		}
		delete(places, n.Name)
		c.ref(at("breathing", i), r.ID+", "+n.Name, cite.Ref{Part: "threshold", Source: n.Source, Mark: n.Mark})
		read(i, n)
	}
	for _, name := range sorted(places) {
		c.fault(at("breathing"), "row %q has no number %q", r.ID, name)
	}
	if b.FallWithin > alarm.MostFallWithin {
		c.fault(at("breathing"), "row %q: a fall is looked for in at most %s", r.ID, alarm.MostFallWithin)
	}
	return b
}

// consider reads what to consider: something at each priority the row has.
func (c *alarmChecker) consider(at lines, r fileAlarm, levels []alarm.Level) []alarm.Consider {
	var out []alarm.Consider
	has := map[alarm.Priority]bool{}
	for j, f := range r.Consider {
		p := c.priority(at("consider", j), r.ID, f.Priority)
		x := alarm.Consider{Priority: p, Do: f.actions()}
		for _, do := range x.Do {
			args, ok := word.Known(do.Message().ID)
			if !ok || args != len(do.Message().Args) {
				c.fault(at("consider", j), "row %q: %q is no action, or has a number it does not take", r.ID, do.Name)
			}
		}
		has[p] = has[p] || len(x.Do) > 0
		out = append(out, x)
	}
	for _, l := range levels {
		if !has[l.Priority] || (r.Recheck && !has[alarm.Medium]) {
			c.fault(at("consider"), "row %q does not say what to consider at each of its priorities", r.ID)
			break
		}
	}
	return out
}

// wording opens the sentence of what to consider: no stronger than the weakest
// mark of the action.
func (c *alarmChecker) wording(refs []cite.Ref) string {
	worst, ok := weakest(refs, "action")
	if !ok {
		return ""
	}
	i := slices.IndexFunc(refs, func(ref cite.Ref) bool { return ref.Part == "action" && ref.Mark == worst })
	return cite.Wording(c.sources[refs[i].Source], worst)
}

func (c *alarmChecker) priority(at int, id, text string) alarm.Priority {
	var p alarm.Priority
	if err := p.UnmarshalText([]byte(text)); err != nil || p == alarm.Calm {
		c.fault(at, "row %q: %q is not low, medium or high", id, text)
	}
	return p
}

// value reads an exact decimal as a measured value.
func (c *alarmChecker) value(at int, what, text string) vital.Value {
	n, err := micros(fileNumber{Value: text})
	if err != nil {
		c.fault(at, "%s: %v", what, err)
	}
	return vital.Value(float64(n) / unit.Micro)
}

// span reads a length of time.
func (c *alarmChecker) span(at int, what, text, code string) time.Duration {
	per := knownUnits()[code].span
	if per == 0 {
		c.fault(at, "%s: unit %q is not one of time (s, min, h)", what, code)
	}
	n, err := micros(fileNumber{Value: text})
	if err != nil {
		c.fault(at, "%s: %v", what, err)
	}
	return time.Duration(n) * (per / unit.Micro)
}

// unitOf is the unit that a condition's levels stand in.
func unitOf(id alarm.ID) string {
	if kinds := id.Kinds(); len(kinds) > 0 {
		f, _ := vital.Of(kinds[0])
		return f.UCUM
	}
	if id == alarm.ClockOff {
		return "s"
	}
	return "1"
}
