package library

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/rule"
)

const intakeSchema = "stillwatch/intake-library/1"

// mostAsked bounds one question, in bytes: it is read on a phone.
const mostAsked = 160

// Asked is a question that patients answer themselves, with the input of the rules
// that their answer is about.
type Asked struct {
	Head   `yaml:",inline"`
	Group  string    `yaml:"group"`
	Input  string    `yaml:"input"`
	Text   string    `yaml:"text"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// Intake is all that patients are asked, in the order of the file.
type Intake = Knowledge[Asked]

// DecodeIntake reads and checks what patients are asked. Each question is about one
// input that a patient can answer with yes or no: what is measured, judged or found
// in a letter is not asked.
func DecodeIntake(b []byte) (Intake, error) {
	inputs := map[string]rule.Input{}
	for _, in := range rule.Inputs(nil) {
		inputs[in.Name] = in
	}
	asked := map[string]bool{}
	return decodeKnowledge(b, "intake", intakeSchema, func(c *knowledgeChecker, at int, r Asked) {
		c.start(at, r.Head, r.Text)
		in, ok := inputs[r.Input]
		switch {
		case !ok || in.Derived:
			c.fault(at, "row %q asks for %q, which no rule knows", r.ID, r.Input)
		case in.Type != rule.Answer || (in.Group != rule.History && in.Group != rule.Bladder && in.Group != rule.Pregnancy):
			c.fault(at, "row %q: patients are not asked %q", r.ID, r.Input)
		case asked[r.Input]:
			c.fault(at, "row %q: %q is asked twice", r.ID, r.Input)
		}
		asked[r.Input] = true
		if r.Group == "" {
			c.fault(at, "row %q stands under no heading", r.ID)
		}
		if !strings.HasSuffix(r.Text, "?") || strings.Count(r.Text, "?") != 1 || len(r.Text) > mostAsked {
			c.fault(at, "row %q is not one question of at most %d letters", r.ID, mostAsked)
		}
		c.statement(at, "row "+r.ID, Statement{Part: "question", Text: r.Text, Source: r.Source, Mark: r.Mark})
	})
}
