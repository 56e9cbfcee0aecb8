package alarm

import (
	"strings"
	"testing"
	"time"
)

func TestLevelWords(t *testing.T) {
	t.Parallel()
	rules := map[ID]Rule{SBPHigh: {Condition: SBPHigh, Recheck: true}, SpO2Low: {Condition: SpO2Low}, PlannedEnd: {Condition: PlannedEnd}, NoReading: {Condition: NoReading}, EtCO2High: {Condition: EtCO2High}}
	for _, c := range []struct {
		of   ID
		l    Level
		want string
	}{
		{SpO2Low, Level{Priority: Medium, Test: Below, Value: 94, Hold: 30 * time.Second}, "below 94 % for 30 s"},
		{SpO2Low, Level{Priority: High, Test: Below, Value: 85, AtOnce: true, Everyone: true}, "below 85 %; at once; everyone is called"},
		{SBPHigh, Level{Priority: Medium, Test: Above, OfBaseline: 1.2, Floor: 140}, "above 1.2 times the patient's baseline, and at least 140 mmHg"},
		{SBPHigh, Level{Priority: High, Test: AtLeast, Value: 180}, "180 mmHg or more; a cuff reading is repeated first"},
		{EtCO2High, Level{Priority: Medium, Test: AtLeast, Rise: 10}, "10 mmHg over the patient's baseline"},
		{PlannedEnd, Level{Priority: Low, Timed: true, After: -10 * time.Minute}, "10 min before"},
		{PlannedEnd, Level{Priority: Medium, Timed: true}, "at once"},
		{PlannedEnd, Level{Priority: High, Timed: true, After: 5 * time.Minute}, "after 5 min"},
		{NoReading, Level{Priority: Medium, Intervals: 2}, "after 2 intervals"},
	} {
		if got := rules[c.of].LevelWords(c.l); got != c.want {
			t.Errorf("%s: %q, want %q", c.of, got, c.want)
		}
	}
	// No level comes without words.
	for _, r := range testRules() {
		for _, l := range r.Levels {
			if got := r.LevelWords(l); got == "" || strings.ContainsAny(got, "[{") {
				t.Errorf("%s: a level reads %q", r.ID, got)
			}
		}
	}
}
