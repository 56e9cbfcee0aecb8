package view

// OwnEntry is the page of a link that was not opened yet: it asks for the date of birth
// and says nothing else.
type OwnEntry struct {
	Page
	Again            bool   // the phone was in use before: its holder is asked again
	Closed           bool   // the holder closed the pages
	To               string // where the form goes; empty for the address of the page
	Day, Month, Year string
	// Then and Kept are the page that had closed while something was written on it, and
	// what was written: it is sent once the date of birth is given.
	Then string
	Kept []OwnKept
}

// OwnKept is one field of a page that had closed.
type OwnKept struct{ Name, Value string }

// OwnHome is what a patient can do here.
type OwnHome struct {
	Page
	Parts []OwnPart
	Visit string // "Monday 30 November 2026, 10:00"; empty where none is planned
	Until string // until when these pages can be used
}

// OwnPart is one thing to do or to read.
type OwnPart struct {
	Href, Title, Text string
	State             string // "sent 24 November"; empty for what is not done
	Done              bool
}

// OwnHistory is the questions that a patient answers.
type OwnHistory struct {
	Page
	Lead, Danger string
	Groups       []OwnGroup
	Words        string // as typed
}

// OwnGroup is the questions under one heading.
type OwnGroup struct {
	Title     string
	Questions []OwnQuestion
}

// OwnQuestion is one question with its answers.
type OwnQuestion struct {
	Name, Text string
	Answers    []Option
	Chosen     string // as typed, or as answered last
	Said       string // what became of the answer; empty before there is one
	Right      bool
}

// OwnMedicines is the lists that a patient writes, with what was typed.
type OwnMedicines struct {
	Page
	Medicines, Allergies           string
	NoMedicines, NoAllergies       bool
	WholeMedicines, WholeAllergies string
	Sent                           string
}

// OwnReading is one page to read with its questions.
type OwnReading struct {
	Page
	Document  string // hash of all that is read
	ID        string
	Heading   string
	Of        string // "page 2 of 5"
	Texts     []OwnText
	Questions []OwnQuestion
	Next      string // the address of the next page; empty on the last
	Read      bool
}

// OwnText is a sentence with where it comes from.
type OwnText struct{ Text, Source string }

// OwnOptions is treatments side by side.
type OwnOptions struct {
	Page
	Options []OwnOption
}

// OwnOption is one of them.
type OwnOption struct {
	Title         string
	Benefit, Harm []OwnText
}

// OwnFacts is what is often said, against the evidence.
type OwnFacts struct {
	Page
	Claims []OwnClaim
}

// OwnClaim is one thing that is said.
type OwnClaim struct {
	Text, Verdict string
	Why           []OwnText
}

// OwnDay is what to do before an infusion and after it.
type OwnDay struct {
	Page
	Document  string
	VisitID   string
	Visit, By string // by when to confirm
	Late      bool
	Items     []OwnItem
	Parts     []OwnAdvice
	Sent      string
}

// OwnItem is a thing to confirm.
type OwnItem struct {
	ID, Text, When string
	Others         []OwnText
	Done           bool
}

// OwnAdvice is advice for one time.
type OwnAdvice struct {
	Title  string
	Urgent bool
	Texts  []OwnText
}

// OwnLink is a link as staff print it.
type OwnLink struct {
	Page
	ID, Patient, Born string // of the course
	Link              string
	Address           string
	QR                string // SVG path data
	QRSize            int
	Until             string
	State             string // how it stands, where it opens nothing any more
	Opens             bool
}

// Frame puts the frame around the page.
func (v *OwnHistory) Frame(p Page) { v.Page = p }

// Frame puts the frame around the page.
func (v *OwnMedicines) Frame(p Page) { v.Page = p }

// Frame puts the frame around the page.
func (v *OwnReading) Frame(p Page) { v.Page = p }

// Frame puts the frame around the page.
func (v *OwnOptions) Frame(p Page) { v.Page = p }

// Frame puts the frame around the page.
func (v *OwnFacts) Frame(p Page) { v.Page = p }

// Frame puts the frame around the page.
func (v *OwnDay) Frame(p Page) { v.Page = p }
