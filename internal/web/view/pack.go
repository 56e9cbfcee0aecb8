package view

// Pack is the paper of one visit for when the server is down: plain data for
// print, without a page on screen.
type Pack struct {
	Patient    Patient
	Number     string // the clinic's record number
	Visit      string // "Monday 23 November 2026, planned 10:40 · chair 3 · Expected"
	NoOrder    string // said where there is no order
	Notes      []string
	Stands     []Fact
	Order      []Fact
	Steps      RecordSection
	Rates      RecordSection
	Limits     RecordSection
	Minutes    []PackMinute
	More       bool // the plan is longer than the sheet
	EtCO2      bool
	Baseline   string // how the baseline is taken
	Sets       int    // of the baseline
	Consider   RecordSection
	Discharge  []PackCheck
	Standing   string
	Signatures []Signature // of the order
	Head       string
	Printed    string
}

// PackMinute is one line of the minute sheet.
type PackMinute struct{ Label, What string }

// PackCheck is one check before the patient goes home.
type PackCheck struct{ Rule, Text string }
