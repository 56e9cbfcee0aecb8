package unit

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		micro int64
		ok    bool
	}{
		{"0", 0, true},
		{"1", Micro, true},
		{"0.35", 350_000, true},
		{"-2.5", -2_500_000, true},
		{"0.000001", 1, true},
		{"1000000000", 1_000_000_000 * Micro, true},
		{"007", 7 * Micro, true},
		{"", 0, false},
		{"-", 0, false},
		{".", 0, false},
		{"1.", 0, false},
		{".5", 0, false},
		{"0.0000001", 0, false},
		{"1000000001", 0, false},
		{"99999999999", 0, false},
		{"NaN", 0, false},
		{"Inf", 0, false},
		{"-Inf", 0, false},
		{"1e3", 0, false},
		{"1,5", 0, false},
		{" 1", 0, false},
		{"--1", 0, false},
		{"+1", 0, false},
		{"0x10", 0, false},
		{"١", 0, false},
	} {
		got, err := Parse[milligram](c.in)
		if (err == nil) != c.ok || (c.ok && got.Micro() != c.micro) {
			t.Errorf("%q reads as %d (%v)", c.in, got.Micro(), err)
		}
	}
}

func TestOf_FixedRoundsHalfAwayFromZero(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in       string
		decimals int
		want     string
	}{
		{"24.85", 1, "24.9"},
		{"24.849999", 1, "24.8"},
		{"-24.85", 1, "-24.9"},
		{"0.5", 0, "1"},
		{"-0.5", 0, "-1"},
		{"0.4", 0, "0"},
		{"1.25", 9, "1.250000"},
		{"1.25", -1, "1"},
		{"0", 2, "0.00"},
		{"999.999", 2, "1000.00"},
	} {
		if got := Mg(c.in).Fixed(c.decimals); got != c.want {
			t.Errorf("%s to %d decimals = %s, want %s", c.in, c.decimals, got, c.want)
		}
	}
	if got := Mg("-0.04").Fixed(1); got != "0.0" {
		t.Errorf("-0.04 mg reads %s: a rounded zero has no sign", got)
	}
}

func TestOf_TextAndDecimal(t *testing.T) {
	t.Parallel()
	if got := MgPerKgH("0.350").String(); got != "0.35 mg/kg/h" {
		t.Error(got)
	}
	if got := ML("100").Decimal(); got != "100" {
		t.Error(got)
	}
	if got := Mg("143.96").Text(1); got != "144.0 mg" {
		t.Error(got)
	}
}

func TestOf_WireRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := FromMicro[mgPerKgPerHour](rapid.Int64Range(-1_000_000_000*Micro, 1_000_000_000*Micro).Draw(t, "micro"))
		b, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var back DoseRate
		if err := json.Unmarshal(b, &back); err != nil || back != q {
			t.Fatalf("%s reads back as %v (%v)", b, back, err)
		}
	})
}

func TestOf_WireRefusesAnotherUnit(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`{"v":"1","u":"g"}`, `{"v":"1"}`, `{"v":1,"u":"mg"}`, `"1"`, `1`, `{"v":"NaN","u":"mg"}`, `{"v":"1e309","u":"mg"}`, `{"v":"","u":"mg"}`,
	} {
		var m Mass
		if err := json.Unmarshal([]byte(in), &m); err == nil {
			t.Errorf("%s reads as %v", in, m)
		}
	}
	var v Volume
	err := json.Unmarshal([]byte(`{"v":"1","u":"`+strings.Repeat("x", 500)+`"}`), &v)
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("an outside text is repeated whole: %v", err)
	}
}

// The worked numbers are those of doc and clinical.md 7.3.
func TestToSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rate, weight, conc, step, want string }{
		{"0.35", "80", "1", "0.1", "28"},
		{"0.35", "71", "1", "0.1", "24.9"}, // 24.85, half away from zero
		{"0.35", "71", "2", "0.1", "12.4"}, // 12.425
		{"0.2", "66.6", "1", "0.01", "13.32"},
		{"0.1", "50", "1", "1", "5"},
	} {
		if got := ToSet(MgPerKgH(c.rate), Kg(c.weight), MgPerML(c.conc), MLPerH(c.step)); got != MLPerH(c.want) {
			t.Errorf("%s mg/kg/h at %s kg and %s mg/mL sets %v, want %s", c.rate, c.weight, c.conc, got, c.want)
		}
	}
}

func TestToSet_LiesWithinHalfAStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := FromMicro[mgPerKgPerHour](rapid.Int64Range(1, 2*Micro).Draw(t, "rate"))
		weight := FromMicro[kilogram](rapid.Int64Range(30*Micro, 250*Micro).Draw(t, "weight"))
		conc := FromMicro[mgPerML](rapid.Int64Range(Micro/2, 10*Micro).Draw(t, "concentration"))
		step := rapid.SampledFrom([]PumpRate{MLPerH("0.01"), MLPerH("0.1"), MLPerH("1")}).Draw(t, "step")
		exact := new(big.Rat).Mul(big.NewRat(rate.n, Micro), big.NewRat(weight.n, conc.n))
		off := new(big.Rat).Sub(exact, big.NewRat(ToSet(rate, weight, conc, step).n, Micro))
		if off.Abs(off).Cmp(big.NewRat(step.n, 2*Micro)) > 0 {
			t.Fatalf("%v is off by %v", exact, off)
		}
	})
}

func TestExactProducts(t *testing.T) {
	t.Parallel()
	v := Infused(MLPerH("28"), 90*time.Minute)
	if v.Fixed(3) != "42.000" || MassIn(v, MgPerML("2")).Fixed(3) != "84.000" || PerWeight(MassIn(v, MgPerML("2")), Kg("80")).Fixed(4) != "1.0500" {
		t.Errorf("%s", v.Fixed(3))
	}
	third := Infused(MLPerH("1"), 20*time.Minute)
	if sum := third.Add(third).Add(third); sum.Cmp(ML("1").Exact()) != 0 {
		t.Errorf("three thirds are %s", sum.Rat())
	}
	if got := Infused(MLPerH("10"), -time.Hour); got.Sign() != 0 {
		t.Error("a pump gave something before it began")
	}
	if got := Dosed(MgPerKgH("0.35"), Kg("80"), 4*time.Hour); got.Cmp(Mg("112").Exact()) != 0 {
		t.Errorf("0.35 mg/kg/h for 4 h at 80 kg is %s mg", got.Fixed(3))
	}
	if got := DoseMass(MgPerKg("1.8"), Kg("80")); got.Cmp(Mg("144").Exact()) != 0 {
		t.Errorf("1.8 mg/kg at 80 kg is %s mg", got.Fixed(3))
	}
	if got := VolumeOf(Mg("250").Exact(), MgPerML("50")); got.Cmp(ML("5").Exact()) != 0 {
		t.Errorf("250 mg at 50 mg/mL is %s mL", got.Fixed(3))
	}
	if got := DoseRateOf(MLPerH("28"), MgPerML("1"), Kg("80")); got != MgPerKgH("0.35") {
		t.Errorf("28 mL/h is %v", got)
	}
	if got := MassRateOf(MLPerH("12.5"), MgPerML("2")); got != MgPerH("25") {
		t.Errorf("12.5 mL/h at 2 mg/mL is %v", got)
	}
	if got := PumpRateOf(MgPerH("25"), MgPerML("2"), MLPerH("0.1")); got != MLPerH("12.5") {
		t.Errorf("25 mg/h at 2 mg/mL is %v", got)
	}
	var zero ExactMass
	if zero.Sign() != 0 || zero.Text(1) != "0.0 mg" || zero.Round() != (Mass{}) {
		t.Error("nothing is not zero")
	}
}

func TestTimeFor_IsWhenTheMassIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := FromMicro[mLPerHour](rapid.Int64Range(Micro, 500*Micro).Draw(t, "rate"))
		mass := FromMicro[milligram](rapid.Int64Range(1, 200*Micro).Draw(t, "mass"))
		d := TimeFor(mass.Exact(), rate, MgPerML("1"))
		if MassIn(Infused(rate, d), MgPerML("1")).Cmp(mass.Exact()) > 0 || MassIn(Infused(rate, d+time.Microsecond), MgPerML("1")).Cmp(mass.Exact()) <= 0 {
			t.Fatalf("%v at %v takes %v", mass, rate, d)
		}
	})
	if TimeFor(Mg("-1").Exact(), MLPerH("1"), MgPerML("1")) != 0 {
		t.Error("less than nothing takes time")
	}
	if got := TimeFor(Mg("1000000000").Exact(), MLPerH("0.000001"), MgPerML("0.000001")); got != 10_000*time.Hour {
		t.Errorf("without end is %v", got)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got, want string
		within    bool
	}{{"16.32", "16", true}, {"16.320001", "16", false}, {"15.68", "16", true}, {"15.679999", "16", false}, {"0", "0", true}, {"0.000001", "0", false}} {
		if Within(MLPerH(c.got), MLPerH(c.want), 20) != c.within {
			t.Errorf("%s of %s within 2 %%: %v", c.got, c.want, !c.within)
		}
	}
}

func TestMust_PanicsOnAMalformedLiteral(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a malformed literal became a quantity")
		}
	}()
	Mg("a lot")
}
