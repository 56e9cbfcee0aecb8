package session

import "github.com/stillwatch/stillwatch/internal/word"

// DrawUpGate lists every check before a vial is opened.
func DrawUpGate(_ State, _ Env) GateResult { return unchecked(GateDrawUp) }

// StartGate lists every check of the start time-out. read is what the pump
// shows, typed from it.
func StartGate(_ State, _ Env, _ PumpReading) GateResult { return unchecked(GateStart) }

// ResumeGate lists every check before the pump runs again. s.Ordered is the
// rate that is asked for: a resume at another rate sets it before asking.
func ResumeGate(_ State, _ Env, _ PumpReading) GateResult { return unchecked(GateResume) }

// DischargeGate lists every check before the patient goes home.
func DischargeGate(_ State, _ Env) GateResult { return unchecked(GateDischarge) }

// unchecked is a gate about which nothing is known: it is shut.
func unchecked(g Gate) GateResult {
	why := word.M("gate.no_library")
	return GateResult{Gate: g, Checks: []Check{{ID: "library", Outcome: CouldNotCheck, Title: why, Why: why}}}
}
