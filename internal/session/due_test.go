package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// plan says when each round of a visit is due, in minutes after ten; a round
// that is not there has none.
func plan(s State, env Env) map[schedule.What]float64 {
	out := map[schedule.What]float64{}
	for _, i := range DueItems(s, env) {
		out[i.What] = i.DueAt.Sub(ten()).Minutes()
	}
	return out
}

func (l *log) sees(minute float64, o Observation) *log {
	return l.add(at(minute), byNurse(), Observed{o})
}

// TestDueItems_Plan: an order of cuff 5 then 15, rounds and presence 15, peak
// 40, recovery 15.
func TestDueItems_Plan(t *testing.T) {
	t.Parallel()
	whole, cuff := set(ForRound, attended), Observation{Purpose: ForRound}
	with(vital.NIBPSys, "128")(&cuff)
	partial := set(ForRound, attended, with(vital.RR, ""))
	unrated := set(ForRound, attended, func(o *Observation) { o.Sedation = nil })
	monitored := set(ForRound, func(o *Observation) { o.Sedation = nil })
	resting := set(ForRound, attended, func(o *Observation) { o.Pain, o.Distress, o.PainNotAsked = nil, nil, Asleep })
	unlooked := set(ForRound, attended, func(o *Observation) { o.Site = "" })
	undistressed := set(ForRound, attended, func(o *Observation) { o.Distress = nil })
	recovery, uncuffed := set(ForRecovery, attended), set(ForRecovery, attended, with(vital.NIBPSys, ""))
	asleep := Observation{Purpose: ForPeak, SE12NotAsked: Asleep}
	for _, c := range []struct {
		name string
		log  *log
		now  float64
		want map[schedule.What]float64
	}{
		{"at the start", until(PhaseInfusing), 1, map[schedule.What]float64{RoundCuff: 5, RoundObservation: 15, RoundPresence: 15, RoundPeak: 40}},
		{"a whole set", until(PhaseInfusing).sees(6, whole), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 21, RoundPresence: 21, RoundPeak: 40}},
		{"a set without sedation is no round", until(PhaseInfusing).sees(6, unrated), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"the monitor's values alone are no round", until(PhaseInfusing).sees(6, monitored), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"a set without the IV site is no round", until(PhaseInfusing).sees(6, unlooked), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"a set without distress is no round", until(PhaseInfusing).sees(6, undistressed), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"resting quietly answers for distress", until(PhaseInfusing).sees(6, resting), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 21, RoundPresence: 21, RoundPeak: 40}},
		{"a cuff alone is no round", until(PhaseInfusing).sees(6, cuff), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"a set without breathing is no round", until(PhaseInfusing).sees(6, partial), 7, map[schedule.What]float64{RoundCuff: 11, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"resting quietly answers the peak", until(PhaseInfusing).sees(35, asleep), 36, map[schedule.What]float64{RoundCuff: 5, RoundObservation: 15, RoundPresence: 50}},
		{"asked before the peak, it is not asked at the peak", until(PhaseInfusing).sees(34.9, asleep), 36, map[schedule.What]float64{RoundCuff: 5, RoundObservation: 15, RoundPresence: 49.9, RoundPeak: 40}},
		{"someone looked in", until(PhaseInfusing).add(at(6), byNurse(), PresenceChecked{}), 7, map[schedule.What]float64{RoundCuff: 5, RoundObservation: 15, RoundPresence: 21, RoundPeak: 40}},
		{"after the first half hour", until(PhaseInfusing).sees(31, cuff), 32, map[schedule.What]float64{RoundCuff: 46, RoundObservation: 15, RoundPresence: 46, RoundPeak: 40}},
		{"a rate change brings the cuff forward", until(PhaseInfusing).sees(31, cuff).add(at(33), byNurse(), RateChanged{
			Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28"), Authority: WithinOrder,
		}), 34, map[schedule.What]float64{RoundCuff: 38, RoundObservation: 15, RoundPresence: 46, RoundPeak: 40}},
		{"paused", until(PhasePaused), 21, map[schedule.What]float64{RoundCuff: 5, RoundObservation: 15, RoundPresence: 15, RoundPeak: 40}},
		{"stopped", until(PhaseStopped), 31, map[schedule.What]float64{RoundRecovery: 45}},
		{"recovering, seen", until(PhaseRecovering).sees(40, recovery), 41, map[schedule.What]float64{RoundRecovery: 55}},
		{"recovering, seen without the pressure", until(PhaseRecovering).sees(40, uncuffed), 41, map[schedule.What]float64{RoundRecovery: 45}},
		{"recovering, a set of before the stop", until(PhaseRecovering).sees(29, whole), 41, map[schedule.What]float64{RoundRecovery: 45}},
		{"before the start", until(PhasePrepared), -1, map[schedule.What]float64{}},
		{"gone home", until(PhaseDischarged), 130, map[schedule.What]float64{}},
	} {
		got := plan(c.log.state, envAt(at(c.now)))
		if len(got) != len(c.want) {
			t.Errorf("%s: due %v, want %v", c.name, got, c.want)
			continue
		}
		for what, due := range c.want {
			if got[what] != due {
				t.Errorf("%s: %s due at %v, want %v", c.name, what, got[what], due)
			}
		}
	}
}

// attended is what a round needs of a person beside the signs.
func attended(o *Observation) { o.Distress, o.Site = ptr(scale.NRS(1)), SiteFine }

// TestDueItems_CapnographyThatIsOrderedBelongsToTheRound.
func TestDueItems_CapnographyThatIsOrderedBelongsToTheRound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen Observation
		due  float64
	}{"without it": {set(ForRound, attended), 15}, "with it": {set(ForRound, attended, with(vital.EtCO2, "38")), 21}} {
		l := until(PhaseInfusing).sees(6, c.seen)
		o := *l.state.Order
		o.Watch.EtCO2 = true
		l.state.Order = &o
		if got := plan(l.state, envAt(at(7))); got[RoundObservation] != c.due {
			t.Errorf("%s the next round is due at %v, want %v", name, got[RoundObservation], c.due)
		}
	}
}

// TestDueItems_WhatIsStruckWasNotDone: a struck set counts for no round, and a
// struck rate change for no shorter cuff.
func TestDueItems_WhatIsStruckWasNotDone(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing).sees(6, set(ForRound))
	l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(7)))
	if got := plan(l.state, envAt(at(8))); got[RoundObservation] != 15 || got[RoundCuff] != 5 {
		t.Errorf("struck, it counts: %v", got)
	}
	cuff := Observation{Purpose: ForRound}
	with(vital.NIBPSys, "128")(&cuff)
	l = until(PhaseInfusing).sees(31, cuff)
	l.say(t, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, envAt(at(33)))
	changed := l.position(0)
	if got := plan(l.state, envAt(at(34))); got[RoundCuff] != 38 {
		t.Fatalf("after a change: %v", got)
	}
	l.say(t, Amend{Entry: changed, Reason: said(1), Strike: true}, envAt(at(35)))
	if got := plan(l.state, envAt(at(36))); got[RoundCuff] != 46 {
		t.Errorf("after a struck change: %v", got)
	}
}

func TestDueItems_WithoutWhatSaysSo(t *testing.T) {
	t.Parallel()
	s := until(PhaseInfusing).state
	s.Order = nil
	if got := DueItems(s, envAt(at(5))); got != nil {
		t.Errorf("due without an order: %v", got)
	}
	none := until(PhaseInfusing)
	o := order()
	o.Watch = drug.Watch{}
	none.add(at(1), byPrescriber(), OrderAttached{Order: o})
	// What needs a person has an interval of the library; the cuff has none.
	if got := plan(none.state, envAt(at(5))); len(got) != 2 || got[RoundObservation] != 15 || got[RoundPresence] != 15 {
		t.Errorf("due by an order without a plan: %v", got)
	}
}

// TestBaseline_IsTheMeanOfTheRestingSets of today, and nothing without them.
func TestBaseline_IsTheMeanOfTheRestingSets(t *testing.T) {
	t.Parallel()
	x := drawUpScene()
	last(with(vital.NIBPSys, "131"))(&x)
	if got, ok := Baseline(x.s, x.env, vital.NIBPSys); !ok || got != 129.5 {
		t.Errorf("mean of 128 and 131: %v, %v", got, ok)
	}
	blind := x.env
	blind.Rules = library.Session{}
	if _, ok := Baseline(x.s, blind, vital.NIBPSys); ok {
		t.Error("a baseline without a library")
	}
	rested(timed{-35, set(ForBaseline)})(&x)
	if _, ok := Baseline(x.s, x.env, vital.NIBPSys); ok {
		t.Error("a baseline of one set")
	}
	if _, ok := Baseline(x.s, x.env, vital.EtCO2); ok {
		t.Error("a baseline of what was not measured")
	}
}
