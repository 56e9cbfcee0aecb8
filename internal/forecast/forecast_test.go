package forecast_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
	"github.com/stillwatch/stillwatch/internal/library"
)

func lib(t testing.TB) library.Kinetics {
	t.Helper()
	k, err := library.DecodeKinetics(library.Shipped().Kinetics)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func regimen(t testing.TB, s string) kinetics.Regimen {
	t.Helper()
	r, err := kinetics.ParseRegimen(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func question(t testing.TB) forecast.Question {
	t.Helper()
	return forecast.Question{
		Models: []string{"otto-2021", "kamp-2020", "perez-ruixo-2021"}, Regimen: regimen(t, "0.5 mg/kg over 40 min"), Kg: 70, Years: 30, Until: 240,
		Levels: []float64{50, 100}, Seed: 7,
	}
}

// several workers take parts in no order of their own.
func several(n int) crowd.Work {
	return crowd.Work{Workers: n, Run: func(parts int, do func(worker, part int) error) error {
		next := make(chan int)
		found := make([]error, n)
		var wait sync.WaitGroup
		for w := range n {
			wait.Go(func() {
				for part := range next {
					found[w] = errors.Join(found[w], do(w, part))
				}
			})
		}
		for part := range parts {
			next <- part
		}
		close(next)
		wait.Wait()
		return errors.Join(found...)
	}}
}

// TestAsk_TheSameForAnyNumberOfProcessors: bit for bit.
func TestAsk_TheSameForAnyNumberOfProcessors(t *testing.T) {
	t.Parallel()
	k, q := lib(t), question(t)
	one, err := forecast.Ask(k, q, crowd.Alone())
	if err != nil {
		t.Fatal(err)
	}
	four, err := forecast.Ask(k, q, several(4))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, four, cmpopts.IgnoreUnexported(library.KineticModel{}), cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

// TestAsk_ReferenceTable: the lines are the models' own (the reference case of 35 mg
// over 40 min in 70 kg).
func TestAsk_ReferenceTable(t *testing.T) {
	t.Parallel()
	a, err := forecast.Ask(lib(t), question(t), crowd.Alone())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line, minute int
		want         float64
	}{{0, 40, 158.04173}, {0, 120, 55.105604}, {1, 40, 253.051835}, {1, 240, 25.620787}} {
		if got := a.Lines[tt.line].Plasma[tt.minute]; math.Abs(got-tt.want) > 1e-6*tt.want {
			t.Errorf("line %d at %d min: %g, want %g", tt.line, tt.minute, got, tt.want)
		}
	}
	// Below 50 ng/mL: 94 min (Otto) and 80 min (Kamp) after the end.
	if o, k := a.Lines[0].Below[0], a.Lines[1].Below[0]; math.Abs(o-94) > 1 || math.Abs(k-80) > 1 {
		t.Errorf("below 50 ng/mL after %g and %g min", o, k)
	}
	if a.Observed != nil {
		t.Error("what was measured with the racemate stands beside S-ketamine")
	}
	q := question(t)
	q.Models = []string{"kamp-2020"}
	b, err := forecast.Ask(lib(t), q, crowd.Alone())
	if err != nil {
		t.Fatal(err)
	}
	if b.Observed == nil || b.Observed.NgPerML != 185 {
		t.Errorf("what was measured does not stand beside it: %+v", b.Observed)
	}
	if b.Population != nil {
		t.Error("a band of patients was drawn for a card that has none")
	}
}

// TestAsk_Holds is the properties of every answer.
func TestAsk_Holds(t *testing.T) {
	t.Parallel()
	k := lib(t)
	var ids []string
	for _, m := range k.Models() {
		ids = append(ids, m.ID)
	}
	rapid.Check(t, func(t *rapid.T) {
		r, err := kinetics.ParseRegimen(rapid.SampledFrom([]string{"0.5 mg/kg over 40 min", "BOLUS 10 mg then 20 mg/h for 60 min", "0.2 mg/kg/h for 90 min then pause 20 min then 0.1 mg/kg/h for 30 min"}).Draw(t, "regimen"))
		if err != nil {
			t.Fatal(err)
		}
		q := forecast.Question{
			Models: rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 4, rapid.ID).Draw(t, "models"), Regimen: r,
			Kg: float64(rapid.IntRange(45, 150).Draw(t, "kg")), Until: float64(rapid.IntRange(1, 600).Draw(t, "until")), Levels: []float64{20, 80}, Seed: rapid.Uint64().Draw(t, "seed"),
		}
		a, err := forecast.Ask(k, q, crowd.Alone())
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Lines) != len(q.Models) || len(a.Times) > 361 || a.Times[0] != 0 {
			t.Fatalf("%d lines, %d times", len(a.Lines), len(a.Times))
		}
		bands := []forecast.Band{a.Ensemble}
		if a.Population != nil {
			bands = append(bands, *a.Population)
		}
		for _, b := range bands {
			for i := range a.Times {
				last := -1.0
				for _, quantile := range b.Quantiles {
					if !(quantile[i] >= last) {
						t.Fatalf("quantiles cross at %g min", a.Times[i])
					}
					last = quantile[i]
				}
				if low, high := b.Above[1][i], b.Above[0][i]; !(low >= 0 && high <= 1 && low <= high) {
					t.Fatalf("%g above 80 and %g above 20 at %g min", low, high, a.Times[i])
				}
			}
			for _, w := range b.Below {
				if !(w[0] >= 0 && w[0] <= w[1] && w[1] <= w[2]) {
					t.Fatalf("times below a level: %v", w)
				}
			}
		}
		for _, e := range a.Effects {
			if strings.Contains(e.Card.Effect, "pain") || e.Interval && !(e.Low <= e.Middle && e.Middle <= e.High) {
				t.Fatalf("effect %+v", e)
			}
		}
	})
}

// TestAsk_EffectOfAnotherDrug: a half maximum that was found for one drug names the
// other drugs whose concentrations it is held against, each once.
func TestAsk_EffectOfAnotherDrug(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		models []string
		want   []string
	}{
		{[]string{"otto-2021", "perez-ruixo-2021"}, nil},
		{[]string{"otto-2021", "kamp-2020", "domino"}, []string{"racemic ketamine"}},
	} {
		q := question(t)
		q.Models = tt.models
		a, err := forecast.Ask(lib(t), q, crowd.Alone())
		if err != nil {
			t.Fatal(err)
		}
		halves := 0
		for _, e := range a.Effects {
			want := []string(nil)
			if e.Card.Kind == library.HalfMaximum {
				halves++
				want = tt.want
			}
			if !slices.Equal(e.OtherDrugs, want) {
				t.Errorf("%v, %s: held against %q, want %q", tt.models, e.Card.ID, e.OtherDrugs, want)
			}
		}
		if halves == 0 {
			t.Error("no card of a half maximum")
		}
	}
}

// TestAsk_Refused: what cannot be asked is refused with what is wrong.
func TestAsk_Refused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*forecast.Question)
		want   string
	}{
		"no model":              {func(q *forecast.Question) { q.Models = nil }, "choose a model"},
		"too many":              {func(q *forecast.Question) { q.Models = slices.Repeat([]string{"kamp-2020"}, 7) }, "at most 6"},
		"twice":                 {func(q *forecast.Question) { q.Models = []string{"kamp-2020", "kamp-2020"} }, "chosen twice"},
		"an unknown model":      {func(q *forecast.Question) { q.Models = []string{"house-2026"} }, "no model is called"},
		"nothing given":         {func(q *forecast.Question) { q.Regimen = nil }, "what is given"},
		"no weight":             {func(q *forecast.Question) { q.Kg = 0 }, "20 to 350"},
		"a weight that is none": {func(q *forecast.Question) { q.Kg = math.NaN() }, "20 to 350"},
		"an age that is none":   {func(q *forecast.Question) { q.Years = 400 }, "1 to 120"},
		"for ever":              {func(q *forecast.Question) { q.Until = math.Inf(1) }, "to look ahead"},
		"a level of nothing":    {func(q *forecast.Question) { q.Levels = []float64{0} }, "a level is"},
		"too many levels":       {func(q *forecast.Question) { q.Levels = []float64{1, 2, 3, 4, 5} }, "at most 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := question(t)
			tt.change(&q)
			_, err := forecast.Ask(lib(t), q, crowd.Alone())
			if !errors.Is(err, forecast.ErrQuestion) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// BenchmarkAsk is one movement of a slider: three models, four levels, four hours.
func BenchmarkAsk(b *testing.B) {
	k, q := lib(b), question(b)
	work := several(2)
	for b.Loop() {
		if _, err := forecast.Ask(k, q, work); err != nil {
			b.Fatal(err)
		}
	}
}
