package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// byOther is the second nurse, at another tablet.
func byOther() act.Actor {
	a := byNurseTwo()
	a.Via = id[ident.Device](32)
	return a
}

// offline says a command that held earlier than it is recorded.
func (l *log) offline(t testing.TB, c Command, who act.Actor, held, recorded float64) []Event {
	t.Helper()
	return l.say(t, c, envAt(at(recorded)).by(who).claimed(at(held)))
}

func volumeAt(s State, minute float64) string { return s.PumpedAt(at(minute)).Volume.Fixed(3) }

func TestContest_TheHighestCountsUntilAPersonHasSettled(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	l.offline(t, ReadPump{reading("16")}, byNurse(), 20, 50)
	if l.state.Contests() != nil {
		t.Fatal("one reading disagrees with itself")
	}
	second := l.offline(t, ReadPump{reading("28")}, byOther(), 30, 51)
	open := l.state.Contests()
	if len(open) != 1 || len(open[0].Facts) != 2 || open[0].Most() != unit.MLPerH("28") {
		t.Fatalf("contests: %+v", open)
	}
	ds := second[0].(PumpRead).Deviations
	if !slices.ContainsFunc(ds, func(d Deviation) bool {
		return d.Message.ID == "session.rates_disagree" && d.Message.Args[0] == "16 mL/h"
	}) {
		t.Errorf("what came second does not say that it disagrees: %+v", ds)
	}
	// 20 min at 16, then 40 min at the higher rate, from the first of the two readings.
	if got := volumeAt(l.state, 60); got != "24.000" {
		t.Errorf("unresolved, %s mL count at 11:00, want 24.000", got)
	}
	if c := Concerns(l.state, envAt(at(60))); len(c) == 0 || c[0].Kind != ConcernContest {
		t.Errorf("nobody is asked: %+v", c)
	}
	if !slices.ContainsFunc(l.state.Unclosed(at(60)), func(m word.Message) bool { return m.ID == "session.open_contest" }) {
		t.Error("the record could be closed")
	}

	// It is an alarm from when the record could show it, with the pump's word left out of it.
	if off := AlarmFacts(l.state, envAt(at(60))).RatesApart; !off.Since.Equal(at(51)) || off.Found != "16 mL/h and 28 mL/h" || off.Allowed != "28 mL/h" {
		t.Errorf("the alarm is %+v", off)
	}
	if d, r := Decide(l.state, Stop{Cause: StopClinical}, envAt(at(60))); r != nil || len(d.Events) != 1 {
		t.Errorf("while they disagree a stop is refused: %+v", r)
	}

	settled := l.say(t, SettleRate{Entries: open[0].Entries(), From: at(20), Rate: unit.MLPerH("16")}, envAt(at(61)))
	if e := settled[0].(RateSettled); !slices.Equal(e.Entries, open[0].Entries()) {
		t.Errorf("settled %+v", e)
	}
	if got := volumeAt(l.state, 60); got != "16.000" || l.state.Contests() != nil {
		t.Errorf("settled, %s mL count at 11:00, want 16.000; open %v", got, l.state.Contests())
	}
	if off := AlarmFacts(l.state, envAt(at(61))).RatesApart; !off.Since.IsZero() {
		t.Errorf("settled, and still an alarm: %+v", off)
	}
	for _, n := range open[0].Entries() {
		if !slices.ContainsFunc(l.state.Pump, func(f PumpFact) bool { return f.Position == n && !f.Struck }) {
			t.Errorf("entry %d is gone", n)
		}
	}
	// After going home it is asked at the desk, and is no alarm.
	gone := l.state
	gone.Phase, gone.Pump = PhaseDischarged, slices.DeleteFunc(slices.Clone(gone.Pump), func(f PumpFact) bool { return len(f.Settles) > 0 })
	if off := AlarmFacts(gone, envAt(at(61))).RatesApart; !off.Since.IsZero() || len(Concerns(gone, envAt(at(61)))) != 1 {
		t.Errorf("gone home: %+v", off)
	}
	// A word that is taken back opens the question again.
	l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(62)))
	if len(l.state.Contests()) != 1 || volumeAt(l.state, 60) != "24.000" {
		t.Errorf("after the word was struck: %v, %s mL", l.state.Contests(), volumeAt(l.state, 60))
	}
}

func TestContest_OnlyWhatCouldNotKnowOfEachOther(t *testing.T) {
	t.Parallel()
	type reads struct {
		who            act.Actor
		rate           string
		held, recorded float64
	}
	at20 := reads{byNurse(), "16", 20, 50}
	sameTablet, sameNurse := byNurseTwo(), byOther()
	sameNurse.Person = nurse
	for name, tt := range map[string]struct {
		second reads
		first  func(*testing.T, *log)
		open   int
	}{
		"two tablets, two people, two rates": {reads{byOther(), "28", 30, 51}, nil, 1},
		"found, not only read":               {reads{byOther(), "28", 30, 51}, func(t *testing.T, l *log) { l.offline(t, SetRate{Read: reading("40"), Found: true}, byOther(), 25, 50) }, 1},
		"the same rate":                      {reads{byOther(), "16", 30, 51}, nil, 0},
		"the same tablet":                    {reads{sameTablet, "28", 30, 51}, nil, 0},
		"the same nurse":                     {reads{sameNurse, "28", 30, 51}, nil, 0},
		"with the record at hand":            {reads{byOther(), "28", 51, 51}, nil, 0},
		"after the first was known":          {reads{byOther(), "28", 52, 60}, nil, 0},
		"a rate chosen in between": {reads{byOther(), "28", 30, 51}, func(t *testing.T, l *log) {
			l.say(t, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, envAt(at(25)))
		}, 0},
		"after the stop": {reads{byOther(), "28", 30, 51}, func(t *testing.T, l *log) { l.say(t, Stop{Cause: StopPlanned}, envAt(at(28))) }, 0},
		"struck":         {reads{byOther(), "28", 30, 51}, func(t *testing.T, l *log) { l.add(at(52), byNurse(), Amended{Entry: 9_999, Struck: true}) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := runningTen(t)
			if tt.first != nil {
				tt.first(t, l)
			}
			for _, r := range []reads{at20, tt.second} {
				l.offline(t, ReadPump{reading(r.rate)}, r.who, r.held, r.recorded)
			}
			if got := l.state.Contests(); len(got) != tt.open {
				t.Errorf("%d contests, want %d: %+v", len(got), tt.open, got)
			}
			if tt.open == 1 {
				l.say(t, Amend{Entry: l.position(0), Reason: said(1), Strike: true}, envAt(at(70)))
				l.say(t, Amend{Entry: l.position(2), Reason: said(1), Strike: true}, envAt(at(70)))
				if got := l.state.Contests(); len(got) != 0 {
					t.Errorf("what was struck still disagrees: %+v", got)
				}
			}
		})
	}
}

func TestDecide_SettleRate(t *testing.T) {
	t.Parallel()
	l := runningTen(t)
	l.offline(t, ReadPump{reading("16")}, byNurse(), 20, 50)
	l.offline(t, ReadPump{reading("28")}, byOther(), 30, 51)
	c := SettleRate{Entries: l.state.Contests()[0].Entries(), From: at(20), Rate: unit.MLPerH("28")}
	now := envAt(at(60))
	with := func(f func(*SettleRate)) SettleRate { x := c; f(&x); return x }
	for _, r := range []refusal{
		{"one of the two only", l, with(func(x *SettleRate) { x.Entries = x.Entries[:1] }), now, "session.no_contest"},
		{"another entry", l, with(func(x *SettleRate) { x.Entries = []int64{1, 2} }), now, "session.no_contest"},
		{"no entry", l, with(func(x *SettleRate) { x.Entries = nil }), now, "session.no_contest"},
		{"from a time to come", l, with(func(x *SettleRate) { x.From = at(61) }), now, "session.settle_time"},
		{"from before the start", l, with(func(x *SettleRate) { x.From = at(-1) }), now, "session.settle_time"},
		{"from no time", l, with(func(x *SettleRate) { x.From = time.Time{} }), now, "session.settle_time"},
		{"no rate that can be", l, with(func(x *SettleRate) { x.Rate = unit.MLPerH("-1") }), now, "session.bad_rate"},
		{"by the tablet alone", l, c, now.by(byTablet()), "session.person_needed"},
	} {
		r.check(t)
	}
	// Order within the list says nothing, and no limit refuses what was.
	slices.Reverse(c.Entries)
	c.Rate = unit.MLPerH("400")
	e := l.say(t, c, now)[0].(RateSettled)
	if len(e.Deviations) == 0 {
		t.Error("a settled rate beyond the order's total is not marked")
	}
	refusal{"settled twice", l, c, now, "session.no_contest"}.check(t)
}

// Whatever arrives first: what disagrees, and what counts until it is settled,
// is the same.
func TestContest_OrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	third := act.Actor{Kind: act.Person, Person: prescriber, Roles: []act.Role{act.Prescriber}, Via: id[ident.Device](33), Proof: act.PIN}
	rapid.Check(t, func(t *rapid.T) {
		type told struct {
			who act.Actor
			at  time.Time
			ev  Event
		}
		rates := []string{"0", "16", "16", "28", "40"}
		var all []told
		for i, n := 0, rapid.IntRange(2, 8).Draw(t, "n"); i < n; i++ {
			x := told{who: rapid.SampledFrom([]act.Actor{byNurse(), byOther(), third}).Draw(t, "who"), at: at(float64(10 + 7*i))}
			read := reading(rapid.SampledFrom(rates).Draw(t, "rate"))
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				x.ev = RateChanged{Read: read, Authority: NoAuthority}
			case 1:
				x.ev = Paused{Cause: PauseToilet}
			case 2:
				x.ev = Stopped{Cause: StopClinical}
			default:
				x.ev = PumpRead{Read: read}
			}
			all = append(all, x)
		}
		// All tablets come back after 11:30, one after the other.
		fold := func() string {
			l := until(PhaseInfusing)
			for i, x := range all {
				n := int64(len(l.entries) + 1)
				e := Entry{Event: x.ev}
				e.Position, e.Sequence, e.EffectiveAt, e.Actor = n, n, x.at, x.who
				e.RecordedAt = at(90 + float64(i))
				l.entries = append(l.entries, e)
				l.state = Evolve(l.state, e)
			}
			out := "volume " + volumeAt(l.state, 120)
			for _, c := range l.state.Contests() {
				for _, f := range c.Facts {
					out += fmt.Sprintf(" %s %s", f.At.Format(time.TimeOnly), f.Rate)
				}
				out += ";"
			}
			return out
		}
		want := fold()
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := fold(); got != want {
			t.Fatalf("arrival changed what disagrees:\n%s\n%s", want, got)
		}
	})
}
