package drug

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

func whole() Order {
	return Order{
		Protocol: Protocol{ID: "crps-4h", Version: "1"}, Patient: "p", Drug: Ketamine, DosingWeight: unit.Kg("71"), WeightBasis: ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("250"), PumpStep: unit.MLPerH("0.1"),
		Steps:      []Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}, {Rate: unit.MgPerKgH("0.35"), Minutes: 210}},
		Maxima:     Maxima{Rate: unit.MgPerKgH("0.4"), MassRate: unit.MgPerH("40"), Total: unit.Mg("150"), Dose: unit.MgPerKg("1.8"), Minutes: 300},
		ValidUntil: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC),
	}
}

func TestOrder_WhatItPlans(t *testing.T) {
	t.Parallel()
	o := whole()
	if o.Planned() != 4*time.Hour {
		t.Errorf("planned %v", o.Planned())
	}
	// 71 kg × (0.2 mg/kg/h × 0.5 h + 0.35 mg/kg/h × 3.5 h) = 94.075 mg, not
	// what the pump's steps of 0.1 mL/h make of it.
	if got := o.PlannedMass(); got.Cmp(unit.Mg("94.075").Exact()) != 0 {
		t.Errorf("planned %s mg", got.Fixed(3))
	}
	if got := o.ToSet(unit.MgPerKgH("0.35")); got != unit.MLPerH("24.9") {
		t.Errorf("to set %v", got)
	}
	if got := o.BagMass(); got.Cmp(unit.Mg("250").Exact()) != 0 {
		t.Errorf("bag %s mg", got.Fixed(3))
	}
}

// TestOrder_LoadingDose: it counts in what is planned, to the last digit, and what a
// syringe holds of it is never more than was ordered.
func TestOrder_LoadingDose(t *testing.T) {
	t.Parallel()
	o := whole()
	o.Loading = &Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5}
	if got := o.PlannedMass(); got.Cmp(unit.Mg("98.335").Exact()) != 0 { // 94.075 + 71 × 0.06
		t.Errorf("planned %s mg", got.Fixed(3))
	}
	if got := o.LoadingMass(); got != unit.Mg("4.2") || o.Planned() != 4*time.Hour { // of 4.26
		t.Errorf("%s in a syringe, %v long", got, o.Planned())
	}
	if got := whole().LoadingMass(); !got.IsZero() {
		t.Errorf("an order without one holds %s", got)
	}
	for _, l := range []Loading{{Minutes: 5}, {Dose: unit.MgPerKg("0.06")}, {Dose: unit.MgPerKg("-0.06"), Minutes: 5}} {
		o.Loading = &l
		if part := o.Missing(); part != "dose or minutes of the loading dose" {
			t.Errorf("%+v: %q is missing", l, part)
		}
	}
}

func TestOrder_Missing(t *testing.T) {
	t.Parallel()
	if part := whole().Missing(); part != "" {
		t.Fatalf("a whole order lacks %s", part)
	}
	for want, take := range map[string]func(*Order){
		"protocol":                  func(o *Order) { o.Protocol.Version = "" },
		"patient":                   func(o *Order) { o.Patient = "" },
		"drug":                      func(o *Order) { o.Drug = "" },
		"dosing weight":             func(o *Order) { o.DosingWeight = unit.Kg("-1") },
		"weight basis":              func(o *Order) { o.WeightBasis = "ideal" },
		"concentration":             func(o *Order) { o.Concentration = unit.Concentration{} },
		"bag volume":                func(o *Order) { o.BagVolume = unit.Volume{} },
		"pump step":                 func(o *Order) { o.PumpStep = unit.PumpRate{} },
		"steps":                     func(o *Order) { o.Steps = nil },
		"rate or minutes of a step": func(o *Order) { o.Steps = []Step{{Minutes: 5}} },
		"greatest rate":             func(o *Order) { o.Maxima.Rate = unit.DoseRate{} },
		"greatest mg/h":             func(o *Order) { o.Maxima.MassRate = unit.MassRate{} },
		"greatest total":            func(o *Order) { o.Maxima.Total = unit.Mass{} },
		"greatest dose":             func(o *Order) { o.Maxima.Dose = unit.Dose{} },
		"greatest duration":         func(o *Order) { o.Maxima.Minutes = 0 },
		"valid until":               func(o *Order) { o.ValidUntil = time.Time{} },
	} {
		o := whole()
		take(&o)
		if got := o.Missing(); got != want {
			t.Errorf("without %s the order lacks %q", want, got)
		}
	}
}
