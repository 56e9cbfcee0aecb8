package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// typed is one row of a paper: what it says, and when.
type typed struct {
	minute float64
	c      Command
}

// evening is when papers are typed: everything on them is over.
func evening() time.Time { return at(10 * 60) }

// fromPaper is how nurse one types, in the evening, what nurse two wrote.
func fromPaper(minute float64) Env {
	e := envAt(evening()).claimed(at(minute))
	e.Paper = &Paper{Author: nurseTwo}
	return e
}

// types decides a row and folds what it becomes, as one command of its own.
func (l *log) types(t testing.TB, row typed) []Event {
	t.Helper()
	env := fromPaper(row.minute)
	d, r := Decide(l.state, row.c, env)
	if r != nil {
		t.Fatalf("%s at %v min refused: %v", row.c.Act(), row.minute, r)
	}
	cmd := id[ident.Command](9000 + len(l.entries))
	for i, ev := range d.Events {
		n := int64(len(l.entries) + 1)
		e := Entry{Event: ev, Meta: journal.Meta{
			Position: 100 + n, Sequence: n, Index: i, Command: cmd,
			OccurredAt: env.OccurredAt, EffectiveAt: d.EffectiveAt, RecordedAt: env.Now, Actor: env.Actor, Device: tablet,
		}}
		l.entries = append(l.entries, e)
		l.state = Evolve(l.state, e)
	}
	return d.Events
}

// planned is a visit that was planned, with its order, before the server fell silent.
func plannedVisit() *log {
	l := until(PhaseScheduled)
	l.add(at(-80), byPrescriber(), OrderAttached{Order: order()})
	return l
}

// sheet is a whole visit as it stands on paper.
func sheet() []typed {
	vial := drug.Vial{Drug: drug.Ketamine, Lot: "K1", Expiry: "2027-01-31", Strength: unit.MgPerML("50"), Volume: unit.ML("5")}
	return []typed{
		{-30, Arrive{Identifiers: []Identifier{ByName, ByBirth}}},
		{-20, OpenVials{Vials: []drug.Vial{vial}}},
		{0, Start{Read: startReading()}},
		{5, Observe{round()}},
		{30, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}},
		{31, Observe{func() Observation { o := round(); o.Pump = ptr(reading("28")); return o }()}},
		{60, Pause{Cause: PausePatient}},
		{70, Resume{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}},
		{80, ReadPump{reading("26")}},
		{90, GiveDrug{Drug: drug.Ketamine, Amount: "5", Unit: "mg", Ketamine: unit.Mg("5"), Route: "IV"}},
		{100, NoteSideEffect{ID: id[ident.SideEffect](1), Code: "nausea", Grade: 1}},
		{110, TakeOver{}},
		{120, Stop{Cause: StopPlanned}},
		{121, ConfirmPumpStopped{Volume: unit.ML("47")}},
		{125, LogHelp{What: HelpOxygen}},
		{130, Note{Text: said(1)}},
		{200, Discharge{}},
	}
}

// TestPaper_AnyOrderGivesTheSameTotals: a paper is typed as it comes, from the
// end, a row that was overlooked last of all. What ran, and where the visit
// stands, follows from the times on it.
func TestPaper_AnyOrderGivesTheSameTotals(t *testing.T) {
	t.Parallel()
	rows := sheet()
	straight := plannedVisit()
	for _, row := range rows {
		straight.types(t, row)
	}
	want := summary(straight.state)
	// 16 mL/h 30 min, 28 mL/h 30 + 10 min, 26 mL/h 40 min, and 5 mg by hand.
	if got := straight.state.TotalsAt(evening()).Mass.Text(2); got != "49.00 mg" {
		t.Fatalf("the paper adds up to %s", got)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		l := plannedVisit()
		for _, row := range rows {
			l.types(t, row)
		}
		if got := summary(l.state); got != want {
			t.Fatalf("typed in another order:\n%s\n%s\n%v", got, want, rows)
		}
	}
}

func summary(s State) string {
	var out []string
	for _, minute := range []float64{10, 45, 65, 75, 95, 130, 600} {
		x := s.TotalsAt(at(minute))
		out = append(out, x.Mass.Rat().String(), x.Minutes.String(), s.RateAt(at(minute)).String())
	}
	return fmt.Sprint(out, s.Phase, s.StartedAt, s.StoppedAt, s.ArrivedAt, s.DischargedAt, s.Nurse, len(s.Observations), s.Balance(evening()).Shown())
}

// TestPaper_AStartIsTakenAndSaysWhatCouldNotBeChecked: nobody was asked, and
// what is known only of this evening says nothing of the morning.
func TestPaper_AStartIsTakenAndSaysWhatCouldNotBeChecked(t *testing.T) {
	t.Parallel()
	l := plannedVisit()
	events := l.types(t, typed{0, Start{Read: startReading()}})
	if l.state.Phase != PhaseInfusing || !l.state.StartedAt.Equal(ten()) {
		t.Fatalf("started on paper: %s since %s", l.state.Phase, l.state.StartedAt)
	}
	mark, started := events[0].(EnteredFromPaper), events[len(events)-1].(Started)
	if started.Gate.Open() {
		t.Error("a gate that nobody was asked about reads open")
	}
	ofNow := []CheckID{"monitor-linked", "monitor-online", "monitor-values", "library-adopted", "alarms-signed", "credentials", "prescriber", "nurse", "heard", "ready", "label", "patient-agrees"}
	for _, c := range started.Gate.Checks {
		if slices.Contains(ofNow, c.ID) && (c.Outcome == Clear || c.Outcome == Attested) {
			t.Errorf("%s reads %s, looked at hours later", c.ID, c.Outcome)
		}
		if c.Blocks() && !slices.ContainsFunc(mark.Deviations, func(d Deviation) bool { return d.Message.English() == c.Title.English()+": "+c.Why.English() }) {
			t.Errorf("%s (%s) is no finding of the entry", c.ID, c.Outcome)
		}
	}
	says := func(ds []Deviation, id word.ID) bool {
		return slices.ContainsFunc(ds, func(d Deviation) bool { return d.Message.ID == id && d.Rule == RuleGateUnasked })
	}
	if !says(mark.Deviations, "session.paper.start_unasked") || !says(mark.Deviations, "session.paper.not_down") {
		t.Errorf("it is not said that no gate was asked, and that nobody said that Stillwatch was down: %+v", mark.Deviations)
	}
	down := plannedVisit()
	down.say(t, MarkUnwatched{From: at(-5), To: at(45)}, envAt(evening()))
	if m := down.types(t, typed{0, Start{Read: startReading()}})[0].(EnteredFromPaper); says(m.Deviations, "session.paper.not_down") {
		t.Error("down as was said, and the gate could have been asked all the same")
	}
	// A start beyond the order is taken all the same, and marked.
	much := plannedVisit().types(t, typed{0, Start{Read: reading("60")}})
	if !slices.Contains(rulesOf(much[len(much)-1].(Started).Deviations), RuleRate) {
		t.Error("a start at 60 mL/h carries no mark")
	}
	none := until(PhaseScheduled)
	none.types(t, typed{0, Start{Read: startReading()}})
	if none.state.Phase != PhaseInfusing || none.state.TotalsAt(at(60)).Mass.Text(0) != "16 mg" {
		t.Errorf("without an order: %s, %s", none.state.Phase, none.state.TotalsAt(at(60)).Mass.Text(0))
	}
}

// TestPaper_WhatWasDoneIsNotRefused: no phase, order, credential or age.
func TestPaper_WhatWasDoneIsNotRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []Phase{PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering, PhaseDischarged} {
		for _, row := range sheet() {
			l := until(p)
			minute := max(row.minute, 31) // after what the visit began with
			if d, r := Decide(l.state, row.c, fromPaper(minute)); r != nil {
				known := map[string]bool{
					"session.paper.arrived_already": p != PhaseScheduled, "session.paper.started_already": !l.state.StartedAt.IsZero(),
					"session.paper.home_already": p == PhaseDischarged, "session.paper.start_after_stop": !l.state.StoppedAt.IsZero(),
				}
				if !known[string(r.Message.ID)] {
					t.Errorf("%s in %s: %v", row.c.Act(), p, r)
				}
			} else if !d.EffectiveAt.Equal(at(minute)) {
				t.Errorf("%s in %s holds at %s", row.c.Act(), p, d.EffectiveAt)
			}
		}
	}
	env := fromPaper(20)
	env.Now = at(20 * 24 * 60) // weeks later
	env.Staff = Staff{Known: true, ActorMissing: []string{"pump training"}}
	env.Rules = library.Session{}
	for _, c := range []Command{Start{Read: startReading()}, SetRate{Ordered: unit.MgPerKgH("0.9"), Read: reading("500")}, Resume{Read: reading("28")}, Stop{}, Discharge{}, Arrive{}} {
		if _, r := Decide(plannedVisit().state, c, env); r != nil {
			t.Errorf("%s: %v", c.Act(), r)
		}
	}
}

// TestPaper_OnlyWhatCannotBeGoesBack, and says what to look at.
func TestPaper_OnlyWhatCannotBeGoesBack(t *testing.T) {
	t.Parallel()
	started := plannedVisit()
	started.types(t, typed{0, Start{Read: startReading()}})
	stopped := plannedVisit()
	stopped.types(t, typed{60, Stop{}})
	nobody, sheetless, machine := fromPaper(5), fromPaper(5), fromPaper(5)
	nobody.Paper = &Paper{Author: "R. Okafor"}
	sheetless.Paper = &Paper{Author: nurse, Sheets: []int64{101}}
	machine.Actor = byTablet()
	unclaimed := fromPaper(5)
	unclaimed.OccurredAt = time.Time{}
	for _, c := range []struct {
		name string
		l    *log
		c    Command
		env  Env
		says string
	}{
		{"ahead of now", started, Observe{round()}, fromPaper(10*60 + 1), "ahead of now"},
		{"a stop ahead of now", started, Stop{}, fromPaper(10*60 + 1), "ahead of now"},
		{"the day before", started, Observe{round()}, fromPaper(-24 * 60), "before this visit"},
		{"a stop before the start", started, Stop{}, fromPaper(-1), "before the start"},
		{"a start after the stop", stopped, Start{Read: startReading()}, fromPaper(61), "after a stop"},
		{"a second start", started, Start{Read: startReading()}, fromPaper(2), "a start already"},
		{"no time", started, Observe{round()}, unclaimed, "time is missing"},
		{"no author", started, Observe{round()}, nobody, "who wrote the paper"},
		{"a photo that is not there", started, Observe{round()}, sheetless, "photo is not in this record"},
		{"a tablet alone", started, Observe{round()}, machine, "a person"},
		{"a rate below nothing", started, SetRate{Read: reading("-1")}, fromPaper(5), "not a rate"},
		{"a signature", started, Review{Meaning: MeaningReviewed}, fromPaper(5), "signed or witnessed"},
		{"an order", started, AttachOrder{Order: order()}, fromPaper(5), "signed or witnessed"},
		{"waste", started, Waste{Mass: unit.Mg("1"), Volume: unit.ML("1")}, fromPaper(5), "signed or witnessed"},
		{"a call for help of yesterday", started, CallHelp{}, fromPaper(5), "signed or witnessed"},
		{"an amendment", started, Amend{Entry: 101, Reason: said(1), Strike: true}, fromPaper(5), "signed or witnessed"},
	} {
		_, r := Decide(c.l.state, c.c, c.env)
		if r == nil {
			t.Errorf("%s: taken", c.name)
			continue
		}
		if !r.Malformed || !strings.Contains(r.Message.English(), c.says) {
			t.Errorf("%s: %q (malformed %v)", c.name, r.Message.English(), r.Malformed)
		}
	}
}

// TestPaper_TheTimeIsThePapers: no clock's offset corrects what a person wrote
// down, and no later entry moves it.
func TestPaper_TheTimeIsThePapers(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(40), byNurse(), RateChanged{Read: reading("28"), Authority: WithinOrder})
	env := fromPaper(12)
	env.Offset = 3 * time.Hour
	for _, c := range []Command{SetRate{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}, Stop{}, Observe{round()}} {
		d, r := Decide(l.state, c, env)
		if r != nil || !d.EffectiveAt.Equal(at(12)) {
			t.Errorf("%s holds at %s, not at the paper's time (%v)", c.Act(), d.EffectiveAt, r)
		}
	}
}

// TestPaper_ABygoneVisitIsPutIn: planned afterwards, on the day it was held.
func TestPaper_ABygoneVisitIsPutIn(t *testing.T) {
	t.Parallel()
	env := envAt(at(3 * 24 * 60))
	plan := Schedule{Patient: patient, Chair: 3, PlannedStart: ten()}
	if _, r := Decide(State{}, plan, env); r == nil {
		t.Error("a visit is planned for three days ago, and nobody said that it was held on paper")
	}
	env.Paper = &Paper{Author: nurse}
	l := &log{}
	d, r := Decide(l.state, plan, env)
	if r != nil {
		t.Fatal(r)
	}
	l.add(d.EffectiveAt, env.Actor, d.Events...)
	env.OccurredAt = at(-100) // before the planned start, on that day
	if _, r := Decide(l.state, Arrive{Identifiers: []Identifier{ByName, ByBirth}}, env); r != nil {
		t.Errorf("the arrival of that morning: %v", r)
	}
	env.OccurredAt = at(-11 * 60)
	if _, r := Decide(l.state, Observe{round()}, env); r == nil {
		t.Error("the evening before was taken")
	}
}

// TestPaper_BothAreNamed: who wrote it did it; who typed it signs the mark.
func TestPaper_BothAreNamed(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.types(t, typed{5, Observe{round()}})
	o := l.state.Observations[len(l.state.Observations)-1]
	if o.By != nurseTwo || !o.Typed || !o.Late {
		t.Errorf("charted by %s, typed %v, late %v", o.By, o.Typed, o.Late)
	}
	last := l.entries[len(l.entries)-1]
	f, ok := l.state.Typed(last)
	if !ok || f.Author != nurseTwo || f.By != nurse || !f.TypedAt.Equal(evening()) {
		t.Errorf("typed: %+v %v", f, ok)
	}
	if last.Actor.Person != nurse {
		t.Error("the envelope names another than who was signed in")
	}
	if _, ok := l.state.Typed(Entry{}); ok {
		t.Error("an entry without a command counts as typed")
	}
	l.types(t, typed{6, TakeOver{}})
	if l.state.Nurse != nurseTwo {
		t.Errorf("%s is responsible", l.state.Nurse)
	}
	l.add(at(500), byNurse(), NurseResponsible{Nurse: nurse})
	l.types(t, typed{7, TakeOver{}})
	if l.state.Nurse != nurse {
		t.Error("a hand-over of this morning took the responsibility of now")
	}
}

// TestPaper_RaisesNoAlarmNow: what was seen this morning is not told to the
// alarms of this evening, at once or after a restart.
func TestPaper_RaisesNoAlarmNow(t *testing.T) {
	t.Parallel()
	bad := round()
	bad.Readings, bad.Sedation, bad.Distress = signs("190"), ptr(scale.Sedation(1)), ptr(scale.NRS(9))
	l := until(PhaseInfusing)
	l.types(t, typed{5, Observe{bad}})
	for _, e := range l.entries {
		if _, ok := l.state.Typed(e); ok && len(AlarmInputs(l.state, e)) > 0 {
			t.Errorf("%T tells the alarms something", e.Event)
		}
	}
	before := len(until(PhaseInfusing).state.AlarmHistory())
	if got := l.state.AlarmHistory(); len(got) != before {
		t.Errorf("after a restart the alarms are told %d things, not %d", len(got), before)
	}
	l.add(at(6), byNurse(), Observed{bad})
	if !slices.ContainsFunc(l.state.AlarmHistory()[before:], func(in alarm.Input) bool { _, score := in.(alarm.Score); return score }) {
		t.Error("the same, charted where it was seen, is not told")
	}
}

func TestPaper_Sheets(t *testing.T) {
	t.Parallel()
	good := Sheet{Kind: SheetJPEG, Width: 3000, Height: 4000, Bytes: 3 << 20, Parts: []journal.DetailRef{{ID: said(1).ID, Hash: said(1).Hash}}}
	env := envAt(at(100))
	keep := func(change func(*Sheet)) *Refusal {
		s := good
		change(&s)
		env.Sheet = &s
		_, r := Decide(until(PhaseInfusing).state, KeepSheet{}, env)
		return r
	}
	if r := keep(func(*Sheet) {}); r != nil {
		t.Fatal(r)
	}
	for name, change := range map[string]func(*Sheet){
		"an SVG":    func(s *Sheet) { s.Kind = "image/svg+xml" },
		"no width":  func(s *Sheet) { s.Width = 0 },
		"too wide":  func(s *Sheet) { s.Width = 9001 },
		"too high":  func(s *Sheet) { s.Height = 9001 },
		"too large": func(s *Sheet) { s.Bytes = 12<<20 + 1 },
		"empty":     func(s *Sheet) { s.Bytes = 0 },
		"no parts":  func(s *Sheet) { s.Parts = nil },
	} {
		if keep(change) == nil {
			t.Errorf("%s was kept", name)
		}
	}
	env.Sheet = nil
	if _, r := Decide(until(PhaseInfusing).state, KeepSheet{}, env); r == nil {
		t.Error("a photo that did not come was kept")
	}
	l := until(PhaseInfusing)
	env.Sheet = &good
	for range mostSheets {
		l.say(t, KeepSheet{}, env)
	}
	if r := l.refused(t, KeepSheet{}, env); !r.Malformed {
		t.Errorf("one more: %v", r)
	}
	on := fromPaper(5)
	on.Paper.Sheets = []int64{l.state.Sheets[0].Position, l.state.Sheets[3].Position}
	if _, r := Decide(l.state, Observe{round()}, on); r != nil {
		t.Errorf("an entry on two photos: %v", r)
	}
}

func TestPaper_Unwatched(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, MarkUnwatched{From: at(20), To: at(50)}, envAt(at(60)))
	l.say(t, MarkUnwatched{From: at(2), To: at(9)}, envAt(at(61)))
	if u := l.state.Unwatched; len(u) != 2 || !u[0].From.Equal(at(2)) || !u[1].To.Equal(at(50)) {
		t.Errorf("%+v", u)
	}
	for name, c := range map[string]MarkUnwatched{
		"turned round": {From: at(50), To: at(20)}, "ahead of now": {From: at(20), To: at(70)},
		"nothing": {}, "no length": {From: at(20), To: at(20)}, "before the visit": {From: at(-24 * 60), To: at(20)},
	} {
		if r := l.refused(t, c, envAt(at(60))); !r.Malformed {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// TestReconcile: by volume, by mass with another concentration programmed, with
// a reason where it is off, and no longer valid once the record changed.
func TestReconcile(t *testing.T) {
	t.Parallel()
	ran := func() *log { // 8 mg in 8 mL
		l := until(PhaseInfusing)
		l.add(at(30), byNurse(), Stopped{Cause: StopPlanned})
		return l
	}
	env := envAt(at(60))
	l := ran()
	l.say(t, Reconcile{Volume: ptr(unit.ML("8.1"))}, env)
	if r := l.state.Reconciled; r == nil || r.Pump != unit.Mg("8.1") || r.Record != unit.Mg("8") || len(r.Deviations) > 0 || !l.state.ReconciledStill(at(60)) {
		t.Errorf("%+v", r)
	}
	l.add(at(10), byNurse(), RateChanged{Read: reading("28"), Authority: WithinOrder})
	if l.state.ReconciledStill(at(60)) {
		t.Error("a comparison stands although the record adds up to something else now")
	}
	// 0.8 mg by a pump programmed with 0.1 mg/mL is 8 mL, and so 8 mg.
	l = ran()
	l.say(t, Reconcile{Mass: ptr(unit.Mg("0.8")), Programmed: unit.MgPerML("0.1")}, env)
	if r := l.state.Reconciled; r.Pump != unit.Mg("8") {
		t.Errorf("%+v", r)
	}
	l = ran()
	if r := l.refused(t, Reconcile{Mass: ptr(unit.Mg("12"))}, env); !strings.Contains(r.Message.English(), "say why") {
		t.Errorf("%v", r)
	}
	events := l.say(t, Reconcile{Mass: ptr(unit.Mg("12")), Reason: said(1)}, env)
	got := events[0].(TotalReconciled).Deviations
	if len(got) != 1 || got[0].Rule != RuleReconcileTotal || got[0].Message.English() != "The pump's own total is 12.00 mg: 4.00 mg (50.0 %) more than the record's 8.00 mg." {
		t.Errorf("%+v", got)
	}
	for name, c := range map[string]Reconcile{
		"nothing": {}, "both": {Volume: ptr(unit.ML("8")), Mass: ptr(unit.Mg("8"))},
		"below nothing": {Volume: ptr(unit.ML("-1"))}, "a concentration that cannot be": {Mass: ptr(unit.Mg("8")), Programmed: unit.MgPerML("-1")},
	} {
		if r := l.refused(t, c, env); !r.Malformed {
			t.Errorf("%s: %v", name, r)
		}
	}
	if r := until(PhaseArrived).refused(t, Reconcile{Volume: ptr(unit.ML("8"))}, env); !strings.Contains(r.Message.English(), "Nothing ran") {
		t.Errorf("%v", r)
	}
	blind := env
	blind.Rules = library.Session{}
	if _, r := Decide(ran().state, Reconcile{Volume: ptr(unit.ML("8"))}, blind); r == nil {
		t.Error("what could not be judged reads as equal")
	}
}

// TestPaper_IsAskedOfNobodyElse: the acts of a paper belong to those who chart.
func TestPaper_ActsAreBedside(t *testing.T) {
	t.Parallel()
	for _, what := range []act.Act{ActKeepSheet, ActUnwatched, ActReconcile} {
		for _, r := range act.Roles() {
			if got := act.May(act.Actor{Kind: act.Person, Person: nurse, Roles: []act.Role{r}}, what).Allowed; got != (r == act.Nurse || r == act.Prescriber) {
				t.Errorf("%s may %s: %v", r, what, got)
			}
		}
	}
}
