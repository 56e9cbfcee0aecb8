package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// RoundName is a round as people say it.
func RoundName(w schedule.What) string {
	switch w {
	case session.RoundCuff:
		return "Cuff reading"
	case session.RoundPresence:
		return "Look in"
	case session.RoundPeak:
		return "Side effects at peak"
	case session.RoundRecovery:
		return "Recovery observation"
	}
	return "Observation"
}

// sayRound puts what a monitor showed for a round, and what people said of it,
// into words.
func (s Speaker) sayRound(event session.Event) Line {
	switch ev := event.(type) {
	case session.RoundTaken:
		l := Line{Mark: MarkObserve, Title: "Monitor at " + s.Clock(ev.Due), Text: Readings(ev.Readings)}
		if ev.Late {
			l.Title += " (kept late)"
		}
		if without := Without(ev.Without); without != "" {
			l.Text += ". " + without
		}
		return l
	case session.ReadingsConfirmed:
		entries := make([]string, len(ev.Entries))
		for i, e := range ev.Entries {
			entries[i] = fmt.Sprint(e)
		}
		l := Line{Mark: MarkObserve, Title: "Monitor's readings confirmed"}
		l.Text = yes(len(entries) == 1, "entry ", "entries ") + strings.Join(entries, ", ")
		return l
	case session.ReadingDoubted:
		what := "all its readings"
		if f, ok := vital.Of(ev.Kind); ok {
			what = inSentence(f.Label)
		}
		return Line{Mark: MarkObserve, Title: "Monitor's reading does not count", Text: fmt.Sprintf("%s of entry %d: %s", what, ev.Entry, ev.Why)}
	case session.RoundMissed:
		l := Line{Mark: MarkObserve, Title: RoundName(ev.Round) + " missed", Text: "due " + s.Clock(ev.Due)}
		if ev.Through.After(ev.Due) {
			l.Text += " to " + s.Clock(ev.Through)
		}
		l.Text += ": " + string(ev.Why)
		return l.with("in words", ev.Text)
	default:
		// the others do not concern this
	}
	return Line{}
}

// Without says which signs of a round had no valid reading, and why; empty when
// each had one.
func Without(list []session.NoReading) string {
	if len(list) == 0 {
		return ""
	}
	of := map[session.NoReadingWhy][]string{}
	var order []session.NoReadingWhy
	for _, n := range list {
		if !slices.Contains(order, n.Why) {
			order = append(order, n.Why)
		}
		f, _ := vital.Of(n.Kind)
		of[n.Why] = append(of[n.Why], yes(n.Kind == vital.NIBPSys, "pressure", inSentence(f.Label)))
	}
	said := make([]string, len(order))
	for i, why := range order {
		said[i] = strings.Join(of[why], ", ") + " (" + string(why) + ")"
	}
	return "No valid reading of " + strings.Join(said, "; ")
}
