package session

import (
	"math"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

func startReading() PumpReading {
	r := reading("16")
	r.ToInfuse = ptr(unit.ML("106")) // 16 mL/h for 30 min, 28 for 210
	return r
}

// toStart is a visit in which everything is ready but the start.
func toStart() *log {
	l := until(PhasePrepared)
	return l.add(at(-1), byNurse(), TimeOutDone{TimeOut: TimeOut{
		LabelRead: "DEADBEEF-1", PatientAgrees: true, CallShown: true, CallPressed: true, RoomQuiet: true, Position: Reclined,
	}})
}

func TestDecide_Start(t *testing.T) {
	t.Parallel()
	l := toStart()
	e := l.say(t, Start{startReading()}, envAt(ten()))[0].(Started)
	if e.Ordered != unit.MgPerKgH("0.2") || e.ToSet != unit.MLPerH("16") || !e.Gate.Open() || e.Telemetry != "cd34" || len(e.Deviations) != 0 {
		t.Errorf("started %+v", e)
	}
	if l.state.Phase != PhaseInfusing || l.state.RateSetBy != nurse || !l.state.RunningAt(ten()) {
		t.Errorf("phase %q, rate set by %q", l.state.Phase, l.state.RateSetBy)
	}
	off := startReading()
	off.Rate = unit.MLPerH("16.4")
	refusal{"pump beyond 2 %", toStart(), Start{off}, envAt(ten()), "session.start_shut"}.check(t)
	off.Rate = unit.MLPerH("-1")
	refusal{"impossible rate", toStart(), Start{off}, envAt(ten()), "session.bad_rate"}.check(t)
	refusal{"no time-out", until(PhasePrepared), Start{startReading()}, envAt(ten()), "session.start_shut"}.check(t)
	refusal{"not prepared", until(PhaseReady), Start{startReading()}, envAt(at(-20)), "session.phase"}.check(t)
	stopped := toStart()
	stopped.say(t, Stop{}, envAt(ten()))
	refusal{"a stop stands", stopped, Start{startReading()}, envAt(at(1)), "session.stop_stands"}.check(t)
	stopped.say(t, Amend{Entry: stopped.position(0), Reason: said(1), Strike: true}, envAt(at(1)))
	stopped.say(t, Start{startReading()}, envAt(at(2)))
}

// massRate attaches an order of 0.3 mg/kg/h, 24 mg/h for 80 kg, whose greatest
// mg/h lies below what its greatest mg/kg/h would allow.
func massRate(most string) func(*log) int64 {
	return func(l *log) int64 {
		o := order()
		o.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.3"), Minutes: 60}}
		o.Maxima.MassRate = unit.MgPerH(most)
		l.add(at(4), byPrescriber(), OrderAttached{Order: o})
		return 0
	}
}

func TestDecide_SetRateAuthority(t *testing.T) {
	t.Parallel()
	spoken := func(l *log, what SpokenKind, rate string, back bool, by ident.Person) int64 {
		l.add(at(4), byNurse(), SpokenOrderTaken{Prescriber: by, What: what, Rate: ptr(unit.MgPerKgH(rate)), Text: said(1), ReadBack: back})
		return l.position(0)
	}
	for _, c := range []struct {
		name      string
		before    func(*log) int64
		ordered   string
		read      string
		authority Authority
		message   word.ID
	}{
		{"to a step", nil, "0.35", "28", WithinOrder, ""},
		{"to a step, read within 2 %", nil, "0.35", "28.5", WithinOrder, ""},
		{"lower than every step", nil, "0.1", "8", Lowered, ""},
		{"the same again", nil, "0.2", "16", WithinOrder, ""},
		{"between the steps", nil, "0.3", "24", "", "session.outside_steps"},
		{"above the steps", nil, "0.4", "32", "", "session.outside_steps"},
		{"read otherwise", nil, "0.35", "28.6", "", "session.rate_mismatch"},
		{"no rate", nil, "0", "0", "", "session.bad_rate"},
		{"on a spoken order", func(l *log) int64 { return spoken(l, SpokenRate, "0.3", true, prescriber) }, "0.3", "24", SpokenOrder, ""},
		{"at the order's limit", func(l *log) int64 { return spoken(l, SpokenRate, "0.4", true, prescriber) }, "0.4", "32", SpokenOrder, ""},
		{"beyond the limit, though spoken", func(l *log) int64 { return spoken(l, SpokenRate, "0.41", true, prescriber) }, "0.41", "32.8", "", "session.rate_beyond"},
		{"another rate than spoken", func(l *log) int64 { return spoken(l, SpokenRate, "0.3", true, prescriber) }, "0.32", "25.6", "", "session.spoken_other_rate"},
		{"not read back", func(l *log) int64 { return spoken(l, SpokenRate, "0.3", false, prescriber) }, "0.3", "24", "", "session.spoken_not_read_back"},
		{"about resuming", func(l *log) int64 { return spoken(l, SpokenResume, "0.3", true, prescriber) }, "0.3", "24", "", "session.spoken_other_kind"},
		{"by somebody who may not prescribe", func(l *log) int64 { return spoken(l, SpokenRate, "0.3", true, nurseTwo) }, "0.3", "24", "", "session.spoken_prescriber"},
		{"no such spoken order", func(*log) int64 { return 7 }, "0.3", "24", "", "session.no_such_entry"},
		{"on a new order", func(l *log) int64 {
			o := order()
			o.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.3"), Minutes: 60}}
			l.add(at(4), byPrescriber(), OrderAttached{Order: o})
			return 0
		}, "0.3", "24", NewOrder, ""},
		{"at the order's mg/h", massRate("24"), "0.3", "24", NewOrder, ""},
		{"beyond the order's mg/h, though not its mg/kg/h", massRate("23.9"), "0.3", "24", "", "session.rate_beyond"},
	} {
		l := until(PhaseInfusing)
		cmd := SetRate{Ordered: unit.MgPerKgH(c.ordered), Read: reading(c.read)}
		if c.before != nil {
			cmd.Spoken, cmd.Reason = c.before(l), said(3)
		}
		if c.message != "" {
			refusal{c.name, l, cmd, envAt(at(5)), c.message}.check(t)
			continue
		}
		e := l.say(t, cmd, envAt(at(5)))[0].(RateChanged)
		if e.Authority != c.authority {
			t.Errorf("%s: stands on %q, want %q", c.name, e.Authority, c.authority)
		}
		if l.state.Ordered != cmd.Ordered || l.state.RateAt(at(6)) != cmd.Read.Rate {
			t.Errorf("%s: in force %v, runs %v", c.name, l.state.Ordered, l.state.RateAt(at(6)))
		}
		if cmd.Spoken != 0 {
			refusal{c.name + ", used again", l, cmd, envAt(at(6)), "session.spoken_used"}.check(t)
		}
	}
}

func TestDecide_SetRateNeedsWhatItCompares(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	up := SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}
	blind := envAt(at(5))
	blind.Rules = library.Session{}
	refusal{"no tolerance in the library", l, up, blind, "session.no_limits"}.check(t)
	wrong := up
	wrong.Read.Concentration = unit.MgPerML("2")
	refusal{"another concentration on the pump", l, wrong, envAt(at(5)), "session.concentration_mismatch"}.check(t)
	refusal{"while paused", until(PhasePaused), up, envAt(at(25)), "session.phase"}.check(t)
	refusal{"at the greatest duration", l, up, envAt(at(300)), "session.minutes_reached"}.check(t)
	l.add(at(6), byNurse(), DrugGiven{Drug: "ketamine", Ketamine: unit.Mg("144")})
	refusal{"at the greatest total", l, up, envAt(at(7)), "session.total_reached"}.check(t)
	l.say(t, SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")}, envAt(at(8)))
}

func TestDecide_FoundRateIsNeverRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		phase Phase
		read  string
		now   float64
		rules []string
		after Phase
		runs  bool
	}{
		{"beyond the order", PhaseInfusing, "32.1", 5, []string{RuleReadBack, RuleRate}, PhaseInfusing, true},
		{"beyond the library's mg/h", PhaseInfusing, "40.1", 5, []string{RuleReadBack, RuleRate, "LIM-MASS-RATE"}, PhaseInfusing, true},
		{"far beyond", PhaseInfusing, "160", 5, []string{RuleReadBack, RuleRate, "LIM-MASS-RATE", "LIM-RATE"}, PhaseInfusing, true},
		{"as set", PhaseInfusing, "16", 5, nil, PhaseInfusing, true},
		{"standing still", PhaseInfusing, "0", 5, []string{RuleReadBack}, PhaseInfusing, true},
		{"before the start", PhasePrepared, "16", -5, []string{RuleNotRunning}, PhaseInfusing, true},
		{"while paused", PhasePaused, "16", 25, []string{RuleNotRunning}, PhaseInfusing, true},
		{"after the stop", PhaseStopped, "16", 35, []string{RuleAfterStop}, PhaseStopped, false},
	} {
		l := until(c.phase)
		e := l.say(t, SetRate{Read: reading(c.read), Found: true}, envAt(at(c.now)))[0].(RateChanged)
		if !slices.Equal(rulesOf(e.Deviations), c.rules) || e.Authority != NoAuthority {
			t.Errorf("%s: deviates from %v, want %v", c.name, rulesOf(e.Deviations), c.rules)
		}
		for _, d := range e.Deviations {
			if d.Rule == RuleReadBack && d.Message.ID != "session.rate_found" {
				t.Errorf("%s: recorded as found, and asked by %q to do so", c.name, d.Message.ID)
			}
		}
		if l.state.Phase != c.after || l.state.RunningAt(at(c.now)) != c.runs {
			t.Errorf("%s: phase %q, running %v", c.name, l.state.Phase, l.state.RunningAt(at(c.now)))
		}
	}
}

func TestDecide_LateFactLeavesThePhase(t *testing.T) {
	t.Parallel()
	l := until(PhasePaused) // at 20
	l.say(t, Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}, envAt(at(25)))
	l.say(t, Pause{Cause: PauseToilet}, envAt(at(30)).claimed(at(22)))
	if l.state.Phase != PhaseInfusing || !l.state.RunningAt(at(30)) {
		t.Errorf("a pause that was over long ago halted the session: %q", l.state.Phase)
	}
	l.say(t, Pause{Cause: PauseToilet}, envAt(at(31)))
	l.say(t, SetRate{Read: reading("18"), Found: true}, envAt(at(32)).claimed(at(28)))
	if l.state.Phase != PhasePaused || l.state.RunningAt(at(32)) {
		t.Errorf("a rate found before the pause set the session going: %q", l.state.Phase)
	}
}

func TestDecide_PlannedChangeFollowsWhatThePumpLastDid(t *testing.T) {
	t.Parallel()
	l := until(PhasePaused) // at 20
	d, r := Decide(l.state, Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}, envAt(at(25)).claimed(at(15)))
	if r != nil || !d.EffectiveAt.Equal(at(25)) {
		t.Errorf("resumed at %v, before the pause (%v)", d.EffectiveAt, r)
	}
}

func TestDecide_Resume(t *testing.T) {
	t.Parallel()
	again := Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}
	clinical := func() *log {
		l := until(PhaseInfusing)
		return l.add(at(20), byNurse(), Paused{Cause: PauseClinical}).add(at(21), byNurse(), Paused{Cause: PauseToilet})
	}
	l := until(PhasePaused)
	if e := l.say(t, again, envAt(at(25)))[0].(Resumed); e.Authority != WithinOrder || !e.Gate.Open() {
		t.Errorf("resumed on %q", e.Authority)
	}
	refusal{"after a clinical pause", clinical(), again, envAt(at(25)), "session.clinical_pause"}.check(t)
	refusal{"by the prescriber without an order", clinical(), again, envAt(at(25)).by(byPrescriber()), "session.clinical_pause"}.check(t)
	refusal{"outside the steps", until(PhasePaused), Resume{Ordered: unit.MgPerKgH("0.3"), Read: reading("24")}, envAt(at(25)), "session.outside_steps"}.check(t)
	refusal{"not paused", until(PhaseInfusing), again, envAt(at(5)), "session.phase"}.check(t)
	offline := envAt(at(25))
	offline.Monitor.LastAt = at(24)
	refusal{"monitor offline", until(PhasePaused), again, offline, "session.resume_shut"}.check(t)

	ordered := clinical()
	ordered.add(at(22), byPrescriber(), OrderAttached{Order: order()})
	if e := ordered.say(t, again, envAt(at(25)))[0].(Resumed); e.Authority != NewOrder {
		t.Errorf("resumed on %q", e.Authority)
	}
	by := clinical()
	by.add(at(22), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenResume, Text: said(1), ReadBack: true})
	faster := Resume{Ordered: unit.MgPerKgH("0.35"), Read: reading("28"), Spoken: by.position(0)}
	refusal{"faster than spoken", by, faster, envAt(at(25)), "session.spoken_other_rate"}.check(t)
	again.Spoken = by.position(0)
	if e := by.say(t, again, envAt(at(25)))[0].(Resumed); e.Authority != SpokenOrder || e.Spoken != again.Spoken {
		t.Errorf("resumed on %q", e.Authority)
	}
}

func TestDecide_ReadPump(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		phase Phase
		read  string
		now   float64
		rules []string
	}{
		{"as set", PhaseInfusing, "16", 5, nil},
		{"2 % off", PhaseInfusing, "16.32", 5, nil},
		{"more than 2 % off", PhaseInfusing, "16.33", 5, []string{RuleReadBack}},
		{"beyond the order", PhaseInfusing, "33", 5, []string{RuleReadBack, RuleRate}},
		{"after five hours", PhaseInfusing, "16", 301, []string{RuleMinutes}},
		{"programmed, not started", PhasePrepared, "16", -5, nil},
		{"shown while paused", PhasePaused, "16", 25, []string{RuleNotRunning}},
		{"running after the stop", PhaseStopped, "16", 35, []string{RuleAfterStop}},
		{"still after the stop", PhaseStopped, "0", 35, nil},
	} {
		l := until(c.phase)
		e := l.say(t, ReadPump{reading(c.read)}, envAt(at(c.now)))[0].(PumpRead)
		if !slices.Equal(rulesOf(e.Deviations), c.rules) {
			t.Errorf("%s: deviates from %v, want %v", c.name, rulesOf(e.Deviations), c.rules)
		}
		if len(l.state.Deviations) != len(c.rules) {
			t.Errorf("%s: %d deviations are kept", c.name, len(l.state.Deviations))
		}
	}
}

func TestDecide_StopIsTakenInEveryPhase(t *testing.T) {
	t.Parallel()
	for _, by := range []struct {
		who  Env
		open bool
	}{{envAt(at(200)), false}, {envAt(at(200)).by(byTablet()), true}, {Env{Now: at(200), Actor: byTablet()}, true}} {
		for _, p := range []Phase{
			PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering, PhaseDischarged,
		} {
			l := until(p)
			e := l.say(t, Stop{Cause: "no such cause"}, by.who)[0].(Stopped)
			if e.Phase != p || e.WhoOpen != by.open || e.Cause != StopUnsaid {
				t.Errorf("stop in %q: %+v", p, e)
			}
			if again := l.say(t, Stop{}, by.who)[0].(Stopped); !again.Repeat {
				t.Errorf("a second stop in %q is no repeat", p)
			}
		}
	}
	for _, end := range []Event{Closed{}, Cancelled{}, Transferred{}, LeftEarly{}} {
		l := until(PhaseArrived)
		l.add(at(-30), byNurse(), end)
		l.say(t, Stop{}, envAt(at(5)))
	}
}

func TestDecide_StopWithoutAClaimedOwner(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, Stop{}, envAt(at(30)).by(byTablet()))
	pos := l.position(0)
	if len(l.state.StopsToClaim()) != 1 {
		t.Fatal("nobody is asked who stopped")
	}
	refusal{"no such stop", l, ClaimStop{7}, envAt(at(31)), "session.no_such_entry"}.check(t)
	l.say(t, ClaimStop{pos}, envAt(at(31)))
	if len(l.state.StopsToClaim()) != 0 || l.state.Stops[0].Claimed != nurse {
		t.Error("the claim is not kept")
	}
	refusal{"claimed twice", l, ClaimStop{pos}, envAt(at(32)), "session.no_such_entry"}.check(t)
}

func TestDecide_StopBeyondTheOrderSaysSo(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(1), byNurse(), RateChanged{Read: reading("200"), Authority: NoAuthority})
	e := l.say(t, Stop{Cause: StopPlanned}, envAt(at(310)))[0].(Stopped)
	if !slices.Equal(rulesOf(e.Deviations), []string{RuleTotal, RuleTotal, RuleMinutes, "LIM-TOTAL"}) {
		t.Errorf("a stop at 1000 mg deviates from %v", rulesOf(e.Deviations))
	}
}

func TestDecide_ConfirmPumpStopped(t *testing.T) {
	t.Parallel()
	l := until(PhaseStopped) // 8 mL computed
	if e := l.say(t, ConfirmPumpStopped{unit.ML("8.1")}, envAt(at(31)))[0].(PumpStopConfirmed); len(e.Deviations) != 0 {
		t.Errorf("8.1 of 8.0 mL deviates: %v", e.Deviations)
	}
	e := l.say(t, ConfirmPumpStopped{unit.ML("9")}, envAt(at(31)))[0].(PumpStopConfirmed)
	if !slices.Equal(rulesOf(e.Deviations), []string{RuleGivenVolume}) {
		t.Errorf("9 of 8.0 mL deviates from %v", rulesOf(e.Deviations))
	}
	running := until(PhaseInfusing)
	e = running.say(t, ConfirmPumpStopped{unit.ML("8")}, envAt(at(30)))[0].(PumpStopConfirmed)
	if !slices.Contains(rulesOf(e.Deviations), RuleStop) || running.state.Phase != PhaseInfusing {
		t.Error("a pump read as stopped without a stop says nothing of it")
	}
	refusal{"negative volume", l, ConfirmPumpStopped{unit.ML("-1")}, envAt(at(31)), "session.bad_volume"}.check(t)
}

func TestDecide_StruckStopLetsTheInfusionGoOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phase Phase
		want  Phase
	}{{PhaseInfusing, PhaseInfusing}, {PhasePaused, PhasePaused}} {
		l := until(c.phase)
		l.say(t, Stop{}, envAt(at(30)))
		l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(31)))
		if l.state.Phase != c.want || l.state.RunningAt(at(40)) != (c.want == PhaseInfusing) {
			t.Errorf("after striking a stop in %q: %q, running %v", c.phase, l.state.Phase, l.state.RunningAt(at(40)))
		}
	}
	two := until(PhaseInfusing)
	two.say(t, Stop{}, envAt(at(30)))
	two.say(t, Stop{}, envAt(at(32)))
	two.say(t, Amend{Entry: two.position(1), Reason: said(1), Strike: true}, envAt(at(33)))
	if two.state.Phase != PhaseStopped || !two.state.StoppedAt.Equal(at(32)) {
		t.Errorf("with another stop standing: %q, stopped %v", two.state.Phase, two.state.StoppedAt)
	}
}

func TestKind_ImplausibleNeverEnters(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e9, -1} {
		o := round()
		o.Readings = []vital.Reading{{Kind: vital.HR, Value: vital.Value(v), Quality: vital.Good, Origin: vital.ByHand}}
		refusal{"observed", l, Observe{o}, envAt(at(5)), "session.bad_reading"}.check(t)
		refusal{"last signs", l, Leave{LastSigns: o.Readings}, envAt(at(5)), "session.bad_reading"}.check(t)
	}
}

// TestDecide_ATimeOutThatFailedIsKeptWithWhatDidNotHold: it was done, so it is
// never refused; each thing that did not hold is said, and the start stays shut.
func TestDecide_ATimeOutThatFailedIsKeptWithWhatDidNotHold(t *testing.T) {
	t.Parallel()
	good := TimeOut{LabelRead: "DEADBEEF-1", PatientAgrees: true, CallShown: true, CallPressed: true, RoomQuiet: true, Position: Reclined}
	other := order()
	other.Patient = id[ident.Patient](2)
	thinner := order()
	thinner.Concentration = unit.MgPerML("2")
	for name, c := range map[string]struct {
		change func(*TimeOut)
		order  *drug.Order
		rule   string
		says   word.ID
	}{
		"the label of another bag":     {change: func(x *TimeOut) { x.LabelRead = "DEADBEEF-2" }, rule: "SW-LABEL", says: "gate.label.other"},
		"a label that was not read":    {change: func(x *TimeOut) { x.LabelRead = "" }, rule: "SW-LABEL", says: "gate.label.unread"},
		"a patient who does not agree": {change: func(x *TimeOut) { x.PatientAgrees = false }, rule: "SW-LABEL", says: "gate.agrees.no"},
		"a button that is not pressed": {change: func(x *TimeOut) { x.CallPressed = false }, rule: "SW-CALL-BUTTON", says: "gate.call.no"},
		"a patient who stands":         {change: func(x *TimeOut) { x.Position = Standing }, rule: "SW-CALM", says: "gate.position.other"},
		"an order for somebody else":   {order: &other, rule: "SW-ORDER-PATIENT", says: "gate.order.other_patient"},
		"an order for another bag":     {order: &thinner, rule: "SW-BAG", says: "gate.bag.differs"},
	} {
		l := until(PhasePrepared)
		if c.order != nil {
			l.add(at(-3), byPrescriber(), OrderAttached{Order: *c.order})
		}
		said := good
		if c.change != nil {
			c.change(&said)
		}
		done := l.say(t, AnswerTimeOut{said}, envAt(at(-1)))[0].(TimeOutDone)
		if len(done.Deviations) != 1 || done.Deviations[0].Rule != c.rule || done.Deviations[0].Message.ID != c.says {
			t.Errorf("%s: %v", name, done.Deviations)
		}
		if ds := l.state.Deviations; len(ds) != 1 || ds[0].Position != l.position(0) {
			t.Errorf("%s: the state keeps %v", name, ds)
		}
		if StartGate(l.state, envAt(at(-1)), startReading()).Open() {
			t.Errorf("%s: the start is open", name)
		}
	}
	l := until(PhasePrepared)
	if done := l.say(t, AnswerTimeOut{good}, envAt(at(-1)))[0].(TimeOutDone); len(done.Deviations) != 0 {
		t.Errorf("a time-out in which all holds: %v", done.Deviations)
	}
	// Told a day later it is judged by the day on which it was done.
	l = until(PhasePrepared)
	if done := l.say(t, AnswerTimeOut{good}, envAt(at(20*60)).claimed(at(-1)))[0].(TimeOutDone); len(done.Deviations) != 0 {
		t.Errorf("told late: %v", done.Deviations)
	}
}
