package project

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// signed is an order in which every field is filled, with two of each list.
func signed() drug.Order {
	var height unit.Height
	if err := height.UnmarshalText([]byte("172")); err != nil {
		panic(err)
	}
	return drug.Order{
		Basis: &drug.Basis{
			Library: "c0ffee", Rows: []drug.BasisRow{{Name: "protocols/PR-CRPS-4H", Hash: "beef"}}, Changes: []string{"lower_rate"}, Reasoned: []string{"rate"}, Exceptions: []drug.Exception{{Number: "rate", Most: "0.4"}},
			Driving: "next day", SecondReview: true,
			Body: drug.Body{Weight: unit.Kg("82"), Weighed: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Height: height, Sex: drug.Female, Before: unit.Kg("81")},
		},
		ID: "order", Protocol: drug.Protocol{ID: "crps-4h", Version: "1", Name: "CRPS, 4 h"}, Patient: "patient",
		Drug: drug.Ketamine, DosingWeight: unit.Kg("80"), WeightBasis: drug.ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("250"), Diluent: "0.9 % NaCl",
		Steps:    []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}, {Rate: unit.MgPerKgH("0.35"), Minutes: 210}},
		Loading:  &drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5},
		Maxima:   drug.Maxima{Rate: unit.MgPerKgH("0.4"), MassRate: unit.MgPerH("40"), Total: unit.Mg("150"), Dose: unit.MgPerKg("1.8"), Minutes: 300},
		PumpStep: unit.MLPerH("0.1"),
		Adjuncts: []drug.Adjunct{
			{ID: "ondansetron", Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Indication: "nausea", MaxDoses: 1},
			{ID: "midazolam", Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Indication: "anxiety", MaxDoses: 2, Sedating: true, Rescue: true},
		},
		Watch:      drug.Watch{CuffFirst: 5, Cuff: 14, Observation: 16, Recovery: 17, Peak: 40, RecoveryLeast: 60, Presence: 18},
		Limits:     []drug.Limit{{Kind: vital.SpO2, Side: "low", Yellow: "94", Red: "90"}, {Kind: vital.HR, Side: "high", Yellow: "120", Red: "130"}},
		Prescriber: "prescriber", SignedAt: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC),
		ValidUntil: time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC), Number: 2, Of: 6,
	}
}

// another gives v a value that it did not have; false where v is no single
// value but made of some.
func another(v reflect.Value) bool {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = x.Add(time.Hour)
		return true
	case *vital.Kind:
		*x = vital.RR
		return true
	case interface{ UnmarshalText([]byte) error }: // a quantity
		if err := x.UnmarshalText([]byte("7")); err != nil {
			panic(err)
		}
		return true
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "X")
	case reflect.Int:
		v.SetInt(v.Int() + 1000)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		return false
	}
	return true
}

// leaves calls do with each single value in v and its path.
func leaves(v reflect.Value, path string, do func(path string, leaf reflect.Value)) {
	kept := reflect.New(v.Type()).Elem()
	kept.Set(v)
	if another(v) {
		do(path, v)
		v.Set(kept)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), path+"."+v.Type().Field(i).Name, do)
		}
	case reflect.Pointer:
		leaves(v.Elem(), path, do)
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), do)
		}
	default:
		panic("no way to change " + path)
	}
}

// TestOrder_EveryFieldIsSaid: two orders that differ in anything read
// differently, but for whose they are.
func TestOrder_EveryFieldIsSaid(t *testing.T) {
	t.Parallel()
	say := Speaker{Zone: time.UTC, Names: map[ident.Person]string{"prescriber": "J. Weiss MD"}}
	o := signed()
	before, n := fmt.Sprint(say.Order(o)), 0
	leaves(reflect.ValueOf(&o).Elem(), "order", func(path string, _ reflect.Value) {
		n++
		if same := fmt.Sprint(say.Order(o)) == before; same != (path == "order.Patient") {
			t.Errorf("another %s reads the same: %v", path, same)
		}
	})
	if n < 50 {
		t.Errorf("only %d values of an order were changed", n)
	}
}
