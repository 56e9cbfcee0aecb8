package session

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/word"
)

// The ids of the rules that the session itself holds; those of the gates
// stand in the library.
const (
	RulePhase         = "session.phase"
	RuleReadBack      = "PUMP-READ"           // clinical.md 7.3: order against pump, more than 2 %
	RuleRatesApart    = "SW-RATES-APART"      // tablets charted rates that differ, apart from each other
	RuleConcentration = "pump.concentration"  // clinical.md 7.3
	RuleRate          = "order.rate"          // the order's greatest rate, or mg/h
	RuleTotal         = "order.total"         // the order's greatest mass or dose
	RuleMinutes       = "order.minutes"       // the order's greatest duration
	RuleSteps         = "order.steps"         // a rate outside the steps needs a prescriber
	RuleClinicalPause = "pause.clinical"      // resuming after one needs a prescriber
	RuleOtherChair    = "stop.other-chair"    // a stop came from the tablet of another chair
	RuleAfterStop     = "pump.after-stop"     // the pump was found otherwise than stopped
	RuleNotRunning    = "pump.not-running"    // read while not running here
	RuleHandover      = "pump.hand-over"      // hand-over without reading the pump
	RuleGivenVolume   = "pump.volume"         // the pump's volume against the computed one
	RuleSpoken        = "order.spoken"        // a spoken order that cannot be used
	RuleDrug          = "order.drug"          // a drug given beside or beyond its order
	RuleOrder         = "order.consistent"    // the order contradicts itself or the session
	RuleLibrary       = "SW-LIBRARY"          // the director has not adopted the library
	RuleVial          = "BUD-1"               // clinical.md 6.3
	RuleVialDrug      = "VIAL-DRUG"           // the drug on the vial against the order's
	RuleDrawUp        = "draw-up.computation" // two blind computations
	RuleLink          = "monitor.link"        //
	RulePumpLink      = "pump.link"           //
	RuleLeft          = "visit.left"          // what is owed to a patient who leaves early
	RuleHelp          = "help.undo"           // five seconds
	RuleHeard         = "SW-HEARD"            // no other place hears the chair
	RuleDevice        = "monitor.value"       // what is said to come from the monitor did
	RuleCompany       = "distress.company"    // distress 5 or more names who stays
	RuleHeadache      = "headache.worst"      // clinical.md 2.2: thunderclap is a red flag
	RuleStanding      = "standing.assisted"   // the first standing is assisted
	RuleWitness       = "drug.witness"        //
	RuleReconcile     = "drug.reconciliation" // drawn = given + wasted + returned
	RuleReview        = "record.review"       //
	RuleClose         = "record.close"        //
	RuleOverride      = "gate.override"       //
	RuleIdentity      = "identity.two"        // two identifiers
	RuleTime          = "time"                //
	RuleStop          = "infusion.stop"       //
	RuleCredentials   = "staff.credentials"   // the credential register: expired blocks the act
	RuleSignature     = "record.signature"    //
)

// refuse is a refusal by a rule, in the words of a message.
func refuse(rule string, id word.ID, args ...string) *Refusal {
	return &Refusal{Rule: rule, Message: word.M(id, args...)}
}

// limited is a refusal that says what was asked and what is allowed.
func limited(rule string, id word.ID, asked, allowed, source string) *Refusal {
	r := refuse(rule, id, asked, allowed)
	r.Asked, r.Allowed, r.Source = asked, allowed, source
	return r
}

// malformed sends an entry back to its author: it cannot be, whatever the rules.
func malformed(id word.ID, args ...string) *Refusal {
	r := refuse("entry", id, args...)
	r.Malformed = true
	return r
}

// shut is a refusal by a gate, with the whole list and why each check blocks.
func shut(g GateResult, id word.ID) *Refusal {
	r := refuse("gate."+string(g.Gate), id)
	r.Gate = &g
	for _, c := range g.Blockers() {
		r.Open = append(r.Open, c.Why)
	}
	return r
}

// in refuses a planned act in any other phase.
func (d *decider) in(allowed ...Phase) *Refusal {
	if slices.Contains(allowed, d.s.Phase) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, p := range allowed {
		names[i] = string(p)
	}
	return limited(RulePhase, "session.phase", string(d.s.Phase), strings.Join(names, ", "), "")
}

func deviation(rule string, id word.ID, args ...string) Deviation {
	return Deviation{Rule: rule, Message: word.M(id, args...)}
}
