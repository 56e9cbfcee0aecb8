package kinetics

import (
	"errors"
	"fmt"
	"math"
)

// MaxEtas bounds the random effects of a card.
const MaxEtas = 16

// Field says which number of a substance or of a site varies.
type Field int

// The numbers that may vary. FieldVolume and the rest are of the substance itself
// where Target.Side is 0, of a side otherwise; FieldKe0 is of a site.
const (
	FieldVolume Field = iota + 1
	FieldClearance
	FieldRate
	FieldFlow
	FieldThere
	FieldBack
	FieldKe0
	FieldLoss
	FieldMake
)

// Target is one number of a card.
type Target struct {
	Field Field
	// Drug is the substance, from 0; for FieldKe0 the site.
	Drug int
	// Side counts from 1; 0 is the substance's own compartment.
	Side int
}

// Eta is one random effect between patients: each number it is on is multiplied by
// exp(η), η normal with this variance.
type Eta struct {
	Name     string
	On       []Target
	Variance float64
	// Placeholder marks a variance that the source leaves blank: somebody filled it
	// in so that a program would run. Whoever shows a band says so.
	Placeholder bool
}

// Covariance is of two random effects, by their place in Between.
type Covariance struct {
	A, B  int
	Value float64
}

// Residual is what a measured concentration differs by from what the model expects
// of the very patient: assay, timing and what the model leaves out.
type Residual struct {
	// Name is the substance.
	Name string
	// Proportional is a standard deviation as a part of the concentration; Additive
	// is in ng/mL; Log is the standard deviation of the logarithm.
	Proportional, Additive, Log float64
}

// Variability is how patients of one model differ from one another.
type Variability struct {
	Between     []Eta
	Covariances []Covariance
	Residual    []Residual
}

// None reports whether no band of patients can be drawn.
func (v Variability) None() bool { return len(v.Between) == 0 }

// Placeholders are the names of the random effects whose variance no source gives.
func (v Variability) Placeholders() []string {
	var out []string
	for _, e := range v.Between {
		if e.Placeholder {
			out = append(out, e.Name)
		}
	}
	return out
}

// ErrVariability refuses what is no variability of a card.
var ErrVariability = errors.New("not a variability that can be drawn from")

// Root is the lower triangular L with L·Lᵀ the covariance of the random effects.
func (v Variability) Root() ([MaxEtas][MaxEtas]float64, error) {
	var l [MaxEtas][MaxEtas]float64
	n := len(v.Between)
	if n > MaxEtas {
		return l, fmt.Errorf("%w: %d random effects, where %d are possible", ErrVariability, n, MaxEtas)
	}
	for i, e := range v.Between {
		if !(e.Variance > 0 && e.Variance <= 25) {
			return l, fmt.Errorf("%w: the variance of %s is %g", ErrVariability, e.Name, e.Variance)
		}
		l[i][i] = e.Variance
	}
	for _, c := range v.Covariances {
		if c.A < 0 || c.B < 0 || c.A >= n || c.B >= n || c.A == c.B || !(math.Abs(c.Value) < 25) || l[max(c.A, c.B)][min(c.A, c.B)] != 0 {
			return l, fmt.Errorf("%w: covariance %g of effects %d and %d", ErrVariability, c.Value, c.A, c.B)
		}
		l[max(c.A, c.B)][min(c.A, c.B)] = c.Value
	}
	for j := range n {
		for k := range j {
			l[j][j] -= l[j][k] * l[j][k]
		}
		if !(l[j][j] > 1e-12*v.Between[j].Variance) {
			return l, fmt.Errorf("%w: with its covariances %s varies by less than nothing", ErrVariability, v.Between[j].Name)
		}
		l[j][j] = math.Sqrt(l[j][j])
		for i := j + 1; i < n; i++ {
			for k := range j {
				l[i][j] -= l[i][k] * l[j][k]
			}
			l[i][j] /= l[j][j]
		}
	}
	return l, nil
}

// Check refuses a variability that does not fit a card.
func (v Variability) Check(c Card) error {
	if _, err := v.Root(); err != nil {
		return err
	}
	for _, e := range v.Between {
		if e.Name == "" || len(e.On) == 0 {
			return fmt.Errorf("%w: a random effect says no name, or no number it is on", ErrVariability)
		}
		for _, t := range e.On {
			if n := c.Number(t); n == nil || n.Value == 0 {
				return fmt.Errorf("%w: %s is on a number that the card does not have", ErrVariability, e.Name)
			}
		}
	}
	for _, r := range v.Residual {
		if r.Name == "" || !(r.Proportional >= 0 && r.Proportional < 5 && r.Additive >= 0 && r.Additive < 1e5 && r.Log >= 0 && r.Log < 5) {
			return fmt.Errorf("%w: the residual error of %q", ErrVariability, r.Name)
		}
	}
	return nil
}

// Number is where a card keeps a number; nil where it has no such place.
func (c Card) Number(t Target) *Number {
	if t.Field == FieldKe0 {
		if t.Drug < 0 || t.Drug >= len(c.Sites) || t.Side != 0 {
			return nil
		}
		return &c.Sites[t.Drug].Ke0
	}
	if t.Drug < 0 || t.Drug >= len(c.Drugs) || t.Side < 0 || t.Side > len(c.Drugs[t.Drug].Sides) {
		return nil
	}
	d := &c.Drugs[t.Drug]
	if t.Side == 0 {
		switch t.Field {
		case FieldVolume:
			return &d.Volume
		case FieldClearance:
			return &d.Clearance
		case FieldRate:
			return &d.Rate
		default:
			return nil
		}
	}
	s := &d.Sides[t.Side-1]
	switch t.Field {
	case FieldVolume:
		return &s.Volume
	case FieldFlow:
		return &s.Flow
	case FieldThere:
		return &s.There
	case FieldBack:
		return &s.Back
	case FieldLoss:
		return &s.Loss
	case FieldMake:
		return &s.Make
	default:
		return nil
	}
}

// Varied is the card of a patient with these random effects. The card itself stays
// as it is.
func (v Variability) Varied(c Card, eta []float64) Card {
	out := c.clone()
	for i, e := range v.Between {
		by := math.Exp(eta[i])
		for _, t := range e.On {
			n := out.Number(t)
			n.Value *= by
			n.LnWeight *= by
			n.PerYear *= by
		}
	}
	return out
}
