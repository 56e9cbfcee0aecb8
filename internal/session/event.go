package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Event is something that was said of a session. Events are past tense,
// closed and versioned; a released one never changes.
//
//sumtype:decl
type Event interface{ event() }

// The life of the visit.
type (
	// Scheduled opens the stream.
	Scheduled struct {
		Patient      ident.Patient `json:"patient"`
		Chair        ident.Chair   `json:"chair"`
		PlannedStart time.Time     `json:"planned_start"`
	}
	// Arrived records check-in with the identifiers that were compared.
	Arrived struct {
		Identifiers []Identifier `json:"identifiers"`
	}
	// PrecheckAnswered holds the sections of the pre-check answered now.
	// A later answer to a section stands beside the earlier, which stays visible.
	PrecheckAnswered struct {
		Precheck
	}
	// PaperAttested says a document on paper was read by the actor.
	PaperAttested struct {
		Document     Document        `json:"document"`
		Title        journal.Private `json:"title"`
		DocumentDate string          `json:"document_date"` // YYYY-MM-DD
	}
	// OrderAttached gives the session its order, or replaces it.
	OrderAttached struct {
		Order drug.Order `json:"order"`
		// Reason is for what it asks beyond a soft limit, or changes of what is usual.
		Reason journal.Private `json:"reason,omitzero"`
	}
	// OrderReviewed is a second person's signature under the order.
	OrderReviewed struct {
		Order ident.Order `json:"order"`
	}
	// ExceptionGranted lets an order of this visit go beyond one number of a protocol,
	// as that protocol was, up to a value inside the limits of the library.
	ExceptionGranted struct {
		Protocol drug.BasisRow `json:"protocol"`
		drug.Exception
		Reason journal.Private `json:"reason"`
	}
	// FindingOverridden accepts a soft finding of a gate, with a reason.
	FindingOverridden struct {
		Gate   Gate            `json:"gate"`
		Check  CheckID         `json:"check"`
		Reason journal.Private `json:"reason"`
		// Load is how many running infusions the nurse has with this one, where
		// that is what was accepted: more of them ask again.
		Load int `json:"load,omitempty"`
	}
	// Readied says the draw-up gate was passed.
	Readied struct {
		Gate GateResult `json:"gate"`
	}
	// Cancelled ends a session before anything was infused.
	Cancelled struct {
		Reason journal.Private `json:"reason"`
	}
	// Transferred hands the patient to an emergency service.
	Transferred struct {
		To     journal.Private `json:"to"`
		Reason journal.Private `json:"reason"`
	}
	// LeftEarly records a patient who left before being ready to.
	LeftEarly struct {
		Told              journal.Private `json:"told"` // who was told
		Capacity          Capacity        `json:"capacity"`
		LastSigns         []vital.Reading `json:"last_signs,omitempty"`
		EscortCalled      bool            `json:"escort_called"`
		EmergencyCalled   bool            `json:"emergency_called"`
		FollowUpDue       time.Time       `json:"follow_up_due"`
		InstructionsGiven bool            `json:"instructions_given"`
		// Deviations: what was not said or done for a patient who left.
		Deviations []Deviation `json:"deviations,omitempty"`
	}
)

// Preparing the drug.
type (
	// VialsOpened records the containers drawn from.
	VialsOpened struct {
		Vials []drug.Vial `json:"vials"`
	}
	// DrawUpComputed is one person's own computation, hidden from the other.
	DrawUpComputed struct {
		By     ident.Person `json:"by"`
		Mass   unit.Mass    `json:"mass"`
		Volume unit.Volume  `json:"volume"`
	}
	// DrawUpDisagreed stops the draw-up: the two computations differ from
	// each other or from the order. Both start again.
	DrawUpDisagreed struct {
		First   DrawUpComputed `json:"first"`
		Second  DrawUpComputed `json:"second"`
		Message word.Message   `json:"message"`
	}
	// Prepared says the drug is drawn up, agreed and labelled.
	Prepared struct {
		First         ident.Person       `json:"first"`
		Second        ident.Person       `json:"second"`
		Drawn         unit.Mass          `json:"drawn"`
		DrawnVolume   unit.Volume        `json:"drawn_volume"`
		BagVolume     unit.Volume        `json:"bag_volume"`
		Concentration unit.Concentration `json:"concentration"`
		Label         string             `json:"label"` // printed code, no patient data
		UseBy         time.Time          `json:"use_by"`
	}
)

// DrawUpDiscarded is witnessed waste of a whole draw-up: of the bag, or of what
// was drawn before there was one. The drug is prepared anew from there.
type DrawUpDiscarded struct {
	Label   string          `json:"label,omitempty"` // of the bag; empty before there was one
	Why     DiscardWhy      `json:"why"`
	Mass    unit.Mass       `json:"mass"`
	Volume  unit.Volume     `json:"volume"`
	Method  journal.Private `json:"method"`
	Witness ident.Person    `json:"witness"`
}

// The monitor.
type (
	// MonitorLinked says a person confirmed that this monitor is on this patient.
	MonitorLinked struct {
		Monitor ident.Device    `json:"monitor"`
		Name    string          `json:"name"`
		SentID  journal.Private `json:"sent_id,omitzero"` // patient id as the monitor sends it
		// SentBed is the bed as the monitor sends it.
		SentBed journal.Private `json:"sent_bed,omitzero"`
		Gap     *Gap            `json:"gap,omitempty"` // set when re-confirmed after a drop
	}
	// MonitorUnlinked takes the monitor off the session.
	MonitorUnlinked struct {
		Monitor ident.Device `json:"monitor"`
		Reason  word.Message `json:"reason"`
	}
	// LinkDoubted is written by the watch job: the link needs a person again.
	LinkDoubted struct {
		Monitor ident.Device `json:"monitor"`
		Reason  word.Message `json:"reason"`
		Since   time.Time    `json:"since"`
	}
	// OffMonitor says the patient is off the monitor on purpose, with company.
	OffMonitor struct {
		Reason    OffReason       `json:"reason"`
		Companion journal.Private `json:"companion"`
		Until     time.Time       `json:"until"`
	}
	// BackOnMonitor ends it.
	BackOnMonitor struct{}
)

// The pump's own word. It stands beside what people chart: it changes no rate
// and no total.
type (
	// PumpLinked says a person confirmed that this pump is this patient's.
	PumpLinked struct {
		Pump    ident.Device    `json:"pump"`
		Name    string          `json:"name"`
		SentID  journal.Private `json:"sent_id,omitzero"`  // patient id as the pump sends it
		SentBed journal.Private `json:"sent_bed,omitzero"` // bed as the pump sends it
	}
	// PumpUnlinked takes the pump off the session.
	PumpUnlinked struct {
		Pump   ident.Device `json:"pump"`
		Reason word.Message `json:"reason"`
	}
	// PumpSaid is what the linked pump sent of itself.
	PumpSaid struct {
		Pump ident.Device `json:"pump"`
		// At is when it was so by the pump's clock, never after its receipt.
		At    time.Time `json:"at"`
		State PumpDoes  `json:"state"`
		Why   PumpWhy   `json:"why,omitempty"`
		// Rate is the flow then, Remaining what was left of the volume set,
		// Delivered what the pump has counted; absent where it did not say.
		Rate      *unit.PumpRate `json:"rate,omitempty"`
		Remaining *unit.Volume   `json:"remaining,omitempty"`
		Delivered *unit.Volume   `json:"delivered,omitempty"`
	}
)

// The infusion.
type (
	// TimeOutDone holds the answers of the start time-out.
	TimeOutDone struct {
		TimeOut
		// Deviations: what did not hold when it was done, such as a label that
		// is not the one of this patient's bag.
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// Started says the pump was started.
	Started struct {
		Gate      GateResult    `json:"gate"`
		Ordered   unit.DoseRate `json:"ordered"`
		ToSet     unit.PumpRate `json:"to_set"`
		Read      PumpReading   `json:"read"`
		Telemetry string        `json:"telemetry,omitempty"` // chunk head
		// Deviations: a reading within tolerance may still lie above a limit.
		Deviations []Deviation `json:"deviations,omitempty"`
		Phase      Phase       `json:"phase,omitempty"` // as in RateChanged
	}
	// RateChanged records the pump found at a new rate: ordered, to set and
	// read back. Totals follow the read-back.
	RateChanged struct {
		Ordered    unit.DoseRate   `json:"ordered"`
		ToSet      unit.PumpRate   `json:"to_set"`
		Read       PumpReading     `json:"read"`
		Authority  Authority       `json:"authority"`
		Spoken     int64           `json:"spoken,omitempty"` // position of the spoken order used
		Reason     journal.Private `json:"reason,omitzero"`
		Deviations []Deviation     `json:"deviations,omitempty"`
		// Phase is set where the pump's facts, in the order they hold, add up
		// to another phase than this entry alone: it arrived late.
		Phase Phase `json:"phase,omitempty"`
	}
	// PumpRead records what the pump showed; the rate from then on is this.
	PumpRead struct {
		Read       PumpReading `json:"read"`
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// RateSettled is a person's word on what the pump ran at, where entries
	// that were made apart from each other disagree. They stay in the record,
	// and count no more.
	RateSettled struct {
		Entries    []int64         `json:"entries"` // positions of what disagreed
		From       time.Time       `json:"from"`
		Rate       unit.PumpRate   `json:"rate"`
		Reason     journal.Private `json:"reason,omitzero"`
		Deviations []Deviation     `json:"deviations,omitempty"`
	}
	// Paused says the pump was paused.
	Paused struct {
		Cause      PauseCause      `json:"cause"`
		Reason     journal.Private `json:"reason,omitzero"`
		Deviations []Deviation     `json:"deviations,omitempty"`
		Phase      Phase           `json:"phase,omitempty"` // as in RateChanged
	}
	// Resumed says the pump runs again, at a rate read from it.
	Resumed struct {
		Gate       GateResult    `json:"gate"`
		Ordered    unit.DoseRate `json:"ordered"`
		ToSet      unit.PumpRate `json:"to_set"`
		Read       PumpReading   `json:"read"`
		Authority  Authority     `json:"authority"`
		Spoken     int64         `json:"spoken,omitempty"` // position of the spoken order used
		Deviations []Deviation   `json:"deviations,omitempty"`
		Phase      Phase         `json:"phase,omitempty"` // as in RateChanged
	}
	// Stopped records a stop. It is accepted in every phase; a second one is
	// a repeat, and the earliest effective time ends the infusion.
	Stopped struct {
		Cause     StopCause       `json:"cause"`
		Reason    journal.Private `json:"reason,omitzero"`
		Repeat    bool            `json:"repeat,omitempty"`
		WhoOpen   bool            `json:"who_open,omitempty"` // by a device: a person is to be confirmed
		Phase     Phase           `json:"phase"`              // the phase it was recorded in
		Telemetry string          `json:"telemetry,omitempty"`
		// Deviations: what was given until then may lie beyond the order.
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// StopClaimed names the person behind a stop recorded by a device.
	StopClaimed struct {
		Stop int64        `json:"stop"` // position of the stop
		By   ident.Person `json:"by"`
	}
	// PumpStopConfirmed says the pump was read as stopped.
	PumpStopConfirmed struct {
		Volume     unit.Volume `json:"volume"` // given, as the pump shows it
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// SpokenOrderTaken is a prescriber's spoken order, typed at once and read back.
	SpokenOrderTaken struct {
		Prescriber ident.Person    `json:"prescriber"`
		What       SpokenKind      `json:"what"`
		Rate       *unit.DoseRate  `json:"rate,omitempty"`
		Text       journal.Private `json:"text"`
		ReadBack   bool            `json:"read_back"`
	}
	// SpokenOrderSigned is the prescriber's signature under a spoken order.
	SpokenOrderSigned struct {
		Spoken int64 `json:"spoken"` // position of the spoken order
	}
)

// Watching the patient.
type (
	// Observed is one observation, complete or by exception.
	Observed struct {
		Observation
	}
	// SideEffectNoted opens a side effect.
	SideEffectNoted struct {
		ID    ident.SideEffect `json:"id"`
		Code  string           `json:"code"` // vocabulary of clinical.md 2.2
		Grade int              `json:"grade,omitempty"`
		Text  journal.Private  `json:"text,omitzero"`
	}
	// SideEffectGraded changes its grade.
	SideEffectGraded struct {
		ID    ident.SideEffect `json:"id"`
		Grade int              `json:"grade"`
	}
	// SideEffectResolved closes it.
	SideEffectResolved struct {
		ID ident.SideEffect `json:"id"`
	}
	// DrugGiven records a drug beside the infusion, or ketamine outside the
	// pump, which counts in the totals.
	DrugGiven struct {
		Drug       string      `json:"drug"`
		Amount     string      `json:"amount"`
		Unit       string      `json:"unit"`
		Ketamine   unit.Mass   `json:"ketamine"` // zero unless the drug is ketamine
		Route      string      `json:"route"`
		Adjunct    string      `json:"adjunct,omitempty"` // id in the order
		Spoken     int64       `json:"spoken,omitempty"`  // position of the spoken order
		Sedating   bool        `json:"sedating,omitempty"`
		FromBag    bool        `json:"from_bag,omitempty"` // taken from the prepared bag
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// PresenceChecked says someone looked in.
	PresenceChecked struct{}
	// NurseResponsible names the one responsible nurse from now on.
	NurseResponsible struct {
		Nurse ident.Person `json:"nurse"`
		From  ident.Person `json:"from,omitempty"` // at hand-over
		Read  *PumpReading `json:"read,omitempty"` // the pump, read at hand-over
		// Seen is the latest entry that stood on the page from which it was
		// taken over; 0 where that is not known. Open is what was open then.
		Seen int64     `json:"seen,omitempty"`
		Open *OpenWork `json:"open,omitempty"`
		// Deviations: such as a hand-over without the pump being read.
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// PrescriberResponsible names the one responsible prescriber from now on.
	PrescriberResponsible struct {
		Prescriber ident.Person `json:"prescriber"`
		OnSite     bool         `json:"on_site"`
	}
	// NoteAdded adds free text.
	NoteAdded struct {
		Text journal.Private `json:"text"`
	}
	// Amended replaces the meaning of an earlier entry, which stays visible.
	Amended struct {
		Entry  int64           `json:"entry"` // position of the entry amended
		Reason journal.Private `json:"reason"`
		// Exactly one of these, or Struck.
		Observation *Observation `json:"observation,omitempty"`
		Read        *PumpReading `json:"read,omitempty"`
		At          time.Time    `json:"at,omitzero"` // corrected effective time
		Struck      bool         `json:"struck,omitempty"`
		Deviations  []Deviation  `json:"deviations,omitempty"` // of the corrected entry
		// Phase is set when what the pump did reads otherwise now: infusing,
		// paused or stopped.
		Phase Phase `json:"phase,omitempty"`
	}
)

// Help.
type (
	// HelpCalled is one press.
	HelpCalled struct{}
	// HelpUndone takes it back within five seconds.
	HelpUndone struct{}
	// HelpLogged is one tap of the emergency log.
	HelpLogged struct {
		What HelpAct         `json:"what"`
		Text journal.Private `json:"text,omitzero"`
	}
	// HelpEnded closes the emergency.
	HelpEnded struct {
		Outcome journal.Private `json:"outcome"`
	}
)

// Recovery, discharge, closing.
type (
	// RecoveryBegan moves the session on after a stop.
	RecoveryBegan struct{}
	// DischargeScored holds both scores item by item.
	DischargeScored struct {
		MPADSS  scale.MPADSS  `json:"mpadss"`
		Aldrete scale.Aldrete `json:"aldrete"`
	}
	// DischargeChecked holds the answers of the discharge list given now.
	DischargeChecked struct {
		DischargeList
	}
	// Discharged says the patient went home.
	Discharged struct {
		Gate         GateResult `json:"gate"`
		DrivingUntil time.Time  `json:"driving_until"`
		Telemetry    string     `json:"telemetry,omitempty"` // chunk head
	}
	// DrugWasted is witnessed waste.
	DrugWasted struct {
		Mass    unit.Mass       `json:"mass"`
		Volume  unit.Volume     `json:"volume"`
		Method  journal.Private `json:"method"`
		Witness ident.Person    `json:"witness"`
	}
	// DrugReturned is unopened or sealed drug given back to stock.
	DrugReturned struct {
		Mass    unit.Mass    `json:"mass"`
		Volume  unit.Volume  `json:"volume"`
		Witness ident.Person `json:"witness"`
	}
	// Reviewed is the prescriber's review and signature.
	Reviewed struct {
		Meaning string          `json:"meaning"`
		Text    journal.Private `json:"text,omitzero"`
		Head    string          `json:"head"` // chain head that was signed
	}
	// FollowedUp is a call to a patient who went home: by whom and when stand in
	// the envelope. The latest one says whether somebody still has to call.
	FollowedUp struct {
		Outcome FollowUpOutcome `json:"outcome"`
		Said    journal.Private `json:"said,omitzero"`
	}
	// Closed ends the record of the visit.
	Closed struct {
		Drawn    unit.Mass `json:"drawn"`
		Given    unit.Mass `json:"given"`
		Wasted   unit.Mass `json:"wasted"`
		Returned unit.Mass `json:"returned"`
	}
)

func (Scheduled) event()             {}
func (Arrived) event()               {}
func (PrecheckAnswered) event()      {}
func (PaperAttested) event()         {}
func (OrderAttached) event()         {}
func (OrderReviewed) event()         {}
func (ExceptionGranted) event()      {}
func (FindingOverridden) event()     {}
func (Readied) event()               {}
func (Cancelled) event()             {}
func (Transferred) event()           {}
func (LeftEarly) event()             {}
func (VialsOpened) event()           {}
func (DrawUpComputed) event()        {}
func (DrawUpDisagreed) event()       {}
func (Prepared) event()              {}
func (DrawUpDiscarded) event()       {}
func (MonitorLinked) event()         {}
func (MonitorUnlinked) event()       {}
func (LinkDoubted) event()           {}
func (PumpLinked) event()            {}
func (PumpUnlinked) event()          {}
func (PumpSaid) event()              {}
func (OffMonitor) event()            {}
func (BackOnMonitor) event()         {}
func (TimeOutDone) event()           {}
func (Started) event()               {}
func (RateChanged) event()           {}
func (PumpRead) event()              {}
func (RateSettled) event()           {}
func (Paused) event()                {}
func (Resumed) event()               {}
func (Stopped) event()               {}
func (StopClaimed) event()           {}
func (PumpStopConfirmed) event()     {}
func (SpokenOrderTaken) event()      {}
func (SpokenOrderSigned) event()     {}
func (Observed) event()              {}
func (SideEffectNoted) event()       {}
func (SideEffectGraded) event()      {}
func (SideEffectResolved) event()    {}
func (DrugGiven) event()             {}
func (PresenceChecked) event()       {}
func (NurseResponsible) event()      {}
func (PrescriberResponsible) event() {}
func (NoteAdded) event()             {}
func (Amended) event()               {}
func (HelpCalled) event()            {}
func (HelpUndone) event()            {}
func (HelpLogged) event()            {}
func (HelpEnded) event()             {}
func (RecoveryBegan) event()         {}
func (DischargeScored) event()       {}
func (DischargeChecked) event()      {}
func (Discharged) event()            {}
func (DrugWasted) event()            {}
func (DrugReturned) event()          {}
func (Reviewed) event()              {}
func (FollowedUp) event()            {}
func (Closed) event()                {}
