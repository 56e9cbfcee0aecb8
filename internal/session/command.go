package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Command is something a person or a device says. Its act is its name on
// the wire and in the role × act table.
//
//sumtype:decl
type Command interface {
	Act() act.Act
	// Planned reports whether rules may refuse it. What was done is never
	// refused for a limit, a phase or a missing input.
	Planned() bool
	command()
}

// The acts of a session.
const (
	ActSchedule       act.Act = "session.schedule"
	ActArrive         act.Act = "session.arrive"
	ActPrecheck       act.Act = "session.precheck"
	ActAttest         act.Act = "session.attest"
	ActAttachOrder    act.Act = "session.attach-order"
	ActReviewOrder    act.Act = "session.review-order"
	ActException      act.Act = "session.grant-exception"
	ActOverride       act.Act = "session.override"
	ActReady          act.Act = "session.ready"
	ActCancel         act.Act = "session.cancel"
	ActTransfer       act.Act = "session.transfer"
	ActLeave          act.Act = "session.leave"
	ActOpenVials      act.Act = "session.open-vials"
	ActCompute        act.Act = "session.compute"
	ActDiscard        act.Act = "session.discard-draw-up"
	ActLinkMonitor    act.Act = "session.link-monitor"
	ActUnlinkMonitor  act.Act = "session.unlink-monitor"
	ActDoubtLink      act.Act = "session.doubt-link"
	ActLinkPump       act.Act = "session.link-pump"
	ActUnlinkPump     act.Act = "session.unlink-pump"
	ActDropPump       act.Act = "session.drop-pump"
	ActNotePump       act.Act = "session.note-pump"
	ActOffMonitor     act.Act = "session.off-monitor"
	ActBackOnMonitor  act.Act = "session.back-on-monitor"
	ActTimeOut        act.Act = "session.time-out"
	ActStart          act.Act = "session.start"
	ActRate           act.Act = "session.rate"
	ActReadPump       act.Act = "session.read-pump"
	ActSettleRate     act.Act = "session.settle-rate"
	ActPause          act.Act = "session.pause"
	ActResume         act.Act = "session.resume"
	ActStop           act.Act = "session.stop"
	ActClaimStop      act.Act = "session.claim-stop"
	ActConfirmStop    act.Act = "session.confirm-pump-stopped"
	ActSpokenOrder    act.Act = "session.spoken-order"
	ActSignSpoken     act.Act = "session.sign-spoken-order"
	ActObserve        act.Act = "session.observe"
	ActNoteEffect     act.Act = "session.note-side-effect"
	ActGradeEffect    act.Act = "session.grade-side-effect"
	ActResolveEffect  act.Act = "session.resolve-side-effect"
	ActGiveDrug       act.Act = "session.give-drug"
	ActPresence       act.Act = "session.presence"
	ActTakeNurse      act.Act = "session.take-over"
	ActTakePrescriber act.Act = "session.take-prescriber"
	ActNote           act.Act = "session.note"
	ActAmend          act.Act = "session.amend"
	ActHelp           act.Act = "session.help"
	ActUndoHelp       act.Act = "session.undo-help"
	ActLogHelp        act.Act = "session.log-help"
	ActEndHelp        act.Act = "session.end-help"
	ActRecover        act.Act = "session.recover"
	ActScoreDischarge act.Act = "session.score-discharge"
	ActCheckDischarge act.Act = "session.check-discharge"
	ActDischarge      act.Act = "session.discharge"
	ActWaste          act.Act = "session.waste"
	ActReturn         act.Act = "session.return"
	ActReview         act.Act = "session.review"
	ActClose          act.Act = "session.close"
	ActFollowUp       act.Act = "session.follow-up"
)

type (
	// Schedule plans a visit.
	Schedule struct {
		Patient      ident.Patient `json:"patient"`
		Chair        ident.Chair   `json:"chair"`
		PlannedStart time.Time     `json:"planned_start"`
	}
	// Arrive is the check-in.
	Arrive struct {
		Identifiers []Identifier `json:"identifiers"`
	}
	// AnswerPrecheck answers sections of the pre-check.
	AnswerPrecheck struct{ Precheck }
	// Attest says a document on paper was read.
	Attest struct {
		Document     Document        `json:"document"`
		Title        journal.Private `json:"title"`
		DocumentDate string          `json:"document_date"`
	}
	// AttachOrder gives the visit its order, or replaces it. The reason is for what
	// the order asks beyond a soft limit or changes of what is usual.
	AttachOrder struct {
		Order  drug.Order      `json:"order"`
		Reason journal.Private `json:"reason,omitzero"`
	}
	// ReviewOrder is a second person's signature under the order.
	ReviewOrder struct {
		Order ident.Order `json:"order"`
	}
	// GrantException lets an order of this visit go beyond one number of a protocol.
	GrantException struct {
		Protocol string `json:"protocol"` // "PR-FIRST"
		drug.Exception
		Reason journal.Private `json:"reason"`
	}
	// Override accepts a soft finding of a gate, with a reason.
	Override struct {
		Gate   Gate            `json:"gate"`
		Check  CheckID         `json:"check"`
		Reason journal.Private `json:"reason"`
	}
	// MakeReady asks the draw-up gate to open.
	MakeReady struct{}
	// Cancel ends a visit before anything was infused.
	Cancel struct {
		Reason journal.Private `json:"reason"`
	}
	// Transfer hands the patient to an emergency service.
	Transfer struct {
		To     journal.Private `json:"to"`
		Reason journal.Private `json:"reason"`
	}
	// Leave records a patient who left before being ready to.
	Leave struct {
		Told              journal.Private `json:"told"`
		Capacity          Capacity        `json:"capacity"`
		LastSigns         []vital.Reading `json:"last_signs,omitempty"`
		EscortCalled      bool            `json:"escort_called"`
		EmergencyCalled   bool            `json:"emergency_called"`
		FollowUpDue       time.Time       `json:"follow_up_due"`
		InstructionsGiven bool            `json:"instructions_given"`
	}
	// OpenVials opens the containers that the drug is drawn from.
	OpenVials struct {
		Vials []drug.Vial `json:"vials"`
	}
	// Compute is one person's own computation; the second one settles it.
	Compute struct {
		Mass   unit.Mass   `json:"mass"`
		Volume unit.Volume `json:"volume"`
	}
	// DiscardDrawUp wastes all that was drawn up, before a witness, so that
	// the drug is prepared anew. How much that is follows from the record.
	DiscardDrawUp struct {
		Why    DiscardWhy      `json:"why"`
		Method journal.Private `json:"method"`
	}
	// LinkMonitor links, or confirms the link again after a drop.
	LinkMonitor struct {
		Monitor ident.Device `json:"monitor"`
	}
	// UnlinkMonitor takes the monitor off the visit.
	UnlinkMonitor struct{}
	// DoubtLink is the watch job's: the device dropped or changed.
	DoubtLink struct {
		Cause string    `json:"cause"` // "drop", "device changed", "chair changed", "patient id changed"
		Since time.Time `json:"since"`
	}
	// LinkPump says that this pump is this patient's: what it says of itself is
	// shown and watched.
	LinkPump struct {
		Pump ident.Device `json:"pump"`
	}
	// UnlinkPump takes the pump off the visit.
	UnlinkPump struct{}
	// DropPump is the server's: what the pump sends is no longer what it sent
	// when it was linked.
	DropPump struct {
		Cause string `json:"cause"` // "bed changed", "patient id changed"
	}
	// NotePump is the server's: what the linked pump sent of itself.
	NotePump struct {
		Said PumpSaid `json:"said"`
	}
	// TakeOffMonitor takes the patient off the monitor on purpose, with company.
	TakeOffMonitor struct {
		Reason    OffReason       `json:"reason"`
		Companion journal.Private `json:"companion"`
		Minutes   int             `json:"minutes"`
	}
	// ReturnToMonitor ends the time off the monitor.
	ReturnToMonitor struct{}
	// AnswerTimeOut answers the start time-out.
	AnswerTimeOut struct{ TimeOut }
	// Start says the pump was set to this step and what it shows.
	Start struct {
		Read PumpReading `json:"read"`
	}
	// SetRate is a rate change: the rate chosen (from the order, lowered, or
	// by a spoken or new order) and what the pump shows after setting it.
	SetRate struct {
		Ordered unit.DoseRate   `json:"ordered"`
		Read    PumpReading     `json:"read"`
		Spoken  int64           `json:"spoken,omitempty"`
		Reason  journal.Private `json:"reason,omitzero"`
		// Found marks a rate that was found on the pump, not chosen: it is
		// a fact and is never refused.
		Found bool `json:"found,omitempty"`
	}
	// ReadPump records what the pump shows.
	ReadPump struct {
		Read PumpReading `json:"read"`
	}
	// Pause records that the pump was paused.
	Pause struct {
		Cause  PauseCause      `json:"cause"`
		Reason journal.Private `json:"reason,omitzero"`
	}
	// Resume says the pump runs again, and what it shows.
	Resume struct {
		Ordered unit.DoseRate `json:"ordered"`
		Read    PumpReading   `json:"read"`
		Spoken  int64         `json:"spoken,omitempty"`
	}
	// SettleRate says what the pump ran at and since when, where entries that
	// were made apart from each other disagree.
	SettleRate struct {
		Entries []int64         `json:"entries"`
		From    time.Time       `json:"from"`
		Rate    unit.PumpRate   `json:"rate"`
		Reason  journal.Private `json:"reason,omitzero"`
	}
	// Stop records that the infusion ended. It is never refused.
	Stop struct {
		Cause  StopCause       `json:"cause"`
		Reason journal.Private `json:"reason,omitzero"`
	}
	// ClaimStop names its author as the one who stopped.
	ClaimStop struct {
		Stop int64 `json:"stop"`
	}
	// ConfirmPumpStopped records that the pump was read as stopped.
	ConfirmPumpStopped struct {
		Volume unit.Volume `json:"volume"`
	}
	// TakeSpokenOrder records a spoken order, typed at once and read back.
	TakeSpokenOrder struct {
		Prescriber ident.Person    `json:"prescriber"`
		What       SpokenKind      `json:"what"`
		Rate       *unit.DoseRate  `json:"rate,omitempty"`
		Text       journal.Private `json:"text"`
		ReadBack   bool            `json:"read_back"`
	}
	// SignSpokenOrder signs a spoken order.
	SignSpokenOrder struct {
		Spoken int64 `json:"spoken"`
	}
	// Observe charts an observation.
	Observe struct{ Observation }
	// NoteSideEffect opens a side effect.
	NoteSideEffect struct {
		ID    ident.SideEffect `json:"id"`
		Code  string           `json:"code"`
		Grade int              `json:"grade,omitempty"`
		Text  journal.Private  `json:"text,omitzero"`
	}
	// GradeSideEffect changes a side effect's grade.
	GradeSideEffect struct {
		ID    ident.SideEffect `json:"id"`
		Grade int              `json:"grade"`
	}
	// ResolveSideEffect closes a side effect.
	ResolveSideEffect struct {
		ID ident.SideEffect `json:"id"`
	}
	// GiveDrug records a drug given beside the pump. A bolus of ketamine can be asked
	// about first: then the rules may refuse it.
	GiveDrug struct {
		Drug     string    `json:"drug"`
		Amount   string    `json:"amount"`
		Unit     string    `json:"unit"`
		Ketamine unit.Mass `json:"ketamine,omitzero"`
		Route    string    `json:"route"`
		Adjunct  string    `json:"adjunct,omitempty"`
		Spoken   int64     `json:"spoken,omitempty"`
		// FromBag: ketamine taken from the prepared bag, not from elsewhere.
		FromBag bool `json:"from_bag,omitempty"`
		// Ask marks a bolus that is about to be given.
		Ask bool `json:"ask,omitempty"`
	}
	// CheckPresence records that someone looked in.
	CheckPresence struct{}
	// TakeOver makes its author the responsible nurse.
	TakeOver struct {
		Read *PumpReading `json:"read,omitempty"`
		// Seen is the latest entry of the visit on the page from which it is
		// taken over.
		Seen int64 `json:"seen,omitempty"`
	}
	// TakePrescriber makes its author the responsible prescriber.
	TakePrescriber struct {
		OnSite bool `json:"on_site"`
	}
	// Note adds free text.
	Note struct {
		Text journal.Private `json:"text"`
	}
	// Amend corrects or strikes an earlier entry, which stays visible.
	Amend struct {
		Entry       int64           `json:"entry"`
		Reason      journal.Private `json:"reason"`
		Observation *Observation    `json:"observation,omitempty"`
		Read        *PumpReading    `json:"read,omitempty"`
		At          time.Time       `json:"at,omitzero"`
		Strike      bool            `json:"strike,omitempty"`
	}
	// CallHelp calls for help.
	CallHelp struct{}
	// UndoHelp takes a call back within five seconds.
	UndoHelp struct{}
	// LogHelp adds one line to the emergency log.
	LogHelp struct {
		What HelpAct         `json:"what"`
		Text journal.Private `json:"text,omitzero"`
	}
	// EndHelp closes the emergency.
	EndHelp struct {
		Outcome journal.Private `json:"outcome"`
	}
	// BeginRecovery moves the visit on after a stop.
	BeginRecovery struct{}
	// ScoreDischarge charts both discharge scores.
	ScoreDischarge struct {
		MPADSS  scale.MPADSS  `json:"mpadss"`
		Aldrete scale.Aldrete `json:"aldrete"`
	}
	// CheckDischarge answers the discharge list.
	CheckDischarge struct{ DischargeList }
	// Discharge asks the discharge gate to open.
	Discharge struct{}
	// Waste needs a witness: a second person, authenticated, not the actor.
	Waste struct {
		Mass   unit.Mass       `json:"mass"`
		Volume unit.Volume     `json:"volume"`
		Method journal.Private `json:"method"`
	}
	// ReturnDrug needs a witness too.
	ReturnDrug struct {
		Mass   unit.Mass   `json:"mass"`
		Volume unit.Volume `json:"volume"`
	}
	// Review is the prescriber's review and signature.
	Review struct {
		Meaning string          `json:"meaning"`
		Text    journal.Private `json:"text,omitzero"`
	}
	// CloseRecord ends the record of the visit.
	CloseRecord struct{}
	// FollowUp records a call to a patient who went home.
	FollowUp struct {
		Outcome FollowUpOutcome `json:"outcome"`
		Said    journal.Private `json:"said,omitzero"`
	}
)

// Act names the command on the wire.
func (Schedule) Act() act.Act           { return ActSchedule }
func (Arrive) Act() act.Act             { return ActArrive }
func (AnswerPrecheck) Act() act.Act     { return ActPrecheck }
func (Attest) Act() act.Act             { return ActAttest }
func (AttachOrder) Act() act.Act        { return ActAttachOrder }
func (ReviewOrder) Act() act.Act        { return ActReviewOrder }
func (GrantException) Act() act.Act     { return ActException }
func (Override) Act() act.Act           { return ActOverride }
func (MakeReady) Act() act.Act          { return ActReady }
func (Cancel) Act() act.Act             { return ActCancel }
func (Transfer) Act() act.Act           { return ActTransfer }
func (Leave) Act() act.Act              { return ActLeave }
func (OpenVials) Act() act.Act          { return ActOpenVials }
func (Compute) Act() act.Act            { return ActCompute }
func (DiscardDrawUp) Act() act.Act      { return ActDiscard }
func (LinkMonitor) Act() act.Act        { return ActLinkMonitor }
func (UnlinkMonitor) Act() act.Act      { return ActUnlinkMonitor }
func (DoubtLink) Act() act.Act          { return ActDoubtLink }
func (LinkPump) Act() act.Act           { return ActLinkPump }
func (UnlinkPump) Act() act.Act         { return ActUnlinkPump }
func (DropPump) Act() act.Act           { return ActDropPump }
func (NotePump) Act() act.Act           { return ActNotePump }
func (TakeOffMonitor) Act() act.Act     { return ActOffMonitor }
func (ReturnToMonitor) Act() act.Act    { return ActBackOnMonitor }
func (AnswerTimeOut) Act() act.Act      { return ActTimeOut }
func (Start) Act() act.Act              { return ActStart }
func (SetRate) Act() act.Act            { return ActRate }
func (ReadPump) Act() act.Act           { return ActReadPump }
func (SettleRate) Act() act.Act         { return ActSettleRate }
func (Pause) Act() act.Act              { return ActPause }
func (Resume) Act() act.Act             { return ActResume }
func (Stop) Act() act.Act               { return ActStop }
func (ClaimStop) Act() act.Act          { return ActClaimStop }
func (ConfirmPumpStopped) Act() act.Act { return ActConfirmStop }
func (TakeSpokenOrder) Act() act.Act    { return ActSpokenOrder }
func (SignSpokenOrder) Act() act.Act    { return ActSignSpoken }
func (Observe) Act() act.Act            { return ActObserve }
func (NoteSideEffect) Act() act.Act     { return ActNoteEffect }
func (GradeSideEffect) Act() act.Act    { return ActGradeEffect }
func (ResolveSideEffect) Act() act.Act  { return ActResolveEffect }
func (GiveDrug) Act() act.Act           { return ActGiveDrug }
func (CheckPresence) Act() act.Act      { return ActPresence }
func (TakeOver) Act() act.Act           { return ActTakeNurse }
func (TakePrescriber) Act() act.Act     { return ActTakePrescriber }
func (Note) Act() act.Act               { return ActNote }
func (Amend) Act() act.Act              { return ActAmend }
func (CallHelp) Act() act.Act           { return ActHelp }
func (UndoHelp) Act() act.Act           { return ActUndoHelp }
func (LogHelp) Act() act.Act            { return ActLogHelp }
func (EndHelp) Act() act.Act            { return ActEndHelp }
func (BeginRecovery) Act() act.Act      { return ActRecover }
func (ScoreDischarge) Act() act.Act     { return ActScoreDischarge }
func (CheckDischarge) Act() act.Act     { return ActCheckDischarge }
func (Discharge) Act() act.Act          { return ActDischarge }
func (Waste) Act() act.Act              { return ActWaste }
func (ReturnDrug) Act() act.Act         { return ActReturn }
func (Review) Act() act.Act             { return ActReview }
func (CloseRecord) Act() act.Act        { return ActClose }
func (FollowUp) Act() act.Act           { return ActFollowUp }

func (Schedule) Planned() bool           { return true }
func (Arrive) Planned() bool             { return true }
func (AnswerPrecheck) Planned() bool     { return false }
func (Attest) Planned() bool             { return false }
func (AttachOrder) Planned() bool        { return true }
func (ReviewOrder) Planned() bool        { return true }
func (GrantException) Planned() bool     { return true }
func (Override) Planned() bool           { return true }
func (MakeReady) Planned() bool          { return true }
func (Cancel) Planned() bool             { return true }
func (Transfer) Planned() bool           { return false }
func (Leave) Planned() bool              { return false }
func (OpenVials) Planned() bool          { return true }
func (Compute) Planned() bool            { return true }
func (DiscardDrawUp) Planned() bool      { return false }
func (LinkMonitor) Planned() bool        { return true }
func (UnlinkMonitor) Planned() bool      { return false }
func (DoubtLink) Planned() bool          { return false }
func (LinkPump) Planned() bool           { return true }
func (UnlinkPump) Planned() bool         { return false }
func (DropPump) Planned() bool           { return false }
func (NotePump) Planned() bool           { return false }
func (TakeOffMonitor) Planned() bool     { return false }
func (ReturnToMonitor) Planned() bool    { return false }
func (AnswerTimeOut) Planned() bool      { return false }
func (Start) Planned() bool              { return true }
func (c SetRate) Planned() bool          { return !c.Found }
func (ReadPump) Planned() bool           { return false }
func (SettleRate) Planned() bool         { return false }
func (Pause) Planned() bool              { return false }
func (Resume) Planned() bool             { return true }
func (Stop) Planned() bool               { return false }
func (ClaimStop) Planned() bool          { return false }
func (ConfirmPumpStopped) Planned() bool { return false }
func (TakeSpokenOrder) Planned() bool    { return false }
func (SignSpokenOrder) Planned() bool    { return true }
func (Observe) Planned() bool            { return false }
func (NoteSideEffect) Planned() bool     { return false }
func (GradeSideEffect) Planned() bool    { return false }
func (ResolveSideEffect) Planned() bool  { return false }
func (c GiveDrug) Planned() bool         { return c.Ask }
func (CheckPresence) Planned() bool      { return false }
func (TakeOver) Planned() bool           { return false }
func (TakePrescriber) Planned() bool     { return false }
func (Note) Planned() bool               { return false }
func (Amend) Planned() bool              { return false }
func (CallHelp) Planned() bool           { return false }
func (UndoHelp) Planned() bool           { return false }
func (LogHelp) Planned() bool            { return false }
func (EndHelp) Planned() bool            { return false }
func (BeginRecovery) Planned() bool      { return true }
func (ScoreDischarge) Planned() bool     { return false }
func (CheckDischarge) Planned() bool     { return false }
func (Discharge) Planned() bool          { return true }
func (Waste) Planned() bool              { return false }
func (ReturnDrug) Planned() bool         { return false }
func (Review) Planned() bool             { return true }
func (CloseRecord) Planned() bool        { return true }
func (FollowUp) Planned() bool           { return false }

func (Schedule) command()           {}
func (Arrive) command()             {}
func (AnswerPrecheck) command()     {}
func (Attest) command()             {}
func (AttachOrder) command()        {}
func (ReviewOrder) command()        {}
func (GrantException) command()     {}
func (Override) command()           {}
func (MakeReady) command()          {}
func (Cancel) command()             {}
func (Transfer) command()           {}
func (Leave) command()              {}
func (OpenVials) command()          {}
func (Compute) command()            {}
func (DiscardDrawUp) command()      {}
func (LinkMonitor) command()        {}
func (UnlinkMonitor) command()      {}
func (DoubtLink) command()          {}
func (LinkPump) command()           {}
func (UnlinkPump) command()         {}
func (DropPump) command()           {}
func (NotePump) command()           {}
func (TakeOffMonitor) command()     {}
func (ReturnToMonitor) command()    {}
func (AnswerTimeOut) command()      {}
func (Start) command()              {}
func (SetRate) command()            {}
func (ReadPump) command()           {}
func (SettleRate) command()         {}
func (Pause) command()              {}
func (Resume) command()             {}
func (Stop) command()               {}
func (ClaimStop) command()          {}
func (ConfirmPumpStopped) command() {}
func (TakeSpokenOrder) command()    {}
func (SignSpokenOrder) command()    {}
func (Observe) command()            {}
func (NoteSideEffect) command()     {}
func (GradeSideEffect) command()    {}
func (ResolveSideEffect) command()  {}
func (GiveDrug) command()           {}
func (CheckPresence) command()      {}
func (TakeOver) command()           {}
func (TakePrescriber) command()     {}
func (Note) command()               {}
func (Amend) command()              {}
func (CallHelp) command()           {}
func (UndoHelp) command()           {}
func (LogHelp) command()            {}
func (EndHelp) command()            {}
func (BeginRecovery) command()      {}
func (ScoreDischarge) command()     {}
func (CheckDischarge) command()     {}
func (Discharge) command()          {}
func (Waste) command()              {}
func (ReturnDrug) command()         {}
func (Review) command()             {}
func (CloseRecord) command()        {}
func (FollowUp) command()           {}
