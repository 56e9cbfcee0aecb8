package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func long() Document {
	d := Document{
		Clinic: "demo", Title: "Infusion visit", Patient: "Maria Rivera, born 1981-05-04", Head: "entry 7, abcdef", Printed: "printed by A. Okafor RN",
		Demo: true, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Signatures: []string{"J. Weiss MD, reviewed"},
		Tables: []Table{{Title: "Observations", Columns: []string{"Time", "SpO₂"}, Rows: [][]string{{"10:00", "97"}}}, {Title: "Drugs", Empty: "None was given."}},
	}
	for i := range 120 {
		d.Entries = append(d.Entries, Entry{Time: "10:00", Title: fmt.Sprintf("Entry number %d", i), Text: "said", By: "A. Okafor RN"})
	}
	return d
}

func TestPDF_EveryPageSaysWhoAndWhich(t *testing.T) {
	t.Parallel()
	out, err := write(long(), false)
	if err != nil {
		t.Fatal(err)
	}
	pages := bytes.Count(out, []byte("/Type /Page\n"))
	if pages < 3 {
		t.Fatalf("%d pages, want several", pages)
	}
	for _, want := range []string{"Maria Rivera", "chain head: entry 7, abcdef", fmt.Sprintf("of %d)", pages), "DEMONSTRATION"} {
		if got := bytes.Count(out, []byte(want)); got != pages {
			t.Errorf("%q stands on %d of %d pages", want, got, pages)
		}
	}
	for _, want := range []string{"Entry number 0 ", "Entry number 119 ", "J. Weiss MD, reviewed", "None was given.", "SpO2"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestPDF_SameDocumentSameBytes(t *testing.T) {
	t.Parallel()
	a, err := PDF(long())
	if err != nil {
		t.Fatal(err)
	}
	b, err := PDF(long())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two prints of one document differ")
	}
}

func FuzzPDF(f *testing.F) {
	f.Add("Rivera", strings.Repeat("x", 5000))
	f.Add("\x00\xff‮", "a\nb\r\tc")
	f.Fuzz(func(t *testing.T, name, text string) {
		d := long()
		d.Patient, d.Entries = name, []Entry{{Title: text, Text: name, By: text, Notes: []string{text}}}
		if _, err := PDF(d); err != nil {
			t.Fatal(err)
		}
	})
}
