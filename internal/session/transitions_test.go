package session

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// diagram reads the arrows of doc/session-phases.md.
func diagram(t *testing.T) []Transition {
	b, err := os.ReadFile("../../doc/session-phases.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chart, ok := strings.Cut(string(b), "```mermaid\n")
	if !ok {
		t.Fatal("no diagram")
	}
	chart, _, _ = strings.Cut(chart, "```")
	alias := map[string]Phase{"[*]": PhaseNone}
	for _, m := range regexp.MustCompile(`state "([^"]+)" as (\S+)`).FindAllStringSubmatch(chart, -1) {
		alias[m[2]] = Phase(m[1])
	}
	phase := func(s string) Phase {
		if p, ok := alias[s]; ok {
			return p
		}
		return Phase(s)
	}
	var out []Transition
	for _, m := range regexp.MustCompile(`(?m)^\s*(\S+) --> (\S+): (.+?)\s*$`).FindAllStringSubmatch(chart, -1) {
		out = append(out, Transition{From: phase(m[1]), By: m[3], To: phase(m[2])})
	}
	return out
}

func TestTransitions_MatchTheDiagram(t *testing.T) {
	t.Parallel()
	drawn := diagram(t)
	for _, tr := range drawn {
		if !slices.Contains(Transitions(), tr) {
			t.Errorf("drawn and not in the code: %+v", tr)
		}
	}
	for _, tr := range Transitions() {
		if !slices.Contains(drawn, tr) {
			t.Errorf("in the code and not drawn: %+v", tr)
		}
	}
	if len(drawn) != len(Transitions()) {
		t.Errorf("%d arrows drawn, %d in the code", len(drawn), len(Transitions()))
	}
}

func TestTransitions_ReachEveryPhase(t *testing.T) {
	t.Parallel()
	for _, p := range Phases() {
		if !slices.ContainsFunc(Transitions(), func(tr Transition) bool { return tr.To == p }) {
			t.Errorf("nothing leads to %q", p)
		}
		if p == PhaseClosed {
			continue
		}
		if !slices.ContainsFunc(Transitions(), func(tr Transition) bool { return tr.From == p }) {
			t.Errorf("nothing leads out of %q", p)
		}
	}
}

// moving is one event for each arrow's word.
func moving() map[string]Event {
	return map[string]Event{
		byScheduled: Scheduled{}, byArrived: Arrived{}, byReadied: Readied{}, byPrepared: Prepared{}, byDiscarded: DrawUpDiscarded{}, byStarted: Started{},
		byFound: RateChanged{Read: PumpReading{Rate: unit.MLPerH("5")}}, byPaused: Paused{}, byResumed: Resumed{}, byStopped: Stopped{},
		byRuns: Amended{Phase: PhaseInfusing}, byHeld: RateChanged{Phase: PhasePaused}, byHalted: Paused{Phase: PhaseStopped}, byRecovery: RecoveryBegan{},
		byDischarged: Discharged{}, byTransferred: Transferred{}, byLeft: LeftEarly{}, byCancelled: Cancelled{}, byClosed: Closed{},
	}
}

func TestPhaseAfter_FollowsTheArrowsAndNoOthers(t *testing.T) {
	t.Parallel()
	for by, ev := range moving() {
		for _, from := range append(Phases(), PhaseNone) {
			want := from
			for _, tr := range Transitions() {
				if tr.From == from && tr.By == by {
					want = tr.To
				}
			}
			if got := PhaseAfter(from, ev); got != want {
				t.Errorf("%q after %q: %q, want %q", from, by, got, want)
			}
		}
	}
	for _, tr := range Transitions() {
		if _, ok := moving()[tr.By]; !ok {
			t.Errorf("no event is tried for %q", tr.By)
		}
	}
}

func TestPhaseAfter_StaysWhereNothingMoves(t *testing.T) {
	t.Parallel()
	for _, ev := range examples() {
		if mover(ev) != "" {
			continue
		}
		for _, p := range Phases() {
			if got := PhaseAfter(p, ev); got != p {
				t.Errorf("%T moved %q to %q", ev, p, got)
			}
		}
	}
	for _, ev := range []Event{RateChanged{}, Amended{}} {
		if mover(ev) != "" {
			t.Errorf("%#v moves a phase", ev)
		}
	}
}
