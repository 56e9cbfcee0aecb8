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
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
	shipped "github.com/stillwatch/stillwatch/library"
)

// shippedAlarms is the alarm library as it is shipped.
func shippedAlarms(t *testing.T) library.Alarms {
	t.Helper()
	rules, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// spo2 is a red alarm of saturation as the machine announces it.
func spo2() alarm.Alarm {
	return alarm.Alarm{
		Condition: alarm.SpO2Low, Priority: alarm.High, Rule: "AL-SPO2-LOW", Version: 1, RaisedAt: at(20), Since: at(20).Add(-15 * time.Second),
		Announcement: 2, AnnouncedAt: at(20), Stage: alarm.ToNurse, Value: "88 %", Limit: "below 90 %",
		Text:     word.M("alarm.value", "SpO₂", "88 %", "15 s", "below 90 %"),
		Consider: []word.Message{word.M("alarm.do.stimulate"), word.M("alarm.do.pause"), word.M("alarm.do.stop"), word.M("alarm.do.call_prescriber")},
		Wording:  "Clinic setting",
	}
}

func other(id alarm.ID, p alarm.Priority) alarm.Alarm {
	return alarm.Alarm{Condition: id, Priority: p, Announcement: 1, Stage: alarm.ToNurse, Since: at(20), AnnouncedAt: at(20), Text: id.Name()}
}

// alarmed is a running visit with alarms, nurse and prescriber.
func alarmed(t *testing.T, all ...alarm.Alarm) app.Visit {
	t.Helper()
	v := running(t, at(21))
	v.Env.Alarms, v.Env.Signed, v.Env.Adopted = shippedAlarms(t), session.AlarmsSigned{Known: true, Done: true}, session.Adopted{Known: true, Done: true}
	v.Names = map[ident.Person]string{"okafor": "A. Okafor RN", "weiss": "J. Weiss MD"}
	v.State.Nurse = "okafor"
	v.State.Alarms.Alarms = all
	return v
}

func alarmsOf(v app.Visit) view.Alarms { return Alarms(v, Acts(v)) }

// TestAlarms_SayWhatTheMachineDecided: what, how long, against which limit, who
// is called, on what it rests; the acknowledgement names what was seen.
func TestAlarms_SayWhatTheMachineDecided(t *testing.T) {
	t.Parallel()
	a := alarmsOf(alarmed(t, spo2())).List[0]
	if a.Colour != "Red" || a.Tone != view.Red || a.Name != "SpO₂ low" || a.Text != "SpO₂ 88 % for 15 s. Limit: below 90 %." || a.Brief != "88 %, limit below 90 %" ||
		a.State != "A. Okafor RN is called" || a.Since != "10:19" || a.Answered || a.Paused || a.Over {
		t.Errorf("%+v", a)
	}
	if !strings.HasPrefix(a.Source, "Row AL-SPO2-LOW 1 · ") || !strings.Contains(a.Source, "ALARM-DELAY") || !strings.Contains(a.Mark, "threshold default") || !strings.Contains(a.Mark, "action default") {
		t.Errorf("it rests on %q, %q", a.Source, a.Mark)
	}
	var seen session.AcknowledgeAlarm
	if err := json.Unmarshal(a.Acknowledge.Body, &seen); err != nil || seen.Condition != alarm.SpO2Low || seen.Announcement != 2 || a.Acknowledge.Planned {
		t.Errorf("acknowledging says %s, planned %v, %v", a.Acknowledge.Body, a.Acknowledge.Planned, err)
	}
}

// TestAlarms_StateInWords: each state of the ladder and of an answer.
func TestAlarms_StateInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*alarm.Alarm)
		state  string
		sound  string // empty for silence
		ack    bool   // can be acknowledged
		pauses int
	}{
		{"announced", func(*alarm.Alarm) {}, "A. Okafor RN is called", "high", true, 3},
		{"at the bedside", func(a *alarm.Alarm) { a.Stage = alarm.AtBedside }, "Answer at the chair", "", true, 3},
		{"escalated", func(a *alarm.Alarm) { a.Stage = alarm.ToNext }, "The next person is called", "high", true, 3},
		{"to the room", func(a *alarm.Alarm) { a.Stage = alarm.ToRoom }, "The room is called", "high", true, 3},
		{"to everyone", func(a *alarm.Alarm) { a.Stage = alarm.ToEveryone }, "Everyone is called", "high", true, 0},
		{"acknowledged", func(a *alarm.Alarm) { a.AckedAt, a.AckedBy = at(21), "okafor" }, "Acknowledged 10:21 by A. Okafor RN", "", false, 3},
		{"paused", func(a *alarm.Alarm) { a.AckedAt, a.AckedBy, a.PausedUntil = at(21), "okafor", at(26) }, "Paused until 10:26 by A. Okafor RN", "high", false, 3},
		{"over", func(a *alarm.Alarm) { a.EndedAt = at(21) }, "Over since 10:21, not acknowledged", "low", true, 0},
	} {
		x := spo2()
		c.change(&x)
		got := alarmsOf(alarmed(t, x))
		a := got.List[0]
		if a.State != c.state || (a.Acknowledge != nil) != c.ack || len(a.Pauses) != c.pauses {
			t.Errorf("%s: %q, acknowledge %v, %d pauses", c.name, a.State, a.Acknowledge, len(a.Pauses))
		}
		kind := ""
		if len(got.Sounds) > 0 {
			kind = got.Sounds[0].Kind
		}
		if kind != c.sound {
			t.Errorf("%s: sounds as %q, want %q", c.name, kind, c.sound)
		}
		if c.name == "paused" && got.Sounds[0].FromMS != at(26).UnixMilli() {
			t.Errorf("a pause is silent until %d", got.Sounds[0].FromMS)
		}
	}
}

// TestAlarms_APauseEndsWithoutAnybody: a pause whose end nobody noted is over
// all the same.
func TestAlarms_APauseEndsWithoutAnybody(t *testing.T) {
	t.Parallel()
	x := spo2()
	x.AckedAt, x.AckedBy, x.PausedUntil = at(10), "okafor", at(20)
	got := alarmsOf(alarmed(t, x))
	if got.List[0].Paused || len(got.Sounds) != 1 || got.Sounds[0].FromMS > at(21).UnixMilli() {
		t.Errorf("%+v", got)
	}
}

// TestAlarms_AnotherAnnouncementIsHeardAgain: its sound has another key.
func TestAlarms_AnotherAnnouncementIsHeardAgain(t *testing.T) {
	t.Parallel()
	x := spo2()
	before := alarmsOf(alarmed(t, x)).Sounds[0].Key
	x.Announcement++
	if after := alarmsOf(alarmed(t, x)).Sounds[0].Key; after == before {
		t.Errorf("both are %q", before)
	}
}

// TestAlarms_Order: red first, of one priority what nobody answered, and no
// technical alarm hides one of the body.
func TestAlarms_Order(t *testing.T) {
	t.Parallel()
	answered := func(a alarm.Alarm) alarm.Alarm { a.AckedAt, a.AckedBy = at(21), "okafor"; return a }
	ended := func(a alarm.Alarm) alarm.Alarm { a.EndedAt = at(21); return a }
	offline, link := other(alarm.MonitorOffline, alarm.High), other(alarm.LinkUnconfirmed, alarm.Medium)
	for _, c := range []struct {
		name string
		all  []alarm.Alarm // in the machine's order
		want []alarm.ID
		also []string
	}{
		{"red before yellow", []alarm.Alarm{spo2(), other(alarm.HRHigh, alarm.Medium)}, []alarm.ID{alarm.SpO2Low, alarm.HRHigh}, []string{"Heart rate high"}},
		{"an answered red before a yellow", []alarm.Alarm{answered(spo2()), other(alarm.HRHigh, alarm.Medium)}, []alarm.ID{alarm.SpO2Low, alarm.HRHigh}, []string{"Heart rate high"}},
		{"of two red what nobody answered", []alarm.Alarm{answered(spo2()), other(alarm.HRHigh, alarm.High)}, []alarm.ID{alarm.HRHigh, alarm.SpO2Low}, []string{"SpO₂ low"}},
		{"body before technical", []alarm.Alarm{spo2(), offline}, []alarm.ID{alarm.SpO2Low, alarm.MonitorOffline}, []string{"Not monitored: the monitor is silent"}},
		{
			"a technical red that nobody answered shows the body beside it",
			[]alarm.Alarm{answered(spo2()), offline, other(alarm.NoReading, alarm.High), other(alarm.RRLow, alarm.Medium), link},
			[]alarm.ID{alarm.MonitorOffline, alarm.NoReading, alarm.SpO2Low, alarm.RRLow, alarm.LinkUnconfirmed},
			[]string{"SpO₂ low", "Breathing slow", "No reading", "Link to the monitor not confirmed"},
		},
		{"what is over comes last of its colour", []alarm.Alarm{ended(spo2()), answered(offline), link}, []alarm.ID{alarm.MonitorOffline, alarm.SpO2Low, alarm.LinkUnconfirmed}, []string{"SpO₂ low", "Link to the monitor not confirmed"}},
	} {
		got := alarmsOf(alarmed(t, c.all...))
		var ids []alarm.ID
		for _, a := range got.List {
			ids = append(ids, alarm.ID(a.Condition))
		}
		var also []string
		for _, a := range got.Also {
			also = append(also, a.Text)
		}
		if !slices.Equal(ids, c.want) || !slices.Equal(also, c.also) {
			t.Errorf("%s: %v, beside it %v", c.name, ids, also)
		}
	}
}

// TestAlarms_AdviceLeadsToActs: what is considered leads to the chair's own
// button, while it is possible; what is done at the patient is words.
func TestAlarms_AdviceLeadsToActs(t *testing.T) {
	t.Parallel()
	v := alarmed(t, spo2())
	got := map[string]string{}
	for _, a := range alarmsOf(v).List[0].Advice {
		got[a.Text] = ""
		if a.Act != nil {
			got[a.Text] = a.Act.Act
		}
	}
	want := map[string]string{
		"Speak to the patient and stimulate": "", "Pause the infusion": "session.pause", "Stop the infusion": "session.stop", "Call the prescriber": string(session.ActSpokenOrder),
	}
	for text, act := range want {
		if got[text] != act {
			t.Errorf("%q leads to %q, want %q", text, got[text], act)
		}
	}
	v.State.Phase = session.PhasePaused
	for _, a := range alarmsOf(v).List[0].Advice {
		if a.Text == "Pause the infusion" && a.Act != nil {
			t.Error("a paused infusion can be paused again")
		}
	}
}

// TestAlarms_EveryAdviceIsKnown: each action of the shipped library either leads
// to an act or is one that is done at the patient. A new one has to be put into
// one of the two.
func TestAlarms_EveryAdviceIsKnown(t *testing.T) {
	t.Parallel()
	atThePatient := []string{
		"stimulate", "reposition", "oxygen", "airway", "no_raise", "ecg", "check_sensor", "check_airway", "reassure", "prepare_end", "go", "look_at_monitor", "set_clock", "look_aside", "open_board", "new_order",
	}
	for _, r := range shippedAlarms(t).Rules() {
		for _, c := range r.Consider {
			for _, do := range c.Do {
				_, acts := advised[do.Name]
				if acts == slices.Contains(atThePatient, do.Name) {
					t.Errorf("row %s: %q is in both or in neither", r.ID, do.Name)
				}
			}
		}
	}
}

// TestAlarms_PausesEndWithinWhatTheLibraryAllows.
func TestAlarms_PausesEndWithinWhatTheLibraryAllows(t *testing.T) {
	t.Parallel()
	v := alarmed(t, spo2())
	most := v.Env.Alarms.Settings().PauseMost
	got := alarmsOf(v).List[0].Pauses
	for _, p := range got {
		var c session.PauseAlarm
		if err := json.Unmarshal(p.Body, &c); err != nil || c.Minutes < 1 || c.Minutes.Duration() > most || c.Announcement != 2 || !p.Planned {
			t.Errorf("%s: %+v, %v", p.Label, c, err)
		}
	}
	if len(got) != 3 || got[2].Label != "Pause 10 min" || got[2].Sub != "until 10:31" {
		t.Errorf("%+v", got)
	}
}

// TestAlarms_NothingStandingIsNotAllClear: where nobody watches, it says so.
func TestAlarms_NothingStandingIsNotAllClear(t *testing.T) {
	t.Parallel()
	v := alarmed(t)
	if got := alarmsOf(v); got.Off || got.Calm != "No alarm." {
		t.Errorf("watched: %+v", got)
	}
	v.State.Phase = session.PhasePrepared
	if got := alarmsOf(v); !got.Off || strings.Contains(got.Calm, "No alarm.") {
		t.Errorf("before the start: %+v", got)
	}
	v = alarmed(t)
	v.Env.Alarms = library.Alarms{}
	if got := alarmsOf(v); !got.Off || !strings.Contains(got.Calm, "not switched on") {
		t.Errorf("without a library: %+v", got)
	}
	v = alarmed(t)
	v.Env.Signed.Done = false
	if got := alarmsOf(v); !got.Off || !strings.Contains(got.Calm, "not switched on") {
		t.Errorf("not signed: %+v", got)
	}
}

// TestTiles_OnlyTheirOwnAlarmColoursThem: with a word; what is over, and an
// alarm of something else, colours nothing.
func TestTiles_OnlyTheirOwnAlarmColoursThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		all  []alarm.Alarm
		want map[string]string // tile → tone and mark
	}{
		{"calm", nil, nil},
		{"saturation", []alarm.Alarm{spo2()}, map[string]string{"spo2": "red low"}},
		{"the worse of two", []alarm.Alarm{other(alarm.SBPHigh, alarm.High), other(alarm.MAPLow, alarm.Medium)}, map[string]string{"nibp": "red high"}},
		{"yellow", []alarm.Alarm{other(alarm.HRLow, alarm.Medium), other(alarm.RRLow, alarm.Medium)}, map[string]string{"pulse": "amber low", "rr": "amber slow"}},
		{"technical", []alarm.Alarm{other(alarm.MonitorOffline, alarm.High), other(alarm.NoReading, alarm.High)}, nil},
		{"over", []alarm.Alarm{func() alarm.Alarm { a := spo2(); a.EndedAt = at(21); return a }()}, nil},
	} {
		v := alarmed(t, c.all...)
		for _, tile := range append(Tiles(v), Scores(v)...) {
			got := strings.TrimSpace(string(tile.Tone) + " " + tile.Mark)
			if got != c.want[tile.Kind] {
				t.Errorf("%s: %s is %q, want %q", c.name, tile.Kind, got, c.want[tile.Kind])
			}
		}
	}
}

// TestSigns_EveryConditionOnSignsHasATile, but those whose sign has none.
func TestSigns_EveryConditionOnSignsHasATile(t *testing.T) {
	t.Parallel()
	without := []alarm.ID{alarm.EtCO2High, alarm.EtCO2Low, alarm.DistressHigh}
	for _, id := range alarm.IDs() {
		if _, ok := signOf[id]; !ok && id.OnSigns() && !slices.Contains(without, id) && id != alarm.ClockOff {
			t.Errorf("an alarm %q colours no tile", id)
		}
	}
}

// TestHearing_NobodyIsSaidOnlyWhereSomebodyIsWatched.
func TestHearing_NobodyIsSaidOnlyWhereSomebodyIsWatched(t *testing.T) {
	t.Parallel()
	v := alarmed(t)
	if h := Hearing(v); !h.Nobody || h.Text != "No one hears this chair" {
		t.Errorf("%+v", h)
	}
	v.Env.Heard.Places = []session.Proved{{Name: "station", At: v.Env.Now}, {Name: "A. Okafor RN", At: v.Env.Now.Add(-20 * time.Second)}, {Name: "old", At: v.Env.Now.Add(-time.Minute)}}
	if h := Hearing(v); h.Nobody || h.Text != "heard by A. Okafor RN, station" {
		t.Errorf("%+v", h)
	}
	v.Env.Heard.Places, v.State.Phase = nil, session.PhaseArrived
	if h := Hearing(v); h.Nobody || h.Text != "" {
		t.Errorf("before the start: %+v", h)
	}
	v = alarmed(t)
	v.Env.Alarms = library.Alarms{}
	if h := Hearing(v); h.Nobody {
		t.Errorf("without alarms: %+v", h)
	}
}

// TestHearing_WithoutAServer: what a chair needs to know of itself once it is
// alone, and only where somebody is watched under alarms that are signed.
func TestHearing_WithoutAServer(t *testing.T) {
	t.Parallel()
	if h := Hearing(alarmed(t)); !h.Watched || h.LastMS != 25_000 || !slices.Equal(h.QuietMin, []int{2, 5, 10}) {
		t.Errorf("%+v", h)
	}
	for name, change := range map[string]func(*app.Visit){
		"before the start": func(v *app.Visit) { v.State.Phase = session.PhaseArrived },
		"nothing signed":   func(v *app.Visit) { v.Env.Signed.Done = false },
	} {
		v := alarmed(t)
		change(&v)
		if h := Hearing(v); h.Watched || h.QuietMin != nil {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// TestLink_SaysWhatOnlyTheBedsideMonitorAlarmsOn: until the linked monitor has
// sent an alarm of its own, since the start or to this record.
func TestLink_SaysWhatOnlyTheBedsideMonitorAlarmsOn(t *testing.T) {
	t.Parallel()
	const said = "Apnoea and rhythm: bedside monitor only"
	linked := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	own := func(id alarm.ID, at time.Time) []session.Entry {
		return []session.Entry{{Event: session.AlarmRaised{AlarmFact: session.AlarmFact{Condition: id}}, Meta: journal.Meta{EffectiveAt: at}}}
	}
	for name, c := range map[string]struct {
		change func(*app.Visit)
		want   string
	}{
		"it sent none":                        {func(*app.Visit) {}, said},
		"it sent one since the start":         {func(v *app.Visit) { v.Feed.OwnAlarms = true }, ""},
		"the record has one":                  {func(v *app.Visit) { v.Entries = own(alarm.Apnoea, linked.Add(time.Minute)) }, ""},
		"the record has one of another":       {func(v *app.Visit) { v.Entries = own(alarm.MonitorAlarm, linked.Add(-time.Minute)) }, said},
		"the record has an alarm of our own":  {func(v *app.Visit) { v.Entries = own(alarm.SpO2Low, linked.Add(time.Minute)) }, said},
		"the record has one of the pump's":    {func(v *app.Visit) { v.Entries = own(alarm.PumpAir, linked.Add(time.Minute)) }, said},
		"no monitor is linked":                {func(v *app.Visit) { v.State.Link.Monitor = "" }, ""},
		"the patient has gone":                {func(v *app.Visit) { v.State.Phase = session.PhaseClosed }, ""},
		"the link is in doubt, and it is off": {func(v *app.Visit) { v.State.Link.Confirmed = false }, said},
	} {
		v := alarmed(t)
		v.State.Link = session.Link{Monitor: "m", Confirmed: true, Since: linked}
		c.change(&v)
		if got := Link(v).Beside; got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestRecord_SaysWhatAlarmsAreWorth: on the page, in print and as PDF.
func TestRecord_SaysWhatAlarmsAreWorth(t *testing.T) {
	t.Parallel()
	r := Record(alarmed(t), func(LineRef) string { return "" })
	i := slices.IndexFunc(r.Facts, func(f view.Fact) bool { return f.Term == "Alarms" })
	if i < 0 || r.Facts[i].Text != Primary || !strings.Contains(r.Facts[i].Note, "alarm library, version") {
		t.Errorf("%+v", r.Facts)
	}
}
