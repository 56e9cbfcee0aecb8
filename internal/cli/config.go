package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

const maxConfigBytes = 1 << 20

// fileResolver gives flags their values from a TOML file. A table named
// after a command holds that command's flags; keys are flag names with
// hyphens or underscores. A key that no flag knows is an error.
type fileResolver struct {
	path   string
	values map[string]map[string]any
}

func loadConfig(path string) (*fileResolver, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if info.Size() > maxConfigBytes {
		return nil, fmt.Errorf("read configuration %s: larger than %d bytes", path, maxConfigBytes)
	}
	r := &fileResolver{path: path}
	if _, err := toml.DecodeFile(path, &r.values); err != nil {
		return nil, fmt.Errorf("read configuration %s: every setting stands in a table named after its command, such as [serve]: %w", path, err)
	}
	return r, nil
}

// Validate refuses keys that no flag of the named command knows.
func (r *fileResolver) Validate(app *kong.Application) error {
	var problems []string
	for table, settings := range r.values {
		i := slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == table })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("table [%s] names no command", table))
			continue
		}
		said := map[string]bool{}
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			if !hasFlag(app.Children[i], key) {
				problems = append(problems, fmt.Sprintf("[%s] has no setting %q", table, key))
			}
			if said[normalKey(key)] {
				problems = append(problems, fmt.Sprintf("[%s] has the setting %q twice", table, normalKey(key)))
			}
			said[normalKey(key)] = true
		}
	}
	if len(problems) == 0 {
		return nil
	}
	slices.Sort(problems)
	return errors.New(r.path + ": " + strings.Join(problems, "; "))
}

func hasFlag(n *kong.Node, key string) bool {
	return slices.ContainsFunc(n.Flags, func(f *kong.Flag) bool { return f.Name == normalKey(key) })
}

func normalKey(key string) string { return strings.ReplaceAll(key, "_", "-") }

// Resolve finds the value of one flag. A variable that is set comes first.
func (r *fileResolver) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	node := parent.Node()
	if node == nil || slices.ContainsFunc(flag.Envs, isSet) {
		return nil, nil
	}
	settings := r.values[node.Name]
	for _, key := range slices.Sorted(maps.Keys(settings)) { // a flag said twice does not pass Validate
		if normalKey(key) == flag.Name {
			return plain(settings[key])
		}
	}
	return nil, nil
}

func isSet(variable string) bool {
	_, ok := os.LookupEnv(variable)
	return ok
}

// unknownVariables are those that look like ours and set nothing: most often
// a misspelt one. Those of builds and tests are let be.
func unknownVariables(app *kong.Application, environ []string) []string {
	known := []string{"STILLWATCH_BIN", "STILLWATCH_CHROMIUM"}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			known = append(known, f.Envs...)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(app.Node)
	var out []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "STILLWATCH_") && !strings.HasPrefix(name, "STILLWATCH_TEST_") && !slices.Contains(known, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// plain turns TOML values into what kong reads from a command line.
func plain(v any) (any, error) {
	switch x := v.(type) {
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = fmt.Sprint(e)
		}
		return strings.Join(parts, ","), nil
	case map[string]any:
		return nil, errors.New("a setting cannot be a table")
	default:
		return fmt.Sprint(x), nil
	}
}
