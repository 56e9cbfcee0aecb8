// Package exposure adds up the ketamine that a patient was given: how often, how
// much, and how much for each kilogram, in windows that end now.
package exposure

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// Infusion is one infusion that was given, with all ketamine of that visit.
type Infusion struct {
	// Ended is when the drug stopped.
	Ended time.Time
	Mass  unit.ExactMass
	// Dose is the mass for each kilogram of the dosing weight of that day; zero where
	// no weight is known.
	Dose unit.ExactDose
	// Known says that the amounts could be read; the infusion counts all the same.
	Known bool
}

// Days are the windows that are looked at, in days. Evidence mark: default; no
// guideline gives a lifetime cap (clinical.md 5.4, SUR-8).
func Days() []int { return []int{7, 28, 90, 365} }

// Window is what was given in the days before an instant.
type Window struct {
	Days      int
	Infusions int
	Mass      unit.ExactMass
	Dose      unit.ExactDose
	// Unknown are infusions of the window whose amount could not be read: the sums
	// are at least what they say.
	Unknown int
	// Unweighed are those without a dosing weight: the dose is at least what it says.
	Unweighed int
}

// Windows adds up what was given in each window that ends now. An infusion counts
// with the instant at which it ended, the window's first instant not among them.
func Windows(given []Infusion, now time.Time) []Window {
	var out []Window
	for _, days := range Days() {
		w := Window{Days: days}
		from := now.AddDate(0, 0, -days)
		for _, g := range given {
			if !g.Ended.After(from) || g.Ended.After(now) {
				continue
			}
			w.Infusions++
			switch {
			case !g.Known:
				w.Unknown++
				w.Unweighed++
				continue
			case g.Dose.Sign() <= 0:
				w.Unweighed++
			}
			w.Mass, w.Dose = w.Mass.Add(g.Mass), w.Dose.Add(g.Dose)
		}
		out = append(out, w)
	}
	return out
}
