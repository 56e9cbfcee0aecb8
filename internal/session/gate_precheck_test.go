package session

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// sections lists the checks that rest on a section of the pre-check, and how
// the section is forgotten.
func sections() []struct {
	check   CheckID
	section string
	forget  func(*Precheck)
} {
	conditions := func(p *Precheck) { p.Conditions = nil }
	medicines := func(p *Precheck) { p.Medicines = nil }
	substances := func(p *Precheck) { p.Substances = nil }
	weight := func(p *Precheck) { p.Weight = nil }
	return []struct {
		check   CheckID
		section string
		forget  func(*Precheck)
	}{
		{"allergies", "allergies", func(p *Precheck) { p.Allergies = nil }},
		{"consent-today", "consent_now", func(p *Precheck) { p.ConsentNow = nil }},
		{"fasting", "fasting", func(p *Precheck) { p.Fasting = nil }},
		{"glp1", "conditions", conditions},
		{"glucose", "conditions", conditions},
		{"cpap", "conditions", conditions},
		{"escort", "escort", func(p *Precheck) { p.Escort = nil }},
		{"pregnancy", "pregnancy", func(p *Precheck) { p.Pregnancy = nil }},
		{"weight", "weight", weight},
		{"weight-unit", "weight", weight},
		{"weight-dosing", "weight", weight},
		{"theophylline", "medicines", medicines},
		{"stimulant", "medicines", medicines},
		{"sedating", "medicines", medicines},
		{"alcohol", "substances", substances},
		{"cannabis", "substances", substances},
		{"sedatives", "substances", substances},
		{"bladder", "bladder", func(p *Precheck) { p.Bladder = nil }},
		{"mood", "mood", func(p *Precheck) { p.Mood = nil }},
		{"last-time", "last_time", func(p *Precheck) { p.LastTime = nil }},
		{"access", "access", func(p *Precheck) { p.Access = nil }},
	}
}

// sectionRows: a section that was not asked, or on another day, or on a day
// that cannot be told, could not be checked.
func sectionRows() []row {
	var out []row
	for _, s := range sections() {
		stamped := func(change func(map[string]Stamp)) func(*scene) {
			return func(x *scene) { x.s.PrecheckAt = maps.Clone(x.s.PrecheckAt); change(x.s.PrecheckAt) }
		}
		out = append(out,
			row{"not asked", s.check, CouldNotCheck, "", func(x *scene) { s.forget(&x.s.Precheck) }, nil},
			row{"nobody knows when", s.check, CouldNotCheck, "", stamped(func(at map[string]Stamp) { delete(at, s.section) }), nil},
			row{"asked yesterday", s.check, CouldNotCheck, "", stamped(func(at map[string]Stamp) {
				at[s.section] = Stamp{At: time.Date(2026, time.November, 22, 23, 59, 59, 0, time.UTC)}
			}), nil},
			row{"asked in the first minute of today", s.check, Clear, "", stamped(func(at map[string]Stamp) {
				at[s.section] = Stamp{At: time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)}
			}), nil},
			row{"no zone", s.check, CouldNotCheck, "", func(x *scene) { x.env.Zone = nil }, nil})
	}
	return out
}

func says(p Precheck) func(*scene) { return func(x *scene) { x.answers(p) } }

func precheckRows() []row {
	out := sectionRows()
	for _, rows := range [][]row{fastingRows(), conditionRows(), escortRows(), pregnancyRows(), weightRows(), medicineRows(), askedRows(), premedRows()} {
		out = append(out, rows...)
	}
	return out
}

// fastingRows: at half past nine; six hours for food and two for clear fluid,
// to the second.
func fastingRows() []row {
	ate := func(solids, fluids time.Duration) func(*scene) {
		return says(Precheck{Fasting: &Fasting{Solids: at(-30).Add(-solids), ClearFluids: at(-30).Add(-fluids)}})
	}
	none := func(f Fasting) func(*scene) {
		return func(x *scene) { x.s.Precheck.Fasting = &f }
	}
	return []row{
		{"six and two hours", "fasting", Clear, "CI-NPO", ate(6*time.Hour, 2*time.Hour), nil},
		{"a second short of six", "fasting", Finding, "CI-NPO", ate(6*time.Hour-time.Second, 2*time.Hour), thePrescriber},
		{"a second short of two", "fasting", Finding, "CI-NPO", ate(6*time.Hour, 2*time.Hour-time.Second), thePrescriber},
		{"no time of the meal", "fasting", CouldNotCheck, "CI-NPO", none(Fasting{ClearFluids: at(-240)}), nil},
		{"no time of the drink", "fasting", CouldNotCheck, "CI-NPO", none(Fasting{Solids: at(-600)}), nil},
		{"a meal to come", "fasting", CouldNotCheck, "CI-NPO", none(Fasting{Solids: at(-29), ClearFluids: at(-240)}), nil},
		{"a drink to come", "fasting", CouldNotCheck, "CI-NPO", none(Fasting{Solids: at(-600), ClearFluids: at(-29)}), nil},
	}
}

func conditionRows() []row {
	has := func(c Conditions) func(*scene) { return says(Precheck{Conditions: &c}) }
	yes, no := true, false
	glucose, nothing := unit.MmolPerL("6.1"), unit.Glucose{}
	return []row{
		{"used", "glp1", Finding, "FAST-GLP1", has(Conditions{GLP1: true}), thePrescriber},
		{"insulin, measured", "glucose", Clear, "SW-GLUCOSE", has(Conditions{Insulin: true, Glucose: &glucose}), nil},
		{"insulin, not measured", "glucose", CouldNotCheck, "SW-GLUCOSE", has(Conditions{Insulin: true}), nil},
		{"insulin, measured as nothing", "glucose", CouldNotCheck, "SW-GLUCOSE", has(Conditions{Insulin: true, Glucose: &nothing}), nil},
		{"brought along", "cpap", Clear, "CI-OSA-CPAP", has(Conditions{CPAP: true, CPAPBrought: &yes}), nil},
		{"left at home", "cpap", Finding, "CI-OSA-CPAP", has(Conditions{CPAP: true, CPAPBrought: &no}), thePrescriber},
		{"not asked whether it is here", "cpap", CouldNotCheck, "CI-OSA-CPAP", has(Conditions{CPAP: true}), nil},
		{"not used, and so not asked", "cpap", Clear, "CI-OSA-CPAP", has(Conditions{}), nil},
		{"brought along, as said before", "cpap", Clear, "CI-OSA-CPAP", has(Conditions{CPAP: true, CPAPHere: true}), nil},
	}
}

func escortRows() []row {
	with := func(change func(*Escort)) func(*scene) {
		e := *clearPrecheck().Escort
		change(&e)
		return says(Precheck{Escort: &e})
	}
	return []row{
		{"means to drive", "escort", Finding, "CI-ESCORT", with(func(e *Escort) { e.WillDrive = true }), nil},
		{"nobody", "escort", Finding, "CI-ESCORT", with(func(e *Escort) { e.Arranged = false }), nil},
		{"no name", "escort", CouldNotCheck, "CI-ESCORT", with(func(e *Escort) { e.Name.ID = "" }), nil},
		{"no phone", "escort", CouldNotCheck, "CI-ESCORT", with(func(e *Escort) { e.Phone.ID = "" }), nil},
		{"not reached", "escort", CouldNotCheck, "CI-ESCORT", with(func(e *Escort) { e.Reached = false }), nil},
	}
}

func pregnancyRows() []row {
	tested := func(p Pregnancy) func(*scene) { return says(Precheck{Pregnancy: &p}) }
	return []row{
		{"does not apply", "pregnancy", Clear, "CI-PREG", tested(Pregnancy{Why: NotChildbearing}), nil},
		{"does not apply, and no reason", "pregnancy", CouldNotCheck, "CI-PREG", tested(Pregnancy{}), nil},
		{"negative", "pregnancy", Clear, "CI-PREG", tested(Pregnancy{Applies: true, Result: PregnancyNegative}), nil},
		{"positive", "pregnancy", Finding, "CI-PREG", tested(Pregnancy{Applies: true, Result: PregnancyPositive}), nil},
		{"declined", "pregnancy", CouldNotCheck, "CI-PREG", tested(Pregnancy{Applies: true, Result: PregnancyDeclined}), nil},
		{"no result", "pregnancy", CouldNotCheck, "CI-PREG", tested(Pregnancy{Applies: true}), nil},
	}
}

// weightRows: the order doses on 80 kg.
func weightRows() []row {
	weighs := func(kg string) func(*scene) {
		return func(x *scene) { x.s.Precheck.Weight = &WeightMeasured{Weight: unit.Kg(kg)} }
	}
	last := func(kg string) func(*scene) {
		return func(x *scene) { x.env.Patient.LastWeight = &WeightMeasured{Weight: unit.Kg(kg)} }
	}
	adjusted := func(kg string, also ...func(*scene)) func(*scene) {
		return func(x *scene) {
			x.orders(func(o *drug.Order) { o.WeightBasis, o.DosingWeight = drug.AdjustedWeight, unit.Kg(kg) })
			for _, f := range also {
				f(x)
			}
		}
	}
	noRegister := func(x *scene) { x.env.Patient.Known = false }
	noVisits := func(x *scene) { x.env.Patient.Weights = false }
	noOrder := func(x *scene) { x.s.Order = nil }
	noDose := changed(func(o *drug.Order) { o.DosingWeight = unit.Weight{} })
	return []row{
		{"nothing on the scale", "weight", CouldNotCheck, "WT-TODAY", weighs("0"), nil},

		{"2.2 times the order's", "weight-unit", Clear, "WT-UNIT", weighs("176"), nil},
		{"more than 2.2 times the order's", "weight-unit", Finding, "WT-UNIT", weighs("176.01"), nil},
		{"the order's more than 2.2 times", "weight-unit", Finding, "WT-UNIT", weighs("36.36"), nil},
		{"2.2 times the last", "weight-unit", Clear, "WT-UNIT", func(x *scene) { weighs("88")(x); last("40")(x) }, nil},
		{"more than 2.2 times the last", "weight-unit", Finding, "WT-UNIT", func(x *scene) { weighs("88.01")(x); last("40")(x) }, nil},
		{"the last more than 2.2 times", "weight-unit", Finding, "WT-UNIT", last("176.89"), nil},
		{"adjusted, with a last weight in lb", "weight-unit", Finding, "WT-UNIT", adjusted("70", last("176.89")), nil},
		{"adjusted, nothing to compare", "weight-unit", Clear, "WT-UNIT", adjusted("70"), nil},
		{"nothing on the scale", "weight-unit", CouldNotCheck, "WT-UNIT", weighs("0"), nil},
		{"no register", "weight-unit", CouldNotCheck, "WT-UNIT", noRegister, nil},
		{"earlier visits not read", "weight-unit", CouldNotCheck, "WT-UNIT", noVisits, nil},
		{"no order", "weight-unit", CouldNotCheck, "WT-UNIT", noOrder, nil},
		{"an order without a weight", "weight-unit", CouldNotCheck, "WT-UNIT", noDose, nil},

		{"10 % more", "weight-dosing", Clear, "WT-DRIFT", weighs("88"), nil},
		{"over 10 % more", "weight-dosing", Finding, "WT-DRIFT", weighs("88.01"), thePrescriber},
		{"10 % less", "weight-dosing", Clear, "WT-DRIFT", weighs("72"), nil},
		{"over 10 % less", "weight-dosing", Finding, "WT-DRIFT", weighs("71.99"), thePrescriber},
		{"adjusted, above today's", "weight-dosing", Finding, "WT-DRIFT", adjusted("80.41"), thePrescriber},
		{"adjusted, alone", "weight-dosing", Finding, "WT-DRIFT", adjusted("70"), thePrescriber},
		{"adjusted, near the last", "weight-dosing", Clear, "WT-DRIFT", adjusted("70", last("80")), nil},
		{"adjusted, far from the last", "weight-dosing", Finding, "WT-DRIFT", adjusted("70", last("73")), thePrescriber},
		{"adjusted, earlier visits not read", "weight-dosing", CouldNotCheck, "WT-DRIFT", adjusted("70", noVisits), nil},
		{"earlier visits not read, which this does not ask", "weight-dosing", Clear, "WT-DRIFT", noVisits, nil},
		{"adjusted, no register", "weight-dosing", CouldNotCheck, "WT-DRIFT", adjusted("70", noRegister), nil},
		{"nothing on the scale", "weight-dosing", CouldNotCheck, "WT-DRIFT", weighs("0"), nil},
		{"no order", "weight-dosing", CouldNotCheck, "WT-DRIFT", noOrder, nil},
		{"an order without a weight", "weight-dosing", CouldNotCheck, "WT-DRIFT", noDose, nil},
	}
}

func medicineRows() []row {
	took := func(m Medicines) func(*scene) { return says(Precheck{Medicines: &m}) }
	used := func(s Substances) func(*scene) { return says(Precheck{Substances: &s}) }
	return []row{
		{"taken", "theophylline", Finding, "DDI-1", took(Medicines{Theophylline: true}), nil},
		{"taken", "stimulant", Finding, "DDI-2", took(Medicines{Stimulant: true}), thePrescriber},
		{"taken", "sedating", Finding, "DDI-3", took(Medicines{Sedating: true}), thePrescriber},
		{"drunk", "alcohol", Finding, "DDI-3-ALCOHOL", used(Substances{Alcohol: true}), nil},
		{"used", "cannabis", Finding, "SW-CANNABIS", used(Substances{Cannabis: true}), thePrescriber},
		{"taken", "sedatives", Finding, "DDI-3", used(Substances{Sedatives: true}), thePrescriber},
		{"another one taken", "theophylline", Clear, "DDI-1", took(Medicines{Changed: true, List: said(9), Sedating: true, Stimulant: true}), nil},
		{"changed, and not said which", "theophylline", CouldNotCheck, "DDI-1", took(Medicines{Changed: true}), nil},
		{"another one used", "alcohol", Clear, "DDI-3-ALCOHOL", used(Substances{Cannabis: true, Sedatives: true}), nil},
	}
}

func askedRows() []row {
	bladder := func(l scale.LUTS6) func(*scene) { return says(Precheck{Bladder: &l}) }
	mood := func(m Mood) func(*scene) { return says(Precheck{Mood: &m}) }
	last := func(l LastTime) func(*scene) { return says(Precheck{LastTime: &l}) }
	line := func(a Access) func(*scene) { return func(x *scene) { x.s.Precheck.Access = &a } }
	return []row{
		{"urgency", "bladder", Finding, "CI-CYST", bladder(scale.LUTS6{Urgency: true}), thePrescriber},
		{"nights", "bladder", Finding, "CI-CYST", bladder(scale.LUTS6{Nocturia: true}), thePrescriber},
		{"pain", "bladder", Finding, "CI-CYST", bladder(scale.LUTS6{PelvicPain: true}), thePrescriber},
		{"blood", "bladder", Finding, "SUR-3", bladder(scale.LUTS6{Haematuria: true}), nil},
		{"burning", "bladder", Finding, "SUR-3", bladder(scale.LUTS6{Dysuria: true}), nil},
		{"frequency", "bladder", Finding, "SUR-3", bladder(scale.LUTS6{Frequency: true, Urgency: true}), nil},
		{"low", "mood", Clear, "SW-SUICIDALITY", mood(Mood{Low: true}), nil},
		{"thoughts, nothing done", "mood", Finding, "SW-SUICIDALITY", mood(Mood{Suicidal: true}), nil},
		{"thoughts, acted on", "mood", Finding, "SW-SUICIDALITY-ACTED", mood(Mood{Suicidal: true, Action: said(1)}), thePrescriber},
		{"some", "last-time", Finding, "CI-PRIORAE-LAST", last(LastTime{Any: true, Text: said(1)}), theNurse},
		{"some, not said which", "last-time", CouldNotCheck, "CI-PRIORAE-LAST", last(LastTime{Any: true}), nil},
		{"no site", "access", CouldNotCheck, "SW-ACCESS", line(Access{Gauge: 22, Attempts: 1}), nil},
		{"no gauge", "access", CouldNotCheck, "SW-ACCESS", line(Access{Site: "arm", Attempts: 1}), nil},
		{"no attempts", "access", CouldNotCheck, "SW-ACCESS", line(Access{Site: "arm", Gauge: 22}), nil},
	}
}

// premedRows: ondansetron, or it and dexamethasone, ordered before.
func premedRows() []row {
	ordered := func(p *Precheck, ids ...string) func(*scene) {
		return func(x *scene) {
			x.orders(func(o *drug.Order) {
				o.Adjuncts = []drug.Adjunct{{ID: "rescue", Drug: "midazolam", Rescue: true}}
				for _, id := range ids {
					o.Adjuncts = append(o.Adjuncts, drug.Adjunct{ID: id, Drug: id})
				}
			})
			if p != nil {
				x.answers(*p)
			}
		}
	}
	gave := func(id string) *Precheck { return &Precheck{Premed: &Premed{Given: true, Adjunct: id}} }
	both := func(also ...Event) func(*scene) {
		return func(x *scene) {
			ordered(gave("ondansetron"), "ondansetron", "dexamethasone")(x)
			x.add(-31, act.Actor(byNurse()), also...)
		}
	}
	return []row{
		{"none ordered", "premedication", Clear, "SW-PREMED", ordered(nil), nil},
		{"not asked", "premedication", CouldNotCheck, "SW-PREMED", ordered(nil, "ondansetron"), nil},
		{"given", "premedication", Clear, "SW-PREMED", ordered(gave("ondansetron"), "ondansetron"), nil},
		{"declined", "premedication", Clear, "SW-PREMED", ordered(&Precheck{Premed: &Premed{Declined: true}}, "ondansetron"), nil},
		{"neither", "premedication", CouldNotCheck, "SW-PREMED", ordered(&Precheck{Premed: &Premed{}}, "ondansetron"), nil},
		{"another given", "premedication", Finding, "SW-PREMED", ordered(gave("rescue"), "ondansetron"), thePrescriber},
		{"one of two given", "premedication", Finding, "SW-PREMED", both(), thePrescriber},
		{"the second charted", "premedication", Clear, "SW-PREMED", both(DrugGiven{Drug: "dexamethasone", Adjunct: "dexamethasone"}), nil},
		{"no order", "premedication", CouldNotCheck, "SW-PREMED", func(x *scene) { x.s.Order = nil }, nil},
	}
}

// TestConditions_BroughtOfOldEntries: before the question had three answers an
// entry said false for "no" and for "not asked" alike, and only true for certain.
func TestConditions_BroughtOfOldEntries(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string][2]bool{
		`{"cpap":true,"cpap_here":true}`:     {true, true},
		`{"cpap":true,"cpap_here":false}`:    {false, false},
		`{"cpap":true}`:                      {false, false},
		`{"cpap":true,"cpap_brought":true}`:  {true, true},
		`{"cpap":true,"cpap_brought":false}`: {false, true},
	} {
		var c Conditions
		if err := json.Unmarshal([]byte(wire), &c); err != nil {
			t.Fatal(err)
		}
		if yes, known := c.Brought(); yes != want[0] || known != want[1] {
			t.Errorf("%s: brought %v, known %v", wire, yes, known)
		}
	}
}
