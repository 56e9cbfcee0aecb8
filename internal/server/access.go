package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// readable reads a visit for one who may read its record: by role, or opened
// in an emergency. The read is audited; a refused one reads nothing.
func (s visits) readable(ctx context.Context, v web.Visitor, id ident.Session) (app.Visit, error) {
	visit, err := s.visit(ctx, id)
	if err != nil {
		return app.Visit{}, err
	}
	ok, err := s.app.MayRead(ctx, v.Actor, id)
	if err != nil {
		return app.Visit{}, err
	}
	if !ok {
		return app.Visit{}, closedTo(v, visit)
	}
	return visit, s.app.AuditRead(ctx, v.Actor, "record", string(id))
}

// closedTo says that the record is closed, and offers to open it to those who may.
func closedTo(v web.Visitor, visit app.Visit) error {
	if err := need(v, "record.break-glass"); err != nil {
		return need(v, "record.read")
	}
	var roles []string
	for _, r := range act.May(v.Actor, "record.read").Needs {
		roles = append(roles, string(r))
	}
	p := view.Closed{
		Session: string(visit.ID), Initials: visit.Patient.Initials(), Needs: strings.Join(roles, ", "),
		When: word.Weekday(visit.State.PlannedStart.In(visit.Zone)) + " · chair " + visit.State.Chair.String(),
	}
	for _, r := range app.AccessReasons() {
		p.Reasons = append(p.Reasons, view.Option{Value: string(r), Label: r.Text()})
	}
	return &web.Closed{Page: p}
}

// OpenRecord opens a record in an emergency.
func (s visits) OpenRecord(ctx context.Context, v web.Visitor, id ident.Command, visit ident.Session, reason, words string) error {
	if err := need(v, "record.break-glass"); err != nil {
		return err
	}
	err := s.app.OpenRecord(ctx, v.Actor, id, visit, app.AccessReason(reason), words)
	if errors.Is(err, app.ErrNoSession) {
		return noVisit
	}
	return accessWords(err)
}

// ReviewAccess records what the director found.
func (s visits) ReviewAccess(ctx context.Context, v web.Visitor, id, access ident.Command, justified bool, remark string) error {
	if err := need(v, "record.review-access"); err != nil {
		return err
	}
	return accessWords(s.app.ReviewAccess(ctx, v.Actor, id, access, justified, remark))
}

func accessWords(err error) error {
	switch {
	case errors.Is(err, app.ErrMalformed):
		return badInput(err)
	case errors.Is(err, app.ErrOwnAccess):
		return &web.Trouble{Status: http.StatusConflict, What: "Nobody reviews their own access.", Do: "Another director does."}
	}
	return err
}

// reviewLate is after how long a review that was not made is amber: ours.
const reviewLate = 24 * time.Hour

// Accesses lists what was opened in an emergency.
func (s visits) Accesses(ctx context.Context, v web.Visitor) (view.Accesses, error) {
	if err := need(v, "record.review-access"); err != nil {
		return view.Accesses{}, err
	}
	all, err := s.app.Accesses(ctx, v.Actor)
	if err != nil {
		return view.Accesses{}, err
	}
	patients, err := s.app.Patients(ctx, v.Actor)
	if err != nil {
		return view.Accesses{}, err
	}
	names := s.app.Names(ctx)
	var out view.Accesses
	for _, x := range all {
		row := s.accessRow(ctx, x, names)
		row.Own = x.Person == v.Actor.Person
		if visit, err := s.app.Visit(ctx, x.Session); err == nil {
			row.Patient = patients[visit.State.Patient].ListName()
		}
		if x.Reviewed() {
			out.Reviewed = append(out.Reviewed, row)
		} else {
			out.Open = append(out.Open, row)
		}
	}
	return out, nil
}

func (s visits) accessRow(ctx context.Context, x app.Access, names map[ident.Person]string) view.AccessRow {
	now := s.app.Now()
	row := view.AccessRow{
		ID: string(x.ID), Session: string(x.Session), Who: names[x.Person], When: present.When(x.At, now, s.app.Zone),
		Reason: x.Reason.Text(), Words: s.app.Text(ctx, x.Words), Tone: view.Plain,
	}
	if !x.Reviewed() {
		row.Age = "waits for " + present.Age(now.Sub(x.At))
		if now.Sub(x.At) > reviewLate {
			row.Tone = view.Amber
		}
		return row
	}
	row.Verdict, row.Remark = "justified", s.app.Text(ctx, x.Remark)
	if !x.Justified {
		row.Verdict, row.Tone = "not justified", view.Amber
	}
	row.Verdict += ", " + names[x.ReviewedBy] + ", " + present.When(x.ReviewedAt, now, s.app.Zone)
	return row
}
