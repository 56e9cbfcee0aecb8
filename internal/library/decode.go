package library

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
)

// schema names the shape of the session's data file.
const schema = "stillwatch/session-library/1"

// maxFile bounds a data file, in bytes.
const maxFile = 1 << 20

type file struct {
	Schema  string        `yaml:"schema"`
	Version int           `yaml:"version"`
	Status  string        `yaml:"status"`
	Sources []cite.Source `yaml:"sources"`
	Rules   []fileRule    `yaml:"rules"`
}

type fileRule struct {
	ID          string       `yaml:"id"`
	Version     int          `yaml:"version"`
	Effective   string       `yaml:"effective"`
	Reviewer    string       `yaml:"reviewer"`
	ReviewedOn  string       `yaml:"reviewed_on"`
	Text        string       `yaml:"text"`
	Stop        Stop         `yaml:"stop"`
	MayOverride []act.Role   `yaml:"may_override"`
	Numbers     []fileNumber `yaml:"numbers"`
	Cites       []cite.Ref   `yaml:"cites"`
}

type fileNumber struct {
	Name   string    `yaml:"name"`
	Value  string    `yaml:"value"`
	Unit   string    `yaml:"unit"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
	// Clinic bounds what the clinic may set in place of the value; none for what is
	// not its to set.
	Clinic []string `yaml:"clinic"`
}

// DecodeSession reads and checks the session's data file. Every mistake it
// finds is named with its line; a file with one mistake does not load.
func DecodeSession(b []byte) (Session, error) {
	f, root, err := parse[file](b)
	if err != nil {
		return Session{}, fmt.Errorf("read session library: %w", err)
	}
	c := checker{root: root, sources: map[string]cite.Source{}}
	s := c.session(f)
	if len(c.faults) > 0 {
		return Session{}, fmt.Errorf("check session library: %w", errors.Join(c.faults...))
	}
	return s, nil
}

// parse reads the file strictly, and once more as a tree that knows its lines.
func parse[F any](b []byte) (F, *yaml.Node, error) {
	var f F
	root, err := tree(b)
	if err != nil {
		return f, nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return f, nil, err
	}
	if err := d.Decode(&yaml.Node{}); err == nil {
		return f, nil, errors.New("the file holds more than one document")
	}
	return f, root, nil
}

// tree reads the file as a tree that knows its lines.
func tree(b []byte) (*yaml.Node, error) {
	var n yaml.Node
	if len(b) > maxFile {
		return nil, fmt.Errorf("%d bytes are more than %d", len(b), maxFile)
	}
	if err := yaml.Unmarshal(b, &n); err != nil {
		return nil, err
	}
	if len(n.Content) != 1 || n.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the file is not one mapping")
	}
	return n.Content[0], plain(n.Content[0])
}

// plain refuses what makes a data file mean more than it shows: anchors,
// aliases, merge keys and tags.
func plain(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return fmt.Errorf("line %d: anchors and aliases have no place in a data file", n.Line)
	case n.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("line %d: tags have no place in a data file", n.Line)
	case n.Tag == "!!merge":
		return fmt.Errorf("line %d: merge keys have no place in a data file", n.Line)
	}
	for _, c := range n.Content {
		if err := plain(c); err != nil {
			return err
		}
	}
	return nil
}

// line finds the line of a part of the tree: names lead into mappings,
// numbers into sequences.
func line(n *yaml.Node, path ...any) int {
	for _, p := range path {
		next := step(n, p)
		if next == nil {
			return n.Line
		}
		n = next
	}
	return n.Line
}

func step(n *yaml.Node, p any) *yaml.Node {
	switch p := p.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && p < len(n.Content) {
			return n.Content[p]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == p {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// name reports whether s is a name of lower-case letters, digits and underscores.
func name(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
