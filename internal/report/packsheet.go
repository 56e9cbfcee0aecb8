package report

// column is one column of a form that is filled in by hand, width in millimetres.
type column struct {
	title string
	width float64
}

// ruling makes a row one of a form: ruled all around and between its columns,
// high enough to write in, with a box to tick at its left where tick is set.
type ruling struct {
	at    []float64 // of the lines, from the left margin
	least float64
	tick  bool
}

// rowKind says for what a form's rows are.
type rowKind int

const (
	writeRow rowKind = iota
	tickRow          // the first column is a box, or is read and not written in
	readRow          // nothing is written in it
)

// Heights of a row to write in, and of one to tick: millimetres.
const (
	writeHeight = 6.8
	tickHeight  = 5.6
)

var formType = style{weight: strong, size: 6.8, ink: soft}

// blank are n rows with nothing in them.
func blank(n int) [][]string { return make([][]string, n) }

// grid is a form: what is known is printed in its cells, the rest is written
// by hand. Its heading is repeated on each page it reaches.
func (t *typesetter) grid(title, intro string, columns []column, rows [][]string, kind rowKind) block {
	b := block{}
	if title != "" {
		b = t.titled(title, intro)
	}
	total := 0.0
	for _, c := range columns {
		total += c.width
	}
	at := []float64{0}
	for _, c := range columns {
		at = append(at, at[len(at)-1]+c.width*measure/total)
	}
	const inset = 1.0
	put := func(r *row, i int, text string, st style) {
		c := t.cell(at[i]+inset, at[i+1]-at[i]-1.4*inset, span{text, st})
		r.cells = append(r.cells, c)
	}
	head := row{fill: ground, pad: 1.4, grid: &ruling{at: at}}
	for i, c := range columns {
		put(&head, i, c.title, formType)
	}
	for i := range head.cells {
		head.cells[i].lines = t.clip(head.cells[i].lines, 3)
	}
	b.head = &head
	for _, cells := range rows {
		r := row{pad: 1.4, grid: &ruling{at: at, least: writeHeight}}
		switch kind {
		case tickRow:
			r.grid.least, r.grid.tick = tickHeight, columns[0].title == ""
		case readRow:
			r.grid.least, r.pad = 0, 0.9
		case writeRow:
		}
		for i, text := range cells[:min(len(cells), len(columns))] {
			put(&r, i, text, small.inked(ink))
		}
		b.rows = append(b.rows, r)
	}
	return b
}

// read is a table of the pack whose columns have fixed widths.
func (t *typesetter) read(s Table, widths ...float64) block {
	if len(s.Rows) == 0 {
		return t.table(s)
	}
	columns := make([]column, len(widths))
	for i, w := range widths {
		columns[i] = column{s.Columns[i], w}
	}
	return t.grid(s.Title, s.Intro, columns, s.Rows, readRow)
}

// ruled draws the lines of a form's row, and its box.
func (p *page) ruled(y, h float64, g *ruling) {
	const thin = 0.18
	line := func(x, y, w, h float64) {
		p.marks = append(p.marks, mark{kind: markBox, x: x, y: y, w: w, h: h, style: style{ink: quiet}})
	}
	line(left, y, measure, thin)
	line(left, y+h, measure, thin)
	for _, x := range g.at {
		line(left+x, y, thin, h+thin)
	}
	if g.tick {
		const side, thick = 3.4, 0.3
		x, top := left+(g.at[1]-side)/2, y+(min(h, tickHeight)-side)/2
		line(x, top, side, thick)
		line(x, top+side, side+thick, thick)
		line(x, top, thick, side)
		line(x+side, top, thick, side)
	}
}

// extraRows are blank lines at the end of a minute sheet; blankRows a whole
// sheet without a plan.
const (
	extraRows = 4
	blankRows = 24
)

// Form is a table of the paper that is typed in afterwards: its columns in the
// order in which they are printed.
type Form struct {
	Key     string
	Columns []string
}

// PackForms are the tables of the paper that are typed in afterwards. Capnography
// has its column where it is ordered.
func PackForms(etco2 bool) []Form {
	var out []Form
	for _, x := range []struct {
		key     string
		columns []column
	}{
		{"arrival", identityColumns()},
		{"vials", vialColumns()},
		{"baseline", baselineColumns()},
		{"minutes", minuteColumns(etco2)},
		{"pump", pumpColumns()},
		{"stop", stopColumns()},
		{"effects", effectColumns()},
		{"drugs", drugColumns()},
		{"emergency", emergencyColumns()},
	} {
		f := Form{Key: x.key}
		for _, c := range x.columns {
			f.Columns = append(f.Columns, c.title)
		}
		out = append(out, f)
	}
	return out
}

func identityColumns() []column {
	return []column{{"Asked the patient, two of them", 62}, {"Name", 18}, {"Born", 18}, {"Record no.", 22}, {"Allergies read back", 30}, {"Time", 18}, {"Initials", 20}}
}

func vialColumns() []column {
	return []column{
		{"Drug on the vial", 22},
		{"Vial lot", 22},
		{"Expiry", 18},
		{"mg/mL", 13},
		{"mL drawn", 15},
		{"mg in the bag, first person", 25},
		{"mg in the bag, second person, on their own", 31},
		{"Time", 13},
		{"Initials", 14},
		{"Of the second", 14},
	}
}

func baselineColumns() []column {
	return []column{{"Time", 20}, {"SBP/DBP/MAP mmHg", 40}, {"HR /min", 20}, {"SpO₂ % on air", 24}, {"RR /min", 20}, {"Pain 0–10", 20}, {"Initials", 30}}
}

func minuteColumns(etco2 bool) []column {
	out := []column{{"min", 14}, {"due", 18}, {"Time", 13}, {"SBP/DBP/MAP mmHg", 24}, {"HR /min", 10}, {"SpO₂ %", 10}, {"O₂ L/min", 11}, {"RR /min", 10}}
	if etco2 {
		out = append(out, column{"EtCO₂ mmHg", 12})
	}
	return append(out, []column{
		{"Sedation MOAA/S", 15}, {"Pain 0–10", 10}, {"Distress 0–10", 13}, {"IV site", 10}, {"Pump mL/h", 13}, {"Given mL", 13}, {"Initials", 13},
	}...)
}

func pumpColumns() []column {
	return []column{{"Time", 16}, {"Start, change, pause, going on", 40}, {"To mL/h", 20}, {"mg/kg/h", 20}, {"Why, and who ordered it", 58}, {"Initials", 20}}
}

func stopColumns() []column {
	return []column{{"Pump stopped at", 28}, {"Why", 44}, {"Stopped by", 34}, {"Pump seen stopped by", 34}, {"Given mL, from the pump", 34}}
}

func effectColumns() []column {
	return []column{{"From", 16}, {"What", 60}, {"How strong 0–4", 22}, {"What was done", 40}, {"Gone at", 16}, {"Initials", 20}}
}

func drugColumns() []column {
	return []column{{"Time", 16}, {"Drug", 46}, {"Dose", 24}, {"Route", 16}, {"Why, and who ordered it", 52}, {"Initials", 20}}
}

func emergencyColumns() []column {
	return []column{{"Time", 18}, {"What", 30}, {"What was done, drug and dose", 94}, {"By", 32}}
}

// preparation is what is written before the start.
func (t *typesetter) preparation(p Pack) []block {
	return []block{
		t.grid("Preparation and line", "", []column{{"IV site, gauge, tries", 34}, {"Pump no.", 20}, {"Monitor no.", 20}, {"Nurse", 32}, {"Prescriber, reached at", 36}, {"Escort, phone", 32}}, blank(1), writeRow),
		t.grid("", "", vialColumns(), blank(2), writeRow),
		t.grid("Baseline at rest", p.Baseline, baselineColumns(), blank(max(p.Sets, 1)), writeRow),
	}
}

// packMinutes is the second part: the minute sheet, and what is written beside.
func (t *typesetter) packMinutes(p Pack) []block {
	var rows [][]string
	for _, m := range p.Minutes {
		rows = append(rows, []string{m.Label, m.What})
	}
	intro := "Minutes after the start; then minutes after the stop. "
	switch {
	case len(rows) == 0:
		intro, rows = "No plan was printed: write the minutes after the start yourself. ", blank(blankRows)
	case p.More:
		intro += "The plan goes on after the last printed minute: write the further ones yourself. "
	}
	intro += "Where something was not done or not asked, write a line: an empty field says nothing."
	rows = append(rows, blank(extraRows)...)
	return []block{
		t.grid("Minute sheet", intro, minuteColumns(p.EtCO2), rows, writeRow),
		t.grid("Pump: start, each change of the rate, pause, going on", "Each line is read from the pump's display. Programmed on the pump: ____________ mg/mL.", pumpColumns(), blank(6), writeRow),
		t.grid("Stop", "", stopColumns(), blank(1), writeRow),
		t.grid("Side effects", "", effectColumns(), blank(4), writeRow),
		t.grid("Drugs given", "", drugColumns(), blank(4), writeRow),
		t.grid("Waste, seen by a second person", "", []column{{"Time", 16}, {"Drawn mg", 24}, {"Given mg", 24}, {"Wasted mg", 24}, {"Wasted by", 43}, {"Witness", 43}}, blank(2), writeRow),
	}
}
