package forecast

import (
	"fmt"
	"math"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/library"
)

// Limits are what steps towards a concentration keep.
type Limits struct {
	Rate    float64 // highest, mg/kg/h
	Dose    float64 // in all, mg/kg
	Minutes float64 // in all
}

// LimitsOf are the limits of a protocol for a weight in kg: of a rate for each kilogram
// and one in all the lower, of the amounts the same.
func LimitsOf(p library.Protocol, kg float64) (Limits, error) {
	most := map[string]float64{}
	for _, name := range []string{"rate", "mass_rate", "duration", "dose", "total"} {
		span, ok := p.Span(name)
		v, err := strconv.ParseFloat(span.Most, 64)
		if !ok || err != nil || !(v > 0) {
			return Limits{}, fmt.Errorf("%w: protocol %s has no limit of %s", ErrQuestion, p.ID, name)
		}
		most[name] = v
	}
	if !(kg > 0) {
		return Limits{}, fmt.Errorf("%w: a weight is above 0", ErrQuestion)
	}
	return Limits{Rate: math.Min(most["rate"], most["mass_rate"]/kg), Dose: math.Min(most["dose"], most["total"]/kg), Minutes: most["duration"]}, nil
}
