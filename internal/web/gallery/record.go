package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

func recordOpen() view.Record {
	return view.Record{
		Page: light("Record of Maria Rivera"), ID: "01890a5d-ac96-774b-bcce-b302099a8057", Chair: 3,
		Patient: view.Patient{Name: "Maria Rivera", Born: "born 4 May 1981", Age: "45 years", Weight: "72.4 kg", Allergies: "allergic to morphine (hives)", Known: true},
		When:    "Monday 23 November 2026", Phase: "Discharged",
		Missing: []string{"3.4 mg not accounted for", "the prescriber’s signature"},
		Facts: []view.Fact{
			{Term: "Given", Text: "86.8 mg, 1.20 mg/kg", Note: "by the pump’s read-back rate"},
			{Term: "Time on the pump", Text: "4 h 00"},
			{Term: "Order", Text: "CRPS four hours, version 3"},
			{Term: "Responsible nurse", Text: "A. Okafor RN"},
			{Term: "Prescriber", Text: "J. Weiss MD", Note: "on site"},
			{Term: "Monitor", Text: "Bed 3, one gap 9:46–9:49", Tone: view.Amber},
		},
		Gates: []view.Gate{{
			Title: "Before a vial is opened", Summary: "Passed 8:51 with one accepted finding.", Checks: []view.Check{
				{Outcome: "finding", Title: "Last solid food 5 h 10 before", Why: "Solids at least 6 h before.", Settle: "Accepted by J. Weiss MD: light meal, low risk.", Source: "rule FASTING 1 · ASA 2023", Mark: "clinic default", Tone: view.Amber},
				{Outcome: "attested on paper", Title: "Consent", Why: "Consent form 4, 2 November 2026, read by A. Okafor RN.", Tone: view.Quiet},
				{Outcome: "clear", Title: "Identity", Why: "Name and date of birth compared 8:40.", Tone: view.Plain},
			},
		}},
		Sections: []view.RecordSection{{
			Title: "Observations", Columns: []string{"Time", "Pressure", "Pulse", "SpO₂", "Breathing", "Awake", "Pain", "By"},
			Rows: [][]string{
				{"9:00", "122/74", "68", "98 air", "14", "5", "6", "A. Okafor RN"},
				{"9:15", "131/79", "74", "97 air", "14", "5", "5", "A. Okafor RN"},
				{"10:10", "141/85", "79", "97 air", "13", "5", "4", "A. Okafor RN"},
			},
		}, {Title: "Other drugs", Empty: "None given."}},
		Account: []view.Fact{{Term: "Drawn", Text: "100.0 mg"}, {Term: "Given", Text: "86.8 mg"}, {Term: "Wasted", Text: "9.8 mg", Note: "witnessed by L. Brandt RN"}, {Term: "Not accounted for", Text: "3.4 mg", Tone: view.Amber}},
		Acts:    deskLinks(),
		Entries: recordEntries(),
		Signs:   []view.Signature{{Name: "A. Okafor RN", Roles: "nurse", Time: "23 November 2026 13:55", Meaning: "discharge checked", Of: "entry 4180"}},
		Head:    "chain head 4211 · 3f7a9c0e5b1d2846 · 23 November 2026 14:01", Printed: "printed 23 November 2026 14:02 by A. Okafor RN",
	}
}

func recordEntries() []view.Entry {
	return []view.Entry{
		{Position: 3990, Time: "8:40", Title: "Checked in", Text: "full name and date of birth compared", By: "A. Okafor RN", Tone: view.Plain},
		{Position: 4012, Time: "9:00", Title: "Infusion started", Text: "14.5 mL/h of 1 mg/mL, read from the pump", By: "A. Okafor RN", Tone: view.Plain},
		{
			Position: 4040, Time: "9:20, charted 9:31", Title: "Rate found", Text: "21.9 mL/h", By: "A. Okafor RN", Tone: view.Amber,
			Findings: []string{"0.9 % above the ordered 21.7 mL/h"}, Replaced: []string{"Rate 21.7 mL/h, 9:20"},
		},
		{Position: 4055, Time: "9:40", Title: "Note", Text: "sleeping", By: "L. Brandt RN", Tone: view.Plain, Struck: true},
	}
}

func recordEmpty() view.Record {
	return view.Record{
		Page: light("Record of Haruki Sato"), ID: "01890a5d-ac96-774b-bcce-b302099a8058", Chair: 5,
		Patient: view.Patient{Name: "Haruki Sato", Born: "born 12 January 1969", Allergies: "allergies not asked"},
		When:    "Monday 23 November 2026", Phase: "Scheduled", Head: "chain head 4211", Printed: "printed 23 November 2026 10:12",
	}
}
