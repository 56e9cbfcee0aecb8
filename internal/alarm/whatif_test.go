package alarm

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/vital"
)

func TestTrial_Apply(t *testing.T) {
	t.Parallel()
	limit := func(v vital.Value) *vital.Value { return &v }
	delay := func(d time.Duration) *time.Duration { return &d }
	for _, c := range []struct {
		name  string
		trial Trial
		want  func(Rule) bool // nil: refused
	}{
		{"a value", Trial{Condition: SpO2Low, Level: 1, Limit: limit(88)}, func(r Rule) bool { return r.Levels[1].Value == 88 && r.Levels[0].Value == 94 }},
		{"a delay", Trial{Condition: SpO2Low, Delay: delay(time.Minute)}, func(r Rule) bool { return r.Levels[0].Hold == time.Minute && r.Levels[1].Hold == 15*time.Second }},
		{"a factor", Trial{Condition: SBPHigh, Level: 1, Limit: limit(1.3)}, func(r Rule) bool { return r.Levels[1].OfBaseline == 1.3 && r.Levels[1].Floor == 140 }},
		{"a rise", Trial{Condition: EtCO2High, Level: 1, Limit: limit(12)}, func(r Rule) bool { return r.Levels[1].Rise == 12 }},
		{"a time", Trial{Condition: PauseLong, Delay: delay(time.Hour)}, func(r Rule) bool { return r.Levels[0].After == time.Hour }},
		{"a margin", Trial{Condition: SpO2Low, Margin: limit(3), Over: delay(time.Second)}, func(r Rule) bool { return r.Clear == Clear{3, time.Second} }},
		{"a limit of a time", Trial{Condition: PauseLong, Limit: limit(3)}, nil},
		{"a delay of what is at once", Trial{Condition: SpO2Low, Level: 2, Delay: delay(time.Second)}, nil},
		{"a margin of a time", Trial{Condition: PauseLong, Margin: limit(3)}, nil},
		{"a limit of intervals", Trial{Condition: NoReading, Limit: limit(3)}, nil},
		{"no such level", Trial{Condition: SpO2Low, Level: 9, Limit: limit(3)}, nil},
		{"below the first", Trial{Condition: SpO2Low, Level: -1, Limit: limit(3)}, nil},
		{"no such rule", Trial{Condition: "moon", Limit: limit(3)}, nil},
	} {
		rules := testRules()
		out, ok := c.trial.Apply(rules)
		if ok != (c.want != nil) {
			t.Errorf("%s: applied %v", c.name, ok)
			continue
		}
		if ok && !c.want(Only(out, c.trial.Condition)[0]) {
			t.Errorf("%s: %+v", c.name, Only(out, c.trial.Condition))
		}
		if was := Only(testRules(), c.trial.Condition); len(was) > 0 {
			now := Only(rules, c.trial.Condition)[0]
			if now.Clear != was[0].Clear || now.Levels[0] != was[0].Levels[0] {
				t.Errorf("%s: the rules themselves were changed", c.name)
			}
		}
	}
}

// TestOnly_IsWhatItIsAmongAll: a condition alone, told only what it sees,
// announces what it announces among all others.
func TestOnly_IsWhatItIsAmongAll(t *testing.T) {
	t.Parallel()
	rest := []Rest{{vital.NIBPSys, 120}, {vital.EtCO2, 30}}
	all := NewLimits(testRules(), testSettings(), nil, rest)
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		inputs := story(t)
		until := inputs[len(inputs)-1].told().Add(time.Minute)
		among := Replay(all, inputs, until)
		seen += len(among)
		for range 3 {
			r := rapid.SampledFrom(testRules()).Draw(t, "rule")
			own := slices.DeleteFunc(slices.Clone(inputs), func(in Input) bool { return !r.Condition.Sees(in) })
			want := slices.DeleteFunc(slices.Clone(among), func(e Episode) bool { return e.Condition != r.Condition })
			alone := Replay(NewLimits(Only(testRules(), r.Condition), testSettings(), nil, rest), own, until)
			if !slices.EqualFunc(alone, want, near) {
				t.Fatalf("%s: alone %+v, among all %+v", r.Condition, alone, want)
			}
		}
	})
	if seen < 100 {
		t.Errorf("only %d announcements were compared", seen)
	}
}

// near reports whether two announcements are one: what others do may wake the
// machine a part of a microsecond sooner.
func near(a, b Episode) bool {
	same := func(x, y time.Time) bool { return x.Sub(y).Abs() <= instant }
	return a.Condition == b.Condition && a.Priority == b.Priority && same(a.Raised, b.Raised) && same(a.Announced, b.Announced) &&
		same(a.Cleared, b.Cleared) && a.Text == b.Text
}

func TestShifts(t *testing.T) {
	t.Parallel()
	e := func(raised, announced, cleared float64, p Priority) Episode {
		out := Episode{Condition: SpO2Low, Priority: p, Raised: sec(raised), Announced: sec(announced)}
		if cleared > 0 {
			out.Cleared = sec(cleared)
		}
		return out
	}
	before := []Episode{e(0, 30, 60, Medium), e(100, 130, 200, Medium), e(300, 315, 0, High)}
	after := []Episode{e(100, 160, 200, Medium), e(300, 315, 0, High), e(400, 415, 420, Medium)}
	got := Shifts(before, after, sec(500))
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	if got[0].After != nil || got[0].Later() != 0 {
		t.Errorf("the first is gone: %+v", got[0])
	}
	if got[1].Later() != 30*time.Second || got[2].Later() != 0 || got[2].After == nil {
		t.Errorf("the second is later, the third as it is: %+v, %+v", got[1], got[2])
	}
	if got[3].Before != nil || got[3].After.Raised != sec(400) {
		t.Errorf("the last is new: %+v", got[3])
	}
	// Two that overlap one: each is paired once.
	two := Shifts([]Episode{e(0, 1, 100, Medium), e(2, 3, 100, Medium)}, []Episode{e(0, 1, 100, Medium)}, sec(500))
	if len(two) != 2 || two[0].After == nil || two[1].After != nil {
		t.Errorf("%+v", two)
	}
}
