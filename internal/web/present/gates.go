package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Gates are the gates that matter in the visit's phase, every check by name.
func Gates(v app.Visit) []view.Gate {
	s, env := v.State, v.Env
	switch s.Phase {
	case session.PhaseArrived, session.PhaseReady:
		return []view.Gate{Gate(v, asked(v, session.DrawUpGate(s, env)))}
	case session.PhasePrepared:
		out := []view.Gate{Gate(v, asked(v, session.StartGate(s, env, session.PumpReading{})))}
		if g := asked(v, session.DrawUpGate(s, env)); !g.Open() {
			out = append(out, Gate(v, g)) // what was found since is settled, or accepted, there
		}
		return out
	case session.PhaseStopped, session.PhaseRecovering:
		return []view.Gate{Gate(v, session.DischargeGate(s, env))}
	default:
		// the others do not concern this
	}
	return nil
}

// asked is a gate as it stands for whoever looks. The credentials that it asks
// for are those of the person who acts: where nobody in particular looks, as on
// the board, that check is left out and made when somebody acts.
func asked(v app.Visit, g session.GateResult) session.GateResult {
	if v.Env.Actor.Kind == act.Person {
		return g
	}
	g.Checks = slices.DeleteFunc(slices.Clone(g.Checks), func(c session.Check) bool { return c.ID == ownCredentials })
	return g
}

const ownCredentials session.CheckID = "credentials"

var gateTitles = map[session.Gate]string{
	session.GateDrawUp:    "Before a vial is opened",
	session.GateStart:     "Before the pump is started",
	session.GateResume:    "Before the pump runs again",
	session.GateDischarge: "Before going home",
}

// Gate puts one gate into words, what stands in the way first.
func Gate(v app.Visit, g session.GateResult) view.Gate {
	blockers := g.Blockers()
	out := view.Gate{Gate: string(g.Gate), Title: gateTitles[g.Gate], Open: g.Open(), Blockers: len(blockers)}
	switch n := len(blockers); n {
	case 0:
		out.Summary = "Nothing stands in the way."
	case 1:
		out.Summary = fmt.Sprintf("1 of %d stands in the way", len(g.Checks))
	default:
		out.Summary = fmt.Sprintf("%d of %d stand in the way", n, len(g.Checks))
	}
	for _, c := range g.Checks {
		out.Checks = append(out.Checks, check(v, g.Gate, c))
	}
	slices.SortStableFunc(out.Checks, func(a, b view.Check) int { return rank(a) - rank(b) })
	return out
}

func rank(c view.Check) int {
	switch {
	case c.Blocks && c.Outcome == string(session.Finding):
		return 0
	case c.Blocks:
		return 1
	case c.Outcome == string(session.Finding):
		return 2
	case c.Outcome == string(session.Attested):
		return 3
	}
	return 4
}

func check(v app.Visit, g session.Gate, c session.Check) view.Check {
	out := view.Check{
		ID: string(c.ID), Outcome: string(c.Outcome), Title: c.Title.English(), Blocks: c.Blocks(), Tone: view.Plain,
		Why: c.Why.English(), Settle: c.Settle.English(),
	}
	if c.Why.ID == "" {
		out.Why = ""
	}
	if c.Settle.ID == "" {
		out.Settle = ""
	}
	out.Source, out.Mark = source(v, c)
	if out.Blocks {
		out.Tone = view.Amber
	}
	if c.Outcome == session.Finding && c.Overridden != 0 {
		out.Why, out.Settle = strings.TrimSpace(out.Why+" Accepted with a reason."), ""
	}
	if c.Outcome == session.Finding && !c.Hard && c.Overridden == 0 {
		out.Override = known(session.ActOverride, "Accept with a reason", map[string]any{"gate": g, "check": c.ID})
	}
	return out
}

// source says what a check rests on, with the weakest mark of its parts first.
func source(v app.Visit, c session.Check) (text, mark string) {
	text = fmt.Sprintf("rule %s %d", c.Rule, c.Version)
	var marks, sources []string
	for _, ref := range c.Cites {
		marks = append(marks, ref.Part+" "+string(ref.Mark))
		if w := v.Env.Rules.Wording(ref); !slices.Contains(sources, w) {
			sources = append(sources, w)
		}
	}
	if len(sources) > 0 {
		text += " · " + strings.Join(sources, "; ")
	}
	return text, strings.Join(marks, ", ")
}

func blockerText(v app.Visit) string {
	n := len(asked(v, session.DrawUpGate(v.State, v.Env)).Blockers())
	switch n {
	case 0:
		return ""
	case 1:
		return "1 blocker"
	}
	return fmt.Sprintf("%d blockers", n)
}

// Reply puts the answer to a command into words.
func Reply(v *app.Visit, what act.Act, ans app.Answer) view.Reply {
	if ans.Refusal == nil {
		r := view.Reply{Outcome: "accepted", Position: ans.Position, Text: label(what) + ": recorded."}
		if ans.Replayed {
			r.Outcome = "repeated"
		}
		if ans.Unread {
			r.Findings = append(r.Findings, word.M("act.unread").English())
		}
		for _, e := range ans.Entries {
			if v != nil {
				r.Findings = append(r.Findings, Speaker(*v).Say(e).Findings...)
			}
		}
		return r
	}
	f := ans.Refusal
	r := view.Reply{Outcome: "refused", Text: f.Message.English(), Rule: f.Rule, Asked: f.Asked, Allowed: f.Allowed, Source: f.Source, Field: fieldOf(f)}
	if f.Malformed {
		r.Outcome = "malformed"
	}
	for _, n := range f.Needs {
		r.Needs = append(r.Needs, string(n))
	}
	if f.Gate != nil && v != nil {
		g := Gate(*v, *f.Gate)
		r.Gate = &g
	}
	return r
}
