package present

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// lapsesUnknown is said where nobody can tell whether a round was missed: it
// never reads as none.
const lapsesUnknown = "Could not be checked: there is no order, or no adopted library."

// lapseTable are the rounds that were late or left out. They stay in the
// record, whatever the phase.
func lapseTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{
		Title: "Rounds late or left out", Columns: []string{"Due", "Round", "Done", "Left out", "Why"},
		Intro: "By what was charted; a cuff that the monitor inflated by itself counts when somebody charted or confirmed it.",
		Empty: "None: every round was charted in its time.",
	}
	lapses, ok := session.Lapses(v.State, v.Env)
	if !ok {
		out.Empty = lapsesUnknown
	}
	for _, l := range lapses {
		done := "not done"
		if !l.DoneAt.IsZero() {
			done = clock(l.DoneAt, v.Zone) + ", " + span(l.DoneAt.Sub(l.DueAt)) + " late"
		}
		out.Rows = append(out.Rows, []string{clock(l.DueAt, v.Zone), roundText(l.What), done, fmt.Sprint(l.Missed), whyMissed(v, l)})
	}
	return out
}

// whyMissed is the reason that was given for a round.
func whyMissed(v app.Visit, l schedule.Lapse) string {
	m, ok := v.State.MissedReason(l.What, l.DueAt)
	if !ok {
		return "not said"
	}
	return string(m.Why) + ", " + name(v.Names, m.By)
}

// lapseText is one of them in a line, its kind left out.
func lapseText(v app.Visit, l schedule.Lapse) string {
	text := "due " + clock(l.DueAt, v.Zone)
	switch {
	case l.DoneAt.IsZero():
		text += ", not done"
	default:
		text += ", done " + clock(l.DoneAt, v.Zone)
	}
	if l.Missed > 0 {
		text += fmt.Sprintf(", %d left out", l.Missed)
	}
	if m, ok := v.State.MissedReason(l.What, l.DueAt); ok {
		text += ", " + string(m.Why)
	}
	return text
}

// lapseLine says in a line which rounds were late or left out, each kind once;
// empty when none was, and before the start.
func lapseLine(v app.Visit) string {
	lapses, ok := session.Lapses(v.State, v.Env)
	if !ok {
		return lapsesUnknown
	}
	var kinds []string
	of := map[string][]string{}
	for _, l := range lapses {
		kind := roundText(l.What)
		if len(of[kind]) == 0 {
			kinds = append(kinds, kind)
		}
		of[kind] = append(of[kind], lapseText(v, l))
	}
	said := make([]string, len(kinds))
	for i, kind := range kinds {
		said[i] = kind + " " + strings.Join(of[kind], "; ")
	}
	return strings.Join(said, ". ")
}

// lapseFact is that line as a fact, on the pages that review and close.
func lapseFact(v app.Visit) []view.Fact {
	if text := lapseLine(v); text != "" {
		return []view.Fact{{Term: "Rounds late or left out", Text: text, Tone: view.Amber}}
	}
	return nil
}
