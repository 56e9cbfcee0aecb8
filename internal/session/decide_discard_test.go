package session

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
)

func discarded(why DiscardWhy) DiscardDrawUp { return DiscardDrawUp{Why: why, Method: said(1)} }

// TestDecide_MistypedVialIsStruckAndEnteredAgain: 20 mL typed for 5 could
// otherwise never agree with anybody's computation.
func TestDecide_MistypedVialIsStruckAndEnteredAgain(t *testing.T) {
	t.Parallel()
	l := until(PhaseReady)
	typo := vial()
	typo.Volume = unit.ML("20")
	l.add(at(-25), byNurse(), VialsOpened{Vials: []drug.Vial{typo}})
	entry := l.position(0)
	good := Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}
	l.say(t, good, envAt(at(-24)))
	l.say(t, Amend{Entry: entry, Reason: said(1), Strike: true}, envAt(at(-23)))
	if len(l.state.Vials) != 0 || len(l.state.Computed) != 0 || l.state.Balance(at(-23)).Drawn.Positive() {
		t.Fatalf("struck vials leave %v, computed %v, drawn %v", l.state.Vials, l.state.Computed, l.state.Balance(at(-23)).Drawn)
	}
	l.add(at(-22), byNurse(), VialsOpened{Vials: []drug.Vial{vial()}})
	l.say(t, good, envAt(at(-21)))
	l.say(t, good, envAt(at(-20)).by(byNurseTwo()))
	p := l.state.Prepared
	if p == nil || !p.UseBy.Equal(at(-25+240)) {
		t.Fatalf("prepared %+v: the use-by time counts from when the mistyped vial was opened", p)
	}
	refusal{"vials of a bag", l, Amend{Entry: entry, Reason: said(1), Strike: true}, envAt(at(-19)), "session.not_amendable"}.check(t)
}

func TestDecide_DiscardedBagIsPreparedAnewAndAccountedFor(t *testing.T) {
	t.Parallel()
	l := toStart()
	l.say(t, discarded(DiscardLate), envAt(at(1)).witnessed(byNurseTwo()))
	e := l.entries[len(l.entries)-1].Event.(DrawUpDiscarded)
	if e.Label != "DEADBEEF-1" || e.Mass != unit.Mg("250") || e.Volume != unit.ML("250") || e.Witness != nurseTwo {
		t.Errorf("discarded %+v", e)
	}
	s := l.state
	if s.Phase != PhaseReady || s.Prepared != nil || len(s.Vials) != 0 || !s.VialsAt.IsZero() || s.TimeOut != nil {
		t.Errorf("after discarding: %q, bag %v, vials %v since %v, time-out %v", s.Phase, s.Prepared, s.Vials, s.VialsAt, s.TimeOut)
	}
	if b := s.Balance(at(1)); b.Drawn != unit.Mg("250") || b.Wasted != unit.Mg("250") || !b.Even() {
		t.Errorf("the discarded bag is accounted for as %+v", b)
	}
	l.add(at(2), byNurse(), VialsOpened{Vials: []drug.Vial{vial()}})
	again := Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}
	l.say(t, again, envAt(at(3)))
	l.say(t, again, envAt(at(4)).by(byNurseTwo()))
	if p := l.state.Prepared; p == nil || !p.UseBy.Equal(at(2+240)) {
		t.Fatalf("the second bag is %+v", p)
	}
	if b := l.state.Balance(at(5)); b.Drawn != unit.Mg("500") || b.Open().Round() != unit.Mg("250") {
		t.Errorf("two bags are accounted for as %+v", b)
	}
}

func TestDecide_DiscardedVialsBeforeThereIsABag(t *testing.T) {
	t.Parallel()
	l := computing(t)
	l.say(t, Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}, envAt(at(-22)))
	l.say(t, discarded(DiscardDrug), envAt(at(-21)).witnessed(byNurseTwo()))
	e := l.entries[len(l.entries)-1].Event.(DrawUpDiscarded)
	if e.Label != "" || e.Mass != unit.Mg("250") || e.Volume != unit.ML("5") {
		t.Errorf("discarded %+v", e)
	}
	if s := l.state; s.Phase != PhaseReady || len(s.Vials) != 0 || len(s.Computed) != 0 || !s.Balance(at(-20)).Even() {
		t.Errorf("after discarding: %q, vials %v, computed %v, %+v", s.Phase, s.Vials, s.Computed, s.Balance(at(-20)))
	}
}

func TestDecide_DiscardGoesBack(t *testing.T) {
	t.Parallel()
	env := envAt(at(1)).witnessed(byNurseTwo())
	for _, c := range []refusal{
		{"alone", toStart(), discarded(DiscardLate), envAt(at(1)), "session.witness_needed"},
		{"before oneself", toStart(), discarded(DiscardLate), envAt(at(1)).witnessed(byNurse()), "session.witness_other"},
		{"for no reason", toStart(), discarded("bored"), env, "session.unknown_code"},
		{"without saying how", toStart(), DiscardDrawUp{Why: DiscardLate}, env, "session.text_missing"},
		{"nothing drawn", until(PhaseReady), discarded(DiscardLate), env, "session.nothing_drawn"},
		{"a bag that was started", until(PhaseInfusing), discarded(DiscardLate), env, "session.bag_started"},
	} {
		c.check(t)
	}
}

func TestDecide_DiscardTakesOnlyWhatIsLeftOfTheBag(t *testing.T) {
	t.Parallel()
	l := toStart()
	l.say(t, GiveDrug{Drug: "ketamine", Amount: "5", Unit: "mg", Route: "IV", FromBag: true}, envAt(ten()))
	l.say(t, discarded(DiscardUnused), envAt(at(1)).witnessed(byNurseTwo()))
	e := l.entries[len(l.entries)-1].Event.(DrawUpDiscarded)
	if e.Mass != unit.Mg("245") || e.Volume != unit.ML("245") || !l.state.Balance(at(1)).Even() {
		t.Errorf("discarded %v in %v, %+v", e.Mass, e.Volume, l.state.Balance(at(1)))
	}
	waste := l.position(0)
	refusal{"struck", l, Amend{Entry: waste, Reason: said(1), Strike: true}, envAt(at(2)), "session.not_amendable"}.check(t)
}

// TestBlind_HoldsFromReadyUntilTheBag also sees that a disagreement names no
// number to those who compute again.
func TestBlind_HoldsFromReadyUntilTheBag(t *testing.T) {
	t.Parallel()
	for _, p := range []Phase{PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhaseDischarged} {
		if got := Blind(until(p).state); got != (p == PhaseReady) {
			t.Errorf("in %q blind is %v", p, got)
		}
	}
	for name, c := range map[string][2]Compute{
		"the order": {{Mass: unit.Mg("237"), Volume: unit.ML("5")}, {Mass: unit.Mg("237"), Volume: unit.ML("5")}},
		"the vials": {{Mass: unit.Mg("250"), Volume: unit.ML("4.74")}, {Mass: unit.Mg("250"), Volume: unit.ML("4.74")}},
		"another":   {{Mass: unit.Mg("250"), Volume: unit.ML("5")}, {Mass: unit.Mg("237"), Volume: unit.ML("4.74")}},
	} {
		l := computing(t)
		l.say(t, c[0], envAt(at(-22)))
		l.say(t, c[1], envAt(at(-21)).by(byNurseTwo()))
		e, ok := l.entries[len(l.entries)-1].Event.(DrawUpDisagreed)
		if !ok || strings.ContainsAny(e.Message.English(), "0123456789") {
			t.Errorf("differing from %s: %v %q", name, ok, e.Message.English())
		}
	}
}
