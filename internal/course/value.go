package course

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// Statement is one thing said about the patient, in the shape of a patient
// snapshot (doc/screening.md): what a person answered, measured or read in a
// letter, as it was said.
type Statement struct {
	Section rule.Group `json:"section"`
	Item    string     `json:"item"`
	// One of Answer, Result and Value; "not asked" and "unknown" are answers that
	// every item may have.
	Answer string `json:"answer,omitempty"`
	Result string `json:"result,omitempty"`
	Value  string `json:"value,omitempty"` // a plain decimal
	Unit   string `json:"unit,omitempty"`  // UCUM
	ULN    string `json:"uln,omitempty"`   // of a laboratory result, in its unit
	At     string `json:"at"`              // an instant with offset, or a date
	Source Source `json:"source"`
}

// Name is the input that the statement is about.
func (s Statement) Name() string { return string(s.Section) + "." + s.Item }

// Source says who or what something was said by. It is never a name.
type Source string

// The sources.
const (
	ByPatient    Source = "patient"
	ByNurse      Source = "nurse"
	ByPrescriber Source = "prescriber"
	ByPharmacist Source = "pharmacist"
	ByLetter     Source = "letter"
	ByLaboratory Source = "laboratory"
	ByMonitor    Source = "monitor"
	ByRecord     Source = "own record"
	ByVisit      Source = "visit"
)

// Sources lists the sources that a person may name.
func Sources() []Source {
	return []Source{ByPatient, ByNurse, ByPrescriber, ByPharmacist, ByLetter, ByLaboratory, ByMonitor}
}

// Whole says whether a list is all there is.
type Whole string

// The answers.
const (
	WholeYes     Whole = "yes"
	WholeNo      Whole = "no"
	WholeUnknown Whole = "unknown"
)

func (w Whole) valid() bool { return w == WholeYes || w == WholeNo || w == WholeUnknown }

// Medicine is one medicine that the patient takes. Key names it in the shipped
// table; without one it is not coded, and its interactions cannot be checked.
type Medicine struct {
	Key string `json:"key,omitempty"`
	// Text is what was written: name, dose, how often.
	Text journal.Private `json:"text,omitzero"`
}

// Allergy is one allergy with its reaction, as written.
type Allergy struct {
	// Key names the substance in the table of medicines, where it is there.
	Key  string          `json:"key,omitempty"`
	Text journal.Private `json:"text,omitzero"`
}

// Prior is a treatment that was tried before.
type Prior struct {
	What     PriorKind       `json:"what"`
	Adequacy Adequacy        `json:"adequacy"`
	Result   PriorResult     `json:"result"`
	Text     journal.Private `json:"text,omitzero"` // which, how long, what dose
}

// PriorKind is a group of treatments.
type PriorKind string

// The groups, in the order they are shown.
const (
	PriorPhysiotherapy   PriorKind = "physiotherapy"
	PriorPsychology      PriorKind = "psychological therapy"
	PriorAntidepressant  PriorKind = "antidepressant for pain"
	PriorGabapentinoid   PriorKind = "gabapentinoid"
	PriorOpioid          PriorKind = "opioid"
	PriorTopical         PriorKind = "topical treatment"
	PriorBlock           PriorKind = "nerve block or injection"
	PriorNeuromodulation PriorKind = "neuromodulation"
	PriorSurgery         PriorKind = "surgery"
	PriorKetamine        PriorKind = "ketamine"
	PriorOther           PriorKind = "other"
)

// PriorKinds lists them.
func PriorKinds() []PriorKind {
	return []PriorKind{
		PriorPhysiotherapy, PriorPsychology, PriorAntidepressant, PriorGabapentinoid, PriorOpioid, PriorTopical, PriorBlock,
		PriorNeuromodulation, PriorSurgery, PriorKetamine, PriorOther,
	}
}

// Adequacy says whether a treatment was tried long and strong enough.
type Adequacy string

// The judgements.
const (
	Adequate        Adequacy = "adequate"
	NotAdequate     Adequacy = "not adequate"
	AdequacyUnknown Adequacy = "not known"
)

// Adequacies lists them.
func Adequacies() []Adequacy { return []Adequacy{Adequate, NotAdequate, AdequacyUnknown} }

// PriorResult is what came of a treatment.
type PriorResult string

// The results.
const (
	ResultGood       PriorResult = "good relief"
	ResultPartial    PriorResult = "some relief"
	ResultNone       PriorResult = "no relief"
	ResultIntolerant PriorResult = "not tolerated"
	ResultUnknown    PriorResult = "not known"
)

// PriorResults lists them.
func PriorResults() []PriorResult {
	return []PriorResult{ResultGood, ResultPartial, ResultNone, ResultIntolerant, ResultUnknown}
}

// Given is one infusion of ketamine that was given before, here or elsewhere.
type Given struct {
	EndedAt string `json:"ended_at"` // an instant with offset, or a date
	Hours   string `json:"hours"`    // a plain decimal
	Series  int    `json:"series"`   // the series it belonged to, from 1
}

// Verdict is what one rule said, with what it looked at.
type Verdict struct {
	Rule    string      `json:"rule"`
	Version int         `json:"version"`
	Result  rule.Result `json:"result"`
	Policy  Policy      `json:"policy"`
	// Today marks a rule that is asked on the day of an infusion only.
	Today  bool     `json:"today,omitempty"`
	Inputs []Looked `json:"inputs,omitempty"`
	Lacks  []Lack   `json:"lacks,omitempty"`
}

// Policy says who may accept a finding of a rule.
type Policy string

// The policies: nobody but the director accepts a hard finding, a prescriber
// accepts a soft one with a reason, and a note asks nothing.
const (
	Hard Policy = "hard"
	Soft Policy = "soft"
	Note Policy = "note"
)

// Looked is an input that was looked at.
type Looked struct {
	Input  string `json:"input"`
	Value  string `json:"value"`
	Unit   string `json:"unit,omitempty"`
	At     string `json:"at"`
	Source string `json:"source"`
}

// Lack is an input that was still needed, and why it was not there.
type Lack struct {
	Input string     `json:"input"`
	Why   rule.State `json:"why"`
}

// Open reports whether the verdict stands in the way of "suitable" until it is
// accepted: what was found, and what could not be checked, of a rule that stops.
func (v Verdict) Open() bool { return v.Result != rule.Clear && v.Policy != Note }

// covers reports whether accepting v accepts x too. A soft finding stays the same
// one while its values move. A hard one is accepted as it is, value by value, and
// of what could not be checked no more than was known to be missing.
func (v Verdict) covers(x Verdict) bool {
	if v.Rule != x.Rule || v.Version != x.Version || v.Result != x.Result || v.Policy != x.Policy {
		return false
	}
	for _, l := range x.Lacks {
		if !slices.Contains(v.Lacks, l) {
			return false
		}
	}
	if x.Policy != Hard {
		return true
	}
	return slices.EqualFunc(v.Inputs, x.Inputs, func(a, b Looked) bool { return a.Input == b.Input && a.Value == b.Value && a.Unit == b.Unit })
}

// Outcome is what a prescriber decides of a course.
type Outcome string

// The outcomes.
const (
	Suitable        Outcome = "suitable"
	NotSuitable     Outcome = "not suitable"
	MoreInformation Outcome = "more information"
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Suitable, NotSuitable, MoreInformation} }

// Party is who owes something that was asked for.
type Party string

// The parties.
const (
	FromPatient    Party = "patient"
	FromReferrer   Party = "referrer"
	FromLaboratory Party = "laboratory"
	FromNurse      Party = "nurse"
	FromPrescriber Party = "prescriber"
)

// Parties lists them.
func Parties() []Party {
	return []Party{FromPatient, FromReferrer, FromLaboratory, FromNurse, FromPrescriber}
}

// Adjunct is a treatment beside the infusions.
type Adjunct string

// The adjuncts.
const (
	AdjunctPhysiotherapy Adjunct = "physiotherapy"
	AdjunctPsychology    Adjunct = "psychology"
	AdjunctSleep         Adjunct = "sleep"
	AdjunctLifestyle     Adjunct = "lifestyle"
	AdjunctMedicines     Adjunct = "review of medicines"
)

// Adjuncts lists them.
func Adjuncts() []Adjunct {
	return []Adjunct{AdjunctPhysiotherapy, AdjunctPsychology, AdjunctSleep, AdjunctLifestyle, AdjunctMedicines}
}

// Endpoint is what the course is for, so that it can be said whether it was
// reached: a scored instrument, its value now, and the value aimed at.
type Endpoint struct {
	Instrument string `json:"instrument"` // an input of the group instruments, without its prefix
	Now        string `json:"now"`
	Target     string `json:"target"`
	Weeks      int    `json:"weeks"` // after the last infusion
}

// Why says why a course was given up.
type Why string

// The reasons.
const (
	WhyNoBenefit  Why = "no benefit"
	WhyHarm       Why = "side effects or harm"
	WhyPatient    Why = "the patient's wish"
	WhyFinding    Why = "new finding"
	WhyCompleted  Why = "completed"
	WhyNotPursued Why = "referral not pursued"
	WhyOther      Why = "other"
)

// Whys lists them.
func Whys() []Why {
	return []Why{WhyCompleted, WhyNoBenefit, WhyHarm, WhyPatient, WhyFinding, WhyNotPursued, WhyOther}
}

// icd10 reports whether s has the shape of an ICD-10 code: a letter, a digit, a
// digit or letter, and up to four more characters after a dot.
func icd10(s string) bool {
	head, tail, dotted := strings.Cut(s, ".")
	if len(head) != 3 || (dotted && (tail == "" || len(tail) > 4)) {
		return false
	}
	for i, r := range head + tail {
		digit, letter := r >= '0' && r <= '9', r >= 'A' && r <= 'Z'
		if (i == 0 && !letter) || (i == 1 && !digit) || (!digit && !letter) {
			return false
		}
	}
	return true
}
