package present

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// concern is what was charted and is not settled, with the act that settles it.
func concern(v app.Visit, c session.Concern) view.Notice {
	at := clock(c.At, v.Zone)
	observe := func(text string, p session.Purpose) *view.Act {
		return known(session.ActObserve, text, map[string]any{"purpose": p})
	}
	switch c.Kind {
	case session.ConcernHeadache:
		if c.Needs == session.ActStop {
			return view.Notice{Tone: view.Amber, Text: "Sudden worst headache at " + at + ". Stop the pump, record it, and call for help.", Act: button(session.ActStop, label(session.ActStop))}
		}
		return view.Notice{Tone: view.Amber, Text: "Sudden worst headache at " + at + ". Call for help.", Act: button(session.ActHelp, label(session.ActHelp))}
	case session.ConcernContest:
		var read []string
		for _, f := range c.Contest.Facts {
			read = append(read, fmt.Sprintf("%s at %s (%s)", f.Read.Rate, clock(f.At, v.Zone), name(v.Names, f.By)))
		}
		text := fmt.Sprintf("Unresolved: the pump was read as %s, on tablets that did not know of each other. Until somebody says what it ran at, %s counts.", strings.Join(read, " and "), c.Contest.Most())
		if says := PumpSays(v); says != "" {
			text += " " + upper(says) + "."
		}
		return view.Notice{Tone: view.Amber, Text: text, Act: settleRate(v, c.Contest)}
	case session.ConcernBag:
		text := fmt.Sprintf("The pump was set for %s at %s; the bag holds %s. Pause the pump, set the concentration, and read it again; or stop.", c.Conc, at, c.Bag)
		return view.Notice{Tone: view.Amber, Text: text, Act: button(session.ActReadPump, label(session.ActReadPump))}
	case session.ConcernRate:
		text := fmt.Sprintf("The pump showed %s at %s, and nobody chose a rate. Set a rate of the order, or stop the pump.", c.Read, at)
		if c.ToSet.Positive() {
			text = fmt.Sprintf("The pump showed %s at %s; to set is %s. Set the pump to %s and read it, or have a prescriber order the rate.", c.Read, at, c.ToSet, c.ToSet)
		}
		return view.Notice{Tone: view.Amber, Text: text, Act: button(session.ActRate, label(session.ActRate))}
	case session.ConcernNurse:
		return view.Notice{Tone: view.Amber, Text: "No nurse is responsible for this patient since " + at + ". Whoever stays takes over.", Act: button(session.ActTakeNurse, label(session.ActTakeNurse))}
	case session.ConcernDistress:
		return view.Notice{Tone: view.Amber, Text: fmt.Sprintf("Distress %d of 10 at %s. Who stays with the patient?", c.Level, at), Act: observe("Name who stays", session.ForConcern)}
	case session.ConcernStanding:
		return view.Notice{Tone: view.Plain, Text: "Not stood up yet since the infusion. The first standing is assisted, and charted.", Act: observe("Chart the first standing", session.ForRecovery)}
	}
	return view.Notice{}
}
