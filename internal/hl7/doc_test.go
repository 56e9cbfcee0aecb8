package hl7

import (
	"os"
	"strings"
	"testing"
)

// TestDoc_ListsEveryCodeUnitAndFlag keeps doc/monitors.md as true as the
// tables it describes.
func TestDoc_ListsEveryCodeUnitAndFlag(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../doc/monitors.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	rows := 0
	for line := range strings.Lines(doc) {
		if strings.Contains(line, "| MDC_") {
			rows++
		}
	}
	if rows != len(codes) {
		t.Errorf("%d codes listed, %d in the table", rows, len(codes))
	}
	for _, c := range codes {
		if !strings.Contains(doc, "| "+c.Number+" | "+c.Name) || !strings.Contains(doc, c.Alias) {
			t.Errorf("code %s %s is not listed", c.Number, c.Name)
		}
	}
	for _, u := range units {
		for _, name := range append(append([]string{u.number}, u.names...), u.bare...) {
			if !strings.Contains(doc, name) {
				t.Errorf("unit %s is not listed", name)
			}
		}
	}
	for f := range blocking {
		if !strings.Contains(doc, "`"+f+"`") {
			t.Errorf("flag %s is not listed", f)
		}
	}
	for f := range harmless {
		if f != "" && !strings.Contains(doc, "`"+f+"`") {
			t.Errorf("flag %s is not listed", f)
		}
	}
}
