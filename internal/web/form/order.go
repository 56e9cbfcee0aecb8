package form

import (
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func mass(path, label string) Field { return amountOf(unit.Mass{}, path, label, 2) }

func volume(path, label string) Field { return amountOf(unit.Volume{}, path, label, 2) }

func rate(path, label string) Field { return amountOf(unit.DoseRate{}, path, label, 3) }

func minutes(path, label string) Field {
	f := whole(path, label, 24*60)
	f.Unit = "min"
	return f
}

// order asks for a whole order. Its patient and drug come with the act; who
// signs it and when are the author's own, and not asked.
func order() []Section {
	return []Section{
		{Title: "Order", Fields: []Field{
			{Path: "order.id", Input: NewID},
			{Path: "order.patient", Input: Known, Required: true},
			{Path: "order.drug", Input: Known, Required: true},
			text("order.protocol.id", "Protocol").must(),
			text("order.protocol.version", "Version").must(),
			text("order.protocol.name", "Name").must(),
			clock("order.valid_until", "Valid until").must(),
			whole("order.number", "Infusion number", 99).must(),
			whole("order.of", "Of how many", 99).must(),
		}},
		{Title: "Drug and weight", Fields: []Field{
			amountOf(unit.Weight{}, "order.dosing_weight", "Dosing weight", 1).must(),
			choice("order.weight_basis", "Weight used", options(
				say(drug.ActualWeight, "Actual"), say(drug.AdjustedWeight, "Adjusted"),
			)).must(),
			amountOf(unit.Concentration{}, "order.concentration", "Concentration", 3).must(),
			volume("order.bag_volume", "Bag volume").must(),
			text("order.diluent", "Diluent").must(),
			amountOf(unit.PumpRate{}, "order.pump_step", "Smallest step of the pump", 2).must(),
		}},
		{Title: "Steps", Fields: []Field{{
			Path: "order.steps", Label: "Step", Input: List, Required: true,
			Fields: []Field{rate("rate", "Rate").must(), minutes("minutes", "For").must()},
		}}},
		{Title: "Never beyond", Fields: []Field{
			rate("order.maxima.rate", "Rate").must(),
			amountOf(unit.MassRate{}, "order.maxima.mass_rate", "Drug per hour", 1).must(),
			mass("order.maxima.total", "Total drug").must(),
			amountOf(unit.Dose{}, "order.maxima.dose", "Total per body weight", 3).must(),
			minutes("order.maxima.minutes", "Duration").must(),
		}},
		{Title: "Other drugs", Fields: []Field{adjuncts()}},
		{Title: "Observation", Fields: watch()},
		{Title: "Alarm limits, for the watch", Fields: []Field{alarmLimits()}},
	}
}

func adjuncts() Field {
	return Field{
		Path: "order.adjuncts", Label: "Drug", Input: List,
		Fields: []Field{
			text("id", "Short name").must(), text("drug", "Drug").must(), text("amount", "Amount").must(),
			text("unit", "Unit").must(), text("route", "Route").must(), text("indication", "For").must(),
			whole("max_doses", "At most", 20).must(), yesno("sedating", "Sedating").must(), yesno("rescue", "Rescue order").must(),
		},
	}
}

func watch() []Field {
	return []Field{
		minutes("order.watch.cuff_first", "Cuff, first half hour and after a rate change").must(),
		minutes("order.watch.cuff", "Cuff, afterwards").must(),
		minutes("order.watch.observation", "Observation by a person").must(),
		minutes("order.watch.recovery", "Full set after the infusion").must(),
		minutes("order.watch.peak", "All side effects asked, after the start").must(),
		minutes("order.watch.recovery_least", "Least time before going home").must(),
		minutes("order.watch.presence", "Someone looks in").must(),
		yesno("order.watch.etco2", "EtCO₂ ordered").must(),
	}
}

func alarmLimits() Field {
	var kinds []Option
	for _, f := range vital.Fields() {
		kinds = append(kinds, Option{Value: string(f.Kind), Label: f.Label, Hint: f.Unit})
	}
	return Field{
		Path: "order.limits", Label: "Limit", Input: List,
		Fields: []Field{
			choice("kind", "Sign", kinds).must(),
			choice("side", "Side", []Option{{Value: "low", Label: "Below"}, {Value: "high", Label: "Above"}}).must(),
			text("yellow", "Yellow"), text("red", "Red"),
		},
	}
}
