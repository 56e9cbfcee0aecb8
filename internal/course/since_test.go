package course_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// TestSince: what changed after a decision is told by name, and nothing else is.
func TestSince(t *testing.T) {
	t.Parallel()
	list := func(keys ...string) course.Event {
		l := course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes}
		for _, k := range keys {
			l.List = append(l.List, course.Medicine{Key: k})
		}
		return course.MedicinesListed{MedicineList: l}
	}
	verdicts := func(psychosis rule.Result) []course.Verdict {
		return []course.Verdict{
			{Rule: "CI-PSY", Version: 1, Result: psychosis, Policy: course.Hard},
			{Rule: "DDI-1", Version: 1, Result: rule.Clear, Policy: course.Hard},
			{Rule: "CI-BPNOW", Version: 1, Result: psychosis, Policy: course.Hard, Today: true},
		}
	}
	screened := course.Screened{Verdicts: verdicts(rule.Clear)[:2]}
	decided := course.Decided{Outcome: course.Suitable}
	tests := map[string]struct {
		events []course.Event
		now    []course.Verdict
		want   course.Since
	}{
		"nothing decided":           {[]course.Event{list("morphine")}, verdicts(rule.Finding), course.Since{}},
		"nothing changed":           {[]course.Event{list("morphine"), screened, decided}, verdicts(rule.Clear), course.Since{}},
		"a rule finds":              {[]course.Event{screened, decided}, verdicts(rule.Finding), course.Since{Rules: []course.Moved{{Rule: "CI-PSY", Was: rule.Clear, Is: rule.Finding}}}},
		"a rule cannot be checked":  {[]course.Event{screened, decided}, verdicts(rule.CouldNotCheck), course.Since{Rules: []course.Moved{{Rule: "CI-PSY", Was: rule.Clear, Is: rule.CouldNotCheck}}}},
		"a rule is new":             {[]course.Event{course.Screened{Verdicts: screened.Verdicts[:1]}, decided}, verdicts(rule.Clear), course.Since{Rules: []course.Moved{{Rule: "DDI-1", Is: rule.Clear}}}},
		"decided without the rules": {[]course.Event{decided}, verdicts(rule.Finding), course.Since{}},
		"a medicine more":           {[]course.Event{list("morphine"), decided, list("morphine", "theophylline", "theophylline")}, nil, course.Since{Added: []string{"theophylline"}}},
		"a medicine less":           {[]course.Event{list("morphine", "allopurinol"), decided, list("morphine")}, nil, course.Since{Gone: []string{"allopurinol"}}},
		"listed for the first time": {[]course.Event{decided, list("morphine")}, nil, course.Since{Added: []string{"morphine"}}},
		"not coded":                 {[]course.Event{list("morphine", ""), decided, list("morphine", "")}, nil, course.Since{NotCoded: 1}},
		"decided anew over it":      {[]course.Event{list("morphine"), decided, list("theophylline"), decided}, nil, course.Since{}},
	}
	for name, tt := range tests {
		got := opened(tt.events...).Since(tt.now)
		if len(got.Added) == 0 {
			got.Added = nil
		}
		if len(got.Gone) == 0 {
			got.Gone = nil
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}

	// A decision of before that is entered late takes nothing away from a later one.
	s := opened(list("morphine"), decided, list("theophylline"))
	late := course.Evolve(s, entry(9, noon.Add(-3*time.Hour), course.Decided{Outcome: course.NotSuitable}))
	if got := late.Since(nil); len(got.Added) != 1 {
		t.Errorf("after a late entry: %+v", got)
	}
}
