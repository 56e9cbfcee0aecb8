package library

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/rule"
)

// noticed reports whether some example or patient tells a changed row from the
// shipped one; changed is nil where the row was taken away.
func noticed(orig ScreenRule, changed *ScreenRule, inputs []rule.Input, facts []rule.Facts) bool {
	for _, e := range orig.Examples {
		if changed == nil && e.Is != rule.Clear || changed != nil && !changed.Holds(e, inputs) {
			return true
		}
	}
	for _, f := range facts {
		before := expectLine(orig.ID, orig.Check(f))
		after := ""
		if changed != nil {
			after = expectLine(orig.ID, changed.Check(f))
		}
		if before != after {
			return true
		}
	}
	return false
}

// moved lists a row with each of its thresholds one step of the input's
// resolution up and down.
func moved(s Screening, r ScreenRule, inputs []rule.Input) ([]ScreenRule, error) {
	var out []ScreenRule
	for _, p := range r.Pairs() {
		for _, in := range inputs {
			if in.Name != p.Input {
				continue
			}
			for _, sign := range []float64{1, -1} {
				changed := r
				changed.Numbers = nil
				for _, n := range r.Numbers {
					if n.Name == p.Limit {
						value, err := rule.Decimal(n.Value)
						if err != nil {
							return nil, err
						}
						step, err := rule.Decimal(in.Step)
						if err != nil {
							return nil, err
						}
						n.Value = strings.TrimSuffix(fmt.Sprintf("%.1f", value+sign*step), ".0")
					}
					changed.Numbers = append(changed.Numbers, n)
				}
				changed.Text = fmt.Sprintf("%s moved by %+g × %s", p.Limit, sign, in.Step)
				out = append(out, changed)
			}
		}
	}
	return out, nil
}

// twisted lists a row with each operator of its expression turned.
func twisted(r ScreenRule) []ScreenRule {
	turn := map[string]string{">=": ">", "<=": "<", " > ": " >= ", " < ": " <= ", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "!": ""}
	var out []ScreenRule
	for from, to := range turn {
		for at := 0; ; {
			i := strings.Index(r.When[at:], from)
			if i < 0 {
				break
			}
			at += i
			if from == "!" && strings.HasPrefix(r.When[at:], "!=") {
				at++
				continue
			}
			changed := r
			changed.When = r.When[:at] + to + r.When[at+len(from):]
			changed.Text = fmt.Sprintf("%q at %d became %q", from, at, to)
			out = append(out, changed)
			at += len(from)
		}
	}
	return out
}

// A rule that nobody would miss protects nobody: for each row, taking it away,
// moving a threshold by one step or turning an operator is noticed by an
// example or a patient. It is asked of every row, the hard ones among them.
func TestMutation_EveryChangeOfARuleIsNoticed(t *testing.T) {
	t.Parallel()
	s := screening(t)
	inputs := rule.Inputs(s.Table().Classes)
	var facts []rule.Facts
	for _, p := range patients(t) {
		facts = append(facts, p.snap.Facts(s.Table()))
	}
	hard, changes := 0, 0
	for _, r := range s.Rules() {
		if r.Hard() {
			hard++
		}
		if !noticed(r, nil, inputs, facts) {
			t.Errorf("%s (%s): taken away, and nothing fails", r.ID, r.Stop)
		}
		all, err := moved(s, r, inputs)
		if err != nil {
			t.Fatalf("%s: %v", r.ID, err)
		}
		for _, changed := range append(all, twisted(r)...) {
			what := changed.Text
			changed, err := s.Compile(changed)
			if err != nil {
				t.Errorf("%s, %s: %v", r.ID, what, err)
				continue
			}
			changes++
			if !noticed(r, &changed, inputs, facts) {
				t.Errorf("%s (%s): %s, and nothing fails", r.ID, r.Stop, what)
			}
		}
	}
	if hard < 25 || changes < 200 {
		t.Errorf("only %d hard rules and %d changes were tried", hard, changes)
	}
	t.Logf("%d rules, %d of them hard, %d changes", len(s.Rules()), hard, changes)
}

// Each hard row is a finding of some patient as well, not of its own examples
// only: the file of patients must cover what a clinic meets.
func TestPatients_FindEachHardRule(t *testing.T) {
	t.Parallel()
	s := screening(t)
	var all []rule.Facts
	for _, p := range patients(t) {
		all = append(all, p.snap.Facts(s.Table()))
	}
	for _, r := range s.Rules() {
		if !r.Hard() {
			continue
		}
		if !slices.ContainsFunc(all, func(f rule.Facts) bool { return r.Check(f).Result == rule.Finding }) {
			t.Errorf("%s is a finding of no patient", r.ID)
		}
	}
}
