// Package library decodes and checks the shipped knowledge: bytes in, values
// out. Every value it returns carries its source and evidence mark.
package library

import "github.com/stillwatch/stillwatch/internal/cite"

// Session holds the thresholds behind the session's gates. It is decoded
// from library/session.yaml; the rule engine replaces its reader later, not
// its shape.
type Session struct {
	Version int
	Rules   map[string]Rule
	Sources map[string]cite.Source
}

// Rule is one row: an id, its text, its numbers and what each part rests on.
type Rule struct {
	ID      string
	Version int
	Text    string
	Hard    bool
	// Numbers by name, with the unit in the name's own row of the file.
	Numbers map[string]Number
	Cites   []cite.Ref
	// MayOverride lists the roles that may accept a soft finding.
	MayOverride []string
}

// Number is one threshold. Value is exact decimal text.
type Number struct {
	Value string
	Unit  string
	Mark  cite.Mark
}
