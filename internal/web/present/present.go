// Package present turns what app knows of a visit into what pages show:
// worded, rounded and judged in Go, once. It reads no store and no clock.
package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Speaker puts a visit's entries into words.
func Speaker(v app.Visit) project.Speaker {
	noted := map[ident.SideEffect]string{}
	for _, e := range v.State.Effects {
		noted[e.ID] = e.Code
	}
	return project.Speaker{Zone: v.Zone, Names: v.Names, Blind: session.Blind(v.State), Effects: effectWords(), Noted: noted}
}

// clock is a time of day in the clinic, "09:05".
func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return word.Clock(t.In(zone))
}

// span is a length of time as people say it: "45 s", "12 min", "1 h 12".
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	h, m := int(d.Hours()), int(d.Minutes())%60
	if m == 0 {
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %02d", h, m)
}

// days is an age in the words of a worklist.
func days(d time.Duration) string {
	switch n := int(d.Hours() / 24); {
	case n >= 2:
		return fmt.Sprintf("%d days", n)
	case n == 1:
		return "1 day"
	}
	return span(d)
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// PhaseText is a phase as a clinician says it.
func PhaseText(p session.Phase) string {
	switch p {
	case session.PhaseNone:
		return "No visit"
	case session.PhaseScheduled:
		return "Expected"
	case session.PhaseArrived:
		return "Preparing"
	case session.PhaseReady:
		return "Ready for draw-up"
	case session.PhasePrepared:
		return "Drug prepared"
	case session.PhaseInfusing:
		return "Infusing"
	case session.PhasePaused:
		return "Paused"
	case session.PhaseStopped:
		return "Stopped"
	case session.PhaseRecovering:
		return "Recovering"
	case session.PhaseDischarged:
		return "Discharged"
	case session.PhaseClosed:
		return "Closed"
	case session.PhaseCancelled:
		return "Cancelled"
	case session.PhaseTransferred:
		return "Transferred"
	case session.PhaseLeft:
		return "Left before ready"
	}
	return string(p)
}

// name is a person's printed name, or a dash.
func name(names map[ident.Person]string, p ident.Person) string {
	if n, ok := names[p]; ok {
		return n
	}
	return "–"
}

// family is the name by which a room calls a person: "Okafor" of "A. Okafor RN".
func family(printed string) string {
	f := strings.Fields(printed)
	switch {
	case len(f) == 0:
		return "–"
	case len(f) == 1:
		return f[0]
	}
	return f[1]
}

// upper makes the first letter large.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// effectWords maps the codes of side effects to words.
func effectWords() map[string]string {
	out := map[string]string{}
	for _, o := range form.SideEffects() {
		out[o.Value] = o.Label
	}
	return out
}
