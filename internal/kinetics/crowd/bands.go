package crowd

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Work runs do for every part from 0 on, perhaps several at once. A worker's
// number is below Workers, and a worker does one part at a time. It ends early with
// an error of do, or one of its own.
type Work struct {
	Workers int
	// Hold is how many bytes of patients are held at once; 0 for 48 MB.
	Hold int
	Run  func(parts int, do func(worker, part int) error) error
}

// Alone does one part after the other.
func Alone() Work {
	return Work{Workers: 1, Run: func(parts int, do func(worker, part int) error) error {
		for i := range parts {
			if err := do(0, i); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Ask is what is asked of a population.
type Ask struct {
	Quantiles []float64 // parts from 0 to 1, each above the one before
	Above     []float64 // levels in ng/mL
}

// Bounds of what is asked.
const (
	MaxQuantiles = 25
	MaxLevels    = 16
)

// Band is how one concentration goes through the patients.
type Band struct {
	Name string
	// Quantiles by quantile and time, in ng/mL.
	Quantiles [][]float64
	// Above is the part of patients above each level, by level and time.
	Above [][]float64
}

// Check refuses what cannot be asked.
func (a Ask) Check() error {
	if len(a.Quantiles) > MaxQuantiles || len(a.Above) > MaxLevels || len(a.Quantiles)+len(a.Above) == 0 {
		return fmt.Errorf("%w: %d quantiles and %d levels, where up to %d and %d can be", ErrPlan, len(a.Quantiles), len(a.Above), MaxQuantiles, MaxLevels)
	}
	last := -1.0
	for _, q := range a.Quantiles {
		if !(q > last && q >= 0 && q <= 1) {
			return fmt.Errorf("%w: quantiles are parts from 0 to 1, each above the one before; one is %g", ErrPlan, q)
		}
		last = q
	}
	for _, l := range a.Above {
		if !(l > 0 && l <= 1e6) {
			return fmt.Errorf("%w: a level of %g ng/mL", ErrPlan, l)
		}
	}
	return nil
}

// What is held at once, in bytes. The patients are stepped block by block of times,
// so that what is written of a block is counted while it is near.
const (
	holdLanes = 48 << 20
	holdBlock = 4 << 20
	// Most values that are gathered at once, of all rows.
	holdValues = 4 << 20
	// Most rows where not all patients are held.
	maxRows = 2_400
)

// crowd is one run.
type crowd struct {
	*Plan
	n, tiles  int
	ask       Ask
	work      Work
	spaces    []Space // of a batch
	perBatch  int     // tiles
	every     int     // times of a block
	blocks    [][]run
	store     []Row // of a block, tile after tile
	now       view  // the block, of one tile
	progress  func(done, of int)
	done, all int
}

// Bands solves n patients and says how the concentrations go through them. Every
// quantile is exact: between the two patients whose places enclose it, linear in
// place. Where not all patients are held in memory they are solved again as often as
// it takes. progress may be nil; it is told how many of how many solutions are done.
func (p *Plan) Bands(n int, ask Ask, work Work, progress func(done, of int)) ([]Band, error) {
	if n < 1 || n > MaxSubjects {
		return nil, fmt.Errorf("%w: %d patients, where 1 to %d can be", ErrPlan, n, MaxSubjects)
	}
	if err := ask.Check(); err != nil {
		return nil, err
	}
	c := crowd{Plan: p, n: n, tiles: (n + Lanes - 1) / Lanes, ask: ask, work: work, progress: progress}
	out := make([]Band, len(p.series))
	for i, name := range p.series {
		out[i] = Band{Name: name, Quantiles: table(len(ask.Quantiles), len(p.times)), Above: table(len(ask.Above), len(p.times))}
	}
	rows := p.Rows()
	tile := spaceBytes
	for i := range p.members {
		if !p.members[i].closed {
			tile = spaceBytes + 8*Lanes*rows
		}
	}
	hold := work.Hold
	if hold <= 0 {
		hold = holdLanes
	}
	c.perBatch = min(c.tiles, max(1, hold/tile))
	c.every = min(max(holdBlock/(8*Lanes*c.perBatch*len(p.series)), 8), len(p.times))
	c.blocks = p.cut(c.every)
	c.spaces = make([]Space, c.perBatch)
	c.store = make([]Row, c.perBatch*c.every*len(p.series))
	c.all = n
	err := error(nil)
	switch {
	case c.perBatch == c.tiles:
		err = c.whole(out)
	case rows > maxRows:
		return nil, fmt.Errorf("%w: %d patients with %d concentrations each; ask for %d times or fewer", ErrPlan, n, rows, maxRows/len(p.series))
	default:
		c.all = 2 * n
		err = c.batches(out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// spaceBytes is about what a Space takes.
const spaceBytes = 8 * Lanes * (12 + 11*slots)

func table(n, m int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, m)
	}
	return out
}

// sweep solves all patients, batch after batch and block after block, and works on
// the rows from one to another of each.
func (c *crowd) sweep(from, to int, do func(n, worker, row int) error) error {
	for first := 0; first < c.tiles; first += c.perBatch {
		tiles := min(c.perBatch, c.tiles-first)
		n := min(tiles*Lanes, c.n-first*Lanes)
		for i, runs := range c.blocks {
			c.now = view{from: i * c.every, times: min(c.every, len(c.times)-i*c.every)}
			err := c.work.Run(tiles, func(_, part int) error { return c.solve(first, part, i == 0, runs) })
			if err != nil {
				return err
			}
			var wanted []int
			for series := range c.series {
				for t := range c.now.times {
					if row := series*len(c.times) + c.now.from + t; row >= from && row < to {
						wanted = append(wanted, row)
					}
				}
			}
			if err := c.work.Run(len(wanted), func(worker, part int) error { return do(n, worker, wanted[part]) }); err != nil {
				return err
			}
		}
		c.done += n
		if c.progress != nil {
			c.progress(c.done, c.all)
		}
	}
	return nil
}

// solve steps one tile of a batch through a block.
func (c *crowd) solve(first, part int, open bool, runs []run) error {
	at := (first + part) * Lanes
	n := min(Lanes, c.n-at)
	s := &c.spaces[part]
	if open {
		if err := c.open(s, uint64(at), n); err != nil { //nolint:gosec // at most MaxSubjects
			return err
		}
	}
	v := c.now
	rows := len(c.series) * v.times
	v.rows = c.store[part*rows : (part+1)*rows]
	c.steps(s, n, runs, v)
	c.overwrite(s, v)
	return nil
}

// each calls do with the values of a row, some at a time.
func (c *crowd) each(row, n int, do func([]float64)) {
	at := row/len(c.times)*c.now.times + row%len(c.times) - c.now.from
	for ; n > 0; at += len(c.series) * c.now.times {
		do(c.store[at][:min(n, Lanes)])
		n -= Lanes
	}
}

// A count of values: none for each that is not above nought, one for what is too
// small for the scale, then 512 to each doubling from 1/16 ng/mL on, the last with
// all above 4096 ng/mL.
const (
	buckets    = 1 << 13
	perOctave  = 9 // bits
	firstValue = (1023 - 4) << perOctave
)

type counts = [buckets]uint32

func bucket(v float64) int {
	if !(v > 0) {
		return 0
	}
	return min(max(int(math.Float64bits(v)>>(52-perOctave))-firstValue+2, 1), buckets-1) //nolint:gosec // 20 bits
}

// ErrOverflow says that a concentration is no number.
var ErrOverflow = errors.New("a simulated concentration is beyond all numbers")

// count adds values to a count, and what of them is above the levels.
func count(to *counts, above []int, levels, values []float64) error {
	for _, v := range values {
		k := int(math.Float64bits(v)>>(52-perOctave)) - firstValue + 2 //nolint:gosec // 21 bits
		if uint(k-2) >= buckets-3 {                                    //nolint:gosec // one comparison for both ends
			if !(v >= 0 && v < 1e12) {
				return ErrOverflow
			}
			k = bucket(v)
		}
		to[k&(buckets-1)]++
	}
	for i, l := range levels {
		n := 0
		for _, v := range values {
			if v > l {
				n++
			}
		}
		above[i] += n
	}
	return nil
}

// place is where a quantile of n values stands: between the values with these
// places, from 0, this far.
func place(q float64, n int) (low, high int, far float64) {
	at := q * float64(n-1)
	low = min(int(at), n-1)
	return low, min(low+1, n-1), at - float64(low)
}

// picks are the buckets whose values must be looked at one by one.
type picks struct {
	bucket []int // ascending
	before []int // how many values are below each bucket
	size   []int
	values [][]float64
	total  int
}

func (c *crowd) pick(of *counts) picks {
	var out picks
	var places []int
	for _, q := range c.ask.Quantiles {
		low, high, _ := place(q, c.n)
		places = append(places, low, high)
	}
	slices.Sort(places)
	below, k := 0, 0
	for _, at := range places {
		for below+int(of[k]) <= at {
			below += int(of[k])
			k++
		}
		if n := len(out.bucket); n > 0 && out.bucket[n-1] == k {
			continue
		}
		n := 0
		if k > 0 {
			n = int(of[k])
		}
		out.bucket, out.before, out.size = append(out.bucket, k), append(out.before, below), append(out.size, n)
		out.total += n
	}
	out.values = make([][]float64, len(out.size))
	return out
}

// gather puts the values that are in a picked bucket there.
func (p *picks) gather(mark *[buckets]uint8, values []float64) {
	for _, v := range values {
		k := bucket(v)
		if m := mark[k]; m != 0 && k > 0 {
			p.values[m-1] = append(p.values[m-1], v)
		}
	}
}

func (p *picks) mark(on *[buckets]uint8, set bool) {
	for i, k := range p.bucket {
		on[k] = 0
		if set {
			on[k] = uint8(i + 1) //nolint:gosec // at most 2·MaxQuantiles
		}
	}
}

// at is the value at a place, once the values are sorted.
func (p *picks) at(i int) float64 {
	k, ok := slices.BinarySearch(p.before, i)
	if !ok {
		k--
	}
	if p.bucket[k] == 0 {
		return 0
	}
	return p.values[k][i-p.before[k]]
}

func (c *crowd) answer(out []Band, row int, p *picks, above []int) {
	band, t := &out[row/len(c.times)], row%len(c.times)
	for k := range p.values {
		slices.Sort(p.values[k])
	}
	for i, q := range c.ask.Quantiles {
		low, high, far := place(q, c.n)
		a := p.at(low)
		band.Quantiles[i][t] = a + far*(p.at(high)-a)
	}
	for i, n := range above {
		band.Above[i][t] = float64(n) / float64(c.n)
	}
}

// desk is what one worker counts on.
type desk struct {
	counts counts
	mark   [buckets]uint8
	values []float64
}

// whole holds all patients at once.
func (c *crowd) whole(out []Band) error {
	desks := make([]desk, c.work.Workers)
	return c.sweep(0, c.Rows(), func(_, worker, row int) error {
		d := &desks[worker]
		d.counts = counts{}
		above := make([]int, len(c.ask.Above))
		var err error
		c.each(row, c.n, func(v []float64) {
			if e := count(&d.counts, above, c.ask.Above, v); e != nil {
				err = e
			}
		})
		if err != nil {
			return err
		}
		p := c.pick(&d.counts)
		d.share(&p)
		p.mark(&d.mark, true)
		c.each(row, c.n, func(v []float64) { p.gather(&d.mark, v) })
		p.mark(&d.mark, false)
		c.answer(out, row, &p, above)
		return nil
	})
}

// share gives picks their room out of one piece.
func (d *desk) share(p *picks) {
	if len(d.values) < p.total {
		d.values = make([]float64, 2*p.total)
	}
	p.room(d.values)
}

func (p *picks) room(from []float64) {
	at := 0
	for i, n := range p.size {
		p.values[i] = from[at : at : at+n]
		at += n
	}
}

// batches counts all patients batch by batch, then solves them again for the values
// of the buckets that hold the quantiles.
func (c *crowd) batches(out []Band) error {
	rows := c.Rows()
	all := make([]counts, rows)
	above := make([][]int, rows)
	for i := range above {
		above[i] = make([]int, len(c.ask.Above))
	}
	err := c.sweep(0, rows, func(n, _, row int) error {
		var err error
		c.each(row, n, func(v []float64) {
			if e := count(&all[row], above[row], c.ask.Above, v); e != nil {
				err = e
			}
		})
		return err
	})
	if err != nil {
		return err
	}
	found := make([]picks, rows)
	for i := range found {
		found[i] = c.pick(&all[i])
	}
	all = nil
	marks := make([][buckets]uint8, c.work.Workers)
	for from := 0; from < rows; {
		to, total := from, 0
		for to < rows && (to == from || total+found[to].total <= holdValues) {
			total += found[to].total
			found[to].room(make([]float64, found[to].total))
			to++
		}
		if from > 0 {
			c.all += c.n
		}
		if total > 0 {
			err := c.sweep(from, to, func(n, worker, row int) error {
				p := &found[row]
				p.mark(&marks[worker], true)
				c.each(row, n, func(v []float64) { p.gather(&marks[worker], v) })
				p.mark(&marks[worker], false)
				return nil
			})
			if err != nil {
				return err
			}
		}
		for row := from; row < to; row++ {
			c.answer(out, row, &found[row], above[row])
			found[row] = picks{}
		}
		from = to
	}
	return nil
}
