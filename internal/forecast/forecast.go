// Package forecast says what published models expect of a regimen: the typical patient
// of each model, the spread of simulated patients, the time below levels, and what side
// effects that may mean. It is information: nothing of it opens or shuts anything.
package forecast

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
	"github.com/stillwatch/stillwatch/internal/library"
)

// Bounds of a question.
const (
	MaxModels  = 6
	MaxLevels  = 4
	MaxMinutes = 3 * 24 * 60
	mostTimes  = 361
	// Simulated is how many patients are drawn, and Timed of how many of them it is worked
	// out when they are below a level.
	Simulated = 1000
	Timed     = 400
)

// Parts are the quantiles that are drawn: the middle half, and the middle 90 %.
func Parts() []float64 { return []float64{0.05, 0.25, 0.5, 0.75, 0.95} }

// ErrQuestion refuses what cannot be asked, with what to do.
var ErrQuestion = errors.New("cannot be asked")

// Question is what somebody wants to know.
type Question struct {
	Models  []string // ids of cards
	Regimen kinetics.Regimen
	Kg      float64
	Years   float64 // 0 where it is not known
	Until   float64 // minutes from the start
	Levels  []float64
	Seed    uint64
}

// Line is the typical patient of one model.
type Line struct {
	Model  library.KineticModel
	Plasma []float64 // ng/mL, by time
	// Below is when plasma stays below each level, in minutes after the end of the
	// regimen.
	Below []float64
}

// Band is the spread of simulated patients.
type Band struct {
	Models []string
	// Quantiles of plasma by Parts and time, in ng/mL.
	Quantiles [][]float64
	// Above is the part of patients above each level, by level and time.
	Above [][]float64
	// Below are the minutes after the end of the regimen until plasma stays below each
	// level: by level, the quantiles 0.05, 0.5 and 0.95. Infinite: not in sixty days.
	// Empty for the band of one model.
	Below [][3]float64
}

// Effect is what one card of an effect says.
type Effect struct {
	Card library.KineticResponse
	// Low, Middle and High are in percent, or in the unit of a mean change. Of a half
	// maximum they are of the greatest effect at the highest concentration of the band.
	Low, Middle, High float64
	Interval          bool // Low and High are known
	// OtherDrugs are those of the models whose concentrations a half maximum of another
	// drug is held against.
	OtherDrugs []string
}

// Answer is what the models expect.
type Answer struct {
	Question
	Times    []float64 // minutes from the start
	Lines    []Line
	Ensemble Band
	// Population is the spread of the patients of one model alone, the first of those
	// asked for that has a known variability; nil where none has.
	Population *Band
	Effects    []Effect
	Observed   *library.KineticObserved
	Warnings   []string
}

// Ask answers a question. The same question has the same answer, bit for bit.
func Ask(lib library.Kinetics, q Question, work crowd.Work) (Answer, error) {
	out := Answer{Question: q}
	if err := out.check(); err != nil {
		return Answer{}, err
	}
	for _, id := range q.Models {
		m, ok := lib.Model(id)
		if !ok {
			return Answer{}, fmt.Errorf("%w: no model is called %q", ErrQuestion, id)
		}
		line, err := out.line(m)
		if err != nil {
			return Answer{}, err
		}
		out.Lines = append(out.Lines, line)
	}
	out.warn()
	var err error
	if out.Ensemble, err = out.band(out.Lines, q.Levels, work); err != nil {
		return Answer{}, err
	}
	if i := slices.IndexFunc(out.Lines, func(l Line) bool { return !l.Model.Spread().None() }); i >= 0 {
		b, err := out.band(out.Lines[i:i+1], nil, work)
		if err != nil {
			return Answer{}, err
		}
		out.Population = &b
	}
	out.effects(lib)
	if o, ok := lib.Observed(out.Lines[0].Model.Drug, q.Regimen); ok {
		out.Observed = &o
	}
	return out, nil
}

func (a *Answer) check() error {
	switch {
	case len(a.Models) == 0:
		return fmt.Errorf("%w: choose a model", ErrQuestion)
	case len(a.Models) > MaxModels:
		return fmt.Errorf("%w: at most %d models at once", ErrQuestion, MaxModels)
	case len(a.Regimen) == 0:
		return fmt.Errorf("%w: say what is given", ErrQuestion)
	case !(a.Kg >= 20 && a.Kg <= 350):
		return fmt.Errorf("%w: a weight is 20 to 350 kg", ErrQuestion)
	case a.Years != 0 && !(a.Years >= 1 && a.Years <= 120):
		return fmt.Errorf("%w: an age is 1 to 120 years", ErrQuestion)
	case !(a.Until >= 1 && a.Until <= MaxMinutes):
		return fmt.Errorf("%w: the time to look ahead is 1 to %d minutes", ErrQuestion, MaxMinutes)
	case len(a.Levels) > MaxLevels:
		return fmt.Errorf("%w: at most %d levels", ErrQuestion, MaxLevels)
	}
	for i, id := range a.Models {
		if slices.Contains(a.Models[:i], id) {
			return fmt.Errorf("%w: %s is chosen twice", ErrQuestion, id)
		}
	}
	for _, l := range a.Levels {
		if !(l >= 0.1 && l <= 1e5) {
			return fmt.Errorf("%w: a level is 0.1 to 100000 ng/mL", ErrQuestion)
		}
	}
	total := 0.0
	for _, p := range a.Regimen.Pieces(a.Kg) {
		total += p.BolusMg + p.MgPerMin*p.Minutes
	}
	if !(total <= 1e5) {
		return fmt.Errorf("%w: %g mg are more than a hundred grams", ErrQuestion, total)
	}
	every := 1.0
	for a.Until/every >= mostTimes {
		every++
	}
	for t := 0.0; t <= a.Until; t += every {
		a.Times = append(a.Times, t)
	}
	return nil
}

func (a *Answer) line(m library.KineticModel) (Line, error) {
	model, err := m.Card().At(a.Years).For(a.Kg)
	if err != nil {
		return Line{}, fmt.Errorf("%w: %s: %w", ErrQuestion, m.ID, err)
	}
	out := Line{Model: m, Plasma: make([]float64, 0, len(a.Times))}
	pieces := a.Regimen.Pieces(a.Kg)
	err = kinetics.Solve(&model, pieces, a.Times, func(_ int, s *kinetics.State) {
		out.Plasma = append(out.Plasma, s.NgPerML(model.Plasma))
	})
	if err != nil {
		return Line{}, fmt.Errorf("%w: %s: %w", ErrQuestion, m.ID, err)
	}
	for _, l := range a.Levels {
		below, err := kinetics.Washout(&model, pieces, l)
		switch {
		case errors.Is(err, kinetics.ErrNeverBelow):
			below = math.Inf(1)
		case err != nil:
			return Line{}, fmt.Errorf("%w: %s: %w", ErrQuestion, m.ID, err)
		}
		out.Below = append(out.Below, below)
	}
	return out, nil
}

// band simulates patients of the models, each model with the same share. Below which of
// the levels they are for good takes longest, and is asked of the ensemble only.
func (a *Answer) band(lines []Line, below []float64, work crowd.Work) (Band, error) {
	years := a.Years
	if years == 0 {
		years = 40
	}
	s := crowd.Setup{People: crowd.People{Kg: crowd.Same(a.Kg), Years: crowd.Same(years), Female: 0.5}, Regimen: a.Regimen, Times: a.Times, Seed: a.Seed}
	var out Band
	for _, l := range lines {
		out.Models = append(out.Models, l.Model.ID)
		s.Members = append(s.Members, crowd.Member{Name: l.Model.ID, Card: l.Model.Card(), Variability: l.Model.Spread(), Share: 1})
	}
	plan, err := crowd.NewPlan(s)
	if err != nil {
		return Band{}, fmt.Errorf("%w: %w", ErrQuestion, err)
	}
	bands, err := plan.Bands(Simulated, crowd.Ask{Quantiles: Parts(), Above: a.Levels}, work, nil)
	if err != nil {
		return Band{}, fmt.Errorf("simulate patients: %w", err)
	}
	out.Quantiles, out.Above = bands[0].Quantiles, bands[0].Above
	for _, l := range below {
		all, err := plan.Washouts(Timed, l, work)
		if err != nil {
			return Band{}, fmt.Errorf("simulate patients: %w", err)
		}
		out.Below = append(out.Below, [3]float64{crowd.Quantile(all, 0.05), crowd.Quantile(all, 0.5), crowd.Quantile(all, 0.95)})
	}
	return out, nil
}

// effects says what the cards of effects expect. Of a half maximum it takes the band's
// highest concentration: an effect that rises with it keeps the order of patients.
func (a *Answer) effects(lib library.Kinetics) {
	peak := func(part int) float64 { return slices.Max(a.Ensemble.Quantiles[part]) }
	for _, r := range lib.Responses() {
		e := Effect{Card: r}
		switch r.Kind {
		case library.HalfMaximum:
			e.Low, e.Middle, e.High, e.Interval = 100*r.At(peak(0)), 100*r.At(peak(2)), 100*r.At(peak(4)), true
			for _, l := range a.Lines {
				if d := l.Model.Drug; d != r.Drug && !slices.Contains(e.OtherDrugs, d) {
					e.OtherDrugs = append(e.OtherDrugs, d)
				}
			}
		case library.Incidence:
			e.Middle = r.Percent
			e.Low, e.High, e.Interval = r.Bounds()
		case library.MeanChange:
			e.Middle = r.Change
			e.Low, e.High, e.Interval = r.Bounds()
		}
		a.Effects = append(a.Effects, e)
	}
}

// warn says of each model where it is asked beyond what it was made from.
func (a *Answer) warn() {
	say := func(format string, args ...any) { a.Warnings = append(a.Warnings, fmt.Sprintf(format, args...)) }
	first := a.Lines[0].Model
	for _, l := range a.Lines {
		m := l.Model
		if !m.Weight.Holds(a.Kg) {
			say("%s: %g kg is outside of %g to %g kg: an extrapolation.", m.ID, a.Kg, m.Weight.Low, m.Weight.High)
		}
		switch {
		case m.Age == (library.Range{}):
		case a.Years == 0:
			say("%s is of people of %g to %g years, and no age was given.", m.ID, m.Age.Low, m.Age.High)
		case !m.Age.Holds(a.Years):
			say("%s: %g years is outside of %g to %g years: an extrapolation.", m.ID, a.Years, m.Age.Low, m.Age.High)
		}
		if m.Spread().None() {
			say("%s: no variability between patients was found: its simulated patients do not differ, and the band of all is too narrow.", m.ID)
		}
		for _, p := range m.Spread().Placeholders() {
			say("%s: no source gives a variance for %s; a placeholder stands in.", m.ID, p)
		}
		if m.Drug != first.Drug {
			say("%s is of %s, %s of %s: the regimen is taken as mg of each.", m.ID, m.Drug, first.ID, first.Drug)
		}
		if m.Sampling != first.Sampling {
			say("%s is of %s blood, %s of %s: they differ early.", m.ID, m.Sampling, first.ID, first.Sampling)
		}
	}
}
