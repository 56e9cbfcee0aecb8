package alarm

import (
	"reflect"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// TestChangeKind_Calls: what begins or worsens calls somebody; what eases or ends does
// not.
func TestChangeKind_Calls(t *testing.T) {
	t.Parallel()
	for k, want := range map[ChangeKind]bool{
		Raised: true, Worsened: true, Escalated: true, AnnouncedAgain: true, PauseEnded: true,
		Answered: false, Eased: false, Ended: false, Cleared: false, "": false,
	} {
		if got := k.Calls(); got != want {
			t.Errorf("%q calls: %v", k, got)
		}
	}
}

// TestSooner: of two instants the earlier, where none is none.
func TestSooner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want time.Time }{
		{sec(1), sec(2), sec(1)},
		{sec(2), sec(1), sec(1)},
		{sec(1), sec(1), sec(1)},
		{time.Time{}, sec(2), sec(2)},
		{sec(2), time.Time{}, sec(2)},
		{},
	} {
		if got := sooner(c.a, c.b); !got.Equal(c.want) {
			t.Errorf("of %v and %v: %v", c.a, c.b, got)
		}
	}
	if at, ok := (State{}).Due(); ok || !at.IsZero() {
		t.Errorf("nothing is due at %v", at)
	}
	if at, ok := (State{due: sec(5)}).Due(); !ok || !at.Equal(sec(5)) {
		t.Errorf("due at %v, %v", at, ok)
	}
}

// TestAlarm_Next: for each stage and answer when something is due, and when nothing is.
func TestAlarm_Next(t *testing.T) {
	t.Parallel()
	s := testSettings()
	never := time.Time{}
	for name, c := range map[string]struct {
		alarm Alarm
		want  time.Time
	}{
		"red at the nurse":              {Alarm{Priority: High, Stage: ToNurse, StageAt: sec(10)}, sec(40)},
		"red at the next person":        {Alarm{Priority: High, Stage: ToNext, StageAt: sec(10)}, sec(40)},
		"yellow at the nurse":           {Alarm{Priority: Medium, Stage: ToNurse, StageAt: sec(10)}, sec(130)},
		"low at the nurse":              {Alarm{Priority: Low, Stage: ToNurse, StageAt: sec(10)}, never},
		"red in the room":               {Alarm{Priority: High, Stage: ToRoom, StageAt: sec(10)}, never},
		"red to everyone":               {Alarm{Priority: High, Stage: ToEveryone, StageAt: sec(10)}, never},
		"at the bedside":                {Alarm{Priority: Medium, Stage: AtBedside, StageAt: sec(10)}, sec(130)},
		"red, acknowledged":             {Alarm{Priority: High, Stage: ToNurse, StageAt: sec(10), AckedAt: sec(20)}, sec(140)},
		"yellow, acknowledged":          {Alarm{Priority: Medium, Stage: ToRoom, StageAt: sec(10), AckedAt: sec(20)}, sec(320)},
		"low, acknowledged":             {Alarm{Priority: Low, Stage: ToNurse, StageAt: sec(10), AckedAt: sec(20)}, never},
		"at the bedside, acknowledged":  {Alarm{Priority: High, Stage: AtBedside, StageAt: sec(10), AckedAt: sec(20)}, sec(140)},
		"paused":                        {Alarm{Priority: High, Stage: ToNurse, StageAt: sec(10), AckedAt: sec(20), PausedUntil: sec(90)}, sec(90)},
		"over, and nobody acknowledged": {Alarm{Priority: High, Stage: ToNurse, StageAt: sec(10), EndedAt: sec(12)}, never},
		"over while paused":             {Alarm{Priority: High, Stage: ToNurse, StageAt: sec(10), AckedAt: sec(20), EndedAt: sec(30), PausedUntil: sec(90)}, sec(90)},
	} {
		if got := c.alarm.next(s); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if got := c.alarm.next(Settings{}); !got.IsZero() && !got.Equal(c.alarm.PausedUntil) {
			t.Errorf("%s: due at %v though no time is set", name, got)
		}
	}
	both := Announced{Alarms: []Alarm{{Priority: Medium, Stage: ToNurse, StageAt: sec(10)}, {Priority: High, Stage: ToNurse, StageAt: sec(10)}}}
	if got := both.next(s); !got.Equal(sec(40)) {
		t.Errorf("of two alarms %v", got)
	}
}

// announced is a list after these changes, each of the first announcement at its second.
func announced(changes ...Change) Announced {
	var a Announced
	for _, c := range changes {
		a = a.With(c)
	}
	return a
}

func change(s float64, kind ChangeKind, id ID, p Priority) Change {
	return Change{Kind: kind, Condition: id, Priority: p, At: sec(s), Since: sec(s), Announcement: 1, Stage: ToNurse, Value: "v", Rule: "T-" + string(id)}
}

// TestAnnounced_With: each change leaves what it is not about, and the list that it was
// folded into, as they were.
func TestAnnounced_With(t *testing.T) {
	t.Parallel()
	two := announced(change(1, Raised, HRHigh, Medium), change(2, Raised, SpO2Low, High))
	before := append([]Alarm(nil), two.Alarms...)
	ids := func(a Announced) (out []ID) {
		for _, x := range a.Alarms {
			out = append(out, x.Condition)
		}
		return out
	}
	if got := ids(two); !reflect.DeepEqual(got, []ID{SpO2Low, HRHigh}) {
		t.Errorf("red stands after yellow: %v", got)
	}
	if got := ids(two.With(change(3, Worsened, HRHigh, High))); !reflect.DeepEqual(got, []ID{SpO2Low, HRHigh}) {
		t.Errorf("of two red ones: %v", got)
	}
	if got := ids(two.With(change(3, Eased, SpO2Low, Low))); !reflect.DeepEqual(got, []ID{HRHigh, SpO2Low}) {
		t.Errorf("eased to low: %v", got)
	}
	if got := ids(two.With(change(3, Cleared, SpO2Low, High))); !reflect.DeepEqual(got, []ID{HRHigh}) {
		t.Errorf("after clearing red: %v", got)
	}
	if got := two.With(change(3, Cleared, RRLow, High)); !reflect.DeepEqual(got, two) {
		t.Errorf("clearing what is not there leaves %v", ids(got))
	}
	if !reflect.DeepEqual(two.Alarms, before) {
		t.Errorf("the list itself became %+v", two.Alarms)
	}

	answered := two.With(Change{Kind: Answered, Condition: SpO2Low, At: sec(4), By: "okafor"})
	a, _ := answered.Alarm(SpO2Low)
	if !a.AckedAt.Equal(sec(4)) || a.AckedBy != "okafor" || a.Value != "v" || a.Announcement != 1 {
		t.Errorf("answered: %+v", a)
	}
	ended, _ := answered.With(Change{Kind: Ended, Condition: SpO2Low, At: sec(5)}).Alarm(SpO2Low)
	if !ended.EndedAt.Equal(sec(5)) || ended.Priority != High || !ended.Acked() {
		t.Errorf("ended: %+v", ended)
	}
	up, _ := two.With(Change{Kind: Escalated, Condition: SpO2Low, At: sec(32), Stage: ToNext}).Alarm(SpO2Low)
	if up.Stage != ToNext || !up.StageAt.Equal(sec(32)) || !up.AnnouncedAt.Equal(sec(2)) || up.Rule != "T-spo2_low" {
		t.Errorf("escalated: %+v", up)
	}
	eased := change(6, Eased, SpO2Low, Medium)
	eased.Announcement, eased.Stage, eased.Value = 9, ToRoom, "w"
	e, _ := answered.With(eased).Alarm(SpO2Low)
	if e.Priority != Medium || e.Value != "w" || e.Announcement != 1 || e.Stage != ToNurse || !e.Acked() || !e.RaisedAt.Equal(sec(2)) {
		t.Errorf("eased: %+v", e)
	}
	again := change(7, AnnouncedAgain, SpO2Low, High)
	again.Announcement = 2
	full := answered.Pause(Paused{told(5), SpO2Low, "okafor", 1, sec(60)}, time.Hour).With(Change{Kind: Ended, Condition: SpO2Low, At: sec(6)})
	n, _ := full.With(again).Alarm(SpO2Low)
	if n.Announcement != 2 || !n.AnnouncedAt.Equal(sec(7)) || !n.StageAt.Equal(sec(7)) || !n.RaisedAt.Equal(sec(2)) || n.Acked() || n.AckedBy != "" || !n.PausedUntil.IsZero() || !n.EndedAt.IsZero() {
		t.Errorf("announced again: %+v", n)
	}
}

// TestAnnounced_OnlyWhatWasSeenIsAnswered: an acknowledgement or a pause counts for the
// announcement that was seen; the first one who took it keeps it.
func TestAnnounced_OnlyWhatWasSeenIsAnswered(t *testing.T) {
	t.Parallel()
	a := announced(change(1, Raised, SpO2Low, High), change(1, Raised, HRHigh, Medium))
	for name, got := range map[string]Announced{
		"another announcement":          a.Acknowledge(Acknowledged{told(5), SpO2Low, "okafor", 2}),
		"the one before":                a.Acknowledge(Acknowledged{told(5), SpO2Low, "okafor", 0}),
		"no such alarm":                 a.Acknowledge(Acknowledged{told(5), RRLow, "okafor", 1}),
		"a pause of another":            a.Pause(Paused{told(5), SpO2Low, "okafor", 2, sec(60)}, time.Hour),
		"a pause of the one before":     a.Pause(Paused{told(5), SpO2Low, "okafor", 0, sec(60)}, time.Hour),
		"a pause of none":               a.Pause(Paused{told(5), RRLow, "okafor", 1, sec(60)}, time.Hour),
		"a pause that ends as it comes": a.Pause(Paused{told(5), SpO2Low, "okafor", 1, sec(5)}, time.Hour),
		"a pause that was over before":  a.Pause(Paused{told(5), SpO2Low, "okafor", 1, sec(4)}, time.Hour),
	} {
		if !reflect.DeepEqual(got, a) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	taken := a.Acknowledge(Acknowledged{told(5), SpO2Low, "okafor", 1})
	if again := taken.Acknowledge(Acknowledged{told(9), SpO2Low, "brandt", 1}); !reflect.DeepEqual(again, taken) {
		t.Errorf("the second one took it: %+v", again)
	}
	x, _ := taken.Alarm(SpO2Low)
	if y, _ := taken.Alarm(HRHigh); !x.Acked() || x.AckedBy != "okafor" || y.Acked() {
		t.Errorf("%+v, %+v", x, y)
	}
	paused := taken.Pause(Paused{told(9), SpO2Low, "brandt", 1, sec(60)}, time.Hour)
	if x, _ = paused.Alarm(SpO2Low); !x.PausedUntil.Equal(sec(60)) || x.AckedBy != "okafor" || !x.AckedAt.Equal(sec(5)) {
		t.Errorf("paused by another: %+v", x)
	}
	for most, until := range map[time.Duration]time.Time{time.Minute: sec(65), 30 * time.Second: sec(35), 10 * time.Minute: sec(65)} {
		x, _ = a.Pause(Paused{told(5), SpO2Low, "brandt", 1, sec(65)}, most).Alarm(SpO2Low)
		if !x.PausedUntil.Equal(until) || x.AckedBy != "brandt" || !x.AckedAt.Equal(sec(5)) {
			t.Errorf("paused for a minute where %v can be: %+v", most, x)
		}
	}
	loud := change(1, Raised, SpO2Low, High)
	loud.Stage = ToEveryone
	everyone := announced(loud)
	if got := everyone.Pause(Paused{told(5), SpO2Low, "okafor", 1, sec(60)}, time.Hour); !reflect.DeepEqual(got, everyone) {
		t.Errorf("what goes to everyone was paused: %+v", got)
	}
}

// TestNoDataSince: an alarm says that nothing has come once nothing has come for longer
// than the setting, to the instant; one on time, one that is over and none never do.
func TestNoDataSince(t *testing.T) {
	t.Parallel()
	c := watched(t).every(0, 16, vital.SpO2, 88)
	silent := testSettings().Silent.Seconds()
	for _, s := range []float64{15 + silent - 1, 15 + silent} {
		c.at(s)
		if at, ok := c.state.NoDataSince(c.limits, SpO2Low); ok || !at.Equal(sec(15)) {
			t.Errorf("at %g s: %v since %v", s, ok, at)
		}
	}
	c.at(15 + silent + 0.1)
	if at, ok := c.state.NoDataSince(c.limits, SpO2Low); !ok || !at.Equal(sec(15)) {
		t.Errorf("just after: %v since %v", ok, at)
	}
	c.facts(90, Facts{Watching: true, Since: nine, HelpSince: sec(90)}).at(900)
	for _, id := range []ID{Help, HRHigh, "mood", ""} {
		if at, ok := c.state.NoDataSince(c.limits, id); ok || !at.IsZero() {
			t.Errorf("%q: %v since %v", id, ok, at)
		}
	}
	for _, id := range IDs() {
		if _, ok := (State{}).NoDataSince(c.limits, id); ok {
			t.Errorf("a session of which nothing is known has no alarm of %s to say it of", id)
		}
	}
	// It is said of a low alarm too; of a source that is no more it is not.
	low := c.state
	low.Building.conds = append([]cond(nil), c.state.Building.conds...)
	low.Building.conds[SpO2Low.number()].priority = Low
	if at, ok := low.NoDataSince(c.limits, SpO2Low); !ok || !at.Equal(sec(15)) {
		t.Errorf("of a low alarm: %v since %v", ok, at)
	}
	low.Building.sources = nil
	low.Building.conds[SpO2Low.number()].source = 0
	if at, ok := low.NoDataSince(c.limits, SpO2Low); ok || !at.IsZero() {
		t.Errorf("without its source: %v since %v", ok, at)
	}
}

// whole is a change in which no two fields are alike, nor alike in two changes.
func whole(kind ChangeKind, p Priority, at float64, n int, sign string) Change {
	return Change{
		Kind: kind, Condition: NoReading, Priority: p, Rule: "rule " + sign, Version: 10 + n, At: sec(at), Since: sec(at - 0.5), Announcement: n,
		Stage: Stage("stage " + sign), Recheck: n%2 == 1, Extent: 20 + n, Value: "value " + sign, Limit: "limit " + sign,
		Text: word.M("alarm.is.help", sign), Consider: []word.Message{word.M("alarm.do.go", sign)}, Wording: "wording " + sign,
		By: ident.Person("by " + sign), Called: []ident.Person{ident.Person("called " + sign)},
	}
}

// TestAnnounced_WhatAChangeLeavesOfEachField: a raised alarm is the whole of its
// change; each later one sets what it is about, and leaves the rest.
func TestAnnounced_WhatAChangeLeavesOfEachField(t *testing.T) {
	t.Parallel()
	first := whole(Raised, High, 10, 1, "first")
	raised := Alarm{
		Condition: NoReading, Priority: High, Rule: "rule first", Version: 11, RaisedAt: sec(10), Since: sec(9.5), Announcement: 1, AnnouncedAt: sec(10),
		Stage: "stage first", StageAt: sec(10), Called: first.Called, Recheck: true, Extent: 21, Value: "value first", Limit: "limit first",
		Text: first.Text, Consider: first.Consider, Wording: "wording first",
	}
	a := announced(first)
	if got, _ := a.Alarm(NoReading); !reflect.DeepEqual(got, raised) {
		t.Fatalf("raised: %+v\nwant %+v", got, raised)
	}
	known := raised
	known.AckedAt, known.AckedBy, known.PausedUntil, known.EndedAt = sec(11), "okafor", sec(90), sec(12)
	for _, kind := range []ChangeKind{Raised, Worsened, AnnouncedAgain, PauseEnded, Eased, Escalated, Answered, Ended} {
		c := whole(kind, Medium, 20, 2, "second")
		said := known
		said.Priority, said.Rule, said.Version, said.Since = Medium, "rule second", 12, sec(19.5)
		said.Recheck, said.Extent, said.Value, said.Limit, said.Text, said.Consider, said.Wording = false, 22, "value second", "limit second", c.Text, c.Consider, "wording second"
		want := said
		switch kind {
		case Eased:
		case Escalated:
			want = known
			want.Stage, want.StageAt, want.Called = "stage second", sec(20), c.Called
		case Answered:
			want = known
			want.AckedAt, want.AckedBy = sec(20), "by second"
		case Ended:
			want = known
			want.EndedAt = sec(20)
		default: // told anew: nobody has answered that
			want.Announcement, want.AnnouncedAt, want.Stage, want.StageAt, want.Called = 2, sec(20), "stage second", sec(20), c.Called
			want.AckedAt, want.AckedBy, want.PausedUntil, want.EndedAt = time.Time{}, "", time.Time{}, time.Time{}
		}
		if got, _ := (Announced{Alarms: []Alarm{known}}).With(c).Alarm(NoReading); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v", kind, got, want)
		}
	}
}
