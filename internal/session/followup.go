package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
)

// followUp records a call. It was made: what it may lack is only what would make
// it unreadable.
func (d *decider) followUp(c FollowUp) ([]Event, *Refusal) {
	switch {
	case missing(c.Outcome, FollowUpReached, FollowUpAgain, FollowUpNoMore):
		return nil, malformed("session.unknown_code", "outcome")
	case d.s.GoneAt.IsZero():
		return nil, malformed("session.follow_up_here")
	case c.Outcome == FollowUpNoMore && !c.Said.Given():
		return nil, malformed("session.text_missing")
	}
	if _, r := d.person(); r != nil {
		return nil, r
	}
	return one(FollowedUp{Outcome: c.Outcome, Said: c.Said})
}

// FollowUpOwed reports whether somebody still has to call the patient: one who
// went home after an infusion, or who left before being ready, until a call
// reached them or it was decided to let it be.
func (s State) FollowUpOwed() bool {
	if s.Left == nil && (s.DischargedAt.IsZero() || s.StartedAt.IsZero()) {
		return false
	}
	n := len(s.FollowUps)
	return n == 0 || s.FollowUps[n-1].Outcome == FollowUpAgain
}

// FollowUpDue is by when the patient is called; ok is false when no call is owed.
// The time is zero when nobody set one for a patient who left early, and when
// there is no library: then the call is owed now.
func FollowUpDue(s State, env Env) (due time.Time, ok bool) {
	switch {
	case !s.FollowUpOwed():
		return time.Time{}, false
	case s.Left != nil:
		return s.Left.FollowUpDue, true
	case !env.Rules.Ready():
		return time.Time{}, true
	}
	return s.DischargedAt.Add(env.Rules.Duration(library.FollowUpWithin)), true
}
