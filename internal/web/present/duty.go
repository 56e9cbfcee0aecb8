package present

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// dutyTable says who was responsible in every minute from the start of the
// infusion until the patient went; where nobody was, it says so.
func dutyTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Who was responsible", Columns: []string{"From", "To", "As", "Who"}}
	add := func(as string, d session.OnDuty, where string) {
		who := "nobody"
		if d.Who != "" {
			who = join(name(v.Names, d.Who), where)
		}
		out.Rows = append(out.Rows, []string{clock(d.From, v.Zone), until(d.To, v), as, who})
	}
	for _, d := range session.NursesOnDuty(v.State) {
		add("nurse", d, "")
	}
	for _, d := range session.PrescribersOnDuty(v.State) {
		add("prescriber", d, map[bool]string{true: "on site", false: "not on site"}[d.OnSite])
	}
	return out
}

// until is the end of a stretch, which may not have come.
func until(t time.Time, v app.Visit) string {
	if t.IsZero() {
		return "now"
	}
	return clock(t, v.Zone)
}
