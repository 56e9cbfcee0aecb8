package app

import (
	"slices"
	"testing"

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
// the others; none is forgotten.
func TestSaid_TheRestIsSaidAtTheNextLook(t *testing.T) {
	t.Parallel()
	many := func(n int, p alarm.Priority) (out []*said) {
		for range n {
			out = append(out, newSaid("", nil, []alarm.Change{{Condition: alarm.ObservationOverdue, Priority: p}}))
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
		all := slices.Concat(many(c.red, alarm.High), many(c.yellow, alarm.Medium), many(c.low, alarm.Low))
		byUrgency(all)
		now, later := atOnce(all)
		if len(now) != c.now || len(now)+len(later) != len(all) {
			t.Errorf("%s: %d now, %d later", name, len(now), len(later))
		}
	}
}
