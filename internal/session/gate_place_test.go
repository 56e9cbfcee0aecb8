package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/ident"
)

func placeRows() []row {
	room := func(change func(*RoomCheck)) func(*scene) { return func(x *scene) { change(&x.env.Room) } }
	out := []row{
		{"checked today", "room", Clear, "P-5", nil, nil},
		{"something missing", "room", Finding, "P-5", room(func(r *RoomCheck) { r.Open = []string{"suction"} }), nil},
		{"not known", "room", CouldNotCheck, "P-5", room(func(r *RoomCheck) { r.Known = false }), nil},
		{"not done", "room", CouldNotCheck, "P-5", room(func(r *RoomCheck) { r.Done = false }), nil},
		{"done yesterday", "room", CouldNotCheck, "P-5", room(func(r *RoomCheck) { r.At = at(-10*60 - 1) }), nil},
		{"no zone", "room", CouldNotCheck, "P-5", func(x *scene) { x.env.Zone = nil }, nil},
	}
	return append(append(out, peopleRows()...), loadRows(2)...)
}

// peopleRows: the same at the draw-up gate, at the start and on resuming.
func peopleRows() []row {
	staff := func(change func(*Staff)) func(*scene) {
		return func(x *scene) { change(&x.env.Staff) }
	}
	stands := func(ok bool) func(*scene) {
		return staff(func(s *Staff) { s.Prescribers = map[ident.Person]bool{prescriber: ok} })
	}
	return []row{
		{"held", "credentials", Clear, "P-2", nil, nil},
		{"one expires soon", "credentials", Clear, "P-2", staff(func(s *Staff) { s.ActorExpires = []string{"ACLS"} }), nil},
		{"one missing", "credentials", Finding, "P-2", staff(func(s *Staff) { s.ActorMissing = []string{"ACLS"} }), nil},
		{"not known", "credentials", CouldNotCheck, "P-2", staff(func(s *Staff) { s.Known = false }), nil},
		{"no person", "credentials", CouldNotCheck, "P-2", func(x *scene) { x.env.Actor = byTablet() }, nil},
		{"nobody in person", "credentials", CouldNotCheck, "P-2", func(x *scene) { x.env.Actor.Person = "" }, nil},

		{"on site", "prescriber", Clear, "P-12", stands(true), nil},
		{"away", "prescriber", Finding, "P-12", func(x *scene) { x.s.OnSite = false }, nil},
		{"without standing", "prescriber", Finding, "P-1", stands(false), nil},
		{"none", "prescriber", CouldNotCheck, "P-12", func(x *scene) { x.s.Prescriber = "" }, nil},
		{"not listed", "prescriber", CouldNotCheck, "P-12", staff(func(s *Staff) { s.Prescribers = nil }), nil},
		{"staff not known", "prescriber", CouldNotCheck, "P-12", staff(func(s *Staff) { s.Known = false }), nil},

		{"named", "nurse", Clear, "P-12", nil, nil},
		{"none", "nurse", CouldNotCheck, "P-12", func(x *scene) { x.s.Nurse = "" }, nil},
	}
}

// loadRows: how many running infusions one nurse may have.
func loadRows(most int) []row {
	load := func(n int) func(*scene) { return func(x *scene) { x.env.Staff.Load = n } }
	accepted := func(of, now int) func(*scene) {
		return func(x *scene) {
			for _, g := range []Gate{GateDrawUp, GateStart} {
				x.add(-1, byNurse(), FindingOverridden{Gate: g, Check: checkLoad, Reason: said(1), Load: of})
			}
			x.env.Staff.Load = now
		}
	}
	return []row{
		{"at the limit", "nurse-load", Clear, "P-12-RATIO", load(most), nil},
		{"one more", "nurse-load", Finding, "P-12-RATIO", load(most + 1), theNurse},
		{"one more, which was accepted", "nurse-load", Finding, "P-12-RATIO", accepted(most+1, most+1), theNurse},
		{"two more, of which one was accepted", "nurse-load", Finding, "P-12-RATIO", accepted(most+1, most+2), theNurse},
		{"accepted before the load was kept", "nurse-load", Finding, "P-12-RATIO", accepted(0, most+1), theNurse},
		{"not counted", "nurse-load", CouldNotCheck, "P-12-RATIO", load(0), nil},
		{"not known", "nurse-load", CouldNotCheck, "P-12-RATIO", func(x *scene) { x.env.Staff.Known = false }, nil},
		{"no nurse", "nurse-load", CouldNotCheck, "P-12-RATIO", func(x *scene) { x.s.Nurse = "" }, nil},
	}
}

// TestOverride_OfANursesLoadHoldsForThatLoad: fewer are within what was accepted,
// more ask again.
func TestOverride_OfANursesLoadHoldsForThatLoad(t *testing.T) {
	t.Parallel()
	x := startScene()
	x.env.Staff.Load = 3
	d, r := Decide(x.s, Override{Gate: GateStart, Check: checkLoad, Reason: said(1)}, x.env)
	if r != nil {
		t.Fatal(r)
	}
	if e := d.Events[0].(FindingOverridden); e.Load != 3 {
		t.Errorf("accepted for %d infusions", e.Load)
	}
	x.add(-0.5, byNurse(), d.Events...)
	for load, blocks := range map[int]bool{2: false, 3: false, 4: true} {
		x.env.Staff.Load = load
		if c, _ := StartGate(x.s, x.env, x.read).find(checkLoad); c.Outcome != Finding || c.Blocks() != blocks {
			t.Errorf("with %d infusions: %s, blocks %v", load, c.Outcome, c.Blocks())
		}
	}
	e, r := Decide(x.s, Override{Gate: GateStart, Check: "position", Reason: said(1)}, x.env)
	if r == nil {
		t.Errorf("what is clear was accepted: %v", e.Events)
	}
}
