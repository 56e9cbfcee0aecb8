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
