package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// The shapes of the table of codes and of the table of medicines.
const (
	codeSchema     = "stillwatch/code-library/1"
	medicineSchema = "stillwatch/medicine-library/1"
)

// Code is one code of a public system, with how well it is known.
type Code struct {
	System string    `yaml:"system"`
	Code   string    `yaml:"code"`
	Text   string    `yaml:"text"`
	For    string    `yaml:"for"` // the input it stands for, where there is one
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

// Codes is the table of codes: a code that is not in it may not be used by
// another file.
type Codes struct {
	codes   []Code
	sources map[string]cite.Source
}

type codeFile struct {
	Schema  string        `yaml:"schema"`
	Version int           `yaml:"version"`
	Status  string        `yaml:"status"`
	Sources []cite.Source `yaml:"sources"`
	Codes   []Code        `yaml:"codes"`
}

// The systems that codes may come from.
var systems = []string{"loinc", "rxnorm", "atc", "snomed", "unii"}

// DecodeCodes reads and checks the table of codes.
func DecodeCodes(b []byte) (Codes, error) {
	f, root, err := parse[codeFile](b)
	if err != nil {
		return Codes{}, fmt.Errorf("read code table: %w", err)
	}
	c := checker{root: root, sources: map[string]cite.Source{}}
	c.head(f.Schema, codeSchema, f.Version, f.Status, f.Sources)
	out := Codes{sources: c.sources}
	inputs := rule.Inputs(nil)
	for i, code := range f.Codes {
		at := line(root, "codes", i)
		if !slices.Contains(systems, code.System) || strings.TrimSpace(code.Code) == "" || strings.TrimSpace(code.Text) == "" {
			c.fault(at, "a code has a system (%s), a code and a text", strings.Join(systems, ", "))
		}
		if out.Has(code.System, code.Code) {
			c.fault(at, "%s %s was given before", code.System, code.Code)
		}
		if code.For != "" && !slices.ContainsFunc(inputs, func(in rule.Input) bool { return in.Name == code.For }) {
			c.fault(at, "%s %s: input %q is not known", code.System, code.Code, code.For)
		}
		c.ref(at, code.System+" "+code.Code, cite.Ref{Source: code.Source, Mark: code.Mark})
		out.codes = append(out.codes, code)
	}
	if len(c.faults) > 0 {
		return Codes{}, fmt.Errorf("check code table: %w", errors.Join(c.faults...))
	}
	return out, nil
}

// Has reports whether a code is in the table.
func (c Codes) Has(system, code string) bool {
	_, ok := c.Find(system, code)
	return ok
}

// Find returns one code.
func (c Codes) Find(system, code string) (Code, bool) {
	i := slices.IndexFunc(c.codes, func(x Code) bool { return x.System == system && x.Code == code })
	if i < 0 {
		return Code{}, false
	}
	return c.codes[i], true
}

// All returns every code, in the order of the file.
func (c Codes) All() []Code { return slices.Clone(c.codes) }

type medicineFile struct {
	Schema    string         `yaml:"schema"`
	Version   int            `yaml:"version"`
	Status    string         `yaml:"status"`
	Sources   []cite.Source  `yaml:"sources"`
	Classes   []fileClass    `yaml:"classes"`
	Medicines []fileMedicine `yaml:"medicines"`
}

type fileClass struct {
	ID     string    `yaml:"id"`
	Text   string    `yaml:"text"`
	ATC    []string  `yaml:"atc"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

// fileMedicine carries no code of its own mark: that stands in the table of
// codes. Its own mark says how well its classes are known.
type fileMedicine struct {
	Key     string    `yaml:"key"`
	RxNorm  string    `yaml:"rxnorm"`
	Classes []string  `yaml:"classes"`
	Names   []string  `yaml:"names"`
	Mark    cite.Mark `yaml:"mark"`
	Source  string    `yaml:"source"`
}

// DecodeMedicines reads and checks the table of medicines against the table of
// codes.
func DecodeMedicines(b []byte, codes Codes) (rule.Table, error) {
	f, root, err := parse[medicineFile](b)
	if err != nil {
		return rule.Table{}, fmt.Errorf("read table of medicines: %w", err)
	}
	c := medicineChecker{checker{root: root, sources: map[string]cite.Source{}}, codes}
	c.head(f.Schema, medicineSchema, f.Version, f.Status, f.Sources)
	table := rule.NewTable(c.classes(f.Classes), c.medicines(f))
	if len(c.faults) > 0 {
		return rule.Table{}, fmt.Errorf("check table of medicines: %w", errors.Join(c.faults...))
	}
	return table, nil
}

type medicineChecker struct {
	checker
	codes Codes
}

func (c *medicineChecker) classes(in []fileClass) []rule.Class {
	var out []rule.Class
	for i, k := range in {
		at := line(c.root, "classes", i)
		if !name(k.ID) || strings.TrimSpace(k.Text) == "" {
			c.fault(at, "a class has an id of lower-case letters, digits and underscores, and a text")
		}
		if slices.ContainsFunc(out, func(o rule.Class) bool { return o.ID == k.ID }) {
			c.fault(at, "class %q was given before", k.ID)
		}
		for _, code := range k.ATC {
			if !c.codes.Has("atc", code) {
				c.fault(at, "class %q: atc %s is not in the table of codes", k.ID, code)
			}
		}
		c.ref(at, "class "+k.ID, cite.Ref{Source: k.Source, Mark: k.Mark})
		out = append(out, rule.Class{ID: k.ID, Text: k.Text})
	}
	return out
}

func (c *medicineChecker) medicines(f medicineFile) []rule.KnownMedicine {
	var out []rule.KnownMedicine
	named := map[string]bool{}
	for _, m := range f.Medicines {
		named[m.Key] = true
	}
	for i, m := range f.Medicines {
		at := line(c.root, "medicines", i)
		if !name(m.Key) {
			c.fault(at, "a medicine has a key of lower-case letters, digits and underscores")
		}
		if slices.ContainsFunc(out, func(o rule.KnownMedicine) bool {
			return o.Key == m.Key || m.RxNorm != "" && o.RxNorm == m.RxNorm
		}) {
			c.fault(at, "medicine %q, or its code, was given before", m.Key)
		}
		if m.RxNorm != "" && !c.codes.Has("rxnorm", m.RxNorm) {
			c.fault(at, "medicine %q: rxnorm %s is not in the table of codes", m.Key, m.RxNorm)
		}
		for _, class := range m.Classes {
			if !slices.ContainsFunc(f.Classes, func(k fileClass) bool { return k.ID == class }) {
				c.fault(at, "medicine %q: class %q is not known", m.Key, class)
			}
		}
		for _, n := range m.Names {
			switch low := strings.ToLower(n); {
			case strings.TrimSpace(n) != n || n == "" || len(n) > 60 || strings.ContainsAny(n, ",;:("):
				c.fault(at, "medicine %q: %q is not a name as it stands at the beginning of a line", m.Key, n)
			case named[low]:
				c.fault(at, "medicine %q: the name %q was given before", m.Key, n)
			default:
				named[low] = true
			}
		}
		c.ref(at, "medicine "+m.Key, cite.Ref{Source: m.Source, Mark: m.Mark})
		out = append(out, rule.KnownMedicine{Key: m.Key, RxNorm: m.RxNorm, Classes: m.Classes, Names: m.Names})
	}
	return out
}
