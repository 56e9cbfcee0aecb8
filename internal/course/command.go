package course

import (
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/strict"
)

// The acts of a course.
const (
	ActRefer       act.Act = "course.refer"
	ActTellPrior   act.Act = "course.tell-prior"
	ActState       act.Act = "course.state"
	ActMedicines   act.Act = "course.list-medicines"
	ActAllergies   act.Act = "course.list-allergies"
	ActInfusions   act.Act = "course.list-infusions"
	ActAsk         act.Act = "course.ask-information"
	ActEndAsking   act.Act = "course.end-asking"
	ActAccept      act.Act = "course.accept-finding"
	ActDecide      act.Act = "course.decide"
	ActPlan        act.Act = "course.plan"
	ActReevaluate  act.Act = "course.reevaluate"
	ActDiscontinue act.Act = "course.discontinue"
)

// Acts lists every act of a course.
func Acts() []act.Act {
	return []act.Act{
		ActRefer, ActTellPrior, ActState, ActMedicines, ActAllergies, ActInfusions, ActAsk, ActEndAsking, ActAccept, ActDecide, ActPlan,
		ActReevaluate, ActDiscontinue, ActSignConsent, ActWithdrawConsent, ActGiveLink, ActEndLink, ActTakeUp, ActOpenLink, ActMissLink, ActTell,
		ActLearn, ActPrepare, ActStrike,
	}
}

// Command is something a person says of a course.
//
//sumtype:decl
type Command interface {
	Act() act.Act
	// Planned reports whether rules may refuse it.
	Planned() bool
	command()
}

// The commands.
type (
	// Refer opens a course for a patient of the register.
	Refer struct{ Referral }
	// TellPrior adds treatments that were tried.
	TellPrior struct{ Treatments }
	// StateFacts adds statements.
	StateFacts struct{ Statements }
	// ListMedicines replaces the list of medicines.
	ListMedicines struct{ MedicineList }
	// ListAllergies replaces the list of allergies.
	ListAllergies struct{ AllergyList }
	// ListInfusions replaces the list of infusions given elsewhere.
	ListInfusions struct{ InfusionList }
	// AskInformation asks somebody for what is missing.
	AskInformation struct{ Asking }
	// EndAsking says that what was asked for came, or is waited for no more.
	EndAsking struct{ AskingEnd }
	// AcceptFinding answers for one finding, or for what could not be checked.
	AcceptFinding struct {
		Rule   string          `json:"rule"`
		Result rule.Result     `json:"result"` // as it was read
		Reason journal.Private `json:"reason"`
	}
	// DecideCourse answers whether the patient is suitable. Read is what the page showed
	// of the rules that were not clear: a decision is made on what was read.
	DecideCourse struct {
		Outcome Outcome         `json:"outcome"`
		Reason  journal.Private `json:"reason,omitzero"`
		Read    []Seen          `json:"read"`
	}
	// MakePlan plans the course.
	MakePlan struct{ Plan }
	// Reevaluate looks at the course anew.
	Reevaluate struct{ Review }
	// Discontinue ends it.
	Discontinue struct{ Ending }
)

// Seen is a rule and what it said, as a page showed it.
type Seen struct {
	Rule   string      `json:"rule"`
	Result rule.Result `json:"result"`
}

// MaxCommand bounds the body of a command, in bytes.
const MaxCommand = 64 << 10

// DecodeCommand reads the body of the act named what in one released schema
// version: strict JSON, no unknown field, no key twice, nothing after the value.
// Personal text comes back unsealed.
func DecodeCommand(what act.Act, version int, body []byte) (Command, error) {
	if version != 1 {
		return nil, fmt.Errorf("read %s: no schema version %d", what, version)
	}
	switch what {
	case ActRefer:
		return decode[Refer](what, body)
	case ActTellPrior:
		return decode[TellPrior](what, body)
	case ActState:
		return decode[StateFacts](what, body)
	case ActMedicines:
		return decode[ListMedicines](what, body)
	case ActAllergies:
		return decode[ListAllergies](what, body)
	case ActInfusions:
		return decode[ListInfusions](what, body)
	case ActAsk:
		return decode[AskInformation](what, body)
	case ActEndAsking:
		return decode[EndAsking](what, body)
	case ActAccept:
		return decode[AcceptFinding](what, body)
	case ActDecide:
		return decode[DecideCourse](what, body)
	case ActPlan:
		return decode[MakePlan](what, body)
	case ActReevaluate:
		return decode[Reevaluate](what, body)
	case ActDiscontinue:
		return decode[Discontinue](what, body)
	case ActSignConsent:
		return decode[SignConsent](what, body)
	case ActWithdrawConsent:
		return decode[WithdrawConsent](what, body)
	case ActGiveLink:
		return decode[GiveLink](what, body)
	case ActEndLink:
		return decode[EndLink](what, body)
	case ActTakeUp:
		return decode[TakeUp](what, body)
	case ActOpenLink:
		return decode[OpenLink](what, body)
	case ActMissLink:
		return decode[MissLink](what, body)
	case ActTell:
		return decode[Tell](what, body)
	case ActLearn:
		return decode[Learn](what, body)
	case ActPrepare:
		return decode[Prepare](what, body)
	case ActStrike:
		return decode[Strike](what, body)
	}
	return nil, errors.New("no such act of a course")
}

func decode[T Command](what act.Act, body []byte) (Command, error) {
	if len(body) > MaxCommand {
		return nil, fmt.Errorf("read %s: %d bytes are more than %d", what, len(body), MaxCommand)
	}
	var c T
	if err := strict.Object(body, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return c, nil
}

// Act names the command on the wire.
func (Refer) Act() act.Act { return ActRefer }

// Act names the command on the wire.
func (TellPrior) Act() act.Act { return ActTellPrior }

// Act names the command on the wire.
func (StateFacts) Act() act.Act { return ActState }

// Act names the command on the wire.
func (ListMedicines) Act() act.Act { return ActMedicines }

// Act names the command on the wire.
func (ListAllergies) Act() act.Act { return ActAllergies }

// Act names the command on the wire.
func (ListInfusions) Act() act.Act { return ActInfusions }

// Act names the command on the wire.
func (AskInformation) Act() act.Act { return ActAsk }

// Act names the command on the wire.
func (EndAsking) Act() act.Act { return ActEndAsking }

// Act names the command on the wire.
func (AcceptFinding) Act() act.Act { return ActAccept }

// Act names the command on the wire.
func (DecideCourse) Act() act.Act { return ActDecide }

// Act names the command on the wire.
func (MakePlan) Act() act.Act { return ActPlan }

// Act names the command on the wire.
func (Reevaluate) Act() act.Act { return ActReevaluate }

// Act names the command on the wire.
func (Discontinue) Act() act.Act { return ActDiscontinue }

// Planned is false for what was said or done: it is recorded whatever a rule says.
func (Refer) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (TellPrior) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (StateFacts) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (ListMedicines) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (ListAllergies) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (ListInfusions) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (AskInformation) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (EndAsking) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (AcceptFinding) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (DecideCourse) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (MakePlan) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (Reevaluate) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (Discontinue) Planned() bool { return false }

func (Refer) command()          {}
func (TellPrior) command()      {}
func (StateFacts) command()     {}
func (ListMedicines) command()  {}
func (ListAllergies) command()  {}
func (ListInfusions) command()  {}
func (AskInformation) command() {}
func (EndAsking) command()      {}
func (AcceptFinding) command()  {}
func (DecideCourse) command()   {}
func (MakePlan) command()       {}
func (Reevaluate) command()     {}
func (Discontinue) command()    {}
