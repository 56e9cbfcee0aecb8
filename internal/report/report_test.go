package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden text anew")

func mustPDF(t *testing.T, d Document) []byte {
	t.Helper()
	b, err := PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// flat is the text of all pages with single spaces, so that a wrapped line reads on.
func flat(pages []string) string {
	return strings.Join(strings.Fields(strings.Join(pages, " ")), " ")
}

func TestPDF_EveryPageSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	d := sample()
	pages := reporttest.PageTexts(t, mustPDF(t, d))
	if len(pages) != 4 {
		t.Errorf("the sample fills %d pages, want 4", len(pages))
	}
	for i, p := range pages {
		for _, want := range []string{
			fmt.Sprintf("page %d of %d", i+1, len(pages)), d.Clinic, d.Patient.Name, d.Patient.Born, "record number P-1023",
			d.Head.Short, "Printed 23 November 2026 14:02 by A. Okafor RN", demoText,
			"J. Weiss MD (ordered), L. Brandt RN (prepared, as second person), A. Okafor RN (discharged)",
		} {
			if !strings.Contains(p, want) {
				t.Errorf("page %d does not carry %q", i+1, want)
			}
		}
	}
}

func TestPDF_EverythingTheRecordShowsIsThere(t *testing.T) {
	t.Parallel()
	d := sample()
	got := flat(reporttest.PageTexts(t, mustPDF(t, d)))
	want := []string{d.Title, d.Visit, "Allergic to morphine (hives)", "45 years · 72.4 kg", d.Head.Full, "None was given."}
	want = append(want, d.Missing...)
	for _, f := range append(d.Facts, d.Account...) {
		want = append(want, f.Term, f.Text, f.Note)
	}
	for _, c := range d.Gates[0].Checks {
		want = append(want, upper(c.Outcome), c.Title, c.Why, c.Settle, c.Source, c.Mark)
	}
	want = append(want, d.Tables[0].Columns...)
	for _, s := range d.Signatures {
		want = append(want, s.Name, s.Roles, s.Time, upper(s.Meaning), "of "+s.Of)
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("the document does not say %q", w)
		}
	}
}

func TestPDF_EveryEntryWithWhatItReplaced(t *testing.T) {
	t.Parallel()
	d := sample()
	got := flat(reporttest.PageTexts(t, mustPDF(t, d)))
	for _, e := range d.Entries {
		said := e.Title + " " + strings.Join(strings.Fields(e.Text), " ")
		for _, f := range e.Findings {
			said += " " + f
		}
		for _, r := range e.Replaced {
			said += " replaces: " + r
		}
		if e.Struck {
			said = "Struck out: " + said
		}
		if want := fmt.Sprintf("%s %s %s %d", e.Time, said, e.By, e.Position); !strings.Contains(got, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
}

func TestPDF_Golden(t *testing.T) {
	t.Parallel()
	got := strings.Join(reporttest.PageTexts(t, mustPDF(t, sample())), "\n--- page ---\n") + "\n"
	golden := filepath.Join("testdata", "sample.txt")
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

// Another reader than ours must see the same: Poppler, where it is installed.
func TestPDF_ReadableByPoppler(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (Debian: poppler-utils) is not installed")
	}
	file := filepath.Join(t.TempDir(), "record.pdf")
	d := sample()
	if err := os.WriteFile(file, mustPDF(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	c := exec.CommandContext(t.Context(), tool, "-layout", file, "-")
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("pdftotext: %v: %s", err, complaints.String())
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	if len(pages) != 4 {
		t.Errorf("Poppler sees %d pages, want 4", len(pages))
	}
	for i, p := range pages {
		for _, want := range []string{d.Patient.Name, fmt.Sprintf("page %d of 4", i+1), "3f7a9c0e5b1d2846…"} {
			if !strings.Contains(p, want) {
				t.Errorf("Poppler does not see %q on page %d", want, i+1)
			}
		}
	}
	if !strings.Contains(pages[0], "SpO₂ %") || !strings.Contains(pages[0], "Solids ≥ 6 h before.") {
		t.Error("Poppler does not see the signs ₂ and ≥")
	}
}

func TestPDF_SameDocumentSameBytes(t *testing.T) {
	t.Parallel()
	first := mustPDF(t, sample())
	for range 5 {
		if !bytes.Equal(first, mustPDF(t, sample())) {
			t.Fatal("two prints of one document differ")
		}
	}
	if !bytes.Contains(first, []byte("/CreationDate (D:20261123130200")) {
		t.Error("the creation date is not the document's")
	}
}

func TestPDF_NoDateIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := PDF(Document{}); !errors.Is(err, ErrNoTime) {
		t.Errorf("PDF = %v, want ErrNoTime", err)
	}
}

func TestPDF_EmptyRecord(t *testing.T) {
	t.Parallel()
	d := Document{Title: "Infusion visit record", Patient: Patient{Name: "Haruki Sato", Allergies: "allergies not asked"}, At: sample().At}
	pages := reporttest.PageTexts(t, mustPDF(t, d))
	if len(pages) != 1 {
		t.Fatalf("an empty record fills %d pages, want 1", len(pages))
	}
	for _, want := range []string{"Nothing was charted.", "Not signed yet.", "Allergies not asked", "page 1 of 1"} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(pages[0], "DEMONSTRATION") {
		t.Error("a clinic's record is marked as a demonstration")
	}
}

// TestPDF_ManyEntries is far longer than any visit; the benchmark says how fast it is.
func TestPDF_ManyEntries(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Entries = sampleEntries(1_500)
	pages := reporttest.PageTexts(t, mustPDF(t, d))
	if last := fmt.Sprint(d.Entries[1_499].Position); !strings.Contains(flat(pages[len(pages)-4:]), last) {
		t.Error("the last entry is missing")
	}
}

func TestPDF_TooLongIsRefusedNotCut(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Entries = []Entry{{Title: "Note", Text: strings.Repeat("x\n", 145_000)}}
	if _, err := PDF(d); !errors.Is(err, ErrTooLong) {
		t.Errorf("PDF = %v, want ErrTooLong", err)
	}
}

func TestPDF_SaysWhatCouldNotBePrinted(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Entries = []Entry{{Title: "Note", Text: "\u05e9\u05dc \u202e😀"}}
	got := flat(reporttest.PageTexts(t, mustPDF(t, d)))
	for _, want := range []string{"Note ?? ?", `3 characters could not be printed and stand as "?".`} {
		if !strings.Contains(got, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
	if got := flat(reporttest.PageTexts(t, mustPDF(t, sample()))); strings.Contains(got, "could not be printed") {
		t.Error("the sample lost characters")
	}
}

func BenchmarkPDF(b *testing.B) {
	for _, n := range []int{40, 5_000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			d := sample()
			d.Entries = sampleEntries(n)
			for b.Loop() {
				if _, err := PDF(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// hostile puts given texts at every place a text can stand.
func hostile(name, word, text string, columns int) Document {
	return Document{
		Title: word, Clinic: name, Patient: Patient{Name: name, Born: word, Number: text, Detail: text, Allergies: word},
		Visit: text, Missing: []string{text}, Facts: []Fact{{Term: word, Text: text, Note: name}}, Head: Head{Short: text, Full: word},
		Printed: text, At: time.Unix(1, 0), Signatures: []Signature{{name, word, text, word, name, nil}},
		Gates:   []Gate{{Title: text, Summary: word, Checks: []Check{{Outcome: word, Title: text, Why: name, Tone: Red}}}},
		Entries: []Entry{{Time: word, Title: text, Text: name, By: word, Findings: []string{text}, Replaced: []string{word}, Struck: true}},
		Tables:  []Table{{Title: text, Columns: make([]string, columns&31), Rows: [][]string{{word, text}, {}, {name, name, text}}}},
	}
}

func TestPDF_TextsLongerThanPages(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("x", 6_000), strings.Repeat("\n", 600), strings.Repeat("Ana ", 1_500)} {
		pages := reporttest.PageTexts(t, mustPDF(t, hostile("Ana", text, text, 12)))
		for i, p := range pages {
			if want := fmt.Sprintf("page %d of %d", i+1, len(pages)); !strings.Contains(p, want) {
				t.Errorf("page %d does not say %q", i+1, want)
			}
		}
	}
}

func hostileSeeds(f *testing.F) {
	f.Helper()
	f.Add("Māra Đặng", "sleeping", "said\nmore", 3)
	f.Add("\x00\xff\u202e\u05e9\u0645", strings.Repeat("x", 300), "a\r\nb\t\\)(", 1)
	f.Add(strings.Repeat("Ana ", 30), "\ud7ff😀", strings.Repeat("\n", 90), 40)
	f.Add("{nb}", "e\u0301\u0301\u0301", "\uffff\ufffe\ufeff", 0)
}

// FuzzTypeset tries many texts on the pages alone: every mark stands on the
// paper, every page is numbered.
func FuzzTypeset(f *testing.F) {
	hostileSeeds(f)
	f.Fuzz(func(t *testing.T, name, word, text string, columns int) {
		b, err := typeset(hostile(name, word, text, columns))
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range b.pages {
			numbered := false
			for _, m := range p.marks {
				numbered = numbered || m.text == fmt.Sprintf("page %d of %d", i+1, len(b.pages))
				if m.y < 0 || m.y+m.h > 297 || m.x < 0 || m.x > 210 {
					t.Errorf("page %d: %q stands at %.1f, %.1f", i+1, m.text, m.x, m.y)
				}
			}
			if !numbered {
				t.Errorf("page %d of %d does not say so", i+1, len(b.pages))
			}
		}
	})
}

// FuzzPDF is slower by the two fonts that each document embeds.
func FuzzPDF(f *testing.F) {
	hostileSeeds(f)
	f.Fuzz(func(t *testing.T, name, word, text string, columns int) {
		b, err := PDF(hostile(name, word, text, columns))
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		pages := reporttest.PageTexts(t, b)
		for i, p := range pages {
			if want := fmt.Sprintf("page %d of %d", i+1, len(pages)); !strings.Contains(p, want) {
				t.Errorf("page %d does not say %q", i+1, want)
			}
		}
	})
}
