package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/report/reporttest"
)

// samplePack is a pack with something of everything.
func samplePack() Pack {
	d := sample()
	p := Pack{
		Title: "Paper for when Stillwatch is down", Clinic: d.Clinic, Patient: d.Patient, Visit: d.Visit, At: d.At, Demo: true,
		Notes:  []string{"Stillwatch is not watching while this paper is used."},
		Stands: []Fact{{Term: "Staff", Text: "L. Brandt RN"}},
		Order:  []Fact{{Term: "Drug", Text: "ketamine 1 mg/mL, bag of 250 mL in 0.9 % NaCl"}, {Term: "Rescue drug", Text: "ondansetron 4 mg IV, for nausea, one dose at most"}},
		Steps:  Table{Title: "Steps", Columns: []string{"Step", "Ordered", "Set the pump to"}, Rows: [][]string{{"1", "0.2 mg/kg/h", "14.5 mL/h"}, {"2", "0.3 mg/kg/h", "21.7 mL/h"}}},
		Rates:  Table{Title: "Pump settings for 72.4 kg", Columns: []string{"mg/kg/h", "set mL/h", "gives mg/h"}, Rows: [][]string{{"0.2", "14.5", "14.5"}, {"0.25", "18.1", "18.1"}}},
		Limits: Table{Title: "Alarm limits", Columns: []string{"Sign", "Yellow", "Red"}, Rows: [][]string{{"SpO₂ low", "below 94 % (order)", "below 90 %"}}},
		EtCO2:  true, Baseline: "Two resting sets.", Sets: 2,
		Consider:  Table{Title: "To be considered at red", Columns: []string{"What", "Consider"}, Rows: [][]string{{"SpO₂ low", "Clinic setting: give oxygen"}}},
		Discharge: []Box{{"G-1", "The discharge score is enough."}, {"G-9", "Somebody else signs."}},
		Standing:  "Limits not reviewed by a clinician.", Signatures: d.Signatures[:1], Head: d.Head,
		Printed: "printed 23 November 2026 08:02 by A. Okafor RN, valid only for the order signed 23 November 08:12",
	}
	for m := 0; m <= 30; m += 5 {
		p.Minutes = append(p.Minutes, Minute{fmt.Sprint(m), "cuff"})
	}
	p.Minutes = append(p.Minutes, Minute{"45", "all"}, Minute{"stop +15", "all"})
	return p
}

func packPages(t *testing.T, packs ...Pack) []string {
	t.Helper()
	pdf, err := Packs(packs)
	if err != nil {
		t.Fatal(err)
	}
	pages := reporttest.PageTexts(t, pdf)
	for i, p := range pages {
		pages[i] = strings.Join(strings.Fields(p), " ")
	}
	return pages
}

func TestPacks_Golden(t *testing.T) {
	t.Parallel()
	got := strings.Join(packPages(t, samplePack()), "\n--- page ---\n") + "\n"
	golden := filepath.Join("testdata", "pack.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("text differs from %s; run with -update if it should (-want +got):\n%s", golden, diff)
	}
}

// Every page says whose it is, for which order, of how many, and that a
// demonstration made it.
func TestPacks_EveryPageSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	other := samplePack()
	other.Patient.Name, other.Patient.Number, other.Demo = "Haruki Sato", "P-7", false
	pages := packPages(t, samplePack(), other)
	if len(pages)%2 != 0 {
		t.Fatalf("%d pages of two packs", len(pages))
	}
	half := len(pages) / 2
	for i, p := range pages {
		want := []string{fmt.Sprintf("page %d of %d", i%half+1, half), "born 4 May 1981", "valid only for the order signed 23 November 08:12", "by A. Okafor RN", "Record head: " + sample().Head.Short, "J. Weiss MD (ordered)"}
		if i < half {
			want = append(want, sample().Patient.Name, watermark, demoText)
		} else {
			want = append(want, "Haruki Sato", "P-7")
		}
		for _, w := range want {
			if !strings.Contains(p, w) {
				t.Errorf("page %d lacks %q", i+1, w)
			}
		}
		if i >= half && (strings.Contains(p, watermark) || strings.Contains(p, sample().Patient.Name)) {
			t.Errorf("page %d is of a demonstration, or somebody else's", i+1)
		}
	}
}

// The sheet asks for all that a flowsheet holds, and says what to do with it.
func TestPacks_TheBlankSheetHoldsAll(t *testing.T) {
	t.Parallel()
	said := strings.Join(packPages(t, samplePack()), " ")
	for _, w := range []string{
		"SBP/DBP/MAP", "HR /min", "SpO₂ %", "O₂ L/min", "RR /min", "EtCO₂ mmHg", "MOAA/S", "Pain 0–10", "Distress 0–10", "IV site", "Pump mL/h", "Given mL", "Initials",
		"Side effects", "Drugs given", "To mL/h", "Drug on the vial", "Pump stopped at", "Stopped by", "Witness", "Wasted mg", "Vial lot", "mg in the bag, second person",
		"Call for help in person", "Anyone may stop the pump: at the pump first", "G-1", "G-9",
		"open Enter from paper: the tables there stand in the order of these", "Programmed on the pump", "14.5 mL/h", "21.7 mL/h", "below 94 % (order)", "Allergic to morphine (hives)", "stop +15",
	} {
		if !strings.Contains(said, w) {
			t.Errorf("the pack lacks %q", w)
		}
	}
	p := samplePack()
	p.EtCO2 = false
	if said := strings.Join(packPages(t, p), " "); strings.Contains(said, "EtCO₂ mmHg") {
		t.Error("a column for capnography that is not ordered")
	}
}

// Without an order nothing of one is printed, and the words say so.
func TestPacks_NoOrder(t *testing.T) {
	t.Parallel()
	p := samplePack()
	p.NoOrder, p.Minutes, p.Signatures = "no order in Stillwatch", nil, nil
	pages := packPages(t, p)
	for i, page := range pages {
		if !strings.Contains(page, "No order in Stillwatch.") || strings.Contains(page, "Not signed yet") {
			t.Errorf("page %d does not say that there is no order", i+1)
		}
	}
	said := strings.Join(pages, " ")
	for _, w := range []string{"Nothing is given by this paper until a prescriber has signed an order", "Allergic to morphine (hives)", "No plan was printed", "SBP/DBP/MAP"} {
		if !strings.Contains(said, w) {
			t.Errorf("the pack lacks %q", w)
		}
	}
	for _, w := range []string{"14.5", "ketamine", "The order "} {
		if strings.Contains(said, w) {
			t.Errorf("without an order the paper says %q", w)
		}
	}
}

// Odd and endless texts neither break a form nor leave the page.
func TestPacks_OddNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ﷺ\u202eabc", "名前 なまえ", strings.Repeat("M", 200), "", "O’Brien-Đặng (Máire)", "\x00\x1b[31m"} {
		p := samplePack()
		p.Patient.Name, p.NoOrder = name, ""
		p.Patient.Allergies = strings.Repeat("substance (reaction), ", 300)
		p.Minutes = append(p.Minutes, Minute{strings.Repeat("9", 300), strings.Repeat("x", 300)})
		p.Discharge = append(p.Discharge, Box{"G-X", strings.Repeat("long words ", 900)})
		pages := packPages(t, p)
		if !slices.ContainsFunc(pages, func(s string) bool { return strings.Contains(s, "G-9") }) {
			t.Errorf("%q: the last checks are gone", name)
		}
	}
	p := samplePack()
	p.Patient.Name = "名前"
	if said := strings.Join(packPages(t, p), " "); !strings.Contains(said, "could not be printed") {
		t.Error("characters that could not be printed are not named")
	}
}

func TestPacks_Refuses(t *testing.T) {
	t.Parallel()
	if _, err := Packs(nil); !errors.Is(err, ErrNoPacks) {
		t.Errorf("nothing to print: %v", err)
	}
	p := samplePack()
	p.At = time.Time{}
	if _, err := Packs([]Pack{p}); !errors.Is(err, ErrNoTime) {
		t.Errorf("no date: %v", err)
	}
	p = samplePack()
	p.Minutes = slices.Repeat(p.Minutes, 20_000)
	if _, err := Packs([]Pack{p}); !errors.Is(err, ErrTooLong) {
		t.Errorf("endless: %v", err)
	}
}

// A row of a form is no lower than can be written in.
func TestGrid_RowsCanBeWrittenIn(t *testing.T) {
	t.Parallel()
	ty, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	b := dense(ty.grid("Sheet", "", []column{{"A", 1}, {"B", 3}}, blank(3), writeRow))
	for _, r := range b.rows {
		if r.height() < writeHeight || len(r.grid.at) != 3 || r.grid.at[2] < measure-0.01 || r.grid.at[2] > measure+0.01 {
			t.Errorf("a row is %.1f mm high, ruled at %v", r.height(), r.grid.at)
		}
	}
	if len(b.rows) != 3 || b.head == nil {
		t.Errorf("%d rows", len(b.rows))
	}
}
