package project

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// foldCourse adds events to a row, a minute apart, as the store does.
func foldCourse(t *testing.T, row CourseRow, events ...course.Event) CourseRow {
	t.Helper()
	for _, ev := range events {
		typ, version, payload, err := course.Codec.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		n := row.Sequence + 1
		at := begin.Add(time.Duration(n) * time.Minute)
		r := journal.Record{
			Stream: course.StreamOf("c"), Position: 100 + n, Sequence: n, Type: typ, Version: version, Payload: payload,
			OccurredAt: at, EffectiveAt: at, RecordedAt: at, Actor: []byte(`{"kind":"person","proof":"pin"}`),
		}
		if row, err = FoldCourse(row, r); err != nil {
			t.Fatal(err)
		}
		if again, err := FoldCourse(row, r); err != nil || again.Sequence != row.Sequence || len(again.Owed) != len(row.Owed) {
			t.Errorf("a record that was folded before changes the row: %+v, %v", again, err)
		}
	}
	return row
}

// TestFoldCourse: the index says who waits for what, from referral to end.
func TestFoldCourse(t *testing.T) {
	t.Parallel()
	row := foldCourse(t, CourseRow{}, course.Referred{Referral: course.Referral{Patient: "p", Received: "2026-11-20"}})
	if row.Patient != "p" || row.Received != "2026-11-20" || !row.ReferredAt.Equal(begin.Add(time.Minute)) || !row.Open() || row.Outcome != "" {
		t.Fatalf("referred: %+v", row)
	}
	ask := course.InformationAsked{Asking: course.Asking{From: course.FromLaboratory, Items: []string{"labs.alt", "labs.ggt"}}}
	say := func(item, answer string) course.Event {
		s := course.Statement{Section: rule.Labs, Item: item, Answer: answer, At: "2026-11-23", Source: course.ByLaboratory}
		if answer == "" {
			s.Value, s.Unit, s.ULN = "20", "U/L", "40"
		}
		return course.Stated{Statements: course.Statements{List: []course.Statement{s}}}
	}
	row = foldCourse(t, row, ask, say("ggt", "unknown"), say("alt", ""))
	if len(row.Owed) != 1 || !slices.Equal(row.Owed[0].Items, []string{"labs.ggt"}) || !row.Owed[0].Since.Equal(begin.Add(2*time.Minute)) {
		t.Errorf("owed: %+v", row.Owed)
	}
	if got := foldCourse(t, row, say("ggt", "")); len(got.Owed) != 0 {
		t.Errorf("all came: %+v", got.Owed)
	}
	if got := foldCourse(t, row, course.InformationEnded{AskingEnd: course.AskingEnd{Asked: 2}}); len(got.Owed) != 0 {
		t.Errorf("called off: %+v", got.Owed)
	}
	row = foldCourse(t, row, course.Planned{Plan: course.Plan{Reevaluate: "2027-02-01"}}, course.Decided{Outcome: course.Suitable})
	if !row.Planned || row.Reevaluate != "2027-02-01" || row.Outcome != course.Suitable || !row.DecidedAt.Equal(row.LastAt) {
		t.Errorf("decided: %+v", row)
	}
	row = foldCourse(t, row, course.Reevaluated{Review: course.Review{GoesOn: true, Next: "2027-05-01"}})
	if row.Reevaluate != "2027-05-01" {
		t.Errorf("re-evaluated: %+v", row)
	}
	wrote := foldCourse(t, row, course.LinkGiven{LinkGift: course.LinkGift{Link: "l", Hash: "0f"}}, course.LinkOpened{LinkUse: course.LinkUse{Link: "l"}},
		course.PatientTold{}, course.PatientLearned{Answers: []course.Marked{{Right: true}}}, course.PatientLearned{Answers: []course.Marked{{Right: false}}},
		course.PatientPrepared{}, course.PatientPrepared{Left: []string{"x"}})
	n := wrote.Sequence
	if len(wrote.Links) != 1 || wrote.Links[0].Hash != "0f" || !slices.Equal(wrote.Wrote, []int64{n - 4, n - 2, n}) {
		t.Errorf("over a link: %+v", wrote)
	}
	if wrote = foldCourse(t, wrote, course.TakenUp{Taking: course.Taking{Told: n - 2}}); !slices.Equal(wrote.Wrote, []int64{n - 4, n}) {
		t.Errorf("taken up: %+v", wrote.Wrote)
	}
	if row = foldCourse(t, row, course.Discontinued{Ending: course.Ending{Why: course.WhyCompleted}}); row.Open() || row.Reevaluate != "" || len(row.Owed) != 0 {
		t.Errorf("ended: %+v", row)
	}
}
