package gallery

import (
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func paperBlank() view.Paper {
	r := recordOpen()
	return view.Paper{
		Page: light("Enter from paper"), Session: r.ID, Patient: r.Patient, Date: "2026-11-23",
		Visit: "Monday 23 November 2026 · chair 3 · Expected", Sections: present.PaperSections(true),
		Staff: []view.Option{
			{Value: "01890a5d-ac96-774b-bcce-b302099a8041", Label: "A. Okafor RN"}, {Value: "01890a5d-ac96-774b-bcce-b302099a8042", Label: "L. Brandt RN"},
		},
		Standing: []view.Fact{{Term: "Infusion", Text: "no start is in the record", Tone: view.Plain}},
	}
}

func paperRunning() view.Paper {
	p := paperBlank()
	p.Visit, p.Down = "Monday 23 November 2026 · chair 3 · Infusing", []string{"Monday 23 November 9:10 to 9:32"}
	p.Last, p.Back = "2026-11-23 09:41", "2026-11-23 10:03"
	p.Sheets = []view.PaperSheet{{Position: 214, Label: "Photo 1, kept Monday 23 November 10:08 by A. Okafor RN", Href: "/gallery/paper"}}
	runs := view.Fact{Term: "Pump", Tone: view.Amber, Text: "counts as running now, at 21.7 mL/h", Note: "Stillwatch watches this patient from now on. If the infusion is over, type its stop."}
	p.Standing = []view.Fact{{Term: "Infusion", Text: "from 9:00, pump ran 1 h 12", Tone: view.Plain}, {Term: "Given", Text: "24.30 mg, 0.336 mg/kg, 24.30 mL", Tone: view.Plain}, runs}
	p.Preview = view.PaperPreview{
		Facts: []view.Fact{
			{Term: "The visit would be", Text: "Infusing", Tone: view.Plain},
			{Term: "Given", Text: "25.10 mg, 0.347 mg/kg, 25.10 mL", Note: "in the record now: 24.30 mg, 0.336 mg/kg, 24.30 mL", Tone: view.Plain},
			{Term: "Pump's own total", Text: "The pump's own total is 20.00 mg: 5.10 mg (20.3 %) less than the record's 25.10 mg.", Tone: view.Amber},
			runs,
		},
		Pump: view.RecordSection{Title: "What the pump did", Columns: []string{"From", "To", "Pump", "Gave"}, Rows: [][]string{{"9:00", "9:30", "14.5 mL/h", "7.25 mL"}, {"9:30", "9:44", "paused", "–"}, {"9:44", "10:12", "21.7 mL/h", "10.13 mL"}}},
		Lines: []view.PaperLine{
			{Time: "9:30", Title: "Paused", Text: "patient's wish", By: "L. Brandt RN"},
			{Time: "9:44", Title: "Resumed", Text: "ordered 0.3 mg/kg/h, to set 21.7 mL/h, pump read 21.7 mL/h of 1 mg/mL, within the order", By: "L. Brandt RN", Findings: []string{"Monitor online: Could not check this monitor: nothing is known of it."}},
		},
	}
	return p
}

// paperDim is the page on a tablet of the room.
func paperDim() view.Paper {
	p := paperRunning()
	p.Page = dim("Enter from paper")
	p.Who = view.Who{Name: "A. Okafor RN", Roles: "nurse", Device: "tablet at chair 3", Chair: 3}
	return p
}
