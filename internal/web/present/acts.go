package present

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// label is an act as a button says it.
func label(a act.Act) string {
	if w, ok := actWords[a]; ok {
		return w
	}
	return string(a)
}

var actWords = map[act.Act]string{
	session.ActArrive:          "Check in",
	session.ActPrecheck:        "Pre-check",
	session.ActAttest:          "Paper document",
	session.ActAttachOrder:     "Attach order",
	session.ActReviewOrder:     "Review the order",
	session.ActException:       "Exception from the protocol",
	session.ActReady:           "Ready for draw-up",
	session.ActCancel:          "Cancel visit",
	session.ActTransfer:        "Transfer",
	session.ActLeave:           "Leaves early",
	session.ActOpenVials:       "Open vials",
	session.ActCompute:         "Compute draw-up",
	session.ActDiscard:         "Discard draw-up",
	session.ActLinkMonitor:     "Link monitor",
	session.ActUnlinkMonitor:   "Unlink monitor",
	session.ActLinkPump:        "Link pump",
	session.ActUnlinkPump:      "Unlink pump",
	session.ActOffMonitor:      "Off monitor",
	session.ActBackOnMonitor:   "Back on monitor",
	session.ActTimeOut:         "Time-out",
	session.ActStart:           "Start",
	session.ActRate:            "Rate",
	session.ActReadPump:        "Read pump",
	session.ActSettleRate:      "Settle the rate",
	session.ActPause:           "Pause",
	session.ActResume:          "Resume",
	session.ActStop:            "Stop",
	session.ActConfirmStop:     "Pump is stopped",
	session.ActSpokenOrder:     "Spoken order",
	session.ActObserve:         "Observation",
	session.ActNoteEffect:      "Side effect",
	session.ActGiveDrug:        "Drug",
	session.ActPresence:        "Looked in",
	session.ActConfirmReadings: "Confirm readings",
	session.ActDoubtReading:    "Wrong reading",
	session.ActMissRound:       "Missed round",
	session.ActWithdrawConsent: "Consent withdrawn",
	session.ActTakeNurse:       "Take over",
	session.ActTakePrescriber:  "I am the prescriber",
	session.ActNote:            "Note",
	session.ActHelp:            "Call for help",
	session.ActEndHelp:         "Emergency over",
	session.ActRecover:         "Begin recovery",
	session.ActScoreDischarge:  "Discharge score",
	session.ActCheckDischarge:  "Discharge list",
	session.ActDischarge:       "Discharge",
	session.ActWaste:           "Waste",
	session.ActReturn:          "Return drug",
	session.ActReview:          "Review and sign",
	session.ActClose:           "Close record",
	session.ActFollowUp:        "Follow-up call",
}

// perPhase lists the acts of each phase, the most used first.
var perPhase = map[session.Phase][]act.Act{
	session.PhaseScheduled:   {session.ActArrive, session.ActAttachOrder, session.ActAttest, session.ActNote, session.ActCancel},
	session.PhaseArrived:     {session.ActPrecheck, session.ActObserve, session.ActLinkMonitor, session.ActAttest, session.ActAttachOrder, session.ActTakeNurse, session.ActTakePrescriber, session.ActReady, session.ActGiveDrug, session.ActWithdrawConsent, session.ActNote, session.ActLeave, session.ActCancel},
	session.PhaseReady:       {session.ActOpenVials, session.ActCompute, session.ActDiscard, session.ActObserve, session.ActPrecheck, session.ActLinkMonitor, session.ActAttachOrder, session.ActGiveDrug, session.ActTakeNurse, session.ActTakePrescriber, session.ActWithdrawConsent, session.ActNote, session.ActLeave, session.ActCancel},
	session.PhasePrepared:    {session.ActTimeOut, session.ActStart, session.ActDiscard, session.ActObserve, session.ActPrecheck, session.ActLinkMonitor, session.ActAttachOrder, session.ActGiveDrug, session.ActTakeNurse, session.ActTakePrescriber, session.ActWithdrawConsent, session.ActNote, session.ActLeave, session.ActCancel},
	session.PhaseInfusing:    {session.ActObserve, session.ActNoteEffect, session.ActGiveDrug, session.ActRate, session.ActPause, session.ActReadPump, session.ActPresence, session.ActSpokenOrder, session.ActAttachOrder, session.ActOffMonitor, session.ActLinkMonitor, session.ActTakeNurse, session.ActTakePrescriber, session.ActWithdrawConsent, session.ActNote, session.ActLeave, session.ActTransfer},
	session.PhasePaused:      {session.ActResume, session.ActObserve, session.ActNoteEffect, session.ActGiveDrug, session.ActReadPump, session.ActPresence, session.ActSpokenOrder, session.ActAttachOrder, session.ActOffMonitor, session.ActLinkMonitor, session.ActTakeNurse, session.ActTakePrescriber, session.ActWithdrawConsent, session.ActNote, session.ActLeave, session.ActTransfer},
	session.PhaseStopped:     {session.ActConfirmStop, session.ActRecover, session.ActObserve, session.ActNoteEffect, session.ActGiveDrug, session.ActSpokenOrder, session.ActPresence, session.ActLinkMonitor, session.ActTakeNurse, session.ActWithdrawConsent, session.ActNote, session.ActTransfer, session.ActLeave},
	session.PhaseRecovering:  {session.ActObserve, session.ActNoteEffect, session.ActGiveDrug, session.ActSpokenOrder, session.ActScoreDischarge, session.ActCheckDischarge, session.ActDischarge, session.ActWaste, session.ActPresence, session.ActOffMonitor, session.ActLinkMonitor, session.ActConfirmStop, session.ActTakeNurse, session.ActReturn, session.ActNote, session.ActLeave, session.ActTransfer},
	session.PhaseDischarged:  {session.ActReconcile, session.ActWaste, session.ActReturn, session.ActReview, session.ActClose, session.ActFollowUp, session.ActNote},
	session.PhaseTransferred: {session.ActReconcile, session.ActWaste, session.ActReturn, session.ActReview, session.ActClose, session.ActNote},
	session.PhaseLeft:        {session.ActReconcile, session.ActWaste, session.ActReturn, session.ActReview, session.ActClose, session.ActFollowUp, session.ActNote},
	session.PhaseCancelled:   {session.ActWaste, session.ActReturn, session.ActReview, session.ActClose, session.ActNote},
	session.PhaseClosed:      {session.ActFollowUp, session.ActNote},
}

// actsNow lists the acts of a visit as it stands. A visit that has ended may
// have left something open: that comes first.
func actsNow(v app.Visit) []act.Act {
	list := perPhase[v.State.Phase]
	if v.State.Phase == session.PhaseCancelled && v.Row.Over() {
		return []act.Act{session.ActNote} // no drug was opened: there is nothing to close
	}
	list = slices.DeleteFunc(slices.Clone(list), func(a act.Act) bool {
		return a == session.ActFollowUp && !v.State.FollowUpOwed() || a == session.ActReconcile && v.State.StartedAt.IsZero() // nothing ran
	})
	return append(unsettled(v.State), list...)
}

// unsettled lists what an ended visit may have left open: a pump that runs in
// the record or that nobody has read as stopped, and an emergency.
func unsettled(s session.State) []act.Act {
	var out []act.Act
	switch s.Phase {
	case session.PhaseDischarged, session.PhaseTransferred, session.PhaseLeft, session.PhaseCancelled, session.PhaseClosed:
	default:
		return nil
	}
	if s.PumpOpen() {
		if s.StoppedAt.IsZero() {
			out = append(out, session.ActStop)
		}
		out = append(out, session.ActConfirmStop)
	}
	if s.Help != nil {
		out = append(out, session.ActEndHelp)
	}
	return out
}

var witnessed = []act.Act{session.ActWaste, session.ActReturn, session.ActDiscard}

// Acts are the buttons of a chair. Help and stop are always there.
func Acts(v app.Visit) []view.Act {
	s := v.State
	var out []view.Act
	main := MainAct(v)
	for _, a := range actsNow(v) {
		if a == session.ActStop || a == session.ActEndHelp {
			continue // stop has its own place; the end of an emergency comes before the note
		}
		if s.Help != nil && a == session.ActNote {
			over := button(session.ActEndHelp, label(session.ActEndHelp))
			over.Primary = main == session.ActEndHelp
			out = append(out, *over)
		}
		if a == session.ActDiscard && len(s.Vials) == 0 && s.Prepared == nil {
			continue // nothing is drawn up
		}
		if a == session.ActOffMonitor && !s.OffTill.IsZero() {
			a = session.ActBackOnMonitor
		}
		b := button(a, label(a))
		b.Primary = a == main
		b.Planned = plannedAct(a)
		b.Witness = slices.Contains(witnessed, a)
		if body, ok := Known(v, a, ""); ok && body != nil {
			b = known(a, label(a), body)
			b.Primary = a == main
		}
		if a == session.ActObserve {
			b = known(a, label(a), map[string]any{"purpose": purpose(v)})
			b.Primary = a == main
			b.Sub = observeSub(v)
		}
		if a == session.ActTakeNurse && !onPump(s) {
			b.Skip = []string{"read"}
		}
		if a == session.ActGiveDrug {
			b.Skip = []string{"ask"} // what is asked about first has its own button
		}
		b.Beside = beside(v, a)
		out = append(out, *b)
		if a == session.ActStart || a == session.ActResume {
			out = append(out, foundRunning())
		}
		if a == session.ActGiveDrug && onPump(s) {
			out = append(out, askLoading(s)...)
			out = append(out, askBolus())
		}
	}
	out = append(out, roundButtons(v)...)
	out = append(out, pumpActs(v)...)
	out = append(out, followUps(v)...)
	out = append(out, *button(session.ActHelp, label(session.ActHelp)))
	stop := button(session.ActStop, label(session.ActStop))
	stop.Sub = "stop pump, then record"
	return append(out, *stop)
}

// pumpActs link a pump that speaks to Stillwatch, where there is one.
func pumpActs(v app.Visit) []view.Act {
	switch {
	case !session.InRoom(v.State.Phase):
		return nil
	case v.State.PumpLink.Pump != "":
		return []view.Act{*button(session.ActUnlinkPump, label(session.ActUnlinkPump))}
	case len(v.Pumps) > 0:
		b := button(session.ActLinkPump, label(session.ActLinkPump))
		b.Planned = plannedAct(session.ActLinkPump)
		return []view.Act{*b}
	}
	return nil
}

// foundRunning records a pump that runs although no start is recorded: what
// was done is recorded, whatever the gate before a start says.
func foundRunning() view.Act {
	b := known(session.ActRate, "Pump already runs", map[string]any{"found": true})
	b.Planned, b.Skip = false, []string{"ordered", "spoken", "found"}
	b.Intro = "For a pump that runs although no start is recorded here. Type what it shows, and say since when. It is recorded as found, and marked."
	return *b
}

// askLoading asks about the order's loading dose before it is given, once.
func askLoading(s session.State) []view.Act {
	if s.Order == nil {
		return nil
	}
	a, ok := session.Loading(*s.Order)
	if !ok || !session.LoadingGiven(s).IsZero() {
		return nil
	}
	b := known(session.ActGiveDrug, "Loading dose", map[string]any{
		"drug": a.Drug, "amount": a.Amount, "unit": a.Unit, "route": a.Route, "adjunct": a.ID, "ask": true,
	})
	b.Planned, b.Skip = true, []string{"drug", "route", "adjunct", "spoken", "ketamine", "ask"}
	b.Submit = "Ask, and record as given"
	b.Sub = project.Loading(*s.Order)
	b.Intro = "Before it is given: " + project.Loading(*s.Order) + ", as ordered. It is refused where the order stands no more, after a withdrawal of consent, and a second time."
	return []view.Act{*b}
}

// askBolus asks about ketamine before it is given: then it can be refused. What was
// given already is recorded as a drug given, whatever the rules say.
func askBolus() view.Act {
	b := known(session.ActGiveDrug, "Ketamine bolus", map[string]any{"drug": "ketamine", "unit": "mg", "route": "IV", "ask": true})
	b.Planned, b.Skip = true, []string{"drug", "route", "adjunct", "ketamine", "ask"}
	b.Submit = "Ask, and record as given"
	b.Intro = "Before it is given, on a spoken order that was read back. It is refused where the order stands no more, after a withdrawal of consent and beyond a limit. What was given already is recorded as a drug given."
	return *b
}

// followUps are what can be said of each side effect that is not over.
func followUps(v app.Visit) []view.Act {
	if !slices.Contains(perPhase[v.State.Phase], session.ActNoteEffect) {
		return nil
	}
	words := effectWords()
	var out []view.Act
	for _, e := range v.State.Effects {
		if e.Struck || !e.ResolvedAt.IsZero() {
			continue
		}
		what := words[e.Code]
		if what == "" {
			what = e.Code
		}
		body := map[string]any{"id": e.ID}
		for _, b := range []*view.Act{known(session.ActResolveEffect, "Over: "+what, body), known(session.ActGradeEffect, "Grade: "+what, body)} {
			b.Sub = "since " + clock(e.At, v.Zone)
			b.Beside = []string{fmt.Sprintf("%s, grade %d, noted %s.", what, e.Grade, clock(e.At, v.Zone))}
			out = append(out, *b)
		}
	}
	return out
}

// onPump reports whether there is a pump to be read.
func onPump(s session.State) bool {
	return s.Phase == session.PhaseInfusing || s.Phase == session.PhasePaused
}

func plannedAct(a act.Act) bool {
	c, err := session.DecodeCommand(a, 1, []byte("{}"))
	return err == nil && c.Planned()
}

func button(a act.Act, text string) *view.Act {
	return &view.Act{Act: string(a), Label: text, Enabled: true}
}

// known is a button whose command is already said whole, or in part.
func known(a act.Act, text string, body map[string]any) *view.Act {
	b := button(a, text)
	raw, err := json.Marshal(body)
	if err != nil {
		return b // only strings and numbers are given here
	}
	b.Body = raw
	b.Planned = plannedAct(a)
	return b
}

// settleRate says what the pump ran at, with all that is known of it beside.
func settleRate(v app.Visit, c session.Contest) *view.Act {
	b := known(session.ActSettleRate, label(session.ActSettleRate), map[string]any{"entries": c.Entries()})
	for _, f := range c.Facts {
		b.Beside = append(b.Beside, fmt.Sprintf("%s: %s read %s, recorded %s.", clock(f.At, v.Zone), name(v.Names, f.By), f.Read.Rate, clock(f.RecordedAt, v.Zone)))
	}
	if says := PumpSays(v); says != "" {
		b.Beside = append(b.Beside, upper(says)+".")
	} else {
		b.Beside = append(b.Beside, "No pump is linked that could say itself. Its own history does: read it.")
	}
	return b
}

func claim(f session.StopFact) *view.Act {
	return known(session.ActClaimStop, "It was me", map[string]any{"stop": f.Position})
}

// MainAct is the one bright act.
func MainAct(v app.Visit) act.Act {
	s := v.State
	switch s.Phase {
	case session.PhaseScheduled:
		return session.ActArrive
	case session.PhaseArrived:
		return mainArrived(v)
	case session.PhaseReady:
		if len(s.Vials) == 0 {
			return session.ActOpenVials
		}
		return session.ActCompute
	case session.PhasePrepared:
		if !s.TimeOutStands() {
			return session.ActTimeOut
		}
		return session.ActStart
	case session.PhaseInfusing:
		return session.ActObserve
	case session.PhasePaused:
		return session.ActResume
	case session.PhaseStopped:
		if s.StopUnconfirmed() {
			return session.ActConfirmStop
		}
		return session.ActRecover
	case session.PhaseRecovering:
		return mainRecovering(v)
	case session.PhaseDischarged, session.PhaseTransferred, session.PhaseLeft, session.PhaseCancelled:
		if open := unsettled(s); len(open) > 0 {
			return open[0]
		}
		if s.Phase == session.PhaseCancelled && v.Row.Over() {
			return ""
		}
		if s.Reviewed == nil {
			return session.ActReview
		}
		return session.ActClose
	default:
		return ""
	}
}

func observeSub(v app.Visit) string {
	last := ""
	for i := len(v.State.Observations) - 1; i >= 0 && last == ""; i-- {
		o := v.State.Observations[i]
		lacks, known := session.RoundLacks(v.State, v.Env, o)
		switch {
		case o.Struck || !known:
		case len(lacks) == 0:
			last = "last full set " + clock(o.At, v.Zone)
		case len(lacks) <= 2: // a round in which something was forgotten
			last = "the set of " + clock(o.At, v.Zone) + " lacks " + strings.Join(lacks, " and ")
		}
	}
	if n := Next(v); n != nil && n.Act == string(session.ActObserve) && n.Sub != "" {
		return join(n.Sub, last)
	}
	return last
}

// Next is what to do next.
func Next(v app.Visit) *view.Next {
	now := v.Env.Now
	items := dueItems(v)
	if len(items) > 0 {
		d := items[0]
		n := &view.Next{Act: string(session.ActObserve), Text: roundText(d.What), DueMS: ms(d.DueAt), Late: late(d)}
		switch {
		case late(d):
			n.Sub = span(now.Sub(d.DueAt)) + " late"
		case d.DueAt.After(now):
			n.Sub = "due " + clock(d.DueAt, v.Zone)
		default:
			n.Sub = "due now"
		}
		if m := MainAct(v); m == session.ActObserve || late(d) {
			return n
		}
	}
	m := MainAct(v)
	if m == "" {
		return nil
	}
	n := &view.Next{Act: string(m), Text: label(m)}
	if m == session.ActPrecheck {
		n.Sub = blockerText(v)
	}
	return n
}

// dueItems are the rounds that are due. A cuff that the linked monitor keeps
// inflating on time asks nobody to come.
func dueItems(v app.Visit) []schedule.Item {
	items := session.DueItems(v.State, v.Env)
	if v.State.Order == nil || !v.HasFeed || !v.State.Link.Confirmed {
		return items
	}
	longest := 2 * v.State.Order.Watch.CuffFirst.Duration()
	if !slices.ContainsFunc(cuffsNow(v), func(c cuffed) bool { return v.Env.Now.Sub(c.sys.At) <= longest }) {
		return items
	}
	return slices.DeleteFunc(items, func(d schedule.Item) bool { return d.What == session.RoundCuff })
}

func late(d schedule.Item) bool { return d.State == schedule.Late || d.State == schedule.Missed }

// roundText is a round as the board says it.
func roundText(w schedule.What) string { return project.RoundName(w) }
