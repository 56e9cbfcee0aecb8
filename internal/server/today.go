package server

import (
	"context"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Today answers whether a patient may be treated today: what the gates of the visit
// say, and what every rule of screening says with what the visit asked and measured.
// Reading it is a read of the record.
func (s visits) Today(ctx context.Context, v web.Visitor, id ident.Session) (view.Today, error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.Today{}, err
	}
	if !app.BeforeInfusion(visit.State.Phase) {
		return view.Today{}, &web.Trouble{Status: http.StatusConflict, What: "This is asked before the infusion.", Do: "Open the record: it says how the visit went."}
	}
	today := s.app.Today(ctx, visit)
	names, knows := s.app.Names(ctx), s.app.Knows()
	t := present.TodayTeller{Today: today, Given: s.app.Given(ctx, visit.State.Patient), Rules: knows.Rules}
	t.Course = present.TodayCourse(today, present.CourseTeller{
		Rules: knows.Screening.Rules(), Classes: knows.Screening.Table().Classes, Actor: v.Actor,
		Who:  func(p ident.Person) string { return names[p] },
		Text: func(p journal.Private) string { return s.app.Text(ctx, p) },
		May:  func(what act.Act) bool { return may(v, what) },
	})
	p := t.Page()
	p.Library, err = courses{app: s.app}.library(ctx)
	return p, err
}
