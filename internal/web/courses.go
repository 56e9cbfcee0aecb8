package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Courses shows and takes what belongs to patients' courses.
type Courses interface {
	Referrals(ctx context.Context, v Visitor) (view.Referrals, error)
	Course(ctx context.Context, v Visitor, id ident.Course) (view.Course, error)
	Findings(ctx context.Context, v Visitor, id ident.Course) (view.Findings, error)
	// CourseForm is one form, with what was typed before.
	CourseForm(ctx context.Context, v Visitor, id ident.Course, e referral.Entry, typed url.Values) (view.CourseForm, error)
	// Strike is what of one form's answers can be struck.
	Strike(ctx context.Context, v Visitor, id ident.Course, e referral.Entry) (view.StrikePage, error)
	Consent(ctx context.Context, v Visitor, id ident.Course, typed url.Values) (view.ConsentPage, error)
	// ConsentPDF is what was signed last, as PDF.
	ConsentPDF(ctx context.Context, v Visitor, id ident.Course) ([]byte, error)
	// MedicineNames are the names by which medicines are coded, each with its key.
	MedicineNames() map[string]string
	// Link is a link as staff print it; LinkBody, LinkUse and Taking are commands about
	// one, or about what came over it.
	Link(ctx context.Context, v Visitor, id ident.Course, link ident.Command) (view.OwnLink, error)
	LinkBody(link ident.Command) ([]byte, error)
	LinkUse(link ident.Command) ([]byte, error)
	Taking(told string) ([]byte, error)
	// DoCourse takes one command of a course.
	DoCourse(ctx context.Context, v Visitor, id ident.Command, of ident.Course, what act.Act, body []byte) error
}

func courseIn(r *http.Request) (ident.Course, error) {
	id, err := ident.Parse[ident.Course](r.PathValue("id"))
	if err != nil {
		return "", errNotFound
	}
	return id, nil
}

// ofCourse reads what was posted about the course of the address.
func ofCourse(r *http.Request) (id ident.Course, f url.Values, key ident.Command, err error) {
	if id, err = courseIn(r); err != nil {
		return "", nil, "", err
	}
	f, key, err = posted(r)
	return id, f, key, err
}

// proved proves the visitor once more, by the password in the form; where that
// fails it shows the page again with the words for it, and the author is nobody.
func (s *site) proved(r *http.Request, v Visitor, f url.Values, show func(status int, words string) error) (author Visitor, err error) {
	author, err = s.Auth.Confirm(r, v, f.Get("sign.password"))
	if err == nil {
		return author, nil
	}
	status, words, err := askAgain(err)
	if err != nil {
		return Visitor{}, err
	}
	return Visitor{}, show(status, words)
}

func (s *site) referralsPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showReferrals(w, r, v, "", view.ReferralDraft{})
}

func (s *site) showReferrals(w http.ResponseWriter, r *http.Request, v Visitor, trouble string, draft view.ReferralDraft) error {
	p, err := s.Courses.Referrals(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page, p.Draft = s.inRoom(r, v, "Referrals"), draft
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), referral.List, p)
}

// refer records a referral. The form's key becomes the course's id, so that the
// same form twice opens one.
func (s *site) refer(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	d := view.ReferralDraft{Patient: field(f, "patient"), Received: field(f, "received"), Referrer: field(f, "referrer"), Reason: reasonOf(f)}
	words := func(s string) any { return map[string]string{"text": s} }
	said := map[string]any{"patient": d.Patient, "received": d.Received}
	if d.Referrer != "" {
		said["referrer"] = words(d.Referrer)
	}
	if d.Reason != "" {
		said["reason"] = words(d.Reason)
	}
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if err := s.Courses.DoCourse(r.Context(), v, id, ident.Course(id), course.ActRefer, body); err != nil {
		return again(err, func(t string) error { return s.showReferrals(w, r, v, t, d) })
	}
	if !act.May(v.Actor, "record.read").Allowed { // the front desk takes referrals and reads no course
		return redirectDone(w, r, "/referrals", "referral")
	}
	return redirectDone(w, r, "/courses/"+string(id), "referral")
}

// reasonOf is the reason given in a form, trimmed and bounded.
func reasonOf(f url.Values) string {
	s := strings.TrimSpace(strings.ReplaceAll(f.Get("reason"), "\r\n", "\n"))
	if len(s) > 8000 {
		return s[:8000]
	}
	return s
}

func (s *site) coursePage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showCourse(w, r, v, "")
}

func (s *site) showCourse(w http.ResponseWriter, r *http.Request, v Visitor, trouble string) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	p, err := s.Courses.Course(r.Context(), v, id)
	if err != nil {
		return err
	}
	p.Page, p.ID = s.inRoom(r, v, "Course"), string(id)
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), referral.Course, p)
}

func (s *site) endAsking(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	asked := json.Number(field(f, "asked"))
	body, err := json.Marshal(map[string]any{"asked": asked, "came": f.Get("came") == "yes"})
	if err != nil {
		return malformed("The form could not be read.")
	}
	if err := s.Courses.DoCourse(r.Context(), v, key, id, course.ActEndAsking, body); err != nil {
		return again(err, func(t string) error { return s.showCourse(w, r, v, t) })
	}
	return redirectDone(w, r, "/courses/"+string(id), "course")
}

func (s *site) findingsPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showFindings(w, r, v, http.StatusOK, "", "", nil)
}

func (s *site) showFindings(w http.ResponseWriter, r *http.Request, v Visitor, status int, trouble, signTrouble string, typed url.Values) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	p, err := s.Courses.Findings(r.Context(), v, id)
	if err != nil {
		return err
	}
	p.Page, p.ID = s.inRoom(r, v, "Suitable for a course?"), string(id)
	p.Trouble, p.SignTrouble, p.Reason, p.Outcome = trouble, signTrouble, reasonOf(typed), typed.Get("outcome")
	if of := typed.Get("rule"); of != "" { // typed beside a finding, and not as the reason of a decision
		p.SignTrouble, p.Reason = "", ""
		for i := range p.Items {
			if p.Items[i].Rule == of {
				p.Items[i].Reason, p.Items[i].Typed = reasonOf(typed), true
			}
		}
	}
	return show(s, w, r, status, referral.Findings, p)
}

// acceptFinding and decideCourse are signatures: their author is proved again.
func (s *site) acceptFinding(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.signFindings(w, r, v, course.ActAccept, "accepted", func(f url.Values) any {
		return worded(map[string]any{"rule": field(f, "rule"), "result": field(f, "result")}, reasonOf(f))
	})
}

func (s *site) decideCourse(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.signFindings(w, r, v, course.ActDecide, "decided", func(f url.Values) any {
		read := []map[string]string{}
		for _, one := range f["read"] {
			name, result, _ := strings.Cut(one, " ")
			read = append(read, map[string]string{"rule": name, "result": result})
		}
		return worded(map[string]any{"outcome": field(f, "outcome"), "read": read}, reasonOf(f))
	})
}

func worded(m map[string]any, reason string) map[string]any {
	if reason != "" {
		m["reason"] = map[string]string{"text": reason}
	}
	return m
}

func (s *site) signFindings(w http.ResponseWriter, r *http.Request, v Visitor, what act.Act, said string, bodyOf func(url.Values) any) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	author, err := s.proved(r, v, f, func(status int, words string) error {
		trouble := ""
		if what == course.ActAccept { // its own field is folded away
			trouble = words
		}
		return s.showFindings(w, r, v, status, trouble, words, f)
	})
	if err != nil || !author.Known() {
		return err
	}
	body, err := json.Marshal(bodyOf(f))
	if err != nil {
		return err
	}
	if err := s.Courses.DoCourse(r.Context(), author, key, id, what, body); err != nil {
		return again(err, func(t string) error { return s.showFindings(w, r, v, statusWith(t), t, "", f) })
	}
	return redirectDone(w, r, "/courses/"+string(id)+"/findings", said)
}

func (s *site) courseForm(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showCourseForm(w, r, v, "", nil)
}

func (s *site) showCourseForm(w http.ResponseWriter, r *http.Request, v Visitor, trouble string, typed url.Values) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	e, ok := referral.EntryOf(r.PathValue("form"))
	if !ok {
		return errNotFound
	}
	p, err := s.Courses.CourseForm(r.Context(), v, id, e, typed)
	if err != nil {
		return err
	}
	p.Page, p.ID = s.inRoom(r, v, e.Title), string(id)
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), referral.Form, p)
}

func (s *site) takeCourseForm(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	e, ok := referral.EntryOf(r.PathValue("form"))
	if !ok {
		return errNotFound
	}
	f, key, err := posted(r)
	if err != nil {
		return err
	}
	body, err := e.Body(f, s.Courses.MedicineNames())
	if err != nil {
		return s.showCourseForm(w, r, v, referral.Upper(err.Error())+". Nothing was recorded.", f)
	}
	if err := s.Courses.DoCourse(r.Context(), v, key, id, e.Act, body); err != nil {
		return again(err, func(t string) error { return s.showCourseForm(w, r, v, t, f) })
	}
	return redirectDone(w, r, "/courses/"+string(id), "course")
}

func (s *site) strikePage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showStrike(w, r, v, http.StatusOK, "", "", nil)
}

func (s *site) showStrike(w http.ResponseWriter, r *http.Request, v Visitor, status int, trouble, signTrouble string, typed url.Values) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	e, ok := referral.EntryOf(r.PathValue("form"))
	if !ok {
		return errNotFound
	}
	p, err := s.Courses.Strike(r.Context(), v, id, e)
	if err != nil {
		return err
	}
	p.Page, p.ID, p.Form = s.inRoom(r, v, e.Title+": strike"), string(id), e.Name
	p.Trouble, p.SignTrouble, p.Chosen, p.Reason = trouble, signTrouble, typed.Get("what"), reasonOf(typed)
	return show(s, w, r, status, referral.Strike, p)
}

// strike takes the force from something that was said in error. It is a signature.
func (s *site) strike(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	author, err := s.proved(r, v, f, func(status int, words string) error { return s.showStrike(w, r, v, status, "", words, f) })
	if err != nil || !author.Known() {
		return err
	}
	body, err := referral.StrikeBody(f)
	if err != nil {
		return s.showStrike(w, r, v, http.StatusUnprocessableEntity, referral.Upper(err.Error())+". Nothing was recorded.", "", f)
	}
	if err := s.Courses.DoCourse(r.Context(), author, key, id, course.ActStrike, body); err != nil {
		return again(err, func(t string) error { return s.showStrike(w, r, v, statusWith(t), t, "", f) })
	}
	return redirectDone(w, r, "/courses/"+string(id), "struck")
}
