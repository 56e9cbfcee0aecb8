package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// TestWithdrawConsent: a withdrawal is recorded in every phase and by whoever hears
// it; nothing is started, resumed or raised after it, and everything else goes on.
func TestWithdrawConsent(t *testing.T) {
	t.Parallel()
	withdrawn := func(p Phase, minute float64) *log { return until(p).add(at(minute), byNurse(), ConsentWithdrawn{}) }
	for _, p := range []Phase{PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared, PhaseInfusing, PhasePaused, PhaseStopped, PhaseRecovering, PhaseDischarged} {
		l := until(p)
		if e, ok := l.say(t, WithdrawConsent{Words: said(1)}, envAt(at(200)))[0].(ConsentWithdrawn); !ok || e.Words != said(1) {
			t.Errorf("%s: %+v", p, e)
		}
		if l.state.Phase != until(p).state.Phase {
			t.Errorf("%s: a withdrawal moved the visit to %s", p, l.state.Phase)
		}
	}
	again := Resume{Ordered: unit.MgPerKgH("0.2"), Read: reading("16")}
	refusal{"resume", withdrawn(PhasePaused, 22), again, envAt(at(25)), "session.consent_withdrawn"}.check(t)
	up, down := SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, SetRate{Ordered: unit.MgPerKgH("0.1"), Read: reading("8")}
	refusal{"raise", withdrawn(PhaseInfusing, 4), up, envAt(at(5)), "session.consent_withdrawn"}.check(t)
	prepared := withdrawn(PhasePrepared, -4)
	refusal{"start", prepared, Start{Read: reading("16")}, envAt(at(0)), "session.consent_withdrawn"}.check(t)

	for _, c := range []Command{down, Stop{}, Pause{Cause: PauseClinical}, Observe{}, CallHelp{}} {
		if _, r := Decide(withdrawn(PhaseInfusing, 4).state, c, envAt(at(5))); r != nil && r.Rule == RuleWithdrawn {
			t.Errorf("%T was refused for want of consent", c)
		}
	}

	// A consent that was signed after it counts; one signed before does not.
	anew := envAt(at(25))
	anew.Consent = ConsentState{Known: true, Has: true, At: at(24)}
	if e := withdrawn(PhasePaused, 22).say(t, again, anew); len(e) == 0 {
		t.Error("signed anew, and still refused")
	}
	anew.Consent.At = at(21)
	refusal{"signed before", withdrawn(PhasePaused, 22), again, anew, "session.consent_withdrawn"}.check(t)
}

// TestWithdrawConsent_CallsForTheStop: while the drug runs after a withdrawal there is
// a red alarm; it ends with the stop or a pause, not by itself.
func TestWithdrawConsent_CallsForTheStop(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	if f := AlarmFacts(l.state, envAt(at(5))); !f.ConsentGone.IsZero() {
		t.Errorf("before anybody withdrew: %v", f.ConsentGone)
	}
	l.add(at(6), byNurse(), ConsentWithdrawn{}).add(at(7), byNurse(), ConsentWithdrawn{})
	if f := AlarmFacts(l.state, envAt(at(8))); !f.ConsentGone.Equal(at(6)) {
		t.Errorf("withdrawn at 6 min: since %v", f.ConsentGone)
	}
	if f := AlarmFacts(l.add(at(9), byNurse(), Paused{Cause: PauseClinical}).state, envAt(at(10))); !f.ConsentGone.IsZero() {
		t.Error("paused, and still called for a stop")
	}
}
