package present

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// twoSites is a set with two saturations, the second doubtful, and a pulse by
// ECG beside the oximeter's.
func twoSites() session.Observation {
	r := func(k vital.Kind, v vital.Value, o vital.Origin) vital.Reading {
		return vital.Reading{Kind: k, Value: v, Quality: vital.Good, Origin: o}
	}
	good, doubtful := r(vital.SpO2, 97, vital.DeviceConfirmed), r(vital.SpO2, 88, vital.DeviceConfirmed)
	good.Site, doubtful.Site, doubtful.Quality = "1.2.1.7", "1.2.2.7", vital.Questionable
	return session.Observation{Purpose: session.ForRound, Readings: []vital.Reading{
		r(vital.NIBPSys, 124, vital.ByHand), r(vital.NIBPDia, 76, vital.ByHand), good, doubtful,
		r(vital.Pulse, 71, vital.DeviceConfirmed), r(vital.HR, 73, vital.DeviceConfirmed), r(vital.Temp, 36.6, vital.ByHand),
	}}
}

// TestRecord_KeepsSitesAndQuality: no charted value is left out of the table,
// of the transfer sheet or of a tile, nor does a doubtful one look like a good one.
func TestRecord_KeepsSitesAndQuality(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseInfusing, at(12))
	v.State.Observations = []session.ObservationFact{{Stamp: session.Stamp{At: at(10)}, Observation: twoSites()}}

	table := observationTable(v)
	row := func(column string) string { return table.Rows[0][slices.Index(table.Columns, column)] }
	for column, want := range map[string]string{
		"Pressure mmHg": "124/76", "Pulse /min": "73 (ECG); 71", "SpO₂ %": "97 at site 1.2.1.7; 88 at site 1.2.2.7, questionable",
		"Breathing /min": "–", "Other signs": "Temperature 36.6 °C", "Measured": "by hand; monitor", "Awake": "–", "By": "–",
	} {
		if got := row(column); got != want {
			t.Errorf("%s reads %q, want %q", column, got, want)
		}
	}
	if len(table.Rows[0]) != len(table.Columns) {
		t.Errorf("%d cells under %d columns", len(table.Rows[0]), len(table.Columns))
	}

	sheet := observedShort(twoSites())
	tile := streamTile(v, "spo2", "SpO₂", vital.SpO2)
	for where, said := range map[string]string{"the sheet": sheet, "the tile": tile.Text + " " + tile.Context} {
		for _, want := range []string{"97", "88", "1.2.1.7", "1.2.2.7", "questionable"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s says %q, without %q", where, said, want)
			}
		}
	}
	if p := pressureTile(v); p.Text != "124/76" || p.AtMS != at(10).UnixMilli() {
		t.Errorf("the pressure reads %+v", p)
	}
}

// TestRecord_HoldsTheOrdersWhole: the one in force and the one it replaced.
func TestRecord_HoldsTheOrdersWhole(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseInfusing, at(12))
	attach := func(position int64, minutes int, rate string) session.Entry {
		o := drug.Order{Maxima: drug.Maxima{Rate: unit.MgPerKgH(rate)}, Steps: []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}}}
		v.State.Order, v.State.OrderAt = &o, position
		return session.Entry{Event: session.OrderAttached{Order: o}, Meta: journal.Meta{Position: position, EffectiveAt: at(minutes)}}
	}
	v.Entries = []session.Entry{attach(4, -50, "0.4"), attach(9, 5, "0.45")}
	sections := Record(v, func(LineRef) string { return "" }).Sections
	for i, c := range []struct{ title, most string }{
		{"Order as signed, attached 09:10, replaced since", "0.4 mg/kg/h"}, {"Order as signed, attached 10:05", "0.45 mg/kg/h"},
	} {
		s := sections[i]
		if s.Title != c.title || !slices.ContainsFunc(s.Rows, func(r []string) bool { return r[0] == "Never above" && strings.HasPrefix(r[1], c.most+",") }) {
			t.Errorf("section %d is %q: %v", i, s.Title, s.Rows)
		}
	}
}

// TestDecidedOn_SaysWhatIsNotKnown: a text that nobody kept and a library that could not
// be read are said, and an order by hand has no rows.
func TestDecidedOn_SaysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseInfusing, at(12))
	row := drug.BasisRow{Name: "session/LIM-RATE", Hash: strings.Repeat("5a", 32)}
	v.Entries = []session.Entry{
		{Event: session.OrderAttached{Order: drug.Order{}}, Meta: journal.Meta{Position: 1, EffectiveAt: at(0)}},
		{Event: session.OrderAttached{Order: drug.Order{Basis: &drug.Basis{Rows: []drug.BasisRow{row}}}}, Meta: journal.Meta{Position: 2, EffectiveAt: at(1)}},
	}
	none := func(drug.BasisRow) (house.KeptRow, bool) { return house.KeptRow{}, false }
	got := DecidedOn(v, none)
	if len(got) != 1 || len(got[0].Rows) != 1 {
		t.Fatalf("%+v", got)
	}
	if r := got[0].Rows[0]; r[0] != row.Name || !strings.HasPrefix(r[1], "Its text was not kept") || !strings.Contains(r[1], "5a5a5a5a5a5a.") || r[2] != "could not be read" {
		t.Errorf("%q", r)
	}
	v.Env.FromLibrary = session.FromLibrary{Known: true, Rows: []drug.BasisRow{{Name: row.Name, Hash: "other"}}}
	kept := func(b drug.BasisRow) (house.KeptRow, bool) {
		return house.KeptRow{Version: 3, Text: "No faster.", Facts: []string{"most: 1"}}, b == row
	}
	if r := DecidedOn(v, kept)[0].Rows[0]; !slices.Equal(r, []string{"session/LIM-RATE, version 3", "No faster. most: 1", "says something else"}) {
		t.Errorf("%q", r)
	}
}

// TestRecord_NamesTheSideEffectThatIsGone, from what the visit noted.
func TestRecord_NamesTheSideEffectThatIsGone(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseInfusing, at(12))
	v.State.Effects = []session.EffectFact{{ID: "one", Code: "nausea"}}
	want := effectWords()["nausea"] + " gone"
	if got := Speaker(v).Say(session.Entry{Event: session.SideEffectResolved{ID: "one"}}).Title; got != want || want == " gone" {
		t.Errorf("the record reads %q, want %q", got, want)
	}
}

// TestRecord_KeepsTheRoundsThatWereMissed, whatever the phase: on the record,
// and so on paper; where the record is reviewed and closed; and before whoever
// takes over.
func TestRecord_KeepsTheRoundsThatWereMissed(t *testing.T) {
	t.Parallel()
	section := func(v app.Visit) (view.RecordSection, bool) {
		for _, s := range Record(v, func(LineRef) string { return "" }).Sections {
			if s.Title == "Rounds late or left out" {
				return s, true
			}
		}
		return view.RecordSection{}, false
	}
	watched := func(p session.Phase) app.Visit {
		v := visit(p, at(600))
		o := drug.Order{Watch: drug.Watch{Observation: 15, Presence: 6000, Recovery: 6000}}
		v.Env.Rules, v.State.Order, v.State.StartedAt = shippedRules(t), &o, at(0)
		v.State.StoppedAt, v.State.GoneAt = at(60), at(120)
		return v
	}
	for _, p := range session.Phases() {
		v := watched(p)
		s, ok := section(v)
		if want := []string{"10:15", "Observation", "not done", "3", "not said"}; !ok || len(s.Rows) != 1 || !slices.Equal(s.Rows[0], want) {
			t.Errorf("%s: %v", p, s.Rows)
		}
		line := "Observation due 10:15, not done, 3 left out"
		for _, a := range []act.Act{session.ActReview, session.ActClose} {
			if !slices.ContainsFunc(DeskAct(v, a, "", nil).Facts, func(f view.Fact) bool { return f.Text == line && f.Tone == view.Amber }) {
				t.Errorf("%s: %s does not say it", p, a)
			}
		}
		if said := beside(v, session.ActTakeNurse); len(said) != 1 || !strings.HasSuffix(said[0], line) {
			t.Errorf("%s: who takes over reads %v", p, said)
		}
	}
	v := watched(session.PhaseDischarged)
	v.Env.Rules = library.Session{}
	if s, _ := section(v); len(s.Rows) != 0 || s.Empty != lapsesUnknown {
		t.Errorf("without a library it reads %q", s.Empty)
	}
	if said := beside(v, session.ActTakeNurse); len(said) != 1 || !strings.Contains(said[0], "Could not be checked") {
		t.Errorf("without a library who takes over reads %v", said)
	}
	v = watched(session.PhaseDischarged)
	v.State.StoppedAt = at(10)
	if s, _ := section(v); len(s.Rows) != 0 || !strings.HasPrefix(s.Empty, "None") {
		t.Errorf("kept, it reads %v %q", s.Rows, s.Empty)
	}
	if got := beside(v, session.ActTakeNurse); got != nil {
		t.Errorf("kept, who takes over reads %v", got)
	}
	if _, ok := section(visit(session.PhaseArrived, at(0))); ok {
		t.Error("rounds before the start")
	}
}

// TestRecord_SaysWhatWasChartedLate in the table too.
func TestRecord_SaysWhatWasChartedLate(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseClosed, at(60))
	o := twoSites()
	o.Late = true
	v.State.Observations = []session.ObservationFact{{Stamp: session.Stamp{At: at(10)}, Observation: o}}
	if why := observationTable(v).Rows[0][1]; why != "round (charted late)" {
		t.Errorf("it reads %q", why)
	}
}

// TestMainAct_IsTheTimeOutAgainWithAnotherOrder.
func TestMainAct_IsTheTimeOutAgainWithAnotherOrder(t *testing.T) {
	t.Parallel()
	v := visit(session.PhasePrepared, at(0))
	v.State.TimeOut, v.State.TimeOutAt, v.State.TimeOutEntry = &session.TimeOut{}, at(-1), 9
	for position, want := range map[int64]act.Act{8: session.ActStart, 10: session.ActTimeOut} {
		v.State.OrderAt = position
		if got := MainAct(v); got != want {
			t.Errorf("an order at %d: %s", position, got)
		}
	}
}

// TestAmounts_AreTheSameOnEveryPage: the chair, the record with its account, what
// keeps the record open, the closing entry and the transfer sheet round the
// exact amount once, to the same decimals.
func TestAmounts_AreTheSameOnEveryPage(t *testing.T) {
	t.Parallel()
	for minutes, want := range map[int]string{2: "0.15", 20: "1.50", 1: "0.08"} { // 0.15, 1.5 and 0.075 mg
		v := visit(session.PhaseStopped, at(60))
		v.Env.Rules = shippedRules(t)
		v.State.Order = &drug.Order{Concentration: unit.MgPerML("1"), DosingWeight: unit.Kg("50")}
		v.State.Prepared = &session.Prepared{Drawn: unit.Mg("50"), Concentration: unit.MgPerML("1")}
		v.State.StartedAt, v.State.StoppedAt = at(0), at(minutes)
		v.State.Pump = []session.PumpFact{{At: at(0), Kind: session.PumpStart, Rate: unit.MLPerH("4.5")}}
		said := map[string]string{
			"the chair": Headline(v)[len(Headline(v))-1].Text, "the record": termed(facts(v), "Given"), "the account": termed(account(v), "Given"),
			"the transfer sheet": termed(given(v), "Ketamine given IV"), "what keeps it open": v.State.Unclosed(at(60))[1].Args[1],
		}
		b := v.State.Balance(at(60))
		closed := Speaker(v).Say(session.Entry{Event: session.Closed{Drawn: b.Drawn, Given: b.Given.Round(), Wasted: b.Wasted, Returned: b.Returned}})
		said["the closing entry"] = strings.TrimPrefix(closed.Text, "drawn 50.00 mg = given ")
		for where, text := range said {
			if !strings.HasPrefix(text, want+" mg") {
				t.Errorf("%s says %q, want %s mg", where, text, want)
			}
		}
		if open := termed(account(v), "Not accounted for"); open != b.Shown().Open || v.State.Unclosed(at(60))[1].Args[4] != open {
			t.Errorf("not accounted for: %q", open)
		}
	}
}

func termed(facts []view.Fact, term string) string {
	for _, f := range facts {
		if f.Term == term {
			return f.Text
		}
	}
	return ""
}
