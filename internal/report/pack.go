package report

import (
	"errors"
	"fmt"
	"time"
)

// Pack is the paper that a clinic works with while the server is down: the
// order with its pump settings, a blank minute sheet, and what to do at the
// end. Everything in it is worded and computed by the caller: nothing here
// rounds a number.
type Pack struct {
	Title   string
	Clinic  string
	Patient Patient
	Visit   string
	NoOrder string   // said in the order's place where there is none
	Notes   []string // what whoever works by this paper has to know first
	Stands  []Fact   // how the visit stood when it was printed
	Order   []Fact   // the whole order
	Steps   Table    // each step with its pump setting
	Rates   Table    // mg/kg/h to mL/h and mg/h
	Limits  Table    // alarm limits of this patient
	// Minutes are the lines of the minute sheet; none, and it has blank ones.
	Minutes []Minute
	More    bool // the plan is longer than the sheet
	EtCO2   bool // capnography is ordered
	// Baseline is how the baseline is taken, and Sets how many.
	Baseline   string
	Sets       int
	Consider   Table // at red
	Discharge  []Box
	Standing   string // on what limits and checks rest
	Signatures []Signature
	Head       Head
	Printed    string
	At         time.Time
	Demo       bool
}

// Minute is one line of the minute sheet.
type Minute struct {
	Label string // "0", "15", "stop +15"
	What  string // "cuff", "all", "all, SE-12", "step 2: 21.7 mL/h"
}

// Box is a check with a box to tick.
type Box struct{ ID, Text string }

// ErrNoPacks is returned where there is nothing to print.
var ErrNoPacks = errors.New("there is nothing to print")

// watermark stands behind every page of a demonstration.
const watermark = "Made by a demonstration"

// Packs prints packs one after the other. Each begins on its own page and
// counts its own pages, so that it stays whole when they are dealt out.
func Packs(packs []Pack) ([]byte, error) {
	if len(packs) == 0 {
		return nil, ErrNoPacks
	}
	b := &book{at: packs[0].At.UTC()}
	for _, p := range packs {
		if p.At.IsZero() {
			return nil, ErrNoTime
		}
		t, err := newTypesetter()
		if err != nil {
			return nil, fmt.Errorf("typeset pack: %w", err)
		}
		pages, err := t.pack(p)
		if err != nil {
			return nil, fmt.Errorf("typeset pack: %w", err)
		}
		if len(b.pages)+len(pages) > maxPages {
			return nil, ErrTooLong
		}
		b.title, b.faces, b.pages, b.lost = t.text(p.Title), t.faces, append(b.pages, pages...), b.lost+t.lost
	}
	out, err := paint(b)
	if err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out, nil
}

// pack sets the pages of one pack; the minute sheet begins on its own.
func (t *typesetter) pack(p Pack) ([]*page, error) {
	d := Document{
		Title: p.Title, Clinic: p.Clinic, Patient: p.Patient, Visit: p.Visit, Head: p.Head, Printed: p.Printed, At: p.At, Demo: p.Demo,
		Signatures: p.Signatures,
	}
	frame := t.frame(d)
	if p.NoOrder != "" {
		frame.signed = t.wrap(measure, span{upper(p.NoOrder) + ".", tiny})
	}
	f := newFlow(frame.top)
	for i, part := range [][]block{t.packOrder(p), append(t.packMinutes(p), t.packEnd(p)...)} {
		if i > 0 {
			f.turn()
		}
		for _, b := range part {
			if len(b.rows) == 0 {
				continue
			}
			if err := f.block(dense(b), 3); err != nil {
				return nil, err
			}
		}
	}
	for i, page := range f.pages {
		if p.Demo {
			t.mark(page)
		}
		t.around(page, frame, i+1, len(f.pages))
	}
	return f.pages, nil
}

// mark puts the watermark behind what stands on a page.
func (t *typesetter) mark(p *page) {
	st := style{strong, 30, colour{236, 231, 223}, false}
	w := t.width(watermark, st)
	under := make([]mark, 0, 3+len(p.marks))
	for _, y := range []float64{90, 165, 240} {
		under = append(under, mark{kind: markText, x: left + (measure-w)/2, y: y, w: w, text: watermark, style: st})
	}
	p.marks = append(under, p.marks...)
}

// packOrder is the first part: whose it is, and what is ordered.
func (t *typesetter) packOrder(p Pack) []block {
	out := []block{{rows: []row{t.sheetHead(Sheet{Title: p.Title, Patient: p.Patient, Visit: p.Visit})}}}
	notes := block{}
	if p.NoOrder != "" {
		notes.rows = append(notes.rows, t.note(Red, upper(p.NoOrder)+". Nothing is given by this paper until a prescriber has signed an order."))
	}
	for _, n := range p.Notes {
		notes.rows = append(notes.rows, t.note(Amber, n))
	}
	out = append(out, notes, t.identified(), t.facts("When this was printed", p.Stands))
	if p.NoOrder == "" {
		out = append(out, t.facts("The order", p.Order), t.table(p.Steps), t.table(p.Rates))
	}
	return append(append(out, t.read(p.Limits, 36, 56, 82)), t.preparation(p)...)
}

// note is a line across the page, on tinted ground, with the shape of its tone.
func (t *typesetter) note(tone Tone, text string) row {
	c := cell{x: 4, width: measure - 8}
	t.add(&c, tone, span{text, body.bold().inked(inkOf(tone, ink))})
	return row{cells: []cell{c}, pad: 3, fill: amberTint, edge: inkOf(tone, ink)}
}

// identified asks who is in the chair, before the rest is read.
func (t *typesetter) identified() block {
	return t.grid("", "", identityColumns(),
		[][]string{{"tick what was compared"}}, tickRow)
}

// packEnd is the last part: stopping, emergencies, going home, and afterwards.
func (t *typesetter) packEnd(p Pack) []block {
	out := []block{
		t.grid("Emergency", "Call for help in person: Stillwatch calls nobody while it is down. Anyone may stop the pump: at the pump first, then write the time.",
			[]column{{"Help called", 30}, {"Prescriber here", 30}, {"Ambulance called", 30}, {"Ambulance here", 30}, {"Handed over to, at", 54}}, blank(1), writeRow),
		t.grid("", "", emergencyColumns(), blank(3), writeRow),
	}
	if len(p.Consider.Rows) > 0 {
		out = append(out, t.read(p.Consider, 62, 112))
	}
	out = append(out, t.discharge(p.Discharge))
	after := t.titled("Afterwards", "In the record, open Enter from paper: the tables there stand in the order of these. Take a photo of each written page, type the times and whose initials, and the total that the pump shows. Then keep the paper with the record: it is the first writing.")
	after.rows = []row{{cells: []cell{t.cell(0, measure, span{"Entered by ____________________   at ____________________   compared with this paper by ____________________", body})}, pad: 4}}
	closing := cell{width: measure}
	t.add(&closing, Plain, span{p.Standing, small}, span{"Made from the record at " + p.Head.Full + ".", small})
	if t.lost > 0 {
		t.add(&closing, Amber, span{characters(t.lost), small.inked(amberInk)})
	}
	return append(out, after, block{rows: []row{{cells: []cell{closing}}}})
}

// discharge are the checks before the patient goes home, each with a box.
func (t *typesetter) discharge(checks []Box) block {
	rows := make([][]string, len(checks))
	for i, c := range checks {
		rows[i] = []string{"", c.ID, c.Text}
	}
	if len(rows) == 0 {
		b := t.titled("Before the patient goes home", "")
		b.rows = []row{t.note(Red, "The library's checks could not be read: use the clinic's own list.")}
		return b
	}
	return t.grid("Before the patient goes home", "All of them. What could not be checked is not ticked.",
		[]column{{"", 7}, {"Rule", 30}, {"Check", 95}, {"Value, time", 24}, {"Initials", 18}}, rows, tickRow)
}
