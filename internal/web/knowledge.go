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

// adoptLibrary proves the director once more: a signature is theirs.
func (s *site) adoptLibrary(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	author, err := s.Auth.Confirm(r, v, f.Get("sign.password"))
	if err != nil {
		status, words, err := askAgain(err)
		if err != nil {
			return err
		}
		return s.showLibrary(w, r, v, status, "", words)
	}
	if err := s.Desk.AdoptLibrary(r.Context(), author, id, field(f, "sha256")); err != nil {
		return again(err, func(t string) error {
			return s.showLibrary(w, r, v, statusWith(t), t, "")
		})
	}
	return redirectDone(w, r, "/library", "adopted")
}
