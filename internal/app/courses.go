package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
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
