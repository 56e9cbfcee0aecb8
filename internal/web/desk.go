package web

import (
	"net/http"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/devices"
	"github.com/stillwatch/stillwatch/internal/web/patients"
	"github.com/stillwatch/stillwatch/internal/web/people"
	"github.com/stillwatch/stillwatch/internal/web/room"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// again gives a page back after a refusal, with the words and what was typed;
// an error without words goes on to the problem page.
func again(err error, page func(trouble string) error) error {
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError || t.Status == http.StatusForbidden {
		return err
	}
	return page(strings.TrimSpace(t.What + " " + t.Do))
}

func (s *site) patientsPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showPatients(w, r, v, "", view.PatientDraft{})
}

func (s *site) showPatients(w http.ResponseWriter, r *http.Request, v Visitor, trouble string, draft view.PatientDraft) error {
	p, err := s.Desk.Patients(r.Context(), v, "")
	if err != nil {
		return err
	}
	p.Page, p.Draft = s.frame(r, v, "Patients"), draft
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), patients.Page, p)
}

func statusWith(trouble string) int {
	if trouble != "" {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func (s *site) addPatient(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	d := view.PatientDraft{
		Number: field(f, "number"), Given: field(f, "given"), Family: field(f, "family"), Born: field(f, "born"),
		Sex: field(f, "sex"), Allergies: field(f, "allergies"), Phone: field(f, "phone"), AllergyToDrug: field(f, "allergy_to_drug"),
	}
	if err := s.Desk.AddPatient(r.Context(), v, id, d); err != nil {
		return again(err, func(t string) error { return s.showPatients(w, r, v, t, d) })
	}
	return redirectDone(w, r, "/patients", "patient")
}

func (s *site) peoplePage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showPeople(w, r, v, "", "", "")
}

func (s *site) showPeople(w http.ResponseWriter, r *http.Request, v Visitor, trouble, oneTime, whose string) error {
	p, err := s.Desk.People(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page, p.OneTime, p.OneTimeF = s.frame(r, v, "People"), oneTime, whose
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), people.Page, p)
}

// addPerson shows the one-time password once, in the answer itself: it must
// not travel in an address.
func (s *site) addPerson(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	d := PersonDraft{Name: field(f, "name"), Login: field(f, "login")}
	for _, role := range f["role"] {
		d.Roles = append(d.Roles, act.Role(role))
	}
	oneTime, err := s.Desk.AddPerson(r.Context(), v, id, d)
	if err != nil {
		return again(err, func(t string) error { return s.showPeople(w, r, v, t, "", "") })
	}
	return s.showPeople(w, r, v, "", oneTime, d.Name)
}

func (s *site) changePerson(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	c := PersonChange{
		What: f.Get("what"), Person: ident.Person(field(f, "person")),
		Kind: field(f, "kind"), Number: field(f, "number"), Expires: field(f, "expires"),
	}
	oneTime, err := s.Desk.ChangePerson(r.Context(), v, id, c)
	if err != nil {
		return again(err, func(t string) error { return s.showPeople(w, r, v, t, "", "") })
	}
	if oneTime != "" {
		return s.showPeople(w, r, v, "", oneTime, field(f, "name"))
	}
	if c.What == "credential" {
		return redirectDone(w, r, "/people", "credential")
	}
	return redirectDone(w, r, "/people", "person")
}

func (s *site) devicesPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showDevices(w, r, v, "", "", "")
}

func (s *site) showDevices(w http.ResponseWriter, r *http.Request, v Visitor, trouble, code, until string) error {
	p, err := s.Desk.Devices(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page, p.Code, p.CodeUntil = s.frame(r, v, "Devices"), code, until
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), devices.Page, p)
}

func (s *site) addMonitor(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	chair, _ := chairOf(f.Get("chair"))
	m := MonitorDraft{
		Name: field(f, "name"), Kind: field(f, "kind"), EUI: field(f, "eui"), Application: field(f, "application"),
		Bed: field(f, "bed"), Peer: field(f, "peer"), Zone: field(f, "zone"), Chair: chair,
	}
	if err := s.Desk.AddMonitor(r.Context(), v, id, m); err != nil {
		return again(err, func(t string) error { return s.showDevices(w, r, v, t, "", "") })
	}
	return redirectDone(w, r, "/devices", "monitor")
}

func (s *site) enrolCode(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	chair, _ := chairOf(f.Get("chair"))
	code, until, err := s.Desk.EnrolCode(r.Context(), v, id, field(f, "kind"), chair)
	if err != nil {
		return again(err, func(t string) error { return s.showDevices(w, r, v, t, "", "") })
	}
	return s.showDevices(w, r, v, "", code, until)
}

func (s *site) revoke(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Revoke(r.Context(), v, id, ident.Device(field(f, "device"))); err != nil {
		return again(err, func(t string) error { return s.showDevices(w, r, v, t, "", "") })
	}
	return redirectDone(w, r, "/devices", "revoked")
}

// enrol makes the browser at hand an enrolled device by a code read off the
// devices page of another.
func (s *site) enrol(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	if err := r.ParseForm(); err != nil {
		return asMalformed(err)
	}
	if err := s.Auth.Enrol(w, r, field(r.PostForm, "code")); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *site) roomPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showRoom(w, r, v, r.URL.Query().Get("room"), "", nil)
}

func (s *site) showRoom(w http.ResponseWriter, r *http.Request, v Visitor, name, trouble string, given []RoomAnswer) error {
	p, err := s.Desk.RoomCheck(r.Context(), v, name)
	if err != nil {
		return err
	}
	for i := range p.Items {
		for _, a := range given {
			if a.Item == p.Items[i].ID {
				p.Items[i].Answer, p.Items[i].Expiry, p.Items[i].Note = a.Answer, a.Expiry, a.Note
			}
		}
	}
	p.Page = s.frame(r, v, "Room check")
	p.Trouble = trouble
	return show(s, w, r, statusWith(trouble), room.Page, p)
}

func (s *site) signRoom(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	var answers []RoomAnswer
	for _, item := range f["item"] {
		answers = append(answers, RoomAnswer{
			Item: item, Answer: field(f, "answer."+item), Expiry: field(f, "expiry."+item), Note: field(f, "note."+item),
		})
	}
	name := field(f, "room")
	if err := s.Desk.SignRoom(r.Context(), v, id, name, answers); err != nil {
		return again(err, func(t string) error { return s.showRoom(w, r, v, name, t, answers) })
	}
	return redirectDone(w, r, "/room-check", "room")
}
