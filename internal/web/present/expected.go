package present

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// ModelsFor are the cards that a visit is predicted with: the chosen one first, then
// those of the ensemble. Evidence mark: default. No card of the racemate in adults has
// both its mean and its variability: the S-ketamine cards stand in, and the explorer
// says so.
func ModelsFor(name string) []string {
	if strings.Contains(strings.ToLower(name), "esketamine") || strings.Contains(strings.ToLower(name), "s-ketamine") {
		return []string{"perez-ruixo-2021", "otto-2021", "simons-2022"}
	}
	return []string{"kamp-2020", "perez-ruixo-2021", "otto-2021"}
}

// aheadOf is how far a prediction goes beyond the end of the infusion.
const aheadOf = 2 * time.Hour

// Infused is what was read of the pump as a regimen, from the start of the infusion on,
// with ketamine that was given beside it. While the pump runs its rate goes on as it is
// until the planned end. ok is false where nothing has begun, or no weight is known.
func Infused(v app.Visit) (r kinetics.Regimen, kg float64, from time.Time, ok bool) {
	s, now := v.State, v.Env.Now
	if s.StartedAt.IsZero() || s.Order == nil || !s.Order.DosingWeight.Positive() {
		return nil, 0, time.Time{}, false
	}
	kg = float64(s.Order.DosingWeight.Micro()) / unit.Micro
	segments := s.SegmentsAt(now)
	if len(segments) == 0 {
		return nil, 0, time.Time{}, false
	}
	from = segments[0].From
	last := &segments[len(segments)-1]
	if end := s.PlannedEnd(now); s.StoppedAt.IsZero() && last.Running && end.After(last.To) {
		last.To = end // as it would be if nothing changed
	}
	cuts := []time.Time{}
	for _, g := range segments {
		cuts = append(cuts, g.From, g.To)
	}
	boluses := map[time.Time]float64{}
	for _, d := range s.Drugs {
		if !d.Struck && d.Ketamine.Positive() && !d.At.Before(from) && !d.At.After(now) {
			cuts = append(cuts, d.At)
			boluses[d.At] += float64(d.Ketamine.Micro()) / unit.Micro
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	for i, at := range cuts {
		if mg := boluses[at]; mg > 0 {
			r = append(r, kinetics.Part{Kind: kinetics.Bolus, Amount: mg})
		}
		if i+1 == len(cuts) {
			break
		}
		part := kinetics.Part{Kind: kinetics.Pause, Minutes: cuts[i+1].Sub(at).Minutes()}
		for _, g := range segments {
			if g.Running && !g.From.After(at) && g.To.After(at) {
				part.Kind, part.Amount = kinetics.Hourly, number(unit.DoseRateOf(g.Rate, g.Conc, s.Order.DosingWeight))*kg
			}
		}
		r = append(r, part)
	}
	return r, kg, from, len(r) > 0
}

// Until is the last minute that a visit is predicted for.
func Until(r kinetics.Regimen) float64 {
	total := aheadOf.Minutes()
	for _, p := range r {
		total += p.Minutes
	}
	return math.Min(math.Ceil(total), forecast.MaxMinutes)
}

// Predicted says what a band is, wherever one is drawn.
func Predicted(models []string) string {
	more := ""
	if n := len(models) - 1; n > 0 {
		more = fmt.Sprintf(" and %s", plural(n, "more model"))
	}
	return "Predicted, not measured: " + models[0] + more + ", " + Middle90
}

// Expected is the band of a chair.
func Expected(v app.Visit, a forecast.Answer, from time.Time) view.Expected {
	out := view.Expected{Unit: "ng/mL", Model: a.Models[0], Words: Predicted(a.Models), Top: ChartTop(a), Rates: RatesRead(v)}
	for i, t := range a.Times {
		out.Points = append(out.Points, [4]float64{
			float64(from.Add(time.Duration(t * float64(time.Minute))).UnixMilli()), round3(a.Ensemble.Quantiles[0][i]), round3(a.Ensemble.Quantiles[4][i]), round3(a.Lines[0].Plasma[i]),
		})
	}
	return out
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

// RatesRead tells the rates that were read, so that a page knows when they changed.
func RatesRead(v app.Visit) string {
	done, _, _ := rateLane(v, v.Env.Now)
	var parts []string
	for _, s := range done {
		parts = append(parts, fmt.Sprintf("%d %g", s.FromMS, s.Rate))
	}
	return strings.Join(parts, "; ")
}

// Ordered is an order as a regimen, as it is asked for and at its most: the highest rate
// that it allows until the most that it allows is given, or its time is over.
func Ordered(o drug.Order) (asked, most kinetics.Regimen, kg float64) {
	value := func(micro int64) float64 { return float64(micro) / unit.Micro }
	kg = value(o.DosingWeight.Micro())
	minutes := 0.0
	beside, left := 0.0, 0.0 // the loading dose as a rate beside the steps, and its minutes to come
	if l := o.Loading; l != nil && l.Minutes > 0 {
		left = l.Minutes.Duration().Minutes()
		beside = value(l.Dose.Micro()) * 60 / left
	}
	part := func(rate, minutes float64) {
		if minutes > 0 {
			asked = append(asked, kinetics.Part{Kind: kinetics.Hourly, PerKg: true, Amount: rate, Minutes: minutes})
		}
	}
	for _, st := range o.Steps {
		long := st.Minutes.Duration().Minutes()
		both := math.Min(left, long)
		part(number(st.Rate)+beside, both)
		part(number(st.Rate), long-both)
		minutes, left = minutes+long, left-both
	}
	part(beside, left)
	if kg <= 0 {
		return nil, nil, 0
	}
	rate, dose := math.Inf(1), math.Inf(1)
	for _, m := range []struct {
		at    *float64
		bound float64
	}{
		{&rate, number(o.Maxima.Rate)}, {&rate, value(o.Maxima.MassRate.Micro()) / kg}, {&dose, value(o.Maxima.Dose.Micro())}, {&dose, value(o.Maxima.Total.Micro()) / kg},
	} {
		if m.bound > 0 {
			*m.at = math.Min(*m.at, m.bound)
		}
	}
	if longest := o.Maxima.Minutes.Duration().Minutes(); longest > 0 {
		minutes = longest
	}
	if math.IsInf(rate, 1) || minutes <= 0 {
		return asked, nil, kg
	}
	return asked, kinetics.Regimen{{Kind: kinetics.Hourly, PerKg: true, Amount: rate, Minutes: math.Min(minutes, dose/rate*60)}}, kg
}

// inDigits writes a regimen of rates with the digits that people read.
func inDigits(r kinetics.Regimen) string {
	var parts []string
	for _, p := range r {
		parts = append(parts, fmt.Sprintf("%s mg/kg/h for %.0f min", threeDigits(p.Amount), p.Minutes))
	}
	return strings.Join(parts, " then ")
}

// OrderBands are what models expect of an order and of its most, side by side.
func OrderBands(asked, most *forecast.Answer, title func(forecast.Answer) string) []view.OrderBand {
	var all []forecast.Answer
	for _, a := range []*forecast.Answer{asked, most} {
		if a != nil {
			all = append(all, *a)
		}
	}
	if len(all) == 0 {
		return nil
	}
	top := ChartTop(all...)
	var out []view.OrderBand
	for _, a := range all {
		out = append(out, view.OrderBand{Title: title(a), Regimen: inDigits(a.Regimen), Words: Predicted(a.Models), Chart: Chart(a, top)})
	}
	return out
}
