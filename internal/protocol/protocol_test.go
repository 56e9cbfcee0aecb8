package protocol_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/unit"
)

var noon = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC)

func shipped(t testing.TB) (protocol.Protocols, library.Session, []drug.BasisRow) {
	t.Helper()
	f := library.Shipped()
	rules, err := library.DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	k, err := library.DecodeProtocols(f.Protocols, rules)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.Rows()
	if err != nil {
		t.Fatal(err)
	}
	var seen []drug.BasisRow
	for _, r := range rows {
		seen = append(seen, drug.BasisRow{Name: r.Name(), Hash: r.Hash})
	}
	return k, rules, seen
}

func body(kg, cm string, sex drug.Sex) drug.Body {
	var h unit.Height
	if err := h.UnmarshalText([]byte(cm)); err != nil {
		panic(err)
	}
	return drug.Body{Weight: unit.Kg(kg), Weighed: noon.Add(-24 * time.Hour), Height: h, Sex: sex}
}

// usualAsk asks for what is usual of PR-FIRST, for 60 kg.
func usualAsk(rows []drug.BasisRow) protocol.Ask {
	return protocol.Ask{
		ID: "o", Patient: "p", Prescriber: "weiss", Now: noon, Body: body("60", "170", drug.Female),
		Steps:         []drug.Step{{Rate: unit.MgPerKgH("0.3"), Minutes: 120}},
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"), PumpStep: unit.MLPerH("0.1"), Number: 1, Of: 1,
		Adjuncts: []string{"nausea", "distress"}, Library: "hash", Rows: rows,
	}
}

func TestCheck_WhatIsUsualAsksNothing(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	for _, p := range k.Rows {
		a := usualAsk(rows)
		rate, _ := p.Span("rate")
		length, _ := p.Span("duration")
		a.Steps[0].Rate = unit.MgPerKgH(rate.Usual)
		a.Steps[0].Minutes = drug.Minutes(minutes(t, length.Usual) / time.Minute)
		o := protocol.Make(p, rules, a)
		if stops := protocol.Stopping(protocol.Check(k, rules, o)); len(stops) > 0 {
			t.Errorf("%s as usual: %+v", p.ID, stops)
		}
		if o.Basis.SecondReview != p.SecondReview || len(o.Adjuncts) != 2 || !o.ValidUntil.After(noon) {
			t.Errorf("%s: %+v", p.ID, o)
		}
		if len(o.Basis.Rows) < 8 {
			t.Errorf("%s names only %v as what it was decided on", p.ID, o.Basis.Rows)
		}
	}
}

func minutes(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text + "m")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// one is the line of a limit that stops, or else stands out.
func one(lines []protocol.Line, what string) (protocol.Line, bool) {
	for _, l := range lines {
		if l.What == what && l.Stops() {
			return l, true
		}
	}
	for _, l := range lines {
		if l.What == what && l.Result == protocol.Reasoned {
			return l, true
		}
	}
	return protocol.Line{}, false
}

// TestCheck_EachLimit: one change at a time, the limit that it meets, what is
// answered and which row binds.
func TestCheck_EachLimit(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	rate := func(r string) func(*protocol.Ask) {
		return func(a *protocol.Ask) { a.Steps[0].Rate = unit.MgPerKgH(r) }
	}
	length := func(m drug.Minutes) func(*protocol.Ask) { return func(a *protocol.Ask) { a.Steps[0].Minutes = m } }
	all := func(fs ...func(*protocol.Ask)) func(*protocol.Ask) {
		return func(a *protocol.Ask) {
			for _, f := range fs {
				f(a)
			}
		}
	}
	change := func(ids ...string) func(*protocol.Ask) { return func(a *protocol.Ask) { a.Changes = ids } }
	reason := func(rules ...string) func(*protocol.Ask) { return func(a *protocol.Ask) { a.Reasoned = rules } }
	for _, c := range []struct {
		name   string
		ask    func(*protocol.Ask)
		order  func(*drug.Order)
		what   string
		result protocol.Result
		rule   string
	}{
		{name: "rate above the protocol", ask: all(rate("0.36"), change("higher_rate"), reason("PR-FIRST/higher_rate")), what: "rate", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "rate above the library", ask: rate("1.01"), what: "rate", result: protocol.Refused, rule: "LIM-RATE"},
		{name: "rate below the protocol", ask: all(rate("0.04"), change("lower_rate")), what: "rate", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "a first step below the protocol", ask: func(a *protocol.Ask) {
			a.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.01"), Minutes: 20}, {Rate: unit.MgPerKgH("0.3"), Minutes: 100}}
		}, what: "rate", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "higher, not from the list", ask: rate("0.35"), what: "rate", result: protocol.Refused, rule: "PR-FIRST/higher_rate"},
		{name: "higher, without a reason", ask: all(rate("0.35"), change("higher_rate")), what: "rate", result: protocol.NeedsReason, rule: "PR-FIRST/higher_rate"},
		{name: "higher, with a reason", ask: all(rate("0.35"), change("higher_rate"), reason("PR-FIRST/higher_rate")), what: "rate", result: protocol.Reasoned, rule: "PR-FIRST/higher_rate"},
		{name: "lower, marked as higher", ask: all(rate("0.2"), change("higher_rate")), what: "rate", result: protocol.Refused, rule: "PR-FIRST/lower_rate"},
		{name: "shorter, without a reason", ask: all(length(90), change("shorter")), what: "duration", result: protocol.NeedsReason, rule: "PR-FIRST/shorter"},
		{name: "too long", ask: all(length(241), change("longer"), reason("PR-FIRST/longer")), what: "duration", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "too long for the library", ask: length(361), what: "duration", result: protocol.Refused, rule: "LIM-DURATION"},
		{name: "mg/h by weight", ask: func(a *protocol.Ask) { a.Body = body("84", "190", drug.Male) }, what: "rate in mg/h", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "mg/kg by length", ask: length(220), what: "dose", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "mg by weight and length", ask: all(length(200), func(a *protocol.Ask) { a.Body = body("83", "190", drug.Male); a.BagVolume = unit.ML("250") }), what: "total", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "more infusions than the protocol", ask: func(a *protocol.Ask) { a.Of = 2 }, what: "infusions", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "infusion 2 of 1", ask: func(a *protocol.Ask) { a.Number = 2 }, what: "infusions", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "valid too long", ask: func(a *protocol.Ask) { a.ValidDays = 31 }, what: "validity", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "a bag too small", ask: func(a *protocol.Ask) { a.BagVolume = unit.ML("30") }, what: "bag", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "a concentration not offered", ask: func(a *protocol.Ask) { a.Concentration = unit.MgPerML("5") }, what: "concentration", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "observed less often", ask: func(a *protocol.Ask) { a.Observe = 20 }, what: "observations", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "closer watch, not from the list", ask: func(a *protocol.Ask) { a.Observe = 5 }, what: "observations", result: protocol.Refused, rule: "PR-FIRST/closer_watch"},
		{name: "observed shorter than any source", ask: func(a *protocol.Ask) { a.Observation = 30 }, what: "observation", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "driving sooner than any source", ask: func(a *protocol.Ask) { a.Driving = "4" }, what: "driving", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "another dose of an adjunct", order: func(o *drug.Order) { o.Adjuncts[0].Amount = "8" }, what: "drug held ready", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "its own maximum raised", order: func(o *drug.Order) { o.Maxima.Rate = unit.MgPerKgH("0.5") }, what: "most: rate", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "its own total raised", order: func(o *drug.Order) { o.Maxima.Total = unit.Mg("81") }, what: "most: total", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "another weight", order: func(o *drug.Order) { o.DosingWeight = unit.Kg("61") }, what: "dosing weight", result: protocol.Refused, rule: "WT-ADJUST"},
		{name: "another basis", order: func(o *drug.Order) { o.WeightBasis = drug.AdjustedWeight }, what: "dosing weight", result: protocol.Refused, rule: "WT-ADJUST"},
		{name: "another version", order: func(o *drug.Order) { o.Protocol.Version = "2" }, what: "protocol", result: protocol.Refused, rule: "SW-ORDER"},
		{name: "no basis", order: func(o *drug.Order) { o.Basis = nil }, what: "protocol", result: protocol.Refused, rule: "SW-ORDER"},
		{name: "a change of no list", ask: change("twice_the_dose"), what: "modification", result: protocol.Refused, rule: "PR-FIRST"},
		{name: "an old weight", ask: func(a *protocol.Ask) { a.Body.Weighed = noon.Add(-31 * 24 * time.Hour) }, what: "weight", result: protocol.NeedsReason, rule: "WT-AGE"},
		{name: "an old weight, with a reason", ask: all(func(a *protocol.Ask) { a.Body.Weighed = noon.Add(-31 * 24 * time.Hour) }, reason("WT-AGE")), what: "weight", result: protocol.Reasoned, rule: "WT-AGE"},
		{name: "a weight of no day", ask: func(a *protocol.Ask) { a.Body.Weighed = time.Time{} }, what: "weight", result: protocol.NeedsReason, rule: "WT-AGE"},
		{name: "a sudden change", ask: func(a *protocol.Ask) { a.Body.Before = unit.Kg("67") }, what: "weight", result: protocol.NeedsReason, rule: "WT-DRIFT"},
		{name: "pounds", ask: func(a *protocol.Ask) { a.Body = body("132.3", "170", drug.Female); a.Body.Before = unit.Kg("60") }, what: "weight", result: protocol.Refused, rule: "WT-UNIT"},
		{name: "pounds, with a reason", ask: all(func(a *protocol.Ask) { a.Body = body("132.3", "170", drug.Female); a.Body.Before = unit.Kg("60") }, reason("WT-UNIT")), what: "weight", result: protocol.Refused, rule: "WT-UNIT"},
		{name: "no body has it", ask: func(a *protocol.Ask) { a.Body = body("60", "99", drug.Female) }, what: "body mass index", result: protocol.Refused, rule: "WT-BODY"},
		{name: "no height", ask: func(a *protocol.Ask) { a.Body.Height = unit.Height{} }, what: "height", result: protocol.Refused, rule: "WT-ADJUST"},
		{name: "heavy, of a sex the formula does not know", ask: func(a *protocol.Ask) { a.Body = body("95", "170", "") }, what: "sex", result: protocol.Refused, rule: "WT-ADJUST"},
	} {
		a := usualAsk(rows)
		if c.ask != nil {
			c.ask(&a)
		}
		o := protocol.Make(k.Rows[0], rules, a)
		if c.order != nil {
			c.order(&o)
		}
		lines := protocol.Check(k, rules, o)
		l, ok := one(lines, c.what)
		if !ok || l.Result != c.result || l.Rule != c.rule {
			t.Errorf("%s: %s is %q by %q, want %q by %q; %+v", c.name, c.what, l.Result, l.Rule, c.result, c.rule, protocol.Stopping(lines))
			continue
		}
		if text := l.Text.English(); text == "" || strings.Contains(text, "{") {
			t.Errorf("%s: it says %q", c.name, text)
		}
		if l.Source == "" {
			t.Errorf("%s rests on nothing", c.name)
		}
	}
}

// TestGrant: an exception goes beyond the protocol and never beyond the library, of the
// numbers that have a limit there, and of nothing that says how a patient is watched.
func TestGrant(t *testing.T) {
	t.Parallel()
	k, rules, _ := shipped(t)
	p, _ := protocol.Of(k, "PR-FIRST")
	for _, c := range []struct {
		number, most string
		result       protocol.Result
		rule         string
	}{
		{"rate", "0.36", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"rate", "1", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"rate", "1.000001", protocol.Refused, "LIM-RATE"},
		{"rate", "0.35", protocol.Inside, "SW-ORDER-EXCEPTION"},
		{"rate", "0.34", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"rate", "1/2", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"rate", "5e-1", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"rate", "-0.4", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"rate", "0.40000000000000001", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"rate", "", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"mass_rate", "40", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"mass_rate", "40.1", protocol.Refused, "LIM-MASS-RATE"},
		{"duration", "360", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"duration", "361", protocol.Refused, "LIM-DURATION"},
		{"dose", "2", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"dose", "2.1", protocol.Refused, "LIM-TOTAL"},
		{"total", "200", protocol.Excepted, "SW-ORDER-EXCEPTION"},
		{"total", "201", protocol.Refused, "LIM-TOTAL"},
		{"loading", "0.05", protocol.Refused, "SW-ORDER-EXCEPTION"}, // of which the protocol offers none
		{"observe", "30", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"validity", "60", protocol.Refused, "SW-ORDER-EXCEPTION"},
		{"infusions", "3", protocol.Refused, "SW-ORDER-EXCEPTION"},
	} {
		if l := protocol.Grant(p, rules, drug.Exception{Number: c.number, Most: c.most}); l.Result != c.result || l.Rule != c.rule || l.Text.English() == "" {
			t.Errorf("%s to %q: %+v", c.number, c.most, l)
		}
	}
	sci, _ := protocol.Of(k, "PR-SCI-5H")
	for most, want := range map[string]protocol.Result{"0.35": protocol.Excepted, "0.36": protocol.Refused} {
		if l := protocol.Grant(sci, rules, drug.Exception{Number: "loading", Most: most}); l.Result != want {
			t.Errorf("a loading dose to %s: %+v", most, l)
		}
	}
	if l := protocol.Grant(p, library.Session{}, drug.Exception{Number: "rate", Most: "0.4"}); l.Result != protocol.Refused {
		t.Errorf("without a library: %+v", l)
	}
}

// TestCheck_Exception: what was let beyond the protocol is taken up to there, and one
// step further it is not; nothing reaches beyond the library, and its own maximum rises
// with it.
func TestCheck_Exception(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	for _, c := range []struct {
		name, rate, let string
		result          protocol.Result
		rule            string
	}{
		{"as it was let", "0.4", "0.4", protocol.Excepted, "PR-FIRST"},
		{"a step beyond", "0.400001", "0.4", protocol.Refused, "PR-FIRST"},
		{"let for another number", "0.4", "", protocol.Refused, "PR-FIRST"},
		{"beyond the library", "1.01", "2", protocol.Refused, "LIM-RATE"},
		{"inside all the same", "0.3", "0.4", protocol.Inside, "PR-FIRST"},
	} {
		a := usualAsk(rows)
		a.Steps[0].Rate, a.Changes, a.Reasoned = unit.MgPerKgH(c.rate), []string{"higher_rate"}, []string{"PR-FIRST/higher_rate"}
		a.Exceptions = []drug.Exception{{Number: "total", Most: "200"}}
		if c.let != "" {
			a.Exceptions = append(a.Exceptions, drug.Exception{Number: "rate", Most: c.let})
		}
		p, _ := protocol.Of(k, "PR-FIRST")
		o := protocol.Make(p, rules, a)
		lines := protocol.Check(k, rules, o)
		i := slices.IndexFunc(lines, func(l protocol.Line) bool { return l.What == "rate" && l.Rule == c.rule })
		if i < 0 || lines[i].Result != c.result {
			t.Errorf("%s: %+v", c.name, lines)
		}
		if c.result == protocol.Excepted && (len(protocol.Stopping(lines)) > 0 || o.Maxima.Rate != unit.MgPerKgH("0.4") || o.Maxima.Total != unit.Mg("200")) {
			t.Errorf("%s: %+v, at most %+v", c.name, protocol.Stopping(lines), o.Maxima)
		}
	}
}

// TestCheck_ExceptionReachesNotBelow: a step below the protocol's range is refused also
// where another step goes beyond it by exception.
func TestCheck_ExceptionReachesNotBelow(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	p, _ := protocol.Of(k, "PR-FIRST")
	a := usualAsk(rows)
	a.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.4"), Minutes: 60}, {Rate: unit.MgPerKgH("0.001"), Minutes: 60}}
	a.Changes, a.Reasoned = []string{"higher_rate"}, []string{"PR-FIRST/higher_rate"}
	a.Exceptions = []drug.Exception{{Number: "rate", Most: "0.4"}}
	if l, ok := one(protocol.Check(k, rules, protocol.Make(p, rules, a)), "rate"); !ok || l.Result != protocol.Refused {
		t.Errorf("%+v", l)
	}
}

// TestNeeded: an order holds only the exceptions that it goes beyond its protocol by, and
// its own maximum rises no further.
func TestNeeded(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	p, _ := protocol.Of(k, "PR-FIRST")
	a := usualAsk(rows)
	a.Exceptions = []drug.Exception{{Number: "rate", Most: "0.9"}, {Number: "duration", Most: "300"}}
	if got := protocol.Needed(k, rules, p, a); len(got) > 0 {
		t.Errorf("what is usual needs %v", got)
	}
	a.Steps[0].Rate = unit.MgPerKgH("0.4")
	a.Changes, a.Reasoned = []string{"higher_rate"}, []string{"PR-FIRST/higher_rate"}
	a.Exceptions = protocol.Needed(k, rules, p, a)
	o := protocol.Make(p, rules, a)
	if len(a.Exceptions) != 1 || a.Exceptions[0].Number != "rate" || o.Maxima.Minutes != 240 || len(protocol.Stopping(protocol.Check(k, rules, o))) > 0 {
		t.Errorf("%v, %+v", a.Exceptions, o.Maxima)
	}
}

// TestCheck_LoadingDose: a protocol that has none refuses one; where there is one it is
// bounded, marked as a change of what is usual with a reason, counted in the dose, and
// never beyond the library's limit of a bolus.
func TestCheck_LoadingDose(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	for _, c := range []struct {
		name, protocol, dose string
		over                 drug.Minutes
		changes, reasoned    []string
		what                 string
		result               protocol.Result
		rule                 string
	}{
		{"of a protocol without one", "PR-FIRST", "0.05", 5, []string{"loading_dose"}, []string{"PR-FIRST/loading_dose"}, "loading dose", protocol.Refused, "PR-FIRST"},
		{"as the list has it", "PR-SCI-5H", "0.06", 5, []string{"loading_dose"}, []string{"PR-SCI-5H/loading_dose"}, "loading dose", protocol.Reasoned, "PR-SCI-5H/loading_dose"},
		{"without a reason", "PR-SCI-5H", "0.06", 5, []string{"loading_dose"}, nil, "loading dose", protocol.NeedsReason, "PR-SCI-5H/loading_dose"},
		{"not marked", "PR-SCI-5H", "0.06", 5, nil, nil, "loading dose", protocol.Refused, "PR-SCI-5H/loading_dose"},
		{"one step more", "PR-SCI-5H", "0.0601", 5, []string{"loading_dose"}, []string{"PR-SCI-5H/loading_dose"}, "loading dose", protocol.Refused, "PR-SCI-5H"},
		{"beyond the library", "PR-SCI-5H", "0.3501", 5, []string{"loading_dose"}, []string{"PR-SCI-5H/loading_dose"}, "loading dose", protocol.Refused, "LIM-BOLUS"},
		{"too slow", "PR-SCI-5H", "0.06", 16, []string{"loading_dose"}, []string{"PR-SCI-5H/loading_dose"}, "loading dose over", protocol.Refused, "PR-SCI-5H"},
		{"at once", "PR-SCI-5H", "0.06", 0, []string{"loading_dose"}, []string{"PR-SCI-5H/loading_dose"}, "order", protocol.Refused, "PR-SCI-5H"},
	} {
		p, _ := protocol.Of(k, c.protocol)
		a := usualAsk(rows)
		a.Loading, a.LoadingMinutes, a.Changes, a.Reasoned = unit.MgPerKg(c.dose), c.over, c.changes, c.reasoned
		rate, _ := p.Span("rate")
		length, _ := p.Span("duration")
		a.Steps[0].Rate, a.Steps[0].Minutes = unit.MgPerKgH(rate.Usual), drug.Minutes(minutes(t, length.Usual)/time.Minute)
		lines := protocol.Check(k, rules, protocol.Make(p, rules, a))
		if i := slices.IndexFunc(lines, func(l protocol.Line) bool { return l.What == c.what && l.Result == c.result && l.Rule == c.rule }); i < 0 {
			t.Errorf("%s: %+v", c.name, protocol.Stopping(lines))
		}
		if c.result == protocol.Reasoned && len(protocol.Stopping(lines)) > 0 {
			t.Errorf("%s: %+v", c.name, protocol.Stopping(lines))
		}
	}
}

// TestCheck_ReasonsReleaseNoHardLimit: whatever has a reason, what is beyond the
// protocol stays refused.
func TestCheck_ReasonsReleaseNoHardLimit(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	var every []string
	for _, r := range rules.Rules() {
		every = append(every, r.ID)
	}
	p := k.Rows[0]
	for _, m := range p.Modifications {
		every = append(every, p.ID+"/"+m.ID)
	}
	every = append(every, p.ID)
	rapid.Check(t, func(t *rapid.T) {
		a := usualAsk(rows)
		n := rapid.Int64Range(1, 3_000_000).Draw(t, "rate")
		a.Steps[0].Rate = micro(n)
		a.Steps[0].Minutes = drug.Minutes(rapid.IntRange(1, 600).Draw(t, "minutes"))
		a.Changes, a.Reasoned = []string{"lower_rate", "higher_rate", "shorter", "longer"}, every
		a.BagVolume = unit.ML("1000")
		o := protocol.Make(p, rules, a)
		open := len(protocol.Stopping(protocol.Check(k, rules, o))) == 0
		dose, total := unit.PerWeight(o.PlannedMass(), o.DosingWeight), o.PlannedMass()
		inside := n >= 50_000 && n <= 350_000 && a.Steps[0].Minutes >= 60 && a.Steps[0].Minutes <= 240 &&
			dose.Cmp(unit.MgPerKg("0.1").Exact()) >= 0 && dose.Cmp(unit.MgPerKg("1").Exact()) <= 0 &&
			total.Cmp(unit.Mg("5").Exact()) >= 0 && total.Cmp(unit.Mg("80").Exact()) <= 0 &&
			unit.Dosed(a.Steps[0].Rate, o.DosingWeight, time.Hour).Cmp(unit.Mg("25").Exact()) <= 0 &&
			unit.Dosed(a.Steps[0].Rate, o.DosingWeight, time.Hour).Cmp(unit.Mg("1").Exact()) >= 0
		if open != inside {
			t.Fatalf("open %t, inside the protocol %t", open, inside)
		}
	})
}

func micro(n int64) unit.DoseRate {
	return unit.MgPerKgH(itoa(n/1_000_000) + "." + fmt.Sprintf("%06d", n%1_000_000))
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestDosingWeight: worked out by hand from the formula, to a tenth of a kilogram.
func TestDosingWeight(t *testing.T) {
	t.Parallel()
	_, rules, _ := shipped(t)
	for _, c := range []struct {
		kg, cm string
		sex    drug.Sex
		want   string
		basis  drug.WeightBasis
	}{
		{"70", "175", drug.Male, "70", drug.ActualWeight},
		{"86.6", "170", drug.Female, "86.6", drug.ActualWeight}, // 29.97 kg/m²
		// 86.7 kg at 170 cm: 30 kg/m². Ideal 45.5 + 2.3 × (66.929 − 60) = 61.437;
		// and 0.4 × 25.263 above it.
		{"86.7", "170", drug.Female, "71.5", drug.AdjustedWeight},
		{"86.7", "170", drug.Male, "74.2", drug.AdjustedWeight},
		// 160 kg at 190 cm: ideal 84.047, and 0.4 × 75.953: 114.4, capped.
		{"160", "190", drug.Male, "100", drug.AdjustedWeight},
		// 110 kg at 195 cm: 28.9 kg/m², above what is dosed on.
		{"110", "195", drug.Male, "100", drug.AdjustedWeight},
		{"50", "120", drug.Female, "29.7", drug.AdjustedWeight}, // 16.161 ideal
	} {
		w, lines := protocol.DosingWeight(rules, body(c.kg, c.cm, c.sex), nil, noon)
		if len(protocol.Stopping(lines)) > 0 || w.Kg != unit.Kg(c.want) || w.Basis != c.basis {
			t.Errorf("%s kg, %s cm, %s: %s %s (%s), want %s %s; %+v", c.kg, c.cm, c.sex, w.Kg, w.Basis, w.Index, c.want, c.basis, lines)
		}
	}
}

// TestDosingWeight_Bounded: never more than the measured weight, nor than 100 kg.
func TestDosingWeight_Bounded(t *testing.T) {
	t.Parallel()
	_, rules, _ := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drug.Body{Weighed: noon, Sex: rapid.SampledFrom([]drug.Sex{drug.Female, drug.Male}).Draw(t, "sex")}
		b.Weight = unit.Kg(itoa(rapid.Int64Range(20, 350).Draw(t, "kg")) + "." + itoa(rapid.Int64Range(0, 9).Draw(t, "tenths")))
		if err := b.Height.UnmarshalText([]byte(itoa(rapid.Int64Range(90, 250).Draw(t, "cm")))); err != nil {
			t.Fatal(err)
		}
		w, lines := protocol.DosingWeight(rules, b, nil, noon)
		if len(protocol.Stopping(lines)) == 0 && (!w.Kg.Positive() || b.Weight.Less(w.Kg) || unit.Kg("100").Less(w.Kg)) {
			t.Fatalf("%s kg doses on %s", b.Weight, w.Kg)
		}
	})
}

// TestTop_IsAllowedAndNoMoreIs: the greatest rate is inside every limit of the
// protocol; a hundredth more is not.
func TestTop_IsAllowedAndNoMoreIs(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(k.Rows).Draw(t, "protocol")
		a := usualAsk(rows)
		a.Body = body(itoa(rapid.Int64Range(52, 110).Draw(t, "kg")), "190", drug.Male)
		m := drug.Minutes(rapid.IntRange(60, 240).Draw(t, "minutes"))
		w, _ := protocol.DosingWeight(rules, a.Body, nil, noon)
		top, binds := protocol.Top(p, w.Kg, m)
		refused := func(r unit.DoseRate) []string {
			a.Steps, a.BagVolume, a.Of = []drug.Step{{Rate: r, Minutes: m}}, unit.ML("1000"), 1
			a.Changes = []string{"lower_rate", "higher_rate", "shorter", "longer"}
			a.Reasoned = []string{p.ID + "/lower_rate", p.ID + "/higher_rate", p.ID + "/shorter", p.ID + "/longer"}
			var out []string
			for _, l := range protocol.Stopping(protocol.Check(k, rules, protocol.Make(p, rules, a))) {
				out = append(out, l.What)
			}
			return out
		}
		if not := refused(top); len(not) > 0 {
			t.Fatalf("%s of %s for %s over %d min, bound by %s: %v", top, p.ID, w.Kg, m, binds, not)
		}
		text, _ := protocol.Called(binds)
		if not := refused(top.Add(unit.MgPerKgH("0.01"))); !slices.Contains(not, text) {
			t.Fatalf("a hundredth above %s is stopped by %v, not by %s", top, not, text)
		}
	})
}

func TestOutdated_NamesTheRowsThatChanged(t *testing.T) {
	t.Parallel()
	k, rules, rows := shipped(t)
	o := protocol.Make(k.Rows[0], rules, usualAsk(rows))
	if out := protocol.Outdated(o, rows); len(out) > 0 {
		t.Errorf("of the same library: %v", out)
	}
	changed := slices.Clone(rows)
	for i := range changed {
		switch changed[i].Name {
		case "protocols/PR-FIRST", "protocols/PR-CRPS-4H":
			changed[i].Hash = "other"
		}
	}
	if out := protocol.Outdated(o, changed); !slices.Equal(out, []string{"protocols/PR-FIRST"}) {
		t.Errorf("of a protocol that says something else: %v", out)
	}
	gone := slices.DeleteFunc(slices.Clone(rows), func(r drug.BasisRow) bool { return r.Name == "session/WT-CAP" })
	if out := protocol.Outdated(o, gone); !slices.Equal(out, []string{"session/WT-CAP"}) {
		t.Errorf("of a row that is gone: %v", out)
	}
	if out := protocol.Outdated(drug.Order{}, nil); out != nil {
		t.Errorf("of an order that names nothing: %v", out)
	}
}
