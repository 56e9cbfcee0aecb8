package view

import (
	"encoding/json"
	"time"
)

// Paper is the page on which a paper is typed as it stands.
type Paper struct {
	Page
	Session  string
	Patient  Patient
	Visit    string // "Monday 23 November 2026 · chair 3 · Infusing"
	Date     string // of the visit, YYYY-MM-DD
	Sections []PaperSection
	Staff    []Option
	Sheets   []PaperSheet
	Down     []string // times without Stillwatch that are in the record
	// Last and Back are when the server was last seen at work and when it came
	// back, as it knows it; both empty where it does not.
	Last, Back string
	// Standing are what has to be known first, such as that the pump runs.
	Standing []Fact
	// Preview is what a draft would become; on the page itself it is empty.
	Preview PaperPreview
}

// PaperSection is one table of the paper.
type PaperSection struct {
	Key, Title, Intro string
	Columns           []PaperColumn
	Rows              int
}

// PaperColumn is one column.
type PaperColumn struct {
	Key, Title, Hint string
	Input            string // "clock", "number", "words", "choice", "tick", "day", "person" or "author"
	Options          []Option
	Wide             bool
}

// PaperSheet is a photo that is kept.
type PaperSheet struct {
	Position int64  `json:"position"`
	Label    string `json:"label"`
	Href     string `json:"href"`
}

// PaperAnswer is what a paper would become, before anything is recorded.
type PaperAnswer struct {
	Problems []PaperProblem `json:"problems"`
	Commands []PaperCommand `json:"commands"`
	// HTML is the preview, made by the server.
	HTML string `json:"html"`
}

// PaperProblem is a field that cannot be taken, and what to do.
type PaperProblem struct {
	Row  string `json:"row"`
	Cell string `json:"cell"`
	Text string `json:"text"`
}

// PaperCommand is one command as it is sent, with the row it comes from.
type PaperCommand struct {
	Row        string          `json:"row"`
	ID         string          `json:"id"`
	Act        string          `json:"act"`
	OccurredAt time.Time       `json:"occurred_at"`
	Paper      json.RawMessage `json:"paper,omitempty"`
	Body       json.RawMessage `json:"body"`
}

// PaperPreview is how the record would look.
type PaperPreview struct {
	Facts []Fact
	Lines []PaperLine
	Pump  RecordSection
}

// PaperLine is one line of the record as it would be.
type PaperLine struct {
	Time, Title, Text, By string
	Findings              []string
}
