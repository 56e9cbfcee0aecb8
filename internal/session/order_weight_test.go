package session

import (
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// weightCases: on what an order doses, at each number of the rule and one step beside
// it.
func weightCases() []limitCase {
	weigh := func(name, rule, want, kg, cm string, sex drug.Sex, age time.Duration) limitCase {
		return limitCase{"a dosing weight " + name, []string{rule}, want, func(rules library.Session) string {
			b := drug.Body{Weight: unit.Kg(kg), Weighed: at(0).Add(-age), Sex: sex}
			if err := b.Height.UnmarshalText([]byte(cm)); err != nil {
				return err.Error()
			}
			w, lines := protocol.DosingWeight(rules, b, nil, at(0))
			for _, l := range protocol.Stopping(lines) {
				return string(l.Result) + " " + l.Rule
			}
			return w.Kg.String() + " " + string(w.Basis)
		}}
	}
	const day = 24 * time.Hour
	return []limitCase{
		{"an exception up to the library", []string{"SW-ORDER-EXCEPTION"}, "by exception", granted("1")},
		{"an exception of what is inside", []string{"SW-ORDER-EXCEPTION"}, "refused", granted("0.34")},
		{"a loading dose over a minute", []string{"LIM-BOLUS"}, "", func(lib library.Session) string {
			return loadingRefused(lib, drug.Loading{Dose: unit.MgPerKg("0.35"), Minutes: 1}, false)
		}},
		{"the fifth infusion in 7 days", []string{"LIM-OFTEN"}, "", givenBefore(7, 4)},
		{"the sixth", []string{"LIM-OFTEN"}, "infusions in 7 days", givenBefore(7, 5)},
		{"the tenth in 28 days", []string{"LIM-OFTEN"}, "", givenBefore(28, 9)},
		{"the eleventh", []string{"LIM-OFTEN"}, "infusions in 28 days", givenBefore(28, 10)},
		{"the twelfth in 90 days", []string{"LIM-OFTEN"}, "", givenBefore(90, 11)},
		{"the thirteenth", []string{"LIM-OFTEN"}, "infusions in 90 days", givenBefore(90, 12)},
		{"the twelfth in a year", []string{"LIM-OFTEN"}, "", givenBefore(365, 11)},
		{"the thirteenth in a year", []string{"LIM-OFTEN"}, "infusions in 365 days", givenBefore(365, 12)},
		{"one of five orders gone beyond", []string{"SW-ORDER-OFTEN"}, "", often(1, 5, 0)},
		{"more than that", []string{"SW-ORDER-OFTEN"}, "PR-FIRST WT-AGE 2 of 9", often(2, 9, 0)},
		{"201 of 1000", []string{"SW-ORDER-OFTEN"}, "PR-FIRST WT-AGE 201 of 1000", often(201, 1000, 0)},
		{"at the end of the window", []string{"SW-ORDER-OFTEN"}, "PR-FIRST WT-AGE 2 of 9", often(2, 9, 90*day)},
		{"after it", []string{"SW-ORDER-OFTEN"}, "", often(2, 9, 90*day+time.Minute)},
		weigh("of 30 days", "WT-AGE", "70 kg actual", "70", "175", drug.Male, 30*day),
		weigh("of more", "WT-AGE", "needs a reason WT-AGE", "70", "175", drug.Male, 30*day+time.Minute),
		weigh("of 14 kg/m²", "WT-BODY", "14 kg actual", "14", "100", drug.Male, 0),
		weigh("of less", "WT-BODY", "refused WT-BODY", "13.95", "100", drug.Male, 0),
		weigh("of 60 kg/m²", "WT-BODY", "22.8 kg adjusted", "60", "100", drug.Female, 0),
		weigh("of more kg/m²", "WT-BODY", "refused WT-BODY", "60.05", "100", drug.Female, 0),
		weigh("below 30 kg/m²", "WT-ADJUST", "86.6 kg actual", "86.6", "170", drug.Female, 0),
		weigh("of 30 kg/m²", "WT-ADJUST", "71.5 kg adjusted", "86.7", "170", drug.Female, 0),
		weigh("of 30 kg/m², of a man", "WT-ADJUST", "74.2 kg adjusted", "86.7", "170", drug.Male, 0),
	}
}

// granted is what becomes of an exception for the rate of PR-FIRST.
func granted(most string) func(library.Session) string {
	return func(rules library.Session) string {
		p := library.Protocol{Numbers: []library.Span{{Name: "rate", Most: "0.35"}}}
		return string(protocol.Grant(p, rules, drug.Exception{Number: "rate", Most: most}).Result)
	}
}

// givenBefore is which cap an order goes beyond when so many infusions were given in a window.
func givenBefore(days, infusions int) func(library.Session) string {
	return func(rules library.Session) string {
		lines := protocol.Caps(rules, protocol.Given{Known: true, Windows: []exposure.Window{{Days: days, Infusions: infusions}}}, nil)
		out := ""
		for _, l := range protocol.Stopping(lines) {
			out += l.What
		}
		return out
	}
}

// often is what goes to the director when so many of so many orders, of some time ago,
// have a reason for an old weight.
func often(reasoned, orders int, ago time.Duration) func(library.Session) string {
	return func(rules library.Session) string {
		var all []drug.Order
		for i := range orders {
			o := drug.Order{Protocol: drug.Protocol{ID: "PR-FIRST"}, SignedAt: at(0).Add(-ago), Basis: &drug.Basis{}}
			if i < reasoned {
				o.Basis.Reasoned = []string{"WT-AGE"}
			}
			all = append(all, o)
		}
		out := ""
		for _, x := range protocol.Often(rules, all, at(0)) {
			out += fmt.Sprintf("%s %s %d of %d", x.Protocol, x.Rule, x.Times, x.Orders)
		}
		return out
	}
}
