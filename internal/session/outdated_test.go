package session

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// reasons are the ways in which an order that runs comes to stand no more, each with
// the same one step short of it.
type reason struct {
	name, rule string
	gone       func(*log, *Env)
	still      func(*log, *Env)
}

func outdatedReasons() []reason {
	weighs := func(kg string) func(*log, *Env) {
		return func(l *log, _ *Env) {
			l.add(at(1), byNurse(), PrecheckAnswered{Precheck{Weight: &WeightMeasured{Weight: unit.Kg(kg)}}})
		}
	}
	rows := func(hash string) func(*log, *Env) {
		return func(l *log, e *Env) {
			o := on(*l.state.Order, false)
			l.state.Order = &o
			e.FromLibrary = reads(hash)
		}
	}
	until := func(until time.Duration) func(*log, *Env) {
		return func(l *log, e *Env) {
			o := *l.state.Order
			o.ValidUntil = e.Now.Add(until)
			l.state.Order = &o
		}
	}
	return []reason{
		{"a row changed", RuleOrderLibrary, rows("two"), rows("one")},
		{"the library unread", RuleOrderLibrary, func(l *log, e *Env) { rows("one")(l, e); e.FromLibrary = FromLibrary{} }, rows("one")},
		{"its validity is over", "SW-ORDER-VALID", until(0), until(time.Second)},
		{
			"consent withdrawn at the desk", RuleWithdrawn,
			func(_ *log, e *Env) { e.Consent = ConsentState{Known: true, Has: true, Withdrawn: true} },
			func(_ *log, e *Env) { e.Consent = ConsentState{Known: true, Has: true, Used: true} },
		},
		{
			"the consent unread", "SW-CONSENT",
			func(_ *log, e *Env) { e.Consent = ConsentState{} },
			func(_ *log, e *Env) { e.Consent = ConsentState{Known: true} },
		},
		{
			"something found since", "SW-SCREENING",
			func(_ *log, e *Env) {
				e.Course = CourseState{Known: true, Has: true, Decided: decidedSuitable, New: []string{"CI-PREG"}}
			},
			func(_ *log, e *Env) {
				e.Course = CourseState{Known: true, Has: true, Decided: decidedSuitable}
			},
		},
		{
			"decided otherwise", "SW-SCREENING",
			func(_ *log, e *Env) { e.Course = CourseState{Known: true, Has: true, Decided: "not suitable"} },
			func(_ *log, e *Env) { e.Course = CourseState{Known: true, Has: true, Decided: decidedSuitable} },
		},
		{
			"the course unread", "SW-SCREENING",
			func(_ *log, e *Env) { e.Course = CourseState{} },
			func(_ *log, e *Env) { e.Course = CourseState{Known: true} },
		},
		{"lighter by more than 10 %", "WT-DRIFT", weighs("71.999"), weighs("72")},
		{"heavier by more than 10 %", "WT-DRIFT", weighs("88.001"), weighs("88")},
	}
}

// under is a visit in a phase, with an order that stands no more, or still does.
func under(p Phase, minute float64, change func(*log, *Env)) (*log, Env) {
	l, e := until(p), envAt(at(minute))
	l.add(at(2), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenBolus, Text: said(1), ReadBack: true})
	change(l, &e)
	return l, e
}

func bolusAsked(l *log) GiveDrug {
	i := slices.IndexFunc(l.state.Spoken, func(f SpokenFact) bool { return f.Order.What == SpokenBolus })
	return GiveDrug{Drug: "ketamine", Amount: "4", Unit: "mg", Route: "IV", Spoken: l.state.Spoken[i].Position, FromBag: true, Ask: true}
}

// TestOutdated_MoreDrugWaits: raising, resuming and a bolus are refused with the reason,
// for each reason, and taken one step short of it.
func TestOutdated_MoreDrugWaits(t *testing.T) {
	t.Parallel()
	for _, r := range outdatedReasons() {
		for _, a := range []struct {
			name   string
			phase  Phase
			minute float64
			c      func(*log) Command
		}{
			{"raise", PhaseInfusing, 20, func(*log) Command { return SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")} }},
			{"resume", PhasePaused, 25, func(*log) Command { return Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")} }},
			{"bolus", PhaseInfusing, 20, func(l *log) Command { return bolusAsked(l) }},
			{"bolus in a pause", PhasePaused, 25, func(l *log) Command { return bolusAsked(l) }},
		} {
			t.Run(r.name+"/"+a.name, func(t *testing.T) {
				t.Parallel()
				l, e := under(a.phase, a.minute, r.gone)
				_, refused := Decide(l.state, a.c(l), e)
				if refused == nil || refused.Rule != r.rule || refused.Message.ID != "session.order_outdated" || len(refused.Open) == 0 {
					t.Fatalf("refused %+v, want by %s", refused, r.rule)
				}
				if !strings.Contains(refused.Message.English(), refused.Open[0].English()) {
					t.Errorf("does not say why: %s", refused.Message.English())
				}
				l, e = under(a.phase, a.minute, r.still)
				if _, refused = Decide(l.state, a.c(l), e); refused != nil {
					t.Errorf("one step short of it: refused, %s: %s", refused.Rule, refused.Message.English())
				}
			})
		}
	}
}

// TestOutdated_NothingElseWaits: every other act becomes the same, whatever has become
// of the order: lowering, pausing, stopping, charting and going home are never in its
// way.
func TestOutdated_NothingElseWaits(t *testing.T) {
	t.Parallel()
	more := func(c Command) bool {
		switch c := c.(type) {
		case SetRate:
			return c.Ordered == unit.MgPerKgH("0.35") && !c.Found
		case Resume:
			return true
		case GiveDrug:
			return c.Ask
		default:
			return false
		}
	}
	for _, r := range outdatedReasons() {
		if r.name == "lighter by more than 10 %" || r.name == "heavier by more than 10 %" || r.rule == RuleOrderLibrary {
			continue // gates of their own; below
		}
		for _, p := range []Phase{PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering} {
			for _, c := range everyAct() {
				if more(c) {
					continue
				}
				was, before := under(p, 200, r.still)
				is, now := under(p, 200, r.gone)
				_, first := Decide(was.state, c, before)
				_, then := Decide(is.state, c, now)
				if (first == nil) != (then == nil) {
					t.Errorf("%s, %s: %T was taken %v before, %v after: %+v", r.name, p, c, first == nil, then == nil, then)
				}
			}
		}
	}
	for _, r := range outdatedReasons() {
		for _, c := range []Command{
			SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")},
			SetRate{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")},
			SetRate{Found: true, Read: reading("28")},
			Pause{Cause: PausePatient},
			Stop{Cause: StopClinical},
			Observe{Observation{Purpose: ForRound, Pain: ptr(scale.NRS(3))}},
			NoteSideEffect{ID: id[ident.SideEffect](91), Code: "nausea", Grade: 1, Text: journal.Private{}},
			GiveDrug{Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Adjunct: "ondansetron"},
			CallHelp{},
			GiveDrug{Drug: "ketamine", Amount: "4", Unit: "mg", Route: "IV"},
			WithdrawConsent{},
			Note{Text: said(3)},
		} {
			l, e := under(PhaseInfusing, 20, r.gone)
			if _, refused := Decide(l.state, c, e); refused != nil {
				t.Errorf("%s: %T was refused: %s", r.name, c, refused.Message.English())
			}
		}
	}
}

// everyAct is one command of each kind that a person says of a visit under way.
func everyAct() []Command {
	return []Command{
		SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")},
		SetRate{Found: true, Read: reading("28")},
		ReadPump{Read: reading("16")},
		Pause{Cause: PauseClinical},
		Stop{Cause: StopPlanned},
		ConfirmPumpStopped{},
		Observe{Observation{Purpose: ForRecovery, Pain: ptr(scale.NRS(3))}},
		NoteSideEffect{ID: id[ident.SideEffect](91), Code: "nausea", Grade: 2},
		GiveDrug{Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Adjunct: "midazolam"},
		Note{Text: said(3)},
		CheckPresence{},
		TakeOver{},
		CallHelp{},
		BeginRecovery{},
		ScoreDischarge{},
		CheckDischarge{},
		Discharge{},
		Leave{Told: said(4), Capacity: HasCapacity, FollowUpDue: at(24 * 60)},
		Transfer{To: said(5), Reason: said(6)},
		WithdrawConsent{},
		TakeSpokenOrder{Prescriber: prescriber, What: SpokenBolus, Text: said(7), ReadBack: true},
		QuietenChair{Minutes: 2},
		Review{},
	}
}

// TestOutdated_GivenAllTheSame: ketamine that was given all the same is recorded, counts
// and carries the reason.
func TestOutdated_GivenAllTheSame(t *testing.T) {
	t.Parallel()
	for _, r := range outdatedReasons() {
		l, e := under(PhaseInfusing, 20, r.gone)
		c := bolusAsked(l)
		c.Ask = false
		d, refused := Decide(l.state, c, e)
		if refused != nil {
			t.Fatalf("%s: %s", r.name, refused.Message.English())
		}
		g, _ := d.Events[0].(DrugGiven)
		if !slices.ContainsFunc(g.Deviations, func(x Deviation) bool { return x.Rule == r.rule }) {
			t.Errorf("%s: marked %+v", r.name, g.Deviations)
		}
	}
	l, e := under(PhaseInfusing, 20, func(*log, *Env) {})
	d, refused := Decide(l.state, bolusAsked(l), e)
	if refused != nil {
		t.Fatal(refused.Message.English())
	}
	if g, _ := d.Events[0].(DrugGiven); len(g.Deviations) > 0 {
		t.Errorf("an order that stands: marked %+v", g.Deviations)
	}
}

// TestOutdated_BolusIsAskedAsAWhole: what a bolus needs beside an order that stands.
func TestOutdated_BolusIsAskedAsAWhole(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, want string
		change     func(*GiveDrug)
	}{
		{"no order", "session.drug_not_ordered", func(c *GiveDrug) { c.Spoken = 0 }},
		{"beyond the library", "session.library_beyond", func(c *GiveDrug) { c.Amount = "28.001" }},
		{"another drug", "session.bolus_of_ketamine", func(c *GiveDrug) { c.Drug = "ondansetron" }},
		{"no amount", "session.ketamine_mg", func(c *GiveDrug) { c.Amount = "0" }},
	} {
		l, e := under(PhaseInfusing, 20, func(*log, *Env) {})
		c := bolusAsked(l)
		x.change(&c)
		if _, r := Decide(l.state, c, e); r == nil || string(r.Message.ID) != x.want {
			t.Errorf("%s: %+v", x.name, r)
		}
	}
	l, e := under(PhaseInfusing, 20, func(*log, *Env) {})
	c := bolusAsked(l)
	c.Amount = "28"
	if _, r := Decide(l.state, c, e); r != nil {
		t.Errorf("at the library's limit: %s", r.Message.English())
	}
	e.Staff.Known = false
	if _, r := Decide(l.state, c, e); r == nil || r.Rule != RuleCredentials {
		t.Errorf("credentials unknown: %+v", r)
	}
	stopped, e := under(PhaseStopped, 300, func(*log, *Env) {})
	if _, r := Decide(stopped.state, bolusAsked(stopped), e); r == nil {
		t.Error("a bolus after the stop")
	}
}

// TestOutdated_AlertsThePrescriber: the watch is told since when and why, the nurse and
// the prescriber are called, and a new order or a stop ends it.
func TestOutdated_AlertsThePrescriber(t *testing.T) {
	t.Parallel()
	for _, r := range outdatedReasons() {
		for _, p := range []Phase{PhaseInfusing, PhasePaused} {
			l, e := under(p, 25, r.gone)
			if f := AlarmFacts(l.state, e).OrderOff; f.Since.IsZero() || f.Since.After(e.Now) || f.Found == "" {
				t.Errorf("%s, %s: the watch is told %+v", r.name, p, f)
			}
			l, e = under(p, 25, r.still)
			if f := AlarmFacts(l.state, e).OrderOff; !f.Since.After(e.Now) {
				t.Errorf("%s, %s, one step short: %+v", r.name, p, f)
			}
		}
		l, e := under(PhaseStopped, 300, r.gone)
		if f := AlarmFacts(l.state, e).OrderOff; !f.Since.IsZero() {
			t.Errorf("%s, stopped: %+v", r.name, f)
		}
	}
	two, env := under(PhaseInfusing, 25, func(l *log, e *Env) {
		outdatedReasons()[0].gone(l, e)
		outdatedReasons()[len(outdatedReasons())-1].gone(l, e)
	})
	if f := AlarmFacts(two.state, env).OrderOff; f.Many != 2 {
		t.Errorf("two reasons: %+v", f)
	}
	l, e := under(PhaseInfusing, 25, func(*log, *Env) {})
	if f := AlarmFacts(l.state, e).OrderOff; !f.Since.Equal(l.state.Order.ValidUntil) {
		t.Errorf("the end of its validity is known beforehand: %+v", f)
	}
	l.add(at(5), byPrescriber(), PrescriberResponsible{Prescriber: prescriber, OnSite: true})
	d := &decider{s: l.state, env: e, at: e.Now}
	n := d.calling(AlarmNote{Kind: alarm.Raised, AlarmFact: AlarmFact{Condition: alarm.OrderOutdated, Stage: alarm.ToNurse}})
	if !slices.Contains(n.Called, prescriber) || l.state.Nurse != "" && !slices.Contains(n.Called, l.state.Nurse) {
		t.Errorf("calls %v", n.Called)
	}
	n = d.calling(AlarmNote{Kind: alarm.Raised, AlarmFact: AlarmFact{Condition: alarm.VolumeLow, Stage: alarm.ToNurse}})
	if slices.Contains(n.Called, prescriber) {
		t.Errorf("an empty bag calls %v", n.Called)
	}
	if !slices.Contains(Acts(), act.Act("session.give-drug")) {
		t.Error("a bolus is no act")
	}
}

// TestOutdated_AcceptedWeightStands: a change of weight that the prescriber accepted
// before the start is no reason during the infusion.
func TestOutdated_AcceptedWeightStands(t *testing.T) {
	t.Parallel()
	l, e := under(PhaseInfusing, 20, func(l *log, _ *Env) {
		l.add(at(1), byNurse(), PrecheckAnswered{Precheck{Weight: &WeightMeasured{Weight: unit.Kg("71")}}})
		l.add(at(1), byPrescriber(), FindingOverridden{Gate: GateDrawUp, Check: "weight-dosing", Reason: said(8)})
	})
	if _, r := Decide(l.state, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, e); r != nil {
		t.Errorf("accepted, and refused: %s", r.Message.English())
	}
}
