package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// mostReason bounds a reason, in bytes.
const mostReason = 4000

// Order is the page on which an order is written from a protocol; reading it is a read
// of the record. Only who may sign an order sees it.
func (s visits) Order(ctx context.Context, v web.Visitor, id ident.Session, key ident.Command, typed url.Values) (view.OrderPage, []byte, error) {
	if err := need(v, session.ActAttachOrder); err != nil {
		return view.OrderPage{}, nil, err
	}
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	if !present.AtDesk(visit, session.ActAttachOrder) {
		return view.OrderPage{}, nil, &web.Trouble{Status: http.StatusConflict, What: "No order can be attached as the visit stands now.", Do: "Open the record: it says what it still needs."}
	}
	facts, err := s.app.OrderFacts(ctx, visit)
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	lib, err := s.app.FromLibrary(ctx)
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	f := present.OrderForm{
		Visit: visit, Facts: facts, Library: lib, Rules: s.app.Knows().Rules, Key: key, Prescriber: v.Actor.Person, Typed: typed,
		Now: journal.Time(s.app.Now()), Given: s.app.Given(ctx, visit.State.Patient),
	}
	p, o, ok := f.Page()
	p.Exposure = present.ExposureBesideCaps(f.Given, s.app.Knows().Rules)
	if p.Lines != nil { // something was asked
		p.Bands, p.NoBands = s.explorer.ofOrder(ctx, o, visit.Patient, s.app.Now().In(s.app.Zone))
	}
	reason := strings.TrimSpace(typed.Get("reason"))
	switch {
	case len(reason) > mostReason:
		p.Trouble = "The reason is longer than 4000 characters."
		return p, nil, nil
	case !ok:
		return p, nil, nil
	}
	body, err := orderBody(o, reason)
	return p, body, err
}

func orderBody(o drug.Order, reason string) ([]byte, error) {
	said := map[string]any{"order": o}
	if reason != "" {
		said["reason"] = map[string]string{"text": reason}
	}
	return json.Marshal(said)
}
