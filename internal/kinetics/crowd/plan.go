package crowd

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// Bounds of a simulation.
const (
	MaxSubjects = 5_000_000
	MaxTimes    = 2_000
	maxCards    = 16
)

// Lanes is how many patients are solved side by side.
const Lanes = 64

// Row is one number of each patient of a tile.
type Row = [Lanes]float64

type etaRow = [kinetics.MaxEtas]float64

// Member is a card of a simulation and its share.
type Member struct {
	Name        string
	Card        kinetics.Card
	Variability kinetics.Variability
	// Share is relative to the shares of the others.
	Share float64
}

// Setup says what is simulated.
type Setup struct {
	Members []Member
	People  People
	Regimen kinetics.Regimen
	Times   []float64 // minutes from the start
	Seed    uint64
	// Endpoint names the effect site; empty for none.
	Endpoint string
	// Metabolites asks for them too: of one card only.
	Metabolites bool
}

// Plan is a simulation ready to run. It does not change and may be shared.
type Plan struct {
	members   []member
	people    People
	kg, years spread
	seed      uint64
	regimen   kinetics.Regimen
	times     []float64
	effect    bool
	series    []string
	runs      []run // to the last time
	toEnd     []run // to the end of the regimen
	infused   bool  // a part of the regimen has a rate
}

// member is a card made ready.
type member struct {
	Member
	variability kinetics.Variability
	root        [kinetics.MaxEtas][kinetics.MaxEtas]float64
	upTo        float64 // the part of patients who have this card or one before it
	site        int     // in Card.Sites; -1 for none

	// closed says that the roots give the answer: one drug, at most two sides.
	closed bool
	volume number
	loss   number
	byRate bool // loss is a rate, not a clearance
	sides  []side
	ke0    number
}

type side struct {
	a, b    number // volume and flow, or there and back
	byRates bool
}

// number is a parameter of a card with the random effects that are on it.
type number struct {
	value, exponent, lnReference, lnWeight float64
	etas                                   []int
}

func (n *number) at(lnKg float64, eta *etaRow) float64 {
	v, x := n.value+n.lnWeight*lnKg, 0.0
	if n.exponent != 0 {
		x = n.exponent * (lnKg - n.lnReference)
	}
	for _, i := range n.etas {
		x += eta[i]
	}
	if x != 0 {
		v *= math.Exp(x)
	}
	return v
}

// NewPlan checks what is asked and makes it ready.
func NewPlan(s Setup) (*Plan, error) {
	p := &Plan{people: s.People, kg: s.People.Kg.ready(), years: s.People.Years.ready(), seed: s.Seed, regimen: s.Regimen, times: s.Times, effect: s.Endpoint != ""}
	if err := s.People.check(); err != nil {
		return nil, err
	}
	if len(s.Members) == 0 || len(s.Members) > maxCards {
		return nil, fmt.Errorf("%w: %d cards, where 1 to %d can be", ErrPlan, len(s.Members), maxCards)
	}
	if len(s.Times) == 0 || len(s.Times) > MaxTimes {
		return nil, fmt.Errorf("%w: %d times, where 1 to %d can be", ErrPlan, len(s.Times), MaxTimes)
	}
	if s.Metabolites && len(s.Members) > 1 {
		return nil, fmt.Errorf("%w: metabolites are of one card, not of several", ErrPlan)
	}
	total := 0.0
	for _, m := range s.Members {
		if !(m.Share > 0 && m.Share <= 1e6) {
			return nil, fmt.Errorf("%w: the share of %s is %g", ErrPlan, m.Name, m.Share)
		}
		total += m.Share
	}
	upTo := 0.0
	for _, m := range s.Members {
		upTo += m.Share / total
		r, err := p.member(m, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		r.upTo = upTo
		p.members = append(p.members, r)
	}
	p.series = []string{"plasma"}
	if p.effect {
		p.series = append(p.series, "effect site, "+s.Endpoint)
	}
	if s.Metabolites {
		for _, d := range s.Members[0].Card.Drugs[1:] {
			p.series = append(p.series, d.Name)
		}
	}
	if err := p.timeline(); err != nil {
		return nil, err
	}
	return p, p.checkClosed()
}

// Series are the names of what is answered, plasma first; all in ng/mL.
func (p *Plan) Series() []string { return p.series }

// Times are the minutes that are answered for.
func (p *Plan) Times() []float64 { return p.times }

// Rows is how many rows a tile has: series after series, each with all times.
func (p *Plan) Rows() int { return len(p.series) * len(p.times) }

func (p *Plan) member(in Member, s Setup) (member, error) {
	m := member{site: -1}
	for i, site := range in.Card.Sites {
		if site.Endpoint == s.Endpoint && s.Endpoint != "" {
			m.site = i
		}
	}
	if m.site >= 0 {
		in.Variability = withError(in.Variability, in.Card.Sites[m.site], m.site)
	}
	m.Member, m.variability = in, in.Variability
	if err := in.Variability.Check(in.Card); err != nil {
		return m, err
	}
	var err error
	if m.root, err = in.Variability.Root(); err != nil {
		return m, err
	}
	if p.effect && m.site < 0 {
		return m, fmt.Errorf("%w: the card has no effect site %q", ErrPlan, s.Endpoint)
	}
	if len(in.Card.Drugs) == 0 {
		return m, fmt.Errorf("%w: the card has no drug", ErrPlan)
	}
	d := in.Card.Drugs[0]
	m.closed = len(d.Sides) <= 2 && !(s.Metabolites && len(in.Card.Drugs) > 1) && !in.Card.Aged()
	if !m.closed {
		return m, nil
	}
	get := func(t kinetics.Target) number { return p.number(in, t) }
	m.volume, m.byRate = get(kinetics.Target{Field: kinetics.FieldVolume}), d.Clearance.Value == 0
	m.loss = get(kinetics.Target{Field: kinetics.FieldClearance})
	if m.byRate {
		m.loss = get(kinetics.Target{Field: kinetics.FieldRate})
	}
	for i, sd := range d.Sides {
		a, b := kinetics.FieldVolume, kinetics.FieldFlow
		if sd.Flow.Value == 0 {
			a, b = kinetics.FieldThere, kinetics.FieldBack
		}
		m.sides = append(m.sides, side{
			a: get(kinetics.Target{Field: a, Side: i + 1}), b: get(kinetics.Target{Field: b, Side: i + 1}), byRates: sd.Flow.Value == 0,
		})
	}
	if m.site >= 0 {
		m.ke0 = get(kinetics.Target{Field: kinetics.FieldKe0, Drug: m.site})
	}
	return m, nil
}

// withError lets the ke0 of a site go through the patients by its own error too. It comes
// after what the card says of patients, whose draws stay as they are.
func withError(v kinetics.Variability, site kinetics.Site, at int) kinetics.Variability {
	if e := site.ErrorVariance(); e > 0 {
		v.Between = append(slices.Clip(v.Between), kinetics.Eta{
			Name: "error of ke0, " + site.Endpoint, On: []kinetics.Target{{Field: kinetics.FieldKe0, Drug: at}}, Variance: e,
		})
	}
	return v
}

// number makes a parameter ready; one weight for all is worked in once.
func (p *Plan) number(m Member, t kinetics.Target) number {
	n := m.Card.Number(t)
	out := number{value: n.Value, exponent: n.Exponent, lnWeight: n.LnWeight}
	if n.Exponent != 0 {
		out.lnReference = math.Log(n.Reference)
	}
	if p.people.Kg.SD == 0 {
		out = number{value: n.For(p.people.Kg.Mean)}
	}
	for i, e := range m.Variability.Between {
		for _, on := range e.On {
			if on == t {
				out.etas = append(out.etas, i)
			}
		}
	}
	return out
}

// run is a stretch of equal steps under one rate, or one step of no length.
type run struct {
	bolus, bolusPerKg float64 // before it
	rate, ratePerKg   float64 // mg/min
	minutes           float64 // of one step
	steps             int
	slot              int
	fresh             bool // the slot does not hold this step yet
	out               int  // the first time answered; -1 for none
}

// slots is how many step lengths are kept for each patient.
const slots = 3

// timeline cuts the regimen at the times.
func (p *Plan) timeline() error {
	last, end := -1.0, 0.0
	for _, t := range p.times {
		if !(t > last && t <= 2*60*24*60) {
			return kinetics.ErrTimes
		}
		last = t
	}
	fixed, perKg := p.regimen.Pieces(0), p.regimen.Pieces(1)
	if len(fixed) == 0 {
		return fmt.Errorf("%w: the regimen gives nothing", ErrPlan)
	}
	for _, f := range perKg {
		end += f.Minutes
		p.infused = p.infused || f.MgPerMin > 0
	}
	build := func(times []float64) []run {
		var b builder
		b.tolerance = 4e-16 * max(last, end)
		now, next := 0.0, 0
		for i, f := range fixed {
			r := run{bolus: f.BolusMg, bolusPerKg: perKg[i].BolusMg - f.BolusMg, rate: f.MgPerMin, ratePerKg: perKg[i].MgPerMin - f.MgPerMin}
			from, to := now, now+f.Minutes
			for ; next < len(times) && times[next] < to; next++ {
				b.add(r, times[next]-from, next)
				r.bolus, r.bolusPerKg, from = 0, 0, times[next]
			}
			b.add(r, to-from, -1)
			now = to
		}
		for ; next < len(times); next++ {
			b.add(run{}, times[next]-now, next)
			now = times[next]
		}
		return b.runs
	}
	p.runs, p.toEnd = build(p.times), build(nil)
	return nil
}

type builder struct {
	runs      []run
	kept      [slots]float64
	next      int
	tolerance float64
}

func (b *builder) add(r run, minutes float64, out int) {
	r.minutes, r.steps, r.out = minutes, 1, out
	if minutes <= b.tolerance {
		r.minutes = 0
		if r.bolus == 0 && r.bolusPerKg == 0 && out < 0 {
			return
		}
		b.runs = append(b.runs, r)
		return
	}
	r.slot = -1
	for i, h := range b.kept {
		if math.Abs(h-minutes) <= b.tolerance {
			r.slot, r.minutes = i, h
		}
	}
	if r.slot < 0 {
		r.slot, r.fresh = b.next, true
		b.kept[b.next] = minutes
		b.next = (b.next + 1) % slots
	}
	if n := len(b.runs); n > 0 && !r.fresh && r.bolus == 0 && r.bolusPerKg == 0 && out >= 0 {
		l := &b.runs[n-1]
		if l.minutes > 0 && l.slot == r.slot && l.rate == r.rate && l.ratePerKg == r.ratePerKg && l.out >= 0 && l.out+l.steps == out {
			l.steps++
			return
		}
	}
	b.runs = append(b.runs, r)
}

// ErrPatient says which patient could not be solved.
var ErrPatient = errors.New("a simulated patient cannot be solved")

// checkClosed holds the roots of each card against the matrix: where a card says
// more than the roots know of, the matrix solves it.
func (p *Plan) checkClosed() error {
	var s Space
	tile := make([]Row, p.Rows())
	one := make([]float64, p.Rows())
	for k := range p.members {
		m := &p.members[k]
		if !m.closed {
			continue
		}
		for _, eta := range []float64{0, 0.3} {
			var row etaRow
			for i := range row {
				row[i] = eta * float64(1-2*(i%2))
			}
			kg := p.people.Kg.Mean
			if !s.put(m, 0, kg, &row) {
				continue
			}
			s.begin()
			p.steps(&s, 1, p.runs, view{rows: tile, times: len(p.times)})
			if err := p.matrix(m, Person{Kg: kg, Years: p.people.Years.Mean}, &row, one); err != nil {
				return err
			}
			for i, want := range one {
				if math.Abs(tile[i][0]-want) > 1e-9*math.Abs(want)+1e-12 {
					m.closed = false
				}
			}
		}
	}
	return nil
}

// cut parts the runs at every so many times.
func (p *Plan) cut(every int) [][]run {
	var out [][]run
	var now []run
	end := every
	for _, r := range p.runs {
		for r.out >= 0 && r.out+r.steps > end {
			if n := end - r.out; n > 0 {
				head := r
				head.steps = n
				now = append(now, head)
				r.steps, r.out, r.fresh, r.bolus, r.bolusPerKg = r.steps-n, end, false, 0, 0
			}
			out, now = append(out, now), nil
			end += every
		}
		now = append(now, r)
	}
	return append(out, now)
}
