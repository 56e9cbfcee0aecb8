package session

import (
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Bounds of a claimed time. Evidence mark: default.
const (
	// clockSlack is how far a corrected time may lie ahead of the server, or
	// before the session, and still be taken for a clock that is a little off.
	clockSlack = 5 * time.Minute
	// lateAfter is how old a claim may be: a done act is then marked late, a
	// planned one refused.
	lateAfter = 24 * time.Hour
)

// decider is one decision in the making.
type decider struct {
	s    State
	env  Env
	at   time.Time // when what is said holds
	late bool
}

// Decide is what command c becomes in state s: events that all hold from one
// instant, or a refusal. It is pure: everything it may look at is in env.
func Decide(s State, c Command, env Env) (Decision, *Refusal) {
	if r := exists(s, c); r != nil {
		return Decision{}, r
	}
	d := decider{s: s, env: env}
	events, r := d.decided(c)
	if r != nil {
		return Decision{}, r
	}
	return Decision{Events: d.withNurse(events), EffectiveAt: d.at}, nil
}

// decided is what becomes of a command that was said where it happened, or of
// one that was written on paper first.
func (d *decider) decided(c Command) ([]Event, *Refusal) {
	if d.env.Paper != nil {
		if r := d.paperTime(); r != nil {
			return nil, r
		}
		return d.fromPaper(c)
	}
	if r := d.fixTime(c); r != nil {
		return nil, r
	}
	if r := d.qualified(c); r != nil {
		return nil, r
	}
	return d.decide(c)
}

func exists(s State, c Command) *Refusal {
	if _, opens := c.(Schedule); !opens && s.Sequence == 0 {
		return malformed("session.none")
	}
	return nil
}

// fixTime corrects the claimed time by the client's offset and bounds it.
func (d *decider) fixTime(c Command) *Refusal {
	now := journal.Time(d.env.Now)
	d.at = now
	urgent := always(c)
	if d.env.OccurredAt.IsZero() {
		if urgent {
			return nil
		}
		return malformed("session.time.missing")
	}
	claimed := journal.Time(d.env.OccurredAt.Add(-d.env.Offset))
	switch {
	case claimed.After(now.Add(clockSlack)) && !urgent:
		return malformed("session.time.future")
	case claimed.After(now):
		return nil
	case d.s.Sequence > 0 && claimed.Before(d.s.CreatedAt.Add(-clockSlack)):
		if urgent {
			return nil
		}
		return malformed("session.time.before_session")
	case d.s.Sequence > 0 && claimed.Before(d.s.CreatedAt):
		claimed = d.s.CreatedAt
	}
	d.late = now.Sub(claimed) > lateAfter
	if d.late && c.Planned() {
		return refuse("time", "session.time.old")
	}
	d.at = d.notBefore(c, claimed, now)
	return nil
}

// qualified refuses a planned act to a person whose credentials for it are
// missing or expired. Where a gate asks for them they are one of its lines,
// so that the whole list is given; lowering the rate is open to everybody.
func (d *decider) qualified(c Command) *Refusal {
	if !c.Planned() {
		return nil
	}
	drug := false
	switch c := c.(type) {
	case MakeReady, Start, Resume:
		return nil
	case SetRate:
		if c.Ordered.Less(d.s.Ordered) {
			return nil
		}
		drug = true
	case OpenVials, Compute, AttachOrder, GiveDrug:
		drug = true
	default:
		// the others do not concern this
	}
	switch st := d.env.Staff; {
	case len(st.ActorMissing) > 0:
		return refuse(RuleCredentials, "session.credentials_missing", strings.Join(st.ActorMissing, ", "))
	case drug && !st.Known:
		return refuse(RuleCredentials, "session.credentials_unknown")
	}
	return nil
}

// always reports whether c is taken whatever time it claims.
func always(c Command) bool {
	switch c.(type) {
	case Stop, CallHelp:
		return true
	default:
		// the others do not concern this
	}
	return false
}

// Bare is the command of an act that is taken whatever comes with it.
func Bare(what act.Act) (Command, bool) {
	for _, c := range []Command{Stop{}, CallHelp{}} {
		if c.Act() == what {
			return c, true
		}
	}
	return nil, false
}

// notBefore keeps what follows from the state from holding before it: a
// planned change of the pump comes after what the pump last did, and a stop
// after the start. Such a claim is a wrong clock: the server's time counts.
func (d *decider) notBefore(c Command, claimed, now time.Time) time.Time {
	switch c.(type) {
	case Stop:
		if claimed.Before(d.s.StartedAt) {
			return now
		}
	case Start, SetRate, Resume:
		if last := d.lastPumpAt(); c.Planned() && claimed.Before(last) {
			return latest(now, last)
		}
	default:
		// the others do not concern this
	}
	return claimed
}

func (d *decider) lastPumpAt() time.Time {
	var last time.Time
	for _, f := range d.s.Pump {
		if !f.Struck {
			last = latest(last, f.At)
		}
	}
	return last
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// decide asks the area that the command belongs to.
func (d *decider) decide(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case Schedule, Arrive, AnswerPrecheck, Attest, Override, MakeReady, Cancel, Transfer, Leave:
		return d.visit(c)
	case AttachOrder, ReviewOrder, GrantException, TakeSpokenOrder, SignSpokenOrder:
		return d.order(c)
	case OpenVials, Compute, DiscardDrawUp:
		return d.drawUp(c)
	case LinkMonitor, UnlinkMonitor, DoubtLink, TakeOffMonitor, ReturnToMonitor:
		return d.monitor(c)
	case LinkPump, UnlinkPump, DropPump, NotePump:
		return d.pumpWord(c)
	case AnswerTimeOut, Start, SetRate, ReadPump, SettleRate, Pause, Resume:
		return d.infusion(c)
	case Stop, ClaimStop, ConfirmPumpStopped:
		return d.stop(c)
	case Observe, NoteSideEffect, GradeSideEffect, ResolveSideEffect, GiveDrug, Note, Amend:
		return d.chart(c)
	case TakeRound, ConfirmReadings, DoubtReading, MissRound:
		return d.round(c)
	case CheckPresence, TakeOver, TakePrescriber, PrescriberGone:
		return d.staff(c)
	case CallHelp, UndoHelp, LogHelp, EndHelp:
		return d.help(c)
	case NoteAlarms, AcknowledgeAlarm, PauseAlarm, QuietenChair, ChangeAlarmLimit:
		return d.alarm(c)
	case BeginRecovery, ScoreDischarge, CheckDischarge, Discharge, Waste, ReturnDrug, Review, CloseRecord, FollowUp:
		return d.end(c)
	case WithdrawConsent:
		return d.withdrawConsent(c)
	case KeepSheet, MarkUnwatched, Reconcile:
		return d.backEntry(c)
	}
	return nil, malformed("session.unknown_command")
}

// one is a decision of one event.
func one(e Event) ([]Event, *Refusal) { return []Event{e}, nil }

// person is the person who acts; a device or a job cannot stand in for one.
func (d *decider) person() (ident.Person, *Refusal) {
	if d.env.Actor.Kind != act.Person || d.env.Actor.Person == "" {
		return "", malformed("session.person_needed")
	}
	return d.env.Actor.Person, nil
}

// today is the calendar day of the decision in the clinic's zone; empty when
// the zone is not known.
func (d *decider) today() string {
	if d.env.Zone == nil {
		return ""
	}
	return d.env.Now.In(d.env.Zone).Format(time.DateOnly)
}
