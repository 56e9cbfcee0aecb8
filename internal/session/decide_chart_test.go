package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (e Env) witnessed(a act.Actor) Env { e.Witness = &a; return e }

func TestDecide_ObserveFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*Observation)
		rules  []string
	}{
		{"a calm round", func(*Observation) {}, nil},
		{"distress 4", func(o *Observation) { o.Distress = ptr(scale.NRS(4)) }, nil},
		{"distress 5, nobody named", func(o *Observation) { o.Distress = ptr(scale.NRS(5)) }, []string{RuleCompany}},
		{"distress 5, somebody named", func(o *Observation) { o.Distress, o.StaysWith = ptr(scale.NRS(5)), said(1) }, nil},
		{"sudden worst headache", func(o *Observation) { o.WorstHeadache = true }, []string{RuleHeadache}},
		{"stood up alone", func(o *Observation) { o.Stood = &Stood{Steady: true} }, []string{RuleStanding}},
		{"stood up with help", func(o *Observation) { o.Stood = &Stood{Assisted: true} }, nil},
		{"pump beyond the order", func(o *Observation) { o.Pump = ptr(reading("40")) }, []string{RuleReadBack, RuleRate}},
		{"findings of the client's own", func(o *Observation) {
			o.Findings, o.Late = []Deviation{{Rule: "made up"}}, true
		}, nil},
	} {
		l := until(PhaseInfusing)
		o := round()
		c.change(&o)
		e := l.say(t, Observe{o}, envAt(at(5)))[0].(Observed)
		if !slices.Equal(rulesOf(e.Findings), c.rules) || e.Late {
			t.Errorf("%s: finds %v, want %v; late %v", c.name, rulesOf(e.Findings), c.rules, e.Late)
		}
	}
}

func TestDecide_ObserveInEveryPhase(t *testing.T) {
	t.Parallel()
	for _, p := range []Phase{PhaseScheduled, PhaseArrived, PhasePrepared, PhasePaused, PhaseRecovering, PhaseDischarged} {
		l := until(p)
		before := len(l.state.Observations)
		l.say(t, Observe{round()}, envAt(at(200)))
		if l.state.Phase != p || len(l.state.Observations) != before+1 {
			t.Errorf("in %q: phase %q", p, l.state.Phase)
		}
	}
	shut := until(PhaseDischarged)
	shut.add(at(130), byNurse(), Closed{})
	if e := shut.say(t, Observe{round()}, envAt(at(140)))[0].(Observed); !e.Late {
		t.Error("an observation after closing does not read late")
	}
}

func TestDecide_ObserveThatCannotBe(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	for _, c := range []struct {
		name    string
		change  func(*Observation)
		message word.ID
	}{
		{"nothing", func(o *Observation) { *o = Observation{Purpose: ForRound} }, "session.nothing_said"},
		{"no purpose", func(o *Observation) { o.Purpose = "" }, "session.unknown_code"},
		{"MOAA/S 6", func(o *Observation) { o.Sedation = ptr(scale.Sedation(6)) }, "session.bad_score"},
		{"pain 11", func(o *Observation) { o.Pain = ptr(scale.NRS(11)) }, "session.bad_score"},
		{"distress -1", func(o *Observation) { o.Distress = ptr(scale.NRS(-1)) }, "session.bad_score"},
		{"SE-12 item 5", func(o *Observation) { o.SE12 = &scale.SE12{5} }, "session.bad_score"},
		{"hanging", func(o *Observation) { o.Position = "hanging" }, "session.unknown_code"},
		{"site lost", func(o *Observation) { o.Site = "lost" }, "session.unknown_code"},
		{"not asked for no reason we know", func(o *Observation) { o.Pain, o.PainNotAsked = nil, "busy" }, "session.unknown_code"},
		{"asked and not asked", func(o *Observation) { o.PainNotAsked = Asleep }, "session.asked_and_not"},
		{"air with a flow", func(o *Observation) { o.Oxygen = &Oxygen{Air: true, Flow: unit.LPerMin("2")} }, "session.bad_oxygen"},
		{"neither air nor flow", func(o *Observation) { o.Oxygen = &Oxygen{} }, "session.bad_oxygen"},
		{"negative pump rate", func(o *Observation) { o.Pump = ptr(reading("-1")) }, "session.bad_rate"},
		{"unknown quality", func(o *Observation) { o.Readings[0].Quality = "nice" }, "session.unknown_code"},
	} {
		o := round()
		c.change(&o)
		refusal{c.name, l, Observe{o}, envAt(at(5)), c.message}.check(t)
		l.add(at(4), byNurse(), Observed{Observation: round()})
		refusal{c.name + ", as an amendment", l, Amend{Entry: l.position(0), Reason: said(1), Observation: &o}, envAt(at(5)), c.message}.check(t)
	}
}

func TestDecide_SideEffects(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	env := envAt(at(5))
	one, two := id[ident.SideEffect](91), id[ident.SideEffect](92)
	l.say(t, NoteSideEffect{ID: one, Code: "nausea"}, env)
	l.say(t, GradeSideEffect{ID: one, Grade: 2}, env)
	l.say(t, ResolveSideEffect{ID: one}, envAt(at(9)))
	if f := l.state.Effects[0]; f.Grade != 2 || !f.ResolvedAt.Equal(at(9)) {
		t.Errorf("followed to %+v", f)
	}
	for _, c := range []refusal{
		{"the same again", l, NoteSideEffect{ID: one, Code: "nausea"}, env, "session.effect_noted"},
		{"no word for it", l, NoteSideEffect{ID: two, Code: "joy"}, env, "session.unknown_code"},
		{"no id", l, NoteSideEffect{Code: "nausea"}, env, "session.bad_effect"},
		{"grade 6", l, NoteSideEffect{ID: two, Code: "nausea", Grade: 6}, env, "session.bad_score"},
		{"graded, never noted", l, GradeSideEffect{ID: two, Grade: 1}, env, "session.no_such_entry"},
		{"graded -1", l, GradeSideEffect{ID: one, Grade: -1}, env, "session.bad_score"},
		{"resolved, never noted", l, ResolveSideEffect{ID: two}, env, "session.no_such_entry"},
		{"an empty note", l, Note{}, env, "session.text_missing"},
	} {
		c.check(t)
	}
}

func TestDecide_DrugIsRecordedWhateverTheOrder(t *testing.T) {
	t.Parallel()
	right := GiveDrug{Drug: "Ondansetron", Amount: "4", Unit: "mg", Route: "iv", Adjunct: "ondansetron"}
	for _, c := range []struct {
		name     string
		before   func(*log)
		change   func(*GiveDrug)
		rules    []string
		sedating bool
	}{
		{"as ordered", nil, func(*GiveDrug) {}, nil, false},
		{"another dose", nil, func(g *GiveDrug) { g.Amount = "8" }, []string{RuleDrug}, false},
		{"another route", nil, func(g *GiveDrug) { g.Route = "IM" }, []string{RuleDrug}, false},
		{"the wrong drug", nil, func(g *GiveDrug) { g.Drug = "propofol" }, []string{RuleDrug}, true},
		{"once too often", func(l *log) { l.add(at(2), byNurse(), DrugGiven{Drug: "ondansetron", Adjunct: "ondansetron"}) }, func(*GiveDrug) {}, []string{RuleDrug}, false},
		{"without an order", nil, func(g *GiveDrug) { g.Adjunct = "" }, []string{RuleDrug}, false},
		{"unknown drug without an order", nil, func(g *GiveDrug) { g.Drug, g.Adjunct = "lorazepam", "" }, []string{RuleDrug}, true},
		{"on a spoken order", func(l *log) {
			l.add(at(2), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenDrug, Text: said(1), ReadBack: true})
		}, func(g *GiveDrug) { g.Adjunct, g.Spoken = "", -1 }, nil, false},
		{"on a spoken order about the rate", func(l *log) {
			l.add(at(2), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenRate, Text: said(1), ReadBack: true})
		}, func(g *GiveDrug) { g.Adjunct, g.Spoken = "", -1 }, []string{RuleDrug}, false},
	} {
		l := until(PhaseInfusing)
		if c.before != nil {
			c.before(l)
		}
		give := right
		c.change(&give)
		if give.Spoken < 0 {
			give.Spoken = l.position(0)
		}
		e := l.say(t, give, envAt(at(5)))[0].(DrugGiven)
		if !slices.Equal(rulesOf(e.Deviations), c.rules) || e.Sedating != c.sedating {
			t.Errorf("%s: deviates from %v, want %v; sedating %v", c.name, rulesOf(e.Deviations), c.rules, e.Sedating)
		}
	}
}

func TestDecide_KetamineOutsideThePumpCounts(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, GiveDrug{Drug: "ketamine", Amount: "10", Unit: "mg", Route: "IV"}, envAt(at(15)))
	if got := l.state.TotalsAt(at(15)).Mass.Fixed(1); got != "14.0" {
		t.Errorf("total %s mg, want 4 by pump and 10 by hand", got)
	}
	e := l.say(t, GiveDrug{Drug: "Ketamine", Amount: "0.2", Unit: "g", Ketamine: unit.Mg("200"), Route: "IV"}, envAt(at(15)))[0].(DrugGiven)
	if !slices.Equal(rulesOf(e.Deviations), []string{RuleDrug, RuleTotal, RuleTotal, "LIM-TOTAL", "LIM-BOLUS"}) || !e.Sedating {
		t.Errorf("200 mg beyond the order deviates from %v", rulesOf(e.Deviations))
	}
	for _, c := range []refusal{
		{"how many mg", l, GiveDrug{Drug: "ketamine", Amount: "1", Unit: "mL", Route: "IV"}, envAt(at(16)), "session.ketamine_mg"},
		{"for another drug", l, GiveDrug{Drug: "saline", Amount: "1", Unit: "mL", Ketamine: unit.Mg("1")}, envAt(at(16)), "session.not_ketamine"},
		{"no drug", l, GiveDrug{Amount: "1", Unit: "mg"}, envAt(at(16)), "session.bad_drug"},
		{"no amount", l, GiveDrug{Drug: "saline", Amount: "some", Unit: "mL"}, envAt(at(16)), "session.bad_amount"},
		{"less than nothing", l, GiveDrug{Drug: "saline", Amount: "-1", Unit: "mL"}, envAt(at(16)), "session.bad_amount"},
	} {
		c.check(t)
	}
}

func TestDecide_Amend(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	started := l.position(0)
	l.add(at(5), byNurse(), Observed{Observation: round()})
	seen := l.position(0)
	l.add(at(6), byNurse(), PumpRead{Read: reading("16")})
	read := l.position(0)
	l.add(at(7), byNurse(), Paused{Cause: PauseToilet})
	paused := l.position(0)
	l.add(at(8), byNurse(), Stopped{})
	stop := l.position(0)
	env, why, better := envAt(at(10)), said(1), round()
	for _, c := range []refusal{
		{"no reason", l, Amend{Entry: seen, Strike: true}, env, "session.reason_missing"},
		{"no such entry", l, Amend{Entry: 7, Reason: why, Strike: true}, env, "session.not_amendable"},
		{"what is asked again", l, Amend{Entry: l.entries[0].Position, Reason: why, Strike: true}, env, "session.not_amendable"},
		{"nothing said anew", l, Amend{Entry: seen, Reason: why}, env, "session.amend_one"},
		{"two things at once", l, Amend{Entry: seen, Reason: why, Strike: true, At: at(4)}, env, "session.amend_one"},
		{"an observation for a pump reading", l, Amend{Entry: read, Reason: why, Observation: &better}, env, "session.not_amendable"},
		{"a reading for a pause", l, Amend{Entry: paused, Reason: why, Read: ptr(reading("1"))}, env, "session.not_amendable"},
		{"an impossible reading", l, Amend{Entry: read, Reason: why, Read: ptr(reading("-1"))}, env, "session.bad_rate"},
		{"into the future", l, Amend{Entry: seen, Reason: why, At: at(11)}, env, "session.time.future"},
		{"before the visit", l, Amend{Entry: seen, Reason: why, At: at(-500)}, env, "session.time.before_session"},
		{"a stop before the start", l, Amend{Entry: stop, Reason: why, At: at(-1)}, env, "session.stop_before_start"},
	} {
		c.check(t)
	}
	e := l.say(t, Amend{Entry: started, Reason: why, Read: ptr(reading("60"))}, env)[0].(Amended)
	if !slices.Equal(rulesOf(e.Deviations), []string{RuleReadBack, RuleRate, "LIM-MASS-RATE"}) {
		t.Errorf("a corrected reading of 60 mL/h deviates from %v", rulesOf(e.Deviations))
	}
	bad := round()
	bad.WorstHeadache = true
	e = l.say(t, Amend{Entry: seen, Reason: why, Observation: &bad}, env)[0].(Amended)
	if !slices.Equal(rulesOf(e.Deviations), []string{RuleHeadache}) || !slices.Equal(rulesOf(e.Observation.Findings), []string{RuleHeadache}) {
		t.Errorf("the corrected observation finds %v", rulesOf(e.Deviations))
	}
}
