package kinetics_test

import (
	"bufio"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// withMetabolite is three compartments, an effect site and a metabolite with a side.
func withMetabolite(t *rapid.T) kinetics.Model {
	n := func(name string, low, high float64) kinetics.Number {
		return kinetics.Number{Value: math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))}
	}
	side := func() kinetics.Side { return kinetics.Side{Volume: n("side", 10, 400), Flow: n("flow", 0.05, 4)} }
	m, err := kinetics.Card{
		Drugs: []kinetics.Drug{
			{Name: "ketamine", Volume: n("volume", 4, 250), Clearance: n("clearance", 0.5, 3), Sides: []kinetics.Side{side(), side()}},
			{Name: "norketamine", Fraction: 0.7, Volume: n("volume", 50, 250), Clearance: n("clearance", 0.3, 2), Sides: []kinetics.Side{side()}},
		},
		Sites: []kinetics.Site{{Endpoint: "site", Ke0: n("ke0", 0.01, 3)}},
	}.For(70)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// all are plasma, the effect site and the metabolite, in ng/mL.
func all(m *kinetics.Model, s kinetics.State) [3]float64 {
	return [3]float64{s.NgPerML(m.Plasma), s.NgPerML(m.Effects[0].Output), s.NgPerML(m.Others[0].Output)}
}

// at is all at each time.
func at(t *rapid.T, m kinetics.Model, pieces []kinetics.Piece, times ...float64) [][3]float64 {
	var out [][3]float64
	for _, s := range solve(t, m, pieces, times...) {
		out = append(out, all(&m, s))
	}
	return out
}

func same(t *rapid.T, what string, got, want [][3]float64) {
	t.Helper()
	for i := range want {
		for k := range want[i] {
			// A concentration of less than a femtogram is nothing.
			if !near(got[i][k], want[i][k], 1e-11) && math.Abs(got[i][k]-want[i][k]) > 1e-12 {
				t.Fatalf("%s: time %d, output %d: %.15g, want %.15g", what, i, k, got[i][k], want[i][k])
			}
		}
	}
}

func drawTimes(t *rapid.T) []float64 {
	out := []float64{rapid.Float64Range(0, 60).Draw(t, "first")}
	for range 3 {
		out = append(out, out[len(out)-1]+rapid.Float64Range(0.1, 120).Draw(t, "later"))
	}
	return out
}

// Two regimens given together are the sum of each alone, whatever their pieces.
func TestSolve_Superposition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, times := withMetabolite(t), drawTimes(t)
		both := drawPieces(t)
		var one, two []kinetics.Piece
		for _, p := range both {
			part := rapid.Float64Range(0, 1).Draw(t, "part")
			one = append(one, kinetics.Piece{BolusMg: part * p.BolusMg, MgPerMin: part * part * p.MgPerMin, Minutes: p.Minutes})
			two = append(two, kinetics.Piece{BolusMg: (1 - part) * p.BolusMg, MgPerMin: (1 - part*part) * p.MgPerMin, Minutes: p.Minutes})
		}
		sum, rest := at(t, m, one, times...), at(t, m, two, times...)
		for i := range sum {
			for k := range sum[i] {
				sum[i][k] += rest[i][k]
			}
		}
		same(t, "in two", sum, at(t, m, both, times...))
	})
}

// k times the dose is k times the concentration.
func TestSolve_Linearity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, times, pieces := withMetabolite(t), drawTimes(t), drawPieces(t)
		k := math.Exp(rapid.Float64Range(-9, 9).Draw(t, "ln k"))
		more := make([]kinetics.Piece, len(pieces))
		for i, p := range pieces {
			more[i] = kinetics.Piece{BolusMg: k * p.BolusMg, MgPerMin: k * p.MgPerMin, Minutes: p.Minutes}
		}
		got := at(t, m, more, times...)
		for i := range got {
			for j := range got[i] {
				got[i][j] /= k
			}
		}
		same(t, "scaled", got, at(t, m, pieces, times...))
	})
}

// A rate written as two stretches, or as ten, is the one rate.
func TestSolve_StepSplitting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, times, pieces := withMetabolite(t), drawTimes(t), drawPieces(t)
		var split []kinetics.Piece
		for _, p := range pieces {
			n := rapid.IntRange(1, 10).Draw(t, "parts")
			left := p.Minutes
			for i := range n {
				q := kinetics.Piece{MgPerMin: p.MgPerMin, Minutes: left / float64(n-i) * rapid.Float64Range(0.1, 1).Draw(t, "share")}
				if i == 0 {
					q.BolusMg = p.BolusMg
				}
				if i == n-1 {
					q.Minutes = left
				}
				left -= q.Minutes
				split = append(split, q)
			}
		}
		same(t, "split", at(t, m, split, times...), at(t, m, pieces, times...))
	})
}

// What begins later is the same, later; before it there is nothing.
func TestSolve_TimeShift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, times, pieces := withMetabolite(t), drawTimes(t), drawPieces(t)
		wait := rapid.Float64Range(0.01, 2000).Draw(t, "wait")
		later := make([]float64, len(times))
		for i, x := range times {
			later[i] = x + wait
		}
		late := append([]kinetics.Piece{{Minutes: wait}}, pieces...)
		got, want := at(t, m, late, later...), at(t, m, pieces, times...)
		// The sum of two times is rounded: so the shift is exact to that only.
		for i := range want {
			for k := range want[i] {
				if !near(got[i][k], want[i][k], 1e-9) && math.Abs(got[i][k]-want[i][k]) > 1e-9 {
					t.Fatalf("%g min later: time %d, output %d: %.15g, want %.15g", wait, i, k, got[i][k], want[i][k])
				}
			}
		}
		for _, x := range at(t, m, late, wait/2)[0] {
			if x != 0 {
				t.Fatalf("%g ng/mL before anything was given", x)
			}
		}
	})
}

// More in one piece, be it bolus or rate, is nowhere less, in no output at no time; and
// nothing before it changes.
func TestSolve_MonotoneInEachRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, times, pieces := withMetabolite(t), drawTimes(t), drawPieces(t)
		which := rapid.IntRange(0, len(pieces)-1).Draw(t, "which")
		more := append([]kinetics.Piece(nil), pieces...)
		more[which].MgPerMin += rapid.Float64Range(1e-3, 2).Draw(t, "rate")
		more[which].BolusMg += rapid.SampledFrom([]float64{0, 5}).Draw(t, "bolus")
		begins := 0.0
		for _, p := range pieces[:which] {
			begins += p.Minutes
		}
		got, want := at(t, m, more, times...), at(t, m, pieces, times...)
		for i, x := range times {
			for k := range want[i] {
				if got[i][k] < want[i][k]*(1-1e-13) {
					t.Fatalf("%g min, output %d: %.15g with more, %.15g before", x, k, got[i][k], want[i][k])
				}
				if x < begins && got[i][k] != want[i][k] {
					t.Fatalf("%g min, output %d changed before the change at %g min", x, k, begins)
				}
			}
			if x > begins+0.05 && !(got[i][0] > want[i][0]) {
				t.Fatalf("%g min: no more in plasma for what was added at %g min", x, begins)
			}
		}
	})
}

// Roots that meet or nearly meet, against 60 digits of another program
// (testdata/degenerate.py): nothing is cancelled, nothing is no number.
func TestSolve_DegenerateRoots(t *testing.T) {
	t.Parallel()
	worst, rows := 0.0, 0
	eachDegenerate(t, func(in [8]float64, want [4]float64) {
		rows++
		m := three(t, in[0], in[1], in[2], in[4], in[3], in[5], in[6])
		bolus, infusion := solve(t, m, []kinetics.Piece{{BolusMg: 20}}, in[7])[0], solve(t, m, []kinetics.Piece{{MgPerMin: 0.875, Minutes: 100}}, in[7])[0]
		site := m.Effects[0].Output
		got := [4]float64{bolus.NgPerML(m.Plasma), bolus.NgPerML(site), infusion.NgPerML(m.Plasma), infusion.NgPerML(site)}
		for i := range got {
			off := math.Abs(got[i]/want[i] - 1)
			if !(off <= 1e-13) {
				t.Errorf("%v: answer %d is %.17g, want %.17g", in, i, got[i], want[i])
			}
			worst = math.Max(worst, off)
		}
	})
	if rows != 252 {
		t.Errorf("%d rows", rows)
	}
	t.Logf("worst relative error %.2g", worst)
}

// eachDegenerate reads litres, k10, k12, k21, k13, k31, ke0 and minutes, and what is
// wanted of a bolus and of an infusion.
func eachDegenerate(t *testing.T, do func(in [8]float64, want [4]float64)) {
	t.Helper()
	f, err := os.Open("testdata/degenerate.tsv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var x [12]float64
		words := strings.Split(lines.Text(), "\t")
		if len(words) != len(x) {
			t.Fatalf("%q", lines.Text())
		}
		for i, w := range words {
			if x[i], err = strconv.ParseFloat(w, 64); err != nil {
				t.Fatal(err)
			}
		}
		do([8]float64(x[:8]), [4]float64(x[8:]))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// Rates drawn at random, many of them equal or apart by a few roundings: numbers, never
// negative, and no jump where rates meet.
func TestSolve_NoJumpWhereRatesMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := math.Exp(rapid.Float64Range(-8, 1).Draw(t, "ln k"))
		apart := math.Exp(rapid.Float64Range(-37, -9).Draw(t, "ln apart"))
		of := func(name string) (met, near float64) {
			if rapid.Bool().Draw(t, name) {
				return k, k * (1 + apart)
			}
			x := math.Exp(rapid.Float64Range(-8, 1).Draw(t, name+" alone"))
			return x, x
		}
		var a, b [6]float64
		for i, name := range []string{"k10", "k12", "k13", "k21", "k31", "ke0"} {
			a[i], b[i] = of(name)
		}
		one, two := three(t, 25, a[0], a[1], a[2], a[3], a[4], a[5]), three(t, 25, b[0], b[1], b[2], b[3], b[4], b[5])
		pieces := []kinetics.Piece{{BolusMg: 3, MgPerMin: 0.5, Minutes: 40}}
		for _, minute := range []float64{0.5, 40, 90} {
			x, y := solve(t, one, pieces, minute)[0], solve(t, two, pieces, minute)[0]
			for _, o := range []kinetics.Output{one.Plasma, one.Effects[0].Output} {
				p, q := x.NgPerML(o), y.NgPerML(o)
				// A rate that differs by d relatively changes an amount by d for each time it
				// has been gone along by then, on the way that the amount came.
				most := (apart*3*(1+(a[0]+a[1]+a[2]+a[3]+a[4]+a[5])*minute) + 1e-12) * math.Max(p, q)
				if !(p >= 0 && q >= 0) || math.IsInf(p, 0) || math.Abs(p-q) > most+1e-12 {
					t.Fatalf("%g min: %.17g where rates meet, %.17g where they are apart by %g", minute, p, q, apart)
				}
			}
		}
	})
}
