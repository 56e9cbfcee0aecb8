package session

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func dischargeRows() []row {
	return slices.Concat(stoppedRows(), scoreRows(), mindHomeRows(), effectRows(), homeSignRows(), sinceRows(), listRows(), moodHomeRows(), escortHomeRows(), signOffRows())
}

// later moves now on.
func later(minute float64) func(*scene) {
	return func(x *scene) { x.env.Now = at(minute); x.env.OccurredAt = x.env.Now }
}

func after(minute float64, also func(*scene)) func(*scene) {
	return func(x *scene) { later(minute)(x); also(x) }
}

func notStopped(x *scene) { x.s.StoppedAt = time.Time{} }

func stoppedRows() []row {
	return []row{
		{"and read so", "stopped", Clear, "SW-STOPPED", nil, nil},
		{"not stopped", "stopped", CouldNotCheck, "SW-STOPPED", notStopped, nil},
		{"the pump not read", "stopped", CouldNotCheck, "SW-STOPPED", func(x *scene) { x.s.PumpStop = nil }, nil},
		{"the pump read before", "stopped", CouldNotCheck, "SW-STOPPED", func(x *scene) { x.s.PumpStopAt = at(29) }, nil},
		{"help is called", "stopped", Finding, "SW-STOPPED", func(x *scene) { x.add(89, byNurse(), HelpCalled{}) }, nil},
	}
}

// scoreRows: nine of ten, scored after the stop and within a round of 15
// minutes and its grace of 5.
func scoreRows() []row {
	scored := func(mpadss, aldrete int) func(*scene) {
		return func(x *scene) {
			x.add(80, byNurse(), DischargeScored{
				MPADSS:  scale.MPADSS{Vitals: mpadss - 4, Ambulation: 1, Nausea: 1, Pain: 1, Bleeding: 1},
				Aldrete: scale.Aldrete{Activity: aldrete - 4, Respiration: 1, Circulation: 1, Consciousness: 1, Saturation: 1},
			})
		}
	}
	out := []row{
		{"9", "discharge-score", Clear, "G-1", scored(9, 0), nil},
		{"8", "discharge-score", Finding, "G-1", scored(8, 10), nil},
		{"9", "aldrete", Clear, "G-1-ALDRETE", scored(0, 9), nil},
		{"8", "aldrete", Finding, "G-1-ALDRETE", scored(10, 8), nil},
	}
	for _, check := range []CheckID{"discharge-score", "aldrete"} {
		out = append(out,
			row{"not scored", check, CouldNotCheck, "", func(x *scene) { x.s.Scores = nil }, nil},
			row{"scored before the stop", check, CouldNotCheck, "", func(x *scene) { x.s.ScoresAt = at(29) }, nil},
			row{"twenty minutes old", check, Clear, "", later(100), nil},
			row{"older", check, CouldNotCheck, "", after(100, func(x *scene) { x.env.Now = x.env.Now.Add(time.Second) }), nil},
			row{"not stopped", check, CouldNotCheck, "", notStopped, nil},
			row{"no order", check, CouldNotCheck, "", func(x *scene) { x.s.Order = nil }, nil})
	}
	return out
}

// home replaces the set charted for going home; baseline the resting sets.
func home(changes ...func(*Observation)) func(*scene) {
	return func(x *scene) {
		kept := slices.DeleteFunc(slices.Clone(x.s.Observations), func(o ObservationFact) bool { return o.Purpose == ForDischarge })
		x.s.Observations = kept
		x.add(80, byNurse(), Observed{set(ForDischarge, changes...)})
	}
}

func from(base func(*Observation), changes ...func(*Observation)) func(*scene) {
	return func(x *scene) {
		x.s.Observations = nil
		x.add(-40, byNurse(), Observed{set(ForBaseline, base)})
		x.add(-35, byNurse(), Observed{set(ForBaseline, base)})
		x.add(80, byNurse(), Observed{set(ForDischarge, changes...)})
	}
}

func noBaseline(changes ...func(*Observation)) func(*scene) {
	return func(x *scene) {
		x.s.Observations = nil
		x.add(80, byNurse(), Observed{set(ForDischarge, changes...)})
	}
}

// staleRows: what is charted for going home, too long ago or before the stop.
func staleRows(check CheckID) []row {
	return []row{
		{"none", check, CouldNotCheck, "", func(x *scene) { x.s.Observations = x.s.Observations[:2] }, nil},
		{"twenty minutes old", check, Clear, "", later(100), nil},
		{"older", check, CouldNotCheck, "", after(100, func(x *scene) { x.env.Now = x.env.Now.Add(time.Second) }), nil},
		{"charted before the stop", check, CouldNotCheck, "", func(x *scene) { x.s.StoppedAt = at(81) }, nil},
		{"struck", check, CouldNotCheck, "", func(x *scene) {
			x.s.Observations = slices.Clone(x.s.Observations)
			x.s.Observations[2].Struck = true
		}, nil},
		{"charted for another reason", check, CouldNotCheck, "", func(x *scene) {
			x.s.Observations = slices.Clone(x.s.Observations)
			x.s.Observations[2].Purpose = ForRecovery
		}, nil},
		{"no rounds ordered", check, CouldNotCheck, "", changed(func(o *drug.Order) { o.Watch.Recovery = 0 }), nil},
		{"no rounds ordered, charted now", check, CouldNotCheck, "", after(80, changed(func(o *drug.Order) { o.Watch.Recovery = 0 })), nil},
	}
}

func mindHomeRows() []row {
	sedated := func(n scale.Sedation) func(*Observation) { return func(o *Observation) { o.Sedation = &n } }
	out := []row{
		{"stood with help since the stop", "first-standing", Clear, "SW-STANDING", nil, nil},
		{"not stood", "first-standing", CouldNotCheck, "SW-STANDING", func(x *scene) { x.s.Observations = x.s.Observations[:2] }, nil},
		{"stood only before the stop", "first-standing", CouldNotCheck, "SW-STANDING", func(x *scene) {
			x.s.Observations = x.s.Observations[:2]
			x.add(29, byNurse(), Observed{Observation{Purpose: ForRound, Stood: &Stood{Assisted: true, Steady: true}}})
		}, nil},
		{"unsteady the last time", "first-standing", Finding, "SW-STANDING", func(x *scene) {
			x.add(85, byNurse(), Observed{Observation{Purpose: ForRecovery, Stood: &Stood{Assisted: true}}})
		}, nil},
		{"MOAA/S 5", "awake", Clear, "G-2", home(sedated(5)), nil},
		{"MOAA/S 4", "awake", Finding, "G-2", home(sedated(4)), nil},
		{"4 charted since", "awake", Finding, "G-2", func(x *scene) {
			x.add(85, byNurse(), Observed{Observation{Purpose: ForConcern, Sedation: ptr(scale.Sedation(4))}})
		}, nil},
		{"not asked", "awake", CouldNotCheck, "G-2", home(func(o *Observation) { o.Sedation = nil }), nil},
		{"person, place, time", "oriented", Clear, "G-2", nil, nil},
		{"confused", "oriented", Finding, "G-2", home(func(o *Observation) { o.Oriented = ptr(false) }), nil},
		{"not asked", "oriented", CouldNotCheck, "G-2", home(func(o *Observation) { o.Oriented = nil }), nil},
	}
	return append(append(out, staleRows("awake")...), staleRows("oriented")...)
}

// effectRows: 3 or more only where it was so before; dissociation at most 2 more.
func effectRows() []row {
	felt := func(item, n int) func(*Observation) {
		return func(o *Observation) { s := scale.SE12{}; s[item] = n; o.SE12 = &s }
	}
	unasked := func(o *Observation) { o.SE12 = nil }
	out := []row{
		{"2", "side-effects", Clear, "G-2", home(felt(5, 2)), nil},
		{"3", "side-effects", Finding, "G-2", home(felt(5, 3)), nil},
		{"3 as before", "side-effects", Clear, "G-2", from(felt(5, 3), felt(5, 3)), nil},
		{"3 as before, asked in the first set only", "side-effects", Clear, "G-2", func(x *scene) {
			from(felt(5, 3), felt(5, 3))(x)
			x.s.Observations[1].SE12 = nil
		}, nil},
		{"4 after 3", "side-effects", Finding, "G-2", from(felt(5, 3), felt(5, 4)), nil},
		{"3 in the last item", "side-effects", Finding, "G-2", home(felt(11, 3)), nil},
		{"3, no baseline", "side-effects", CouldNotCheck, "G-2", noBaseline(felt(5, 3)), nil},
		{"2, no baseline", "side-effects", Clear, "G-2", noBaseline(felt(5, 2)), nil},
		{"not asked", "side-effects", CouldNotCheck, "G-2", home(unasked), nil},
		{"resting quietly", "side-effects", CouldNotCheck, "G-2", home(func(o *Observation) { o.SE12, o.SE12NotAsked = nil, Asleep }), nil},

		{"2 more", "dissociation", Clear, "G-2", home(felt(0, 2)), nil},
		{"3 more", "dissociation", Finding, "G-2", home(felt(0, 3)), nil},
		{"seeing things, 3 more", "dissociation", Finding, "G-2", home(felt(2, 3)), nil},
		{"from 1 to 3", "dissociation", Clear, "G-2", from(felt(1, 1), felt(1, 3)), nil},
		{"anxious, 3 more", "dissociation", Clear, "G-2", home(felt(3, 3)), nil},
		{"no baseline", "dissociation", CouldNotCheck, "G-2", noBaseline(), nil},
		{"not asked", "dissociation", CouldNotCheck, "G-2", home(unasked), nil},
	}
	return append(append(out, staleRows("side-effects")...), staleRows("dissociation")...)
}

// sinceRows: stopped at half past ten after 8 mg for 80 kg; 0.5 mg/kg is 40 mg.
func sinceRows() []row {
	given := func(mg string, minute float64) func(*scene) {
		return func(x *scene) {
			x.add(minute, byNurse(), DrugGiven{Drug: drug.Ketamine, Amount: mg, Unit: "mg", Ketamine: unit.Mg(mg)})
		}
	}
	calmed := func(minute float64) func(*scene) {
		return func(x *scene) { x.add(minute, byNurse(), DrugGiven{Drug: "midazolam", Sedating: true}) }
	}
	second := 1.0 / 60
	premed := func(adjunct string, minute float64) func(*scene) {
		return func(x *scene) {
			x.add(-31, byNurse(), PrecheckAnswered{Precheck{Premed: &Premed{Given: true, Adjunct: adjunct, At: at(minute)}}})
		}
	}
	return []row{
		{"a sedating premedication an hour ago", "time-since-sedative", Clear, "G-5", premed("midazolam", 30), nil},
		{"a sedating premedication less than an hour ago", "time-since-sedative", Finding, "G-5", premed("midazolam", 30+second), nil},
		{"a premedication nobody ordered", "time-since-sedative", Finding, "G-5", premed("", 31), nil},
		{"a premedication that does not sedate", "time-since-sedative", Clear, "G-5", premed("ondansetron", 80), nil},
		{"an hour after little", "time-since-infusion", Clear, "G-4", nil, nil},
		{"less than an hour", "time-since-infusion", Finding, "G-4", later(90 - second), nil},
		{"less than an hour, no time ordered", "time-since-infusion", Finding, "G-4", after(90-second, changed(func(o *drug.Order) { o.Watch.RecoveryLeast = 0 })), nil},
		{"an hour after 0.5 mg/kg", "time-since-infusion", Clear, "G-4", given("32", 10), nil},
		{"an hour after more", "time-since-infusion", Finding, "G-4", given("32.001", 10), nil},
		{"two hours after more", "time-since-infusion", Clear, "G-4", after(150, given("32.001", 10)), nil},
		{"less than two hours after more", "time-since-infusion", Finding, "G-4", after(150-second, given("32.001", 10)), nil},
		{"an hour after the stop, a bolus since", "time-since-infusion", Finding, "G-4", given("1", 30+second), nil},
		{"an hour after that bolus", "time-since-infusion", Clear, "G-4", after(91, given("1", 31)), nil},
		{"the order asks for longer", "time-since-infusion", Finding, "G-4", changed(func(o *drug.Order) { o.Watch.RecoveryLeast = 61 }), nil},
		{"not stopped", "time-since-infusion", CouldNotCheck, "G-4", notStopped, nil},
		{"no order", "time-since-infusion", CouldNotCheck, "G-4", func(x *scene) { x.s.Order = nil }, nil},
		{"no dosing weight", "time-since-infusion", CouldNotCheck, "G-4", changed(func(o *drug.Order) { o.DosingWeight = unit.Weight{} }), nil},

		{"none given", "time-since-sedative", Clear, "G-5", nil, nil},
		{"an hour ago", "time-since-sedative", Clear, "G-5", calmed(30), nil},
		{"less than an hour ago", "time-since-sedative", Finding, "G-5", calmed(30 + second), nil},
		{"struck", "time-since-sedative", Clear, "G-5", func(x *scene) { calmed(60)(x); x.s.Drugs[0].Struck = true }, nil},
		{"another drug", "time-since-sedative", Clear, "G-5", func(x *scene) { x.add(60, byNurse(), DrugGiven{Drug: "ondansetron"}) }, nil},
		{"not stopped", "time-since-sedative", CouldNotCheck, "G-5", notStopped, nil},
	}
}

// listRows: each answer of the list, given after the stop.
func listRows() []row {
	out := []row{
		{"until tomorrow", "driving", Clear, "G-7", nil, nil},
		{"no zone", "driving", CouldNotCheck, "G-7", func(x *scene) { x.env.Zone = nil }, nil},
		{"arranged", "transport", Clear, "G-6", nil, nil},
		{"not said", "transport", CouldNotCheck, "G-6", func(x *scene) { x.s.Discharge.Transport = "" }, nil},
		{"said before the stop", "transport", CouldNotCheck, "G-6", stamped("transport", 29), nil},
	}
	for _, a := range []struct {
		check  CheckID
		rule   string
		answer string
		of     func(*DischargeList) **bool
	}{
		{"pain-accepted", "G-1-PAIN", "pain_accepted", func(d *DischargeList) **bool { return &d.PainAccepted }},
		{"written", "G-6", "written", func(d *DischargeList) **bool { return &d.Written }},
		{"taught-back", "G-6", "taught_back", func(d *DischargeList) **bool { return &d.TaughtBack }},
		{"drinks", "G-8", "drinks", func(d *DischargeList) **bool { return &d.Drinks }},
		{"line-out", "G-8", "line_out", func(d *DischargeList) **bool { return &d.LineOut }},
		{"site-clean", "G-8", "site_clean", func(d *DischargeList) **bool { return &d.SiteClean }},
	} {
		out = append(out,
			row{"yes", a.check, Clear, a.rule, nil, nil},
			row{"no", a.check, Finding, a.rule, func(x *scene) {
				var d DischargeList
				*a.of(&d) = ptr(false)
				x.add(89, byNurse(), DischargeChecked{d})
			}, nil},
			row{"yes, and an earlier no that arrives late", a.check, Clear, a.rule, func(x *scene) {
				var d DischargeList
				*a.of(&d) = ptr(false)
				x.add(84, byNurse(), DischargeChecked{d}) // arrives late; it held before the yes
			}, nil},
			row{"not asked", a.check, CouldNotCheck, a.rule, func(x *scene) { *a.of(&x.s.Discharge) = nil }, nil},
			row{"said before the stop", a.check, CouldNotCheck, a.rule, stamped(a.answer, 29), nil},
			row{"nobody knows when", a.check, CouldNotCheck, a.rule, func(x *scene) { x.s.DischargeAt = nil }, nil})
	}
	return out
}

// stamped says that an answer was given at a minute.
func stamped(answer string, minute float64) func(*scene) {
	return func(x *scene) {
		x.s.DischargeAt = maps.Clone(x.s.DischargeAt)
		x.s.DischargeAt[answer] = Stamp{At: at(minute), By: nurseTwo}
	}
}

// escortHomeRows: without an escort the patient stays, whatever was tried.
func escortHomeRows() []row {
	seen := func(e EscortSeen) func(*scene) {
		return func(x *scene) { x.add(89, byNurse(), DischargeChecked{DischargeList{EscortSeen: &e}}) }
	}
	return []row{
		{"in person", "escort-seen", Clear, "G-6", nil, nil},
		{"not named", "escort-seen", CouldNotCheck, "G-6", seen(EscortSeen{Seen: true}), nil},
		{"not said", "escort-seen", CouldNotCheck, "G-6", func(x *scene) { x.s.Discharge.EscortSeen = nil }, nil},
		{"said before the stop", "escort-seen", CouldNotCheck, "G-6", stamped("escort_seen", 29), nil},
		{"missing", "escort-seen", Finding, "G-6", seen(EscortSeen{}), nil},
		{"missing, second contact tried", "escort-seen", Finding, "G-6", seen(EscortSeen{SecondContact: said(1)}), nil},
		{"missing, a manager decides", "escort-seen", Finding, "G-6", seen(EscortSeen{SecondContact: said(1), Manager: said(2)}), nil},
		{"missing, a manager and no second contact", "escort-seen", Finding, "G-6", seen(EscortSeen{Manager: said(2)}), nil},
	}
}

// moodHomeRows: asked again where today gave reason to, after the stop and after
// the reason.
func moodHomeRows() []row {
	before := func(m *Mood) func(*scene) { return func(x *scene) { x.s.Precheck.Mood = m } }
	low := before(&Mood{Low: true})
	again := func(minute float64, m Mood, given func(*scene)) func(*scene) {
		return func(x *scene) { given(x); x.add(minute, byNurse(), DischargeChecked{DischargeList{Mood: &m}}) }
	}
	tearful := func(x *scene) { x.add(50, byNurse(), SideEffectNoted{ID: "low", Code: scale.EffectLowMood}) }
	rated := func(minute float64) func(*scene) {
		return func(x *scene) {
			x.add(minute, byNurse(), Observed{set(ForRound, func(o *Observation) { o.SE12 = &scale.SE12{scale.LowMood: 1} })})
		}
	}
	struck := func(x *scene) {
		tearful(x)
		x.s.Effects[len(x.s.Effects)-1].Struck = true
	}
	acted := Mood{Suicidal: true, Action: said(1)}
	return []row{
		{"nothing asks for it", "mood-home", Clear, "SW-SUICIDALITY-HOME", nil, nil},
		{"side effects not asked since", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", func(x *scene) {
			x.s.Observations = slices.Clone(x.s.Observations)
			for i := range x.s.Observations {
				x.s.Observations[i].SE12 = nil
			}
		}, nil},
		{"not asked before", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", before(nil), nil},
		{"low before, not asked again", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", low, nil},
		{"thoughts before, not asked again", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", before(&acted), nil},
		{"tearful, not asked", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", tearful, nil},
		{"tearful by mistake", "mood-home", Clear, "SW-SUICIDALITY-HOME", struck, nil},
		{"low mood rated while infusing, not asked", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", rated(15), nil},
		{"low mood rated before the start", "mood-home", Clear, "SW-SUICIDALITY-HOME", rated(-36), nil},
		{"asked again", "mood-home", Clear, "SW-SUICIDALITY-HOME", again(85, Mood{}, low), nil},
		{"still low", "mood-home", Clear, "SW-SUICIDALITY-HOME", again(85, Mood{Low: true}, low), nil},
		{"asked again before the stop", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", again(29, Mood{}, low), nil},
		{"asked again at the stop", "mood-home", Clear, "SW-SUICIDALITY-HOME", again(30, Mood{}, low), nil},
		{"asked again, and low since", "mood-home", CouldNotCheck, "SW-SUICIDALITY-HOME", again(49, Mood{}, tearful), nil},
		{"thoughts, nothing done", "mood-home", Finding, "SW-SUICIDALITY-HOME", again(85, Mood{Suicidal: true}, low), nil},
		{"thoughts though nothing asked for it", "mood-home", Finding, "SW-SUICIDALITY-HOME", again(85, Mood{Suicidal: true}, func(*scene) {}), nil},
		{"thoughts, and what is done", "mood-home", Finding, "SW-SUICIDALITY-ACTED", again(85, acted, low), thePrescriber},
	}
}

// signOffRows: the nurse set the rate.
func signOffRows() []row {
	by := func(who act.Actor, yes bool) func(*scene) {
		return func(x *scene) { x.add(89, who, DischargeChecked{DischargeList{SignOff: &yes}}) }
	}
	return []row{
		{"by the other nurse", "sign-off", Clear, "G-9", nil, nil},
		{"by the prescriber, where one nurse is", "sign-off", Clear, "G-9", by(byPrescriber(), true), nil},
		{"by who set the rate", "sign-off", Finding, "G-9", by(byNurse(), true), nil},
		{"refused", "sign-off", Finding, "G-9", by(byNurseTwo(), false), nil},
		{"none", "sign-off", CouldNotCheck, "G-9", func(x *scene) { x.s.Discharge.SignOff = nil }, nil},
		{"by nobody", "sign-off", CouldNotCheck, "G-9", func(x *scene) { x.s.SignOffBy = "" }, nil},
		{"before the stop", "sign-off", CouldNotCheck, "G-9", stamped("sign_off", 29), nil},
		{"who set the rate is not known", "sign-off", CouldNotCheck, "G-9", func(x *scene) { x.s.RateSetBy = "" }, nil},
		{"the rate set again by who signs", "sign-off", Finding, "G-9", func(x *scene) { x.s.RateSetBy = nurseTwo }, nil},
	}
}

// TestDischarge_OpensForANurseWhoDidNotSetTheRate plays the visit by commands
// alone to the door (gate G-9).
func TestDischarge_OpensForANurseWhoDidNotSetTheRate(t *testing.T) {
	t.Parallel()
	l := recovering(t)
	if l.state.RateSetBy != nurse || l.state.SignOffBy != nurseTwo {
		t.Fatalf("rate set by %s, signed off by %s", l.state.RateSetBy, l.state.SignOffBy)
	}
	e := l.say(t, Discharge{}, envAt(at(90)).by(byNurseTwo()))[0].(Discharged)
	if l.state.Phase != PhaseDischarged || !e.Gate.Open() || len(e.Gate.Checks) != len(dischargeLines()) {
		t.Errorf("phase %q with %d checks", l.state.Phase, len(e.Gate.Checks))
	}
	if want := at(90).AddDate(0, 0, 1); !e.DrivingUntil.Equal(want) {
		t.Errorf("drives from %v, want %v", e.DrivingUntil, want)
	}
}

// TestDischarge_OneNurse: she set the rate; the prescriber signs off.
func TestDischarge_OneNurse(t *testing.T) {
	t.Parallel()
	l := recovering(t)
	l.say(t, CheckDischarge{DischargeList{SignOff: ptr(true)}}, envAt(at(89)))
	if c, _ := DischargeGate(l.state, envAt(at(90))).find("sign-off"); !c.Blocks() || c.Why.ID != "gate.sign_off.same" {
		t.Fatalf("who set the rate signs off: %s", c.Why.English())
	}
	l.say(t, CheckDischarge{DischargeList{SignOff: ptr(true)}}, envAt(at(89)).by(byPrescriber()))
	l.say(t, Discharge{}, envAt(at(90)))
}

// TestDischarge_EscortMissing: the patient stays; a second contact is tried
// and a named manager decides where the patient waits; the way out is to
// leave before ready, or the escort who comes after all.
func TestDischarge_EscortMissing(t *testing.T) {
	t.Parallel()
	l := recovering(t)
	env := envAt(at(90))
	for _, step := range []struct {
		said   EscortSeen
		settle word.ID
	}{
		{EscortSeen{}, "gate.escort_seen.second"},
		{EscortSeen{SecondContact: said(1)}, "gate.escort_seen.manager"},
		{EscortSeen{SecondContact: said(1), Manager: said(2)}, "gate.escort_seen.stay"},
	} {
		l.say(t, CheckDischarge{DischargeList{EscortSeen: &step.said}}, env)
		r := l.refused(t, Discharge{}, env)
		c, _ := r.Gate.find("escort-seen")
		if c.Settle.ID != step.settle || !c.Hard {
			t.Errorf("%+v: %s", step.said, c.Settle.English())
		}
	}
	left := &log{entries: slices.Clone(l.entries), state: l.state}
	left.say(t, Leave{Told: said(3), Capacity: HasCapacity, EscortCalled: true, EmergencyCalled: true, FollowUpDue: at(24 * 60)}, env)
	if left.state.Phase != PhaseLeft {
		t.Errorf("phase %q", left.state.Phase)
	}
	l.say(t, CheckDischarge{DischargeList{EscortSeen: &EscortSeen{Seen: true, Name: said(4)}}}, env)
	l.say(t, Discharge{}, env)
}
