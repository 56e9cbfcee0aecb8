package session

import (
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// homeSignLines: the signs before the patient goes home (gate G-3).
func homeSignLines() []line {
	return []line{
		{"systolic-home", "G-3", func(v look) verdict {
			return v.pressure(systolicKinds, library.HomeSBPLow, library.HomeSBPHigh, library.HomeSBPCeiling)
		}},
		{"diastolic-home", "G-3", func(v look) verdict {
			return v.pressure(diastolicKinds, library.HomeDBPLow, library.HomeDBPHigh, library.HomeDBPCeiling)
		}},
		{"heart-rate-home", "G-3", func(v look) verdict {
			return v.inside(heartKinds, library.HomeHRLow, library.HomeHRHigh)
		}},
		{"breathing-home", "G-3", func(v look) verdict {
			return v.inside(breathKinds, library.HomeRRLow, library.HomeRRHigh)
		}},
		{"saturation-home", "G-3", look.saturationHome},
	}
}

// homeSign is every reliable reading of the latest set that has one.
func (v look) homeSign(kinds []vital.Kind) ([]vital.Value, ObservationFact, bool) {
	o, ok := v.homeSet(func(o ObservationFact) bool { return len(v.values(o, kinds)) > 0 })
	return v.values(o, kinds), o, ok
}

func shown(kinds []vital.Kind, x vital.Value) string {
	f, _ := vital.Of(kinds[0])
	return f.Label + " " + kinds[0].Text(x) + " " + f.Unit
}

// inside: between two limits, both included.
func (v look) inside(kinds []vital.Kind, low, high library.Key) verdict {
	xs, _, ok := v.homeSign(kinds)
	if !ok {
		return noHomeSet()
	}
	for _, x := range xs {
		if x < v.env.Rules.Vital(low) || x > v.env.Rules.Vital(high) {
			return found(say("home.outside", shown(kinds, x), v.env.Rules.Text(low), v.env.Rules.Text(high)), say("home.wait"))
		}
	}
	return fine()
}

// pressure: near the baseline or inside a plain range, and under the ceiling
// unless the baseline was at it; then the prescriber decides.
func (v look) pressure(kinds []vital.Kind, low, high, ceiling library.Key) verdict {
	xs, o, ok := v.homeSign(kinds)
	if !ok {
		return noHomeSet()
	}
	base, known := v.baselineMean(kinds)
	out := fine()
	for _, x := range xs {
		if r := v.onePressure(kinds, x, base, known, low, high, ceiling); worse(r, out) {
			out = r
		}
	}
	return out.resting(v.position(o))
}

func (v look) onePressure(kinds []vital.Kind, x, base vital.Value, known bool, low, high, ceiling library.Key) verdict {
	rules := v.env.Rules
	plain := x >= rules.Vital(low) && x <= rules.Vital(high)
	switch {
	case !plain && !known:
		return unsure(say("home.no_baseline", shown(kinds, x)), say("prescriber.look"))
	case !plain && !nearBase(x, base, rules.Permille(library.HomeBPChange)):
		return found(say("home.pressure", shown(kinds, x), kinds[0].Text(base), rules.Text(library.HomeBPChange), rules.Text(low), rules.Text(high)), say("home.wait"))
	case x >= rules.Vital(ceiling) && base >= rules.Vital(ceiling):
		return found(say("home.high_before", shown(kinds, x), kinds[0].Text(base)), say("prescriber.decides")).by("G-3-HIGH")
	case x >= rules.Vital(ceiling):
		return found(say("home.ceiling", shown(kinds, x), rules.Text(ceiling)), say("home.wait"))
	}
	return fine()
}

// worse orders verdicts: a hard finding over what could not be checked over a
// soft finding over clear.
func worse(a, b verdict) bool { return weight(a) > weight(b) }

func weight(r verdict) int {
	switch {
	case r.outcome == Finding && r.rule != "G-3-HIGH":
		return 3
	case r.outcome == CouldNotCheck:
		return 2
	case r.outcome == Finding:
		return 1
	}
	return 0
}

// nearBase reports whether x lies within permille of base, both included.
func nearBase(x, base vital.Value, permille int64) bool {
	d := x - base
	if d < 0 {
		d = -d
	}
	return d*1000 <= base*vital.Value(permille)
}

// saturationHome counts on air, as the set says that holds it; whatever was
// charted since may not say that oxygen was needed again. Below the limit it
// must be no lower than the baseline was.
func (v look) saturationHome() verdict {
	xs, set, ok := v.homeSign(oxygenKinds)
	last, said := v.homeSet(func(o ObservationFact) bool { return o.Oxygen != nil })
	switch {
	case !ok:
		return noHomeSet()
	case said && !last.Oxygen.Air, set.Oxygen != nil && !set.Oxygen.Air:
		return found(say("oxygen.needed"), say("home.wait"))
	case set.Oxygen == nil:
		return unsure(say("oxygen.unknown"), say("oxygen.say"))
	}
	least := v.env.Rules.Vital(library.HomeSpO2Least)
	base, known := v.baselineMean(oxygenKinds)
	for _, x := range xs {
		switch {
		case x >= least:
		case !known:
			return unsure(say("home.no_baseline", shown(oxygenKinds, x)), say("prescriber.look"))
		case x < base:
			return found(say("home.saturation", shown(oxygenKinds, x), v.env.Rules.Text(library.HomeSpO2Least), vital.SpO2.Text(base)), say("home.wait"))
		}
	}
	return fine()
}
