package drug

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// TopRate is the highest setting of the pump within the order: its greatest
// mg/kg/h and its greatest mg/h, each rounded to the pump's resolution.
// Concentration and pump step must be positive.
func (o Order) TopRate() unit.PumpRate {
	top := o.ToSet(o.Maxima.Rate)
	if byMass := unit.PumpRateOf(o.Maxima.MassRate, o.Concentration, o.PumpStep); byMass.Less(top) {
		return byMass
	}
	return top
}

// RateRow is one line of an order's table of rates: what the pump is set to
// for a dose rate, and what it then gives.
type RateRow struct {
	Rate    unit.DoseRate // mg/kg/h
	Set     unit.PumpRate // mL/h, at the pump's resolution
	Gives   unit.MassRate // mg/h at that setting
	Ordered bool          // a step of the order has this rate
}

// mostRateRows bounds the even rates of a table, so that it stays on a page.
const mostRateRows = 14

// RateTable is the order's range of rates for its dosing weight and
// concentration, the lowest first: from half of its lowest step, where an
// infusion that is halved comes to, up to its greatest rate, in even parts and
// with every ordered rate. No line is above TopRate. Each number is rounded
// once, by package unit. An order that is not whole has no table.
func (o Order) RateTable() []RateRow {
	if o.Missing() != "" {
		return nil
	}
	top := o.TopRate()
	var out []RateRow
	for _, r := range o.rates() {
		set := o.ToSet(r)
		if !set.Positive() || top.Less(set) {
			continue
		}
		out = append(out, RateRow{
			Rate: r, Set: set, Gives: unit.MassRateOf(set, o.Concentration),
			Ordered: slices.ContainsFunc(o.Steps, func(s Step) bool { return s.Rate == r }),
		})
	}
	return out
}

// rates are the rates of the table, each once.
func (o Order) rates() []unit.DoseRate {
	low, high := o.Steps[0].Rate, o.Maxima.Rate
	out := []unit.DoseRate{high}
	for _, s := range o.Steps {
		out = append(out, s.Rate, unit.HalfRate(s.Rate))
		if s.Rate.Less(low) {
			low = s.Rate
		}
	}
	low = unit.HalfRate(low)
	part := evenPart(high.Micro() - low.Micro())
	for n := (low.Micro() + part - 1) / part * part; n < high.Micro(); n += part {
		out = append(out, fromMicro(n, low))
	}
	slices.SortFunc(out, unit.DoseRate.Cmp)
	return slices.Compact(out)
}

// fromMicro is a rate of so many millionths, in the unit of like.
func fromMicro[U unit.Base](n int64, _ unit.Of[U]) unit.Of[U] { return unit.FromMicro[U](n) }

// evenPart is the smallest of 1, 2 and 5 times a power of ten, in millionths,
// that divides a range into at most mostRateRows.
func evenPart(span int64) int64 {
	for part := int64(1); ; part *= 10 {
		for _, by := range []int64{1, 2, 5} {
			if span/(part*by) <= mostRateRows {
				return part * by
			}
		}
	}
}
