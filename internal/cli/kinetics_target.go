package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
)

// planOnly stands with every plan: it is no order and is not written like one.
const planOnly = "A design aid for the typical patient of one model, not an order: orders are written from a protocol, and none can be made from this."

type kineticsTargetCmd struct {
	Model    string   `help:"Model, by its id; kinetics list has them." required:""`
	Weight   float64  `help:"Weight, kg." required:""`
	Age      *float64 `help:"Age, years."`
	At       string   `help:"Endpoint whose effect site is meant, or plasma." default:"plasma"`
	Target   float64  `help:"Concentration to approach, ng/mL." required:""`
	Every    float64  `help:"Minutes between rate changes." default:"10"`
	For      float64  `help:"Minutes in all." required:""`
	Protocol string   `help:"Protocol of the library whose limits are kept; without it --max-rate and --max-dose are needed."`
	MaxRate  float64  `help:"Highest rate, mg/kg/h; with a protocol, where it is lower than that one's."`
	MaxRise  float64  `help:"Highest rise of the rate at one change, mg/kg/h; the highest rate where it is not given."`
	MaxDose  float64  `help:"Highest dose of the session, mg/kg; with a protocol, where it is lower than that one's."`
	JSON     bool     `name:"json" help:"Print JSON."`
}

type targetStep struct {
	From   float64 `json:"from_min"`
	Rate   float64 `json:"rate_mg_per_kg_h"`
	AtEnd  float64 `json:"at_end_ng_ml"`
	Plasma float64 `json:"plasma_at_end_ng_ml"`
}

// limits takes those of the protocol, and what is lower.
func (c *kineticsTargetCmd) limits() error {
	if c.Protocol == "" {
		if c.MaxRate == 0 || c.MaxDose == 0 {
			return errors.New("say by which limits: --protocol, or --max-rate and --max-dose")
		}
		return nil
	}
	files := library.Shipped()
	rules, err := library.DecodeSession(files.Session)
	if err != nil {
		return err
	}
	protocols, err := library.DecodeProtocols(files.Protocols, rules)
	if err != nil {
		return err
	}
	p, ok := protocol.Of(protocols, c.Protocol)
	if !ok {
		return errors.New("the library has no protocol of this name")
	}
	most, err := forecast.LimitsOf(p, c.Weight)
	if err != nil {
		return err
	}
	lower := func(typed *float64, limit float64) {
		if *typed == 0 || *typed > limit {
			*typed = limit
		}
	}
	lower(&c.MaxRate, most.Rate)
	lower(&c.MaxDose, most.Dose)
	if c.For > most.Minutes {
		return fmt.Errorf("protocol %s lasts %g min at most", c.Protocol, most.Minutes)
	}
	return nil
}

func (c kineticsTargetCmd) Run(e *env) error {
	r, err := person{Model: c.Model, Weight: c.Weight, Age: c.Age, Regimen: "pause 1 min"}.ready()
	if err != nil {
		return err
	}
	if err := c.limits(); err != nil {
		return err
	}
	out := r.model.Plasma
	if c.At != "plasma" {
		found := false
		for _, o := range r.model.Effects {
			if o.Name == c.At {
				out, found = o.Output, true
			}
		}
		if !found {
			return errors.New("the model has no effect site of this name; run the model to see those it has, or plan for plasma")
		}
	}
	if c.MaxRise == 0 {
		c.MaxRise = c.MaxRate
	}
	if !(c.Every >= 0.5 && c.For >= c.Every && c.For <= 60*24*60) {
		return fmt.Errorf("%g min in steps of %g min: a step is at least 0.5 min and not longer than all of them", c.For, c.Every)
	}
	perKg := c.Weight / 60
	plan, err := kinetics.Aim{
		NgPerML: c.Target, StepMin: c.Every, Steps: int(min(c.For/c.Every+1e-9, 1e6)),
		MostMgPerMin: c.MaxRate * perKg, RiseMgPerMin: c.MaxRise * perKg, TotalMg: c.MaxDose * c.Weight,
	}.Plan(&r.model, out)
	if err != nil {
		return err
	}
	times := make([]float64, len(plan))
	steps := make([]targetStep, len(plan))
	for i, p := range plan {
		steps[i] = targetStep{From: float64(i) * c.Every, Rate: p.MgPerMin / perKg}
		times[i] = float64(i+1) * c.Every
	}
	err = kinetics.Solve(&r.model, plan, times, func(i int, s *kinetics.State) {
		steps[i].AtEnd, steps[i].Plasma = s.NgPerML(out), s.NgPerML(r.model.Plasma)
	})
	if err != nil {
		return err
	}
	warnings := append([]string{planOnly}, r.warnings...)
	if c.JSON {
		return printJSON(e.out, struct {
			Model    string       `json:"model"`
			At       string       `json:"at"`
			Target   float64      `json:"target_ng_ml"`
			Steps    []targetStep `json:"steps"`
			Warnings []string     `json:"warnings"`
		}{c.Model, c.At, c.Target, steps, warnings})
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(t, "from min\tmg/kg/h\t%s at the end ng/mL\tplasma at the end ng/mL\t\n", c.At)
	for _, s := range steps {
		_, _ = fmt.Fprintf(t, "%g\t%.3f\t%.4g\t%.4g\t\n", s.From, s.Rate, s.AtEnd, s.Plasma)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, strings.Join(warnings, "\n"))
	return err
}
