package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// TestAlarmFacts_WhileItRuns: the instants come from the order and what the
// pump did, and do not move while nothing changes.
func TestAlarmFacts_WhileItRuns(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	first := AlarmFacts(l.state, envAt(at(1)))
	if !first.Watching || !first.Since.Equal(at(0)) || !first.Linked {
		t.Fatalf("%+v", first)
	}
	planned := at(0).Add(l.state.Order.Planned())
	if !first.PlannedEnd.Equal(planned) {
		t.Errorf("planned end %v, want %v", first.PlannedEnd, planned)
	}
	for _, minute := range []float64{2, 30, 100} {
		f := AlarmFacts(l.state, envAt(at(minute)))
		if !f.PlannedEnd.Equal(first.PlannedEnd) || far(f.MaximumAt, first.MaximumAt) || far(f.EmptyAt, first.EmptyAt) || f.EmptyAt.IsZero() || f.MaximumAt.IsZero() {
			t.Errorf("at minute %v: end %v, maximum %v, empty %v; at first %v, %v, %v", minute, f.PlannedEnd, f.MaximumAt, f.EmptyAt, first.PlannedEnd, first.MaximumAt, first.EmptyAt)
		}
	}
	// At 16 mL/h of 1 mg/mL the bag of 250 mL lasts 15 h 37 min 30 s.
	if want := at(0).Add(15*time.Hour + 37*time.Minute + 30*time.Second); far(first.EmptyAt, want) {
		t.Errorf("empty at %v, want %v", first.EmptyAt, want)
	}
	// Past it the instants stay where they were.
	late := AlarmFacts(l.state, envAt(at(20*60)))
	if far(late.MaximumAt, first.MaximumAt) || far(late.EmptyAt, first.EmptyAt) || !late.PlannedEnd.Equal(first.PlannedEnd) {
		t.Errorf("afterwards: %v, %v, %v", late.PlannedEnd, late.MaximumAt, late.EmptyAt)
	}
}

// far reports whether two instants differ by more than the pump's arithmetic
// is cut to.
func far(a, b time.Time) bool { return a.Sub(b).Abs() > time.Millisecond }

func TestAlarmFacts_Maximum(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	o := order()
	o.Maxima.Total, o.Maxima.Minutes = unit.Mg("8"), 600
	l.add(at(1), byPrescriber(), OrderAttached{Order: o})
	if f := AlarmFacts(l.state, envAt(at(2))); far(f.MaximumAt, at(30)) { // 8 mg at 16 mg/h
		t.Errorf("maximum at %v", f.MaximumAt)
	}
	// Ketamine given beside the pump counts: 4 mg leave a quarter of an hour.
	l.add(at(3), byNurse(), DrugGiven{Drug: drug.Ketamine, Amount: "4", Unit: "mg", Ketamine: unit.Mg("4"), Route: "IV"})
	for _, minute := range []float64{4, 60} {
		if f := AlarmFacts(l.state, envAt(at(minute))); far(f.MaximumAt, at(15)) {
			t.Errorf("at minute %v: maximum at %v", minute, f.MaximumAt)
		}
	}
	// The duration may come first; pauses count against it.
	o.Maxima.Total, o.Maxima.Minutes = unit.Mg("80"), 20
	l.add(at(5), byPrescriber(), OrderAttached{Order: o})
	l.say(t, Pause{Cause: PausePatient}, envAt(at(6)))
	if f := AlarmFacts(l.state, envAt(at(7))); !f.MaximumAt.Equal(at(20)) || !f.PlannedEnd.IsZero() || !f.PausedSince.Equal(at(6)) {
		t.Errorf("%+v", f)
	}
}

func TestAlarmFacts_Session(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	l.say(t, CallHelp{}, envAt(at(3)))
	l.add(at(4), byWatch(), LinkDoubted{Monitor: monitorOne, Reason: word.M("session.doubt_drop"), Since: at(3)})
	l.say(t, TakeOffMonitor{Reason: OffToilet, Companion: said(78), Minutes: 5}, envAt(at(5)))
	l.add(at(6), byPrescriber(), PrescriberResponsible{Prescriber: prescriber})
	f := AlarmFacts(l.state, envAt(at(7)))
	if !f.HelpSince.Equal(at(3)) || !f.LinkDoubt.Equal(at(3)) || !f.OffMonitorTill.Equal(at(10)) || !f.PrescriberAway.Equal(at(6)) {
		t.Errorf("%+v", f)
	}
	if !f.NurseAway.IsZero() {
		t.Errorf("a nurse is responsible: %v", f.NurseAway)
	}
	l.add(at(8), byNurse(), NurseResponsible{})
	if f = AlarmFacts(l.state, envAt(at(9))); !f.NurseAway.Equal(at(8)) {
		t.Errorf("nobody is responsible since minute 8: %v", f.NurseAway)
	}
	l.add(at(10), byNurse(), NurseResponsible{Nurse: nurse})
	l.say(t, Stop{Cause: StopPlanned}, envAt(at(30)))
	f = AlarmFacts(l.state, envAt(at(31)))
	if !f.StopUnconfirmed.Equal(at(30)) || !f.PlannedEnd.IsZero() || !f.MaximumAt.IsZero() || !f.PrescriberAway.IsZero() || !f.Watching {
		t.Errorf("after the stop: %+v", f)
	}
	l.say(t, ConfirmPumpStopped{unit.ML("8")}, envAt(at(31)))
	if f = AlarmFacts(l.state, envAt(at(32))); !f.StopUnconfirmed.IsZero() {
		t.Errorf("%+v", f)
	}
	if before := prepared(t).state; AlarmFacts(before, envAt(at(-1))).Watching || Watched(before) {
		t.Error("watched before the start")
	}
	if home := dischargeScene(); Watched(Evolve(home.s, Entry{Event: Discharged{}})) {
		t.Error("watched after going home")
	}
}

// TestAlarmFacts_Rounds: each round with when it is late, as the list of what
// is due says.
func TestAlarmFacts_Rounds(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	env := envAt(at(2))
	items, rounds := DueItems(l.state, env), AlarmFacts(l.state, env).Rounds
	if len(items) == 0 || len(rounds) != len(items) {
		t.Fatalf("%d rounds for %d items", len(rounds), len(items))
	}
	kinds := map[alarm.ID]int{}
	for i, r := range rounds {
		kinds[r.What]++
		if !r.DueAt.Equal(items[i].DueAt) || !r.LateAt.After(r.DueAt) || r.Every <= 0 || r.Label == "" || r.LateAt.Sub(r.DueAt) > 5*time.Minute {
			t.Errorf("%+v of %+v", r, items[i])
		}
	}
	if kinds[alarm.CuffOverdue] != 1 || kinds[alarm.PresenceOverdue] != 1 || kinds[alarm.ObservationOverdue] != 2 {
		t.Errorf("%v", kinds)
	}
}

func TestAlarmFacts_RateOff(t *testing.T) {
	t.Parallel()
	reads := func(rate string) ReadPump {
		return ReadPump{PumpReading{Rate: unit.MLPerH(rate), Concentration: unit.MgPerML("1")}}
	}
	off := func(l *log, minute float64) alarm.Off { return AlarmFacts(l.state, envAt(at(minute))).RateOff }
	l := runningTen(t)
	if got := off(l, 1); !got.Since.IsZero() {
		t.Errorf("as set: %+v", got)
	}
	l.say(t, reads("16.2"), envAt(at(2))) // within 2 %
	if got := off(l, 3); !got.Since.IsZero() {
		t.Errorf("within the tolerance: %+v", got)
	}
	l.say(t, reads("20"), envAt(at(4)))
	l.say(t, reads("21"), envAt(at(5)))
	if got := off(l, 6); !got.Since.Equal(at(4)) || got.Found != "21 mL/h" || got.Allowed != "16 mL/h" {
		t.Errorf("%+v", got)
	}
	l.say(t, reads("16"), envAt(at(7)))
	if got := off(l, 8); !got.Since.IsZero() {
		t.Errorf("put right: %+v", got)
	}
	l.say(t, SetRate{Read: reads("30").Read, Found: true}, envAt(at(9)))
	if got := off(l, 10); !got.Since.Equal(at(9)) || got.Allowed != "no rate that anybody chose" {
		t.Errorf("found: %+v", got)
	}
}

func TestAlarmInputs(t *testing.T) {
	t.Parallel()
	level, upset := scale.Sedation(3), scale.NRS(6)
	e := Entry{Event: Observed{Observation{
		Sedation: &level, Distress: &upset,
		Readings: []vital.Reading{
			{Kind: vital.RR, Value: 9, Quality: vital.Good, Origin: vital.ByHand},
			{Kind: vital.NIBPSys, Value: 150, Quality: vital.Good, Origin: vital.ByHand, At: at(8)},
			{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(9)},
		},
	}}}
	e.RecordedAt, e.EffectiveAt, e.Actor = at(11), at(10), byNurse()
	got := AlarmInputs(State{}, e)
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	if s, ok := got[0].(alarm.Score); !ok || *s.Sedation != 3 || *s.Distress != 6 || s.By != nurse || !s.At.Equal(at(10)) {
		t.Errorf("%+v", got[0])
	}
	if s, ok := got[1].(alarm.Sample); !ok || s.Kind != vital.RR || !s.ByHand || !s.At.Equal(at(10)) {
		t.Errorf("%+v", got[1])
	}
	if s, ok := got[2].(alarm.Sample); !ok || !s.At.Equal(at(8)) {
		t.Errorf("%+v", got[2])
	}
	if c, ok := got[3].(alarm.Charted); !ok || c.By != nurse || !time.Time(c.Told).Equal(at(11)) {
		t.Errorf("%+v", got[3])
	}
	for _, ev := range []Event{PresenceChecked{}, AlarmAcknowledged{}, MonitorLinked{}} {
		if got := AlarmInputs(State{}, Entry{Event: ev}); got != nil {
			t.Errorf("%T tells %+v", ev, got)
		}
	}
	if got := AlarmInputs(State{}, Entry{Event: Paused{}}); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	var l log
	l.add(at(0), byNurse(), Scheduled{}, Observed{Observation{Sedation: &level}})
	if got := l.state.AlarmHistory(); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestSymptomatic(t *testing.T) {
	t.Parallel()
	codes := alarmRows().Symptoms()
	var l log
	l.add(at(0), byNurse(), Scheduled{}, SideEffectNoted{ID: id[ident.SideEffect](91), Code: "nausea", Grade: 2})
	if l.state.Symptomatic(codes) {
		t.Error("nausea is a symptom of pressure")
	}
	l.add(at(1), byNurse(), SideEffectNoted{ID: id[ident.SideEffect](92), Code: "chest_pain", Grade: 1})
	if !l.state.Symptomatic(codes) {
		t.Error("chest pain is none")
	}
	l.add(at(2), byNurse(), SideEffectResolved{ID: id[ident.SideEffect](92)})
	if l.state.Symptomatic(codes) {
		t.Error("resolved, and still there")
	}
	l.add(at(3), byNurse(), Observed{Observation{WorstHeadache: true}})
	if !l.state.Symptomatic(codes) {
		t.Error("the worst headache ever is none")
	}
	l.add(at(4), byNurse(), Observed{Observation{}})
	if l.state.Symptomatic(codes) {
		t.Error("the latest observation has none")
	}
}
