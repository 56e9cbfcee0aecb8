package session

import (
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
)

var (
	theNurse      = []act.Role{act.Nurse, act.Prescriber}
	thePrescriber = []act.Role{act.Prescriber}
)

func whoRows() []row {
	without := func(d Document) func(*scene) {
		return func(x *scene) { x.s.Papers = maps.Clone(x.s.Papers); delete(x.s.Papers, d) }
	}
	identified := func(ids ...Identifier) func(*scene) { return func(x *scene) { x.s.Identifiers = ids } }
	dated := func(day string) func(*scene) {
		return func(x *scene) {
			x.add(-31, byNurse(), PaperAttested{Document: Consent, Title: said(1), DocumentDate: day})
		}
	}
	return []row{
		{"two", "identity", Clear, "SW-IDENTITY", nil, nil},
		{"none", "identity", CouldNotCheck, "SW-IDENTITY", identified(), nil},
		{"one", "identity", CouldNotCheck, "SW-IDENTITY", identified(ByName), nil},
		{"the same twice", "identity", CouldNotCheck, "SW-IDENTITY", identified(ByName, ByName), nil},

		{"agreed", "allergies", Clear, "SW-ALLERGIES", nil, nil},
		{"not agreed", "allergies", Finding, "SW-ALLERGIES", func(x *scene) { x.answers(Precheck{Allergies: &AllergiesRead{}}) }, nil},
		{"none", "allergy-to-drug", Clear, "CI-ALLERGY", nil, nil},
		{"allergic", "allergy-to-drug", Finding, "CI-ALLERGY", func(x *scene) { x.env.Patient.AllergyToDrug = ptr(true) }, nil},
		{"never asked", "allergy-to-drug", CouldNotCheck, "CI-ALLERGY", func(x *scene) { x.env.Patient.AllergyToDrug = nil }, nil},
		{"no register", "allergy-to-drug", CouldNotCheck, "CI-ALLERGY", func(x *scene) { x.env.Patient.Known = false }, nil},

		{"on paper", "consent", Attested, "SW-CONSENT", nil, nil},
		{"of the day it was read", "consent", Attested, "SW-CONSENT", dated("2026-11-23"), nil},
		{"of a day later", "consent", Finding, "SW-CONSENT", dated("2026-11-24"), nil},
		{"of the patient's birthday", "consent", Attested, "SW-CONSENT", dated("1980-05-01"), nil},
		{"of the day before", "consent", Finding, "SW-CONSENT", dated("1980-04-30"), nil},
		{"no register", "consent", CouldNotCheck, "SW-CONSENT", func(x *scene) { x.env.Patient.Known = false }, nil},
		{"no date of birth", "consent", CouldNotCheck, "SW-CONSENT", func(x *scene) { x.env.Patient.BornOn = "" }, nil},
		{"no zone", "consent", CouldNotCheck, "SW-CONSENT", func(x *scene) { x.env.Zone = nil }, nil},
		{"not read", "consent", CouldNotCheck, "SW-CONSENT", without(Consent), nil},
		{"not known", "consent", CouldNotCheck, "SW-CONSENT", func(x *scene) { x.env.Consent = ConsentState{} }, nil},
		{"signed here", "consent", Clear, "SW-CONSENT", signedHere(func(*ConsentState) {}), nil},
		{"signed here, withdrawn", "consent", Finding, "SW-CONSENT", signedHere(func(c *ConsentState) { c.Withdrawn = true }), nil},
		{"signed here, too long ago", "consent", Finding, "SW-CONSENT", signedHere(func(c *ConsentState) { c.Expired = true }), nil},
		{"signed here, all infusions given", "consent", Finding, "SW-CONSENT", signedHere(func(c *ConsentState) { c.Used = true }), nil},
		{"signed here, the document changed", "consent", Finding, "SW-CONSENT", signedHere(func(c *ConsentState) { c.Changed = true }), nil},
		{"withdrawn today", "consent", Finding, "SW-CONSENT", func(x *scene) { x.add(-30, byNurse(), ConsentWithdrawn{}) }, nil},
		{"withdrawn today, signed before", "consent", Finding, "SW-CONSENT", func(x *scene) {
			signedHere(func(*ConsentState) {})(x)
			x.add(-30, byNurse(), ConsentWithdrawn{})
		}, nil},
		{"withdrawn today, signed anew", "consent", Clear, "SW-CONSENT", func(x *scene) {
			signedHere(func(c *ConsentState) { c.At = at(-20) })(x)
			x.add(-30, byNurse(), ConsentWithdrawn{})
		}, nil},
		{"in words", "consent-today", Clear, "CI-PRIORAE-CONSENT", nil, nil},
		{"refused", "consent-today", Finding, "CI-PRIORAE-CONSENT", func(x *scene) { x.answers(Precheck{ConsentNow: &ConsentNow{}}) }, nil},
		{"on paper", "screening", Attested, "SW-SCREENING", nil, nil},
		{"of a day later", "screening", Finding, "SW-SCREENING", func(x *scene) {
			x.add(-31, byNurse(), PaperAttested{Document: Screening, Title: said(1), DocumentDate: "2026-11-24"})
		}, nil},
		{"not read", "screening", CouldNotCheck, "SW-SCREENING", without(Screening), nil},
		{"course not known", "screening", CouldNotCheck, "SW-SCREENING", func(x *scene) { x.env.Course = CourseState{} }, nil},
		{"course, suitable", "screening", Clear, "SW-SCREENING", onCourse(func(*CourseState) {}), nil},
		{"course, paper does not stand for it", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.Decided = "" }), nil},
		{"course, not suitable", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.Decided = "not suitable" }), nil},
		{"course, found since", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.New = []string{"CI-PSY"} }), nil},
		{"course, no plan", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.Planned = false }), nil},
		{"course, re-evaluation overdue", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.Overdue = true }), nil},
		{"course, medicines unchanged", "screening", Clear, "SW-SCREENING", medicines(false, time.Time{}), nil},
		{"course, medicines changed, none listed", "screening", CouldNotCheck, "SW-SCREENING", medicines(true, time.Time{}), nil},
		{"course, medicines changed, listed before", "screening", CouldNotCheck, "SW-SCREENING", medicines(true, at(-24*60)), nil},
		{"course, medicines changed, listed today", "screening", Clear, "SW-SCREENING", medicines(true, at(-45)), nil},
		{"course, medicines changed, no zone", "screening", CouldNotCheck, "SW-SCREENING", func(x *scene) {
			medicines(true, at(-45))(x)
			x.env.Zone = nil
		}, nil},
		{"course, medicines changed, and found since", "screening", Finding, "SW-SCREENING", func(x *scene) {
			medicines(true, at(-24*60))(x)
			x.env.Course.New = []string{"CI-PSY"}
		}, nil},
		{"course, ended", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.Over = true }), nil},
	}
}

// signedHere is a patient who signed a consent here, but for a change.
func signedHere(change func(*ConsentState)) func(*scene) {
	return func(x *scene) {
		x.env.Consent = ConsentState{Known: true, Has: true, At: at(-60 * 24)}
		change(&x.env.Consent)
	}
}

// medicines is a patient on a course whose medicines did or did not change since the
// last visit, and were listed then.
func medicines(changed bool, listed time.Time) func(*scene) {
	return func(x *scene) {
		onCourse(func(c *CourseState) { c.MedicinesAt = listed })(x)
		x.answers(Precheck{Medicines: &Medicines{Changed: changed, List: said(1)}})
	}
}

// onCourse is a patient whose course carries the visit, but for a change.
func onCourse(change func(*CourseState)) func(*scene) {
	return func(x *scene) {
		x.env.Course = CourseState{Known: true, Has: true, Decided: decidedSuitable, Planned: true}
		change(&x.env.Course)
	}
}

func orderRows() []row {
	none := func(x *scene) { x.s.Order = nil }
	attested := func(x *scene) {
		x.add(-31, byNurse(), PaperAttested{Document: OrderForm, Title: said(3), DocumentDate: "2026-11-20"})
	}
	rows := slices.Concat(orderPatientRows(), orderValidRows(), orderBasisRows())
	rows = append(rows, []row{
		{"signed here", "order", Clear, "SW-ORDER", nil, nil},
		{"on paper", "order", Attested, "SW-ORDER", attested, nil},
		{"none", "order", CouldNotCheck, "SW-ORDER", none, nil},
		{"on paper, dated tomorrow", "order", Finding, "SW-ORDER", func(x *scene) {
			x.add(-31, byNurse(), PaperAttested{Document: OrderForm, Title: said(3), DocumentDate: "2026-11-24"})
		}, nil},
		{"a paper and no order", "order", CouldNotCheck, "SW-ORDER", func(x *scene) { attested(x); none(x) }, nil},
		{"no prescriber", "order", CouldNotCheck, "SW-ORDER", changed(func(o *drug.Order) { o.Prescriber = "" }), nil},
		{"no signature", "order", CouldNotCheck, "SW-ORDER", changed(func(o *drug.Order) { o.SignedAt = time.Time{} }), nil},

		{"1 mg/mL", "order-drug", Clear, "SW-ORDER-DRUG", nil, nil},
		{"2 mg/mL", "order-drug", Clear, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Concentration = unit.MgPerML("2") }), nil},
		{"1.001 mg/mL", "order-drug", Finding, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Concentration = unit.MgPerML("1.001") }), nil},
		{"5 mg/mL", "order-drug", Finding, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Concentration = unit.MgPerML("5") }), nil},
		{"another drug", "order-drug", Finding, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Drug = "propofol" }), nil},
		{"none", "order-drug", CouldNotCheck, "SW-ORDER-DRUG", none, nil},
		{"no drug", "order-drug", CouldNotCheck, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Drug = "" }), nil},
		{"no concentration", "order-drug", CouldNotCheck, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Concentration = unit.Concentration{} }), nil},
		{"no weight", "order-drug", CouldNotCheck, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.DosingWeight = unit.Weight{} }), nil},
		{"no steps", "order-drug", CouldNotCheck, "SW-ORDER-DRUG", changed(func(o *drug.Order) { o.Steps = nil }), nil},
	}...)
	for _, l := range orderLimits() {
		rows = append(rows,
			row{"none", l.check, CouldNotCheck, l.hard, none, nil},
			row{"not whole", l.check, CouldNotCheck, l.hard, changed(func(o *drug.Order) { o.Maxima = drug.Maxima{} }), nil})
	}
	return append(rows, orderLimitRows()...)
}

// orderLimitRows: at a limit of the library and one step beyond. What an order
// plans above a soft limit is noted and asks nothing.
func orderLimitRows() []row {
	one := func(rate string, minutes drug.Minutes) func(*scene) {
		return changed(func(o *drug.Order) { o.Steps = []drug.Step{{Rate: unit.MgPerKgH(rate), Minutes: minutes}} })
	}
	most := func(change func(*drug.Maxima)) func(*scene) {
		return changed(func(o *drug.Order) { change(&o.Maxima) })
	}
	return []row{
		{"allows 1 mg/kg/h", "order-rate", Clear, "LIM-RATE", most(func(m *drug.Maxima) { m.Rate = unit.MgPerKgH("1") }), nil},
		{"allows more", "order-rate", Finding, "LIM-RATE", most(func(m *drug.Maxima) { m.Rate = unit.MgPerKgH("1.001") }), nil},
		{"a step of more", "order-rate", Finding, "LIM-RATE", one("1.001", 10), nil},
		{"plans 0.5 mg/kg/h", "order-rate", Clear, "LIM-RATE", one("0.5", 10), nil},
		{"plans more", "order-rate", Clear, "LIM-RATE-SOFT", one("0.501", 10), nil},

		{"allows 40 mg/h", "order-mass-rate", Clear, "LIM-MASS-RATE", one("0.3", 10), nil},
		{"allows more", "order-mass-rate", Finding, "LIM-MASS-RATE", most(func(m *drug.Maxima) { m.MassRate = unit.MgPerH("40.01") }), nil},
		{"plans 25 mg/h", "order-mass-rate", Clear, "LIM-MASS-RATE", one("0.3125", 10), nil}, // 80 kg × 0.3125
		{"plans more", "order-mass-rate", Clear, "LIM-MASS-RATE-SOFT", one("0.31251", 10), nil},

		{"allows 200 mg and 2 mg/kg", "order-total", Clear, "LIM-TOTAL-SOFT", most(func(m *drug.Maxima) { m.Total, m.Dose = unit.Mg("200"), unit.MgPerKg("2") }), nil},
		{"allows more mg", "order-total", Finding, "LIM-TOTAL", most(func(m *drug.Maxima) { m.Total = unit.Mg("200.01") }), nil},
		{"allows more mg/kg", "order-total", Finding, "LIM-TOTAL", most(func(m *drug.Maxima) { m.Dose = unit.MgPerKg("2.001") }), nil},
		{"plans 80 mg, 1 mg/kg", "order-total", Clear, "LIM-TOTAL", one("0.25", 240), nil},
		{"plans more mg/kg", "order-total", Clear, "LIM-TOTAL-SOFT", changed(func(o *drug.Order) {
			o.DosingWeight, o.Steps = unit.Kg("60"), []drug.Step{{Rate: unit.MgPerKgH("0.25001"), Minutes: 240}} // 60.0024 mg
		}), nil},
		{"plans 80 mg for one of 100 kg", "order-total", Clear, "LIM-TOTAL", changed(func(o *drug.Order) {
			o.DosingWeight, o.Steps = unit.Kg("100"), []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 240}}
		}), nil},
		{"plans more for one of 100 kg", "order-total", Clear, "LIM-TOTAL-SOFT", changed(func(o *drug.Order) {
			o.DosingWeight, o.Steps = unit.Kg("100"), []drug.Step{{Rate: unit.MgPerKgH("0.20001"), Minutes: 240}}
		}), nil},

		{"allows 6 h", "order-duration", Clear, "LIM-DURATION", most(func(m *drug.Maxima) { m.Minutes = 360 }), nil},
		{"allows more", "order-duration", Finding, "LIM-DURATION", most(func(m *drug.Maxima) { m.Minutes = 361 }), nil},
		{"plans 4 h", "order-duration", Clear, "LIM-DURATION", one("0.2", 240), nil},
		{"plans more", "order-duration", Clear, "LIM-DURATION-SOFT", one("0.2", 241), nil},

		{"100 kg", "order-weight", Clear, "WT-CAP", changed(func(o *drug.Order) { o.DosingWeight = unit.Kg("100") }), nil},
		{"more", "order-weight", Finding, "WT-CAP", changed(func(o *drug.Order) { o.DosingWeight = unit.Kg("100.01") }), nil},
	}
}

// changed replaces the order by one that differs in something.
func changed(change func(*drug.Order)) func(*scene) {
	return func(x *scene) { x.orders(change) }
}

func orderPatientRows() []row {
	return []row{
		{"this one", "order-patient", Clear, "SW-ORDER-PATIENT", nil, nil},
		{"another", "order-patient", Finding, "SW-ORDER-PATIENT", changed(func(o *drug.Order) { o.Patient = id[ident.Patient](2) }), nil},
		{"nobody", "order-patient", CouldNotCheck, "SW-ORDER-PATIENT", changed(func(o *drug.Order) { o.Patient = "" }), nil},
		{"no patient here", "order-patient", CouldNotCheck, "SW-ORDER-PATIENT", func(x *scene) { x.s.Patient = "" }, nil},
		{"no order", "order-patient", CouldNotCheck, "SW-ORDER-PATIENT", func(x *scene) { x.s.Order = nil }, nil},
	}
}

// orderValidRows: valid from its signature on, and no longer than it says.
func orderValidRows() []row {
	dated := func(signed, until func(now time.Time) time.Time) func(*scene) {
		return func(x *scene) {
			x.orders(func(o *drug.Order) { o.SignedAt, o.ValidUntil = signed(x.env.Now), until(x.env.Now) })
		}
	}
	shift := func(d time.Duration) func(time.Time) time.Time {
		return func(now time.Time) time.Time { return now.Add(d) }
	}
	never := func(time.Time) time.Time { return time.Time{} }
	tick := time.Microsecond
	return []row{
		{"from now for a moment", "order-valid", Clear, "SW-ORDER-VALID", dated(shift(0), shift(tick)), nil},
		{"to now", "order-valid", Finding, "SW-ORDER-VALID", dated(shift(-time.Hour), shift(0)), nil},
		{"signed in a moment", "order-valid", Finding, "SW-ORDER-VALID", dated(shift(tick), shift(time.Hour)), nil},
		{"not signed", "order-valid", CouldNotCheck, "SW-ORDER-VALID", dated(never, shift(time.Hour)), nil},
		{"no end", "order-valid", CouldNotCheck, "SW-ORDER-VALID", dated(shift(-time.Hour), never), nil},
		{"no order", "order-valid", CouldNotCheck, "SW-ORDER-VALID", func(x *scene) { x.s.Order = nil }, nil},
	}
}
