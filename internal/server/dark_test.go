package server

import (
	"strings"
	"testing"
)

// What an enrolled tablet shows by itself is dim: a white page would light up
// a dark room. Elsewhere pages are light.
func TestPages_AreDimOnATabletOfTheRoom(t *testing.T) {
	t.Parallel()
	_, okafor, tablet, _ := stopPlace(t)
	for _, path := range []string{"/sign-in", "/chair/99", "/nothing"} {
		for g, dim := range map[*guest]bool{tablet: true, okafor: false} {
			if got := strings.Contains(g.get(path).Body.String(), `class="dim"`); got != dim {
				t.Errorf("%s is dim: %v, want %v", path, got, dim)
			}
		}
	}
}
