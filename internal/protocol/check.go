package protocol

import (
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Protocols are the protocols of a library.
type Protocols = library.Knowledge[library.Protocol]

// Of finds a protocol by its id.
func Of(k Protocols, id string) (library.Protocol, bool) {
	i := slices.IndexFunc(k.Rows, func(p library.Protocol) bool { return p.ID == id })
	if i < 0 {
		return library.Protocol{}, false
	}
	return k.Rows[i], true
}

// Check holds an order against the protocol it names and the limits of the library.
// Every limit has its line, the ones that ask nothing included. An order that does
// not say on what it was decided comes from no protocol, and is refused.
func Check(k Protocols, rules library.Session, o drug.Order) []Line {
	c := &checker{rules: rules}
	if !rules.Ready() || o.Basis == nil {
		c.refuse("protocol", "SW-ORDER", "", "", word.M("order.no_basis"))
		return c.lines
	}
	p, ok := Of(k, o.Protocol.ID)
	if !ok || o.Protocol.Version != strconv.Itoa(p.Version) {
		c.refuse("protocol", "SW-ORDER", o.Protocol.ID+" "+o.Protocol.Version, "", word.M("order.no_protocol"))
		return c.lines
	}
	c.reasoned = o.Basis.Reasoned
	w, lines := DosingWeight(rules, o.Basis.Body, c.reasoned, o.SignedAt)
	c.lines = lines
	if w.Kg != o.DosingWeight || w.Basis != o.WeightBasis || !o.DosingWeight.Positive() {
		c.refuse("dosing weight", "WT-ADJUST", o.DosingWeight.String(), w.Kg.String(), word.M("order.other_weight"))
		return c.lines
	}
	x := &inProtocol{checker: c, k: k, p: p, o: o}
	x.given()
	x.maxima()
	x.watched()
	x.chosen()
	x.heldReady()
	x.changed()
	return c.lines
}

// inProtocol checks one order against one protocol.
type inProtocol struct {
	*checker
	k Protocols
	p library.Protocol
	o drug.Order
}

// outer are the hard limits of the library behind a number of the protocol.
var outer = []struct{ number, rule string }{
	{"rate", "LIM-RATE"}, {"mass_rate", "LIM-MASS-RATE"}, {"duration", "LIM-DURATION"}, {"dose", "LIM-TOTAL"}, {"total", "LIM-TOTAL"}, {"loading", "LIM-BOLUS"},
}

// words are how the numbers of a protocol are called.
var words = []struct{ number, text, label string }{
	{"rate", "rate", "mg/kg/h"},
	{"mass_rate", "rate in mg/h", "mg/h"},
	{"duration", "duration", "min"},
	{"dose", "dose", "mg/kg"},
	{"total", "total", "mg"},
	{"infusions", "infusions", ""},
	{"loading", "loading dose", "mg/kg"},
	{"loading_minutes", "loading dose over", "min"},
	{"validity", "validity", "d"},
	{"cuff_first", "blood pressure at first", "min"},
	{"cuff", "blood pressure", "min"},
	{"observe", "observations", "min"},
	{"peak", "questions at the peak", "min"},
	{"recovery", "observations in recovery", "min"},
	{"presence", "someone looks in", "min"},
}

// Called is how a number of a protocol is called, and its unit as people write it.
func Called(number string) (text, label string) {
	for _, w := range words {
		if w.number == number {
			return w.text, w.label
		}
	}
	return number, ""
}

// given holds what is ordered to be given against the protocol: its rates, its length
// and what they come to for this weight. The rate is entered once; everything else is
// worked out.
func (x *inProtocol) given() {
	if x.o.Missing() != "" {
		x.refuse("order", x.p.ID, "", "", word.M("order.missing", x.o.Missing()))
		return
	}
	low, high := x.o.Steps[0].Rate, x.o.Steps[0].Rate
	for _, s := range x.o.Steps {
		if s.Rate.Less(low) {
			low = s.Rate
		}
		if high.Less(s.Rate) {
			high = s.Rate
		}
	}
	x.loading()
	mass := x.o.PlannedMass()
	x.within("rate", high.Exact().Rat(), low.Exact().Rat())
	hourly := unit.Dosed(high, x.o.DosingWeight, time.Hour).Rat()
	x.within("mass_rate", hourly, hourly)
	minutes := big.NewRat(int64(x.o.Planned()/time.Minute), 1)
	x.within("duration", minutes, minutes)
	dose := unit.PerWeight(mass, x.o.DosingWeight).Rat()
	x.within("dose", dose, dose)
	x.within("total", mass.Rat(), mass.Rat())
	of := big.NewRat(int64(x.o.Of), 1)
	x.within("infusions", of, of)
	if x.o.Number < 1 || x.o.Number > x.o.Of {
		x.refuse("infusions", x.p.ID, strconv.Itoa(x.o.Number), "1 to "+strconv.Itoa(x.o.Of), word.M("order.number"))
	}
	days := big.NewRat(int64(x.o.ValidUntil.Sub(x.o.SignedAt)/time.Second), 24*60*60)
	x.within("validity", days, days)
	if bag := x.o.BagMass(); mass.Cmp(bag) > 0 {
		x.refuse("bag", x.p.ID, mass.Text(1), bag.Text(1), word.M("order.bag"))
	}
}

// loading holds a loading dose against the protocol, and the time over which it is given
// against the library. An order without one asks nothing.
func (x *inProtocol) loading() {
	l := x.o.Loading
	if l == nil {
		return
	}
	if span, ok := x.p.Span("loading"); !ok || rat(span.Most).Sign() == 0 {
		x.refuse("loading dose", x.p.ID, l.Dose.String(), "none", word.M("order.no_loading"))
		return
	}
	dose, over := l.Dose.Exact().Rat(), big.NewRat(int64(l.Minutes), 1)
	x.within("loading", dose, dose)
	x.within("loading_minutes", over, over)
	if least := x.rules.Duration(library.LeastBolusTime); l.Minutes.Duration() < least {
		x.refuse("loading dose over", library.LeastBolusTime.Rule, strconv.Itoa(int(l.Minutes))+" min", "at least "+strconv.Itoa(int(least.Seconds()))+" s", word.M("order.loading_fast"))
	}
}

// within is the line of one number of the protocol: the greatest and the least that
// was asked.
func (x *inProtocol) within(name string, high, low *big.Rat) {
	span, ok := x.p.Span(name)
	text, label := Called(name)
	if !ok {
		x.refuse(text, x.p.ID, "", "", word.M("order.no_number", text))
		return
	}
	least, most := rat(span.Least), rat(span.Most)
	line := Line{
		What: text, Asked: said(high, label), Allowed: span.Least + " to " + said(most, label), Result: Inside, Rule: x.p.ID,
		Text: word.M("order.inside"), Source: x.says(span),
	}
	switch {
	case high.Cmp(most) > 0:
		line.Result, line.Text = Refused, word.M("order.above")
		x.byLibrary(name, high, &line)
		if low.Cmp(least) < 0 { // no exception reaches below
			break
		}
		if e, ok := excepted(x.o.Basis.Exceptions, name); ok && line.Rule == x.p.ID && high.Cmp(rat(e)) <= 0 {
			line.Result, line.Allowed, line.Text = Excepted, span.Least+" to "+said(rat(e), label)+" by exception", word.M("order.excepted")
		}
	case low.Cmp(least) < 0:
		line.Asked, line.Result, line.Text = said(low, label), Refused, word.M("order.below")
	}
	x.add(line)
}

// byLibrary names the library's own limit where that is exceeded too: no exception
// reaches beyond it.
func (x *inProtocol) byLibrary(name string, high *big.Rat, line *Line) {
	for _, out := range outer {
		if out.number != name {
			continue
		}
		for _, k := range []library.Key{library.MostRate, library.MostMassRate, library.MostDuration, library.MostDose, library.MostMass, library.MostBolus} {
			if k.Rule != out.rule || (name == "dose") != (k == library.MostDose) {
				continue
			}
			most := number(x.rules, k)
			if k == library.MostDuration {
				most.Mul(most, big.NewRat(60, 1))
			}
			if _, label := Called(name); high.Cmp(most) > 0 {
				line.Rule, line.Source, line.Text, line.Allowed = k.Rule, x.cited(k.Rule), word.M("order.beyond_library"), said(most, label)
			}
		}
	}
}

// maxima refuses an order that allows itself more than its protocol.
func (x *inProtocol) maxima() {
	m := x.o.Maxima
	for _, l := range []struct {
		number string
		asked  *big.Rat
	}{
		{"rate", m.Rate.Exact().Rat()},
		{"mass_rate", m.MassRate.Exact().Rat()},
		{"total", m.Total.Exact().Rat()},
		{"dose", m.Dose.Exact().Rat()},
		{"duration", big.NewRat(int64(m.Minutes), 1)},
	} {
		span, _ := x.p.Span(l.number)
		text, label := Called(l.number)
		most := rat(span.Most)
		if e, ok := excepted(x.o.Basis.Exceptions, l.number); ok && rat(e).Cmp(most) > 0 {
			most = rat(e)
		}
		if l.asked.Cmp(most) > 0 {
			x.refuse("most: "+text, x.p.ID, said(l.asked, label), said(most, label), word.M("order.maximum"))
		}
	}
}

func (x *inProtocol) watched() {
	w := x.o.Watch
	for _, l := range []struct {
		number string
		asked  drug.Minutes
	}{
		{"cuff_first", w.CuffFirst},
		{"cuff", w.Cuff},
		{"observe", w.Observation},
		{"peak", w.Peak},
		{"recovery", w.Recovery},
		{"presence", w.Presence},
	} {
		n := big.NewRat(int64(l.asked), 1)
		x.within(l.number, n, n)
	}
}

// chosen holds the bag and what the sources do not agree on against the options.
func (x *inProtocol) chosen() {
	var strengths []string
	ok := false
	for _, s := range x.p.Concentrations {
		strengths = append(strengths, s.Value+" "+s.Unit)
		ok = ok || rat(s.Value).Cmp(x.o.Concentration.Exact().Rat()) == 0
	}
	if !ok {
		x.refuse("concentration", x.p.ID, x.o.Concentration.String(), list(strengths), word.M("order.not_offered"))
	}
	x.option("observation", strconv.Itoa(int(x.o.Watch.RecoveryLeast)))
	x.option("driving", x.o.Basis.Driving)
}

// Options are what a protocol offers of something on which sources disagree.
func Options(p library.Protocol, name string) (library.Choice, bool) {
	i := slices.IndexFunc(p.Choices, func(c library.Choice) bool { return c.Name == name })
	if i < 0 {
		return library.Choice{}, false
	}
	return p.Choices[i], true
}

func (x *inProtocol) option(name, asked string) {
	c, _ := Options(x.p, name)
	var values []string
	for _, o := range c.Options {
		if o.Value == asked {
			x.add(Line{
				What: name, Asked: asked, Result: Inside, Rule: x.p.ID, Text: word.M("order.inside"),
				Source: "protocol " + x.p.ID + ": " + x.k.Wording(o.Source, o.Mark),
			})
			return
		}
		values = append(values, o.Value)
	}
	x.refuse(name, x.p.ID, asked, list(values), word.M("order.not_offered"))
}

// heldReady refuses an adjunct that is not the protocol's, to the dose.
func (x *inProtocol) heldReady() {
	for _, a := range x.o.Adjuncts {
		if !slices.ContainsFunc(x.p.Adjuncts, func(r library.AdjunctRow) bool { return Adjunct(r) == a }) {
			x.refuse("drug held ready", x.p.ID, a.Drug+" "+a.Amount+" "+a.Unit, "", word.M("order.not_offered"))
		}
	}
}

// Adjunct is what a row of the protocol comes to in an order.
func Adjunct(r library.AdjunctRow) drug.Adjunct {
	return drug.Adjunct{
		ID: r.Need, Drug: r.Drug, Amount: r.Amount, Unit: r.Unit, Route: r.Route, Indication: r.Need, MaxDoses: r.Doses,
		Sedating: r.Sedating, Rescue: true,
	}
}

// changed asks that what departs from what is usual stands on the protocol's list of
// modifications, with a reason where the list asks for one.
func (x *inProtocol) changed() {
	for _, id := range x.o.Basis.Changes {
		if !slices.ContainsFunc(x.p.Modifications, func(m library.Modification) bool { return m.ID == id }) {
			x.refuse("modification", x.p.ID, id, "", word.M("order.not_offered"))
		}
	}
	for _, f := range []struct {
		number string
		asked  *big.Rat
	}{
		{"rate", x.fastest()},
		{"duration", big.NewRat(int64(x.o.Planned()/time.Minute), 1)},
		{"observe", big.NewRat(int64(x.o.Watch.Observation), 1)},
		{"loading", x.loaded()},
	} {
		x.departs(f.number, f.asked)
	}
}

func (x *inProtocol) loaded() *big.Rat {
	if x.o.Loading == nil {
		return new(big.Rat)
	}
	return x.o.Loading.Dose.Exact().Rat()
}

func (x *inProtocol) fastest() *big.Rat {
	var top unit.DoseRate
	for _, s := range x.o.Steps {
		if top.Less(s.Rate) {
			top = s.Rate
		}
	}
	return top.Exact().Rat()
}

// departs is the line of a number that is not the usual one.
func (x *inProtocol) departs(name string, asked *big.Rat) {
	span, ok := x.p.Span(name)
	if !ok { // an optional one, of which there is none
		return
	}
	towards := "most"
	switch asked.Cmp(rat(span.Usual)) {
	case 0:
		return
	case -1:
		towards = "least"
	}
	text, label := Called(name)
	i := slices.IndexFunc(x.p.Modifications, func(m library.Modification) bool { return m.Field == name && m.Towards == towards })
	if i < 0 {
		x.refuse(text, x.p.ID, said(asked, label), said(rat(span.Usual), label), word.M("order.no_change"))
		return
	}
	m := x.p.Modifications[i]
	line := Line{
		What: text, Asked: said(asked, label), Allowed: said(rat(span.Usual), label), Result: Inside, Rule: x.p.ID + "/" + m.ID,
		Text: word.M("order.modified", m.Text), Source: "protocol " + x.p.ID + " " + strconv.Itoa(x.p.Version),
	}
	switch {
	case !slices.Contains(x.o.Basis.Changes, m.ID):
		line.Result, line.Text = Refused, word.M("order.unmarked", m.Text)
	case m.Reason:
		line.Result = x.reason(line.Rule)
	}
	x.add(line)
}

func (x *inProtocol) says(s library.Span) string {
	return "protocol " + x.p.ID + " " + strconv.Itoa(x.p.Version) + ": " + x.k.Wording(s.Source, s.Mark)
}

// rat reads a number of a checked file.
func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return r
}

// said is a number as people read it, to three decimals.
func said(n *big.Rat, label string) string {
	s := n.FloatString(3)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if label == "" {
		return s
	}
	return s + " " + label
}

func list(parts []string) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += ", "
		}
		out += p
	}
	return out
}
