package kinetics_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

func TestAim_KeepsItsLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.01, 3)
		m := three(t, rapid.Float64Range(5, 200).Draw(t, "v"), rate.Draw(t, "k10"), rate.Draw(t, "k12"), rate.Draw(t, "k13"),
			rate.Draw(t, "k21"), rate.Draw(t, "k31"), rate.Draw(t, "ke0"))
		a := kinetics.Aim{
			NgPerML: rapid.Float64Range(20, 300).Draw(t, "target"), StepMin: rapid.SampledFrom([]float64{1, 5, 7.3, 15}).Draw(t, "step"), Steps: 12,
			MostMgPerMin: rapid.Float64Range(0.1, 5).Draw(t, "most"), RiseMgPerMin: rapid.Float64Range(0.05, 5).Draw(t, "rise"), TotalMg: rapid.Float64Range(1, 200).Draw(t, "total"),
		}
		site := m.Effects[0].Output
		plan, err := a.Plan(&m, site)
		if err != nil || len(plan) != a.Steps {
			t.Fatal(len(plan), err)
		}
		total, before := 0.0, 0.0
		for i, p := range plan {
			total += p.MgPerMin * p.Minutes
			if p.MgPerMin < 0 || p.MgPerMin > a.MostMgPerMin || p.MgPerMin > before+a.RiseMgPerMin || p.Minutes != a.StepMin {
				t.Fatalf("step %d: %+v after %g mg/min, limits %+v", i+1, p, before, a)
			}
			before = p.MgPerMin
		}
		if total > a.TotalMg*(1+1e-12) {
			t.Fatalf("%g mg of %g", total, a.TotalMg)
		}
		// On a grid of its own, through the last step and long after it.
		var times []float64
		for x := 0.0; x < a.StepMin*float64(a.Steps)+60; x += 0.037 {
			times = append(times, x)
		}
		for i, s := range solve(t, m, plan, times...) {
			if c := s.NgPerML(site); c > a.NgPerML*(1+kinetics.Tolerance) {
				t.Fatalf("%g ng/mL at %g min, target %g", c, times[i], a.NgPerML)
			}
		}
		// What is planned later changes nothing now.
		less := a
		less.Steps = 5
		short, err := less.Plan(&m, site)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range short {
			if p != plan[i] {
				t.Fatalf("step %d: %+v in a plan of 5, %+v in a plan of %d", i+1, p, plan[i], a.Steps)
			}
		}
	})
}

// With room in every limit the plan comes near the target and stays there, with
// steps of any length.
func TestAim_ComesNear(t *testing.T) {
	t.Parallel()
	m := three(t, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	for _, minutes := range []float64{1, 5, 10} {
		a := kinetics.Aim{NgPerML: 150, StepMin: minutes, Steps: int(120 / minutes), MostMgPerMin: 20, RiseMgPerMin: 20, TotalMg: 1000}
		plan, err := a.Plan(&m, m.Effects[0].Output)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range solve(t, m, plan, 60, 90, 120) {
			if c := s.NgPerML(m.Effects[0].Output); math.Abs(c/150-1) > 0.02 {
				t.Errorf("steps of %g min: %g ng/mL", minutes, c)
			}
		}
	}
}

func TestAim_Refuses(t *testing.T) {
	t.Parallel()
	m := three(t, 25, 0.056, 0.107, 0.0527, 0.0479, 0.00839, 1.39)
	good := kinetics.Aim{NgPerML: 150, StepMin: 5, Steps: 4, MostMgPerMin: 2, RiseMgPerMin: 2, TotalMg: 40}
	for name, change := range map[string]func(*kinetics.Aim){
		"target":   func(a *kinetics.Aim) { a.NgPerML = math.NaN() },
		"no step":  func(a *kinetics.Aim) { a.Steps = 0 },
		"long":     func(a *kinetics.Aim) { a.StepMin = math.Inf(1) },
		"rate":     func(a *kinetics.Aim) { a.MostMgPerMin = 0 },
		"rise":     func(a *kinetics.Aim) { a.RiseMgPerMin = -1 },
		"no total": func(a *kinetics.Aim) { a.TotalMg = math.NaN() },
	} {
		a := good
		change(&a)
		if plan, err := a.Plan(&m, m.Plasma); !errors.Is(err, kinetics.ErrAim) {
			t.Errorf("%s: %v, %v", name, plan, err)
		}
	}
}
