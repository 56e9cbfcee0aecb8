package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// courses are the pages of referrals and courses.
type courses struct {
	app     *app.App
	meter   *meter
	links   auth.Links
	address func() string // of this server, for links that patients open
}

// Referrals lists who waits for what. The front desk sees it too: of a course it
// tells no more than that it waits.
func (c courses) Referrals(ctx context.Context, v web.Visitor) (view.Referrals, error) {
	if err := need(v, "course.list"); err != nil {
		return view.Referrals{}, err
	}
	patients, err := c.app.Patients(ctx, v.Actor)
	if err != nil {
		return view.Referrals{}, err
	}
	rows, err := c.app.Courses(ctx)
	if err != nil {
		return view.Referrals{}, err
	}
	out := view.Referrals{MayRefer: may(v, course.ActRefer)}
	wrote, err := c.app.Wrote(ctx)
	if err != nil {
		return view.Referrals{}, err
	}
	out.Lists = present.ReferralLists(rows, wrote, c.app.Now().In(c.app.Zone), func(id ident.Patient) (string, string) {
		p := patients[id]
		return p.ListName(), word.Date(p.Born)
	}, func(p journal.Private) string {
		if !may(v, "record.read") {
			return ""
		}
		return c.app.Text(ctx, p)
	})
	for id, p := range patients {
		out.Patients = append(out.Patients, view.Option{Value: string(id), Label: p.ListName() + ", born " + word.Date(p.Born) + ", " + p.Number})
	}
	slices.SortFunc(out.Patients, func(a, b view.Option) int { return strings.Compare(a.Label, b.Label) })
	return out, nil
}

// read reads one course for who may read records, and audits it.
func (c courses) read(ctx context.Context, v web.Visitor, id ident.Course) (app.Course, present.CourseTeller, error) {
	if err := need(v, "record.read"); err != nil {
		return app.Course{}, present.CourseTeller{}, err
	}
	one, err := c.app.Course(ctx, id)
	if errors.Is(err, app.ErrNoCourse) {
		return app.Course{}, present.CourseTeller{}, &web.Trouble{Status: http.StatusNotFound, What: "There is no such referral.", Do: "Look under Referrals."}
	}
	if err != nil {
		return app.Course{}, present.CourseTeller{}, err
	}
	if err := c.app.AuditCourse(ctx, v.Actor, id, one.State.Patient); err != nil {
		return app.Course{}, present.CourseTeller{}, err
	}
	names := c.app.Names(ctx)
	return one, present.CourseTeller{
		ID: id, State: one.State, Found: one.Found, Checked: one.Checked, Rules: c.app.Knows().Screening.Rules(), Classes: c.app.Knows().Screening.Table().Classes, Latest: one.State.Latest(one.Now.Location()), Now: one.Now, Actor: v.Actor,
		Who:  func(p ident.Person) string { return names[p] },
		Text: func(p journal.Private) string { return c.app.Text(ctx, p) },
		May:  func(what act.Act) bool { return may(v, what) },
	}, nil
}

func (c courses) Course(ctx context.Context, v web.Visitor, id ident.Course) (view.Course, error) {
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return view.Course{}, err
	}
	var visits []view.Option
	for _, l := range c.app.Sessions(func(row project.SessionRow) bool {
		return row.Patient == one.State.Patient && app.BeforeInfusion(row.Phase)
	}) {
		visits = append(visits, view.Option{Value: string(l.ID), Label: present.When(l.PlannedStart, one.Now, c.app.Zone)})
	}
	return view.Course{
		Visits: visits, Patient: one.Patient.Name(), Born: word.Date(one.Patient.Born), Number: one.Patient.Number, Allergies: one.Patient.AllergyText(),
		Received: word.Date(one.State.Received), Referrer: t.Text(one.State.Referrer), Reason: t.Text(one.State.Reason),
		Standing: t.Standing(), Sections: t.Sections(), Own: t.Own(c.question, c.instruction), MayDecide: may(v, course.ActDecide), Open: one.State.Ended == nil,
	}, nil
}

func (c courses) Findings(ctx context.Context, v web.Visitor, id ident.Course) (view.Findings, error) {
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return view.Findings{}, err
	}
	out := t.Findings()
	out.Patient, out.Born, out.Referred = one.Patient.Name(), word.Date(one.Patient.Born), word.Date(one.State.Received)
	if out.Library, err = c.library(ctx); err != nil {
		return view.Findings{}, err
	}
	out.NotRun = one.Trouble
	if out.Exposure, err = c.exposure(ctx, one); err != nil {
		return view.Findings{}, err
	}
	return out, nil
}

// library says what the rules rest on.
func (c courses) library(ctx context.Context) (string, error) {
	if !c.app.Knows().Screening.Ready() {
		return "no rules", nil
	}
	on, err := c.app.Adopted(ctx)
	if err != nil || !on {
		return c.app.Knows().Screening.Standing(), err
	}
	h, err := c.app.House(ctx)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("library adopted %s by %s", word.Day(h.Library.At.In(c.app.Zone)), c.app.Names(ctx)[h.Library.By])
	if c.app.Demo {
		said = "demonstration library, not reviewed by a clinician"
	}
	return said, nil
}

// exposure says what ketamine this clinic gave, and what is known of others.
func (c courses) exposure(ctx context.Context, one app.Course) ([]string, error) {
	given, err := c.app.Exposure(ctx, one.State.Patient)
	if err != nil {
		return nil, err
	}
	out := present.Exposure(given)
	switch l := one.State.Infusions; {
	case l == nil:
		out = append(out, "What was given elsewhere: nobody has asked.")
	case l.What.Whole != course.WholeYes:
		out = append(out, fmt.Sprintf("Elsewhere: %d infusions known, and perhaps more.", len(l.What.List)))
	default:
		out = append(out, fmt.Sprintf("Elsewhere: %d infusions.", len(l.What.List)))
	}
	return out, nil
}

func (c courses) CourseForm(ctx context.Context, v web.Visitor, id ident.Course, e referral.Entry, typed url.Values) (view.CourseForm, error) {
	if err := need(v, e.Act); err != nil {
		return view.CourseForm{}, err
	}
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return view.CourseForm{}, err
	}
	out := e.Form(one.State, typed, t.Last)
	out.Patient, out.Born = one.Patient.Name(), word.Date(one.Patient.Born)
	return out, nil
}

// Strike is what of one form's answers can be struck.
func (c courses) Strike(ctx context.Context, v web.Visitor, id ident.Course, e referral.Entry) (view.StrikePage, error) {
	if err := need(v, course.ActStrike); err != nil {
		return view.StrikePage{}, err
	}
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return view.StrikePage{}, err
	}
	return view.StrikePage{Patient: one.Patient.Name(), Born: word.Date(one.Patient.Born), Items: t.Strikable(e)}, nil
}

func (c courses) MedicineNames() map[string]string { return c.app.Knows().Screening.Table().Names() }

func (c courses) DoCourse(ctx context.Context, v web.Visitor, id ident.Command, of ident.Course, what act.Act, body []byte) error {
	return c.do(ctx, v.Actor, id, of, what, body)
}

func (c courses) do(ctx context.Context, by act.Actor, id ident.Command, of ident.Course, what act.Act, body []byte) error {
	began, now := time.Now(), c.app.Now()
	f, err := c.app.DoCourse(ctx, app.CourseRequest{Act: what, Schema: 1, ID: id, Course: of, OccurredAt: now, Actor: by, Body: body})
	var refusal *session.Refusal
	if f != nil {
		refusal = &session.Refusal{Rule: f.Rule, Message: f.Message, Needs: f.Needs, Malformed: f.Malformed}
	}
	c.meter.command(what, began, answered(app.Answer{Refusal: refusal}, err))
	switch {
	case errors.Is(err, app.ErrMalformed):
		return badInput(errors.New("the form could not be read"))
	case err != nil:
		return err
	case f == nil:
		return nil
	}
	t := &web.Trouble{Status: http.StatusUnprocessableEntity, What: f.Message.English(), Do: "Nothing was recorded."}
	if len(f.Open) > 0 {
		t.What += " " + openWords(f.Open)
	}
	if len(f.Needs) > 0 {
		roles := make([]string, len(f.Needs))
		for i, r := range f.Needs {
			roles[i] = string(r)
		}
		t.Do = "It needs: " + strings.Join(roles, " or ") + ". Nothing was recorded."
		if f.Rule == "authority" {
			t.Status = http.StatusForbidden
		}
	}
	return t
}

func openWords(open []course.Verdict) string {
	var names []string
	for _, v := range open {
		names = append(names, v.Rule)
	}
	return "Open: " + strings.Join(names, ", ") + "."
}

// question is what a patient was asked on a page to read.
func (c courses) question(id string) string {
	for _, l := range c.app.Education.Rows {
		for _, q := range l.Questions {
			if q.ID == id {
				return q.Text
			}
		}
	}
	return "a question that is asked no more"
}

// instruction is what a patient was to confirm.
func (c courses) instruction(id string) string {
	for _, r := range c.app.Instructions.Rows {
		if r.ID == id {
			return r.Text
		}
	}
	return "a point that is asked no more"
}
