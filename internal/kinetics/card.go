package kinetics

import (
	"fmt"
	"math"
)

// Number is one parameter of a card: its value for a reference weight, and how it
// goes with weight.
type Number struct {
	Value float64
	// Exponent scales by (kg/Reference)^Exponent.
	Exponent, Reference float64
	// LnWeight adds LnWeight·ln(kg).
	LnWeight float64
}

// For is the parameter of a patient of this weight.
func (p Number) For(kg float64) float64 {
	x := p.Value + p.LnWeight*math.Log(kg)
	if p.Exponent != 0 {
		x *= math.Pow(kg/p.Reference, p.Exponent)
	}
	return x
}

// Side is a peripheral compartment: a volume in L with a flow in L/min, or rate
// constants there and back per minute. A side that stands for the liver may lose the
// drug itself: Loss per minute to nowhere, Make per minute to the next substance.
type Side struct {
	Volume, Flow Number
	There, Back  Number
	Loss, Make   Number
}

// Drug is the compartments of one substance: cleared by a flow in L/min, by a rate
// constant per minute, or by what its sides lose.
type Drug struct {
	Name      string
	Volume    Number
	Clearance Number
	Rate      Number
	Sides     []Side
	// Fraction of what the substance before it loses becomes this one.
	Fraction float64
}

// Site is an effect site: ke0 per minute of one endpoint.
type Site struct {
	Endpoint string
	Ke0      Number
}

// Card is the structure of a published model. The first drug is the parent; each
// other is made from the one before it.
type Card struct {
	Drugs []Drug
	Sites []Site
}

// For builds the typical patient of this weight.
func (c Card) For(kg float64) (Model, error) {
	var flows []Flow
	var heads []Named
	if len(c.Drugs) == 0 {
		return Model{}, fmt.Errorf("%w: no drug", ErrModel)
	}
	at := make([]int, len(c.Drugs)+1)
	for i, d := range c.Drugs {
		at[i+1] = at[i] + 1 + len(d.Sides)
	}
	n := at[len(c.Drugs)]
	for i, d := range c.Drugs {
		head, next := at[i], at[i+1]
		v := d.Volume.For(kg)
		heads = append(heads, Named{Name: d.Name, Output: Output{State: head, Litres: v}})
		loss := d.Rate.For(kg)
		if d.Clearance.Value != 0 {
			loss = d.Clearance.For(kg) / v
		}
		made := 0.0
		if i+1 < len(c.Drugs) {
			made = c.Drugs[i+1].Fraction
		}
		if made < 0 || made > 1 {
			return Model{}, fmt.Errorf("%w: a fraction of %g becomes a metabolite", ErrModel, made)
		}
		part := func(from, to int, perMin float64) {
			if perMin != 0 {
				flows = append(flows, Flow{From: from, To: to, PerMin: perMin})
			}
		}
		for j, s := range d.Sides {
			side := head + 1 + j
			there, back := s.There.For(kg), s.Back.For(kg)
			if s.Flow.Value != 0 {
				there, back = s.Flow.For(kg)/v, s.Flow.For(kg)/s.Volume.For(kg)
			}
			flows = append(flows, Flow{From: head, To: side, PerMin: there}, Flow{From: side, To: head, PerMin: back})
			part(side, next, s.Make.For(kg)*made)
			part(side, Out, s.Make.For(kg)*(1-made))
			part(side, Out, s.Loss.For(kg))
		}
		part(head, next, loss*made)
		part(head, Out, loss*(1-made))
	}
	m, err := NewModel(n, flows, heads[0].Litres)
	if err != nil {
		return Model{}, err
	}
	m.Others = heads[1:]
	for _, s := range c.Sites {
		if err := m.AddEffect(s.Endpoint, s.Ke0.For(kg)); err != nil {
			return Model{}, err
		}
	}
	return m, nil
}
