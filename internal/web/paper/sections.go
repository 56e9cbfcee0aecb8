// Package paper is the page on which one person types a paper as it stands:
// the same tables, in the same order, with the same columns as the printed
// ones. It reads rows into commands; what becomes of them others decide.
package paper

import (
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/form"
)

// Input says how a cell is typed.
type Input string

// The inputs. A clock is a time of day of the sheet's date, or a date and a
// time; an author is whose initials stand there.
const (
	Clock  Input = "clock"
	Number Input = "number"
	Words  Input = "words"
	Choice Input = "choice"
	Tick   Input = "tick"
	Day    Input = "day"
	Person Input = "person"
	Author Input = "author"
)

// Column is one column of a table. Title is that of the printed paper.
type Column struct {
	Key, Title string
	Input      Input
	Hint       string // how it is written
	Options    []form.Option
	Wide       bool
}

// Section is one table of the paper. Empty is what a row of it says where only
// its time was typed.
type Section struct {
	Key, Title string
	Intro      string
	Columns    []Column
	Rows       int // blank rows that are offered
}

// The sections.
const (
	Arrival   = "arrival"
	Vials     = "vials"
	Baseline  = "baseline"
	Minutes   = "minutes"
	Pump      = "pump"
	Stop      = "stop"
	Effects   = "effects"
	Drugs     = "drugs"
	Emergency = "emergency"
	Nurse     = "nurse"
	Notes     = "notes"
	Home      = "home"
)

// What a line of the pump table may be.
const (
	didStart  = "start"
	didChange = "change"
	didGoOn   = "go on"
)

// How a patient may have gone.
const (
	wentHome     = "home"
	wentEarly    = "early"
	wentHospital = "hospital"
)

var (
	timeColumn = Column{Key: "time", Title: "Time", Input: Clock, Hint: "10:05"}
	initials   = Column{Key: "author", Title: "Initials", Input: Author}
	pressure   = Column{Key: "bp", Title: "SBP/DBP/MAP mmHg", Input: Words, Hint: "128/78/95"}
	pulse      = Column{Key: string(vital.HR), Title: "HR /min", Input: Number}
	breathing  = Column{Key: string(vital.RR), Title: "RR /min", Input: Number}
	pain       = Column{Key: "pain", Title: "Pain 0–10", Input: Number}
)

// Sections are the tables of the paper, in its order. Capnography is asked
// where it is ordered.
func Sections(etco2 bool) []Section {
	minutes := []Column{
		timeColumn, pressure, pulse,
		{Key: string(vital.SpO2), Title: "SpO₂ %", Input: Number},
		{Key: "oxygen", Title: "O₂ L/min", Input: Number, Hint: "0 is air"},
		breathing,
	}
	if etco2 {
		minutes = append(minutes, Column{Key: string(vital.EtCO2), Title: "EtCO₂ mmHg", Input: Number})
	}
	minutes = append(minutes,
		Column{Key: "sedation", Title: "Sedation MOAA/S", Input: Number, Hint: "0–5"}, pain,
		Column{Key: "distress", Title: "Distress 0–10", Input: Number},
		Column{Key: "site", Title: "IV site", Input: Choice, Options: sites()},
		Column{Key: "pump", Title: "Pump mL/h", Input: Number}, Column{Key: "given", Title: "Given mL", Input: Number}, initials,
	)
	return []Section{
		{Key: Arrival, Title: "Asked the patient, two of them", Rows: 1, Columns: []Column{
			{Key: "name", Title: "Name", Input: Tick},
			{Key: "born", Title: "Born", Input: Tick},
			{Key: "number", Title: "Record no.", Input: Tick},
			{Key: "allergies", Title: "Allergies read back", Input: Tick},
			timeColumn, initials,
		}},
		{Key: Vials, Title: "Preparation and line", Intro: "Each vial that was opened. What is left of the drug is wasted in the record itself, with a witness who signs in.", Rows: 1, Columns: []Column{
			{Key: "drug", Title: "Drug on the vial", Input: Words},
			{Key: "lot", Title: "Vial lot", Input: Words},
			{Key: "expiry", Title: "Expiry", Input: Day},
			{Key: "strength", Title: "mg/mL", Input: Number},
			{Key: "drawn", Title: "mL drawn", Input: Number},
			{Key: "first", Title: "mg in the bag, first person", Input: Number},
			{Key: "second", Title: "mg in the bag, second person, on their own", Input: Number},
			timeColumn, initials,
			{Key: "other", Title: "Of the second", Input: Person},
		}},
		{Key: Baseline, Title: "Baseline at rest", Rows: 2, Columns: []Column{
			timeColumn, pressure, pulse, {Key: string(vital.SpO2), Title: "SpO₂ % on air", Input: Number}, breathing, pain, initials,
		}},
		{Key: Minutes, Title: "Minute sheet", Intro: "Only what is written. A line through a field is no value: leave it empty.", Rows: 4, Columns: minutes},
		{Key: Pump, Title: "Pump: start, each change of the rate, pause, going on", Rows: 2, Columns: []Column{
			timeColumn,
			{Key: "what", Title: "Start, change, pause, going on", Input: Choice, Options: pumpActs()},
			{Key: "rate", Title: "To mL/h", Input: Number},
			{Key: "dose", Title: "mg/kg/h", Input: Number},
			{Key: "why", Title: "Why, and who ordered it", Input: Words, Wide: true},
			initials,
		}},
		{Key: Stop, Title: "Stop", Rows: 1, Columns: []Column{
			{Key: "time", Title: "Pump stopped at", Input: Clock, Hint: "12:35"},
			{Key: "cause", Title: "Why", Input: Choice, Options: stopCauses()},
			{Key: "author", Title: "Stopped by", Input: Author},
			{Key: "seen", Title: "Pump seen stopped by", Input: Person},
			{Key: "given", Title: "Given mL, from the pump", Input: Number},
		}},
		{Key: Effects, Title: "Side effects", Rows: 1, Columns: []Column{
			{Key: "time", Title: "From", Input: Clock, Hint: "10:20"},
			{Key: "what", Title: "What", Input: Choice, Options: form.SideEffects()},
			{Key: "grade", Title: "How strong 0–4", Input: Number},
			{Key: "done", Title: "What was done", Input: Words, Wide: true},
			{Key: "gone", Title: "Gone at", Input: Clock},
			initials,
		}},
		{Key: Drugs, Title: "Drugs given", Rows: 1, Columns: []Column{
			timeColumn,
			{Key: "drug", Title: "Drug", Input: Words},
			{Key: "dose", Title: "Dose", Input: Words, Hint: "4 mg"},
			{Key: "route", Title: "Route", Input: Words, Hint: "IV"},
			{Key: "why", Title: "Why, and who ordered it", Input: Words, Wide: true},
			initials,
		}},
		{Key: Emergency, Title: "Emergency", Rows: 1, Columns: []Column{
			timeColumn,
			{Key: "what", Title: "What", Input: Choice, Options: helpActs()},
			{Key: "words", Title: "What was done, drug and dose", Input: Words, Wide: true},
			{Key: "author", Title: "By", Input: Author},
		}},
		{Key: Nurse, Title: "Responsible nurse", Intro: "Who was responsible from when on, where the paper says so.", Rows: 1, Columns: []Column{
			timeColumn, {Key: "author", Title: "Nurse", Input: Author},
		}},
		{Key: Notes, Title: "Anything else that stands on the paper", Rows: 1, Columns: []Column{
			timeColumn, {Key: "words", Title: "What", Input: Words, Wide: true}, initials,
		}},
		{Key: Home, Title: "How the patient went", Intro: "Leave it empty while the patient is still here.", Rows: 1, Columns: []Column{
			timeColumn, {Key: "how", Title: "How", Input: Choice, Options: ways()}, {Key: "words", Title: "With whom, or where to", Input: Words, Wide: true}, initials,
		}},
	}
}

func sites() []form.Option {
	return []form.Option{
		{Value: string(session.SiteFine), Label: "Fine"},
		{Value: string(session.SiteRed), Label: "Red or tender"},
		{Value: string(session.SiteSwollen), Label: "Swollen"},
		{Value: string(session.SiteLeaking), Label: "Leaking"},
		{Value: string(session.SiteRemoved), Label: "Line removed"},
	}
}

func pumpActs() []form.Option {
	return []form.Option{
		{Value: didStart, Label: "Start"},
		{Value: didChange, Label: "Change"},
		{Value: string(session.PausePatient), Label: "Pause: patient's wish"},
		{Value: string(session.PauseClinical), Label: "Pause: clinical"},
		{Value: string(session.PauseToilet), Label: "Pause: toilet"},
		{Value: string(session.PauseEquipment), Label: "Pause: equipment"},
		{Value: didGoOn, Label: "Going on"},
	}
}

func stopCauses() []form.Option {
	return []form.Option{
		{Value: string(session.StopPlanned), Label: "Planned end"},
		{Value: string(session.StopClinical), Label: "Clinical"},
		{Value: string(session.StopPatient), Label: "Patient's wish"},
		{Value: string(session.StopEmergency), Label: "Emergency"},
		{Value: string(session.StopEquipment), Label: "Equipment"},
	}
}

func helpActs() []form.Option {
	return []form.Option{
		{Value: string(session.HelpArrived), Label: "Help came"},
		{Value: string(session.HelpAmbulance), Label: "Ambulance called"},
		{Value: string(session.HelpOxygen), Label: "Oxygen"},
		{Value: string(session.HelpAirway), Label: "Airway"},
		{Value: string(session.HelpDrug), Label: "Drug"},
		{Value: string(session.HelpCompressions), Label: "Compressions"},
		{Value: string(session.HelpShock), Label: "Shock"},
	}
}

func ways() []form.Option {
	return []form.Option{
		{Value: wentHome, Label: "Went home"},
		{Value: wentEarly, Label: "Left before ready"},
		{Value: wentHospital, Label: "Handed over to an emergency service"},
	}
}
