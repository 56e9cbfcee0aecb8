package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

func transferSheet() view.Transfer {
	r := recordOpen()
	return view.Transfer{
		Page: light("Transfer sheet of Maria Rivera"), Session: r.ID, Patient: r.Patient, Number: "10021",
		Visit: "Monday 23 November 2026 · chair 3 · Transferred", Pinned: 0,
		Given: []view.Fact{
			{Term: "Ketamine given IV", Text: "24.3 mg, 0.34 mg/kg, 24.3 mL", Note: "by the pump’s rate as read, 1 mg/mL, weight 72.4 kg"},
			{Term: "Infusion", Text: "started 9:00 (1 h 24 ago), pump ran 1 h 12"},
			{Term: "Pump", Text: "stop recorded 10:12 (12 min ago), pump not confirmed", Tone: view.Amber},
		},
		Signs: view.RecordSection{Title: "Last signs", Columns: []string{"Sign", "Value", "At", "Beside"}, Rows: [][]string{
			{"Pressure", "92/54 mmHg", "10:20 (4 min ago)", "mean 67, was 122/74"},
			{"Pulse", "118 /min", "10:24 (3 s ago)", "was 68"},
			{"SpO₂", "91 %", "10:24 (3 s ago)", "oxygen 10 L/min, was 98"},
			{"Breathing", "not on record", "–", "not sent by the monitor"},
			{"Awake", "3 of 5", "10:18 (6 min ago)", "responds to loud voice"},
		}},
		Breathing: []view.Fact{{Term: "Oxygen", Text: "10 L/min mask", Note: "10:14"}, {Term: "Airway", Text: "jaw thrust", Note: "10:15"}},
		Drugs: view.RecordSection{Title: "Other drugs", Columns: []string{"Time", "Drug", "Amount", "Route", "By"}, Rows: [][]string{
			{"9:50", "ondansetron", "4 mg", "IV", "A. Okafor RN"}, {"10:16", "in the emergency log", "ephedrine 6 mg IV", "–", "A. Okafor RN"},
		}},
		Told: []view.Fact{{Term: "Ambulance called", Text: "10:13"}, {Term: "Transferred to", Text: "City Hospital", Note: "10:24"}, {Term: "Responsible", Text: "A. Okafor RN · J. Weiss MD"}, {Term: "Escort", Text: "a sister 555 0100", Note: "whether they were told is not on record"}},
		Log: view.RecordSection{Title: "What happened", Intro: "11 earlier lines are left out: see the record.", Columns: []string{"Time", "What", "By"}, Rows: [][]string{
			{"10:12", "Help called", "tablet at chair 3"}, {"10:12", "Stopped: clinical", "A. Okafor RN"}, {"10:13", "Emergency log: ambulance called", "L. Brandt RN"},
		}},
		Head: r.Head, Printed: r.Printed,
	}
}
