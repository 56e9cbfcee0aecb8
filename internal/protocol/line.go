package protocol

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Result is what became of one limit.
type Result string

// The results.
const (
	// Inside the protocol: nothing is asked.
	Inside Result = "inside"
	// Reasoned is beyond a soft limit, or changed as the protocol's list allows, with
	// a reason given.
	Reasoned Result = "reasoned"
	// NeedsReason is the same, without one.
	NeedsReason Result = "needs a reason"
	// Excepted is beyond the protocol, as a director let it for this patient.
	Excepted Result = "by exception"
	// Refused cannot be ordered.
	Refused Result = "refused"
)

// Line is one limit: what was asked, what is allowed, which row binds, and on what
// that row rests.
type Line struct {
	What    string // "rate"
	Asked   string
	Allowed string
	Result  Result
	Rule    string // the row that binds
	Text    word.Message
	Source  string // no stronger than its marks
}

// Stops reports whether the order cannot be signed with it.
func (l Line) Stops() bool { return l.Result == Refused || l.Result == NeedsReason }

// Stopping are the lines with which the order cannot be signed.
func Stopping(lines []Line) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !l.Stops() })
}

// Overridden are the soft limits that were gone beyond with a reason, each once.
func Overridden(lines []Line) []string {
	var out []string
	for _, l := range lines {
		if l.Result == Reasoned && !slices.Contains(out, l.Rule) {
			out = append(out, l.Rule)
		}
	}
	slices.Sort(out)
	return out
}

// checker gathers lines.
type checker struct {
	rules    library.Session
	reasoned []string
	lines    []Line
}

func (c *checker) add(l Line) { c.lines = append(c.lines, l) }

func (c *checker) refuse(what, rule, asked, allowed string, text word.Message) {
	c.add(Line{What: what, Asked: asked, Allowed: allowed, Result: Refused, Rule: rule, Text: text, Source: c.cited(rule)})
}

// ask wants a reason for a soft limit.
func (c *checker) ask(what, rule, asked, allowed string, text word.Message) {
	c.add(Line{What: what, Asked: asked, Allowed: allowed, Result: c.reason(rule), Rule: rule, Text: text, Source: c.cited(rule)})
}

func (c *checker) reason(rule string) Result {
	if slices.Contains(c.reasoned, rule) {
		return Reasoned
	}
	return NeedsReason
}

// cited says what a row of the session's library rests on.
func (c *checker) cited(id string) string {
	r, ok := c.rules.Rule(id)
	if !ok {
		return id
	}
	var says []string
	for _, ref := range r.Cites {
		if w := c.rules.Wording(ref); !slices.Contains(says, w) {
			says = append(says, w)
		}
	}
	return "rule " + id + " " + strconv.Itoa(r.Version) + ": " + strings.Join(says, "; ")
}
