package drug

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// set works a pump's setting out by hand, in fractions: mg/kg/h × kg ÷ mg/mL,
// to the nearest step of the pump.
func set(t *testing.T, rate, kg, mgPerML, step string) *big.Rat {
	t.Helper()
	r := func(s string) *big.Rat {
		x, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		return x
	}
	v := r(rate)
	v.Mul(v, r(kg)).Quo(v, r(mgPerML)).Quo(v, r(step))
	v.Add(v, big.NewRat(1, 2))
	steps := new(big.Int).Quo(v.Num(), v.Denom())
	return new(big.Rat).Mul(new(big.Rat).SetInt(steps), r(step))
}

// TestRateTable_IsWhatUnitSays: each line is the exact product, rounded once to
// the pump's step, whatever the weight; no line is off by a power of ten, and
// none is above what the order allows.
func TestRateTable_IsWhatUnitSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kg, mgPerML, step string }{
		{"38.5", "1", "0.1"},
		{"50", "2", "0.1"},
		{"71", "1", "0.1"},
		{"72.4", "1", "0.1"},
		{"72.45", "2", "0.01"},
		{"99.95", "1", "1"},
		{"110", "2", "0.5"},
		{"160", "2", "0.1"},
	} {
		o := whole()
		o.DosingWeight, o.Concentration, o.PumpStep = unit.Kg(c.kg), unit.MgPerML(c.mgPerML), unit.MLPerH(c.step)
		rows := o.RateTable()
		if len(rows) < 5 || len(rows) > 2*mostRateRows {
			t.Fatalf("%s kg: %d lines", c.kg, len(rows))
		}
		for i, r := range rows {
			want := set(t, r.Rate.Decimal(), c.kg, c.mgPerML, c.step)
			if got, _ := new(big.Rat).SetString(r.Set.Decimal()); got.Cmp(want) != 0 {
				t.Errorf("%s kg, %s: %s, want %s mL/h", c.kg, r.Rate, r.Set, want.FloatString(3))
			}
			gives, _ := new(big.Rat).SetString(r.Gives.Decimal())
			conc, _ := new(big.Rat).SetString(c.mgPerML)
			if conc.Mul(conc, want); gives.Cmp(conc) != 0 {
				t.Errorf("%s kg, %s gives %s, want %s mg/h", c.kg, r.Set, r.Gives, conc.FloatString(3))
			}
			if i > 0 && (!rows[i-1].Rate.Less(r.Rate) || r.Set.Less(rows[i-1].Set)) {
				t.Errorf("%s kg: %v stands after %v", c.kg, r, rows[i-1])
			}
			if o.TopRate().Less(r.Set) {
				t.Errorf("%s kg: %s is above the order's greatest", c.kg, r.Set)
			}
		}
		for _, s := range o.Steps {
			at := slices.IndexFunc(rows, func(r RateRow) bool { return r.Rate == s.Rate })
			if at < 0 && !o.TopRate().Less(o.ToSet(s.Rate)) || at >= 0 && (!rows[at].Ordered || rows[at].Set != o.ToSet(s.Rate)) {
				t.Errorf("%s kg: the ordered %s is not in the table, or not marked", c.kg, s.Rate)
			}
		}
	}
}

// A range as wide as can be written stays on a page, and a line that the
// pump cannot be set to is not in it.
func TestRateTable_StaysShort(t *testing.T) {
	t.Parallel()
	o := whole()
	o.Steps, o.Maxima.Rate = []Step{{Rate: unit.MgPerKgH("0.000001"), Minutes: 1}}, unit.MgPerKgH("1000000000")
	rows := o.RateTable()
	if len(rows) > 2*mostRateRows {
		t.Errorf("%d lines", len(rows))
	}
	for _, r := range rows {
		if !r.Set.Positive() {
			t.Errorf("a line says %s", r.Set)
		}
	}
}

func TestRateTable_NoneOfAnOrderThatIsNotWhole(t *testing.T) {
	t.Parallel()
	o := whole()
	o.Concentration = unit.Concentration{}
	if rows := o.RateTable(); rows != nil {
		t.Errorf("without a concentration: %v", rows)
	}
}

// TestTopRate_IsTheLowerOfBoth: the greatest mg/kg/h, or the greatest mg/h.
func TestTopRate_IsTheLowerOfBoth(t *testing.T) {
	t.Parallel()
	o := whole() // 0.4 mg/kg/h × 71 kg = 28.4 mg/h; at most 40 mg/h
	if got := o.TopRate(); got != unit.MLPerH("28.4") {
		t.Errorf("by weight: %s", got)
	}
	o.Maxima.MassRate, o.Concentration = unit.MgPerH("21"), unit.MgPerML("2")
	if got := o.TopRate(); got != unit.MLPerH("10.5") {
		t.Errorf("by mg/h: %s", got)
	}
	for _, r := range o.RateTable() {
		if unit.MgPerH("21").Less(r.Gives) {
			t.Errorf("%s gives %s", r.Set, r.Gives)
		}
	}
}
