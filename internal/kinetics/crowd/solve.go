package crowd

import (
	"fmt"
	"math"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// Space is what solving a tile writes on; one for each worker.
type Space struct {
	kg, ke0    Row
	root, part [3]Row // of plasma after one mg: Σ part·exp(-root·t), in ng/mL
	x          [3]Row
	effect     Row
	kept       [slots]steps
	hard       [Lanes]bool
	matrix     [][]float64 // the answers for the hard ones
}

// infusion is what the infusion adds over a step.
type infusion struct {
	gain       [3]Row
	gainEffect Row
}

// begin puts no drug into anybody.
func (s *Space) begin() { s.x, s.effect = [3]Row{}, Row{} }

// steps is one step length for each patient. Over it each exponential of plasma
// falls by fall and gains gain for each mg/min; the effect site keeps fallEffect of
// itself, takes pull of each exponential and gains gainEffect.
type steps struct {
	fall, pull, gain       [3]Row
	fallEffect, gainEffect Row
}

// Tile solves the patients first to first+n-1, n at most Lanes, into the rows of a
// tile.
func (p *Plan) Tile(s *Space, first uint64, n int, tile []Row) error {
	v := view{rows: tile[:p.Rows()], times: len(p.times)}
	if err := p.open(s, first, n); err != nil {
		return err
	}
	p.steps(s, n, p.runs, v)
	p.overwrite(s, v)
	return nil
}

// view is where the answers go: so many times of each series, from one on.
type view struct {
	rows        []Row
	from, times int
}

// open makes a tile ready to be stepped. Patients whom the roots cannot answer for
// are solved at once.
func (p *Plan) open(s *Space, first uint64, n int) error {
	p.draw(s, first, n)
	s.begin()
	s.matrix = s.matrix[:0]
	var eta etaRow
	for lane := range n {
		if !s.hard[lane] {
			continue
		}
		i := first + uint64(lane) //nolint:gosec // below Lanes
		who := p.Person(i)
		m := &p.members[who.Card]
		m.etas(p.seed, i, &eta)
		values := make([]float64, p.Rows())
		if err := p.matrix(m, who, &eta, values); err != nil {
			return fmt.Errorf("%w: number %d of card %s: %w", ErrPatient, i+1, m.Name, err)
		}
		s.matrix = append(s.matrix, values)
	}
	return nil
}

// overwrite puts the patients who were solved at once into a view.
func (p *Plan) overwrite(s *Space, v view) {
	k := 0
	for lane, hard := range s.hard {
		if !hard || k == len(s.matrix) {
			continue
		}
		for series := range p.series {
			for t := range v.times {
				v.rows[series*v.times+t][lane] = s.matrix[k][series*len(p.times)+v.from+t]
			}
		}
		k++
	}
}

// draw puts the patients into the lanes; those that the roots cannot answer for
// are marked hard.
func (p *Plan) draw(s *Space, first uint64, n int) {
	var eta etaRow
	s.hard = [Lanes]bool{}
	for lane := range n {
		i := first + uint64(lane) //nolint:gosec // below Lanes
		who := p.Person(i)
		m := &p.members[who.Card]
		s.hard[lane] = true
		if !m.closed {
			s.rest(lane)
			continue
		}
		m.etas(p.seed, i, &eta)
		if s.put(m, lane, who.Kg, &eta) {
			s.hard[lane] = false
		}
	}
	for lane := n; lane < Lanes; lane++ {
		s.rest(lane)
	}
}

// rest gives a lane harmless numbers.
func (s *Space) rest(lane int) {
	s.kg[lane], s.ke0[lane] = 0, 1
	for k := range 3 {
		s.root[k][lane], s.part[k][lane] = float64(k+1), 0
	}
}

// matrix solves one patient by the exponential of the matrix.
func (p *Plan) matrix(m *member, who Person, eta *etaRow, out []float64) error {
	card := m.variability.Varied(m.Card, eta[:]).At(who.Years)
	if len(p.series) == 1 || (len(p.series) == 2 && p.effect) {
		card.Drugs = card.Drugs[:1]
	}
	model, err := card.For(who.Kg)
	if err != nil {
		return err
	}
	n := len(p.times)
	return kinetics.Solve(&model, p.regimen.Pieces(who.Kg), p.times, func(i int, s *kinetics.State) {
		out[i] = s.NgPerML(model.Plasma)
		at := n
		if p.effect {
			out[at+i] = s.NgPerML(model.Effects[m.site].Output)
			at += n
		}
		for k := 0; at < len(p.series)*n; k++ {
			out[at+i] = s.NgPerML(model.Others[k].Output)
			at += n
		}
	})
}

// put works out the exponentials of a patient. It refuses what the roots would
// answer inexactly: roots that nearly meet, or nearly meet a rate constant back.
func (s *Space) put(m *member, lane int, kg float64, eta *etaRow) bool {
	lnKg := 0.0
	if kg > 0 {
		lnKg = m.lnKg(kg)
	}
	v := m.volume.at(lnKg, eta)
	k10 := m.loss.at(lnKg, eta)
	if !m.byRate {
		k10 /= v
	}
	var there, back [2]float64
	for i := range m.sides {
		sd := &m.sides[i]
		a, b := sd.a.at(lnKg, eta), sd.b.at(lnKg, eta)
		if sd.byRates {
			there[i], back[i] = a, b
		} else {
			there[i], back[i] = b/v, b/a
		}
	}
	s.kg[lane], s.ke0[lane] = kg, 1
	if m.site >= 0 {
		s.ke0[lane] = m.ke0.at(lnKg, eta)
	}
	unit := kinetics.NanogramPerML / v
	var root, part [3]float64
	ok := true
	switch len(m.sides) {
	case 0:
		root, part = [3]float64{k10, 1, 1}, [3]float64{1}
	case 1:
		root, part, ok = two(k10, there[0], back[0])
	default:
		root, part, ok = three(k10, there[0], back[0], there[1], back[1])
	}
	// One comparison that also refuses what is no number.
	if !(ok && unit > 1e-9 && unit < 1e9 && root[0] < 1e9 && root[2] > 1e-9 && s.ke0[lane] > 1e-9 && s.ke0[lane] < 1e9) {
		s.rest(lane)
		return false
	}
	for k := range 3 {
		s.root[k][lane], s.part[k][lane] = root[k], part[k]*unit
	}
	return true
}

// lnKg is the logarithm of a weight where any number goes with weight.
func (m *member) lnKg(kg float64) float64 {
	for i := range m.sides {
		if m.sides[i].a.exponent != 0 || m.sides[i].b.exponent != 0 {
			return math.Log(kg)
		}
	}
	if m.volume.exponent != 0 || m.loss.exponent != 0 || m.ke0.exponent != 0 || m.ke0.lnWeight != 0 || m.volume.lnWeight != 0 || m.loss.lnWeight != 0 {
		return math.Log(kg)
	}
	return 0
}

// apart is how far the roots must be from one another, and aside how far from the rate
// constants back, relatively: where they are nearer the parts lose digits, by about one
// over the square of the gap.
const (
	apart = 1e-2
	aside = 1e-4
)

// two are the exponentials of plasma with one side, the faster root first; the
// third is nothing.
func two(k10, k12, k21 float64) (root, part [3]float64, ok bool) {
	sum, product := k10+k12+k21, k10*k21
	d := (k10+k12-k21)*(k10+k12-k21) + 4*k12*k21
	fast := (sum + math.Sqrt(d)) / 2
	slow := product / fast
	gap := fast - slow
	// fast - k21 and k21 - slow have the product k12·k21 and the sum gap.
	above := fast - k21
	part = [3]float64{above / gap, (k21 - slow) / gap, 0}
	return [3]float64{fast, slow, slow}, part, gap > apart*fast && above > aside*fast && k21-slow > aside*slow
}

// three are the exponentials of plasma with two sides, the fastest first. The
// largest root is found by angle and by one step of Newton; the other two from
// their sum and product, where nothing cancels.
func three(k10, k12, k21, k13, k31 float64) (root, part [3]float64, ok bool) {
	a2 := k10 + k12 + k13 + k21 + k31
	a1 := k10*k21 + k10*k31 + k12*k31 + k13*k21 + k21*k31
	a0 := k10 * k21 * k31
	third := a2 / 3
	q := third*third - a1/3
	r := third*third*third - third*a1/2 + a0/2
	sq := math.Sqrt(q)
	l := third + 2*sq*math.Cos(math.Acos(min(max(r/(q*sq), -1), 1))/3)
	l -= (((l-a2)*l+a1)*l - a0) / ((3*l-2*a2)*l + a1)
	product := a0 / l
	sum := (a1 - product) / l
	d := sum*sum - 4*product
	middle := (sum + math.Sqrt(d)) / 2
	slow := product / middle
	g1, g2, g3 := l-middle, middle-slow, l-slow
	root = [3]float64{l, middle, slow}
	part = [3]float64{
		(l - k21) * (l - k31) / (g1 * g3),
		(middle - k21) * (k31 - middle) / (g1 * g2),
		(k21 - slow) * (k31 - slow) / (g3 * g2),
	}
	ok = g1 > apart*l && g2 > apart*middle && min(k21, k31)-slow > aside*slow && l-max(k21, k31) > aside*l
	// With one rate constant back for both sides one exponential is not there.
	if part[1] < 0 {
		part[1] = 0
	}
	return root, part, ok
}

// fill works out a step length for the lanes.
func (s *Space) fill(to *steps, h float64, effect, infused bool, n int) {
	for lane := range n {
		ke0 := s.ke0[lane]
		keep := 0.0
		if effect {
			keep = math.Exp(-ke0 * h)
			to.fallEffect[lane] = keep
		}
		rise := 0.0
		for k := range 3 {
			l, c := s.root[k][lane], s.part[k][lane]
			if c == 0 {
				to.fall[k][lane], to.pull[k][lane], to.gain[k][lane] = 0, 0, 0
				continue
			}
			fall := math.Exp(-l * h)
			to.fall[k][lane] = fall
			if infused {
				lost := 1 - fall
				if l*h < 0.5 {
					lost = -math.Expm1(-l * h)
				}
				to.gain[k][lane] = c * lost / l
			}
			if !effect {
				continue
			}
			// ke0·(fall - keep)/(ke0 - l), which is nought by nought where they meet.
			apart := ke0 - l
			pull := (fall - keep) / apart
			if d := apart * h; math.Abs(d) < 0.5 {
				if math.Abs(d) < 1e-8 {
					pull = keep * h * (1 + d/2)
				} else {
					pull = keep * math.Expm1(d) / apart
				}
			}
			pull *= ke0
			to.pull[k][lane] = pull
			if infused {
				rise += c / l * risen(ke0, l, h, keep, pull)
			}
		}
		to.gainEffect[lane] = rise
	}
}

// risen is ∫ ke0·exp(-ke0(h-s))·(1-exp(-l·s)) ds over a step.
func risen(ke0, l, h, keep, pull float64) float64 {
	a, b := ke0*h, l*h
	if a+b < 0.02 {
		return a * b * (1./2 - (a+b)/6 + (a*a+a*b+b*b)/24 - (a+b)*(a*a+b*b)/120 + (a*a*a*a+a*a*a*b+a*a*b*b+a*b*b*b+b*b*b*b)/720)
	}
	if a < 0.5 {
		return -math.Expm1(-a) - pull
	}
	return 1 - keep - pull
}

// steps goes along a part of the timeline with n lanes. A view without rows is for
// what is left in the lanes at the end.
func (p *Plan) steps(s *Space, n int, runs []run, v view) {
	var nowhere [2]Row
	var add infusion
	for i := range runs {
		r := &runs[i]
		if r.bolus != 0 || r.bolusPerKg != 0 {
			for lane := range n {
				mg := r.bolus + r.bolusPerKg*s.kg[lane]
				for k := range 3 {
					s.x[k][lane] += mg * s.part[k][lane]
				}
			}
		}
		plasma, effect := nowhere[:1], nowhere[1:]
		if r.out >= 0 {
			at := r.out - v.from
			plasma = v.rows[at : at+r.steps]
			if p.effect {
				effect = v.rows[v.times+at : v.times+at+r.steps]
			}
		}
		if r.minutes == 0 {
			for lane := range n {
				plasma[0][lane] = s.x[0][lane] + s.x[1][lane] + s.x[2][lane]
			}
			effect[0] = s.effect
			continue
		}
		to := &s.kept[r.slot]
		if r.fresh {
			s.fill(to, r.minutes, p.effect, p.infused, n)
		}
		infused := r.rate != 0 || r.ratePerKg != 0
		if infused {
			for lane := range n {
				rate := r.rate + r.ratePerKg*s.kg[lane]
				for k := range 3 {
					add.gain[k][lane] = to.gain[k][lane] * rate
				}
				add.gainEffect[lane] = to.gainEffect[lane] * rate
			}
		}
		which := &add
		if !infused {
			which = nil
		}
		if p.effect {
			s.both(to, which, n, plasma, effect[:len(plasma)])
		} else {
			s.alone(to, which, n, plasma)
		}
	}
}
