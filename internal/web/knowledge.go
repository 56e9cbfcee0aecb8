package web

import (
	"net/http"
	"net/url"

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

// patientTexts is what patients read, do and are asked, for staff.
func (s *site) patientTexts(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p := s.Desk.PatientTexts(r.Context())
	p.Page = s.inRoom(r, v, "What patients read")
	return show(s, w, r, http.StatusOK, knowledge.Patients, p)
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

func (s *site) libraryValues(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showValues(w, r, v, nil, http.StatusOK, "", "")
}

func (s *site) showValues(w http.ResponseWriter, r *http.Request, v Visitor, typed url.Values, status int, trouble, signTrouble string) error {
	p, err := s.Desk.LibraryValues(r.Context(), v, typed)
	if err != nil {
		return err
	}
	if p.Trouble == "" {
		p.Trouble = trouble
	}
	if p.Trouble != "" {
		status = http.StatusUnprocessableEntity
	}
	said := p.Trouble
	p.Page, p.SignTrouble = s.frame(r, v, "The clinic's own values"), signTrouble
	p.Trouble = said
	return show(s, w, r, status, knowledge.Values, p)
}

// adoptValues shows what typed values would change; with the step "sign" it takes the
// signature under what was shown.
func (s *site) adoptValues(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	if f.Get("step") != "sign" {
		return s.showValues(w, r, v, f, http.StatusOK, "", "")
	}
	author, err := s.proved(r, v, f, func(status int, words string) error { return s.showValues(w, r, v, f, status, "", words) })
	if err != nil || !author.Known() {
		return err
	}
	if err := s.Desk.AdoptValues(r.Context(), author, id, field(f, "sha256"), f); err != nil {
		return again(err, func(t string) error { return s.showValues(w, r, v, f, statusWith(t), t, "") })
	}
	return redirectDone(w, r, "/library", "adopted")
}
