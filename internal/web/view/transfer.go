package view

// Transfer is the sheet that goes along with a patient in an emergency: what
// the next people need, on one page of paper.
type Transfer struct {
	Page
	Session   string
	Patient   Patient
	Number    string // the clinic's record number
	Visit     string // "Monday 23 November 2026 · chair 3 · Transferred"
	Given     []Fact
	Signs     RecordSection
	Breathing []Fact
	Drugs     RecordSection
	Told      []Fact
	Log       RecordSection // in order of time; Intro says what was left out
	// Pinned is the log's line that is never left out, the call for help; -1
	// when there is none.
	Pinned  int
	Head    string
	Printed string
}
