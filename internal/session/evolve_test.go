package session

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// snapshot is everything a state holds, as text.
func snapshot(t interface{ Fatalf(string, ...any) }, s State) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatalf("state cannot be written: %v", err)
	}
	return string(b)
}

// anyEntries draws events in any order, at any time, by anybody.
func anyEntries(t *rapid.T) []Entry {
	kinds := examples()
	n := rapid.IntRange(0, 60).Draw(t, "entries")
	out := make([]Entry, 0, n)
	for i := range n {
		ev := kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]
		pos := int64(100 + i)
		ref := int64(100 + rapid.IntRange(0, n).Draw(t, "ref"))
		switch e := ev.(type) {
		case Amended:
			ev = amendment(t, e, ref)
		case StopClaimed:
			ev = StopClaimed{Stop: ref, By: e.By}
		case SpokenOrderSigned:
			ev = SpokenOrderSigned{Spoken: ref}
		default:
			// the others do not concern this
		}
		when := ten().Add(time.Duration(rapid.IntRange(-3600, 36000).Draw(t, "when")) * time.Second)
		who := []act.Actor{byNurse(), byPrescriber(), byTablet(), {}}[rapid.IntRange(0, 3).Draw(t, "who")]
		out = append(out, Entry{Event: ev, Meta: journal.Meta{Position: pos, Sequence: int64(i + 1), EffectiveAt: when, RecordedAt: at(600), Actor: who}})
	}
	return out
}

func amendment(t *rapid.T, e Amended, entry int64) Amended {
	e.Entry = entry
	switch rapid.IntRange(0, 4).Draw(t, "amended") {
	case 0:
		e.Read, e.At, e.Struck = nil, time.Time{}, false
	case 1:
		e.Observation, e.At, e.Struck = nil, time.Time{}, false
	case 2:
		e.Observation, e.Read, e.Struck = nil, nil, false
	case 3:
		e.Observation, e.Read, e.At = nil, nil, time.Time{}
	}
	return e
}

func TestEvolve_NeverPanicsAndChangesNothingItWasGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s State
		for _, e := range anyEntries(t) {
			before := snapshot(t, s)
			next := Evolve(s, e)
			if after := snapshot(t, s); after != before {
				t.Fatalf("%T changed the state it was given:\n%s", e.Event, cmp.Diff(before, after))
			}
			s = next
			ask(s)
		}
	})
}

// ask calls everything that reads a state.
func ask(s State) {
	for _, m := range []float64{-100, 0, 30, 700} {
		now := at(m)
		s.TotalsAt(now)
		s.RateAt(now)
		s.RunningAt(now)
		EndStatus(s, envAt(now))
		s.PlannedEnd(now)
		s.Balance(now)
		s.Unclosed(now)
	}
	s.StopUnconfirmed()
	s.LatestSedation()
}

func TestFold_IsDeterministic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := anyEntries(t)
		if a, b := snapshot(t, Fold(entries)), snapshot(t, Fold(entries)); a != b {
			t.Fatal(cmp.Diff(a, b))
		}
	})
}

// TestFold_BranchesDoNotShare folds two ways on from one state: what one adds
// must not be seen by the other.
func TestFold_BranchesDoNotShare(t *testing.T) {
	t.Parallel()
	for _, ev := range examples() {
		base := until(PhaseInfusing)
		base.add(at(1), byNurse(), examples()...)
		fork := func(other Event) string {
			s := Evolve(base.state, Entry{Event: ev, Meta: journal.Meta{Position: 900, EffectiveAt: at(50), Actor: byNurse()}})
			_ = Evolve(base.state, Entry{Event: other, Meta: journal.Meta{Position: 900, EffectiveAt: at(49), Actor: byPrescriber()}})
			return snapshot(t, s)
		}
		want := fork(BackOnMonitor{})
		for _, other := range examples() {
			if got := fork(other); got != want {
				t.Fatalf("%T and %T share memory:\n%s", ev, other, cmp.Diff(want, got))
			}
		}
	}
}

// TestFold_AdditiveEntriesCommute: entries made on two tablets both survive,
// and what they add up to does not depend on which arrived first.
func TestFold_AdditiveEntriesCommute(t *testing.T) {
	t.Parallel()
	type outcome struct {
		Pump                        []PumpFact
		Times                       []time.Time
		Mass                        string
		Stopped, Paused, PresenceAt time.Time
		Ordered                     unit.DoseRate
		By                          ident.Person
		Allergies                   *AllergiesRead
	}
	rapid.Check(t, func(t *rapid.T) {
		adding := []Event{
			Observed{Observation: round()},
			Observed{Observation: Observation{Purpose: ForRound, Sedation: ptr(scale.Sedation(4)), Pump: ptr(reading("20"))}},
			DrugGiven{Drug: "ketamine", Ketamine: unit.Mg("2")},
			NoteAdded{Text: said(1)},
			PumpRead{Read: reading("17")},
			Paused{Cause: PauseClinical},
			Stopped{Cause: StopClinical},
			PresenceChecked{},
			HelpLogged{What: HelpOxygen},
			RateChanged{Ordered: unit.MgPerKgH("0.1"), ToSet: unit.MLPerH("8"), Read: reading("8"), Authority: Lowered},
			PrecheckAnswered{Precheck{Allergies: &AllergiesRead{Agreed: true}}},
			PrecheckAnswered{Precheck{Allergies: &AllergiesRead{}}},
		}
		type dated struct {
			at time.Time
			ev Event
		}
		var all []dated
		for i, n := 0, rapid.IntRange(2, 10).Draw(t, "n"); i < n; i++ {
			all = append(all, dated{ten().Add(time.Duration(60+i*97) * time.Second), adding[rapid.IntRange(0, len(adding)-1).Draw(t, "event")]})
		}
		fold := func() outcome {
			l := until(PhaseInfusing)
			for _, d := range all {
				l.add(d.at, byNurse(), d.ev)
			}
			o := outcome{
				Mass: l.state.TotalsAt(at(60)).Mass.Rat().String(), Stopped: l.state.StoppedAt, Paused: l.state.PausedAt,
				PresenceAt: l.state.PresenceAt, Ordered: l.state.Ordered, By: l.state.RateSetBy, Allergies: l.state.Precheck.Allergies,
			}
			for _, f := range l.state.Pump {
				f.Position = 0
				o.Pump = append(o.Pump, f)
			}
			for _, f := range l.state.Observations {
				o.Times = append(o.Times, f.At)
			}
			for _, f := range l.state.Drugs {
				o.Times = append(o.Times, f.At)
			}
			return o
		}
		want := fold()
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		got := fold()
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b unit.PumpRate) bool { return a == b }),
			cmp.Comparer(func(a, b unit.DoseRate) bool { return a == b }), cmp.Comparer(func(a, b unit.Concentration) bool { return a == b }),
			cmp.Comparer(func(a, b unit.Volume) bool { return a == b }), cmp.Comparer(func(a, b journal.Private) bool { return a == b })); diff != "" {
			t.Fatalf("arrival changed what holds:\n%s", diff)
		}
	})
}

func TestEvolve_AmendmentsKeepWhatTheyReplace(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	o := round()
	o.Pump = ptr(reading("16"))
	l.add(at(10), byNurse(), Observed{Observation: o})
	seen := l.position(0)
	better := round()
	better.Pain, better.Pump, better.Sedation = ptr(scale.NRS(7)), ptr(reading("20")), ptr(scale.Sedation(4))
	l.add(at(30), byNurse(), Amended{Entry: seen, Reason: said(1), Observation: &better})
	last := len(l.state.Observations) - 1 // the others are the baseline
	f := l.state.Observations[last]
	if *f.Pain != 7 || !f.Amended || f.Was == nil || *f.Was.Pain != 3 {
		t.Errorf("observation after its amendment: pain %d, was %+v", *f.Pain, f.Was)
	}
	if got := l.state.RateAt(at(11)).Decimal(); got != "20" {
		t.Errorf("the corrected pump reading counts as %s mL/h, want 20", got)
	}
	l.add(at(31), byNurse(), Amended{Entry: seen, Reason: said(1), At: at(20)})
	if got := l.state.RateAt(at(11)).Decimal(); got != "16" || !l.state.Observations[last].At.Equal(at(20)) {
		t.Errorf("moved to 10:20, the reading still counts at 10:11 as %s", got)
	}
	l.add(at(32), byNurse(), Amended{Entry: seen, Reason: said(1), Struck: true})
	if got := l.state.RateAt(at(25)).Decimal(); got != "16" || !l.state.Observations[last].Struck || *l.state.LatestSedation() != 5 {
		t.Errorf("a struck observation still counts: %s mL/h", got)
	}
	if n := len(l.state.Amendments[seen]); n != 3 {
		t.Errorf("%d amendments are known, want 3", n)
	}
}

func TestEvolve_CorrectedPumpReadingMovesTheTotal(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(30), byNurse(), PumpRead{Read: reading("160"), Deviations: []Deviation{deviation(RuleRate, "session.rate_beyond", "160", "32")}})
	wrong := l.position(0)
	l.add(at(40), byNurse(), Amended{Entry: wrong, Reason: said(1), Read: ptr(reading("16"))})
	if got := l.state.TotalsAt(at(60)).Volume.Fixed(3); got != "16.000" {
		t.Errorf("volume = %s, want 16.000", got)
	}
	if f := l.state.Pump[1]; f.Was == nil || f.Was.Rate != unit.MLPerH("160") {
		t.Error("what was first read is gone")
	}
	if d := l.state.Deviations[0]; !d.Past {
		t.Error("the deviation of a corrected reading still stands as present")
	}
}

func TestEvolve_WasteIsCountedUnlessStruck(t *testing.T) {
	t.Parallel()
	l := until(PhaseDischarged)
	l.add(at(130), byNurse(), DrugWasted{Mass: unit.Mg("100"), Witness: nurseTwo}, DrugReturned{Mass: unit.Mg("20"), Witness: nurseTwo})
	wasted := l.position(1)
	l.add(at(131), byNurse(), DrugWasted{Mass: unit.Mg("44"), Witness: nurseTwo}, Amended{Entry: wasted, Struck: true})
	if l.state.Wasted != unit.Mg("44") || l.state.Returned != unit.Mg("20") {
		t.Errorf("wasted %v, returned %v", l.state.Wasted, l.state.Returned)
	}
}

// BenchmarkFold4h folds a four-hour session; design.md allows 5 ms.
func BenchmarkFold4h(b *testing.B) {
	l := until(PhaseInfusing)
	for m := 5.0; m <= 240; m += 5 {
		o := round()
		o.Pump = ptr(reading("28"))
		l.add(at(m), byNurse(), Observed{Observation: o}, PresenceChecked{})
		l.add(at(m+1), byNurse(), PumpRead{Read: reading("28")})
	}
	l.add(at(241), byNurse(), Stopped{Cause: StopPlanned})
	b.ReportMetric(float64(len(l.entries)), "entries")
	b.ResetTimer()
	for b.Loop() {
		if s := Fold(l.entries); s.Phase != PhaseStopped {
			b.Fatal(s.Phase)
		}
	}
}

// BenchmarkTotals asks for the totals of a four-hour session.
func BenchmarkTotals(b *testing.B) {
	l := until(PhaseInfusing)
	for m := 5.0; m <= 240; m += 5 {
		l.add(at(m), byNurse(), PumpRead{Read: reading("28")})
	}
	for b.Loop() {
		l.state.TotalsAt(at(240))
	}
}
