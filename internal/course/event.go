// Package course records a patient's way from referral to follow-up: what was
// said of the patient, what screening found, what was accepted and by whom, what
// was decided and planned, and how it ended. Its streams are "course/<id>".
//
// It asks one question, "suitable for a course?". Whether an infusion may be
// given today is asked by the visit, which reads what stands here.
package course

import (
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Prefix is how the streams of courses begin.
const Prefix = "course/"

// StreamOf is the stream of one course.
func StreamOf(id ident.Course) journal.Stream { return journal.Stream(Prefix + string(id)) }

// Event is something that was said of a course. Events are past tense, closed and
// versioned; a released one never changes.
//
//sumtype:decl
type Event interface{ event() }

// The events.
type (
	// Referred opens a course.
	Referred struct{ Referral }
	// PriorTold adds treatments that were tried before.
	PriorTold struct{ Treatments }
	// Stated adds statements about the patient.
	Stated struct{ Statements }
	// MedicinesListed replaces the list of medicines.
	MedicinesListed struct{ MedicineList }
	// AllergiesListed replaces the list of allergies.
	AllergiesListed struct{ AllergyList }
	// InfusionsListed replaces the list of infusions of ketamine given elsewhere.
	InfusionsListed struct{ InfusionList }
	// InformationAsked says that somebody owes something.
	InformationAsked struct{ Asking }
	// InformationEnded says that what was asked came, or is waited for no more.
	InformationEnded struct{ AskingEnd }
	// Screened is what the rules said when a decision was made on them.
	Screened struct {
		Library  string    `json:"library_sha256"`
		Verdicts []Verdict `json:"verdicts"`
	}
	// FindingAccepted says that somebody who may answers for a finding.
	FindingAccepted struct {
		Verdict Verdict         `json:"verdict"`
		Reason  journal.Private `json:"reason"`
	}
	// Decided answers whether the patient is suitable for a course.
	Decided struct {
		Outcome Outcome         `json:"outcome"`
		Reason  journal.Private `json:"reason,omitzero"`
	}
	// Planned is the plan of the course. The latest holds.
	Planned struct{ Plan }
	// Reevaluated says how the course went, and whether it goes on.
	Reevaluated struct{ Review }
	// Discontinued ends a course.
	Discontinued struct{ Ending }
)

// Referral is what opens a course.
type Referral struct {
	Patient  ident.Patient   `json:"patient"`
	Received string          `json:"received"` // YYYY-MM-DD
	Referrer journal.Private `json:"referrer,omitzero"`
	Reason   journal.Private `json:"reason,omitzero"`
}

// Treatments were tried before.
type Treatments struct {
	List []Prior `json:"treatments"`
}

// Statements are about the patient.
type Statements struct {
	List []Statement `json:"statements"`
}

// MedicineList is all or part of what the patient takes.
type MedicineList struct {
	At     string     `json:"at"`
	Source Source     `json:"source"`
	Whole  Whole      `json:"complete"`
	List   []Medicine `json:"list"`
}

// AllergyList is all or part of what the patient does not bear.
type AllergyList struct {
	Source Source    `json:"source"`
	Whole  Whole     `json:"complete"`
	List   []Allergy `json:"list"`
}

// InfusionList is the ketamine that was given elsewhere.
type InfusionList struct {
	At     string  `json:"at"`
	Source Source  `json:"source"`
	Whole  Whole   `json:"complete"`
	List   []Given `json:"list"`
}

// Asking is what somebody owes.
type Asking struct {
	From  Party           `json:"from"`
	Items []string        `json:"items,omitempty"` // inputs
	Text  journal.Private `json:"text,omitzero"`
}

// AskingEnd says that what was asked came, or is waited for no more.
type AskingEnd struct {
	Asked int64 `json:"asked"` // sequence of the asking
	Came  bool  `json:"came"`
}

// Review says how a course went, and whether it goes on.
type Review struct {
	Reached string          `json:"reached,omitempty"` // the instrument's value
	GoesOn  bool            `json:"goes_on"`
	Next    string          `json:"next,omitempty"` // YYYY-MM-DD
	Reason  journal.Private `json:"reason,omitzero"`
}

// Ending is why a course is over.
type Ending struct {
	Why    Why             `json:"why"`
	Reason journal.Private `json:"reason,omitzero"`
}

// Plan is what a course is for and how it is to be given.
type Plan struct {
	Indication string          `json:"indication"` // a choice of the input plan.indication
	ICD10      string          `json:"icd10"`
	Diagnosis  journal.Private `json:"diagnosis,omitzero"`
	Endpoint   Endpoint        `json:"endpoint"`
	Infusions  int             `json:"infusions"`
	Hours      string          `json:"hours"` // of the longest infusion
	Adjuncts   []Adjunct       `json:"adjuncts,omitempty"`
	// Reevaluate is the last day on which the course is looked at anew.
	Reevaluate string `json:"reevaluate"` // YYYY-MM-DD
}

func (Referred) event()         {}
func (PriorTold) event()        {}
func (Stated) event()           {}
func (MedicinesListed) event()  {}
func (AllergiesListed) event()  {}
func (InfusionsListed) event()  {}
func (InformationAsked) event() {}
func (InformationEnded) event() {}
func (Screened) event()         {}
func (FindingAccepted) event()  {}
func (Decided) event()          {}
func (Planned) event()          {}
func (Reevaluated) event()      {}
func (Discontinued) event()     {}

// Codec writes and reads the payload of every event of a course.
var Codec = journal.NewCodec[Event](
	journal.Type[Referred, Event]("course.referred", 1),
	journal.Type[PriorTold, Event]("course.prior-told", 1),
	journal.Type[Stated, Event]("course.stated", 1),
	journal.Type[MedicinesListed, Event]("course.medicines-listed", 1),
	journal.Type[AllergiesListed, Event]("course.allergies-listed", 1),
	journal.Type[InfusionsListed, Event]("course.infusions-listed", 1),
	journal.Type[InformationAsked, Event]("course.information-asked", 1),
	journal.Type[InformationEnded, Event]("course.information-ended", 1),
	journal.Type[Screened, Event]("course.screened", 1),
	journal.Type[FindingAccepted, Event]("course.finding-accepted", 1),
	journal.Type[Decided, Event]("course.decided", 1),
	journal.Type[Planned, Event]("course.planned", 1),
	journal.Type[Reevaluated, Event]("course.reevaluated", 1),
	journal.Type[Discontinued, Event]("course.discontinued", 1),
	journal.Type[ConsentSigned, Event]("course.consent-signed", 1),
	journal.Type[ConsentWithdrawn, Event]("course.consent-withdrawn", 1),
	journal.Type[LinkGiven, Event]("course.link-given", 1),
	journal.Type[LinkOpened, Event]("course.link-opened", 1),
	journal.Type[LinkMissed, Event]("course.link-missed", 1),
	journal.Type[LinkEnded, Event]("course.link-ended", 1),
	journal.Type[PatientTold, Event]("course.patient-told", 1),
	journal.Type[PatientLearned, Event]("course.patient-learned", 1),
	journal.Type[PatientPrepared, Event]("course.patient-prepared", 1),
	journal.Type[TakenUp, Event]("course.taken-up", 1),
	journal.Type[Struck, Event]("course.struck", 1),
)

// Entry is one event of a course with its envelope.
type Entry = journal.Entry[Event]
