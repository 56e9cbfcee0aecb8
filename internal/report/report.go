// Package report prints the record of a visit as one PDF document. It is made
// from plain data and never from a page: what stands on paper does not hang on
// a browser. The same document gives the same bytes.
//
// A document is typeset into pages first (typeset, flow), then framed, when the
// number of pages is known, and painted. Only paint knows the PDF library.
package report

import (
	"errors"
	"fmt"
	"time"
)

// Tone says how a line is drawn; amber and red come with a shape.
type Tone string

// The tones. The empty tone is plain.
const (
	Plain Tone = "plain"
	Quiet Tone = "quiet"
	Amber Tone = "amber"
	Red   Tone = "red"
)

// Document is one visit, worded and rounded by the caller.
type Document struct {
	Title   string // what the document is: "Infusion visit record"
	Clinic  string
	Patient Patient
	Visit   string   // "Monday 23 November 2026, chair 3, discharged"
	Missing []string // what closing the record still needs
	// Chapters are text to read, before everything else: the words of a document that
	// was signed.
	Chapters   []Chapter
	Facts      []Fact
	Gates      []Gate
	Tables     []Table
	Account    []Fact  // drawn, given, wasted, returned
	Entries    []Entry // oldest first
	Signatures []Signature
	Head       Head
	Printed    string    // "printed 23 November 2026 14:02 by A. Okafor RN"
	At         time.Time // when it was made; the document's own date
	Demo       bool      // simulated patient: said on every page
}

// Chapter is a heading with paragraphs below it.
type Chapter struct {
	Title string
	Text  []string
}

// Patient identifies whose record it is, on every page.
type Patient struct {
	Name      string
	Born      string // "born 4 May 1981"
	Number    string // the clinic's record number
	Detail    string // "45 years, 72.4 kg"
	Allergies string // "allergic to morphine (hives)", "allergies not asked"
	// AllergiesKnown is false while allergies were not asked.
	AllergiesKnown bool
}

// Fact is a term with what is known of it.
type Fact struct {
	Term, Text, Note string
	Tone             Tone
}

// Gate is one gate as it stood when it was passed.
type Gate struct {
	Title, Summary string
	Checks         []Check
}

// Check is one line of a gate.
type Check struct {
	Outcome string // "clear", "finding", "could not check", "attested on paper"
	Title   string
	Why     string
	Settle  string
	Source  string
	Mark    string // evidence mark in words
	Tone    Tone
}

// Table is a titled table; its heading is repeated on each page it reaches.
type Table struct {
	Title, Intro string
	Columns      []string
	Rows         [][]string
	Empty        string // said when there are no rows
}

// Entry is one line of the record.
type Entry struct {
	Position int64
	Time     string
	Title    string
	Text     string
	By       string
	Tone     Tone
	Findings []string
	Replaced []string // what an amendment replaced stays visible
	Struck   bool     // struck out, and still readable
}

// Signature shows printed name, time and meaning, bound to what was signed.
type Signature struct {
	Name, Roles, Time, Meaning, Of string
	// Ink is the signature where it was drawn: strokes of points in a field of InkWidth
	// by InkHeight, from its upper left corner.
	Ink [][][2]float64
}

// The field that a signature is drawn in.
const (
	InkWidth  = 1000.0
	InkHeight = 300.0
)

// Head is the head of the record's hash chain the document was made at.
type Head struct {
	Short string // for the foot of every page: "entry 4211, 3f7a9c0e 5b1d2846"
	Full  string // "entry 4211, 3f7a9c0e5b1d2846…, 14:01:05"
}

// maxPages bounds one document. A visit of 5,000 entries is some 250 pages.
const maxPages = 2_500

// Errors of PDF.
var (
	ErrNoTime  = errors.New("the document has no date")
	ErrTooLong = fmt.Errorf("the document is longer than %d pages", maxPages)
)

// PDF prints a document on A4. Every page carries clinic, patient, page x of
// y, who signed, and the chain's head.
func PDF(d Document) ([]byte, error) {
	b, err := typeset(d)
	if err != nil {
		return nil, fmt.Errorf("typeset record: %w", err)
	}
	out, err := paint(b)
	if err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out, nil
}
