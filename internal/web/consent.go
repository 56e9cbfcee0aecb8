package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/web/referral"
)

func (s *site) consentPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showConsent(w, r, v, http.StatusOK, "", "", nil)
}

func (s *site) showConsent(w http.ResponseWriter, r *http.Request, v Visitor, status int, trouble, signTrouble string, typed url.Values) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	p, err := s.Courses.Consent(r.Context(), v, id, typed)
	if err != nil {
		return err
	}
	p.Page, p.ID = s.inRoom(r, v, "Consent"), string(id)
	p.Trouble, p.SignTrouble = trouble, signTrouble
	if ink := typed.Get("strokes"); typed.Get("method") == string(course.Drawn) { // who signed does not sign again for a slip of somebody else
		if _, err := course.ReadInk(ink); err == nil {
			p.Strokes = ink
		}
	}
	return show(s, w, r, status, referral.Consent, p)
}

// signConsent takes the patient's signature with that of the clinician, who is
// proved again.
func (s *site) signConsent(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	author, err := s.proved(r, v, f, func(status int, words string) error { return s.showConsent(w, r, v, status, "", words, f) })
	if err != nil || !author.Known() {
		return err
	}
	body, err := referral.ConsentBody(f)
	if err != nil {
		return s.showConsent(w, r, v, http.StatusUnprocessableEntity, referral.Upper(err.Error())+". Nothing was recorded.", "", f)
	}
	if err := s.Courses.DoCourse(r.Context(), author, key, id, course.ActSignConsent, body); err != nil {
		return again(err, func(t string) error { return s.showConsent(w, r, v, statusWith(t), t, "", f) })
	}
	return redirectDone(w, r, "/courses/"+string(id)+"/consent", "consent")
}

func (s *site) withdrawConsent(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	said := map[string]any{}
	if words := field(f, "words"); words != "" {
		said["words"] = map[string]string{"text": words}
	}
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if err := s.Courses.DoCourse(r.Context(), v, key, id, course.ActWithdrawConsent, body); err != nil {
		return again(err, func(t string) error { return s.showConsent(w, r, v, statusWith(t), t, "", f) })
	}
	return redirectDone(w, r, "/courses/"+string(id)+"/consent", "withdrawn")
}

func (s *site) consentPDF(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	b, err := s.Courses.ConsentPDF(r.Context(), v, id)
	if err != nil {
		return err
	}
	return download(w, "stillwatch-consent.pdf", b)
}
