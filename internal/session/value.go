package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Phase is where a visit stands.
type Phase string

// The phases. The diagram in doc/session-phases.md is checked against them.
const (
	PhaseNone        Phase = ""
	PhaseScheduled   Phase = "scheduled"
	PhaseArrived     Phase = "arrived"
	PhaseReady       Phase = "ready"
	PhasePrepared    Phase = "prepared"
	PhaseInfusing    Phase = "infusing"
	PhasePaused      Phase = "paused"
	PhaseStopped     Phase = "stopped"
	PhaseRecovering  Phase = "recovering"
	PhaseDischarged  Phase = "discharged"
	PhaseClosed      Phase = "closed"
	PhaseCancelled   Phase = "cancelled"
	PhaseTransferred Phase = "transferred"
	PhaseLeft        Phase = "left before ready"
)

// Identifier is one of the ways a patient is known.
type Identifier string

// The identifiers; two different ones are compared at check-in.
const (
	ByName    Identifier = "full name"
	ByBirth   Identifier = "date of birth"
	ByNumber  Identifier = "record number"
	ByPhoto   Identifier = "photo"
	ByAddress Identifier = "address"
)

// Document is something attested on paper.
type Document string

// The documents that may be attested on paper.
const (
	Consent   Document = "consent"
	Screening Document = "screening"
	OrderForm Document = "order"
)

// Capacity is the patient's capacity to decide, as judged by staff.
type Capacity string

// The judgements.
const (
	HasCapacity     Capacity = "has capacity"
	LacksCapacity   Capacity = "lacks capacity"
	CapacityUnclear Capacity = "not clear"
)

// Precheck holds the sections of the pre-check; nil means not asked yet.
// Nothing is ever filled in beforehand.
type Precheck struct {
	Allergies  *AllergiesRead  `json:"allergies,omitempty"`
	Fasting    *Fasting        `json:"fasting,omitempty"`
	Escort     *Escort         `json:"escort,omitempty"`
	Pregnancy  *Pregnancy      `json:"pregnancy,omitempty"`
	Weight     *WeightMeasured `json:"weight,omitempty"`
	Medicines  *Medicines      `json:"medicines,omitempty"`
	Substances *Substances     `json:"substances,omitempty"`
	Conditions *Conditions     `json:"conditions,omitempty"`
	Bladder    *scale.LUTS6    `json:"bladder,omitempty"`
	Mood       *Mood           `json:"mood,omitempty"`
	LastTime   *LastTime       `json:"last_time,omitempty"`
	ConsentNow *ConsentNow     `json:"consent_now,omitempty"`
	Premed     *Premed         `json:"premed,omitempty"`
	Access     *Access         `json:"access,omitempty"`
}

// The sections of the pre-check.
type (
	// AllergiesRead says the allergy list was read back by the patient.
	AllergiesRead struct {
		Agreed bool            `json:"agreed"`
		Change journal.Private `json:"change,omitzero"`
	}
	// Fasting holds the times of last solids and last clear fluids.
	Fasting struct {
		Solids      time.Time `json:"solids"`
		ClearFluids time.Time `json:"clear_fluids"`
	}
	// Escort is the adult who takes the patient home.
	Escort struct {
		Arranged  bool            `json:"arranged"`
		Name      journal.Private `json:"name,omitzero"`
		Phone     journal.Private `json:"phone,omitzero"`
		Reached   bool            `json:"reached"`
		WillDrive bool            `json:"will_drive"` // the patient means to drive
	}
	// Pregnancy is the test, where it applies.
	Pregnancy struct {
		Applies bool            `json:"applies"`
		Why     NotApplies      `json:"why,omitempty"` // when it does not
		Result  PregnancyResult `json:"result,omitempty"`
	}
	// WeightMeasured is today's weight, in kg only.
	WeightMeasured struct {
		Weight unit.Weight `json:"weight"`
		Scale  string      `json:"scale,omitempty"`
	}
	// Medicines since the last visit, with last-dose times.
	Medicines struct {
		Changed      bool            `json:"changed"`
		List         journal.Private `json:"list,omitzero"`
		Theophylline bool            `json:"theophylline"` // or aminophylline (DDI-1)
		Sedating     bool            `json:"sedating"`     // benzodiazepine, opioid, other depressant today (DDI-3)
		Stimulant    bool            `json:"stimulant"`    // sympathomimetic or stimulant today (DDI-2)
	}
	// Substances in the last 24 hours.
	Substances struct {
		Alcohol   bool `json:"alcohol"`
		Cannabis  bool `json:"cannabis"`
		Sedatives bool `json:"sedatives"`
	}
	// Conditions that change the day.
	Conditions struct {
		GLP1    bool          `json:"glp1"`
		Insulin bool          `json:"insulin"`
		Glucose *unit.Glucose `json:"glucose,omitempty"`
		CPAP    bool          `json:"cpap"`
		// CPAPBrought says whether the machine is here; nil when nobody asked.
		CPAPBrought *bool `json:"cpap_brought,omitempty"`
		// CPAPHere is how entries before CPAPBrought say it. It is never
		// written now: its false stood for "no" and for "not asked" alike.
		CPAPHere bool `json:"cpap_here,omitempty"`
	}
	// Mood holds the mood and suicidality question, with the action taken.
	Mood struct {
		Low      bool            `json:"low"`
		Suicidal bool            `json:"suicidal"`
		Action   journal.Private `json:"action,omitzero"`
	}
	// LastTime holds side effects after the last infusion.
	LastTime struct {
		First bool            `json:"first"` // there was none
		Any   bool            `json:"any"`
		Text  journal.Private `json:"text,omitzero"`
	}
	// ConsentNow says consent was confirmed in words today.
	ConsentNow struct {
		Confirmed bool `json:"confirmed"`
	}
	// Premed is premedication given or declined.
	Premed struct {
		Given    bool      `json:"given"`
		Declined bool      `json:"declined"`
		Adjunct  string    `json:"adjunct,omitempty"` // id in the order
		At       time.Time `json:"at,omitzero"`       // when it was given
	}
	// Access is the IV line.
	Access struct {
		Site     string `json:"site"`
		Gauge    int    `json:"gauge"`
		Attempts int    `json:"attempts"`
	}
)

// NotApplies says why a pregnancy test does not apply.
type NotApplies string

// The reasons.
const (
	NotChildbearing NotApplies = "not of child-bearing potential"
)

// PregnancyResult is the result of today's test.
type PregnancyResult string

// The results.
const (
	PregnancyNegative PregnancyResult = "negative"
	PregnancyPositive PregnancyResult = "positive"
	PregnancyDeclined PregnancyResult = "declined"
)

// DiscardWhy says why a draw-up was discarded.
type DiscardWhy string

// The reasons.
const (
	DiscardLate    DiscardWhy = "past its use-by time"
	DiscardDamaged DiscardWhy = "dropped, leaking or not sterile"
	DiscardLabel   DiscardWhy = "label wrong or unreadable"
	DiscardDrug    DiscardWhy = "wrong vial, amount or fluid"
	DiscardOrder   DiscardWhy = "the order changed"
	DiscardUnused  DiscardWhy = "not needed any more"
)

// Gap is a time without the monitor.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// OffReason says why a patient is off the monitor on purpose.
type OffReason string

// The reasons.
const (
	OffToilet OffReason = "toilet"
	OffStand  OffReason = "standing or walking"
	OffOther  OffReason = "other"
)

// TimeOut holds the answers of the start time-out. Every value is typed or
// scanned at the chair; none is ever filled in beforehand.
type TimeOut struct {
	LabelRead     string   `json:"label_read"` // code read or scanned at the chair
	PatientAgrees bool     `json:"patient_agrees"`
	CallShown     bool     `json:"call_shown"`
	CallPressed   bool     `json:"call_pressed"`
	RoomQuiet     bool     `json:"room_quiet"`
	Position      Position `json:"position"`
}

// Position is how the patient lies.
type Position string

// The positions.
const (
	Lying    Position = "lying"
	Reclined Position = "reclined"
	Sitting  Position = "sitting"
	Standing Position = "standing"
)

// PumpReading is what the pump's display shows, typed from it.
type PumpReading struct {
	Rate          unit.PumpRate      `json:"rate"`
	Concentration unit.Concentration `json:"concentration"`
	ToInfuse      *unit.Volume       `json:"to_infuse,omitempty"` // VTBI
	Given         *unit.Volume       `json:"given,omitempty"`     // volume given so far
}

// PauseCause says why the pump was paused.
type PauseCause string

// The causes. Resuming after a clinical pause needs a prescriber.
const (
	PauseClinical  PauseCause = "clinical"
	PausePatient   PauseCause = "patient's wish"
	PauseEquipment PauseCause = "equipment"
	PauseToilet    PauseCause = "toilet"
)

// StopCause says why the infusion ended.
type StopCause string

// The causes.
const (
	StopPlanned   StopCause = "planned end"
	StopClinical  StopCause = "clinical"
	StopPatient   StopCause = "patient's wish"
	StopEmergency StopCause = "emergency"
	StopEquipment StopCause = "equipment"
	StopUnsaid    StopCause = "not said yet"
)

// Authority says on whose word a rate stands.
type Authority string

// The authorities.
const (
	WithinOrder Authority = "within the order"
	Lowered     Authority = "lowered"
	NewOrder    Authority = "new order"
	SpokenOrder Authority = "spoken order"
	NoAuthority Authority = "none"
)

// SpokenKind says what a spoken order is about.
type SpokenKind string

// The kinds of spoken order.
const (
	SpokenRate   SpokenKind = "rate"
	SpokenBolus  SpokenKind = "bolus"
	SpokenResume SpokenKind = "resume"
	SpokenDrug   SpokenKind = "drug"
)

// Purpose says why an observation was made.
type Purpose string

// The purposes.
const (
	ForBaseline  Purpose = "baseline"
	ForRound     Purpose = "round"
	ForPeak      Purpose = "peak"
	ForRecovery  Purpose = "recovery"
	ForDischarge Purpose = "discharge"
	ForConcern   Purpose = "concern"
)

// Oxygen is what the patient breathes.
type Oxygen struct {
	Air    bool            `json:"air"`
	Flow   unit.OxygenFlow `json:"flow"`
	Device string          `json:"device,omitempty"`
}

// NotAsked says why a question was left.
type NotAsked string

// Asleep is the one valid reason; it is valid for pain and SE-12, never for
// sedation or breathing.
const Asleep NotAsked = "resting quietly"

// Site is the state of the IV site.
type Site string

// The states.
const (
	SiteFine    Site = "fine"
	SiteRed     Site = "red or tender"
	SiteSwollen Site = "swollen"
	SiteLeaking Site = "leaking"
	SiteRemoved Site = "line removed"
)

// Observation is one set of signs and scores.
type Observation struct {
	Purpose       Purpose         `json:"purpose"`
	Readings      []vital.Reading `json:"readings,omitempty"`
	Oxygen        *Oxygen         `json:"oxygen,omitempty"`
	Position      Position        `json:"position,omitempty"`
	Sedation      *scale.Sedation `json:"sedation,omitempty"`
	Pain          *scale.NRS      `json:"pain,omitempty"`
	Distress      *scale.NRS      `json:"distress,omitempty"`
	StaysWith     journal.Private `json:"stays_with,omitzero"` // who stays, at distress 5 or more
	SE12          *scale.SE12     `json:"se12,omitempty"`
	NothingNew    bool            `json:"nothing_new,omitempty"` // no new side effect
	PainNotAsked  NotAsked        `json:"pain_not_asked,omitempty"`
	SE12NotAsked  NotAsked        `json:"se12_not_asked,omitempty"`
	Site          Site            `json:"site,omitempty"`
	Pump          *PumpReading    `json:"pump,omitempty"`
	WorstHeadache bool            `json:"worst_headache,omitempty"` // sudden, worst ever
	Stood         *Stood          `json:"stood,omitempty"`
	Oriented      *bool           `json:"oriented,omitempty"` // person, place, time
	Text          journal.Private `json:"text,omitzero"`
	Late          bool            `json:"late,omitempty"` // charted after the fact
	Findings      []Deviation     `json:"findings,omitempty"`
}

// Stood is the first assisted standing.
type Stood struct {
	Assisted bool `json:"assisted"`
	Steady   bool `json:"steady"`
}

// FollowUpOutcome says what became of a call to a patient at home.
type FollowUpOutcome string

// The outcomes. Who was not reached is called again, unless somebody decided
// otherwise and said why.
const (
	FollowUpReached FollowUpOutcome = "reached"
	FollowUpAgain   FollowUpOutcome = "not reached, to be tried again"
	FollowUpNoMore  FollowUpOutcome = "not reached, no further attempt"
)

// HelpAct is one entry of the emergency log.
type HelpAct string

// The one-tap entries.
const (
	HelpDrug         HelpAct = "drug"
	HelpOxygen       HelpAct = "oxygen"
	HelpAirway       HelpAct = "airway"
	HelpCompressions HelpAct = "compressions"
	HelpShock        HelpAct = "shock"
	HelpAmbulance    HelpAct = "ambulance called"
	HelpArrived      HelpAct = "help arrived"
)

// DischargeList holds the answers of the discharge list; nil means not asked.
type DischargeList struct {
	EscortSeen   *EscortSeen `json:"escort_seen,omitempty"`
	TaughtBack   *bool       `json:"taught_back,omitempty"` // by the escort
	Written      *bool       `json:"written,omitempty"`     // instructions in writing
	Drinks       *bool       `json:"drinks,omitempty"`
	LineOut      *bool       `json:"line_out,omitempty"`
	SiteClean    *bool       `json:"site_clean,omitempty"`
	PainAccepted *bool       `json:"pain_accepted,omitempty"`
	Transport    string      `json:"transport,omitempty"`
	// Mood is asked again where today gave reason to.
	Mood *Mood `json:"mood,omitempty"`
	// SignedOffBy the independent staff member (gate G-9) is the actor of
	// this entry when SignOff is set.
	SignOff *bool `json:"sign_off,omitempty"`
}

// EscortSeen is the escort, seen in person, or what is done without one.
type EscortSeen struct {
	Seen          bool            `json:"seen"`
	Name          journal.Private `json:"name,omitzero"`
	SecondContact journal.Private `json:"second_contact,omitzero"`
	Manager       journal.Private `json:"manager,omitzero"` // named manager who decides
}

// Deviation is a fact beyond an order or a limit: recorded, counted, marked.
type Deviation struct {
	Rule    string       `json:"rule"`
	Message word.Message `json:"message"`
}

// Gate is one of the three gates, or the smaller one at resume.
type Gate string

// The gates.
const (
	GateDrawUp    Gate = "draw-up"
	GateStart     Gate = "start"
	GateResume    Gate = "resume"
	GateDischarge Gate = "discharge"
)

// CheckID names one check of a gate.
type CheckID string

// Outcome is the result of a check: clear, finding or could not check. What
// a person attested from paper is its own outcome and never reads clear.
type Outcome string

// The outcomes.
const (
	Clear         Outcome = "clear"
	Attested      Outcome = "attested on paper"
	Finding       Outcome = "finding"
	CouldNotCheck Outcome = "could not check"
)

// Check is one line of a gate.
type Check struct {
	ID      CheckID      `json:"id"`
	Outcome Outcome      `json:"outcome"`
	Hard    bool         `json:"hard,omitempty"` // a hard finding blocks; so does could not check
	Title   word.Message `json:"title"`
	Why     word.Message `json:"why,omitzero"`
	Settle  word.Message `json:"settle,omitzero"` // what would settle it
	Rule    string       `json:"rule"`
	Version int          `json:"version"`
	Cites   []cite.Ref   `json:"cites,omitempty"`
	// Overridden by a person who may, with the position of that entry.
	Overridden int64 `json:"overridden,omitempty"`
}

// Blocks reports whether the check keeps the gate shut.
func (c Check) Blocks() bool {
	switch c.Outcome {
	case Clear, Attested:
		return false
	case Finding:
		return c.Hard || c.Overridden == 0
	case CouldNotCheck:
		return true
	}
	return true
}

// GateResult is a gate with all its checks, as it stood when decided.
type GateResult struct {
	Gate   Gate    `json:"gate"`
	Checks []Check `json:"checks"`
}

// Open reports whether nothing blocks.
func (g GateResult) Open() bool { return len(g.Blockers()) == 0 && len(g.Checks) > 0 }

// Blockers lists the checks that keep the gate shut.
func (g GateResult) Blockers() []Check {
	var out []Check
	for _, c := range g.Checks {
		if c.Blocks() {
			out = append(out, c)
		}
	}
	return out
}
