package session

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
)

func TestDecide_OverrideAcceptsASoftFindingByTheRoleItNames(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	l.add(at(-50), byNurse(), PrecheckAnswered{Precheck{Conditions: &Conditions{GLP1: true}}})
	env := envAt(at(-40))
	glp1 := slices.IndexFunc(DrawUpGate(l.state, env).Checks, func(k Check) bool { return k.Rule == "FAST-GLP1" })
	if glp1 < 0 {
		t.Fatal("the gate does not ask about GLP-1 agonists")
	}
	accept := Override{Gate: GateDrawUp, Check: DrawUpGate(l.state, env).Checks[glp1].ID, Reason: said(1)}
	refusal{"by the nurse", l, accept, env, "session.may_not_override"}.check(t)
	if r := l.refused(t, accept, env); !slices.Equal(r.Needs, []act.Role{act.Prescriber}) {
		t.Errorf("needs %v", r.Needs)
	}
	l.say(t, accept, env.by(byPrescriber()))
	if k := DrawUpGate(l.state, env).Checks[glp1]; k.Blocks() || k.Overridden != l.position(0) || k.Outcome != Finding {
		t.Errorf("accepted, the finding reads %+v", k)
	}
}

func TestDecide_MakeReadyWithAShutGateGivesTheWholeList(t *testing.T) {
	t.Parallel()
	l := until(PhaseArrived)
	env := envAt(at(-40))
	r := l.refused(t, MakeReady{}, env)
	if r.Message.ID != "session.draw_up_shut" || r.Gate == nil || len(r.Gate.Checks) != len(DrawUpGate(l.state, env).Checks) {
		t.Errorf("refused with %v and %v", r.Message.ID, r.Gate)
	}
	refusal{"before arrival", until(PhaseScheduled), MakeReady{}, env, "session.phase"}.check(t)
}

func TestDrivingUntil_IsTheSameHourOfTheNextDay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones on this machine:", err)
	}
	for _, c := range []struct {
		zone      *time.Location
		home, now time.Time
	}{
		{berlin, time.Date(2026, 11, 24, 15, 0, 0, 0, berlin), time.Date(2026, 11, 23, 15, 0, 0, 0, berlin)},
		{berlin, time.Date(2026, 10, 25, 15, 0, 0, 0, berlin), time.Date(2026, 10, 24, 15, 0, 0, 0, berlin)}, // 25 hours
	} {
		if got, ok := DrivingUntil(c.now.UTC(), c.zone); !ok || !got.Equal(c.home) {
			t.Errorf("home at %v, drives again at %v", c.now, got)
		}
	}
	if _, ok := DrivingUntil(ten(), nil); ok {
		t.Error("without the clinic's zone nobody knows when the next day is")
	}
}

func TestDecide_NoOrderNoRate(t *testing.T) {
	t.Parallel()
	l := &log{}
	l.add(at(-90), byNurse(), Scheduled{Patient: patient, Chair: 3}, Arrived{})
	found := l.say(t, SetRate{Read: reading("16"), Found: true}, envAt(ten()))[0].(RateChanged)
	if !slices.Equal(rulesOf(found.Deviations), []string{RuleRate, RuleNotRunning}) {
		t.Errorf("running without an order deviates from %v", rulesOf(found.Deviations))
	}
	if got := l.state.TotalsAt(at(60)).Mass.Fixed(1); got != "16.0" {
		t.Errorf("%s mg counted, want what the pump says of the bag: 16.0", got)
	}
	refusal{"chosen", l, SetRate{Read: reading("8")}, envAt(at(5)), "session.no_order"}.check(t)
}
