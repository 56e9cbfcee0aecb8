// Package kinetics solves linear compartment models under piecewise constant
// infusions and boluses. Amounts are in mg, volumes in L, times in minutes, rates
// in mg/min, concentrations in ng/mL. The arithmetic is exact to rounding; what a
// model says of a patient is not.
package kinetics

import (
	"errors"
	"fmt"
	"math"
)

// MaxStates bounds the compartments and effect sites of a model.
const MaxStates = 12

// size is MaxStates, what was eliminated, and the constant one that carries the
// rate of the infusion.
const size = MaxStates + 2

// NanogramPerML is what one mg/L is.
const NanogramPerML = 1000

// Flow moves amounts from one state to another at a rate constant per minute.
// To is Out for what leaves the body. A Sense flow takes nothing from where it
// comes: it drives an effect site, whose state is a concentration.
type Flow struct {
	From, To int
	PerMin   float64
}

// Out is where eliminated drug goes.
const Out = -1

// Output is one concentration that a model gives: state ÷ volume.
type Output struct {
	State int
	// Litres divides an amount; 1000 ng/mL for each mg/L.
	Litres float64
}

// Model is a system ready to be solved for one patient. State 0 is the plasma
// compartment of the parent drug: doses go into it.
type Model struct {
	n       int
	rate    [size][size]float64 // column from, row to; per minute
	Plasma  Output
	Effects []Named
	Others  []Named
}

// Named is an output with its name.
type Named struct {
	Name string
	Output
}

// ErrModel refuses what is no model.
var ErrModel = errors.New("not a model that can be solved")

// NewModel builds a model of n states whose amounts move by flows; litres is the
// volume of state 0.
func NewModel(n int, flows []Flow, litres float64) (Model, error) {
	if n < 1 || n > MaxStates {
		return Model{}, fmt.Errorf("%w: %d states, where 1 to %d are possible", ErrModel, n, MaxStates)
	}
	if !positive(litres) {
		return Model{}, fmt.Errorf("%w: the volume is %g L", ErrModel, litres)
	}
	m := Model{n: n, Plasma: Output{Litres: litres}}
	for i, f := range flows {
		if f.From < 0 || f.From >= n || f.To >= n || f.To < Out || f.From == f.To || !positive(f.PerMin) {
			return Model{}, fmt.Errorf("%w: flow %d goes from %d to %d at %g /min", ErrModel, i+1, f.From, f.To, f.PerMin)
		}
		to := f.To
		if to == Out {
			to = MaxStates
		}
		m.rate[to][f.From] += f.PerMin
		m.rate[f.From][f.From] -= f.PerMin
	}
	return m, nil
}

// AddEffect adds an effect site that follows plasma at ke0 per minute and takes
// no drug from it.
func (m *Model) AddEffect(name string, ke0 float64) error {
	if m.n == MaxStates || !positive(ke0) {
		return fmt.Errorf("%w: effect site %q with ke0 %g /min in a model of %d states", ErrModel, name, ke0, m.n)
	}
	m.rate[m.n][0] = ke0
	m.rate[m.n][m.n] = -ke0
	m.Effects = append(m.Effects, Named{Name: name, Output: Output{State: m.n, Litres: m.Plasma.Litres}})
	m.n++
	return nil
}

// positive reports whether x is a number that a rate or a volume can be.
func positive(x float64) bool { return x > 1e-9 && x < 1e9 }

// State is what is where: amounts in mg by compartment.
type State struct{ x [size]float64 }

// Bolus puts mg into plasma at once.
func (s *State) Bolus(mg float64) { s.x[0] += mg }

// NgPerML is the concentration at an output.
func (s *State) NgPerML(o Output) float64 { return s.x[o.State] / o.Litres * NanogramPerML }

// Eliminated is what has left the body, in mg.
func (s *State) Eliminated() float64 { return s.x[MaxStates] }

// InBody is what is still in the compartments of a model, in mg.
func (s *State) InBody(m *Model) float64 {
	sum := 0.0
	for i := range m.n - len(m.Effects) {
		sum += s.x[i]
	}
	return sum
}

// Step is the exact change over a fixed time for any state and any rate.
type Step struct {
	m       *Model
	minutes float64
	e       [size][size]float64
	at      [size]int // the rows in use
	n       int
}

// NewStep makes the step of m over a time above zero. It is the exponential of the
// matrix of rates. With s the largest loss rate, A + sI has no negative entry, so
// its Taylor series and every squaring add what is not negative: nothing cancels,
// each entry keeps its relative accuracy, and equal or nearly equal roots are like
// any others.
func NewStep(m *Model, minutes float64) Step {
	s := Step{m: m}
	for i := range m.n {
		s.at[s.n] = i
		s.n++
	}
	s.at[s.n], s.at[s.n+1] = MaxStates, MaxStates+1
	s.n += 2
	s.set(minutes)
	return s
}

// set works the step out again for another time.
func (s *Step) set(minutes float64) {
	s.minutes = minutes
	shift := 0.0
	for i := range s.m.n {
		shift = math.Max(shift, -s.m.rate[i][i])
	}
	squarings := 0
	h := minutes
	for h*(shift+1) > 1 {
		h /= 2
		squarings++
	}
	var b, term, next, sum [size][size]float64
	for i := range s.n {
		for j := range s.n {
			b[i][j] = s.m.rate[s.at[i]][s.at[j]] * h
		}
		b[i][i] += shift * h
		term[i][i], sum[i][i] = 1, 1
	}
	b[0][s.n-1] = h // one mg/min into plasma
	for k := 1; k <= 24; k++ {
		times(&next, &term, &b, s.n)
		for i := range s.n {
			for j := range s.n {
				term[i][j] = next[i][j] / float64(k)
				sum[i][j] += term[i][j]
			}
		}
	}
	scale := math.Exp(-shift * h)
	for i := range s.n {
		for j := range s.n {
			sum[i][j] *= scale
		}
	}
	for range squarings {
		s.conserve(&sum, h)
		times(&next, &sum, &sum, s.n)
		sum, h = next, 2*h
	}
	s.conserve(&sum, h)
	s.e = sum
}

// conserve takes the rounding out of what has left: drug that is not in a
// compartment has been eliminated, and what does not change stays one. Only
// corrections of the size of rounding are made.
func (s *Step) conserve(e *[size][size]float64, minutes float64) {
	out, one := s.n-2, s.n-1
	mass := s.m.n - len(s.m.Effects)
	e[out][out], e[one][one] = 1, 1
	for j := range s.n {
		if j >= mass && j != one {
			continue
		}
		want := 1.0
		if j == one {
			want = minutes // one mg/min for so long
		}
		sum := e[out][j]
		for i := range mass {
			sum += e[i][j]
		}
		for i := range mass {
			e[i][j] *= want / sum
		}
		e[out][j] *= want / sum
	}
}

func times(out, a, b *[size][size]float64, n int) {
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := range n {
				sum += a[i][k] * b[k][j]
			}
			out[i][j] = sum
		}
	}
}

// Apply moves a state on by the step, with an infusion of mgPerMin.
func (s *Step) Apply(x *State, mgPerMin float64) {
	var y [size]float64
	x.x[MaxStates+1] = mgPerMin
	for i := range s.n - 1 {
		sum := 0.0
		for j := range s.n {
			sum += s.e[i][j] * x.x[s.at[j]]
		}
		y[s.at[i]] = sum
	}
	x.x = y
}
