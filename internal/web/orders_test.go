package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// changing is an order that another changes while the password is proved.
type changing struct {
	stands bool
	asked  int
	signed int
}

func (o *changing) NewOrder(context.Context, Visitor, ident.Session, string) (view.OrderPage, error) {
	return view.OrderPage{}, nil
}

func (o *changing) Order(_ context.Context, _ Visitor, _ ident.Session, _ ident.Command, typed url.Values) (view.OrderPage, []byte, error) {
	o.asked++
	return view.OrderPage{Protocol: "PR-FIRST", MaySign: true, Draft: "aa.1"}, []byte(`{}`), nil
}

func (o *changing) OrderStands(context.Context, Visitor, ident.Session, ident.Command, url.Values) (bool, error) {
	return o.stands, nil
}

func (o *changing) OrderSigned(context.Context, Visitor, ident.Session, ident.Command) error {
	o.signed++
	return nil
}

func (o *changing) OrderNews(context.Context, Visitor, ident.Session, ident.Command, url.Values, url.Values) (view.OrderNews, error) {
	return view.OrderNews{}, nil
}

// TestOrder_ChangedWhileThePasswordIsProved: the draft is looked at again after the
// password, and what changed meanwhile is not signed.
func TestOrder_ChangedWhileThePasswordIsProved(t *testing.T) {
	t.Parallel()
	for _, stands := range []bool{true, false} {
		c, o := &clinic{who: nurse, reply: view.Reply{Outcome: "accepted"}}, &changing{stands: stands}
		h, err := New(Deps{
			Auth: c, Commands: c, Station: c, Visits: c, Desk: registers{c}, House: c, Feed: c, Orders: o, Assets: page.Assets{},
			Now: func() time.Time { return time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC) }, Random: func(b []byte) { copy(b, "0123456789") },
			Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		w := postForm(h, "/sessions/"+idA+"/order", "command="+idB+"&do=sign&draft=aa.1&sign.password=right")
		if stands && (w.Code != http.StatusSeeOther || len(c.took) != 1 || o.signed != 1) {
			t.Errorf("an order that stands: answered %d, %d commands, %d drafts ended", w.Code, len(c.took), o.signed)
		}
		if !stands && (w.Code != http.StatusConflict || len(c.took) != 0 || o.signed != 0 || !strings.Contains(w.Body.String(), "changed just now")) {
			t.Errorf("an order that changed: answered %d, %d commands, %d drafts ended", w.Code, len(c.took), o.signed)
		}
	}
}
