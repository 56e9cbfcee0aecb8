package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// linkLife is how long a link lives. Evidence mark: default.
const linkLife = 14 * 24 * time.Hour

// own is the pages that patients open on their phones.
type own struct {
	courses
	people people
}

// noLink answers for every link that opens nothing, whatever the reason.
func noLink() error {
	return &web.Trouble{Status: http.StatusNotFound, What: "This link does not open anything.", Do: "Ask the clinic for a new one."}
}

// link finds a link by its secret; each that opens nothing counts against where it came
// from.
func (o own) link(r *http.Request, secret string) (ident.Course, course.Link, error) {
	from, err := o.people.source(r)
	if err != nil {
		return "", course.Link{}, err
	}
	undo, err := o.people.auth.Knock(r.Context(), from)
	if err != nil {
		return "", course.Link{}, o.people.trouble(err)
	}
	hash, shaped := auth.SecretHash(secret)
	if !shaped {
		return "", course.Link{}, noLink()
	}
	id, l, err := o.app.LinkBy(r.Context(), hash)
	switch {
	case errors.Is(err, app.ErrNoLink), err == nil && !l.Opens(o.app.Now()):
		return "", course.Link{}, noLink()
	case err != nil:
		return "", course.Link{}, err
	}
	return id, l, undo(r.Context())
}

// Opens is nil for a link that can be opened.
func (o own) Opens(r *http.Request, secret string) error {
	_, _, err := o.link(r, secret)
	return err
}

// Open opens a link for who knows the date of birth.
func (o own) Open(w http.ResponseWriter, r *http.Request, key ident.Command, secret, born string) error {
	hash, shaped := auth.SecretHash(secret)
	if !shaped {
		return noLink()
	}
	id, l, err := o.link(r, secret)
	if err != nil {
		return err
	}
	if l.Hash != hash {
		return noLink()
	}
	if _, err := o.prove(w, r, key, id, l.Link, born, true); err != nil {
		return err
	}
	return nil
}

// Again opens a phone again by the date of birth.
func (o own) Again(w http.ResponseWriter, r *http.Request, key ident.Command, born string) (web.Phone, error) {
	p, err := o.links.Check(o.people.cookies.PatientPass(r), o.app.Now())
	if err != nil && p.Link == "" {
		return web.Phone{}, noLink()
	}
	return o.prove(w, r, key, p.Course, p.Link, born, false)
}

// prove holds a date of birth against the patient's, and gives the phone its pass. What
// is wrong is counted in the record, and ends the link after a few times.
func (o own) prove(w http.ResponseWriter, r *http.Request, key ident.Command, id ident.Course, link ident.Command, born string, first bool) (web.Phone, error) {
	ctx, now := r.Context(), o.app.Now()
	pages, err := o.app.OwnPages(ctx, id, link)
	if errors.Is(err, app.ErrNoLink) {
		return web.Phone{}, noLink()
	}
	if err != nil {
		return web.Phone{}, err
	}
	what := course.ActOpenLink
	right := pages.Born != "" && subtle.ConstantTimeCompare([]byte(pages.Born), []byte(born)) == 1
	if !right {
		what = course.ActMissLink
	}
	if first || !right {
		body, err := o.LinkUse(link)
		if err != nil {
			return web.Phone{}, err
		}
		if err := o.do(ctx, app.ByPatient(now), key, id, what, body); err != nil {
			return web.Phone{}, noLinkFor(err)
		}
	}
	if !right {
		return web.Phone{}, web.ErrBorn
	}
	pass, err := o.links.Issue(auth.Pass{Course: id, Link: link, Proved: now})
	if err != nil {
		return web.Phone{}, err
	}
	http.SetCookie(w, o.people.cookies.Patient(pass, linkLife))
	return web.Phone{Course: id, Link: link, Proved: now}, nil
}

// noLinkFor says of a link that died meanwhile what is said of every dead one.
func noLinkFor(err error) error {
	var t *web.Trouble
	if errors.As(err, &t) && t.Status == http.StatusUnprocessableEntity {
		return noLink()
	}
	return err
}

// Leave takes the phone's pass away.
func (o own) Leave(w http.ResponseWriter) { http.SetCookie(w, o.people.cookies.NoPatient()) }

// Phone is whose phone it is.
func (o own) Phone(r *http.Request) (web.Phone, error) {
	p, err := o.links.Check(o.people.cookies.PatientPass(r), o.app.Now())
	if err != nil && p.Link == "" {
		return web.Phone{}, noLink()
	}
	if _, dead := o.app.OwnPages(r.Context(), p.Course, p.Link); errors.Is(dead, app.ErrNoLink) {
		return web.Phone{}, noLink()
	} else if dead != nil {
		return web.Phone{}, dead
	}
	if err != nil {
		return web.Phone{}, web.ErrAgain
	}
	return web.Phone{Course: p.Course, Link: p.Link, Proved: p.Proved}, nil
}

func (o own) teller(ctx context.Context, p web.Phone) (present.OwnTeller, error) {
	pages, err := o.app.OwnPages(ctx, p.Course, p.Link)
	if errors.Is(err, app.ErrNoLink) {
		return present.OwnTeller{}, noLink()
	}
	return present.OwnTeller{
		State: pages.State, Link: pages.Link, VisitAt: pages.VisitAt, Visit: pages.Visit, Now: pages.Now,
		Intake: o.app.Intake, Education: o.app.Education, Instructions: o.app.Instructions, Claims: o.app.Claims,
	}, err
}

// Home is what a patient can do.
func (o own) Home(ctx context.Context, p web.Phone) (view.OwnHome, error) {
	t, err := o.teller(ctx, p)
	return t.Home(), err
}

// History is the questions about the patient's health.
func (o own) History(ctx context.Context, p web.Phone, typed url.Values) (view.OwnHistory, error) {
	t, err := o.teller(ctx, p)
	return t.History(typed), err
}

// Medicines is the lists of medicines and allergies.
func (o own) Medicines(ctx context.Context, p web.Phone, typed url.Values) (view.OwnMedicines, error) {
	t, err := o.teller(ctx, p)
	return t.Medicines(typed), err
}

// Reading is one page to read.
func (o own) Reading(ctx context.Context, p web.Phone, name string) (view.OwnReading, error) {
	t, err := o.teller(ctx, p)
	if err != nil {
		return view.OwnReading{}, err
	}
	out, ok := t.Reading(name)
	if !ok {
		return out, &web.Trouble{Status: http.StatusNotFound, What: "There is no such page to read.", Do: "Go back to your pages."}
	}
	return out, nil
}

// Options is treatments side by side.
func (o own) Options(ctx context.Context, p web.Phone) (view.OwnOptions, error) {
	t, err := o.teller(ctx, p)
	return t.Options(), err
}

// Facts is what is often said, against the evidence.
func (o own) Facts(ctx context.Context, p web.Phone) (view.OwnFacts, error) {
	t, err := o.teller(ctx, p)
	return t.Facts(), err
}

// Day is what to do before an infusion and after it.
func (o own) Day(ctx context.Context, p web.Phone) (view.OwnDay, error) {
	t, err := o.teller(ctx, p)
	return t.Day(), err
}

// Send takes what was filled in.
func (o own) Send(ctx context.Context, p web.Phone, key ident.Command, what act.Act, name string, f url.Values) error {
	today := o.app.Now().In(o.app.Zone).Format(time.DateOnly)
	var body any
	var err error
	switch what {
	case course.ActTell:
		body, err = o.told(p.Link, name, today, f)
	case course.ActLearn:
		body = learned(p.Link, name, f, o.app.Education)
	case course.ActPrepare:
		body = map[string]any{"link": p.Link, "document_sha256": f.Get("document"), "confirmed": orNone(f["done"]), "visit": f.Get("visit")}
	}
	if err != nil {
		return err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write what a patient sent: %w", err)
	}
	return o.do(ctx, app.ByPatient(p.Proved), key, p.Course, what, raw)
}

// unsent is a mistake of a form in words for who filled it in.
func unsent(words string) error {
	return &web.Trouble{Status: http.StatusUnprocessableEntity, What: words, Do: "Nothing was sent."}
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// told is what was filled in of health or medicines. What was left open says nothing.
func (o own) told(link ident.Command, page, today string, f url.Values) (any, error) {
	out := map[string]any{"link": link}
	if page == "health" {
		list := []map[string]string{}
		for _, q := range o.app.Intake.Rows {
			section, item, _ := strings.Cut(q.Input, ".")
			if v := f.Get(q.Input); v != "" {
				list = append(list, map[string]string{"section": section, "item": item, "answer": v, "at": today, "source": string(course.ByPatient)})
			}
		}
		if len(list) > 0 {
			out["statements"] = list
		}
		if words := strings.TrimSpace(f.Get("words")); words != "" {
			out["words"] = map[string]string{"text": words}
		}
		return out, nil
	}
	medicines, err := o.list(f, "medicines", "medicine")
	if err != nil {
		return nil, err
	}
	if medicines != nil {
		medicines["at"] = today
		out["medicines"] = medicines
	}
	allergies, err := o.list(f, "allergies", "allergy")
	if err != nil {
		return nil, err
	}
	if allergies != nil {
		out["allergies"] = allergies
	}
	return out, nil
}

// list is one of the two lists: nil where nothing was written of it.
func (o own) list(f url.Values, name, one string) (map[string]any, error) {
	lines, none, whole := referral.Lines(f.Get(name)), f.Get("no_"+name) == "yes", f.Get("whole_"+name)
	switch {
	case none && len(lines) > 0:
		return nil, unsent("You ticked that there is no " + one + ", and wrote one. Please correct one of the two.")
	case none:
		whole = string(course.WholeYes)
	case len(lines) == 0:
		return nil, nil
	case whole == "":
		return nil, unsent("Please say whether your list of " + name + " is complete. “I am not sure” is an answer.")
	}
	list := []any{}
	for _, line := range lines {
		entry := map[string]any{"text": map[string]string{"text": line}}
		if key := referral.Coded(line, o.MedicineNames()); key != "" {
			entry["key"] = key
		}
		list = append(list, entry)
	}
	return map[string]any{"source": course.ByPatient, "complete": whole, "list": list}, nil
}

// learned is a page that was read, with the answers that were given on it.
func learned(link ident.Command, page string, f url.Values, e library.Education) any {
	answers := []map[string]string{}
	for _, l := range e.Pages(library.ReadPage) {
		if l.ID != page {
			continue
		}
		for _, q := range l.Questions {
			if v := f.Get(q.ID); v != "" {
				answers = append(answers, map[string]string{"question": q.ID, "answer": v})
			}
		}
	}
	return map[string]any{"link": link, "document_sha256": f.Get("document"), "pages": []string{page}, "answers": answers}
}

// LinkBody is the command that gives a link: its secret is made of its id.
func (c courses) LinkBody(link ident.Command) ([]byte, error) {
	hash, _ := auth.SecretHash(c.links.Secret(link)) // it is one
	return json.Marshal(course.LinkGift{Link: link, Hash: hash, Expires: c.app.Now().Add(linkLife).In(c.app.Zone).Format(time.RFC3339)})
}

// LinkUse is a command about a link.
func (c courses) LinkUse(link ident.Command) ([]byte, error) {
	return json.Marshal(course.LinkUse{Link: link})
}

// Taking is the command that takes up what a patient wrote.
func (c courses) Taking(told string) ([]byte, error) {
	n, err := strconv.ParseInt(told, 10, 64)
	if err != nil {
		return nil, badInput(errors.New("the form could not be read"))
	}
	return json.Marshal(course.Taking{Told: n})
}

// Link is a link as staff print it.
func (c courses) Link(ctx context.Context, v web.Visitor, id ident.Course, link ident.Command) (view.OwnLink, error) {
	if err := need(v, course.ActGiveLink); err != nil {
		return view.OwnLink{}, err
	}
	one, err := c.app.Course(ctx, id)
	if errors.Is(err, app.ErrNoCourse) {
		return view.OwnLink{}, &web.Trouble{Status: http.StatusNotFound, What: "There is no such referral.", Do: "Look under Referrals."}
	}
	if err != nil {
		return view.OwnLink{}, err
	}
	l, ok := one.State.LinkOf(link)
	if !ok {
		return view.OwnLink{}, &web.Trouble{Status: http.StatusNotFound, What: "There is no such link.", Do: "Make one on the page of the course."}
	}
	out := present.OwnLink(l, one.Now)
	out.Patient, out.Born = one.Patient.Name(), present.BornOn(one.Patient.Born)
	if out.Opens {
		out.Address = c.address() + "/p/" + c.links.Secret(link)
	}
	return out, nil
}
