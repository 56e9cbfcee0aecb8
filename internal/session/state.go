package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// Entry is one event of a session with its envelope.
type Entry = journal.Entry[Event]

// State is what a session's events add up to. It holds facts, not verdicts:
// totals, gates and schedules are computed from it when asked.
type State struct {
	Sequence  int64
	Position  int64 // of the latest entry
	Phase     Phase
	EndedAs   Phase // the phase the visit ended in, kept after closing
	CreatedAt time.Time

	Patient      ident.Patient
	Chair        ident.Chair
	PlannedStart time.Time
	Identifiers  []Identifier
	ArrivedAt    time.Time

	Precheck   Precheck         // the latest answer to each section
	PrecheckAt map[string]Stamp // section name (JSON) → when and who
	Papers     map[Document]Attestation
	Order      *drug.Order
	// Exceptions are what the director let an order of this visit go beyond.
	Exceptions []ExceptionFact
	// OrderReview is the second person's signature under it; nil without one.
	OrderReview *Stamp
	OrderAt     int64     // position
	OrderFrom   time.Time // when it was attached
	Watches     []WatchFact
	Overrides   map[Gate]map[CheckID]OverrideFact
	Readied     *GateResult
	ReadiedAt   int64 // position

	Opened      []VialFact       // every opening of vials, also struck or discarded
	Vials       []drug.Vial      // what is drawn up now
	VialsAt     time.Time        // when the first of them was opened: preparation began
	Computed    []DrawUpComputed // 0, 1; cleared by a disagreement
	Disagreed   int
	Prepared    *Prepared
	PreparedAt  int64     // position
	DrawnBefore unit.Mass // drawn up and discarded since

	Link    Link
	OffTill time.Time // off the monitor on purpose until then; zero when on
	OffWhy  OffReason
	BackAt  time.Time // when the patient was last put back on the monitor

	PumpLink PumpLink
	Says     *PumpSays // the latest word of the linked pump; nil while there is none
	// PumpSaidCount counts the words of pumps that this visit noted.
	PumpSaidCount int

	TimeOut      *TimeOut
	TimeOutAt    time.Time
	TimeOutEntry int64 // position

	// Pump facts by (effective time, position), never by arrival.
	Pump       []PumpFact
	StartedAt  time.Time
	Ordered    unit.DoseRate // in force
	ToSet      unit.PumpRate
	PauseCause PauseCause
	PausedAt   time.Time
	// Stops in order of arrival; StoppedAt is the earliest effective time.
	Stops      []StopFact
	Withdrawn  *Withdrawal // of consent, in this visit
	StoppedAt  time.Time
	PumpStop   *PumpStopConfirmed
	PumpStopAt time.Time
	Spoken     []SpokenFact

	Observations []ObservationFact // by (effective time, position)
	Effects      []EffectFact
	Drugs        []DrugFact // by (effective time, position)
	Notes        []NoteFact
	Rounds       []RoundFact  // what the monitor showed, by (due, position)
	Missed       []MissedFact // in order of arrival
	PresenceAt   time.Time
	LookedIn     []time.Time // in order of arrival
	Nurse        ident.Person
	Prescriber   ident.Person
	OnSite       bool
	OnSiteAt     time.Time    // since when that holds
	Nurses       []NurseFact  // who became responsible, by (effective time, position)
	Prescribers  []DoctorFact // the same of prescribers

	Help      *HelpFact  // open emergency
	HelpCalls []HelpCall // every call that was not taken back
	HelpLog   []HelpFact

	Left *LeftEarly // who left before being ready

	GoneAt       time.Time // when the patient left the room, whichever way
	RecoveringAt time.Time
	Scores       *DischargeScored
	ScoresAt     time.Time
	Discharge    DischargeList
	DischargeAt  map[string]Stamp // answer's name (JSON) → when and who
	SignOffBy    ident.Person
	Discharged   *Discharged
	DischargedAt time.Time

	FollowUps []FollowUpFact // in order of arrival

	Wastes    []WasteFact
	Wasted    unit.Mass
	Returned  unit.Mass
	Reviewed  *Stamp
	ContentAt int64        // position of the latest entry a review must cover
	RateSetBy ident.Person // who last set the rate (gate G-9)

	Alarms      alarm.Announced // what people were told and answered
	AlarmLimits []drug.Limit    // changed since the order was attached

	// What was entered from paper: by the command that entered it, its photos,
	// the times without Stillwatch, by when they began, and the latest
	// comparison with the pump's own total.
	TypedBy    map[ident.Command]TypedFact
	Sheets     []SheetFact
	Unwatched  []UnwatchedFact
	Reconciled *ReconciledFact

	Deviations []DeviationFact
	Amendments map[int64][]int64 // position of the entry → positions of its amendments
}

// HelpCall is one call for help; EndedAt is zero while it is open.
type HelpCall struct {
	Stamp
	EndedAt time.Time
}

// covers reports whether the call was made at t or later, or was open at t.
func (c HelpCall) covers(t time.Time) bool {
	return !c.At.Before(t) || c.EndedAt.IsZero() || c.EndedAt.After(t)
}

// NurseFact is a nurse who became responsible.
type NurseFact struct {
	Stamp
	Nurse ident.Person
}

// DoctorFact is a prescriber who became responsible, came, or left.
type DoctorFact struct {
	Stamp
	Prescriber ident.Person
	OnSite     bool
}

// Stamp is who said something, and when.
type Stamp struct {
	Position int64
	At       time.Time
	By       ident.Person
	Via      ident.Device
}

// ExceptionFact is up to what an order may go beyond a number of a protocol, as that
// protocol was.
type ExceptionFact struct {
	Stamp
	Protocol drug.BasisRow
	drug.Exception
	Reason journal.Private
}

// OverrideFact is a soft finding that was accepted, and of the nurse's load how
// much it was.
type OverrideFact struct {
	Stamp
	Load int
}

// WatchFact is the observation plan of an order, with when it came into force.
type WatchFact struct {
	From  time.Time
	Watch drug.Watch
}

// VialFact is one opening of vials. Done says that the draw-up was discarded.
type VialFact struct {
	Stamp
	Vials  []drug.Vial
	Done   bool
	Struck bool
}

// Attestation is a paper document that was read.
type Attestation struct {
	Stamp
	Title        journal.Private
	DocumentDate string
}

// Link is the monitor linked to the session.
type Link struct {
	Monitor   ident.Device // empty when none
	Name      string
	Confirmed bool
	Since     time.Time
	DoubtWhy  string // English of the doubt, empty when confirmed
	DoubtFrom time.Time
	// What the monitor sent of patient and bed when a person linked it.
	SentID, SentBed journal.Private
}

// PumpLink is the pump whose own word is taken for this session's.
type PumpLink struct {
	Pump            ident.Device // empty when none
	Name            string
	Since           time.Time
	SentID, SentBed journal.Private
	// Ended says why the server ended the link; empty while there is one, and
	// where a person ended it.
	Ended string
}

// PumpSays is the latest word of the linked pump.
type PumpSays struct {
	Said PumpSaid
	// Heard is when it was received, Since when what it does and how fast was
	// first received.
	Heard, Since time.Time
}

// PumpFact is what is known of the pump from an instant on. A start, a
// resume and a rate say that it runs; a check corrects the rate of a running
// pump and never sets it running; a pause halts it.
type PumpFact struct {
	At       time.Time
	Position int64
	Kind     PumpKind
	Rate     unit.PumpRate      // as read; zero for a pause
	Conc     unit.Concentration // as read; the bag's counts when it is known
	Read     *PumpReading       // nil for a pause
	Was      *PumpReading       // the first reading, when it was corrected
	// Ordered and ToSet are in force from here; zero for a rate that nobody chose.
	Ordered unit.DoseRate
	ToSet   unit.PumpRate
	Cause   PauseCause // of a pause
	By      ident.Person
	Via     ident.Device // whose entry it is made on; empty for a browser that is not enrolled
	// RecordedAt is when it came into the record.
	RecordedAt time.Time
	// Settles are the entries in whose place this person's word stands.
	Settles []int64
	Struck  bool
}

// PumpKind says what a pump fact was.
type PumpKind string

// The kinds of pump fact.
const (
	PumpStart  PumpKind = "start"
	PumpRate   PumpKind = "rate"
	PumpCheck  PumpKind = "read"
	PumpPause  PumpKind = "pause"
	PumpResume PumpKind = "resume"
)

// StopFact is one recorded stop.
type StopFact struct {
	Stamp
	Cause   StopCause
	Repeat  bool
	WhoOpen bool
	Phase   Phase
	Claimed ident.Person // who said afterwards that it was them
	Struck  bool
}

// SpokenFact is a spoken order and whether it has been signed.
type SpokenFact struct {
	Stamp
	Order  SpokenOrderTaken
	Used   bool
	Signed bool
}

// ObservationFact is one observation, with its latest amendment applied.
type ObservationFact struct {
	Stamp
	RecordedAt time.Time
	Observation
	Was     *Observation // as first charted, when it was corrected
	Amended bool
	Struck  bool
	Typed   bool // from paper: no alarm is raised for it now
}

// EffectFact is one side effect followed through the session.
type EffectFact struct {
	Stamp
	ID         ident.SideEffect
	Code       string
	Grade      int
	ResolvedAt time.Time
	Struck     bool
}

// DrugFact is one drug given beside the pump.
type DrugFact struct {
	Stamp
	Given
	Struck bool
}

// Given is what a DrugGiven says, as a fact of the state: no event itself.
type Given DrugGiven

// NoteFact is one note.
type NoteFact struct {
	Stamp
	Text   journal.Private
	Struck bool
}

// FollowUpFact is one call to a patient who went home.
type FollowUpFact struct {
	Stamp
	Outcome FollowUpOutcome
	Said    journal.Private
}

// WasteFact is drug that was wasted, or returned to stock.
type WasteFact struct {
	Stamp
	Mass     unit.Mass
	Volume   unit.Volume
	Witness  ident.Person
	Returned bool
	DrawUp   bool // a whole draw-up: how much follows from the record
	Struck   bool
}

// HelpFact is one emergency or one line of its log.
type HelpFact struct {
	Stamp
	What HelpAct         // empty for the call itself
	Text journal.Private // such as which drug
}

// DeviationFact is a deviation with the entry that carries it. Past says
// that the entry was corrected or struck since.
type DeviationFact struct {
	Stamp
	Deviation
	Past bool
}

// Totals are exact at an instant.
type Totals struct {
	Minutes time.Duration // pump running
	Volume  unit.ExactVolume
	Mass    unit.ExactMass
	Dose    unit.ExactDose // zero without a dosing weight
}

// LatestSedation is the last sedation level charted, nil when none.
func (s State) LatestSedation() *scale.Sedation {
	for i := len(s.Observations) - 1; i >= 0; i-- {
		if o := s.Observations[i]; !o.Struck && o.Sedation != nil {
			return o.Sedation
		}
	}
	return nil
}
