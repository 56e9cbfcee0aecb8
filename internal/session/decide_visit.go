package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
)

// oldestVisit is how long ago a visit may have been held that is put in from
// paper. Evidence mark: default.
const oldestVisit = 31 * 24 * time.Hour

// furthestPlan is how far ahead a visit is planned at most.
const furthestPlan = 2 * 366 * 24 * time.Hour

func (d *decider) visit(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case Schedule:
		return d.schedule(c)
	case Arrive:
		return d.arrive(c)
	case AnswerPrecheck:
		if r := c.possible(d.at); r != nil {
			return nil, r
		}
		return one(PrecheckAnswered{Precheck: c.Precheck})
	case Attest:
		return d.attest(c)
	case Override:
		return d.override(c)
	case MakeReady:
		return d.makeReady()
	case Cancel:
		return d.cancel(c)
	case Transfer:
		return one(Transferred{To: c.To, Reason: c.Reason})
	case Leave:
		return d.leave(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

func (d *decider) schedule(c Schedule) ([]Event, *Refusal) {
	switch {
	case d.s.Sequence > 0:
		return nil, refuse(RulePhase, "session.exists")
	case !ident.Valid(c.Patient):
		return nil, malformed("session.bad_patient")
	case !c.Chair.Valid():
		return nil, malformed("session.bad_chair")
	case c.PlannedStart.Before(d.longAgo()) || c.PlannedStart.After(d.at.Add(furthestPlan)):
		return nil, malformed("session.bad_planned_start")
	}
	return one(Scheduled{Patient: c.Patient, Chair: c.Chair, PlannedStart: c.PlannedStart})
}

// longAgo is how far back a visit may be planned: one that was held on paper
// is put in afterwards.
func (d *decider) longAgo() time.Time {
	if d.env.Paper != nil {
		return d.env.Now.Add(-oldestVisit)
	}
	return d.at.Add(-lateAfter)
}

func (d *decider) arrive(c Arrive) ([]Event, *Refusal) {
	if r := d.in(PhaseScheduled); r != nil {
		return nil, r
	}
	for _, id := range c.Identifiers {
		if missing(id, ByName, ByBirth, ByNumber, ByPhoto, ByAddress) {
			return nil, malformed("session.unknown_code", "identifier")
		}
	}
	ids := slices.Compact(slices.Sorted(slices.Values(c.Identifiers)))
	if !d.env.Rules.Ready() || len(ids) < d.env.Rules.Count(library.Identifiers) {
		return nil, refuse(RuleIdentity, "session.two_identifiers")
	}
	return one(Arrived{Identifiers: ids})
}

// override accepts a soft finding that stands now, by a role its rule names.
func (d *decider) override(c Override) ([]Event, *Refusal) {
	if !c.Reason.Given() {
		return nil, malformed("session.text_missing")
	}
	gate, ok := d.gate(c.Gate)
	if !ok {
		return nil, malformed("session.unknown_code", "gate")
	}
	i := slices.IndexFunc(gate.Checks, func(k Check) bool { return k.ID == c.Check })
	if i < 0 {
		return nil, malformed("session.unknown_code", "check")
	}
	check := gate.Checks[i]
	if check.Outcome != Finding || check.Hard {
		return nil, refuse(RuleOverride, "session.not_soft", string(check.Outcome))
	}
	rule, _ := d.env.Rules.Rule(check.Rule) // a row that is not there allows nobody
	if p := act.MayAs(d.env.Actor, rule.MayOverride); !p.Allowed {
		r := refuse(RuleOverride, "session.may_not_override")
		r.Needs = p.Needs
		return nil, r
	}
	e := FindingOverridden{Gate: c.Gate, Check: c.Check, Reason: c.Reason}
	if c.Check == checkLoad {
		e.Load = d.env.Staff.Load
	}
	return one(e)
}

// gate is a gate as it stands now.
func (d *decider) gate(g Gate) (GateResult, bool) {
	switch g {
	case GateDrawUp:
		return DrawUpGate(d.s, d.env), true
	case GateStart:
		return StartGate(d.s, d.env, PumpReading{}), true
	case GateResume:
		return ResumeGate(d.s, d.env, PumpReading{}), true
	case GateDischarge:
		return DischargeGate(d.s, d.env), true
	}
	return GateResult{}, false
}

func (d *decider) makeReady() ([]Event, *Refusal) {
	if r := d.in(PhaseArrived); r != nil {
		return nil, r
	}
	gate := DrawUpGate(d.s, d.env)
	if !gate.Open() {
		return nil, shut(gate, "session.draw_up_shut")
	}
	return one(Readied{Gate: gate})
}

func (d *decider) cancel(c Cancel) ([]Event, *Refusal) {
	if r := d.in(PhaseScheduled, PhaseArrived, PhaseReady, PhasePrepared); r != nil {
		return nil, r
	}
	if !c.Reason.Given() {
		return nil, malformed("session.text_missing")
	}
	return one(Cancelled{Reason: c.Reason})
}

func (d *decider) leave(c Leave) ([]Event, *Refusal) {
	if unknown(c.Capacity, HasCapacity, LacksCapacity, CapacityUnclear) {
		return nil, malformed("session.unknown_code", "capacity")
	}
	if r := possibleReadings(c.LastSigns); r != nil {
		return nil, r
	}
	if c.FollowUpDue.After(d.at.Add(furthestPlan)) {
		return nil, malformed("session.bad_date")
	}
	return one(LeftEarly{
		Told: c.Told, Capacity: c.Capacity, LastSigns: c.LastSigns, EscortCalled: c.EscortCalled,
		EmergencyCalled: c.EmergencyCalled, FollowUpDue: c.FollowUpDue, InstructionsGiven: c.InstructionsGiven,
		Deviations: d.leftDeviations(c),
	})
}

// leftDeviations says what was left undone for a patient who left: it is
// recorded as it was, and somebody still has to do it.
func (d *decider) leftDeviations(c Leave) []Deviation {
	var out []Deviation
	for _, part := range []struct {
		undone bool
		says   Deviation
	}{
		{d.s.RunningAt(d.at), deviation(RuleLeft, "session.left_running")},
		{!c.Told.Given(), deviation(RuleLeft, "session.left_untold")},
		{c.Capacity == "", deviation(RuleLeft, "session.left_capacity")},
		{c.Capacity == LacksCapacity || c.Capacity == CapacityUnclear, deviation(RuleLeft, "session.left_unable")},
		{len(c.LastSigns) == 0, deviation(RuleLeft, "session.left_signs")},
		{!c.EscortCalled, deviation(RuleLeft, "session.left_escort")},
		{!c.EmergencyCalled, deviation(RuleLeft, "session.left_emergency")},
		{!c.InstructionsGiven, deviation(RuleLeft, "session.left_instructions")},
		{c.FollowUpDue.IsZero(), deviation(RuleLeft, "session.left_follow_up")},
	} {
		if part.undone {
			out = append(out, part.says)
		}
	}
	return out
}

func (d *decider) staff(c Command) ([]Event, *Refusal) {
	if c, ok := c.(PrescriberGone); ok {
		return d.prescriberGone(c)
	}
	who, r := d.person()
	if r != nil {
		return nil, r
	}
	switch c := c.(type) {
	case CheckPresence:
		return one(PresenceChecked{})
	case TakeOver:
		return d.takeOver(who, c)
	case TakePrescriber:
		return one(PrescriberResponsible{Prescriber: who, OnSite: c.OnSite})
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// takeOver names the responsible nurse. While the pump is on, it is read at
// hand-over; that it was not read is said, the hand-over still happened.
func (d *decider) takeOver(who ident.Person, c TakeOver) ([]Event, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, r
	}
	if c.Seen < 0 || c.Seen > d.s.Position {
		return nil, malformed("session.no_such_entry")
	}
	e := NurseResponsible{Nurse: who, From: d.s.Nurse, Read: c.Read, Seen: c.Seen, Open: OpenAt(d.s, d.env, d.at)}
	on := d.s.Phase == PhaseInfusing || d.s.Phase == PhasePaused
	switch {
	case c.Read != nil:
		e.Deviations = d.checkDeviations(*c.Read)
	case on && d.s.Nurse != "":
		e.Deviations = []Deviation{deviation(RuleHandover, "session.hand_over_unread")}
	}
	return one(e)
}

func (d *decider) help(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case CallHelp:
		return one(HelpCalled{})
	case UndoHelp:
		return d.undoHelp()
	case LogHelp:
		if missing(c.What, HelpDrug, HelpOxygen, HelpAirway, HelpCompressions, HelpShock, HelpAmbulance, HelpArrived) {
			return nil, malformed("session.unknown_code", "help")
		}
		return one(HelpLogged{What: c.What, Text: c.Text})
	case EndHelp:
		if d.s.Help == nil {
			return nil, malformed("session.no_help")
		}
		return one(HelpEnded{Outcome: c.Outcome})
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// undoHelp takes a press of "call for help" back for a moment. Without a
// library the moment is not known, and the call stands. A device takes back its
// own, nobody else's.
func (d *decider) undoHelp() ([]Event, *Refusal) {
	if d.s.Help == nil {
		return nil, malformed("session.no_help")
	}
	if a := d.env.Actor; a.Kind != act.Person && (a.Via == "" || a.Via != d.s.Help.Via) {
		return nil, refuse(RuleHelp, "session.not_its_call")
	}
	if !d.env.Rules.Ready() || d.at.Sub(d.s.Help.At) > d.env.Rules.Duration(library.UndoHelp) {
		return nil, refuse(RuleHelp, "session.too_late_to_undo")
	}
	return one(HelpUndone{})
}
