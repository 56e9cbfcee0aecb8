package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// scored is a set that holds all of an early-warning score.
func scored(changes ...func(*Observation)) Observation {
	o := Observation{Purpose: ForRound, Sedation: ptr(scale.Sedation(5)), Oriented: ptr(true), Oxygen: &Oxygen{Air: true}}
	for k, v := range map[vital.Kind]string{vital.RR: "14", vital.SpO2: "97", vital.NIBPSys: "120", vital.Pulse: "70", vital.Temp: "37"} {
		with(k, v)(&o)
	}
	for _, c := range changes {
		c(&o)
	}
	return o
}

// TestEarlyWarning: both scores, and what they were worked out from.
func TestEarlyWarning(t *testing.T) {
	t.Parallel()
	sedated := func(n int) func(*Observation) { return func(o *Observation) { o.Sedation = ptr(scale.Sedation(n)) } }
	unasked := func(o *Observation) { o.Oriented = nil }
	lost := func(o *Observation) { o.Oriented = ptr(false) }
	doubtful := func(o *Observation) {
		for i := range o.Readings {
			if o.Readings[i].Kind == vital.SpO2 {
				o.Readings[i].Quality = vital.Questionable
			}
		}
	}
	for _, c := range []struct {
		name           string
		set            Observation
		now            float64
		total, without int // -1: there is none
		missing        []string
	}{
		{"well", scored(), 10, 0, 0, nil},
		{"dissociated, as expected", scored(sedated(4)), 10, 3, 0, nil},
		{"hardly to be woken", scored(sedated(1)), 10, 3, 0, nil},
		{"not oriented", scored(lost), 10, 3, 0, nil},
		{"orientation not asked", scored(unasked), 10, -1, 0, []string{"consciousness"}},
		{"asleep, and so not alert", scored(sedated(3), unasked), 10, 3, 0, nil},
		{"fast breathing", scored(with(vital.RR, "22")), 10, 2, 2, nil},
		{"no temperature", scored(with(vital.Temp, "")), 10, -1, -1, []string{"temperature"}},
		{"a saturation in doubt", scored(doubtful), 10, -1, -1, []string{"SpO₂"}},
		{"twenty minutes old", scored(), 25, 0, 0, nil},
		{"a second older: only the temperature is left", scored(), 25.02, -1, -1, []string{"breathing", "air or oxygen", "systolic pressure", "pulse", "consciousness"}},
		{"before anything", scored(), 4, -1, -1, []string{"breathing", "air or oxygen", "systolic pressure", "pulse", "temperature", "consciousness"}},
	} {
		l := until(PhaseInfusing)
		l.state.Observations = nil
		l.sees(5, c.set)
		w, ok := EarlyWarning(l.state, envAt(at(c.now)))
		total, without := w.Total, w.Without
		if !w.Complete() {
			total = -1
		}
		if !w.CompleteWithout() {
			without = -1
		}
		if !ok || total != c.total || without != c.without || !slices.Equal(w.Missing, c.missing) {
			t.Errorf("%s: %d and %d without %v, want %d and %d without %v", c.name, total, without, w.Missing, c.total, c.without, c.missing)
		}
	}
	if _, ok := EarlyWarning(until(PhaseInfusing).state, Env{Now: at(5)}); ok {
		t.Error("a score without a library")
	}
	if _, ok := EarlyWarning(until(PhasePrepared).state, envAt(at(-1))); ok {
		t.Error("a score before the start")
	}
}

// TestEarlyWarning_OfTheMonitor: what was kept of the monitor counts and says
// who measured it; what a person took the trust from does not; the newest wins.
func TestEarlyWarning_OfTheMonitor(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.state.Observations = nil
	l.sees(-1, scored(with(vital.SpO2, "91"), with(vital.Pulse, ""))) // 3 points
	l.take(t, RoundObservation, 15, 15.3, set15()...)
	entry := l.position(0)
	w, _ := EarlyWarning(l.state, envAt(at(16)))
	spo2, _ := w.Input("SpO₂")
	pulse, ok := w.Input("pulse")
	if w.Without != 0 || spo2.Text != "97 %" || !spo2.At.Equal(at(14.9)) || spo2.Origin != vital.FromDevice || !ok || pulse.Text != "72 /min" {
		t.Errorf("%+v", w)
	}
	if !w.Oldest.Equal(at(-1)) {
		t.Errorf("oldest of %v", w.Oldest)
	}
	l.say(t, ConfirmReadings{[]int64{entry}}, envAt(at(16)))
	if w, _ := EarlyWarning(l.state, envAt(at(16))); w.Inputs[0].Origin != vital.DeviceConfirmed {
		t.Errorf("confirmed, it is %q", w.Inputs[0].Origin)
	}
	l.say(t, DoubtReading{Entry: entry, Kind: vital.SpO2, Why: DoubtArtefact}, envAt(at(16)))
	if w, _ := EarlyWarning(l.state, envAt(at(16))); w.Without != 3 {
		t.Errorf("the doubted saturation counts: %+v", w.EarlyWarning)
	}
	// Once the patient has gone it stays what it was.
	l.add(at(17), byNurse(), Transferred{})
	if w, _ := EarlyWarning(l.state, envAt(at(300))); w.Without != 3 || len(w.Missing) != 0 {
		t.Errorf("later: %+v", w.EarlyWarning)
	}
}

// warned says whether there is a score of signs and a temperature of some
// minutes ago, under a library.
func warned(signs, temp float64) func(library.Session) string {
	return func(rules library.Session) string {
		l := until(PhaseInfusing)
		l.state.Observations = nil
		l.sees(250-temp, scored()).sees(250-signs, scored(with(vital.Temp, "")))
		env := envAt(at(250))
		env.Rules = rules
		w, _ := EarlyWarning(l.state, env)
		return map[bool]string{true: "scored", false: "not scored"}[w.Complete()]
	}
}
