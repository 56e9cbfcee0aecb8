package course

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// The acts of consent.
const (
	ActSignConsent     act.Act = "course.sign-consent"
	ActWithdrawConsent act.Act = "course.withdraw-consent"
)

const (
	ruleConsent = "course.consent"
	ruleSedated = "course.consent-sedated"
)

type (
	// ConsentSigned is the patient's signature under one exact document, taken by a
	// clinician, who signs for having taken it.
	ConsentSigned struct{ Consent }
	// ConsentWithdrawn takes it back.
	ConsentWithdrawn struct{ ConsentEnd }
	// SignConsent takes a signature.
	SignConsent struct{ Consent }
	// WithdrawConsent takes it back. It is never refused.
	WithdrawConsent struct{ ConsentEnd }
)

// Consent is what was signed, by whom and how.
type Consent struct {
	// Document is the SHA-256 of the words that were read, in hex.
	Document string `json:"document_sha256"`
	// Words are the whole text that was read, which hashes to Document. The server
	// adds them: what was signed can be printed for ever.
	Words    journal.Private `json:"words,omitzero"`
	Language string          `json:"language"` // BCP 47
	Signer   Signature       `json:"signer"`
	Capacity Capacity        `json:"capacity"`
	// Interpreter names who interpreted; empty where nobody had to.
	Interpreter journal.Private `json:"interpreter,omitzero"`
	// Questions says that the patient's questions were asked and answered.
	Questions bool            `json:"questions_answered"`
	Asked     journal.Private `json:"asked,omitzero"` // what was asked, in words
	// Registry is the answer to a question of its own, which changes nothing of the
	// treatment.
	Registry bool `json:"registry"`
	Copy     Copy `json:"copy"`
	// Until is the last day it covers, and Infusions the most.
	Until     string `json:"until"` // YYYY-MM-DD
	Infusions int    `json:"infusions"`
}

// ConsentEnd is a withdrawal.
type ConsentEnd struct {
	Words journal.Private `json:"words,omitzero"`
}

// Signature is a name in print with the way it was signed.
type Signature struct {
	Name   journal.Private `json:"name"`
	Role   SignerRole      `json:"role"`
	Method Method          `json:"method"`
	// Relationship of who signs for the patient.
	Relationship journal.Private `json:"relationship,omitzero"`
	// Strokes are the signature itself where it was drawn, as ReadInk reads it.
	Strokes journal.Private `json:"strokes,omitzero"`
}

// SignerRole says for whom somebody signs.
type SignerRole string

// The roles.
const (
	SignsForSelf    SignerRole = "patient"
	SignsForPatient SignerRole = "representative"
)

// Method is how a signature was made.
type Method string

// The methods.
const (
	Typed Method = "typed on screen"
	Drawn Method = "drawn on screen"
	Inked Method = "on the printed document"
)

// Methods lists them.
func Methods() []Method { return []Method{Typed, Drawn, Inked} }

// Capacity is the patient's capacity to decide, as the clinician judged it.
type Capacity string

// The judgements.
const (
	HasCapacity     Capacity = "has capacity"
	LacksCapacity   Capacity = "lacks capacity"
	CapacityUnclear Capacity = "not clear"
)

// Capacities lists them.
func Capacities() []Capacity { return []Capacity{HasCapacity, LacksCapacity, CapacityUnclear} }

// Copy is how the patient got a copy.
type Copy string

// The ways.
const (
	CopyPrinted  Copy = "printed"
	CopySent     Copy = "sent"
	CopyDeclined Copy = "declined"
)

// Copies lists them.
func Copies() []Copy { return []Copy{CopyPrinted, CopySent, CopyDeclined} }

func (ConsentSigned) event()          {}
func (ConsentWithdrawn) event()       {}
func (SignConsent) command()          {}
func (WithdrawConsent) command()      {}
func (SignConsent) Planned() bool     { return true }
func (WithdrawConsent) Planned() bool { return false }

// Act names the command on the wire.
func (SignConsent) Act() act.Act { return ActSignConsent }

// Act names the command on the wire.
func (WithdrawConsent) Act() act.Act { return ActWithdrawConsent }

// Document is the consent document that the server has.
type Document struct {
	Hash              string
	Language          string
	Months, Infusions int // the most that a signature covers
}

func signConsent(c Consent, env Env) ([]Event, *Refusal) {
	last := env.Now.AddDate(0, env.Document.Months, 0).Format(time.DateOnly)
	switch {
	case !env.Adopted:
		return nil, refuse(RuleLibrary, "course.library")
	case env.Document.Hash == "" || c.Document != env.Document.Hash || c.Language != env.Document.Language:
		return nil, refuse(ruleAsRead, "course.document_changed")
	case env.Sedated:
		return nil, refuse(ruleSedated, "course.sedated")
	case !c.Signer.Name.Given():
		return nil, malformed("course.signer")
	case !slices.Contains(Methods(), c.Signer.Method) || !slices.Contains(Copies(), c.Copy) || !slices.Contains(Capacities(), c.Capacity):
		return nil, malformed("course.consent.answer")
	case c.Signer.Strokes.Given() != (c.Signer.Method == Drawn):
		return nil, malformed("course.consent.drawn")
	case c.Signer.Role != SignsForSelf && c.Signer.Role != SignsForPatient:
		return nil, malformed("course.consent.answer")
	case c.Signer.Role == SignsForPatient && !c.Signer.Relationship.Given():
		return nil, malformed("course.relationship")
	case c.Capacity == CapacityUnclear, c.Capacity == LacksCapacity && c.Signer.Role == SignsForSelf:
		return nil, refuse(ruleConsent, "course.capacity")
	case !c.Questions:
		return nil, refuse(ruleConsent, "course.questions")
	case !day(c.Until) || c.Until <= today(env) || c.Until > last:
		return nil, malformed("course.consent.until", last)
	case c.Infusions < 1 || c.Infusions > env.Document.Infusions:
		return nil, malformed("course.consent.infusions")
	}
	return []Event{ConsentSigned{c}}, nil
}

// ConsentStanding is how a patient's consent stands.
type ConsentStanding struct {
	Has bool
	At  time.Time
	// Withdrawn, Expired, Used and Changed each take its force away.
	Withdrawn, Expired, Used, Changed bool
}

// Stands reports whether it is of force.
func (c ConsentStanding) Stands() bool {
	return c.Has && !c.Withdrawn && !c.Expired && !c.Used && !c.Changed
}

// ConsentStanding judges the latest signature: today is the clinic's day, given are
// the infusions that ended when they ended, withdrawn the latest withdrawal at a
// visit, zero for none.
func (s State) ConsentStanding(today string, given []time.Time, withdrawn time.Time, document string) ConsentStanding {
	if s.Consent == nil {
		return ConsentStanding{}
	}
	c := s.Consent
	out := ConsentStanding{Has: true, At: c.At, Expired: c.What.Until < today, Changed: c.What.Document != document, Withdrawn: withdrawn.After(c.At)}
	if s.Withdrawn != nil && !s.Withdrawn.At.Before(c.At) {
		out.Withdrawn = true
	}
	n := 0
	for _, at := range given {
		if at.After(c.At) {
			n++
		}
	}
	out.Used = n >= c.What.Infusions
	return out
}
