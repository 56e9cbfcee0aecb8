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
