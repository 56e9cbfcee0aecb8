package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/order"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Orders writes orders from protocols.
type Orders interface {
	// Order is the page with what was typed, each limit answered. The body is what
	// would be recorded, empty while something stands in its way.
	Order(ctx context.Context, v Visitor, id ident.Session, key ident.Command, typed url.Values) (view.OrderPage, []byte, error)
}

func (s *site) orderPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	p, _, err := s.Orders.Order(r.Context(), v, id, s.commandID(), url.Values{"protocol": {r.URL.Query().Get("protocol")}})
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
	return redirectDone(w, r, "/sessions/"+string(id), "ordered")
}

// orderCommand is the order as a command. The same form sent twice is the same
// command: what was typed counts, not when it arrived.
func orderCommand(id ident.Session, key ident.Command, f url.Values, body []byte, s *site) (Command, error) {
	typed := url.Values{}
	for name, values := range f {
		if name != "sign.password" && name != "command" && name != "do" {
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
