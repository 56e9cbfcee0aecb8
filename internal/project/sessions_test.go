package project

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

const visit = ident.Session("018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b")

var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// fold adds events to a row, a minute apart, as the store does.
func fold(t *testing.T, row SessionRow, events ...session.Event) SessionRow {
	t.Helper()
	for _, ev := range events {
		typ, version, payload, err := session.Codec.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		n := row.Sequence + 1
		at := begin.Add(time.Duration(n) * time.Minute)
		r := journal.Record{
			Stream: "session/" + journal.Stream(visit), Position: 100 + n, Sequence: n, Type: typ, Version: version, Payload: payload,
			OccurredAt: at, EffectiveAt: at, RecordedAt: at, Actor: []byte(`{"kind":"` + string(act.Person) + `","proof":"pin"}`),
		}
		if row, err = FoldSession(row, r); err != nil {
			t.Fatal(err)
		}
	}
	return row
}

func planned(t *testing.T) SessionRow {
	t.Helper()
	return fold(t, SessionRow{}, session.Scheduled{Patient: "p", Chair: 3, PlannedStart: begin})
}

func TestFoldSession_FollowsAVisit(t *testing.T) {
	t.Parallel()
	row := planned(t)
	if row.Patient != "p" || row.Chair != 3 || !row.PlannedStart.Equal(begin) || row.Phase != session.PhaseScheduled || row.Over() || row.Unclosed() {
		t.Fatalf("planned: %+v", row)
	}
	row = fold(t, row, session.Arrived{}, session.NurseResponsible{Nurse: "okafor"}, session.PrescriberResponsible{Prescriber: "weiss"},
		session.Readied{}, session.Prepared{}, session.Started{})
	if row.Phase != session.PhaseInfusing || row.Nurse != "okafor" || row.Prescriber != "weiss" || !row.StartedAt.Equal(begin.Add(7*time.Minute)) {
		t.Fatalf("started: %+v", row)
	}
	row = fold(t, row, session.Stopped{}, session.Stopped{Repeat: true}, session.RecoveryBegan{}, session.Discharged{})
	if !row.StoppedAt.Equal(begin.Add(8*time.Minute)) || !row.DischargedAt.Equal(begin.Add(11*time.Minute)) || !row.Unclosed() || row.Over() {
		t.Fatalf("discharged: %+v", row)
	}
	if row = fold(t, row, session.Closed{}); !row.Over() || row.Unclosed() || !row.ClosedAt.Equal(begin.Add(12*time.Minute)) {
		t.Fatalf("closed: %+v", row)
	}
}

// A record that was folded before changes nothing.
func TestFoldSession_TakesARecordOnce(t *testing.T) {
	t.Parallel()
	row := fold(t, planned(t), session.Arrived{})
	late := row
	late.Sequence = 5 // as if four more had been folded
	typ, version, payload, err := session.Codec.Encode(session.Closed{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := FoldSession(late, journal.Record{Stream: "session/" + journal.Stream(visit), Sequence: 5, Type: typ, Version: version, Payload: payload})
	if err != nil || got != late {
		t.Errorf("%v, %+v", err, got)
	}
}

// What a cancelled visit leaves to do depends on whether drug was opened or
// ran, or help was called, before or after.
func TestSessionRow_CancelledVisit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events []session.Event
		open   bool
	}{
		"planned":                    {events: []session.Event{session.Cancelled{}}},
		"answered only":              {events: []session.Event{session.Arrived{}, session.PrecheckAnswered{}, session.Readied{}, session.Cancelled{}}},
		"vials opened":               {events: []session.Event{session.Arrived{}, session.Readied{}, session.VialsOpened{}, session.Cancelled{}}, open: true},
		"bag prepared":               {events: []session.Event{session.Arrived{}, session.Readied{}, session.Prepared{}, session.Cancelled{}}, open: true},
		"drug given":                 {events: []session.Event{session.Arrived{}, session.DrugGiven{}, session.Cancelled{}}, open: true},
		"found running afterwards":   {events: []session.Event{session.Arrived{}, session.Cancelled{}, session.RateChanged{}}, open: true},
		"resumed afterwards":         {events: []session.Event{session.Arrived{}, session.Cancelled{}, session.Resumed{}}, open: true},
		"help called":                {events: []session.Event{session.Arrived{}, session.HelpCalled{}, session.Cancelled{}}, open: true},
		"help called and over":       {events: []session.Event{session.Arrived{}, session.HelpCalled{}, session.HelpEnded{}, session.Cancelled{}}},
		"help called and taken back": {events: []session.Event{session.HelpCalled{}, session.HelpUndone{}, session.Cancelled{}}},
		"drug, then closed":          {events: []session.Event{session.Arrived{}, session.Readied{}, session.VialsOpened{}, session.Cancelled{}, session.Closed{}}},
	} {
		row := fold(t, planned(t), c.events...)
		if name == "drug, then closed" {
			if row.Unclosed() || !row.Over() {
				t.Errorf("%s: unclosed", name)
			}
			continue
		}
		if row.Phase != session.PhaseCancelled || row.Unclosed() != c.open || row.Over() == c.open {
			t.Errorf("%s: in %s, unclosed %v, over %v; want unclosed %v", name, row.Phase, row.Unclosed(), row.Over(), c.open)
		}
	}
}

// Help called after the record was closed brings the visit back.
func TestSessionRow_HelpAfterClosing(t *testing.T) {
	t.Parallel()
	row := fold(t, planned(t), session.Arrived{}, session.Transferred{}, session.Closed{})
	if !row.Over() {
		t.Fatalf("%+v", row)
	}
	if row = fold(t, row, session.HelpCalled{}); row.Over() || !row.Unclosed() {
		t.Error("an emergency in a closed record is nowhere to be found")
	}
}

func TestSessionRow_EndedVisitsWaitToBeClosed(t *testing.T) {
	t.Parallel()
	for _, end := range []session.Event{session.Transferred{}, session.LeftEarly{}} {
		if row := fold(t, planned(t), session.Arrived{}, end); !row.Unclosed() || row.Over() {
			t.Errorf("after %T: unclosed %v, over %v", end, row.Unclosed(), row.Over())
		}
	}
}

// TestSessionRow_ACallIsOwed to who went home after an infusion, and to who left,
// until one reached them; closing the record settles nothing of it.
func TestSessionRow_ACallIsOwed(t *testing.T) {
	t.Parallel()
	again, reached := session.FollowedUp{Outcome: session.FollowUpAgain}, session.FollowedUp{Outcome: session.FollowUpReached}
	noMore := session.FollowedUp{Outcome: session.FollowUpNoMore}
	infused := []session.Event{session.Arrived{}, session.Readied{}, session.Prepared{}, session.Started{}, session.Stopped{}, session.RecoveryBegan{}}
	home := append(slices.Clip(infused), session.Discharged{})
	for name, c := range map[string]struct {
		events []session.Event
		owed   bool
	}{
		"infused":                   {infused, false},
		"home":                      {home, true},
		"home and closed":           {append(slices.Clip(home), session.Closed{}), true},
		"not reached":               {append(slices.Clip(home), session.Closed{}, again), true},
		"reached":                   {append(slices.Clip(home), session.Closed{}, again, reached), false},
		"let be":                    {append(slices.Clip(home), noMore), false},
		"reached, and called again": {append(slices.Clip(home), reached, again), true},
		"left":                      {[]session.Event{session.Arrived{}, session.LeftEarly{}}, true},
		"left and reached":          {[]session.Event{session.Arrived{}, session.LeftEarly{}, reached}, false},
		"transferred":               {append(slices.Clip(infused), session.Transferred{}), false},
		"cancelled":                 {[]session.Event{session.Arrived{}, session.Cancelled{}}, false},
	} {
		if row := fold(t, planned(t), c.events...); row.FollowUp != c.owed {
			t.Errorf("%s: a call is owed: %v", name, row.FollowUp)
		}
	}
}
