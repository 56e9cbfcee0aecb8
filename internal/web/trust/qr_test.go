package trust

import (
	"strings"
	"testing"
)

// TestText_IsTheSameCodeAsThePage compares the two drawings, module by module.
func TestText_IsTheSameCodeAsThePage(t *testing.T) {
	t.Parallel()
	const address = "https://clinic.local:8443/trust"
	path, size, err := Draw(address)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Text(address)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != (size+1)/2 {
		t.Fatalf("%d lines for %d rows of modules", len(lines), size)
	}
	inked := 0
	for _, line := range lines {
		row := []rune(line)
		if len(row) != size {
			t.Fatalf("a line of %d characters for %d modules", len(row), size)
		}
		for _, r := range row {
			inked += map[rune]int{'█': 2, '▀': 1, '▄': 1}[r]
		}
	}
	dark := strings.Count(path, "M")
	if rows := 2 * len(lines); rows*size-inked != dark {
		t.Errorf("the text leaves %d modules dark, the page draws %d", rows*size-inked, dark)
	}
}
