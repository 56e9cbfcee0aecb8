package crowd_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

// The known answers published with the generator.
func TestPhilox_KnownAnswers(t *testing.T) {
	t.Parallel()
	const all = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{all, all, all, all}, [2]uint32{all, all}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			[2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := crowd.Philox(c.counter, c.key); got != c.want {
			t.Errorf("Philox(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

func by(value, exponent float64) kinetics.Number {
	return kinetics.Number{Value: value, Exponent: exponent, Reference: 70}
}

// sample is a card of three compartments with an effect site, with a metabolite.
func sample() crowd.Member {
	on := func(f kinetics.Field, s int) []kinetics.Target { return []kinetics.Target{{Field: f, Side: s}} }
	return crowd.Member{
		Name: "sample", Share: 1,
		Card: kinetics.Card{
			Drugs: []kinetics.Drug{
				{
					Name: "ketamine", Volume: by(25, 1), Clearance: by(1.4, 0.75),
					Sides: []kinetics.Side{{Volume: by(56, 1), Flow: by(161./60, 0.75)}, {Volume: by(157, 1), Flow: by(79./60, 0.75)}},
				},
				{Name: "norketamine", Fraction: 0.8, Volume: by(98, 1), Clearance: by(0.96, 0.75)},
			},
			Sites: []kinetics.Site{{Endpoint: "site", Ke0: kinetics.Number{Value: 0.5932, LnWeight: 0.1876}}},
		},
		Variability: kinetics.Variability{
			Between: []kinetics.Eta{
				{Name: "volume", On: on(kinetics.FieldVolume, 0), Variance: 0.09},
				{Name: "clearance", On: on(kinetics.FieldClearance, 0), Variance: 0.04},
				{Name: "side 1", On: append(on(kinetics.FieldVolume, 1), on(kinetics.FieldFlow, 1)...), Variance: 0.16},
				{Name: "side 2", On: on(kinetics.FieldVolume, 2), Variance: 0.09},
				{Name: "ke0", On: []kinetics.Target{{Field: kinetics.FieldKe0}}, Variance: 0.25},
			},
			Covariances: []kinetics.Covariance{{A: 0, B: 1, Value: 0.03}},
		},
	}
}

// rates is a card of rate constants.
func rates(name string) crowd.Member {
	return crowd.Member{Name: name, Share: 1, Card: kinetics.Card{
		Drugs: []kinetics.Drug{{
			Name: "ketamine", Volume: by(4.4, 1), Rate: kinetics.Number{Value: 0.438},
			Sides: []kinetics.Side{
				{There: kinetics.Number{Value: 0.592}, Back: kinetics.Number{Value: 0.247}},
				{There: kinetics.Number{Value: 0.590}, Back: kinetics.Number{Value: 0.0146}},
			},
		}},
		Sites: []kinetics.Site{{Endpoint: "site", Ke0: kinetics.Number{Value: 0.238}}},
	}}
}

func regimen(t interface{ Fatal(...any) }, text string) kinetics.Regimen {
	r, err := kinetics.ParseRegimen(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func minutes(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func setup(t interface{ Fatal(...any) }) crowd.Setup {
	return crowd.Setup{
		Members:  []crowd.Member{sample()},
		People:   crowd.People{Kg: crowd.Spread{Mean: 75, SD: 15, Low: 45, High: 150}, Years: crowd.Spread{Mean: 45, SD: 15, Low: 18, High: 80}, Female: 0.5},
		Regimen:  regimen(t, "0.5 mg/kg over 40 min"),
		Times:    minutes(481),
		Seed:     7,
		Endpoint: "site",
	}
}

func plan(t interface{ Fatal(...any) }, s crowd.Setup) *crowd.Plan {
	p, err := crowd.NewPlan(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tile(t interface{ Fatal(...any) }, p *crowd.Plan, first uint64, n int) []crowd.Row {
	var s crowd.Space
	out := make([]crowd.Row, p.Rows())
	if err := p.Tile(&s, first, n, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func near(got, want, within float64) bool { return math.Abs(got-want) <= within*math.Abs(want)+1e-12 }

// Each patient of a tile is what the exponential of the matrix gives for the same
// parameters.
func TestTile_AgreesWithTheMatrix(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0.5 mg/kg over 40 min", "BOLUS 10 mg then pause 5.5 min then 20 mg/h for 60 min then BOLUS 0.1 mg/kg then 0.35 mg/kg/h for 100 min",
		"pause 3 min then 35 mg over 40 min then BOLUS 5 mg",
	} {
		s := setup(t)
		s.Regimen, s.Times = regimen(t, text), []float64{0, 0.3, 1, 2, 3, 4, 5.5, 10, 20, 40, 43, 60.25, 61, 120, 480, 7200}
		s.Members = append(s.Members, rates("rates"))
		p := plan(t, s)
		got := tile(t, p, 1000, crowd.Lanes)
		for lane := range crowd.Lanes {
			i := uint64(1000 + lane)
			who := p.Person(i)
			model, err := p.Model(i)
			if err != nil {
				t.Fatal(err)
			}
			err = kinetics.Solve(&model, s.Regimen.Pieces(who.Kg), s.Times, func(k int, st *kinetics.State) {
				for r, o := range []kinetics.Output{model.Plasma, model.Effects[0].Output} {
					if g, w := got[r*len(s.Times)+k][lane], st.NgPerML(o); !near(g, w, 1e-10) {
						t.Errorf("%s: patient %d, %g min, series %d: %.15g, the matrix says %.15g", text, i, s.Times[k], r, g, w)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTile_Metabolites(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Metabolites = true
	s.Times = []float64{5, 40, 120}
	with := tile(t, plan(t, s), 3, 5)
	s.Metabolites = false
	without := tile(t, plan(t, s), 3, 5)
	for lane := range 5 {
		for r := range without {
			if !near(with[r][lane], without[r][lane], 1e-10) {
				t.Errorf("row %d of patient %d: %g with metabolites, %g without", r, lane, with[r][lane], without[r][lane])
			}
		}
		if nor := with[len(without)+1][lane]; !(nor > 1 && nor < 1000) {
			t.Errorf("norketamine of patient %d at 40 min is %g ng/mL", lane, nor)
		}
	}
}

// A patient is the same, to the bit, wherever the batch begins and ends.
func TestTile_ABatchChangesNobody(t *testing.T) {
	t.Parallel()
	p := plan(t, setup(t))
	whole := tile(t, p, 100, crowd.Lanes)
	rapid.Check(t, func(t *rapid.T) {
		first, n := rapid.IntRange(40, 163).Draw(t, "first"), rapid.IntRange(1, crowd.Lanes).Draw(t, "n")
		got := tile(t, p, uint64(first), n)
		for lane := range n {
			at := first + lane - 100
			if at < 0 || at >= crowd.Lanes {
				continue
			}
			for r := range got {
				if got[r][lane] != whole[r][at] {
					t.Fatalf("patient %d, row %d: %x and %x", first+lane, r, got[r][lane], whole[r][at])
				}
			}
		}
	})
}

// The random effects have the mean, the variances and the covariances of the card.
func TestEtas_Moments(t *testing.T) {
	t.Parallel()
	p := plan(t, setup(t))
	const n, k = 200_000, 5
	var sum [k]float64
	var square [k][k]float64
	for i := range uint64(n) {
		eta := p.Etas(i)
		for a := range k {
			sum[a] += eta[a]
			for b := range k {
				square[a][b] += eta[a] * eta[b]
			}
		}
	}
	v := sample().Variability
	for a := range k {
		sd := math.Sqrt(v.Between[a].Variance)
		if m := sum[a] / n; math.Abs(m) > 5*sd/math.Sqrt(n) {
			t.Errorf("effect %d has the mean %g", a, m)
		}
		for b := range k {
			want, sdb := 0.0, math.Sqrt(v.Between[b].Variance)
			switch {
			case a == b:
				want = v.Between[a].Variance
			case a+b == 1:
				want = 0.03
			}
			if got := square[a][b] / n; math.Abs(got-want) > 8*sd*sdb/math.Sqrt(n) {
				t.Errorf("covariance of %d and %d is %g, want %g", a, b, got, want)
			}
		}
	}
}

func TestPerson_IsWithinTheSpread(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Members = append(s.Members, rates("rates"))
	s.Members[1].Share = 3
	p := plan(t, s)
	women, second, kg := 0, 0, 0.0
	const n = 20_000
	for i := range uint64(n) {
		w := p.Person(i)
		if w.Kg < 45 || w.Kg > 150 || w.Years < 18 || w.Years > 80 {
			t.Fatalf("patient %d: %+v", i, w)
		}
		kg += w.Kg
		if w.Female {
			women++
		}
		second += w.Card
	}
	if math.Abs(kg/n-75.7) > 1 || math.Abs(float64(women)/n-0.5) > 0.02 || math.Abs(float64(second)/n-0.75) > 0.02 {
		t.Errorf("mean weight %g kg, %d women, %d of the second card", kg/n, women, second)
	}
}

func TestNewPlan_Refuses(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for what, spoil := range map[string]func(*crowd.Setup){
		"no card":         func(s *crowd.Setup) { s.Members = nil },
		"no share":        func(s *crowd.Setup) { s.Members[0].Share = 0 },
		"NaN weight":      func(s *crowd.Setup) { s.People.Kg.Mean = nan },
		"NaN spread":      func(s *crowd.Setup) { s.People.Kg.SD = nan },
		"swapped weights": func(s *crowd.Setup) { s.People.Kg.Low, s.People.Kg.High = 150, 45 },
		"age":             func(s *crowd.Setup) { s.People.Years = crowd.Same(200) },
		"women":           func(s *crowd.Setup) { s.People.Female = 1.5 },
		"no times":        func(s *crowd.Setup) { s.Times = nil },
		"times back":      func(s *crowd.Setup) { s.Times = []float64{5, 4} },
		"NaN time":        func(s *crowd.Setup) { s.Times = []float64{nan} },
		"many times":      func(s *crowd.Setup) { s.Times = minutes(crowd.MaxTimes + 1) },
		"no site":         func(s *crowd.Setup) { s.Endpoint = "elsewhere" },
		"no regimen":      func(s *crowd.Setup) { s.Regimen = nil },
		"metabolites of many": func(s *crowd.Setup) {
			s.Metabolites = true
			s.Members = append(s.Members, rates("rates"))
		},
		"variability": func(s *crowd.Setup) { s.Members[0].Variability.Between[0].Variance = -1 },
	} {
		s := setup(t)
		spoil(&s)
		if _, err := crowd.NewPlan(s); err == nil {
			t.Errorf("%s was planned", what)
		} else if !errors.Is(err, crowd.ErrPlan) && !errors.Is(err, kinetics.ErrTimes) && !errors.Is(err, kinetics.ErrVariability) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Any card of three compartments, roots near to one another or not, is solved as the
// matrix solves it.
func TestTile_AnyRoots(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := func(name string) kinetics.Number {
			return kinetics.Number{Value: math.Exp(rapid.Float64Range(-7, 2).Draw(t, name))}
		}
		m := rates("any")
		d := &m.Card.Drugs[0]
		d.Rate = rate("k10")
		for i := range d.Sides {
			d.Sides[i] = kinetics.Side{There: rate("there"), Back: rate("back")}
		}
		m.Card.Sites[0].Ke0 = rate("ke0")
		if rapid.Bool().Draw(t, "equal") {
			by := 1 + rapid.SampledFrom([]float64{0, 1e-15, 1e-9, 1e-6, 1e-4}).Draw(t, "apart")
			d.Sides[1].Back.Value = d.Sides[0].Back.Value * by
			m.Card.Sites[0].Ke0.Value = d.Sides[0].Back.Value * by
		}
		d.Sides = d.Sides[:rapid.IntRange(0, 2).Draw(t, "sides")]
		s := setup(t)
		s.Members, s.People.Kg = []crowd.Member{m}, crowd.Same(70)
		s.Times = []float64{1, 2, 3, 40, 41, 60, 480}
		p := plan(t, s)
		got := tile(t, p, 0, 1)
		model, err := p.Model(0)
		if err != nil {
			t.Fatal(err)
		}
		err = kinetics.Solve(&model, s.Regimen.Pieces(70), s.Times, func(k int, st *kinetics.State) {
			for r, o := range []kinetics.Output{model.Plasma, model.Effects[0].Output} {
				if g, w := got[r*len(s.Times)+k][0], st.NgPerML(o); !near(g, w, 1e-9) {
					t.Fatalf("%g min, series %d: %.15g, the matrix says %.15g", s.Times[k], r, g, w)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkTile(b *testing.B) {
	p := plan(b, setup(b))
	var s crowd.Space
	out := slices.Repeat([]crowd.Row{{}}, p.Rows())
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := p.Tile(&s, uint64(n), crowd.Lanes, out); err != nil {
			b.Fatal(err)
		}
		n += crowd.Lanes
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "subjects/s")
}
