package session

import (
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// visit folds the life of the visit up to the draw-up gate, and its early ends.
func (s State) visit(e Entry) State {
	switch ev := e.Event.(type) {
	case Scheduled:
		s.Patient, s.Chair, s.PlannedStart, s.CreatedAt = ev.Patient, ev.Chair, ev.PlannedStart, e.EffectiveAt
	case Arrived:
		s.Identifiers, s.ArrivedAt = ev.Identifiers, e.EffectiveAt
	case PrecheckAnswered:
		return s.answered(e, ev.Precheck)
	case PaperAttested:
		s.Papers = put(s.Papers, ev.Document, Attestation{Stamp: stamp(e), Title: ev.Title, DocumentDate: ev.DocumentDate})
	case OrderAttached:
		order := ev.Order
		s.Order, s.OrderAt, s.OrderFrom = &order, e.Position, e.EffectiveAt
		s.OrderReview = nil
		s.AlarmLimits = nil // the new order brings its own
		s.Watches = inserted(s.Watches, WatchFact{From: e.EffectiveAt, Watch: order.Watch}, func(a, b WatchFact) int { return a.From.Compare(b.From) })
	case OrderReviewed:
		if s.Order != nil && s.Order.ID == ev.Order {
			by := stamp(e)
			s.OrderReview = &by
		}
	case ExceptionGranted:
		s.Exceptions = append(slices.Clip(s.Exceptions), ExceptionFact{Stamp: stamp(e), Protocol: ev.Protocol, Exception: ev.Exception, Reason: ev.Reason})
	case FindingOverridden:
		checks := put(s.Overrides[ev.Gate], ev.Check, OverrideFact{Stamp: stamp(e), Load: ev.Load})
		s.Overrides = put(s.Overrides, ev.Gate, checks)
	case Readied:
		gate := ev.Gate
		s.Readied, s.ReadiedAt = &gate, e.Position
	case LeftEarly:
		s.Left = &ev
		return s.deviate(e, ev.Deviations)
	default:
		// the others do not concern this
	}
	return s
}

// answered lays the sections answered now over the earlier ones.
func (s State) answered(e Entry, p Precheck) State {
	at := maps.Clone(s.PrecheckAt)
	if at == nil {
		at = map[string]Stamp{}
	}
	lay(&s.Precheck.Allergies, p.Allergies, at, "allergies", e)
	lay(&s.Precheck.Fasting, p.Fasting, at, "fasting", e)
	lay(&s.Precheck.Escort, p.Escort, at, "escort", e)
	lay(&s.Precheck.Pregnancy, p.Pregnancy, at, "pregnancy", e)
	lay(&s.Precheck.Weight, p.Weight, at, "weight", e)
	lay(&s.Precheck.Medicines, p.Medicines, at, "medicines", e)
	lay(&s.Precheck.Substances, p.Substances, at, "substances", e)
	lay(&s.Precheck.Conditions, p.Conditions, at, "conditions", e)
	lay(&s.Precheck.Bladder, p.Bladder, at, "bladder", e)
	lay(&s.Precheck.Mood, p.Mood, at, "mood", e)
	lay(&s.Precheck.LastTime, p.LastTime, at, "last_time", e)
	lay(&s.Precheck.ConsentNow, p.ConsentNow, at, "consent_now", e)
	lay(&s.Precheck.Premed, p.Premed, at, "premed", e)
	lay(&s.Precheck.Access, p.Access, at, "access", e)
	s.PrecheckAt = at
	return s
}

// lay puts an answer over an earlier one unless the earlier holds later: two
// tablets may send the same section in either order.
func lay[T any](to **T, answer *T, at map[string]Stamp, section string, e Entry) {
	if answer == nil {
		return
	}
	now := stamp(e)
	if had, ok := at[section]; ok && had.compare(now) > 0 {
		return
	}
	*to, at[section] = answer, now
}

// monitor folds the link between monitor and patient.
func (s State) monitor(e Entry) State {
	switch ev := e.Event.(type) {
	case MonitorLinked:
		s.Link = Link{Monitor: ev.Monitor, Name: ev.Name, Confirmed: true, Since: e.EffectiveAt, SentID: ev.SentID, SentBed: ev.SentBed}
		s.OffTill, s.OffWhy = time.Time{}, "" // a person has just seen it on the patient
	case MonitorUnlinked:
		s.Link = Link{}
	case LinkDoubted:
		if s.Link.Monitor == ev.Monitor && s.Link.Monitor != "" {
			s.Link.Confirmed, s.Link.DoubtWhy, s.Link.DoubtFrom = false, ev.Reason.English(), ev.Since
		}
	case OffMonitor:
		s.OffTill, s.OffWhy = ev.Until, ev.Reason
	case BackOnMonitor:
		s.OffTill, s.OffWhy, s.BackAt = time.Time{}, "", e.EffectiveAt
	default:
		// the others do not concern this
	}
	return s
}

// staff folds who is responsible and who looked in.
func (s State) staff(e Entry) State {
	switch ev := e.Event.(type) {
	case PresenceChecked:
		s = s.present(e)
		s.LookedIn = added(s.LookedIn, e.EffectiveAt)
	case NurseResponsible:
		f := NurseFact{Stamp: stamp(e), Nurse: ev.Nurse}
		s.Nurses = inserted(s.Nurses, f, func(a, b NurseFact) int { return a.compare(b.Stamp) })
		s.Nurse = s.Nurses[len(s.Nurses)-1].Nurse // told late, it takes nothing from who came after
		s = s.checked(e, ev.Read).deviate(e, ev.Deviations)
	case PrescriberResponsible:
		f := DoctorFact{Stamp: stamp(e), Prescriber: ev.Prescriber, OnSite: ev.OnSite}
		s.Prescribers = inserted(s.Prescribers, f, func(a, b DoctorFact) int { return a.compare(b.Stamp) })
		last := s.Prescribers[len(s.Prescribers)-1]
		s.Prescriber, s.OnSite, s.OnSiteAt = last.Prescriber, last.OnSite, last.At
	default:
		// the others do not concern this
	}
	return s
}

// present notes that a person was at the chair.
func (s State) present(e Entry) State {
	if e.EffectiveAt.After(s.PresenceAt) {
		s.PresenceAt = e.EffectiveAt
	}
	return s
}

// help folds an emergency and its log.
func (s State) help(e Entry) State {
	switch ev := e.Event.(type) {
	case HelpCalled:
		if s.Help == nil {
			s.Help = &HelpFact{Stamp: stamp(e)}
			s.HelpCalls = added(s.HelpCalls, HelpCall{Stamp: stamp(e)})
		}
	case HelpUndone:
		if s.Help != nil {
			s.HelpCalls = slices.Clip(s.HelpCalls[:len(s.HelpCalls)-1])
		}
		s.Help = nil
	case HelpEnded:
		if s.Help != nil {
			s.HelpCalls = slices.Clone(s.HelpCalls) // the slice belongs to earlier states too
			s.HelpCalls[len(s.HelpCalls)-1].EndedAt = e.EffectiveAt
		}
		s.Help = nil
	case HelpLogged:
		s.HelpLog = inserted(s.HelpLog, HelpFact{Stamp: stamp(e), What: ev.What, Text: ev.Text}, func(a, b HelpFact) int { return a.compare(b.Stamp) })
	default:
		// the others do not concern this
	}
	return s
}

// end folds recovery, discharge and closing.
func (s State) end(e Entry) State {
	switch ev := e.Event.(type) {
	case RecoveryBegan:
		s.RecoveringAt = e.EffectiveAt
	case DischargeScored:
		s.Scores, s.ScoresAt = &ev, e.EffectiveAt
	case DischargeChecked:
		return s.dischargeList(e, ev.DischargeList)
	case Discharged:
		s.Discharged, s.DischargedAt = &ev, e.EffectiveAt
	case DrugWasted:
		return s.wasted(WasteFact{Stamp: stamp(e), Mass: ev.Mass, Volume: ev.Volume, Witness: ev.Witness})
	case DrugReturned:
		return s.wasted(WasteFact{Stamp: stamp(e), Mass: ev.Mass, Volume: ev.Volume, Witness: ev.Witness, Returned: true})
	case FollowedUp:
		s.FollowUps = added(s.FollowUps, FollowUpFact{Stamp: stamp(e), Outcome: ev.Outcome, Said: ev.Said})
	case Reviewed:
		at := stamp(e)
		s.Reviewed = &at
	default:
		// the others do not concern this
	}
	return s
}

// dischargeList lays the answers given now over the earlier ones, each with
// when it was given: an answer from before the stop says nothing of now.
func (s State) dischargeList(e Entry, d DischargeList) State {
	at := maps.Clone(s.DischargeAt)
	if at == nil {
		at = map[string]Stamp{}
	}
	lay(&s.Discharge.EscortSeen, d.EscortSeen, at, "escort_seen", e)
	lay(&s.Discharge.TaughtBack, d.TaughtBack, at, "taught_back", e)
	lay(&s.Discharge.Written, d.Written, at, "written", e)
	lay(&s.Discharge.Drinks, d.Drinks, at, "drinks", e)
	lay(&s.Discharge.LineOut, d.LineOut, at, "line_out", e)
	lay(&s.Discharge.SiteClean, d.SiteClean, at, "site_clean", e)
	lay(&s.Discharge.PainAccepted, d.PainAccepted, at, "pain_accepted", e)
	lay(&s.Discharge.Mood, d.Mood, at, "mood", e)
	lay(&s.Discharge.SignOff, d.SignOff, at, "sign_off", e)
	if d.Transport != "" {
		way := &s.Discharge.Transport
		lay(&way, &d.Transport, at, "transport", e)
		s.Discharge.Transport = *way
	}
	s.SignOffBy = ""
	if s.Discharge.SignOff != nil && *s.Discharge.SignOff {
		s.SignOffBy = at["sign_off"].By
	}
	s.DischargeAt = at
	return s
}

func (s State) wasted(w WasteFact) State {
	s.Wastes = inserted(s.Wastes, w, func(a, b WasteFact) int { return a.compare(b.Stamp) })
	return s.addUpWaste()
}

func (s State) addUpWaste() State {
	s.Wasted, s.Returned = unit.Mass{}, unit.Mass{}
	for _, w := range s.Wastes {
		switch {
		case w.Struck:
		case w.Returned:
			s.Returned = s.Returned.Add(w.Mass)
		default:
			s.Wasted = s.Wasted.Add(w.Mass)
		}
	}
	return s
}
