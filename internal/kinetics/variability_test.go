package kinetics_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

func plain() kinetics.Card {
	return kinetics.Card{
		Drugs: []kinetics.Drug{{
			Name: "ketamine", Volume: kinetics.Number{Value: 25}, Clearance: kinetics.Number{Value: 1.4},
			Sides: []kinetics.Side{{Volume: kinetics.Number{Value: 56}, Flow: kinetics.Number{Value: 2.7}}},
		}},
		Sites: []kinetics.Site{{Endpoint: "site", Ke0: kinetics.Number{Value: 0.6, LnWeight: 0.2}}},
	}
}

func spread() kinetics.Variability {
	return kinetics.Variability{
		Between: []kinetics.Eta{
			{Name: "volume", On: []kinetics.Target{{Field: kinetics.FieldVolume}, {Field: kinetics.FieldVolume, Side: 1}}, Variance: 0.09},
			{Name: "clearance", On: []kinetics.Target{{Field: kinetics.FieldClearance}}, Variance: 0.04, Placeholder: true},
			{Name: "ke0", On: []kinetics.Target{{Field: kinetics.FieldKe0}}, Variance: 0.25},
		},
		Covariances: []kinetics.Covariance{{A: 1, B: 0, Value: 0.03}, {A: 0, B: 2, Value: -0.02}},
	}
}

func TestVariability_RootGivesTheCovariance(t *testing.T) {
	t.Parallel()
	l, err := spread().Root()
	if err != nil {
		t.Fatal(err)
	}
	want := [3][3]float64{{0.09, 0.03, -0.02}, {0.03, 0.04, 0}, {-0.02, 0, 0.25}}
	for i := range 3 {
		for j := range 3 {
			got := 0.0
			for k := range 3 {
				got += l[i][k] * l[j][k]
			}
			if math.Abs(got-want[i][j]) > 1e-15 {
				t.Errorf("covariance %d %d is %g, want %g", i, j, got, want[i][j])
			}
		}
	}
}

func TestVariability_VariesOneCardOnly(t *testing.T) {
	t.Parallel()
	c, v := plain(), spread()
	if err := v.Check(c); err != nil {
		t.Fatal(err)
	}
	got := v.Varied(c, []float64{math.Log(2), 0, math.Log(3)})
	if d := got.Drugs[0]; !near(d.Volume.Value, 50, 1e-15) || !near(d.Sides[0].Volume.Value, 112, 1e-15) || d.Clearance.Value != 1.4 {
		t.Errorf("varied to %+v", d)
	}
	if k := got.Sites[0].Ke0.For(70); !near(k, 3*c.Sites[0].Ke0.For(70), 1e-15) {
		t.Errorf("ke0 %g", k)
	}
	if c.Drugs[0].Volume.Value != 25 || c.Drugs[0].Sides[0].Volume.Value != 56 || c.Sites[0].Ke0.Value != 0.6 {
		t.Errorf("the card itself changed: %+v", c)
	}
	if p := v.Placeholders(); len(p) != 1 || p[0] != "clearance" {
		t.Errorf("placeholders %v", p)
	}
}

func TestVariability_Refuses(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*kinetics.Variability){
		"no variance":         func(v *kinetics.Variability) { v.Between[0].Variance = 0 },
		"NaN":                 func(v *kinetics.Variability) { v.Between[0].Variance = math.NaN() },
		"correlation above 1": func(v *kinetics.Variability) { v.Covariances[0].Value = 0.061 },
		"twice":               func(v *kinetics.Variability) { v.Covariances[1] = kinetics.Covariance{A: 0, B: 1, Value: 0.01} },
		"of itself":           func(v *kinetics.Variability) { v.Covariances[1].B = 0 },
		"no such side":        func(v *kinetics.Variability) { v.Between[0].On[1].Side = 2 },
		"no such number":      func(v *kinetics.Variability) { v.Between[1].On[0].Field = kinetics.FieldRate },
		"on nothing":          func(v *kinetics.Variability) { v.Between[1].On = nil },
		"residual":            func(v *kinetics.Variability) { v.Residual = []kinetics.Residual{{Name: "ketamine", Log: -1}} },
	} {
		v := spread()
		spoil(&v)
		if err := v.Check(plain()); !errors.Is(err, kinetics.ErrVariability) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What is no person's weight or age is refused, also by a card whose numbers do not go
// with it; no model comes out that would be solved to a wrong number.
func TestCard_RefusesWhoIsNobody(t *testing.T) {
	t.Parallel()
	by := plain()
	by.Drugs[0].Volume = kinetics.Number{Value: 25, Exponent: 1, Reference: 70}
	aged := plain()
	aged.Drugs[0].Clearance.PerYear, aged.Drugs[0].Clearance.AboveYears = -0.02, 60 // nothing is left of it at 130
	huge := plain()
	huge.Drugs[0].Volume = kinetics.Number{Value: 25, Exponent: 8, Reference: 1}
	for what, c := range map[string]struct {
		card      kinetics.Card
		kg, years float64
	}{
		"no number of kg":               {plain(), math.NaN(), 40},
		"no number of kg, with weight":  {by, math.NaN(), 40},
		"0 kg":                          {plain(), 0, 40},
		"0 kg, with weight":             {by, 0, 40},
		"less than nothing":             {plain(), -70, 40},
		"a mountain":                    {by, 1e300, 40},
		"without end":                   {plain(), math.Inf(1), 40},
		"a volume of no body":           {huge, 150, 40},
		"an age that is no number":      {aged, 70, math.NaN()},
		"an age without end":            {aged, 70, math.Inf(1)},
		"older than what is left of it": {aged, 70, 140},
		"as old as what is left of it":  {aged, 70, 130},
	} {
		if m, err := c.card.At(c.years).For(c.kg); !errors.Is(err, kinetics.ErrModel) {
			t.Errorf("%s: %v, a volume of %g L", what, err, m.Plasma.Litres)
		}
	}
	for _, c := range []kinetics.Card{plain(), by, aged} {
		if _, err := c.At(-5).For(70); err != nil {
			t.Errorf("below the age from which it matters: %v", err)
		}
	}
}
