package present

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
	shipped "github.com/stillwatch/stillwatch/library"
)

func paperOrder() drug.Order {
	return drug.Order{
		ID: "o", Patient: "p", Protocol: drug.Protocol{ID: "crps", Version: "1", Name: "CRPS"}, Drug: drug.Ketamine,
		DosingWeight: unit.Kg("72.4"), WeightBasis: drug.ActualWeight, Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"), PumpStep: unit.MLPerH("0.1"),
		Steps:  []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}, {Rate: unit.MgPerKgH("0.35"), Minutes: 60}},
		Maxima: drug.Maxima{Rate: unit.MgPerKgH("0.4"), MassRate: unit.MgPerH("40"), Total: unit.Mg("100"), Dose: unit.MgPerKg("1.4"), Minutes: 120},
		Watch:  drug.Watch{CuffFirst: 5, Cuff: 15, Observation: 15, Recovery: 15, Peak: 40, RecoveryLeast: 60, Presence: 15}, ValidUntil: at(24 * 60),
	}
}

func paperVisit(t *testing.T, o *drug.Order) app.Visit {
	t.Helper()
	v := visit(session.PhaseArrived, at(12))
	rules, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	alarms, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		t.Fatal(err)
	}
	v.Env.Rules, v.Env.Alarms, v.State.Order = rules, alarms, o
	return v
}

func noTexts(LineRef) string { return "" }

// TestPack_PumpSettingsAreUnits: every mL/h on the paper is what package unit
// gives for the weight, to the pump's step; no digit is cut or added.
func TestPack_PumpSettingsAreUnits(t *testing.T) {
	t.Parallel()
	for _, kg := range []string{"38.5", "50", "72.4", "99.95", "131.25", "160"} {
		for _, mg := range []string{"1", "2"} {
			for _, step := range []string{"0.1", "0.01", "1"} {
				o := paperOrder()
				o.DosingWeight, o.Concentration, o.PumpStep = unit.Kg(kg), unit.MgPerML(mg), unit.MLPerH(step)
				p := Pack(paperVisit(t, &o), "A", noTexts)
				for i, s := range o.Steps {
					if got, want := p.Steps.Rows[i][4], o.ToSet(s.Rate).String(); got != want {
						t.Errorf("%s kg, %s mg/mL, step %d: %q, want %q", kg, mg, i+1, got, want)
					}
				}
				if len(p.Rates.Rows) < 4 || !strings.Contains(p.Rates.Title, kg+" kg and "+mg+" mg/mL") {
					t.Fatalf("%s kg: %d rates under %q", kg, len(p.Rates.Rows), p.Rates.Title)
				}
				for _, row := range p.Rates.Rows {
					set := o.ToSet(unit.MgPerKgH(row[0]))
					if row[1] != set.Decimal() || row[2] != unit.MassRateOf(set, o.Concentration).Decimal() {
						t.Errorf("%s kg, %s mg/mL: %v, want %s", kg, mg, row, set)
					}
				}
			}
		}
	}
}

// TestPack_SaysWhatIsNotSo: what cannot be computed, applied or is not valid
// stands in words, never as a number or as nothing.
func TestPack_SaysWhatIsNotSo(t *testing.T) {
	t.Parallel()
	has := func(p view.Pack, text string) bool {
		return slices.ContainsFunc(p.Notes, func(s string) bool { return strings.Contains(s, text) })
	}
	lacks := paperOrder()
	lacks.Concentration = unit.Concentration{}
	p := Pack(paperVisit(t, &lacks), "A", noTexts)
	if len(p.Rates.Rows) != 0 || !strings.Contains(p.Rates.Empty, "no concentration") || p.Steps.Rows[0][4] != "could not be worked out" || !has(p, "no concentration") {
		t.Errorf("an order without concentration: %v %v", p.Rates, p.Steps.Rows)
	}
	old := paperOrder()
	old.ValidUntil = at(-60)
	if p := Pack(paperVisit(t, &old), "A", noTexts); !has(p, "not valid any more") {
		t.Errorf("an old order: %q", p.Notes)
	}
	odd := paperOrder()
	odd.Limits = []drug.Limit{{Kind: vital.Temp, Side: "high", Red: "39"}}
	if p := Pack(paperVisit(t, &odd), "A", noTexts); !has(p, "could not be applied") {
		t.Errorf("a limit that cannot be applied: %q", p.Notes)
	}
	o := paperOrder()
	v := paperVisit(t, &o)
	v.State.Precheck.Weight = &session.WeightMeasured{Weight: unit.Kg("70.1")}
	if p := Pack(v, "A", noTexts); !has(p, "Measured 70.1 kg, dosed by 72.4 kg") {
		t.Errorf("another weight: %q", p.Notes)
	}
	v.Env.Rules, v.Env.Alarms = library.Session{}, library.Alarms{}
	if p := Pack(v, "A", noTexts); len(p.Minutes)+len(p.Discharge)+len(p.Limits.Rows) != 0 || !strings.Contains(p.Limits.Empty, "could not be read") {
		t.Errorf("without a library: %v", p.Limits)
	}
	if p := Pack(paperVisit(t, nil), "A", noTexts); p.NoOrder != "no order in Stillwatch" || len(p.Order)+len(p.Rates.Rows)+len(p.Minutes) != 0 || len(p.Limits.Rows) == 0 {
		t.Errorf("without an order: %+v", p)
	}
}

// TestPack_LimitsOfThisPatient: the order's where it has one, the library's
// elsewhere, and a factor of the baseline worked out where that is known.
func TestPack_LimitsOfThisPatient(t *testing.T) {
	t.Parallel()
	o := paperOrder()
	o.Limits = []drug.Limit{{Kind: vital.SpO2, Side: "low", Yellow: "93", Red: "89"}}
	said := ""
	for _, row := range Pack(paperVisit(t, &o), "A", noTexts).Limits.Rows {
		said += strings.Join(row, " | ") + "\n"
	}
	for _, want := range []string{"SpO₂ low | below 93 % for 30 s (order) | below 89 % for 15 s (order)", "Heart rate high | above 110 /min", "1.2 times the patient's baseline, and at least 140 mmHg"} {
		if !strings.Contains(said, want) {
			t.Errorf("the limits lack %q:\n%s", want, said)
		}
	}
}

// TestPack_GoesOnFromARunningInfusion: printed in the middle of a visit, it
// says what is given, what the pump ran at, and what is ordered now.
func TestPack_GoesOnFromARunningInfusion(t *testing.T) {
	t.Parallel()
	o := paperOrder()
	v := paperVisit(t, &o)
	v.State.Phase, v.State.StartedAt, v.State.Ordered = session.PhaseInfusing, at(0), unit.MgPerKgH("0.1")
	said := ""
	for _, f := range Pack(v, "A", noTexts).Stands {
		said += f.Term + ": " + f.Text + "\n"
	}
	for _, want := range []string{"Ketamine given IV: ", "Pump: running at ", "Rate in force: Ordered now: 0.1 mg/kg/h. Set 7.2 mL/h"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
}
