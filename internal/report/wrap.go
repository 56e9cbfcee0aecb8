package report

import (
	"strings"
	"unicode/utf8"
)

// Lengths are millimetres, type sizes points.
const (
	pointMM = 25.4 / 72
	leading = 1.32 // line height over type size
)

// colour is red, green, blue.
type colour [3]uint8

// style is how a run of text looks.
type style struct {
	weight weight
	size   float64
	ink    colour
	struck bool
}

func (s style) bold() style          { s.weight = strong; return s }
func (s style) inked(c colour) style { s.ink = c; return s }
func (s style) strike() style        { s.struck = true; return s }

// span is text in one style, before it is broken into lines.
type span struct {
	text  string
	style style
}

// piece is text in one style on one line.
type piece struct {
	x, width float64
	text     string
	style    style
}

// line is one line of a cell.
type line struct {
	pieces []piece
	height float64
	indent float64
	tone   Tone // amber and red draw their shape in the indent
}

func (l line) width() float64 {
	if len(l.pieces) == 0 {
		return 0
	}
	last := l.pieces[len(l.pieces)-1]
	return last.x + last.width
}

// typesetter cleans and measures text.
type typesetter struct{ cleaner }

func newTypesetter() (*typesetter, error) {
	f, err := faces()
	return &typesetter{cleaner{faces: f}}, err
}

// width is the length of clean text.
func (t *typesetter) width(s string, st style) float64 {
	return float64(t.faces[st.weight].width(s)) / 1000 * st.size * pointMM
}

// wrap breaks spans into lines no wider than width. Spans are divided by a
// space. A word that is wider than a line is broken between characters.
func (t *typesetter) wrap(width float64, spans ...span) []line {
	b := breaker{t: t, width: width}
	for _, s := range spans {
		for i, paragraph := range strings.Split(t.text(s.text), "\n") {
			if i > 0 {
				b.end(s.style)
			}
			for word := range strings.FieldsFuncSeq(paragraph, func(r rune) bool { return r == ' ' }) {
				b.word(word, s.style)
			}
		}
	}
	if len(b.line.pieces) > 0 {
		b.end(style{})
	}
	return b.lines
}

// breaker fills lines greedily.
type breaker struct {
	t     *typesetter
	width float64
	line  line
	lines []line
}

// end closes the line; an empty one keeps its height.
func (b *breaker) end(st style) {
	size := st.size
	for _, p := range b.line.pieces {
		size = max(size, p.style.size)
	}
	b.line.height = size * pointMM * leading
	b.lines = append(b.lines, b.line)
	b.line = line{}
}

func (b *breaker) word(word string, st style) {
	w := b.t.width(word, st)
	if len(b.line.pieces) > 0 {
		if space := b.t.width(" ", st); b.line.width()+space+w <= b.width {
			b.put(word, st, space, w)
			return
		}
		b.end(style{})
	}
	for w > b.width {
		head := b.fitting(word, st)
		b.put(head, st, 0, b.t.width(head, st))
		b.end(style{})
		word = word[len(head):]
		w = b.t.width(word, st)
	}
	if word != "" {
		b.put(word, st, 0, w)
	}
}

// put adds text to the line, to the last piece where the style is the same.
func (b *breaker) put(text string, st style, space, w float64) {
	if n := len(b.line.pieces); n > 0 && b.line.pieces[n-1].style == st {
		last := &b.line.pieces[n-1]
		last.text += " " + text
		last.width += space + w
		return
	}
	b.line.pieces = append(b.line.pieces, piece{x: b.line.width() + space, width: w, text: text, style: st})
}

// fitting is as much of a word as fits on an empty line: at least one character.
func (b *breaker) fitting(word string, st style) string {
	w := 0.0
	for i, r := range word {
		n := utf8.RuneLen(r)
		if w += b.t.width(word[i:i+n], st); w > b.width && i > 0 {
			return word[:i]
		}
	}
	_, n := utf8.DecodeRuneInString(word)
	if b.t.width(word, st) <= b.width {
		return word
	}
	return word[:n]
}

// clip keeps the first n lines and marks that there was more.
func (t *typesetter) clip(lines []line, n int) []line {
	if len(lines) <= n {
		return lines
	}
	lines = lines[:n]
	l := &lines[n-1]
	if k := len(l.pieces); k > 0 {
		p := &l.pieces[k-1]
		p.text += " …"
		p.width = t.width(p.text, p.style)
	}
	return lines
}
