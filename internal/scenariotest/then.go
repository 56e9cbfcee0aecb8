package scenariotest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// expect is what has to hold; its error says what holds instead.
type expect func(ctx context.Context, s *seen) error

// seen is what an expectation may look at.
type seen struct {
	Visit
	clinic Clinic
	chair  ident.Chair
	reply  Reply     // to the last command
	now    time.Time // of the last line done
}

// at is the instant of a clock time in the clinic.
func (s *seen) at(g gaps, i int) (time.Time, error) {
	d, err := g.clock(i)
	return s.clinic.Time(d), err
}

// last is the events of the last command that was taken.
func (s *seen) last() []session.Entry {
	all := s.Entries
	// What the watch noted meanwhile is no answer to what somebody said.
	for len(all) > 0 {
		if _, _, watch := session.AlarmSaid(all[len(all)-1].Event); !watch || all[len(all)-1].Actor.Kind != act.Job {
			break
		}
		all = all[:len(all)-1]
	}
	if len(all) == 0 {
		return nil
	}
	from := len(all) - 1
	for from > 0 && all[from].Index > 0 {
		from--
	}
	return all[from:]
}

// thens is everything that can have to hold, by area.
var thens = join(replyThens(), phaseThens(), pumpThens(), factThens(), roundThens(), closingThens())

func holds(f func(g gaps, s *seen) error) func(gaps) (expect, error) {
	return func(g gaps) (expect, error) {
		return func(_ context.Context, s *seen) error { return f(g, s) }, nil
	}
}

// same compares text with text.
func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s is %q, not %q", what, got, want)
	}
	return nil
}

// replyThens: what the last command was answered with.
func replyThens() []sentence[expect] {
	return []sentence[expect]{
		say("it is refused by <code> because <text>", holds(func(g gaps, s *seen) error {
			if s.reply.Outcome != "refused" {
				return fmt.Errorf("it was %s: %s", s.reply.Outcome, s.reply.Text)
			}
			return errors.Join(same("the rule", s.reply.Rule, g.text(0)), same("the reason", s.reply.Text, g.text(1)))
		})),
		say("it is sent back because <text>", holds(func(g gaps, s *seen) error {
			if s.reply.Outcome != "malformed" {
				return fmt.Errorf("it was %s: %s", s.reply.Outcome, s.reply.Text)
			}
			return same("the reason", s.reply.Text, g.text(0))
		})),
		say("it needs a <words>", holds(func(g gaps, s *seen) error {
			return same("the role needed", strings.Join(s.reply.Needs, " or "), g.text(0))
		})),
		say("what stands in the way is <list>", holds(func(g gaps, s *seen) error {
			return same("what stands in the way", strings.Join(blocking(s.gate()), ", "), g.text(0))
		})),
		say("<code> is clear", holds(func(g gaps, s *seen) error { return s.check(g.text(0), session.Clear, "") })),
		say("<code> is attested on paper", holds(func(g gaps, s *seen) error { return s.check(g.text(0), session.Attested, "") })),
		say("<code> is a finding: <text>", holds(func(g gaps, s *seen) error { return s.check(g.text(0), session.Finding, g.text(1)) })),
		say("<code> could not be checked: <text>", holds(func(g gaps, s *seen) error {
			return s.check(g.text(0), session.CouldNotCheck, g.text(1))
		})),
		say("settling <code> asks: <text>", holds(func(g gaps, s *seen) error {
			c, err := s.named(g.text(0))
			if err != nil {
				return err
			}
			return same("what would settle it", c.Settle, g.text(1))
		})),
		say("it carries no mark", holds(func(_ gaps, s *seen) error { return same("the marks", marks(s.last()), "") })),
		say("its marks are <list>", holds(func(g gaps, s *seen) error { return same("the marks", marks(s.last()), g.text(0)) })),
		say("it is marked as <code>", holds(func(g gaps, s *seen) error {
			if all := marks(s.last()); !slices.Contains(strings.Split(all, ", "), g.text(0)) {
				return fmt.Errorf("there is no such mark, but: %s", all)
			}
			return nil
		})),
		say("the mark <code> says <text>", holds(func(g gaps, s *seen) error {
			for _, e := range s.last() {
				for _, d := range deviationsOf(e.Event) {
					if d.Rule == g.text(0) {
						return same("the mark", d.Message.English(), g.text(1))
					}
				}
			}
			return fmt.Errorf("there is no such mark, but: %s", marks(s.last()))
		})),
	}
}

// gate is the gate of the last command: of its refusal, or as it stood when it
// was passed.
func (s *seen) gate() []Check {
	if s.reply.Outcome != "accepted" {
		return s.reply.Gate
	}
	for _, e := range s.last() {
		if g, ok := gateOf(e.Event); ok {
			return checks(g)
		}
	}
	return nil
}

func gateOf(e session.Event) (session.GateResult, bool) {
	switch e := e.(type) {
	case session.Readied:
		return e.Gate, true
	case session.Started:
		return e.Gate, true
	case session.Resumed:
		return e.Gate, true
	case session.Discharged:
		return e.Gate, true
	default:
		return session.GateResult{}, false
	}
}

func checks(g session.GateResult) []Check {
	var out []Check
	for _, c := range g.Checks {
		k := Check{ID: string(c.ID), Outcome: string(c.Outcome), Blocks: c.Blocks()}
		if c.Why.ID != "" {
			k.Why = c.Why.English()
		}
		if c.Settle.ID != "" {
			k.Settle = c.Settle.English()
		}
		out = append(out, k)
	}
	return out
}

// blocking is the ids of what blocks, sorted: each clinic has its own order.
func blocking(list []Check) []string {
	var out []string
	for _, c := range list {
		if c.Blocks {
			out = append(out, c.ID)
		}
	}
	slices.Sort(out)
	return out
}

func (s *seen) named(id string) (Check, error) {
	list := s.gate()
	if len(list) == 0 {
		return Check{}, errors.New("no gate was asked")
	}
	for _, c := range list {
		if c.ID == id {
			return c, nil
		}
	}
	return Check{}, fmt.Errorf("the gate has no check %q", id)
}

func (s *seen) check(id string, outcome session.Outcome, why string) error {
	c, err := s.named(id)
	switch {
	case err != nil:
		return err
	case c.Outcome != string(outcome):
		return fmt.Errorf("%s is %q, not %q: %s", id, c.Outcome, outcome, c.Why)
	case why != "":
		return same("why", c.Why, why)
	}
	return nil
}

// marks are the rules of all deviations that the events carry.
func marks(entries []session.Entry) string {
	var out []string
	for _, e := range entries {
		for _, d := range deviationsOf(e.Event) {
			out = append(out, d.Rule)
		}
	}
	return strings.Join(out, ", ")
}

func deviationsOf(e session.Event) []session.Deviation {
	switch e := e.(type) {
	case session.EnteredFromPaper:
		return e.Deviations
	case session.TotalReconciled:
		return e.Deviations
	case session.TimeOutDone:
		return e.Deviations
	case session.Started:
		return e.Deviations
	case session.RateChanged:
		return e.Deviations
	case session.PumpRead:
		return e.Deviations
	case session.Paused:
		return e.Deviations
	case session.Resumed:
		return e.Deviations
	case session.Stopped:
		return e.Deviations
	case session.PumpStopConfirmed:
		return e.Deviations
	case session.Observed:
		return e.Findings
	case session.DrugGiven:
		return e.Deviations
	case session.NurseResponsible:
		return e.Deviations
	case session.Amended:
		return e.Deviations
	default:
		return nil
	}
}
