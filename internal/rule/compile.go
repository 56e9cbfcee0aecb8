package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// What an expression may cost: it has no loop and no function of its own, so
// that its length and its number of nodes bound the work.
const (
	mostExpression = 2000 // bytes
	mostNodes      = 120
)

// limitPrefix stands before the name of a limit in an expression.
const limitPrefix = "limit."

// Compiler compiles rules over a fixed set of inputs.
type Compiler struct {
	env    *cel.Env
	inputs map[string]Input
}

// NewCompiler makes a compiler for rules over the inputs.
func NewCompiler(inputs []Input) (*Compiler, error) {
	c := &Compiler{inputs: map[string]Input{}}
	opts := []cel.EnvOption{cel.StdLib(), cel.ClearMacros()}
	for _, in := range inputs {
		if _, twice := c.inputs[in.Name]; twice {
			return nil, fmt.Errorf("input %s stands twice", in.Name)
		}
		c.inputs[in.Name] = in
		opts = append(opts, cel.Variable(in.Name, in.celType()))
	}
	env, err := cel.NewCustomEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("make expression environment: %w", err)
	}
	c.env = env
	return c, nil
}

func (in Input) celType() *cel.Type {
	switch in.Type {
	case Answer:
		return cel.BoolType
	case Number:
		return cel.DoubleType
	default:
		return cel.StringType
	}
}

// Input returns an input by name.
func (c *Compiler) Input(name string) (Input, bool) {
	in, ok := c.inputs[name]
	return in, ok
}

// Compile compiles one rule. The error joins everything that is wrong with it.
func (c *Compiler) Compile(s Spec) (Rule, error) {
	if len(s.When) > mostExpression {
		return Rule{}, fmt.Errorf("the expression has %d bytes; %d are the most", len(s.When), mostExpression)
	}
	limits := map[string]Limit{}
	var opts []cel.EnvOption
	for _, l := range s.Limits {
		n, err := Decimal(l.Value)
		if err != nil {
			return Rule{}, fmt.Errorf("limit %s: %w", l.Name, err)
		}
		limits[l.Name] = l
		opts = append(opts, cel.Constant(limitPrefix+l.Name, cel.DoubleType, types.Double(n)))
	}
	env, err := c.env.Extend(opts...)
	if err != nil {
		return Rule{}, fmt.Errorf("limits: %w", err)
	}
	checked, issues := env.Compile(s.When)
	if issues.Err() != nil {
		return Rule{}, fmt.Errorf("expression: %w", issues.Err())
	}
	r := reader{inputs: c.inputs, limits: limits}
	if r.read(checked.NativeRep().Expr()) != yesNo {
		r.fault("the expression is not a question of yes or no")
	}
	if r.nodes > mostNodes {
		r.fault("the expression has %d parts; %d are the most", r.nodes, mostNodes)
	}
	rule := Rule{id: s.ID, pairs: r.pairs}
	rule.asks = c.asks(&r, r.asked, s.Ages)
	rule.needs = c.asks(&r, s.Needs, s.Ages)
	if rule.program, err = env.Program(checked, cel.EvalOptions(cel.OptPartialEval)); err != nil {
		r.fault("%v", err)
	}
	return rule, errors.Join(r.faults...)
}

// asks joins the inputs of a rule with their greatest ages.
func (c *Compiler) asks(r *reader, names []string, ages []Age) []ask {
	var out []ask
	for _, name := range names {
		in, ok := c.inputs[name]
		if !ok {
			r.fault("input %q is not known", name)
			continue
		}
		out = append(out, ask{input: &in, most: most(r, in, ages), unknown: cel.AttributePattern(name)})
	}
	return out
}

func most(r *reader, in Input, ages []Age) time.Duration {
	if in.Group == Fixed {
		return 0
	}
	for _, a := range ages {
		if a.Input == in.Name && a.Most > 0 {
			return a.Most
		}
	}
	r.fault("input %s has no greatest age", in.Name)
	return 0
}

// yesNo is the unit of what is true or false, text that of a choice.
const (
	yesNo = "yes or no"
	text  = "text"
)

// reader walks a checked expression: it allows comparisons and logic over
// inputs and limits, compares like units only, and gathers what is asked.
type reader struct {
	inputs map[string]Input
	limits map[string]Limit
	asked  []string
	pairs  []Pair
	nodes  int
	faults []error
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

// read returns the unit of a part of the expression.
func (r *reader) read(e ast.Expr) string {
	r.nodes++
	if name, ok := nameOf(e); ok {
		return r.name(name)
	}
	switch e.Kind() {
	case ast.CallKind:
		return r.call(e.AsCall())
	case ast.LiteralKind:
		if _, ok := e.AsLiteral().(types.String); ok {
			return text
		}
		r.fault("%v stands in the expression: give a number a name, a source and a mark", e.AsLiteral())
		return ""
	default:
	}
	r.fault("only inputs, limits, comparisons, && || ! and ( ) have a place in an expression")
	return ""
}

// nameOf is the whole name that an expression stands for, if it is a name.
func nameOf(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		s := e.AsSelect()
		head, ok := nameOf(s.Operand())
		return head + "." + s.FieldName(), ok && !s.IsTestOnly()
	default:
		return "", false
	}
}

func (r *reader) name(name string) string {
	if short, ok := strings.CutPrefix(name, limitPrefix); ok {
		if l, ok := r.limits[short]; ok {
			return l.Unit
		}
	}
	in, ok := r.inputs[name]
	if !ok {
		r.fault("%q is not an input", name)
		return ""
	}
	if !slices.Contains(r.asked, name) {
		r.asked = append(r.asked, name)
	}
	switch in.Type {
	case Answer:
		return yesNo
	case Choice:
		return text
	default:
		return in.Unit
	}
}

func (r *reader) call(c ast.CallExpr) string {
	args := c.Args()
	switch c.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
		for _, a := range args {
			if unit := r.read(a); unit != yesNo && unit != "" {
				r.fault("a %s stands where yes or no is meant", unit)
			}
		}
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		r.compare(args[0], args[1])
	default:
		r.fault("%q has no place in an expression: only comparisons, && || ! and ( )", c.FunctionName())
	}
	return yesNo
}

func (r *reader) compare(left, right ast.Expr) {
	a, b := r.read(left), r.read(right)
	if a != b && a != "" && b != "" {
		r.fault("%s is compared with %s", a, b)
	}
	if a == yesNo {
		r.fault("yes and no are not compared: write the input, or ! before it")
	}
	input, _ := nameOf(left)
	other, named := nameOf(right)
	in, ok := r.inputs[input]
	if !ok {
		r.fault("an input stands on the left of a comparison, what it is compared with on the right")
		return
	}
	switch {
	case named && strings.HasPrefix(other, limitPrefix):
		r.pairs = append(r.pairs, Pair{Input: input, Limit: strings.TrimPrefix(other, limitPrefix)})
	case right.Kind() == ast.LiteralKind && in.Type == Choice:
		if s, ok := right.AsLiteral().(types.String); ok && !slices.Contains(in.Choices, string(s)) {
			r.fault("%s is never %q: its choices are %s", input, string(s), strings.Join(in.Choices, ", "))
		}
	}
}
