package scenariotest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// settled is the signs of a patient who lies quietly, as text.
var settled = []struct {
	word  string
	kind  vital.Kind
	value string
}{
	{"systolic", vital.NIBPSys, "122"},
	{"diastolic", vital.NIBPDia, "74"},
	{"pulse", vital.Pulse, "68"},
	{"saturation", vital.SpO2, "98"},
	{"breathing", vital.RR, "14"},
	{"temperature", vital.Temp, "36.6"},
}

// signs are the readings of a set, typed by hand; other says which differ.
func signs(other map[string]string) []obj {
	var out []obj
	for _, s := range settled {
		value, f := s.value, field(s.kind)
		if v, ok := other[s.word]; ok {
			value = v
		}
		out = append(out, obj{"kind": s.kind, "v": value, "u": f.UCUM, "quality": vital.Good, "origin": vital.ByHand})
	}
	return out
}

func field(k vital.Kind) vital.Field { f, _ := vital.Of(k); return f }

// observation is a whole set of a settled patient; but says what differs, as
// in "pain 3, distress 6, sudden worst headache".
func observation(purpose, but string) (obj, error) {
	p, err := oneOf(purpose, session.ForBaseline, session.ForRound, session.ForPeak, session.ForRecovery, session.ForDischarge, session.ForConcern)
	if err != nil {
		return nil, err
	}
	body := obj{
		"purpose": p, "oxygen": obj{"air": true, "flow": qty("0", "L/min")}, "position": session.Reclined,
		"sedation": 5, "pain": 5, "distress": 0, "site": session.SiteFine, "nothing_new": true,
	}
	if p == session.ForBaseline || p == session.ForDischarge {
		body["oriented"] = true
	}
	if p == session.ForDischarge {
		body["stood"] = obj{"assisted": true, "steady": true}
	}
	if p == session.ForBaseline || p == session.ForDischarge || p == session.ForPeak {
		body["se12"], body["nothing_new"] = make([]int, 12), false
	}
	other := map[string]string{}
	for part := range strings.SplitSeq(but, ", ") {
		if part == "" {
			continue
		}
		if err := differs(body, other, part); err != nil {
			return nil, err
		}
	}
	body["readings"] = signs(other)
	return body, nil
}

var (
	scored   = regexp.MustCompile(`^(pain|distress|sedation) (\d+)$`)
	measured = regexp.MustCompile(`^(systolic|diastolic|pulse|saturation|breathing|temperature) (\d+(?:\.\d+)?)$`)
	pumped   = regexp.MustCompile(`^pump at (\d+(?:\.\d+)?) mL/h$`)
	stays    = regexp.MustCompile(`^"([^"]+)" stays$`)
)

// differs is one thing in which a set differs from a settled patient's.
func differs(body obj, other map[string]string, part string) error {
	if m := scored.FindStringSubmatch(part); m != nil {
		n, err := strconv.Atoi(m[2])
		body[m[1]] = n
		return err
	}
	if m := measured.FindStringSubmatch(part); m != nil {
		other[m[1]] = m[2]
		return nil
	}
	if m := pumped.FindStringSubmatch(part); m != nil {
		body["pump"] = display(m[1])
		return nil
	}
	if m := stays.FindStringSubmatch(part); m != nil {
		body["stays_with"] = words(m[1])
		return nil
	}
	switch part {
	case "sudden worst headache":
		body["worst_headache"] = true
	case "stood with help":
		body["stood"] = obj{"assisted": true, "steady": true}
	case "stood alone":
		body["stood"] = obj{"assisted": false, "steady": true}
	case "pain not asked, resting quietly", "pain not asked":
		delete(body, "pain")
		body["pain_not_asked"] = session.Asleep
	default:
		return fmt.Errorf("not something that is observed: %s", part)
	}
	return nil
}
