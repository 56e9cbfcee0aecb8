// Package protocol holds what an infusion order asks for against the protocol it comes
// from and the limits of the library: for each limit what was asked, what is allowed,
// which row binds and what that rests on. It works out the dosing weight, and says
// which rows an order was decided on and what has become of them.
package protocol

import (
	"math/big"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Weight is the weight that an order doses on, and why.
type Weight struct {
	Kg    unit.Weight
	Basis drug.WeightBasis
	// Index is the body mass index in kg/m²; empty without a height.
	Index string
	// Why says by which rule.
	Why word.Message
}

// weightRows are the rows of the session's library that a dosing weight rests on.
func weightRows() []string {
	return []string{"WT-ADJUST", "WT-AGE", "WT-BODY", "WT-CAP", "WT-DRIFT", "WT-UNIT"}
}

// DosingWeight works out on what to dose: the measured weight below the body mass
// index of WT-ADJUST, else the adjusted one, never more than the measured one or than
// WT-CAP, to a tenth of a kilogram. The lines say what is wrong with what it is worked
// out of; where one is refused the weight is not to be used. now is when the order is
// written. clinical.md 7.4, default.
func DosingWeight(rules library.Session, b drug.Body, reasoned []string, now time.Time) (Weight, []Line) {
	c := checker{rules: rules, reasoned: reasoned}
	if !b.Weight.Positive() {
		c.refuse("weight", "WT-TODAY", "", "", word.M("order.weight_missing"))
		return Weight{}, c.lines
	}
	c.weighed(b, now)
	c.before(b)
	index := bodyMassIndex(b)
	if index == nil {
		c.refuse("height", "WT-ADJUST", "", "", word.M("order.height_missing"))
		return Weight{}, c.lines
	}
	w := Weight{Kg: b.Weight, Basis: drug.ActualWeight, Index: index.FloatString(1), Why: word.M("order.weight_actual", index.FloatString(1))}
	low, high := number(rules, library.BodyLow), number(rules, library.BodyHigh)
	if index.Cmp(low) < 0 || index.Cmp(high) > 0 {
		c.refuse("body mass index", "WT-BODY", index.FloatString(1)+" kg/m²", low.FloatString(0)+" to "+high.FloatString(0)+" kg/m²", word.M("order.body"))
		return w, c.lines
	}
	if index.Cmp(number(rules, library.AdjustFrom)) >= 0 {
		kg, ok := adjusted(rules, b)
		if !ok {
			c.refuse("sex", "WT-ADJUST", "", "", word.M("order.sex_missing"))
			return Weight{}, c.lines
		}
		w.Kg, w.Basis, w.Why = kg, drug.AdjustedWeight, word.M("order.weight_adjusted", w.Index)
	}
	if most := rules.Weight(library.MostDosingWeight); most.Less(w.Kg) {
		w.Kg, w.Basis, w.Why = most, drug.AdjustedWeight, word.M("order.weight_capped", most.String())
	}
	return w, c.lines
}

// weighed says what is wrong with when the weight was measured.
func (c *checker) weighed(b drug.Body, now time.Time) {
	most := c.rules.Text(library.WeightOldest)
	switch age := now.Sub(b.Weighed); {
	case b.Weighed.IsZero():
		c.ask("weight", "WT-AGE", "not known", most, word.M("order.weight_undated"))
	case age > c.rules.Duration(library.WeightOldest):
		c.ask("weight", "WT-AGE", big.NewInt(int64(age/(24*time.Hour))).String()+" d", most, word.M("order.weight_old"))
	}
}

// before compares with the weight of an earlier visit: pounds taken for kilograms,
// and a sudden change.
func (c *checker) before(b drug.Body) {
	if !b.Before.Positive() {
		return
	}
	low, high := b.Weight, b.Before
	if high.Less(low) {
		low, high = high, low
	}
	asked, was := b.Weight.String(), b.Before.String()
	factor := big.NewRat(c.rules.Factor(library.WeightFactor), 1000)
	switch {
	case new(big.Rat).Quo(high.Exact().Rat(), low.Exact().Rat()).Cmp(factor) > 0:
		c.refuse("weight", "WT-UNIT", asked, was, word.M("order.weight_unit"))
	case !unit.Within(b.Weight, b.Before, c.rules.Permille(library.WeightChange)):
		c.ask("weight", "WT-DRIFT", asked, was, word.M("order.weight_changed", c.rules.Text(library.WeightChange)))
	}
}

// bodyMassIndex is in kg/m²; nil without a height.
func bodyMassIndex(b drug.Body) *big.Rat {
	if !b.Height.Positive() {
		return nil
	}
	m := new(big.Rat).Quo(b.Height.Exact().Rat(), big.NewRat(100, 1))
	return m.Quo(b.Weight.Exact().Rat(), m.Mul(m, m))
}

// adjusted is the ideal weight by Devine and a share of what lies above it, at most
// the measured one; ok is false where the formula does not know the sex, or gives no
// weight.
func adjusted(rules library.Session, b drug.Body) (kg unit.Weight, ok bool) {
	var ideal *big.Rat
	switch b.Sex {
	case drug.Female:
		ideal = number(rules, library.IdealFemale)
	case drug.Male:
		ideal = number(rules, library.IdealMale)
	default:
		return kg, false
	}
	inches := new(big.Rat).Quo(b.Height.Exact().Rat(), big.NewRat(254, 100))
	inches.Sub(inches, number(rules, library.IdealInches))
	ideal.Add(ideal, inches.Mul(inches, number(rules, library.IdealPerInch)))
	actual := b.Weight.Exact().Rat()
	above := new(big.Rat).Sub(actual, ideal)
	ideal.Add(ideal, above.Mul(above, number(rules, library.AdjustShare)))
	if ideal.Sign() <= 0 {
		return kg, false
	}
	if ideal.Cmp(actual) > 0 {
		return b.Weight, true
	}
	err := kg.UnmarshalText([]byte(ideal.FloatString(1)))
	if b.Weight.Less(kg) { // by the rounding
		kg = b.Weight
	}
	return kg, err == nil && kg.Positive()
}

// number is a number of the library, exactly.
func number(rules library.Session, k library.Key) *big.Rat {
	n, _ := rules.Number(k.Rule, k.Name) // the keys are required
	r, ok := new(big.Rat).SetString(n.Value)
	if !ok {
		return new(big.Rat)
	}
	return r
}
