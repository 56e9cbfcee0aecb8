//go:build !(goexperiment.simd && amd64)

package crowd

// Path names what steps the patients on: "portable" or a vector path.
func Path() string { return "portable" }

func (s *Space) both(to *steps, add *infusion, n int, plasma, effect []Row) {
	s.bothPortable(to, add, n, plasma, effect)
}

// Fill writes a number all over rows, as the steps write theirs: what the memory
// takes at most.
func Fill(rows []Row, x float64) { fillPortable(rows, x) }

// MultiplyAdds does so many multiply-adds that wait for no other, as the steps do
// theirs: what the processor does at most.
func MultiplyAdds(n int) float64 { return multiplyAddsPortable(n) }
