package scenariotest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Script is one scenario, read and understood.
type Script struct {
	Name    string
	Setting Setting
	Lines   []Line
}

// Line is one thing done, or one thing that then has to hold.
type Line struct {
	File   string
	Number int
	Text   string
	Chair  ident.Chair
	// Form is the sentence it was understood as.
	Form string
	// Expected is what a line of a bad scenario fails with; empty elsewhere.
	Expected string

	At       time.Duration // since midnight; of a thing done
	Holds    time.Duration // when it held, where that is told later; else At
	Together bool          // said at the same moment as the line before
	Paper    Speaker       // who wrote it on paper; Nobody where it was told as ever
	Other    bool          // told on the chair's other tablet
	By       Speaker
	Do       doing  // nil for a line that has to hold
	Then     expect // nil for a thing done
}

func (l Line) where() string { return fmt.Sprintf("%s:%d", l.File, l.Number) }

// Setting is what is given before the day begins.
type Setting struct {
	Orders map[ident.Chair]Order
	Limits Limits
	Ended  []Ended // credentials
	// DrugAllergy is the patients' answer about ketamine; nil was not asked.
	DrugAllergy *bool
}

// Ended is a credential that ended on a day.
type Ended struct{ Login, Kind, On string }

// Order is what a scenario says of the order; the rest is the demonstration's.
type Order struct {
	Steps  []Step
	Weight string // kg
}

// Step is one step of an order, mg/kg/h and minutes.
type Step struct {
	Rate    string
	Minutes int
}

// Limits are the order's maxima: mg/kg/h, mg/h, mg, mg/kg and minutes.
type Limits struct {
	Rate, MassRate, Total, Dose string
	Minutes                     int
}

// Speaker is who says a line.
type Speaker int

// The speakers. The clock's own watch has no line: it speaks when time passes.
const (
	Nobody Speaker = iota // what happens by itself, such as a monitor falling silent
	Okafor
	Brandt
	Weiss
	Reyes
	Moreau
	Quinn
	LockedTablet
)

// Person is one member of the cast; every name is invented.
type Person struct {
	Login, Title, Name, Password string
	Roles                        []act.Role
}

// Cast lists the staff by speaker.
func Cast() map[Speaker]Person {
	return map[Speaker]Person{
		Okafor: {"okafor", "nurse Okafor", "A. Okafor RN", "quiet room lantern", []act.Role{act.Nurse}},
		Brandt: {"brandt", "nurse Brandt", "L. Brandt RN", "quiet room harbour", []act.Role{act.Nurse}},
		Weiss:  {"weiss", "prescriber Weiss", "J. Weiss MD", "quiet room compass", []act.Role{act.Prescriber}},
		Reyes:  {"reyes", "prescriber Reyes", "C. Reyes MD", "quiet room meadow", []act.Role{act.Prescriber}},
		Moreau: {"moreau", "pharmacist Moreau", "P. Moreau PharmD", "quiet room balance", []act.Role{act.Pharmacist}},
		Quinn:  {"quinn", "front desk Quinn", "D. Quinn", "quiet room doorway", []act.Role{act.FrontDesk}},
	}
}

// speakerOf reads who says a line and gives back the rest of it.
func speakerOf(text string) (Speaker, string, error) {
	for who, p := range Cast() {
		if rest, ok := strings.CutPrefix(text, p.Title); ok && (strings.HasPrefix(rest, ", for ") || strings.HasPrefix(rest, ", from ") || strings.HasPrefix(rest, otherTablet)) {
			return who, rest, nil
		} else if ok && strings.HasPrefix(rest, " ") {
			return who, rest[1:], nil
		}
	}
	if rest, ok := strings.CutPrefix(text, "the locked tablet "); ok {
		return LockedTablet, rest, nil
	}
	if strings.HasPrefix(text, "the monitor ") || strings.HasPrefix(text, "the station ") {
		return Nobody, text, nil
	}
	var known []string
	for _, p := range Cast() {
		known = append(known, p.Title)
	}
	slices.Sort(known)
	return Nobody, "", fmt.Errorf("nobody of the cast says this (%s, the locked tablet, the monitor, the station): %s", strings.Join(known, ", "), text)
}

func personNamed(title string) (Speaker, error) {
	for who, p := range Cast() {
		if p.Title == title {
			return who, nil
		}
	}
	return Nobody, fmt.Errorf("%q is not of the cast", title)
}
