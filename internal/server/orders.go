package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
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

// orderForm is the form of a visit's order, for who may write at one.
func (s visits) orderForm(ctx context.Context, v web.Visitor, visit app.Visit, key ident.Command) (present.OrderForm, error) {
	if !present.AtDesk(visit, session.ActAttachOrder) {
		return present.OrderForm{}, &web.Trouble{Status: http.StatusConflict, What: "No order can be attached as the visit stands now.", Do: "Open the record: it says what it still needs."}
	}
	facts, err := s.app.OrderFacts(ctx, visit)
	if err != nil {
		return present.OrderForm{}, err
	}
	lib, err := s.app.FromLibrary(ctx)
	if err != nil {
		return present.OrderForm{}, err
	}
	return present.OrderForm{
		Visit: visit, Facts: facts, Library: lib, Rules: s.app.Knows().Rules, Key: key, Prescriber: v.Actor.Person,
		Now: journal.Time(s.app.Now()), Given: s.app.Given(ctx, visit.State.Patient),
	}, nil
}

// NewOrder is the page on which an order is written from a protocol, with what anyone
// wrote of it; reading it is a read of the record.
func (s visits) NewOrder(ctx context.Context, v web.Visitor, id ident.Session, chosen string) (view.OrderPage, error) {
	if err := need(v, actDraft); err != nil {
		return view.OrderPage{}, err
	}
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.OrderPage{}, err
	}
	f, err := s.orderForm(ctx, v, visit, "")
	if err != nil {
		return view.OrderPage{}, err
	}
	look, err := s.app.OpenDraft(ctx, id, v.Actor.Person)
	if err != nil {
		return view.OrderPage{}, err
	}
	f.Typed = typedOf(look.Answers)
	if chosen != "" {
		f.Typed.Set("protocol", chosen)
	}
	p, _, _ := f.Page()
	s.asOrderPage(ctx, &p, f, look, v)
	return p, nil
}

// actDraft is to write at an order.
const actDraft = "order.draft"

// typedOf are answers as a form has them: one that was taken back is an empty one, and
// not one that nobody gave.
func typedOf(a app.Answers) url.Values {
	out := url.Values{}
	for name, says := range a {
		if len(says) == 0 {
			says = []string{""}
		}
		out[name] = slices.Clone(says)
	}
	return out
}

func (s visits) asOrderPage(ctx context.Context, p *view.OrderPage, f present.OrderForm, look app.DraftLook, v web.Visitor) {
	p.Exposure = present.ExposureBesideCaps(f.Given, s.app.Knows().Rules)
	p.MaySign, p.NowMS = may(v, session.ActAttachOrder), f.Now.UnixMilli()
	if o := f.Visit.State.Order; o != nil {
		p.SignedMS = o.SignedAt.UnixMilli()
	}
	names := s.app.Names(ctx)
	f.Draft(look, v.Actor.Person, func(p ident.Person) string { return names[p] }).Into(p)
}

// Order is the page with what was typed, each limit answered. What was typed goes into
// the draft; an answer that was left alone on the page is what others made of it since.
// The body is what would be recorded, none while something stands in its way. Changed
// says that the draft is not what the page was read with: then nothing is signed.
func (s visits) Order(ctx context.Context, v web.Visitor, id ident.Session, key ident.Command, typed url.Values) (view.OrderPage, []byte, error) {
	what := act.Act(actDraft)
	if typed.Get("do") == "sign" {
		what = session.ActAttachOrder
	}
	if err := need(v, what); err != nil {
		return view.OrderPage{}, nil, err
	}
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	f, err := s.orderForm(ctx, v, visit, key)
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	f.Typed = typed
	var look app.DraftLook
	again, err := s.app.SignedFrom(ctx, id, key) // the same signature, sent once more
	if err != nil {
		return view.OrderPage{}, nil, err
	}
	if !again {
		said := f.Begins()
		for name := range said {
			said[name] = typed[name]
		}
		var merged app.Answers
		if merged, look, err = s.app.WriteDraft(ctx, id, draftPage(v, key, typed), said, f.Begins(), false); err != nil {
			return view.OrderPage{}, nil, err
		}
		f.Typed = typedOf(merged)
		for _, name := range []string{"do", "command"} {
			f.Typed[name] = typed[name]
		}
	}
	p, o, ok := f.Page()
	s.asOrderPage(ctx, &p, f, look, v)
	p.Changed = !again && !look.Stands()
	if p.Lines != nil { // something was asked
		p.Bands, p.NoBands = s.explorer.ofOrder(ctx, o, visit.Patient, s.app.Now().In(s.app.Zone))
	}
	reason := strings.TrimSpace(f.Typed.Get("reason"))
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

func draftPage(v web.Visitor, key ident.Command, f url.Values) app.DraftPage {
	return app.DraftPage{By: v.Actor.Person, Page: key, Read: f.Get("draft"), Shown: f.Get("shown"), Form: f.Get("protocol")}
}

// OrderStands reports whether a draft still is what the page was read with.
func (s visits) OrderStands(ctx context.Context, v web.Visitor, id ident.Session, key ident.Command, typed url.Values) (bool, error) {
	if again, err := s.app.SignedFrom(ctx, id, key); err != nil || again {
		return again, err
	}
	look, err := s.app.FollowDraft(ctx, id, draftPage(v, key, typed))
	return look.Stands(), err
}

// OrderSigned ends the draft that an order was signed from.
func (s visits) OrderSigned(ctx context.Context, v web.Visitor, id ident.Session, key ident.Command) error {
	if again, err := s.app.SignedFrom(ctx, id, key); err != nil || again {
		return err
	}
	return s.app.SignedDraft(ctx, id, app.DraftPage{By: v.Actor.Person, Page: key})
}

// OrderNews says what became of a draft since a page was read, and takes what was
// typed there meanwhile. That is a read of the record only for who did not open the
// form: the others read on in what was opened.
func (s visits) OrderNews(ctx context.Context, v web.Visitor, id ident.Session, key ident.Command, page, typed url.Values) (view.OrderNews, error) {
	if err := need(v, actDraft); err != nil {
		return view.OrderNews{}, err
	}
	visit, err := s.visit(ctx, id)
	if err != nil {
		return view.OrderNews{}, err
	}
	if ok, err := s.app.MayRead(ctx, v.Actor, id); err != nil || !ok {
		return view.OrderNews{}, cmp.Or(err, closedTo(v, visit))
	}
	f, err := s.orderForm(ctx, v, visit, key)
	if err != nil {
		return view.OrderNews{}, err
	}
	f.Typed = url.Values{"protocol": {page.Get("protocol")}}
	var look app.DraftLook
	if typed == nil {
		look, err = s.app.FollowDraft(ctx, id, draftPage(v, key, page))
	} else {
		begins := f.Begins()
		said := app.Answers{}
		for name, says := range typed {
			if _, asked := begins[name]; !asked {
				return view.OrderNews{}, badInput(errors.New("the form has no such question"))
			}
			said[name] = says
		}
		_, look, err = s.app.WriteDraft(ctx, id, draftPage(v, key, page), said, begins, true)
	}
	if err != nil {
		return view.OrderNews{}, err
	}
	if look.First {
		if err := s.app.AuditRead(ctx, v.Actor, "record", string(id)); err != nil {
			return view.OrderNews{}, err
		}
	}
	names := s.app.Names(ctx)
	return f.Draft(look, v.Actor.Person, func(p ident.Person) string { return names[p] }).News(), nil
}

func orderBody(o drug.Order, reason string) ([]byte, error) {
	said := map[string]any{"order": o}
	if reason != "" {
		said["reason"] = map[string]string{"text": reason}
	}
	return json.Marshal(said)
}
