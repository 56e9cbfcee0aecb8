// Package simmon is a virtual bedside monitor for the demonstration and for
// tests: it replays recorded numerics or plays a simulated patient, and
// sends real HL7 v2 over MLLP. Every message it makes is marked as a test
// (MSH-11 T) and every value as DEMO, so that nothing of it can pass for a
// patient's.
package simmon

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Profile describes a simulated patient. Resting values are round adult
// numbers; the responses are cited beside each field.
type Profile struct {
	Name string
	Text string
	// Resting values.
	HR, SpO2, RR, Sys, Dia float64
	// SysRise, DiaRise and HRRise are the peak rises at 0.75 mg/kg/h, the
	// rate of 0.5 mg/kg over 40 min.
	SysRise, DiaRise, HRRise float64
	// Dropout is the chance per minute that the connection falls silent for
	// 40 to 90 s. Artefact is the chance per minute of a probe that reads
	// low for a few seconds, flagged questionable.
	Dropout, Artefact float64
	// Cuff is the cuff's interval in minutes.
	Cuff int
}

// The mean peak rise of +7.4/+6.0 mmHg and +1.9 /min at 30 to 40 min after
// 0.5 mg/kg over 40 min comes from 741 infusions in 135 patients (clinical
// reference 2.1, verified). The larger rise of +19.6/+13.4 mmHg comes from
// 205 infusions (Wan 2015, unverified). Dropouts and artefacts are ours.
var profiles = []Profile{
	{Name: "steady", Text: "settled patient, small rise in pressure", HR: 66, SpO2: 97.4, RR: 14, Sys: 122, Dia: 74, SysRise: 7.4, DiaRise: 6.0, HRRise: 1.9, Cuff: 5},
	{Name: "pressor", Text: "larger rise in pressure", HR: 76, SpO2: 96.8, RR: 14, Sys: 134, Dia: 80, SysRise: 19.6, DiaRise: 13.4, HRRise: 6, Cuff: 5},
	{Name: "restless", Text: "moves about: probe artefacts", HR: 72, SpO2: 97.8, RR: 15, Sys: 126, Dia: 76, SysRise: 7.4, DiaRise: 6.0, HRRise: 4, Artefact: 0.25, Cuff: 5},
	{Name: "dropout", Text: "poor network: the monitor falls silent now and then", HR: 70, SpO2: 97.6, RR: 15, Sys: 119, Dia: 72, SysRise: 7.4, DiaRise: 6.0, HRRise: 1.9, Dropout: 0.06, Cuff: 5},
	{Name: "athlete", Text: "slow resting pulse", HR: 54, SpO2: 98.2, RR: 13, Sys: 116, Dia: 68, SysRise: 7.4, DiaRise: 6.0, HRRise: 1.9, Cuff: 5},
	{Name: "resting", Text: "no drug yet, calm", HR: 68, SpO2: 98.0, RR: 15, Sys: 124, Dia: 77, SysRise: 7.4, DiaRise: 6.0, HRRise: 1.9, Cuff: 5},
}

// Profiles lists the simulated patients.
func Profiles() []Profile { return slices.Clone(profiles) }

// ProfileNamed finds a profile.
func ProfileNamed(name string) (Profile, error) {
	for _, p := range profiles {
		if p.Name == name {
			return p, nil
		}
	}
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.Name
	}
	return Profile{}, fmt.Errorf("no simulated patient is called %q; there are %v", name, names)
}

// Numeric is one value the virtual monitor shows.
type Numeric struct {
	Kind         vital.Kind
	Value        vital.Value
	At           time.Time
	Questionable bool
}

// refRate is 0.5 mg/kg over 40 min, in mg/kg/h.
const refRate = 0.75

// Effect rises with a time constant that reaches its peak by 30 to 40 min
// (741 infusions, verified) and is gone by 90 min after the end (Szarmach
// 2020, verified).
const (
	riseTau = 12 * time.Minute
	fallTau = 28 * time.Minute
)

// Patient is a simulated patient in time. It is not safe for concurrent use.
type Patient struct {
	profile Profile
	rng     *rand.Rand
	effect  float64 // 1 is the full response to refRate
	at      time.Time
	wander  [4]float64
	bad     time.Time // artefact until
	silent  time.Time // no connection until
	cuffAt  time.Time
	cuff    [3]float64
}

// NewPatient starts a patient at an instant. The same seed gives the same patient.
func NewPatient(p Profile, seed uint64, at time.Time) *Patient {
	if p.Cuff <= 0 {
		p.Cuff = 5
	}
	return &Patient{profile: p, rng: rand.New(rand.NewPCG(seed, 0x5717)), at: at, cuffAt: at.Add(20 * time.Second)}
}

// Step moves the patient to an instant, with the pump at rate mg/kg/h since
// the last step, and returns what the monitor shows, or nil while it is silent.
func (p *Patient) Step(at time.Time, rate float64) []Numeric {
	dt := at.Sub(p.at)
	if dt <= 0 {
		dt = time.Second
	}
	p.at = at
	p.respond(rate, dt)
	minutes := dt.Minutes()
	if p.rng.Float64() < p.profile.Dropout*minutes {
		p.silent = at.Add(time.Duration(40+p.rng.IntN(50)) * time.Second)
	}
	if p.rng.Float64() < p.profile.Artefact*minutes {
		p.bad = at.Add(time.Duration(3+p.rng.IntN(8)) * time.Second)
	}
	if at.Before(p.silent) {
		return nil
	}
	return p.show(at)
}

func (p *Patient) respond(rate float64, dt time.Duration) {
	target := rate / refRate
	tau := riseTau
	if target < p.effect {
		tau = fallTau
	}
	p.effect += (target - p.effect) * (1 - math.Exp(-dt.Seconds()/tau.Seconds()))
	keep := math.Exp(-dt.Seconds() / 40)
	for i := range p.wander {
		p.wander[i] = p.wander[i]*keep + p.rng.NormFloat64()*math.Sqrt(1-keep*keep)
	}
}

func (p *Patient) show(at time.Time) []Numeric {
	pr := p.profile
	hr := pr.HR + pr.HRRise*p.effect + 2.2*p.wander[0]
	spo2 := math.Min(100, pr.SpO2+0.5*p.wander[1])
	bad := at.Before(p.bad)
	if bad {
		spo2 -= 7
	}
	rr := pr.RR + 0.9*p.wander[2]
	out := []Numeric{
		{Kind: vital.HR, Value: vital.Value(hr), At: at},
		{Kind: vital.Pulse, Value: vital.Value(hr + 0.3*p.wander[3]), At: at, Questionable: bad},
		{Kind: vital.SpO2, Value: vital.Value(spo2), At: at, Questionable: bad},
		{Kind: vital.RR, Value: vital.Value(rr), At: at},
	}
	return append(out, p.cuffCycle(at)...)
}

// cuffCycle measures when the interval has come and shows a reading once:
// the cuff is a snapshot, not a stream.
func (p *Patient) cuffCycle(at time.Time) []Numeric {
	if at.Before(p.cuffAt) {
		return nil
	}
	pr := p.profile
	sys := pr.Sys + pr.SysRise*p.effect + 3*p.rng.NormFloat64()
	dia := pr.Dia + pr.DiaRise*p.effect + 2*p.rng.NormFloat64()
	p.cuff = [3]float64{sys, dia, dia + (sys-dia)/3}
	p.cuffAt = at.Add(time.Duration(pr.Cuff) * time.Minute)
	return []Numeric{
		{Kind: vital.NIBPSys, Value: vital.Value(p.cuff[0]), At: at},
		{Kind: vital.NIBPDia, Value: vital.Value(p.cuff[1]), At: at},
		{Kind: vital.NIBPMean, Value: vital.Value(p.cuff[2]), At: at},
	}
}
