package act

import (
	"slices"
	"strings"
	"testing"
)

func person(roles ...Role) Actor { return Actor{Kind: Person, Person: "p", Roles: roles} }

func TestMay_UnknownActIsAllowedToNobody(t *testing.T) {
	t.Parallel()
	for _, a := range []Actor{person(Roles()...), {Kind: Device}, {Kind: Job}, {}} {
		if May(a, "session.fly").Allowed {
			t.Errorf("%+v may do what nobody knows", a)
		}
	}
	if Known("session.fly") {
		t.Error("an act that is not in the table is known")
	}
}

func TestMay_EveryActHasSomebody(t *testing.T) {
	t.Parallel()
	for _, what := range Acts() {
		if !May(person(Roles()...), what).Allowed && !May(Actor{Kind: Job}, what).Allowed && !May(Actor{Kind: Patient}, what).Allowed {
			t.Errorf("nobody may %s", what)
		}
		if May(person(), what).Allowed || May(Actor{}, what).Allowed || May(person("janitor"), what).Allowed {
			t.Errorf("somebody without a role may %s", what)
		}
	}
}

// TestMay_Session pins who may perform the acts in which a role matters most.
func TestMay_Session(t *testing.T) {
	t.Parallel()
	for what, roles := range map[Act][]Role{
		"session.schedule":          {FrontDesk, Nurse, Prescriber},
		"session.arrive":            {FrontDesk, Nurse, Prescriber},
		"session.cancel":            {Nurse, Prescriber, FrontDesk},
		"session.attach-order":      {Prescriber},
		"order.draft":               {Prescriber, Pharmacist},
		"session.sign-spoken-order": {Prescriber},
		"session.review":            {Prescriber},
		"session.take-prescriber":   {Prescriber},
		"session.take-over":         {Nurse},
		"session.start":             {Nurse, Prescriber},
		"session.rate":              {Nurse, Prescriber},
		"session.resume":            {Nurse, Prescriber},
		"session.discharge":         {Nurse, Prescriber},
		"session.stop":              Roles(),
		"session.help":              Roles(),
	} {
		for _, r := range Roles() {
			p := May(person(r), what)
			if p.Allowed != slices.Contains(roles, r) {
				t.Errorf("a %s may %s: %v", r, what, p.Allowed)
			}
			if !p.Allowed && !slices.Equal(p.Needs, roles) {
				t.Errorf("%s needs %v, said %v", what, roles, p.Needs)
			}
		}
	}
}

func TestMay_OnlyStopAndEmergencyWithoutAPerson(t *testing.T) {
	t.Parallel()
	alone := []Act{"session.stop", "session.help", "session.undo-help", "session.log-help"}
	for _, what := range Acts() {
		if !strings.HasPrefix(string(what), "session.") {
			continue
		}
		if got := May(Actor{Kind: Device}, what).Allowed; got != slices.Contains(alone, what) || Unsigned(what) != got {
			t.Errorf("a device may %s: %v", what, got)
		}
	}
}

// TestMay_Patient: a patient writes on the patient's own pages and does nothing else,
// and what a patient writes nobody else writes.
func TestMay_Patient(t *testing.T) {
	t.Parallel()
	own := []Act{"course.learn", "course.miss-link", "course.open-link", "course.prepare", "course.tell"}
	for _, what := range Acts() {
		is := slices.Contains(own, what)
		if got := May(Actor{Kind: Patient, Roles: Roles()}, what).Allowed; got != is {
			t.Errorf("a patient may %s: %v", what, got)
		}
		if is && (May(person(Roles()...), what).Allowed || May(Actor{Kind: Device}, what).Allowed || May(Actor{Kind: Job}, what).Allowed) {
			t.Errorf("somebody else may %s", what)
		}
	}
}

func TestMay_NeedsIsACopy(t *testing.T) {
	t.Parallel()
	p := May(person(FrontDesk), "session.start")
	p.Needs[0] = FrontDesk
	if May(person(FrontDesk), "session.start").Allowed {
		t.Error("an answer changed the table")
	}
}

func TestActor_Is(t *testing.T) {
	t.Parallel()
	if !person(Nurse).Is(Nurse) || person(Nurse).Is(Prescriber) || (Actor{Kind: Device, Roles: []Role{Nurse}}).Is(Nurse) {
		t.Error("a role is held by a person who has it, and by nobody else")
	}
	if Role("janitor").Valid() || !Nurse.Valid() {
		t.Error("role not known, or known without being one")
	}
}

func TestMayAs(t *testing.T) {
	t.Parallel()
	if MayAs(person(Roles()...), nil).Allowed {
		t.Error("a rule that names nobody allows somebody")
	}
	if p := MayAs(person(Nurse), []Role{Prescriber}); p.Allowed || !slices.Equal(p.Needs, []Role{Prescriber}) {
		t.Errorf("%+v", p)
	}
	if !MayAs(person(Nurse), []Role{Prescriber, Nurse}).Allowed {
		t.Error("a named role may not")
	}
}
