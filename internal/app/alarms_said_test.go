package app

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
)

// TestSaid_WhatIsUrgentIsWrittenFirst: of what befalls a room at once a patient's
// red alarm is in the record before anything else.
func TestSaid_WhatIsUrgentIsWrittenFirst(t *testing.T) {
	t.Parallel()
	one := func(id alarm.ID, p alarm.Priority) []alarm.Change {
		return []alarm.Change{{Condition: alarm.ClockOff, Priority: alarm.Low}, {Condition: id, Priority: p}}
	}
	all := []*said{
		newSaid("low", nil, one(alarm.Unheard, alarm.Low)), newSaid("patient's yellow", nil, one(alarm.RRLow, alarm.Medium)),
		newSaid("red", nil, one(alarm.MonitorOffline, alarm.High)), newSaid("patient's red", nil, one(alarm.SpO2Low, alarm.High)),
	}
	byUrgency(all)
	var got []string
	for _, x := range all {
		got = append(got, string(x.id))
	}
	if want := []string{"patient's red", "red", "patient's yellow", "low"}; !slices.Equal(got, want) {
		t.Errorf("written in the order %q, want %q", got, want)
	}
}

// TestSaid_TheRestIsSaidAtTheNextLook: a look writes every red alarm and a few of
// the others; what is left is due at once, and none is forgotten.
func TestSaid_TheRestIsSaidAtTheNextLook(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	many := func(n int, p alarm.Priority) (out []*said) {
		for range n {
			out = append(out, newSaid("", &watched{}, []alarm.Change{{Condition: alarm.ObservationOverdue, Priority: p}}))
		}
		return out
	}
	for name, c := range map[string]struct{ red, yellow, low, now int }{
		"none":                  {0, 0, 0, 0},
		"fewer than at once":    {1, 2, 3, 6},
		"as many as at once":    {0, 0, notesAtOnce, notesAtOnce},
		"a room's rounds":       {0, 0, 200, notesAtOnce},
		"a red one among them":  {1, 0, 200, notesAtOnce},
		"more red than at once": {40, 5, 200, 40},
		"yellow ones":           {0, 40, 0, notesAtOnce},
	} {
		all := slices.Concat(many(c.low, alarm.Low), many(c.yellow, alarm.Medium), many(c.red, alarm.High))
		byUrgency(all)
		if got := atOnce(all, now); len(got) != c.now {
			t.Errorf("%s: %d now", name, len(got))
		}
		for i, x := range all {
			if due := x.of.due.Equal(now); due != (i >= c.now) {
				t.Errorf("%s: of %d the one at %d is due at once: %v", name, len(all), i, due)
				break
			}
		}
	}
}

// TestSaid_WhatCalls: what tells somebody to come to a yellow or red alarm hurries the
// boards; that one is over, or low, does not.
func TestSaid_WhatCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change alarm.Change
		want   bool
	}{
		"red":           {alarm.Change{Kind: alarm.Raised, Priority: alarm.High}, true},
		"yellow, worse": {alarm.Change{Kind: alarm.Worsened, Priority: alarm.Medium}, true},
		"escalated":     {alarm.Change{Kind: alarm.Escalated, Priority: alarm.Medium}, true},
		"again":         {alarm.Change{Kind: alarm.AnnouncedAgain, Priority: alarm.High}, true},
		"after a pause": {alarm.Change{Kind: alarm.PauseEnded, Priority: alarm.High}, true},
		"low":           {alarm.Change{Kind: alarm.Raised, Priority: alarm.Low}, false},
		"eased":         {alarm.Change{Kind: alarm.Eased, Priority: alarm.Medium}, false},
		"answered":      {alarm.Change{Kind: alarm.Answered, Priority: alarm.High}, false},
		"over":          {alarm.Change{Kind: alarm.Ended, Priority: alarm.High}, false},
		"gone":          {alarm.Change{Kind: alarm.Cleared, Priority: alarm.High}, false},
	} {
		if got := newSaid("", nil, []alarm.Change{{Kind: alarm.Raised, Priority: alarm.Low}, c.change}).calls; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
