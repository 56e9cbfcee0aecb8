package view

// Library is the page on which the director reads and adopts the library.
type Library struct {
	Page
	Hash        string // of what is adopted
	Adopted     string // "Adopted 26 November 2026 8:02 by J. Weiss MD", empty when what is here is not adopted
	Demo        string // that it is the demonstration's; empty elsewhere
	Count       int
	NotVerified int
	Marks       []MarkCount
	Changes     []LibraryChange // since the last adoption
	Files       []LibraryFile
	May         bool
	SignTrouble string
	// Protocols say who answers for each; MaySign offers the second signature.
	Protocols     []ProtocolSignatures
	MaySign       bool
	SecondTrouble string
	// Often is what orders go beyond so often that the director looks at it; only the
	// director sees it.
	Often []string
	// Exceptions are those that directors made of late.
	Exceptions []LibraryException
	// Own are the values that the clinic has set, Unfit why they are not in force.
	// Sets shows them; MaySet offers to set others.
	Own    []string
	Unfit  string
	Sets   bool
	MaySet bool
}

// LibraryException is an exception from a protocol, made for one visit.
type LibraryException struct{ Visit, Text, Used string }

// ProtocolSignatures are who answers for a protocol.
type ProtocolSignatures struct {
	Name, Text, Hash string
	Signed           []string
	ByTwo            bool
}

// MarkCount is how many rows have one evidence mark.
type MarkCount struct {
	Mark  string
	Count int
}

// LibraryChange is a row that is not as it was adopted.
type LibraryChange struct {
	What, Name, ID string
	Gone           bool   // there is no such row any more
	Was            string // what it said when it was adopted; empty where that was not kept
}

// LibraryFile is the rows about one kind of thing.
type LibraryFile struct {
	ID, Title string
	Count     int
	Groups    []LibraryGroup
}

// LibraryGroup is the rows of one evidence mark.
type LibraryGroup struct {
	Title string
	Open  bool
	Rows  []LibraryRow
}

// LibraryRow is one row of it.
type LibraryRow struct {
	ID, Name, Mark, Text, Change string
	Version                      int
	Facts                        []string
}

// LibraryValues is the page on which the director sets the clinic's own values, sees
// what they change, and signs them with the library.
type LibraryValues struct {
	Page
	Hash        string // of the library with these values
	Files       []ValueFile
	Unfit       string // why the values of the last adoption are not in force
	Looked      bool   // the values were held against the bounds and each other
	Changes     []ValueChange
	Signs       bool     // it is not what was adopted last: there is something to sign
	Second      []string // the protocols that a second person has to sign again
	Alarms      bool     // the signature covers the alarm settings too
	SignTrouble string
}

// ValueFile is what may be set of one kind of thing.
type ValueFile struct {
	ID, Title string
	Rows      []ValueRow
}

// ValueRow is one row with numbers that the clinic may set.
type ValueRow struct {
	ID, Name, Text string
	Open           bool // something of it is the clinic's
	Values         []ValueField
}

// ValueField is one number, or one choice.
type ValueField struct {
	Field, Label, Unit string
	Value, Shipped     string
	Least, Most        string
	Options            []Option
	Own                bool // the clinic's, in place of the shipped one
}

// ValueChange is a row that would be another than it was adopted.
type ValueChange struct {
	Name, Text string
	Was, Now   []string // the lines of it that differ
}

// PatientTexts is all that patients read, do and are asked, as staff read it: each
// sentence with where it comes from and how well that is known.
type PatientTexts struct {
	Page
	Parts   []PatientPart
	Sources []PatientSource
}

// PatientPart is the texts of one kind.
type PatientPart struct {
	ID, Title, Lead string
	Items           []PatientText
}

// PatientText is one page, one treatment, one claim, or the instructions or questions
// under one heading.
type PatientText struct {
	Name, Title string
	Version     int    // 0 where each line has its own
	Row         string // its place on the page of the library; empty where each line has its own
	Verdict     string // of a claim
	Lines       []PatientLine
	Questions   []PatientQuestion
}

// PatientLine is one sentence.
type PatientLine struct {
	Part, Text, Source, Mark string
	Rests                    []PatientRest
	Own                      *PatientRest  // its own row, where each line has one
	Answers                  string        // the input that a question is about
	Beside                   []PatientLine // what other sources say
}

// PatientRest is a row of the library that a sentence rests on.
type PatientRest struct{ Name, Row string }

// PatientQuestion is one that shows whether something came across.
type PatientQuestion struct {
	Text    string
	Answers []string
	Right   string
	Why     PatientLine
}

// PatientSource is one of the sources.
type PatientSource struct{ ID, Kind, Text string }
