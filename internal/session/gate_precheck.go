package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// precheckLines: what is asked and measured of the patient today.
func precheckLines() []line {
	return []line{
		{"fasting", "CI-NPO", look.fasting},
		{"glp1", "FAST-GLP1", look.glp1},
		{"glucose", "SW-GLUCOSE", look.glucose},
		{"cpap", "CI-OSA-CPAP", look.cpap},
		{"escort", "CI-ESCORT", look.escort},
		{"pregnancy", "CI-PREG", look.pregnancy},
		{"weight", "WT-TODAY", look.weightToday},
		{"weight-unit", "WT-UNIT", look.weightUnit},
		{"weight-dosing", "WT-DRIFT", look.weightDosing},
		{"theophylline", "DDI-1", func(v look) verdict {
			return v.medicine(func(m Medicines) bool { return m.Theophylline }, "medicines.theophylline")
		}},
		{"stimulant", "DDI-2", func(v look) verdict {
			return v.medicine(func(m Medicines) bool { return m.Stimulant }, "medicines.stimulant")
		}},
		{"sedating", "DDI-3", func(v look) verdict {
			return v.medicine(func(m Medicines) bool { return m.Sedating }, "medicines.sedating")
		}},
		{"alcohol", "DDI-3-ALCOHOL", func(v look) verdict {
			return v.substance(func(s Substances) bool { return s.Alcohol }, "substances.alcohol")
		}},
		{"cannabis", "SW-CANNABIS", func(v look) verdict {
			return v.substance(func(s Substances) bool { return s.Cannabis }, "substances.cannabis")
		}},
		{"sedatives", "DDI-3", func(v look) verdict {
			return v.substance(func(s Substances) bool { return s.Sedatives }, "substances.sedatives")
		}},
		{"bladder", "CI-CYST", look.bladder},
		{"mood", "SW-SUICIDALITY", look.mood},
		{"last-time", "CI-PRIORAE-LAST", look.lastTime},
		{"premedication", "SW-PREMED", look.premed},
		{"access", "SW-ACCESS", look.access},
	}
}

// asked judges a section of the pre-check that was answered today; one that
// was not could not be checked.
func asked[T any](v look, section string, answer *T, judge func(T) verdict) verdict {
	if answer == nil {
		return unsure(say("not_asked"), say("ask"))
	}
	at, ok := v.s.PrecheckAt[section]
	if !ok {
		return unsure(say("not_asked"), say("ask"))
	}
	today, known := v.today(at.At)
	if !known {
		return unsure(say("no_zone"), say("set_zone"))
	}
	if !today {
		return unsure(say("not_today"), say("ask"))
	}
	return judge(*answer).resting(at.Position)
}

func (v look) fasting() verdict {
	return asked(v, "fasting", v.s.Precheck.Fasting, func(f Fasting) verdict {
		now, rules := v.env.Now, v.env.Rules
		switch {
		case f.Solids.IsZero() || f.ClearFluids.IsZero():
			return unsure(say("fasting.times"), say("ask"))
		case f.Solids.After(now) || f.ClearFluids.After(now):
			return unsure(say("fasting.future"), say("ask"))
		case now.Sub(f.Solids) < rules.Duration(library.FastSolids):
			return found(say("fasting.solids", v.clock(f.Solids), rules.Text(library.FastSolids)),
				say("fasting.wait", v.clock(f.Solids.Add(rules.Duration(library.FastSolids)))))
		case now.Sub(f.ClearFluids) < rules.Duration(library.FastClear):
			return found(say("fasting.clear", v.clock(f.ClearFluids), rules.Text(library.FastClear)),
				say("fasting.wait", v.clock(f.ClearFluids.Add(rules.Duration(library.FastClear)))))
		}
		return fine()
	})
}

func (v look) glp1() verdict {
	return asked(v, "conditions", v.s.Precheck.Conditions, func(c Conditions) verdict {
		if c.GLP1 {
			return found(say("glp1.found"), say("prescriber.decides"))
		}
		return fine()
	})
}

func (v look) glucose() verdict {
	return asked(v, "conditions", v.s.Precheck.Conditions, func(c Conditions) verdict {
		if c.Insulin && (c.Glucose == nil || !c.Glucose.Positive()) {
			return unsure(say("glucose.missing"), say("glucose.measure"))
		}
		return fine()
	})
}

func (v look) cpap() verdict {
	return asked(v, "conditions", v.s.Precheck.Conditions, func(c Conditions) verdict {
		brought, known := c.Brought()
		switch {
		case !c.CPAP:
			return fine()
		case !known:
			return unsure(say("cpap.not_asked"), say("cpap.ask"))
		case !brought:
			return found(say("cpap.not_here"), say("prescriber.decides"))
		}
		return fine()
	})
}

// Brought reports whether the CPAP was brought along, and whether that is
// known. An entry from before the question had three answers says only yes for
// certain: its no is taken for not asked, and is asked again.
func (c Conditions) Brought() (yes, known bool) {
	if c.CPAPBrought != nil {
		return *c.CPAPBrought, true
	}
	return c.CPAPHere, c.CPAPHere
}

func (v look) escort() verdict {
	return asked(v, "escort", v.s.Precheck.Escort, func(e Escort) verdict {
		switch {
		case e.WillDrive:
			return found(say("escort.drives"), say("escort.arrange"))
		case !e.Arranged:
			return found(say("escort.none"), say("escort.arrange"))
		case !e.Name.Given() || !e.Phone.Given():
			return unsure(say("escort.unnamed"), say("escort.name"))
		case !e.Reached:
			return unsure(say("escort.not_reached"), say("escort.call"))
		}
		return fine()
	})
}

func (v look) pregnancy() verdict {
	return asked(v, "pregnancy", v.s.Precheck.Pregnancy, func(p Pregnancy) verdict {
		switch {
		case !p.Applies && p.Why == NotChildbearing:
			return noted(say("pregnancy.not_applicable"))
		case !p.Applies:
			return unsure(say("pregnancy.no_reason"), say("pregnancy.test"))
		case p.Result == PregnancyPositive:
			return found(say("pregnancy.positive"), say("prescriber.decides"))
		case p.Result == PregnancyNegative:
			return fine()
		}
		return unsure(say("pregnancy.no_result"), say("pregnancy.test"))
	})
}

func (v look) weightToday() verdict {
	return asked(v, "weight", v.s.Precheck.Weight, func(w WeightMeasured) verdict {
		if !w.Weight.Positive() {
			return unsure(say("weight.none"), say("weight.measure"))
		}
		return fine()
	})
}

// weightUnit compares today's weight with the last one, and with the one the
// order doses on: pounds taken for kilograms are 2.2 times too many.
func (v look) weightUnit() verdict {
	return asked(v, "weight", v.s.Precheck.Weight, func(w WeightMeasured) verdict {
		factor := v.env.Rules.Factor(library.WeightFactor)
		o := v.s.Order
		switch {
		case !w.Weight.Positive():
			return unsure(say("weight.none"), say("weight.measure"))
		case !v.env.Patient.Known:
			return unsure(say("weight.no_register"), say("weight.register"))
		case !v.env.Patient.Weights:
			return unsure(say("weight.no_visits"), say("weight.register"))
		case o == nil || !o.DosingWeight.Positive():
			return unsure(say("order.none"), say("order.attach"))
		}
		last := v.env.Patient.LastWeight
		switch {
		case last != nil && apart(w.Weight, last.Weight, factor):
			return found(say("weight.unit_last", w.Weight.String(), last.Weight.String()), say("weight.again"))
		case o.WeightBasis != drug.AdjustedWeight && apart(w.Weight, o.DosingWeight, factor):
			return found(say("weight.unit_order", w.Weight.String(), o.DosingWeight.String()), say("weight.again")).resting(v.s.OrderAt)
		case last == nil && o.WeightBasis == drug.AdjustedWeight:
			return noted(say("weight.unit_alone")).resting(v.s.OrderAt)
		}
		return fine().resting(v.s.OrderAt)
	})
}

// apart reports whether one weight is more than factor/1000 times the other.
func apart(a, b unit.Weight, factor int64) bool {
	low, high := a.Micro(), b.Micro()
	if low > high {
		low, high = high, low
	}
	return high*1000 > low*factor
}

// weightDosing compares today's weight with the one the order doses on. An
// adjusted weight cannot be compared with it: there the last measured weight
// stands in, and without one the prescriber looks.
func (v look) weightDosing() verdict {
	return asked(v, "weight", v.s.Precheck.Weight, func(w WeightMeasured) verdict {
		o := v.s.Order
		switch {
		case !w.Weight.Positive():
			return unsure(say("weight.none"), say("weight.measure"))
		case o == nil || !o.DosingWeight.Positive():
			return unsure(say("order.none"), say("order.attach"))
		case o.WeightBasis == drug.AdjustedWeight:
			return v.weightAdjusted(w.Weight, *o).resting(v.s.OrderAt)
		}
		return v.weightDrift(w.Weight, o.DosingWeight).resting(v.s.OrderAt)
	})
}

func (v look) weightAdjusted(today unit.Weight, o drug.Order) verdict {
	last := v.env.Patient.LastWeight
	switch {
	case today.Less(o.DosingWeight):
		return found(say("weight.adjusted_above", o.DosingWeight.String(), today.String()), say("order.renew"))
	case !v.env.Patient.Known:
		return unsure(say("weight.no_register"), say("weight.register"))
	case !v.env.Patient.Weights:
		return unsure(say("weight.no_visits"), say("weight.register"))
	case last == nil:
		return found(say("weight.adjusted_alone", o.DosingWeight.String(), today.String()), say("prescriber.decides"))
	}
	return v.weightDrift(today, last.Weight)
}

func (v look) weightDrift(today, base unit.Weight) verdict {
	if !unit.Within(today, base, v.env.Rules.Permille(library.WeightChange)) {
		return found(say("weight.drift", today.String(), base.String(), v.env.Rules.Text(library.WeightChange)), say("weight.new_order"))
	}
	return fine()
}

func (v look) medicine(taken func(Medicines) bool, why word.ID) verdict {
	return asked(v, "medicines", v.s.Precheck.Medicines, func(m Medicines) verdict {
		switch {
		case taken(m):
			return found(say(why), say("prescriber.decides"))
		case m.Changed && !m.List.Given():
			return unsure(say("medicines.which"), say("ask"))
		}
		return fine()
	})
}

func (v look) substance(taken func(Substances) bool, why word.ID) verdict {
	return asked(v, "substances", v.s.Precheck.Substances, func(s Substances) verdict {
		if taken(s) {
			return found(say(why), say("prescriber.decides"))
		}
		return fine()
	})
}

// bladder: what may be cystitis holds the infusion; any other symptom asks
// the prescriber.
func (v look) bladder() verdict {
	return asked(v, "bladder", v.s.Precheck.Bladder, func(l scale.LUTS6) verdict {
		switch {
		case l.Haematuria || l.Dysuria || l.Frequency:
			return found(say("bladder.hold"), say("bladder.test")).by("SUR-3")
		case l.Any():
			return found(say("bladder.symptoms"), say("prescriber.decides"))
		}
		return fine()
	})
}

func (v look) mood() verdict {
	return asked(v, "mood", v.s.Precheck.Mood, moodSaid)
}

// moodSaid judges an answer about mood and suicidality, whenever it was given.
func moodSaid(m Mood) verdict {
	switch {
	case m.Suicidal && !m.Action.Given():
		return found(say("mood.no_action"), say("mood.act"))
	case m.Suicidal:
		return found(say("mood.acted"), say("prescriber.decides")).by("SW-SUICIDALITY-ACTED")
	case m.Low:
		return noted(say("mood.low"))
	}
	return fine()
}

func (v look) lastTime() verdict {
	return asked(v, "last_time", v.s.Precheck.LastTime, func(l LastTime) verdict {
		switch {
		case l.Any && !l.Text.Given():
			return unsure(say("last_time.which"), say("ask"))
		case l.Any:
			return found(say("last_time.any"), say("last_time.look"))
		}
		return fine()
	})
}

// premed: what was ordered to be given before is given or declined. The
// answer names one drug; of several the others stand as drugs given.
func (v look) premed() verdict {
	o := v.s.Order
	if o == nil {
		return unsure(say("order.none"), say("order.attach"))
	}
	ordered := slices.DeleteFunc(slices.Clone(o.Adjuncts), func(a drug.Adjunct) bool { return a.Rescue })
	if len(ordered) == 0 {
		return noted(say("premed.none")).resting(v.s.OrderAt)
	}
	return asked(v, "premed", v.s.Precheck.Premed, func(p Premed) verdict {
		switch {
		case p.Given == p.Declined:
			return unsure(say("premed.unclear"), say("ask"))
		case p.Declined:
			return noted(say("premed.declined"))
		case !slices.ContainsFunc(ordered, func(a drug.Adjunct) bool { return a.ID == p.Adjunct }):
			return found(say("premed.not_ordered"), say("prescriber.decides"))
		}
		for _, a := range ordered {
			if a.ID != p.Adjunct && !v.given(a.ID) {
				return found(say("premed.not_given", a.Drug), say("prescriber.decides"))
			}
		}
		return fine()
	}).resting(v.s.OrderAt)
}

// given reports whether an adjunct of the order was charted as given.
func (v look) given(adjunct string) bool {
	return slices.ContainsFunc(v.s.Drugs, func(f DrugFact) bool { return !f.Struck && f.Adjunct == adjunct })
}

func (v look) access() verdict {
	return asked(v, "access", v.s.Precheck.Access, func(a Access) verdict {
		if a.Site == "" || a.Gauge <= 0 || a.Attempts <= 0 {
			return unsure(say("access.incomplete"), say("access.place"))
		}
		return fine()
	})
}
