package present

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func boardOf(public bool, visits ...app.Visit) view.Board {
	return Board(BoardInput{Now: at(21), Zone: time.UTC, Chairs: 6, Rows: chairsOf(public, visits...), Public: public})
}

func chairsOf(public bool, visits ...app.Visit) []BoardChair {
	var out []BoardChair
	for _, v := range visits {
		out = append(out, BoardChairOf(v, public))
	}
	return out
}

// TestBoard_SortsByNeed: help, red, a pump that has to stop, yellow, late, then
// the chair's number; rows of one need keep their places.
func TestBoard_SortsByNeed(t *testing.T) {
	t.Parallel()
	seat := func(chair int, change func(*app.Visit), all ...alarm.Alarm) app.Visit {
		v := alarmed(t, all...)
		v.State.Chair, v.State.Order.Watch.Observation, v.State.Order.Watch.Presence = ident.Chair(chair), 600, 600
		if change != nil {
			change(&v)
		}
		return v
	}
	late := func(v *app.Visit) { v.State.Order.Watch.Observation = 10 }
	// A late round that was closed with its reason needs nobody any more.
	closed := func(v *app.Visit) {
		late(v)
		due := v.State.StartedAt.Add(10 * time.Minute)
		v.State.Missed = []session.MissedFact{{Missed: session.Missed{Round: session.RoundObservation, Due: due, Through: due, Why: session.MissedElsewhere}}}
	}
	// Nobody's patient cannot wait; readings to confirm can.
	nobody := func(v *app.Visit) { v.State.Nurse = "" }
	unread := func(v *app.Visit) {
		v.State.Rounds = []session.RoundFact{{Taken: session.TakenRound{Readings: []vital.Reading{{Kind: vital.SpO2, Value: 97}}}}}
	}
	past := func(v *app.Visit) { v.State.Order.Steps[0].Minutes = 5 }
	help := func(v *app.Visit) { v.State.Help = &session.HelpFact{Stamp: session.Stamp{At: at(20)}} }
	answered := spo2()
	answered.AckedAt, answered.AckedBy = at(21), "okafor"
	ended := spo2()
	ended.EndedAt = at(21)
	visits := []app.Visit{
		seat(1, nil), seat(2, nil, other(alarm.ClockOff, alarm.Low)), seat(3, late), seat(4, nil, other(alarm.HRHigh, alarm.Medium)), seat(5, past), seat(6, nil, answered), seat(7, help), seat(8, nil, spo2()), seat(9, nil, ended),
		seat(10, nobody), seat(11, closed), seat(12, unread),
	}
	order := func(b view.Board) (out []int) {
		for _, r := range b.Rows {
			out = append(out, r.Chair)
		}
		return out
	}
	want := []int{7, 8, 6, 9, 5, 10, 4, 3, 1, 2, 11, 12}
	if got := order(boardOf(false, visits...)); !slices.Equal(got, want) {
		t.Errorf("the rows stand as %v, want %v", got, want)
	}
	for _, r := range boardOf(false, visits...).Rows {
		if (r.Unconfirmed != "") != (r.Chair == 12) {
			t.Errorf("chair %d: %q", r.Chair, r.Unconfirmed)
		}
	}
	for _, r := range boardOf(true, visits...).Rows {
		if r.Unconfirmed != "" {
			t.Errorf("in public, chair %d: %q", r.Chair, r.Unconfirmed)
		}
	}
	slices.Reverse(visits)
	if got := order(boardOf(false, visits...)); !slices.Equal(got, want) {
		t.Errorf("read the other way round, the rows stand as %v", got)
	}
}

// TestBoard_ShowsTheWorstAlarm: its name, state and who; what is technical does
// not hide the body; sounds are those of all chairs.
func TestBoard_ShowsTheWorstAlarm(t *testing.T) {
	t.Parallel()
	answered := spo2()
	answered.AckedAt, answered.AckedBy = at(21), "okafor"
	for _, c := range []struct {
		name  string
		all   []alarm.Alarm
		want  view.RowAlarm
		needs bool
	}{
		{"red", []alarm.Alarm{spo2()}, view.RowAlarm{Tone: view.Red, Name: "SpO₂ low", Text: "88 %, limit below 90 %", State: "Okafor is called", Called: true}, true},
		{"acknowledged", []alarm.Alarm{answered}, view.RowAlarm{Tone: view.Red, Name: "SpO₂ low", Text: "88 %, limit below 90 %", State: "Acknowledged 10:21 by Okafor"}, false},
		{
			"technical first, the body named",
			[]alarm.Alarm{answered, other(alarm.MonitorOffline, alarm.High), other(alarm.NoReading, alarm.High)},
			view.RowAlarm{Tone: view.Red, Name: "Not monitored: the monitor is silent", Text: "Not monitored: the monitor is silent", State: "Okafor is called", Called: true, More: "and SpO₂ low, 1 other"},
			true,
		},
		{"low", []alarm.Alarm{other(alarm.ClockOff, alarm.Low)}, view.RowAlarm{Tone: view.Low, Name: "Monitor's clock is off", Text: "Monitor's clock is off", State: "Okafor is called", Called: true}, false},
	} {
		row := boardOf(false, alarmed(t, c.all...)).Rows[0]
		got := *row.Alarm
		got.SinceMS = 0
		late := Next(alarmed(t)).Late
		if got != c.want || row.Needs != (c.needs || late) {
			t.Errorf("%s: %+v, needs %v", c.name, got, row.Needs)
		}
	}
	b := boardOf(false, alarmed(t, spo2()), alarmed(t, other(alarm.HRHigh, alarm.Medium)))
	if len(b.Sounds) != 2 {
		t.Errorf("the room sounds %+v", b.Sounds)
	}
}

// TestBoard_PublicSaysColourAndNothingOfThePatient.
func TestBoard_PublicSaysColourAndNothingOfThePatient(t *testing.T) {
	t.Parallel()
	v := alarmed(t, spo2(), other(alarm.DistressHigh, alarm.Medium))
	v.Patient.Family, v.Patient.Given = "Rivera", "Maria"
	b := boardOf(true, v)
	row := b.Rows[0]
	if *row.Alarm != (view.RowAlarm{Tone: view.Red, Name: "Red alarm", Called: true}) || len(row.Tiles) != 0 || len(b.Sounds) != 0 {
		t.Errorf("%+v, %d values, %d sounds", row.Alarm, len(row.Tiles), len(b.Sounds))
	}
	raw, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"SpO", "88 %", "below", "Rivera", "Distress", "Okafor RN"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the public board says %q: %s", secret, raw)
		}
	}
}

// TestBoard_SaysHowManyNobodyHears.
func TestBoard_SaysHowManyNobodyHears(t *testing.T) {
	t.Parallel()
	heard := alarmed(t)
	heard.Env.Heard.Places = []session.Proved{{Name: "station", At: heard.Env.Now}}
	b := boardOf(false, alarmed(t), heard)
	if b.Unheard != "No one hears 1 watched chair" || !b.Rows[0].Unheard || b.Rows[1].Unheard {
		t.Errorf("%q, %+v", b.Unheard, b.Rows)
	}
	if b = boardOf(false, heard); b.Unheard != "" {
		t.Errorf("%q", b.Unheard)
	}
}
