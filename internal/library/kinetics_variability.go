package library

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// KineticEta is one random effect between patients, as a card gives it: the
// variance of the logarithm, and the numbers it is on ("ketamine volume",
// "ketamine side 1 flow", "antinociception ke0"). Where the source leaves the
// variance blank, placeholder says so.
type KineticEta struct {
	Name        string    `yaml:"name"`
	On          []string  `yaml:"on"`
	Variance    float64   `yaml:"variance"`
	Placeholder bool      `yaml:"placeholder"`
	Source      string    `yaml:"source"`
	Mark        cite.Mark `yaml:"mark"`
}

// KineticCovariance is of two random effects of a card, by name.
type KineticCovariance struct {
	A      string    `yaml:"a"`
	B      string    `yaml:"b"`
	Value  float64   `yaml:"value"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// KineticResidual is what measured concentrations differ by from what the model
// expects of the very patient.
type KineticResidual struct {
	Name         string    `yaml:"name"`
	Proportional float64   `yaml:"proportional"`
	Additive     float64   `yaml:"additive_ng_ml"`
	Log          float64   `yaml:"log"`
	Source       string    `yaml:"source"`
	Mark         cite.Mark `yaml:"mark"`
}

// Spread is how the patients of the model differ; nothing where none was found.
func (m KineticModel) Spread() kinetics.Variability { return m.spread }

func (c *kineticsChecker) variability(m *KineticModel) {
	switch m.Variability {
	case "none_found":
		if len(m.Between)+len(m.Covariances)+len(m.Residual) > 0 {
			c.fault("variability stands beside none_found")
		}
	case "in_card":
		if len(m.Between) == 0 {
			c.fault("variability is in_card, but between is missing")
		}
	default:
		c.fault("variability %q is not none_found or in_card", m.Variability)
	}
	cited := func(what, source string, mark cite.Mark) {
		c.used[source] = true
		if !c.sources[source] || !mark.Valid() {
			c.fault("%s: source %q with mark %q", what, source, mark)
		}
	}
	v := kinetics.Variability{}
	for _, e := range m.Between {
		cited(e.Name, e.Source, e.Mark)
		// A variance that nobody published is not of the source's evidence.
		if e.Placeholder && e.Mark != cite.Default {
			c.fault("%s: a placeholder is marked %q, not default", e.Name, e.Mark)
		}
		if slices.ContainsFunc(v.Between, func(o kinetics.Eta) bool { return o.Name == e.Name }) {
			c.fault("%s stands twice", e.Name)
		}
		eta := kinetics.Eta{Name: e.Name, Variance: e.Variance, Placeholder: e.Placeholder}
		for _, on := range e.On {
			t, ok := target(m, on)
			if !ok {
				c.fault("%s: %q is no number of the card", e.Name, on)
			}
			eta.On = append(eta.On, t)
		}
		v.Between = append(v.Between, eta)
	}
	for _, e := range m.Covariances {
		cited("covariance of "+e.A+" and "+e.B, e.Source, e.Mark)
		at := func(name string) int {
			return slices.IndexFunc(v.Between, func(o kinetics.Eta) bool { return o.Name == name })
		}
		v.Covariances = append(v.Covariances, kinetics.Covariance{A: at(e.A), B: at(e.B), Value: e.Value})
	}
	for _, e := range m.Residual {
		cited("residual of "+e.Name, e.Source, e.Mark)
		if !slices.ContainsFunc(m.Drugs, func(d KineticDrug) bool { return d.Name == e.Name }) || e.Proportional+e.Additive+e.Log == 0 {
			c.fault("residual of %q: no such substance, or nothing said", e.Name)
		}
		v.Residual = append(v.Residual, kinetics.Residual{Name: e.Name, Proportional: e.Proportional, Additive: e.Additive, Log: e.Log})
	}
	if err := v.Check(m.card); err != nil {
		c.fault("%v", err)
	}
	m.spread = v
}

// fields are the numbers that may vary, as a card names them.
func fields() map[string]kinetics.Field {
	return map[string]kinetics.Field{
		"volume": kinetics.FieldVolume, "clearance": kinetics.FieldClearance, "rate": kinetics.FieldRate, "flow": kinetics.FieldFlow,
		"there": kinetics.FieldThere, "back": kinetics.FieldBack, "ke0": kinetics.FieldKe0,
		"loss": kinetics.FieldLoss, "make": kinetics.FieldMake,
	}
}

// target reads "SUBSTANCE FIELD", "SUBSTANCE side N FIELD" or "ENDPOINT ke0".
func target(m *KineticModel, text string) (kinetics.Target, bool) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return kinetics.Target{}, false
	}
	field, ok := fields()[words[len(words)-1]]
	out := kinetics.Target{Field: field}
	words = words[:len(words)-1]
	if n := len(words); n > 2 && words[n-2] == "side" {
		var err error
		if out.Side, err = strconv.Atoi(words[n-1]); err != nil || out.Side < 1 {
			return out, false
		}
		words = words[:n-2]
	}
	name := strings.Join(words, " ")
	if field == kinetics.FieldKe0 {
		out.Drug = slices.IndexFunc(m.Effects, func(e KineticEffect) bool { return e.Endpoint == name })
	} else {
		out.Drug = slices.IndexFunc(m.Drugs, func(d KineticDrug) bool { return d.Name == name })
	}
	return out, ok && out.Drug >= 0
}
