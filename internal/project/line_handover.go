package project

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/session"
)

// openWork says what was open when a patient was taken over; empty when nothing
// was.
func (s Speaker) openWork(o *session.OpenWork) string {
	if o == nil {
		return ""
	}
	var said []string
	for _, a := range o.Alarms {
		said = append(said, a.Priority.Colour()+" alarm "+a.Condition.Name().English())
	}
	for _, r := range o.Rounds {
		said = append(said, inSentence(RoundName(r.Round))+" due "+s.Clock(r.Due)+" was late")
	}
	if n := len(o.Readings); n > 0 {
		said = append(said, fmt.Sprintf("%d of the monitor's readings not confirmed", n))
	}
	if n := len(o.Spoken); n > 0 {
		said = append(said, fmt.Sprintf("%d spoken %s not signed", n, yes(n == 1, "order", "orders")))
	}
	if w := o.Warning; w != nil {
		said = append(said, warningText(w))
	}
	if len(said) == 0 {
		return ""
	}
	return "open then: " + strings.Join(said, "; ")
}

func warningText(w *session.OpenWarning) string {
	switch {
	case w.Without == nil:
		return "no early-warning score: missing " + strings.Join(w.Missing, ", ")
	case w.Total == nil:
		return fmt.Sprintf("early warning %d without consciousness, no NEWS2", *w.Without)
	}
	return fmt.Sprintf("NEWS2 %d, without consciousness %d", *w.Total, *w.Without)
}
