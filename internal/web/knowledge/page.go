// Package knowledge is the page of the library, which the clinic's director reads
// and adopts.
package knowledge

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

//go:embed values.tmpl
var values string

//go:embed patients.tmpl
var patients string

// Patients renders what patients read, do and are asked.
var Patients = page.Must[view.PatientTexts]("knowledge patients", patients, "desk.css", "referral.css")

// Values renders the page on which the director sets the clinic's own values.
var Values = page.Must[view.LibraryValues]("library values", values, "desk.css")

// Page renders it.
var Page = page.Must[view.Library]("knowledge", source, "desk.css")
