package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

// orderNew is the form of a protocol before anything was asked.
func orderNew() view.OrderPage {
	r := recordOpen()
	return view.OrderPage{
		Page: light("Order from a protocol"), Session: r.ID, Patient: r.Patient, Visit: "Monday 23 November 2026 · chair 3 · Scheduled",
		Protocol: "PR-FIRST", Text: "One outpatient infusion, to see whether it helps and how it is borne, before more are planned.",
		Protocols: []view.AskOption{
			{Value: "PR-FIRST", Label: "PR-FIRST 1", Hint: "One outpatient infusion.", Chosen: true},
			{Value: "PR-CRPS-4H", Label: "PR-CRPS-4H 1", Hint: "Outpatient infusions over 4 hours. Not signed by two people yet: no order comes from it."},
		},
		Evidence: []string{"MAYO-AZ (local protocol) says that on general wards after surgery at most 0.3 mg/kg/h is given. (MAYO-AZ, verified)"},
		Exposure: []string{"7 days: 0 infusions, 0.0 mg, 0.00 mg/kg.", "28 days: 1 infusion, 42.0 mg, 0.60 mg/kg."},
		Sections: []view.AskSection{
			{Title: "Infusion", Asks: []view.Ask{
				{Name: "rate1", ID: "o-rate1", Label: "Rate of step 1", Unit: "mg/kg/h", Input: "number", Required: true, Hint: "usually 0.3; from 0.05 to 0.35"},
				{Name: "minutes1", ID: "o-minutes1", Label: "Minutes of step 1", Unit: "min", Input: "number", Required: true},
			}},
			{Title: "Bag and pump", Asks: []view.Ask{{Name: "concentration", ID: "o-concentration", Label: "Concentration", Input: "radio", Required: true, Options: []view.AskOption{
				{Value: "1", Label: "1 mg/mL", Hint: "usual; LABEL, verified"}, {Value: "2", Label: "2 mg/mL", Hint: "LABEL, verified"},
			}}}},
			{Title: "Changes of what is usual", Asks: []view.Ask{
				{Name: "change", ID: "o-change", Label: "Changes", Input: "check", Options: []view.AskOption{{Value: "higher_rate", Label: "A higher rate than usual, inside the protocol.", Hint: "asks for a reason"}}},
				{Name: "reason", ID: "o-reason", Label: "Reason", Input: "long"},
			}},
		},
	}
}

// orderRefused is the same with a rate beyond the protocol.
func orderRefused() view.OrderPage {
	p := orderNew()
	p.Trouble = "Nothing was recorded: what stands in the way is listed under the limits and beside the answers."
	p.Review, p.Stops = true, 1
	p.Lines = []view.OrderLine{
		{What: "Rate", Asked: "0.36 mg/kg/h", Allowed: "0.05 to 0.35 mg/kg/h", Says: "Above what the protocol gives.", Source: "(protocol PR-FIRST 1: Clinic setting)", Tone: view.Amber, Result: "refused"},
		{What: "Duration", Asked: "120 min", Allowed: "60 to 240 min", Says: "Inside the protocol.", Source: "(protocol PR-FIRST 1: Clinic setting)", Tone: view.Plain, Result: "inside"},
	}
	p.Derived = []view.Fact{{Term: "Dosing weight", Text: "72 kg", Note: "The measured weight: the body mass index is 24.3 kg/m².", Tone: view.Plain}}
	p.Sections[0].Asks[0].Value = "0.36"
	p.SignTrouble = "That is not your password. Nothing was signed; what was typed is kept."
	return p
}
