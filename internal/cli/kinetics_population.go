package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/stillwatch/stillwatch/internal/crew"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
	"github.com/stillwatch/stillwatch/internal/library"
)

// sampled is how simulated patients are drawn.
type sampled struct {
	Seed      uint64    `help:"Seed: the same one gives the same patients." default:"1"`
	Quantiles []float64 `help:"Quantiles, parts from 0 to 1." default:"0.05,0.25,0.5,0.75,0.95"`
	Workers   int       `help:"How many processors work on it; 0 for all. It changes no number." default:"0"`
}

func (s sampled) work(e *env) (crowd.Work, error) {
	if s.Workers < 0 || s.Workers > 1024 {
		return crowd.Work{}, fmt.Errorf("%d workers: 0 to 1024 can be", s.Workers)
	}
	n := s.Workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return crew.Work(e.ctx, n), nil
}

type kineticsPopulationCmd struct {
	sampled
	Model      []string  `help:"Model, by its id; several for an ensemble, with shares as in kamp-2020=2." required:""`
	N          int       `name:"n" help:"How many patients are simulated." default:"1000"`
	Regimen    string    `help:"What is given, as in \"0.5 mg/kg over 40 min\", or a file that says it." required:""`
	Weight     float64   `help:"Weight, kg; the mean where it goes through the patients." default:"70"`
	WeightSD   float64   `name:"weight-sd" help:"Standard deviation of the weight, kg; 0 for the same weight in all."`
	WeightLow  float64   `help:"Lowest weight, kg." default:"45"`
	WeightHigh float64   `help:"Highest weight, kg." default:"150"`
	Age        float64   `help:"Age, years; the mean where it goes through the patients." default:"40"`
	AgeSD      float64   `name:"age-sd" help:"Standard deviation of the age, years."`
	AgeLow     float64   `help:"Lowest age, years." default:"18"`
	AgeHigh    float64   `help:"Highest age, years." default:"80"`
	Female     float64   `help:"Part of women, 0 to 1." default:"0.5"`
	Times      []float64 `help:"Minutes from the start, each later than the one before. Without: each minute until --until."`
	Until      int       `help:"Last minute, where no times are given." default:"240"`
	Endpoint   string    `help:"Effect site too, by its endpoint; each model must have it."`
	Metabolite bool      `name:"metabolites" help:"The model's metabolites too; of one model only."`
	Above      []float64 `help:"Levels in ng/mL; the part of patients above each is said."`
	CSV        string    `name:"csv" help:"Write a line for each patient to this new file, as they are solved, and no bands." type:"path"`
	JSON       bool      `name:"json" help:"Print JSON."`
}

// population is what a population is made of.
type population struct {
	setup    crowd.Setup
	regimen  kinetics.Regimen
	warnings []string
}

// cards finds the models and their shares.
func cards(lib library.Kinetics, texts []string) (cards []library.KineticModel, shares []float64, err error) {
	for _, text := range texts {
		id, part, has := strings.Cut(text, "=")
		share := 1.0
		if has {
			if share, err = strconv.ParseFloat(part, 64); err != nil || !(share > 0 && share <= 1e6) {
				return nil, nil, fmt.Errorf("model %q: the share after = is a number above 0 and at most 1000000", text)
			}
		}
		card, ok := lib.Model(id)
		switch {
		case !ok:
			return nil, nil, fmt.Errorf("no model is called %q; stillwatch kinetics list has those there are", id)
		case slices.ContainsFunc(cards, func(m library.KineticModel) bool { return m.ID == id }):
			return nil, nil, fmt.Errorf("model %s is asked for twice", id)
		}
		cards, shares = append(cards, card), append(shares, share)
	}
	return cards, shares, nil
}

// populate makes ready what is simulated, with all that must be said of it.
func populate(models []string, regimenText string, s crowd.Setup) (population, error) {
	lib, err := library.DecodeKinetics(library.Shipped().Kinetics)
	if err != nil {
		return population{}, err
	}
	found, shares, err := cards(lib, models)
	if err != nil {
		return population{}, err
	}
	out := population{setup: s, warnings: []string{}}
	if out.regimen, err = readRegimen(regimenText); err != nil {
		return population{}, err
	}
	out.setup.Regimen = out.regimen
	warn := func(format string, args ...any) { out.warnings = append(out.warnings, fmt.Sprintf(format, args...)) }
	kg, years := s.People.Kg, s.People.Years
	for i, m := range found {
		v := m.Spread()
		out.setup.Members = append(out.setup.Members, crowd.Member{Name: m.ID, Card: m.Card(), Variability: v, Share: shares[i]})
		switch {
		case v.None() && len(found) == 1:
			return population{}, fmt.Errorf("%s: no variability between patients was found, so no band of patients can be drawn; kinetics run has its typical patient", m.ID)
		case v.None():
			warn("%s: no variability between patients was found: its patients differ in weight only, so the band is too narrow.", m.ID)
		}
		if p := v.Placeholders(); len(p) > 0 {
			warn("%s: no source gives a variance for %s; a placeholder stands in.", m.ID, strings.Join(p, ", "))
		}
		for _, e := range m.Effects {
			switch {
			case e.Endpoint != s.Endpoint:
			case e.Low > 0:
				warn("%s: the ke0 of %s is drawn within its own error, %g to %g of 95 %%.", m.ID, e.Endpoint, e.Low, e.High)
			default:
				warn("%s: no error of the ke0 of %s was found: the band of its effect site is too narrow.", m.ID, e.Endpoint)
			}
		}
		low, high := kg.Mean, kg.Mean
		if kg.SD > 0 {
			low, high = kg.Low, kg.High
		}
		if !m.Weight.Holds(low) || !m.Weight.Holds(high) {
			warn("%s: weights of %g to %g kg go outside of %g to %g kg: this is an extrapolation.", m.ID, low, high, m.Weight.Low, m.Weight.High)
		}
		low, high = years.Mean, years.Mean
		if years.SD > 0 {
			low, high = years.Low, years.High
		}
		if m.Age != (library.Range{}) && (!m.Age.Holds(low) || !m.Age.Holds(high)) {
			warn("%s: ages of %g to %g years go outside of %g to %g years: this is an extrapolation.", m.ID, low, high, m.Age.Low, m.Age.High)
		}
		for _, p := range m.Problems {
			warn("%s: %s", m.ID, p)
		}
		if m.Drug != found[0].Drug {
			warn("%s is of %s, %s of %s: the regimen is taken as mg of each.", m.ID, m.Drug, found[0].ID, found[0].Drug)
		}
		if m.Sampling != found[0].Sampling {
			warn("%s: sampling %s, %s: %s.", m.ID, m.Sampling, found[0].ID, found[0].Sampling)
		}
	}
	if o, ok := lib.Observed(found[0].Drug, out.regimen); ok {
		warn("Observed after this regimen: %g ng/mL. %s %s (%s).", o.NgPerML, o.Text, lib.Source(o.Source).Text, o.Mark)
	}
	warn("Simulated patients, not measurements: what an assay adds is not in the bands, and models of one regimen differ by a factor of two.")
	return out, nil
}

// readRegimen reads a regimen, or the file that holds one.
func readRegimen(text string) (kinetics.Regimen, error) {
	if _, err := os.Stat(text); err == nil {
		raw, err := readBounded(text, maxSnapshot)
		if err != nil {
			return nil, fmt.Errorf("regimen: %w", err)
		}
		text = string(raw)
	}
	return kinetics.ParseRegimen(text)
}

func (c kineticsPopulationCmd) Run(e *env) error {
	if c.N < 1 || c.N > crowd.MaxSubjects {
		return fmt.Errorf("%d patients: 1 to %d can be", c.N, crowd.MaxSubjects)
	}
	times := c.Times
	switch {
	case len(times) == 0 && c.CSV != "":
		return errors.New("a line for each patient needs --times, as in --times 5,20,40,120")
	case len(times) == 0:
		if c.Until < 0 || c.Until >= crowd.MaxTimes {
			return fmt.Errorf("until minute %d: 0 to %d can be", c.Until, crowd.MaxTimes-1)
		}
		for t := range c.Until + 1 {
			times = append(times, float64(t))
		}
	}
	pop, err := populate(c.Model, c.Regimen, crowd.Setup{
		People: crowd.People{
			Kg:     crowd.Spread{Mean: c.Weight, SD: c.WeightSD, Low: c.WeightLow, High: c.WeightHigh},
			Years:  crowd.Spread{Mean: c.Age, SD: c.AgeSD, Low: c.AgeLow, High: c.AgeHigh},
			Female: c.Female,
		},
		Times: times, Seed: c.Seed, Endpoint: c.Endpoint, Metabolites: c.Metabolite,
	})
	if err != nil {
		return err
	}
	plan, err := crowd.NewPlan(pop.setup)
	if err != nil {
		return err
	}
	work, err := c.work(e)
	if err != nil {
		return err
	}
	if c.CSV != "" {
		return c.lines(e, plan, work, pop)
	}
	tell := newTeller(e.errOut)
	got, err := plan.Bands(c.N, crowd.Ask{Quantiles: c.Quantiles, Above: c.Above}, work, tell.progress)
	if errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(e.errOut, "stopped: bands are of all patients, so there are none")
		return errFailed
	}
	if err != nil {
		return err
	}
	return c.print(e, pop, got, times)
}

// bandsAnswer is the bands of one concentration as JSON.
type bandsAnswer struct {
	Quantiles [][]float64 `json:"ng_ml"`
	Above     [][]float64 `json:"part_above,omitempty"`
}

// populationAnswer is what population prints as JSON. Bands are by quantile, then by
// time.
type populationAnswer struct {
	Models      []string               `json:"models"`
	N           int                    `json:"n"`
	Seed        uint64                 `json:"seed"`
	Regimen     string                 `json:"regimen"`
	Times       []float64              `json:"times_min"`
	Quantiles   []float64              `json:"quantiles"`
	Levels      []float64              `json:"levels_ng_ml,omitempty"`
	Plasma      bandsAnswer            `json:"plasma"`
	Effect      map[string]bandsAnswer `json:"effect"`
	Metabolites map[string]bandsAnswer `json:"metabolites"`
	Warnings    []string               `json:"warnings"`
}

func (c kineticsPopulationCmd) print(e *env, pop population, got []crowd.Band, times []float64) error {
	if c.JSON {
		out := populationAnswer{
			Models: c.Model, N: c.N, Seed: c.Seed, Regimen: pop.regimen.String(), Times: times, Quantiles: c.Quantiles, Levels: c.Above,
			Effect: map[string]bandsAnswer{}, Metabolites: map[string]bandsAnswer{}, Warnings: pop.warnings,
		}
		for i, b := range got {
			a := bandsAnswer{Quantiles: b.Quantiles, Above: b.Above}
			switch {
			case i == 0:
				out.Plasma = a
			case i == 1 && c.Endpoint != "":
				out.Effect[c.Endpoint] = a
			default:
				out.Metabolites[b.Name] = a
			}
		}
		return printJSON(e.out, out)
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, b := range got {
		head := "min\t"
		for _, q := range c.Quantiles {
			head += fmt.Sprintf("%g %%\t", math.Round(1e6*q)/1e4)
		}
		for _, l := range c.Above {
			head += fmt.Sprintf("above %g\t", l)
		}
		_, _ = fmt.Fprintf(t, "%s, ng/mL, of %d simulated patients\n%s\n", b.Name, c.N, head)
		for i, at := range times {
			row := fmt.Sprintf("%g\t", at)
			for _, q := range b.Quantiles {
				row += fmt.Sprintf("%.4g\t", q[i])
			}
			for _, a := range b.Above {
				row += fmt.Sprintf("%.1f %%\t", 100*a[i])
			}
			_, _ = fmt.Fprintln(t, row)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e.out, strings.Join(pop.warnings, "\n"))
	return err
}

// teller says once a second how far a run is.
type teller struct {
	out         io.Writer
	start, last time.Time
}

func newTeller(out io.Writer) *teller {
	now := time.Now()
	return &teller{out: out, start: now, last: now}
}

func (t *teller) progress(done, of int) {
	now := time.Now()
	if now.Sub(t.last) < time.Second || done == 0 {
		return
	}
	t.last = now
	rate := float64(done) / now.Sub(t.start).Seconds()
	_, _ = fmt.Fprintf(t.out, "%d of %d patients solved, %.0f each second, %.0f s left\n", done, of, rate, math.Ceil(float64(of-done)/rate))
}

// lines writes a line for each patient, in order, as they are solved. What is
// written is always whole lines.
func (c kineticsPopulationCmd) lines(e *env, plan *crowd.Plan, work crowd.Work, pop population) (err error) {
	f, err := os.OpenFile(c.CSV, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the file of patients must be a new one: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	head := "patient,model,weight_kg,age_years,sex"
	for _, s := range plan.Series() {
		for _, t := range plan.Times() {
			head += "," + strings.ReplaceAll(s, ",", "") + " ng/mL at " + strconv.FormatFloat(t, 'g', -1, 64) + " min"
		}
	}
	if _, err := fmt.Fprintln(w, head); err != nil {
		return err
	}
	l := liner{plan: plan, members: pop.setup.Members, n: c.N}
	tell := newTeller(e.errOut)
	tiles := (c.N + crowd.Lanes - 1) / crowd.Lanes
	const perBatch = 64
	texts := make([][]byte, perBatch)
	workers := make([]desk, work.Workers)
	done := 0
	for first := 0; first < tiles; first += perBatch {
		here := min(perBatch, tiles-first)
		err := work.Run(here, func(worker, part int) (err error) {
			texts[part], err = l.tile(&workers[worker], first+part, texts[part][:0])
			return err
		})
		if err == nil {
			for _, t := range texts[:here] {
				if _, err := w.Write(t); err != nil {
					return err
				}
			}
			// A batch is a piece of whole lines.
			if err := w.Flush(); err != nil {
				return err
			}
			done = min((first+here)*crowd.Lanes, c.N)
			tell.progress(done, c.N)
			continue
		}
		if !errors.Is(err, context.Canceled) {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(e.errOut, "stopped: %s holds %d of %d patients, each whole\n", c.CSV, done, c.N)
		return errFailed
	}
	_, err = fmt.Fprintln(e.errOut, strings.Join(append(pop.warnings, fmt.Sprintf("%s holds %d patients.", c.CSV, done)), "\n"))
	return err
}

// desk is what one worker solves on.
type desk struct {
	space crowd.Space
	rows  []crowd.Row
}

type liner struct {
	plan    *crowd.Plan
	members []crowd.Member
	n       int
}

func (l liner) tile(d *desk, tile int, to []byte) ([]byte, error) {
	if d.rows == nil {
		d.rows = make([]crowd.Row, l.plan.Rows())
	}
	first := tile * crowd.Lanes
	n := min(crowd.Lanes, l.n-first)
	if err := l.plan.Tile(&d.space, uint64(first), n, d.rows); err != nil { //nolint:gosec // at most crowd.MaxSubjects
		return to, err
	}
	for lane := range n {
		i := first + lane
		who := l.plan.Person(uint64(i)) //nolint:gosec // at most crowd.MaxSubjects
		to = strconv.AppendInt(to, int64(i)+1, 10)
		to = append(to, ',')
		to = append(to, l.members[who.Card].Name...)
		for _, x := range []float64{who.Kg, who.Years} {
			to = append(to, ',')
			to = strconv.AppendFloat(to, x, 'g', 6, 64)
		}
		sex := ",male"
		if who.Female {
			sex = ",female"
		}
		to = append(to, sex...)
		for r := range d.rows {
			to = append(to, ',')
			to = strconv.AppendFloat(to, d.rows[r][lane], 'g', 7, 64)
		}
		to = append(to, '\n')
	}
	return to, nil
}

// washoutAnswer is the time below a level as a distribution, as JSON. A time is null
// where the level is not reached in sixty days.
type washoutAnswer struct {
	Model     string     `json:"model"`
	N         int        `json:"n"`
	Seed      uint64     `json:"seed"`
	Below     float64    `json:"below_ng_ml"`
	Quantiles []float64  `json:"quantiles"`
	Minutes   []*float64 `json:"minutes_after_end"`
	AtEnd     float64    `json:"part_below_at_end"`
	Never     float64    `json:"part_not_below_in_60_days"`
	Warnings  []string   `json:"warnings"`
}

// several answers for simulated patients of the weight.
func (c kineticsWashoutCmd) several(e *env) error {
	r, err := c.ready()
	if err != nil {
		return err
	}
	var unsaid []string
	years := (r.card.Age.Low + r.card.Age.High) / 2
	switch {
	case c.Age != nil:
		years = *c.Age
	case r.card.Age != (library.Range{}):
		unsaid = append(unsaid, fmt.Sprintf("The model is of people of %g to %g years; no age was given.", r.card.Age.Low, r.card.Age.High))
	}
	pop, err := populate([]string{c.Model}, c.Regimen, crowd.Setup{
		People: crowd.People{Kg: crowd.Same(c.Weight), Years: crowd.Same(years)}, Times: []float64{0}, Seed: c.Seed,
	})
	if err != nil {
		return err
	}
	if err := (crowd.Ask{Quantiles: c.Quantiles}).Check(); err != nil {
		return err
	}
	plan, err := crowd.NewPlan(pop.setup)
	if err != nil {
		return err
	}
	work, err := c.work(e)
	if err != nil {
		return err
	}
	all, err := plan.Washouts(c.N, c.Below, work)
	if err != nil {
		return err
	}
	out := washoutAnswer{Model: c.Model, N: c.N, Seed: c.Seed, Below: c.Below, Quantiles: c.Quantiles, Warnings: append(unsaid, pop.warnings...)}
	for _, q := range c.Quantiles {
		var at *float64
		if x := crowd.Quantile(all, q); !math.IsInf(x, 0) {
			at = &x
		}
		out.Minutes = append(out.Minutes, at)
	}
	for _, x := range all {
		switch {
		case x == 0:
			out.AtEnd += 1 / float64(c.N)
		case math.IsInf(x, 1):
			out.Never += 1 / float64(c.N)
		}
	}
	if c.JSON {
		return printJSON(e.out, out)
	}
	_, _ = fmt.Fprintf(e.out, "%s: plasma below %g ng/mL for good, in minutes after the end of the regimen, of %d simulated patients\n", c.Model, c.Below, c.N)
	for i, q := range c.Quantiles {
		at := "not in 60 days"
		if out.Minutes[i] != nil {
			at = fmt.Sprintf("%.1f", *out.Minutes[i])
		}
		_, _ = fmt.Fprintf(e.out, "%6.4g %% of patients  %s\n", 100*q, at)
	}
	_, err = fmt.Fprintf(e.out, "below at the end: %.1f %%; not in 60 days: %.1f %%\n%s\n", 100*out.AtEnd, 100*out.Never, strings.Join(out.Warnings, "\n"))
	return err
}
