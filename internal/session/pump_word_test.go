package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// withPump is a visit that runs at 16 mL/h since minute 0, with a pump linked.
func withPump(t *testing.T) *log {
	t.Helper()
	l := runningTen(t)
	l.say(t, LinkPump{pumpOne}, pumpEnv(0.1))
	return l
}

func pumpEnv(minute float64) Env {
	env := envAt(at(minute))
	env.Pump = PumpState{Known: true, Device: pumpOne, Name: "Pump 6013"}
	return env
}

func (l *log) pump(t *testing.T, minute float64, said PumpSaid) {
	t.Helper()
	said.Pump = pumpOne
	if said.At.IsZero() {
		said.At = at(minute)
	}
	l.say(t, NotePump{said}, envAt(at(minute)).by(byWatch()))
}

func runs(rate string) PumpSaid { return PumpSaid{State: PumpRuns, Rate: ptr(unit.MLPerH(rate))} }

func halted(why PumpWhy) PumpSaid {
	return PumpSaid{State: PumpHalted, Why: why, Rate: ptr(unit.MLPerH("0"))}
}

func TestDecide_PumpLink(t *testing.T) {
	t.Parallel()
	l := withPump(t)
	if l.state.PumpLink.Pump != pumpOne || l.state.PumpLink.Name != "Pump 6013" {
		t.Fatalf("linked: %+v", l.state.PumpLink)
	}
	env := pumpEnv(2)
	unknown, elsewhere := env, env
	unknown.Pump.Known = false
	elsewhere.Pump.Elsewhere = true
	job := env.by(byWatch())
	none := until(PhaseInfusing)
	said := runs("16")
	said.Pump = pumpOne
	fast, other, odd, why := said, said, said, said
	fast.Rate, other.Pump, odd.State, why.Why = ptr(unit.MLPerH("2001")), monitorOne, "dancing", "tired"
	for _, c := range []refusal{
		{"by the server", l, LinkPump{pumpOne}, job, "session.person_needed"},
		{"unknown", l, LinkPump{pumpOne}, unknown, "session.pump_unknown"},
		{"another", l, LinkPump{monitorOne}, env, "session.pump_unknown"},
		{"another patient's", l, LinkPump{pumpOne}, elsewhere, "session.pump_elsewhere"},
		{"none", l, LinkPump{}, env, "session.no_pump"},
		{"before arrival", until(PhaseScheduled), LinkPump{pumpOne}, pumpEnv(-70), "session.phase"},
		{"none to unlink", none, UnlinkPump{}, env, "session.no_pump"},
		{"dropped for no reason", l, DropPump{}, job, "session.unknown_code"},
		{"dropped by a person", l, DropPump{Cause: "bed changed"}, env, "session.job_only"},
		{"none to drop", none, DropPump{Cause: "bed changed"}, job, "session.no_pump"},
		{"said by a person", l, NotePump{said}, env, "session.job_only"},
		{"said of no pump", none, NotePump{said}, job, "session.no_pump"},
		{"said of another pump", l, NotePump{other}, job, "session.no_pump"},
		{"said nonsense", l, NotePump{odd}, job, "session.unknown_code"},
		{"for no known reason", l, NotePump{why}, job, "session.unknown_code"},
		{"impossibly fast", l, NotePump{fast}, job, "session.bad_rate"},
	} {
		c.check(t)
	}
	l.pump(t, 3, runs("16"))
	gone := l.say(t, DropPump{Cause: "bed changed"}, envAt(at(4)).by(byWatch()))[0].(PumpUnlinked)
	if l.state.PumpLink.Pump != "" || l.state.PumpLink.Ended == "" || l.state.Says != nil || gone.Reason.ID != "session.pump_bed" {
		t.Errorf("unlinked: %+v, %+v", gone, l.state.PumpLink)
	}
}

// TestNotePump_IsBounded: a pump that flaps fills no record.
func TestNotePump_IsBounded(t *testing.T) {
	t.Parallel()
	l := withPump(t)
	said := runs("16")
	said.Pump = pumpOne
	env := envAt(at(3)).by(byWatch())
	l.state.PumpSaidCount = mostSaid - 1
	if _, r := Decide(l.state, NotePump{said}, env); r != nil {
		t.Errorf("the last one: %v", r)
	}
	l.state.PumpSaidCount = mostSaid
	refusal{"one more", l, NotePump{said}, env, "session.too_many"}.check(t)
}

// TestPumpSaid_ChangesNothingCharted: rates, totals and the phase are what
// people charted, whatever the pump says.
func TestPumpSaid_ChangesNothingCharted(t *testing.T) {
	t.Parallel()
	l := withPump(t)
	before := l.state
	for i, said := range []PumpSaid{runs("99"), halted(WhyByHand), {State: PumpKeepsOpen}, {State: PumpBetween}, runs("0.1")} {
		l.pump(t, 3+float64(i), said)
		s, now := l.state, at(20)
		if s.Phase != before.Phase || s.RateAt(now) != before.RateAt(now) || s.TotalsAt(now).Mass.Cmp(before.TotalsAt(now).Mass) != 0 || len(s.Pump) != len(before.Pump) {
			t.Errorf("%+v changed the record: %s, %s", said, s.Phase, s.RateAt(now))
		}
	}
}

// TestPumpSaid_LateWord: what a pump sends late, of before its latest word, is
// kept and is not its word of now.
func TestPumpSaid_LateWord(t *testing.T) {
	t.Parallel()
	l := withPump(t)
	l.pump(t, 5, runs("16"))
	late := halted(WhyByHand)
	late.At = at(4)
	l.pump(t, 6, late)
	if l.state.Says.Said.State != PumpRuns || l.state.PumpSaidCount != 2 {
		t.Errorf("now %+v after %d", l.state.Says, l.state.PumpSaidCount)
	}
	// The same rate again: it has been so since it was first said.
	l.pump(t, 7, runs("16"))
	if !l.state.Says.Since.Equal(at(5)) || !l.state.Says.Heard.Equal(at(7)) {
		t.Errorf("since %v, heard %v", l.state.Says.Since, l.state.Says.Heard)
	}
	// A clock that is ahead says nothing of later.
	ahead := runs("20")
	ahead.At = at(30)
	l.pump(t, 8, ahead)
	if !l.state.Says.Said.At.Equal(at(8)) {
		t.Errorf("said at %v", l.state.Says.Said.At)
	}
}

// TestAlarmFacts_PumpsWord: where the pump and the record differ.
func TestAlarmFacts_PumpsWord(t *testing.T) {
	t.Parallel()
	type off struct {
		minute         float64
		found, allowed string
	}
	for _, c := range []struct {
		name                    string
		do                      func(l *log)
		differs, halted         off
		unconfirmed, emptyAtPmp float64 // minutes; 0: not so
	}{
		{name: "as charted", do: func(l *log) { l.pump(t, 5, runs("16")) }},
		{name: "within the tolerance", do: func(l *log) { l.pump(t, 5, runs("16.2")) }},
		{name: "another rate", do: func(l *log) { l.pump(t, 5, runs("20")) }, differs: off{5, "20 mL/h", "16 mL/h"}},
		{name: "another rate, said again", do: func(l *log) { l.pump(t, 5, runs("20")); l.pump(t, 6, runs("20")) }, differs: off{5, "20 mL/h", "16 mL/h"}},
		{name: "keeps the vein open", do: func(l *log) { l.pump(t, 5, PumpSaid{State: PumpKeepsOpen, Rate: ptr(unit.MLPerH("1"))}) }, differs: off{5, "1 mL/h to keep the vein open", "16 mL/h"}},
		{name: "between two rates", do: func(l *log) { l.pump(t, 5, PumpSaid{State: PumpBetween}) }},
		{name: "stopped by itself", do: func(l *log) { l.pump(t, 5, halted(WhyAlarming)) }, halted: off{5, "stopped (it alarms)", ""}},
		{name: "runs while it is paused", do: func(l *log) {
			l.pump(t, 5, runs("16"))
			l.say(t, Pause{Cause: PausePatient}, envAt(at(6)))
		}, differs: off{6, "16 mL/h", "paused"}},
		{name: "stops when it is paused", do: func(l *log) {
			l.say(t, Pause{Cause: PausePatient}, envAt(at(6)))
			l.pump(t, 6.1, halted(WhyByHand))
		}},
		{name: "runs on after a stop", do: func(l *log) {
			l.pump(t, 5, runs("16"))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}, differs: off{7, "16 mL/h", "stopped"}, unconfirmed: 7},
		{name: "says that it stopped", do: func(l *log) {
			l.pump(t, 6.9, halted(WhyByHand))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}},
		{name: "said that it stopped before it ran", do: func(l *log) {
			l.pump(t, 1, halted(WhyByHand))
			l.say(t, ReadPump{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1")}}, envAt(at(3)))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}, unconfirmed: 7},
		{name: "said, late, that it stopped before it ran", do: func(l *log) {
			l.say(t, ReadPump{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1")}}, envAt(at(5)))
			said := halted(WhyByHand)
			said.At = at(4.5) // heard when the network was back
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(6)))
			l.pump(t, 7, said)
		}, unconfirmed: 6},
		{name: "said that it stopped before the rate was changed", do: func(l *log) {
			l.pump(t, 5.5, halted(WhyByHand))
			l.say(t, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, envAt(at(6)))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}, unconfirmed: 7},
		{name: "a reading that was struck is none", do: func(l *log) {
			l.pump(t, 5.5, halted(WhyByHand))
			l.say(t, ReadPump{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1")}}, envAt(at(6)))
			l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(6.5)))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}},
		{name: "said that it stopped two minutes before", do: func(l *log) {
			l.pump(t, 5, halted(WhyByHand))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}},
		{name: "said that it stopped long before, and nothing since", do: func(l *log) {
			l.pump(t, 4.9, halted(WhyByHand))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
		}, unconfirmed: 7},
		{name: "says again that it stopped, after the stop", do: func(l *log) {
			l.pump(t, 3, halted(WhyByHand))
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
			l.pump(t, 8, halted(WhyByHand))
		}},
		{name: "linked after it said so", do: func(l *log) {
			l.say(t, Stop{Cause: StopPlanned}, envAt(at(7)))
			env := pumpEnv(8)
			l.say(t, LinkPump{Pump: pumpOne}, env)
			said := halted(WhyByHand)
			said.At = at(7.5) // of when it was whose?
			l.pump(t, 8.5, said)
		}, unconfirmed: 7},
		{name: "nearly empty by its count", do: func(l *log) {
			said := runs("16")
			said.Remaining = ptr(unit.ML("4")) // a quarter of an hour
			l.pump(t, 5, said)
		}, emptyAtPmp: 20},
		{name: "nearly empty, said long ago", do: func(l *log) {
			said := runs("16")
			said.Remaining, said.At = ptr(unit.ML("4")), at(3)
			l.pump(t, 8.1, said)
		}},
		{name: "another rate, and the pump is unlinked", do: func(l *log) {
			l.pump(t, 5, runs("20"))
			l.say(t, UnlinkPump{}, envAt(at(6)))
		}},
	} {
		l := withPump(t)
		c.do(l)
		f := AlarmFacts(l.state, envAt(at(9)))
		check := func(what string, got alarm.Off, want off) {
			since := time.Time{}
			if want.found != "" {
				since = at(want.minute)
			}
			if !got.Since.Equal(since) || got.Found != want.found || got.Allowed != want.allowed {
				t.Errorf("%s: %s %+v, want %+v", c.name, what, got, want)
			}
		}
		check("differs", f.PumpOff, c.differs)
		check("halted", f.PumpHalted, c.halted)
		if want := c.unconfirmed != 0; want != !f.StopUnconfirmed.IsZero() {
			t.Errorf("%s: stop unconfirmed since %v", c.name, f.StopUnconfirmed)
		}
		if f.EmptyByPump != (c.emptyAtPmp != 0) || f.EmptyByPump && !f.EmptyAt.Equal(at(c.emptyAtPmp)) {
			t.Errorf("%s: empty at %v by its count %v", c.name, f.EmptyAt, f.EmptyByPump)
		}
	}
}
