package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// sheetText writes a sheet's lines: c for the cuff, o for an observation, p for
// the peak, 2 for the second step, + for after the stop.
func sheetText(rows []SheetRow) string {
	var out []string
	for _, r := range rows {
		text := fmt.Sprint(int(r.After))
		if r.AfterStop {
			text = "+" + text
		}
		for _, m := range []struct {
			is   bool
			mark string
		}{{r.Cuff, "c"}, {r.Set, "o"}, {r.Peak, "p"}, {r.Step > 0, fmt.Sprint("s", r.Step)}} {
			if m.is {
				text += m.mark
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// TestSheetRows_AreTheOrdersPlan: every 5 minutes in the first half hour and
// after the change of the rate, then as the order says.
func TestSheetRows_AreTheOrdersPlan(t *testing.T) {
	t.Parallel()
	o := order() // 30 min, then 210 min
	o.Steps[1].Minutes = 60
	rows, whole := SheetRows(o, rules())
	want := "0co 5c 10c 15co 20c 25c 30cos2 35c 40cp 45co 50c 55c 60co 75co 90co +0co +15co +30co +45co +60co"
	if got := sheetText(rows); got != want || !whole {
		t.Errorf("the sheet asks %q (whole %v), want %q", got, whole, want)
	}
	o.Steps, o.Watch = []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 60}}, drug.Watch{CuffFirst: 10, Cuff: 20, Observation: 30, Recovery: 30, RecoveryLeast: 45}
	rows, _ = SheetRows(o, rules())
	if got, want := sheetText(rows), "0co 10c 20c 30co 50c 60o +0co +30co"; got != want {
		t.Errorf("the sheet asks %q, want %q", got, want)
	}
}

// A sheet ends, whatever an order says, and says that it is not whole.
func TestSheetRows_AreBounded(t *testing.T) {
	t.Parallel()
	long := order()
	long.Steps = slices.Repeat([]drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 600}}, 500)
	long.Watch.CuffFirst, long.Watch.Cuff, long.Watch.Observation, long.Watch.Recovery, long.Watch.RecoveryLeast = 1, 1, 1, 1, 9999
	rows, whole := SheetRows(long, rules())
	if len(rows) > 2*mostSheetRows || whole {
		t.Errorf("%d lines, whole %v", len(rows), whole)
	}
	none := order()
	none.Watch = drug.Watch{}
	if rows, _ := SheetRows(none, rules()); sheetText(rows) != "0co 15o 30cos2 45o 60o 75o 90o 105o 120o 135o 150o 165o 180o 195o 210o 225o 240o +0co" {
		t.Errorf("without intervals: %q", sheetText(rows))
	}
	if rows, whole := SheetRows(order(), library.Session{}); rows != nil || whole {
		t.Errorf("without a library: %v", rows)
	}
}

// TestDischargeRules_AreTheGates: each rule that the gate asks by is on paper,
// and the library has a text for it.
func TestDischargeRules_AreTheGates(t *testing.T) {
	t.Parallel()
	got := DischargeRules()
	for _, c := range askAll(GateDischarge, dischargeLines(), look{s: until(PhaseRecovering).state, env: envAt(at(400))}).Checks {
		if base, _, _ := strings.Cut(c.Rule, "-HIGH"); !slices.Contains(got, base) {
			t.Errorf("%s is asked by %s, which is not on the paper", c.ID, c.Rule)
		}
	}
	for _, id := range []string{"G-1", "G-2", "G-3", "G-4", "G-5", "G-6", "G-7", "G-8", "G-9"} {
		if r, ok := rules().Rule(id); !ok || r.Text == "" || !slices.Contains(got, id) {
			t.Errorf("%s is not on the paper, or says nothing", id)
		}
	}
}
