package crowd

import (
	"bufio"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// precise is how many bits the coefficients are worked out with.
const precise = 300

func sum(x ...*big.Float) *big.Float {
	out := new(big.Float).SetPrec(precise)
	for _, v := range x {
		out.Add(out, v)
	}
	return out
}

func product(x ...*big.Float) *big.Float {
	out := big.NewFloat(1).SetPrec(precise)
	for _, v := range x {
		out.Mul(out, v)
	}
	return out
}

// off is how far a is from b, relatively.
func off(a, b *big.Float) float64 {
	d, _ := new(big.Float).Quo(new(big.Float).Sub(a, b), b).Float64()
	return math.Abs(d)
}

func bigs(x ...float64) []*big.Float {
	out := make([]*big.Float, len(x))
	for i, v := range x {
		out[i] = new(big.Float).SetPrec(precise).SetFloat64(v)
	}
	return out
}

func drawRate(t *rapid.T, name string) float64 {
	return math.Exp(rapid.Float64Range(-9, 2).Draw(t, name))
}

// The theorem of Vieta: the roots sum and multiply to the coefficients of the
// characteristic polynomial, which are sums of products of the rate constants and are
// worked out here with 300 bits. The roots lie about the rates back, and the parts of
// a dose are all of it.
func TestThree_Vieta(t *testing.T) {
	t.Parallel()
	worst, solved := 0.0, 0
	rapid.Check(t, func(t *rapid.T) {
		k10, k12, k21, k13, k31 := drawRate(t, "k10"), drawRate(t, "k12"), drawRate(t, "k21"), drawRate(t, "k13"), drawRate(t, "k31")
		if rapid.Bool().Draw(t, "near") {
			k31 = k21 * (1 + rapid.SampledFrom([]float64{0, 1e-15, 1e-9, 1e-5, 1e-2}).Draw(t, "apart"))
		}
		root, part, ok := three(k10, k12, k21, k13, k31)
		if !ok {
			return // the matrix answers: see TestDegenerateRoots
		}
		solved++
		k, l := bigs(k10, k12, k21, k13, k31), bigs(root[:]...)
		for i, c := range []struct{ got, want *big.Float }{
			{sum(l...), sum(k...)},
			{
				sum(product(l[0], l[1]), product(l[0], l[2]), product(l[1], l[2])),
				sum(product(k[0], k[2]), product(k[0], k[4]), product(k[1], k[4]), product(k[3], k[2]), product(k[2], k[4])),
			},
			{product(l...), product(k[0], k[2], k[4])},
		} {
			d := off(c.got, c.want)
			if !(d < 1e-14) {
				t.Fatalf("symmetric function %d of the roots %v of %v is off by %.2g", i+1, root, []float64{k10, k12, k21, k13, k31}, d)
			}
			worst = math.Max(worst, d)
		}
		low, high := min(k21, k31), max(k21, k31)
		if !(root[0] > high && root[1] >= low*(1-1e-12) && root[1] <= high*(1+1e-12) && root[2] < low && root[2] > 0) {
			t.Fatalf("the roots %v do not lie about the rates back, %g and %g", root, low, high)
		}
		if !(part[0] > 0 && part[1] >= 0 && part[2] > 0) || math.Abs(part[0]+part[1]+part[2]-1) > 1e-9 {
			t.Fatalf("the parts %v are not all of a dose", part)
		}
	})
	if solved < 5 { // of the twenty draws of a short run some are for the matrix
		t.Errorf("only %d systems were solved by their roots", solved)
	}
	t.Logf("worst %.2g in %d systems", worst, solved)
}

func TestTwo_Vieta(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k10, k12, k21 := drawRate(t, "k10"), drawRate(t, "k12"), drawRate(t, "k21")
		root, part, ok := two(k10, k12, k21)
		if !ok {
			return
		}
		k, l := bigs(k10, k12, k21), bigs(root[:2]...)
		if d := off(sum(l...), sum(k...)); !(d < 1e-14) {
			t.Fatalf("the sum of %v is off by %.2g", root, d)
		}
		if d := off(product(l...), product(k[0], k[2])); !(d < 1e-14) {
			t.Fatalf("the product of %v is off by %.2g", root, d)
		}
		if !(root[0] > k21 && root[1] < k21) || math.Abs(part[0]+part[1]-1) > 1e-9 {
			t.Fatalf("roots %v about %g, parts %v", root, k21, part)
		}
	})
}

// Populations of bodies whose roots meet or nearly meet, against 60 digits of another
// program (internal/kinetics/testdata/degenerate.py).
func TestTile_DegenerateRoots(t *testing.T) {
	t.Parallel()
	raw, err := os.Open("../testdata/degenerate.tsv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	n := func(x float64) kinetics.Number { return kinetics.Number{Value: x} }
	worst, rows, byRoots := 0.0, 0, 0
	for lines := bufio.NewScanner(raw); lines.Scan(); rows++ {
		var x [12]float64
		for i, w := range strings.Split(lines.Text(), "\t") {
			if x[i], err = strconv.ParseFloat(w, 64); err != nil {
				t.Fatal(err)
			}
		}
		card := kinetics.Card{
			Drugs: []kinetics.Drug{{Name: "ketamine", Volume: n(x[0]), Rate: n(x[1]), Sides: []kinetics.Side{{There: n(x[2]), Back: n(x[3])}, {There: n(x[4]), Back: n(x[5])}}}},
			Sites: []kinetics.Site{{Endpoint: "site", Ke0: n(x[6])}},
		}
		for i, text := range []string{"BOLUS 20 mg", "52.5 mg/h for 100 min"} {
			r, err := kinetics.ParseRegimen(text)
			if err != nil {
				t.Fatal(err)
			}
			p, err := NewPlan(Setup{
				Members: []Member{{Name: "one", Card: card, Share: 1}}, People: People{Kg: Same(70), Years: Same(40)},
				Regimen: r, Times: []float64{x[7]}, Endpoint: "site",
			})
			if err != nil {
				t.Fatal(err)
			}
			var s Space
			got := make([]Row, p.Rows())
			if err := p.Tile(&s, 0, 1, got); err != nil {
				t.Fatal(err)
			}
			if !s.hard[0] {
				byRoots++
			}
			for k := range 2 {
				d := math.Abs(got[k][0]/x[8+2*i+k] - 1)
				if !(d <= 1e-11) {
					t.Errorf("%s, %v: series %d is %.17g, want %.17g", text, x[:8], k, got[k][0], x[8+2*i+k])
				}
				worst = math.Max(worst, d)
			}
		}
	}
	if rows != 252 || byRoots < 100 {
		t.Errorf("%d rows, of their answers %d by the roots", rows, byRoots)
	}
	t.Logf("worst relative error %.2g, %d of %d by the roots", worst, byRoots, 2*rows)
}
