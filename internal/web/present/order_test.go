package present

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// underOrder is a visit with an order for 61.5 kg at 2 mg/mL: 0.4 mg/kg/h is
// 24.6 mg/h, which is 12.3 mL/h; the bag of 75 mL holds 150 mg, 3 mL of a vial
// of 50 mg/mL.
func underOrder(p session.Phase) app.Visit {
	v := visit(p, at(0))
	v.State.Order = &drug.Order{
		Drug: "ketamine", Concentration: unit.MgPerML("2"), BagVolume: unit.ML("75"), Diluent: "0.9 % NaCl",
		DosingWeight: unit.Kg("61.5"), WeightBasis: "measured", PumpStep: unit.MLPerH("0.1"),
		Steps: []drug.Step{{Rate: unit.MgPerKgH("0.4"), Minutes: 60}},
	}
	v.State.Vials = []drug.Vial{{Lot: "K1", Strength: unit.MgPerML("50"), Volume: unit.ML("3")}}
	v.State.Ordered = unit.MgPerKgH("0.4")
	return v
}

// TestBeside_SaysWhatTheOrderSays: at each act, the order's numbers that it is
// done by.
func TestBeside_SaysWhatTheOrderSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phase session.Phase
		act   act.Act
		says  []string
	}{
		{session.PhaseReady, session.ActOpenVials, []string{"ketamine 2 mg/mL", "bag of 75 mL in 0.9 % NaCl"}},
		{session.PhaseReady, session.ActCompute, []string{"ketamine 2 mg/mL", "bag of 75 mL", "61.5 kg (measured)", "vials of 50 mg/mL"}},
		{session.PhasePrepared, session.ActTimeOut, []string{"ketamine 2 mg/mL"}},
		{session.PhasePrepared, session.ActStart, []string{"First step: 0.4 mg/kg/h", "Set 12.3 mL/h"}},
		{session.PhaseInfusing, session.ActRate, []string{"Ordered now: 0.4 mg/kg/h", "Set 12.3 mL/h"}},
		{session.PhasePaused, session.ActResume, []string{"Ordered before the pause: 0.4 mg/kg/h", "Set 12.3 mL/h"}},
	} {
		said := ""
		for _, a := range Acts(underOrder(c.phase)) {
			if a.Act == string(c.act) && a.Intro == "" {
				said = strings.Join(a.Beside, " ")
			}
		}
		for _, want := range c.says {
			if !strings.Contains(said, want) {
				t.Errorf("beside %s stands %q, without %q", c.act, said, want)
			}
		}
	}
}

// TestBeside_ComputesNothingForTwoWhoCompute: until both have computed and
// agree, neither the mg in the bag nor the mL to draw stands on a button or in
// the order that is looked up, also where one has computed.
func TestBeside_ComputesNothingForTwoWhoCompute(t *testing.T) {
	t.Parallel()
	v := underOrder(session.PhaseReady)
	v.State.Computed = []session.DrawUpComputed{{By: "okafor", Mass: unit.Mg("150"), Volume: unit.ML("3")}}
	var said []string
	for _, a := range Acts(v) {
		said = append(said, a.Beside...)
	}
	for _, p := range Order(v) {
		said = append(said, p.Part+" "+p.Text)
	}
	if len(said) == 0 {
		t.Fatal("nothing is said")
	}
	for _, s := range said {
		for _, answer := range []string{"150 mg", " 3 mL"} {
			if strings.Contains(s, answer) {
				t.Errorf("%q gives %q away", s, answer)
			}
		}
	}
}

// TestOrder_CanBeLookedUp: the chair holds the whole order and what its limits
// rest on; without an order nothing.
func TestOrder_CanBeLookedUp(t *testing.T) {
	t.Parallel()
	v := underOrder(session.PhaseInfusing)
	got := map[string]string{}
	for _, p := range Chair(v, nil, func(LineRef) string { return "" }).Order {
		got[p.Part] = p.Text
	}
	if !strings.Contains(got["Drug"], "ketamine 2 mg/mL") || !strings.Contains(got["Steps"], "0.4 mg/kg/h for 60 min") {
		t.Errorf("the order reads %v", got)
	}
	if got["Limits"] == "" {
		t.Error("it does not say what the limits rest on")
	}
	v.State.Order = nil
	if parts := Order(v); parts != nil {
		t.Errorf("without an order: %v", parts)
	}
}

// TestOrder_SaysWhoAdoptedTheLimits: the shipped file says that nobody has; once the
// director has, the record says so.
func TestOrder_SaysWhoAdoptedTheLimits(t *testing.T) {
	t.Parallel()
	v := underOrder(session.PhaseInfusing)
	v.Env.Rules = shippedRules(t)
	for _, done := range []bool{false, true} {
		v.Env.Adopted = session.Adopted{Known: true, Done: done}
		said := limitsFact(v).Text
		if strings.Contains(said, "not adopted") == done || strings.Contains(said, "adopted by this clinic's director") != done || !strings.Contains(said, "not reviewed by a clinician") {
			t.Errorf("adopted %v: %s", done, said)
		}
	}
}

// TestActs_PumpThatAlreadyRunsIsRecorded: before a start and in a pause, what
// ran is said as done, without a question that a plan would answer.
func TestActs_PumpThatAlreadyRunsIsRecorded(t *testing.T) {
	t.Parallel()
	for _, p := range []session.Phase{session.PhasePrepared, session.PhasePaused} {
		i := slices.IndexFunc(Acts(underOrder(p)), func(a view.Act) bool { return a.Act == string(session.ActRate) })
		if i < 0 {
			t.Errorf("in %s nobody can say that the pump runs", p)
			continue
		}
		a := Acts(underOrder(p))[i]
		c, err := session.DecodeCommand(session.ActRate, 1, a.Body)
		if err != nil || c.Planned() || a.Planned {
			t.Errorf("in %s it is planned (%v), and could be refused", p, err)
		}
	}
}
