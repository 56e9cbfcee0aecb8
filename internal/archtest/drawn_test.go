package archtest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestHouse_IsDrawnAsItIs compares the levels of doc/architecture.md with the
// table and the tree: a package that is built stands on its level, and its
// name is not among those that are reserved.
func TestHouse_IsDrawnAsItIs(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(root + "/doc/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, doc, _ := strings.Cut(string(b), "## Levels")
	levels, reserved, ok := strings.Cut(doc, "Names reserved for what comes:")
	if !ok {
		t.Fatal("doc/architecture.md reserves no names")
	}
	reserved, _, _ = strings.Cut(reserved, "\n")
	built := 0
	for path, r := range Rooms() {
		name, inside := strings.CutPrefix(path, "internal/")
		if !inside || r.TestOnly || path == "internal/web/build" {
			continue
		}
		word := "`" + name + "`"
		if _, err := os.Stat(root + "/" + path); err != nil {
			if !strings.Contains(reserved, word) {
				t.Errorf("%s is not built and not reserved", word)
			}
			continue
		}
		built++
		_, row, _ := strings.Cut(levels, fmt.Sprintf("\n| %d |", r.Level))
		row, _, _ = strings.Cut(row, "\n")
		if !strings.Contains(row, word) {
			t.Errorf("level %d does not name %s", r.Level, word)
		}
		if strings.Contains(reserved, word) {
			t.Errorf("%s is built and still reserved", word)
		}
	}
	if built < 25 {
		t.Errorf("compared only %d packages", built)
	}
}
