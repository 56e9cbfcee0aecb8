package crowd

// chunk is how many times are written of one patient before the next: the rows of a
// chunk stay in the nearest cache.
const chunk = 16

// bothPortable steps plasma and the effect site along the rows.
func (s *Space) bothPortable(to *steps, add *infusion, n int, plasma, effect []Row) {
	for len(plasma) > 0 {
		rows := min(chunk, len(plasma))
		p, e := plasma[:rows], effect[:rows]
		for i := range n {
			lane := i & (Lanes - 1)
			x0, x1, x2, c := s.x[0][lane], s.x[1][lane], s.x[2][lane], s.effect[lane]
			f0, f1, f2, fe := to.fall[0][lane], to.fall[1][lane], to.fall[2][lane], to.fallEffect[lane]
			p0, p1, p2 := to.pull[0][lane], to.pull[1][lane], to.pull[2][lane]
			if add != nil {
				g0, g1, g2, ge := add.gain[0][lane], add.gain[1][lane], add.gain[2][lane], add.gainEffect[lane]
				for t := range p {
					c = c*fe + ((p0*x0 + p1*x1) + (p2*x2 + ge))
					x0, x1, x2 = x0*f0+g0, x1*f1+g1, x2*f2+g2
					p[t][lane] = x0 + x1 + x2
					e[t][lane] = c
				}
			} else {
				for t := range p {
					c = c*fe + ((p0*x0 + p1*x1) + p2*x2)
					x0, x1, x2 = x0*f0, x1*f1, x2*f2
					p[t][lane] = x0 + x1 + x2
					e[t][lane] = c
				}
			}
			s.x[0][lane], s.x[1][lane], s.x[2][lane], s.effect[lane] = x0, x1, x2, c
		}
		plasma, effect = plasma[rows:], effect[rows:]
	}
}

// alone steps plasma along the rows.
func (s *Space) alone(to *steps, add *infusion, n int, plasma []Row) {
	for len(plasma) > 0 {
		rows := min(chunk, len(plasma))
		p := plasma[:rows]
		for i := range n {
			lane := i & (Lanes - 1)
			x0, x1, x2 := s.x[0][lane], s.x[1][lane], s.x[2][lane]
			f0, f1, f2 := to.fall[0][lane], to.fall[1][lane], to.fall[2][lane]
			g0, g1, g2 := 0.0, 0.0, 0.0
			if add != nil {
				g0, g1, g2 = add.gain[0][lane], add.gain[1][lane], add.gain[2][lane]
			}
			for t := range p {
				x0, x1, x2 = x0*f0+g0, x1*f1+g1, x2*f2+g2
				p[t][lane] = x0 + x1 + x2
			}
			s.x[0][lane], s.x[1][lane], s.x[2][lane] = x0, x1, x2
		}
		plasma = plasma[rows:]
	}
}

func fillPortable(rows []Row, x float64) {
	for t := range rows {
		r := &rows[t]
		for lane := range r {
			r[lane] = x
		}
	}
}

func multiplyAddsPortable(n int) float64 {
	a, b, c, d, e, f, g := 1., 2., 3., 4., 5., 6., 7.
	h, i, j, k, l, m, o := 1., 2., 3., 4., 5., 6., 7.
	const by, plus = 0.999, 1e-3
	for range n / 14 {
		a, b, c, d = a*by+plus, b*by+plus, c*by+plus, d*by+plus
		e, f, g, h = e*by+plus, f*by+plus, g*by+plus, h*by+plus
		i, j, k, l = i*by+plus, j*by+plus, k*by+plus, l*by+plus
		m, o = m*by+plus, o*by+plus
	}
	return a + b + c + d + e + f + g + h + i + j + k + l + m + o
}
