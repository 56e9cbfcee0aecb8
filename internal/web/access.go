package web

import (
	"errors"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/access"
	"github.com/stillwatch/stillwatch/internal/web/closed"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// orClosed shows the page of a record that is closed to the visitor's role;
// any other error goes on.
func (s *site) orClosed(w http.ResponseWriter, r *http.Request, v Visitor, err error) error {
	var c *Closed
	if !errors.As(err, &c) {
		return err
	}
	return s.showClosed(w, r, v, http.StatusForbidden, c.Page)
}

func (s *site) showClosed(w http.ResponseWriter, r *http.Request, v Visitor, status int, p view.Closed) error {
	trouble := p.Trouble
	p.Page = s.frame(r, v, "Record closed")
	p.Trouble = trouble
	return show(s, w, r, status, closed.Page, p)
}

// openRecord opens a record in an emergency, with a reason that is reviewed.
func (s *site) openRecord(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	f, command, err := posted(r)
	if err != nil {
		return err
	}
	err = s.Visits.OpenRecord(r.Context(), v, command, id, f.Get("reason"), field(f, "words"))
	if err == nil {
		return redirectDone(w, r, "/sessions/"+string(id), "opened")
	}
	var c *Closed
	if t := troubleOf(err); t.Status < http.StatusInternalServerError && t.Status != http.StatusForbidden {
		if _, again := s.Visits.Record(r.Context(), v, id); errors.As(again, &c) {
			c.Page.Trouble, c.Page.Reason, c.Page.Words = t.What+" "+t.Do, f.Get("reason"), field(f, "words")
			return s.showClosed(w, r, v, t.Status, c.Page)
		}
	}
	return err
}

func (s *site) accessPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showAccess(w, r, v, "")
}

func (s *site) showAccess(w http.ResponseWriter, r *http.Request, v Visitor, trouble string) error {
	p, err := s.Visits.Accesses(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Records opened in an emergency")
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), access.Page, p)
}

func (s *site) reviewAccess(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, command, err := posted(r)
	if err != nil {
		return err
	}
	which, err := ident.Parse[ident.Command](f.Get("access"))
	verdict := f.Get("justified")
	if err != nil || verdict != "true" && verdict != "false" {
		return s.showAccess(w, r, v, "Say whether it was justified. Nothing was recorded.")
	}
	err = s.Visits.ReviewAccess(r.Context(), v, command, which, verdict == "true", field(f, "remark"))
	if err != nil {
		return again(err, func(t string) error { return s.showAccess(w, r, v, t) })
	}
	return redirectDone(w, r, "/access", "reviewed")
}
