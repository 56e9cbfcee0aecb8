package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// inputs of the tests: three answers, two numbers, a choice, a lasting answer.
func inputs() []Input {
	return []Input{
		yes("history.a", "a"), yes("history.b", "b"), yes("history.c", "c"), lasting("history.l", "l"),
		number("signs.x", "x", "mm[Hg]", "0", "300", "1"), number("signs.y", "y", "/min", "0", "300", "1"),
		choice("history.k", "k", "A", "B"),
	}
}

func ages() []Age {
	var out []Age
	for _, in := range inputs() {
		out = append(out, Age{Input: in.Name, Most: 24 * time.Hour})
	}
	return out
}

func compiler(t testing.TB) *Compiler {
	t.Helper()
	c, err := NewCompiler(inputs())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func spec(when string, needs ...string) Spec {
	return Spec{
		ID: "T", When: when, Needs: needs, Ages: ages(),
		Limits: []Limit{{"x", "180", "mm[Hg]"}, {"y", "50", "/min"}},
	}
}

func compile(t testing.TB, when string, needs ...string) Rule {
	t.Helper()
	r, err := compiler(t).Compile(spec(when, needs...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// facts of "a=yes x=190 b@old=no": a value with @old is two days old.
func facts(t testing.TB, text string) Facts {
	t.Helper()
	values := map[string]Value{}
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		name, old := strings.CutSuffix(name, "@old")
		for _, in := range inputs() {
			if !strings.HasSuffix(in.Name, "."+name) {
				continue
			}
			v, err := in.Parse(value)
			if err != nil {
				t.Fatal(err)
			}
			if v.At = now; old {
				v.At = now.Add(-48 * time.Hour)
			}
			values[in.Name] = v
		}
	}
	return NewFacts(now, inputs(), values)
}

func say(o Outcome) string {
	out := string(o.Result)
	for _, m := range o.Missing {
		out += fmt.Sprintf(" %s (%s)", m.Input.Name, m.Why)
	}
	return out
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct{ when, needs, facts, want string }{
		{"history.a", "", "a=yes", "finding"},
		{"history.a", "", "a=no", "clear"},
		{"history.a", "", "", "could_not_check history.a (missing)"},
		{"history.a", "", "a@old=yes", "could_not_check history.a (too old)"},
		{"history.a", "", "a@old=no", "could_not_check history.a (too old)"},
		// A true branch absorbs what is not known; a false one does in an and.
		{"history.a || history.b", "", "b=yes", "finding"},
		{"history.a && history.b", "", "b=no", "clear"},
		{"history.a || history.b", "", "b=no", "could_not_check history.a (missing)"},
		{"history.a && history.b", "", "b=yes", "could_not_check history.a (missing)"},
		{"!history.a", "", "a=no", "finding"},
		{"!history.a", "", "", "could_not_check history.a (missing)"},
		// What is missing but decides nothing is not named.
		{"history.a && (history.b || history.c)", "", "b=yes", "could_not_check history.a (missing)"},
		{"history.a || history.b && history.c", "", "a=no c=no", "clear"},
		{"signs.x > limit.x || signs.y < limit.y", "", "x=180 y=50", "clear"},
		{"signs.x > limit.x || signs.y < limit.y", "", "x=181", "finding"},
		{"signs.x > limit.x || signs.y < limit.y", "", "x@old=181 y=50", "could_not_check signs.x (too old)"},
		{`history.k == "B"`, "", "k=A", "clear"},
		{`history.k == "B"`, "", "k=B", "finding"},
		// Of a lasting condition a yes does not grow old; a no does.
		{"history.l", "", "l@old=yes", "finding"},
		{"history.l", "", "l@old=no", "could_not_check history.l (too old)"},
		// Who must have something.
		{"history.a", "signs.x", "a=yes", "finding signs.x (missing)"},
		{"history.a", "signs.x", "a=yes x@old=120", "finding signs.x (too old)"},
		{"history.a", "signs.x", "a=yes x=120", "clear"},
		{"history.a", "signs.x", "a=no", "clear"},
		{"history.a", "signs.x", "x=120", "clear"},
		{"history.a", "signs.x", "", "could_not_check history.a (missing) signs.x (missing)"},
	}
	for _, tt := range tests {
		var needs []string
		if tt.needs != "" {
			needs = []string{tt.needs}
		}
		if got := say(compile(t, tt.when, needs...).Check(facts(t, tt.facts))); got != tt.want {
			t.Errorf("%s, needs %q, over %q: %s, want %s", tt.when, tt.needs, tt.facts, got, tt.want)
		}
	}
}

// A value is too old from the first instant after its age, not at it.
func TestCheck_AgeAtItsEdge(t *testing.T) {
	t.Parallel()
	r := compile(t, "history.a")
	for age, want := range map[time.Duration]Result{24 * time.Hour: Finding, 24*time.Hour + 1: CouldNotCheck} {
		v := Value{State: Known, Yes: true, Text: "yes", At: now.Add(-age)}
		if got := r.Check(NewFacts(now, inputs(), map[string]Value{"history.a": v})); got.Result != want {
			t.Errorf("%v old: %s, want %s", age, got.Result, want)
		}
	}
}

func TestCompile_Refuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ when, want string }{
		{"history.z", "undeclared reference"},
		{"signs.x > 180.0", "give a number a name"},
		{"signs.x > limit.z", "undeclared reference"},
		{"signs.x > limit.y", "mm[Hg] is compared with /min"},
		{"signs.x", "not a question of yes or no"},
		{"history.a == history.b", "yes and no are not compared"},
		{"signs.x + signs.x > limit.x", "has no place in an expression"},
		{"history.a ? history.b : history.c", "has no place in an expression"},
		{`history.k == "C"`, `is never "C"`},
		{`history.k.startsWith("A")`, "has no place in an expression"},
		{`["A"].exists(x, x == history.k)`, ""},
		{"limit.x < signs.x", "stands on the left"},
		{"history.a ||", "Syntax error"},
		{"true", "true stands in the expression"},
		{strings.Repeat("history.a || ", 200) + "history.a", "bytes"},
		{strings.Repeat("(", 1000) + "history.a" + strings.Repeat(")", 900), ""},
	}
	c := compiler(t)
	for _, tt := range tests {
		_, err := c.Compile(spec(tt.when))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60s: %v, want %q", tt.when, err, tt.want)
		}
	}
	s := spec("history.a", "signs.q")
	if _, err := c.Compile(s); err == nil || !strings.Contains(err.Error(), `input "signs.q" is not known`) {
		t.Errorf("need of what nobody knows: %v", err)
	}
	s = spec("history.a")
	s.Ages = nil
	if _, err := c.Compile(s); err == nil || !strings.Contains(err.Error(), "no greatest age") {
		t.Errorf("input without an age: %v", err)
	}
}

// expression draws a rule's expression of some depth.
func expression(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{
			"history.a", "history.b", "history.c", "history.l", "signs.x > limit.x", "signs.x <= limit.x", "signs.y < limit.y",
			`history.k == "A"`, `history.k != "B"`,
		}).Draw(t, "leaf")
	}
	switch rapid.IntRange(0, 2).Draw(t, "node") {
	case 0:
		return "!(" + expression(t, depth-1) + ")"
	case 1:
		return "(" + expression(t, depth-1) + ") && (" + expression(t, depth-1) + ")"
	}
	return "(" + expression(t, depth-1) + ") || (" + expression(t, depth-1) + ")"
}

// drawFacts draws what is known: each input may be missing, unknown or old.
func drawFacts(t *rapid.T) map[string]Value {
	values := map[string]Value{}
	for _, in := range inputs() {
		state := rapid.SampledFrom([]State{Known, Known, Known, NotAsked, NotKnown, Contradictory, ""}).Draw(t, in.Name+" state")
		if state == "" {
			continue
		}
		text := "no"
		switch in.Type {
		case Answer:
			text = rapid.SampledFrom([]string{"yes", "no"}).Draw(t, in.Name)
		case Choice:
			text = rapid.SampledFrom(in.Choices).Draw(t, in.Name)
		case Number:
			text = rapid.SampledFrom([]string{"49", "50", "180", "181"}).Draw(t, in.Name)
		}
		v, err := in.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		v.State = state
		v.At = now.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, in.Name+" age")) * time.Hour)
		values[in.Name] = v
	}
	return values
}

func drawRule(t *rapid.T, c *Compiler) Rule {
	var needs []string
	if rapid.Bool().Draw(t, "needs") {
		needs = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"signs.x", "signs.y", "history.a"}), 1, 3, rapid.ID).Draw(t, "which")
	}
	r, err := c.Compile(spec(expression(t, rapid.IntRange(0, 4).Draw(t, "depth")), needs...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Knowing less never makes a patient safer: take away any input, and what was a
// finding or could not be checked is not clear.
func TestCheck_LessIsNeverClearer(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, c)
		f := NewFacts(now, inputs(), drawFacts(t))
		before := r.Check(f)
		for _, in := range inputs() {
			after := r.Check(f.Without(in.Name))
			if before.Result != Clear && after.Result == Clear {
				t.Fatalf("without %s: %s became clear", in.Name, before.Result)
			}
			named := slices.ContainsFunc(before.Used, func(u Used) bool { return u.Input.Name == in.Name })
			if !named && after.Result != before.Result {
				t.Fatalf("without %s, which was not used: %s became %s", in.Name, before.Result, after.Result)
			}
		}
		if (before.Result == CouldNotCheck) && len(before.Missing) == 0 {
			t.Fatal("could not check, and nothing is named")
		}
	})
}

// What a could not check names is enough: give any value to each of these, and
// the rule decides.
func TestCheck_WhatIsMissingIsEnough(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, c)
		values := drawFacts(t)
		before := r.Check(NewFacts(now, inputs(), values))
		for _, m := range before.Missing {
			text := map[Type]string{Answer: "no", Number: "50", Choice: "A"}[m.Input.Type]
			v, err := m.Input.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			v.At = now
			values[m.Input.Name] = v
		}
		if got := r.Check(NewFacts(now, inputs(), values)); got.Result == CouldNotCheck {
			t.Fatalf("all that was named is there, and it could not check: %s", say(got))
		}
	})
}

// The same facts give the same answer, however often and in whatever order
// they were gathered.
func TestCheck_SameAnswerEveryTime(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, c)
		values := drawFacts(t)
		in := rapid.Permutation(inputs()).Draw(t, "order")
		a, b := r.Check(NewFacts(now, inputs(), values)), r.Check(NewFacts(now, in, values))
		if say(a) != say(b) || len(a.Used) != len(b.Used) {
			t.Fatalf("%s, and then %s", say(a), say(b))
		}
	})
}

func BenchmarkCheck_ThousandRules(b *testing.B) {
	c := compiler(b)
	var rules []Rule
	for i := range 1000 {
		when := fmt.Sprintf(`signs.x > limit.x || history.a && signs.y < limit.y || history.b || history.k == "%c"`, 'A'+i%2)
		r, err := c.Compile(spec(when))
		if err != nil {
			b.Fatal(err)
		}
		rules = append(rules, r)
	}
	for name, text := range map[string]string{"known": "x=120 y=70 a=no b=no k=A", "missing": "a=yes"} {
		f := facts(b, text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range rules {
					r.Check(f)
				}
			}
		})
	}
}
