package present

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestActs_BolusIsAskedAbout: a bolus has a button of its own while the drug runs; its
// amount stands beside its unit, and its button does not say that it was given.
func TestActs_BolusIsAskedAbout(t *testing.T) {
	t.Parallel()
	v := running(t, at(20))
	for _, a := range Acts(v) {
		if a.Label != "Ketamine bolus" {
			continue
		}
		var body struct {
			Drug, Unit string
			Ask        bool
		}
		if err := json.Unmarshal(a.Body, &body); err != nil || body.Drug != "ketamine" || body.Unit != "mg" || !body.Ask || !a.Planned {
			t.Errorf("%s, %v", a.Body, err)
		}
		if slices.Contains(a.Skip, "unit") || a.Submit != "Ask, and record as given" {
			t.Errorf("without its unit, or under %q: %v", a.Submit, a.Skip)
		}
		return
	}
	t.Error("there is none")
}
