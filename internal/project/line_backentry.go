package project

import (
	"fmt"

	"github.com/stillwatch/stillwatch/internal/session"
)

// sayBackEntry puts what is said of a paper into words.
func (s Speaker) sayBackEntry(event session.Event) Line {
	switch ev := event.(type) {
	case session.EnteredFromPaper:
		l := admin("Entered from paper")
		l.Text = "written by " + s.Who(ev.Author)
		if n := len(ev.Sheets); n > 0 {
			l.Text += ", " + yes(n == 1, "one photo", fmt.Sprintf("%d photos", n))
		}
		return l.found(ev.Deviations)
	case session.SheetKept:
		l := admin("Photo of the paper kept")
		l.Text = fmt.Sprintf("%d × %d pixels", ev.Width, ev.Height)
		return l
	case session.Unwatched:
		l := Line{Mark: MarkNote, Main: true, Title: "Stillwatch was not watching"}
		l.Text = fmt.Sprintf("from %s to %s: the bedside monitor was the only one", s.Clock(ev.From), s.Clock(ev.To))
		return l
	case session.TotalReconciled:
		l := Line{Mark: MarkDrug, Title: "Pump's own total compared"}
		l.Text = fmt.Sprintf("the pump's display means %s, the record adds up to %s", ev.Pump.Text(2), ev.Record.Text(2))
		return l.with("reason", ev.Reason).found(ev.Deviations)
	default:
		// the others do not concern this
	}
	return Line{}
}
