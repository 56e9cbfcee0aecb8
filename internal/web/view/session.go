package view

// Worklist is the list of visits: today's, and the ones still to be closed.
type Worklist struct {
	Page
	Today    []WorkRow
	Unclosed []WorkRow
	ToCall   []WorkRow // closed, and nobody reached the patient at home yet
	MayPlan  bool      // this person may plan a visit
	MayPaper bool      // there is paper to print for today, and this person may
	ToReview int       // records opened in an emergency, for the director
}

// WorkRow is one visit.
type WorkRow struct {
	Today   bool // whether the question of the day is still asked
	ID      string
	Chair   int
	Patient string
	Born    string
	When    string // "today 10:40", "Thursday 19 November"
	Phase   string
	Age     string   // how long it has waited: "unclosed for 3 days"
	Missing []string // what closing still needs
	Tone    Tone
}

// Record is one visit as one coherent document.
type Record struct {
	Page
	ID       string
	Chair    int
	Patient  Patient
	When     string // "Monday 23 November 2026"
	Phase    string
	Facts    []Fact // order, totals, staff, times
	Sections []RecordSection
	Gates    []Gate
	Entries  []Entry // oldest first
	Signs    []Signature
	Sheets   []PaperSheet // photos of what was written on paper
	Account  []Fact       // drug accounted for: drawn, given, wasted, returned
	Missing  []string
	Head     string     // chain head, position and time
	Printed  string     // "printed 23 November 2026 16:02 by A. Okafor RN"
	Acts     []DeskLink // what can be recorded from here
}

// Fact is a term with what is known of it.
type Fact struct {
	Term, Text, Note string
	Tone             Tone
}

// RecordSection is a titled table of the document.
type RecordSection struct {
	Title   string
	Intro   string
	Columns []string
	Rows    [][]string
	Empty   string // said when there are no rows
}

// Signature shows printed name, time and meaning, bound to what was signed.
type Signature struct {
	Name, Roles, Time, Meaning, Of string
}

// Schedule is the page that plans a visit.
type Schedule struct {
	Page
	Patients []Option
	Chairs   []Option
	Patient  string // what was chosen before, given back after a refusal
	Chair    string
	Date     string // YYYY-MM-DD
	Time     string // HH:MM
	Held     bool   // on paper, while the server was down
	Planned  []WorkRow
}
