package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// ReferralLists sorts courses by who waits for what.
func ReferralLists(rows map[ident.Course]project.CourseRow, wrote map[ident.Course][]course.Told, now time.Time, name func(ident.Patient) (name, born string), text func(journal.Private) string) []view.CourseList {
	waiting := view.CourseList{ID: "waiting", Title: "Referrals waiting for a decision", Empty: "No referral waits."}
	told := view.CourseList{ID: "told", Title: "From patients", Lead: "Written over a link, and nobody has seen to it yet.", Empty: "Nothing waits."}
	missing := view.CourseList{ID: "missing", Title: "Information missing", Lead: "Who owes what, and since when.", Empty: "Nobody owes anything."}
	due := view.CourseList{ID: "due", Title: "Re-evaluation due", Lead: "Due within two weeks, or over.", Empty: "None is due within two weeks."}
	going := view.CourseList{ID: "going", Title: "Courses under way", Empty: "No course is under way."}
	soon, today := now.AddDate(0, 0, 14).Format(time.DateOnly), now.Format(time.DateOnly)
	type kept struct {
		id  ident.Course
		row project.CourseRow
	}
	var open []kept
	for id, row := range rows {
		if row.Open() {
			open = append(open, kept{id, row})
		}
	}
	slices.SortFunc(open, func(a, b kept) int {
		return cmp.Or(a.row.ReferredAt.Compare(b.row.ReferredAt), cmp.Compare(a.id, b.id))
	})
	for _, k := range open {
		line := view.CourseLine{ID: string(k.id), Since: "referred " + word.Date(k.row.Received), Tone: view.Plain}
		line.Patient, line.Born = name(k.row.Patient)
		switch k.row.Outcome {
		case course.Suitable:
			line.State = "suitable"
			if !k.row.Planned {
				line.State, line.Tone = "suitable; no plan yet", view.Amber
			}
			going.Rows = append(going.Rows, line)
		case "":
			line.State = "nothing decided"
			waiting.Rows = append(waiting.Rows, line)
		default:
			line.State = string(k.row.Outcome)
			waiting.Rows = append(waiting.Rows, line)
		}
		if len(k.row.Owed) > 0 {
			owes := line
			owes.Tone = view.Plain
			for _, o := range k.row.Owed {
				owes.Owed = append(owes.Owed, fmt.Sprintf("%s: %s, since %s", o.From, owed(o.Items, text(o.Text)), shortDay(o.Since.In(now.Location()), now)))
			}
			missing.Rows = append(missing.Rows, owes)
		}
		if w := wrote[k.id]; len(w) > 0 {
			line := line
			line.State, line.Tone = plural(len(w), "thing")+" to look at, since "+shortDay(w[0].At.In(now.Location()), now), view.Amber
			told.Rows = append(told.Rows, line)
		}
		if k.row.Reevaluate != "" && k.row.Reevaluate <= soon {
			at := line
			at.State, at.Tone = "due by "+word.Date(k.row.Reevaluate), view.Plain
			if k.row.Reevaluate < today {
				at.State, at.Tone = "overdue since "+word.Date(k.row.Reevaluate), view.Amber
			}
			due.Rows = append(due.Rows, at)
		}
	}
	return []view.CourseList{told, waiting, missing, due, going}
}
