package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// visits shows the lists of visits and their records.
type visits struct{ room }

// Worklist is today's visits and the ones whose record is still open.
func (s visits) Worklist(ctx context.Context, v web.Visitor) (view.Worklist, error) {
	patients, err := s.app.Patients(ctx, v.Actor)
	if err != nil {
		return view.Worklist{}, err
	}
	if !may(v, "patient.list") {
		for id, p := range patients {
			patients[id] = app.Patient{Family: p.Initials()}
		}
	}
	now := s.app.Now()
	w := view.Worklist{MayPlan: may(v, session.ActSchedule)}
	if may(v, "record.review-access") {
		if w.ToReview, err = s.toReview(ctx, v); err != nil {
			return view.Worklist{}, err
		}
	}
	// Each visit once: what is still to be closed of today's stands with today's.
	isToday, reads := today(now, s.app.Zone), may(v, "record.read")
	w.MayPaper = reads && len(s.app.Sessions(onPaper(isToday))) > 0
	for _, l := range s.app.Sessions(isToday) {
		row := s.row(ctx, l, patients[l.Patient], now)
		row.Today = reads && app.BeforeInfusion(l.Phase)
		w.Today = append(w.Today, row)
	}
	for _, l := range s.app.Sessions(func(row project.SessionRow) bool { return unclosed(row) || row.Phase == session.PhaseScheduled }) {
		if !isToday(l.SessionRow) && (l.Unclosed() || l.PlannedStart.Before(now)) {
			w.Unclosed = append(w.Unclosed, s.row(ctx, l, patients[l.Patient], now))
		}
	}
	for _, l := range s.app.Sessions(func(row project.SessionRow) bool { return row.FollowUp && !row.Unclosed() }) {
		w.ToCall = append(w.ToCall, s.calledRow(ctx, l, s.row(ctx, l, patients[l.Patient], now)))
	}
	return w, nil
}

// toReview counts the records opened in an emergency and not reviewed yet.
func (s visits) toReview(ctx context.Context, v web.Visitor) (int, error) {
	all, err := s.app.Accesses(ctx, v.Actor)
	n := 0
	for _, x := range all {
		if !x.Reviewed() {
			n++
		}
	}
	return n, err
}

func (s visits) row(ctx context.Context, l app.Listed, p app.Patient, now time.Time) view.WorkRow {
	r := view.WorkRow{
		ID: string(l.ID), Chair: int(l.Chair), Patient: p.ListName(), Born: word.Date(p.Born), Phase: present.PhaseText(l.Phase),
		When: present.When(l.PlannedStart, now, s.app.Zone), Tone: view.Plain,
	}
	switch {
	case l.Unclosed():
		s.unclosedRow(ctx, l, now, &r)
	case l.Phase == session.PhaseScheduled && now.After(l.PlannedStart) && !today(now, s.app.Zone)(l.SessionRow):
		r.Age, r.Tone = "planned "+present.Age(now.Sub(l.PlannedStart))+" ago, nobody arrived", view.Amber
		r.Missing = []string{"Cancel the visit, with the reason."}
	case !l.Over() && !today(now, s.app.Zone)(l.SessionRow):
		r.Age, r.Tone = "nothing recorded for "+present.Age(now.Sub(l.LastAt)), view.Amber
		r.Missing = []string{"The visit was never ended: go on with it at the chair."}
	}
	return r
}

func (s visits) unclosedRow(ctx context.Context, l app.Listed, now time.Time, r *view.WorkRow) {
	ended := l.LastAt
	if !l.DischargedAt.IsZero() {
		ended = l.DischargedAt
	}
	r.Age = "unclosed for " + present.Age(now.Sub(ended))
	if now.Sub(ended) > 24*time.Hour {
		r.Tone = view.Amber
	}
	visit, err := s.app.Visit(ctx, l.ID)
	if err != nil {
		r.Missing = []string{"What is missing could not be read. Open the record."}
		return
	}
	if r.Missing = present.Missing(visit); len(r.Missing) == 0 {
		r.Missing = []string{"Nothing is missing: the record can be closed."}
	}
	s.followUp(visit, r)
}

// followUp says first that somebody still has to call the patient.
func (s visits) followUp(v app.Visit, r *view.WorkRow) {
	text, pressing := present.FollowUp(v)
	if text == "" {
		return
	}
	r.Missing = append([]string{text}, r.Missing...)
	if pressing {
		r.Tone = view.Amber
	}
}

// calledRow is a closed visit whose patient still has to be called.
func (s visits) calledRow(ctx context.Context, l app.Listed, r view.WorkRow) view.WorkRow {
	visit, err := s.app.Visit(ctx, l.ID)
	if err != nil {
		r.Missing, r.Tone = []string{"When to call could not be read. Open the record."}, view.Amber
		return r
	}
	s.followUp(visit, &r)
	return r
}

// Record is one visit as one document; the read is audited.
func (s visits) Record(ctx context.Context, v web.Visitor, id ident.Session) (view.Record, error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.Record{}, err
	}
	then, err := s.app.RowAsDecided(ctx)
	if err != nil {
		return view.Record{}, err
	}
	r := present.Record(visit, s.texts(ctx))
	r.Sections = append(r.Sections, present.DecidedOn(visit, then)...)
	r.Acts = present.DeskActs(visit, v.Actor)
	if may(v, "record.read") && app.BeforeInfusion(visit.State.Phase) {
		r.Acts = append([]view.DeskLink{{Href: "/sessions/" + string(id) + "/today", Label: "Today?", Sub: "what stands in the way of treating today"}}, r.Acts...)
	}
	if session.InRoom(visit.State.Phase) {
		r.Acts = append(r.Acts, view.DeskLink{Href: "/sessions/" + string(id) + "/handover", Label: "Hand-over"})
	}
	if present.MayNeedTransfer(visit) {
		r.Acts = append(r.Acts, view.DeskLink{Href: "/sessions/" + string(id) + "/transfer", Label: "Transfer sheet"})
	}
	if may(v, session.ActKeepSheet) {
		r.Acts = append(r.Acts, view.DeskLink{Href: "/sessions/" + string(id) + "/paper", Label: "Enter from paper"})
	}
	r.Printed = fmt.Sprintf("printed %s by %s", word.Moment(s.app.Now().In(s.app.Zone)), v.Name)
	return r, nil
}

// Asking is what one act at the desk needs; reading it is a read of the record.
func (s visits) Asking(ctx context.Context, v web.Visitor, id ident.Session, what act.Act, of, like string) (web.Asking, error) {
	if err := need(v, what); err != nil {
		return web.Asking{}, err
	}
	visit, err := s.visit(ctx, id)
	if err != nil {
		return web.Asking{}, err
	}
	known, ok := present.Known(visit, what, of)
	if !ok || !present.AtDesk(visit, what) {
		return web.Asking{}, &web.Trouble{Status: http.StatusConflict, What: "This cannot be recorded here as the visit stands now.", Do: "Open the record: it says what it still needs."}
	}
	if err := s.app.AuditRead(ctx, v.Actor, "record", string(id)); err != nil {
		return web.Asking{}, err
	}
	a := web.Asking{Page: present.DeskAct(visit, what, of, s.texts(ctx)), Known: known, Choices: present.Choices(visit), Zone: s.app.Zone}
	reads, err := s.app.MayRead(ctx, v.Actor, id)
	if err != nil {
		return web.Asking{}, err
	}
	if !reads {
		a.Page = withoutRecord(a.Page, v)
	}
	if what != session.ActAttachOrder {
		return a, nil
	}
	err = s.earlierOrders(ctx, visit, ident.Session(like), &a)
	return a, err
}

// withoutRecord is the page of an act to one to whom the record is closed:
// whose visit it is as the lists say it to them, and nothing of the record.
func withoutRecord(p view.DeskAct, v web.Visitor) view.DeskAct {
	p.Facts, p.Missing, p.Earlier, p.Patient.Weight = nil, nil, nil, ""
	if !may(v, "patient.list") {
		p.Patient = view.Patient{Name: p.Patient.Initials, Initials: p.Patient.Initials}
	}
	return p
}

// earlierOrders offers the orders of the patient's last visits as a beginning,
// and takes the one that was asked for.
func (s visits) earlierOrders(ctx context.Context, visit app.Visit, like ident.Session, a *web.Asking) error {
	const most = 3
	before := s.app.Sessions(func(row project.SessionRow) bool { return row.Patient == visit.State.Patient })
	slices.Reverse(before)
	for _, l := range before {
		if l.ID == visit.ID && visit.State.Order == nil || len(a.Page.Earlier) == most {
			continue
		}
		other, err := s.app.Visit(ctx, l.ID)
		if err != nil {
			return err
		}
		if other.State.Order == nil {
			continue
		}
		a.Page.Earlier = append(a.Page.Earlier, view.Option{Value: string(l.ID), Label: word.Day(l.PlannedStart.In(s.app.Zone))})
		if l.ID == like {
			if a.Like, err = present.OrderLike(*other.State.Order); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s visits) visit(ctx context.Context, id ident.Session) (app.Visit, error) {
	visit, err := s.app.Visit(ctx, id)
	if errors.Is(err, app.ErrNoSession) {
		return app.Visit{}, noVisit
	}
	return visit, err
}

var noVisit = &web.Trouble{Status: http.StatusNotFound, What: "There is no such visit.", Do: "Open the list of visits."}

// Schedule is the page that plans a visit.
func (s visits) Schedule(ctx context.Context, v web.Visitor) (view.Schedule, error) {
	if err := need(v, session.ActSchedule); err != nil {
		return view.Schedule{}, err
	}
	patients, err := s.app.Patients(ctx, v.Actor)
	if err != nil {
		return view.Schedule{}, err
	}
	now := s.app.Now().In(s.app.Zone)
	out := view.Schedule{Date: now.Format(time.DateOnly), Time: now.Add(time.Hour).Truncate(15 * time.Minute).Format("15:04")}
	for id, p := range patients {
		out.Patients = append(out.Patients, view.Option{Value: string(id), Label: p.ListName(), Hint: "born " + word.Date(p.Born) + ", " + p.Number})
	}
	slices.SortFunc(out.Patients, func(a, b view.Option) int { return strings.Compare(a.Label, b.Label) })
	for n := 1; n <= s.app.Chairs; n++ {
		out.Chairs = append(out.Chairs, view.Option{Value: fmt.Sprint(n), Label: fmt.Sprintf("Chair %d", n)})
	}
	for _, l := range s.app.Sessions(today(now, s.app.Zone)) {
		out.Planned = append(out.Planned, s.row(ctx, l, patients[l.Patient], now))
	}
	return out, nil
}

// Plan makes a visit. The visit's id comes from the form's key, so that a
// form sent twice makes one visit.
func (s visits) Plan(ctx context.Context, v web.Visitor, id ident.Command, patient ident.Patient, chair ident.Chair, date, clock string, held bool) (ident.Session, error) {
	at, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, s.app.Zone)
	if err != nil {
		return "", &web.Trouble{Status: http.StatusBadRequest, What: "The date or the time could not be read.", Do: "Write the date as 2026-11-23 and the time as 10:40."}
	}
	body, err := json.Marshal(session.Schedule{Patient: patient, Chair: chair, PlannedStart: at.UTC()})
	if err != nil {
		return "", err
	}
	visit := ident.Session(id)
	r := app.Request{Act: session.ActSchedule, Schema: 1, ID: id, Session: visit, OccurredAt: s.app.Now(), Actor: v.Actor, Device: v.Actor.Via, Body: body}
	// The time is not part of what was asked: the same form later is the same form.
	r.Digest = app.Digest(app.Request{Act: r.Act, Schema: 1, Session: visit, Body: body})
	if held {
		r.Paper = &session.Paper{Author: v.Actor.Person}
	}
	began := time.Now()
	ans, err := s.app.Do(ctx, r)
	s.meter.command(r.Act, began, answered(ans, err))
	if err != nil {
		return "", err
	}
	if ans.Refusal != nil {
		return "", refused(ans.Refusal)
	}
	return visit, nil
}

// refused puts a refusal into words for a desk page.
func refused(f *session.Refusal) error {
	t := &web.Trouble{Status: http.StatusUnprocessableEntity, What: f.Message.English(), Do: "Nothing was recorded."}
	if len(f.Needs) > 0 {
		roles := make([]string, len(f.Needs))
		for i, r := range f.Needs {
			roles[i] = string(r)
		}
		t.Status, t.Do = http.StatusForbidden, "It needs: "+strings.Join(roles, " or ")+"."
	}
	return t
}
