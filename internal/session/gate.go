package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// DrawUpGate lists every check before a vial is opened.
func DrawUpGate(s State, env Env) GateResult {
	return askAll(GateDrawUp, drawUpLines(), look{s: s, env: env})
}

// StartGate lists every check of the start time-out. read is what the pump
// shows, typed from it; what was not typed could not be checked. The rate to
// compare with is the order's first.
func StartGate(s State, env Env, read PumpReading) GateResult {
	v := look{s: s, env: env, read: read}
	if s.Order != nil && len(s.Order.Steps) > 0 {
		v.rate = s.Order.Steps[0].Rate
	}
	return askAll(GateStart, startLines(), v)
}

// ResumeGate lists every check before the pump runs again. s.Ordered is the
// rate that is asked for: who resumes at another rate sets it before asking.
func ResumeGate(s State, env Env, read PumpReading) GateResult {
	return askAll(GateResume, resumeLines(), look{s: s, env: env, read: read, rate: s.Ordered})
}

// DischargeGate lists every check before the patient goes home.
func DischargeGate(s State, env Env) GateResult {
	return askAll(GateDischarge, dischargeLines(), look{s: s, env: env})
}

// line is one check of a gate: its id, the row of the library it rests on
// unless its verdict names another, and how it is asked.
type line struct {
	id   CheckID
	rule string
	ask  func(look) verdict
}

// askAll runs every line of a gate, always all of them, in their fixed order.
func askAll(g Gate, lines []line, v look) GateResult {
	out := GateResult{Gate: g, Checks: make([]Check, 0, len(lines))}
	for _, l := range lines {
		out.Checks = append(out.Checks, v.check(g, l))
	}
	return out
}

func (v look) check(g Gate, l line) Check {
	c := Check{ID: l.id, Title: word.M(word.ID("gate.title." + string(l.id))), Rule: l.rule}
	if !v.env.Rules.Ready() {
		c.Outcome, c.Why, c.Settle = CouldNotCheck, word.M("gate.no_library"), word.M("gate.adopt_library")
		return c
	}
	r := l.ask(v)
	if r.rule != "" {
		c.Rule = r.rule
	}
	rule, _ := v.env.Rules.Rule(c.Rule)
	c.Version, c.Cites = rule.Version, rule.Cites
	c.Outcome, c.Why, c.Settle = r.outcome, r.why, r.settle
	c.Hard = r.outcome == Finding && rule.Stop != library.Soft
	if r.outcome == Finding && !c.Hard {
		c.Overridden = v.overridden(g, l.id, r)
	}
	return c
}

// overridden is the entry that accepted a soft finding. It answers what was
// known when it was given: an input that came later asks again, and so does more
// of what was accepted.
func (v look) overridden(g Gate, id CheckID, r verdict) int64 {
	if at, ok := v.s.Overrides[g][id]; ok && at.Position > r.since && at.Load >= r.load {
		return at.Position
	}
	return 0
}

// verdict is the answer to one check.
type verdict struct {
	outcome Outcome
	rule    string // when a row other than the line's own binds
	why     word.Message
	settle  word.Message
	// since is the position of the newest entry it rests on.
	since int64
	// load is how much of the nurse's load was found; zero of other checks.
	load int
}

func fine() verdict                    { return verdict{outcome: Clear} }
func noted(why word.Message) verdict   { return verdict{outcome: Clear, why: why} }
func onPaper(why word.Message) verdict { return verdict{outcome: Attested, why: why} }
func found(why, settle word.Message) verdict {
	return verdict{outcome: Finding, why: why, settle: settle}
}

func unsure(why, settle word.Message) verdict {
	return verdict{outcome: CouldNotCheck, why: why, settle: settle}
}

// by names the row that binds.
func (r verdict) by(rule string) verdict { r.rule = rule; return r }

// resting says which entry the verdict rests on.
func (r verdict) resting(position int64) verdict { r.since = max(r.since, position); return r }

// look is everything one gate may look at.
type look struct {
	s    State
	env  Env
	read PumpReading
	rate unit.DoseRate
}

// say is short for a message, in the tables of checks.
func say(id word.ID, args ...string) word.Message { return word.M("gate."+id, args...) }

// today reports whether t falls on the clinic's day; known is false when the
// clinic's zone is not known.
func (v look) today(t time.Time) (today, known bool) {
	if v.env.Zone == nil {
		return false, false
	}
	day := v.env.Now.In(v.env.Zone).Format(time.DateOnly)
	return t.In(v.env.Zone).Format(time.DateOnly) == day, true
}

// clock shows an instant on the clinic's clock.
func (v look) clock(t time.Time) string {
	zone := v.env.Zone
	if zone == nil {
		zone = time.UTC
	}
	return word.Clock(t.In(zone))
}
