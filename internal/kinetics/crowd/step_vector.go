//go:build goexperiment.simd && amd64

package crowd

import "simd/archsimd"

// Path names what steps the patients on: "portable" or a vector path.
func Path() string {
	switch {
	case archsimd.X86.AVX512():
		return "vector, 8 at a time"
	case archsimd.X86.AVX2() && archsimd.X86.FMA():
		return "vector, 4 at a time"
	default:
		return "portable"
	}
}

// both steps plasma and the effect site along the rows. What is left in the upper
// halves of the registers would slow down what comes after.
func (s *Space) both(to *steps, add *infusion, n int, plasma, effect []Row) {
	switch {
	case archsimd.X86.AVX512():
		s.bothByEight(to, add, n, plasma, effect)
		archsimd.ClearAVXUpperBits()
	case archsimd.X86.AVX2() && archsimd.X86.FMA():
		s.bothByFour(to, add, n, plasma, effect)
		archsimd.ClearAVXUpperBits()
	default:
		s.bothPortable(to, add, n, plasma, effect)
	}
}

func eight(r *Row, lane int) archsimd.Float64x8 {
	return archsimd.LoadFloat64x8((*[8]float64)(r[lane : lane+8]))
}

func four(r *Row, lane int) archsimd.Float64x4 {
	return archsimd.LoadFloat64x4((*[4]float64)(r[lane : lane+4]))
}

func (s *Space) bothByEight(to *steps, add *infusion, n int, plasma, effect []Row) {
	effect = effect[:len(plasma)]
	for lane := 0; lane < n; lane += 8 {
		lane &= Lanes - 8
		x0, x1, x2, c := eight(&s.x[0], lane), eight(&s.x[1], lane), eight(&s.x[2], lane), eight(&s.effect, lane)
		f0, f1, f2, fe := eight(&to.fall[0], lane), eight(&to.fall[1], lane), eight(&to.fall[2], lane), eight(&to.fallEffect, lane)
		p0, p1, p2 := eight(&to.pull[0], lane), eight(&to.pull[1], lane), eight(&to.pull[2], lane)
		if add != nil {
			g0, g1, g2, ge := eight(&add.gain[0], lane), eight(&add.gain[1], lane), eight(&add.gain[2], lane), eight(&add.gainEffect, lane)
			for t := range plasma {
				c = c.MulAdd(fe, p0.MulAdd(x0, p1.Mul(x1)).Add(p2.MulAdd(x2, ge)))
				x0, x1, x2 = x0.MulAdd(f0, g0), x1.MulAdd(f1, g1), x2.MulAdd(f2, g2)
				x0.Add(x1).Add(x2).Store((*[8]float64)(plasma[t][lane : lane+8]))
				c.Store((*[8]float64)(effect[t][lane : lane+8]))
			}
		} else {
			for t := range plasma {
				c = c.MulAdd(fe, p2.MulAdd(x2, p0.MulAdd(x0, p1.Mul(x1))))
				x0, x1, x2 = x0.Mul(f0), x1.Mul(f1), x2.Mul(f2)
				x0.Add(x1).Add(x2).Store((*[8]float64)(plasma[t][lane : lane+8]))
				c.Store((*[8]float64)(effect[t][lane : lane+8]))
			}
		}
		x0.Store((*[8]float64)(s.x[0][lane : lane+8]))
		x1.Store((*[8]float64)(s.x[1][lane : lane+8]))
		x2.Store((*[8]float64)(s.x[2][lane : lane+8]))
		c.Store((*[8]float64)(s.effect[lane : lane+8]))
	}
}

func (s *Space) bothByFour(to *steps, add *infusion, n int, plasma, effect []Row) {
	effect = effect[:len(plasma)]
	for lane := 0; lane < n; lane += 4 {
		lane &= Lanes - 4
		x0, x1, x2, c := four(&s.x[0], lane), four(&s.x[1], lane), four(&s.x[2], lane), four(&s.effect, lane)
		f0, f1, f2, fe := four(&to.fall[0], lane), four(&to.fall[1], lane), four(&to.fall[2], lane), four(&to.fallEffect, lane)
		p0, p1, p2 := four(&to.pull[0], lane), four(&to.pull[1], lane), four(&to.pull[2], lane)
		if add != nil {
			g0, g1, g2, ge := four(&add.gain[0], lane), four(&add.gain[1], lane), four(&add.gain[2], lane), four(&add.gainEffect, lane)
			for t := range plasma {
				c = c.MulAdd(fe, p0.MulAdd(x0, p1.Mul(x1)).Add(p2.MulAdd(x2, ge)))
				x0, x1, x2 = x0.MulAdd(f0, g0), x1.MulAdd(f1, g1), x2.MulAdd(f2, g2)
				x0.Add(x1).Add(x2).Store((*[4]float64)(plasma[t][lane : lane+4]))
				c.Store((*[4]float64)(effect[t][lane : lane+4]))
			}
		} else {
			for t := range plasma {
				c = c.MulAdd(fe, p2.MulAdd(x2, p0.MulAdd(x0, p1.Mul(x1))))
				x0, x1, x2 = x0.Mul(f0), x1.Mul(f1), x2.Mul(f2)
				x0.Add(x1).Add(x2).Store((*[4]float64)(plasma[t][lane : lane+4]))
				c.Store((*[4]float64)(effect[t][lane : lane+4]))
			}
		}
		x0.Store((*[4]float64)(s.x[0][lane : lane+4]))
		x1.Store((*[4]float64)(s.x[1][lane : lane+4]))
		x2.Store((*[4]float64)(s.x[2][lane : lane+4]))
		c.Store((*[4]float64)(s.effect[lane : lane+4]))
	}
}

// Fill writes a number all over rows, as the steps write theirs: what the memory
// takes at most.
func Fill(rows []Row, x float64) {
	if !archsimd.X86.AVX512() {
		fillPortable(rows, x)
		return
	}
	v := archsimd.BroadcastFloat64x8(x)
	for t := range rows {
		for lane := 0; lane < Lanes; lane += 8 {
			v.Store((*[8]float64)(rows[t][lane : lane+8]))
		}
	}
	archsimd.ClearAVXUpperBits()
}

// MultiplyAdds does so many multiply-adds that wait for no other, as the steps do
// theirs: what the processor does at most.
func MultiplyAdds(n int) float64 {
	if !archsimd.X86.AVX512() {
		return multiplyAddsPortable(n)
	}
	by, plus := archsimd.BroadcastFloat64x8(0.999), archsimd.BroadcastFloat64x8(1e-3)
	a, b, c, d := by, plus, by, plus
	e, f, g, h := by, plus, by, plus
	for range n / 64 {
		a, b, c, d = a.MulAdd(by, plus), b.MulAdd(by, plus), c.MulAdd(by, plus), d.MulAdd(by, plus)
		e, f, g, h = e.MulAdd(by, plus), f.MulAdd(by, plus), g.MulAdd(by, plus), h.MulAdd(by, plus)
	}
	var out [8]float64
	a.Add(b).Add(c.Add(d)).Add(e.Add(f).Add(g.Add(h))).Store(&out)
	archsimd.ClearAVXUpperBits()
	return out[0]
}
