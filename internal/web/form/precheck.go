package form

import (
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// precheck is the pre-check, one section for each part of session.Precheck.
func precheck() []Section {
	return []Section{
		part("Allergies", "allergies",
			yesno("agreed", "Read back by the patient and agreed").must(),
			private("change", "What is different").when("allergies.agreed", "false"),
		),
		part("Last food and drink", "fasting",
			clock("solids", "Last solid food").past().must(), clock("clear_fluids", "Last clear fluid").past().must(),
		),
		part("Escort", "escort",
			yesno("arranged", "An adult takes the patient home").must(),
			private("name", "Name").when("escort.arranged", "true"),
			private("phone", "Phone").when("escort.arranged", "true"),
			yesno("reached", "Reached by phone today").must(),
			yesno("will_drive", "The patient means to drive").must(),
		),
		pregnancy(),
		part("Weight, measured now", "weight",
			amountOf(unit.Weight{}, "weight", "Weight in kg", 1).hinted("Kilograms only, from the scale today.").must(),
			text("scale", "Which scale"),
		),
		part("Medicines since the last visit", "medicines",
			yesno("changed", "Anything new, stopped or changed").must(),
			private("list", "Which, with the time of the last dose"),
			yesno("theophylline", "Theophylline or aminophylline").must(),
			yesno("sedating", "Benzodiazepine, opioid or another sedative today").must(),
			yesno("stimulant", "Stimulant or sympathomimetic today").must(),
		),
		part("In the last 24 hours", "substances",
			yesno("alcohol", "Alcohol").must(), yesno("cannabis", "Cannabis").must(), yesno("sedatives", "Sedatives").must(),
		),
		part("Conditions that change the day", "conditions",
			yesno("glp1", "GLP-1 agonist").must(),
			yesno("insulin", "Insulin").must(),
			amountOf(unit.Glucose{}, "glucose", "Blood glucose", 1).when("conditions.insulin", "true"),
			yesno("cpap", "CPAP at night").must(),
			yesno("cpap_brought", "CPAP brought along").when("conditions.cpap", "true"),
		),
		bladder(), mood(),
		part("After the last infusion", "last_time",
			yesno("first", "This is the first infusion").must(),
			yesno("any", "Any side effect after the last one").when("last_time.first", "false"),
			private("text", "What, and for how long").when("last_time.any", "true"),
		),
		part("Consent", "consent_now", yesno("confirmed", "Confirmed in words today").must()),
		part("Premedication", "premed",
			yesno("given", "Given").must(), yesno("declined", "Declined by the patient").must(),
			from("adjunct", "Which", "premedications").when("premed.given", "true"),
			clock("at", "When").past().when("premed.given", "true"),
		),
		part("IV line", "access",
			text("site", "Site").must(),
			Field{Path: "access.gauge", Label: "Gauge", Input: Number, Int: true, Unit: "G", Step: "1", Required: true},
			whole("attempts", "Attempts", 20).must(),
		),
	}
}

// part is a section whose fields lie under key in the body.
func part(title, key string, fields ...Field) Section {
	for i := range fields {
		if p := fields[i].Path; len(p) <= len(key) || p[:len(key)+1] != key+"." {
			fields[i].Path = key + "." + p
		}
	}
	return Section{Title: title, Key: key, Optional: true, Fields: fields}
}

func pregnancy() Section {
	return part("Pregnancy test", "pregnancy",
		yesno("applies", "The test applies").must(),
		choice("why", "Why it does not apply", options(
			say(session.NotChildbearing, "Not of child-bearing potential"),
		)).when("pregnancy.applies", "false"),
		choice("result", "Result today", options(
			say(session.PregnancyNegative, "Negative"), say(session.PregnancyPositive, "Positive"),
			say(session.PregnancyDeclined, "Declined"),
		)).when("pregnancy.applies", "true"),
	)
}

func bladder() Section {
	return part("Bladder, since the last visit", "bladder",
		yesno("frequency", "Passing water more often").must(),
		yesno("urgency", "Having to hurry").must(),
		yesno("nocturia", "Getting up at night for it").must(),
		yesno("dysuria", "Pain or burning").must(),
		yesno("haematuria", "Blood in the urine").must(),
		yesno("pelvic_pain", "Pain in the lower belly").must(),
	)
}

func mood() Section {
	return part("Mood", "mood",
		yesno("low", "Low mood").must(),
		yesno("suicidal", "Thoughts of ending life").must(),
		private("action", "What is done now").when("mood.suicidal", "true").hinted("Tell the prescriber now."),
	)
}
