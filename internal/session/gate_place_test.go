package session

import "github.com/stillwatch/stillwatch/internal/ident"

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
	return []row{
		{"at the limit", "nurse-load", Clear, "P-12-RATIO", load(most), nil},
		{"one more", "nurse-load", Finding, "P-12-RATIO", load(most + 1), theNurse},
		{"not counted", "nurse-load", CouldNotCheck, "P-12-RATIO", load(0), nil},
		{"not known", "nurse-load", CouldNotCheck, "P-12-RATIO", func(x *scene) { x.env.Staff.Known = false }, nil},
		{"no nurse", "nurse-load", CouldNotCheck, "P-12-RATIO", func(x *scene) { x.s.Nurse = "" }, nil},
	}
}
