package library_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/library"
	shipped "github.com/stillwatch/stillwatch/library"
)

func alarms(t testing.TB) library.Alarms {
	t.Helper()
	a, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestDecodeAlarms_Refuses: each mistake is refused with what is wrong, where,
// and what was meant.
func TestDecodeAlarms_Refuses(t *testing.T) {
	t.Parallel()
	const (
		spo2 = `{priority: medium, test: below, value: "94", unit: "%", hold: "30", mark: default, source: OURS, clinic: ["91", "96"]}`
		high = `{priority: high, test: below, value: "90", unit: "%", hold: "15", mark: default, source: OURS, clinic: ["90", "93"]}`
		end  = `{priority: low, before: "10", unit: min, mark: default, source: OURS}`
		set  = `{name: recheck, value: "2", unit: min, mark: default, source: OURS}`
		fall = `{name: fall, value: "3", unit: "%", mark: default, source: OURS}`
		off  = "    condition: spo2_low\n    text: Oxygen saturation is low.\n    side: low\n"
	)
	change := func(line, old, with string) [2]string { return [2]string{line, strings.Replace(line, old, with, 1)} }
	for _, c := range []struct {
		name string
		edit [2]string
		says []string
	}{
		{"another schema", [2]string{"alarm-library/1", "alarm-library/2"}, []string{"alarm-library/2", "alarm-library/1"}},
		{"no version", [2]string{"\nversion: 1\n", "\nversion: 0\n"}, []string{"version above zero"}},
		{"no status", [2]string{"status: not reviewed by a clinician", "status: ''"}, []string{"how far it was reviewed"}},
		{"an unknown key of a level", change(spo2, "hold", "wait"), []string{"wait"}},
		{"an unknown key of a row", [2]string{off, off + "    colour: red\n"}, []string{"colour"}},
		{"an unknown condition", [2]string{"condition: spo2_low", "condition: spo2_strange"}, []string{`unknown condition "spo2_strange"`, `condition "spo2_low" has no row`}},
		{"a condition with two rows", [2]string{"condition: map_high", "condition: map_low"}, []string{`condition "map_low" has a row already`, `condition "map_high" has no row`}},
		{"a row given twice", [2]string{"- id: AL-MAP-HIGH", "- id: AL-MAP-LOW"}, []string{`row "AL-MAP-LOW" was given before`}},
		{"a level without a source", change(spo2, ", source: OURS", ""), []string{"AL-SPO2-LOW, level", `unknown source ""`}},
		{"a level without a mark", change(spo2, "mark: default, ", ""), []string{`"" is not a mark`}},
		{"our level said to be verified", change(spo2, "default", "verified"), []string{"only our own settings are default"}},
		{"an unknown unit", change(spo2, `"%"`, `"furlong"`), []string{`unit "furlong" given where "%" is meant`}},
		{"another unit than is meant", change(spo2, `"%"`, `/min`), []string{`unit "/min" given where "%" is meant`}},
		{"no number", change(spo2, `"94"`, `"ninety"`), []string{`"ninety" is not a decimal number`}},
		{"not plausible", change(spo2, `"94"`, `"940"`), []string{"940 is no plausible value of spo2"}},
		{"red before yellow", change(high, `"90"`, `"95"`), []string{"the high level lies before the medium one"}},
		{"time: red before yellow", change(end, "before", "after"), []string{"AL-END", "lies before the low one"}},
		{"lower above upper", [2]string{`{priority: medium, test: below, value: "50", unit: /min`, `{priority: medium, test: below, value: "111", unit: /min`}, []string{`lower limit 111 of "AL-HR-LOW" is not below upper limit 110 of "AL-HR-HIGH"`}},
		{"a test that is none", change(spo2, "below", "beneath"), []string{`test "beneath" is not above`}},
		{"a test to the other side", change(spo2, "below", "above"), []string{`test above does not go with side "low"`}},
		{"another side", [2]string{off, strings.Replace(off, "side: low", "side: high", 1)}, []string{`side "high", but spo2_low lies on side "low"`}},
		{"a priority that is none", change(spo2, "medium", "amber"), []string{`"amber" is not low, medium or high`}},
		{"two forms", change(spo2, `hold: "30"`, `of_baseline: "0.9"`), []string{"one of value, of_baseline, rise"}},
		{"no form", change(spo2, `value: "94", `, ""), []string{"one of value, of_baseline, rise"}},
		{"time for a sign", change(spo2, `value: "94"`, `after: "94"`), []string{"levels on values, not on time"}},
		{"a value for a time", change(end, `before: "10"`, `value: "10"`), []string{"levels on time, not on values"}},
		{"time in another unit", change(end, "unit: min", "unit: kg"), []string{`unit "kg" is not one of time`}},
		{"yellow to everyone", change(spo2, `hold: "30"`, `everyone: true`), []string{"only a red level is at once or for everyone"}},
		{"baseline on its wrong side", [2]string{`of_baseline: "1.20"`, `of_baseline: "0.80"`}, []string{"wrong side"}},
		{"intervals that are none", [2]string{`intervals: "2"`, `intervals: "two"`}, []string{"whole number from 1 to 100"}},
		{"a setting missing", [2]string{"  - " + set + "\n", ""}, []string{`setting "recheck" is missing`}},
		{"a setting of no length", change(set, `"2"`, `"0"`), []string{"longer than nothing"}},
		{"a setting that is none", change(set, "recheck", "snooze"), []string{`setting "snooze" is none`}},
		{"a setting of no source", change(set, "OURS", "HEARSAY"), []string{`unknown source "HEARSAY"`}},
		{"a symptom that nobody can chart", [2]string{"codes: [headache,", "codes: [vapours,"}, []string{`symptom "vapours" is no code`}},
		{"no symptom", [2]string{"codes: [headache, chest_pain, seizure]", "codes: []"}, []string{"no symptom is named"}},
		{"symptoms of no source", [2]string{"seizure], mark: default, source: OURS}", "seizure], mark: default}"}, []string{"symptoms: unknown source"}},
		{"a margin in another unit", [2]string{`clear: {by: "1", unit: "%"`, `clear: {by: "1", unit: "/min"`}, []string{`clear: unit "/min" given where "%" is meant`}},
		{"a margin of no source", [2]string{`clear: {by: "1", unit: "%", for: "15", mark: default, source: OURS}`, `clear: {by: "1", unit: "%", for: "15"}`}, []string{"AL-SPO2-LOW, clear"}},
		{"latched without red", [2]string{"condition: nurse_load\n", "condition: nurse_load\n    latch: true\n"}, []string{"latches and has no red level"}},
		{"a cuff without its second reading", [2]string{"    latch: true\n    recheck: true\n", "    latch: true\n"}, []string{"recheck goes with cuff readings"}},
		{"a second reading without a cuff", [2]string{off, off + "    recheck: true\n"}, []string{"recheck goes with cuff readings"}},
		{"bedside without a score", [2]string{off, off + "    bedside: true\n"}, []string{"only a score is answered at the bedside"}},
		{"nothing to consider", [2]string{"      - {priority: medium, do: [stimulate, reposition]}\n", ""}, []string{"does not say what to consider at each of its priorities"}},
		{"an action that is none", [2]string{"do: [stimulate, reposition]", "do: [stimulate, dance]"}, []string{`"dance" is no action`}},
		{"an action without its number", [2]string{`"reduce: 50 %"`, "reduce"}, []string{`"reduce" is no action, or has a number it does not take`}},
		{"breathing without the fall", [2]string{"      - " + fall + "\n", ""}, []string{`has no number "fall"`}},
		{"a window that is too long", [2]string{`{name: fall_within, value: "5"`, `{name: fall_within, value: "50"`}, []string{"at most 14m0s"}},
		{"an action without a source", [2]string{"      - {part: action, source: OURS, mark: default}\n\n  - id: AL-DBP-HIGH", "\n  - id: AL-DBP-HIGH"}, []string{`rule "AL-SBP-LOW" does not say where its action comes from`}},
		{"a claim beyond its mark", [2]string{"text: Diastolic pressure is high.", "text: WAN15 says that diastolic pressure is high."}, []string{"AL-DBP-HIGH", "claims more than its marks allow"}},
		{"an anchor", [2]string{"    side: high\n", "    side: &s high\n"}, []string{"anchors and aliases"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := string(shipped.AlarmsYAML())
			if !strings.Contains(file, c.edit[0]) {
				t.Fatalf("the shipped file has no %q", c.edit[0])
			}
			a, err := library.DecodeAlarms([]byte(strings.Replace(file, c.edit[0], c.edit[1], 1)))
			if err == nil || a.Ready() {
				t.Fatal("loaded")
			}
			for _, part := range append(c.says, "line ") {
				if !strings.Contains(err.Error(), part) && part != "line " {
					t.Errorf("does not say %q: %v", part, err)
				}
			}
		})
	}
}

// TestDecodeAlarms_EveryRowIsNeeded: every condition the machine knows has a
// row, and every row is one of its conditions.
func TestDecodeAlarms_EveryRowIsNeeded(t *testing.T) {
	t.Parallel()
	blocks := strings.SplitAfter(string(shipped.AlarmsYAML()), "\n\n")
	rules := alarms(t).Rules()
	if len(rules) != len(alarm.IDs()) {
		t.Fatalf("%d rows for %d conditions", len(rules), len(alarm.IDs()))
	}
	for _, r := range rules {
		i := slices.IndexFunc(blocks, func(b string) bool { return strings.Contains(b, "  - id: "+r.ID+"\n") })
		if i < 0 {
			t.Fatalf("no block of %s", r.ID)
		}
		without := slices.Clone(blocks)
		without[i] = ""
		if strings.HasPrefix(blocks[i], "alarms:") {
			without[i] = "alarms:\n"
		}
		_, err := library.DecodeAlarms([]byte(strings.Join(without, "")))
		if err == nil || !strings.Contains(err.Error(), `condition "`+string(r.Condition)+`" has no row`) {
			t.Errorf("without %s: %v", r.ID, err)
		}
	}
}

// TestAlarms_EveryRowIsMarked: every part has a source that is there and a mark
// that it can carry; the levels are all ours, and no advice is worded as more.
func TestAlarms_EveryRowIsMarked(t *testing.T) {
	t.Parallel()
	a := alarms(t)
	for _, r := range a.Rules() {
		for _, l := range r.Levels {
			if l.Mark != cite.Default || l.Source != "OURS" {
				t.Errorf("%s: a level of %s, %s: the default alarm table is ours", r.ID, l.Mark, l.Source)
			}
		}
		for _, ref := range r.Cites {
			if s, ok := a.Source(ref.Source); !ok || (ref.Mark == cite.Default) != (s.Kind == cite.Ours) {
				t.Errorf("%s, %s: %s of %q", r.ID, ref.Part, ref.Mark, ref.Source)
			}
		}
		if r.Wording != "Clinic setting" {
			t.Errorf("%s advises as %q", r.ID, r.Wording)
		}
	}
	cited := string(shipped.AlarmsYAML())
	for line := range strings.Lines(cited) {
		if rest, ok := strings.CutPrefix(line, "  - {id: "); ok {
			if id, _, _ := strings.Cut(rest, ","); strings.Count(cited, "source: "+id) == 0 {
				t.Errorf("source %s stands behind nothing", id)
			}
		}
	}
}

// TestAlarms_AgreeWithTheSession: what two files say of one thing is the same.
func TestAlarms_AgreeWithTheSession(t *testing.T) {
	t.Parallel()
	s, l := decoded(t), alarms(t).For(nil, nil)
	level := func(id alarm.ID) alarm.Level {
		r, ok := l.Rule(id)
		if !ok {
			t.Fatalf("no rule of %s", id)
		}
		return r.Levels[len(r.Levels)-1]
	}
	if got, want := level(alarm.MonitorOffline).After, s.Duration(library.MonitorOffline); got != want {
		t.Errorf("offline after %v, but SW-MONITOR says %v", got, want)
	}
	if got, want := level(alarm.PauseLong).After, s.Duration(library.PauseLongest); got != want {
		t.Errorf("long pause after %v, but SW-PAUSE says %v", got, want)
	}
	if got, want := float64(level(alarm.ClockOff).Value), s.Duration(library.ClockOff).Seconds(); got != want {
		t.Errorf("clock off by %v s, but SW-MONITOR-CLOCK says %v", got, want)
	}
}

// TestAlarms_AreNotChangedFromOutside: what a caller does to a row it was given
// changes nothing in the library.
func TestAlarms_AreNotChangedFromOutside(t *testing.T) {
	t.Parallel()
	a := alarms(t)
	rules := a.Rules()
	rules[0].Levels[0].Value, rules[0].Cites[0].Mark, rules[0].Consider[0].Priority = 1, "changed", alarm.Calm
	if again := a.Rules()[0]; again.Levels[0].Value == 1 || again.Cites[0].Mark == "changed" || again.Consider[0].Priority == alarm.Calm {
		t.Error("the library changed")
	}
	if !strings.Contains(a.Standing(), "not reviewed") || a.Version() != 1 || a.Status() == "" || !a.Ready() {
		t.Error(a.Standing())
	}
	if none := (library.Alarms{}); none.Ready() || !strings.Contains(none.Standing(), "nothing is watched") {
		t.Error(none.Standing())
	}
}

func FuzzDecodeAlarms(f *testing.F) {
	f.Add(shipped.AlarmsYAML())
	f.Add([]byte("schema: stillwatch/alarm-library/1\nversion: 1\nalarms:\n  - {id: A, condition: spo2_low, levels: [{value: \"1\"}]}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := library.DecodeAlarms(b)
		if err != nil && a.Ready() {
			t.Fatal("refused, and ready")
		}
		a.For(nil, nil)
	})
}
