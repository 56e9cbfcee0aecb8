package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

func handOver() view.Handover {
	r := recordOpen()
	h := view.Handover{Page: light("Hand-over"), Whose: "Your chairs", Other: "All chairs", OtherHref: "/handover?all=1", Printed: r.Printed}
	one := view.HandoverVisit{
		ID: r.ID, Chair: 3, Patient: r.Patient, Phase: "Infusing", Take: &view.DeskLink{Href: "/sessions/" + r.ID + "/acts/session.take-over", Label: "Take over"},
		Open: []view.Notice{
			{Tone: view.Red, Text: "Red: SpO₂ low since 10:11. SpO₂ 88 % for 15 s. Limit: below 90 %. Acknowledged 10:12 by A. Okafor RN."},
			{Tone: view.Amber, Text: "Spoken order of 10:02, drug: to be signed by J. Weiss MD."},
			{Tone: view.Plain, Text: "From the monitor: 2 readings not confirmed."},
			{Tone: view.Plain, Text: "Nausea since 9:58, grade 1."},
		},
		Running: []view.Fact{
			{Term: "Responsible", Text: "A. Okafor RN · J. Weiss MD on site"},
			{Term: "Infusion", Text: "since 9:00, pump ran 1 h 12"},
			{Term: "Given", Text: "24.3 mg, 0.336 mg/kg, 24.3 mL"},
			{Term: "Pump", Text: "21.7 mL/h, ordered 0.3 mg/kg/h", Note: "of 1 mg/mL, read 9:42 (30 min ago)"},
			{Term: "Planned end", Text: "13:00", Note: "in 2 h 48"},
			{Term: "Bag empty", Text: "reached 10:10 (2 min ago)", Tone: view.Amber},
		},
		Sections: []view.RecordSection{
			{Title: "Due", Columns: []string{"Round", "Due", "Stands"}, Rows: [][]string{{"Observation", "10:02", "10 min late"}, {"Look in", "10:17", "in 5 min"}}},
			{Title: "Monitor’s readings not confirmed", Columns: []string{"Due", "Shown"}, Rows: [][]string{
				{"10:02", "pressure 141/85 mmHg, mean pressure 104 mmHg, measured 10:00"}, {"10:07", "SpO₂ 97 %, pulse 78 /min, no valid reading of breathing (nothing came in time)"},
			}},
			{Title: "Early-warning score", Intro: "Could not be computed: no temperature.", Columns: []string{"Part", "Points", "Found", "Measured", "By"}, Rows: [][]string{
				{"Breathing", "0", "14 /min", "10:07", "monitor"}, {"Temperature", "–", "missing", "–", "–"},
			}},
			{Title: "What happened", Columns: []string{"Time", "What", "By"}, Empty: "Nothing yet."},
		},
		Head: r.Head,
	}
	theirs := one
	theirs.ID, theirs.Chair, theirs.Open, theirs.Sections = "018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6c", 4, nil, one.Sections[:1]
	theirs.Take = &view.DeskLink{Label: "Take over", Whose: "for a nurse"}
	theirs.Patient.Known, theirs.Patient.Allergies = false, "allergies not asked"
	h.Visits = []view.HandoverVisit{one, theirs}
	return h
}

func handOverEmpty() view.Handover {
	return view.Handover{Page: light("Hand-over"), Whose: "All chairs", Empty: "Nobody is in a chair."}
}
