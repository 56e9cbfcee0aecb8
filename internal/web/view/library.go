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
}

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
