package act

// courseTable: who may perform each act of a course. Who is referred is entered by
// whoever opens the letter; what was said of the patient by whoever sees the
// patient; suitability is a prescriber's judgement, and each rule says who may
// accept its finding: see MayAs. What a role may do alone is a clinic's setting
// (evidence mark: default).
var courseTable = map[Act]need{
	"course.refer":            {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.tell-prior":       bedside,
	"course.state":            bedside,
	"course.list-medicines":   preparing,
	"course.list-allergies":   preparing,
	"course.list-infusions":   bedside,
	"course.ask-information":  {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.end-asking":       {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.accept-finding":   {roles: []Role{Prescriber, Director}},
	"course.decide":           {roles: []Role{Prescriber, Director}},
	"course.plan":             {roles: []Role{Prescriber}},
	"course.reevaluate":       {roles: []Role{Prescriber}},
	"course.sign-consent":     bedside,
	"course.withdraw-consent": {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.discontinue":      {roles: []Role{Prescriber}},
	"course.strike":           {roles: []Role{Nurse, Prescriber, Pharmacist, Director}}, // of what a rule found by it, who may answer for that

	"course.give-link": {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.end-link":  {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.take-up":   preparing,
	"course.open-link": {patient: true},
	"course.miss-link": {patient: true},
	"course.tell":      {patient: true},
	"course.learn":     {patient: true},
	"course.prepare":   {patient: true},
}
