package auth

import (
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Holder says whose credential an act needs.
type Holder string

// The holders.
const (
	// Performer is the person who does the act.
	Performer Holder = "performer"
	// Supervisor is the prescriber responsible for the session.
	Supervisor Holder = "supervisor"
)

// Requirement is one credential that one planned act needs.
type Requirement struct {
	Act    act.Act
	Holder Holder
	Kind   CredentialKind
	// Rule is the row of the clinical reference it comes from, or ours.
	Rule   string
	Source cite.Source
	Mark   cite.Mark
}

// Requirements is a clinic's table: DefaultRequirements, as its director set
// and signed it. It speaks of planned acts only; what was done is recorded
// whatever anyone's papers say.
type Requirements []Requirement

// cohen18 is cited from recollection of its question 6: every row that rests
// on it is unverified until someone has read it there.
func cohen18() cite.Source {
	return cite.Source{
		ID: "COHEN18", Kind: cite.Guideline,
		Text: "Cohen SP et al., Reg Anesth Pain Med 2018;43(5):521-546, doi 10.1097/AAP.0000000000000808, question 6",
	}
}

func ours() cite.Source {
	return cite.Source{ID: "OURS", Kind: cite.Ours, Text: "Stillwatch default; the clinic's director sets it"}
}

// DefaultRequirements is the table a clinic starts from. Rule P-1 (supervising
// clinician) and P-2 (administering clinician) ask for ACLS and training in
// moderate sedation; they are unverified. Licence and pump competence, setting
// a rate (lowering one excepted, which is never refused for it) and resuming as
// starting, are defaults of ours (with P-12).
func DefaultRequirements() Requirements {
	var rs Requirements
	for _, a := range []act.Act{session.ActStart, session.ActResume} {
		rs = append(rs,
			Requirement{a, Performer, Licence, "P-12", ours(), cite.Default},
			Requirement{a, Performer, ACLS, "P-2", cohen18(), cite.Unverified},
			Requirement{a, Performer, SedationTraining, "P-2", cohen18(), cite.Unverified},
			Requirement{a, Performer, PumpCompetence, "P-12", ours(), cite.Default},
			Requirement{a, Supervisor, Licence, "P-12", ours(), cite.Default},
			Requirement{a, Supervisor, ACLS, "P-1", cohen18(), cite.Unverified},
			Requirement{a, Supervisor, SedationTraining, "P-1", cohen18(), cite.Unverified},
		)
	}
	for _, a := range []act.Act{session.ActReady, session.ActOpenVials, session.ActCompute, session.ActAttachOrder, session.ActRate} {
		rs = append(rs, Requirement{a, Performer, Licence, "P-12", ours(), cite.Default})
	}
	// The gate before a vial is opened asks what the start will ask of training,
	// so that nothing is drawn up for one who may not give it. Opening a vial and
	// computing are also the pharmacist's, who gives nothing.
	rs = append(rs,
		Requirement{session.ActReady, Performer, ACLS, "P-2", cohen18(), cite.Unverified},
		Requirement{session.ActReady, Performer, SedationTraining, "P-2", cohen18(), cite.Unverified},
	)
	rs = append(rs, Requirement{session.ActRate, Performer, PumpCompetence, "P-12", ours(), cite.Default})
	return rs
}

// Needs lists what the performer of an act needs by the default table.
func Needs(a act.Act) []CredentialKind { return DefaultRequirements().Needs(a, Performer) }

// Needs lists the kinds the act needs of the holder, in table order.
func (rs Requirements) Needs(a act.Act, h Holder) []CredentialKind {
	var kinds []CredentialKind
	for _, r := range rs {
		if r.Act == a && r.Holder == h {
			kinds = append(kinds, r.Kind)
		}
	}
	return kinds
}

// Check reports rows that do not hold together.
func (rs Requirements) Check() error {
	for i, r := range rs {
		if !r.Kind.Valid() || !r.Mark.Valid() || !r.Source.Kind.Valid() || r.Rule == "" || r.Act == "" {
			return fmt.Errorf("credential requirement %d of act %q is incomplete", i+1, r.Act)
		}
		if r.Holder != Performer && r.Holder != Supervisor {
			return fmt.Errorf("credential requirement %d of act %q has no holder", i+1, r.Act)
		}
		if slices.ContainsFunc(rs[:i], func(o Requirement) bool {
			return o.Act == r.Act && o.Holder == r.Holder && o.Kind == r.Kind
		}) {
			return fmt.Errorf("act %q asks the %s for %s twice", r.Act, r.Holder, r.Kind)
		}
	}
	return nil
}

// Finding is a credential that does not stand plainly valid for an act:
// it blocks when Standing is not Good, and warns otherwise.
type Finding struct {
	Requirement Requirement
	Standing    Standing
}

// Blocks reports whether the act may not be planned.
func (f Finding) Blocks() bool { return !f.Standing.Good() }

// Findings compares a holder's credentials with what an act needs.
func (rs Requirements) Findings(a act.Act, h Holder, cs []Credential, now time.Time, zone *time.Location) []Finding {
	var found []Finding
	for _, r := range rs {
		if r.Act != a || r.Holder != h {
			continue
		}
		if s := StandingOf(cs, r.Kind, now, zone); s.State != Valid {
			found = append(found, Finding{Requirement: r, Standing: s})
		}
	}
	return found
}
