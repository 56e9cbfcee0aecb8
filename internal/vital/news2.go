package vital

// Consciousness is the level asked by NEWS2.
type Consciousness string

// The levels. Everything but alert scores 3.
const (
	Alert        Consciousness = "alert"
	Confused     Consciousness = "new confusion"
	Voice        Consciousness = "voice"
	Pain         Consciousness = "pain"
	Unresponsive Consciousness = "unresponsive"
)

// Valid reports whether c is a level.
func (c Consciousness) Valid() bool {
	switch c {
	case Alert, Confused, Voice, Pain, Unresponsive:
		return true
	}
	return false
}

// SpO2Scale is the scale of NEWS2 on which saturation is scored.
type SpO2Scale int

// The scales. The second is for a patient whose prescribed target is 88 to
// 92 %, and is chosen by a person.
const (
	Scale1 SpO2Scale = 1
	Scale2 SpO2Scale = 2
)

// Warned is what NEWS2 is computed from; what was not measured is nil. Nothing
// is filled in for it.
type Warned struct {
	RR, SpO2, Systolic, Pulse, Temp *Value
	Oxygen                          *bool // on supplemental oxygen
	Consciousness                   *Consciousness
	Scale                           SpO2Scale
}

// EarlyWarning is a NEWS2 score (Royal College of Physicians 2017; table read
// at the source, verified). Ketamine's expected dissociation scores 3 for
// consciousness, so that the score is also given without it: that one is no
// NEWS2, and only its trend says something. It does not watch a high pressure,
// which scores nothing below 220 mmHg.
type EarlyWarning struct {
	// Total is 0 to 20, Three whether any single parameter scores 3. They
	// are set when nothing is missing.
	Total int
	Three bool
	// Without is the total without consciousness, and ThreeWithout the same
	// of single parameters. They are set when nothing else is missing.
	Without      int
	ThreeWithout bool
	// Parts are the points of each parameter that was measured, in the order
	// of the table. They are no score: each stands for itself.
	Parts []WarningPart
	// Missing names what was not measured or is not plausible, in the words of
	// the chart.
	Missing []string
}

// WarningPart is one parameter with its points.
type WarningPart struct {
	Name   string // in the words of the chart
	Points int
}

// Complete reports whether the score can be given.
func (w EarlyWarning) Complete() bool { return len(w.Missing) == 0 }

// CompleteWithout reports whether the score without consciousness can be given.
func (w EarlyWarning) CompleteWithout() bool {
	return len(w.Missing) == 0 || (len(w.Missing) == 1 && w.Missing[0] == missingConsciousness)
}

const missingConsciousness = "consciousness"

// NEWS2 scores what was measured. A score with something missing is none: it
// says what is missing.
func NEWS2(in Warned) EarlyWarning {
	var w EarlyWarning
	add := func(name string, points int) {
		w.Parts = append(w.Parts, WarningPart{name, points})
		w.Without += points
		w.ThreeWithout = w.ThreeWithout || points == 3
	}
	sign := func(name string, k Kind, v *Value, score func(Value) int) {
		if v == nil || !k.Plausible(*v) {
			w.Missing = append(w.Missing, name)
			return
		}
		add(name, score(k.Round(*v)))
	}
	sign("breathing", RR, in.RR, scoreRR)
	switch {
	case in.Scale != Scale1 && in.Scale != Scale2:
		w.Missing = append(w.Missing, "SpO₂ scale")
	case in.Oxygen == nil:
		w.Missing = append(w.Missing, "air or oxygen")
	default:
		add("air or oxygen", map[bool]int{true: 2}[*in.Oxygen])
		sign("SpO₂", SpO2, in.SpO2, func(v Value) int { return scoreSpO2(v, in.Scale, *in.Oxygen) })
	}
	sign("systolic pressure", NIBPSys, in.Systolic, scoreSystolic)
	sign("pulse", Pulse, in.Pulse, scorePulse)
	sign("temperature", Temp, in.Temp, scoreTemp)
	w.Total, w.Three = w.Without, w.ThreeWithout
	switch c := in.Consciousness; {
	case c == nil || !c.Valid():
		w.Missing = append(w.Missing, missingConsciousness)
	case *c != Alert:
		w.Total, w.Three = w.Total+3, true
		w.Parts = append(w.Parts, WarningPart{missingConsciousness, 3})
	default:
		w.Parts = append(w.Parts, WarningPart{missingConsciousness, 0})
	}
	return w.onlyWhole()
}

// onlyWhole takes the totals away that something is missing for: half a score
// reads like a low one.
func (w EarlyWarning) onlyWhole() EarlyWarning {
	if !w.Complete() {
		w.Total, w.Three = 0, false
	}
	if !w.CompleteWithout() {
		w.Without, w.ThreeWithout = 0, false
	}
	return w
}

// band is the highest value of a band, and its points.
type band struct {
	to     Value
	points int
}

// points are those of the first band that v lies in; above all, of the last.
func points(v Value, above int, bands ...band) int {
	for _, b := range bands {
		if v <= b.to {
			return b.points
		}
	}
	return above
}

func scoreRR(v Value) int { return points(v, 3, band{8, 3}, band{11, 1}, band{20, 0}, band{24, 2}) }

func scoreSpO2(v Value, scale SpO2Scale, oxygen bool) int {
	switch {
	case scale == Scale1:
		return points(v, 0, band{91, 3}, band{93, 2}, band{95, 1})
	case !oxygen:
		return points(v, 0, band{83, 3}, band{85, 2}, band{87, 1})
	}
	return points(v, 3, band{83, 3}, band{85, 2}, band{87, 1}, band{92, 0}, band{94, 1}, band{96, 2})
}

func scoreSystolic(v Value) int {
	return points(v, 3, band{90, 3}, band{100, 2}, band{110, 1}, band{219, 0})
}

func scorePulse(v Value) int {
	return points(v, 3, band{40, 3}, band{50, 1}, band{90, 0}, band{110, 1}, band{130, 2})
}

func scoreTemp(v Value) int {
	return points(v, 2, band{35, 3}, band{36, 1}, band{38, 0}, band{39, 1})
}
