package alarm

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestInForce_IsWhatTheMachineCompares: what stands on paper is the order's
// limit where it gives one, and the library's where it does not.
func TestInForce_IsWhatTheMachineCompares(t *testing.T) {
	t.Parallel()
	spo2 := []drug.Limit{{Kind: vital.SpO2, Side: "low", Yellow: "92"}}
	for _, c := range []struct {
		name  string
		of    ID
		order []drug.Limit
		rest  []Rest
		want  []string
	}{
		{"the library's", SpO2Low, nil, nil, []string{"medium: below 94 % for 30 s", "high: below 90 % for 15 s", "high: below 85 %; at once; everyone is called"}},
		{"the order's yellow, the library's red", SpO2Low, spo2, nil, []string{"medium: below 92 % for 30 s (order) *", "high: below 90 % for 15 s", "high: below 85 %; at once; everyone is called"}},
		{"without a baseline the factor stands", SBPHigh, nil, nil, []string{
			"medium: 160 mmHg or more for 15 s", "medium: above 1.2 times the patient's baseline, and at least 140 mmHg for 15 s",
			"high: 180 mmHg or more for 15 s; a cuff reading is repeated first", "high: 220 mmHg or more; at once",
			"high: above 1.4 times the patient's baseline, and at least 160 mmHg for 15 s; a cuff reading is repeated first",
		}},
		{"with one it is worked out, and the floor holds", SBPHigh, nil, []Rest{{vital.NIBPSys, 110}}, []string{
			"medium: 160 mmHg or more for 15 s", "medium: above 1.2 times the patient's baseline, and at least 140 mmHg for 15 s: here 140 mmHg or more",
			"high: 180 mmHg or more for 15 s; a cuff reading is repeated first",
			"high: above 1.4 times the patient's baseline, and at least 160 mmHg for 15 s; a cuff reading is repeated first: here 160 mmHg or more",
			"high: 220 mmHg or more; at once",
		}},
		{"an order moves a relative level too, never the one at once", SBPHigh, []drug.Limit{{Kind: vital.NIBPSys, Side: "high", Red: "170"}}, nil, []string{
			"medium: 160 mmHg or more for 15 s", "medium: above 1.2 times the patient's baseline, and at least 140 mmHg for 15 s",
			"high: 170 mmHg or more for 15 s; a cuff reading is repeated first (order) *", "high: 220 mmHg or more; at once",
		}},
		{"on time", EtCO2Lost, nil, nil, []string{"high: after 20 s"}},
		{"no such condition", "fever", nil, nil, nil},
	} {
		var got []string
		for _, x := range NewLimits(testRules(), testSettings(), c.order, c.rest).InForce(c.of) {
			line := x.Priority.String() + ": " + x.Text
			if x.Order {
				line += " *"
			}
			got = append(got, line)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
	if got := NewLimits(testRules(), testSettings(), nil, []Rest{{vital.NIBPSys, 130}}).InForce(SBPHigh); got[1].Text != "above 1.2 times the patient's baseline, and at least 140 mmHg for 15 s: here above 156 mmHg (1.2 times the baseline of 130 mmHg)" {
		t.Errorf("worked out: %q", got[1].Text)
	}
	if got := (Limits{}).InForce(SBPHigh); got != nil {
		t.Errorf("no limits say %v", got)
	}
}
