package library

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stillwatch/stillwatch/internal/cite"
)

// Value is a number, or a choice, that a clinic sets in place of the shipped one.
type Value struct {
	Row   string // "session/LIM-RATE"
	Name  string // "most"; "rate.usual" of a protocol, "observation" of its choices
	Value string // an exact decimal in the unit of the number; one of the options of a choice
}

// Settable is a number, or a choice, that a clinic may set. Its bounds are hard: no
// signature reaches beyond them.
type Settable struct {
	File, ID, Name string
	Says           string   // what it is, where its name does not say it: "high, at_least"
	Now            string   // as it stands in the files
	Unit           string   // UCUM; a choice has its own
	Least, Most    string   // of a number
	Options        []string // of a choice
}

// Row is the row's name: "session/LIM-RATE".
func (s Settable) Row() string { return strings.TrimSuffix(s.File, ".yaml") + "/" + s.ID }

// Is reports whether a value is of this number.
func (s Settable) Is(v Value) bool { return s.Row() == v.Row && s.Name == v.Name }

// clinicSource is who stands behind a number that the clinic has set.
const clinicSource = "CLINIC"

// maxValues bounds how many numbers a clinic sets, and maxValue how long one is.
const (
	maxValues = 400
	maxValue  = 16
)

// wholeUnits are the units of which a clinic sets no part: counts, minutes and days.
var wholeUnits = []string{"1", "min", "d", "s", "%"}

// settableFiles are the files with numbers that a clinic may set, and the list of
// their rows.
var settableFiles = []struct{ file, rows string }{{"session.yaml", "rules"}, {"protocols.yaml", "rows"}, {"alarms.yaml", "alarms"}}

// spot is one settable number in the tree of its file.
type spot struct {
	Settable
	value *yaml.Node // what is replaced
	entry *yaml.Node // the mapping that it stands in; nil for a choice
	row   *yaml.Node
}

// Settable lists what a clinic may set, in the order of the files.
func (f Files) Settable() ([]Settable, error) {
	var out []Settable
	for _, of := range settableFiles {
		_, places, err := f.places(of.file, of.rows)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			out = append(out, p.Settable)
		}
	}
	return out, nil
}

// With is the library with the clinic's own values: each is refused that is not one of
// those that a clinic may set, or beyond its bounds. Whether the rows then agree with
// each other is for the files' own check. What each row says names the clinic's value
// and the shipped one.
func (f Files) With(values []Value) (Files, error) {
	if len(values) > maxValues {
		return Files{}, fmt.Errorf("%d values are more than %d", len(values), maxValues)
	}
	out := f
	left := slices.Clone(values)
	for i, v := range left {
		if slices.ContainsFunc(left[:i], func(o Value) bool { return o.Row == v.Row && o.Name == v.Name }) {
			return Files{}, fmt.Errorf("%s, %s is set twice", v.Row, v.Name)
		}
	}
	for _, of := range settableFiles {
		root, places, err := f.places(of.file, of.rows)
		if err != nil {
			return Files{}, err
		}
		set := false
		for _, p := range places {
			i := slices.IndexFunc(left, p.Is)
			if i < 0 {
				continue
			}
			changed, err := p.take(left[i].Value)
			if err != nil {
				return Files{}, err
			}
			left = slices.Delete(left, i, i+1)
			set = set || changed
		}
		if !set {
			continue // byte for byte as it was shipped
		}
		if sources := step(root, "sources"); sources != nil {
			sources.Content = append(sources.Content, mapping("id", clinicSource, "kind", "ours", "text", "Set by the clinic's director with the adoption of the library"))
		}
		b, err := yaml.Marshal(root)
		if err != nil {
			return Files{}, fmt.Errorf("write %s: %w", of.file, err)
		}
		*out.ByName()[of.file] = b
	}
	if len(left) > 0 {
		return Files{}, fmt.Errorf("%s, %s is nothing that a clinic may set", left[0].Row, left[0].Name)
	}
	return out, nil
}

// places finds what a clinic may set in one file.
func (f Files) places(file, list string) (*yaml.Node, []spot, error) {
	root, err := tree(*f.ByName()[file])
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	var out []spot
	rows := step(root, list)
	if rows == nil {
		return root, nil, nil
	}
	for _, row := range rows.Content {
		of := spot{Settable: Settable{File: file, ID: text(row, "id")}, row: row}
		out = append(out, of.numbers()...)
		out = append(out, of.choices()...)
	}
	return root, out, nil
}

// numbers are the numbers of a row, and the levels of an alarm, that carry bounds for
// the clinic.
func (p spot) numbers() []spot {
	var out []spot
	for _, list := range []string{"numbers", "levels"} {
		entries := step(p.row, list)
		if entries == nil {
			continue
		}
		for i, n := range entries.Content {
			if bounds := step(n, "clinic"); bounds == nil || len(bounds.Content) != 2 {
				continue
			}
			name, says := text(n, "name"), ""
			if list == "levels" {
				name, says = "level_"+strconv.Itoa(i+1), text(n, "priority")+", "+text(n, "test")
			}
			out = append(out, p.of(n, name, says)...)
		}
	}
	return out
}

// of are the numbers of one entry: its value, or the three of its range.
func (p spot) of(entry *yaml.Node, name, says string) []spot {
	bounds := step(entry, "clinic")
	p.entry, p.Unit, p.Says = entry, text(entry, "unit"), says
	p.Least, p.Most = bounds.Content[0].Value, bounds.Content[1].Value
	var out []spot
	for _, part := range []string{"value", "least", "usual", "most"} {
		if p.value = step(entry, part); p.value == nil {
			continue
		}
		p.Name, p.Now = name, p.value.Value
		if part != "value" {
			p.Name += "." + part
		}
		out = append(out, p)
	}
	return out
}

// choices are what sources do not agree on: the clinic says which is usual.
func (p spot) choices() []spot {
	var out []spot
	list := step(p.row, "choices")
	if list == nil {
		return nil
	}
	for _, c := range list.Content {
		one := p
		one.Name, one.Unit, one.value = text(c, "name"), text(c, "unit"), step(c, "usual")
		if options := step(c, "options"); options != nil && one.value != nil {
			one.Now = one.value.Value
			for _, o := range options.Content {
				one.Options = append(one.Options, text(o, "value"))
			}
			out = append(out, one)
		}
	}
	return out
}

// take puts the clinic's value in place of the shipped one, and says so in the row;
// changed is false where the two are the same.
func (p spot) take(value string) (changed bool, err error) {
	switch {
	case len(p.Options) > 0:
		if !slices.Contains(p.Options, value) {
			return false, fmt.Errorf("%s, %s: %q is not one of %s", p.Row(), p.Name, value, strings.Join(p.Options, ", "))
		}
	default:
		if err := within(value, p.Least, p.Most); err != nil {
			return false, fmt.Errorf("%s, %s: %w", p.Row(), p.Name, err)
		}
		if slices.Contains(wholeUnits, p.Unit) && strings.Contains(value, ".") {
			return false, fmt.Errorf("%s, %s: %s is no whole number", p.Row(), p.Name, value)
		}
	}
	if value == p.value.Value {
		return false, nil
	}
	if t := step(p.row, "text"); t != nil {
		t.Value += fmt.Sprintf(" Set by the clinic: %s in place of %s (%s).", withUnit(value, p.Unit), p.value.Value, p.called())
		t.Style = yaml.DoubleQuotedStyle
	}
	p.value.Value, p.value.Style = value, yaml.DoubleQuotedStyle
	if p.entry != nil {
		put(p.entry, "source", clinicSource) // its mark is default already: no other can be set
	}
	return true, nil
}

// called is what a number is called in its row's text.
func (p spot) called() string {
	if p.Says != "" {
		return strings.ReplaceAll(p.Says, "_", " ")
	}
	return strings.NewReplacer("_", " ", ".", ", ").Replace(p.Name)
}

// within reads a value and holds it against the bounds, exactly.
func within(value, least, most string) error {
	if len(value) > maxValue {
		return errors.New("a number has at most 16 characters")
	}
	n, err := micros(fileNumber{Value: value})
	if err != nil {
		return fmt.Errorf("%q is no number: digits, with a point before decimals", value)
	}
	low, err1 := micros(fileNumber{Value: least})
	high, err2 := micros(fileNumber{Value: most})
	switch {
	case err1 != nil || err2 != nil || low > high:
		return fmt.Errorf("its bounds, %s and %s, are none", least, most)
	case n < low || n > high:
		return fmt.Errorf("%s lies outside %s to %s, which no signature reaches beyond", value, least, most)
	}
	return nil
}

// withUnit is a value as people write it.
func withUnit(value, unit string) string {
	if known, ok := knownUnits()[unit]; ok {
		unit = known.label
	}
	return strings.TrimSpace(value + " " + unit)
}

// UnitLabel is a unit of the data files as people write it; empty for a count.
func UnitLabel(unit string) string { return withUnit("", unit) }

func text(n *yaml.Node, key string) string {
	if v := step(n, key); v != nil {
		return v.Value
	}
	return ""
}

func put(n *yaml.Node, key, value string) {
	if v := step(n, key); v != nil {
		v.Value = value
	}
}

func mapping(pairs ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, s := range pairs {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle})
	}
	return n
}

// bounded checks the bounds that a number gives the clinic: they hold the shipped
// value, and only what is ours is the clinic's to set.
func (c *checker) bounded(at int, what string, bounds []string, mark cite.Mark, shipped ...string) {
	if bounds == nil {
		return
	}
	if len(bounds) != 2 {
		c.fault(at, "%s: the clinic's bounds are a least and a most", what)
		return
	}
	if mark != cite.Default {
		c.fault(at, "%s: the clinic cannot set what rests on a source (%s)", what, mark)
	}
	for _, v := range shipped {
		if err := within(v, bounds[0], bounds[1]); err != nil {
			c.fault(at, "%s: the clinic's bounds: %v", what, err)
		}
	}
}
