package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// The shapes of the files that state what is known.
const (
	evidenceSchema   = "stillwatch/evidence-library/1"
	effectSchema     = "stillwatch/effect-library/1"
	claimSchema      = "stillwatch/claim-library/1"
	instrumentSchema = "stillwatch/instrument-library/1"
)

// Head is what every row of these files begins with.
type Head struct {
	ID        string `yaml:"id"`
	Version   int    `yaml:"version"`
	Effective string `yaml:"effective"`
	// Reviewer and ReviewedOn are empty until somebody has signed the row.
	Reviewer   string `yaml:"reviewer"`
	ReviewedOn string `yaml:"reviewed_on"`
}

// Statement is one sentence with where it comes from and how well it is known.
type Statement struct {
	Part   string    `yaml:"part"`
	Text   string    `yaml:"text"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// Evidence is what is known of ketamine for one condition: the grade of the
// 2018 consensus, the doses and durations it cites, and what came since.
type Evidence struct {
	Head `yaml:",inline"`
	// Indication is the choice of a plan that the record is about.
	Indication string      `yaml:"indication"`
	Text       string      `yaml:"text"`
	Statements []Statement `yaml:"statements"`
}

// Effect is a side effect that staff chart: its CTCAE term, where there is one,
// and the default response.
type Effect struct {
	Head     `yaml:",inline"`
	Text     string    `yaml:"text"`
	Term     string    `yaml:"term"`
	TermMark cite.Mark `yaml:"term_mark"`
	Response Statement `yaml:"response"`
	// Incidence is how often it was seen, each in its own population.
	Incidence []Statement `yaml:"incidence"`
}

// Claim is a common promotional claim against the evidence.
type Claim struct {
	Head    `yaml:",inline"`
	Text    string      `yaml:"text"`
	Verdict string      `yaml:"verdict"`
	Why     []Statement `yaml:"why"`
}

// Instrument is a scored instrument and what may be shipped of it.
type Instrument struct {
	Head      `yaml:",inline"`
	Text      string `yaml:"text"`
	Completed string `yaml:"completed"`
	Scoring   string `yaml:"scoring"`
	// Permission is A (free to reproduce), B (its author's, free for clinical
	// use on terms), C (licensed or for a fee) or D (our own words).
	Permission string `yaml:"permission"`
	// Items is embedded where the text of the items may be shipped, else score:
	// the score is entered and no item is shown.
	Items   string `yaml:"items"`
	Licence string `yaml:"licence"`
	// LOINC are codes of codes.yaml.
	LOINC  []string  `yaml:"loinc"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

// knowledgeFile is a file of rows of one kind.
type knowledgeFile[R any] struct {
	Schema  string        `yaml:"schema"`
	Version int           `yaml:"version"`
	Status  string        `yaml:"status"`
	Sources []cite.Source `yaml:"sources"`
	General []Statement   `yaml:"general"`
	Rows    []R           `yaml:"rows"`
}

// Knowledge is what one such file holds: general statements and rows.
type Knowledge[R any] struct {
	General []Statement
	Rows    []R
	sources map[string]cite.Source
}

// Wording opens a sentence that cites a source of the file, no stronger than the
// mark.
func (k Knowledge[R]) Wording(source string, mark cite.Mark) string {
	return cite.Wording(k.sources[source], mark)
}

// Source returns a source that the file cites.
func (k Knowledge[R]) Source(id string) (cite.Source, bool) {
	s, ok := k.sources[id]
	return s, ok
}

// knowledgeChecker checks one file; seen are the ids so far.
type knowledgeChecker struct {
	checker
	seen map[string]bool
}

// decodeKnowledge reads a file and checks each of its rows.
func decodeKnowledge[R any](b []byte, what, schema string, check func(c *knowledgeChecker, at int, r R)) (Knowledge[R], error) {
	f, root, err := parse[knowledgeFile[R]](b)
	if err != nil {
		return Knowledge[R]{}, fmt.Errorf("read %s: %w", what, err)
	}
	c := knowledgeChecker{checker{root: root, sources: map[string]cite.Source{}}, map[string]bool{}}
	c.head(f.Schema, schema, f.Version, f.Status, f.Sources)
	for i, s := range f.General {
		c.statement(line(root, "general", i), "general", s)
	}
	for i, r := range f.Rows {
		check(&c, line(root, "rows", i), r)
	}
	if len(c.faults) > 0 {
		return Knowledge[R]{}, fmt.Errorf("check %s: %w", what, errors.Join(c.faults...))
	}
	return Knowledge[R]{General: f.General, Rows: f.Rows, sources: c.sources}, nil
}

func (c *knowledgeChecker) start(at int, h Head, text string) {
	switch {
	case h.ID == "" || strings.TrimSpace(text) == "":
		c.fault(at, "a row has an id and a text")
	case c.seen[h.ID]:
		c.fault(at, "row %q was given before", h.ID)
	case h.Version < 1:
		c.fault(at, "row %q has no version above zero", h.ID)
	}
	c.reviewed(at, h.ID, h.Reviewer, h.ReviewedOn)
	if _, err := time.Parse(time.DateOnly, h.Effective); err != nil {
		c.fault(at, "row %q: effective %q is not a date (YYYY-MM-DD)", h.ID, h.Effective)
	}
	c.seen[h.ID] = true
}

// statement checks where a sentence comes from, and that it claims no more.
func (c *knowledgeChecker) statement(at int, what string, s Statement) {
	if strings.TrimSpace(s.Text) == "" {
		c.fault(at, "%s: a statement has a text", what)
	}
	ref := cite.Ref{Part: s.Part, Source: s.Source, Mark: s.Mark}
	c.ref(at, what, ref)
	if err := claims(fileRule{Text: s.Text, Cites: []cite.Ref{ref}}, c.sources); err != nil {
		c.fault(at, "%s: %v", what, err)
	}
}

// DecodeEvidence reads the evidence by condition: one record for each
// indication that a plan may have, with its grade.
func DecodeEvidence(b []byte) (Knowledge[Evidence], error) {
	indications := choices("plan.indication")
	has := map[string]bool{}
	out, err := decodeKnowledge(b, "evidence", evidenceSchema, func(c *knowledgeChecker, at int, r Evidence) {
		c.start(at, r.Head, r.Text)
		if !slices.Contains(indications, r.Indication) || has[r.Indication] {
			c.fault(at, "row %q: indication %q is not one of the choices of a plan, once each", r.ID, r.Indication)
		}
		has[r.Indication] = true
		graded := false
		for _, s := range r.Statements {
			if !slices.Contains([]string{"grade", "dose", "duration", "newer"}, s.Part) {
				c.fault(at, "row %q: %q is not grade, dose, duration or newer", r.ID, s.Part)
			}
			graded = graded || s.Part == "grade"
			c.statement(at, "row "+r.ID, s)
		}
		if !graded {
			c.fault(at, "row %q has no grade", r.ID)
		}
	})
	for _, i := range indications {
		if err == nil && !has[i] {
			err = fmt.Errorf("check evidence: no record of %q, which a plan may name", i)
		}
	}
	return out, err
}

func choices(name string) []string {
	for _, in := range rule.Inputs(nil) {
		if in.Name == name {
			return in.Choices
		}
	}
	return nil
}

// DecodeEffects reads the vocabulary of side effects.
func DecodeEffects(b []byte) (Knowledge[Effect], error) {
	return decodeKnowledge(b, "side effects", effectSchema, func(c *knowledgeChecker, at int, r Effect) {
		c.start(at, r.Head, r.Text)
		if !name(r.ID) {
			c.fault(at, "%q is not a code of lower-case letters, digits and underscores", r.ID)
		}
		if r.Term != "" && !r.TermMark.Valid() {
			c.fault(at, "row %q: term_mark %q is not a mark", r.ID, r.TermMark)
		}
		c.statement(at, "row "+r.ID+", response", r.Response)
		for _, s := range r.Incidence {
			c.statement(at, "row "+r.ID+", incidence", s)
		}
	})
}

// DecodeClaims reads the claims and what the evidence says against them.
func DecodeClaims(b []byte) (Knowledge[Claim], error) {
	return decodeKnowledge(b, "claims", claimSchema, func(c *knowledgeChecker, at int, r Claim) {
		c.start(at, r.Head, r.Text)
		if !slices.Contains([]string{"false", "wrong", "unsupported", "unproven", "overstated", "understated", "incomplete", "acceptable", "plausible"}, r.Verdict) {
			c.fault(at, "row %q: verdict %q is not known", r.ID, r.Verdict)
		}
		if len(r.Why) == 0 {
			c.fault(at, "row %q does not say why", r.ID)
		}
		for _, s := range r.Why {
			c.statement(at, "row "+r.ID, s)
		}
	})
}

// DecodeInstruments reads the instruments. The text of items is shipped only
// where it is free or our own.
func DecodeInstruments(b []byte, codes Codes) (Knowledge[Instrument], error) {
	return decodeKnowledge(b, "instruments", instrumentSchema, func(c *knowledgeChecker, at int, r Instrument) {
		c.start(at, r.Head, r.Text)
		free := r.Permission == "A" || r.Permission == "D"
		switch {
		case !slices.Contains([]string{"A", "B", "C", "D"}, r.Permission):
			c.fault(at, "row %q: permission %q is not A, B, C or D", r.ID, r.Permission)
		case r.Items != "embedded" && r.Items != "score":
			c.fault(at, "row %q: items are embedded or score", r.ID)
		case r.Items == "embedded" && !free:
			c.fault(at, "row %q: the text of items of class %s may not be shipped", r.ID, r.Permission)
		case !free && strings.TrimSpace(r.Licence) == "":
			c.fault(at, "row %q: name whose licence its items need", r.ID)
		}
		for _, code := range r.LOINC {
			if !codes.Has("loinc", code) {
				c.fault(at, "row %q: loinc %s is not in the table of codes", r.ID, code)
			}
		}
		c.ref(at, "row "+r.ID, cite.Ref{Source: r.Source, Mark: r.Mark})
	})
}
