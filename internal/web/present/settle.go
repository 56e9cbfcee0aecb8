package present

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
)

// settledBy is the act that answers a check that could not be made. Checks
// that no form of the chair answers (the order, the room) are not in it.
var settledBy = map[session.CheckID]act.Act{
	"nurse": session.ActTakeNurse, "prescriber": session.ActTakePrescriber,
	"consent": session.ActAttest, "screening": session.ActAttest,

	"allergies": session.ActPrecheck, "consent-today": session.ActPrecheck, "fasting": session.ActPrecheck,
	"glp1": session.ActPrecheck, "glucose": session.ActPrecheck, "cpap": session.ActPrecheck, "escort": session.ActPrecheck,
	"pregnancy": session.ActPrecheck, "weight": session.ActPrecheck, "theophylline": session.ActPrecheck,
	"stimulant": session.ActPrecheck, "sedating": session.ActPrecheck, "alcohol": session.ActPrecheck,
	"cannabis": session.ActPrecheck, "sedatives": session.ActPrecheck, "bladder": session.ActPrecheck, "mood": session.ActPrecheck,
	"last-time": session.ActPrecheck, "premedication": session.ActPrecheck, "access": session.ActPrecheck,

	"baseline": session.ActObserve, "systolic": session.ActObserve, "diastolic": session.ActObserve, "heart-rate": session.ActObserve,
	"breathing": session.ActObserve, "saturation": session.ActObserve, "alert": session.ActObserve, "temperature": session.ActObserve,
	"side-effects-before": session.ActObserve, "pain-before": session.ActObserve,

	"discharge-score": session.ActScoreDischarge, "aldrete": session.ActScoreDischarge,
	"pain-accepted": session.ActCheckDischarge, "escort-seen": session.ActCheckDischarge, "transport": session.ActCheckDischarge,
	"written": session.ActCheckDischarge, "taught-back": session.ActCheckDischarge, "drinks": session.ActCheckDischarge,
	"line-out": session.ActCheckDischarge, "mood-home": session.ActCheckDischarge, "site-clean": session.ActCheckDischarge, "sign-off": session.ActCheckDischarge,
	"awake": session.ActObserve, "first-standing": session.ActObserve, "oriented": session.ActObserve, "side-effects": session.ActObserve, "dissociation": session.ActObserve,
	"systolic-home": session.ActObserve, "diastolic-home": session.ActObserve, "heart-rate-home": session.ActObserve,
	"breathing-home": session.ActObserve, "saturation-home": session.ActObserve,
}

// settles gives the first of the acts, in the order asked, that answers
// something the gate could not check; empty when none does.
func settles(g session.GateResult, order ...act.Act) act.Act {
	for _, a := range order {
		if slices.ContainsFunc(g.Checks, func(c session.Check) bool {
			return c.Outcome == session.CouldNotCheck && settledBy[c.ID] == a
		}) {
			return a
		}
	}
	return ""
}

// mainArrived is the next step of the preparation, in the order in which a
// nurse goes: who is responsible, the monitor, the questions, the papers, the
// resting sets.
func mainArrived(v app.Visit) act.Act {
	gate := asked(v, session.DrawUpGate(v.State, v.Env))
	if gate.Open() {
		return session.ActReady
	}
	if next := settles(gate, session.ActTakeNurse); next != "" {
		return next
	}
	if v.State.Link.Monitor == "" {
		return session.ActLinkMonitor
	}
	if next := settles(gate, session.ActPrecheck, session.ActAttest, session.ActObserve, session.ActTakePrescriber); next != "" {
		return next
	}
	return session.ActPrecheck
}

// mainRecovering is the next step towards home.
func mainRecovering(v app.Visit) act.Act {
	for _, d := range dueItems(v) {
		if !d.DueAt.After(v.Env.Now) {
			return session.ActObserve
		}
	}
	gate := session.DischargeGate(v.State, v.Env)
	if gate.Open() {
		return session.ActDischarge
	}
	if next := settles(gate, session.ActObserve, session.ActScoreDischarge, session.ActCheckDischarge); next != "" {
		return next
	}
	return session.ActObserve
}
