package session

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// drawRate draws rates around the order's steps and limits, exact and not.
func drawRate(t *rapid.T) unit.DoseRate {
	return unit.MgPerKgH(rapid.SampledFrom([]string{"0", "0.1", "0.2", "0.3", "0.35", "0.4", "0.400001", "0.5", "1"}).Draw(t, "ordered"))
}

// drawReading draws what a pump may show for an ordered rate, right or wrong.
func drawReading(t *rapid.T, r unit.DoseRate) PumpReading {
	set := order().ToSet(r)
	rate := rapid.SampledFrom([]unit.PumpRate{set, set, set, set.Add(unit.MLPerH("0.2")), set.Add(unit.MLPerH("9")), unit.MLPerH("0"), unit.MLPerH("32"), unit.MLPerH("32.1"), unit.MLPerH("500")}).Draw(t, "rate")
	conc := rapid.SampledFrom([]string{"1", "1", "1", "1.01", "2"}).Draw(t, "concentration")
	volume := rapid.SampledFrom([]*unit.Volume{nil, ptr(unit.ML("106")), ptr(unit.ML("5")), ptr(unit.ML("250"))}).Draw(t, "to infuse")
	return PumpReading{Rate: rate, Concentration: unit.MgPerML(conc), ToInfuse: volume}
}

// drawCommand draws any command of a visit with likely and unlikely content.
func drawCommand(t *rapid.T, l *log) Command {
	rate := drawRate(t)
	read := drawReading(t, rate)
	entry := l.entries[rapid.IntRange(0, len(l.entries)-1).Draw(t, "entry")].Position
	spoken := int64(0)
	if n := len(l.state.Spoken); n > 0 && rapid.Bool().Draw(t, "spoken") {
		spoken = l.state.Spoken[n-1].Position
	}
	seen := round()
	seen.Pump = &read
	o := order()
	o.Steps = []drug.Step{{Rate: rate, Minutes: 60}}
	return rapid.SampledFrom([]Command{
		SetRate{Ordered: rate, Read: read, Spoken: spoken},
		SetRate{Ordered: rate, Read: read, Spoken: spoken},
		SetRate{Read: read, Found: true},
		ReadPump{read},
		SettleRate{Entries: []int64{entry, entry + 1}, From: l.state.StartedAt, Rate: read.Rate},
		Pause{Cause: PauseClinical},
		Pause{Cause: PauseToilet},
		Resume{Ordered: rate, Read: read, Spoken: spoken},
		Resume{Ordered: rate, Read: read},
		Start{read},
		Stop{Cause: StopClinical},
		Stop{},
		ClaimStop{entry},
		ConfirmPumpStopped{unit.ML("5")},
		TakeSpokenOrder{Prescriber: prescriber, What: SpokenRate, Rate: &rate, Text: said(1), ReadBack: true},
		TakeSpokenOrder{Prescriber: prescriber, What: SpokenResume, Text: said(1), ReadBack: true},
		SignSpokenOrder{spoken},
		AttachOrder{Order: o},
		Observe{seen},
		Observe{Observation{Purpose: ForRound, Sedation: ptr(scale.Sedation(3))}},
		NoteSideEffect{ID: id[ident.SideEffect](len(l.entries)), Code: "nausea"},
		GiveDrug{Drug: "ketamine", Amount: "10", Unit: "mg", Route: "IV", Spoken: spoken},
		GiveDrug{Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Adjunct: "midazolam"},
		TakeOver{Read: &read},
		CheckPresence{},
		Note{Text: said(1)},
		CallHelp{},
		UndoHelp{},
		EndHelp{},
		LinkMonitor{monitorOne},
		Amend{Entry: entry, Reason: said(1), Strike: true},
		Amend{Entry: entry, Reason: said(1), Read: &read},
		Amend{Entry: entry, Reason: said(1), At: l.state.CreatedAt.Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "moved")) * time.Minute)},
		BeginRecovery{},
		Waste{Mass: unit.Mg("1"), Volume: unit.ML("1")},
		Review{Meaning: MeaningReviewed},
		Transfer{},
		Leave{Capacity: HasCapacity},
		CloseRecord{},
	}).Draw(t, "command")
}

// TestDecide_AnyDay lets people say anything in any order, for hours, with
// clocks that are off, and sees what must hold whatever they say.
func TestDecide_AnyDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := toStart()
		if rapid.Bool().Draw(t, "started") {
			l = until(PhaseInfusing)
		}
		now := at(0)
		for range rapid.IntRange(1, 40).Draw(t, "said") {
			now = now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * time.Second)
			env := envAt(now).claimed(now.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 0, 60, 1200, -60}).Draw(t, "claimed")) * time.Second))
			who := rapid.SampledFrom([]act.Actor{byNurse(), byNurseTwo(), byPrescriber(), byTablet()}).Draw(t, "who")
			env = env.by(who).witnessed(byPrescriber())
			before := l.state
			c := drawCommand(t, l)
			d, r := Decide(before, c, env)
			if r != nil {
				mayGoBack(t, c, r)
				continue
			}
			for _, ev := range d.Events {
				withinOrder(t, before, ev, d.EffectiveAt)
				deviates(t, before, ev)
				if _, _, _, err := Codec.Encode(ev); err != nil {
					t.Fatalf("%T cannot be written: %v", ev, err)
				}
			}
			l.add(d.EffectiveAt, who, d.Events...)
			holds(t, l, now)
		}
		if snapshot(t, Fold(l.entries)) != snapshot(t, l.state) {
			t.Fatal("folding anew gives another state")
		}
	})
}

// mayGoBack: a stop never does, and what was done only when it cannot be.
func mayGoBack(t *rapid.T, c Command, r *Refusal) {
	if _, stop := c.(Stop); stop {
		t.Fatalf("a stop was refused: %v", r)
	}
	if !c.Planned() && !r.Malformed && !slices.Contains([]string{RuleHelp, RuleWitness}, r.Rule) {
		t.Fatalf("%s was done, and refused by %s: %v", c.Act(), r.Rule, r)
	}
	if r.Message.English() == "" || r.Rule == "" {
		t.Fatalf("a refusal says nothing: %+v", r)
	}
}

// withinOrder: no planned change goes beyond the order.
func withinOrder(t *rapid.T, s State, ev Event, at time.Time) {
	check := func(ordered unit.DoseRate, toSet unit.PumpRate, read PumpReading) {
		m := s.Order.Maxima
		if m.Rate.Less(ordered) || s.Order.TopRate().Less(toSet) || toSet != s.Order.ToSet(ordered) {
			t.Fatalf("planned %v (%v) beyond %v", ordered, toSet, m.Rate)
		}
		if read.ToInfuse != nil && s.TotalsAt(at).Mass.Add(unit.MassIn(read.ToInfuse.Exact(), s.Prepared.Concentration)).Cmp(m.Total.Exact()) > 0 {
			t.Fatalf("%v to infuse on top of %v, beyond %v", read.ToInfuse, s.TotalsAt(at).Mass.Text(1), m.Total)
		}
		if !unit.Within(read.Rate, toSet, 20) || !unit.Within(read.Concentration, s.Prepared.Concentration, 20) {
			t.Fatalf("planned %v, pump at %v", toSet, read.Rate)
		}
	}
	switch e := ev.(type) {
	case Started:
		check(e.Ordered, e.ToSet, e.Read)
	case Resumed:
		check(e.Ordered, e.ToSet, e.Read)
	case RateChanged:
		if e.Authority != NoAuthority {
			check(e.Ordered, e.ToSet, e.Read)
		}
	default:
	}
}

// deviates: every reading beyond the order's rate says so.
func deviates(t *rapid.T, s State, ev Event) {
	read, ds := readAndDeviations(ev)
	if read == nil || s.afterStopLikely() {
		return
	}
	beyond := s.Order.TopRate().Less(read.Rate)
	if said := slices.Contains(rulesOf(ds), RuleRate); beyond != said {
		t.Fatalf("%T reads %v against %v and deviates from %v", ev, read.Rate, s.Order.TopRate(), rulesOf(ds))
	}
}

// afterStopLikely: after a stop the deviation is that the pump runs at all.
func (s State) afterStopLikely() bool { return !s.StoppedAt.IsZero() }

func readAndDeviations(ev Event) (*PumpReading, []Deviation) {
	switch e := ev.(type) {
	case Started:
		return &e.Read, e.Deviations
	case RateChanged:
		return &e.Read, e.Deviations
	case PumpRead:
		return &e.Read, e.Deviations
	case Resumed:
		return &e.Read, e.Deviations
	case NurseResponsible:
		return e.Read, e.Deviations
	case Amended:
		return e.Read, e.Deviations
	case Observed:
		return e.Pump, e.Findings
	default:
		return nil, nil
	}
}

// holds: what must be true of every state that can be reached.
func holds(t *rapid.T, l *log, now time.Time) {
	s := l.state
	if !s.StartedAt.IsZero() && !s.StoppedAt.IsZero() {
		if s.RunningAt(s.StoppedAt) || s.PumpedAt(s.StoppedAt).Volume.Cmp(s.PumpedAt(now.Add(time.Hour)).Volume) != 0 {
			t.Fatal("something infuses after the effective stop")
		}
	}
	if _, r := Decide(s, Stop{}, Env{Now: now, Actor: byTablet()}); r != nil {
		t.Fatalf("in %q a stop is refused: %v", s.Phase, r)
	}
	for _, o := range s.Observations {
		for _, r := range o.Readings {
			if !r.Kind.Plausible(r.Value) {
				t.Fatalf("%v entered", r.Value)
			}
		}
	}
	if a, b := s.TotalsAt(now).Volume, s.TotalsAt(now.Add(time.Minute)).Volume; a.Sign() < 0 || b.Cmp(a) < 0 {
		t.Fatal("the total falls")
	}
	if p := s.pumpPhase(); p != PhaseNone && p != s.Phase && slices.Contains([]Phase{PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped}, s.Phase) {
		t.Fatalf("phase %q, the pump's facts add up to %q", s.Phase, p)
	}
}
