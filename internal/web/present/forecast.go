package present

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// The field of a chart, in units of its SVG.
const (
	chartLeft, chartRight = 56.0, 628.0
	chartTop, chartBottom = 12.0, 276.0
)

// Middle90 is what a band is called wherever one is drawn.
const Middle90 = "middle 90 % of simulated patients"

// plot maps minutes and ng/mL to a chart.
type plot struct{ until, top float64 }

func (s plot) x(minutes float64) float64 {
	return chartLeft + (chartRight-chartLeft)*minutes/s.until
}

func (s plot) y(ngPerML float64) float64 {
	return chartBottom - (chartBottom-chartTop)*math.Min(ngPerML/s.top, 1)
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func (s plot) path(times, values []float64) string {
	var b strings.Builder
	for i, t := range times {
		step := "L"
		if i == 0 {
			step = "M"
		}
		_, _ = b.WriteString(step + coordinate(s.x(t)) + " " + coordinate(s.y(values[i])))
	}
	return b.String()
}

func (s plot) area(times, low, high []float64) string {
	var b strings.Builder
	_, _ = b.WriteString(s.path(times, high))
	for i := range slices.Backward(times) {
		_, _ = b.WriteString("L" + coordinate(s.x(times[i])) + " " + coordinate(s.y(low[i])))
	}
	return b.String() + "Z"
}

// ChartTop is the highest concentration that an answer shows, rounded up: several
// charts side by side have one scale.
func ChartTop(answers ...forecast.Answer) float64 {
	most := 1.0
	for _, a := range answers {
		most = max(most, slices.Max(a.Ensemble.Quantiles[4]))
		for _, l := range a.Lines {
			most = max(most, slices.Max(l.Plasma))
		}
		if a.Population != nil {
			most = max(most, slices.Max(a.Population.Quantiles[4]))
		}
		if a.Observed != nil {
			most = max(most, a.Observed.NgPerML)
		}
	}
	step := tickStep(most)
	return math.Ceil(most/step) * step
}

// tickStep is 1, 2 or 5 times a power of ten, for about five marks.
func tickStep(most float64) float64 {
	raw := most / 5
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power {
			return m * power
		}
	}
	return 10 * power
}

// LineClass is how the line of the nth model is dashed.
func LineClass(n int) string { return fmt.Sprintf("line-%d", n) }

// Chart draws an answer up to a top.
func Chart(a forecast.Answer, top float64) view.Chart {
	s := plot{a.Times[len(a.Times)-1], top}
	c := view.Chart{YUnit: "plasma ng/mL", XUnit: "minutes from the start"}
	c.Bands = append(c.Bands, view.ChartBand{Path: s.area(a.Times, a.Ensemble.Quantiles[0], a.Ensemble.Quantiles[4]), Class: "ensemble"})
	if p := a.Population; p != nil && len(a.Lines) > 1 {
		c.Bands = append(c.Bands, view.ChartBand{Path: s.area(a.Times, p.Quantiles[0], p.Quantiles[4]), Class: "population"})
	}
	c.Lines = append(c.Lines, view.ChartLine{Path: s.path(a.Times, a.Ensemble.Quantiles[2]), Class: "median"})
	for i, l := range a.Lines {
		c.Lines = append(c.Lines, view.ChartLine{Path: s.path(a.Times, l.Plasma), Class: LineClass(i)})
	}
	for v := 0.0; v <= top+1e-9; v += tickStep(top) {
		c.YTicks = append(c.YTicks, view.ChartTick{At: coordinate(s.y(v)), Label: threeDigits(v)})
	}
	for _, every := range []float64{10, 15, 30, 60, 120, 240, 480, 720, 1440} {
		if s.until/every > 8 {
			continue
		}
		for t := 0.0; t <= s.until; t += every {
			c.XTicks = append(c.XTicks, view.ChartTick{At: coordinate(s.x(t)), Label: threeDigits(t)})
		}
		break
	}
	for _, l := range a.Levels {
		if l <= top {
			c.Levels = append(c.Levels, view.ChartTick{At: coordinate(s.y(l)), Label: threeDigits(l)})
		}
	}
	if o := a.Observed; o != nil {
		c.Observed = &view.ChartTick{At: coordinate(s.y(o.NgPerML)), Label: "measured " + threeDigits(o.NgPerML)}
	}
	c.Label = fmt.Sprintf("Predicted plasma concentration of %s over %s minutes: at its highest the %s lies between %s and %s ng/mL.",
		a.Regimen, threeDigits(s.until), Middle90, threeDigits(slices.Max(a.Ensemble.Quantiles[0])), threeDigits(slices.Max(a.Ensemble.Quantiles[4])))
	return c
}

// threeDigits is a number with the digits that a prediction deserves: three at most.
func threeDigits(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// minutesOf is a time as people read it.
func minutesOf(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "not in 60 days"
	case v == 0:
		return "below at the end"
	case v < 120:
		return fmt.Sprintf("%.0f min", math.Ceil(v))
	}
	return fmt.Sprintf("%.0f h %02.0f", math.Floor(math.Ceil(v)/60), math.Mod(math.Ceil(v), 60))
}

// Forecast says an answer in words and as a chart.
func Forecast(a forecast.Answer, title string, top float64, source func(string) cite.Source) view.ExplorerSide {
	out := view.ExplorerSide{Title: title, Regimen: a.Regimen.String(), Chart: Chart(a, top), Warnings: a.Warnings}
	for i, l := range a.Lines {
		out.Peaks = append(out.Peaks, view.ChartLegend{Class: LineClass(i), Href: "#card-" + l.Model.ID, Text: fmt.Sprintf("%s (%s, %s): highest %s ng/mL, typical patient", l.Model.ID, l.Model.Drug, sampling(l.Model.Sampling), threeDigits(slices.Max(l.Plasma)))})
	}
	names := "all chosen models"
	if len(a.Lines) == 1 {
		names = a.Lines[0].Model.ID
	}
	high := func(b forecast.Band) string {
		return fmt.Sprintf("highest %s to %s ng/mL", threeDigits(slices.Max(b.Quantiles[0])), threeDigits(slices.Max(b.Quantiles[4])))
	}
	out.Peaks = append(out.Peaks, view.ChartLegend{Class: "ensemble", Text: fmt.Sprintf("%s, %s: %s", names, Middle90, high(a.Ensemble))})
	if a.Population != nil && len(a.Lines) > 1 {
		out.Peaks = append(out.Peaks, view.ChartLegend{Class: "population", Href: "#card-" + a.Population.Models[0], Text: fmt.Sprintf("%s alone, %s: %s", a.Population.Models[0], Middle90, high(*a.Population))})
	}
	if o := a.Observed; o != nil {
		out.Observed = fmt.Sprintf("Measured after this regimen: %s ng/mL. %s The typical patients above reach %s. %s (%s).", threeDigits(o.NgPerML), o.Text, against(a), source(o.Source).Text, o.Mark)
	}
	for i, l := range a.Levels {
		row := view.ExplorerLevel{Level: threeDigits(l) + " ng/mL", Above: fmt.Sprintf("up to %.0f %% of simulated patients", 100*slices.Max(a.Ensemble.Above[i]))}
		for _, line := range a.Lines {
			row.Below = append(row.Below, line.Model.ID+": "+minutesOf(line.Below[i]))
		}
		b := a.Ensemble.Below[i]
		row.Below = append(row.Below, fmt.Sprintf("simulated patients: %s to %s, half by %s", minutesOf(b[0]), minutesOf(b[2]), minutesOf(b[1])))
		out.Levels = append(out.Levels, row)
	}
	for _, e := range a.Effects {
		out.Effects = append(out.Effects, effect(e, source))
	}
	return out
}

// against says by how much each typical patient is off what was measured.
func against(a forecast.Answer) string {
	var parts []string
	for _, l := range a.Lines {
		parts = append(parts, fmt.Sprintf("%+.0f %% (%s)", 100*(slices.Max(l.Plasma)/a.Observed.NgPerML-1), l.Model.ID))
	}
	return strings.Join(parts, ", ") + " of it"
}

func sampling(s string) string {
	if s == "not stated" {
		return "sampling not stated"
	}
	return s
}

func effect(e forecast.Effect, source func(string) cite.Source) view.ExplorerEffect {
	r := e.Card
	out := view.ExplorerEffect{Effect: referral.Upper(r.Effect), Problems: r.Problems}
	switch r.Kind {
	case library.HalfMaximum:
		out.Says = fmt.Sprintf("%.0f to %.0f %% of its greatest strength at the peak (%s); half at %s ng/mL of %s", e.Low, e.High, Middle90, threeDigits(r.NgPerML), r.Drug)
		if len(e.OtherDrugs) > 0 {
			out.Says += fmt.Sprintf(", held here against concentrations of %s, for which none was found", strings.Join(e.OtherDrugs, " and "))
		}
	case library.Incidence:
		out.Says = fmt.Sprintf("seen in %s %% of %d; interval %.0f to %.0f %%", threeDigits(e.Middle), r.Of, e.Low, e.High)
	case library.MeanChange:
		out.Says = fmt.Sprintf("%+.1f %s in the mean", e.Middle, r.Unit)
		if !e.Interval {
			out.Says += "; its error was not found"
		}
	}
	out.Rests = r.Population + ". " + source(r.Source).Text + " (" + string(r.Mark) + ")"
	return out
}

// ModelCards are the cards with everything that they rest on.
func ModelCards(k library.Kinetics, chosen []string) []view.ExplorerModel {
	var out []view.ExplorerModel
	for _, m := range k.Models() {
		v := view.ExplorerModel{
			ID: m.ID, Drug: m.Drug, Sampling: sampling(m.Sampling), Chosen: slices.Contains(chosen, m.ID), Population: m.Population, Problems: m.Problems,
			Limits: fmt.Sprintf("%s to %s kg", threeDigits(m.Weight.Low), threeDigits(m.Weight.High)), Spread: "variability between patients is in the card",
		}
		if m.Age != (library.Range{}) {
			v.Limits += fmt.Sprintf(", %s to %s years", threeDigits(m.Age.Low), threeDigits(m.Age.High))
		}
		if m.Spread().None() {
			v.Spread = "no variability between patients was found"
		}
		add := func(name string, n *library.KineticNumber) {
			if n == nil {
				return
			}
			value := strconv.FormatFloat(n.Value, 'g', 6, 64) + " " + n.Unit
			if n.Exponent != 0 {
				value += fmt.Sprintf(" × (kg/%s)^%s", threeDigits(n.ReferenceKg), threeDigits(n.Exponent))
			}
			if n.PerYear != 0 {
				value = fmt.Sprintf("(%s %+g for each year above %g)", value, n.PerYear, n.AboveYears)
			}
			if n.LnWeight != 0 {
				value += " + " + strconv.FormatFloat(n.LnWeight, 'g', 6, 64) + " ln kg"
			}
			v.Parameters = append(v.Parameters, view.ExplorerParameter{Name: name, Value: value, Source: k.Source(n.Source).Text, Mark: string(n.Mark)})
		}
		for _, d := range m.Drugs {
			add(d.Name+", central volume", d.Volume)
			add(d.Name+", clearance", d.Clearance)
			add(d.Name+", rate of loss", d.Rate)
			for i, s := range d.Sides {
				side := fmt.Sprintf("%s, side %d: ", d.Name, i+1)
				add(side+"volume", s.Volume)
				add(side+"flow", s.Flow)
				add(side+"rate there", s.There)
				add(side+"rate back", s.Back)
				add(side+"loss", s.Loss)
				add(side+"to the next substance", s.Make)
			}
		}
		for _, e := range m.Effects {
			add("ke0 of "+e.Endpoint, e.Ke0)
		}
		out = append(out, v)
	}
	return out
}
