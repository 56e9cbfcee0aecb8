package session

import (
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// RuleNEWS2 is the row of the library behind the early-warning score.
const RuleNEWS2 = "SW-NEWS2"

// Warning is an early-warning score with what it was worked out from. It is
// derived from the record each time; nothing asks for it.
type Warning struct {
	vital.EarlyWarning
	// Inputs are what was used, by the parts' names.
	Inputs []WarningInput
	// Oldest is when the oldest input but the temperature was measured; zero
	// without any.
	Oldest time.Time
}

// WarningInput is one thing that the score was worked out from.
type WarningInput struct {
	Name string
	Text string // "97 %", "breathing air"
	At   time.Time
	// Origin says who measured; empty for what only a person can see.
	Origin vital.Origin
}

// Input is the input of a part; ok is false where there was none.
func (w Warning) Input(name string) (WarningInput, bool) {
	for _, in := range w.Inputs {
		if in.Name == name {
			return in, true
		}
	}
	return WarningInput{}, false
}

// EarlyWarning works the score out from what the record holds at env.Now, or,
// of a patient who has gone, held until then. Without a library nobody knows
// how old a sign may be, and ok is false.
func EarlyWarning(s State, env Env) (w Warning, ok bool) {
	if !env.Rules.Ready() || s.StartedAt.IsZero() {
		return Warning{}, false
	}
	v := warning{s: s, now: env.Now, rules: env.Rules}
	if !s.GoneAt.IsZero() && s.GoneAt.Before(v.now) {
		v.now = s.GoneAt
	}
	in := vital.Warned{Scale: vital.Scale1} // the second scale is a person's choice, which nobody asks for yet
	in.RR = v.sign("breathing", library.WarningAge, vital.RR)
	in.SpO2 = v.sign("SpO₂", library.WarningAge, vital.SpO2)
	in.Systolic = v.sign("systolic pressure", library.WarningAge, vital.NIBPSys)
	in.Pulse = v.sign("pulse", library.WarningAge, vital.Pulse, vital.HR)
	in.Temp = v.sign("temperature", library.WarningTempAge, vital.Temp)
	in.Oxygen, in.Consciousness = v.oxygen(), v.consciousness()
	w = Warning{EarlyWarning: vital.NEWS2(in), Inputs: v.used}
	for _, i := range w.Inputs {
		if i.Name != "temperature" && (w.Oldest.IsZero() || i.At.Before(w.Oldest)) {
			w.Oldest = i.At
		}
	}
	return w, true
}

// warning gathers inputs.
type warning struct {
	s     State
	now   time.Time
	rules library.Session
	used  []WarningInput
}

func (v *warning) recent(at time.Time, age library.Key) bool {
	return !at.After(v.now) && v.now.Sub(at) <= v.rules.Duration(age)
}

// sign is the newest good value of one of the kinds, charted or kept of the
// monitor; the first kind of which there is one counts.
func (v *warning) sign(name string, age library.Key, kinds ...vital.Kind) *vital.Value {
	for _, k := range kinds {
		var newest *vital.Reading
		take := func(r vital.Reading, at time.Time) {
			if r.Kind != k || r.Quality != vital.Good || !v.recent(at, age) || newest != nil && at.Before(newest.At) {
				return
			}
			r.At = at
			newest = &r
		}
		for _, o := range v.s.Observations {
			for _, r := range o.Readings {
				if !o.Struck {
					take(r, latestOf(r.At, o.At))
				}
			}
		}
		for _, f := range v.s.Rounds {
			for _, r := range f.Standing() {
				take(r, r.At)
			}
		}
		if newest != nil {
			f, _ := vital.Of(k)
			v.used = append(v.used, WarningInput{Name: name, Text: k.Text(newest.Value) + " " + f.Unit, At: newest.At, Origin: newest.Origin})
			return &newest.Value
		}
	}
	return nil
}

// latestOf is when a reading was measured: its own time, or that of its set.
func latestOf(own, set time.Time) time.Time {
	if own.IsZero() {
		return set
	}
	return own
}

// observed is the newest observation of the last while that says something.
func (v *warning) observed(says func(Observation) bool) (ObservationFact, bool) {
	for i := len(v.s.Observations) - 1; i >= 0; i-- {
		if o := v.s.Observations[i]; !o.Struck && v.recent(o.At, library.WarningAge) && says(o.Observation) {
			return o, true
		}
	}
	return ObservationFact{}, false
}

func (v *warning) oxygen() *bool {
	o, ok := v.observed(func(o Observation) bool { return o.Oxygen != nil })
	if !ok {
		return nil
	}
	text := "breathing air"
	if !o.Oxygen.Air {
		text = "oxygen " + o.Oxygen.Flow.String()
	}
	v.used = append(v.used, WarningInput{Name: "air or oxygen", Text: text, At: o.At})
	on := !o.Oxygen.Air
	return &on
}

// consciousness is the level of the score, from MOAA/S and from whether the
// patient knows person, place and time. Who responds readily is alert only
// where that was asked: new confusion is asked for, not assumed away.
func (v *warning) consciousness() *vital.Consciousness {
	o, ok := v.observed(func(o Observation) bool { return o.Sedation != nil })
	if !ok {
		return nil
	}
	at, level := o.At, levelOf(*o.Sedation)
	text := fmt.Sprintf("MOAA/S %d", *o.Sedation)
	if level == vital.Alert {
		asked, ok := v.observed(func(o Observation) bool { return o.Oriented != nil })
		if !ok {
			return nil
		}
		text += ", oriented"
		if !*asked.Oriented {
			level, text = vital.Confused, fmt.Sprintf("MOAA/S %d, not oriented", *o.Sedation)
		}
		if asked.At.Before(at) {
			at = asked.At
		}
	}
	v.used = append(v.used, WarningInput{Name: "consciousness", Text: text, At: at})
	return &level
}

// levelOf is a level of MOAA/S as one of ACVPU. All but the first score alike.
func levelOf(s scale.Sedation) vital.Consciousness {
	switch {
	case s >= 5:
		return vital.Alert
	case s >= 3:
		return vital.Voice
	case s >= 1:
		return vital.Pain
	}
	return vital.Unresponsive
}
