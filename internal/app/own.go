package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
)

// ErrNoLink is the one error of a link that was used, is over, was taken back or was
// never given: it says nothing of any patient.
var ErrNoLink = errors.New("this link does not open anything")

// ByPatient is the author of what comes over a link whose holder gave the date of birth.
func ByPatient(proved time.Time) act.Actor {
	return act.Actor{Kind: act.Patient, Proof: act.Link, ProvedAt: proved}
}

// LinkBy finds the link whose secret hashes to hash, in hex, with its course.
func (a *App) LinkBy(ctx context.Context, hash string) (ident.Course, course.Link, error) {
	rows, err := a.Courses(ctx)
	if err != nil {
		return "", course.Link{}, err
	}
	for id, row := range rows {
		if !slices.ContainsFunc(row.Links, func(l project.LinkRow) bool { return l.Hash == hash }) {
			continue
		}
		s, err := a.readCourse(ctx, id)
		if err != nil {
			return "", course.Link{}, err
		}
		if l, ok := s.LinkBy(hash); ok && s.Ended == nil {
			return id, l, nil
		}
	}
	return "", course.Link{}, ErrNoLink
}

// Own is what a patient's own pages may know: the course as far as the patient wrote it,
// and the visit that is planned next.
type Own struct {
	Course  ident.Course
	Link    course.Link
	State   course.State
	Born    string // YYYY-MM-DD
	Visit   ident.Session
	VisitAt time.Time // zero where none is planned
	Now     time.Time
}

// OwnPages reads what a patient's own pages show, of a link that lives.
func (a *App) OwnPages(ctx context.Context, id ident.Course, link ident.Command) (Own, error) {
	s, err := a.readCourse(ctx, id)
	if err != nil {
		return Own{}, err
	}
	now := a.Now().In(a.Zone)
	l, ok := s.LinkOf(link)
	if !ok || l.Dead(now) || s.Ended != nil {
		return Own{}, ErrNoLink
	}
	p, known, err := a.patients.get(ctx, s.Patient)
	if err != nil {
		return Own{}, err
	}
	if !known {
		return Own{}, ErrNoLink
	}
	out := Own{Course: id, Link: l, State: s, Born: p.Born, Now: now}
	out.Visit, out.VisitAt = a.nextVisit(s.Patient, now)
	return out, nil
}

// nextVisit is the visit of a patient that is planned next.
func (a *App) nextVisit(id ident.Patient, now time.Time) (ident.Session, time.Time) {
	var visit ident.Session
	var at time.Time
	for _, row := range a.sessions.of(id) {
		if row.Phase != session.PhaseScheduled || row.PlannedStart.Before(now) {
			continue
		}
		if at.IsZero() || row.PlannedStart.Before(at) {
			visit, at = row.ID, row.PlannedStart.In(a.Zone)
		}
	}
	return visit, at
}

// Wrote are the open courses whose patients wrote what somebody has to look at, with
// what waits, by course.
func (a *App) Wrote(ctx context.Context) (map[ident.Course][]course.Told, error) {
	rows, err := a.Courses(ctx)
	if err != nil {
		return nil, err
	}
	out := map[ident.Course][]course.Told{}
	for id, row := range rows {
		if !row.Open() || len(row.Wrote) == 0 {
			continue
		}
		s, err := a.readCourse(ctx, id)
		if err != nil {
			return nil, err
		}
		if w := s.Waiting(); len(w) > 0 {
			out[id] = w
		}
	}
	return out, nil
}

// asked are the inputs that patients are asked themselves.
func (a *App) asked() []string {
	var out []string
	for _, q := range a.Intake.Rows {
		out = append(out, q.Input)
	}
	return out
}

// toRead is what patients are given to read, as decisions see it.
func (a *App) toRead() course.ToRead {
	out := course.ToRead{Hash: a.Education.Hash(), Right: map[string]string{}}
	for _, l := range a.Education.Pages(library.ReadPage) {
		out.Pages = append(out.Pages, l.ID)
		for _, q := range l.Questions {
			out.Right[q.ID] = q.Right
		}
	}
	return out
}
