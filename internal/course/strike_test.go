package course_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/word"
)

const colleague ident.Person = "0193b4c5-7a10-7000-8000-0000000000d1"

func strikes(entry int64, p course.Part, place int) course.Strike {
	return course.Strike{Striking: course.Striking{Entry: entry, Part: p, Place: place, Reason: sealed(20)}}
}

func struck(entry int64, p course.Part, place int) course.Struck {
	return course.Struck(strikes(entry, p, place))
}

// without is an event as if what is struck of it had never been said; nil for nothing.
func without(e course.Event, position int64, all []course.Striking) course.Event {
	out := func(p course.Part, place int) bool {
		return slices.ContainsFunc(all, func(x course.Striking) bool { return x.Entry == position && x.Part == p && x.Place == place })
	}
	switch ev := e.(type) {
	case course.Struck:
		return nil
	case course.Stated:
		ev.List = but(ev.List, course.PartStatement, out)
		return ev
	case course.PriorTold:
		ev.List = but(ev.List, course.PartPrior, out)
		return ev
	case course.MedicinesListed:
		if out(course.PartMedicines, 0) {
			return nil
		}
		ev.List = but(ev.List, course.PartMedicines, out)
		return ev
	case course.AllergiesListed:
		if out(course.PartAllergies, 0) {
			return nil
		}
		ev.List = but(ev.List, course.PartAllergies, out)
		return ev
	case course.InfusionsListed:
		if out(course.PartInfusions, 0) {
			return nil
		}
		ev.List = but(ev.List, course.PartInfusions, out)
		return ev
	case course.PatientTold:
		ev.Statements = but(ev.Statements, course.PartStatement, out)
		if m := ev.Medicines; m != nil {
			l := *m
			if l.List = but(l.List, course.PartMedicines, out); out(course.PartMedicines, 0) {
				ev.Medicines = nil
			} else {
				ev.Medicines = &l
			}
		}
		if a := ev.Allergies; a != nil {
			l := *a
			if l.List = but(l.List, course.PartAllergies, out); out(course.PartAllergies, 0) {
				ev.Allergies = nil
			} else {
				ev.Allergies = &l
			}
		}
		return ev
	default:
		// nothing of the others can be struck
	}
	return e
}

func but[T any](list []T, p course.Part, out func(course.Part, int) bool) []T {
	var kept []T
	for i, x := range list {
		if !out(p, i+1) {
			kept = append(kept, x)
		}
	}
	return kept
}

// saysAny is something that is said of a patient, by whoever says such a thing.
func saysAny(t *rapid.T, n int64) course.Entry {
	at := noon.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
	statement := func() course.Statement {
		st := says(rapid.SampledFrom([]string{"aneurysm", "schizophrenia"}).Draw(t, "item"), rapid.SampledFrom([]string{"yes", "no", "unknown"}).Draw(t, "answer"))
		st.At = rapid.SampledFrom([]string{"2026-11-23", "2026-11-24"}).Draw(t, "day")
		return st
	}
	statements := func() (out []course.Statement) {
		for range rapid.IntRange(0, 3).Draw(t, "statements") {
			out = append(out, statement())
		}
		return out
	}
	medicines := func() course.MedicineList {
		l := course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes}
		for range rapid.IntRange(0, 3).Draw(t, "medicines") {
			l.List = append(l.List, course.Medicine{Key: rapid.SampledFrom([]string{"morphine", "allopurinol", ""}).Draw(t, "key"), Text: sealed(4)})
		}
		return l
	}
	allergies := course.AllergyList{Source: course.ByPatient, Whole: course.WholeYes, List: []course.Allergy{{Key: "morphine", Text: sealed(6)}, {Text: sealed(7)}}}
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return entry(n, at, course.MedicinesListed{MedicineList: medicines()})
	case 1:
		return entry(n, at, course.InfusionsListed{InfusionList: course.InfusionList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Given{{EndedAt: "2025-05-01", Hours: "4", Series: 1}, {EndedAt: "2025-06-01", Hours: "3", Series: 2}}}})
	case 2:
		m := medicines()
		m.Source = course.ByPatient
		e := byPatient(n, course.PatientTold{Telling: course.Telling{Link: link, Statements: statements(), Medicines: &m, Allergies: &allergies}})
		e.EffectiveAt = at
		return e
	case 3:
		return entry(n, at, course.AllergiesListed{AllergyList: allergies})
	case 4:
		return entry(n, at, course.PriorTold{Treatments: course.Treatments{List: []course.Prior{{What: course.PriorOpioid, Text: sealed(3)}}}})
	}
	return entry(n, at, course.Stated{Statements: course.Statements{List: statements()}})
}

// TestStrike_IsNeverSaid: whatever is struck, wherever among the entries that follow it,
// the rules see what they would see had it never been said; and it is still there to be
// read, with all that was said.
func TestStrike_IsNeverSaid(t *testing.T) {
	t.Parallel()
	parts := []course.Part{course.PartStatement, course.PartMedicines, course.PartAllergies, course.PartInfusions, course.PartPrior}
	rapid.Check(t, func(t *rapid.T) {
		entries := []course.Entry{entry(1, noon.Add(-2*time.Hour), course.Referred{Referral: referral()})}
		var all []course.Striking
		for range rapid.IntRange(1, 14).Draw(t, "entries") {
			n := int64(len(entries) + 1)
			if rapid.IntRange(0, 3).Draw(t, "strikes") > 0 {
				entries = append(entries, saysAny(t, n))
				continue
			}
			x := struck(100+rapid.Int64Range(1, n-1).Draw(t, "entry"), rapid.SampledFrom(parts).Draw(t, "part"), rapid.IntRange(0, 3).Draw(t, "place"))
			if _, counts := course.Fold(entries).Named(x.Striking); !counts {
				continue
			}
			entries, all = append(entries, entry(n, noon, x)), append(all, x.Striking)
		}
		got := course.Fold(entries)
		var never []course.Entry
		for _, e := range entries {
			if e.Event = without(e.Event, e.Position, all); e.Event != nil {
				never = append(never, e)
			}
		}
		want := course.Fold(never)
		if a, b := sees(t, got), sees(t, want); !reflect.DeepEqual(a, b) {
			t.Fatalf("with it struck\n%+v\nnever said\n%+v", a, b)
		}
		if !slices.EqualFunc(got.Prior, want.Prior, func(a, b course.Dated[course.Prior]) bool { return a.What == b.What }) || allergies(got) != allergies(want) {
			t.Fatal("treatments or allergies that were struck count")
		}
		if len(got.Struck) != len(all) {
			t.Fatalf("%d were struck, and %d can be read", len(all), len(got.Struck))
		}
		for _, x := range got.Struck {
			if x.Statement == nil && x.Medicines == nil && x.Allergies == nil && x.Infusions == nil && x.Prior == nil {
				t.Fatalf("what was said is gone: %+v", x)
			}
		}
		// The strikings may as well come last, in another order of arrival.
		last := slices.DeleteFunc(slices.Clone(entries), func(e course.Entry) bool { _, is := e.Event.(course.Struck); return is })
		for _, x := range slices.Backward(all) {
			last = append(last, entry(int64(len(entries)+len(last)), noon, course.Struck{Striking: x}))
		}
		if a, b := sees(t, got), sees(t, course.Fold(last)); !reflect.DeepEqual(a, b) {
			t.Fatalf("struck at once\n%+v\nstruck last\n%+v", a, b)
		}
	})
}

// visible is what rules and pages see of a course.
type visible struct {
	rule.Snapshot
	latest map[string]course.Statement
}

func sees(t *rapid.T, s course.State) visible {
	snap, err := s.Snapshot(noon, "1984-03-02", nil)
	if err != nil {
		t.Fatal(err)
	}
	out := visible{Snapshot: snap, latest: map[string]course.Statement{}}
	for name, d := range s.Latest(noon.Location()) {
		out.latest[name] = d.What
	}
	return out
}

func allergies(s course.State) string {
	if s.Allergies == nil {
		return "none listed"
	}
	return fmt.Sprint(s.Allergies.What)
}

// TestStrike_WhoMay: a slip of one's own is taken back by who made it. What a rule found
// by another's word, or by the patient's, is taken away by who may answer for the finding.
func TestStrike_WhoMay(t *testing.T) {
	t.Parallel()
	letter := says("schizophrenia", "yes")
	letter.Source = course.ByLetter
	mine := opened(course.Stated{Statements: course.Statements{List: []course.Statement{letter}}})
	theirs := func(st course.Statement) course.State {
		e := entry(2, noon, course.Stated{Statements: course.Statements{List: []course.Statement{st}}})
		e.Actor.Person = colleague
		return course.Evolve(opened(), e)
	}
	patients := course.Evolve(opened(), byPatient(2, course.PatientTold{Telling: tells(says("schizophrenia", "yes"))}))
	typed := opened(course.Stated{Statements: course.Statements{List: []course.Statement{says("schizophrenia", "yes")}}})
	clearOf := func(v course.Verdict) course.Verdict { v.Result = rule.Clear; return v }
	lacking := func(v course.Verdict) course.Verdict { v.Result = rule.CouldNotCheck; return v }
	for name, tt := range map[string]struct {
		s           course.State
		is, without []course.Verdict
		as          act.Role
		want        word.ID
	}{
		"own slip":                          {mine, []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Nurse, ""},
		"own slip, rules not run":           {mine, nil, nil, act.Nurse, ""},
		"another's, nothing found by it":    {theirs(letter), []course.Verdict{clear_}, []course.Verdict{clear_}, act.Nurse, ""},
		"another's, found still":            {theirs(letter), []course.Verdict{hard}, []course.Verdict{hard}, act.Nurse, ""},
		"another's, a stop, nurse":          {theirs(letter), []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Nurse, "course.strike.role"},
		"another's, a stop, prescriber":     {theirs(letter), []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Prescriber, "course.strike.role"},
		"another's, a stop, director":       {theirs(letter), []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Director, ""},
		"a stop that could not be checked":  {theirs(letter), []course.Verdict{hard}, []course.Verdict{lacking(hard)}, act.Prescriber, "course.strike.role"},
		"a rule that is gone":               {theirs(letter), []course.Verdict{hard}, []course.Verdict{clear_}, act.Prescriber, "course.strike.role"},
		"to weigh, nurse":                   {theirs(letter), []course.Verdict{soft}, []course.Verdict{clearOf(soft)}, act.Nurse, "course.strike.role"},
		"to weigh, prescriber":              {theirs(letter), []course.Verdict{soft}, []course.Verdict{clearOf(soft)}, act.Prescriber, ""},
		"a note":                            {theirs(letter), []course.Verdict{noted}, []course.Verdict{clearOf(noted)}, act.Nurse, ""},
		"would become clear":                {theirs(letter), []course.Verdict{hardLack}, []course.Verdict{clearOf(hardLack)}, act.Nurse, "course.strike.role"},
		"a finding would come":              {theirs(letter), []course.Verdict{hardLack}, []course.Verdict{hard}, act.Nurse, "course.strike.role"},
		"of today only, a stop":             {theirs(letter), []course.Verdict{lacking(ofToday)}, []course.Verdict{clearOf(ofToday)}, act.Nurse, "course.strike.role"},
		"rules not run, nurse":              {theirs(letter), nil, nil, act.Nurse, "course.strike.unchecked"},
		"rules not run with it":             {theirs(letter), nil, []course.Verdict{clear_}, act.Nurse, "course.strike.unchecked"},
		"rules not run without it":          {theirs(letter), []course.Verdict{hard}, nil, act.Nurse, "course.strike.unchecked"},
		"rules not run, prescriber":         {theirs(letter), nil, nil, act.Prescriber, ""},
		"the patient's word, nurse":         {patients, []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Nurse, "course.strike.role"},
		"the patient's word, prescriber":    {patients, []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Prescriber, "course.strike.role"},
		"the patient's word, director":      {patients, []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Director, ""},
		"the patient's word, typed by me":   {typed, []course.Verdict{hard}, []course.Verdict{clearOf(hard)}, act.Nurse, "course.strike.role"},
		"the patient's word, nothing by it": {patients, []course.Verdict{clear_}, []course.Verdict{clear_}, act.Nurse, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := env(tt.as)
			e.Checked, e.Without = checked(tt.is...), checked(tt.without...)
			got := decides(t, tt.s, strikes(102, course.PartStatement, 1), e, tt.want)
			if tt.want == "" && !reflect.DeepEqual(got, []course.Event{struck(102, course.PartStatement, 1)}) {
				t.Errorf("becomes %+v", got)
			}
		})
	}
}

// TestStrike_InTwoSteps: who adds her own word to another's, strikes the other's while
// hers still bears the finding, and then takes hers back as a slip, takes the finding
// away: that is for who may answer for it. Of another thing her slip stays her own.
func TestStrike_InTwoSteps(t *testing.T) {
	t.Parallel()
	letter := says("schizophrenia", "yes")
	letter.Source = course.ByLetter
	mine := letter
	mine.Source = course.ByNurse
	clearOf := hard
	clearOf.Result = rule.Clear
	for name, tt := range map[string]struct {
		own  course.Statement
		as   act.Role
		want word.ID
	}{
		"the same thing, nurse":    {mine, act.Nurse, "course.strike.role"},
		"the same thing, director": {mine, act.Director, ""},
		"another thing, nurse":     {func() course.Statement { x := says("aneurysm", "yes"); x.Source = course.ByNurse; return x }(), act.Nurse, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			theirs := entry(2, noon, course.Stated{Statements: course.Statements{List: []course.Statement{letter}}})
			theirs.Actor.Person = colleague
			s := course.Evolve(opened(), theirs)
			s = course.Evolve(s, entry(3, noon, course.Stated{Statements: course.Statements{List: []course.Statement{tt.own}}}))
			s = course.Evolve(s, entry(4, noon, struck(theirs.Position, course.PartStatement, 1)))
			e := env(tt.as)
			e.Checked, e.Without = checked(hard), checked(clearOf)
			decides(t, s, strikes(103, course.PartStatement, 1), e, tt.want)
		})
	}
}

// TestStrike_Named: only what counts can be struck, once, and with a reason.
func TestStrike_Named(t *testing.T) {
	t.Parallel()
	list := func(keys ...string) course.Event {
		l := course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes}
		for _, k := range keys {
			l.List = append(l.List, course.Medicine{Key: k})
		}
		return course.MedicinesListed{MedicineList: l}
	}
	s := opened(list("morphine", "allopurinol", "morphine"), course.Stated{Statements: course.Statements{List: []course.Statement{says("aneurysm", "yes")}}})
	for name, c := range map[string]course.Strike{
		"no such entry":         strikes(99, course.PartStatement, 1),
		"another part":          strikes(103, course.PartPrior, 1),
		"no place":              strikes(103, course.PartStatement, 0),
		"no such place":         strikes(103, course.PartStatement, 2),
		"before the list":       strikes(102, course.PartMedicines, -1),
		"behind the list":       strikes(102, course.PartMedicines, 4),
		"no part":               strikes(102, "", 1),
		"of a list not there":   strikes(102, course.PartAllergies, 0),
		"a referral is no part": strikes(101, course.PartStatement, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			decides(t, s, c, env(act.Director), "course.strike.none")
		})
	}
	c := strikes(103, course.PartStatement, 1)
	c.Reason.Hash, c.Reason.ID = "", ""
	decides(t, s, c, env(act.Director), "course.reason")

	keys := func(s course.State) (out string) {
		for i, m := range s.Medicines.What.List {
			out += fmt.Sprintf("%d %s ", s.Medicines.PlaceOf(i), m.Key)
		}
		return out
	}
	one := course.Evolve(s, entry(4, noon, struck(102, course.PartMedicines, 1)))
	if got := keys(one); got != "2 allopurinol 3 morphine " || keys(s) != "1 morphine 2 allopurinol 3 morphine " {
		t.Errorf("with the first struck: %s, before: %s", got, keys(s))
	}
	decides(t, one, strikes(102, course.PartMedicines, 1), env(act.Nurse), "course.strike.none")
	two := course.Evolve(one, entry(5, noon, struck(102, course.PartMedicines, 3)))
	if got := keys(two); got != "2 allopurinol " {
		t.Errorf("with two struck: %s", got)
	}
	gone := course.Evolve(two, entry(6, noon, struck(102, course.PartMedicines, 2)))
	if got := keys(gone); got != "" || len(gone.Struck) != 3 || gone.Struck[1].Medicines.What.List[0].Key != "morphine" {
		t.Errorf("with all struck: %q, %+v", got, gone.Struck)
	}
	decides(t, gone, strikes(102, course.PartMedicines, 2), env(act.Nurse), "course.strike.none")
	// The whole list struck, the one before it counts again.
	older := opened(list("allopurinol"), list("morphine"))
	if got := keys(course.Evolve(older, entry(4, noon, struck(103, course.PartMedicines, 0)))); got != "1 allopurinol " {
		t.Errorf("with the list struck: %q", got)
	}
}

// TestStrike_WhatElseChanges: what was held back because of it counts again; what was
// decided on it and what was asked stay as they were.
func TestStrike_WhatElseChanges(t *testing.T) {
	t.Parallel()
	letter := says("aneurysm", "yes")
	letter.Source = course.ByLetter
	s := opened(course.Stated{Statements: course.Statements{List: []course.Statement{letter}}})
	s = course.Evolve(s, byPatient(3, course.PatientTold{Telling: tells(says("aneurysm", "no"))}))
	if got := s.Latest(noon.Location())["history.aneurysm"].What.Answer; got != "yes" || len(s.Waiting()) != 1 {
		t.Fatalf("before: %q, %d wait", got, len(s.Waiting()))
	}
	s = course.Evolve(s, entry(4, noon, struck(102, course.PartStatement, 1)))
	if got := s.Latest(noon.Location())["history.aneurysm"].What.Answer; got != "no" {
		t.Errorf("with the letter struck %q counts", got)
	}

	list := course.MedicinesListed{MedicineList: course.MedicineList{At: "2026-11-24", Source: course.ByNurse, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine"}, {Text: sealed(4)}}}}
	decided := opened(list, course.Decided{Outcome: course.Suitable})
	decided = course.Evolve(decided, entry(4, noon, struck(102, course.PartMedicines, 0)))
	if got := decided.Since(nil); decided.Medicines != nil || !reflect.DeepEqual(got.Gone, []string{"morphine"}) || got.NotCoded != 0 {
		t.Errorf("since a decision on a list that is struck: %+v", got)
	}
	line := course.Evolve(opened(list, course.Decided{Outcome: course.Suitable}), entry(4, noon, struck(102, course.PartMedicines, 1)))
	if got := line.Since(nil); !reflect.DeepEqual(got.Gone, []string{"morphine"}) || got.NotCoded != 0 {
		t.Errorf("since a decision on a line that is struck: %+v", got)
	}
	again := course.Evolve(line, entry(5, noon.Add(time.Minute), course.Decided{Outcome: course.Suitable}))
	if got := again.Since(nil); len(got.Gone) != 0 {
		t.Errorf("decided anew: %+v", got)
	}

	alt := course.Statement{Section: rule.Labs, Item: "alt", Value: "96", Unit: "U/L", ULN: "40", At: "2026-11-10", Source: course.ByLaboratory}
	asked := opened(course.InformationAsked{Asking: course.Asking{From: course.FromLaboratory, Items: []string{"labs.alt"}}}, course.Stated{Statements: course.Statements{List: []course.Statement{alt}}})
	asked = course.Evolve(asked, entry(4, noon, struck(103, course.PartStatement, 1)))
	if asked.Asked[0].Waits() || len(asked.Statements) != 0 {
		t.Errorf("a result that came and was struck is waited for, or counts: %+v", asked.Asked)
	}
	if private := asked.Private(); !slices.Contains(private, sealed(20)) {
		t.Error("the reason of a striking is not among the personal text")
	}
}
