package kinetics

import (
	"errors"
	"fmt"
	"math"
)

// MaxSteps bounds the steps of a plan.
const MaxSteps = 500

// Tolerance is by what part a plan may pass its target.
const Tolerance = 0.01

// Aim is a concentration that steps of one length are to approach, and the limits
// they keep.
type Aim struct {
	NgPerML float64
	// StepMin is the length of a step, Steps how many there are.
	StepMin float64
	Steps   int
	// MostMgPerMin is the highest rate, RiseMgPerMin by how much a step may be above
	// the one before, TotalMg what all of them give at most.
	MostMgPerMin, RiseMgPerMin, TotalMg float64
}

// ErrAim refuses what cannot be planned for.
var ErrAim = errors.New("not a target that steps can be planned for")

// Plan are the highest rates, step after step, of which none would pass the target
// from the end of that step on, were the infusion stopped there. What a site has yet
// to receive from plasma is so counted before it is there. Within the step itself
// half of the tolerance is left, for the peak of the step before: at that peak any
// rate passes the target. A step depends on those before it, not on those after.
func (a Aim) Plan(m *Model, at Output) ([]Piece, error) {
	switch {
	case !(a.NgPerML >= 0.001 && a.NgPerML <= 1e5):
		return nil, fmt.Errorf("%w: a target of %g ng/mL, where 0.001 to 100000 can be", ErrAim, a.NgPerML)
	case !(a.StepMin >= 0.5 && a.StepMin <= 240) || a.Steps < 1 || a.Steps > MaxSteps:
		return nil, fmt.Errorf("%w: %d steps of %g min, where 1 to %d of 0.5 to 240 min can be", ErrAim, a.Steps, a.StepMin, MaxSteps)
	case !(a.MostMgPerMin > 0 && a.MostMgPerMin < 1e6 && a.RiseMgPerMin > 0 && a.RiseMgPerMin < 1e6 && a.TotalMg > 0 && a.TotalMg < 1e9):
		return nil, fmt.Errorf("%w: the highest rate, the highest rise and the total are numbers above 0", ErrAim)
	case at.State < 0 || at.State >= m.n:
		return nil, fmt.Errorf("%w: no such compartment", ErrAim)
	}
	fastest := 0.0
	for i := range m.n {
		fastest = math.Max(fastest, -m.rate[i][i])
	}
	// Looked at so often that no peak goes by unseen: finely through the step and
	// just after it, five times less so until a slow site has had its peak.
	inside := int(math.Ceil(a.StepMin * math.Max(10, 20*fastest)))
	if inside > 1_000_000 {
		return nil, fmt.Errorf("%w: the model changes too fast for steps of %g min", ErrAim, a.StepMin)
	}
	h := a.StepMin / float64(inside)
	near := inside + 100
	fine, coarse := NewStep(m, h), NewStep(m, 5*h)
	var unit State
	one := make([]float64, near+min(int(math.Ceil(240/(5*h))), 1_000_000))
	move := func(i int, s *State, rate float64) {
		if i < near {
			fine.Apply(s, rate)
		} else {
			coarse.Apply(s, rate)
		}
	}
	for i := range one {
		rate := 0.0
		if i < inside {
			rate = 1
		}
		move(i, &unit, rate)
		one[i] = unit.NgPerML(at)
	}
	whole := NewStep(m, a.StepMin)
	var now State
	var out []Piece
	before, left := 0.0, a.TotalMg
	for range a.Steps {
		rate := min(a.MostMgPerMin, before+a.RiseMgPerMin, left/a.StepMin)
		s := now
		for i, u := range one {
			move(i, &s, 0)
			most := a.NgPerML
			if i < inside-1 {
				most *= 1 + Tolerance/2
			}
			if u > 0 {
				rate = min(rate, (most-s.NgPerML(at))/u)
			}
		}
		rate = max(rate, 0)
		whole.Apply(&now, rate)
		before, left = rate, left-rate*a.StepMin
		out = append(out, Piece{MgPerMin: rate, Minutes: a.StepMin})
	}
	return out, nil
}
