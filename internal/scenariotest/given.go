package scenariotest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// given changes the setting.
type given func(s *Setting, chair ident.Chair) error

var givens = []sentence[given]{
	say("the demonstration order <steps>, <n> kg", func(g gaps) (given, error) {
		steps, err := stepsOf(g.text(0))
		return func(s *Setting, chair ident.Chair) error {
			s.Orders[chair] = Order{Steps: steps, Weight: g.text(1)}
			return nil
		}, err
	}),
	say("orders allow at most <n> mg/kg/h, <n> mg/h, <n> mg, <n> mg/kg and <int> min", func(g gaps) (given, error) {
		return func(s *Setting, _ ident.Chair) error {
			s.Limits = Limits{Rate: g.text(0), MassRate: g.text(1), Total: g.text(2), Dose: g.text(3), Minutes: g.int(4)}
			return nil
		}, nil
	}),
	say("the <words> of <person> ended on <date>", func(g gaps) (given, error) {
		who, err := personNamed(g.text(1))
		if err != nil {
			return nil, err
		}
		kind, err := oneOf(strings.ReplaceAll(g.text(0), " ", "_"), auth.CredentialKinds()...)
		return func(s *Setting, _ ident.Chair) error {
			s.Ended = append(s.Ended, Ended{Login: Cast()[who].Login, Kind: string(kind), On: g.text(2)})
			return nil
		}, err
	}),
	say("the patients are allergic to ketamine", func(gaps) (given, error) {
		return func(s *Setting, _ ident.Chair) error {
			yes := true
			s.DrugAllergy = &yes
			return nil
		}, nil
	}),
	say("the patients were not asked about an allergy to ketamine", func(gaps) (given, error) {
		return func(s *Setting, _ ident.Chair) error {
			s.DrugAllergy = nil
			return nil
		}, nil
	}),
}

var oneStep = regexp.MustCompile(`^(\d+(?:\.\d+)?) mg/kg/h (\d+) min$`)

// stepsOf reads "0.2 mg/kg/h 30 min then 0.3 mg/kg/h 90 min".
func stepsOf(s string) ([]Step, error) {
	var out []Step
	for part := range strings.SplitSeq(s, " then ") {
		m := oneStep.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%q is not a step such as 0.2 mg/kg/h 30 min", part)
		}
		var minutes int
		if _, err := fmt.Sscan(m[2], &minutes); err != nil {
			return nil, fmt.Errorf("%q: minutes cannot be read", part)
		}
		out = append(out, Step{Rate: m[1], Minutes: minutes})
	}
	return out, nil
}

// order is the demonstration's order with the steps and the weight of the
// scenario. Its maxima are the soft limits that the demonstration uses too.
func order(b Book, o Order) (any, error) {
	if len(o.Steps) == 0 {
		return nil, fmt.Errorf("no order was given for chair %d", b.Chair)
	}
	out := drug.Order{
		ID: ident.Order(b.NewID()), Patient: b.Patient, ValidUntil: b.Holds.AddDate(0, 0, 7),
		Protocol: drug.Protocol{ID: "demo-crps-stepped", Version: "1", Name: "Demonstration protocol"},
		Drug:     drug.Ketamine, DosingWeight: unit.Kg(o.Weight), WeightBasis: drug.ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"), Diluent: "sodium chloride 0.9 %", PumpStep: unit.MLPerH("0.1"),
		Maxima: drug.Maxima{Rate: unit.MgPerKgH("0.5"), MassRate: unit.MgPerH("40"), Total: unit.Mg("100"), Dose: unit.MgPerKg("1.4")},
		Adjuncts: []drug.Adjunct{
			{ID: "ondansetron", Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Indication: "nausea", MaxDoses: 2, Rescue: true},
			{ID: "midazolam", Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Indication: "severe distress", MaxDoses: 2, Sedating: true, Rescue: true},
		},
		Watch:  drug.Watch{CuffFirst: 5, Cuff: 15, Observation: 15, Recovery: 15, Peak: 40, RecoveryLeast: 60, Presence: 15},
		Number: 1, Of: 6,
	}
	for _, s := range o.Steps {
		out.Steps = append(out.Steps, drug.Step{Rate: unit.MgPerKgH(s.Rate), Minutes: drug.Minutes(s.Minutes)})
		out.Maxima.Minutes += drug.Minutes(s.Minutes)
	}
	out.Maxima.Minutes += 30
	if l := b.Setting.Limits; l.Minutes > 0 {
		out.Maxima = drug.Maxima{
			Rate: unit.MgPerKgH(l.Rate), MassRate: unit.MgPerH(l.MassRate), Total: unit.Mg(l.Total),
			Dose: unit.MgPerKg(l.Dose), Minutes: drug.Minutes(l.Minutes),
		}
	}
	return obj{"order": out}, nil
}
