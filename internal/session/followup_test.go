package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
)

// TestFollowUp_IsOwedUntilItIsDone: to who went home after an infusion, and to
// who left before being ready; the latest call says whether one is owed.
func TestFollowUp_IsOwedUntilItIsDone(t *testing.T) {
	t.Parallel()
	home := func(events ...Event) State { return until(PhaseDischarged).add(at(200), byNurse(), events...).state }
	left := func(due time.Time, events ...Event) State {
		l := until(PhaseRecovering).add(at(40), byNurse(), LeftEarly{FollowUpDue: due})
		return l.add(at(200), byNurse(), events...).state
	}
	undone := until(PhasePrepared).add(at(1), byNurse(), LeftEarly{}).state
	again, reached, noMore := FollowedUp{Outcome: FollowUpAgain}, FollowedUp{Outcome: FollowUpReached}, FollowedUp{Outcome: FollowUpNoMore}
	day := at(120 + 24*60)
	for _, c := range []struct {
		name string
		s    State
		due  time.Time
		owed bool
	}{
		{"infusing", until(PhaseInfusing).state, time.Time{}, false},
		{"recovering", until(PhaseRecovering).state, time.Time{}, false},
		{"home", home(), day, true},
		{"home, and the record closed", home(Closed{}), day, true},
		{"home, not reached", home(again), day, true},
		{"home, not reached and then reached", home(again, reached), time.Time{}, false},
		{"home, let be", home(noMore), time.Time{}, false},
		{"home, reached, and to be called again", home(reached, again), day, true},
		{"left", left(at(300)), at(300), true},
		{"left, no time set", left(time.Time{}), time.Time{}, true},
		{"left before any start", undone, time.Time{}, true},
		{"left, reached", left(at(300), reached), time.Time{}, false},
		{"transferred", until(PhaseInfusing).add(at(5), byNurse(), Transferred{}).state, time.Time{}, false},
		{"cancelled", until(PhasePrepared).add(at(5), byNurse(), Cancelled{}).state, time.Time{}, false},
	} {
		due, owed := FollowUpDue(c.s, envAt(at(250)))
		if owed != c.owed || !due.Equal(c.due) || c.s.FollowUpOwed() != c.owed {
			t.Errorf("%s: owed %v, due %v", c.name, owed, due)
		}
	}
	blind := envAt(at(250))
	blind.Rules = library.Session{}
	if due, owed := FollowUpDue(home(), blind); !owed || !due.IsZero() {
		t.Errorf("without a library: owed %v, due %v", owed, due)
	}
}

func TestFollowUp_IsRecordedAsItWas(t *testing.T) {
	t.Parallel()
	l := until(PhaseDischarged)
	env := envAt(at(300))
	refusal{"no outcome", l, FollowUp{}, env, "session.unknown_code"}.check(t)
	refusal{"let be without a reason", l, FollowUp{Outcome: FollowUpNoMore}, env, "session.text_missing"}.check(t)
	refusal{"while the patient is here", until(PhaseRecovering), FollowUp{Outcome: FollowUpReached}, envAt(at(40)), "session.follow_up_here"}.check(t)
	refusal{"by a tablet", l, FollowUp{Outcome: FollowUpReached}, env.by(byTablet()), "session.person_needed"}.check(t)
	reviewed := l.state.ContentAt
	e := l.say(t, FollowUp{Outcome: FollowUpReached, Said: said(1)}, env)[0].(FollowedUp)
	f := l.state.FollowUps
	if e.Said != said(1) || len(f) != 1 || f[0].By != nurse || !f[0].At.Equal(at(300)) || f[0].Said != said(1) {
		t.Errorf("kept as %+v, %+v", e, f)
	}
	if l.state.Phase != PhaseDischarged || l.state.ContentAt != reviewed {
		t.Error("a call moved the visit, or asks for another review")
	}
}
