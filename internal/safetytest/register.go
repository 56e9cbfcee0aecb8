package safetytest

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Register is the hazard register.
type Register struct {
	// PendingControls is the number of controls not built or not shown yet, written by hand
	// so that the number is read by a person each time it changes.
	PendingControls int      `yaml:"pending_controls"`
	Hazards         []Hazard `yaml:"hazards"`
}

// Hazard is one source of harm and what stands against it.
type Hazard struct {
	ID        string    `yaml:"id"`
	Hazard    string    `yaml:"hazard"`
	Situation string    `yaml:"situation"`
	Sequence  string    `yaml:"sequence"`
	Harm      string    `yaml:"harm"`
	Controls  []Control `yaml:"controls"`
	Pending   []Pending `yaml:"pending"`
}

// Control is one measure that is built, with the tests that show it.
type Control struct {
	Control string `yaml:"control"`
	Tests   []Test `yaml:"tests"`
}

// Test points at one test: a Go test function of the package In, or a test
// title of the script file In.
type Test struct {
	In   string `yaml:"in"`
	Test string `yaml:"test"`
}

func (t Test) String() string { return t.In + " " + t.Test }

// Pending is a measure that is not built, or that no test shows yet.
type Pending struct {
	Control string `yaml:"control"`
	// Why says how far it is, and what the clinic has instead.
	Why string `yaml:"why"`
}

// Load reads a register strictly: a key it does not know is an error.
func Load(root fs.FS, name string) (Register, error) {
	var r Register
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return r, fmt.Errorf("read hazard register: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&r); err != nil {
		return r, fmt.Errorf("decode hazard register %s: %w", name, err)
	}
	return r, nil
}

// Check returns what is wrong with the register: each hazard of ids must stand
// in it once, be described, and have controls whose tests are among known.
func Check(r Register, ids []string, known map[Test]bool) []string {
	c := check{known: known}
	seen := map[string]bool{}
	pending := 0
	for _, h := range r.Hazards {
		if seen[h.ID] {
			c.wrong(h.ID, "stands twice")
		}
		seen[h.ID] = true
		pending += len(h.Pending)
		c.hazard(h)
	}
	for _, id := range ids {
		if !seen[id] {
			c.wrong(id, "is missing")
		}
	}
	if pending != r.PendingControls {
		c.wrong("register", "pending_controls says %d, but %d controls are pending", r.PendingControls, pending)
	}
	return c.out
}

type check struct {
	known map[Test]bool
	out   []string
}

func (c *check) wrong(id, format string, args ...any) {
	c.out = append(c.out, id+" "+fmt.Sprintf(format, args...))
}

func (c *check) hazard(h Hazard) {
	for name, text := range map[string]string{"hazard": h.Hazard, "situation": h.Situation, "sequence": h.Sequence, "harm": h.Harm} {
		if strings.TrimSpace(text) == "" {
			c.wrong(h.ID, "does not say its %s", name)
		}
	}
	if len(h.Controls)+len(h.Pending) == 0 {
		c.wrong(h.ID, "has no control")
	}
	for _, control := range h.Controls {
		c.control(h.ID, control)
	}
	for _, p := range h.Pending {
		if strings.TrimSpace(p.Control) == "" || strings.TrimSpace(p.Why) == "" {
			c.wrong(h.ID, "has a pending control without its name or its why")
		}
	}
}

func (c *check) control(id string, control Control) {
	if strings.TrimSpace(control.Control) == "" {
		c.wrong(id, "has a control without words")
	}
	if len(control.Tests) == 0 {
		c.wrong(id, "has a control without a test: %s", control.Control)
	}
	for _, t := range control.Tests {
		if !c.known[t] {
			c.wrong(id, "names a test that does not exist, or that always skips: %s", t)
		}
	}
}
