package session

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
	shipped "github.com/stillwatch/stillwatch/library"
)

// alarmRows is the shipped alarm library.
var alarmRows = sync.OnceValue(func() library.Alarms {
	lib, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		panic(err)
	}
	return lib
})

func watching(now time.Time) Env {
	e := envAt(now)
	e.Alarms = alarmRows()
	return e
}

// watchNote is a note of the watch job's.
func watchNote(kind alarm.ChangeKind, announcement int, p alarm.Priority) AlarmNote {
	return AlarmNote{Kind: kind, AlarmFact: AlarmFact{
		Condition: alarm.SpO2Low, Priority: p, Rule: "AL-SPO2-LOW", RuleVersion: 1, Since: at(10), Announcement: announcement, Stage: alarm.ToNurse,
		Value: "88 %", Limit: "below 90 %", Text: word.M("alarm.value", "SpO₂", "88 %", "15 s", "below 90 %"),
	}}
}

// alarmed is a running visit with a red SpO₂ announced at eleven past ten.
func alarmed(t *testing.T) *log {
	t.Helper()
	l := runningTen(t)
	l.say(t, NoteAlarms{[]AlarmNote{watchNote(alarm.Raised, 1, alarm.High)}}, watching(at(11)).by(byWatch()))
	return l
}

func TestAlarms_FoldAsTheMachineSaid(t *testing.T) {
	t.Parallel()
	l := alarmed(t)
	a, ok := l.state.Alarms.Alarm(alarm.SpO2Low)
	if !ok || a.Priority != alarm.High || !a.RaisedAt.Equal(at(11)) || !a.Since.Equal(at(10)) || a.Announcement != 1 || a.Acked() {
		t.Fatalf("%+v, %v", a, ok)
	}
	if raised := l.entries[len(l.entries)-1].Event.(AlarmRaised); raised.Telemetry != "cd34" {
		t.Errorf("what the alarm saw is not witnessed: %+v", raised)
	}
	l.say(t, AcknowledgeAlarm{alarm.SpO2Low, 1}, watching(at(12)))
	if a, _ = l.state.Alarms.Alarm(alarm.SpO2Low); !a.AckedAt.Equal(at(12)) || a.AckedBy != nurse {
		t.Errorf("%+v", a)
	}
	l.say(t, PauseAlarm{alarm.SpO2Low, 1, 3}, watching(at(13)))
	if a, _ = l.state.Alarms.Alarm(alarm.SpO2Low); !a.PausedUntil.Equal(at(16)) {
		t.Errorf("%+v", a)
	}
	l.say(t, NoteAlarms{[]AlarmNote{watchNote(alarm.PauseEnded, 2, alarm.High)}}, watching(at(16)).by(byWatch()))
	if a, _ = l.state.Alarms.Alarm(alarm.SpO2Low); a.Acked() || !a.PausedUntil.IsZero() || a.Announcement != 2 {
		t.Errorf("%+v", a)
	}
	answered := watchNote(alarm.Answered, 2, alarm.High)
	answered.By = nurse
	l.say(t, NoteAlarms{[]AlarmNote{answered}}, watching(at(17)).by(byWatch()))
	if a, _ = l.state.Alarms.Alarm(alarm.SpO2Low); a.AckedBy != nurse {
		t.Errorf("%+v", a)
	}
	l.say(t, NoteAlarms{[]AlarmNote{watchNote(alarm.Cleared, 2, alarm.High)}}, watching(at(18)).by(byWatch()))
	if len(l.state.Alarms.Alarms) != 0 {
		t.Errorf("%+v", l.state.Alarms)
	}
}

// TestAlarms_EveryChangeIsAnEntry: each kind of change of the machine's has an
// event, and what it says comes back whole.
func TestAlarms_EveryChangeIsAnEntry(t *testing.T) {
	t.Parallel()
	c := alarm.Change{
		Condition: alarm.SBPHigh, Priority: alarm.Medium, Rule: "AL-SBP-HIGH", Version: 3, At: at(11), Since: at(10), Announcement: 2, Stage: alarm.ToNext,
		Recheck: true, Extent: 2, Value: "185 mmHg", Limit: "180 mmHg or more", Text: word.M("alarm.recheck", "Systolic", "185 mmHg", "180 mmHg or more"),
		Consider: []word.Message{word.M("alarm.do.pause")}, Wording: "Clinic setting",
	}
	for _, kind := range []alarm.ChangeKind{
		alarm.Raised, alarm.Worsened, alarm.Escalated, alarm.AnnouncedAgain, alarm.PauseEnded, alarm.Answered, alarm.Eased, alarm.Ended, alarm.Cleared,
	} {
		c.Kind = kind
		ev, ok := NoteOf(c).event()
		if !ok {
			t.Errorf("%s becomes no entry", kind)
			continue
		}
		f, said, ok := AlarmSaid(ev)
		if got := f.change(said, at(11)); !ok || said != kind || got.Text.English() != c.Text.English() || got.Version != 3 || got.Since != c.Since ||
			got.Stage != c.Stage || got.Announcement != 2 || !got.Recheck || got.Extent != 2 || got.Value != c.Value || got.Limit != c.Limit || len(got.Consider) != 1 || got.Wording != c.Wording {
			t.Errorf("%s comes back as %+v", kind, got)
		}
	}
	if _, ok := (AlarmNote{Kind: "snoozed"}).event(); ok {
		t.Error("a kind that is none became an entry")
	}
	if _, _, ok := AlarmSaid(HelpCalled{}); ok {
		t.Error("a call for help is no alarm")
	}
}

func TestAlarms_Refused(t *testing.T) {
	t.Parallel()
	unknown := watchNote(alarm.Raised, 1, alarm.High)
	unknown.Condition = "mood"
	everyone := watchNote(alarm.Worsened, 2, alarm.High)
	everyone.Stage = alarm.ToEveryone
	limit := func(side, yellow string) ChangeAlarmLimit {
		return ChangeAlarmLimit{Limit: drug.Limit{Kind: vital.SpO2, Side: side, Yellow: yellow}, Reason: said(110)}
	}
	for _, c := range []struct {
		name string
		cmd  Command
		env  Env
		want word.ID
	}{
		{"a note by a person", NoteAlarms{[]AlarmNote{watchNote(alarm.Cleared, 1, alarm.High)}}, watching(at(12)), "session.job_only"},
		{"no note", NoteAlarms{}, watching(at(12)).by(byWatch()), "session.no_alarms"},
		{"too many notes", NoteAlarms{make([]AlarmNote, 65)}, watching(at(12)).by(byWatch()), "session.no_alarms"},
		{"an unknown condition", NoteAlarms{[]AlarmNote{unknown}}, watching(at(12)).by(byWatch()), "session.unknown_code"},
		{"raised twice", NoteAlarms{[]AlarmNote{watchNote(alarm.Raised, 1, alarm.High)}}, watching(at(12)).by(byWatch()), "session.alarm_moved_on"},
		{"an announcement left out", NoteAlarms{[]AlarmNote{watchNote(alarm.AnnouncedAgain, 3, alarm.High)}}, watching(at(12)).by(byWatch()), "session.alarm_moved_on"},
		{"cleared twice", NoteAlarms{[]AlarmNote{watchNote(alarm.Cleared, 1, alarm.High), watchNote(alarm.Cleared, 1, alarm.High)}}, watching(at(12)).by(byWatch()), "session.alarm_moved_on"},
		{"acknowledged by a device", AcknowledgeAlarm{alarm.SpO2Low, 1}, watching(at(12)).by(byTablet()), "session.person_needed"},
		{"another announcement than was seen", AcknowledgeAlarm{alarm.SpO2Low, 2}, watching(at(12)), "session.alarm_newer"},
		{"an alarm that is gone", AcknowledgeAlarm{alarm.HRHigh, 1}, watching(at(12)), "session.alarm_gone"},
		{"an alarm that is none", AcknowledgeAlarm{"mood", 1}, watching(at(12)), "session.unknown_code"},
		{"a pause without an end", PauseAlarm{alarm.SpO2Low, 1, 0}, watching(at(12)), "session.alarm_pause_long"},
		{"a pause that is too long", PauseAlarm{alarm.SpO2Low, 1, 11}, watching(at(12)), "session.alarm_pause_long"},
		{"a pause without a library", PauseAlarm{alarm.SpO2Low, 1, 1}, envAt(at(12)), "session.alarm_no_library"},
		{"a limit without a reason", ChangeAlarmLimit{Limit: drug.Limit{Kind: vital.SpO2, Side: "low", Yellow: "92"}}, watching(at(12)).by(byPrescriber()), "session.limit_reason"},
		{"a limit that limits nothing", limit("low", ""), watching(at(12)).by(byPrescriber()), "session.limit_empty"},
		{"a limit on no side", limit("up", "92"), watching(at(12)).by(byPrescriber()), "alarm.could_not.limit"},
		{"a limit without a library", limit("low", "92"), envAt(at(12)).by(byPrescriber()), "session.alarm_no_library"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, r := Decide(alarmed(t).state, c.cmd, c.env)
			if r == nil || r.Message.ID != c.want {
				t.Errorf("%+v, want %s", r, c.want)
			}
		})
	}
	l := alarmed(t)
	l.say(t, NoteAlarms{[]AlarmNote{everyone}}, watching(at(12)).by(byWatch()))
	if _, r := Decide(l.state, PauseAlarm{alarm.SpO2Low, 2, 1}, watching(at(13))); r == nil || r.Message.ID != "session.alarm_for_everyone" {
		t.Errorf("%+v", r)
	}
}

// TestAlarmLimit_Changes: the latest limit on a sign and side holds beside the
// order's others, says what held before, and falls with a new order.
func TestAlarmLimit_Changes(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	set := func(minute float64, yellow string) {
		l.say(t, ChangeAlarmLimit{Limit: drug.Limit{Kind: vital.SpO2, Side: "low", Yellow: yellow}, Reason: said(110)}, watching(at(minute)).by(byPrescriber()))
	}
	own := len(l.state.LimitsInForce())
	set(11, "92")
	set(12, "91")
	last := l.entries[len(l.entries)-1].Event.(AlarmLimitChanged)
	if last.Was == nil || last.Was.Yellow != "92" || !last.Reason.Given() {
		t.Errorf("%+v", last)
	}
	found := 0
	for _, x := range l.state.LimitsInForce() {
		if x.Kind == vital.SpO2 && x.Side == "low" {
			found++
			if x.Yellow != "91" {
				t.Errorf("%+v", x)
			}
		}
	}
	if found != 1 || len(l.state.LimitsInForce()) < own {
		t.Errorf("%d limits on SpO₂ of %d", found, len(l.state.LimitsInForce()))
	}
	if !strings.Contains(strings.Join(messages(l.state.LimitsInForce()), " "), "91") {
		t.Error("the limit is not in force")
	}
	l.say(t, AttachOrder{Order: order()}, watching(at(13)).by(byPrescriber()))
	if len(l.state.AlarmLimits) != 0 {
		t.Errorf("a new order left %+v", l.state.AlarmLimits)
	}
}

func messages(limits []drug.Limit) []string {
	var out []string
	for _, l := range limits {
		out = append(out, l.Yellow+l.Red)
	}
	return out
}

// TestReview_AlarmsAfterIt: what only ends or answers an alarm does not undo a
// prescriber's review; a new alarm does.
func TestReview_AlarmsAfterIt(t *testing.T) {
	t.Parallel()
	for ev, want := range map[Event]bool{
		AlarmAcknowledged{Condition: alarm.SpO2Low}: false, AlarmPaused{Condition: alarm.SpO2Low}: false, ChairQuietened{Minutes: 5}: false, AlarmLimitChanged{}: true,
	} {
		if got := mustBeReviewed(ev); got != want {
			t.Errorf("%T must be reviewed: %v", ev, got)
		}
	}
	if mustBeReviewed(AlarmCleared{}) || !mustBeReviewed(AlarmRaised{}) || !mustBeReviewed(AlarmWorsened{}) {
		t.Error("alarms")
	}
}

// TestQuietenChair: what was done at a chair without the server is recorded,
// whatever the phase, by a person; a length that no chair offers goes back.
func TestQuietenChair(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	if got := l.say(t, QuietenChair{Minutes: 5}, envAt(at(12))); len(got) != 1 || got[0] != (ChairQuietened{Minutes: 5}) {
		t.Errorf("%+v", got)
	}
	for _, n := range []drug.Minutes{0, -1, 61} {
		if _, r := Decide(l.state, QuietenChair{Minutes: n}, envAt(at(12))); r == nil || !r.Malformed {
			t.Errorf("%d minutes: %v", n, r)
		}
	}
}

// TestAlarms_CallByName: the responsible nurse first, then another nurse who can be
// reached, the one with the fewest patients; else the prescriber; and where there is
// nobody to call next, the room at once.
func TestAlarms_CallByName(t *testing.T) {
	t.Parallel()
	other, third, doctor := id[ident.Person](91), id[ident.Person](92), id[ident.Person](93)
	now := at(12)
	for name, c := range map[string]struct {
		reach []Reachable
		alter func(*State)
		to    alarm.Stage
		who   []ident.Person
	}{
		"another nurse":                     {[]Reachable{{other, true, 1, now}}, nil, alarm.ToNext, []ident.Person{other}},
		"the one with fewer patients":       {[]Reachable{{other, true, 2, now}, {third, true, 1, now}}, nil, alarm.ToNext, []ident.Person{third}},
		"of equals always the same":         {[]Reachable{{third, true, 1, now}, {other, true, 1, now}}, nil, alarm.ToNext, []ident.Person{other}},
		"not the nurse who was called":      {[]Reachable{{nurse, true, 0, now}}, nil, alarm.ToNext, []ident.Person{prescriber}},
		"not who is no nurse":               {[]Reachable{{doctor, false, 0, now}}, nil, alarm.ToNext, []ident.Person{prescriber}},
		"not whose page fell silent":        {[]Reachable{{other, true, 0, now.Add(-25 * time.Second)}}, nil, alarm.ToNext, []ident.Person{prescriber}},
		"nobody but the prescriber":         {nil, nil, alarm.ToNext, []ident.Person{prescriber}},
		"nobody at all":                     {nil, func(s *State) { s.Prescriber = "" }, alarm.ToRoom, nil},
		"the nurse is the prescriber":       {nil, func(s *State) { s.Prescriber = nurse }, alarm.ToRoom, nil},
		"no nurse, no prescriber, a reader": {[]Reachable{{doctor, false, 0, now}}, func(s *State) { s.Prescriber, s.Nurse = "", "" }, alarm.ToRoom, nil},
	} {
		l := alarmed(t)
		if got := l.entries[len(l.entries)-1].Event.(AlarmRaised); !slices.Equal(got.Called, []ident.Person{nurse}) {
			t.Fatalf("raised to %v", got.Called)
		}
		if c.alter != nil {
			c.alter(&l.state)
		}
		note := watchNote(alarm.Escalated, 1, alarm.High)
		note.Stage, note.Called = alarm.ToNext, []ident.Person{"whoever the note names"}
		e := watching(now).by(byWatch())
		e.Reachable = c.reach
		got := l.say(t, NoteAlarms{[]AlarmNote{note}}, e)[0].(AlarmEscalated)
		if got.Stage != c.to || !slices.Equal(got.Called, c.who) {
			t.Errorf("%s: %s %v", name, got.Stage, got.Called)
		}
		if a, _ := l.state.Alarms.Alarm(alarm.SpO2Low); a.Stage != c.to || !slices.Equal(a.Called, c.who) {
			t.Errorf("%s: folded as %s %v", name, a.Stage, a.Called)
		}
	}
}

// TestAlarms_EveryoneIsNobodyByName: what calls everyone, or is answered at the
// chair first, names nobody.
func TestAlarms_EveryoneIsNobodyByName(t *testing.T) {
	t.Parallel()
	for _, stage := range []alarm.Stage{alarm.ToEveryone, alarm.ToRoom, alarm.AtBedside} {
		l := runningTen(t)
		note := watchNote(alarm.Raised, 1, alarm.High)
		note.Stage = stage
		if got := l.say(t, NoteAlarms{[]AlarmNote{note}}, watching(at(11)).by(byWatch()))[0].(AlarmRaised); got.Called != nil || got.Stage != stage {
			t.Errorf("%s: %s %v", stage, got.Stage, got.Called)
		}
	}
}
