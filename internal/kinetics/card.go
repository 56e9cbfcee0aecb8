package kinetics

import (
	"fmt"
	"math"
	"slices"
)

// Number is one parameter of a card: its value for a reference weight, and how it
// goes with weight.
type Number struct {
	Value float64
	// Exponent scales by (kg/Reference)^Exponent.
	Exponent, Reference float64
	// LnWeight adds LnWeight·ln(kg).
	LnWeight float64
	// PerYear is added for each year of age above AboveYears, before weight.
	PerYear, AboveYears float64
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
	// Low and High are the ends of the 95 % interval that its source gives for ke0; 0
	// where it gives none.
	Low, High float64
}

// ErrorVariance is the variance of the logarithm of ke0 as its source knows it, were its
// error lognormal; 0 where no interval was found. It is of what is known, not of how
// patients differ.
func (s Site) ErrorVariance() float64 {
	if s.Low <= 0 {
		return 0
	}
	sd := math.Log(s.High/s.Low) / (2 * normal975)
	return sd * sd
}

// normal975 is below which 97.5 % of a normal distribution lie.
const normal975 = 1.959963984540054

// Card is the structure of a published model. The first drug is the parent; each
// other is made from the one before it.
type Card struct {
	Drugs []Drug
	Sites []Site
}

// numbers are the places of all numbers of a card.
func (c Card) numbers() []*Number {
	var out []*Number
	for i := range c.Drugs {
		d := &c.Drugs[i]
		out = append(out, &d.Volume, &d.Clearance, &d.Rate)
		for j := range d.Sides {
			s := &d.Sides[j]
			out = append(out, &s.Volume, &s.Flow, &s.There, &s.Back, &s.Loss, &s.Make)
		}
	}
	for i := range c.Sites {
		out = append(out, &c.Sites[i].Ke0)
	}
	return out
}

// Aged reports whether a number of the card goes with age.
func (c Card) Aged() bool {
	return slices.ContainsFunc(c.numbers(), func(n *Number) bool { return n.PerYear != 0 })
}

// At is the card of people of this age, in years. The card itself stays as it is.
func (c Card) At(years float64) Card {
	if !c.Aged() {
		return c
	}
	out := c.clone()
	for _, n := range out.numbers() {
		n.Value += n.PerYear * math.Max(0, years-n.AboveYears)
		n.PerYear, n.AboveYears = 0, 0
	}
	return out
}

func (c Card) clone() Card {
	out := Card{Drugs: slices.Clone(c.Drugs), Sites: slices.Clone(c.Sites)}
	for i := range out.Drugs {
		out.Drugs[i].Sides = slices.Clone(out.Drugs[i].Sides)
	}
	return out
}

// For builds the typical patient of this weight. Of a card that goes with age it is one
// to whom age makes no difference yet, unless At came first.
func (c Card) For(kg float64) (Model, error) {
	var flows []Flow
	var heads []Named
	if len(c.Drugs) == 0 {
		return Model{}, fmt.Errorf("%w: no drug", ErrModel)
	}
	if !(kg > 0 && kg < 1000) {
		return Model{}, fmt.Errorf("%w: a weight of %g kg", ErrModel, kg)
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
		if loss == 0 && !slices.ContainsFunc(d.Sides, func(s Side) bool { return s.Loss.Value != 0 || s.Make.Value != 0 }) {
			return Model{}, fmt.Errorf("%w: nothing eliminates %s", ErrModel, d.Name)
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
