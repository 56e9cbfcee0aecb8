package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// TestAskedElsewhere: a chair's page names the most urgent alarms that call the person
// at the screen elsewhere, and counts the others; none is left out unsaid.
func TestAskedElsewhere(t *testing.T) {
	t.Parallel()
	const me, other ident.Person = "okafor", "brandt"
	var asked []app.Asked // as they come: by urgency
	for i := range 8 {
		p := alarm.High
		if i > 2 {
			p = alarm.Medium
		}
		asked = append(asked, app.Asked{Session: ident.Session(string(rune('a' + i))), Chair: ident.Chair(i + 1), Condition: alarm.SpO2Low, Priority: p, Since: time.Unix(int64(i), 0), Person: me})
	}
	low := app.Asked{Session: "z", Chair: 20, Priority: alarm.Low, Person: me}
	theirs := app.Asked{Session: "y", Chair: 21, Priority: alarm.High, Person: other}
	for _, tt := range []struct {
		name  string
		asked []app.Asked
		want  int
		last  string
	}{
		{"none", nil, 0, ""},
		{"of low priority, of another, here", []app.Asked{low, theirs, {Session: "here", Chair: 3, Priority: alarm.High, Person: me}}, 0, ""},
		{"five", asked[:5], 5, "chair 5"},
		{"six", asked[:6], 6, "chair 6"},
		{"eight", asked, 6, "3 more alarms"},
	} {
		got := askedElsewhere(slices.Concat([]app.Asked{theirs}, tt.asked, []app.Asked{low}), me, "here")
		if len(got) != tt.want || (tt.want > 0 && !strings.Contains(got[len(got)-1].Text, tt.last)) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		for i, c := range got {
			if c.Chair != i+1 {
				t.Errorf("%s: place %d is chair %d", tt.name, i+1, c.Chair)
			}
		}
	}
}
