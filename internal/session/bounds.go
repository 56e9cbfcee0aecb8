package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// What no living adult, bag or pump can show; entries beyond go back to
// their author. Evidence mark: default.
var (
	heaviest    = unit.Kg("500")
	mostML      = unit.ML("5000")
	mostMg      = unit.Mg("10000")
	mostMgPerKg = unit.MgPerKg("100")
	mostMLH     = unit.MLPerH("2000")
	strongest   = unit.MgPerML("200")
	mostFlow    = unit.LPerMin("80")
	mostGlucose = unit.MmolPerL("100")
)

const (
	mostItems   = 64               // of one list in one command
	mostLoading = drug.Minutes(60) // over which a loading dose is given
	mostShort   = 120              // bytes of a short text such as a site or a device
)

// impossible reports a quantity below zero or beyond what can be.
func impossible[U unit.Base](q, most unit.Of[U]) bool {
	return q.Less(unit.Of[U]{}) || most.Less(q)
}

// notSome is impossible, or nothing at all.
func notSome[U unit.Base](q, most unit.Of[U]) bool {
	return !q.Positive() || most.Less(q)
}

// possible reports why a pump reading cannot be.
func (p *PumpReading) possible() *Refusal {
	if p == nil {
		return nil
	}
	switch {
	case impossible(p.Rate, mostMLH):
		return malformed("session.bad_rate", p.Rate.String())
	case impossible(p.Concentration, strongest):
		return malformed("session.bad_concentration", p.Concentration.String())
	case p.ToInfuse != nil && impossible(*p.ToInfuse, mostML):
		return malformed("session.bad_volume", p.ToInfuse.String())
	case p.Given != nil && impossible(*p.Given, mostML):
		return malformed("session.bad_volume", p.Given.String())
	}
	return nil
}

// possibleReadings refuses a value that is not a plausible number of a known
// kind, quality and origin.
func possibleReadings(rs []vital.Reading) *Refusal {
	if len(rs) > mostItems {
		return malformed("session.too_many")
	}
	for _, r := range rs {
		if !r.Kind.Plausible(r.Value) {
			return malformed("session.bad_reading", string(r.Kind))
		}
		if !knownQuality(r.Quality) || !knownOrigin(r.Origin) || tooLong(r.Site, r.Source) {
			return malformed("session.unknown_code", string(r.Kind))
		}
	}
	return nil
}

func knownQuality(q vital.Quality) bool {
	return q == vital.Good || q == vital.Questionable || q == vital.Artefact
}

func knownOrigin(o vital.Origin) bool {
	return o == vital.ByHand || o == vital.FromDevice || o == vital.DeviceConfirmed
}

func tooLong(texts ...string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return len(s) > mostShort })
}

// unknown reports a code that is given and not one of those known.
func unknown[T ~string](code T, known ...T) bool {
	return code != "" && !slices.Contains(known, code)
}

// missing reports a code that is not one of those known, or not given.
func missing[T ~string](code T, known ...T) bool { return !slices.Contains(known, code) }

// possible reports why an observation cannot be.
func (o Observation) possible() *Refusal {
	for _, r := range []*Refusal{possibleReadings(o.Readings), o.possibleScores(), o.possibleCodes(), o.Oxygen.possible(), o.Pump.possible()} {
		if r != nil {
			return r
		}
	}
	if o.empty() {
		return malformed("session.nothing_said")
	}
	return nil
}

func (o Observation) possibleScores() *Refusal {
	switch {
	case o.Sedation != nil && !o.Sedation.Valid():
		return malformed("session.bad_score", "MOAA/S")
	case o.Pain != nil && !o.Pain.Valid():
		return malformed("session.bad_score", "pain")
	case o.Distress != nil && !o.Distress.Valid():
		return malformed("session.bad_score", "distress")
	case o.SE12 != nil && o.SE12.Check() != nil:
		return malformed("session.bad_score", "side effects")
	}
	return nil
}

func (o Observation) possibleCodes() *Refusal {
	switch {
	case missing(o.Purpose, ForBaseline, ForRound, ForPeak, ForRecovery, ForDischarge, ForConcern):
		return malformed("session.unknown_code", "purpose")
	case unknown(o.Position, Lying, Reclined, Sitting, Standing):
		return malformed("session.unknown_code", "position")
	case unknown(o.Site, SiteFine, SiteRed, SiteSwollen, SiteLeaking, SiteRemoved):
		return malformed("session.unknown_code", "IV site")
	case unknown(o.PainNotAsked, Asleep) || unknown(o.SE12NotAsked, Asleep):
		return malformed("session.unknown_code", "not asked")
	case o.Pain != nil && o.PainNotAsked != "", o.SE12 != nil && o.SE12NotAsked != "":
		return malformed("session.asked_and_not")
	}
	return nil
}

func (o *Oxygen) possible() *Refusal {
	switch {
	case o == nil:
		return nil
	case impossible(o.Flow, mostFlow), tooLong(o.Device):
		return malformed("session.bad_oxygen")
	case o.Air == o.Flow.Positive(): // on air with a flow, or neither
		return malformed("session.bad_oxygen")
	}
	return nil
}

// empty reports that nothing was observed.
func (o Observation) empty() bool {
	return len(o.Readings) == 0 && o.Oxygen == nil && o.Position == "" && o.Sedation == nil && o.Pain == nil &&
		o.Distress == nil && o.SE12 == nil && !o.NothingNew && o.PainNotAsked == "" && o.SE12NotAsked == "" &&
		o.Site == "" && o.Pump == nil && !o.WorstHeadache && o.Stood == nil && o.Oriented == nil && !o.StaysWith.Given() && !o.Text.Given()
}

// possible reports why answers to the pre-check cannot be.
func (p Precheck) possible(at time.Time) *Refusal {
	if p == (Precheck{}) {
		return malformed("session.nothing_said")
	}
	for _, r := range []*Refusal{p.possibleCodes(), p.possibleNumbers(at)} {
		if r != nil {
			return r
		}
	}
	return nil
}

func (p Precheck) possibleCodes() *Refusal {
	if g := p.Pregnancy; g != nil {
		if unknown(g.Why, NotChildbearing) || unknown(g.Result, PregnancyNegative, PregnancyPositive, PregnancyDeclined) {
			return malformed("session.unknown_code", "pregnancy")
		}
		if !g.Applies && g.Result != "" {
			return malformed("session.contradiction", "pregnancy")
		}
	}
	if m := p.Premed; m != nil && (m.Given == m.Declined || tooLong(m.Adjunct)) {
		return malformed("session.contradiction", "premedication")
	}
	return nil
}

// Needles are 14 to 26 gauge in use; attempts are counted by hand.
const (
	finestGauge  = 30
	widestGauge  = 10
	mostAttempts = 20
)

func (p Precheck) possibleNumbers(at time.Time) *Refusal {
	switch {
	case p.Weight != nil && (notSome(p.Weight.Weight, heaviest) || tooLong(p.Weight.Scale)):
		return malformed("session.bad_weight")
	case p.Fasting != nil && (p.Fasting.Solids.After(at) || p.Fasting.ClearFluids.After(at)):
		return malformed("session.bad_fasting")
	case p.Premed != nil && p.Premed.At.After(at):
		return malformed("session.bad_premed")
	case p.Conditions != nil && p.Conditions.Glucose != nil && notSome(*p.Conditions.Glucose, mostGlucose):
		return malformed("session.bad_glucose")
	case p.Access != nil && !p.Access.possible():
		return malformed("session.bad_access")
	}
	return nil
}

func (a Access) possible() bool {
	gauge := a.Gauge >= widestGauge && a.Gauge <= finestGauge
	return gauge && a.Attempts >= 0 && a.Attempts <= mostAttempts && !tooLong(a.Site)
}

func possibleScores(m scale.MPADSS, a scale.Aldrete) *Refusal {
	if m.Check() != nil || a.Check() != nil {
		return malformed("session.bad_score", "discharge")
	}
	return nil
}
