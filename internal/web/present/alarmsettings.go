package present

import (
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// AlarmSettings shows every row of the alarm library in words, for whoever
// signs it.
func AlarmSettings(lib library.Alarms) view.AlarmSettings {
	rules := lib.Rules()
	out := view.AlarmSettings{Standing: upper(lib.Standing()), Hash: lib.Hash(), Count: len(rules), Ours: lib.Ours(), Times: settingTimes(lib.Settings())}
	for _, g := range []struct {
		of    alarm.Group
		title string
	}{
		{alarm.Physiological, "The patient"}, {alarm.Infusion, "The infusion"}, {alarm.Watch, "People and rounds"}, {alarm.Technical, "The data"},
	} {
		group := view.AlarmGroup{ID: string(g.of), Title: g.title}
		for _, r := range rules {
			if r.Condition.Group() == g.of {
				group.Rows = append(group.Rows, alarmRow(lib, r))
			}
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}

func alarmRow(lib library.Alarms, r alarm.Rule) view.AlarmRow {
	row := view.AlarmRow{ID: r.ID, Version: r.Version, Name: upper(r.Condition.Name().English()), Text: r.Text}
	for _, l := range r.Levels {
		row.Levels = append(row.Levels, view.AlarmLevel{Priority: l.Priority.String(), Text: r.LevelWords(l), From: string(l.Mark)})
	}
	for _, c := range r.Consider {
		var do []string
		for _, a := range c.Do {
			do = append(do, a.Message().English())
		}
		row.Consider = append(row.Consider, upper(c.Priority.String())+": "+strings.Join(do, "; "))
	}
	for _, c := range r.Cites {
		row.Cites = append(row.Cites, c.Part+": "+string(c.Mark)+", "+sourceText(lib, c))
	}
	return row
}

func sourceText(lib library.Alarms, c cite.Ref) string {
	if s, ok := lib.Source(c.Source); ok {
		return s.Text
	}
	return c.Source
}

func settingTimes(s alarm.Settings) []view.Fact {
	return []view.Fact{
		{Term: "High, not acknowledged: to the next person after", Text: lasting(s.EscalateHigh)},
		{Term: "Medium, not acknowledged: to the next person after", Text: lasting(s.EscalateMedium)},
		{Term: "High, acknowledged and still there: again after", Text: lasting(s.AgainHigh)},
		{Term: "Medium, acknowledged and still there: again after", Text: lasting(s.AgainMedium)},
		{Term: "A score just charted sounds elsewhere after", Text: lasting(s.Bedside)},
		{Term: "A cuff reading in the red range that is not repeated is red after", Text: lasting(s.Recheck)},
		{Term: "Longest pause of an alarm", Text: lasting(s.PauseMost)},
	}
}

// lasting is a length of time in whole minutes, or in seconds.
func lasting(d time.Duration) string {
	if d%time.Minute == 0 {
		return strconv.Itoa(int(d/time.Minute)) + " min"
	}
	return strconv.Itoa(int(d/time.Second)) + " s"
}
