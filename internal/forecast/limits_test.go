package forecast_test

import (
	"errors"
	"testing"

	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/library"
)

// TestLimitsOf: the lower of two limits binds, and which one it is depends on the weight.
func TestLimitsOf(t *testing.T) {
	t.Parallel()
	p := library.Protocol{Numbers: []library.Span{
		{Name: "rate", Most: "0.35"}, {Name: "mass_rate", Most: "25"}, {Name: "duration", Most: "240"}, {Name: "dose", Most: "1"}, {Name: "total", Most: "80"},
	}}
	for kg, want := range map[float64]forecast.Limits{
		50:  {Rate: 0.35, Dose: 1, Minutes: 240},
		100: {Rate: 0.25, Dose: 0.8, Minutes: 240},
	} {
		if got, err := forecast.LimitsOf(p, kg); err != nil || got != want {
			t.Errorf("%g kg: %+v, %v, want %+v", kg, got, err, want)
		}
	}
	for name, change := range map[string]func(*library.Protocol) float64{
		"no rate":     func(p *library.Protocol) float64 { p.Numbers = p.Numbers[1:]; return 70 },
		"no number":   func(p *library.Protocol) float64 { p.Numbers[0].Most = "some"; return 70 },
		"no weight":   func(*library.Protocol) float64 { return 0 },
		"rate of nil": func(p *library.Protocol) float64 { p.Numbers[0].Most = "0"; return 70 },
	} {
		bad := p
		bad.Numbers = append([]library.Span(nil), p.Numbers...)
		if _, err := forecast.LimitsOf(bad, change(&bad)); !errors.Is(err, forecast.ErrQuestion) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
