// Package unit holds the quantities that people enter and order: exact
// fixed-point numbers, int64 millionths of one base unit per dimension.
// Products are exact; a number is rounded once, when shown or when it is
// cut to a pump's resolution, half away from zero.
//
// Measured and predicted numbers are float64 under other types (package
// vital): crossing between the families is always a named function.
package unit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Micro is the number of millionths in one base unit.
const Micro = 1_000_000

// Base is the phantom type that gives a quantity its base unit.
type Base interface {
	// UCUM is the unit's UCUM code, used in the record and on the wire.
	UCUM() string
	// Label is the unit as people write it.
	Label() string
}

// Of is a quantity in base unit U. The zero value is zero of that unit.
// Of is comparable with ==.
type Of[U Base] struct{ n int64 }

// The base units.
type (
	milligram      struct{}
	millilitre     struct{}
	kilogram       struct{}
	mgPerML        struct{}
	mLPerHour      struct{}
	mgPerHour      struct{}
	mgPerKg        struct{}
	mgPerKgPerHour struct{}
	litrePerMinute struct{}
	centimetre     struct{}
	millimolePerL  struct{}
	microgram      struct{}
)

func (milligram) UCUM() string       { return "mg" }
func (milligram) Label() string      { return "mg" }
func (millilitre) UCUM() string      { return "mL" }
func (millilitre) Label() string     { return "mL" }
func (kilogram) UCUM() string        { return "kg" }
func (kilogram) Label() string       { return "kg" }
func (mgPerML) UCUM() string         { return "mg/mL" }
func (mgPerML) Label() string        { return "mg/mL" }
func (mLPerHour) UCUM() string       { return "mL/h" }
func (mLPerHour) Label() string      { return "mL/h" }
func (mgPerHour) UCUM() string       { return "mg/h" }
func (mgPerHour) Label() string      { return "mg/h" }
func (mgPerKg) UCUM() string         { return "mg/kg" }
func (mgPerKg) Label() string        { return "mg/kg" }
func (mgPerKgPerHour) UCUM() string  { return "mg/kg/h" }
func (mgPerKgPerHour) Label() string { return "mg/kg/h" }
func (litrePerMinute) UCUM() string  { return "L/min" }
func (litrePerMinute) Label() string { return "L/min" }
func (centimetre) UCUM() string      { return "cm" }
func (centimetre) Label() string     { return "cm" }
func (millimolePerL) UCUM() string   { return "mmol/L" }
func (millimolePerL) Label() string  { return "mmol/L" }
func (microgram) UCUM() string       { return "ug" }
func (microgram) Label() string      { return "µg" }

// The quantities of the record.
type (
	// Mass is an amount of drug in mg.
	Mass = Of[milligram]
	// Volume is an amount of fluid in mL.
	Volume = Of[millilitre]
	// Weight is a body weight in kg.
	Weight = Of[kilogram]
	// Concentration is in mg/mL.
	Concentration = Of[mgPerML]
	// PumpRate is what a pump shows, in mL/h.
	PumpRate = Of[mLPerHour]
	// MassRate is in mg/h.
	MassRate = Of[mgPerHour]
	// Dose is an amount per body weight in mg/kg.
	Dose = Of[mgPerKg]
	// DoseRate is an ordered rate in mg/kg/h.
	DoseRate = Of[mgPerKgPerHour]
	// OxygenFlow is in L/min.
	OxygenFlow = Of[litrePerMinute]
	// Height is in cm.
	Height = Of[centimetre]
	// Glucose is a blood glucose concentration in mmol/L.
	Glucose = Of[millimolePerL]
	// SmallMass is an amount of drug in µg.
	SmallMass = Of[microgram]
)

// FromMicro makes a quantity from millionths of its base unit.
func FromMicro[U Base](n int64) Of[U] { return Of[U]{n} }

// Whole makes a quantity from whole base units.
func Whole[U Base](n int64) Of[U] { return Of[U]{n * Micro} }

// Mg makes a quantity in mg from a decimal literal; it panics on a malformed one.
func Mg(s string) Mass { return must[milligram](s) }

// ML makes a quantity in mL from a decimal literal; it panics on a malformed one.
func ML(s string) Volume { return must[millilitre](s) }

// Kg makes a quantity in kg from a decimal literal; it panics on a malformed one.
func Kg(s string) Weight { return must[kilogram](s) }

// MgPerML makes a quantity in mg/mL from a decimal literal; it panics on a malformed one.
func MgPerML(s string) Concentration { return must[mgPerML](s) }

// MLPerH makes a quantity in mL/h from a decimal literal; it panics on a malformed one.
func MLPerH(s string) PumpRate { return must[mLPerHour](s) }

// MgPerKgH makes a quantity in mg/kg/h from a decimal literal; it panics on a malformed one.
func MgPerKgH(s string) DoseRate { return must[mgPerKgPerHour](s) }

// MgPerKg makes a quantity in mg/kg from a decimal literal; it panics on a malformed one.
func MgPerKg(s string) Dose { return must[mgPerKg](s) }

// MgPerH makes a quantity in mg/h from a decimal literal; it panics on a malformed one.
func MgPerH(s string) MassRate { return must[mgPerHour](s) }

// LPerMin makes a quantity in L/min from a decimal literal; it panics on a malformed one.
func LPerMin(s string) OxygenFlow { return must[litrePerMinute](s) }

// MmolPerL makes a quantity in mmol/L from a decimal literal; it panics on a malformed one.
func MmolPerL(s string) Glucose { return must[millimolePerL](s) }

func must[U Base](s string) Of[U] {
	n, err := parseMicro(s)
	if err != nil {
		panic("unit: literal " + s + ": " + err.Error())
	}
	return Of[U]{n}
}

// Micro returns the quantity in millionths of its base unit.
func (q Of[U]) Micro() int64 { return q.n }

// IsZero reports whether the quantity is zero.
func (q Of[U]) IsZero() bool { return q.n == 0 }

// Positive reports whether the quantity is above zero.
func (q Of[U]) Positive() bool { return q.n > 0 }

// Cmp compares two quantities of one unit: -1, 0 or 1.
func (q Of[U]) Cmp(r Of[U]) int {
	switch {
	case q.n < r.n:
		return -1
	case q.n > r.n:
		return 1
	}
	return 0
}

// Less reports whether q is below r.
func (q Of[U]) Less(r Of[U]) bool { return q.n < r.n }

// Add returns q + r. Entered quantities are bounded by Parse, so that the
// sum of any two fits.
func (q Of[U]) Add(r Of[U]) Of[U] { return Of[U]{q.n + r.n} }

// Sub returns q - r.
func (q Of[U]) Sub(r Of[U]) Of[U] { return Of[U]{q.n - r.n} }

// Decimal is the shortest exact decimal, without unit.
func (q Of[U]) Decimal() string { return decimal(q.n) }

// Fixed rounds to the given number of decimals, half away from zero.
func (q Of[U]) Fixed(decimals int) string { return fixed(q.n, decimals) }

// String is the exact decimal with its unit as people write it.
func (q Of[U]) String() string {
	var u U
	return decimal(q.n) + " " + u.Label()
}

// Text is the quantity rounded to the given decimals, with its unit.
func (q Of[U]) Text(decimals int) string {
	var u U
	return fixed(q.n, decimals) + " " + u.Label()
}

type wire struct {
	V string `json:"v"`
	U string `json:"u"`
}

// MarshalJSON writes {"v":"0.35","u":"mg/kg/h"}.
func (q Of[U]) MarshalJSON() ([]byte, error) {
	var u U
	return json.Marshal(wire{V: decimal(q.n), U: u.UCUM()})
}

// UnmarshalJSON reads {"v":"0.35","u":"mg/kg/h"} and refuses another unit.
func (q *Of[U]) UnmarshalJSON(b []byte) error {
	var w wire
	if err := json.Unmarshal(b, &w); err != nil {
		return errors.New(`a quantity is written {"v":"1.5","u":"mg"}`)
	}
	var u U
	if w.U != u.UCUM() {
		return fmt.Errorf("unit %q given where %q is meant", clip(w.U), u.UCUM())
	}
	n, err := parseMicro(w.V)
	if err != nil {
		return err
	}
	q.n = n
	return nil
}

// UnmarshalText reads a bare decimal (used by data files).
func (q *Of[U]) UnmarshalText(b []byte) error {
	n, err := parseMicro(string(b))
	if err != nil {
		return err
	}
	q.n = n
	return nil
}

// Parse reads a decimal such as "0.35" in base unit U. At most six decimals;
// sizes beyond one thousand million are refused.
func Parse[U Base](s string) (Of[U], error) {
	n, err := parseMicro(s)
	return Of[U]{n}, err
}

const maxWhole = 1_000_000_000

func parseMicro(s string) (int64, error) {
	neg := strings.HasPrefix(s, "-")
	body := strings.TrimPrefix(s, "-")
	whole, frac, dot := strings.Cut(body, ".")
	if whole == "" || (dot && frac == "") {
		return 0, fmt.Errorf("%q is not a decimal number", clip(s))
	}
	if len(frac) > 6 {
		return 0, fmt.Errorf("%q has more than six decimals", clip(s))
	}
	if !digits(whole) || !digits(frac) {
		return 0, fmt.Errorf("%q is not a decimal number", clip(s))
	}
	if len(whole) > 10 {
		return 0, fmt.Errorf("%q is too large", clip(s))
	}
	w, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || w > maxWhole {
		return 0, fmt.Errorf("%q is too large", clip(s))
	}
	f := int64(0)
	if frac != "" {
		f, _ = strconv.ParseInt((frac + "000000")[:6], 10, 64)
	}
	n := w*Micro + f
	if neg {
		n = -n
	}
	return n, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func decimal(n int64) string {
	s := fixed(n, 6)
	s = strings.TrimRight(s, "0")
	return strings.TrimSuffix(s, ".")
}

func fixed(n int64, decimals int) string {
	if decimals < 0 {
		decimals = 0
	}
	if decimals > 6 {
		decimals = 6
	}
	n = roundTo(n, pow10(6-decimals))
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole, frac := n/Micro, n%Micro
	if decimals == 0 {
		return sign + strconv.FormatInt(whole, 10)
	}
	return sign + strconv.FormatInt(whole, 10) + "." + fmt.Sprintf("%06d", frac)[:decimals]
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// roundTo rounds n to a multiple of step, half away from zero.
func roundTo(n, step int64) int64 {
	if step <= 1 {
		return n
	}
	half := step / 2
	if n < 0 {
		return -((-n + half) / step * step)
	}
	return (n + half) / step * step
}

func clip(s string) string {
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}
