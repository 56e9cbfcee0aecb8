package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/report/reporttest"
)

// emergency is a sheet with n lines of log, m drugs, and the call for help at
// line pinned.
func emergency(n, m, pinned int) Sheet {
	s := Sheet{
		Title: "Transfer sheet", Clinic: "Test clinic", At: time.Date(2026, 11, 23, 10, 24, 0, 0, time.UTC), Pinned: pinned,
		Patient:   Patient{Name: "Maria Rivera", Born: "born 4 May 1981", Number: "10021", Detail: "45 years · 72.4 kg", Allergies: "allergy: morphine (hives)", AllergiesKnown: true},
		Visit:     "Monday 23 November 2026 · chair 3 · Transferred",
		Given:     []Fact{{Term: "Ketamine given IV", Text: "24.3 mg, 0.34 mg/kg"}, {Term: "Pump", Text: "stopped 10:12"}},
		Signs:     Table{Title: "Last signs", Columns: []string{"Sign", "Value", "At"}, Rows: [][]string{{"Pressure", "92/54 mmHg", "10:20 (4 min ago)"}, {"Pulse", "118 /min", "10:24 (3 s ago)"}}},
		Breathing: []Fact{{Term: "Oxygen", Text: "10 L/min mask"}}, Told: []Fact{{Term: "Ambulance called", Text: "10:13"}},
		Drugs: Table{Title: "Other drugs", Columns: []string{"Time", "Drug"}, Empty: "None was given."},
		Log:   Table{Title: "What happened", Columns: []string{"Time", "What", "By"}, Empty: "Nothing is on record."},
		Head:  Head{Short: "entry 4211, 3f7a9c0e5b1d2846…", Full: "entry 4211, 3f7a9c0e5b1d2846"}, Printed: "printed 23 November 2026 10:24 by A. Okafor RN",
	}
	for i := range n {
		s.Log.Rows = append(s.Log.Rows, []string{"10:12", fmt.Sprintf("line %d of the log", i), "A. Okafor RN"})
	}
	for i := range m {
		s.Drugs.Rows = append(s.Drugs.Rows, []string{"10:15", fmt.Sprintf("drug %d", i)})
	}
	return s
}

func onePage(t *testing.T, s Sheet) (string, Sheet) {
	t.Helper()
	pdf, fitted, err := OnePage(s)
	if err != nil {
		t.Fatal(err)
	}
	pages := reporttest.PageTexts(t, pdf)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	return strings.Join(strings.Fields(pages[0]), " "), fitted
}

func TestOnePage_ShortEmergencyIsWhole(t *testing.T) {
	t.Parallel()
	said, fitted := onePage(t, emergency(5, 2, 0))
	for _, text := range []string{
		"Maria Rivera", "born 4 May 1981", "Allergy: morphine (hives)", "24.3 mg, 0.34 mg/kg", "92/54 mmHg", "(4 min ago)", "10 L/min mask",
		"drug 0", "drug 1", "Ambulance called", "line 0 of the log", "line 4 of the log", "entry 4211, 3f7a9c0e5b1d2846", "page 1 of 1",
	} {
		if !strings.Contains(said, text) {
			t.Errorf("the sheet lacks %q", text)
		}
	}
	if strings.Contains(said, "left out") || len(fitted.Log.Rows) != 5 {
		t.Error("something was left out although all fits")
	}
}

// A long emergency keeps the newest lines and the call for help, and says how
// many it leaves out.
func TestOnePage_LongEmergencyStaysOnOnePage(t *testing.T) {
	t.Parallel()
	for _, n := range []int{40, 60, 500} {
		said, fitted := onePage(t, emergency(n, 6, 3))
		last, call := fmt.Sprintf("line %d of the log", n-1), "line 3 of the log"
		for _, text := range []string{"Maria Rivera", "24.3 mg", "92/54 mmHg", "Ambulance called", "drug 0", "drug 5", last, call} {
			if !strings.Contains(said, text) {
				t.Errorf("%d lines: the sheet lacks %q", n, text)
			}
		}
		left := n - len(fitted.Log.Rows)
		if left < 1 || !strings.Contains(said, fmt.Sprintf("%d earlier lines are left out: see the record.", left)) {
			t.Errorf("%d lines, %d kept: the sheet does not say so", n, len(fitted.Log.Rows))
		}
		if len(fitted.Log.Rows) < 15 {
			t.Errorf("%d lines: only %d were kept", n, len(fitted.Log.Rows))
		}
		if fitted.Log.Rows[fitted.Pinned][1] != call {
			t.Errorf("the pinned line is %v", fitted.Log.Rows[fitted.Pinned])
		}
	}
}

// Whatever grows, the sheet stays one page and keeps who, what and how now.
func TestOnePage_WhateverGrows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("very long words about what was done ", 200)
	for name, grow := range map[string]func(*Sheet){
		"drugs": func(s *Sheet) {
			for i := range 200 {
				s.Drugs.Rows = append(s.Drugs.Rows, []string{"10:15", fmt.Sprintf("another %d", i)})
			}
		},
		"allergies": func(s *Sheet) { s.Patient.Allergies = "allergies: " + strings.Repeat("substance (reaction), ", 200) },
		"each line": func(s *Sheet) {
			for i := range s.Log.Rows {
				s.Log.Rows[i][1] = long
			}
			s.Told[0].Text, s.Breathing[0].Text, s.Visit = long, long, long
		},
		"airway": func(s *Sheet) {
			for range 200 {
				s.Breathing = append(s.Breathing, Fact{Term: "Airway", Text: long})
			}
		},
		"who knows": func(s *Sheet) {
			for range 200 {
				s.Told = append(s.Told, Fact{Term: "Help arrived", Text: long})
			}
		},
		"one word": func(s *Sheet) { s.Log.Rows[0][1], s.Patient.Name = strings.Repeat("x", 5000), strings.Repeat("M", 80) },
	} {
		s := emergency(30, 4, 0)
		grow(&s)
		said, _ := onePage(t, s)
		for _, text := range []string{"24.3 mg, 0.34 mg/kg", "92/54 mmHg", seeRecord, "entry 4211"} {
			if !strings.Contains(said, text) {
				t.Errorf("%s: the sheet lacks %q", name, text)
			}
		}
	}
}

func TestOnePage_NothingIsAddedToTheCallersSheet(t *testing.T) {
	t.Parallel()
	s := emergency(100, 3, 0)
	onePage(t, s)
	if len(s.Log.Rows) != 100 || s.Log.Intro != "" || s.Log.Rows[0][1] != "line 0 of the log" {
		t.Error("fitting changed what it was given")
	}
}
