package session

import (
	"strconv"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (d *decider) end(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case BeginRecovery:
		if r := d.in(PhaseStopped); r != nil {
			return nil, r
		}
		return one(RecoveryBegan{})
	case ScoreDischarge:
		if r := possibleScores(c.MPADSS, c.Aldrete); r != nil {
			return nil, r
		}
		return one(DischargeScored{MPADSS: c.MPADSS, Aldrete: c.Aldrete})
	case CheckDischarge:
		return d.checkDischarge(c)
	case Discharge:
		return d.discharge()
	case Waste:
		return d.waste(c)
	case ReturnDrug:
		return d.giveBack(c)
	case Review:
		return d.review(c)
	case CloseRecord:
		return d.closeRecord()
	case FollowUp:
		return d.followUp(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

func (d *decider) checkDischarge(c CheckDischarge) ([]Event, *Refusal) {
	if c.DischargeList == (DischargeList{}) {
		return nil, malformed("session.nothing_said")
	}
	if tooLong(c.Transport) {
		return nil, malformed("session.text_too_long")
	}
	if _, r := d.person(); r != nil {
		return nil, r
	}
	return one(DischargeChecked{DischargeList: c.DischargeList})
}

func (d *decider) discharge() ([]Event, *Refusal) {
	if r := d.in(PhaseRecovering); r != nil {
		return nil, r
	}
	gate := DischargeGate(d.s, d.env)
	if !gate.Open() {
		return nil, shut(gate, "session.discharge_shut")
	}
	until, _ := DrivingUntil(d.at, d.env.Zone) // the gate is shut without a zone
	return one(Discharged{Gate: gate, DrivingUntil: until.UTC(), Telemetry: d.env.Monitor.ChunkHead})
}

// witness is the second person: authenticated, and not the one who acts.
func (d *decider) witness() (ident.Person, *Refusal) {
	who, r := d.person()
	if r != nil {
		return "", r
	}
	w := d.env.Witness
	if w == nil || w.Kind != act.Person || w.Person == "" {
		return "", refuse(RuleWitness, "session.witness_needed")
	}
	if w.Person == who {
		return "", refuse(RuleWitness, "session.witness_other")
	}
	return w.Person, nil
}

func (d *decider) waste(c Waste) ([]Event, *Refusal) {
	if r := possibleDrugAmount(c.Mass, c.Volume); r != nil {
		return nil, r
	}
	w, r := d.witness()
	if r != nil {
		return nil, r
	}
	return one(DrugWasted{Mass: c.Mass, Volume: c.Volume, Method: c.Method, Witness: w})
}

func (d *decider) giveBack(c ReturnDrug) ([]Event, *Refusal) {
	if r := possibleDrugAmount(c.Mass, c.Volume); r != nil {
		return nil, r
	}
	w, r := d.witness()
	if r != nil {
		return nil, r
	}
	return one(DrugReturned{Mass: c.Mass, Volume: c.Volume, Witness: w})
}

func possibleDrugAmount(m unit.Mass, v unit.Volume) *Refusal {
	switch {
	case notSome(m, mostMg):
		return malformed("session.bad_mass", m.String())
	case impossible(v, mostML):
		return malformed("session.bad_volume", v.String())
	}
	return nil
}

// What a review may mean.
const (
	MeaningReviewed = "reviewed"
	MeaningApproved = "reviewed and approved"
)

// review binds the prescriber's signature to the record as it stands.
func (d *decider) review(c Review) ([]Event, *Refusal) {
	if r := d.in(PhaseDischarged, PhaseTransferred, PhaseLeft, PhaseCancelled); r != nil {
		return nil, r
	}
	if _, r := d.person(); r != nil {
		return nil, r
	}
	switch {
	case c.Meaning != MeaningReviewed && c.Meaning != MeaningApproved:
		return nil, malformed("session.unknown_code", "meaning")
	case d.env.Head == "":
		return nil, refuse(RuleReview, "session.no_head")
	}
	return one(Reviewed{Meaning: c.Meaning, Text: c.Text, Head: d.env.Head})
}

// closeRecord ends the record. What is missing is listed whole, so that one
// look says everything that is left to do.
func (d *decider) closeRecord() ([]Event, *Refusal) {
	if r := d.in(PhaseDischarged, PhaseTransferred, PhaseLeft, PhaseCancelled); r != nil {
		return nil, r
	}
	b := d.s.Balance(d.at)
	if open := d.s.Unclosed(d.at); len(open) > 0 {
		r := refuse(RuleClose, "session.not_closable", sentences(open))
		r.Open = open
		return nil, r
	}
	return one(Closed{Drawn: b.Drawn, Given: b.Given.Round(), Wasted: b.Wasted, Returned: b.Returned})
}

func sentences(ms []word.Message) string {
	out := ""
	for i, m := range ms {
		if i > 0 {
			out += " "
		}
		out += m.English()
	}
	return out
}

func whole(n int) string { return strconv.Itoa(n) }
