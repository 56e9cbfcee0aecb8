package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

// libraryValues is the form of the clinic's own values before anything was typed.
func libraryValues() view.LibraryValues {
	return view.LibraryValues{
		Page: light("The clinic's own values"),
		Files: []view.ValueFile{
			{ID: "session.yaml", Title: "Checks and limits of a visit", Rows: []view.ValueRow{
				{ID: "row-session-LIM-OFTEN", Name: "LIM-OFTEN", Text: "A patient is given at most so many infusions in 7 and 28 days; more needs a reason.", Open: true, Values: []view.ValueField{
					{Field: "set.session/LIM-OFTEN.days_7", Label: "days 7", Value: "3", Shipped: "5", Least: "1", Most: "10", Own: true},
					{Field: "set.session/LIM-OFTEN.days_28", Label: "days 28", Value: "10", Shipped: "10", Least: "1", Most: "20"},
				}},
			}},
			{ID: "protocols.yaml", Title: "Protocols", Rows: []view.ValueRow{
				{ID: "row-protocols-PR-FIRST", Name: "PR-FIRST", Text: "One outpatient infusion, to see whether it helps.", Open: true, Values: []view.ValueField{
					{Field: "set.protocols/PR-FIRST.rate.usual", Label: "rate, usual", Unit: "mg/kg/h", Value: "0.3", Shipped: "0.3", Least: "0.01", Most: "1"},
					{Field: "set.protocols/PR-FIRST.observation", Label: "observation", Unit: "min", Value: "60", Shipped: "60", Options: []view.Option{{Value: "60", Label: "60"}, {Value: "120", Label: "120"}}},
				}},
			}},
		},
	}
}

// libraryValuesLooked is the same with what typed values would change.
func libraryValuesLooked() view.LibraryValues {
	p := libraryValues()
	p.Looked, p.Signs, p.Alarms, p.Second = true, true, true, []string{"PR-FIRST"}
	p.Changes = []view.ValueChange{{
		Name: "session/LIM-OFTEN", Text: "A patient is given at most so many infusions in 7 and 28 days; more needs a reason. Set by the clinic: 3 in place of 5 (days 7).",
		Was: []string{"numbers: days_7, 5, unit 1 (default, OURS)"}, Now: []string{"numbers: days_7, 3, unit 1 (default, CLINIC)"},
	}}
	p.SignTrouble = "That is not your password. Nothing was signed; what was typed is kept."
	return p
}

// libraryValuesRefused is the same with a value beyond a bound, in a library that does
// not take what was adopted before.
func libraryValuesRefused() view.LibraryValues {
	p := libraryValues()
	p.Trouble = "These values cannot be adopted: session/LIM-OFTEN, days_7: 11 lies outside 1 to 10, which no signature reaches beyond"
	p.Unfit = "session/LIM-GONE, most is nothing that a clinic may set"
	p.Files[0].Rows[0].Values[0].Value = "11"
	return p
}

// patientTexts is what patients read, as staff read it.
func patientTexts() view.PatientTexts {
	line := func(text, source, mark string) view.PatientLine {
		return view.PatientLine{Text: text, Source: source, Mark: mark, Rests: []view.PatientRest{{Name: "evidence/general", Row: "row-evidence-general"}}}
	}
	return view.PatientTexts{
		Page: light("What patients read, do and are asked"),
		Parts: []view.PatientPart{
			{ID: "read", Title: "What they read", Lead: "Each page before consent, with the questions that show whether it came across.", Items: []view.PatientText{{
				Name: "EDU-WHAT", Title: "What is a ketamine infusion?", Version: 2, Row: "row-education-EDU-WHAT",
				Lines: []view.PatientLine{
					line("For pain, a small amount runs slowly into a vein through a thin tube.", "OURS", "clinic default"),
					line("It is approved for surgery, not for long-lasting pain.", "LABEL", "verified"),
				},
				Questions: []view.PatientQuestion{{Text: "May you ask to stop while it runs?", Answers: []string{"Yes, at any time", "No"}, Right: "Yes, at any time", Why: line("You can say stop at any time.", "OURS", "clinic default")}},
			}}},
			{ID: "claims", Title: "What is often said, and how it holds up", Items: []view.PatientText{{
				Name: "CLAIM-05", Title: "It cures pain.", Version: 1, Row: "row-claims-CLAIM-05", Verdict: "not supported",
				Lines: []view.PatientLine{line("A large review found no clear benefit over a dummy drip.", "COCHRANE25", "verified")},
			}}},
		},
		Sources: []view.PatientSource{{ID: "LABEL", Kind: "label", Text: "Ketamine hydrochloride injection, US prescribing information"}},
	}
}

// today is the page of a day on which something stands in the way.
func today() view.Today {
	r := recordOpen()
	return view.Today{
		Page: light("Today"), Session: r.ID, Course: "01890a5d-ac96-774b-bcce-b302099a8058", Patient: r.Patient, Chair: 3, Phase: "Preparing",
		Planned: "planned for 23 November 2026 10:15", Library: "library not reviewed by a clinician",
		Items: []view.FindingItem{
			{Rule: "CI-ESCORT", Kind: "Stop", Area: "contraindication, today", Title: "No responsible adult takes the patient home.", Text: "Do not start; arrange the way home first.", Version: 1, Inputs: []string{"responsible adult reached by phone: no · nurse, today"}, Cites: []view.FindingCite{{Part: "trigger", Text: "Stillwatch default; the clinic's director sets it", Mark: "clinic default"}}, Tone: view.Amber},
			{Rule: "gate-fasting", Kind: "Could not check", Area: "at the chair", Title: "Fasting", Text: "Fasting has not been asked.", Missing: []string{"Ask when the patient last ate and drank."}, Source: "rule CI-NPO 1: Clinic setting", Marks: "threshold default", Tone: view.Amber},
			{Rule: "gate-consent", Kind: "On paper", Area: "at the chair", Title: "Signed consent", Text: "The consent dated 2 November 2026 was read on paper.", Source: "rule SW-CONSENT 1: Clinic setting", Marks: "trigger default", Tone: view.Plain},
		},
		Clear:    []view.ClearItem{{Name: "Allergies read back", Inputs: "asked, 9:58, 14 min ago"}, {Name: "Schizophrenia", Inputs: "no · nurse, 20 November"}},
		Settle:   []string{"Ask when the patient last ate and drank: Fasting."},
		Exposure: []string{"7 days: 1 infusion, 42.0 mg, 0.60 mg/kg. The clinic's cap is 5 infusions (default)."},
		Decided:  []view.CourseNote{{Text: "Suitable for a course: decided 20 November by J. Weiss MD.", Tone: view.Plain}},
		Since:    []string{"Weight: 72.4 kg · this visit, 9:58."},
	}
}

// todayNotRun is a day of which nothing of the course could be read.
func todayNotRun() view.Today {
	p := today()
	p.Course, p.Items, p.Clear, p.Settle, p.Since, p.Decided = "", nil, nil, nil, nil, nil
	p.NotRun = "The rules of screening could not be run over the patient's course: nothing of them was checked."
	p.OtherDay = "This visit is not planned for today. What stands here holds as of now."
	return p
}
