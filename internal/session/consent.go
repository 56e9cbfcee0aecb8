package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// ActWithdrawConsent records that the patient no longer agrees.
const ActWithdrawConsent act.Act = "session.withdraw-consent"

// RuleWithdrawn is the rule that nothing is started, resumed or raised after the
// patient has withdrawn consent.
const RuleWithdrawn = "SW-CONSENT-WITHDRAWN"

type (
	// ConsentWithdrawn says that the patient no longer agrees, in words or otherwise,
	// also in the middle of an infusion. The pump goes on until a person stops it:
	// the alarm that follows asks for that.
	ConsentWithdrawn struct {
		Words journal.Private `json:"words,omitzero"`
	}
	// WithdrawConsent says so. It is never refused.
	WithdrawConsent struct {
		Words journal.Private `json:"words,omitzero"`
	}
)

// Withdrawal is when the patient first withdrew consent, and who heard it.
type Withdrawal struct {
	At       time.Time
	By       ident.Person
	Position int64
}

func (ConsentWithdrawn) event()       {}
func (WithdrawConsent) command()      {}
func (WithdrawConsent) Planned() bool { return false }

// Act names the command on the wire.
func (WithdrawConsent) Act() act.Act { return ActWithdrawConsent }

func (d *decider) withdrawConsent(c WithdrawConsent) ([]Event, *Refusal) {
	if d.s.Phase == PhaseNone {
		return nil, malformed("session.no_visit")
	}
	return one(ConsentWithdrawn(c))
}

// withdrew keeps the earliest withdrawal: nobody starts or resumes after it, in
// whatever order two tablets report it.
func (s State) withdrew(e Entry) State {
	next := Withdrawal{At: e.EffectiveAt, By: e.Actor.Person, Position: e.Position}
	if s.Withdrawn == nil || next.At.Before(s.Withdrawn.At) {
		s.Withdrawn = &next
	}
	return s
}

// agreedAgain reports whether the patient signed a consent after the withdrawal.
func (s State) agreedAgain(env Env) bool {
	return s.Withdrawn != nil && env.Consent.Known && env.Consent.Has && env.Consent.At.After(s.Withdrawn.At)
}

// consentStands refuses what brings more drug to a patient who has withdrawn
// consent. Care is never refused for it.
func (d *decider) consentStands() *Refusal {
	if d.s.Withdrawn == nil || d.s.agreedAgain(d.env) {
		return nil
	}
	return refuse(RuleWithdrawn, "session.consent_withdrawn")
}

// ConsentState is how the patient's signed consent stands now; the zero value is
// that this could not be read.
type ConsentState struct {
	Known bool
	// Has says that one was signed here; without one it may be on paper.
	Has bool
	At  time.Time // of the latest signature
	// What takes its force away.
	Withdrawn bool
	Expired   bool // its months are over
	Used      bool // its infusions were given
	Changed   bool // the document is another one by now
}

// consent: signed here and still of force, or attested from paper where none was
// signed here. A withdrawal, also one spoken today, takes it away.
func (v look) consent() verdict {
	c, settle := v.env.Consent, say("consent.sign")
	switch {
	case v.s.Withdrawn != nil && !v.s.agreedAgain(v.env):
		return found(say("consent.withdrawn_today", v.clock(v.s.Withdrawn.At)), settle)
	case !c.Known:
		return unsure(say("consent.unknown"), settle)
	case !c.Has:
		return v.paper(Consent)
	case c.Withdrawn:
		return found(say("consent.withdrawn"), settle)
	case c.Changed:
		return found(say("consent.changed"), settle)
	case c.Expired:
		return found(say("consent.expired"), settle)
	case c.Used:
		return found(say("consent.used"), settle)
	}
	return fine()
}
