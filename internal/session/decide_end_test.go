package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func TestDecide_RecoveryNeedsAStop(t *testing.T) {
	t.Parallel()
	refusal{"while infusing", until(PhaseInfusing), BeginRecovery{}, envAt(at(5)), "session.phase"}.check(t)
	l := until(PhaseStopped)
	l.say(t, BeginRecovery{}, envAt(at(31)))
	if l.state.Phase != PhaseRecovering {
		t.Errorf("phase %q", l.state.Phase)
	}
}

func TestDecide_DischargeAnswers(t *testing.T) {
	t.Parallel()
	l := until(PhaseRecovering)
	env := envAt(at(100))
	refusal{"nothing", l, CheckDischarge{}, env, "session.nothing_said"}.check(t)
	refusal{"score of 3", l, ScoreDischarge{MPADSS: scale.MPADSS{Pain: 3}}, env, "session.bad_score"}.check(t)
	l.say(t, CheckDischarge{DischargeList{Drinks: ptr(true)}}, env)
	l.say(t, CheckDischarge{DischargeList{LineOut: ptr(false), SignOff: ptr(true)}}, env.by(byNurseTwo()))
	if d := l.state.Discharge; d.Drinks == nil || !*d.Drinks || *d.LineOut || l.state.SignOffBy != nurseTwo {
		t.Errorf("answers add up to %+v, signed off by %q", d, l.state.SignOffBy)
	}
	l.say(t, CheckDischarge{DischargeList{SignOff: ptr(false)}}, env)
	if l.state.SignOffBy != "" {
		t.Error("a sign-off that was taken back still has a name")
	}
	r := l.refused(t, Discharge{}, env)
	if r.Message.ID != "session.discharge_shut" || r.Gate == nil || len(r.Gate.Blockers()) == 0 {
		t.Errorf("an unscored patient goes home: %v", r)
	}
	refusal{"while infusing", until(PhaseInfusing), Discharge{}, envAt(at(5)), "session.phase"}.check(t)
}

func TestDecide_WasteNeedsAnotherPerson(t *testing.T) {
	t.Parallel()
	l := until(PhaseDischarged)
	env := envAt(at(130))
	waste := Waste{Mass: unit.Mg("10"), Volume: unit.ML("10")}
	back := ReturnDrug{Mass: unit.Mg("10"), Volume: unit.ML("10")}
	for _, c := range []refusal{
		{"alone", l, waste, env, "session.witness_needed"},
		{"oneself", l, waste, env.witnessed(byNurse()), "session.witness_other"},
		{"a device", l, waste, env.witnessed(byTablet()), "session.witness_needed"},
		{"returned alone", l, back, env, "session.witness_needed"},
		{"nothing", l, Waste{}, env.witnessed(byNurseTwo()), "session.bad_mass"},
		{"less than nothing", l, ReturnDrug{Mass: unit.Mg("-1")}, env.witnessed(byNurseTwo()), "session.bad_mass"},
	} {
		c.check(t)
	}
	if e := l.say(t, waste, env.witnessed(byNurseTwo()))[0].(DrugWasted); e.Witness != nurseTwo {
		t.Errorf("witnessed by %q", e.Witness)
	}
	l.say(t, back, env.witnessed(byNurseTwo()))
	if l.state.Wasted != unit.Mg("10") || l.state.Returned != unit.Mg("10") {
		t.Errorf("wasted %v, returned %v", l.state.Wasted, l.state.Returned)
	}
}

// accounted is a discharged visit (8 mg of 250 given) with all of it accounted for.
func accounted(t *testing.T) *log {
	t.Helper()
	l := until(PhaseDischarged)
	l.say(t, Waste{Mass: unit.Mg("242"), Volume: unit.ML("242")}, envAt(at(125)).witnessed(byNurseTwo()))
	return l
}

func signed(t *testing.T, l *log) *log {
	t.Helper()
	l.say(t, Review{Meaning: MeaningReviewed}, envAt(at(150)).by(byPrescriber()))
	return l
}

func TestDecide_CloseListsEverythingThatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		log  *log
		open []word.ID
	}{
		{"nothing done", until(PhaseDischarged), []word.ID{"session.open_drug", "session.open_review"}},
		{"accounted for, not reviewed", accounted(t), []word.ID{"session.open_review"}},
		{"changed since the review", signed(t, accounted(t)).add(at(151), byNurse(), Observed{Observation: round()}), []word.ID{"session.open_review_again"}},
		{"waste after the review is fine", signed(t, until(PhaseDischarged)).add(at(151), byNurse(), DrugWasted{Mass: unit.Mg("200")}), []word.ID{"session.open_drug"}},
		{"transferred with the pump running", until(PhaseInfusing).add(at(5), byNurse(), Transferred{}), []word.ID{"session.open_stop", "session.open_drug", "session.open_review"}},
		{
			"stopped by a tablet, spoken order, help",
			until(PhaseInfusing).add(at(5), byNurse(), SpokenOrderTaken{}, HelpCalled{}, Stopped{WhoOpen: true}, LeftEarly{}),
			[]word.ID{"session.open_pump", "session.open_who_stopped", "session.open_spoken", "session.open_help", "session.open_drug", "session.open_review"},
		},
		{"vials opened and nothing prepared", until(PhaseReady).add(at(-20), byNurse(), VialsOpened{Vials: []drug.Vial{vial()}}, Cancelled{}), []word.ID{"session.open_drug", "session.open_review"}},
	} {
		r := c.log.refused(t, CloseRecord{}, envAt(at(160)).by(byPrescriber()))
		var got []word.ID
		for _, m := range r.Open {
			got = append(got, m.ID)
		}
		if !equal(got, c.open) {
			t.Errorf("%s: %v, want %v", c.name, got, c.open)
		}
	}
	refusal{"still recovering", until(PhaseRecovering), CloseRecord{}, envAt(at(160)), "session.phase"}.check(t)
}

func equal(a, b []word.ID) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestDecide_Close(t *testing.T) {
	t.Parallel()
	l := signed(t, accounted(t))
	e := l.say(t, CloseRecord{}, envAt(at(160)))[0].(Closed)
	if e.Drawn != unit.Mg("250") || e.Given != unit.Mg("8") || e.Wasted != unit.Mg("242") || !e.Returned.IsZero() {
		t.Errorf("closed with %+v", e)
	}
	if l.state.Phase != PhaseClosed || l.state.EndedAs != PhaseDischarged {
		t.Errorf("phase %q, ended as %q", l.state.Phase, l.state.EndedAs)
	}
	refusal{"twice", l, CloseRecord{}, envAt(at(161)), "session.phase"}.check(t)
	never := until(PhaseArrived).add(at(-30), byNurse(), Cancelled{})
	signed(t, never).say(t, CloseRecord{}, envAt(at(160)))
	if never.state.EndedAs != PhaseCancelled {
		t.Errorf("ended as %q", never.state.EndedAs)
	}
}

// TestBalance_ToWhatPeopleReadAndType: they read what was given to 0.01 mg and
// type the rest to 0.1 mg; what comes of that is even, one step beyond is not.
// Of 100 mg with 14.7512 given they read 14.75, and waste 85.3.
func TestBalance_ToWhatPeopleReadAndType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wasted string
		even   bool
	}{{"242", true}, {"241.945", true}, {"242.055", true}, {"242.0512", true}, {"241.944999", false}, {"242.055001", false}} {
		l := until(PhaseDischarged)
		l.add(at(125), byNurse(), DrugWasted{Mass: unit.Mg(c.wasted)})
		if got := l.state.Balance(at(130)).Even(); got != c.even {
			t.Errorf("250 = 8 + %s: even %v", c.wasted, got)
		}
	}
}

func TestBalance_BolusFromTheBagOrFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, fromBag := range []bool{true, false} {
		l := until(PhaseDischarged)
		l.add(at(10), byNurse(), DrugGiven{Drug: "ketamine", Ketamine: unit.Mg("5"), FromBag: fromBag})
		want := "242.0"
		if fromBag {
			want = "237.0"
		}
		if got := l.state.Balance(at(130)).Open().Fixed(1); got != want {
			t.Errorf("from the bag %v: %s mg open, want %s", fromBag, got, want)
		}
	}
}

func TestDecide_Review(t *testing.T) {
	t.Parallel()
	l := accounted(t)
	env := envAt(at(150)).by(byPrescriber())
	headless := env
	headless.Head = ""
	for _, c := range []refusal{
		{"another meaning", l, Review{Meaning: "seen"}, env, "session.unknown_code"},
		{"nothing to bind to", l, Review{Meaning: MeaningReviewed}, headless, "session.no_head"},
		{"too early", until(PhaseRecovering), Review{Meaning: MeaningReviewed}, envAt(at(90)).by(byPrescriber()), "session.phase"},
	} {
		c.check(t)
	}
	if e := l.say(t, Review{Meaning: MeaningApproved}, env)[0].(Reviewed); e.Head != "ab12" || l.state.Reviewed.By != prescriber {
		t.Errorf("signed %+v by %q", e, l.state.Reviewed.By)
	}
}
