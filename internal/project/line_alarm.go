package project

import (
	"strconv"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/session"
)

// sayAlarm puts what became of an alarm, and what people did about it, into words.
func (s Speaker) sayAlarm(event session.Event) Line {
	if f, kind, ok := session.AlarmSaid(event); ok {
		l := Line{Mark: MarkAlarm, Title: alarmTitle(kind) + ": " + f.Condition.Name().English(), Main: announces(kind)}
		l.Text = f.Priority.Colour() + ". " + f.Text.English()
		switch ev := event.(type) {
		case session.AlarmEscalated:
			l.Text = "to the " + string(ev.Stage)
			for _, p := range ev.Called {
				l.Text += ": " + s.Who(p)
			}
		case session.AlarmAnswered:
			l.Text = "by " + s.Who(ev.By)
		default:
			// the others say what was said
		}
		return l
	}
	switch ev := event.(type) {
	case session.AlarmAcknowledged:
		return Line{Mark: MarkAlarm, Title: "Alarm acknowledged: " + ev.Condition.Name().English(), Text: "announcement " + strconv.Itoa(ev.Announcement)}
	case session.AlarmPaused:
		return Line{Mark: MarkAlarm, Title: "Alarm paused: " + ev.Condition.Name().English(), Text: "until " + s.Clock(ev.Until)}
	case session.ChairQuietened:
		return Line{Mark: MarkAlarm, Title: "Chair quietened", Text: "for " + ev.Minutes.Duration().String() + ", while it had no server"}
	case session.AlarmLimitChanged:
		l := Line{Mark: MarkAlarm, Title: "Alarm limit changed", Text: limitText(ev.Limit)}
		if ev.Was != nil {
			l.Text += "; before: " + limitText(*ev.Was)
		}
		return l.with("reason", ev.Reason)
	default:
		// the others do not concern this
	}
	return Line{}
}

// announces reports whether people were told, which the timeline shows.
func announces(k alarm.ChangeKind) bool { return k == alarm.Raised || k == alarm.Worsened }

func alarmTitle(k alarm.ChangeKind) string {
	switch k {
	case alarm.Raised:
		return "Alarm"
	case alarm.Worsened:
		return "Alarm, worse"
	case alarm.Escalated:
		return "Alarm passed on"
	case alarm.AnnouncedAgain:
		return "Alarm again"
	case alarm.PauseEnded:
		return "Alarm again after its pause"
	case alarm.Answered:
		return "Alarm answered by charting"
	case alarm.Eased:
		return "Alarm eased"
	case alarm.Ended:
		return "Alarm over, not acknowledged"
	default:
		return "Alarm over"
	}
}
