// Package crowd solves a model for many simulated patients. What patient i is
// depends on the seed and on i, and on nothing else: not on how many there are, how
// they are cut into batches, or how many processors work on them.
package crowd

import (
	"math"
	"math/bits"
)

// Philox is the counter-based generator Philox4x32-10 of Salmon et al. (2011): ten
// rounds turn a counter and a key into four words.
func Philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for range 10 {
		h0, l0 := bits.Mul32(0xD2511F53, c[0])
		h1, l1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}

// What is drawn of a patient, each from its own stream.
const (
	streamEta = iota
	streamPerson
	streamCard
)

// pair is two numbers strictly between 0 and 1, of 52 bits each, for a patient.
func pair(seed, i uint64, block, stream uint32) (float64, float64) {
	w := Philox([4]uint32{uint32(i), uint32(i >> 32), block, stream}, [2]uint32{uint32(seed), uint32(seed >> 32)}) //nolint:gosec // words of the counter
	return part(w[0], w[1]), part(w[2], w[3])
}

func part(a, b uint32) float64 {
	return (float64((uint64(a)<<32|uint64(b))>>12) + 0.5) / (1 << 52)
}

// normal turns a number between 0 and 1 into the standard normal one with this
// probability below it.
func normal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }
