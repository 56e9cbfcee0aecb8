package report

// A4 with its margins, in millimetres.
const (
	pageH       = 297.0
	left, right = 18.0, 192.0
	measure     = right - left
	bottom      = 268.5 // of the flow; the frame says where it begins
)

// cell is lines at a place of a row.
type cell struct {
	x, width float64
	lines    []line
}

// row is cells side by side that stay together on one page.
type row struct {
	cells []cell
	pad   float64 // above and below
	rule  colour  // of the line above; black is none
	thick float64
	fill  colour         // of the ground; black is none
	edge  colour         // of a bar at the left; black is none
	grid  *ruling        // of a form; nil is none
	ink   [][][2]float64 // a drawn signature below its cells, inkMM wide; nil is none
}

// inkMM is how wide a drawn signature is printed.
const inkMM = 56.0

func (c cell) height() (h float64) {
	for _, l := range c.lines {
		h += l.height
	}
	return h
}

func (r row) height() (h float64) {
	for _, c := range r.cells {
		h = max(h, c.height())
	}
	if r.grid != nil {
		return max(h+2*r.pad, r.grid.least)
	}
	if r.ink != nil {
		h += inkMM * InkHeight / InkWidth
	}
	return h + 2*r.pad
}

// block is a titled run of rows. Its heading stands with its first row, and
// head is repeated on each page the block reaches.
type block struct {
	title string
	lead  []row // title and introduction
	head  *row  // of a table
	again []row // title on following pages
	rows  []row
}

// page is what is drawn on one page, in order.
type page struct{ marks []mark }

// markKind is what a mark draws.
type markKind int

const (
	markText markKind = iota
	markBox
	markInk
	markShape   // of a tone
	markSection // a place a reader can jump to; draws nothing
)

// mark is one thing on a page: y is the baseline of text, the top of a box.
type mark struct {
	kind       markKind
	x, y, w, h float64
	text       string
	style      style
	tone       Tone
	ink        [][][2]float64
}

// flow fills pages from top to bottom.
type flow struct {
	pages []*page
	top   float64
	y     float64
}

func newFlow(top float64) *flow {
	f := &flow{top: top}
	f.turn()
	return f
}

func (f *flow) turn() {
	f.pages = append(f.pages, &page{})
	f.y = f.top
}

func (f *flow) page() *page { return f.pages[len(f.pages)-1] }

func (f *flow) room() float64 { return bottom - f.y }

func heights(rows []row) (h float64) {
	for _, r := range rows {
		h += r.height()
	}
	return h
}

// block sets a block, gap below what stands above it.
func (f *flow) block(b block, gap float64) error {
	need := min(heights(b.lead), 60)
	if b.head != nil {
		need += b.head.height()
	}
	if len(b.rows) > 0 {
		need += min(b.rows[0].height(), 60)
	}
	if f.y > f.top {
		if f.room() < gap+need {
			f.turn()
		} else {
			f.y += gap
		}
	}
	if b.title != "" {
		f.page().marks = append(f.page().marks, mark{kind: markSection, y: f.y, text: b.title})
	}
	for _, r := range b.lead {
		if err := f.row(r, block{}); err != nil {
			return err
		}
	}
	if b.head != nil {
		if err := f.row(*b.head, block{}); err != nil {
			return err
		}
	}
	for _, r := range b.rows {
		if err := f.row(r, b); err != nil {
			return err
		}
	}
	return nil
}

// row sets a row on one page. Only a row that is higher than a page is split,
// between lines.
func (f *flow) row(r row, b block) error {
	for r.height() > f.room() {
		if whole := bottom - f.top - f.continued(b); r.height() <= whole || f.room() < 40 {
			if err := f.turnWithin(b); err != nil {
				return err
			}
			if r.height() <= f.room() {
				break
			}
		}
		var now row
		now, r = split(r, f.room())
		f.set(now)
		if err := f.turnWithin(b); err != nil {
			return err
		}
	}
	f.set(r)
	return nil
}

func (f *flow) continued(b block) float64 {
	h := heights(b.again)
	if b.head != nil {
		h += b.head.height()
	}
	return h
}

func (f *flow) turnWithin(b block) error {
	if len(f.pages) >= maxPages {
		return ErrTooLong
	}
	f.turn()
	for _, r := range b.again {
		f.set(r)
	}
	if b.head != nil {
		f.set(*b.head)
	}
	return nil
}

// split cuts a row so that the first part is no higher than room. The first
// part takes at least one line of each cell, so that splitting ends.
func split(r row, room float64) (now, rest row) {
	now, rest = r, r
	now.cells, rest.cells = nil, nil
	rest.rule = colour{}
	for _, c := range r.cells {
		h, n := 2*r.pad, 0
		for n < len(c.lines) && (n == 0 || h+c.lines[n].height <= room) {
			h += c.lines[n].height
			n++
		}
		a, z := c, c
		a.lines, z.lines = c.lines[:n], c.lines[n:]
		now.cells, rest.cells = append(now.cells, a), append(rest.cells, z)
	}
	return now, rest
}

// set draws a row at y and moves below it.
func (f *flow) set(r row) {
	p, h := f.page(), r.height()
	if r.fill != (colour{}) {
		p.box(f.y, measure, h, r.fill)
	}
	if r.edge != (colour{}) {
		p.box(f.y, 0.9, h, r.edge)
	}
	if r.rule != (colour{}) {
		p.box(f.y, measure, r.thick, r.rule)
	}
	if r.grid != nil {
		p.ruled(f.y, h, r.grid)
	}
	for _, c := range r.cells {
		p.lines(left+c.x, f.y+r.pad, c.lines)
	}
	if tall := inkMM * InkHeight / InkWidth; r.ink != nil {
		p.marks = append(p.marks, mark{kind: markInk, x: left + 4, y: f.y + h - r.pad - tall, ink: r.ink, style: style{ink: ink}})
	}
	f.y += h
}

// box fills a rectangle that begins at the left margin.
func (p *page) box(y, w, h float64, c colour) {
	p.marks = append(p.marks, mark{kind: markBox, x: left, y: y, w: w, h: h, style: style{ink: c}})
}

// lines draws lines from the top y down and returns where they end.
func (p *page) lines(x, y float64, lines []line) float64 {
	for _, l := range lines {
		size := 0.0
		for _, s := range l.pieces {
			size = max(size, s.style.size)
		}
		base := y + l.height/2 + size*pointMM*0.34
		if (l.tone == Amber || l.tone == Red) && len(l.pieces) > 0 {
			side := size * pointMM * 0.72
			p.marks = append(p.marks, mark{kind: markShape, x: x, y: base - side, w: side, h: side, tone: l.tone, style: l.pieces[0].style})
		}
		for _, s := range l.pieces {
			p.marks = append(p.marks, mark{kind: markText, x: x + l.indent + s.x, y: base, w: s.width, text: s.text, style: s.style})
		}
		y += l.height
	}
	return y
}
