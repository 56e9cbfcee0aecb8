// Package cite holds evidence marks, sources and the citation that every
// clinical rule, limit and parameter of Stillwatch points to.
package cite

import "fmt"

// Mark says how a statement is known.
type Mark string

const (
	// Verified was read at the source named.
	Verified Mark = "verified"
	// Secondary was read only in a secondary page or abstract.
	Secondary Mark = "secondary"
	// Unverified is a recollection of the source named, to be checked there.
	Unverified Mark = "unverified"
	// Default is ours: a clinic's director sets and signs it.
	Default Mark = "default"
)

// Valid reports whether m is one of the four marks.
func (m Mark) Valid() bool {
	switch m {
	case Verified, Secondary, Unverified, Default:
		return true
	}
	return false
}

// Kind says what a source is.
type Kind string

// The kinds of source, from strongest to weakest.
const (
	Guideline     Kind = "guideline"
	Label         Kind = "label"
	Trial         Kind = "trial"
	LocalProtocol Kind = "local protocol"
	Review        Kind = "review"
	Case          Kind = "case"
	Summary       Kind = "machine summary"
	Ours          Kind = "ours"
)

// Valid reports whether k is a known kind of source.
func (k Kind) Valid() bool {
	switch k {
	case Guideline, Label, Trial, LocalProtocol, Review, Case, Summary, Ours:
		return true
	}
	return false
}

// Source is a document that a statement was taken from.
type Source struct {
	ID   string `json:"id" yaml:"id"`
	Kind Kind   `json:"kind" yaml:"kind"`
	Text string `json:"text" yaml:"text"`
}

// Ref points one part of a rule (its trigger, threshold, action or interval)
// at a source, with the mark of that part.
type Ref struct {
	Part   string `json:"part" yaml:"part"`
	Source string `json:"source" yaml:"source"`
	Mark   Mark   `json:"mark" yaml:"mark"`
}

// Wording is the honest opening of a sentence that cites s with mark m.
// Only verified parts of a guideline may say "guideline X says"; nothing
// weaker than secondary may be worded as what a source says.
func Wording(s Source, m Mark) string {
	switch {
	case m == Verified && s.Kind == Guideline:
		return fmt.Sprintf("Guideline %s says", s.ID)
	case m == Verified && s.Kind != Summary && s.Kind != Ours:
		return fmt.Sprintf("%s (%s) says", s.ID, s.Kind)
	case m == Secondary && s.Kind != Summary && s.Kind != Ours:
		return fmt.Sprintf("As reported by %s", s.ID)
	}
	return "Clinic setting"
}
