// Package vital holds the measured signs: kinds, units, resolution,
// plausible ranges, samples and the resting baseline. Alarm limits do not
// belong here.
package vital

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is what was measured. Heart rate by ECG, pulse by oximeter and the
// cuff's pressures stay distinct: one is never taken for another.
type Kind string

// The kinds.
const (
	HR       Kind = "hr"
	Pulse    Kind = "pulse"
	SpO2     Kind = "spo2"
	NIBPSys  Kind = "nibp_sys"
	NIBPDia  Kind = "nibp_dia"
	NIBPMean Kind = "nibp_mean"
	ARTSys   Kind = "art_sys"
	ARTDia   Kind = "art_dia"
	ARTMean  Kind = "art_mean"
	RR       Kind = "rr"
	EtCO2    Kind = "etco2"
	Temp     Kind = "temp"
)

// Value is a measured number in its kind's unit. It is never NaN or
// infinite once it has passed Kind.Plausible.
type Value float64

// Field describes a kind: the table that pages, parsers and charts share.
type Field struct {
	Kind  Kind
	Label string // as people say it
	UCUM  string
	Unit  string // as people write it
	// Decimals is the resolution a value is rounded to, once.
	Decimals int
	// Low and High bound what is physically plausible in a living adult;
	// beyond them an entry goes back to its author. Evidence mark: default.
	Low, High Value
}

var fields = []Field{
	{HR, "Heart rate", "/min", "/min", 0, 10, 300},
	{Pulse, "Pulse", "/min", "/min", 0, 10, 300},
	{SpO2, "SpO₂", "%", "%", 0, 20, 100},
	{NIBPSys, "Systolic", "mm[Hg]", "mmHg", 0, 30, 300},
	{NIBPDia, "Diastolic", "mm[Hg]", "mmHg", 0, 10, 220},
	{NIBPMean, "Mean pressure", "mm[Hg]", "mmHg", 0, 15, 260},
	{ARTSys, "Arterial systolic", "mm[Hg]", "mmHg", 0, 20, 320},
	{ARTDia, "Arterial diastolic", "mm[Hg]", "mmHg", 0, 5, 250},
	{ARTMean, "Arterial mean", "mm[Hg]", "mmHg", 0, 10, 280},
	{RR, "Breathing", "/min", "/min", 0, 1, 80},
	{EtCO2, "EtCO₂", "mm[Hg]", "mmHg", 0, 3, 120},
	{Temp, "Temperature", "Cel", "°C", 1, 25, 45},
}

// Fields lists every kind's description, in the order they are shown.
func Fields() []Field { return append([]Field(nil), fields...) }

// Of returns the description of k.
func Of(k Kind) (Field, bool) {
	for _, f := range fields {
		if f.Kind == k {
			return f, true
		}
	}
	return Field{}, false
}

// Valid reports whether k is a known kind.
func (k Kind) Valid() bool { _, ok := Of(k); return ok }

// Plausible reports whether v can be a reading of k in a living adult. NaN
// and infinities never are.
func (k Kind) Plausible(v Value) bool {
	f, ok := Of(k)
	return ok && v >= f.Low && v <= f.High
}

// Round cuts v to the kind's resolution, half away from zero.
func (k Kind) Round(v Value) Value {
	f, _ := Of(k)
	p := math.Pow10(f.Decimals)
	return Value(math.Round(float64(v)*p) / p)
}

// Text is v at the kind's resolution, without unit.
func (k Kind) Text(v Value) string {
	f, _ := Of(k)
	return strconv.FormatFloat(float64(k.Round(v)), 'f', f.Decimals, 64)
}

// Parse reads a decimal string as a plausible value of k.
func (k Kind) Parse(s string) (Value, error) {
	f, ok := Of(k)
	if !ok {
		return 0, fmt.Errorf("unknown kind of measurement %q", k)
	}
	if len(s) > 16 || strings.Trim(s, "0123456789.-") != "" {
		return 0, fmt.Errorf("%s: not a decimal number", f.Label)
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: not a decimal number", f.Label)
	}
	if !k.Plausible(Value(x)) {
		return 0, fmt.Errorf("%s %s %s is not plausible (%s to %s)", f.Label, s, f.Unit, k.Text(f.Low), k.Text(f.High))
	}
	return k.Round(Value(x)), nil
}

// Quality says how far a value can be trusted.
type Quality string

// The qualities.
const (
	Good         Quality = "good"
	Questionable Quality = "questionable"
	Artefact     Quality = "artefact"
)

// Origin says where a charted value came from.
type Origin string

// The origins. A device value that no person has looked at is "device".
const (
	ByHand          Origin = "by hand"
	FromDevice      Origin = "device"
	DeviceConfirmed Origin = "device, confirmed"
)

// Reading is one charted value, as it stands in the record.
type Reading struct {
	Kind    Kind
	Value   Value
	Quality Quality
	Origin  Origin
	// At is when it was measured; zero means with the observation.
	At time.Time
	// Site is the measuring site (cuff arm, OBX-4 of a monitor), if known.
	Site string
	// Source is the MDC name of a monitor's metric, if it came from one.
	Source string
}

type readingWire struct {
	Kind    Kind      `json:"kind"`
	V       string    `json:"v"`
	U       string    `json:"u"`
	Quality Quality   `json:"quality"`
	Origin  Origin    `json:"origin"`
	At      time.Time `json:"at,omitzero"`
	Site    string    `json:"site,omitempty"`
	Source  string    `json:"source,omitempty"`
}

// MarshalJSON writes the value as a decimal string with its UCUM unit.
func (r Reading) MarshalJSON() ([]byte, error) {
	f, ok := Of(r.Kind)
	if !ok {
		return nil, fmt.Errorf("unknown kind of measurement %q", r.Kind)
	}
	return json.Marshal(readingWire{r.Kind, r.Kind.Text(r.Value), f.UCUM, r.Quality, r.Origin, r.At, r.Site, r.Source})
}

// UnmarshalJSON reads a value back; a unit other than the kind's is refused.
func (r *Reading) UnmarshalJSON(b []byte) error {
	var w readingWire
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	f, ok := Of(w.Kind)
	if !ok {
		return fmt.Errorf("unknown kind of measurement %q", w.Kind)
	}
	if w.U != f.UCUM {
		return fmt.Errorf("%s: unit %q given where %q is meant", f.Label, w.U, f.UCUM)
	}
	x, err := w.Kind.Parse(w.V)
	if err != nil {
		return err
	}
	*r = Reading{w.Kind, x, w.Quality, w.Origin, w.At, w.Site, w.Source}
	return nil
}

// Sample is one numeric as a monitor sent it, after mapping: trusted code
// and name, converted unit, flags that allow it.
type Sample struct {
	Kind  Kind
	Value Value
	// At is the device's own time of measurement.
	At time.Time
	// Site keeps two sites of one metric apart (OBX-4 of the message).
	Site string
	// Source is the MDC name the device sent.
	Source  string
	Quality Quality
	// Simulated marks TEST and DEMO data, which never charts outside the demo.
	Simulated bool
}
