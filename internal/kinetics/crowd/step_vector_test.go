//go:build goexperiment.simd && amd64

package crowd

import (
	"math"
	"simd/archsimd"
	"testing"
)

// The vector paths step the same patients as the portable one, to rounding.
func TestVector_AgreesWithPortable(t *testing.T) {
	t.Parallel()
	if !archsimd.X86.AVX2() || !archsimd.X86.FMA() {
		t.Skip("this processor has no vectors of four")
	}
	const times = 481
	for _, infused := range []bool{true, false} {
		var to steps
		var add infusion
		var start Space
		for lane := range Lanes {
			start.ke0[lane] = 0.02 + 0.03*float64(lane)
			start.effect[lane] = float64(lane % 7)
			for k := range 3 {
				start.root[k][lane] = 0.5 * math.Pow(0.1, float64(k)) * (1 + 0.01*float64(lane))
				start.part[k][lane] = 10 / float64(1+k+lane)
				start.x[k][lane] = float64((lane + k) % 5)
			}
		}
		start.fill(&to, 1, true, true, Lanes)
		add = infusion{gain: to.gain, gainEffect: to.gainEffect}
		which := &add
		if !infused {
			which = nil
		}
		want := make([]Row, 2*times)
		portable := start
		portable.bothPortable(&to, which, Lanes, want[:times], want[times:])
		paths := map[string]func(*Space, []Row, []Row){
			"four": func(s *Space, p, e []Row) { s.bothByFour(&to, which, Lanes, p, e) },
		}
		if archsimd.X86.AVX512() {
			paths["eight"] = func(s *Space, p, e []Row) { s.bothByEight(&to, which, Lanes, p, e) }
		}
		for name, step := range paths {
			got := make([]Row, 2*times)
			s := start
			step(&s, got[:times], got[times:])
			for r := range got {
				for lane := range Lanes {
					if g, w := got[r][lane], want[r][lane]; !(math.Abs(g-w) <= 1e-12*math.Abs(w)) || w == 0 {
						t.Fatalf("by %s, row %d, lane %d: %.17g, portable %.17g", name, r, lane, g, w)
					}
				}
			}
			if s.x[1][3] == start.x[1][3] || math.Abs(s.effect[5]-portable.effect[5]) > 1e-12*portable.effect[5] {
				t.Errorf("by %s: the patients are left elsewhere", name)
			}
		}
	}
}
