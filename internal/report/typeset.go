package report

import (
	"fmt"
	"strconv"
	"time"
)

// book is a typeset document.
type book struct {
	title string
	at    time.Time
	faces [2]*face
	pages []*page
	lost  int // characters that stand as "?"
}

// The inks of the document, those of the product's light pages.
var (
	ink       = colour{35, 31, 27}
	soft      = colour{93, 85, 77}
	quiet     = colour{107, 98, 89}
	hair      = colour{221, 214, 203}
	ground    = colour{249, 246, 241}
	amberInk  = colour{154, 91, 0}
	amberTint = colour{253, 244, 227}
	redInk    = colour{179, 38, 30}
	accent    = colour{35, 112, 92}
)

// The types of the document.
var (
	body    = style{size: 9.2, ink: ink}
	small   = style{size: 8.2, ink: soft}
	tiny    = style{size: 7.4, ink: quiet}
	heading = style{weight: strong, size: 12.5, ink: ink}
)

// inkOf is the ink of a tone; plain is the ink of the style itself.
func inkOf(t Tone, plain colour) colour {
	switch t {
	case Amber:
		return amberInk
	case Red:
		return redInk
	case Quiet:
		return quiet
	case Plain:
	}
	return plain
}

// typeset makes the pages of a document.
func typeset(d Document) (*book, error) {
	if d.At.IsZero() {
		return nil, ErrNoTime
	}
	t, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	frame := t.frame(d)
	f := newFlow(frame.top)
	parts := append([]block{{rows: []row{t.opening(d)}}}, t.blocks(d)...)
	for _, b := range append(parts, t.closing(d)) {
		if err := f.block(b, 6); err != nil {
			return nil, err
		}
	}
	for i, p := range f.pages {
		t.around(p, frame, i+1, len(f.pages))
	}
	return &book{title: t.text(d.Title), at: d.At.UTC(), faces: t.faces, pages: f.pages, lost: t.lost}, nil
}

// blocks are the parts of the document in the order of the record's page.
func (t *typesetter) blocks(d Document) []block {
	var out []block
	for _, c := range d.Chapters {
		b := t.titled(c.Title, "")
		for _, p := range c.Text {
			b.rows = append(b.rows, row{cells: []cell{t.cell(0, measure, span{p, body})}, pad: 1})
		}
		out = append(out, b)
	}
	if len(d.Missing) > 0 {
		out = append(out, t.missing(d.Missing))
	}
	if len(d.Facts) > 0 {
		out = append(out, t.facts("Summary", d.Facts))
	}
	for _, g := range d.Gates {
		out = append(out, t.gate(g))
	}
	for _, s := range d.Tables {
		out = append(out, t.table(s))
	}
	if len(d.Account) > 0 {
		out = append(out, t.facts("Drug accounted for", d.Account))
	}
	if len(d.Chapters) > 0 && len(d.Entries) == 0 { // a document that was signed has no entries
		return append(out, t.signatures(d.Signatures))
	}
	return append(out, t.entries(d.Entries), t.signatures(d.Signatures))
}

// titled begins a block with its heading.
func (t *typesetter) titled(title, intro string) block {
	b := block{title: t.text(title)}
	b.lead = []row{{cells: []cell{t.cell(0, measure, span{title, heading})}, pad: 0.6}}
	if intro != "" {
		b.lead = append(b.lead, row{cells: []cell{t.cell(0, measure, span{intro, small})}})
	}
	b.lead = append(b.lead, row{pad: 0.7})
	again := t.cell(0, measure, span{title, small.bold()}, span{"(continued)", small})
	again.lines = t.clip(again.lines, 2)
	b.again = []row{{cells: []cell{again}}, {pad: 0.7}}
	return b
}

func (t *typesetter) cell(x, width float64, spans ...span) cell {
	return cell{x: x, width: width, lines: t.wrap(width, spans...)}
}

// add appends a paragraph to a cell, with the shape of its tone.
func (t *typesetter) add(c *cell, tone Tone, spans ...span) {
	indent := 0.0
	if tone == Amber || tone == Red {
		indent = 3.6
	}
	lines := t.wrap(c.width-indent, spans...)
	for i := range lines {
		lines[i].indent = indent
		if i == 0 {
			lines[i].tone = tone
		}
	}
	c.lines = append(c.lines, lines...)
}

// opening is the head of the first page: whose record, of which visit.
func (t *typesetter) opening(d Document) row {
	c := cell{width: measure}
	t.add(&c, Plain, span{d.Title, style{strong, 9.2, accent, false}})
	t.add(&c, Plain, span{d.Patient.Name, style{strong, 21, ink, false}})
	t.add(&c, Plain, span{listed(d.Patient.Born, d.Patient.Detail, number(d.Patient)), style{size: 10.4, ink: ink}})
	tone := Plain
	if !d.Patient.AllergiesKnown {
		tone = Amber
	}
	t.add(&c, tone, span{upper(d.Patient.Allergies), style{strong, 10.4, inkOf(tone, ink), false}})
	t.add(&c, Plain, span{d.Visit, style{size: 10.4, ink: soft}})
	return row{cells: []cell{c}}
}

func (t *typesetter) missing(what []string) block {
	b := t.titled("Before it can be closed", "")
	for _, m := range what {
		c := cell{x: 4, width: measure - 8}
		t.add(&c, Amber, span{m, body.inked(amberInk)})
		b.rows = append(b.rows, row{cells: []cell{c}, pad: 0.9, fill: amberTint, edge: amberInk})
	}
	return b
}

// facts are terms with what is known of them, two columns wide.
func (t *typesetter) facts(title string, facts []Fact) block {
	b := t.titled(title, "")
	for _, f := range facts {
		c := cell{x: 40, width: measure - 40}
		spans := []span{{f.Text, body.inked(inkOf(f.Tone, ink))}}
		if f.Note != "" {
			spans = append(spans, span{f.Note, body.inked(soft)})
		}
		t.add(&c, f.Tone, spans...)
		b.rows = append(b.rows, row{cells: []cell{t.cell(0, 38, span{f.Term, body.inked(soft)}), c}, pad: 0.75, rule: hair, thick: 0.15})
	}
	return b
}

func (t *typesetter) gate(g Gate) block {
	b := t.titled(g.Title, g.Summary)
	for _, k := range g.Checks {
		outcome := cell{width: 36}
		t.add(&outcome, k.Tone, span{upper(k.Outcome), body.bold().inked(inkOf(k.Tone, ink))})
		c := cell{x: 40, width: measure - 40}
		t.add(&c, Plain, span{k.Title, body.bold()}, span{k.Why, body})
		if k.Settle != "" {
			t.add(&c, Plain, span{k.Settle, body.inked(soft)})
		}
		if source := listed(k.Source, k.Mark); source != "" {
			t.add(&c, Plain, span{source, tiny})
		}
		b.rows = append(b.rows, row{cells: []cell{outcome, c}, pad: 0.9, rule: hair, thick: 0.15})
	}
	return b
}

// entries are the record itself: time, what, who and position in the log.
func (t *typesetter) entries(entries []Entry) block {
	b := t.titled("Every entry", "")
	if len(entries) == 0 {
		b.rows = []row{t.empty("Nothing was charted.")}
		return b
	}
	b.head = t.columns([]float64{0, 25, 142}, []float64{23, 113, 32}, []string{"Time", "What", "By, entry"})
	for _, e := range entries {
		by := t.cell(142, 32, span{e.By, small})
		by.lines = append(by.lines, t.wrap(32, span{strconv.FormatInt(e.Position, 10), tiny})...)
		b.rows = append(b.rows, row{
			cells: []cell{t.cell(0, 23, span{e.Time, body.inked(soft)}), t.entry(e), by},
			pad:   0.85, rule: hair, thick: 0.15,
		})
	}
	return b
}

func (t *typesetter) entry(e Entry) cell {
	c := cell{x: 25, width: 113}
	title, text := body.bold().inked(inkOf(e.Tone, ink)), body
	var spans []span
	if e.Struck {
		spans = append(spans, span{"Struck out:", body.inked(soft)})
		title, text = body.bold().inked(quiet).strike(), body.inked(quiet).strike()
	}
	t.add(&c, e.Tone, append(spans, span{e.Title, title}, span{e.Text, text})...)
	for _, f := range e.Findings {
		t.add(&c, Amber, span{f, body.inked(amberInk)})
	}
	for _, r := range e.Replaced {
		t.add(&c, Plain, span{"replaces: " + r, body.inked(quiet)})
	}
	return c
}

// signatures show printed name, time and meaning, bound to what was signed.
func (t *typesetter) signatures(signed []Signature) block {
	b := t.titled("Signatures", "")
	if len(signed) == 0 {
		b.rows = []row{t.empty("Not signed yet.")}
		return b
	}
	for _, s := range signed {
		who := t.cell(4, 56, span{s.Name, body.bold()})
		t.add(&who, Plain, span{s.Roles, small})
		what := t.cell(62, 60, span{upper(s.Meaning), body})
		if s.Of != "" {
			t.add(&what, Plain, span{"of " + s.Of, small})
		}
		b.rows = append(b.rows, row{
			cells: []cell{who, what, t.cell(124, 50, span{s.Time, body})},
			pad:   1.4, rule: hair, thick: 0.15, edge: accent, ink: s.Ink,
		})
	}
	return b
}

// closing says what the document was made from.
func (t *typesetter) closing(d Document) block {
	c := cell{x: 4, width: measure - 8}
	t.add(&c, Plain, span{"Made from the record at " + d.Head.Full, small.bold().inked(ink)})
	t.add(&c, Plain, span{"Each entry of the record is chained to the one before it. \"stillwatch verify\" shows whether the record still leads to this head.", small})
	t.add(&c, Plain, span{upper(d.Printed), small})
	if t.lost > 0 {
		t.add(&c, Amber, span{characters(t.lost), small.inked(amberInk)})
	}
	return block{rows: []row{{cells: []cell{c}, pad: 2, fill: ground, edge: hair}}}
}

func characters(n int) string {
	if n == 1 {
		return "1 character could not be printed and stands as \"?\". The record holds it."
	}
	return fmt.Sprintf("%d characters could not be printed and stand as \"?\". The record holds them.", n)
}

func (t *typesetter) empty(text string) row {
	return row{cells: []cell{t.cell(0, measure, span{text, body.inked(soft)})}}
}

func number(p Patient) string {
	if p.Number == "" {
		return ""
	}
	return "record number " + p.Number
}
