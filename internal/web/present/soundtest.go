package present

import (
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// StationTest says how the test of sound and screen stands at a station: of
// today, or failed and not repeated since.
func StationTest(called string, s house.State, station ident.Device, names map[ident.Person]string, now time.Time, zone *time.Location) view.StationTest {
	out := view.StationTest{Name: called, Text: "Sound not tested today", Tone: view.Quiet}
	t, today := s.TestToday(station, now, zone)
	failed := t.Failed()
	switch {
	case len(failed) > 0:
		var what []string
		for _, f := range failed {
			what = append(what, f.Message().English())
		}
		when := "today at " + clock(t.At, zone)
		if !today {
			when = "on " + word.Moment(t.At.In(zone))
		}
		out.Tone = view.Amber
		out.Text = "Sound test failed " + when + ", by " + name(names, t.By) + ": not perceived: " + strings.Join(what, "; ") + ". This station does not count as hearing until a test is passed"
	case today:
		out.Text = "Sound tested today " + clock(t.At, zone) + " by " + name(names, t.By)
	}
	return out
}
