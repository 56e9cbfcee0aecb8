package session

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// refusal is one case of something that goes back.
type refusal struct {
	name    string
	log     *log
	command Command
	env     Env
	message word.ID
}

func (c refusal) check(t *testing.T) {
	t.Helper()
	d, r := Decide(c.log.state, c.command, c.env)
	if r == nil {
		t.Errorf("%s: accepted as %#v", c.name, d.Events)
		return
	}
	if r.Message.ID != c.message {
		t.Errorf("%s: refused with %s (%s), want %s", c.name, r.Message.ID, r.Message.English(), c.message)
	}
	if !r.Malformed && !c.command.Planned() && !slices.Contains([]string{RuleHelp, RuleWitness}, r.Rule) {
		t.Errorf("%s: what was done was refused by the rule %s", c.name, r.Rule)
	}
}

func rulesOf(ds []Deviation) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Rule)
	}
	return out
}

func TestDecide_Time(t *testing.T) {
	t.Parallel()
	now := at(12)
	for _, c := range []struct {
		name     string
		command  Command
		claimed  time.Time
		offset   time.Duration
		want     time.Time
		message  word.ID
		late     bool
		infusing bool
	}{
		{"as claimed", CheckPresence{}, at(10), 0, at(10), "", false, true},
		{"corrected by the offset", CheckPresence{}, at(70), time.Hour, at(10), "", false, true},
		{"a little ahead is now", CheckPresence{}, at(13), 0, now, "", false, true},
		{"far ahead goes back", CheckPresence{}, at(30), 0, time.Time{}, "session.time.future", false, true},
		{"far ahead, but a stop", Stop{}, at(3000), 0, now, "", false, true},
		{"far ahead, but a call for help", CallHelp{}, at(3000), 0, now, "", false, true},
		{"before the visit goes back", CheckPresence{}, at(-200), 0, time.Time{}, "session.time.before_session", false, true},
		{"just before the visit is its beginning", CheckPresence{}, at(-92), 0, at(-90), "", false, true},
		{"before the visit, but a stop", Stop{}, at(-200), 0, now, "", false, true},
		{"a stop before the start is now", Stop{}, at(-10), 0, now, "", false, true},
		{"a stop without a time is now", Stop{}, time.Time{}, 0, now, "", false, true},
		{"no time goes back", CheckPresence{}, time.Time{}, 0, time.Time{}, "session.time.missing", false, true},
		{"cut to microseconds", CheckPresence{}, at(10).Add(1500 * time.Nanosecond), 0, at(10).Add(time.Microsecond), "", false, true},
	} {
		env := envAt(now).claimed(c.claimed)
		env.Offset = c.offset
		d, r := Decide(until(PhaseInfusing).state, c.command, env)
		switch {
		case c.message != "":
			if r == nil || r.Message.ID != c.message || !r.Malformed {
				t.Errorf("%s: %v", c.name, r)
			}
		case r != nil:
			t.Errorf("%s: %v", c.name, r)
		case !d.EffectiveAt.Equal(c.want):
			t.Errorf("%s: effective %v, want %v", c.name, d.EffectiveAt, c.want)
		}
	}
}

func TestDecide_OldClaims(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	env := envAt(at(26 * 60)).claimed(at(30))
	e := l.say(t, Observe{round()}, env)[0].(Observed)
	if !e.Late {
		t.Error("an observation said a day later does not read late")
	}
	refusal{"planned and a day old", l, SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")}, env, "session.time.old"}.check(t)
	if e := l.say(t, Observe{round()}, envAt(at(26*60)))[0].(Observed); e.Late {
		t.Error("an observation said now reads late")
	}
}

func TestDecide_NothingWithoutAVisit(t *testing.T) {
	t.Parallel()
	for _, k := range commandKinds() {
		c, _ := DecodeCommand(k.Act, 1, []byte(`{}`))
		if _, opens := c.(Schedule); opens {
			continue
		}
		refusal{string(k.Act), &log{}, c, envAt(ten()), "session.none"}.check(t)
	}
}

func TestDecide_Schedule(t *testing.T) {
	t.Parallel()
	good := Schedule{Patient: patient, Chair: 3, PlannedStart: at(60)}
	l := &log{}
	l.say(t, good, envAt(ten()))
	if l.state.Phase != PhaseScheduled || l.state.Chair != 3 || l.state.Patient != patient {
		t.Errorf("scheduled as %+v", l.state)
	}
	refusal{"twice", l, good, envAt(ten()), "session.exists"}.check(t)
	for _, c := range []refusal{
		{"no patient", &log{}, Schedule{Chair: 3, PlannedStart: at(60)}, envAt(ten()), "session.bad_patient"},
		{"no chair", &log{}, Schedule{Patient: patient, PlannedStart: at(60)}, envAt(ten()), "session.bad_chair"},
		{"no start", &log{}, Schedule{Patient: patient, Chair: 3}, envAt(ten()), "session.bad_planned_start"},
	} {
		c.check(t)
	}
}

func TestDecide_Arrive(t *testing.T) {
	t.Parallel()
	l := until(PhaseScheduled)
	env := envAt(at(-60))
	refusal{"one identifier twice", l, Arrive{Identifiers: []Identifier{ByName, ByName}}, env, "session.two_identifiers"}.check(t)
	refusal{"unknown identifier", l, Arrive{Identifiers: []Identifier{ByName, "face"}}, env, "session.unknown_code"}.check(t)
	l.say(t, Arrive{Identifiers: []Identifier{ByName, ByBirth}}, env)
	if l.state.Phase != PhaseArrived || !l.state.ArrivedAt.Equal(at(-60)) {
		t.Errorf("phase %q at %v", l.state.Phase, l.state.ArrivedAt)
	}
	refusal{"again", l, Arrive{Identifiers: []Identifier{ByName, ByBirth}}, env, "session.phase"}.check(t)
}

func TestDecide_Precheck(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	env := envAt(at(-40))
	l.say(t, AnswerPrecheck{fullPrecheck()}, env)
	if l.state.Precheck.Weight == nil || l.state.PrecheckAt["weight"].By != nurse {
		t.Error("the answers are not kept with who gave them")
	}
	heavy, cold := unit.Kg("900"), unit.MmolPerL("-1")
	for _, c := range []struct {
		name    string
		p       Precheck
		message word.ID
	}{
		{"nothing", Precheck{}, "session.nothing_said"},
		{"impossible weight", Precheck{Weight: &WeightMeasured{Weight: heavy}}, "session.bad_weight"},
		{"no weight", Precheck{Weight: &WeightMeasured{}}, "session.bad_weight"},
		{"eats later", Precheck{Fasting: &Fasting{Solids: at(60)}}, "session.bad_fasting"},
		{"negative glucose", Precheck{Conditions: &Conditions{Glucose: &cold}}, "session.bad_glucose"},
		{"no gauge", Precheck{Access: &Access{Site: "arm"}}, "session.bad_access"},
		{"unknown result", Precheck{Pregnancy: &Pregnancy{Applies: true, Result: "maybe"}}, "session.unknown_code"},
		{"result that does not apply", Precheck{Pregnancy: &Pregnancy{Result: PregnancyNegative}}, "session.contradiction"},
		{"given and declined", Precheck{Premed: &Premed{Given: true, Declined: true}}, "session.contradiction"},
	} {
		refusal{c.name, l, AnswerPrecheck{c.p}, env, c.message}.check(t)
	}
}

func TestDecide_AttestAndCancelAndLeave(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	env := envAt(at(-40))
	l.say(t, Attest{Document: Consent, Title: said(1), DocumentDate: "2026-11-20"}, env)
	if l.state.Papers[Consent].By != nurse {
		t.Error("who read the paper is not kept")
	}
	refusal{"no such document", l, Attest{Document: "poem", Title: said(1), DocumentDate: "2026-11-20"}, env, "session.unknown_code"}.check(t)
	refusal{"no title", l, Attest{Document: Consent, DocumentDate: "2026-11-20"}, env, "session.text_missing"}.check(t)
	refusal{"cancelled without a reason", l, Cancel{}, env, "session.text_missing"}.check(t)
	refusal{"cancelled while infusing", until(PhaseInfusing), Cancel{Reason: said(1)}, envAt(at(5)), "session.phase"}.check(t)
	l.say(t, Cancel{Reason: said(1)}, env)
	if l.state.Phase != PhaseCancelled {
		t.Errorf("phase %q", l.state.Phase)
	}
	left := until(PhaseRecovering)
	refusal{"unknown capacity", left, Leave{Capacity: "fine"}, envAt(at(40)), "session.unknown_code"}.check(t)
	left.say(t, Leave{Capacity: HasCapacity}, envAt(at(40)))
	if left.state.Phase != PhaseLeft {
		t.Errorf("phase %q", left.state.Phase)
	}
}

func TestDecide_TransferKeepsTheTotalsRunning(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, Transfer{To: said(1), Reason: said(2)}, envAt(at(20)))
	if l.state.Phase != PhaseTransferred || !l.state.RunningAt(at(30)) {
		t.Errorf("phase %q, running %v: nobody stopped the pump", l.state.Phase, l.state.RunningAt(at(30)))
	}
	l.say(t, Stop{Cause: StopEmergency}, envAt(at(25)))
	if l.state.Phase != PhaseTransferred || l.state.RunningAt(at(30)) {
		t.Error("the stop after a transfer does not end the infusion")
	}
}

func TestDecide_AttachOrder(t *testing.T) {
	t.Parallel()
	env := envAt(at(-40)).by(byPrescriber())
	l := until(PhaseArrived)
	l.say(t, AttachOrder{Order: order()}, env)
	unsigned := order()
	unsigned.Prescriber, unsigned.SignedAt = "", time.Time{}
	l.say(t, AttachOrder{Order: unsigned}, env)
	if o := l.state.Order; o.Prescriber != prescriber || !o.SignedAt.Equal(at(-40)) {
		t.Errorf("signed by %s at %v", o.Prescriber, o.SignedAt)
	}
	for _, c := range []struct {
		name    string
		change  func(*drug.Order)
		message word.ID
	}{
		{"another patient", func(o *drug.Order) { o.Patient = id[ident.Patient](2) }, "session.order_other_patient"},
		{"another prescriber", func(o *drug.Order) { o.Prescriber = nurse }, "session.order_other_prescriber"},
		{"expired", func(o *drug.Order) { o.ValidUntil = at(-41) }, "session.order_expired"},
		{"another drug", func(o *drug.Order) { o.Drug = "propofol" }, "session.order_other_drug"},
		{"no weight", func(o *drug.Order) { o.DosingWeight = unit.Weight{} }, "session.order_missing"},
		{"no greatest rate", func(o *drug.Order) { o.Maxima.Rate = unit.DoseRate{} }, "session.order_missing"},
		{"no greatest duration", func(o *drug.Order) { o.Maxima.Minutes = 0 }, "session.order_missing"},
		{"no steps", func(o *drug.Order) { o.Steps = nil }, "session.order_missing"},
		{"empty step", func(o *drug.Order) { o.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.1")}} }, "session.order_missing"},
		{"impossible bag", func(o *drug.Order) { o.BagVolume = unit.ML("90000") }, "session.bad_order"},
		{"signed later", func(o *drug.Order) { o.SignedAt = at(60) }, "session.bad_order"},
		{"step beyond its rate", func(o *drug.Order) { o.Steps[1].Rate = unit.MgPerKgH("0.41") }, "session.step_beyond"},
		{"step beyond its mg/h", func(o *drug.Order) { o.Maxima.MassRate = unit.MgPerH("27.9") }, "session.step_beyond"},
		{"steps too long", func(o *drug.Order) { o.Maxima.Minutes = 239 }, "session.steps_too_long"},
		{"more than its total", func(o *drug.Order) { o.Maxima.Total = unit.Mg("105.9") }, "session.steps_too_much"},
		{"more than its dose", func(o *drug.Order) { o.Maxima.Dose = unit.MgPerKg("1.3") }, "session.steps_too_much"},
		{"bag too small", func(o *drug.Order) { o.BagVolume = unit.ML("100") }, "session.bag_too_small"},
	} {
		o := order()
		o.Steps = slices.Clone(o.Steps)
		c.change(&o)
		refusal{c.name, l, AttachOrder{Order: o}, env, c.message}.check(t)
	}
	strong := order()
	strong.Concentration = unit.MgPerML("2")
	refusal{"another bag", until(PhasePrepared), AttachOrder{Order: strong}, envAt(at(-10)).by(byPrescriber()), "session.order_other_bag"}.check(t)
	refusal{"after the stop", until(PhaseStopped), AttachOrder{Order: order()}, envAt(at(40)).by(byPrescriber()), "session.phase"}.check(t)
}

func TestDecide_SpokenOrderIsSignedByItsPrescriber(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	env := envAt(at(10))
	spoken := TakeSpokenOrder{Prescriber: prescriber, What: SpokenRate, Rate: ptr(unit.MgPerKgH("0.3")), Text: said(1), ReadBack: true}
	l.say(t, spoken, env)
	pos := l.position(0)
	other := byPrescriber()
	other.Person = nurseTwo
	refusal{"another prescriber", l, SignSpokenOrder{pos}, env.by(other), "session.sign_other"}.check(t)
	refusal{"no such order", l, SignSpokenOrder{7}, env.by(byPrescriber()), "session.no_such_entry"}.check(t)
	l.say(t, SignSpokenOrder{pos}, env.by(byPrescriber()))
	refusal{"twice", l, SignSpokenOrder{pos}, env.by(byPrescriber()), "session.already_signed"}.check(t)
	spoken.Rate = nil
	refusal{"no rate", l, spoken, env, "session.spoken_rate_missing"}.check(t)
	spoken.What = "dance"
	refusal{"about what", l, spoken, env, "session.unknown_code"}.check(t)
}

func vial() drug.Vial {
	return drug.Vial{Drug: drug.Ketamine, Lot: "K1", Expiry: "2026-11-23", Strength: unit.MgPerML("50"), Volume: unit.ML("5")}
}

func TestDecide_OpenVials(t *testing.T) {
	t.Parallel()
	l := until(PhaseReady)
	env := envAt(at(-25))
	old := vial()
	old.Expiry = "2026-11-22"
	refusal{"expired", l, OpenVials{[]drug.Vial{vial(), old}}, env, "session.vial_expired"}.check(t)
	unzoned := env
	unzoned.Zone = nil
	refusal{"no zone to know today by", l, OpenVials{[]drug.Vial{vial()}}, unzoned, "session.no_zone"}.check(t)
	refusal{"none", l, OpenVials{}, env, "session.too_many"}.check(t)
	empty := vial()
	empty.Volume = unit.Volume{}
	refusal{"nothing drawn", l, OpenVials{[]drug.Vial{empty}}, env, "session.bad_volume"}.check(t)
	for name, c := range map[string]struct {
		drug string
		says word.ID
	}{
		"nobody read what it holds": {"", "session.vial_drug_unread"}, "only spaces": {"  ", "session.vial_drug_unread"},
		"esketamine": {drug.Esketamine, "session.vial_other_drug"}, "another drug": {"midazolam", "session.vial_other_drug"},
		"something much like it": {"ketamin", "session.vial_other_drug"},
	} {
		wrong := vial()
		wrong.Drug = c.drug
		refusal{name, l, OpenVials{[]drug.Vial{vial(), wrong}}, env, c.says}.check(t)
	}
	loud := vial()
	loud.Drug = "KETAMINE"
	if _, r := Decide(l.state, OpenVials{[]drug.Vial{loud}}, env); r != nil {
		t.Errorf("as a label prints it: %s", r.Message.English())
	}
	nameless := vial()
	nameless.Lot = " "
	refusal{"no lot", l, OpenVials{[]drug.Vial{nameless}}, env, "session.bad_lot"}.check(t)
	blank := env
	blank.Rules = library.Session{}
	r := l.refused(t, OpenVials{[]drug.Vial{vial()}}, blank)
	if r.Message.ID != "session.draw_up_shut" || r.Gate == nil {
		t.Errorf("a vial was opened though the gate cannot be checked now: %v", r)
	}
	refusal{"before ready", until(PhaseArrived), OpenVials{[]drug.Vial{vial()}}, env, "session.phase"}.check(t)
}

func computing(t *testing.T) *log {
	t.Helper()
	l := until(PhaseReady)
	l.add(at(-25), byNurse(), VialsOpened{Vials: []drug.Vial{vial()}})
	return l
}

func TestDecide_DrawUpAgreed(t *testing.T) {
	t.Parallel()
	l := computing(t)
	good := Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}
	l.say(t, good, envAt(at(-22)))
	refusal{"the same person again", l, good, envAt(at(-21)), "session.second_person"}.check(t)
	l.say(t, good, envAt(at(-20)).by(byNurseTwo()))
	p := l.state.Prepared
	if p == nil || l.state.Phase != PhasePrepared {
		t.Fatal("two equal computations prepared nothing")
	}
	if p.First != nurse || p.Second != nurseTwo || p.Drawn != unit.Mg("250") || !p.UseBy.Equal(at(-25+240)) {
		t.Errorf("prepared %+v", p)
	}
	if p.Label != labelOf("01941f29-7c00-7000-8000-0000deadbeef") || p.Label[:8] != "DEADBEEF" {
		t.Errorf("label %q", p.Label)
	}
}

func TestDecide_DrawUpDisagreed(t *testing.T) {
	t.Parallel()
	good := Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}
	for _, c := range []struct {
		name          string
		first, second Compute
		vials         []drug.Vial
		message       word.ID
	}{
		{"with each other", good, Compute{Mass: unit.Mg("250"), Volume: unit.ML("2.5")}, nil, "session.draw_up_differ"},
		{"with the order", Compute{Mass: unit.Mg("500"), Volume: unit.ML("5")}, Compute{Mass: unit.Mg("500"), Volume: unit.ML("5")}, nil, "session.draw_up_not_ordered"},
		{"with what was drawn", Compute{Mass: unit.Mg("250"), Volume: unit.ML("2.5")}, Compute{Mass: unit.Mg("250"), Volume: unit.ML("2.5")}, nil, "session.draw_up_not_drawn"},
		{"with the vials' strength", good, good, []drug.Vial{{Drug: drug.Ketamine, Lot: "K2", Expiry: "2027-01-01", Strength: unit.MgPerML("10"), Volume: unit.ML("5")}}, "session.draw_up_not_vials"},
	} {
		l := computing(t)
		if c.vials != nil {
			l = until(PhaseReady)
			l.add(at(-25), byNurse(), VialsOpened{Vials: c.vials})
		}
		l.say(t, c.first, envAt(at(-22)))
		events := l.say(t, c.second, envAt(at(-20)).by(byNurseTwo()))
		e, ok := events[len(events)-1].(DrawUpDisagreed)
		if !ok || e.Message.ID != c.message {
			t.Errorf("%s: %#v", c.name, events)
		}
		if l.state.Phase != PhaseReady || len(l.state.Computed) != 0 || l.state.Disagreed != 1 {
			t.Errorf("%s: both do not start again: %+v", c.name, l.state.Computed)
		}
	}
}

func TestDecide_TakeOverReadsThePump(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	unread := l.say(t, TakeOver{}, envAt(at(5)).by(byNurseTwo()))[0].(NurseResponsible)
	if unread.From != nurse || l.state.Nurse != nurseTwo || !slices.Equal(rulesOf(unread.Deviations), []string{RuleHandover}) {
		t.Errorf("hand-over without the pump: %+v", unread)
	}
	read := l.say(t, TakeOver{Read: ptr(reading("40"))}, envAt(at(6)))[0].(NurseResponsible)
	if !slices.Contains(rulesOf(read.Deviations), RuleReadBack) || !slices.Contains(rulesOf(read.Deviations), RuleRate) {
		t.Errorf("a pump at 40 instead of 16 mL/h was handed over with %v", rulesOf(read.Deviations))
	}
	if l.state.RateAt(at(7)).Decimal() != "40" {
		t.Error("the rate read at hand-over does not count")
	}
	refusal{"a device", l, TakeOver{}, envAt(at(7)).by(byTablet()), "session.person_needed"}.check(t)
}

func TestDecide_Help(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	refusal{"nothing to undo", l, UndoHelp{}, envAt(at(5)), "session.no_help"}.check(t)
	l.say(t, CallHelp{}, envAt(at(5)).by(byTablet()))
	refusal{"after six seconds", l, UndoHelp{}, envAt(at(5.1)), "session.too_late_to_undo"}.check(t)
	l.say(t, UndoHelp{}, envAt(at(5).Add(5*time.Second)))
	if l.state.Help != nil {
		t.Error("help taken back is still open")
	}
	l.say(t, CallHelp{}, envAt(at(6)))
	l.say(t, LogHelp{What: HelpOxygen}, envAt(at(7)))
	l.say(t, LogHelp{What: HelpDrug}, envAt(at(7.5)).claimed(at(6.5)))
	if l.state.HelpLog[0].What != HelpDrug {
		t.Error("the emergency log does not follow the time")
	}
	refusal{"unknown line", l, LogHelp{What: "prayer"}, envAt(at(8)), "session.unknown_code"}.check(t)
	l.say(t, EndHelp{Outcome: said(1)}, envAt(at(20)))
	refusal{"ended twice", l, EndHelp{Outcome: said(1)}, envAt(at(21)), "session.no_help"}.check(t)
}

func TestDecide_Monitor(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	env := envAt(at(10))
	l.say(t, DoubtLink{Cause: "drop", Since: at(8)}, env.by(byWatch()))
	if l.state.Link.Confirmed || l.state.Link.DoubtWhy == "" {
		t.Error("a doubted link reads confirmed")
	}
	linked := l.say(t, LinkMonitor{monitorOne}, env)[0].(MonitorLinked)
	if linked.Gap == nil || !linked.Gap.From.Equal(at(8)) || !linked.Gap.To.Equal(at(10)) || !l.state.Link.Confirmed {
		t.Errorf("confirmed again with the gap %+v", linked.Gap)
	}
	offline, unknownOne, quiet := env, env, env
	quiet.Monitor.LastAt = at(10).Add(-30 * time.Second) // as long as the library allows
	if _, r := Decide(l.state, LinkMonitor{monitorOne}, quiet); r != nil {
		t.Errorf("heard half a minute ago: %v", r)
	}
	offline.Monitor.LastAt = at(10).Add(-31 * time.Second)
	unknownOne.Monitor.Known = false
	for _, c := range []refusal{
		{"by a job", l, LinkMonitor{monitorOne}, env.by(byWatch()), "session.person_needed"},
		{"offline", l, LinkMonitor{monitorOne}, offline, "session.monitor_offline"},
		{"unknown", l, LinkMonitor{monitorOne}, unknownOne, "session.monitor_unknown"},
		{"another", l, LinkMonitor{tablet}, env, "session.monitor_unknown"},
		{"none", l, LinkMonitor{}, env, "session.no_monitor"},
		{"before arrival", until(PhaseScheduled), LinkMonitor{monitorOne}, envAt(at(-70)), "session.phase"},
		{"doubted by a person", l, DoubtLink{Cause: "drop"}, env, "session.job_only"},
		{"doubted for no reason", l, DoubtLink{Cause: "mood"}, env.by(byWatch()), "session.unknown_code"},
		{"off for eleven minutes", l, TakeOffMonitor{Reason: OffToilet, Companion: said(1), Minutes: 11}, env, "session.off_too_long"},
		{"off alone", l, TakeOffMonitor{Reason: OffToilet, Minutes: 5}, env, "session.companion_missing"},
	} {
		c.check(t)
	}
	l.say(t, TakeOffMonitor{Reason: OffToilet, Companion: said(1), Minutes: 10}, env)
	if !l.state.OffTill.Equal(at(20)) {
		t.Errorf("off until %v", l.state.OffTill)
	}
	l.say(t, ReturnToMonitor{}, env)
	l.say(t, UnlinkMonitor{}, env)
	if !l.state.OffTill.IsZero() || l.state.Link.Monitor != "" {
		t.Error("the monitor is still off or linked")
	}
}

func TestDecide_OverrideNeedsASoftFindingAndTheRightRole(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	env := envAt(at(-40))
	for _, c := range []refusal{
		{"no reason", l, Override{Gate: GateDrawUp, Check: "x"}, env, "session.text_missing"},
		{"no such gate", l, Override{Gate: "garden", Check: "x", Reason: said(1)}, env, "session.unknown_code"},
		{"no such check", l, Override{Gate: GateDrawUp, Check: "moon", Reason: said(1)}, env, "session.unknown_code"},
	} {
		c.check(t)
	}
	for _, k := range DrawUpGate(l.state, env).Checks {
		if k.Outcome != Finding || k.Hard {
			refusal{string(k.ID), l, Override{Gate: GateDrawUp, Check: k.ID, Reason: said(1)}, env.by(byPrescriber()), "session.not_soft"}.check(t)
		}
	}
}

func TestMayAs_RuleThatNamesNobodyAllowsNobody(t *testing.T) {
	t.Parallel()
	if act.MayAs(byPrescriber(), nil).Allowed || act.MayAs(byNurse(), []act.Role{act.Prescriber}).Allowed {
		t.Error("somebody may whom no rule names")
	}
	if !act.MayAs(byPrescriber(), []act.Role{act.Nurse, act.Prescriber}).Allowed {
		t.Error("a named role may not")
	}
}
