package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/report/reporttest"
)

// baselines are the pages and heights on which texts with a prefix stand.
func baselines(b *book, prefix string) (pages []int, ys []float64) {
	for i, p := range b.pages {
		for _, m := range p.marks {
			if m.kind == markText && strings.HasPrefix(m.text, prefix) {
				pages, ys = append(pages, i), append(ys, m.y)
			}
		}
	}
	return pages, ys
}

func mustTypeset(t *testing.T, d Document) *book {
	t.Helper()
	b, err := typeset(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFlow_RowsStayWholeAndHeadingsAreRepeated(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Tables = []Table{{Title: "Rounds", Columns: []string{"Hour", "Said"}}}
	for range 60 {
		d.Tables[0].Rows = append(d.Tables[0].Rows, []string{"first", "last\nlast\nlast\nlast"})
	}
	b := mustTypeset(t, d)
	from, _ := baselines(b, "first")
	to, _ := baselines(b, "last")
	if len(from) != 60 || len(to) != 240 {
		t.Fatalf("%d rows with %d lines, want 60 with 240", len(from), len(to))
	}
	for i, p := range from {
		if to[4*i] != p || to[4*i+3] != p {
			t.Errorf("row %d stands on pages %d to %d", i, p, to[4*i+3])
		}
	}
	heads, _ := baselines(b, "Hour")
	if want := from[59] - from[0] + 1; len(heads) != want {
		t.Errorf("the heading stands on %d pages, want %d", len(heads), want)
	}
}

func TestFlow_HeadingStandsWithItsFirstRow(t *testing.T) {
	t.Parallel()
	for n := range 60 {
		d := Document{At: sample().At, Facts: make([]Fact, n), Tables: []Table{{Title: "Rounds", Columns: []string{"Hour"}, Rows: [][]string{{"first"}}}}}
		for i := range d.Facts {
			d.Facts[i] = Fact{Term: "term", Text: "text"}
		}
		b := mustTypeset(t, d)
		title, _ := baselines(b, "Rounds")
		rows, _ := baselines(b, "first")
		if title[0] != rows[0] {
			t.Fatalf("after %d facts the title stands on page %d, its first row on %d", n, title[0], rows[0])
		}
	}
}

func TestFlow_OnlyARowHigherThanAPageIsSplit(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Entries = []Entry{{Time: "9:00", Title: "Note", Text: strings.Repeat("line of the note\n", 150)}, {Time: "9:05", Title: "After"}}
	b := mustTypeset(t, d)
	pages, _ := baselines(b, "line of the note")
	if len(pages) != 150 {
		t.Errorf("%d lines, want 150", len(pages))
	}
	if pages[0] == pages[len(pages)-1] {
		t.Error("150 lines stand on one page")
	}
	if after, _ := baselines(b, "After"); len(after) != 1 {
		t.Errorf("what follows stands %d times", len(after))
	}
}

func TestFlow_NothingStandsOutsideThePage(t *testing.T) {
	t.Parallel()
	d := sample()
	long := strings.Repeat("Anastasia ", 200)
	d.Patient.Name, d.Clinic, d.Head.Short = long, strings.ReplaceAll(long, " ", ""), long
	d.Signatures[0].Meaning, d.Printed = long, long
	d.Tables = append(d.Tables, observations(3))
	for i := range d.Tables[2].Columns {
		d.Tables[2].Columns[i] = strings.Repeat("w", 90)
	}
	for i, p := range mustTypeset(t, d).pages {
		for _, m := range p.marks {
			if m.kind != markSection && (m.x < left-0.01 || m.x+m.w > right+3 || m.y < 5 || m.y+m.h > 292) {
				t.Errorf("page %d: %q stands at %.1f, %.1f, %.1f wide", i+1, m.text, m.x, m.y, m.w)
			}
			if math.IsNaN(m.x) || math.IsNaN(m.w) {
				t.Errorf("page %d: %q stands nowhere", i+1, m.text)
			}
		}
	}
}

func TestShare_DividesTheMeasure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		least, most []float64
	}{
		{"room for all", []float64{5, 10}, []float64{20, 30}},
		{"some wrap", []float64{5, 10}, []float64{20, 300}},
		{"too wide", []float64{500, 100}, []float64{500, 300}},
	} {
		got, sum := share(tt.least, tt.most, 100), 0.0
		for _, w := range got {
			sum += w
		}
		if math.Abs(sum-100) > 1e-9 || got[0] < 4 || got[1] < 4 {
			t.Errorf("%s: share = %v, want two columns of 100 together", tt.name, got)
		}
	}
}

func TestEntry_StruckIsDrawnThroughAndSaidInWords(t *testing.T) {
	t.Parallel()
	ts := mustTypesetter(t)
	c := ts.entry(Entry{Title: "Note", Text: "sleeping", Struck: true})
	for _, p := range c.lines[0].pieces {
		if p.style.struck != (p.text != "Struck out:") {
			t.Errorf("%q struck = %v", p.text, p.style.struck)
		}
	}
	if got := texts(c.lines); got[0] != "Struck out:|Note|sleeping" {
		t.Errorf("lines = %q", got)
	}
}

// TestPDF_DrawsASignature: each stroke as it was drawn, upright, in a field as wide as
// it is printed; a signature that was not drawn adds no line.
func TestPDF_DrawsASignature(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Signatures = []Signature{{Name: "Maria Rivera", Time: "10:12", Meaning: "I agree"}}
	lines := func() [][4]float64 {
		pdf, err := PDF(d)
		if err != nil {
			t.Fatal(err)
		}
		return reporttest.Lines(t, pdf)
	}
	if got := lines(); len(got) != 0 {
		t.Fatalf("with nothing drawn there are %d lines", len(got))
	}
	d.Signatures[0].Ink = [][][2]float64{{{0, 0}, {InkWidth, 0}, {InkWidth, InkHeight}}, {{500, 150}, {500, 0}}}
	got := lines()
	if len(got) != 3 {
		t.Fatalf("%d lines", len(got))
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.1 }
	const mm = 72 / 25.4
	a, b, c := got[0], got[1], got[2]
	if !near(a[2]-a[0], inkMM*mm) || !near(a[1], a[3]) || !near(b[0], a[2]) || !near(a[3]-b[3], inkMM*mm*InkHeight/InkWidth) || !near(c[0], a[0]+inkMM*mm/2) || !near(c[3], a[1]) {
		t.Errorf("drawn at %v", got)
	}
	if a[0] < left*mm || a[2] > right*mm || b[3] < 0 {
		t.Errorf("drawn beyond the page's margins: %v", got)
	}
}
