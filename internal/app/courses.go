package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
)

// ErrNoCourse is the error of a course that is not in the record.
var ErrNoCourse = errors.New("no such course")

// courses keep the index of all courses, and how each patient's was judged last:
// the gates of a visit are drawn all day long.
type courses struct {
	refer  sync.Mutex // held by one referral: a patient has one open course
	mu     sync.Mutex // held for map accesses, never for I/O
	rows   map[ident.Course]project.CourseRow
	judged map[judgedAs]judged
	moves  uint64 // grows with every entry of a course
}

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

// moved forgets what was read before an entry.
func (c *courses) moved() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows, c.judged = nil, nil
	c.moves++
}

func (c *courses) kept() (map[ident.Course]project.CourseRow, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rows, c.moves
}

// keep keeps what was read, unless there is more by now.
func (c *courses) keep(rows map[ident.Course]project.CourseRow, moves uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moves == moves {
		c.rows = rows
	}
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

// CourseRequest is one command of a course as it came in, its author already
// authenticated.
type CourseRequest struct {
	Act    act.Act
	Schema int
	ID     ident.Command
	Course ident.Course
	// OccurredAt as claimed; Offset is the client's clock minus ours.
	OccurredAt time.Time
	Offset     time.Duration
	Actor      act.Actor
	Body       []byte
}

func (r CourseRequest) digest() [32]byte {
	h := sha256.New()
	for _, part := range []string{string(r.Act), strconv.Itoa(r.Schema), string(r.Course), string(r.Body)} {
		_, _ = h.Write([]byte(strconv.Itoa(len(part)) + ":" + part)) // a hash takes everything
	}
	return [32]byte(h.Sum(nil))
}

// DoCourse takes one command of a course through authority, decision and append. A
// refusal is an answer, not an error; an error means nothing was written and the
// command may be sent again with the same id.
func (a *App) DoCourse(ctx context.Context, r CourseRequest) (*course.Refusal, error) {
	if !ident.Valid(r.ID) || !ident.Valid(r.Course) {
		return nil, fmt.Errorf("%w: the command or the course has no proper id", ErrMalformed)
	}
	cmd, err := course.DecodeCommand(r.Act, r.Schema, r.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	digest := r.digest()
	if _, done, err := a.Store.Outcome(ctx, r.ID, digest); err != nil || done {
		return nil, err
	}
	if p := act.May(r.Actor, r.Act); !p.Allowed {
		refused := notAllowed(p)
		return &course.Refusal{Rule: refused.Rule, Message: refused.Message, Needs: refused.Needs}, nil
	}
	if c, ok := cmd.(course.SignConsent); ok { // that these are the words that were read, the hash shows
		c.Words = journal.Say(a.Consent.Text())
		cmd = c
	}
	cmd, details, err := sealed(a, cmd)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if r.Act == course.ActRefer {
		a.courses.refer.Lock()
		defer a.courses.refer.Unlock()
	}
	for range maxTries {
		refusal, err := a.tryCourse(ctx, r, cmd, digest, details)
		if errors.Is(err, journal.ErrConflict) {
			a.rooms.drop() // it may be the house that moved on
			continue
		}
		return refusal, err
	}
	return nil, fmt.Errorf("append to course: %w after %d tries", journal.ErrConflict, maxTries)
}

func (a *App) tryCourse(ctx context.Context, r CourseRequest, cmd course.Command, digest [32]byte, details []journal.Detail) (*course.Refusal, error) {
	s, err := a.readCourse(ctx, r.Course)
	if err != nil {
		return nil, err
	}
	env, houseSeq, err := a.courseEnv(ctx, r, s, cmd)
	if err != nil {
		return nil, err
	}
	d, refusal := course.Decide(s, cmd, env)
	if refusal != nil {
		return refusal, nil
	}
	stream := course.StreamOf(r.Course)
	b := journal.Batch{
		Command: r.ID, Digest: digest, OccurredAt: r.OccurredAt, RecordedAt: journal.Time(env.Now), Actor: r.Actor, Device: r.Actor.Via,
		Details: details, Expect: []journal.Expect{{Stream: stream, Sequence: s.Sequence}},
	}
	if cmd.Planned() {
		b.Expect = append(b.Expect, journal.Expect{Stream: houseStream, Sequence: houseSeq})
	}
	for _, ev := range d.Events {
		typ, version, payload, err := course.Codec.Encode(ev)
		if err != nil {
			return nil, fmt.Errorf("encode entry: %w", err)
		}
		b.Events = append(b.Events, journal.Draft{Stream: stream, Type: typ, Version: version, Payload: payload, EffectiveAt: d.EffectiveAt})
	}
	result, err := a.Store.Append(ctx, b)
	a.recordWrites.note(err)
	if err != nil {
		return nil, fmt.Errorf("append to course: %w", err)
	}
	a.courses.moved()
	a.moved(result)
	return nil, nil
}

// courseEnv gathers everything a decision on a course may look at.
func (a *App) courseEnv(ctx context.Context, r CourseRequest, s course.State, cmd course.Command) (course.Env, int64, error) {
	h, err := a.house(ctx)
	if err != nil {
		return course.Env{}, 0, err
	}
	e := course.Env{
		Now: a.Now().In(a.Zone), OccurredAt: r.OccurredAt, Offset: r.Offset, Actor: r.Actor,
		Adopted: a.adopted(h), Library: a.Knows().Library.Hash, Medicines: a.Knows().Screening.Table(),
	}
	switch c := cmd.(type) {
	case course.Refer:
		if _, e.KnownPatient, err = a.patients.get(ctx, c.Patient); err != nil {
			return course.Env{}, 0, err
		}
		if e.Other, err = a.openCourse(ctx, c.Patient); err != nil {
			return course.Env{}, 0, err
		}
	case course.SignConsent:
		e.Document = a.document()
		if e.Sedated, err = a.sedated(ctx, s.Patient); err != nil {
			return course.Env{}, 0, err
		}
	case course.AcceptFinding, course.DecideCourse:
		found, err := a.screenToday(ctx, s, e.Now)
		if err != nil {
			return course.Env{}, 0, err
		}
		e.Checked = a.checked(found)
	case course.Strike:
		e.Checked, e.Without = a.struck(ctx, s, c.Striking, e.Now)
	case course.Tell:
		e.Asked = a.asked()
	case course.Learn:
		e.Reading = a.toRead()
	case course.Prepare:
		e.Day = course.Day{Hash: a.Instructions.Hash(), Items: a.Instructions.Confirmed()}
		e.NextVisit, _ = a.nextVisit(s.Patient, e.Now)
	default:
		// nothing else is looked at
	}
	return e, h.Sequence, nil
}

// struck is what the rules say, and what they would say with one thing struck. What
// cannot be worked out is nil: it is never refused to say that something was wrong,
// but then it takes who answers for findings.
func (a *App) struck(ctx context.Context, s course.State, x course.Striking, now time.Time) (is, without []course.Checked) {
	before, err := a.screenToday(ctx, s, now)
	after, errAfter := a.screenToday(ctx, s.Without(x), now)
	if err := errors.Join(err, errAfter); err != nil {
		a.Log.WarnContext(ctx, "a course could not be screened", "error", err)
		return nil, nil
	}
	return a.checked(before), a.checked(after)
}

// readCourse folds one course from the record; the zero State for one that nobody
// opened.
func (a *App) readCourse(ctx context.Context, id ident.Course) (course.State, error) {
	records, err := a.Store.Load(ctx, course.StreamOf(id))
	if err != nil {
		return course.State{}, fmt.Errorf("load course: %w", err)
	}
	entries := make([]course.Entry, len(records))
	for i, r := range records {
		if entries[i], err = course.Codec.Open(r); err != nil {
			return course.State{}, fmt.Errorf("read course: %w", err)
		}
	}
	return course.Fold(entries), nil
}

// Courses returns the index of courses. It is not to be changed.
func (a *App) Courses(ctx context.Context) (map[ident.Course]project.CourseRow, error) {
	rows, moves := a.courses.kept()
	if rows != nil {
		return rows, nil
	}
	stored, err := a.Store.Projection(ctx, project.CoursesName)
	if err != nil {
		return nil, fmt.Errorf("read index of courses: %w", err)
	}
	out := make(map[ident.Course]project.CourseRow, len(stored))
	for key, body := range stored {
		row, err := project.DecodeCourseRow(body)
		if err != nil {
			return nil, err
		}
		out[ident.Course(key)] = row
	}
	a.courses.keep(out, moves)
	return out, nil
}

// openCourse is the patient's open course; empty for none.
func (a *App) openCourse(ctx context.Context, id ident.Patient) (ident.Course, error) {
	rows, err := a.Courses(ctx)
	if err != nil {
		return "", err
	}
	for key, row := range rows {
		if row.Patient == id && row.Open() {
			return key, nil
		}
	}
	return "", nil
}

// Course is one course as a page needs it.
type Course struct {
	ID      ident.Course
	State   course.State
	Patient Patient
	// Found is what every rule says now; nil where the rules could not be run, and
	// then Trouble says why.
	Found   []library.Found
	Checked []course.Checked // the same, as decisions see it
	Trouble string
	Now     time.Time
}

// Course reads one course, and runs the rules over it as of now.
func (a *App) Course(ctx context.Context, id ident.Course) (Course, error) {
	s, err := a.readCourse(ctx, id)
	if err != nil {
		return Course{}, err
	}
	if s.Patient == "" {
		return Course{}, ErrNoCourse
	}
	c := Course{ID: id, State: s, Now: a.Now().In(a.Zone)}
	if c.Patient, _, err = a.patients.get(ctx, s.Patient); err != nil {
		return Course{}, err
	}
	if c.Found, err = a.screenToday(ctx, s, c.Now); err != nil {
		a.Log.WarnContext(ctx, "a course could not be screened", "error", err)
	}
	if len(c.Found) == 0 {
		c.Trouble = "The rules could not be run over what is recorded. Nothing was checked."
	}
	c.Checked = a.checked(c.Found)
	return c, nil
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

// AuditCourse writes that somebody read a course.
func (a *App) AuditCourse(ctx context.Context, who act.Actor, id ident.Course, patient ident.Patient) error {
	payload, err := json.Marshal(struct {
		Course  ident.Course  `json:"course"`
		Patient ident.Patient `json:"patient"`
	}{id, patient})
	if err != nil {
		return fmt.Errorf("audit read: %w", err)
	}
	return a.auditRead(ctx, journal.AuditDraft{Type: "read", Version: 1, Payload: payload, Actor: who, Device: who.Via, At: a.Now()})
}

// document is the consent document that the server has.
func (a *App) document() course.Document {
	if !a.Consent.Ready() {
		return course.Document{}
	}
	return course.Document{Hash: a.Consent.Hash(), Language: "en", Months: a.Consent.Months(), Infusions: a.Consent.Infusions()}
}

// sedated reports whether the patient is in the room with ketamine, or another drug,
// given, and has not been discharged.
func (a *App) sedated(ctx context.Context, id ident.Patient) (bool, error) {
	for _, row := range a.sessions.of(id) {
		if !session.InRoom(row.Phase) {
			continue
		}
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return false, err
		}
		premed := h.state.Precheck.Premed
		if !h.state.StartedAt.IsZero() || len(h.state.Drugs) > 0 || (premed != nil && premed.Given) {
			return true, nil
		}
	}
	return false, nil
}

// ConsentOf judges a patient's consent by the course and by the visits since.
func (a *App) ConsentOf(c CourseFacts, id ident.Patient, now time.Time) course.ConsentStanding {
	var given []time.Time
	var withdrawn time.Time
	for _, row := range a.sessions.of(id) {
		if !row.StartedAt.IsZero() {
			given = append(given, row.StartedAt)
		}
		if row.Withdrawn.After(withdrawn) {
			withdrawn = row.Withdrawn
		}
	}
	return c.State.ConsentStanding(now.In(a.Zone).Format(time.DateOnly), given, withdrawn, a.document().Hash)
}

// consentState is what a visit's decisions may know of the patient's consent.
func (a *App) consentState(ctx context.Context, s session.State, now time.Time) session.ConsentState {
	var c CourseFacts
	switch {
	case runs(s.Phase):
		c = a.courseUnderWay(ctx, s.Patient, a.visitSays(s, now), now)
	case asksCourse(s.Phase) || s.Withdrawn != nil:
		c = a.CourseOf(ctx, s.Patient, now)
	default:
		return session.ConsentState{} // nothing asks
	}
	if !c.Known {
		return session.ConsentState{}
	}
	st := a.ConsentOf(c, s.Patient, now)
	return session.ConsentState{Known: true, Has: st.Has, At: st.At, Withdrawn: st.Withdrawn, Expired: st.Expired, Used: st.Used, Changed: st.Changed}
}

// amounts are what past visits gave, each worked out once for its last entry.
type amounts struct {
	mu sync.Mutex // held for map accesses, never for I/O
	of map[ident.Session]amount
}

type amount struct {
	sequence int64
	infusion exposure.Infusion
}

// Exposure is the ketamine that this clinic gave a patient, in the windows that end
// now.
func (a *App) Exposure(ctx context.Context, id ident.Patient) ([]exposure.Window, error) {
	var all []exposure.Infusion
	now := a.Now()
	most := now.AddDate(0, 0, -slices.Max(exposure.Days()))
	for _, row := range a.sessions.of(id) {
		if row.StartedAt.IsZero() || (!row.StoppedAt.IsZero() && row.StoppedAt.Before(most)) {
			continue
		}
		one, err := a.amountOf(ctx, row, now)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return exposure.Windows(all, now), nil
}

// Given is the same for an order: where it cannot be read, nobody says that a cap is
// kept.
func (a *App) Given(ctx context.Context, id ident.Patient) protocol.Given {
	windows, err := a.Exposure(ctx, id)
	if err != nil {
		a.Log.WarnContext(ctx, "earlier visits could not be read for what was given", "error", err)
		return protocol.Given{}
	}
	return protocol.Given{Known: true, Windows: windows}
}

// amountOf is what one visit gave until now.
func (a *App) amountOf(ctx context.Context, row Listed, now time.Time) (exposure.Infusion, error) {
	a.amounts.mu.Lock()
	known, ok := a.amounts.of[row.ID]
	a.amounts.mu.Unlock()
	if ok && known.sequence == row.Sequence && !row.StoppedAt.IsZero() {
		return known.infusion, nil
	}
	h, err := a.sessions.get(ctx, row.ID)
	if err != nil {
		return exposure.Infusion{}, err
	}
	end := row.StoppedAt
	if end.IsZero() {
		end = now // it runs
	}
	t := h.state.TotalsAt(now)
	out := exposure.Infusion{Ended: end, Mass: t.Mass, Dose: t.Dose, Known: true}
	a.amounts.mu.Lock()
	defer a.amounts.mu.Unlock()
	if a.amounts.of == nil {
		a.amounts.of = map[ident.Session]amount{}
	}
	a.amounts.of[row.ID] = amount{row.Sequence, out}
	return out, nil
}
