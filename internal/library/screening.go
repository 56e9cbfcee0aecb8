package library

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// Screening holds the rules that say who may be treated, with the table of
// medicines they ask. DecodeScreening makes it; the zero value checks nothing.
type Screening struct {
	version  int
	status   string
	rows     []ScreenRule
	table    rule.Table
	sources  map[string]cite.Source
	compiler *rule.Compiler
}

// ScreenRule is one row: what is found, what to do about it, and the
// expression that finds it.
type ScreenRule struct {
	Rule
	// FromSession marks a row whose text, stop, numbers and sources stand in the
	// session's file, under the same id.
	FromSession bool
	Area        string
	// Asked says of which question the row is: the course, today, or both.
	Asked []string
	Do    string
	// Grade is the grade that the source gives, where it gives one.
	Grade string
	// Reviewer and ReviewedOn are empty until somebody has signed the row.
	Reviewer, ReviewedOn string
	When                 string
	Needs                []string
	Ages                 []rule.Age
	Examples             []Example

	compiled rule.Rule
}

// Example is a patient in a few inputs, and what the rule must answer.
type Example struct {
	Given   map[string]string
	Old     []string // inputs whose value is too old
	Is      rule.Result
	Missing []string
}

// Found is what one rule says of one patient.
type Found struct {
	Rule   string      `json:"rule"`
	Result rule.Result `json:"result"`
	// Severity is high for a hard rule, moderate for a soft one, low for a note.
	Severity string `json:"severity"`
	// Policy is hard, soft or note: a hard finding is accepted by nobody, a soft
	// one with a reason, a note asks nothing.
	Policy  Stop         `json:"policy"`
	Message string       `json:"message"`
	Inputs  []FoundInput `json:"inputs"`
	Missing []FoundLack  `json:"missing"`
	Sources []FoundCite  `json:"sources"`
	// Mark is the weakest of the marks of the row's parts.
	Mark cite.Mark `json:"mark"`
}

// FoundInput is an input that was looked at.
type FoundInput struct {
	Input  string `json:"input"`
	Value  string `json:"value"`
	Unit   string `json:"unit,omitempty"`
	At     string `json:"at"`
	Source string `json:"source"`
}

// FoundLack is an input that is still needed, and why it is not there.
type FoundLack struct {
	Input string     `json:"input"`
	Why   rule.State `json:"why"`
	At    string     `json:"at,omitempty"`
	// Most is how old it may be, where it is too old.
	Most string `json:"max_age,omitempty"`
}

// FoundCite is where a part of the rule comes from.
type FoundCite struct {
	cite.Ref
	Kind cite.Kind `json:"kind"`
	Text string    `json:"text"`
}

// Ready reports whether there are rules at all.
func (s Screening) Ready() bool { return len(s.rows) > 0 }

// Standing says on what the findings rest.
func (s Screening) Standing() string {
	if !s.Ready() {
		return "no rules: nothing can be checked"
	}
	return fmt.Sprintf("shipped rules, version %d, %s", s.version, s.status)
}

// Rules returns every row, in the order of the file.
func (s Screening) Rules() []ScreenRule { return slices.Clone(s.rows) }

// Table is the table of medicines.
func (s Screening) Table() rule.Table { return s.table }

// Compile compiles a row again, as it is: for tests that change one.
func (s Screening) Compile(r ScreenRule) (ScreenRule, error) {
	var err error
	r.compiled, err = s.compiler.Compile(r.spec())
	return r, err
}

func (r ScreenRule) spec() rule.Spec {
	spec := rule.Spec{ID: r.ID, When: r.When, Needs: r.Needs, Ages: r.Ages}
	for _, n := range r.Numbers {
		spec.Limits = append(spec.Limits, rule.Limit{Name: n.Name, Value: n.Value, Unit: n.Unit})
	}
	return spec
}

// Check runs the row over one patient.
func (r ScreenRule) Check(f rule.Facts) rule.Outcome { return r.compiled.Check(f) }

// Asks lists the inputs that the row looks at.
func (r ScreenRule) Asks() []string { return r.compiled.Asks() }

// Pairs lists which input the row compares with which of its numbers.
func (r ScreenRule) Pairs() []rule.Pair { return r.compiled.Pairs() }

// Screen runs every rule over one patient: findings first, then what could not
// be checked, then what is clear; in each, hard before soft before note, and
// then in the order of the file.
func (s Screening) Screen(p rule.Snapshot) []Found { return s.ScreenFacts(p.Facts(s.table)) }

// ScreenFacts is Screen over facts that were worked out before.
func (s Screening) ScreenFacts(f rule.Facts) []Found {
	out := make([]Found, 0, len(s.rows))
	for _, r := range s.rows {
		out = append(out, s.found(r, r.Check(f)))
	}
	slices.SortStableFunc(out, func(a, b Found) int {
		return cmp.Or(cmp.Compare(place(a.Result), place(b.Result)), cmp.Compare(rank(a.Policy), rank(b.Policy)))
	})
	return out
}

func place(r rule.Result) int {
	return slices.Index([]rule.Result{rule.Finding, rule.CouldNotCheck, rule.Clear}, r)
}

func rank(s Stop) int { return slices.Index([]Stop{Hard, Soft, Note}, s) }

func (s Screening) found(r ScreenRule, o rule.Outcome) Found {
	f := Found{
		Rule: r.ID, Result: o.Result, Severity: [...]string{"high", "moderate", "low"}[rank(r.Stop)], Policy: r.Stop,
		Inputs: []FoundInput{}, Missing: []FoundLack{}, Mark: r.Mark(),
	}
	for _, u := range o.Used {
		in := FoundInput{Input: u.Input.Name, Value: u.Value.Text, At: u.Value.At.Format(time.RFC3339), Source: u.Value.Source}
		if u.Input.Unit != "1" {
			in.Unit = u.Input.Unit
		}
		f.Inputs = append(f.Inputs, in)
	}
	for _, m := range o.Missing {
		lack := FoundLack{Input: m.Input.Name, Why: m.Why}
		if m.Why == rule.TooOld {
			lack.At, lack.Most = m.At.Format(time.RFC3339), span(m.Most)
		}
		f.Missing = append(f.Missing, lack)
	}
	for _, ref := range r.Cites {
		src := s.sources[ref.Source]
		f.Sources = append(f.Sources, FoundCite{Ref: ref, Kind: src.Kind, Text: src.Text})
	}
	f.Message = r.message(o)
	return f
}

// Mark is the weakest of the marks of the row's parts.
func (r ScreenRule) Mark() cite.Mark {
	rank := []cite.Mark{cite.Verified, cite.Secondary, cite.Unverified, cite.Default}
	worst := 0
	for _, ref := range r.Cites {
		worst = max(worst, slices.Index(rank, ref.Mark))
	}
	return rank[worst]
}

func (r ScreenRule) message(o rule.Outcome) string {
	needed := make([]string, len(o.Missing))
	for i, m := range o.Missing {
		needed[i] = m.Input.Text + " (" + string(m.Why) + ")"
		if m.Why == rule.TooOld {
			needed[i] = fmt.Sprintf("%s (too old: of %s, at most %s)", m.Input.Text, m.At.Format(time.DateOnly), span(m.Most))
		}
	}
	list := strings.Join(needed, "; ")
	switch o.Result {
	case rule.Finding:
		if list != "" {
			return r.Text + " Not there: " + list + ". " + r.Do
		}
		return r.Text + " " + r.Do
	case rule.CouldNotCheck:
		return "Could not check: " + r.Text + " Still needed: " + list + "."
	default:
		return "Checked, not so: " + r.Text
	}
}

// span is a time in days or hours.
func span(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d d", d/(24*time.Hour))
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}
