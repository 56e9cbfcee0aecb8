package present

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
)

// TestBoard_HelpStandsFirst: a call for help, then a pump that has to stop,
// then what is late, however late that is and whenever help was called.
func TestBoard_HelpStandsFirst(t *testing.T) {
	t.Parallel()
	now := at(300)
	late := running(t, now) // its first round was due at ten past
	late.State.Chair, late.State.Order.Steps[0].Minutes = 1, 900
	past := running(t, now)
	past.State.Chair = 2
	help := running(t, now)
	help.State.Chair, help.State.Order.Steps[0].Minutes = 3, 900
	help.State.Help = &session.HelpFact{Stamp: session.Stamp{At: at(299)}}
	b := Board(BoardInput{Now: now, Zone: time.UTC, Chairs: 3, Rows: chairsOf(false, late, past, help)})
	var chairs []int
	for _, r := range b.Rows {
		chairs = append(chairs, r.Chair)
		if !r.Needs {
			t.Errorf("chair %d needs nobody: %q", r.Chair, r.Next)
		}
		if r.Help != (r.Chair == 3) {
			t.Errorf("chair %d, help %v", r.Chair, r.Help)
		}
	}
	if !slices.Equal(chairs, []int{3, 2, 1}) {
		t.Errorf("the rows stand as %v", chairs)
	}
}
