package present

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// TestReviewFacts_HowOften: who signs as the second reads that the caps were gone beyond.
func TestReviewFacts_HowOften(t *testing.T) {
	t.Parallel()
	says := func(basis *drug.Basis) bool {
		facts := reviewFacts(app.Visit{State: session.State{Order: &drug.Order{Basis: basis}}})
		return slices.ContainsFunc(facts, func(f view.Fact) bool { return f.Term == "How often" && f.Tone == view.Amber })
	}
	if !says(&drug.Basis{Reasoned: []string{"LIM-OFTEN"}}) {
		t.Error("the second person does not read that the order goes beyond the caps")
	}
	if says(&drug.Basis{}) || says(nil) {
		t.Error("an order within the caps is said to go beyond them")
	}
}
