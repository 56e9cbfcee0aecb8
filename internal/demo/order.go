package demo

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// order is the demonstration clinic's order: 0.20 mg/kg/h, then 0.30. Its
// maxima are the soft limits of the clinical reference 7.3 (default), since
// this clinic has adopted no library. Adjunct doses are for show.
func order(id ident.Order, patient ident.Patient, prescriber ident.Person, weight string, minutes drug.Minutes, number int, signed time.Time) drug.Order {
	return drug.Order{
		ID: id, Patient: patient, Prescriber: prescriber, SignedAt: signed, ValidUntil: signed.Add(7 * 24 * time.Hour),
		Protocol: drug.Protocol{ID: "demo-crps-stepped", Version: "1", Name: "Demonstration protocol"},
		Drug:     drug.Ketamine, DosingWeight: unit.Kg(weight), WeightBasis: drug.ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"), Diluent: "sodium chloride 0.9 %",
		Steps: []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 20}, {Rate: unit.MgPerKgH("0.3"), Minutes: minutes - 20}},
		Maxima: drug.Maxima{
			Rate: unit.MgPerKgH("0.5"), MassRate: unit.MgPerH("40"), Total: unit.Mg("100"), Dose: unit.MgPerKg("1.4"), Minutes: minutes + 30,
		},
		PumpStep: unit.MLPerH("0.1"),
		Adjuncts: []drug.Adjunct{
			{ID: "ondansetron", Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Indication: "nausea", MaxDoses: 2, Rescue: true},
			{ID: "midazolam", Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Indication: "severe distress", MaxDoses: 2, Sedating: true, Rescue: true},
		},
		Watch:  drug.Watch{CuffFirst: 5, Cuff: 15, Observation: 15, Recovery: 15, Peak: 40, RecoveryLeast: 60, Presence: 15},
		Number: number, Of: 6,
	}
}
