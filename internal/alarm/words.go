package alarm

import (
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/word"
)

// LevelWords says one level of the rule in words, as the library has it: for
// whoever reads the settings before they hold for a patient.
func (r Rule) LevelWords(l Level) string {
	n := r.Condition.number()
	if n < 0 {
		return ""
	}
	var s signal
	if of := conditions[n].signals; len(of) > 0 {
		s = of[0]
	} else {
		s = none
	}
	text := levelWords(s, l)
	if l.Hold > 0 {
		text = word.M("alarm.level.hold", text, span(l.Hold)).English()
	}
	for _, x := range []struct {
		so bool
		id word.ID
	}{{r.Recheck && l.Priority == High && !l.AtOnce, "alarm.level.recheck"}, {l.AtOnce && !l.Timed, "alarm.level.at_once"}, {l.Everyone, "alarm.level.everyone"}} {
		if x.so {
			text = word.M(x.id, text).English()
		}
	}
	return text
}

func levelWords(s signal, l Level) string {
	beyond := word.ID("alarm.limit." + string(l.Test))
	switch {
	case l.OfBaseline > 0 && l.Floor > 0:
		return word.M("alarm.level.baseline_floor", word.M(beyond, times(l.OfBaseline)).English(), s.text(l.Floor)).English()
	case l.OfBaseline > 0:
		return word.M("alarm.level.baseline", word.M(beyond, times(l.OfBaseline)).English()).English()
	case l.Rise > 0:
		return word.M("alarm.level.rise", s.text(l.Rise)).English()
	case l.Intervals > 0:
		return word.M("alarm.level.intervals", strconv.Itoa(l.Intervals)).English()
	case l.Timed && l.After < 0:
		return word.M("alarm.level.before", span(-l.After)).English()
	case l.Timed && l.After < time.Second:
		return word.M("alarm.level.then").English()
	case l.Timed:
		return word.M("alarm.level.after", span(l.After)).English()
	case s == none || l.Test == "":
		return word.M("alarm.level.then").English()
	}
	return word.M(beyond, s.text(l.Value)).English()
}

func times(f Factor) string { return strconv.FormatFloat(float64(f), 'f', -1, 64) }
