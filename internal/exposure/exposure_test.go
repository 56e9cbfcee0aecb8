package exposure_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/unit"
)

var now = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration, mg, mgPerKg string) exposure.Infusion {
	return exposure.Infusion{Ended: now.Add(-d), Mass: unit.Mg(mg).Exact(), Dose: unit.MgPerKg(mgPerKg).Exact(), Known: true}
}

const day = 24 * time.Hour

func TestWindows(t *testing.T) {
	t.Parallel()
	given := []exposure.Infusion{
		ago(0, "10", "0.1"),
		ago(7*day-time.Second, "20", "0.2"),
		ago(7*day, "40", "0.4"), // the first instant does not count
		ago(90*day-time.Second, "80", "0"),
		{Ended: now.Add(-100 * day)}, // unread
		ago(365*day, "160", "1.6"),
		ago(-time.Second, "320", "3.2"), // not yet
	}
	want := []struct {
		days, infusions, unknown, unweighed int
		mg, mgPerKg                         string
	}{
		{7, 2, 0, 0, "30", "0.3"},
		{28, 3, 0, 0, "70", "0.7"},
		{90, 4, 0, 1, "150", "0.7"},
		{365, 5, 1, 2, "150", "0.7"},
	}
	got := exposure.Windows(given, now)
	if len(got) != len(want) {
		t.Fatalf("%d windows", len(got))
	}
	for i, w := range want {
		g := got[i]
		if g.Days != w.days || g.Infusions != w.infusions || g.Unknown != w.unknown || g.Unweighed != w.unweighed ||
			g.Mass.Cmp(unit.Mg(w.mg).Exact()) != 0 || g.Dose.Cmp(unit.MgPerKg(w.mgPerKg).Exact()) != 0 {
			t.Errorf("%d days: %+v, %s, %s; want %+v", w.days, g, g.Mass.Text(3), g.Dose.Text(3), w)
		}
	}
}

// TestWindows_Grow: a longer window never holds less, and what came before the year
// or is still to come changes nothing.
func TestWindows_Grow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var given []exposure.Infusion
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			in := ago(time.Duration(rapid.IntRange(-10, 400*24).Draw(t, "hours"))*time.Hour, "25.5", "0.35")
			in.Known = rapid.Bool().Draw(t, "known")
			given = append(given, in)
		}
		w := exposure.Windows(given, now)
		for i := 1; i < len(w); i++ {
			if w[i].Infusions < w[i-1].Infusions || w[i].Mass.Cmp(w[i-1].Mass) < 0 || w[i].Dose.Cmp(w[i-1].Dose) < 0 || w[i].Unknown < w[i-1].Unknown {
				t.Fatalf("%d days hold less than %d: %+v", w[i].Days, w[i-1].Days, w)
			}
		}
		more := exposure.Windows(append(given, ago(366*day, "9", "9"), ago(-time.Hour, "9", "9")), now)
		for i := range w {
			if more[i].Infusions != w[i].Infusions || more[i].Mass.Cmp(w[i].Mass) != 0 {
				t.Fatalf("what lies outside counts: %+v, %+v", w[i], more[i])
			}
		}
	})
}
