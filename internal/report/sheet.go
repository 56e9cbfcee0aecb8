package report

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Sheet is what goes along with a patient in an emergency: one page of A4,
// whatever happened. What does not fit is left out, the oldest first, and the
// sheet says so; who the patient is, allergies, what was given, the last signs
// and the call for help always stay.
type Sheet struct {
	Title     string
	Clinic    string
	Patient   Patient
	Visit     string
	Given     []Fact
	Signs     Table
	Breathing []Fact
	Drugs     Table
	Told      []Fact
	Log       Table // in order of time
	Pinned    int   // the line of Log that always stays; -1 for none
	Head      Head
	Printed   string
	At        time.Time
	Demo      bool
}

// ErrNoFit is returned when a sheet does not fit on one page even with
// everything left out that may be.
var ErrNoFit = errors.New("the sheet does not fit on one page")

// Bounds of one piece of text on a sheet, in letters.
const (
	mostWords     = 160
	mostAllergies = 700
)

const seeRecord = "see the record"

// OnePage prints a sheet on exactly one page, and returns it as it was fitted.
func OnePage(s Sheet) ([]byte, Sheet, error) {
	t, err := newTypesetter()
	if err != nil {
		return nil, Sheet{}, fmt.Errorf("typeset sheet: %w", err)
	}
	if s.At.IsZero() {
		return nil, Sheet{}, ErrNoTime
	}
	fitted, b, err := t.fit(s.short())
	if err != nil {
		return nil, Sheet{}, fmt.Errorf("typeset sheet: %w", err)
	}
	pdf, err := paint(b)
	if err != nil {
		return nil, Sheet{}, fmt.Errorf("write PDF: %w", err)
	}
	return pdf, fitted, nil
}

// fit leaves out as little as it can: of the log first, then of the drugs,
// then of who was told and of the airway.
func (t *typesetter) fit(s Sheet) (Sheet, *book, error) {
	log, drugs, told, breathing := s.Log, s.Drugs, s.Told, s.Breathing
	for _, cut := range []struct {
		n    int
		keep func(k int)
	}{
		{len(log.Rows), func(k int) { s.Log, s.Pinned = latest(log, k, s.Pinned) }},
		{len(drugs.Rows), func(k int) { s.Drugs, _ = latest(drugs, k, -1) }},
		{len(told), func(k int) { s.Told = lastFacts(told, k) }},
		{len(breathing), func(k int) { s.Breathing = lastFacts(breathing, k) }},
	} {
		pinned := s.Pinned
		// The most that still fits is found by halving: more never fits where
		// less does not.
		low, high := 0, cut.n
		for low < high {
			k := (low + high + 1) / 2
			s.Pinned = pinned
			cut.keep(k)
			if b, err := t.sheet(s); err != nil {
				return Sheet{}, nil, err
			} else if len(b.pages) == 1 {
				low = k
			} else {
				high = k - 1
			}
		}
		s.Pinned = pinned
		cut.keep(low)
		b, err := t.sheet(s)
		if err != nil {
			return Sheet{}, nil, err
		}
		if len(b.pages) == 1 {
			return s, b, nil
		}
	}
	return Sheet{}, nil, ErrNoFit
}

// latest keeps the last k rows of a table and the pinned one, and says how
// many are left out.
func latest(s Table, k, pinned int) (Table, int) {
	from := len(s.Rows) - k
	if from <= 0 {
		return s, pinned
	}
	rows := slices.Clone(s.Rows[from:])
	left := from
	switch {
	case pinned >= from:
		pinned -= from
	case pinned >= 0:
		rows = append([][]string{s.Rows[pinned]}, rows...)
		left, pinned = left-1, 0
	}
	s.Rows = rows
	switch left {
	case 0:
	case 1:
		s.Intro = "1 earlier line is left out: " + seeRecord + "."
	default:
		s.Intro = fmt.Sprintf("%d earlier lines are left out: %s.", left, seeRecord)
	}
	return s, pinned
}

func lastFacts(facts []Fact, k int) []Fact {
	from := len(facts) - k
	if from <= 0 {
		return facts
	}
	return append([]Fact{{Term: "Left out", Text: fmt.Sprintf("%d earlier: %s", from, seeRecord), Tone: Amber}}, facts[from:]...)
}

// sheet sets the parts in the order in which they are read aloud.
func (t *typesetter) sheet(s Sheet) (*book, error) {
	t.lost = 0
	d := Document{Title: s.Title, Clinic: s.Clinic, Patient: s.Patient, Visit: s.Visit, Head: s.Head, Printed: s.Printed, At: s.At, Demo: s.Demo}
	frame := t.frame(d)
	frame.signed = t.wrap(measure, span{"Made from the record as it stood at this time; the record holds more.", tiny})
	blocks := []block{
		{rows: []row{t.sheetHead(s)}},
		t.facts("What was given", s.Given), t.table(s.Signs), t.facts("Oxygen and airway", s.Breathing),
		t.table(s.Drugs), t.facts("Who knows", s.Told), t.table(s.Log),
	}
	f := newFlow(frame.top)
	for _, b := range blocks {
		if len(b.rows) == 0 {
			continue
		}
		if err := f.block(dense(b), 2.2); err != nil {
			return nil, err
		}
		if len(f.pages) > 1 {
			break // it does not fit: how far it does not is no matter
		}
	}
	for i, p := range f.pages {
		t.around(p, frame, i+1, len(f.pages))
	}
	return &book{title: t.text(d.Title), at: d.At.UTC(), faces: t.faces, pages: f.pages, lost: t.lost}, nil
}

// dense takes most of the air out of a block.
func dense(b block) block {
	for _, rows := range [][]row{b.lead, b.rows} {
		for i := range rows {
			rows[i].pad *= 0.35
		}
	}
	return b
}

// sheetHead says what this is, whose, and what they must not be given: lower
// than the opening of a record, since every line it saves is one of the log's.
func (t *typesetter) sheetHead(s Sheet) row {
	c := cell{width: measure}
	t.add(&c, Plain, span{s.Patient.Name, style{strong, 14, ink, false}}, span{s.Title, style{strong, 9.2, accent, false}})
	t.add(&c, Plain, span{listed(s.Patient.Born, s.Patient.Detail, number(s.Patient)), body})
	tone := Plain
	if !s.Patient.AllergiesKnown {
		tone = Amber
	}
	t.add(&c, tone, span{upper(s.Patient.Allergies), style{strong, 10.4, inkOf(tone, ink), false}})
	t.add(&c, Plain, span{s.Visit, body.inked(soft)})
	return row{cells: []cell{c}}
}

// short bounds every text, so that no single one pushes the others away.
func (s Sheet) short() Sheet {
	s.Patient.Allergies = shorten(s.Patient.Allergies, mostAllergies)
	s.Visit = shorten(s.Visit, mostWords)
	for _, facts := range []*[]Fact{&s.Given, &s.Breathing, &s.Told} {
		*facts = slices.Clone(*facts)
		for i, f := range *facts {
			(*facts)[i].Text, (*facts)[i].Note = shorten(f.Text, mostWords), shorten(f.Note, mostWords)
		}
	}
	for _, table := range []*Table{&s.Signs, &s.Drugs, &s.Log} {
		rows := make([][]string, len(table.Rows))
		for i, r := range table.Rows {
			for _, text := range r {
				rows[i] = append(rows[i], shorten(text, mostWords))
			}
		}
		table.Rows = rows
	}
	return s
}

func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "… (" + seeRecord + ")"
}
