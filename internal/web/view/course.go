package view

// Referrals is who waits for what between referral and the last re-evaluation.
type Referrals struct {
	Page
	Lists    []CourseList
	MayRefer bool
	Patients []Option // of the register, for a new referral
	Draft    ReferralDraft
}

// CourseList is one list of the worklist.
type CourseList struct {
	ID, Title, Lead, Empty string
	Rows                   []CourseLine
}

// CourseLine is one course in a list.
type CourseLine struct {
	ID, Patient, Born string
	Since             string // "referred 12 Nov"
	State             string
	Tone              Tone
	Owed              []string // "laboratory: ALT, GGT, since 12 Nov"
}

// ReferralDraft is a referral as it was typed.
type ReferralDraft struct{ Patient, Received, Referrer, Reason string }

// Course is everything that is recorded of one course.
type Course struct {
	Page
	ID                string
	Patient, Born     string
	Number, Allergies string
	Received          string
	Referrer, Reason  string
	Standing          []CourseNote
	Sections          []CourseSection
	Own               CourseOwn
	Visits            []Option // not begun yet, with when
	MayDecide         bool
	Open              bool
}

// CourseNote is one sentence on how the course stands.
type CourseNote struct {
	Text string
	Tone Tone
}

// CourseSection is one part of the record, with the form that adds to it.
type CourseSection struct {
	ID, Title string
	Facts     []CourseFact
	Empty     string
	Form      string // the address of the form; empty for who may not
	Label     string
	// Struck was said in error: the name is where it came from, Said says who struck it
	// and why.
	Struck   []CourseFact
	StrikeAt string // the address where something of it is struck; empty for nothing, and for who may not
}

// StrikePage is the page on which something of a course is struck.
type StrikePage struct {
	Page
	ID, Patient, Born string
	Form              string // the part's name in the address
	Items             []StrikeItem
	Chosen, Reason    string // as typed
	SignTrouble       string
}

// StrikeItem is one thing that can be struck.
type StrikeItem struct {
	Value       string // entry, part and place
	Label, Said string
}

// CourseFact is one thing that was said, by whom and when.
type CourseFact struct {
	Name, Value, Said string
	Tone              Tone
	// End is what ends a request for information: its sequence.
	End string
}

// Findings is the page of the question "suitable for a course?".
type Findings struct {
	Page
	ID            string
	Patient, Born string
	Referred      string
	Library       string
	NotRun        string // why nothing was checked
	Items         []FindingItem
	Clear         []ClearItem
	Settle        []string
	Exposure      []string
	Decided       []CourseNote
	Since         []string // what changed since the decision
	Read          []ReadItem
	MayDecide     bool
	// Suitable says why "suitable" cannot be said now; empty when it can.
	SuitableWaits string
	Reason        string // as typed
	SignTrouble   string
	Outcome       string
	Outcomes      []Option
}

// FindingItem is one rule that is not clear.
type FindingItem struct {
	Rule, Result string
	Kind, Area   string // "Stop", "cardiovascular"
	Title, Text  string
	Version      int
	Inputs       []string
	Missing      []string
	Cites        []FindingCite
	Accepted     string
	MayAccept    bool
	Reason       string // as typed
	Typed        bool   // its form came back
	Needs        string // who may accept it
	Tone         Tone
	Today        bool
	// Source and Marks are where a check of a gate comes from, in one line.
	Source, Marks string
}

// FindingCite is where a part of a rule comes from.
type FindingCite struct{ Part, Text, Mark string }

// ClearItem is a rule that is clear, with the age of what it looked at.
type ClearItem struct{ Name, Inputs string }

// ReadItem is what the page shows of one rule, sent back with a decision.
type ReadItem struct{ Rule, Result string }

// CourseForm is one form that adds to a course.
type CourseForm struct {
	Page
	ID, Patient, Born string
	Form              string // its name in the address
	Lead              string
	Dated             bool // asks when it was said and by whom
	At, Source        string
	Sources           []Option
	Groups            []CourseFormGroup
}

// CourseFormGroup is a group of questions.
type CourseFormGroup struct {
	Title string
	Items []CourseFormItem
}

// CourseFormItem is one question.
type CourseFormItem struct {
	Name    string // of the field
	Label   string
	Kind    string // "choice", "many", "number", "text", "long", "date"
	Options []Option
	Unit    string
	Units   []string // where one is chosen
	ULN     bool
	Range   string
	Last    string // what was said last; never filled in
	Hint    string
	// Value, Chosen, UnitValue and ULNValue are what was typed before.
	Value, UnitValue, ULNValue string
	Chosen                     map[string]bool
	Required                   bool
}

// ConsentPage is the consent document, how it stands, and the form to sign it.
type ConsentPage struct {
	Page
	ID, Patient, Born string
	Document          string // its hash, which is signed
	Standing          []CourseNote
	Demo              string
	Parts             []ConsentPart
	Signed            *SignedConsent
	MaySign           bool
	MayWithdraw       bool
	Form              CourseForm // the questions
	Strokes           string     // a signature that was drawn, on a form that came back
	SignTrouble       string
}

// ConsentPart is one part of the document.
type ConsentPart struct {
	Title string
	Text  []ConsentText
}

// ConsentText is one sentence and where it comes from.
type ConsentText struct{ Text, Source string }

// SignedConsent is a signature as it stands in the record.
type SignedConsent struct {
	Name, Role, Method, Relationship string
	At, Taken                        string // when, and by whom
	Capacity, Interpreter, Questions string
	Registry, Copy, Until            string
	Infusions                        int
	// Ink is the signature where it was drawn, each stroke as points "x,y x,y" in a
	// field of 1000 by 300.
	Ink      []string
	Document string
}

// CourseOwn is what belongs to the patient's own pages.
type CourseOwn struct {
	MayGive, MayTake bool
	Links            []CourseLink
	Told             []CourseTold
	Prepared         string
}

// CourseLink is a link that was given.
type CourseLink struct {
	Link, Given, State string
	Opens, MayEnd      bool
}

// CourseTold is something that a patient wrote and that somebody looks at.
type CourseTold struct {
	Told, At string
	Facts    []CourseFact
	Waits    bool
	Taken    string
}

// Today is the page of the question "may this patient be treated today?".
type Today struct {
	Page
	Session  string
	Course   string // its id; empty for none
	Patient  Patient
	Chair    int
	Phase    string
	Planned  string
	OtherDay string // why this is not today's
	Library  string
	NotRun   string // why no rule of screening was run
	Items    []FindingItem
	Clear    []ClearItem
	Settle   []string
	Exposure []string
	Decided  []CourseNote
	Since    []string // what changed since the decision
}
