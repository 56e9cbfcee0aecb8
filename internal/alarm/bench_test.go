package alarm

import (
	"fmt"
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// BenchmarkStep is the cost of one sample of one chair, with alarms building
// up and standing; and how it grows with the number of levels.
func BenchmarkStep(b *testing.B) {
	for _, times := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("levels x%d", times), func(b *testing.B) {
			rules := testRules()
			for i := range rules {
				own := rules[i].Levels
				for range times - 1 {
					rules[i].Levels = append(rules[i].Levels, own...)
				}
			}
			l := NewLimits(rules, testSettings(), nil, []Rest{{vital.NIBPSys, 120}, {vital.EtCO2, 30}})
			s, _ := Step(State{}, l, FactsChanged{told(0), Facts{Watching: true, Since: nine, Linked: true, PlannedEnd: sec(1e9)}})
			signs := []struct {
				kind vital.Kind
				v    []vital.Value
			}{
				{vital.SpO2, []vital.Value{97, 96, 93, 92}},
				{vital.HR, []vital.Value{70, 112}},
				{vital.Pulse, []vital.Value{70}},
				{vital.RR, []vital.Value{14, 11}},
				{vital.EtCO2, []vital.Value{36}},
				{vital.NIBPSys, []vital.Value{125, 165}},
				{vital.NIBPDia, []vital.Value{80}},
				{vital.NIBPMean, []vital.Value{95}},
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				sign := signs[i%len(signs)]
				at := float64(i / len(signs))
				v := sign.v[i/len(signs)/40%len(sign.v)]
				s, _ = Step(s, l, Sample{Told: told(at), Kind: sign.kind, Value: v, At: sec(at), Quality: vital.Good})
			}
		})
	}
}
