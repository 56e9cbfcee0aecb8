package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/forecast"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// yearsOf is a patient's age for a model; 0 where the date of birth is not known.
func yearsOf(p app.Patient, now time.Time) float64 {
	years, _ := p.Age(now)
	return float64(years)
}

// ofOrder is what models expect of an order and of its most; the words say why there is
// nothing to see. A prediction that cannot be made stands in nothing's way.
func (e explorer) ofOrder(ctx context.Context, o drug.Order, of app.Patient, now time.Time) ([]view.OrderBand, string) {
	const none = "What models expect of this order could not be worked out. It changes nothing of the order."
	asked, most, kg := present.Ordered(o)
	if len(asked) == 0 {
		return nil, ""
	}
	until := max(present.Until(asked), present.Until(most))
	answer := func(r kinetics.Regimen) (*forecast.Answer, bool) {
		if len(r) == 0 {
			return nil, true
		}
		a, err := e.ask(ctx, forecast.Question{Models: present.ModelsFor(o.Drug), Regimen: r, Kg: kg, Years: yearsOf(of, now), Until: until, Seed: seed})
		return &a, err == nil
	}
	ordered, ok := answer(asked)
	atMost, okMost := answer(most)
	if !ok || !okMost {
		return nil, none
	}
	return present.OrderBands(ordered, atMost, func(a forecast.Answer) string {
		if ordered != nil && a.Regimen.String() == ordered.Regimen.String() {
			return "As ordered"
		}
		return "At the most that the order allows"
	}), ""
}

// Expected is what models expect of the rates that were read at a chair. Who asks reads
// the record; nothing of it is kept, and no stream carries it.
func (r room) Expected(ctx context.Context, v web.Visitor, chair ident.Chair) (view.Expected, error) {
	id, ok := r.app.AtChair(chair)
	if !ok {
		return view.Expected{}, &web.Trouble{Status: http.StatusNotFound, What: "Nobody is at this chair.", Do: "Open the board."}
	}
	visit, err := visits{r}.readable(ctx, v, id)
	if err != nil {
		return view.Expected{}, err
	}
	regimen, kg, from, ok := present.Infused(visit)
	if !ok {
		return view.Expected{}, &web.Trouble{Status: http.StatusNotFound, What: "No infusion has begun, or its dosing weight is not known.", Do: "There is nothing to predict."}
	}
	a, err := r.explorer.ask(ctx, forecast.Question{
		Models: present.ModelsFor(visit.State.Order.Drug), Regimen: regimen, Kg: kg, Years: yearsOf(visit.Patient, r.app.Now().In(r.app.Zone)),
		Until: present.Until(regimen), Seed: seed,
	})
	if errors.Is(err, forecast.ErrQuestion) {
		return view.Expected{}, &web.Trouble{Status: http.StatusUnprocessableEntity, What: "What models expect could not be worked out: " + err.Error() + ".", Do: "It changes nothing of the infusion."}
	}
	if err != nil {
		return view.Expected{}, err
	}
	out := present.Expected(visit, a, from)
	out.Session = string(id)
	return out, nil
}
