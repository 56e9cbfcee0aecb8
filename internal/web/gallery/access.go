package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

func closedRecord() view.Closed {
	return view.Closed{
		Page: light("Record closed"), Session: "01890a5d-ac96-774b-bcce-b302099a8057", Initials: "M.R.",
		When: "Monday 23 November 2026 · chair 3", Needs: "nurse, prescriber, pharmacist, director",
		Reasons: []view.Option{
			{Value: "emergency", Label: "Emergency care of this patient"},
			{Value: "service", Label: "An emergency service asks"},
			{Value: "nobody", Label: "Nobody who may read it can be reached"},
			{Value: "other", Label: "Another reason"},
		},
	}
}

func closedRefused() view.Closed {
	c := closedRecord()
	c.Trouble, c.Reason, c.Words = "Say why in 5 to 1000 letters. Correct it and send it again. Nothing was recorded.", "service", "EMS"
	return c
}

func accessList() view.Accesses {
	p := light("Records opened in an emergency")
	p.Places = append(p.Places, view.Place{Href: "/access", Label: "Access", Here: true})
	const one, two = "01890a5d-ac96-774b-bcce-b302099a8061", "01890a5d-ac96-774b-bcce-b302099a8062"
	return view.Accesses{
		Page: p,
		Open: []view.AccessRow{
			{ID: one, Session: "01890a5d-ac96-774b-bcce-b302099a8057", Who: "P. Quinn", When: "Saturday 21 November 18:40", Patient: "Rivera, M.", Reason: "An emergency service asks", Words: "Ambulance crew rang for the allergies and what was given.", Age: "waits for 2 days", Tone: view.Amber},
			{ID: two, Session: "01890a5d-ac96-774b-bcce-b302099a8058", Who: "C. Meyer", When: "today 9:05", Patient: "Sato, H.", Reason: "Another reason", Words: "Looked up the date of the last visit.", Age: "waits for 1 h 07", Tone: view.Plain, Own: true},
		},
		Reviewed: []view.AccessRow{{ID: "01890a5d-ac96-774b-bcce-b302099a8063", Who: "P. Quinn", When: "Thursday 5 November 12:10", Patient: "Brekke, O.", Reason: "Another reason", Words: "Curious about the dose.", Verdict: "not justified, C. Meyer, Friday 6 November 8:02", Remark: "Spoken with.", Tone: view.Amber}},
	}
}
