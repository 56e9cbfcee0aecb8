package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

func distress(n int, stays bool) Observation {
	o := Observation{Purpose: ForConcern, Distress: ptr(scale.NRS(n))}
	if stays {
		o.StaysWith = said(1)
	}
	return o
}

// TestConcerns_StayUntilTheyAreSettled: what was charted is not said once and
// then forgotten.
func TestConcerns_StayUntilTheyAreSettled(t *testing.T) {
	t.Parallel()
	headache := Observation{Purpose: ForConcern, WorstHeadache: true}
	found := RateChanged{Read: reading("30"), Authority: NoAuthority}                                   // to set is 16 mL/h
	thick := PumpRead{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1.021")}} // the bag holds 1 mg/mL
	near := PumpRead{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1.02")}}
	for _, c := range []struct {
		name  string
		phase Phase
		say   []Event
		kind  ConcernKind // of the gravest; empty: none
		needs act.Act
	}{
		{"nothing", PhaseInfusing, nil, "", ""},
		{"the worst headache", PhaseInfusing, []Event{Observed{headache}}, ConcernHeadache, ActStop},
		{"a headache, help called and the pump still runs", PhaseInfusing, []Event{Observed{headache}, HelpCalled{}}, ConcernHeadache, ActStop},
		{"a headache, stopped and nobody called", PhaseInfusing, []Event{Observed{headache}, Stopped{}}, ConcernHeadache, ActHelp},
		{"a headache, stopped, the call taken back", PhaseInfusing, []Event{Observed{headache}, Stopped{}, HelpCalled{}, HelpUndone{}}, ConcernHeadache, ActHelp},
		{"a headache, stopped and help called", PhaseInfusing, []Event{Observed{headache}, Stopped{}, HelpCalled{}}, "", ""},
		{"a headache, and the emergency is over", PhaseInfusing, []Event{Observed{headache}, Stopped{}, HelpCalled{}, HelpEnded{}}, "", ""},
		{"a headache while help is there, stopped, and the emergency is over", PhaseInfusing, []Event{HelpCalled{}, Observed{headache}, Stopped{}, HelpEnded{}}, "", ""},
		{"a headache while help is there, stopped", PhaseInfusing, []Event{HelpCalled{}, Observed{headache}, Stopped{}}, "", ""},
		{"a headache after an emergency that is over, stopped", PhaseInfusing, []Event{HelpCalled{}, HelpEnded{}, Observed{headache}, Stopped{}}, ConcernHeadache, ActHelp},
		{"a headache while help is there, the call taken back", PhaseInfusing, []Event{HelpCalled{}, Observed{headache}, HelpUndone{}, Stopped{}}, ConcernHeadache, ActHelp},
		{"distress 5, nobody named", PhaseInfusing, []Event{Observed{distress(5, false)}}, ConcernDistress, ActObserve},
		{"distress 4", PhaseInfusing, []Event{Observed{distress(4, false)}}, "", ""},
		{"distress 5, somebody named", PhaseInfusing, []Event{Observed{distress(5, true)}}, "", ""},
		{"distress 7, then somebody named", PhaseInfusing, []Event{Observed{distress(7, false)}, Observed{Observation{Purpose: ForConcern, StaysWith: said(1)}}}, "", ""},
		{"distress 7, then a set without it", PhaseInfusing, []Event{Observed{distress(7, false)}, Observed{Observation{Purpose: ForRound, Site: SiteFine}}}, ConcernDistress, ActObserve},
		{"distress 7, then 2", PhaseInfusing, []Event{Observed{distress(7, false)}, Observed{distress(2, false)}}, "", ""},
		{"a rate found that nobody chose", PhaseInfusing, []Event{found}, ConcernRate, ActRate},
		{"a plain reading of another rate", PhaseInfusing, []Event{PumpRead{Read: reading("30")}}, ConcernRate, ActRate},
		{"a pump found standing still", PhaseInfusing, []Event{RateChanged{Read: reading("0"), Authority: NoAuthority}}, ConcernRate, ActRate},
		{"a pump found running before any start", PhasePrepared, []Event{RateChanged{Read: reading("16"), Authority: NoAuthority, Phase: PhaseInfusing}}, ConcernRate, ActRate},
		{"a pump set for another concentration", PhaseInfusing, []Event{thick}, ConcernBag, ActReadPump},
		{"another concentration and another rate", PhaseInfusing, []Event{found, thick}, ConcernBag, ActReadPump},
		{"another concentration, then a reading of the rate alone", PhaseInfusing, []Event{thick, PumpRead{Read: PumpReading{Rate: unit.MLPerH("16")}}}, ConcernBag, ActReadPump},
		{"a reading of the rate alone", PhaseInfusing, []Event{PumpRead{Read: PumpReading{Rate: unit.MLPerH("16")}}}, "", ""},
		{"another concentration, read in a round", PhaseInfusing, []Event{Observed{Observation{Purpose: ForRound, Pump: &thick.Read}}}, ConcernBag, ActReadPump},
		{"another concentration, paused", PhasePaused, []Event{thick}, ConcernBag, ActReadPump},
		{"another concentration, then the bag's", PhaseInfusing, []Event{thick, PumpRead{Read: reading("16")}}, "", ""},
		{"just within 2 % of the bag's", PhaseInfusing, []Event{near}, "", ""},
		{"another concentration, then stopped", PhaseInfusing, []Event{thick, Stopped{}}, "", ""},
		{"a rate found, then read as set", PhaseInfusing, []Event{found, PumpRead{Read: reading("16")}}, "", ""},
		{"a rate found, then ordered", PhaseInfusing, []Event{found, RateChanged{Ordered: unit.MgPerKgH("0.375"), ToSet: unit.MLPerH("30"), Read: reading("30"), Authority: SpokenOrder}}, "", ""},
		{"a rate found, then stopped", PhaseInfusing, []Event{found, Stopped{}}, "", ""},
		{"a rate found and distress", PhaseInfusing, []Event{Observed{distress(7, false)}, found}, ConcernRate, ActRate},
		{"both", PhaseInfusing, []Event{Observed{distress(7, false)}, Observed{headache}}, ConcernHeadache, ActStop},
		{"not stood up in recovery", PhaseRecovering, nil, ConcernStanding, ActObserve},
		{"stood up in recovery", PhaseRecovering, []Event{Observed{Observation{Purpose: ForRecovery, Stood: &Stood{Assisted: true}}}}, "", ""},
		{"gone home", PhaseDischarged, []Event{Observed{headache}}, "", ""},
	} {
		l := until(c.phase)
		for i, ev := range c.say {
			l.add(at(130+float64(i)), byNurse(), ev)
		}
		got := Concern{}
		if cs := Concerns(l.state, envAt(at(140))); len(cs) > 0 {
			got = cs[0]
		}
		if got.Kind != c.kind || got.Needs != c.needs {
			t.Errorf("%s: %q needs %q, want %q needs %q", c.name, got.Kind, got.Needs, c.kind, c.needs)
		}
	}
}

func TestConcerns_AStruckHeadacheIsNone(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, Observe{Observation{Purpose: ForConcern, WorstHeadache: true}}, envAt(at(10)))
	l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(11)))
	if cs := Concerns(l.state, envAt(at(12))); len(cs) != 0 {
		t.Errorf("struck, and still %v", cs)
	}
}

// TestDecide_OnlyTheFirstStandingIsAssisted: the first since the infusion.
func TestDecide_OnlyTheFirstStandingIsAssisted(t *testing.T) {
	t.Parallel()
	l := until(PhaseRecovering)
	alone := Observe{Observation{Purpose: ForRecovery, Stood: &Stood{Steady: true}}}
	if e := l.say(t, alone, envAt(at(50)))[0].(Observed); len(e.Findings) != 1 || e.Findings[0].Rule != RuleStanding {
		t.Errorf("stood alone the first time: %v", e.Findings)
	}
	if e := l.say(t, alone, envAt(at(60)))[0].(Observed); len(e.Findings) != 0 {
		t.Errorf("stood alone the second time: %v", e.Findings)
	}
}

// TestEnds_SaysWhatStillComesPastThePlannedEnd: planned 240 min, at most 300.
func TestEnds_SaysWhatStillComesPastThePlannedEnd(t *testing.T) {
	t.Parallel()
	ends := Ends(until(PhaseInfusing).state, envAt(at(292)))
	if len(ends) != 3 || ends[0].Bound != EndPlanned || ends[0].Near != EndPast || ends[1].Bound != EndSession || ends[1].Near != EndSoon {
		t.Errorf("at 292 min: %+v", ends)
	}
}
