package scenariotest_test

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/scenariotest"
)

// notByProgram are the scenarios that cannot be played under the machine's own
// clock, and why: see scenariotest.Program.
var notByProgram = map[string]string{
	"bag-past-use-by":          "waits until a bag is four hours old",
	"closing-needs-signature":  "goes on for long after a discharge, which asks for a set of the last minutes",
	"discharge-gate":           "waits for an hour between two discharges",
	"down-in-the-middle":       "is answered with dates",
	"draw-up-disagreement":     "says which day is today",
	"escort-missing":           "goes on for long after the set that a discharge asks for",
	"fasting-accepted":         "says how long ago a clock time was",
	"follow-up":                "goes on for long after a discharge, which asks for a set of the last minutes",
	"late-entry-and-amendment": "says when a late entry was recorded",
	"monitor-at-due-minutes":   "lets the monitor speak at the minutes at which rounds are due",
	"monitor-dropped":          "waits while a monitor is silent",
	"nobody-hears":             "is answered otherwise just after a start of the server",
	"off-monitor":              "waits while a monitor is silent",
	"paper-dates":              "is answered with dates",
	"start-time-out":           "waits while a monitor is silent",
}

// TestScenarios_Program plays the others on the real executable: "stillwatch
// serve" in its own process, on a directory that it staffed itself.
func TestScenarios_Program(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program and starts it for each scenario; make test runs it")
	}
	path, err := scenariotest.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h, err := scenariotest.HireByProgram(t.Context(), path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, file := range scenarios(t, ".") {
		name := strings.TrimSuffix(file, ".chart")
		if notByProgram[name] != "" {
			left++
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := read(t, file)
			c, err := h.Run(t.Context(), path, t.TempDir(), s)
			if err != nil {
				t.Fatal(err)
			}
			play(t, c, s)
		})
	}
	if left != len(notByProgram) {
		t.Errorf("%d scenarios are left out, %d are named", left, len(notByProgram))
	}
}
