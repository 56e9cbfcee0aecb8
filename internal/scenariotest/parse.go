package scenariotest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// usualChair is where a scenario plays unless a line says another chair.
const usualChair ident.Chair = 3

// Problem is a line that cannot be read, or that did not come out as told.
type Problem struct {
	Line Line
	Err  error
}

func (p Problem) Error() string { return p.Line.where() + ": " + p.Err.Error() }

// reader reads one scenario with all it includes.
type reader struct {
	files    fs.FS
	script   Script
	problems []Problem
	clock    map[ident.Chair]time.Duration
	last     *Line
}

// Read reads a scenario. Every line that cannot be read is told; a scenario
// with such a line is not played.
func Read(files fs.FS, name string) (Script, []Problem) {
	r := &reader{
		files: files, script: Script{Name: name, Setting: Setting{Orders: map[ident.Chair]Order{}}},
		clock: map[ident.Chair]time.Duration{},
	}
	no := false
	r.script.Setting.DrugAllergy = &no
	if err := r.file(name, usualChair, 0); err != nil {
		r.problem(Line{File: name, Number: 1}, err)
	}
	r.script.Lines = inOrder(r.script.Lines)
	return r.script, r.problems
}

// inOrder sorts what is done at several chairs by the clock; what has to hold
// stays behind what it follows from.
func inOrder(lines []Line) []Line {
	var parts [][]Line
	for _, l := range lines {
		if l.Do != nil {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], l)
	}
	slices.SortStableFunc(parts, func(a, b []Line) int { return cmp.Compare(a[0].At, b[0].At) })
	return slices.Concat(parts...)
}

const mostIncluded = 8 // files within one another

func (r *reader) file(name string, chair ident.Chair, depth int) error {
	if depth > mostIncluded {
		return errors.New("includes itself")
	}
	body, err := fs.ReadFile(r.files, name)
	if err != nil {
		return err
	}
	for i, raw := range strings.Split(string(body), "\n") {
		line := Line{File: name, Number: i + 1, Chair: chair}
		text, comment, _ := strings.Cut(raw, " #")
		if strings.HasPrefix(raw, "#") {
			continue
		}
		if expected, ok := strings.CutPrefix(comment, "! "); ok {
			line.Expected = strings.TrimSpace(expected)
		}
		if line.Text = strings.TrimSpace(text); line.Text == "" {
			continue
		}
		if err := r.line(line, depth); err != nil {
			r.problem(line, err)
		}
	}
	return nil
}

func (r *reader) problem(l Line, err error) { r.problems = append(r.problems, Problem{l, err}) }

var atChair = regexp.MustCompile(`^chair (\d+): `)

func (r *reader) line(l Line, depth int) error {
	text := l.Text
	if m := atChair.FindStringSubmatch(text); m != nil {
		if _, err := fmt.Sscan(m[1], &l.Chair); err != nil || !l.Chair.Valid() {
			return fmt.Errorf("there is no chair %s", m[1])
		}
		text = text[len(m[0]):]
	}
	switch {
	case strings.HasPrefix(text, "given "):
		return r.given(l, strings.TrimPrefix(text, "given "), depth)
	case strings.HasPrefix(text, "then "):
		return r.then(l, strings.TrimPrefix(text, "then "))
	}
	return r.done(l, text)
}

func (r *reader) given(l Line, text string, depth int) error {
	if all, ok := strings.CutPrefix(text, "all of "); ok {
		name := path.Join(path.Dir(l.File), all)
		if !strings.HasSuffix(name, ".chart") {
			return fmt.Errorf("%s is not a scenario", all)
		}
		return r.file(name, l.Chair, depth+1)
	}
	if _, begun := r.clock[l.Chair]; begun {
		return errors.New("nothing can be given once the day has begun")
	}
	change, _, err := understand(givens, text)
	if err != nil {
		return err
	}
	return change(&r.script.Setting, l.Chair)
}

func (r *reader) then(l Line, text string) error {
	if r.last == nil {
		return errors.New("nothing was done yet that something could follow from")
	}
	var err error
	if l.Then, l.Form, err = understand(thens, text); err != nil {
		return err
	}
	r.script.Lines = append(r.script.Lines, l)
	return nil
}

var clocked = regexp.MustCompile(`^(\d\d:\d\d(?::\d\d)?) (at the same moment )?(.+)$`)

// done reads one thing done: a clock time, who, and what.
func (r *reader) done(l Line, text string) error {
	m := clocked.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("a line begins with given, then, or a clock time: %s", text)
	}
	var err error
	if l.At, err = clockOf(m[1]); err != nil {
		return err
	}
	if l.At < r.clock[l.Chair] {
		return errors.New("the clock runs backwards")
	}
	l.Together = m[2] != ""
	if n := len(r.script.Lines); l.Together && n > 0 && r.script.Lines[n-1].Then != nil {
		return errors.New("what follows from the line before stands between the two")
	}
	if l.Together && (r.last == nil || l.At != r.last.At || l.Chair != r.last.Chair) {
		return errors.New("nothing else is done at this moment at this chair")
	}
	r.clock[l.Chair] = l.At
	by, rest, err := speakerOf(m[3])
	if err != nil {
		return err
	}
	l.By, l.Holds = by, l.At
	if after, ok := strings.CutPrefix(rest, otherTablet); ok {
		l.Other, rest = true, after
	}
	if rest, err = l.toldLater(rest); err != nil {
		return err
	}
	if l.Do, l.Form, err = understand(doings, rest); err != nil {
		return err
	}
	r.script.Lines = append(r.script.Lines, l)
	r.last = &l
	return nil
}

// otherTablet says that a line was charted on the chair's other tablet.
const otherTablet = ", on the other tablet"

var later = regexp.MustCompile(`^, for (\d\d:\d\d(?::\d\d)?), (.+)$`)

var written = regexp.MustCompile(`^, from the paper of ([a-z ]+ [A-Z][a-z]+)( for .+)$`)

// toldLater reads ", for 10:20, charts …": what is told now held then; and ",
// from the paper of nurse Brandt for 10:20, charts …": who wrote it then.
func (l *Line) toldLater(rest string) (string, error) {
	if m := written.FindStringSubmatch(rest); m != nil {
		var err error
		if l.Paper, err = personNamed(m[1]); err != nil {
			return "", err
		}
		rest = "," + m[2]
	} else if strings.HasPrefix(rest, ", from ") {
		return "", fmt.Errorf("not understood: %s", rest)
	}
	m := later.FindStringSubmatch(rest)
	if m == nil {
		if strings.HasPrefix(rest, ", for ") {
			return "", fmt.Errorf("not understood: %s", rest)
		}
		return rest, nil
	}
	var err error
	if l.Holds, err = clockOf(m[1]); err != nil {
		return "", err
	}
	if l.Holds > l.At {
		return "", errors.New("it holds later than it is told")
	}
	return m[2], nil
}
