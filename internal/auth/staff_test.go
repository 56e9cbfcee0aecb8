package auth

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
)

// TestStaff_ListFollowsChanges: the list is kept between reads, so that a
// person who was disabled must not stay in it.
func TestStaff_ListFollowsChanges(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	before := must(c.People(t.Context()))(t)
	p := c.hire("novak", act.Nurse)
	after := must(c.People(t.Context()))(t)
	if len(after) != len(before)+1 {
		t.Fatalf("%d people after adding one to %d", len(after), len(before))
	}
	must(c.Disable(t.Context(), jobActor(c.now()), p.ID))(t)
	for _, q := range must(c.People(t.Context()))(t) {
		if q.ID == p.ID && !q.Disabled {
			t.Error("a disabled person is listed as before")
		}
	}
	after[0].Name = "changed by a reader"
	if again := must(c.People(t.Context()))(t); again[0].Name == after[0].Name {
		t.Error("readers share one list")
	}
}
