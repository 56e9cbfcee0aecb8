package protocol_test

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/protocol"
)

// TestCaps is the table of how often: at a cap, one beyond it, and where nothing is
// known.
func TestCaps(t *testing.T) {
	t.Parallel()
	_, rules, _ := shipped(t)
	windows := func(n7, n28, n90, n365 int) protocol.Given {
		return protocol.Given{Known: true, Windows: []exposure.Window{{Days: 7, Infusions: n7}, {Days: 28, Infusions: n28}, {Days: 90, Infusions: n90}, {Days: 365, Infusions: n365}}}
	}
	cap7, _ := protocol.Cap(rules, 7)
	cap28, _ := protocol.Cap(rules, 28)
	cap90, _ := protocol.Cap(rules, 90)
	cap365, _ := protocol.Cap(rules, 365)
	if cap7 < 1 || cap28 < cap7 || cap90 < cap28 || cap365 < cap90 {
		t.Fatalf("caps %d, %d, %d, %d", cap7, cap28, cap90, cap365)
	}
	for _, tt := range []struct {
		name     string
		given    protocol.Given
		reasoned []string
		stops    int
		lines    int
	}{
		{"none before", windows(0, 0, 0, 0), nil, 0, 4},
		{"the last one under each cap", windows(cap7-1, cap28-1, cap90-1, cap365-1), nil, 0, 4},
		{"one beyond 7 days", windows(cap7, cap7, cap7, cap7), nil, 1, 4},
		{"one beyond 28 days", windows(0, cap28, cap28-1, cap28-1), nil, 1, 4},
		{"one beyond 90 days", windows(0, 0, cap90, cap90-1), nil, 1, 4},
		{"one beyond 365 days", windows(0, 0, 0, cap365), nil, 1, 4},
		{"beyond all", windows(cap7, cap28, cap90, cap365), nil, 4, 4},
		{"beyond, with a reason", windows(0, cap28, 0, 0), []string{"LIM-OFTEN"}, 0, 4},
		{"not known", protocol.Given{}, nil, 1, 1},
		{"not known, with a reason", protocol.Given{}, []string{"LIM-OFTEN"}, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines := protocol.Caps(rules, tt.given, tt.reasoned)
			if got := len(protocol.Stopping(lines)); got != tt.stops || len(lines) != tt.lines {
				t.Errorf("%d stop of %d lines: %+v", got, len(lines), lines)
			}
			for _, l := range lines {
				if l.Rule != "LIM-OFTEN" || l.Source == "" || l.Text.English() == "" {
					t.Errorf("%+v", l)
				}
			}
		})
	}
}
