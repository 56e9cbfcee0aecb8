package session

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/word"
)

func TestDecide_LeavingSaysWhatIsStillOwed(t *testing.T) {
	t.Parallel()
	whole := Leave{
		Told: said(1), Capacity: HasCapacity, LastSigns: signs("72"), EscortCalled: true, EmergencyCalled: true,
		FollowUpDue: at(24 * 60), InstructionsGiven: true,
	}
	without := func(take func(*Leave)) Leave { c := whole; take(&c); return c }
	for _, c := range []struct {
		name  string
		from  Phase
		leave Leave
		want  word.ID // empty: nothing is owed
	}{
		{"all done", PhaseRecovering, whole, ""},
		{"nobody told", PhaseRecovering, without(func(c *Leave) { c.Told = journal.Private{} }), "session.left_untold"},
		{"capacity not said", PhaseRecovering, without(func(c *Leave) { c.Capacity = "" }), "session.left_capacity"},
		{"lacks capacity", PhaseRecovering, without(func(c *Leave) { c.Capacity = LacksCapacity }), "session.left_unable"},
		{"capacity not clear", PhaseRecovering, without(func(c *Leave) { c.Capacity = CapacityUnclear }), "session.left_unable"},
		{"no signs", PhaseRecovering, without(func(c *Leave) { c.LastSigns = nil }), "session.left_signs"},
		{"escort not called", PhaseRecovering, without(func(c *Leave) { c.EscortCalled = false }), "session.left_escort"},
		{"emergency contact not called", PhaseRecovering, without(func(c *Leave) { c.EmergencyCalled = false }), "session.left_emergency"},
		{"no instructions", PhaseRecovering, without(func(c *Leave) { c.InstructionsGiven = false }), "session.left_instructions"},
		{"no follow-up", PhaseRecovering, without(func(c *Leave) { c.FollowUpDue = time.Time{} }), "session.left_follow_up"},
		{"while the pump runs", PhaseInfusing, whole, "session.left_running"},
	} {
		l := until(c.from)
		e := l.say(t, c.leave, envAt(at(40)))[0].(LeftEarly)
		var got []word.ID
		for _, d := range e.Deviations {
			got = append(got, d.Message.ID)
		}
		want := []word.ID{c.want}
		if c.want == "" {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: owed %v, want %v", c.name, got, want)
		}
		if l.state.Left == nil || len(l.state.Deviations) != len(want) {
			t.Errorf("%s: left %v, %d deviations kept", c.name, l.state.Left, len(l.state.Deviations))
		}
	}
}

// TestStop_BeforeAnyStartIsSeenAndHasToBeSettled: it would otherwise only be
// met when the start is refused.
func TestStop_BeforeAnyStartIsSeenAndHasToBeSettled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phase       Phase
		unconfirmed bool
	}{{PhaseScheduled, false}, {PhaseArrived, false}, {PhaseReady, true}, {PhasePrepared, true}} {
		l := until(c.phase)
		if _, early := l.state.EarlyStop(); early || l.state.StopUnconfirmed() {
			t.Errorf("in %q a stop is seen that nobody recorded", c.phase)
		}
		l.say(t, Stop{}, envAt(at(-5)))
		stop := l.position(0)
		f, early := l.state.EarlyStop()
		if !early || f.Position != stop || l.state.StopUnconfirmed() != c.unconfirmed {
			t.Errorf("a stop in %q: early %v, pump not confirmed %v", c.phase, early, l.state.StopUnconfirmed())
		}
		l.say(t, ConfirmPumpStopped{}, envAt(at(-4)))
		if l.state.StopUnconfirmed() {
			t.Errorf("in %q the pump was read as stopped, and still is not confirmed", c.phase)
		}
		l.say(t, Amend{Entry: stop, Reason: said(1), Strike: true}, envAt(at(-3)))
		if _, early := l.state.EarlyStop(); early {
			t.Errorf("in %q a struck stop still stands", c.phase)
		}
	}
	started := until(PhaseStopped)
	if _, early := started.state.EarlyStop(); early {
		t.Error("a stop that ended an infusion reads as one before any start")
	}
}

func TestMonitor_LinkingAgainEndsTheTimeOffIt(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.say(t, TakeOffMonitor{Reason: OffToilet, Companion: said(1), Minutes: 5}, envAt(at(5)))
	if !l.state.OffTill.Equal(at(10)) {
		t.Fatalf("off until %v", l.state.OffTill)
	}
	l.say(t, LinkMonitor{monitorOne}, envAt(at(12)))
	if !l.state.OffTill.IsZero() || l.state.OffWhy != "" {
		t.Errorf("linked again and still off until %v", l.state.OffTill)
	}
}
