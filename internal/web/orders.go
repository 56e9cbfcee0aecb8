package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/order"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Orders writes orders from protocols.
type Orders interface {
	// NewOrder is the page as it opens, with what anyone wrote of the order.
	NewOrder(ctx context.Context, v Visitor, id ident.Session, protocol string) (view.OrderPage, error)
	// Order is the page with what was typed, each limit answered. The body is what
	// would be recorded, empty while something stands in its way. A page that says
	// Changed was read with another draft: nothing is signed on it.
	Order(ctx context.Context, v Visitor, id ident.Session, key ident.Command, typed url.Values) (view.OrderPage, []byte, error)
	// OrderStands reports whether the draft still is what the page was read with, and
	// OrderSigned ends it.
	OrderStands(ctx context.Context, v Visitor, id ident.Session, key ident.Command, typed url.Values) (bool, error)
	OrderSigned(ctx context.Context, v Visitor, id ident.Session, key ident.Command) error
	// OrderNews says what became of the draft since a page was read, and takes what was
	// typed there since; typed is nil where nothing was.
	OrderNews(ctx context.Context, v Visitor, id ident.Session, key ident.Command, page, typed url.Values) (view.OrderNews, error)
}

func (s *site) orderPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	p, err := s.Orders.NewOrder(r.Context(), v, id, r.URL.Query().Get("protocol"))
	if err != nil {
		return err
	}
	return s.showOrder(w, r, v, id, http.StatusOK, p)
}

func (s *site) showOrder(w http.ResponseWriter, r *http.Request, v Visitor, id ident.Session, status int, p view.OrderPage) error {
	trouble := p.Trouble
	p.Page = s.frame(r, v, "Order from a protocol")
	p.Trouble, p.Session = trouble, string(id)
	return show(s, w, r, status, order.Page, p)
}

// takeOrder checks what was asked, or signs it. Whatever is refused, the page comes
// back with all that was typed, the password excepted.
func (s *site) takeOrder(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	f, key, err := posted(r)
	if err != nil {
		return err
	}
	p, body, err := s.Orders.Order(r.Context(), v, id, key, f)
	if err != nil {
		return err
	}
	if f.Get("do") != "sign" {
		return s.showOrder(w, r, v, id, http.StatusOK, p)
	}
	if p.Changed {
		p.Trouble = "Nothing was signed: this order was changed since you opened the page. What you typed is kept."
		return s.showOrder(w, r, v, id, http.StatusConflict, p)
	}
	if body == nil {
		p.Trouble = "Nothing was recorded: what stands in the way is listed under the limits and beside the answers."
		return s.showOrder(w, r, v, id, http.StatusUnprocessableEntity, p)
	}
	author, err := s.Auth.Confirm(r, v, f.Get("sign.password"))
	if err != nil {
		status, words, err := askAgain(err)
		if err != nil {
			return err
		}
		p.SignTrouble = words
		return s.showOrder(w, r, v, id, status, p)
	}
	c, err := orderCommand(id, key, f, body, s)
	if err != nil {
		return err
	}
	stands, err := s.Orders.OrderStands(r.Context(), v, id, key, f)
	if err != nil {
		return err
	}
	if !stands { // changed while the password was proved
		if p, _, err = s.Orders.Order(r.Context(), v, id, key, f); err != nil {
			return err
		}
		p.Trouble = "Nothing was signed: this order was changed just now. What you typed is kept."
		return s.showOrder(w, r, v, id, http.StatusConflict, p)
	}
	reply, err := s.Commands.Do(r.Context(), author, c)
	if err != nil {
		return err
	}
	if status := statusOf(reply); status != http.StatusOK {
		d := deskAct{}
		d.refuse(reply)
		p.Trouble = d.page.Trouble
		return s.showOrder(w, r, v, id, status, p)
	}
	if err := s.Orders.OrderSigned(r.Context(), v, id, key); err != nil { // the order is in the record all the same
		s.Log.Error("the draft of a signed order could not be ended", "err", err)
	}
	return redirectDone(w, r, "/sessions/"+string(id), "ordered")
}

// mostDraft bounds what a page sends of an order by itself, in bytes.
const mostDraft = 64 << 10

// followOrder answers a page that asks by itself; it keeps no screen open. The address
// names the page, and nothing of what stands in it.
func (s *site) followOrder(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.orderNews(w, r, v, r.URL.Query(), nil)
}

// writeOrder takes what was typed since the page sent something last.
func (s *site) writeOrder(w http.ResponseWriter, r *http.Request, v Visitor) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostDraft)
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	var said struct {
		Page, Draft, Shown, Protocol string
		Answers                      map[string][]string
	}
	if err := object(raw, &said); err != nil {
		return malformed("What was typed could not be read: " + err.Error() + ".")
	}
	typed := url.Values(said.Answers)
	if typed == nil {
		typed = url.Values{}
	}
	return s.orderNews(w, r, v, url.Values{"page": {said.Page}, "draft": {said.Draft}, "shown": {said.Shown}, "protocol": {said.Protocol}}, typed)
}

func (s *site) orderNews(w http.ResponseWriter, r *http.Request, v Visitor, page, typed url.Values) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	key, err := ident.Parse[ident.Command](page.Get("page"))
	if err != nil {
		return malformed("This page is not one of ours, or it is too old.")
	}
	news, err := s.Orders.OrderNews(r.Context(), v, id, key, page, typed)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, news)
	return nil
}

// orderCommand is the order as a command. The same form sent twice is the same
// command: what was typed counts, not when it arrived.
func orderCommand(id ident.Session, key ident.Command, f url.Values, body []byte, s *site) (Command, error) {
	typed := url.Values{}
	for name, values := range f {
		if name != "sign.password" && name != "command" && name != "do" && name != "shown" {
			typed[name] = values
		}
	}
	said, err := json.Marshal(typed)
	if err != nil {
		return Command{}, err
	}
	return Command{
		Act: session.ActAttachOrder, Schema: 1, ID: key, Session: id, OccurredAt: s.Now(), Body: body,
		Digest: digest(session.ActAttachOrder, envelope{ID: string(key), Session: string(id), Body: said}),
	}, nil
}
