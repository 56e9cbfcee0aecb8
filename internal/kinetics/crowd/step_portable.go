//go:build !(goexperiment.simd && amd64)

package crowd

// Path names what steps the patients on: "portable" or a vector path.
func Path() string { return "portable" }

func (s *Space) both(to *steps, add *infusion, n int, plasma, effect []Row) {
	s.bothPortable(to, add, n, plasma, effect)
}
