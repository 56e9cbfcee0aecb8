package present

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// What the decision was made with has not changed since: a weight stands there only
// where it was measured later.
func TestWeightChangedSinceTheDecisionOnlyWhereLater(t *testing.T) {
	t.Parallel()
	for measured, listed := range map[time.Time]bool{at(8): false, at(10): false, at(12): true} {
		v := running(t, at(20))
		v.State.Precheck.Weight = &session.WeightMeasured{Weight: unit.Kg("71")}
		v.State.PrecheckAt = map[string]session.Stamp{"weight": {At: measured}}
		c := CourseTeller{State: course.State{Decision: &course.Dated[course.Decided]{At: at(10)}}}
		got := TodayTeller{Today: app.Today{Visit: v}, Course: &c}.entered()
		if is := strings.Contains(strings.Join(got, "\n"), "Weight: 71 kg"); is != listed {
			t.Errorf("decided %v, weighed %v: listed %t: %q", at(10), measured, is, got)
		}
	}
}
