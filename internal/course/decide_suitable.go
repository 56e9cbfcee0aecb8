package course

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
)

// accept takes somebody's answer for one finding, or for what could not be checked.
// What is accepted is what was read: another result is another matter.
func accept(s State, c AcceptFinding, env Env) ([]Event, *Refusal) {
	i := slices.IndexFunc(env.Checked, func(x Checked) bool { return x.Rule == c.Rule && !x.Today })
	switch {
	case !env.Adopted:
		return nil, refuse(RuleLibrary, "course.library")
	case i < 0:
		return nil, refuse(ruleAsRead, "course.changed")
	case env.Checked[i].Result != c.Result || !env.Checked[i].Open():
		return nil, refuse(ruleAsRead, "course.changed")
	case !c.Reason.Given():
		return nil, malformed("course.reason")
	}
	x := env.Checked[i]
	if _, done := s.AcceptedBy(x.Verdict); done {
		return nil, refuse(ruleFinding, "course.accepted")
	}
	if p := act.MayAs(env.Actor, x.Who()); !p.Allowed {
		return nil, &Refusal{Rule: ruleFinding, Message: refuse("", "course.accept.role", c.Rule).Message, Needs: p.Needs}
	}
	return []Event{FindingAccepted{Verdict: x.Verdict, Reason: c.Reason}}, nil
}

// Who may accept a finding: of a hard one the director alone.
func (x Checked) Who() []act.Role {
	if x.Policy == Hard {
		return []act.Role{act.Director}
	}
	if len(x.May) == 0 {
		return []act.Role{act.Prescriber, act.Director}
	}
	return x.May
}

// decideCourse answers the question of the course on what was read. "Suitable"
// waits until somebody answers for each finding that stops, and for each that could
// not be made; while a hard one stands, the director says it.
func decideCourse(s State, c DecideCourse, env Env) ([]Event, *Refusal) {
	if !slices.Contains(Outcomes(), c.Outcome) {
		return nil, malformed("course.outcome")
	}
	if c.Outcome != Suitable {
		if !c.Reason.Given() {
			return nil, malformed("course.reason")
		}
		return decided(c, env), nil
	}
	verdicts := ofCourse(env.Checked)
	switch {
	case !env.Adopted:
		return nil, refuse(RuleLibrary, "course.library")
	case len(verdicts) == 0:
		return nil, refuse(ruleSuitable, "course.no_rules")
	case !asRead(verdicts, c.Read):
		return nil, refuse(ruleAsRead, "course.changed")
	}
	if open := s.Unaccepted(verdicts); len(open) > 0 {
		r := refuse(ruleSuitable, "course.open")
		r.Open = open
		if slices.ContainsFunc(open, func(v Verdict) bool { return v.Policy == Hard }) {
			r.Needs = []act.Role{act.Director}
		}
		return nil, r
	}
	if slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Open() && v.Policy == Hard }) {
		if p := act.MayAs(env.Actor, []act.Role{act.Director}); !p.Allowed {
			return nil, &Refusal{Rule: ruleSuitable, Message: refuse("", "course.director").Message, Needs: p.Needs}
		}
	}
	return decided(c, env), nil
}

// decided records the decision with all that the rules said when it was made.
func decided(c DecideCourse, env Env) []Event {
	var out []Event
	if verdicts := ofCourse(env.Checked); len(verdicts) > 0 {
		out = append(out, Screened{Library: env.Library, Verdicts: verdicts})
	}
	return append(out, Decided{Outcome: c.Outcome, Reason: c.Reason})
}

func ofCourse(checked []Checked) []Verdict {
	var out []Verdict
	for _, x := range checked {
		if !x.Today {
			out = append(out, x.Verdict)
		}
	}
	return out
}

// asRead reports whether what was read of the rules that are not clear is what they
// say now.
func asRead(now []Verdict, read []Seen) bool {
	n := 0
	for _, v := range now {
		if !v.Open() {
			continue
		}
		n++
		if !slices.Contains(read, Seen{Rule: v.Rule, Result: v.Result}) {
			return false
		}
	}
	return n == len(read)
}
