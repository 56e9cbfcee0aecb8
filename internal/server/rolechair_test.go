package server

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// The chair is open to everyone who is signed in; the entries of the record
// are not, and a button is there only for those whose act it is. Stop and help
// are everybody's.
func TestChair_ShowsEachRoleItsOwn(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	okafor.runs(id)
	desk := h.hire("quinn", "P. Quinn", act.FrontDesk)
	admin := h.hire("adams", "B. Adams", act.Administrator)
	chairOf := func(g *guest) view.Chair {
		t.Helper()
		f := g.next(g.follow(web.Topic{Chair: 3}))
		if f.Chair == nil || f.Chair.Session != string(id) {
			t.Fatalf("the chair is %+v", f)
		}
		return *f.Chair
	}
	for _, g := range []*guest{okafor, desk, admin, tablet} {
		c := chairOf(g)
		reads := g.actor.Person == "" || act.May(g.actor, "record.read").Allowed
		if (len(c.Entries) > 0) != reads || c.RecordClosed == reads {
			t.Errorf("%v: %d entries, closed %v", g.actor.Roles, len(c.Entries), c.RecordClosed)
		}
		for _, a := range c.Acts {
			if g.actor.Person != "" && !act.May(g.actor, act.Act(a.Act)).Allowed {
				t.Errorf("%v are offered %s", g.actor.Roles, a.Act)
			}
		}
		for _, always := range []act.Act{session.ActStop, session.ActHelp} {
			if !slices.ContainsFunc(c.Acts, func(a view.Act) bool { return a.Act == string(always) && a.Enabled }) {
				t.Errorf("%v cannot %s", g.actor.Roles, always)
			}
		}
	}
	if c := chairOf(okafor); !slices.ContainsFunc(c.Acts, func(a view.Act) bool { return a.Act == string(session.ActRate) }) {
		t.Error("the nurse has lost the rate")
	}
}

// Who may not read the record does not read its order either.
func TestRecordClosed_HoldsNoOrder(t *testing.T) {
	t.Parallel()
	c := recordClosed(view.Chair{Order: []view.OrderPart{{Part: "Drug", Text: "ketamine"}}, Entries: []view.Entry{{}}})
	if len(c.Order) > 0 || len(c.Entries) > 0 || !c.RecordClosed {
		t.Errorf("it shows %+v", c)
	}
}
