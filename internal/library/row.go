package library

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stillwatch/stillwatch/internal/cite"
)

// Row is one row of a data file, as the person who adopts the library reads it.
type Row struct {
	File    string // "rules.yaml"
	ID      string
	Version int
	Text    string // in our own words; empty where the row has none
	// Facts are its other fields, each in a line, as they stand in the file.
	Facts []string
	// Mark is the weakest among its parts; empty for a row without one.
	Mark cite.Mark
	// Hash is the SHA-256 of all that the row says, in hex: layout and comments do
	// not count.
	Hash string
}

// Name is what tells a row from every other: the same id may stand in two files.
func (r Row) Name() string { return strings.TrimSuffix(r.File, ".yaml") + "/" + r.ID }

// Rows lists the rows of every file, by file and in its order.
func (f Files) Rows() ([]Row, error) {
	var out []Row
	for _, name := range f.names() {
		rows, err := rowsOf(name, *f.ByName()[name])
		if err != nil {
			return nil, fmt.Errorf("read rows of %s: %w", name, err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Hash is the SHA-256 over every file, in hex: its name and its bytes, by name,
// each with its length before it.
func (f Files) Hash() string {
	h := sha256.New()
	for _, name := range f.names() {
		add(h, name)
		add(h, string(*f.ByName()[name]))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (f Files) names() []string {
	var out []string
	for name := range f.ByName() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func add(h writer, s string) {
	_, _ = h.Write([]byte(strconv.Itoa(len(s)) + ":" + s)) // a hash takes everything
}

// writer is a hash that is being made.
type writer interface{ Write(p []byte) (int, error) }

// notRows are lists that are no rows: what a source is called is read with the
// rows that name it.
var notRows = []string{"sources"}

func rowsOf(file string, b []byte) ([]Row, error) {
	root, err := tree(b)
	if err != nil {
		return nil, err
	}
	var out []Row
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, n := root.Content[i].Value, root.Content[i+1]
		switch {
		case slices.Contains(notRows, key):
		case n.Kind == yaml.MappingNode: // one that stands alone, as the times of the alarms
			out = append(out, rowOf(file, key, n))
		case n.Kind == yaml.SequenceNode:
			for j, row := range n.Content {
				id := called(row, fmt.Sprintf("%s %d", key, j+1))
				if slices.ContainsFunc(out, func(r Row) bool { return r.ID == id }) { // as a class and a medicine
					id = key + " " + id
				}
				out = append(out, rowOf(file, id, row))
			}
		}
	}
	return out, nil
}

// called is what a row is known by in its file: its id, the key of a medicine, the
// code of a system; else where it stands. None is left out for want of a name.
func called(n *yaml.Node, place string) string {
	for _, by := range [][]string{{"id"}, {"key"}, {"system", "code"}} {
		var parts []string
		for _, k := range by {
			if v := step(n, k); v != nil {
				parts = append(parts, v.Value)
			}
		}
		if len(parts) == len(by) {
			return strings.Join(parts, " ")
		}
	}
	return place
}

func rowOf(file, id string, n *yaml.Node) Row {
	r := Row{File: file, ID: id}
	h := sha256.New()
	digest(h, n)
	r.Hash = hex.EncodeToString(h.Sum(nil))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		r.Mark = weaker(r.Mark, weakestIn(value))
		switch key {
		case "id", "key":
		case "version":
			r.Version, _ = strconv.Atoi(value.Value) // the file's own check refuses another
		case "text":
			r.Text = value.Value
		default:
			if value.Kind == yaml.ScalarNode && value.Value == "" { // as a reviewer, until there is one
				r.Facts = append(r.Facts, key+": none")
				continue
			}
			r.Facts = append(r.Facts, facts(key, value)...)
		}
	}
	if m := step(n, "mark"); m != nil {
		r.Mark = weaker(r.Mark, cite.Mark(m.Value))
	}
	return r
}

// digest hashes what a part of the tree says: its kind, its text and its parts.
func digest(h writer, n *yaml.Node) {
	add(h, fmt.Sprintf("%d %d %s", n.Kind, len(n.Content), n.Value))
	for _, c := range n.Content {
		digest(h, c)
	}
}

// facts puts a field into lines: a list one for each of its parts.
func facts(key string, n *yaml.Node) []string {
	switch n.Kind {
	case yaml.SequenceNode:
		if slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind == yaml.MappingNode }) {
			var out []string
			for _, c := range n.Content {
				out = append(out, key+": "+said(c))
			}
			return out
		}
	default:
		// in one line
	}
	return []string{key + ": " + flat(n)}
}

// said is one entry of a list in one line: what it is called and says, then its other
// fields, then where it comes from and how well it is known.
func said(n *yaml.Node) string {
	var first, rest, from []string
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, flat(n.Content[i+1])
		switch key {
		case "part", "name", "id", "need", "text", "value":
			first = append(first, value)
		case "source", "mark":
			from = append(from, value)
		case "clinic":
			rest = append(rest, "the clinic may set "+strings.Replace(value, ", ", " to ", 1))
		default:
			rest = append(rest, key+" "+value)
		}
	}
	if n.Kind != yaml.MappingNode {
		return flat(n)
	}
	out := strings.Join(append(first, rest...), ", ")
	if len(from) > 0 {
		out += " (" + strings.Join(from, ", ") + ")"
	}
	return out
}

// flat is a part of the tree in one line.
func flat(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, n.Content[i].Value+" "+flat(n.Content[i+1]))
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, flat(c))
		}
	default:
		return n.Value
	}
	return strings.Join(parts, ", ")
}

// weakestIn is the weakest mark in a part of the tree; empty without one.
func weakestIn(n *yaml.Node) cite.Mark {
	var m cite.Mark
	if n.Kind == yaml.MappingNode {
		if own := step(n, "mark"); own != nil && cite.Mark(own.Value).Valid() {
			m = cite.Mark(own.Value)
		}
	}
	for _, c := range n.Content {
		m = weaker(m, weakestIn(c))
	}
	return m
}

// byStrength are the marks, the strongest first.
var byStrength = []cite.Mark{cite.Verified, cite.Secondary, cite.Unverified, cite.Default}

func weaker(x, y cite.Mark) cite.Mark {
	if slices.Index(byStrength, y) > slices.Index(byStrength, x) {
		return y
	}
	return x
}

// Change is what became of a row between two libraries.
type Change string

// The changes.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// Seen is a row as it was adopted: what it is called and its hash.
type Seen struct{ Name, Hash string }

// Differences says what became of each row since a library was adopted, by name.
func Differences(adopted []Seen, now []Row) map[string]Change {
	out := map[string]Change{}
	was := map[string]string{}
	for _, s := range adopted {
		was[s.Name], out[s.Name] = s.Hash, Removed
	}
	for _, r := range now {
		switch old, known := was[r.Name()]; {
		case !known:
			out[r.Name()] = Added
		case old == r.Hash:
			delete(out, r.Name())
		default:
			out[r.Name()] = Changed
		}
	}
	return out
}
