package present

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// rowAlarm is the worst alarm of a chair as the board shows it; nil without any.
// In public view it says the colour and nothing of the patient.
func rowAlarm(v app.Visit, public bool) *view.RowAlarm {
	all := slices.DeleteFunc(standing(v), func(a alarm.Alarm) bool { return a.Condition == alarm.Help }) // the row says it already
	if len(all) == 0 {
		return nil
	}
	worst := all[0]
	// As the room calls people: a row is narrow.
	short := func(p ident.Person) string { return family(name(v.Names, p)) }
	out := &view.RowAlarm{Tone: alarmTone(worst.Priority), Called: turn(worst) == 0}
	if public {
		out.Name = worst.Priority.Colour() + " alarm"
		return out
	}
	out.Name, out.Text, out.State, out.SinceMS = worst.Condition.Name().English(), brief(worst), alarmState(v, worst, short), ms(worst.Since)
	// What is technical never hides what concerns the body.
	more := bodyFirst(all[1:])
	switch {
	case len(more) == 0:
	case far(worst) > 0 && far(more[0]) == 0, len(more) == 1:
		out.More = "and " + more[0].Condition.Name().English()
		if n := len(more) - 1; n > 0 {
			out.More += ", " + plural(n, "other")
		}
	default:
		out.More = "and " + plural(len(more), "other")
	}
	return out
}

// signOf is the tile of the sign that a condition is about, and what the alarm
// says of it in a word.
var signOf = map[alarm.ID]struct{ kind, mark string }{
	alarm.SBPHigh: {"nibp", "high"}, alarm.DBPHigh: {"nibp", "high"}, alarm.MAPHigh: {"nibp", "high"},
	alarm.SBPLow: {"nibp", "low"}, alarm.MAPLow: {"nibp", "low"},
	alarm.HRHigh: {"pulse", "high"}, alarm.HRLow: {"pulse", "low"},
	alarm.SpO2Low: {"spo2", "low"},
	alarm.RRHigh:  {"rr", "fast"}, alarm.RRLow: {"rr", "slow"}, alarm.Apnoea: {"rr", "no breath"},
	alarm.SedationDeep: {"sedation", "low"}, alarm.SedationBreathing: {"sedation", "low"},
}

// marked colours the tiles of the signs that an alarm stands of, the worst one
// first, and says in a word what it is. Nothing else colours a sign: an alarm
// that is over does not, nor one of another sign.
func marked(v app.Visit, tiles []view.Tile) []view.Tile {
	for _, a := range standing(v) {
		of, ok := signOf[a.Condition]
		if !ok || over(a) {
			continue
		}
		for i := range tiles {
			if t := &tiles[i]; t.Kind == of.kind && t.Mark == "" {
				t.Tone, t.Mark = alarmTone(a.Priority), of.mark
			}
		}
	}
	return tiles
}
