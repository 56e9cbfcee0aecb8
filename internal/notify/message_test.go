package notify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

var ten = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func fact(p alarm.Priority, stage alarm.Stage) session.AlarmFact {
	return session.AlarmFact{
		Condition: alarm.SpO2Low, Priority: p, Rule: "AL-SPO2-LOW", RuleVersion: 1, Since: ten.Add(-15 * time.Second), Announcement: 1, Stage: stage,
		Value: "88 %", Limit: "below 90 %", Text: word.M("alarm.value", "SpO₂", "88 %", "15 s", "below 90 %"), Called: []ident.Person{"p"},
	}
}

func recordOf(t *testing.T, e session.Event) journal.Record {
	t.Helper()
	typ, version, payload, err := session.Codec.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Record{Clinic: "demo", Position: 41, Stream: "session/s", Type: typ, Version: version, Payload: payload, EffectiveAt: ten, RecordedAt: ten}
}

// TestOwes: what calls somebody beyond the screen where it was charted, yellow or
// red, once for each step.
func TestOwes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event session.Event
		id    string // empty where nothing is owed
	}{
		"raised":                {session.AlarmRaised{AlarmFact: fact(alarm.High, alarm.ToNurse)}, "demo/41/nurse"},
		"raised to everyone":    {session.AlarmRaised{AlarmFact: fact(alarm.High, alarm.ToEveryone)}, "demo/41/everyone"},
		"worse":                 {session.AlarmWorsened{AlarmFact: fact(alarm.High, alarm.ToNurse)}, "demo/41/nurse"},
		"escalated":             {session.AlarmEscalated{AlarmFact: fact(alarm.Medium, alarm.ToNext)}, "demo/41/next-person"},
		"again":                 {session.AlarmAnnouncedAgain{AlarmFact: fact(alarm.Medium, alarm.ToNurse)}, "demo/41/nurse"},
		"after a pause":         {session.AlarmPauseEnded{AlarmFact: fact(alarm.Medium, alarm.ToNurse)}, "demo/41/nurse"},
		"low":                   {session.AlarmRaised{AlarmFact: fact(alarm.Low, alarm.ToNurse)}, ""},
		"at the bedside":        {session.AlarmRaised{AlarmFact: fact(alarm.High, alarm.AtBedside)}, ""},
		"eased":                 {session.AlarmEased{AlarmFact: fact(alarm.Medium, alarm.ToNurse)}, ""},
		"answered":              {session.AlarmAnswered{AlarmFact: fact(alarm.High, alarm.ToNurse)}, ""},
		"over":                  {session.AlarmEnded{AlarmFact: fact(alarm.High, alarm.ToNurse)}, ""},
		"gone":                  {session.AlarmCleared{AlarmFact: fact(alarm.High, alarm.ToNurse)}, ""},
		"acknowledged":          {session.AlarmAcknowledged{Condition: alarm.SpO2Low, Announcement: 1}, ""},
		"something else":        {session.PresenceChecked{}, ""},
		"the chair was quieted": {session.ChairQuietened{Minutes: 5}, ""},
	} {
		o, ok := Owes(recordOf(t, c.event))
		if ok != (c.id != "") || o.ID != c.id || ok && !o.ExpiresAt.Equal(ten.Add(15*time.Minute)) {
			t.Errorf("%s: %+v, %v", name, o, ok)
		}
	}
	broken := recordOf(t, session.AlarmRaised{AlarmFact: fact(alarm.High, alarm.ToNurse)})
	broken.Payload = []byte("{")
	if o, ok := Owes(broken); ok {
		t.Errorf("an entry that cannot be read owes %+v", o)
	}
}

// standing are the alarms of a visit with one of that saturation.
func standing(a alarm.Alarm) alarm.Announced {
	a.Condition = alarm.SpO2Low
	return alarm.Announced{Alarms: []alarm.Alarm{a}}
}

// TestAnswered: nobody is called for what somebody takes care of, or what is no
// more; a red alarm that ended by itself still calls.
func TestAnswered(t *testing.T) {
	t.Parallel()
	r := recordOf(t, session.AlarmEscalated{AlarmFact: fact(alarm.High, alarm.ToNext)})
	for name, c := range map[string]struct {
		now  alarm.Announced
		want bool
	}{
		"it stands":              {standing(alarm.Alarm{}), false},
		"over, not acknowledged": {standing(alarm.Alarm{EndedAt: ten}), false},
		"acknowledged":           {standing(alarm.Alarm{AckedAt: ten, AckedBy: "p"}), true},
		"no more":                {alarm.Announced{}, true},
		"another was answered":   {alarm.Announced{Alarms: []alarm.Alarm{{Condition: alarm.SBPHigh, AckedAt: ten}, standing(alarm.Alarm{}).Alarms[0]}}, false},
	} {
		if got, err := Answered(r, c.now); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	r.Payload = []byte("{")
	if _, err := Answered(r, alarm.Announced{}); err == nil {
		t.Error("an entry that cannot be read counts as answered")
	}
}

// TestWrite: the whole message, and nothing of the patient; what a device says of
// itself is left out.
func TestWrite(t *testing.T) {
	t.Parallel()
	r := recordOf(t, session.AlarmEscalated{AlarmFact: fact(alarm.High, alarm.ToNext)})
	o, _ := Owes(r)
	w := Where{Chair: 3, Names: map[ident.Person]string{"p": "L. Brandt RN"}, Board: "https://clinic.example/board"}
	raw, err := Write(o, r, w)
	if err != nil {
		t.Fatal(err)
	}
	var got Message
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	want := Message{
		ID: "demo/41/next-person", Clinic: "demo", Chair: 3, Priority: "high", Alarm: "spo2_low", Name: "SpO₂ low",
		Text: "SpO₂ 88 % for 15 s. Limit: below 90 %.", Kind: "escalated", Step: "next person", Called: []string{"L. Brandt RN"},
		Since: ten.Add(-15 * time.Second), At: ten, Board: "https://clinic.example/board", Notice: Notice,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	own := fact(alarm.High, alarm.ToNurse)
	own.Condition, own.Text = alarm.MonitorAlarm, word.M("alarm.is.monitor_alarm", "RIVERA MARIA ASYSTOLE")
	r = recordOf(t, session.AlarmRaised{AlarmFact: own})
	if raw, err = Write(o, r, w); err != nil || strings.Contains(string(raw), "RIVERA") {
		t.Errorf("%s, %v", raw, err)
	}
}

// TestSign: the worked example of doc/alarms-out.md.
func TestSign(t *testing.T) {
	t.Parallel()
	got := Sign([]byte("0123456789abcdef0123456789abcdef"), time.Unix(1795428000, 0), "demo/41/nurse", []byte(`{"id":"demo/41/nurse"}`))
	if want := "v1=3220bd369847ed3978e104f6caf2ab136385893bf04a9bf66649a60d943b1cf5"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzOwes: whatever stands in an entry, nothing panics, and what is owed can be
// written.
func FuzzOwes(f *testing.F) {
	f.Add("session.alarm-raised", []byte(`{"condition":"spo2_low","priority":"high","stage":"nurse","text":{"id":"alarm.value","args":["a"]},"called":["x"]}`))
	f.Add("session.alarm-escalated", []byte(`{}`))
	f.Fuzz(func(t *testing.T, typ string, payload []byte) {
		r := journal.Record{Clinic: "demo", Position: 7, Stream: "session/s", Type: typ, Version: 1, Payload: payload, RecordedAt: ten}
		o, ok := Owes(r)
		if !ok {
			return
		}
		if _, err := Write(o, r, Where{Chair: 1}); err != nil {
			t.Error(err)
		}
	})
}
