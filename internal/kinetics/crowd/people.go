package crowd

import (
	"errors"
	"fmt"
	"math"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// Spread is how a number goes through the patients: normal, cut off at both ends;
// the same for all where SD is 0.
type Spread struct{ Mean, SD, Low, High float64 }

// spread is a Spread with the parts of the normal distribution below its ends.
type spread struct {
	Spread
	below, within float64
}

func (s Spread) ready() spread {
	out := spread{Spread: s}
	if s.SD > 0 {
		below := func(x float64) float64 { return math.Erfc((s.Mean-x)/(s.SD*math.Sqrt2)) / 2 }
		out.below = below(s.Low)
		out.within = below(s.High) - out.below
	}
	return out
}

// Same is a number that does not differ.
func Same(x float64) Spread { return Spread{Mean: x, Low: x, High: x} }

func (s Spread) check(what string, low, high float64) error {
	switch {
	case !(s.Mean >= low && s.Mean <= high):
		return fmt.Errorf("%w: a %s of %g, where %g to %g can be", ErrPlan, what, s.Mean, low, high)
	case s.SD == 0:
		return nil
	case !(s.SD > 0 && s.SD <= high):
		return fmt.Errorf("%w: the %s has a standard deviation of %g", ErrPlan, what, s.SD)
	case !(s.Low >= low && s.Low < s.High && s.High <= high) || s.Mean < s.Low || s.Mean > s.High:
		return fmt.Errorf("%w: the %s goes from %g to %g about %g, where %g to %g can be", ErrPlan, what, s.Low, s.High, s.Mean, low, high)
	}
	return nil
}

// at is the number of the patient with a part u of all below; exact for the normal
// distribution between its ends.
func (s *spread) at(u float64) float64 {
	if s.SD == 0 {
		return s.Mean
	}
	return min(max(s.Mean+s.SD*normal(s.below+u*s.within), s.Low), s.High)
}

// People is who the patients are.
type People struct {
	Kg, Years Spread
	// Female is the part of women.
	Female float64
}

// Person is one simulated patient.
type Person struct {
	Kg, Years float64
	Female    bool
	// Card is the place of the card in the plan.
	Card int
}

// ErrPlan refuses what cannot be simulated.
var ErrPlan = errors.New("not a population that can be simulated")

func (p People) check() error {
	if err := p.Kg.check("weight in kg", 2, 400); err != nil {
		return err
	}
	if err := p.Years.check("age in years", 0, 120); err != nil {
		return err
	}
	if !(p.Female >= 0 && p.Female <= 1) {
		return fmt.Errorf("%w: a part of women of %g, where 0 to 1 can be", ErrPlan, p.Female)
	}
	return nil
}

// Person says who patient i is.
func (p *Plan) Person(i uint64) Person {
	out := Person{Kg: p.people.Kg.Mean, Years: p.people.Years.Mean, Female: p.people.Female == 1}
	if p.people.Kg.SD > 0 || p.people.Years.SD > 0 {
		a, b := pair(p.seed, i, 0, streamPerson)
		out.Kg, out.Years = p.kg.at(a), p.years.at(b)
	}
	if p.people.Female > 0 && p.people.Female < 1 {
		a, _ := pair(p.seed, i, 1, streamPerson)
		out.Female = a < p.people.Female
	}
	if len(p.members) > 1 {
		a, _ := pair(p.seed, i, 0, streamCard)
		for out.Card < len(p.members)-1 && a >= p.members[out.Card].upTo {
			out.Card++
		}
	}
	return out
}

// etas are the random effects of patient i under one card.
func (m *member) etas(seed, i uint64, out *etaRow) {
	n := len(m.variability.Between)
	var z etaRow
	for k := 0; k < n; k += 2 {
		a, b := pair(seed, i, uint32(k/2), streamEta) //nolint:gosec // at most 8 blocks
		z[k] = normal(a)
		if k+1 < n {
			z[k+1] = normal(b)
		}
	}
	for j := range n {
		sum := 0.0
		for k := range j + 1 {
			sum += m.root[j][k] * z[k]
		}
		out[j] = sum
	}
}

// Etas are the random effects of patient i, in the order of the card.
func (p *Plan) Etas(i uint64) []float64 {
	var out etaRow
	m := &p.members[p.Person(i).Card]
	m.etas(p.seed, i, &out)
	return out[:len(m.variability.Between)]
}

// Model is patient i as the matrix solves it.
func (p *Plan) Model(i uint64) (kinetics.Model, error) {
	var eta etaRow
	who := p.Person(i)
	m := &p.members[who.Card]
	m.etas(p.seed, i, &eta)
	return m.variability.Varied(m.Card, eta[:]).At(who.Years).For(who.Kg)
}
