package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Primary stands on every screen that shows alarms.
const Primary = "Stillwatch is a second pair of eyes: the bedside monitor is the primary alarm."

// Alarms is the watch over a chair in words. Acts are the chair's own buttons:
// what is to be considered leads to one of them, where it is possible now.
func Alarms(v app.Visit, acts []view.Act) view.Alarms {
	out := view.Alarms{List: []view.Alarm{}, Also: []view.AlarmName{}, Sounds: []view.Sound{}, Primary: Primary}
	out.Calm, out.Off = calm(v)
	all := standing(v)
	for _, a := range all {
		out.List = append(out.List, alarmView(v, a, acts))
		if s, ok := sound(v, a); ok {
			out.Sounds = append(out.Sounds, s)
		}
	}
	if len(all) > 1 {
		for _, a := range bodyFirst(all[1:]) {
			out.Also = append(out.Also, view.AlarmName{Tone: alarmTone(a.Priority), Text: a.Condition.Name().English()})
		}
	}
	return out
}

// calm is what is said while nothing stands; off, when nobody can tell.
func calm(v app.Visit) (text string, off bool) {
	switch {
	case !v.Env.Alarms.Ready() || !v.Env.Signed.Done:
		return "Alarms are not switched on here: watch the bedside monitor.", true
	case !session.Watched(v.State):
		return "No alarms before the start or after going home.", true
	default:
		return "No alarm.", false
	}
}

// standing lists the alarms in the order they are shown: red first, and of one
// priority what nobody has answered, then what is answered, then what is over
// and still to be acknowledged. Among equals the machine's order holds: what
// concerns the patient's body stands before what is technical.
func standing(v app.Visit) []alarm.Alarm {
	all := slices.Clone(v.State.Alarms.Alarms)
	slices.SortStableFunc(all, func(a, b alarm.Alarm) int {
		if a.Priority != b.Priority {
			return int(b.Priority) - int(a.Priority)
		}
		return turn(a) - turn(b)
	})
	return all
}

func turn(a alarm.Alarm) int {
	switch {
	case over(a):
		return 2
	case a.Acked():
		return 1
	}
	return 0
}

func over(a alarm.Alarm) bool { return !a.EndedAt.IsZero() }

// bodyFirst puts what concerns the patient's body before the rest.
func bodyFirst(all []alarm.Alarm) []alarm.Alarm {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b alarm.Alarm) int { return far(a) - far(b) })
	return all
}

func far(a alarm.Alarm) int {
	if a.Condition == alarm.Help || a.Condition.Group() == alarm.Physiological {
		return 0
	}
	return 1
}

func alarmView(v app.Visit, a alarm.Alarm, acts []view.Act) view.Alarm {
	out := view.Alarm{
		Condition: string(a.Condition), Announcement: a.Announcement, Priority: a.Priority.String(), Colour: a.Priority.Colour(), Tone: alarmTone(a.Priority),
		Name: a.Condition.Name().English(), Text: a.Text.English(), Brief: brief(a), SinceMS: ms(a.Since), Since: clock(a.Since, v.Zone),
		State: alarmState(v, a, as(v)), Answered: a.Acked(), Here: a.Stage == alarm.AtBedside && !a.Acked() && !over(a), Paused: paused(v, a), Over: over(a), Opening: opening(a.Wording), Advice: []view.Advice{}, Pauses: []view.Act{},
	}
	for _, m := range a.Consider {
		out.Advice = append(out.Advice, view.Advice{Text: upper(m.English()), Act: leadsTo(v, string(m.ID), acts)})
	}
	out.Source, out.Mark = alarmSource(v, a)
	seen := map[string]any{"condition": a.Condition, "announcement": a.Announcement}
	if !a.Acked() {
		out.Acknowledge = known(session.ActAcknowledgeAlarm, "Acknowledge", seen)
	}
	if a.Stage != alarm.ToEveryone && !over(a) {
		out.Pauses = pauses(v, seen)
	}
	return out
}

// brief is the value against its limit, where the alarm has both.
func brief(a alarm.Alarm) string {
	if a.Value == "" || a.Limit == "" || len(a.Condition.Kinds()) == 0 {
		return a.Text.English()
	}
	return a.Value + ", limit " + a.Limit
}

// as names people by their printed names.
func as(v app.Visit) func(ident.Person) string {
	return func(p ident.Person) string { return name(v.Names, p) }
}

// alarmState says how the alarm stands with people, whom called names.
func alarmState(v app.Visit, a alarm.Alarm, called func(ident.Person) string) string {
	by := called(a.AckedBy)
	switch {
	case over(a):
		return "Over since " + clock(a.EndedAt, v.Zone) + ", not acknowledged"
	case paused(v, a):
		return "Paused until " + clock(a.PausedUntil, v.Zone) + " by " + by
	case a.Acked():
		return "Acknowledged " + clock(a.AckedAt, v.Zone) + " by " + by
	}
	switch a.Stage {
	case alarm.AtBedside:
		return "Answer at the chair"
	case alarm.ToNurse:
		if n := v.State.Nurse; n != "" {
			return called(n) + " is called"
		}
		return "The nurse is called"
	case alarm.ToNext:
		if len(a.Called) > 0 {
			return "Called next: " + called(a.Called[0])
		}
		return "The next person is called"
	case alarm.ToRoom:
		return "The room is called"
	default:
		return "Everyone is called"
	}
}

// Asked is an alarm at another chair that calls the person at the screen by name.
func Asked(x app.Asked) view.Call {
	return view.Call{
		Chair: int(x.Chair), SinceMS: ms(x.Since), Tone: alarmTone(x.Priority),
		Text: "You are called to chair " + x.Chair.String() + ": " + x.Condition.Name().English(),
	}
}

// AskedMore stands for the alarms at other chairs that are not listed; first is the
// most urgent of them.
func AskedMore(first app.Asked, n int) view.Call {
	c := Asked(first)
	c.Text = "You are called for " + strconv.Itoa(n) + " more alarms: look at the board"
	return c
}

// paused reports whether an alarm is quiet now.
func paused(v app.Visit, a alarm.Alarm) bool { return v.Env.Now.Before(a.PausedUntil) }

// sound is what an alarm has to be heard as. What is acknowledged, or answered
// at the chair first, is silent; what is paused is silent until the pause ends,
// whether or not the watch has noted that end. What is over keeps a low tone
// until somebody has acknowledged it.
func sound(v app.Visit, a alarm.Alarm) (view.Sound, bool) {
	s := view.Sound{Key: strconv.Itoa(int(v.State.Chair)) + " " + string(a.Condition) + " " + strconv.Itoa(a.Announcement), Kind: a.Priority.String()}
	switch {
	case !a.PausedUntil.IsZero():
		s.FromMS = ms(a.PausedUntil)
		return s, true
	case a.Acked(), a.Stage == alarm.AtBedside, a.Priority == alarm.Calm:
		return view.Sound{}, false
	case over(a):
		s.Kind = alarm.Low.String()
	case a.Condition == alarm.Unheard:
		// Only the chair sounds it, above a patient whom it does not concern.
		s.Kind = alarm.Low.String()
	}
	return s, true
}

// pauses are the buttons that quieten an alarm.
func pauses(v app.Visit, seen map[string]any) []view.Act {
	out := []view.Act{}
	for _, n := range pauseLengths(v) {
		body := map[string]any{"condition": seen["condition"], "announcement": seen["announcement"], "minutes": n}
		b := known(session.ActPauseAlarm, "Pause "+strconv.Itoa(n)+" min", body)
		b.Sub = "until " + clock(v.Env.Now.Add(time.Duration(n)*time.Minute), v.Zone)
		out = append(out, *b)
	}
	return out
}

// pauseLengths are the minutes that may be chosen: up to what the library allows.
func pauseLengths(v app.Visit) []int {
	var out []int
	if !v.Env.Alarms.Ready() {
		return nil
	}
	most := int(v.Env.Alarms.Settings().PauseMost / time.Minute)
	last := 0
	for _, share := range []int{5, 2, 1} {
		if n := most / share; n > last {
			last = n
			out = append(out, n)
		}
	}
	return out
}

// opening begins what is to be considered.
func opening(wording string) string {
	if wording == "" {
		return "To consider:"
	}
	return wording + ": consider"
}

func alarmTone(p alarm.Priority) view.Tone {
	switch p {
	case alarm.High:
		return view.Red
	case alarm.Medium:
		return view.Amber
	default:
		return view.Low
	}
}

// advised maps what the library says to consider to the act that records it.
// What is not in it is done at the patient, and has no entry of its own.
var advised = map[string]act.Act{
	"reduce": session.ActRate, "pause": session.ActPause,
	"stop": session.ActStop, "stop_and_verify": session.ActStop, "record_stop": session.ActStop, "stop_if_symptoms": session.ActStop,
	"everyone": session.ActHelp,
	"recheck":  session.ActObserve, "recheck_often": session.ActObserve, "cuff": session.ActObserve, "observe": session.ActObserve,
	"call_prescriber": session.ActSpokenOrder, "prescriber_first": session.ActSpokenOrder, "rescue": session.ActGiveDrug,
	"read_pump": session.ActReadPump, "look_in": session.ActPresence, "confirm_link": session.ActLinkMonitor,
	"prescriber_back": session.ActTakePrescriber, "settle_rate": session.ActSettleRate, "hand_over": session.ActTakeNurse, "take_chair": session.ActTakeNurse,
}

// leadsTo is the chair's button for one thing to consider; nil when there is
// none, or when it is not possible now.
func leadsTo(v app.Visit, id string, acts []view.Act) *view.Act {
	what, ok := advised[strings.TrimPrefix(id, "alarm.do.")]
	if !ok {
		return nil
	}
	if open := v.State.Contests(); what == session.ActSettleRate && len(open) > 0 { // no button of the chair: it is about these entries
		return settleRate(v, open[0])
	}
	wanted := []act.Act{what}
	if what == session.ActReadPump {
		wanted = append(wanted, session.ActConfirmStop) // of a stopped pump that is the reading
	}
	for _, w := range wanted {
		i := slices.IndexFunc(acts, func(a view.Act) bool { return a.Act == string(w) && a.Enabled })
		if i >= 0 {
			b := acts[i]
			b.Primary = false
			return &b
		}
	}
	return nil
}

// alarmSource says on which row of the library an alarm rests, on what the row
// rests, and how well each part of it is known. Of a row that has changed since,
// only its name is said.
func alarmSource(v app.Visit, a alarm.Alarm) (text, mark string) {
	text = "Row " + a.Rule + " " + strconv.Itoa(a.Version)
	row, ok := v.Env.Alarms.Row(a.Rule)
	if !ok || row.Version != a.Version {
		return text, ""
	}
	var sources, marks []string
	for _, part := range []string{"trigger", "threshold", "interval", "action"} {
		for _, ref := range row.Cites {
			if ref.Part == part && !slices.Contains(sources, ref.Source) {
				sources = append(sources, ref.Source)
			}
		}
		if worst, ok := library.Weakest(row.Cites, part); ok {
			marks = append(marks, part+" "+string(worst))
		}
	}
	return text + " · " + strings.Join(sources, ", "), strings.Join(marks, ", ")
}
