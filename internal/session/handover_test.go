package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestTakeOver_KeepsWhatWasOpen: the record shows what was open at that
// instant, and up to which entry the page was that it was taken over from.
func TestTakeOver_KeepsWhatWasOpen(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.take(t, RoundCuff, 15, 15.3, set15()...)
	waiting := l.position(0)
	l.take(t, RoundObservation, 15, 15.3, set15()...)
	l.say(t, ConfirmReadings{[]int64{l.position(0)}}, envAt(at(16)))
	l.state.Alarms.Alarms = []alarm.Alarm{{Condition: alarm.SpO2Low, Priority: alarm.High, Announcement: 2}}
	l.say(t, TakeSpokenOrder{Prescriber: prescriber, What: SpokenDrug, Text: said(1), ReadBack: true}, envAt(at(18)))
	spoken := l.position(0)
	seen := l.position(0)
	l.say(t, Note{Text: said(2)}, envAt(at(20)))
	e := l.say(t, TakeOver{Seen: seen}, envAt(at(21)).by(byNurseTwo()))[0].(NurseResponsible)
	o := e.Open
	if e.Seen != seen || e.From != nurse || o == nil {
		t.Fatalf("%+v", e)
	}
	if !slices.Equal(o.Alarms, []OpenAlarm{{alarm.SpO2Low, alarm.High, 2}}) || !slices.Equal(o.Readings, []int64{waiting}) || !slices.Equal(o.Spoken, []int64{spoken}) {
		t.Errorf("%+v", o)
	}
	if len(o.Rounds) != 3 || !slices.Contains(o.Rounds, OpenRound{RoundObservation, at(15)}) {
		t.Errorf("late: %+v", o.Rounds)
	}
	if o.Warning == nil || o.Warning.Without != nil || !slices.Contains(o.Warning.Missing, "air or oxygen") {
		t.Errorf("score: %+v", o.Warning)
	}
	for name, seen := range map[string]int64{"an entry to come": l.state.Position + 1, "none that can be": -1} {
		if r := l.refused(t, TakeOver{Seen: seen}, envAt(at(22))); r.Message.ID != "session.no_such_entry" {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// TestOpenAt_NothingOpen says so by being nothing, and a whole score is kept as
// it was shown.
func TestOpenAt_NothingOpen(t *testing.T) {
	t.Parallel()
	if o := OpenAt(until(PhaseArrived).state, envAt(at(-50)), at(-50)); o != nil {
		t.Errorf("%+v", o)
	}
	l := until(PhaseInfusing)
	l.state.Observations = nil
	l.sees(4, scored(with(vital.RR, "22"), attended))
	o := OpenAt(l.state, envAt(at(6)), at(6))
	if o == nil || o.Rounds != nil || o.Warning == nil || o.Warning.Total == nil || *o.Warning.Total != 2 || *o.Warning.Without != 2 {
		t.Errorf("%+v", o)
	}
}
