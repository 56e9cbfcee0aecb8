package unit

import (
	"math/big"
	"time"
)

// Exact is an unrounded amount in base unit U: the sum of products such as
// rate × time × concentration. It is rounded only by Round or Fixed.
type Exact[U Base] struct{ r *big.Rat }

// Exact lifts an entered quantity into exact arithmetic.
func (q Of[U]) Exact() Exact[U] { return Exact[U]{big.NewRat(q.n, Micro)} }

// Add returns e + f.
func (e Exact[U]) Add(f Exact[U]) Exact[U] { return Exact[U]{new(big.Rat).Add(e.rat(), f.rat())} }

// Sub returns e - f.
func (e Exact[U]) Sub(f Exact[U]) Exact[U] { return Exact[U]{new(big.Rat).Sub(e.rat(), f.rat())} }

// Cmp compares e with f: -1, 0 or 1.
func (e Exact[U]) Cmp(f Exact[U]) int { return e.rat().Cmp(f.rat()) }

// Rat is the amount as a fraction, in fresh memory.
func (e Exact[U]) Rat() *big.Rat { return new(big.Rat).Set(e.rat()) }

// Sign is -1, 0 or 1.
func (e Exact[U]) Sign() int { return e.rat().Sign() }

// Round cuts to millionths of the base unit, half away from zero.
func (e Exact[U]) Round() Of[U] {
	num := new(big.Int).Mul(e.rat().Num(), big.NewInt(Micro))
	return Of[U]{divRound(num, e.rat().Denom())}
}

// Fixed shows the amount with the given decimals, rounded once.
func (e Exact[U]) Fixed(decimals int) string {
	p := pow10(decimals)
	num := new(big.Int).Mul(e.rat().Num(), big.NewInt(p))
	n := divRound(num, e.rat().Denom())
	return fixed(n*(Micro/p), decimals)
}

// Text is Fixed with the unit as people write it.
func (e Exact[U]) Text(decimals int) string {
	var u U
	return e.Fixed(decimals) + " " + u.Label()
}

func (e Exact[U]) rat() *big.Rat {
	if e.r == nil {
		return new(big.Rat)
	}
	return e.r
}

func divRound(num, den *big.Int) int64 {
	neg := num.Sign() < 0
	n := new(big.Int).Abs(num)
	n.Mul(n, big.NewInt(2)).Add(n, den)
	n.Quo(n, new(big.Int).Mul(den, big.NewInt(2)))
	if neg {
		n.Neg(n)
	}
	return n.Int64()
}

const microsPerHour = int64(time.Hour / time.Microsecond)

// Infused is the exact volume a pump delivers at rate r over d. A negative d
// delivers nothing.
func Infused(r PumpRate, d time.Duration) Exact[millilitre] {
	if d <= 0 {
		return Exact[millilitre]{}
	}
	v := big.NewRat(r.n, Micro)
	return Exact[millilitre]{v.Mul(v, big.NewRat(d.Microseconds(), microsPerHour))}
}

// MassIn is the exact mass in volume v at concentration c.
func MassIn(v Exact[millilitre], c Concentration) Exact[milligram] {
	return Exact[milligram]{new(big.Rat).Mul(v.rat(), big.NewRat(c.n, Micro))}
}

// VolumeOf is the exact volume that holds mass m at concentration c. c must be positive.
func VolumeOf(m Exact[milligram], c Concentration) Exact[millilitre] {
	return Exact[millilitre]{new(big.Rat).Quo(m.rat(), big.NewRat(c.n, Micro))}
}

// PerWeight is the exact mass per body weight. w must be positive.
func PerWeight(m Exact[milligram], w Weight) Exact[mgPerKg] {
	return Exact[mgPerKg]{new(big.Rat).Quo(m.rat(), big.NewRat(w.n, Micro))}
}

// DoseMass is the exact mass of dose d for weight w.
func DoseMass(d Dose, w Weight) Exact[milligram] {
	return Exact[milligram]{new(big.Rat).Mul(big.NewRat(d.n, Micro), big.NewRat(w.n, Micro))}
}

// TenthsOf is a mass in mg, not below zero, cut down to a tenth of a mg: never more than
// it was.
func TenthsOf(m Exact[milligram]) Mass {
	tenths := new(big.Rat).Mul(m.rat(), big.NewRat(10, 1))
	return Mass{new(big.Int).Quo(tenths.Num(), tenths.Denom()).Int64() * (Micro / 10)}
}

// Dosed is the exact mass that dose rate r gives to weight w over d. A
// negative d gives nothing.
func Dosed(r DoseRate, w Weight, d time.Duration) Exact[milligram] {
	if d <= 0 {
		return Exact[milligram]{}
	}
	m := DoseMass(Dose{r.n}, w).rat()
	return Exact[milligram]{m.Mul(m, big.NewRat(d.Microseconds(), microsPerHour))}
}

// ToSet is the pump rate that delivers dose rate r to weight w at
// concentration c, rounded once to the pump's resolution, half away from
// zero. c and resolution must be positive.
func ToSet(r DoseRate, w Weight, c Concentration, resolution PumpRate) PumpRate {
	v := new(big.Rat).Mul(big.NewRat(r.n, Micro), big.NewRat(w.n, Micro))
	v.Quo(v, big.NewRat(c.n, Micro))
	v.Quo(v, big.NewRat(resolution.n, Micro))
	steps := divRound(v.Num(), v.Denom())
	return PumpRate{steps * resolution.n}
}

// DoseRateOf is the dose rate that a pump rate means for weight w at
// concentration c, rounded to a millionth of mg/kg/h.
func DoseRateOf(p PumpRate, c Concentration, w Weight) DoseRate {
	v := new(big.Rat).Mul(big.NewRat(p.n, Micro), big.NewRat(c.n, Micro))
	v.Quo(v, big.NewRat(w.n, Micro))
	num := new(big.Int).Mul(v.Num(), big.NewInt(Micro))
	return DoseRate{divRound(num, v.Denom())}
}

// MassRateOf is the mg/h that a pump rate means at concentration c.
func MassRateOf(p PumpRate, c Concentration) MassRate {
	v := new(big.Rat).Mul(big.NewRat(p.n, Micro), big.NewRat(c.n, Micro))
	num := new(big.Int).Mul(v.Num(), big.NewInt(Micro))
	return MassRate{divRound(num, v.Denom())}
}

// PumpRateOf is the pump rate that delivers mass rate m at concentration c,
// rounded once to the pump's resolution, half away from zero. c and
// resolution must be positive.
func PumpRateOf(m MassRate, c Concentration, resolution PumpRate) PumpRate {
	v := big.NewRat(m.n, c.n)
	v.Mul(v, big.NewRat(Micro, resolution.n))
	return PumpRate{divRound(v.Num(), v.Denom()) * resolution.n}
}

// TimeFor is how long a pump at rate r takes to deliver mass m at
// concentration c, cut to whole microseconds. It is zero when m is not above
// zero; r and c must be positive. A time beyond ten thousand hours is given
// as that.
func TimeFor(m Exact[milligram], r PumpRate, c Concentration) time.Duration {
	const most = 10_000 * time.Hour
	if m.Sign() <= 0 {
		return 0
	}
	v := VolumeOf(m, c).rat()
	v = new(big.Rat).Quo(v, big.NewRat(r.n, Micro))
	v.Mul(v, big.NewRat(microsPerHour, 1))
	micros := new(big.Int).Quo(v.Num(), v.Denom())
	if !micros.IsInt64() || micros.Int64() > most.Microseconds() {
		return most
	}
	return time.Duration(micros.Int64()) * time.Microsecond
}

// Within reports whether got lies within permille of want (20 is 2 %).
func Within[U Base](got, want Of[U], permille int64) bool {
	d := new(big.Int).Abs(big.NewInt(got.n - want.n))
	limit := new(big.Int).Abs(big.NewInt(want.n))
	return d.Mul(d, big.NewInt(1000)).Cmp(limit.Mul(limit, big.NewInt(permille))) <= 0
}

// The exact amounts by name.
type (
	// ExactMass is unrounded mg.
	ExactMass = Exact[milligram]
	// ExactVolume is unrounded mL.
	ExactVolume = Exact[millilitre]
	// ExactDose is unrounded mg/kg.
	ExactDose = Exact[mgPerKg]
)

// HalfRate is half of a dose rate, cut to a millionth: the "reduce" of the
// alarm table (clinical reference 4.3, default).
func HalfRate(r DoseRate) DoseRate { return DoseRate{r.n / 2} }
