package rule

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Result is what a check of a rule answers.
type Result string

// The three results.
const (
	Clear         Result = "clear"
	Finding       Result = "finding"
	CouldNotCheck Result = "could_not_check"
)

// Limit is a named number of a rule: an exact decimal and its UCUM unit.
type Limit struct{ Name, Value, Unit string }

// Age is how old an input may be.
type Age struct {
	Input string
	Most  time.Duration
}

// Spec is a rule as data.
type Spec struct {
	ID string
	// When is a CEL expression over inputs and limit.NAME: true is a finding.
	// Every number in it is a limit, so that none is without source and mark.
	When string
	// Needs, where there are any, changes what When means: it says for whom
	// these inputs must be there. One that is missing or too old is a finding.
	Needs  []string
	Limits []Limit
	// Ages holds the greatest age of each input of When and Needs.
	Ages []Age
}

// Rule is a compiled rule. It is safe for concurrent use.
type Rule struct {
	id      string
	asks    []ask
	needs   []ask
	pairs   []Pair
	program cel.Program
}

// ask is an input of a rule with the greatest age it may have; zero never
// grows old.
type ask struct {
	input   *Input
	most    time.Duration
	unknown *cel.AttributePatternType // the input, to CEL, while it is not known
}

// Pair is a comparison of an input with a limit in a rule's expression.
type Pair struct{ Input, Limit string }

// ID is the rule's id.
func (r Rule) ID() string { return r.id }

// Asks lists the names of the inputs that the rule looks at, in the order in
// which its expression names them, then those it needs.
func (r Rule) Asks() []string {
	var out []string
	for _, a := range slices.Concat(r.asks, r.needs) {
		if !slices.Contains(out, a.input.Name) {
			out = append(out, a.input.Name)
		}
	}
	return out
}

// Pairs lists which input is compared with which limit.
func (r Rule) Pairs() []Pair { return slices.Clone(r.pairs) }

// Outcome is what a check of one rule answered, with what it looked at.
type Outcome struct {
	Result Result
	// Used are the inputs that were known and not too old.
	Used []Used
	// Missing are the inputs that are still needed: of a could not check what
	// it lacks, of a finding the tests that are not there. It is empty
	// otherwise.
	Missing []Missing
}

// Used is an input with the value that was looked at.
type Used struct {
	Input *Input
	Value *Value
}

// Missing is an input that was not there or too old.
type Missing struct {
	Input *Input
	// Why is the state of the value; TooOld where it was there.
	Why  State
	At   time.Time     // of a value that is too old
	Most time.Duration // how old it might be
}

// Check evaluates the rule over the facts.
func (r Rule) Check(f Facts) Outcome {
	o := Outcome{Used: make([]Used, 0, len(r.asks)+len(r.needs))}
	view := activation{facts: f}
	for _, a := range r.asks {
		if a.state(f) != Known {
			view.unknown = append(view.unknown, a.unknown)
			continue
		}
		o.Used = append(o.Used, Used{Input: a.input, Value: f.values[a.input.Name]})
	}
	var lacks []Missing
	for _, a := range r.needs {
		if m, ok := a.missing(f); ok {
			lacks = append(lacks, m)
			continue
		}
		if !slices.ContainsFunc(o.Used, func(u Used) bool { return u.Input.Name == a.input.Name }) {
			o.Used = append(o.Used, Used{Input: a.input, Value: f.values[a.input.Name]})
		}
	}
	if len(r.needs) > 0 && len(lacks) == 0 {
		o.Result = Clear // all is there, whoever needs it
		return o
	}
	value, _, err := r.program.Eval(&view)
	unknown, isUnknown := value.(*types.Unknown)
	switch {
	case err != nil:
		// The operators that a rule may use cannot fail; if one does, nothing was
		// checked and all that the rule asks is named.
		o.Result, o.Missing = CouldNotCheck, r.all(f, lacks)
	case isUnknown:
		o.Result, o.Missing = CouldNotCheck, r.residual(f, unknown, lacks)
	case value == types.True:
		o.Result, o.Missing = Finding, lacks
	default:
		o.Result = Clear
	}
	return o
}

// residual names the unknown inputs that still decide the rule.
func (r Rule) residual(f Facts, u *types.Unknown, lacks []Missing) []Missing {
	var out []Missing
	ids := u.IDs()
	for _, a := range r.asks {
		if m, ok := a.missing(f); ok && open(u, ids, a.input.Name) {
			out = append(out, m)
		}
	}
	return and(out, lacks)
}

// open reports whether an input is among the unknowns.
func open(u *types.Unknown, ids []int64, name string) bool {
	for _, id := range ids {
		trails, _ := u.GetAttributeTrails(id)
		for _, t := range trails {
			if t.Variable() == name {
				return true
			}
		}
	}
	return false
}

func (r Rule) all(f Facts, lacks []Missing) []Missing {
	var out []Missing
	for _, a := range r.asks {
		m, ok := a.missing(f)
		if !ok {
			m = Missing{Input: a.input, Why: NotKnown}
		}
		out = append(out, m)
	}
	return and(out, lacks)
}

func and(out, more []Missing) []Missing {
	for _, m := range more {
		if !slices.ContainsFunc(out, func(o Missing) bool { return o.Input.Name == m.Input.Name }) {
			out = append(out, m)
		}
	}
	return out
}

// state says whether the input may be used.
func (a ask) state(f Facts) State {
	v, ok := f.values[a.input.Name]
	switch {
	case !ok:
		return NotStated
	case v.State != Known:
		return v.state()
	case a.most == 0, a.input.Lasting && v.Yes:
		return Known
	case f.now.Sub(v.At) > a.most:
		return TooOld
	}
	return Known
}

func (a ask) missing(f Facts) (Missing, bool) {
	why := a.state(f)
	if why == Known {
		return Missing{}, false
	}
	m := Missing{Input: a.input, Why: why}
	if why == TooOld {
		m.At, m.Most = f.values[a.input.Name].At, a.most
	}
	return m, true
}

// activation shows the facts to CEL.
type activation struct {
	facts   Facts
	unknown []*cel.AttributePatternType
}

// ResolveName returns the value of an input.
func (a *activation) ResolveName(name string) (any, bool) {
	v, ok := a.facts.values[name]
	if !ok || v.State != Known {
		return nil, false
	}
	return v.cel, true
}

// Parent has none.
func (a *activation) Parent() cel.Activation { return nil }

// UnknownAttributePatterns lists what is unknown to the rule being checked.
func (a *activation) UnknownAttributePatterns() []*cel.AttributePatternType { return a.unknown }

// AsPartialActivation says that the activation has unknowns.
func (a *activation) AsPartialActivation() (cel.PartialActivation, bool) { return a, true }
