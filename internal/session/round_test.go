package session

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// sampled is a sample of the linked monitor.
func sampled(k vital.Kind, v vital.Value, minute float64) vital.Sample {
	return vital.Sample{Kind: k, Value: v, At: at(minute), Quality: vital.Good, Site: "1.2.1.1", Source: "MDC"}
}

// set15 is what the monitor showed around quarter past ten.
func set15() []vital.Sample {
	return []vital.Sample{
		sampled(vital.SpO2, 96, 14.5), sampled(vital.SpO2, 97, 14.9), sampled(vital.SpO2, 88, 15.1),
		sampled(vital.Pulse, 72, 15), sampled(vital.RR, 14, 14.1), sampled(vital.NIBPSys, 131, 11), sampled(vital.NIBPDia, 78, 11),
	}
}

func envOf(minute float64, seen ...vital.Sample) Env {
	e := envAt(at(minute)).by(byWatch())
	e.Seen = seen
	return e
}

// take has the job take a round; the test fails when it is refused.
func (l *log) take(t testing.TB, what schedule.What, due, now float64, seen ...vital.Sample) RoundTaken {
	t.Helper()
	events := l.say(t, TakeRound{Round: what, Due: at(due)}, envOf(now, seen...))
	return events[0].(RoundTaken)
}

func valuesOf(rs []vital.Reading) map[vital.Kind]vital.Value {
	out := map[vital.Kind]vital.Value{}
	for _, r := range rs {
		out[r.Kind] = r.Value
	}
	return out
}

// TestTakeRound keeps of each sign the newest good value until the round was
// due, with its own time, and names the signs that had none.
func TestTakeRound(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	e := l.take(t, RoundObservation, 15, 15.3, set15()...)
	got := valuesOf(e.Readings)
	if len(got) != 3 || got[vital.SpO2] != 97 || got[vital.Pulse] != 72 || got[vital.RR] != 14 {
		t.Errorf("kept %v", got)
	}
	for _, r := range e.Readings {
		if r.Origin != vital.FromDevice || r.Quality != vital.Good || r.At.After(e.Due) || r.Source != "MDC" || r.Site == "" {
			t.Errorf("kept %+v", r)
		}
	}
	if e.Late || len(e.Without) != 0 || e.Monitor != monitorOne || e.Telemetry != "cd34" {
		t.Errorf("%+v", e)
	}
	if last := l.entries[len(l.entries)-1]; !last.EffectiveAt.Equal(at(15)) {
		t.Errorf("holds from %v, not from when the newest was measured", last.EffectiveAt)
	}
	cuff := until(PhaseInfusing).take(t, RoundCuff, 15, 15.3, set15()...)
	if got := valuesOf(cuff.Readings); len(got) != 2 || got[vital.NIBPSys] != 131 {
		t.Errorf("cuff %v", got)
	}
}

// TestTakeRound_WhatIsNotKept: never a value that is old, doubted, from before
// the link or from later than the minute.
func TestTakeRound_WhatIsNotKept(t *testing.T) {
	t.Parallel()
	doubtful := sampled(vital.SpO2, 97, 14.9)
	doubtful.Quality = vital.Questionable
	for _, c := range []struct {
		name string
		seen []vital.Sample
		why  NoReadingWhy // of the saturation, beside a pulse
	}{
		{"nothing", nil, NothingSent},
		{"a minute old", []vital.Sample{sampled(vital.SpO2, 97, 14)}, NothingSent},
		{"measured after the minute", []vital.Sample{sampled(vital.SpO2, 97, 15.01)}, NothingSent},
		{"doubted by the monitor", []vital.Sample{doubtful}, AllDoubted},
		{"not plausible", []vital.Sample{sampled(vital.SpO2, 8, 14.9)}, AllDoubted},
	} {
		if r := until(PhaseInfusing).refused(t, TakeRound{RoundObservation, at(15)}, envOf(15.3, c.seen...)); r.Message.ID != "session.round_no_value" {
			t.Errorf("%s alone: %v", c.name, r)
		}
		e := until(PhaseInfusing).take(t, RoundObservation, 15, 15.3, append(slices.Clone(c.seen), sampled(vital.Pulse, 72, 15))...)
		if len(e.Readings) != 1 || !slices.Equal(e.Without, []NoReading{{vital.SpO2, c.why}, {vital.RR, NothingSent}}) {
			t.Errorf("%s: kept %+v, without %v", c.name, e.Readings, e.Without)
		}
	}
}

// TestTakeRound_NothingFromBeforeTheLink: a monitor linked seconds before the
// minute may have shown another patient until then.
func TestTakeRound_NothingFromBeforeTheLink(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing).add(at(14.7), byNurse(), MonitorLinked{Monitor: monitorOne, Name: "Monitor 1"})
	e := l.take(t, RoundObservation, 15, 15.3, sampled(vital.SpO2, 91, 14.6), sampled(vital.Pulse, 72, 14.9))
	if len(e.Readings) != 1 || e.Readings[0].Kind != vital.Pulse || !slices.Contains(e.Without, NoReading{vital.SpO2, NothingSent}) {
		t.Errorf("kept %+v, without %v", e.Readings, e.Without)
	}
}

// TestTakeRound_Refused: nobody but the job, once, when it is due, while the
// monitor is known to be on the patient.
func TestTakeRound_Refused(t *testing.T) {
	t.Parallel()
	doubted := func() *log {
		return until(PhaseInfusing).add(at(10), byWatch(), LinkDoubted{Monitor: monitorOne, Since: at(9)})
	}
	off := func() *log {
		return until(PhaseInfusing).add(at(10), byNurse(), OffMonitor{Reason: OffToilet, Until: at(20)})
	}
	back := func() *log {
		return off().add(at(16), byNurse(), BackOnMonitor{})
	}
	linked := func() *log {
		return until(PhaseInfusing).add(at(16), byNurse(), MonitorLinked{Monitor: monitorOne, Name: "Monitor 1"})
	}
	charted := func() *log {
		return until(PhaseInfusing).sees(14, set(ForRound, attended))
	}
	taken := func() *log {
		l := until(PhaseInfusing)
		l.take(t, RoundObservation, 15, 15.3, set15()...)
		return l
	}
	for _, c := range []struct {
		name  string
		log   *log
		round schedule.What
		due   float64
		now   float64
		want  string
	}{
		{"not due", until(PhaseInfusing), RoundObservation, 14, 16, "session.round_not_open"},
		{"due, and not settled", until(PhaseInfusing), RoundObservation, 15, 15.2, "session.round_not_open"},
		{"no round of a monitor", until(PhaseInfusing), RoundPresence, 15, 16, "session.round_not_open"},
		{"the link is in doubt", doubted(), RoundObservation, 15, 16, "session.round_not_open"},
		{"off the monitor", off(), RoundObservation, 15, 16, "session.round_not_open"},
		{"back on the monitor since", back(), RoundObservation, 15, 17, "session.round_no_value"},
		{"linked after it was due", linked(), RoundObservation, 15, 17, "session.round_not_open"},
		{"somebody did the round before", charted(), RoundObservation, 15, 16, "session.round_not_open"},
		{"kept before", taken(), RoundObservation, 15, 16, "session.round_not_open"},
		{"gone home", until(PhaseDischarged), RoundRecovery, 45, 130, "session.round_not_open"},
		{"before the start", until(PhasePrepared), RoundObservation, 15, 16, "session.round_not_open"},
	} {
		if r := c.log.refused(t, TakeRound{c.round, at(c.due)}, envOf(c.now, set15()...)); string(r.Message.ID) != c.want {
			t.Errorf("%s: %v", c.name, r)
		}
	}
	person := envOf(16, set15()...).by(byNurse())
	if r := until(PhaseInfusing).refused(t, TakeRound{RoundObservation, at(15)}, person); r.Message.ID != "session.job_only" {
		t.Errorf("a person: %v", r)
	}
}

// TestTakeRound_Late: kept long after the minute, from what was measured then.
func TestTakeRound_Late(t *testing.T) {
	t.Parallel()
	for now, want := range map[float64]bool{15.3: false, 16.25: false, 16.26: true, 40: true} {
		if e := until(PhaseInfusing).take(t, RoundObservation, 15, now, set15()...); e.Late != want || valuesOf(e.Readings)[vital.SpO2] != 97 {
			t.Errorf("at %v: late %v, %v", now, e.Late, valuesOf(e.Readings))
		}
	}
}

// TestRounds_FillNothingUnconfirmed: the monitor's word alone is no round, no
// presence, no baseline, no set of the discharge; confirmed, its pressure is a
// cuff reading, and no more.
func TestRounds_FillNothingUnconfirmed(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	before := plan(l.state, envAt(at(16)))
	l.take(t, RoundObservation, 15, 15.3, set15()...)
	l.take(t, RoundCuff, 15, 15.3, set15()...)
	if got := plan(l.state, envAt(at(16))); got[RoundCuff] != before[RoundCuff] || got[RoundObservation] != 15 || got[RoundPresence] != 15 {
		t.Errorf("unconfirmed, due %v, before %v", got, before)
	}
	if n := len(l.state.Observations); n != 2 { // the baseline's
		t.Errorf("%d sets are charted", n)
	}
	l.say(t, ConfirmReadings{[]int64{l.position(0), l.position(1)}}, envAt(at(17)))
	got := plan(l.state, envAt(at(17)))
	if got[RoundCuff] != 16 || got[RoundObservation] != 15 || got[RoundPresence] != 15 {
		t.Errorf("confirmed, due %v", got)
	}
}

// TestRounds_OpenNoGate: what stands in the way of going home, and of resuming,
// does so with the monitor's word too, confirmed or not.
func TestRounds_OpenNoGate(t *testing.T) {
	t.Parallel()
	l := until(PhaseRecovering)
	seen := []vital.Sample{
		sampled(vital.SpO2, 98, 44.9), sampled(vital.Pulse, 70, 44.9), sampled(vital.RR, 14, 44.9), sampled(vital.NIBPSys, 122, 44), sampled(vital.NIBPDia, 74, 44),
	}
	blockers := func() (out []CheckID) {
		for _, c := range DischargeGate(l.state, envAt(at(46))).Blockers() {
			out = append(out, c.ID)
		}
		return out
	}
	before := blockers()
	if !slices.Contains(before, CheckID("systolic-home")) || !slices.Contains(before, CheckID("breathing-home")) {
		t.Fatalf("nothing charted, and only %v stand in the way", before)
	}
	l.take(t, RoundRecovery, 45, 45.3, seen...)
	if got := blockers(); !slices.Equal(got, before) {
		t.Errorf("unconfirmed: %v, before %v", got, before)
	}
	l.say(t, ConfirmReadings{[]int64{l.position(0)}}, envAt(at(46)))
	if got := blockers(); !slices.Equal(got, before) {
		t.Errorf("confirmed: %v, before %v", got, before)
	}
}

// BenchmarkOpenRounds is what one look at one chair costs after four hours.
func BenchmarkOpenRounds(b *testing.B) {
	l := until(PhaseInfusing)
	env := envOf(240)
	for b.Loop() {
		OpenRounds(l.state, env)
	}
}

// TestConfirmReadings_OnlyWhatIsNamed: what came while the finger moved waits.
func TestConfirmReadings_OnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.take(t, RoundObservation, 15, 15.3, set15()...)
	seen := l.position(0)
	l.take(t, RoundCuff, 15, 15.3, set15()...)
	later := l.position(0)
	l.say(t, ConfirmReadings{[]int64{seen, seen}}, envAt(at(16)))
	if open := l.state.Unconfirmed(); len(open) != 1 || open[0].Position != later {
		t.Fatalf("open %+v", open)
	}
	f := l.state.Rounds[l.state.roundAt(seen)]
	if f.Confirmed.By != nurse || !f.Confirmed.At.Equal(at(16)) || f.Standing()[0].Origin != vital.DeviceConfirmed {
		t.Errorf("%+v", f)
	}
	l.say(t, ConfirmReadings{[]int64{seen}}, envAt(at(18)).by(byNurseTwo()))
	if f := l.state.Rounds[l.state.roundAt(seen)]; f.Confirmed.By != nurse {
		t.Errorf("a second word took the place of the first: %+v", f.Confirmed)
	}
	for name, c := range map[string]struct {
		entries []int64
		env     Env
		want    string
	}{
		"no entry":            {nil, envAt(at(17)), "session.nothing_said"},
		"another entry":       {[]int64{later, 101}, envAt(at(17)), "session.no_such_entry"},
		"too many":            {make([]int64, mostConfirmed+1), envAt(at(17)), "session.too_many"},
		"said by the server":  {[]int64{later}, envAt(at(17)).by(byWatch()), "session.person_needed"},
		"said by the tablet":  {[]int64{later}, envAt(at(17)).by(byTablet()), "session.person_needed"},
		"an entry to be made": {[]int64{later + 9}, envAt(at(17)), "session.no_such_entry"},
	} {
		if r := l.refused(t, ConfirmReadings{c.entries}, c.env); string(r.Message.ID) != c.want {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// TestDoubtReading: what a person takes the trust from counts no more, before
// and after it was confirmed, and stays.
func TestDoubtReading(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.take(t, RoundCuff, 15, 15.3, set15()...)
	cuff := l.position(0)
	l.say(t, ConfirmReadings{[]int64{cuff}}, envAt(at(16)))
	if plan(l.state, envAt(at(17)))[RoundCuff] != 16 {
		t.Fatal("confirmed, it is no cuff reading")
	}
	l.say(t, DoubtReading{Entry: cuff, Kind: vital.NIBPSys, Why: DoubtPatient}, envAt(at(17)))
	f := l.state.Rounds[l.state.roundAt(cuff)]
	if len(f.Standing()) != 0 || len(f.Taken.Readings) != 2 || plan(l.state, envAt(at(18)))[RoundCuff] != 5 {
		t.Errorf("doubted: standing %v, kept %v, due %v", f.Standing(), f.Taken.Readings, plan(l.state, envAt(at(18))))
	}
	l.take(t, RoundObservation, 15, 15.3, set15()...)
	set := l.position(0)
	l.say(t, DoubtReading{Entry: set, Kind: vital.SpO2, Why: DoubtArtefact}, envAt(at(17)))
	if got := valuesOf(l.state.Rounds[l.state.roundAt(set)].Standing()); len(got) != 2 {
		t.Errorf("the others do not stand: %v", got)
	}
	l.say(t, DoubtReading{Entry: set, Kind: AllSigns, Why: DoubtPatient}, envAt(at(17)))
	if len(l.state.Unconfirmed()) != 0 {
		t.Error("what nobody trusts waits for a person")
	}
	for name, c := range map[string]struct {
		cmd  DoubtReading
		want string
	}{
		"no such entry":   {DoubtReading{101, vital.SpO2, DoubtArtefact}, "session.no_such_entry"},
		"no such reading": {DoubtReading{set, vital.Temp, DoubtArtefact}, "session.no_such_reading"},
		"no sign named":   {DoubtReading{Entry: set, Why: DoubtArtefact}, "session.no_such_reading"},
		"no reason":       {DoubtReading{Entry: set, Kind: vital.SpO2}, "session.unknown_code"},
	} {
		if r := l.refused(t, c.cmd, envAt(at(18))); string(r.Message.ID) != c.want {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// TestMissRound: a late round is closed with its reason, stays missed, and the
// next is due when it would have been.
func TestMissRound(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	if r := l.refused(t, MissRound{RoundObservation, at(15), MissedAway, said(1)}, envAt(at(20))); r.Message.ID != "session.round_not_late" {
		t.Errorf("within its grace: %v", r)
	}
	env := envAt(at(36))
	if r := l.refused(t, MissRound{RoundObservation, at(16), MissedAway, said(1)}, envAt(at(14))); r.Message.ID != "session.round_not_late" {
		t.Errorf("before it was due: %v", r)
	}
	if r := l.refused(t, MissRound{Round: RoundObservation, Due: at(15), Why: MissedOther}, env); r.Message.ID != "session.text_missing" {
		t.Errorf("another reason, without words: %v", r)
	}
	if r := l.refused(t, MissRound{Round: RoundObservation, Due: at(15)}, env); r.Message.ID != "session.unknown_code" {
		t.Errorf("no reason: %v", r)
	}
	e := l.say(t, MissRound{Round: RoundObservation, Due: at(15), Why: MissedElsewhere}, env)[0].(RoundMissed)
	if !e.Due.Equal(at(15)) || !e.Through.Equal(at(30)) {
		t.Errorf("speaks of %v to %v, both rounds were late", e.Due, e.Through)
	}
	if got := plan(l.state, env); got[RoundObservation] != 45 || got[RoundPresence] != 15 || got[RoundCuff] != 5 {
		t.Errorf("due %v", got)
	}
	lapses, _ := Lapses(l.state, env)
	i := slices.IndexFunc(lapses, func(x schedule.Lapse) bool { return x.What == RoundObservation })
	if i < 0 || lapses[i].Missed != 1 || !lapses[i].LastDue.Equal(at(30)) {
		t.Errorf("what was left out is not in the record: %+v", lapses)
	}
	if m, ok := l.state.MissedReason(RoundObservation, at(15)); !ok || m.Why != MissedElsewhere || m.By != nurse {
		t.Errorf("%+v", m)
	}
	if _, ok := l.state.MissedReason(RoundObservation, at(45)); ok {
		t.Error("the next round has that reason too")
	}
	for _, i := range DueItems(l.state, envAt(at(51))) {
		if i.What == RoundObservation && i.State != schedule.Late {
			t.Errorf("the next one is %s in its own time", i.State)
		}
	}
	for _, r := range AlarmFacts(l.state, env).Rounds {
		if r.Label == "Observation" && !r.DueAt.Equal(at(45)) {
			t.Errorf("the alarm counts from %v", r.DueAt)
		}
	}
}

// TestMissRound_ToldLate: a reason for a round that was done late, and one that
// was typed while the tablet had no server.
func TestMissRound_ToldLate(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing).sees(33, set(ForRound, attended))
	e := l.say(t, MissRound{Round: RoundObservation, Due: at(15), Why: MissedEmergency}, envAt(at(40)))[0].(RoundMissed)
	if !e.Through.Equal(at(15)) {
		t.Errorf("speaks until %v: the one of 10:30 was done in its grace", e.Through)
	}
	if plan(l.state, envAt(at(40)))[RoundObservation] != 48 {
		t.Error("the reason moved the plan")
	}
	offline := until(PhaseInfusing)
	e = offline.say(t, MissRound{Round: RoundObservation, Due: at(15), Why: MissedEmergency}, envAt(at(60)).claimed(at(22)))[0].(RoundMissed)
	if !e.Through.Equal(at(15)) {
		t.Errorf("said at 10:22 it speaks until %v", e.Through)
	}
}

// TestRounds_Properties: whatever is charted between, and however often the
// job looks, each due minute and sign is kept at most once, nothing is kept
// that was not sent, and looking again from the record keeps nothing more.
func TestRounds_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := until(PhaseInfusing)
		var sent []vital.Sample
		for m := 0.0; m < 70; m += rapid.Float64Range(0.2, 4).Draw(t, "gap") {
			k := rapid.SampledFrom([]vital.Kind{vital.SpO2, vital.Pulse, vital.RR, vital.NIBPSys}).Draw(t, "kind")
			sent = append(sent, sampled(k, vital.Value(rapid.IntRange(60, 99).Draw(t, "value")), m))
		}
		now := 0.0
		for range rapid.IntRange(1, 12).Draw(t, "looks") {
			now = min(now+rapid.Float64Range(0, 20).Draw(t, "wait"), 69)
			if rapid.Bool().Draw(t, "charted") {
				l.sees(max(0, now-rapid.Float64Range(0, 20).Draw(t, "ago")), set(ForRound, attended))
			}
			takeAll(t, l, now, sent)
		}
		keptOnce(t, l.state, sent)
		again := &log{entries: slices.Clone(l.entries), state: Fold(l.entries)}
		takeAll(t, again, now, sent)
		if len(again.state.Rounds) != len(l.state.Rounds) {
			t.Fatalf("after a restart %d rounds, before %d", len(again.state.Rounds), len(l.state.Rounds))
		}
	})
}

// takeAll is what the job does in one look.
func takeAll(t *rapid.T, l *log, now float64, sent []vital.Sample) {
	env := envOf(now, sent...)
	for _, r := range OpenRounds(l.state, env) {
		d, refusal := Decide(l.state, TakeRound{r.What, r.Due}, env)
		if refusal != nil {
			if refusal.Message.ID != "session.round_no_value" && refusal.Message.ID != "session.round_not_open" {
				t.Fatalf("%v", refusal)
			}
			continue
		}
		l.add(d.EffectiveAt, env.Actor, d.Events...)
	}
}

func keptOnce(t *rapid.T, s State, sent []vital.Sample) {
	minutes := map[RoundDue]bool{}
	readings := map[vital.Reading]bool{}
	for _, f := range s.Rounds {
		minute := RoundDue{What: f.Taken.Round, Due: f.Taken.Due}
		if minutes[minute] {
			t.Fatalf("%v was kept twice", minute)
		}
		minutes[minute] = true
		for _, r := range f.Taken.Readings {
			if readings[r] {
				t.Fatalf("%+v was kept twice", r)
			}
			readings[r] = true
			if !slices.ContainsFunc(sent, func(x vital.Sample) bool { return shows(x, r) }) {
				t.Fatalf("%+v was not sent", r)
			}
			if age := f.Taken.Due.Sub(r.At); age < 0 || age >= 15*time.Minute || r.Kind != vital.NIBPSys && age >= time.Minute {
				t.Fatalf("%+v, %v before %v", r, age, f.Taken.Due)
			}
		}
	}
}

// keptOf counts the readings that are kept of a round at a quarter past ten,
// under a library.
func keptOf(minute float64) func(library.Session) string {
	return func(rules library.Session) string {
		env := envOf(15.5)
		env.Rules = rules
		kept, _ := RoundReadings(until(PhaseInfusing).state, env, RoundDue{RoundObservation, at(15), 15 * time.Minute}, []vital.Sample{sampled(vital.SpO2, 97, minute)})
		return map[bool]string{true: "kept", false: "not kept"}[len(kept) == 1]
	}
}
