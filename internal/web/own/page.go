// Package own is the pages that patients open on their own phones: a link, then the
// date of birth, then what is asked of them and what they may want to read. They work
// without a script.
package own

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed entry.tmpl
var entrySource string

//go:embed home.tmpl
var homeSource string

//go:embed history.tmpl
var historySource string

//go:embed medicines.tmpl
var medicinesSource string

//go:embed reading.tmpl
var readingSource string

//go:embed options.tmpl
var optionsSource string

//go:embed facts.tmpl
var factsSource string

//go:embed day.tmpl
var daySource string

//go:embed link.tmpl
var linkSource string

// The pages.
var (
	Entry     = page.Must[view.OwnEntry]("own", entrySource, "desk.css", "own.css")
	Home      = page.Must[view.OwnHome]("own", homeSource, "desk.css", "own.css")
	History   = page.Must[view.OwnHistory]("own", historySource, "desk.css", "own.css")
	Medicines = page.Must[view.OwnMedicines]("own", medicinesSource, "desk.css", "own.css")
	Reading   = page.Must[view.OwnReading]("own", readingSource, "desk.css", "own.css")
	Options   = page.Must[view.OwnOptions]("own", optionsSource, "desk.css", "own.css")
	Facts     = page.Must[view.OwnFacts]("own", factsSource, "desk.css", "own.css")
	Day       = page.Must[view.OwnDay]("own", daySource, "desk.css", "own.css")
	Link      = page.Must[view.OwnLink]("own", linkSource, "desk.css", "own.css")
)
