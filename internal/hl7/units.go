package hl7

import (
	"math/big"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// scale is how a unit's numbers become those of the kind's own unit.
type scale string

const (
	perMinute  scale = "per minute"
	beats      scale = "beats per minute"
	breaths    scale = "breaths per minute"
	percent    scale = "percent"
	mmHg       scale = "mmHg"
	kPa        scale = "kPa"
	celsius    scale = "°C"
	fahrenheit scale = "°F"
)

// unitRow is one unit that is converted, under all names it is sent by. MDC
// numbers are dimension partition 4 × 65536 + term.
type unitRow struct {
	scale scale
	// number and names are the MDC coding: any one name goes with the number.
	number string
	names  []string
	// ucum are UCUM symbols, case-sensitive; bare are what monitors write
	// without naming a system, in any case.
	ucum, bare []string
}

var units = []unitRow{
	{scale: beats, number: "264864", names: []string{"MDC_DIM_BEAT_PER_MIN"}, ucum: []string{"{beat}/min", "{beats}/min"}},
	{scale: breaths, number: "264928", names: []string{"MDC_DIM_RESP_PER_MIN"}, ucum: []string{"{breath}/min", "{breaths}/min"}},
	{scale: perMinute, ucum: []string{"/min", "1/min"}, bare: []string{"bpm"}},
	{scale: percent, number: "262688", names: []string{"MDC_DIM_PERCENT"}, ucum: []string{"%"}, bare: []string{"%"}},
	{scale: mmHg, number: "266016", names: []string{"MDC_DIM_MMHG"}, ucum: []string{"mm[Hg]"}, bare: []string{"mmHg"}},
	{scale: kPa, number: "265987", names: []string{"MDC_DIM_KILO_PASCAL"}, ucum: []string{"kPa"}, bare: []string{"kPa"}},
	{scale: celsius, number: "268192", names: []string{"MDC_DIM_DEGC"}, ucum: []string{"Cel"}, bare: []string{"Cel", "°C", "degC"}},
	// °F is seen under two numbers; a temperature read in the wrong one of °C
	// and °F is never plausible.
	{scale: fahrenheit, number: "268160", names: []string{"MDC_DIM_FAHR"}, ucum: []string{"[degF]"}, bare: []string{"°F", "degF"}},
	{scale: fahrenheit, number: "266560", names: []string{"MDC_DIM_FAHR"}},
}

// scalesOf lists the units in which a kind may be sent. A heart rate in
// breaths per minute is a fault of the sender, not a heart rate.
func scalesOf(k vital.Kind) []scale {
	switch k {
	case vital.HR, vital.Pulse:
		return []scale{beats, perMinute}
	case vital.RR:
		return []scale{breaths, perMinute}
	case vital.SpO2:
		return []scale{percent}
	case vital.NIBPSys, vital.NIBPDia, vital.NIBPMean, vital.ARTSys, vital.ARTDia, vital.ARTMean, vital.EtCO2:
		return []scale{mmHg, kPa}
	case vital.Temp:
		return []scale{celsius, fahrenheit}
	}
	return nil
}

// unitOf reads OBX-6 for a kind.
func unitOf(f Field, k vital.Kind) (scale, error) {
	if f.Empty() {
		return "", refuse(CauseNoUnit, "no unit was sent")
	}
	s, ok := coding(f.Comp(1).Text(), f.Comp(2).Text(), f.Comp(3).Text())
	if !ok {
		return "", refuse(CauseUnit, "unit %s is not one that Stillwatch converts, or its code and name disagree", quote(f.Raw(), 40))
	}
	if alt, known := coding(f.Comp(4).Text(), f.Comp(5).Text(), f.Comp(6).Text()); known && !same(alt, s) {
		return "", refuse(CauseUnit, "two units were sent that differ: %s and %s", s, alt)
	}
	if !slices.Contains(scalesOf(k), s) {
		return "", refuse(CauseUnit, "%s is not a unit of this measurement", s)
	}
	return s, nil
}

// coding finds the scale that one coded element names. Where code and text
// are both known they must agree.
func coding(code, text, system string) (scale, bool) {
	switch {
	case system == "MDC":
		return mdcUnit(code, text)
	case system == "UCUM":
		return ucumUnit(code, text)
	case system != "":
		return "", false
	case code == "":
		return plainUnit(text)
	case text == "":
		return plainUnit(code)
	}
	if s, ok := mdcUnit(code, text); ok {
		return s, true
	}
	a, okA := plainUnit(code)
	b, okB := plainUnit(text)
	return a, okA && (!okB || same(a, b))
}

func mdcUnit(code, text string) (scale, bool) {
	for _, u := range units {
		byNumber := u.number != "" && code == u.number
		byName := slices.Contains(u.names, text)
		if byNumber && (byName || text == "") || byName && code == "" {
			return u.scale, true
		}
	}
	return "", false
}

func ucumUnit(code, text string) (scale, bool) {
	symbol := code
	if symbol == "" {
		symbol = text
	}
	for _, u := range units {
		if slices.Contains(u.ucum, symbol) {
			other, known := plainUnit(text)
			return u.scale, !known || same(other, u.scale)
		}
	}
	return "", false
}

// plainUnit reads a unit sent without a coding system.
func plainUnit(s string) (scale, bool) {
	for _, u := range units {
		if slices.Contains(u.ucum, s) || slices.Contains(u.names, s) ||
			slices.ContainsFunc(u.bare, func(b string) bool { return strings.EqualFold(b, s) }) {
			return u.scale, true
		}
	}
	return "", false
}

// same reports whether two scales hold the same numbers.
func same(a, b scale) bool {
	rate := func(s scale) bool { return s == perMinute || s == beats || s == breaths }
	return a == b || (a == perMinute || b == perMinute) && rate(a) && rate(b)
}

// The fixed conversions: 1 kPa = 7.50062 mmHg; °C = (°F − 32) × 5/9.
var (
	mmHgPerKPa = big.NewRat(750062, 100000)
	freezing   = big.NewRat(32, 1)
	fiveNinths = big.NewRat(5, 9)
)

// convert carries x into the unit of its kind, exactly.
func (s scale) convert(x *big.Rat) *big.Rat {
	switch s {
	case kPa:
		return new(big.Rat).Mul(x, mmHgPerKPa)
	case fahrenheit:
		y := new(big.Rat).Sub(x, freezing)
		return y.Mul(y, fiveNinths)
	case perMinute, beats, breaths, percent, mmHg, celsius:
	}
	return x
}
