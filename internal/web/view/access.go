package view

// Closed is the page of a record that is closed to the reader's role. Of the
// patient it says what the board in public view says.
type Closed struct {
	Page
	Session  string
	Initials string
	When     string // "Monday 23 November 2026 · chair 3"
	Needs    string // "nurse, prescriber, pharmacist or director"
	Reasons  []Option
	Reason   string // given back after a refusal, like the words
	Words    string
}

// Accesses lists records opened in an emergency, for review.
type Accesses struct {
	Page
	Open     []AccessRow // not reviewed yet, the oldest first
	Reviewed []AccessRow // the newest first
}

// AccessRow is one record opened in an emergency.
type AccessRow struct {
	ID, Session   string
	Who, When     string
	Patient       string
	Reason, Words string
	Age           string // "waits for 2 days"
	Tone          Tone
	Verdict       string // "justified, by C. Meyer on 24 November"
	Remark        string
	Own           bool // the reader's own: another director reviews it
}
