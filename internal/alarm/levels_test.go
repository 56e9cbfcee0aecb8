package alarm

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestLimits_RuleOf: each row is found under its condition, the first of the table
// among them; what has no row, or is no condition, is not.
func TestLimits_RuleOf(t *testing.T) {
	t.Parallel()
	rules := append(testRules(), Rule{ID: "T-mood", Condition: "mood"})
	l := NewLimits(rules, testSettings(), nil, nil)
	for _, want := range testRules() {
		if got, ok := l.Rule(want.Condition); !ok || got.ID != want.ID {
			t.Errorf("%s: %q, %v", want.Condition, got.ID, ok)
		}
	}
	for _, id := range []ID{"mood", EtCO2Low, ""} {
		if got, ok := l.Rule(id); ok || got.ID != "" {
			t.Errorf("%q has the row %q", id, got.ID)
		}
	}
	for _, id := range []ID{Help, QuarantineGrowing, "mood"} {
		if _, ok := (Limits{}).Rule(id); ok {
			t.Errorf("limits of nothing have a row of %s", id)
		}
	}
	if got := CannotApply(rules, order(vital.SpO2, "low", "92", "")); got != nil {
		t.Errorf("beside a row of an unknown condition: %v", got)
	}
	if got := l.Settings(); got != testSettings() {
		t.Errorf("settings %+v", got)
	}
}

// ordered are the levels of a condition that come from the order.
func ordered(l Limits, id ID) (out []clause) {
	for _, i := range l.byRule[id.number()] {
		if l.clauses[i].basis == fromOrder {
			out = append(out, l.clauses[i])
		}
	}
	return out
}

// TestLimits_TheOrderTakesOverThePlainLevel: an order's limit has the test and the delay
// of the row's first plain level of its colour: of none that acts at once, none that
// goes by the baseline, none of another colour; without one its side decides.
func TestLimits_TheOrderTakesOverThePlainLevel(t *testing.T) {
	t.Parallel()
	row := func(id ID, levels ...Level) Rule {
		return Rule{ID: "T", Version: 1, Condition: id, Side: id.Side(), Levels: levels}
	}
	low := row(SpO2Low,
		Level{Priority: High, Test: AtMost, Value: 80, AtOnce: true},
		Level{Priority: Medium, Test: Below, Value: 94, Hold: 30 * time.Second},
		Level{Priority: High, Test: Below, Value: 90, Hold: 15 * time.Second},
		Level{Priority: High, Test: AtMost, Value: 85, Hold: time.Second})
	high := row(EtCO2High,
		Level{Priority: Medium, Test: AtLeast, Rise: 10, Hold: 20 * time.Second},
		Level{Priority: Medium, Test: Above, Value: 45, Hold: 15 * time.Second})
	for name, c := range map[string]struct {
		rule Rule
		o    drug.Limit
		want Level
	}{
		"past the one at once":  {low, order(vital.SpO2, "low", "", "88"), Level{Priority: High, Test: Below, Value: 88, Hold: 15 * time.Second}},
		"of its own colour":     {low, order(vital.SpO2, "low", "92", ""), Level{Priority: Medium, Test: Below, Value: 92, Hold: 30 * time.Second}},
		"past the relative one": {high, order(vital.EtCO2, "high", "50", ""), Level{Priority: Medium, Test: Above, Value: 50, Hold: 15 * time.Second}},
		"none above":            {high, order(vital.EtCO2, "high", "", "60"), Level{Priority: High, Test: AtLeast, Value: 60}},
		"none below":            {row(SpO2Low), order(vital.SpO2, "low", "90", ""), Level{Priority: Medium, Test: AtMost, Value: 90}},
	} {
		l := NewLimits([]Rule{c.rule}, testSettings(), []drug.Limit{c.o}, []Rest{{vital.EtCO2, 30}})
		got := ordered(l, c.rule.Condition)
		if len(got) != 1 || got[0].Level != c.want || got[0].limit != c.want.Value {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if n := len(l.CouldNot()); n != 0 {
			t.Errorf("%s: %d could not be applied", name, n)
		}
	}
	// What acts at once stays beside it.
	l := NewLimits([]Rule{low}, testSettings(), []drug.Limit{order(vital.SpO2, "low", "92", "88")}, nil)
	if n := len(l.byRule[SpO2Low.number()]); n != 3 {
		t.Errorf("%d levels, want two of the order and the one at once", n)
	}
}

// TestLimits_TheStricterHolds: of two limits for the same thing the stricter holds,
// whichever stands first, on either side and of either colour.
func TestLimits_TheStricterHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind          vital.Kind
		id            ID
		side          string
		loose, strict string
		want          vital.Value
		colour        Priority
	}{
		{vital.SpO2, SpO2Low, "low", "90", "92", 92, Medium},
		{vital.SpO2, SpO2Low, "low", "86", "88", 88, High},
		{vital.HR, HRHigh, "high", "120", "115", 115, Medium},
		{vital.NIBPSys, SBPLow, "low", "95", "100", 100, High},
	} {
		of := func(v string) drug.Limit {
			if c.colour == Medium {
				return order(c.kind, c.side, v, "")
			}
			return order(c.kind, c.side, "", v)
		}
		for _, two := range [][]drug.Limit{{of(c.loose), of(c.strict)}, {of(c.strict), of(c.loose)}, {of(c.strict), of(c.strict)}} {
			got := ordered(with(two), c.id)
			if len(got) == 0 {
				t.Fatalf("%s: no level of the order", c.id)
			}
			for _, x := range got {
				if x.limit != c.want || x.Priority != c.colour {
					t.Errorf("%s by %v: %v %s, want %v", c.id, two, x.limit, x.Priority, c.want)
				}
			}
		}
	}
}

// TestLimits_OfTheBaseline: a level that goes by the baseline takes the patient's own
// resting value, and none that nobody can have; a rise is added, a factor multiplied,
// and a floor has to be met too.
func TestLimits_OfTheBaseline(t *testing.T) {
	t.Parallel()
	relative := func(l Limits, id ID) (out []clause) {
		for _, i := range l.byRule[id.number()] {
			if l.clauses[i].basis == fromBaseline {
				out = append(out, l.clauses[i])
			}
		}
		return out
	}
	l := with(nil, Rest{vital.HR, 60}, Rest{vital.NIBPSys, 1000}, Rest{vital.NIBPSys, 120}, Rest{vital.NIBPSys, 90}, Rest{vital.EtCO2, 30})
	got := relative(l, SBPHigh)
	if len(got) != 2 || got[0].limit != 144 || got[0].rest != 120 || got[0].signal != nibpSys || got[1].limit != 168 {
		t.Errorf("systolic: %+v", got)
	}
	if got := relative(l, EtCO2High); len(got) != 1 || got[0].limit != 40 || got[0].rest != 30 {
		t.Errorf("CO₂: %+v", got)
	}
	// By the arterial line nothing is known of this patient: both levels are named.
	said := l.CouldNot()
	if len(said) != 2 {
		t.Fatalf("%v", said)
	}
	for _, m := range said {
		if s := m.English(); !strings.Contains(s, "no baseline") || !strings.Contains(s, "Arterial systolic") {
			t.Error(s)
		}
	}
	said[0] = said[1]
	if again := l.CouldNot(); len(again) != 2 {
		t.Error(again)
	}
	for v, want := range map[vital.Value]bool{139: false, 144: false, 145: true, 170: true} {
		if got[0].met(v, 0) != want {
			t.Errorf("%v over 1.2 times 120 with a floor of 140 is met: %v", v, !want)
		}
	}
	low := with(nil, Rest{vital.NIBPSys, 100})
	first := relative(low, SBPHigh)[0] // 120 by the factor, but 140 by the floor
	for v, want := range map[vital.Value]bool{119: false, 121: false, 139: false, 140: true} {
		if first.met(v, 0) != want {
			t.Errorf("%v over 1.2 times 100 with a floor of 140 is met: %v", v, !want)
		}
	}
	if first.met(134, 5) || !first.met(135, 5) {
		t.Error("the margin does not move the floor")
	}
}

// TestLimits_InWords: what a limit is of, with its unit; a score has none, a clock's
// distance is a time.
func TestLimits_InWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[signal][3]string{
		spo2:     {"SpO₂", "92 %", "92"},
		moaas:    {"MOAA/S", "3", "3"},
		distress: {"Distress", "7", "7"},
		clock:    {"", "90 s", "90"},
	} {
		v := map[signal]vital.Value{spo2: 92, moaas: 3, distress: 7, clock: 90}[s]
		if got := s.text(v); got != want[1] {
			t.Errorf("signal %d: %q, want %q", s, got, want[1])
		}
		if got := s.label(); got != want[0] {
			t.Errorf("signal %d is called %q, want %q", s, got, want[0])
		}
	}
	if got := moaas.text(2.5); got != "2.5" {
		t.Errorf("%q", got)
	}
	if spo2.round(91.6) != 92 || clock.round(1.6) != 1.6 {
		t.Errorf("rounded to %v and %v", spo2.round(91.6), clock.round(1.6))
	}
	for id, want := range map[ID]Side{SpO2Low: SideLow, HRHigh: SideHigh, Help: "", "mood": "", QuarantineGrowing: ""} {
		if got := id.Side(); got != want {
			t.Errorf("%s lies on %q", id, got)
		}
	}
}
