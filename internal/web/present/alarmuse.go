package present

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// AlarmUse puts a review of alarms into words.
func AlarmUse(u project.AlarmUse, days int, offered []int) view.AlarmUse {
	out := view.AlarmUse{Summary: useSummary(u, days)}
	for _, d := range offered {
		out.Spans = append(out.Spans, view.AlarmSpan{Value: d, Label: lastDays(d), Here: d == days})
	}
	for _, r := range u.Rows {
		row := view.AlarmUseRow{
			Name: upper(r.Condition.Name().English()), Rules: strings.Join(r.Rules, ", "),
			Alarms: strconv.Itoa(r.Alarms), PerHour: rate(u, r.Alarms), High: strconv.Itoa(r.High), Announced: strconv.Itoa(r.Announced),
			Acknowledged: share(r.Acknowledged, r.Alarms), Median: "–", ActedUpon: share(r.ActedUpon, r.Alarms),
		}
		if r.Acknowledged > 0 {
			row.Median = waited(r.AckMedian)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func useSummary(u project.AlarmUse, days int) string {
	if u.Visits == 0 {
		return "No infusion was started in the " + lastDays(days) + "."
	}
	return fmt.Sprintf("%s: %s, watched for %.1f h, %s: %s in a patient's hour.", upper(lastDays(days)), plural(u.Visits, "visit"), u.Watched.Hours(), plural(u.Alarms, "alarm"), rate(u, u.Alarms))
}

func lastDays(d int) string {
	if d == 1 {
		return "last 24 hours"
	}
	return "last " + strconv.Itoa(d) + " days"
}

func rate(u project.AlarmUse, alarms int) string {
	if u.Watched <= 0 {
		return "–"
	}
	return strconv.FormatFloat(u.PerHour(alarms), 'f', 2, 64)
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d (%.0f %%)", n, math.Round(100*float64(n)/float64(of)))
}

// waited is a wait in seconds, or in minutes and seconds.
func waited(d time.Duration) string {
	s := int(math.Round(d.Seconds()))
	if s < 120 {
		return strconv.Itoa(s) + " s"
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}
