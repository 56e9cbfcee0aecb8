package archtest

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// lintConfig is the part of .golangci.yml that repeats this package's tables.
type lintConfig struct {
	Linters struct {
		Settings struct {
			Depguard struct {
				Rules map[string]struct {
					Files []string `yaml:"files"`
					Allow []string `yaml:"allow"`
				} `yaml:"rules"`
			} `yaml:"depguard"`
		} `yaml:"settings"`
	} `yaml:"linters"`
}

// The linter shows a border while a person types, the architecture test holds
// it: the two must not drift apart.
func TestLintConfig_AgreesWithRooms(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(path.Join(root, ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var config lintConfig
	if err := yaml.Unmarshal(raw, &config); err != nil {
		t.Fatal(err)
	}
	core := config.Linters.Settings.Depguard.Rules["pure-core"]

	// Rooms with a module or a standard package of their own are held by the
	// architecture test alone.
	files := []string{"!$test"}
	for name, room := range Rooms() {
		if room.pure() && len(room.Uses) == 0 && len(room.Std) == 0 {
			files = append(files, "**/"+name+"/*.go")
		}
	}
	slices.Sort(files)
	slices.Sort(core.Files)
	if diff := cmp.Diff(files, core.Files); diff != "" {
		t.Errorf("files of depguard's pure-core (-rooms.go +.golangci.yml):\n%s", diff)
	}

	allow := []string{Module + "/internal/"}
	for _, std := range pureStd() {
		allow = append(allow, std+"$")
	}
	slices.Sort(allow)
	slices.Sort(core.Allow)
	if diff := cmp.Diff(allow, core.Allow); diff != "" {
		t.Errorf("allow list of depguard's pure-core (-rooms.go +.golangci.yml):\n%s", diff)
	}
	if !strings.Contains(string(raw), "list-mode: strict") {
		t.Error("depguard's pure-core is not strict: what is not listed would pass")
	}
}
