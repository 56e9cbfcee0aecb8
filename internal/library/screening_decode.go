package library

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// ruleSchema names the shape of the screening rules' data file.
const ruleSchema = "stillwatch/rule-library/1"

type screenFile struct {
	Schema  string           `yaml:"schema"`
	Version int              `yaml:"version"`
	Status  string           `yaml:"status"`
	Sources []cite.Source    `yaml:"sources"`
	Ages    []fileAge        `yaml:"ages"`
	Rules   []fileScreenRule `yaml:"rules"`
}

// fileAge is how old the inputs of a group, or one input, may be.
type fileAge struct {
	Of     string    `yaml:"of"`
	Most   string    `yaml:"most"`
	Unit   string    `yaml:"unit"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

type fileScreenRule struct {
	ID          string       `yaml:"id"`
	From        string       `yaml:"from"`
	Version     int          `yaml:"version"`
	Effective   string       `yaml:"effective"`
	Area        string       `yaml:"area"`
	Asked       []string     `yaml:"asked"`
	Text        string       `yaml:"text"`
	Do          string       `yaml:"do"`
	Stop        Stop         `yaml:"stop"`
	MayOverride []act.Role   `yaml:"may_override"`
	Grade       string       `yaml:"grade"`
	Reviewer    string       `yaml:"reviewer"`
	ReviewedOn  string       `yaml:"reviewed_on"`
	When        string       `yaml:"when"`
	Needs       []string     `yaml:"needs"`
	Numbers     []screenNum  `yaml:"numbers"`
	Ages        []fileAge    `yaml:"ages"`
	Cites       []cite.Ref   `yaml:"cites"`
	Examples    []screenCase `yaml:"examples"`
}

// screenNum is a number of its own, or one of a row of the session's file.
type screenNum struct {
	fileNumber `yaml:",inline"`
	SameAs     string `yaml:"same_as"`
}

type screenCase struct {
	Given   map[string]string `yaml:"given"`
	Old     []string          `yaml:"old"`
	Is      string            `yaml:"is"`
	Missing []string          `yaml:"missing"`
}

// The areas and the questions that a row may belong to.
var (
	areas     = []string{"contraindication", "test", "plan", "response", "interaction", "fasting", "surveillance"}
	questions = []string{"course", "today"}
)

// DecodeScreening reads and checks the rules of screening, over a table of
// medicines and the session's file, whose rows they may take over. Every
// mistake is named with its line, every example is run; a file with one mistake
// does not load.
func DecodeScreening(b []byte, table rule.Table, session Session) (Screening, error) {
	f, root, err := parse[screenFile](b)
	if err != nil {
		return Screening{}, fmt.Errorf("read rule library: %w", err)
	}
	inputs := rule.Inputs(table.Classes)
	compiler, err := rule.NewCompiler(inputs)
	if err != nil {
		return Screening{}, fmt.Errorf("read rule library: %w", err)
	}
	c := screenChecker{
		checker:  checker{root: root, sources: maps.Clone(session.sources)},
		session:  session,
		compiler: compiler, inputs: inputs, ages: map[rule.Group]time.Duration{},
	}
	if c.sources == nil {
		c.sources = map[string]cite.Source{}
	}
	s := c.screening(f)
	s.table = table
	if len(c.faults) > 0 {
		return Screening{}, fmt.Errorf("check rule library: %w", errors.Join(c.faults...))
	}
	return s, nil
}

type screenChecker struct {
	checker
	session  Session
	compiler *rule.Compiler
	inputs   []rule.Input
	ages     map[rule.Group]time.Duration
}

func (c *screenChecker) screening(f screenFile) Screening {
	c.head(f.Schema, ruleSchema, f.Version, f.Status, f.Sources)
	s := Screening{version: f.Version, status: f.Status, sources: c.sources, compiler: c.compiler}
	for i, a := range f.Ages {
		c.ages[rule.Group(a.Of)] = c.age(line(c.root, "ages", i), a)
	}
	for _, g := range rule.Groups() {
		if c.ages[g] == 0 {
			c.fault(line(c.root, "ages"), "no greatest age is given for %s", g)
		}
	}
	seen := map[string]bool{}
	for i, r := range f.Rules {
		if seen[r.ID] {
			c.fault(line(c.root, "rules", i, "id"), "rule %q was given before", r.ID)
		}
		seen[r.ID] = true
		s.rows = append(s.rows, c.row(i, r))
	}
	return s
}

func (c *screenChecker) age(at int, a fileAge) time.Duration {
	span := knownUnits()[a.Unit].span
	n, err := micros(fileNumber{Value: a.Most, Unit: a.Unit})
	if err != nil || span == 0 || n <= 0 {
		c.fault(at, "greatest age of %s: %q %q is not a time above zero", a.Of, a.Most, a.Unit)
		return 0
	}
	c.ref(at, "greatest age of "+a.Of, cite.Ref{Source: a.Source, Mark: a.Mark})
	return time.Duration(n) * (span / unit.Micro)
}

func (c *screenChecker) row(i int, r fileScreenRule) ScreenRule {
	at := func(path ...any) int { return line(c.root, append([]any{"rules", i}, path...)...) }
	out := ScreenRule{
		FromSession: r.From == "session", Area: r.Area, Asked: r.Asked, Do: r.Do, Grade: r.Grade,
		Reviewer: r.Reviewer, ReviewedOn: r.ReviewedOn, When: r.When, Needs: r.Needs,
	}
	out.Rule = c.base(i, at, r)
	if !slices.Contains(areas, r.Area) {
		c.fault(at("area"), "rule %q: area %q is not one of: %s", r.ID, r.Area, strings.Join(areas, ", "))
	}
	if len(r.Asked) == 0 {
		c.fault(at("asked"), "rule %q does not say of which question it is: course, today", r.ID)
	}
	for _, q := range r.Asked {
		if !slices.Contains(questions, q) {
			c.fault(at("asked"), "rule %q: %q is not course or today", r.ID, q)
		}
	}
	if strings.TrimSpace(r.Do) == "" {
		c.fault(at("do"), "rule %q does not say what to do", r.ID)
	}
	if err := claims(fileRule{Text: r.Do, Cites: out.Cites}, c.sources); err != nil {
		c.fault(at("do"), "rule %q, what to do: %v", r.ID, err)
	}
	c.reviewed(at("reviewer"), r.ID, r.Reviewer, r.ReviewedOn)
	c.compile(at, r, &out)
	return out
}

// base is what every rule has: of its own, or that of the session's row.
func (c *screenChecker) base(i int, at func(...any) int, r fileScreenRule) Rule {
	numbers := c.numbers(at, r)
	if r.From == "" {
		return c.rule(i, fileRule{
			ID: r.ID, Version: r.Version, Effective: r.Effective, Text: r.Text, Stop: r.Stop,
			MayOverride: r.MayOverride, Numbers: numbers, Cites: r.Cites,
		})
	}
	base, ok := c.session.Rule(r.ID)
	if r.From != "session" || !ok {
		c.fault(at("from"), "rule %q: from is session, for a row that the session's file has", r.ID)
		return Rule{ID: r.ID, Stop: Hard}
	}
	if r.Text != "" || r.Stop != "" || len(r.Cites) > 0 || len(r.MayOverride) > 0 || r.Version != 0 || r.Effective != "" {
		c.fault(at(), "rule %q is the session's: text, stop, sources and version stand there, once", r.ID)
	}
	for j, n := range numbers {
		base.Numbers = append(base.Numbers, c.value(at("numbers", j), fileRule{ID: r.ID}, n, base.Numbers))
	}
	return base
}

func (c *screenChecker) numbers(at func(...any) int, r fileScreenRule) []fileNumber {
	var out []fileNumber
	for j, n := range r.Numbers {
		if n.SameAs == "" {
			if r.From != "" {
				c.fault(at("numbers", j), "rule %q is the session's: its numbers stand there", r.ID)
			}
			out = append(out, n.fileNumber)
			continue
		}
		id, name, _ := strings.Cut(n.SameAs, " ")
		same, ok := c.session.Number(id, name)
		if !ok || n.Value != "" {
			c.fault(at("numbers", j), "rule %q: same_as %q is not a rule and a number of the session's file, alone", r.ID, n.SameAs)
		}
		out = append(out, fileNumber{Name: n.Name, Value: same.Value, Unit: same.Unit, Mark: same.Mark, Source: same.Source})
	}
	return out
}

// compile compiles the expression and runs the examples.
func (c *screenChecker) compile(at func(...any) int, r fileScreenRule, out *ScreenRule) {
	own := map[string]time.Duration{}
	for j, a := range r.Ages {
		if _, ok := c.compiler.Input(a.Of); !ok {
			c.fault(at("ages", j), "rule %q: input %q is not known", r.ID, a.Of)
		}
		own[a.Of] = c.age(at("ages", j), a)
	}
	for _, in := range c.inputs {
		if in.Group == rule.Fixed {
			continue
		}
		most, ok := own[in.Name]
		if !ok {
			most = c.ages[in.Group]
		}
		out.Ages = append(out.Ages, rule.Age{Input: in.Name, Most: most})
	}
	var err error
	if out.compiled, err = c.compiler.Compile(out.spec()); err != nil {
		c.fault(at("when"), "rule %q: %v", r.ID, err)
		return
	}
	out.Ages = slices.DeleteFunc(out.Ages, func(a rule.Age) bool { return !slices.Contains(out.Asks(), a.Input) })
	for name := range own {
		if !slices.Contains(out.Asks(), name) {
			c.fault(at("ages"), "rule %q gives an age for %s, which it does not ask", r.ID, name)
		}
	}
	c.used(at, r, out)
	c.examples(at, r, out)
}

// used refuses a number that the expression does not use.
func (c *screenChecker) used(at func(...any) int, r fileScreenRule, out *ScreenRule) {
	for j, n := range r.Numbers {
		if !slices.ContainsFunc(out.Pairs(), func(p rule.Pair) bool { return p.Limit == n.Name }) {
			c.fault(at("numbers", j), "rule %q: number %s is not used", r.ID, n.Name)
		}
	}
}

// exampleTime is the instant at which examples are judged; any would do.
var exampleTime = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// Facts makes the facts of an example; an old input is a day older than it may
// be.
func (e Example) Facts(inputs []rule.Input, ages []rule.Age) (rule.Facts, error) {
	values := map[string]rule.Value{}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(e.Given)) {
		i := slices.IndexFunc(inputs, func(in rule.Input) bool { return in.Name == name })
		if i < 0 {
			faults = append(faults, fmt.Errorf("input %q is not known", name))
			continue
		}
		v, err := inputs[i].Parse(e.Given[name])
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
		v.At, v.Source = exampleTime, "example"
		for _, a := range ages {
			if a.Input == name && slices.Contains(e.Old, name) {
				v.At = exampleTime.Add(-a.Most - 24*time.Hour)
			}
		}
		values[name] = v
	}
	return rule.NewFacts(exampleTime, inputs, values), errors.Join(faults...)
}

func (c *screenChecker) examples(at func(...any) int, r fileScreenRule, out *ScreenRule) {
	has := map[rule.Result]bool{}
	for j, e := range r.Examples {
		want := Example{Given: e.Given, Old: e.Old, Is: rule.Result(strings.ReplaceAll(e.Is, " ", "_")), Missing: e.Missing}
		facts, err := want.Facts(c.inputs, out.Ages)
		if err != nil {
			c.fault(at("examples", j), "rule %q: %v", r.ID, err)
		}
		has[want.Is] = true
		if why := want.differs(out.Check(facts)); why != "" {
			c.fault(at("examples", j), "rule %q: %s", r.ID, why)
		}
		out.Examples = append(out.Examples, want)
	}
	for _, result := range []rule.Result{rule.Finding, rule.Clear, rule.CouldNotCheck} {
		if !has[result] {
			c.fault(at("examples"), "rule %q has no example that is %s", r.ID, strings.ReplaceAll(string(result), "_", " "))
		}
	}
}

// differs says how an outcome differs from what the example says; empty where
// it does not.
func (e Example) differs(o rule.Outcome) string {
	var missing []string
	for _, m := range o.Missing {
		missing = append(missing, m.Input.Name)
	}
	switch {
	case o.Result != e.Is:
		return fmt.Sprintf("the example is said to be %s and is %s", e.Is, o.Result)
	case !slices.Equal(slices.Sorted(slices.Values(missing)), slices.Sorted(slices.Values(e.Missing))):
		return fmt.Sprintf("the example misses %q, not %q", missing, e.Missing)
	}
	return ""
}

// Holds reports whether the row answers the example as the example says.
func (r ScreenRule) Holds(e Example, inputs []rule.Input) bool {
	facts, err := e.Facts(inputs, r.Ages)
	return err == nil && e.differs(r.Check(facts)) == ""
}
