package crowd_test

import (
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

// several works on parts with goroutines, as callers do.
func several(workers int) crowd.Work {
	return crowd.Work{Workers: workers, Run: func(parts int, do func(worker, part int) error) error {
		var wait sync.WaitGroup
		found := make([]error, workers)
		for w := range workers {
			wait.Go(func() {
				for part := w; part < parts && found[w] == nil; part += workers {
					found[w] = do(w, part)
				}
			})
		}
		wait.Wait()
		return errors.Join(found...)
	}}
}

func bands(t *testing.T, p *crowd.Plan, n int, ask crowd.Ask, w crowd.Work) []crowd.Band {
	t.Helper()
	out, err := p.Bands(n, ask, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// naive sorts all values of one time of a series.
func naive(t *testing.T, p *crowd.Plan, n, row int) []float64 {
	t.Helper()
	var out []float64
	for first := 0; first < n; first += crowd.Lanes {
		got := tile(t, p, uint64(first), min(crowd.Lanes, n-first))
		out = append(out, got[row][:min(crowd.Lanes, n-first)]...)
	}
	slices.Sort(out)
	return out
}

func checkNaive(t *testing.T, p *crowd.Plan, n int, ask crowd.Ask, got []crowd.Band, times ...int) {
	t.Helper()
	for s := range got {
		for _, at := range times {
			all := naive(t, p, n, s*len(p.Times())+at)
			for i, q := range ask.Quantiles {
				x := q * float64(n-1)
				low := int(x)
				want := all[low]
				if low+1 < n {
					want += (x - float64(low)) * (all[low+1] - all[low])
				}
				if g := got[s].Quantiles[i][at]; g != want {
					t.Errorf("series %d, time %d, quantile %g: %.17g, by sorting %.17g", s, at, q, g, want)
				}
			}
			for i, l := range ask.Above {
				above := 0
				for _, v := range all {
					if v > l {
						above++
					}
				}
				if g := got[s].Above[i][at]; g != float64(above)/float64(n) {
					t.Errorf("series %d, time %d: %g above %g, counted %d of %d", s, at, g, l, above, n)
				}
			}
		}
	}
}

func ask() crowd.Ask {
	return crowd.Ask{Quantiles: []float64{0, 0.05, 0.25, 0.5, 0.75, 0.95, 1}, Above: []float64{100, 200}}
}

func TestBands_AreWhatSortingGives(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Times = append(minutes(60), 480, 4000, 30_000)
	p := plan(t, s)
	for _, n := range []int{1, 2, 63, 64, 65, 1000} {
		checkNaive(t, p, n, ask(), bands(t, p, n, ask(), crowd.Alone()), 0, 1, 5, 40, 60, 61, 62)
	}
}

// More patients than are held at once are counted in batches and solved again; the
// answer is the same.
func TestBands_InBatchesAreWhatSortingGives(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Times = minutes(300)
	p := plan(t, s)
	told, last := 0, 0
	w := several(2)
	w.Hold = 500_000
	got, err := p.Bands(6000, ask(), w, func(done, of int) {
		if done < last || done > of {
			t.Errorf("%d of %d after %d", done, of, last)
		}
		told, last = told+1, done
	})
	if err != nil {
		t.Fatal(err)
	}
	if told < 4 || last != 12_000 {
		t.Errorf("told %d times of progress, at the end %d: the patients were held at once", told, last)
	}
	checkNaive(t, p, 6000, ask(), got, 0, 40, 299)
}

// The same seed gives the same bits however many work on it.
func TestBands_WorkersChangeNothing(t *testing.T) {
	t.Parallel()
	p := plan(t, setup(t))
	one := bands(t, p, 500, ask(), crowd.Alone())
	for _, w := range []int{2, 3, 7} {
		for s, b := range bands(t, p, 500, ask(), several(w)) {
			for i := range b.Quantiles {
				if !slices.Equal(b.Quantiles[i], one[s].Quantiles[i]) {
					t.Errorf("%d workers: quantile %d of %s differs", w, i, b.Name)
				}
			}
		}
	}
	other := setup(t)
	other.Seed++
	if slices.Equal(bands(t, plan(t, other), 500, ask(), crowd.Alone())[0].Quantiles[3], one[0].Quantiles[3]) {
		t.Error("another seed gives the same patients")
	}
}

func TestBands_QuantilesRise(t *testing.T) {
	t.Parallel()
	for _, b := range bands(t, plan(t, setup(t)), 777, ask(), crowd.Alone()) {
		for i := 1; i < len(b.Quantiles); i++ {
			for k := range b.Quantiles[i] {
				if b.Quantiles[i][k] < b.Quantiles[i-1][k] {
					t.Errorf("%s: quantile %d is below the one before it at time %d", b.Name, i, k)
				}
			}
		}
		for k := range b.Above[0] {
			if b.Above[1][k] > b.Above[0][k] {
				t.Errorf("%s: more above 200 than above 100 ng/mL at time %d", b.Name, k)
			}
		}
	}
}

func TestBands_Refuse(t *testing.T) {
	t.Parallel()
	p := plan(t, setup(t))
	q := []float64{0.5}
	for _, n := range []int{0, -1, crowd.MaxSubjects + 1} {
		if _, err := p.Bands(n, crowd.Ask{Quantiles: q}, crowd.Alone(), nil); !errors.Is(err, crowd.ErrPlan) {
			t.Errorf("%d patients: %v", n, err)
		}
	}
	for _, a := range []crowd.Ask{
		{},
		{Quantiles: []float64{0.5, 0.5}},
		{Quantiles: []float64{0.9, 0.1}},
		{Quantiles: []float64{-0.1}},
		{Quantiles: []float64{1.1}},
		{Quantiles: []float64{math.NaN()}},
		{Quantiles: q, Above: []float64{0}},
		{Quantiles: q, Above: []float64{math.NaN()}},
		{Quantiles: minutes(crowd.MaxQuantiles + 1)},
	} {
		if _, err := p.Bands(10, a, crowd.Alone(), nil); !errors.Is(err, crowd.ErrPlan) {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

// An end of the work ends the run.
func TestBands_EndWithTheWork(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	w := crowd.Work{Workers: 1, Run: func(int, func(int, int) error) error { return stop }}
	if _, err := plan(t, setup(t)).Bands(10, ask(), w, nil); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestWashouts_AreThoseOfEachPatient(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Members = append(s.Members, rates("rates"))
	p := plan(t, s)
	const n = 70
	got, err := p.Washouts(n, 50, several(2))
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	for i := range uint64(n) {
		m, err := p.Model(i)
		if err != nil {
			t.Fatal(err)
		}
		at, err := kinetics.Washout(&m, s.Regimen.Pieces(p.Person(i).Kg), 50)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, at)
	}
	slices.Sort(want)
	for i := range want {
		if !near(got[i], want[i], 1e-8) {
			t.Errorf("number %d: %.12g min, one by one %.12g", i, got[i], want[i])
		}
	}
	if below, err := p.Washouts(n, 1e5, crowd.Alone()); err != nil || crowd.Quantile(below, 1) != 0 {
		t.Errorf("never above: %v, %v", below, err)
	}
	if long, err := p.Washouts(n, 0.001, crowd.Alone()); err != nil || crowd.Quantile(long, 0) < 600 {
		t.Errorf("down to a trace: %v, %v", long, err)
	}
	if _, err := p.Washouts(n, math.NaN(), crowd.Alone()); !errors.Is(err, crowd.ErrPlan) {
		t.Error(err)
	}
}

// Ten thousand patients, eight hours by the minute, five bands of plasma and effect
// site.
func BenchmarkBands(b *testing.B) {
	p := plan(b, setup(b))
	a := crowd.Ask{Quantiles: []float64{0.05, 0.25, 0.5, 0.75, 0.95}}
	for b.Loop() {
		if _, err := p.Bands(10_000, a, several(2), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever is asked is refused, or answered with numbers.
func FuzzBands(f *testing.F) {
	f.Add("0.5 mg/kg over 40 min", 70.0, 10.0, 45.0, 150.0, 0.5, 50.0, 100, 40.0)
	f.Add("BOLUS 100000 mg then pause 0.1 min", 2.0, 400.0, 2.0, 400.0, 1.0, 1e6, 3, 170_000.0)
	f.Fuzz(func(t *testing.T, text string, kg, sd, low, high, quantile, level float64, n int, at float64) {
		r, err := kinetics.ParseRegimen(text)
		if err != nil || n > 200 || len(r) > 50 {
			return
		}
		s := setup(t)
		s.Members = append(s.Members, rates("rates"))
		s.Regimen, s.Times, s.People.Kg = r, []float64{0, at}, crowd.Spread{Mean: kg, SD: sd, Low: low, High: high}
		p, err := crowd.NewPlan(s)
		if err != nil {
			return
		}
		got, err := p.Bands(n, crowd.Ask{Quantiles: []float64{quantile}, Above: []float64{level}}, crowd.Alone(), nil)
		if err != nil {
			return
		}
		for _, b := range got {
			for i := range b.Quantiles[0] {
				if x, a := b.Quantiles[0][i], b.Above[0][i]; !(x >= 0 && x < 1e12 && a >= 0 && a <= 1) {
					t.Fatalf("%s: %g ng/mL, %g above", b.Name, x, a)
				}
			}
		}
		below, err := p.Washouts(n, level, crowd.Alone())
		if err == nil && !(crowd.Quantile(below, quantile) >= 0) {
			t.Fatalf("below after %v min", below)
		}
	})
}
