package record

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Only what is clear and blocks nothing may shrink to a line.
func TestPick_NothingButClearIsCountedClear(t *testing.T) {
	t.Parallel()
	all := []view.Check{
		{Outcome: "clear"},
		{Outcome: "clear", Blocks: true},
		{Outcome: "attested on paper"},
		{Outcome: "could not check", Blocks: true},
		{Outcome: "finding"},
		{},
	}
	if got := pick(all, true); len(got) != 1 || got[0].Blocks {
		t.Errorf("counted as clear: %+v", got)
	}
	if got := pick(all, false); len(got) != 5 {
		t.Errorf("%d of 5 stand with their reasons", len(got))
	}
}
