package protocol

import (
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// Ask is what a prescriber chooses; all else follows from the protocol.
type Ask struct {
	ID         ident.Order
	Patient    ident.Patient
	Prescriber ident.Person
	Now        time.Time // when it is signed
	Body       drug.Body
	Steps      []drug.Step
	// Loading is a dose given at the start over LoadingMinutes; zero for none.
	Loading        unit.Dose
	LoadingMinutes drug.Minutes
	Concentration  unit.Concentration
	BagVolume      unit.Volume
	Diluent        string
	PumpStep       unit.PumpRate
	Observe        drug.Minutes // 0: as usual
	Observation    drug.Minutes // after the pump has stopped; 0: as usual
	Driving        string       // empty: as usual
	ValidDays      int          // 0: as usual
	// Adjuncts are the needs for which a drug is held ready.
	Adjuncts   []string
	Changes    []string // modifications of the protocol's list
	Reasoned   []string // soft limits and modifications that have a reason
	Number, Of int
	// Exceptions are what a director let this order go beyond of the protocol.
	Exceptions []drug.Exception
	// Library and Rows are the library as it is adopted.
	Library string
	Rows    []drug.BasisRow
}

// Make writes the order that an ask comes to under a protocol. It refuses nothing:
// Check says what stands in its way.
func Make(p library.Protocol, rules library.Session, a Ask) drug.Order {
	w, _ := DosingWeight(rules, a.Body, a.Reasoned, a.Now)
	most := func(name string) string {
		out := span(p, name).Most
		if e, ok := excepted(a.Exceptions, name); ok && rat(e).Cmp(rat(out)) > 0 {
			out = e
		}
		return out
	}
	o := drug.Order{
		ID: a.ID, Patient: a.Patient, Prescriber: a.Prescriber, SignedAt: a.Now, Drug: p.Drug,
		Protocol:     drug.Protocol{ID: p.ID, Version: strconv.Itoa(p.Version), Name: p.Text},
		DosingWeight: w.Kg, WeightBasis: w.Basis, Concentration: a.Concentration, BagVolume: a.BagVolume, Diluent: a.Diluent, PumpStep: a.PumpStep,
		Steps: a.Steps, Number: a.Number, Of: a.Of,
		Maxima: drug.Maxima{
			Rate: quantity(unit.DoseRate{}, most("rate")), MassRate: quantity(unit.MassRate{}, most("mass_rate")),
			Total: quantity(unit.Mass{}, most("total")), Dose: quantity(unit.Dose{}, most("dose")), Minutes: minutes(most("duration")),
		},
		Watch: drug.Watch{
			CuffFirst: usual(p, "cuff_first"), Cuff: usual(p, "cuff"), Observation: usual(p, "observe"), Recovery: usual(p, "recovery"),
			Peak: usual(p, "peak"), Presence: usual(p, "presence"), RecoveryLeast: a.Observation,
		},
		Basis: &drug.Basis{
			Library: a.Library, Body: a.Body, Changes: a.Changes, Reasoned: a.Reasoned, Driving: a.Driving, Exceptions: a.Exceptions, SecondReview: p.SecondReview,
			Rows: Rests(p, a.Rows),
		},
	}
	if !a.Loading.IsZero() {
		o.Loading = &drug.Loading{Dose: a.Loading, Minutes: a.LoadingMinutes}
	}
	if a.Observe > 0 {
		o.Watch.Observation, o.Watch.Presence = a.Observe, min(a.Observe, o.Watch.Presence)
	}
	if c, ok := Options(p, "observation"); ok && a.Observation == 0 {
		o.Watch.RecoveryLeast = minutes(c.Usual)
	}
	if c, ok := Options(p, "driving"); ok && a.Driving == "" {
		o.Basis.Driving = c.Usual
	}
	days := a.ValidDays
	if days == 0 {
		days = int(usual(p, "validity"))
	}
	o.ValidUntil = a.Now.Add(time.Duration(days) * 24 * time.Hour)
	for _, r := range p.Adjuncts {
		if slices.Contains(a.Adjuncts, r.Need) {
			o.Adjuncts = append(o.Adjuncts, Adjunct(r))
		}
	}
	return o
}

func span(p library.Protocol, name string) library.Span {
	s, _ := p.Span(name) // every protocol has every number
	return s
}

func usual(p library.Protocol, name string) drug.Minutes { return minutes(span(p, name).Usual) }

func minutes(text string) drug.Minutes {
	n, _ := strconv.Atoi(text) // else 0, which Check refuses
	return drug.Minutes(n)
}

// quantity reads a number of a checked file as the quantity that the first argument
// is.
func quantity[U unit.Base](q unit.Of[U], text string) unit.Of[U] {
	if err := q.UnmarshalText([]byte(text)); err != nil {
		return unit.Of[U]{}
	}
	return q
}

// Row is how the row of a protocol is called in the library.
func Row(p library.Protocol) string { return "protocols/" + p.ID }

// restsOn names the rows that an order from a protocol is decided on.
func restsOn(p library.Protocol) []string {
	out := []string{Row(p)}
	for _, id := range weightRows() {
		out = append(out, "session/"+id)
	}
	for _, o := range outer {
		if name := "session/" + o.rule; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Rests are the rows of a library that an order from a protocol is decided on.
func Rests(p library.Protocol, rows []drug.BasisRow) []drug.BasisRow {
	var out []drug.BasisRow
	for _, name := range restsOn(p) {
		for _, r := range rows {
			if r.Name == name {
				out = append(out, r)
			}
		}
	}
	return out
}

// Outdated names the rows on which an order was decided that are not in the library
// any more, or say something else now. An order that was written by hand names none.
func Outdated(o drug.Order, rows []drug.BasisRow) []string {
	if o.Basis == nil {
		return nil
	}
	var out []string
	for _, was := range o.Basis.Rows {
		if !slices.Contains(rows, was) {
			out = append(out, was.Name)
		}
	}
	return out
}

// Top is the greatest rate that every limit of a protocol allows for a weight and a
// duration, cut to a hundredth of a mg/kg/h, and the number that binds it.
func Top(p library.Protocol, kg unit.Weight, d drug.Minutes) (rate unit.DoseRate, binds string) {
	if !kg.Positive() || d <= 0 {
		return rate, ""
	}
	weight, hours := kg.Exact().Rat(), big.NewRat(int64(d), 60)
	over := func(name string, by ...*big.Rat) *big.Rat {
		n := rat(span(p, name).Most)
		for _, b := range by {
			n.Quo(n, b)
		}
		return n
	}
	var least *big.Rat
	for _, l := range []struct {
		name string
		most *big.Rat
	}{
		{"rate", over("rate")},
		{"mass_rate", over("mass_rate", weight)},
		{"dose", over("dose", hours)},
		{"total", over("total", weight, hours)},
	} {
		if least == nil || l.most.Cmp(least) < 0 {
			least, binds = l.most, l.name
		}
	}
	cut := new(big.Int).Quo(new(big.Int).Mul(least.Num(), big.NewInt(100)), least.Denom())
	return rateOf(cut.Int64()), binds
}

func rateOf(hundredths int64) unit.DoseRate {
	return perUnit(unit.DoseRate{}, hundredths*(unit.Micro/100))
}

func perUnit[U unit.Base](_ unit.Of[U], n int64) unit.Of[U] { return unit.FromMicro[U](n) }
