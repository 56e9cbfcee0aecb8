package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
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
