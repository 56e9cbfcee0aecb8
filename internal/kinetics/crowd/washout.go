package crowd

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// Washouts are how many minutes after the end of the regimen the plasma of each of
// n patients falls below a level in ng/mL and stays there, in ascending order; 0
// where it is below at the end, infinite where it is not below in sixty days.
func (p *Plan) Washouts(n int, ngPerML float64, work Work) ([]float64, error) {
	if n < 1 || n > MaxSubjects {
		return nil, fmt.Errorf("%w: %d patients, where 1 to %d can be", ErrPlan, n, MaxSubjects)
	}
	if !(ngPerML >= 0.001 && ngPerML <= 1e6) {
		return nil, fmt.Errorf("%w: a level of %g ng/mL, where 0.001 to 1000000 can be", ErrPlan, ngPerML)
	}
	out := make([]float64, n)
	spaces := make([]Space, work.Workers)
	alone := *p
	alone.effect = false
	err := work.Run((n+Lanes-1)/Lanes, func(worker, part int) error {
		at := part * Lanes
		return alone.washouts(&spaces[worker], at, out[at:min(at+Lanes, n)], ngPerML)
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}

func (p *Plan) washouts(s *Space, first int, out []float64, ngPerML float64) error {
	p.draw(s, uint64(first), len(out)) //nolint:gosec // at most MaxSubjects
	s.begin()
	p.steps(s, len(out), p.toEnd, view{})
	for lane := range out {
		if !s.hard[lane] {
			out[lane] = s.below(lane, ngPerML)
			continue
		}
		i := uint64(first + lane) //nolint:gosec // at most MaxSubjects
		who := p.Person(i)
		m := &p.members[who.Card]
		var eta etaRow
		m.etas(p.seed, i, &eta)
		card := m.variability.Varied(m.Card, eta[:]).At(who.Years)
		card.Drugs, card.Sites = card.Drugs[:1], nil
		model, err := card.For(who.Kg)
		if err == nil {
			out[lane], err = kinetics.Washout(&model, p.regimen.Pieces(who.Kg), ngPerML)
		}
		switch {
		case errors.Is(err, kinetics.ErrNeverBelow):
			out[lane] = math.Inf(1)
		case err != nil:
			return fmt.Errorf("%w: number %d of card %s: %w", ErrPatient, i+1, m.Name, err)
		}
	}
	return nil
}

// below is when a falling sum of exponentials is at a level. Its logarithm falls and
// is convex, so that Newton's steps from the start come from one side and do not
// pass it.
func (s *Space) below(lane int, level float64) float64 {
	t := 0.0
	for range 200 {
		sum, slope := 0.0, 0.0
		for k := range 3 {
			x := s.x[k][lane] * math.Exp(-s.root[k][lane]*t)
			sum += x
			slope += x * s.root[k][lane]
		}
		if sum < level && t == 0 {
			return 0
		}
		step := math.Log(sum/level) * sum / slope
		if t += step; t > 60*24*60 {
			return math.Inf(1)
		}
		if math.Abs(step) <= 1e-13*t {
			break
		}
	}
	return t
}

// Quantile of values in ascending order: between the two whose places enclose it,
// linear in place.
func Quantile(sorted []float64, q float64) float64 {
	low, high, far := place(q, len(sorted))
	if a, b := sorted[low], sorted[high]; far > 0 && a != b {
		return a + far*(b-a)
	}
	return sorted[low]
}
