package server

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func shownRecord() view.Record {
	return view.Record{
		Chair: 3, When: "Monday 23 November 2026", Phase: "Discharged", Missing: []string{"the prescriber’s signature"},
		Patient: view.Patient{Name: "Maria Rivera", Born: "born 4 May 1981", Age: "45 years", Weight: "72.4 kg", Allergies: "no known allergies", Known: true},
		Facts:   []view.Fact{{Term: "Given", Text: "86.8 mg", Note: "by read-back", Tone: view.Amber}},
		Gates: []view.Gate{{Title: "Before a vial is opened", Summary: "Passed", Checks: []view.Check{
			{Outcome: "finding", Title: "Food", Why: "5 h", Settle: "Accepted", Source: "rule FASTING", Mark: "default", Tone: view.Amber},
		}}},
		Sections: []view.RecordSection{{Title: "Drugs", Intro: "beside", Columns: []string{"Time"}, Rows: [][]string{{"9:00"}}, Empty: "None."}},
		Account:  []view.Fact{{Term: "Drawn", Text: "100 mg", Tone: view.Plain}},
		Entries: []view.Entry{{
			Position: 7, Time: "9:20", Title: "Rate found", Text: "21.9 mL/h", By: "A. Okafor RN", Tone: view.Amber,
			Findings: []string{"0.9 % above"}, Replaced: []string{"21.7 mL/h"}, Struck: true,
		}},
		Signs:   []view.Signature{{Name: "J. Weiss MD", Roles: "prescriber", Time: "8:12", Meaning: "ordered", Of: "order 1"}},
		Head:    "entry 4211, 3f7a9c0e5b1d28463f7a9c0e5b1d28463f7a9c0e5b1d28463f7a9c0e5b1d2846, 14:01:05",
		Printed: "printed 23 November 2026 14:02 by A. Okafor RN",
	}
}

func TestRecordDocument_SaysAllThatThePageShows(t *testing.T) {
	t.Parallel()
	r := shownRecord()
	want := report.Document{
		Title: "Infusion visit record", Visit: "Monday 23 November 2026 · chair 3 · Discharged", Missing: r.Missing,
		Patient: report.Patient{
			Name: "Maria Rivera", Born: "born 4 May 1981", Number: "P-1023", Detail: "45 years · 72.4 kg",
			Allergies: "no known allergies", AllergiesKnown: true,
		},
		Facts: []report.Fact{{Term: "Given", Text: "86.8 mg", Note: "by read-back", Tone: report.Amber}},
		Gates: []report.Gate{{Title: "Before a vial is opened", Summary: "Passed", Checks: []report.Check{
			{Outcome: "finding", Title: "Food", Why: "5 h", Settle: "Accepted", Source: "rule FASTING", Mark: "default", Tone: report.Amber},
		}}},
		Tables:  []report.Table{{Title: "Drugs", Intro: "beside", Columns: []string{"Time"}, Rows: [][]string{{"9:00"}}, Empty: "None."}},
		Account: []report.Fact{{Term: "Drawn", Text: "100 mg", Tone: report.Plain}},
		Entries: []report.Entry{{
			Position: 7, Time: "9:20", Title: "Rate found", Text: "21.9 mL/h", By: "A. Okafor RN", Tone: report.Amber,
			Findings: []string{"0.9 % above"}, Replaced: []string{"21.7 mL/h"}, Struck: true,
		}},
		Signatures: []report.Signature{{Name: "J. Weiss MD", Roles: "prescriber", Time: "8:12", Meaning: "ordered", Of: "order 1"}},
		Head:       report.Head{Short: "entry 4211, 3f7a9c0e5b1d2846…, 14:01:05", Full: r.Head},
		Printed:    r.Printed,
	}
	if diff := cmp.Diff(want, recordDocument(r, app.Patient{Number: "P-1023"})); diff != "" {
		t.Errorf("document differs (-want +got):\n%s", diff)
	}
}

// A part that is added to the record's page must come to paper, or stand here.
// The links to photos are for a screen: on paper they are a table of the sections.
func TestRecordDocument_KnowsEachPartOfThePage(t *testing.T) {
	t.Parallel()
	known := map[string]int{"Record": 17, "Fact": 4, "Gate": 6, "Check": 11, "RecordSection": 5, "Entry": 11, "Signature": 5, "Patient": 7}
	for _, v := range []any{
		view.Record{}, view.Fact{}, view.Gate{}, view.Check{}, view.RecordSection{}, view.Entry{}, view.Signature{}, view.Patient{},
	} {
		typ := reflect.TypeOf(v)
		if n := typ.NumField(); n != known[typ.Name()] {
			t.Errorf("view.%s has %d fields, not %d: bring what is new into the document", typ.Name(), n, known[typ.Name()])
		}
	}
}

func TestShortHead_CutsOnlyTheHash(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"entry 4211, 3f7a9c0e5b1d28463f7a, 14:01:05": "entry 4211, 3f7a9c0e5b1d2846…, 14:01:05",
		"entry 4211, 3f7a, 14:01:05":                 "entry 4211, 3f7a, 14:01:05",
		"":                                           "",
	} {
		if got := shortHead(in); got != want {
			t.Errorf("shortHead(%q) = %q, want %q", in, got, want)
		}
	}
}
