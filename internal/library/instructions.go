package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
)

const instructionsSchema = "stillwatch/instructions-library/1"

// When says when an instruction is to be followed.
type When string

// The times.
const (
	Before    When = "before"
	OnTheDay  When = "day"
	After     When = "after"
	Emergency When = "emergency" // call the emergency number
	CallUs    When = "call"      // call the clinic the same day
)

// Whens lists them, in the order that they are read.
func Whens() []When { return []When{Before, OnTheDay, After, Emergency, CallUs} }

// Instruction is one thing that a patient does, with where it comes from; Others are
// what other sources say of it.
type Instruction struct {
	Head    `yaml:",inline"`
	When    When `yaml:"when"`
	Confirm bool `yaml:"confirm"`
	// Hours before the visit from which it holds; 0 where it has none.
	Hours  int       `yaml:"hours"`
	Text   string    `yaml:"text"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
	Others []Told    `yaml:"others"`
}

// Deadline is by when a patient confirms, in hours before the visit.
type Deadline struct {
	Hours  int       `yaml:"hours"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// Instructions are what patients do for an infusion.
type Instructions struct {
	Rows    []Instruction
	Confirm Deadline
	sources map[string]cite.Source
}

type instructionsFile struct {
	Schema  string        `yaml:"schema"`
	Version int           `yaml:"version"`
	Status  string        `yaml:"status"`
	Sources []cite.Source `yaml:"sources"`
	Confirm Deadline      `yaml:"confirm"`
	Rows    []Instruction `yaml:"rows"`
}

// DecodeInstructions reads and checks them. What is confirmed is done before the visit;
// food, drink, the way home and driving are among it.
func DecodeInstructions(b []byte) (Instructions, error) {
	f, root, err := parse[instructionsFile](b)
	if err != nil {
		return Instructions{}, fmt.Errorf("read instructions: %w", err)
	}
	c := knowledgeChecker{checker{root: root, sources: map[string]cite.Source{}}, map[string]bool{}}
	c.head(f.Schema, instructionsSchema, f.Version, f.Status, f.Sources)
	if f.Confirm.Hours < 1 || f.Confirm.Hours > 7*24 {
		c.fault(line(root, "confirm", 0), "confirm: a patient confirms 1 to 168 hours before the visit")
	}
	c.ref(line(root, "confirm", 0), "confirm", cite.Ref{Part: "confirm", Source: f.Confirm.Source, Mark: f.Confirm.Mark})
	has := map[When]bool{}
	var all []string
	for i, r := range f.Rows {
		at, what := line(root, "rows", i), "row "+r.ID
		c.start(at, r.Head, r.Text)
		switch {
		case !slices.Contains(Whens(), r.When):
			c.fault(at, "%s: when %q is not known", what, r.When)
		case r.Confirm && r.When != Before:
			c.fault(at, "%s: what is confirmed is done before the visit", what)
		case r.Hours < 0 || r.Hours > 72 || (r.Hours > 0 && r.When != Before):
			c.fault(at, "%s: hours before the visit are 0 to 72", what)
		}
		has[r.When] = true
		c.statement(at, what, Statement{Part: "text", Text: r.Text, Source: r.Source, Mark: r.Mark})
		if r.When == Emergency || r.When == CallUs { // a list is one long sentence
			c.plain(at, what, strings.ReplaceAll(r.Text, ",", "."))
		} else {
			c.plain(at, what, r.Text)
			all = append(all, r.Text)
		}
		for _, o := range r.Others {
			c.statement(at, what, Statement{Part: "other", Text: o.Text, Source: o.Source, Mark: o.Mark})
			c.plain(at, what, o.Text)
		}
	}
	for _, w := range Whens() {
		if !has[w] {
			c.fault(0, "nothing is said of %q", w)
		}
	}
	if g := grade(strings.Join(all, " ")); g > mostGrade {
		c.fault(0, "instructions read at school year %.1f, above %.0f: shorter words and sentences", g, mostGrade)
	}
	if len(c.faults) > 0 {
		return Instructions{}, fmt.Errorf("check instructions: %w", errors.Join(c.faults...))
	}
	return Instructions{Rows: f.Rows, Confirm: f.Confirm, sources: c.sources}, nil
}

// Of are the instructions for one time, in the order of the file.
func (in Instructions) Of(w When) []Instruction {
	var out []Instruction
	for _, r := range in.Rows {
		if r.When == w {
			out = append(out, r)
		}
	}
	return out
}

// Confirmed are the ids of what a patient confirms.
func (in Instructions) Confirmed() []string {
	var out []string
	for _, r := range in.Rows {
		if r.Confirm {
			out = append(out, r.ID)
		}
	}
	return out
}

// Source returns a source that the file cites.
func (in Instructions) Source(id string) (cite.Source, bool) {
	s, ok := in.sources[id]
	return s, ok
}

// By is the time by which a patient confirms for a visit.
func (in Instructions) By(visit time.Time) time.Time {
	return visit.Add(-time.Duration(in.Confirm.Hours) * time.Hour)
}

// Hash is the SHA-256 of what is asked, in hex.
func (in Instructions) Hash() string {
	h := sha256.New()
	for _, r := range in.Rows {
		add(h, r.ID)
		add(h, r.Text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
