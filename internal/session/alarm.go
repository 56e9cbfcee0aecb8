package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/word"
)

// AlarmFact is what became of one alarm, with what it was decided on: the row
// of the library, the value and the limit as text, what was said.
type AlarmFact struct {
	Condition   alarm.ID       `json:"condition"`
	Priority    alarm.Priority `json:"priority"`
	Rule        string         `json:"rule"`
	RuleVersion int            `json:"rule_version"`
	Since       time.Time      `json:"since"` // when the condition began
	// Announcement counts them for this alarm, from 1: an acknowledgement
	// names the one that was seen.
	Announcement int            `json:"announcement"`
	Stage        alarm.Stage    `json:"stage"`
	Recheck      bool           `json:"recheck,omitempty"`
	Extent       int            `json:"extent,omitempty"`
	Value        string         `json:"value,omitempty"`
	Limit        string         `json:"limit,omitempty"`
	Text         word.Message   `json:"text"`
	Consider     []word.Message `json:"consider,omitempty"`
	Wording      string         `json:"wording,omitempty"`
	Telemetry    string         `json:"telemetry,omitempty"` // chunk head
	// Called are the people whom the stage calls by name; none where it calls
	// the room, everyone, or nobody yet.
	Called []ident.Person `json:"called,omitempty"`
}

// What became of an alarm, noted by the server's own watch job.
type (
	// AlarmRaised announces an alarm for the first time.
	AlarmRaised struct{ AlarmFact }
	// AlarmWorsened announces that it is worse than people were told.
	AlarmWorsened struct{ AlarmFact }
	// AlarmEscalated calls the next on the ladder.
	AlarmEscalated struct{ AlarmFact }
	// AlarmAnnouncedAgain announces what is still there.
	AlarmAnnouncedAgain struct{ AlarmFact }
	// AlarmPauseEnded announces what is still there when its pause is over.
	AlarmPauseEnded struct{ AlarmFact }
	// AlarmAnswered says that something was charted in answer to a score.
	AlarmAnswered struct {
		AlarmFact
		By ident.Person `json:"by"`
	}
	// AlarmEased says that it is less urgent, and still there.
	AlarmEased struct{ AlarmFact }
	// AlarmEnded says that it is over, and shown until somebody acknowledges it.
	AlarmEnded struct{ AlarmFact }
	// AlarmCleared says that it is gone.
	AlarmCleared struct{ AlarmFact }
)

// What people did about alarms.
type (
	// AlarmAcknowledged says that a person takes care of what was announced.
	AlarmAcknowledged struct {
		Condition    alarm.ID `json:"condition"`
		Announcement int      `json:"announcement"`
	}
	// AlarmPaused quietens an alarm until an instant. There is no pause
	// without an end.
	AlarmPaused struct {
		Condition    alarm.ID  `json:"condition"`
		Announcement int       `json:"announcement"`
		Until        time.Time `json:"until"`
	}
	// ChairQuietened says that somebody at a chair without the server silenced
	// its own sound, for so many minutes.
	ChairQuietened struct {
		Minutes drug.Minutes `json:"minutes"`
	}
	// AlarmLimitChanged sets another alarm limit for this patient. Its
	// author's role stands in the entry.
	AlarmLimitChanged struct {
		Limit  drug.Limit      `json:"limit"`
		Was    *drug.Limit     `json:"was,omitempty"` // what held for the patient before; nil for the library's
		Reason journal.Private `json:"reason"`
	}
)

func (AlarmRaised) event()         {}
func (AlarmWorsened) event()       {}
func (AlarmEscalated) event()      {}
func (AlarmAnnouncedAgain) event() {}
func (AlarmPauseEnded) event()     {}
func (AlarmAnswered) event()       {}
func (AlarmEased) event()          {}
func (AlarmEnded) event()          {}
func (AlarmCleared) event()        {}
func (AlarmAcknowledged) event()   {}
func (AlarmPaused) event()         {}
func (ChairQuietened) event()      {}
func (AlarmLimitChanged) event()   {}

// The acts about alarms.
const (
	ActNoteAlarms       act.Act = "session.note-alarms"
	ActAcknowledgeAlarm act.Act = "session.acknowledge-alarm"
	ActPauseAlarm       act.Act = "session.pause-alarm"
	ActQuietenChair     act.Act = "session.quieten-chair"
	ActChangeAlarmLimit act.Act = "session.change-alarm-limit"
)

type (
	// NoteAlarms is the watch job's: what became of the alarms at one instant.
	NoteAlarms struct {
		Changes []AlarmNote `json:"changes"`
	}
	// AlarmNote is one change of one alarm.
	AlarmNote struct {
		Kind alarm.ChangeKind `json:"kind"`
		By   ident.Person     `json:"by,omitempty"`
		AlarmFact
	}
	// AcknowledgeAlarm takes care of an alarm, of the announcement that was seen.
	AcknowledgeAlarm struct {
		Condition    alarm.ID `json:"condition"`
		Announcement int      `json:"announcement"`
	}
	// PauseAlarm quietens an alarm for some minutes.
	PauseAlarm struct {
		Condition    alarm.ID     `json:"condition"`
		Announcement int          `json:"announcement"`
		Minutes      drug.Minutes `json:"minutes"`
	}
	// QuietenChair says that the chair's own sound was silenced while it had no
	// server: it is told once the server is back.
	QuietenChair struct {
		Minutes drug.Minutes `json:"minutes"`
	}
	// ChangeAlarmLimit sets another limit for this patient, with a reason.
	ChangeAlarmLimit struct {
		Limit  drug.Limit      `json:"limit"`
		Reason journal.Private `json:"reason"`
	}
)

// Act names the command on the wire.
func (NoteAlarms) Act() act.Act       { return ActNoteAlarms }
func (AcknowledgeAlarm) Act() act.Act { return ActAcknowledgeAlarm }
func (PauseAlarm) Act() act.Act       { return ActPauseAlarm }
func (QuietenChair) Act() act.Act     { return ActQuietenChair }
func (ChangeAlarmLimit) Act() act.Act { return ActChangeAlarmLimit }

// Planned reports whether rules may refuse the command.
func (NoteAlarms) Planned() bool       { return false }
func (AcknowledgeAlarm) Planned() bool { return false }
func (PauseAlarm) Planned() bool       { return true }
func (QuietenChair) Planned() bool     { return false }
func (ChangeAlarmLimit) Planned() bool { return true }

func (NoteAlarms) command()       {}
func (AcknowledgeAlarm) command() {}
func (PauseAlarm) command()       {}
func (QuietenChair) command()     {}
func (ChangeAlarmLimit) command() {}

// NoteOf writes a change of the machine's as the watch job notes it.
func NoteOf(c alarm.Change) AlarmNote {
	return AlarmNote{Kind: c.Kind, By: c.By, AlarmFact: AlarmFact{
		Condition: c.Condition, Priority: c.Priority, Rule: c.Rule, RuleVersion: c.Version, Since: journal.Time(c.Since),
		Announcement: c.Announcement, Stage: c.Stage, Recheck: c.Recheck, Extent: c.Extent,
		Value: c.Value, Limit: c.Limit, Text: c.Text, Consider: c.Consider, Wording: c.Wording,
	}}
}

// change is the fact as the machine said it.
func (f AlarmFact) change(kind alarm.ChangeKind, at time.Time) alarm.Change {
	return alarm.Change{
		Kind: kind, Condition: f.Condition, Priority: f.Priority, Rule: f.Rule, Version: f.RuleVersion, At: at, Since: f.Since,
		Announcement: f.Announcement, Stage: f.Stage, Recheck: f.Recheck, Extent: f.Extent,
		Value: f.Value, Limit: f.Limit, Text: f.Text, Consider: f.Consider, Wording: f.Wording, Called: f.Called,
	}
}

// AlarmSaid is the fact that an entry carries of an alarm, and what became of
// it; ok is false for an entry that is about something else.
func AlarmSaid(e Event) (fact AlarmFact, kind alarm.ChangeKind, ok bool) {
	switch e := e.(type) {
	case AlarmRaised:
		return e.AlarmFact, alarm.Raised, true
	case AlarmWorsened:
		return e.AlarmFact, alarm.Worsened, true
	case AlarmEscalated:
		return e.AlarmFact, alarm.Escalated, true
	case AlarmAnnouncedAgain:
		return e.AlarmFact, alarm.AnnouncedAgain, true
	case AlarmPauseEnded:
		return e.AlarmFact, alarm.PauseEnded, true
	case AlarmAnswered:
		return e.AlarmFact, alarm.Answered, true
	case AlarmEased:
		return e.AlarmFact, alarm.Eased, true
	case AlarmEnded:
		return e.AlarmFact, alarm.Ended, true
	case AlarmCleared:
		return e.AlarmFact, alarm.Cleared, true
	default:
		return AlarmFact{}, "", false
	}
}

// event is the entry that a note becomes; ok is false for a kind that is none.
func (n AlarmNote) event() (Event, bool) {
	switch f := n.AlarmFact; n.Kind {
	case alarm.Raised:
		return AlarmRaised{f}, true
	case alarm.Worsened:
		return AlarmWorsened{f}, true
	case alarm.Escalated:
		return AlarmEscalated{f}, true
	case alarm.AnnouncedAgain:
		return AlarmAnnouncedAgain{f}, true
	case alarm.PauseEnded:
		return AlarmPauseEnded{f}, true
	case alarm.Answered:
		return AlarmAnswered{f, n.By}, true
	case alarm.Eased:
		return AlarmEased{f}, true
	case alarm.Ended:
		return AlarmEnded{f}, true
	case alarm.Cleared:
		return AlarmCleared{f}, true
	default:
		return nil, false
	}
}

// alarms folds what was said of alarms, and what people did about them.
func (s State) alarms(e Entry) State {
	if f, kind, ok := AlarmSaid(e.Event); ok {
		c := f.change(kind, e.EffectiveAt)
		if a, answered := e.Event.(AlarmAnswered); answered {
			c.By = a.By
		}
		s.Alarms = s.Alarms.With(c)
		return s
	}
	switch ev := e.Event.(type) {
	case AlarmAcknowledged:
		s.Alarms = s.Alarms.Acknowledge(alarm.Acknowledged{
			Told: alarm.Told(e.EffectiveAt), Condition: ev.Condition, By: e.Actor.Person, Announcement: ev.Announcement,
		})
	case AlarmPaused:
		s.Alarms = s.Alarms.Pause(alarm.Paused{
			Told: alarm.Told(e.EffectiveAt), Condition: ev.Condition, By: e.Actor.Person, Announcement: ev.Announcement, Until: ev.Until,
		}, ev.Until.Sub(e.EffectiveAt))
	case AlarmLimitChanged:
		s.AlarmLimits = inserted(without(s.AlarmLimits, ev.Limit), ev.Limit, func(drug.Limit, drug.Limit) int { return 0 })
	default:
		// the others do not concern this
	}
	return s
}

// without is limits less the one on the same sign and side, in fresh memory.
func without(limits []drug.Limit, l drug.Limit) []drug.Limit {
	var out []drug.Limit
	for _, x := range limits {
		if x.Kind != l.Kind || x.Side != l.Side {
			out = append(out, x)
		}
	}
	return out
}

// LimitsInForce are the patient's own alarm limits: the order's, and those
// changed since it was attached.
func (s State) LimitsInForce() []drug.Limit {
	var out []drug.Limit
	if s.Order != nil {
		out = append(out, s.Order.Limits...)
	}
	for _, l := range s.AlarmLimits {
		out = append(without(out, l), l)
	}
	return out
}
