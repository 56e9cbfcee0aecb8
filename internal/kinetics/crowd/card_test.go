package crowd_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

// The ke0 of an endpoint whose source gives an interval goes through the patients as that
// interval says; plasma, and everybody's own random effects, stay as they were.
func TestTile_DrawsTheErrorOfKe0(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Times = []float64{5, 40}
	s.Members[0].Card.Sites = append(s.Members[0].Card.Sites, kinetics.Site{Endpoint: "other", Ke0: kinetics.Number{Value: 0.238}, Low: 0.20, High: 0.28})
	before := plan(t, s)
	s.Endpoint = "other"
	p := plan(t, s)
	const n = 20_000
	var logs []float64
	for i := range uint64(n) {
		eta := p.Etas(i)
		if !slices.Equal(eta[:5], before.Etas(i)) || len(eta) != 6 {
			t.Fatalf("patient %d: %v, without the error %v", i, eta, before.Etas(i))
		}
		logs = append(logs, eta[5])
	}
	slices.Sort(logs)
	// 95 % of the drawn ke0 lie within an interval as wide as the published one.
	low, high := 0.238*math.Exp(crowd.Quantile(logs, 0.025)), 0.238*math.Exp(crowd.Quantile(logs, 0.975))
	if math.Abs(math.Log(high/low)/math.Log(0.28/0.20)-1) > 0.03 || math.Abs(math.Exp(crowd.Quantile(logs, 0.5))-1) > 0.01 {
		t.Errorf("95 %% of ke0 are within %g and %g, the source says 0.20 and 0.28", low, high)
	}
	with, without := tile(t, p, 0, crowd.Lanes), tile(t, before, 0, crowd.Lanes)
	for lane := range crowd.Lanes {
		if with[0][lane] != without[0][lane] || with[1][lane] != without[1][lane] {
			t.Fatalf("patient %d has another plasma concentration for the error of a ke0", lane)
		}
	}
	// Without an interval nothing is drawn.
	s.Members[0].Card.Sites[1].Low, s.Members[0].Card.Sites[1].High = 0, 0
	if eta := plan(t, s).Etas(1); len(eta) != 5 {
		t.Errorf("%d random effects without an interval", len(eta))
	}
}

// A card whose numbers go with age is solved for the age of each patient.
func TestTile_GoesWithAge(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Endpoint, s.Times, s.People.Kg = "", []float64{40, 240}, crowd.Same(70)
	s.Members[0].Card.Drugs[0].Clearance.PerYear, s.Members[0].Card.Drugs[0].Clearance.AboveYears = -0.02, 60
	of := func(years float64) []crowd.Row {
		s.People.Years = crowd.Same(years)
		return tile(t, plan(t, s), 0, crowd.Lanes)
	}
	young, sixty, old := of(30), of(60), of(85)
	for lane := range crowd.Lanes {
		for r := range young {
			if young[r][lane] != sixty[r][lane] || !(old[r][lane] > sixty[r][lane]) {
				t.Fatalf("patient %d, row %d: %g at 30, %g at 60, %g at 85 years", lane, r, young[r][lane], sixty[r][lane], old[r][lane])
			}
		}
	}
	// At 85 the clearance of 1.4 L/min is 0.9.
	s.Members[0].Card.Drugs[0].Clearance = by(0.9, 0.75)
	for lane, plain := 0, of(40); lane < crowd.Lanes; lane++ {
		for r := range plain {
			if !near(old[r][lane], plain[r][lane], 1e-10) {
				t.Fatalf("patient %d, row %d: %g at 85 years, %g with that clearance", lane, r, old[r][lane], plain[r][lane])
			}
		}
	}
	// Each has an age of their own.
	s.Members[0].Card.Drugs[0].Clearance.PerYear, s.Members[0].Card.Drugs[0].Clearance.AboveYears = -0.01, 20
	s.People.Years = crowd.Spread{Mean: 60, SD: 15, Low: 20, High: 90}
	p := plan(t, s)
	got := tile(t, p, 7, 20)
	after, err := p.Washouts(27, 50, crowd.Alone())
	if err != nil {
		t.Fatal(err)
	}
	for lane := range 20 {
		m, err := p.Model(uint64(7 + lane))
		if err != nil {
			t.Fatal(err)
		}
		err = kinetics.Solve(&m, s.Regimen.Pieces(70), s.Times, func(i int, st *kinetics.State) {
			if !near(got[i][lane], st.NgPerML(m.Plasma), 1e-10) {
				t.Errorf("patient %d of %g years: %g, %g", lane, p.Person(uint64(7+lane)).Years, got[i][lane], st.NgPerML(m.Plasma))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		want, err := kinetics.Washout(&m, s.Regimen.Pieces(70), 50)
		if err != nil || !slices.ContainsFunc(after, func(x float64) bool { return near(x, want, 1e-9) }) {
			t.Errorf("patient %d is below 50 ng/mL after %g min, which no washout is (%v)", lane, want, err)
		}
	}
}
