package library

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
)

const consentSchema = "stillwatch/consent-library/1"

// consentValid is the row that says how long a signature holds.
const consentValid = "CONSENT-VALID"

// ConsentPart is one part of the consent document: a heading and what stands below
// it.
type ConsentPart struct {
	Head `yaml:",inline"`
	Text string `yaml:"text"`
	// Months and Infusions bound what a signature covers; in one part only.
	Months     int         `yaml:"months"`
	Infusions  int         `yaml:"infusions"`
	Statements []Statement `yaml:"statements"`
}

// Consent is the document that patients sign.
type Consent struct {
	parts   []ConsentPart
	sources map[string]cite.Source
	valid   ConsentPart
}

// DecodeConsent reads and checks the document. It has one part that says how long a
// signature holds, and every sentence says where it comes from.
func DecodeConsent(b []byte) (Consent, error) {
	var out Consent
	k, err := decodeKnowledge(b, "consent", consentSchema, func(c *knowledgeChecker, at int, r ConsentPart) {
		c.start(at, r.Head, r.Text)
		if len(r.Statements) == 0 {
			c.fault(at, "row %q says nothing", r.ID)
		}
		for _, s := range r.Statements {
			if s.Part != "text" {
				c.fault(at, "row %q: %q is not text", r.ID, s.Part)
			}
			c.statement(at, "row "+r.ID, s)
		}
		switch valid := r.ID == consentValid; {
		case valid && (r.Months < 1 || r.Months > 36 || r.Infusions < 1 || r.Infusions > 60):
			c.fault(at, "row %q: a signature holds 1 to 36 months and 1 to 60 infusions", r.ID)
		case !valid && (r.Months != 0 || r.Infusions != 0):
			c.fault(at, "row %q: how long a signature holds stands in %s", r.ID, consentValid)
		case valid:
			out.valid = r
		}
	})
	if err != nil {
		return Consent{}, err
	}
	if out.valid.ID == "" {
		return Consent{}, fmt.Errorf("check consent: no row %s says how long a signature holds", consentValid)
	}
	out.parts, out.sources = k.Rows, k.sources
	return out, nil
}

// Ready reports whether there is a document at all.
func (c Consent) Ready() bool { return len(c.parts) > 0 }

// Parts are the parts in the order they are read.
func (c Consent) Parts() []ConsentPart { return slices.Clone(c.parts) }

// Source is a source that a sentence names.
func (c Consent) Source(id string) cite.Source { return c.sources[id] }

// Months and Infusions are the most that a signature covers.
func (c Consent) Months() int { return c.valid.Months }

// Infusions is the most infusions that a signature covers.
func (c Consent) Infusions() int { return c.valid.Infusions }

// Text is the document as plain text: each heading after "# ", each sentence on a
// line of its own. This is what is signed.
func (c Consent) Text() string {
	var b strings.Builder
	for _, p := range c.parts {
		_, _ = b.WriteString("# " + p.Text + "\n")
		for _, s := range p.Statements {
			_, _ = b.WriteString(s.Text + "\n")
		}
	}
	return b.String()
}

// Hash is the SHA-256 of the text, in hex. Where a sentence comes from is not part
// of it; what it says is.
func (c Consent) Hash() string {
	sum := sha256.Sum256([]byte(c.Text()))
	return hex.EncodeToString(sum[:])
}
