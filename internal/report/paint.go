package report

import (
	"bytes"

	"codeberg.org/go-pdf/fpdf"
)

const family = "sans"

// fontStyle is the PDF library's name of a weight.
func fontStyle(w weight) string {
	if w == strong {
		return "B"
	}
	return ""
}

// paint writes the pages of a book as PDF. Nothing in it depends on the hour:
// dates are the document's, catalogues are sorted.
func paint(b *book) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(b.at)
	pdf.SetModificationDate(b.at)
	pdf.SetTitle(b.title, true)
	pdf.SetCreator("Stillwatch", true)
	pdf.SetProducer("Stillwatch", true)
	pdf.SetLang("en")
	pdf.SetAutoPageBreak(false, 0)
	for w, f := range b.faces {
		// A copy: the library pads tables in place.
		pdf.AddUTF8FontFromBytes(family, fontStyle(weight(w)), bytes.Clone(f.ttf))
	}
	for _, p := range b.pages {
		pdf.AddPage()
		pen := pen{pdf: pdf}
		for _, m := range p.marks {
			pen.draw(m)
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// pen draws marks on the current page.
type pen struct {
	pdf  *fpdf.Fpdf
	last style
}

func (p *pen) draw(m mark) {
	ink := m.style.ink
	switch m.kind {
	case markText:
		if p.last.size == 0 || p.last.size != m.style.size || p.last.weight != m.style.weight {
			p.pdf.SetFont(family, fontStyle(m.style.weight), m.style.size)
		}
		p.last = m.style
		p.pdf.SetTextColor(int(ink[0]), int(ink[1]), int(ink[2]))
		p.pdf.Text(m.x, m.y, m.text)
		if m.style.struck {
			p.fill(ink)
			p.pdf.Rect(m.x, m.y-m.style.size*pointMM*0.26, m.w, 0.22, "F")
		}
	case markBox:
		p.fill(ink)
		p.pdf.Rect(m.x, m.y, m.w, m.h, "F")
	case markInk:
		p.pdf.SetDrawColor(int(ink[0]), int(ink[1]), int(ink[2]))
		p.pdf.SetLineWidth(0.35)
		const scale = inkMM / InkWidth
		for _, stroke := range m.ink {
			for i := 1; i < len(stroke); i++ {
				a, b := stroke[i-1], stroke[i]
				p.pdf.Line(m.x+a[0]*scale, m.y+a[1]*scale, m.x+b[0]*scale, m.y+b[1]*scale)
			}
		}
	case markShape:
		p.fill(ink)
		p.pdf.Polygon(shape(m), "F")
	case markSection:
		p.pdf.Bookmark(m.text, 0, m.y)
	}
}

func (p *pen) fill(c colour) { p.pdf.SetFillColor(int(c[0]), int(c[1]), int(c[2])) }

// shape is a triangle for amber and an octagon for red: the tone is seen
// without colour.
func shape(m mark) []fpdf.PointType {
	points := [][2]float64{{0.5, 0}, {1, 1}, {0, 1}}
	if m.tone == Red {
		points = [][2]float64{{0.3, 0}, {0.7, 0}, {1, 0.3}, {1, 0.7}, {0.7, 1}, {0.3, 1}, {0, 0.7}, {0, 0.3}}
	}
	out := make([]fpdf.PointType, len(points))
	for i, q := range points {
		out[i] = fpdf.PointType{X: m.x + q[0]*m.w, Y: m.y + q[1]*m.h}
	}
	return out
}
