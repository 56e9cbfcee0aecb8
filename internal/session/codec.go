package session

import "github.com/stillwatch/stillwatch/internal/journal"

// Codec writes and reads the payload of every event of a session. A released
// version is never taken out: testdata/corpus holds one example of each.
var Codec = journal.NewCodec[Event](
	journal.Type[Scheduled, Event]("session.scheduled", 1),
	journal.Type[Arrived, Event]("session.arrived", 1),
	journal.Type[PrecheckAnswered, Event]("session.precheck-answered", 1),
	journal.Type[PaperAttested, Event]("session.paper-attested", 1),
	journal.Type[OrderAttached, Event]("session.order-attached", 1),
	journal.Type[FindingOverridden, Event]("session.finding-overridden", 1),
	journal.Type[Readied, Event]("session.readied", 1),
	journal.Type[Cancelled, Event]("session.cancelled", 1),
	journal.Type[Transferred, Event]("session.transferred", 1),
	journal.Type[LeftEarly, Event]("session.left-early", 1),

	journal.Type[VialsOpened, Event]("session.vials-opened", 1),
	journal.Type[DrawUpComputed, Event]("session.draw-up-computed", 1),
	journal.Type[DrawUpDisagreed, Event]("session.draw-up-disagreed", 1),
	journal.Type[Prepared, Event]("session.prepared", 1),
	journal.Type[DrawUpDiscarded, Event]("session.draw-up-discarded", 1),

	journal.Type[MonitorLinked, Event]("session.monitor-linked", 1),
	journal.Type[MonitorUnlinked, Event]("session.monitor-unlinked", 1),
	journal.Type[LinkDoubted, Event]("session.link-doubted", 1),
	journal.Type[OffMonitor, Event]("session.taken-off-monitor", 1),
	journal.Type[BackOnMonitor, Event]("session.put-back-on-monitor", 1),

	journal.Type[TimeOutDone, Event]("session.time-out-done", 1),
	journal.Type[Started, Event]("session.started", 1),
	journal.Type[RateChanged, Event]("session.rate-changed", 1),
	journal.Type[PumpRead, Event]("session.pump-read", 1),
	journal.Type[Paused, Event]("session.paused", 1),
	journal.Type[Resumed, Event]("session.resumed", 1),
	journal.Type[Stopped, Event]("session.stopped", 1),
	journal.Type[StopClaimed, Event]("session.stop-claimed", 1),
	journal.Type[PumpStopConfirmed, Event]("session.pump-stop-confirmed", 1),
	journal.Type[SpokenOrderTaken, Event]("session.spoken-order-taken", 1),
	journal.Type[SpokenOrderSigned, Event]("session.spoken-order-signed", 1),

	journal.Type[Observed, Event]("session.observed", 1),
	journal.Type[SideEffectNoted, Event]("session.side-effect-noted", 1),
	journal.Type[SideEffectGraded, Event]("session.side-effect-graded", 1),
	journal.Type[SideEffectResolved, Event]("session.side-effect-resolved", 1),
	journal.Type[DrugGiven, Event]("session.drug-given", 1),
	journal.Type[PresenceChecked, Event]("session.presence-checked", 1),
	journal.Type[NurseResponsible, Event]("session.nurse-responsible-named", 1),
	journal.Type[PrescriberResponsible, Event]("session.prescriber-responsible-named", 1),
	journal.Type[NoteAdded, Event]("session.note-added", 1),
	journal.Type[Amended, Event]("session.amended", 1),

	journal.Type[HelpCalled, Event]("session.help-called", 1),
	journal.Type[HelpUndone, Event]("session.help-undone", 1),
	journal.Type[HelpLogged, Event]("session.help-logged", 1),
	journal.Type[HelpEnded, Event]("session.help-ended", 1),

	journal.Type[RecoveryBegan, Event]("session.recovery-began", 1),
	journal.Type[DischargeScored, Event]("session.discharge-scored", 1),
	journal.Type[DischargeChecked, Event]("session.discharge-checked", 1),
	journal.Type[Discharged, Event]("session.discharged", 1),
	journal.Type[DrugWasted, Event]("session.drug-wasted", 1),
	journal.Type[DrugReturned, Event]("session.drug-returned", 1),
	journal.Type[Reviewed, Event]("session.reviewed", 1),
	journal.Type[Closed, Event]("session.closed", 1),
)
