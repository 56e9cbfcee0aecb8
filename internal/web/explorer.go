package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/stillwatch/stillwatch/internal/web/explorer"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Explorer says what models expect of a regimen. It reads no record and writes none.
type Explorer interface {
	// Explore answers the question of a form; an empty form is the page as it opens.
	Explore(ctx context.Context, v Visitor, f url.Values) (view.Explorer, error)
}

// asks reads the question from the body: what is typed here may be a patient's weight,
// and stands in no address.
func (s *site) asks(r *http.Request, v Visitor) (view.Explorer, error) {
	if err := r.ParseForm(); err != nil {
		return view.Explorer{}, asMalformed(err)
	}
	return s.Explorer.Explore(r.Context(), v, r.PostForm)
}

func (s *site) explorerPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.asks(r, v)
	if err != nil {
		return err
	}
	p.Page = s.inRoom(r, v, "Kinetics")
	return show(s, w, r, http.StatusOK, explorer.Page, p)
}

// explorerAnswer is the part of the page that follows a slider.
func (s *site) explorerAnswer(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.asks(r, v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := explorer.Page.Fragment(&b, "answer", p); err != nil {
		return err
	}
	return answer(w, r, http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}
