package project

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// CoursesName is the name of the index of courses.
const CoursesName = "courses.1"

// CourseRow is one course in the index: enough for the lists of who waits for
// what.
type CourseRow struct {
	Patient    ident.Patient  `json:"patient"`
	ReferredAt time.Time      `json:"referred_at"`
	Received   string         `json:"received"`
	Outcome    course.Outcome `json:"outcome,omitempty"`
	DecidedAt  time.Time      `json:"decided_at,omitzero"`
	Planned    bool           `json:"planned,omitempty"`
	// Reevaluate is the last day on which the course is looked at anew.
	Reevaluate string     `json:"reevaluate,omitempty"`
	EndedAt    time.Time  `json:"ended_at,omitzero"`
	Owed       []OwedItem `json:"owed,omitempty"`
	// Links are all that were given; whether one opens anything the course says.
	Links []LinkRow `json:"links,omitempty"`
	// Wrote are the sequences of what the patient wrote and what may wait for a
	// clinician: the course says whether it does.
	Wrote    []int64   `json:"wrote,omitempty"`
	LastAt   time.Time `json:"last_at"`
	Sequence int64     `json:"sequence"`
	Position int64     `json:"position"`
}

// OwedItem is what somebody was asked for and did not bring yet.
type OwedItem struct {
	Asked int64           `json:"asked"` // sequence of the asking
	From  course.Party    `json:"from"`
	Items []string        `json:"items,omitempty"` // inputs that are missing
	Text  journal.Private `json:"text,omitzero"`
	Since time.Time       `json:"since"`
}

// LinkRow is a link in the index: its secret is known by what it hashes to.
type LinkRow struct {
	Link ident.Command `json:"link"`
	Hash string        `json:"sha256"`
}

// Open reports whether the course goes on.
func (r CourseRow) Open() bool { return r.Patient != "" && r.EndedAt.IsZero() }

// CourseOf returns the course a record belongs to.
func CourseOf(r journal.Record) (ident.Course, bool) {
	id, ok := strings.CutPrefix(string(r.Stream), course.Prefix)
	return ident.Course(id), ok
}

// DecodeCourseRow reads a stored row.
func DecodeCourseRow(body []byte) (CourseRow, error) {
	var row CourseRow
	if err := json.Unmarshal(body, &row); err != nil {
		return CourseRow{}, fmt.Errorf("decode row of the index of courses: %w", err)
	}
	return row, nil
}

// FoldCourse adds one record to a row.
func FoldCourse(row CourseRow, r journal.Record) (CourseRow, error) {
	if r.Sequence <= row.Sequence {
		return row, nil
	}
	e, err := course.Codec.Open(r)
	if err != nil {
		return row, fmt.Errorf("fold entry %d into the index of courses: %w", r.Position, err)
	}
	row.Sequence, row.Position, row.LastAt = r.Sequence, r.Position, e.RecordedAt
	switch ev := e.Event.(type) {
	case course.Referred:
		row.Patient, row.Received, row.ReferredAt = ev.Patient, ev.Received, e.EffectiveAt
	case course.Stated:
		row.Owed = brought(row.Owed, ev)
	case course.InformationAsked:
		row.Owed = append(slices.Clip(row.Owed), OwedItem{Asked: e.Sequence, From: ev.From, Items: ev.Items, Text: ev.Text, Since: e.EffectiveAt})
	case course.InformationEnded:
		row.Owed = slices.DeleteFunc(slices.Clone(row.Owed), func(o OwedItem) bool { return o.Asked == ev.Asked })
	case course.Decided:
		if !e.EffectiveAt.Before(row.DecidedAt) {
			row.Outcome, row.DecidedAt = ev.Outcome, e.EffectiveAt
		}
	case course.Planned:
		row.Planned, row.Reevaluate = true, ev.Reevaluate
	case course.Reevaluated:
		row.Reevaluate = ev.Next
	case course.Discontinued:
		row.EndedAt, row.Reevaluate, row.Owed = e.EffectiveAt, "", nil
	case course.PriorTold, course.MedicinesListed, course.AllergiesListed, course.InfusionsListed, course.Screened, course.FindingAccepted,
		course.ConsentSigned, course.ConsentWithdrawn,
		course.LinkOpened, course.LinkMissed, course.LinkEnded, course.Struck:
		// the index does not show these
	case course.LinkGiven:
		row.Links = append(slices.Clip(row.Links), LinkRow{Link: ev.Link, Hash: ev.Hash})
	case course.PatientTold:
		row.Wrote = append(slices.Clip(row.Wrote), e.Sequence)
	case course.PatientLearned:
		if slices.ContainsFunc(ev.Answers, func(m course.Marked) bool { return !m.Right }) {
			row.Wrote = append(slices.Clip(row.Wrote), e.Sequence)
		}
	case course.PatientPrepared:
		if len(ev.Left) > 0 {
			row.Wrote = append(slices.Clip(row.Wrote), e.Sequence)
		}
	case course.TakenUp:
		row.Wrote = slices.DeleteFunc(slices.Clone(row.Wrote), func(n int64) bool { return n == ev.Told })
	}
	return row, nil
}

// brought takes what was stated off what is owed. What nobody knows is owed still.
func brought(owed []OwedItem, ev course.Stated) []OwedItem {
	var out []OwedItem
	for _, o := range owed {
		items := slices.DeleteFunc(slices.Clone(o.Items), func(name string) bool {
			return slices.ContainsFunc(ev.List, func(s course.Statement) bool {
				return s.Name() == name && s.Answer != string(rule.NotAsked) && s.Answer != "unknown"
			})
		})
		if len(o.Items) > 0 && len(items) == 0 {
			continue
		}
		o.Items = items
		out = append(out, o)
	}
	return out
}

// Courses is the index of courses, as the store applies it.
type Courses struct{}

// Name is the projection's name.
func (Courses) Name() string { return CoursesName }

// Keys lists the rows a record touches.
func (Courses) Keys(r journal.Record) []string {
	if id, ok := CourseOf(r); ok {
		return []string{string(id)}
	}
	return nil
}

// Fold adds a record to a row.
func (Courses) Fold(_ string, body []byte, r journal.Record) ([]byte, error) {
	var row CourseRow
	if len(body) > 0 {
		var err error
		if row, err = DecodeCourseRow(body); err != nil {
			return nil, err
		}
	}
	row, err := FoldCourse(row, r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(row)
}
