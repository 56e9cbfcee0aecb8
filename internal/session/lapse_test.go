package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/schedule"
)

// lapsed is what was not kept of one kind of round, in minutes after ten; done
// is 0 where nothing was done again.
type lapsed struct {
	due, done float64
	missed    int
}

func lapsesOf(t *testing.T, s State, minute float64, w schedule.What) []lapsed {
	t.Helper()
	ls, ok := Lapses(s, envAt(at(minute)))
	if !ok {
		t.Fatal("it could not be said")
	}
	var out []lapsed
	for _, l := range ls {
		if l.What != w {
			continue
		}
		x := lapsed{due: l.DueAt.Sub(ten()).Minutes(), missed: l.Missed}
		if !l.DoneAt.IsZero() {
			x.done = l.DoneAt.Sub(ten()).Minutes()
		}
		out = append(out, x)
	}
	return out
}

// TestLapses_AreKeptWhateverThePhase: rounds every 15 minutes from ten, cuffs
// every 5, the peak at 40. The pump stops at 30, the patient goes at 120.
func TestLapses_AreKeptWhateverThePhase(t *testing.T) {
	t.Parallel()
	whole := set(ForRound, attended)
	ran := func() *log { return until(PhaseInfusing).sees(22, whole) }
	ended := func(events ...Event) *log {
		l := ran().add(at(30), byNurse(), Stopped{Cause: StopPlanned, Phase: PhaseInfusing}, RecoveryBegan{})
		return l.add(at(120), byNurse(), events...)
	}
	ok := GateResult{Gate: GateDischarge, Checks: []Check{{ID: "all", Outcome: Clear}}}
	late := []lapsed{{15, 22, 0}}
	for _, c := range []struct {
		name     string
		log      *log
		now      float64
		observed []lapsed
		recovery []lapsed
	}{
		{"before the start", until(PhasePrepared), 300, nil, nil},
		{"infusing", ran(), 23, late, nil},
		{"infusing, late again", ran(), 43, []lapsed{{15, 22, 0}, {37, 0, 0}}, nil},
		{"stopped", ran().add(at(30), byNurse(), Stopped{Cause: StopPlanned, Phase: PhaseInfusing}), 31, late, nil},
		{"recovering", ran().add(at(30), byNurse(), Stopped{Cause: StopPlanned, Phase: PhaseInfusing}, RecoveryBegan{}), 61, late, []lapsed{{45, 0, 1}}},
		{"discharged", ended(Discharged{Gate: ok}), 9999, late, []lapsed{{45, 0, 5}}},
		{"closed", ended(Discharged{Gate: ok}, Closed{}), 9999, late, []lapsed{{45, 0, 5}}},
		{"left", ended(LeftEarly{}), 9999, late, []lapsed{{45, 0, 5}}},
		{"transferred", ended(Transferred{}), 9999, late, []lapsed{{45, 0, 5}}},
		{"transferred with the pump running", ran().add(at(60), byNurse(), Transferred{}), 9999, []lapsed{{15, 22, 0}, {37, 0, 2}}, nil},
	} {
		if got := lapsesOf(t, c.log.state, c.now, RoundObservation); !slices.Equal(got, c.observed) {
			t.Errorf("%s, rounds: %v, want %v", c.name, got, c.observed)
		}
		if got := lapsesOf(t, c.log.state, c.now, RoundRecovery); !slices.Equal(got, c.recovery) {
			t.Errorf("%s, recovery: %v, want %v", c.name, got, c.recovery)
		}
	}
}

// TestLapses_OfEachKindOfRound: what counts for one is not asked of the other.
func TestLapses_OfEachKindOfRound(t *testing.T) {
	t.Parallel()
	stop := func(l *log, minute float64) State {
		return l.add(at(minute), byNurse(), Stopped{Cause: StopPlanned, Phase: PhaseInfusing}).state
	}
	looked := until(PhaseInfusing).add(at(15), byNurse(), PresenceChecked{}).add(at(30), byNurse(), PresenceChecked{}).add(at(45), byNurse(), PresenceChecked{})
	if got := lapsesOf(t, stop(looked, 60), 300, RoundPresence); got != nil {
		t.Errorf("somebody looked in each time: %v", got)
	}
	if got := lapsesOf(t, stop(until(PhaseInfusing), 60), 300, RoundPresence); !slices.Equal(got, []lapsed{{15, 0, 3}}) {
		t.Errorf("nobody looked in: %v", got)
	}
	if got := lapsesOf(t, stop(until(PhaseInfusing), 60), 300, RoundPeak); !slices.Equal(got, []lapsed{{40, 0, 1}}) {
		t.Errorf("nobody asked at the peak: %v", got)
	}
	asked := until(PhaseInfusing).sees(41, Observation{Purpose: ForPeak, SE12: &scale.SE12{}})
	if got := lapsesOf(t, stop(asked, 60), 300, RoundPeak); got != nil {
		t.Errorf("asked at the peak: %v", got)
	}
	if got := lapsesOf(t, stop(until(PhaseInfusing), 30), 300, RoundCuff); !slices.Equal(got, []lapsed{{5, 0, 5}}) {
		t.Errorf("no cuff in half an hour: %v", got)
	}
}

// TestLapses_AreJudgedByTheOrderInForce: an order that asks more often, or less
// often, says nothing of the time before it.
func TestLapses_AreJudgedByTheOrderInForce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every drug.Minutes
		want  []lapsed
	}{
		"more often": {5, []lapsed{{50, 0, 4}}}, // 50, 55, 60, 65
		"less often": {60, nil},
	} {
		o := order()
		o.Watch.Observation = c.every
		whole := set(ForRound, attended)
		l := until(PhaseInfusing).sees(15, whole).sees(30, whole).sees(45, whole)
		l.add(at(46), byPrescriber(), OrderAttached{Order: o})
		l.add(at(70), byNurse(), Stopped{Cause: StopPlanned, Phase: PhaseInfusing})
		if got := lapsesOf(t, l.state, 300, RoundObservation); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestLapses_WithoutWhatSaysSo: that nothing was missed is never said unasked.
func TestLapses_WithoutWhatSaysSo(t *testing.T) {
	t.Parallel()
	s := until(PhaseStopped).state
	blind := envAt(at(60))
	blind.Rules = scene{}.env.Rules
	if _, ok := Lapses(s, blind); ok {
		t.Error("told without a library")
	}
	s.Order = nil
	if _, ok := Lapses(s, envAt(at(60))); ok {
		t.Error("told without an order")
	}
}
