package cli

import (
	"fmt"
	"math"
	"text/tabwriter"
	"time"

	"github.com/stillwatch/stillwatch/internal/crew"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

type kineticsBenchCmd struct {
	Subjects int  `help:"How many patients are simulated." default:"10000"`
	Threads  int  `help:"How many processors work on it." default:"1"`
	Rounds   int  `help:"How often it is measured; the best counts." default:"5"`
	JSON     bool `name:"json" help:"Print JSON."`
}

// benchAnswer is what bench prints as JSON.
type benchAnswer struct {
	SubjectsPerSecond float64 `json:"subjects_per_second"`
	Path              string  `json:"path"`
	Threads           int     `json:"threads"`
	Subjects          int     `json:"subjects"`
	// Kept is with both series of all patients kept in memory.
	Kept         float64 `json:"subjects_per_second_kept"`
	Written      float64 `json:"bytes_written_per_second"`
	Store        float64 `json:"store_bytes_per_second"`
	KeptWritten  float64 `json:"bytes_written_per_second_kept"`
	KeptStore    float64 `json:"store_bytes_per_second_kept"`
	MultiplyAdds float64 `json:"multiply_adds_per_second"`
	Peak         float64 `json:"multiply_adds_peak_per_second"`
	BandsMs      float64 `json:"bands_ms"`
	ReforecastUs float64 `json:"reforecast_us"`
}

// benchTimes is each minute of eight hours, benchAdds the multiply-adds of one of
// them: three exponentials, and the effect site from them and from itself.
const (
	benchTimes = 481
	benchAdds  = 7
)

// benchSetup is three compartments with an effect site. The structure is that of
// kamp-2020; the variances stand for nothing but work to be done.
func benchSetup() (crowd.Setup, error) {
	per70 := func(value, exponent float64) kinetics.Number {
		return kinetics.Number{Value: value, Exponent: exponent, Reference: 70}
	}
	m := crowd.Member{Name: "bench", Share: 1, Card: kinetics.Card{
		Drugs: []kinetics.Drug{{
			Name: "ketamine", Volume: per70(25, 1), Clearance: per70(1.4, 0.75),
			Sides: []kinetics.Side{{Volume: per70(56, 1), Flow: per70(161./60, 0.75)}, {Volume: per70(157, 1), Flow: per70(79./60, 0.75)}},
		}},
		Sites: []kinetics.Site{{Endpoint: "site", Ke0: kinetics.Number{Value: 1.39}}},
	}}
	for i, t := range []kinetics.Target{
		{Field: kinetics.FieldVolume},
		{Field: kinetics.FieldClearance},
		{Field: kinetics.FieldVolume, Side: 1},
		{Field: kinetics.FieldFlow, Side: 1},
		{Field: kinetics.FieldVolume, Side: 2},
		{Field: kinetics.FieldFlow, Side: 2},
		{Field: kinetics.FieldKe0},
	} {
		m.Variability.Between = append(m.Variability.Between, kinetics.Eta{Name: fmt.Sprint("effect ", i+1), On: []kinetics.Target{t}, Variance: 0.09})
	}
	m.Variability.Covariances = []kinetics.Covariance{{A: 0, B: 1, Value: 0.03}}
	r, err := kinetics.ParseRegimen("35 mg over 40 min")
	times := make([]float64, benchTimes)
	for i := range times {
		times[i] = float64(i)
	}
	return crowd.Setup{
		Members: []crowd.Member{m}, People: crowd.People{Kg: crowd.Same(70), Years: crowd.Same(40)},
		Regimen: r, Times: times, Seed: 1, Endpoint: "site",
	}, err
}

func (c kineticsBenchCmd) Run(e *env) error {
	switch {
	case c.Subjects < 1 || c.Subjects > 1_000_000:
		return fmt.Errorf("%d patients: 1 to 1000000 can be", c.Subjects)
	case c.Threads < 1 || c.Threads > 1024:
		return fmt.Errorf("%d threads: 1 to 1024 can be", c.Threads)
	case c.Rounds < 1 || c.Rounds > 1000:
		return fmt.Errorf("%d rounds: 1 to 1000 can be", c.Rounds)
	}
	out, err := c.measure(e)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(e.out, out)
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	gb := func(x float64) string { return fmt.Sprintf("%.1f GB/s", x/1e9) }
	for _, row := range [][2]string{
		{"path", out.Path},
		{"threads", fmt.Sprint(out.Threads)},
		{"patients each second", fmt.Sprintf("%.0f", out.SubjectsPerSecond)},
		{"  written", gb(out.Written) + fmt.Sprintf(", %.0f %% of the %s that can be stored there", 100*out.Written/out.Store, gb(out.Store))},
		{"  multiply-adds", fmt.Sprintf("%.2f G/s, %.0f %% of %.1f G/s at most", out.MultiplyAdds/1e9, 100*out.MultiplyAdds/out.Peak, out.Peak/1e9)},
		{"patients each second, all kept", fmt.Sprintf("%.0f", out.Kept)},
		{"  written", gb(out.KeptWritten) + fmt.Sprintf(", %.0f %% of the %s that can be stored there", 100*out.KeptWritten/out.KeptStore, gb(out.KeptStore))},
		{fmt.Sprintf("five bands of %d patients", out.Subjects), fmt.Sprintf("%.1f ms", out.BandsMs)},
		{"one patient again, after a rate change", fmt.Sprintf("%.1f µs", out.ReforecastUs)},
	} {
		_, _ = fmt.Fprintf(t, "%s\t%s\n", row[0], row[1])
	}
	return t.Flush()
}

// best is the shortest time of some rounds, in seconds.
func (c kineticsBenchCmd) best(do func() error) (float64, error) {
	shortest := math.Inf(1)
	for range c.Rounds {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		shortest = min(shortest, time.Since(start).Seconds())
	}
	return shortest, nil
}

func (c kineticsBenchCmd) measure(e *env) (benchAnswer, error) {
	out := benchAnswer{Path: crowd.Path(), Threads: c.Threads, Subjects: c.Subjects}
	setup, err := benchSetup()
	if err != nil {
		return out, err
	}
	plan, err := crowd.NewPlan(setup)
	if err != nil {
		return out, err
	}
	work := crew.Work(e.ctx, c.Threads)
	rows, tiles := plan.Rows(), (c.Subjects+crowd.Lanes-1)/crowd.Lanes
	bytes := float64(c.Subjects * rows * 8)
	near := make([]desk, c.Threads)
	for i := range near {
		near[i].rows = make([]crowd.Row, rows)
	}
	// At most as many are kept as make half a gigabyte; the others go over them.
	held := min(tiles, 1<<29/(rows*8*crowd.Lanes))
	all := make([]crowd.Row, held*rows)
	tile := func(worker, part int, keep bool) error {
		d := &near[worker]
		to := d.rows
		if keep {
			to = all[part%held*rows:][:rows]
		}
		at := part * crowd.Lanes
		return plan.Tile(&d.space, uint64(at), min(crowd.Lanes, c.Subjects-at), to) //nolint:gosec // at most a million
	}
	seconds := func(do func(worker, part int) error) float64 {
		var s float64
		if err == nil {
			s, err = c.best(func() error { return work.Run(tiles, do) })
		}
		return s
	}
	s := seconds(func(w, p int) error { return tile(w, p, false) })
	out.SubjectsPerSecond, out.Written, out.MultiplyAdds = float64(c.Subjects)/s, bytes/s, float64(c.Subjects*benchTimes*benchAdds)/s
	s = seconds(func(w, _ int) error { crowd.Fill(near[w].rows, 1); return nil })
	out.Store = float64(tiles*crowd.Lanes*rows*8) / s
	s = seconds(func(w, p int) error { return tile(w, p, true) })
	out.Kept, out.KeptWritten = float64(c.Subjects)/s, bytes/s
	s = seconds(func(_, p int) error { crowd.Fill(all[p%held*rows:][:rows], 1); return nil })
	out.KeptStore = float64(tiles*crowd.Lanes*rows*8) / s
	const adds = 1 << 20
	sum := make([]float64, c.Threads)
	s = seconds(func(w, _ int) error { sum[w] += crowd.MultiplyAdds(adds); return nil })
	out.Peak = float64(tiles) * adds / s
	all = nil
	if err == nil {
		s, err = c.best(func() error {
			_, err := plan.Bands(c.Subjects, crowd.Ask{Quantiles: []float64{0.05, 0.25, 0.5, 0.75, 0.95}}, work, nil)
			return err
		})
		out.BandsMs = 1e3 * s
	}
	if err != nil {
		return out, err
	}
	model, err := plan.Model(0)
	if err != nil {
		return out, err
	}
	pieces := setup.Regimen.Pieces(70)
	s, err = c.best(func() error {
		return kinetics.Solve(&model, pieces, setup.Times, func(_ int, st *kinetics.State) { sum[0] += st.NgPerML(model.Plasma) })
	})
	out.ReforecastUs = 1e6 * s
	return out, err
}
