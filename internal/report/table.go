package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const gutter = 3.0 // between columns

var (
	columnType = style{weight: strong, size: 7.8, ink: soft}
	cellType   = style{size: 8.6, ink: ink}
)

// table sets a table with columns as wide as their words ask.
func (t *typesetter) table(s Table) block {
	b := t.titled(s.Title, s.Intro)
	if len(s.Rows) == 0 {
		b.rows = []row{t.empty(s.Empty)}
		return b
	}
	widths := t.widths(s)
	at, x := make([]float64, len(widths)), 0.0
	for i, w := range widths {
		at[i] = x
		x += w + gutter
	}
	b.head = t.columns(at, widths, s.Columns)
	for _, r := range s.Rows {
		out := row{pad: 0.75, rule: hair, thick: 0.15}
		for i, text := range r {
			out.cells = append(out.cells, t.cell(at[i], widths[i], span{text, cellType}))
		}
		b.rows = append(b.rows, out)
	}
	return b
}

// columns is the heading of a table. It is repeated, so it must leave room.
func (t *typesetter) columns(at, widths []float64, titles []string) *row {
	r := &row{pad: 0.9, fill: ground}
	for i, title := range titles[:min(len(titles), len(at))] {
		c := t.cell(at[i], widths[i], span{title, columnType})
		c.lines = t.clip(c.lines, 8)
		r.cells = append(r.cells, c)
	}
	return r
}

// widths shares the measure among columns: each its longest word, and of what
// is left as much as its longest line still asks for.
func (t *typesetter) widths(s Table) []float64 {
	n := len(s.Columns)
	for _, r := range s.Rows {
		n = max(n, len(r))
	}
	least, most := make([]float64, n), make([]float64, n)
	ask := func(i int, text string, st style) {
		text = (&typesetter{cleaner{faces: t.faces}}).text(text)
		for paragraph := range strings.SplitSeq(text, "\n") {
			most[i] = max(most[i], t.width(paragraph, st))
		}
		for word := range strings.FieldsSeq(text) {
			least[i] = max(least[i], t.width(word, st))
		}
	}
	for i, c := range s.Columns {
		ask(i, c, columnType)
	}
	for _, r := range s.Rows {
		for i, c := range r {
			ask(i, c, cellType)
		}
	}
	return share(least, most, measure-gutter*float64(n-1))
}

// share divides total: all get their least (scaled down when even that is too
// much), then the rest goes by what is still wanted, then evenly.
func share(least, most []float64, total float64) []float64 {
	var needed, wanted float64
	for i := range least {
		least[i] += 0.1
		most[i] = max(most[i]+0.1, least[i])
		needed += least[i]
		wanted += most[i] - least[i]
	}
	out := make([]float64, len(least))
	total = max(total, float64(len(least)))
	spare := total - needed
	for i := range out {
		switch {
		case spare <= 0:
			out[i] = least[i] * total / needed
		case wanted > spare:
			out[i] = least[i] + (most[i]-least[i])*spare/wanted
		default:
			out[i] = most[i] + (spare-wanted)/float64(len(out))
		}
	}
	return out
}

// listed joins what is not empty.
func listed(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

// upper makes the first letter large.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
