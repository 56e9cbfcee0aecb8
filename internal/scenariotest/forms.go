package scenariotest

import (
	"io/fs"
	"strings"
)

// Sentences lists the forms of everything that a scenario can say.
type Sentences struct{ Given, Do, Then []string }

// Forms lists them.
func Forms() Sentences {
	return Sentences{Given: formsOf(givens), Do: formsOf(doings), Then: formsOf(thens)}
}

func formsOf[T any](list []sentence[T]) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.form)
	}
	return out
}

// Expectations lists the lines of a bad scenario with what they fail with,
// whether or not they can be read.
func Expectations(files fs.FS, name string) []Line {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	var out []Line
	for i, raw := range strings.Split(string(body), "\n") {
		if _, what, ok := strings.Cut(raw, " #! "); ok && !strings.HasPrefix(raw, "#") {
			out = append(out, Line{File: name, Number: i + 1, Expected: strings.TrimSpace(what)})
		}
	}
	return out
}
