package cli

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/library"
)

type kineticsCmd struct {
	Run  kineticsRunCmd     `cmd:"" help:"Say what a model expects of a regimen."`
	List kineticsListCmd    `cmd:"" default:"withargs" help:"List the models with their limits; kinetics --list does too."`
	Wash kineticsWashoutCmd `cmd:"" name:"washout" help:"Say when the plasma concentration that a model expects stays below a level."`

	Target     kineticsTargetCmd     `cmd:"" help:"Plan rate steps that approach a concentration within limits: a design aid, not an order."`
	Population kineticsPopulationCmd `cmd:"" help:"Say how what models expect goes through simulated patients."`
	Bench      kineticsBenchCmd      `cmd:"" help:"Measure how fast patients are simulated here."`
}

// person is for whom a model is solved.
type person struct {
	Model   string   `help:"Model, by its id; kinetics list has them." required:""`
	Weight  float64  `help:"Weight, kg." required:""`
	Age     *float64 `help:"Age, years."`
	Sex     string   `help:"Sex: female or male. No shipped model uses it." enum:"female,male,unsaid" default:"unsaid"`
	Height  *float64 `help:"Height, cm. No shipped model uses it."`
	Regimen string   `help:"What is given, as in \"0.5 mg/kg over 40 min then pause 10 min\", or a file that says it." required:""`
}

// ready is a model of one person and what is given.
type ready struct {
	card     library.KineticModel
	model    kinetics.Model
	pieces   []kinetics.Piece
	warnings []string
}

func (p person) ready() (ready, error) {
	lib, err := library.DecodeKinetics(library.Shipped().Kinetics)
	if err != nil {
		return ready{}, err
	}
	card, ok := lib.Model(p.Model)
	if !ok {
		return ready{}, errors.New("no model is called so; stillwatch kinetics list has those there are")
	}
	switch {
	case !(p.Weight >= 2 && p.Weight <= 400):
		return ready{}, fmt.Errorf("a weight of %g kg: 2 to 400 can be", p.Weight)
	case p.Age != nil && !(*p.Age >= 0 && *p.Age <= 120):
		return ready{}, fmt.Errorf("an age of %g years: 0 to 120 can be", *p.Age)
	case p.Height != nil && !(*p.Height >= 40 && *p.Height <= 260):
		return ready{}, fmt.Errorf("a height of %g cm: 40 to 260 can be", *p.Height)
	}
	regimen, err := readRegimen(p.Regimen)
	if err != nil {
		return ready{}, err
	}
	out := ready{card: card, pieces: regimen.Pieces(p.Weight), warnings: []string{}}
	model := card.Card()
	if p.Age != nil {
		model = model.At(*p.Age)
	}
	if out.model, err = model.For(p.Weight); err != nil {
		return ready{}, err
	}
	warn := func(format string, args ...any) { out.warnings = append(out.warnings, fmt.Sprintf(format, args...)) }
	if !card.Weight.Holds(p.Weight) {
		warn("The weight of %g kg is outside of %g to %g kg: this is an extrapolation.", p.Weight, card.Weight.Low, card.Weight.High)
	}
	switch {
	case card.Age == (library.Range{}):
	case p.Age == nil:
		warn("The model is of people of %g to %g years; no age was given.", card.Age.Low, card.Age.High)
	case !card.Age.Holds(*p.Age):
		warn("The age of %g years is outside of %g to %g years: this is an extrapolation.", *p.Age, card.Age.Low, card.Age.High)
	}
	warn("The typical patient of one model, %s, %s sampling: models of one regimen differ by a factor of two.", card.Drug, card.Sampling)
	out.warnings = append(out.warnings, card.Problems...)
	if o, ok := lib.Observed(card.Drug, regimen); ok {
		warn("Observed after this regimen: %g ng/mL. %s %s (%s).", o.NgPerML, o.Text, lib.Source(o.Source).Text, o.Mark)
	}
	return out, nil
}

type kineticsRunCmd struct {
	person
	Times []float64 `help:"Minutes from the start, each later than the one before." required:""`
	JSON  bool      `name:"json" help:"Print JSON."`
}

// kineticsAnswer is what run prints as JSON.
type kineticsAnswer struct {
	Model       string               `json:"model"`
	Times       []float64            `json:"times_min"`
	Plasma      []float64            `json:"plasma_ng_ml"`
	Effect      map[string][]float64 `json:"effect_ng_ml"`
	Metabolites map[string][]float64 `json:"metabolites"`
	Warnings    []string             `json:"warnings"`
}

func (c kineticsRunCmd) Run(e *env) error {
	r, err := c.ready()
	if err != nil {
		return err
	}
	out := kineticsAnswer{Model: c.Model, Times: c.Times, Effect: map[string][]float64{}, Metabolites: map[string][]float64{}, Warnings: r.warnings}
	err = kinetics.Solve(&r.model, r.pieces, c.Times, func(_ int, s *kinetics.State) {
		out.Plasma = append(out.Plasma, s.NgPerML(r.model.Plasma))
		for _, o := range r.model.Effects {
			out.Effect[o.Name] = append(out.Effect[o.Name], s.NgPerML(o.Output))
		}
		for _, o := range r.model.Others {
			out.Metabolites[o.Name] = append(out.Metabolites[o.Name], s.NgPerML(o.Output))
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(e.out, out)
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "min\tplasma ng/mL\t"
	for _, o := range r.model.Effects {
		head += "effect site " + o.Name + " ng/mL\t"
	}
	for _, o := range r.model.Others {
		head += o.Name + " ng/mL\t"
	}
	_, _ = fmt.Fprintln(t, head)
	for i := range c.Times {
		row := fmt.Sprintf("%g\t%.4g\t", c.Times[i], out.Plasma[i])
		for _, o := range r.model.Effects {
			row += fmt.Sprintf("%.4g\t", out.Effect[o.Name][i])
		}
		for _, o := range r.model.Others {
			row += fmt.Sprintf("%.4g\t", out.Metabolites[o.Name][i])
		}
		_, _ = fmt.Fprintln(t, row)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, strings.Join(r.warnings, "\n"))
	return err
}

type kineticsListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
	List bool `name:"list" help:"The same without the command's name." hidden:""`
}

func (c kineticsListCmd) Run(e *env) error {
	lib, err := library.DecodeKinetics(library.Shipped().Kinetics)
	if err != nil {
		return err
	}
	type model struct {
		ID         string   `json:"id"`
		Drug       string   `json:"drug"`
		Sampling   string   `json:"sampling"`
		Population string   `json:"population"`
		Problems   []string `json:"problems"`
	}
	var out []model
	for _, m := range lib.Models() {
		out = append(out, model{m.ID, m.Drug, m.Sampling, m.Population, m.Problems})
	}
	if c.JSON {
		return printJSON(e.out, struct {
			Models []model `json:"models"`
		}{out})
	}
	for _, m := range out {
		if _, err := fmt.Fprintf(e.out, "%s: %s, sampling %s. %s.\n  %s\n", m.ID, m.Drug, m.Sampling, m.Population, strings.Join(m.Problems, "\n  ")); err != nil {
			return err
		}
	}
	return nil
}

type kineticsWashoutCmd struct {
	person
	sampled
	Below float64 `help:"Level, ng/mL." required:""`
	N     int     `name:"n" help:"So many simulated patients in place of the typical one."`
	JSON  bool    `name:"json" help:"Print JSON."`
}

func (c kineticsWashoutCmd) Run(e *env) error {
	if !(c.Below >= 0.001 && c.Below <= 1e6) {
		return fmt.Errorf("a level of %g ng/mL: 0.001 to 1000000 can be", c.Below)
	}
	if c.N != 0 {
		return c.several(e)
	}
	r, err := c.ready()
	if err != nil {
		return err
	}
	at, err := kinetics.Washout(&r.model, r.pieces, c.Below)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(e.out, struct {
			Model    string   `json:"model"`
			Below    float64  `json:"below_ng_ml"`
			Minutes  float64  `json:"minutes_after_end"`
			Warnings []string `json:"warnings"`
		}{c.Model, c.Below, at, r.warnings})
	}
	_, err = fmt.Fprintf(e.out, "%s: below %g ng/mL for good from %.0f min after the end of the regimen.\n%s\n", c.Model, c.Below, math.Ceil(at), strings.Join(r.warnings, "\n"))
	return err
}
