package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/crew"
	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// explorer answers what models expect. One regimen is worked out at a time: the
// watch comes first.
type explorer struct {
	models library.Kinetics
	app    *app.App
	turns  chan struct{}
}

func newExplorer(models library.Kinetics, a *app.App) explorer {
	return explorer{models: models, app: a, turns: make(chan struct{}, 1)}
}

// seed draws the same simulated patients for everybody, so that a movement of a slider
// shows what it moves and not other patients.
const seed = 1

// opening is the page as it opens: the regimen that was studied most.
func opening() url.Values {
	return url.Values{
		"a_rate": {"0.75"}, "a_minutes": {"40"}, "b_rate": {"0.35"}, "b_minutes": {"240"}, "kg": {"70"}, "years": {"45"}, "until": {"240"}, "levels": {"50, 100"},
		"model":        {"kamp-2020", "perez-ruixo-2021", "otto-2021"},
		"aim_protocol": {""}, "aim_model": {"kamp-2020"}, "aim_at": {"plasma"}, "aim_target": {"100"}, "aim_for": {"60"}, "aim_every": {"10"}, "aim_rate": {"1"}, "aim_dose": {"0.6"},
	}
}

// Explore answers the question of a form.
func (e explorer) Explore(ctx context.Context, v web.Visitor, f url.Values) (view.Explorer, error) {
	if err := need(v, "kinetics.explore"); err != nil {
		return view.Explorer{}, err
	}
	asked := len(f) > 0
	for name, values := range opening() {
		if aim := f.Get("aim") == "yes"; !asked || !f.Has(name) && (name != "model" || aim) {
			if f == nil {
				f = url.Values{}
			}
			f[name] = values
		}
	}
	out := view.Explorer{Form: view.ExplorerForm{
		Models: present.ModelCards(e.models, f["model"]), Two: f.Get("two") == "yes", Kg: f.Get("kg"), Years: f.Get("years"), Until: f.Get("until"), Levels: f.Get("levels"),
		A: view.ExplorerRegimen{Name: "a", Title: "Regimen", Rate: f.Get("a_rate"), Minutes: f.Get("a_minutes"), Text: f.Get("a_text")},
		B: view.ExplorerRegimen{Name: "b", Title: "Second regimen", Rate: f.Get("b_rate"), Minutes: f.Get("b_minutes"), Text: f.Get("b_text")},
	}}
	sides := []view.ExplorerRegimen{out.Form.A}
	if out.Form.Two {
		sides = append(sides, out.Form.B)
	}
	var answers []forecast.Answer
	for _, side := range sides {
		q, err := e.question(side, f)
		if err == nil {
			var a forecast.Answer
			if a, err = e.ask(ctx, q); err == nil {
				answers = append(answers, a)
				continue
			}
		}
		if wrong, is := inWords(err); is {
			out.Form.Trouble = side.Title + ": " + wrong
			break
		}
		return view.Explorer{}, err
	}
	top := present.ChartTop(answers...)
	for i, a := range answers {
		out.Answer.Sides = append(out.Answer.Sides, present.Forecast(a, sides[i].Title, top, e.models.Source))
	}
	out.Aim = e.aim(f)
	return out, nil
}

// ask works an answer out in its turn.
func (e explorer) ask(ctx context.Context, q forecast.Question) (forecast.Answer, error) {
	select {
	case e.turns <- struct{}{}:
		defer func() { <-e.turns }()
	case <-ctx.Done():
		return forecast.Answer{}, ctx.Err()
	}
	return forecast.Ask(e.models, q, crew.Work(ctx, runtime.GOMAXPROCS(0)))
}

// inWords is a mistake of the question in words for who asked; false for another error.
func inWords(err error) (string, bool) {
	var bad *kinetics.RegimenError
	switch {
	case errors.As(err, &bad):
		return fmt.Sprintf("in the words, at letter %d: %s.", bad.At, bad.Want), true
	case errors.Is(err, forecast.ErrQuestion), errors.Is(err, kinetics.ErrAim), errors.Is(err, errAsked):
		text := err.Error()
		for _, lead := range []string{forecast.ErrQuestion.Error() + ": ", errAsked.Error() + ": "} {
			text = strings.TrimPrefix(text, lead)
		}
		return text + ".", true
	}
	return "", false
}

// errAsked is a field that holds no number.
var errAsked = errors.New("not a number")

func number(f url.Values, name, label string) (float64, error) {
	text := strings.ReplaceAll(strings.TrimSpace(f.Get(name)), ",", ".")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || len(text) > 12 {
		return 0, fmt.Errorf("%w: %s is a number, such as 1.5", errAsked, label)
	}
	return v, nil
}

func (e explorer) question(side view.ExplorerRegimen, f url.Values) (forecast.Question, error) {
	q := forecast.Question{Models: f["model"], Seed: seed}
	words := strings.TrimSpace(side.Text)
	if words == "" {
		rate, err := number(f, side.Name+"_rate", "the rate")
		if err != nil {
			return q, err
		}
		minutes, err := number(f, side.Name+"_minutes", "the minutes")
		if err != nil {
			return q, err
		}
		if !(rate > 0 && rate <= 100 && minutes > 0 && minutes <= forecast.MaxMinutes) {
			return q, fmt.Errorf("%w: a rate is above 0 and at most 100 mg/kg/h, for up to %d minutes", errAsked, forecast.MaxMinutes)
		}
		words = fmt.Sprintf("%s mg/kg/h for %s min", plain(rate), plain(minutes))
		// What was measured after a regimen is found by its words: an amount of few digits
		// over a time, as studies write it.
		if total := math.Round(rate*minutes/60*1e3) / 1e3; math.Abs(total-rate*minutes/60) < 1e-9 {
			words = fmt.Sprintf("%s mg/kg over %s min", plain(total), plain(minutes))
		}
	}
	var err error
	if q.Regimen, err = kinetics.ParseRegimen(words); err != nil {
		return q, err
	}
	if q.Kg, err = number(f, "kg", "the weight"); err != nil {
		return q, err
	}
	if strings.TrimSpace(f.Get("years")) != "" {
		if q.Years, err = number(f, "years", "the age"); err != nil {
			return q, err
		}
	}
	if q.Until, err = number(f, "until", "the time to look ahead"); err != nil {
		return q, err
	}
	for _, part := range strings.FieldsFunc(f.Get("levels"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		l, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return q, fmt.Errorf("%w: levels are numbers with a comma between them, as in 50, 100", errAsked)
		}
		q.Levels = append(q.Levels, l)
	}
	return q, nil
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// aim plans steps that approach a concentration. It writes no regimen: no order can be
// made from it.
func (e explorer) aim(f url.Values) view.ExplorerAim {
	out := view.ExplorerAim{
		Model: f.Get("aim_model"), At: f.Get("aim_at"), Target: f.Get("aim_target"), For: f.Get("aim_for"), Every: f.Get("aim_every"),
		Protocol: f.Get("aim_protocol"), MostRate: f.Get("aim_rate"), MostDose: f.Get("aim_dose"), Ats: []view.Option{{Value: "plasma", Label: "plasma"}},
		Only: "A design aid for the typical patient of one model. It is not an order and none can be made from it: orders are written from a protocol.",
	}
	for _, m := range e.models.Models() {
		for _, site := range m.Effects {
			o := view.Option{Value: site.Endpoint, Label: "effect site: " + site.Endpoint}
			if !slices.ContainsFunc(out.Ats, func(x view.Option) bool { return x.Value == o.Value }) {
				out.Ats = append(out.Ats, o)
			}
		}
	}
	out.Protocols = []view.Option{{Value: "", Label: "none: those below"}}
	for _, p := range e.app.Knows().Protocols.Rows {
		out.Protocols = append(out.Protocols, view.Option{Value: p.ID, Label: p.ID})
	}
	if f.Get("aim") != "yes" {
		return out
	}
	steps, err := e.steps(f)
	if err != nil {
		out.Trouble = "The steps could not be planned."
		if wrong, is := inWords(err); is {
			out.Trouble = wrong
		}
		return out
	}
	out.Steps = steps
	return out
}

func (e explorer) steps(f url.Values) ([]view.ExplorerStep, error) {
	card, ok := e.models.Model(f.Get("aim_model"))
	if !ok {
		return nil, fmt.Errorf("%w: choose a model", errAsked)
	}
	var v [6]float64
	for i, x := range [][2]string{{"kg", "the weight"}, {"aim_target", "the target"}, {"aim_for", "the minutes in all"}, {"aim_every", "the minutes between changes"}, {"aim_rate", "the highest rate"}, {"aim_dose", "the highest dose"}} {
		var err error
		if v[i], err = number(f, x[0], x[1]); err != nil {
			return nil, err
		}
	}
	kg, target, minutes, every, rate, dose := v[0], v[1], v[2], v[3], v[4], v[5]
	if !(kg >= 20 && kg <= 350 && every >= 1 && minutes >= every && minutes <= 12*60 && minutes/every <= 120) {
		return nil, fmt.Errorf("%w: a weight is 20 to 350 kg; up to 120 steps of a minute or more, in 12 hours at most", errAsked)
	}
	if id := f.Get("aim_protocol"); id != "" {
		p, ok := protocol.Of(e.app.Knows().Protocols, id)
		if !ok {
			return nil, fmt.Errorf("%w: choose a protocol of the list", errAsked)
		}
		most, err := forecast.LimitsOf(p, kg)
		if err != nil {
			return nil, err
		}
		rate, dose = min(rate, most.Rate), min(dose, most.Dose)
		if minutes > most.Minutes {
			return nil, fmt.Errorf("%w: %s lasts %s min at most", errAsked, p.ID, plain(most.Minutes))
		}
	}
	model, err := card.Card().For(kg)
	if err != nil {
		return nil, err
	}
	at := model.Plasma
	if name := f.Get("aim_at"); name != "plasma" {
		i := slices.IndexFunc(model.Effects, func(o kinetics.Named) bool { return o.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s has no effect site of this name", errAsked, card.ID)
		}
		at = model.Effects[i].Output
	}
	perKg := kg / 60
	plan, err := kinetics.Aim{NgPerML: target, StepMin: every, Steps: int(minutes / every), MostMgPerMin: rate * perKg, RiseMgPerMin: rate * perKg, TotalMg: dose * kg}.Plan(&model, at)
	if err != nil {
		return nil, err
	}
	times := make([]float64, len(plan))
	out := make([]view.ExplorerStep, len(plan))
	for i, p := range plan {
		times[i] = float64(i+1) * every
		out[i].From, out[i].Rate = plain(float64(i)*every), strconv.FormatFloat(p.MgPerMin/perKg, 'f', 3, 64)
	}
	err = kinetics.Solve(&model, plan, times, func(i int, s *kinetics.State) {
		out[i].AtEnd, out[i].Plasma = strconv.FormatFloat(s.NgPerML(at), 'f', 1, 64), strconv.FormatFloat(s.NgPerML(model.Plasma), 'f', 1, 64)
	})
	return out, err
}
