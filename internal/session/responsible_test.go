package session

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// TestResponsible_Property: whatever people say in whatever order, once a nurse
// is responsible one is, until the patient has gone; the stretches meet without
// a gap and without overlap; nothing that a nurse says leaves an infusion
// running without one, and where a prescriber says it, it does not go unsaid.
func TestResponsible_Property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := withoutNurse()
		now := at(0)
		for range rapid.IntRange(1, 30).Draw(t, "said") {
			now = now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * time.Second)
			env := envAt(now).claimed(now.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 60, 1200}).Draw(t, "claimed")) * time.Second))
			who := rapid.SampledFrom([]act.Actor{byNurse(), byNurseTwo(), byPrescriber(), byTablet()}).Draw(t, "who")
			before := l.state
			d, r := Decide(before, drawCommand(t, l), env.by(who).witnessed(byPrescriber()))
			if r != nil {
				continue
			}
			l.add(d.EffectiveAt, who, d.Events...)
			s := l.state
			switch {
			case before.Nurse != "" && s.Nurse == "":
				t.Fatal("nobody is responsible any more")
			case Watched(s) && !Watched(before) && who.Is(act.Nurse) && s.Nurse == "":
				t.Fatalf("%T by a nurse began to be watched, and no nurse is responsible", d.Events[0])
			case Watched(s) && s.Nurse == "" && !slices.ContainsFunc(Concerns(s, env), func(c Concern) bool { return c.Kind == ConcernNurse }):
				t.Fatal("no nurse is responsible, and nobody is told")
			}
			withoutGap(t, s)
		}
	})
}

// withoutNurse is a visit with everything but a responsible nurse.
func withoutNurse() *log {
	l := &log{}
	for _, e := range until(PhasePrepared).entries {
		if _, ok := e.Event.(NurseResponsible); !ok {
			l.add(e.EffectiveAt, e.Actor, e.Event)
		}
	}
	return l
}

func withoutGap(t *rapid.T, s State) {
	duty := NursesOnDuty(s)
	if s.StartedAt.IsZero() {
		return
	}
	if len(duty) == 0 || !duty[0].From.Equal(s.StartedAt) || !duty[len(duty)-1].To.Equal(s.GoneAt) {
		t.Fatalf("from %v to %v, on duty %+v", s.StartedAt, s.GoneAt, duty)
	}
	for i := 1; i < len(duty); i++ {
		if !duty[i].From.Equal(duty[i-1].To) || duty[i].Who == "" {
			t.Fatalf("on duty %+v", duty)
		}
	}
	if s.GoneAt.IsZero() && duty[len(duty)-1].Who != s.Nurse {
		t.Fatalf("on duty %+v, responsible %s", duty, s.Nurse)
	}
}

// TestResponsible_FoundRunning: the nurse who finds a pump running is
// responsible; a prescriber who does leaves it to be said.
func TestResponsible_FoundRunning(t *testing.T) {
	t.Parallel()
	found := SetRate{Read: reading("16"), Found: true}
	l := withoutNurse()
	if events := l.say(t, found, envAt(at(1)).by(byNurseTwo())); len(events) != 2 || l.state.Nurse != nurseTwo {
		t.Errorf("%+v, responsible %q", events, l.state.Nurse)
	}
	l.say(t, SetRate{Read: reading("17"), Found: true}, envAt(at(2)))
	if l.state.Nurse != nurseTwo {
		t.Error("charting takes a patient over")
	}
	l = withoutNurse()
	l.say(t, found, envAt(at(1)).by(byPrescriber()))
	cs := Concerns(l.state, envAt(at(2)))
	if l.state.Nurse != "" || !slices.ContainsFunc(cs, func(c Concern) bool { return c.Kind == ConcernNurse && c.Needs == ActTakeNurse }) {
		t.Errorf("responsible %q, %+v", l.state.Nurse, cs)
	}
	l.say(t, TakeOver{}, envAt(at(3)))
	if cs := Concerns(l.state, envAt(at(4))); slices.ContainsFunc(cs, func(c Concern) bool { return c.Kind == ConcernNurse }) {
		t.Errorf("taken over, and still %+v", cs)
	}
	if duty := NursesOnDuty(l.state); len(duty) != 2 || duty[0].Who != "" || !duty[1].From.Equal(at(3)) || duty[1].Who != nurse {
		t.Errorf("on duty %+v", duty)
	}
}

// TestResponsible_ToldLate: a hand-over that was told late takes nothing from
// whoever took over since.
func TestResponsible_ToldLate(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, TakeOver{}, envAt(at(20)).by(byNurseTwo()))
	l.say(t, TakeOver{}, envAt(at(25)).claimed(at(10)))
	if l.state.Nurse != nurseTwo {
		t.Errorf("responsible %q", l.state.Nurse)
	}
	want := []OnDuty{{From: ten(), To: at(20), Who: nurse}, {From: at(20), Who: nurseTwo}}
	if duty := NursesOnDuty(l.state); !slices.Equal(duty, want) {
		t.Errorf("on duty %+v", duty)
	}
	l.add(at(30), byPrescriber(), PrescriberResponsible{Prescriber: prescriber, OnSite: false})
	l.add(at(28), byPrescriber(), PrescriberResponsible{Prescriber: prescriber, OnSite: true})
	if l.state.OnSite || !l.state.OnSiteAt.Equal(at(30)) {
		t.Error("told late, the prescriber is back")
	}
	doctors := PrescribersOnDuty(l.state)
	if len(doctors) != 2 || !doctors[0].OnSite || doctors[1].OnSite || !doctors[1].From.Equal(at(30)) {
		t.Errorf("%+v", doctors)
	}
}

// TestPrescriberGone is the server's alone, of whoever is responsible and here.
func TestPrescriberGone(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	job := envAt(at(20)).by(byWatch())
	for name, c := range map[string]struct {
		who  ident.Person
		env  Env
		want string
	}{
		"a person says it":      {prescriber, envAt(at(20)), "session.job_only"},
		"another prescriber":    {nurse, job, "session.prescriber_moved_on"},
		"nobody":                {"", job, "session.prescriber_moved_on"},
		"before they were here": {prescriber, job.claimed(at(-55)), "session.prescriber_moved_on"},
	} {
		if r := l.refused(t, PrescriberGone{c.who}, c.env); string(r.Message.ID) != c.want {
			t.Errorf("%s: %v", name, r)
		}
	}
	l.say(t, PrescriberGone{prescriber}, job)
	if l.state.OnSite || l.state.Prescriber != prescriber || !AlarmFacts(l.state, job).PrescriberAway.Equal(at(20)) {
		t.Errorf("%q on site %v", l.state.Prescriber, l.state.OnSite)
	}
	if r := l.refused(t, PrescriberGone{prescriber}, envAt(at(22)).by(byWatch())); r.Message.ID != "session.prescriber_moved_on" {
		t.Errorf("again: %v", r)
	}
}
