package view

// DeskAct is the page on which one act of a visit is recorded at the desk.
type DeskAct struct {
	Page
	Session  string
	Act      string
	Chair    int
	Patient  Patient
	Visit    string // "Monday 23 November 2026 · chair 3 · Discharged"
	Intro    string
	Submit   string
	Of       string   // what it is about, where the act names an entry
	Facts    []Fact   // what is signed, or what has to be known to answer
	Missing  []string // what stands in the way of closing
	Earlier  []Option // visits whose order may be begun with
	Sections []AskSection
	// Sign asks for the password of the person signed in; a password never
	// comes back to the page.
	Sign           bool
	SignTrouble    string
	Witness        bool
	WitnessLogin   string
	WitnessTrouble string
}

// AskSection is a group of questions.
type AskSection struct {
	Title, Trouble string
	Asks           []Ask
}

// Ask is one question on a page, with what was answered so far and what is
// wrong with it.
type Ask struct {
	Name, ID, Label, Hint, Unit string
	Input                       string // "text", "long", "number", "date", "time", "pick", "radio", "check" or "rows"
	Value                       string
	Trouble                     string
	Note                        string // who answered it, and when
	Required                    bool
	Options                     []AskOption
	Rows                        []AskRow
}

// AskRow is one entry of a list.
type AskRow struct {
	Title string
	Asks  []Ask
}

// AskOption is one answer.
type AskOption struct {
	Value, Label, Hint string
	Chosen             bool
}

// DeskLink is an act that a person may take from the record's page, or whose
// it is.
type DeskLink struct {
	Href, Label, Sub string
	Primary          bool
	Whose            string // "for a prescriber", when it is not this person's
}
