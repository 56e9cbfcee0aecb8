package view

// Handover is what somebody reads before taking patients over: of one visit, or
// of all of a nurse's.
type Handover struct {
	Page
	Visits []HandoverVisit
	Whose  string // "Your chairs", "All chairs"; empty for one visit
	// Other leads to the same page of other chairs; empty where there is none.
	Other, OtherHref string
	Empty            string
	Printed          string
}

// HandoverVisit is one patient.
type HandoverVisit struct {
	ID      string
	Chair   int
	Patient Patient
	Phase   string
	Running []Fact   // rate, amounts, times, who is responsible
	Open    []Notice // what stands open, the gravest first; Act is not set
	// Take is the act by which the patient is taken over; its Whose is set for
	// those who cannot.
	Take     *DeskLink
	Sections []RecordSection // due, readings not confirmed, score, what happened, order
	Head     string
}
