package kinetics_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// three is a model of three compartments with an effect site.
func three(t interface{ Fatal(...any) }, v, k10, k12, k13, k21, k31, ke0 float64) kinetics.Model {
	m, err := kinetics.NewModel(3, []kinetics.Flow{
		{From: 0, To: kinetics.Out, PerMin: k10},
		{From: 0, To: 1, PerMin: k12},
		{From: 1, To: 0, PerMin: k21},
		{From: 0, To: 2, PerMin: k13},
		{From: 2, To: 0, PerMin: k31},
	}, v)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.AddEffect("site", ke0); err != nil {
		t.Fatal(err)
	}
	return m
}

func solve(t interface{ Fatal(...any) }, m kinetics.Model, pieces []kinetics.Piece, times ...float64) []kinetics.State {
	var out []kinetics.State
	if err := kinetics.Solve(&m, pieces, times, func(_ int, s *kinetics.State) { out = append(out, *s) }); err != nil {
		t.Fatal(err)
	}
	return out
}

func near(got, want, within float64) bool {
	return math.Abs(got-want) <= within*math.Max(math.Abs(want), 1e-300)
}

func drawModel(t *rapid.T) kinetics.Model {
	rate := rapid.Float64Range(1e-3, 3)
	return three(t, rapid.Float64Range(1, 200).Draw(t, "v"), rate.Draw(t, "k10"), rate.Draw(t, "k12"), rate.Draw(t, "k13"),
		rate.Draw(t, "k21"), rate.Draw(t, "k31"), rate.Draw(t, "ke0"))
}

func drawPieces(t *rapid.T) []kinetics.Piece {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kinetics.Piece {
		return kinetics.Piece{
			BolusMg: rapid.SampledFrom([]float64{0, 0, 7, 20}).Draw(t, "bolus"), MgPerMin: rapid.SampledFrom([]float64{0, 0.3, 1.7}).Draw(t, "rate"),
			Minutes: rapid.Float64Range(0.5, 120).Draw(t, "minutes"),
		}
	}), 1, 6).Draw(t, "pieces")
}

func TestSolve_LosesNoDrug(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, pieces := drawModel(t), drawPieces(t)
		end, given := 0.0, 0.0
		for _, p := range pieces {
			end += p.Minutes
			given += p.BolusMg + p.MgPerMin*p.Minutes
		}
		s := solve(t, m, pieces, end+30)[0]
		if got := s.InBody(&m) + s.Eliminated(); !near(got, given, 1e-12) {
			t.Fatalf("%.17g mg in the body and gone, %.17g given", got, given)
		}
	})
}

func TestSolve_DoesNotDependOnTheGrid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, pieces := drawModel(t), drawPieces(t)
		grid := make([]float64, 61)
		for i := range grid {
			grid[i] = float64(i) * 2.7
		}
		fine := solve(t, m, pieces, grid...)
		for _, i := range []int{1, 13, 60} {
			alone := solve(t, m, pieces, grid[i])[0]
			if a, b := alone.NgPerML(m.Plasma), fine[i].NgPerML(m.Plasma); !near(a, b, 1e-11) {
				t.Fatalf("%.15g alone, %.15g on the grid", a, b)
			}
			if a, b := alone.NgPerML(m.Effects[0].Output), fine[i].NgPerML(m.Effects[0].Output); !near(a, b, 1e-11) {
				t.Fatalf("effect site: %.15g alone, %.15g on the grid", a, b)
			}
		}
	})
}

// One compartment whose effect site has the same rate k: x·k·t·e^-kt, where the
// closed form for different rates divides nought by nought.
func TestSolve_EqualRates(t *testing.T) {
	t.Parallel()
	for _, d := range []float64{0, 1e-15, 1e-12, 1e-9} {
		const k, v = 0.05, 10.0
		m, err := kinetics.NewModel(1, []kinetics.Flow{{From: 0, To: kinetics.Out, PerMin: k}}, v)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.AddEffect("site", k*(1+d)); err != nil {
			t.Fatal(err)
		}
		for _, minutes := range []float64{1, 10, 300} {
			got := solve(t, m, []kinetics.Piece{{BolusMg: 35}}, minutes)[0].NgPerML(m.Effects[0].Output)
			want := 35 / v * 1000 * k * minutes * math.Exp(-k*minutes)
			if !near(got, want, 1e-12+20*d) {
				t.Errorf("rates apart by %g, %g min: %.15g, want %.15g", d, minutes, got, want)
			}
		}
	}
}

// Ten thousand changes of rate lose no drug: neither equal steps, whose rounding adds
// up in one direction, nor steps each of its own length.
func TestSolve_TenThousandRateChanges(t *testing.T) {
	t.Parallel()
	m := three(t, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	for what, minutes := range map[string]func(i int) float64{
		"equal":      func(int) float64 { return 1 },
		"unequal":    func(i int) float64 { return 0.3 + math.Mod(float64(i)*0.618, 3) },
		"three days": func(int) float64 { return 0.43 },
	} {
		pieces := make([]kinetics.Piece, 10_000)
		given, end := new(big.Float).SetPrec(200), 0.0
		for i := range pieces {
			pieces[i] = kinetics.Piece{MgPerMin: math.Mod(float64(i)*0.377, 7), Minutes: minutes(i)}
			given.Add(given, new(big.Float).Mul(big.NewFloat(pieces[i].MgPerMin).SetPrec(200), big.NewFloat(pieces[i].Minutes)))
			end += pieces[i].Minutes
		}
		s := solve(t, m, pieces, end)[0]
		want, _ := given.Float64()
		got := s.InBody(&m) + s.Eliminated()
		t.Logf("%s: off by %.2g", what, got/want-1)
		if !near(got, want, 1e-12) {
			t.Errorf("%s: %.15g mg of %.15g", what, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	m := three(t, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	nan := math.NaN()
	for _, times := range [][]float64{{nan}, {-1}, {2, 1}, {1, 1}, {math.Inf(1)}} {
		if err := kinetics.Solve(&m, nil, times, func(int, *kinetics.State) {}); !errors.Is(err, kinetics.ErrTimes) {
			t.Errorf("times %v: %v", times, err)
		}
	}
	for _, p := range []kinetics.Piece{{BolusMg: nan}, {MgPerMin: -1, Minutes: 1}, {Minutes: nan}, {MgPerMin: math.Inf(1)}} {
		if err := kinetics.Solve(&m, []kinetics.Piece{p}, []float64{1}, func(int, *kinetics.State) {}); err == nil {
			t.Errorf("%v was solved", p)
		}
	}
	for _, k := range []float64{nan, 0, -1, math.Inf(1)} {
		if _, err := kinetics.NewModel(1, []kinetics.Flow{{From: 0, To: kinetics.Out, PerMin: k}}, 1); !errors.Is(err, kinetics.ErrModel) {
			t.Errorf("rate %g: %v", k, err)
		}
		if err := m.AddEffect("more", k); !errors.Is(err, kinetics.ErrModel) {
			t.Errorf("ke0 %g: %v", k, err)
		}
	}
}

func TestWashout_IsWhenTheLevelIsReached(t *testing.T) {
	t.Parallel()
	m := three(t, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	pieces := []kinetics.Piece{{MgPerMin: 0.875, Minutes: 40}}
	at, err := kinetics.Washout(&m, pieces, 50)
	if err != nil || at <= 0 {
		t.Fatal(at, err)
	}
	if got := solve(t, m, pieces, 40+at)[0].NgPerML(m.Plasma); !near(got, 50, 1e-10) {
		t.Errorf("%.15g ng/mL at %g min", got, at)
	}
	if at, err := kinetics.Washout(&m, pieces, 1e5); at != 0 || err != nil {
		t.Errorf("never above: %g, %v", at, err)
	}
}

func TestParseRegimen_SaysWhere(t *testing.T) {
	t.Parallel()
	for text, at := range map[string]int{
		"": 1, "0.5 mg/kg over 40": 18, "0.5 mg/kg for 40 min": 11, "20 mg/h over 5 min": 9, "0.5 ml over 4 min": 5,
		"pause 10 min, then": 10, "pause 10 min pause": 14, "BOLUS 5 mg then": 16, "NaN mg over 1 min": 1, "1e3 mg over 1 min": 1,
		"BOLUS 0 mg": 7, "-1 mg over 1 min": 1, "5 mg over 0 min": 11, "9999999 mg over 1 min": 1,
	} {
		var wrong *kinetics.RegimenError
		if _, err := kinetics.ParseRegimen(text); !errors.As(err, &wrong) || wrong.At != at {
			t.Errorf("%q: %v, want position %d", text, err, at)
		}
	}
}

func FuzzParseRegimen(f *testing.F) {
	f.Add("BOLUS 0.1 mg/kg then 0.5 mg/kg over 40 min then pause 10 min then 0.35 mg/kg/h for 240 min")
	f.Add("bolus 5 mg THEN 20 mg/h for 60 min then 35 mg over 40 min")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := kinetics.ParseRegimen(text)
		if err != nil {
			return
		}
		again, err := kinetics.ParseRegimen(r.String())
		if err != nil || again.String() != r.String() || len(again) != len(r) {
			t.Fatalf("%q became %q, then %v (%v)", text, r, again, err)
		}
	})
}

// One patient from now on after a rate change: 481 minutes of plasma and effect site.
func BenchmarkReforecast(b *testing.B) {
	m := three(b, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	times := make([]float64, 481)
	for i := range times {
		times[i] = float64(i)
	}
	pieces := []kinetics.Piece{{MgPerMin: 0.875, Minutes: 40}}
	sum := 0.0
	b.ReportAllocs()
	for b.Loop() {
		if err := kinetics.Solve(&m, pieces, times, func(_ int, s *kinetics.State) {
			sum += s.NgPerML(m.Plasma) + s.NgPerML(m.Effects[0].Output)
		}); err != nil {
			b.Fatal(err)
		}
	}
}
