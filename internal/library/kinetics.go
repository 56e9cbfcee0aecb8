package library

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/kinetics"
)

const kineticsSchema = "stillwatch/kinetics-library/1"

// Range is what a card was made from; outside of it a result is an extrapolation.
type Range struct {
	Low  float64 `yaml:"low"`
	High float64 `yaml:"high"`
}

// Holds reports whether x lies in the range.
func (r Range) Holds(x float64) bool { return x >= r.Low && x <= r.High }

// KineticNumber is a parameter as a card gives it.
type KineticNumber struct {
	Value       float64   `yaml:"value"`
	Unit        string    `yaml:"unit"`
	Exponent    float64   `yaml:"exponent"`
	ReferenceKg float64   `yaml:"reference_kg"`
	LnWeight    float64   `yaml:"ln_weight"`
	PerYear     float64   `yaml:"per_year"`
	AboveYears  float64   `yaml:"above_years"`
	Source      string    `yaml:"source"`
	Mark        cite.Mark `yaml:"mark"`
}

// KineticSide is a peripheral compartment of a card. Loss and make are of a liver:
// what it loses to nowhere, and to the next substance.
type KineticSide struct {
	Volume *KineticNumber `yaml:"volume"`
	Flow   *KineticNumber `yaml:"flow"`
	There  *KineticNumber `yaml:"there"`
	Back   *KineticNumber `yaml:"back"`
	Loss   *KineticNumber `yaml:"loss"`
	Make   *KineticNumber `yaml:"make"`
}

// KineticDrug is one substance of a card.
type KineticDrug struct {
	Name      string         `yaml:"name"`
	Fraction  float64        `yaml:"fraction"`
	Volume    *KineticNumber `yaml:"volume"`
	Clearance *KineticNumber `yaml:"clearance"`
	Rate      *KineticNumber `yaml:"rate"`
	Sides     []KineticSide  `yaml:"sides"`
}

// KineticEffect is the rate constant of one endpoint, with its interval where one
// was published.
type KineticEffect struct {
	Endpoint    string         `yaml:"endpoint"`
	Ke0         *KineticNumber `yaml:"ke0"`
	Uncertainty string         `yaml:"uncertainty"`
	Low         float64        `yaml:"low"`
	High        float64        `yaml:"high"`
}

// KineticModel is one published model: what it rests on, its limits, its numbers.
type KineticModel struct {
	ID          string          `yaml:"id"`
	Drug        string          `yaml:"drug"`
	Sampling    string          `yaml:"sampling"`
	Population  string          `yaml:"population"`
	Weight      Range           `yaml:"weight_kg"`
	Age         Range           `yaml:"age_years"`
	Variability string          `yaml:"variability"`
	Problems    []string        `yaml:"problems"`
	Drugs       []KineticDrug   `yaml:"drugs"`
	Effects     []KineticEffect `yaml:"effects"`

	Between     []KineticEta        `yaml:"between"`
	Covariances []KineticCovariance `yaml:"covariances"`
	Residual    []KineticResidual   `yaml:"residual"`

	card   kinetics.Card
	spread kinetics.Variability
}

// Card is the model in L, minutes and mg.
func (m KineticModel) Card() kinetics.Card { return m.card }

// KineticObserved is a concentration that was measured, to be shown beside what
// models expect of the same regimen.
type KineticObserved struct {
	ID      string    `yaml:"id"`
	Drug    string    `yaml:"drug"`
	Regimen string    `yaml:"regimen"`
	NgPerML float64   `yaml:"ng_ml"`
	Text    string    `yaml:"text"`
	Source  string    `yaml:"source"`
	Mark    cite.Mark `yaml:"mark"`
}

// Kinetics is the published models, and what was measured.
type Kinetics struct {
	models    []KineticModel
	observed  []KineticObserved
	responses []KineticResponse
	sources   []cite.Source
}

// Observed finds what was measured after a regimen of a drug.
func (k Kinetics) Observed(drug string, r kinetics.Regimen) (KineticObserved, bool) {
	at := slices.IndexFunc(k.observed, func(o KineticObserved) bool { return o.Drug == drug && o.Regimen == r.String() })
	if at < 0 {
		return KineticObserved{}, false
	}
	return k.observed[at], true
}

// Source is a source that a number names.
func (k Kinetics) Source(id string) cite.Source {
	at := slices.IndexFunc(k.sources, func(s cite.Source) bool { return s.ID == id })
	if at < 0 {
		return cite.Source{}
	}
	return k.sources[at]
}

// Models are the models in the order of the file.
func (k Kinetics) Models() []KineticModel { return slices.Clone(k.models) }

// Model finds a model by its id.
func (k Kinetics) Model(id string) (KineticModel, bool) {
	at := slices.IndexFunc(k.models, func(m KineticModel) bool { return m.ID == id })
	if at < 0 {
		return KineticModel{}, false
	}
	return k.models[at], true
}

type kineticsFile struct {
	Schema    string            `yaml:"schema"`
	Version   int               `yaml:"version"`
	Status    string            `yaml:"status"`
	Sources   []cite.Source     `yaml:"sources"`
	Observed  []KineticObserved `yaml:"observed"`
	Responses []KineticResponse `yaml:"responses"`
	Models    []KineticModel    `yaml:"models"`
}

// DecodeKinetics reads and checks the models; every one is solvable over its whole
// range of weights.
func DecodeKinetics(b []byte) (Kinetics, error) {
	f, root, err := parse[kineticsFile](b)
	if err != nil {
		return Kinetics{}, fmt.Errorf("read kinetics: %w", err)
	}
	c := kineticsChecker{root: root, sources: map[string]bool{}, used: map[string]bool{}, texts: map[string]string{}}
	c.check(f)
	if len(c.faults) > 0 {
		return Kinetics{}, fmt.Errorf("check kinetics: %w", errors.Join(c.faults...))
	}
	return Kinetics{models: f.Models, observed: f.Observed, responses: f.Responses, sources: f.Sources}, nil
}

type kineticsChecker struct {
	root          *yaml.Node
	sources, used map[string]bool
	texts         map[string]string // of the sources
	cited         map[string]bool   // by the numbers of this model
	faults        []error
	at            []any
	id            string
}

func (c *kineticsChecker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("line %d: %s%s", line(c.root, c.at...), c.id, fmt.Sprintf(format, args...)))
}

func (c *kineticsChecker) check(f kineticsFile) {
	if f.Schema != kineticsSchema || f.Version < 1 || f.Status == "" {
		c.fault("the schema is %q with version %d and status %q, want %s", f.Schema, f.Version, f.Status, kineticsSchema)
	}
	for i, s := range f.Sources {
		c.at = []any{"sources", i}
		if s.ID == "" || s.Text == "" || !s.Kind.Valid() || c.sources[s.ID] {
			c.fault("source %q is not complete, or stands twice", s.ID)
		}
		c.sources[s.ID] = true
		c.citation(s)
	}
	for i, o := range f.Observed {
		c.at, c.used[o.Source] = []any{"observed", i}, true
		r, err := kinetics.ParseRegimen(o.Regimen)
		switch {
		case err != nil || r.String() != o.Regimen:
			c.fault("observed %s: the regimen is not written as the program writes it: %v", o.ID, err)
		case o.ID == "" || !slices.Contains(drugs, o.Drug) || o.Text == "" || !(o.NgPerML > 0 && o.NgPerML < 1e5):
			c.fault("observed %s is not complete", o.ID)
		case !c.sources[o.Source] || !o.Mark.Valid():
			c.fault("observed %s: source %q with mark %q", o.ID, o.Source, o.Mark)
		}
	}
	responses := map[string]bool{}
	for i, r := range f.Responses {
		c.at = []any{"responses", i}
		c.response(r, responses)
	}
	seen := map[string]bool{}
	for i := range f.Models {
		m := &f.Models[i]
		c.at, c.id = []any{"models", i}, "model "+m.ID+": "
		if m.ID == "" || seen[m.ID] {
			c.fault("the id is missing or stands twice")
		}
		seen[m.ID] = true
		c.model(m)
	}
	c.at, c.id = []any{"models"}, ""
	if len(f.Models) == 0 {
		c.fault("no model")
	}
	for i, s := range f.Sources {
		if c.at = []any{"sources", i}; !c.used[s.ID] {
			c.fault("source %q is named by no parameter", s.ID)
		}
	}
}

func (c *kineticsChecker) model(m *KineticModel) {
	if !slices.Contains(drugs, m.Drug) {
		c.fault("drug %q is not racemic ketamine or S-ketamine", m.Drug)
	}
	if !slices.Contains([]string{"arterial", "venous", "not stated"}, m.Sampling) {
		c.fault("sampling %q is not arterial, venous or not stated", m.Sampling)
	}
	if m.Population == "" || len(m.Problems) == 0 || slices.Contains(m.Problems, "") {
		c.fault("population and known problems must be said")
	}
	if w := m.Weight; !(w.Low >= 1 && w.High > w.Low && w.High <= 250) {
		c.fault("the weights go from %g to %g kg", w.Low, w.High)
		return
	}
	if a := m.Age; a != (Range{}) && !(a.Low >= 0 && a.High > a.Low && a.High <= 110) {
		c.fault("the ages go from %g to %g years", a.Low, a.High)
	}
	c.ages(m)
	before := len(c.faults)
	c.cited = map[string]bool{}
	for i, d := range m.Drugs {
		m.card.Drugs = append(m.card.Drugs, c.drug(i, d))
	}
	c.named(m)
	for _, e := range m.Effects {
		m.card.Sites = append(m.card.Sites, c.effect(e))
	}
	c.variability(m)
	if len(c.faults) > before {
		return
	}
	if m.card.Aged() && m.Age == (Range{}) {
		c.fault("a number goes with age, and the card says no ages")
	}
	for _, kg := range []float64{m.Weight.Low, m.Weight.High} {
		for _, years := range []float64{m.Age.Low, m.Age.High} {
			if _, err := m.card.At(years).For(kg); err != nil {
				c.fault("at %g kg and %g years: %v", kg, years, err)
			}
		}
	}
}

func (c *kineticsChecker) drug(i int, d KineticDrug) kinetics.Drug {
	out := kinetics.Drug{Name: d.Name, Fraction: d.Fraction, Volume: c.number("volume", d.Volume, volumes)}
	if !name(d.Name) {
		c.fault("%q is not the name of a substance", d.Name)
	}
	if (i == 0) != (d.Fraction == 0) || !(d.Fraction >= 0 && d.Fraction <= 1) {
		c.fault("%s: a metabolite has a fraction above 0 and at most 1, the parent none", d.Name)
	}
	lost := slices.ContainsFunc(d.Sides, func(s KineticSide) bool { return s.Loss != nil || s.Make != nil })
	switch {
	case d.Clearance == nil && d.Rate == nil && lost:
	case (d.Clearance == nil) == (d.Rate == nil) || lost:
		c.fault("%s is cleared by a clearance, by a rate or by its sides, one of the three", d.Name)
	case d.Clearance != nil:
		out.Clearance = c.number("clearance", d.Clearance, flows)
	default:
		out.Rate = c.number("rate", d.Rate, rates)
	}
	for _, s := range d.Sides {
		var side kinetics.Side
		switch {
		case s.Volume != nil && s.Flow != nil && s.There == nil && s.Back == nil:
			side = kinetics.Side{Volume: c.number("volume", s.Volume, volumes), Flow: c.number("flow", s.Flow, flows)}
		case s.Volume == nil && s.Flow == nil && s.There != nil && s.Back != nil:
			side = kinetics.Side{There: c.number("there", s.There, rates), Back: c.number("back", s.Back, rates)}
		default:
			c.fault("%s: a side has volume and flow, or there and back", d.Name)
		}
		if s.Loss != nil {
			side.Loss = c.number("loss", s.Loss, rates)
		}
		if s.Make != nil {
			side.Make = c.number("make", s.Make, rates)
		}
		out.Sides = append(out.Sides, side)
	}
	return out
}

func (c *kineticsChecker) effect(e KineticEffect) kinetics.Site {
	if !name(e.Endpoint) {
		c.fault("%q is not the name of an endpoint", e.Endpoint)
	}
	out := kinetics.Site{Endpoint: e.Endpoint, Ke0: c.number("ke0", e.Ke0, rates)}
	switch e.Uncertainty {
	case "not_found":
		if e.Low != 0 || e.High != 0 {
			c.fault("%s: an interval stands beside not_found", e.Endpoint)
		}
	case "interval_95":
		if !(e.Low > 0 && e.Low < out.Ke0.Value && out.Ke0.Value < e.High) {
			c.fault("%s: the interval %g to %g does not hold %g", e.Endpoint, e.Low, e.High, out.Ke0.Value)
		}
		out.Low, out.High = e.Low, e.High
	default:
		c.fault("%s: uncertainty is not_found or interval_95", e.Endpoint)
	}
	return out
}

// drugs are what a model may be of.
var drugs = []string{"racemic ketamine", "S-ketamine"}

// The units of each sort of parameter.
var (
	volumes = []string{"L", "L/kg"}
	flows   = []string{"L/h", "L/min"}
	rates   = []string{"1/min", "1/h"}
)

func (c *kineticsChecker) number(what string, n *KineticNumber, units []string) kinetics.Number {
	if n == nil {
		c.fault("%s is missing", what)
		return kinetics.Number{}
	}
	c.used[n.Source], c.cited[n.Source] = true, true
	switch {
	case !slices.Contains(units, n.Unit):
		c.fault("%s: unit %q is none of %v", what, n.Unit, units)
	case !(n.Value > 0 && n.Value < 1e5):
		c.fault("%s: the value is %g", what, n.Value)
	case !c.sources[n.Source] || !n.Mark.Valid():
		c.fault("%s: source %q with mark %q", what, n.Source, n.Mark)
	case (n.Exponent == 0) != (n.ReferenceKg == 0) || !(n.Exponent >= 0 && n.Exponent <= 2) || !(n.ReferenceKg >= 0 && n.ReferenceKg <= 100):
		c.fault("%s: exponent %g with reference weight %g kg", what, n.Exponent, n.ReferenceKg)
	case n.Unit == "L/kg" && n.Exponent != 0:
		c.fault("%s: L/kg goes with weight already", what)
	case !(n.LnWeight >= 0 && n.LnWeight < 10):
		c.fault("%s: ln_weight is %g", what, n.LnWeight)
	case (n.PerYear == 0) != (n.AboveYears == 0) || !(math.Abs(n.PerYear) < 1e4) || !(n.AboveYears >= 0 && n.AboveYears <= 110):
		c.fault("%s: %g for each year above %g years", what, n.PerYear, n.AboveYears)
	}
	out := kinetics.Number{
		Value: n.Value, Exponent: n.Exponent, Reference: n.ReferenceKg, LnWeight: n.LnWeight, PerYear: n.PerYear, AboveYears: n.AboveYears,
	}
	switch n.Unit {
	case "L/kg":
		out.Exponent, out.Reference = 1, 1
	case "L/h", "1/h":
		out.Value /= 60
		out.LnWeight /= 60
		out.PerYear /= 60
	}
	return out
}
