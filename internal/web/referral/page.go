// Package referral is the pages of a course: who waits for what, what is
// recorded, the forms that add to it, and the two questions: is the patient
// suitable for a course, and may they be treated today.
package referral

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed list.tmpl
var listSource string

//go:embed course.tmpl
var courseSource string

//go:embed findings.tmpl
var findingsSource string

//go:embed today.tmpl
var todaySource string

//go:embed form.tmpl
var formSource string

//go:embed consent.tmpl
var consentSource string

//go:embed strike.tmpl
var strikeSource string

// The pages.
var (
	List     = page.Must[view.Referrals]("referral", listSource, "desk.css", "referral.css")
	Course   = page.Must[view.Course]("referral", courseSource, "desk.css", "referral.css")
	Findings = page.Must[view.Findings]("referral", findingsSource, "desk.css", "referral.css")
	Today    = page.Must[view.Today]("referral", todaySource, "desk.css", "referral.css")
	Consent  = page.Must[view.ConsentPage]("referral", consentSource, "desk.css", "referral.css", "referral.js")
	Strike   = page.Must[view.StrikePage]("referral", strikeSource, "desk.css", "referral.css")
	Form     = page.Must[view.CourseForm]("referral", formSource, "desk.css", "referral.css")
)
