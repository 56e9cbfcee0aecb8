package hl7

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// sentinels are numbers that monitors send for "no reading". 8388607 is
// 2^23 − 1.
var sentinels = []*big.Rat{
	big.NewRat(0, 1), big.NewRat(-1, 1), big.NewRat(-100, 1), big.NewRat(-10000, 1), big.NewRat(8388607, 1),
}

// number reads OBX-5 of a row whose OBX-2 is typ.
func number(typ string, value Field) (*big.Rat, error) {
	s := value.Text()
	if s == "" {
		return nil, refuse(CauseNoResult, "no value was sent")
	}
	if typ != "NM" {
		return nil, refuse(CauseNotNumber, "sent as type %s, not as a number (NM)", quote(typ, 8))
	}
	if !decimal(s) {
		return nil, refuse(CauseNotNumber, "text where a number must stand")
	}
	x, ok := new(big.Rat).SetString(strings.TrimPrefix(s, "+"))
	if !ok {
		return nil, refuse(CauseNotNumber, "text where a number must stand")
	}
	for _, none := range sentinels {
		if x.Cmp(none) == 0 {
			return nil, refuse(CauseSentinel, "%s is what monitors send when they have no reading", s)
		}
	}
	return x, nil
}

// decimal reports whether s is a plain decimal of at most 16 characters: no
// exponent, no comma, no NaN.
func decimal(s string) bool {
	if len(s) > 16 {
		return false
	}
	digits := strings.TrimPrefix(s, "+")
	if digits == s {
		digits = strings.TrimPrefix(s, "-")
	}
	whole, fraction, point := strings.Cut(digits, ".")
	switch {
	case point && whole == "":
		return allDigits(fraction)
	case point && fraction == "":
		return allDigits(whole)
	}
	return allDigits(whole) && (!point || allDigits(fraction))
}

// shown writes a number with up to three decimals, so that one just past a
// bound is not shown as the bound.
func shown(x *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(x.FloatString(3), "0"), ".")
}

// measure converts x to the kind's unit and rounds it once, half away from
// zero, to the kind's resolution. The text is that decimal.
func measure(k vital.Kind, s scale, x *big.Rat) (vital.Value, string, error) {
	field, _ := vital.Of(k)
	y := s.convert(x)
	exact, _ := y.Float64()
	if !k.Plausible(vital.Value(exact)) {
		return 0, "", refuse(CauseImplausible, "%s %s is not plausible in a living adult (%s to %s)",
			shown(y), field.Unit, k.Text(field.Low), k.Text(field.High))
	}
	text := y.FloatString(field.Decimals)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, "", refuse(CauseNotNumber, "text where a number must stand")
	}
	return vital.Value(v), text, nil
}
