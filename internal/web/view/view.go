// Package view holds what the pages and the chair's island show: plain data,
// already worded, rounded and judged by Go. It has no logic, and it imports
// nothing of the record, so that every page state can be written as a literal.
//
// Times for the browser are server milliseconds since 1970 in fields ending
// in MS; everything else that a person reads is text.
package view

import "encoding/json"

// Tone says how a line is drawn. It is decided in Go and never in the browser.
type Tone string

// The tones. Amber and red always come with a shape and a word. Red is for
// alarms and emergencies alone; Low is an alarm of low priority.
const (
	Plain Tone = "plain"
	Quiet Tone = "quiet"
	Amber Tone = "amber"
	Red   Tone = "red"
	Low   Tone = "low"
)

// Who is the person at the screen, as the page shows them.
type Who struct {
	Person string `json:"person,omitempty"` // id; empty when nobody is signed in
	Name   string `json:"name,omitempty"`   // "A. Okafor RN"
	Roles  string `json:"roles,omitempty"`  // "nurse, director"
	Device string `json:"device,omitempty"` // "tablet at chair 3", empty when not enrolled
	Chair  int    `json:"chair,omitempty"`  // the chair an enrolled tablet stands at
	Locked bool   `json:"locked,omitempty"`
}

// Place is one entry of the navigation that this person may open.
type Place struct {
	Href, Label string
	Here        bool
}

// Page is the frame around every page.
type Page struct {
	Title   string // of the document and, unless the page says otherwise, its h1
	Theme   string // "dim" for board and chair, "light" for the desk
	Clinic  string
	Who     Who
	Places  []Place
	Flash   string // one sentence about what was just done
	Trouble string // one sentence about what was not done, and why
	Command string // idempotency key of the forms on this page, made per render
	Demo    bool   // simulated patients: said on every page
}

// Option is one of the answers to choose from, where the list depends on the
// clinic or the patient.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
	// Body holds the parts of a command that this choice brings along: an
	// ordered drug its amount, unit and route. They are shown and can be changed.
	Body json.RawMessage `json:"body,omitempty"`
}
