package web

import (
	"net/http"

	"github.com/stillwatch/stillwatch/internal/web/knowledge"
)

func (s *site) libraryPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showLibrary(w, r, v, http.StatusOK, "", "")
}

func (s *site) showLibrary(w http.ResponseWriter, r *http.Request, v Visitor, status int, trouble, signTrouble string) error {
	p, err := s.Desk.LibraryPage(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Library")
	p.Trouble, p.SignTrouble = trouble, signTrouble
	return show(s, w, r, status, knowledge.Page, p)
}

// signProtocol takes the second signature under a protocol.
func (s *site) signProtocol(w http.ResponseWriter, r *http.Request, v Visitor) error {
	show := func(status int, trouble, signTrouble string) error {
		p, err := s.Desk.LibraryPage(r.Context(), v)
		if err != nil {
			return err
		}
		p.Page = s.frame(r, v, "Library")
		p.Trouble, p.SecondTrouble = trouble, signTrouble
		return show(s, w, r, status, knowledge.Page, p)
	}
	return s.signs(w, r, v, show, s.Desk.SignProtocol, "/library", "protocol")
}

func (s *site) adoptLibrary(w http.ResponseWriter, r *http.Request, v Visitor) error {
	show := func(status int, trouble, signTrouble string) error {
		return s.showLibrary(w, r, v, status, trouble, signTrouble)
	}
	return s.signs(w, r, v, show, s.Desk.AdoptLibrary, "/library", "adopted")
}
