package library

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/drug"
)

const protocolSchema = "stillwatch/protocol-library/1"

// Protocol is what an order may come from. Inside its ranges an order asks nothing;
// the limits of the session's library are the outer bound.
type Protocol struct {
	Head `yaml:",inline"`
	Text string `yaml:"text"`
	// Indications are choices of a plan.
	Indications []string `yaml:"indications"`
	Drug        string   `yaml:"drug"`
	// SecondReview asks for a second person's signature under each order.
	SecondReview bool        `yaml:"second_review"`
	Evidence     []Statement `yaml:"evidence"`
	Numbers      []Span      `yaml:"numbers"`
	// Concentrations are those of the bag; one is usual.
	Concentrations []Strength `yaml:"concentrations"`
	// Weight says on which weight to dose.
	Weight []Statement `yaml:"weight"`
	// Choices are what the sources do not agree on.
	Choices []Choice `yaml:"choices"`
	// Adjuncts are the drugs that an order may hold ready.
	Adjuncts []AdjunctRow `yaml:"adjuncts"`
	// Modifications are what an order may change of what is usual.
	Modifications []Modification `yaml:"modifications"`
}

// Span is a number that an order chooses inside a range.
type Span struct {
	Name   string    `yaml:"name"`
	Least  string    `yaml:"least"`
	Usual  string    `yaml:"usual"`
	Most   string    `yaml:"most"`
	Unit   string    `yaml:"unit"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
	// Clinic bounds what the clinic may set in their place; none for what is not its
	// to set.
	Clinic []string `yaml:"clinic"`
}

// Strength is one concentration of the bag.
type Strength struct {
	Value  string    `yaml:"value"`
	Unit   string    `yaml:"unit"`
	Usual  bool      `yaml:"usual"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// Choice is something on which sources disagree: all of them are shown.
type Choice struct {
	Name    string         `yaml:"name"`
	Text    string         `yaml:"text"`
	Unit    string         `yaml:"unit"`
	Options []ChoiceOption `yaml:"options"`
	Usual   string         `yaml:"usual"`
}

// ChoiceOption is what one source says.
type ChoiceOption struct {
	Value  string    `yaml:"value"`
	Text   string    `yaml:"text"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// AdjunctRow is a drug that an order may hold ready.
type AdjunctRow struct {
	Need     string    `yaml:"need"`
	Drug     string    `yaml:"drug"`
	Amount   string    `yaml:"amount"`
	Unit     string    `yaml:"unit"`
	Route    string    `yaml:"route"`
	Doses    int       `yaml:"doses"`
	Sedating bool      `yaml:"sedating"`
	Text     string    `yaml:"text"`
	Source   string    `yaml:"source"`
	Mark     cite.Mark `yaml:"mark"`
}

// Modification is one thing that an order may change of what is usual, towards an
// end of its range.
type Modification struct {
	ID      string `yaml:"id"`
	Text    string `yaml:"text"`
	Field   string `yaml:"field"`
	Towards string `yaml:"towards"`
	Reason  bool   `yaml:"reason"`
}

type protocolNumber struct {
	name, unit string
	bound      Key
	optional   bool // a protocol without it offers none; its range may begin at none
}

// protocolNumbers are the numbers that each protocol has, or may have, with their unit and what
// bounds them in the session's library; empty for none.
var protocolNumbers = []protocolNumber{
	{"rate", "mg/kg/h", Key{"LIM-RATE", "most", "mg/kg/h"}, false},
	{"mass_rate", "mg/h", Key{"LIM-MASS-RATE", "most", "mg/h"}, false},
	{"duration", "min", Key{"LIM-DURATION", "most", "h"}, false},
	{"dose", "mg/kg", Key{"LIM-TOTAL", "dose", "mg/kg"}, false},
	{"total", "mg", Key{"LIM-TOTAL", "mass", "mg"}, false},
	{"infusions", "1", Key{}, false},
	{"validity", "d", Key{}, false},
	{"cuff_first", "min", Key{}, false},
	{"cuff", "min", Key{}, false},
	{"observe", "min", Key{}, false},
	{"peak", "min", Key{}, false},
	{"recovery", "min", Key{}, false},
	{"presence", "min", Key{}, false},
	{"loading", "mg/kg", Key{"LIM-BOLUS", "most", "mg/kg"}, true},
	{"loading_minutes", "min", Key{}, true},
}

// protocolChoices are what each protocol has to say on which sources disagree.
var protocolChoices = []string{"observation", "driving"}

// DecodeProtocols reads the protocols and holds them against the limits of the
// session's library.
func DecodeProtocols(b []byte, session Session) (Knowledge[Protocol], error) {
	return decodeKnowledge(b, "protocols", protocolSchema, func(c *knowledgeChecker, at int, r Protocol) {
		c.start(at, r.Head, r.Text)
		what := "row " + r.ID
		indications := choices("plan.indication")
		if len(r.Indications) == 0 {
			c.fault(at, "%s names no indication", what)
		}
		for _, i := range r.Indications {
			if !slices.Contains(indications, i) {
				c.fault(at, "%s: indication %q is not one of the choices of a plan", what, i)
			}
		}
		if r.Drug != drug.Ketamine {
			c.fault(at, "%s: the drug is %q, not %s", what, r.Drug, drug.Ketamine)
		}
		if len(r.Evidence) == 0 || len(r.Weight) == 0 {
			c.fault(at, "%s says what its doses rest on, and on which weight to dose", what)
		}
		for _, s := range slices.Concat(r.Evidence, r.Weight) {
			c.statement(at, what, s)
		}
		c.spans(at, what, r, session)
		c.strengths(at, what, r)
		c.disagreements(at, what, r)
		c.adjuncts(at, what, r)
		c.modifications(at, what, r)
	})
}

// micro reads a number in millionths; ok is false where it is none above zero.
func micro(text string) (n int64, ok bool) {
	n, err := micros(fileNumber{Value: text})
	return n, err == nil && n > 0
}

func (c *knowledgeChecker) spans(at int, what string, r Protocol, session Session) {
	seen := map[string]bool{}
	for _, n := range r.Numbers {
		i := slices.IndexFunc(protocolNumbers, func(p protocolNumber) bool { return p.name == n.Name })
		if i < 0 || seen[n.Name] {
			c.fault(at, "%s: number %q is not one of a protocol, once each", what, n.Name)
			continue
		}
		seen[n.Name] = true
		known := protocolNumbers[i]
		c.ref(at, what+", "+n.Name, cite.Ref{Source: n.Source, Mark: n.Mark})
		c.bounded(at, what+", "+n.Name, n.Clinic, n.Mark, n.Least, n.Usual, n.Most)
		from := func(text string) (int64, bool) {
			if known.optional && text == "0" {
				return 0, true
			}
			return micro(text)
		}
		least, ok1 := from(n.Least)
		usual, ok2 := from(n.Usual)
		most, ok3 := from(n.Most)
		switch {
		case n.Unit != known.unit:
			c.fault(at, "%s: %s is in %q, not in %s", what, n.Name, n.Unit, known.unit)
		case !ok1 || !ok2 || !ok3:
			c.fault(at, "%s: %s has a least, a usual and a most, each a number above zero", what, n.Name)
		case least > usual || usual > most:
			c.fault(at, "%s: %s goes from %s over %s to %s: not in this order", what, n.Name, n.Least, n.Usual, n.Most)
		case known.bound != Key{} && session.Ready() && most > session.number(known.bound).micro*inUnit(known.bound.Unit, known.unit):
			c.fault(at, "%s: %s goes up to %s %s, beyond %s, the outer bound", what, n.Name, n.Most, n.Unit, known.bound.Rule)
		}
	}
	for _, p := range protocolNumbers {
		if !seen[p.name] && !p.optional {
			c.fault(at, "%s has no %s", what, p.name)
		}
	}
	if seen["loading"] != seen["loading_minutes"] {
		c.fault(at, "%s: a loading dose has its range, and the minutes over which it is given", what)
	}
}

// inUnit is how many of the second unit one of the first is.
func inUnit(of, in string) int64 {
	if of == "h" && in == "min" {
		return 60
	}
	return 1
}

func (c *knowledgeChecker) strengths(at int, what string, r Protocol) {
	usual := 0
	for _, s := range r.Concentrations {
		c.ref(at, what+", concentration", cite.Ref{Source: s.Source, Mark: s.Mark})
		if _, ok := micro(s.Value); !ok || s.Unit != "mg/mL" {
			c.fault(at, "%s: a concentration of %q %s is none in mg/mL", what, s.Value, s.Unit)
		}
		if s.Usual {
			usual++
		}
	}
	if usual != 1 {
		c.fault(at, "%s: one concentration is usual, not %d", what, usual)
	}
}

// disagreements checks that where sources disagree both sides are shown.
func (c *knowledgeChecker) disagreements(at int, what string, r Protocol) {
	seen := map[string]bool{}
	for _, ch := range r.Choices {
		if !slices.Contains(protocolChoices, ch.Name) || seen[ch.Name] {
			c.fault(at, "%s: choice %q is not one of a protocol, once each", what, ch.Name)
		}
		seen[ch.Name] = true
		if strings.TrimSpace(ch.Text) == "" || strings.TrimSpace(ch.Unit) == "" {
			c.fault(at, "%s: choice %s says what is chosen, and its unit", what, ch.Name)
		}
		if len(ch.Options) < 2 {
			c.fault(at, "%s: choice %s shows what each source says", what, ch.Name)
		}
		for _, o := range ch.Options {
			c.statement(at, what+", "+ch.Name, Statement{Part: "interval", Text: o.Text, Source: o.Source, Mark: o.Mark})
			if o.Value == "" {
				c.fault(at, "%s: an option of %s has no value", what, ch.Name)
			}
		}
		if !slices.ContainsFunc(ch.Options, func(o ChoiceOption) bool { return o.Value == ch.Usual }) {
			c.fault(at, "%s: what is usual of %s is none of its options", what, ch.Name)
		}
	}
	for _, name := range protocolChoices {
		if !seen[name] {
			c.fault(at, "%s does not say what sources say of %s", what, name)
		}
	}
}

func (c *knowledgeChecker) adjuncts(at int, what string, r Protocol) {
	for _, a := range r.Adjuncts {
		c.statement(at, what+", "+a.Need, Statement{Part: "action", Text: a.Text, Source: a.Source, Mark: a.Mark})
		if _, ok := micro(a.Amount); !ok || !name(a.Need) || !name(a.Drug) || a.Unit != "mg" || a.Route == "" || a.Doses < 1 {
			c.fault(at, "%s: for %s it names a drug, an amount in mg, a route and how many doses", what, a.Need)
		}
	}
}

func (c *knowledgeChecker) modifications(at int, what string, r Protocol) {
	seen := map[string]bool{}
	for _, m := range r.Modifications {
		switch {
		case !name(m.ID) || seen[m.ID] || strings.TrimSpace(m.Text) == "":
			c.fault(at, "%s: modification %q has an id of its own and a text", what, m.ID)
		case !slices.ContainsFunc(r.Numbers, func(n Span) bool { return n.Name == m.Field }):
			c.fault(at, "%s: modification %s changes %q, which is no number of the protocol", what, m.ID, m.Field)
		case m.Towards != "least" && m.Towards != "most":
			c.fault(at, "%s: modification %s goes towards least or most", what, m.ID)
		}
		seen[m.ID] = true
	}
}

// Span returns a number of the protocol by its name.
func (p Protocol) Span(name string) (Span, bool) {
	i := slices.IndexFunc(p.Numbers, func(n Span) bool { return n.Name == name })
	if i < 0 {
		return Span{}, false
	}
	return p.Numbers[i], true
}
