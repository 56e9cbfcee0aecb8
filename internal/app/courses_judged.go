package app

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
)

// judgedAs is for what a patient's course was judged: for its own pages and what is
// to be given, or for an infusion under way.
type judgedAs struct {
	patient  ident.Patient
	underWay bool
}

// judged is how a course stood in one minute, after so many entries.
type judged struct {
	minute int64
	moves  uint64
	said   []course.Statement // by the visit that asked
	facts  CourseFacts
}

func (c *courses) keptJudged(id judgedAs, minute int64, said []course.Statement) (CourseFacts, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j, ok := c.judged[id]
	return j.facts, c.moves, ok && j.minute == minute && j.moves == c.moves && slices.Equal(j.said, said)
}

func (c *courses) keepJudged(id judgedAs, j judged) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.judged == nil {
		c.judged = map[judgedAs]judged{}
	}
	c.judged[id] = j
}

// screen runs every rule of the library over a course, as of now, with what the
// patient's visit asked and measured.
func (a *App) screen(ctx context.Context, s course.State, visit []course.Statement, now time.Time) ([]library.Found, error) {
	if !a.Knows().Screening.Ready() {
		return nil, nil
	}
	p, _, err := a.patients.get(ctx, s.Patient)
	if err != nil {
		return nil, err
	}
	own, err := a.given(ctx, s.Patient)
	if err != nil {
		return nil, err
	}
	snap, err := s.With(visit).Snapshot(now, p.Born, own)
	if err != nil {
		return nil, err
	}
	return a.Knows().Screening.Screen(snap), nil
}

// given are the infusions of ketamine that this clinic's own record knows of.
// Those of one course are one series.
func (a *App) given(ctx context.Context, id ident.Patient) ([]course.Given, error) {
	rows, err := a.Courses(ctx)
	if err != nil {
		return nil, err
	}
	var begun []time.Time
	for _, row := range rows {
		if row.Patient == id {
			begun = append(begun, row.ReferredAt)
		}
	}
	slices.SortFunc(begun, time.Time.Compare)
	var out []course.Given
	for _, row := range a.sessions.of(id) {
		if row.StartedAt.IsZero() || !row.StoppedAt.After(row.StartedAt) {
			continue
		}
		series := 1
		for i, at := range begun {
			if !at.After(row.StartedAt) {
				series = i + 1
			}
		}
		hours := math.Max(math.Round(row.StoppedAt.Sub(row.StartedAt).Hours()*100)/100, 0.01)
		out = append(out, course.Given{EndedAt: row.StoppedAt.In(a.Zone).Format(time.RFC3339), Hours: strconv.FormatFloat(hours, 'f', -1, 64), Series: series})
	}
	slices.SortFunc(out, func(x, y course.Given) int { return cmp.Compare(x.EndedAt, y.EndedAt) })
	return out, nil
}

// checked is what was found, as decisions see it. A rule that is asked of today
// only is none of the course's.
func (a *App) checked(found []library.Found) []course.Checked {
	var out []course.Checked
	rows := map[string]library.ScreenRule{}
	for _, r := range a.Knows().Screening.Rules() {
		rows[r.ID] = r
	}
	for _, f := range found {
		r := rows[f.Rule]
		x := course.Checked{May: r.MayOverride, Verdict: course.Verdict{
			Rule: f.Rule, Version: r.Version, Result: f.Result, Policy: course.Policy(f.Policy), Today: !slices.Contains(r.Asked, "course"),
		}}
		for _, in := range f.Inputs {
			x.Inputs = append(x.Inputs, course.Looked(in))
		}
		for _, l := range f.Missing {
			x.Lacks = append(x.Lacks, course.Lack{Input: l.Input, Why: l.Why})
		}
		out = append(out, x)
	}
	return out
}

// CourseFacts is how a patient's course stands for a visit.
type CourseFacts struct {
	// Known says that the course could be read and judged.
	Known bool
	// Has says that there is one.
	Has      bool
	ID       ident.Course
	Sequence int64 // of its last entry
	Standing course.Standing
	State    course.State
	Found    []library.Found // what every rule says; nobody changes it
}

// CourseOf judges the patient's open course, or the one that ended last, as of now.
func (a *App) CourseOf(ctx context.Context, id ident.Patient, now time.Time) CourseFacts {
	return a.courseOf(ctx, id, nil, now)
}

// courseOf judges it with what a visit of the patient asked and measured.
func (a *App) courseOf(ctx context.Context, id ident.Patient, visit []course.Statement, now time.Time) CourseFacts {
	return a.judgedOnce(ctx, judgedAs{patient: id}, now.Unix()/60, visit, now)
}

// courseUnderWay judges it for a visit whose infusion has begun: what is found is new
// only when the course's record moves, so that it is not judged anew each minute.
func (a *App) courseUnderWay(ctx context.Context, id ident.Patient, visit []course.Statement, now time.Time) CourseFacts {
	return a.judgedOnce(ctx, judgedAs{patient: id, underWay: true}, 0, visit, now)
}

func (a *App) judgedOnce(ctx context.Context, as judgedAs, minute int64, visit []course.Statement, now time.Time) CourseFacts {
	facts, moves, ok := a.courses.keptJudged(as, minute, visit)
	if ok {
		return facts
	}
	facts, err := a.judgeCourse(ctx, as.patient, visit, now)
	if err != nil {
		a.Log.WarnContext(ctx, "a patient's course could not be judged", "error", err)
		return CourseFacts{}
	}
	a.courses.keepJudged(as, judged{minute, moves, visit, facts})
	return facts
}

// courseState is what a visit may know of the patient's course. The gates ask before
// the infusion. While it runs only what is found since counts: an input that grows too
// old meanwhile is not something new about the patient.
func (a *App) courseState(ctx context.Context, s session.State, now time.Time) session.CourseState {
	var c CourseFacts
	switch {
	case asksCourse(s.Phase):
		c = a.courseOf(ctx, s.Patient, a.visitSays(s, now), now)
	case runs(s.Phase):
		c = a.courseUnderWay(ctx, s.Patient, a.visitSays(s, now), now)
		c.Standing.New = slices.DeleteFunc(slices.Clone(c.Standing.New), func(v course.Verdict) bool { return v.Result != rule.Finding })
	default:
		return session.CourseState{}
	}
	st := c.Standing
	out := session.CourseState{
		Known: c.Known, Has: c.Has, Decided: string(st.Decided), At: st.At, Planned: st.Planned, Overdue: st.Overdue, Over: st.Over,
	}
	for _, v := range st.New {
		out.New = append(out.New, v.Rule)
	}
	if c.State.Medicines != nil {
		out.MedicinesAt = c.State.Medicines.At
	}
	return out
}

func (a *App) judgeCourse(ctx context.Context, id ident.Patient, visit []course.Statement, now time.Time) (CourseFacts, error) {
	rows, err := a.Courses(ctx)
	if err != nil {
		return CourseFacts{}, err
	}
	latest := latestCourse(rows, id)
	if latest == "" {
		return CourseFacts{Known: true}, nil
	}
	s, err := a.readCourse(ctx, latest)
	if err != nil {
		return CourseFacts{}, err
	}
	now = now.In(a.Zone)
	found, err := a.screen(ctx, s, visit, now)
	if err != nil {
		return CourseFacts{}, err
	}
	if len(found) == 0 {
		return CourseFacts{}, errors.New("no rules")
	}
	var verdicts []course.Verdict
	for _, x := range a.checked(found) {
		verdicts = append(verdicts, x.Verdict)
	}
	return CourseFacts{Known: true, Has: true, ID: latest, Sequence: s.Sequence, State: s, Found: found, Standing: s.Standing(verdicts, now.Format(time.DateOnly))}, nil
}

// latestCourse is the patient's open course, else the one that was referred last.
func latestCourse(rows map[ident.Course]project.CourseRow, id ident.Patient) ident.Course {
	var latest ident.Course
	for key, row := range rows {
		before := rows[latest]
		switch {
		case row.Patient != id:
		case latest == "", row.Open() && !before.Open():
			latest = key
		case row.Open() == before.Open() && row.ReferredAt.After(before.ReferredAt):
			latest = key
		}
	}
	return latest
}
