package present

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
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

// TestActs_LoadingDose: the order's loading dose has a button of its own with all that
// was ordered, until it was given; an order without one has none.
func TestActs_LoadingDose(t *testing.T) {
	t.Parallel()
	find := func(v app.Visit) *view.Act {
		for _, a := range Acts(v) {
			if a.Label == "Loading dose" {
				return &a
			}
		}
		return nil
	}
	v := running(t, at(20))
	if find(v) != nil {
		t.Error("an order without one offers it")
	}
	o := *v.State.Order
	o.DosingWeight, o.Drug = unit.Kg("71"), drug.Ketamine
	o.Loading = &drug.Loading{Dose: unit.MgPerKg("0.06"), Minutes: 5}
	v.State.Order = &o
	a := find(v)
	if a == nil {
		t.Fatal("there is none")
	}
	var body struct {
		Drug, Amount, Unit, Adjunct string
		Ask                         bool
	}
	if err := json.Unmarshal(a.Body, &body); err != nil || body.Drug != "ketamine" || body.Amount != o.LoadingMass().Decimal() || body.Unit != "mg" || body.Adjunct != drug.LoadingID || !body.Ask || !a.Planned {
		t.Errorf("%s, %v", a.Body, err)
	}
	v.State.Drugs = append(v.State.Drugs, session.DrugFact{Stamp: session.Stamp{At: at(21)}, Given: session.Given{Adjunct: drug.LoadingID}})
	if find(v) != nil {
		t.Error("it is offered a second time")
	}
}
