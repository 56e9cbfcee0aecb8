package session

import (
	"fmt"
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/strict"
)

// MaxCommand bounds the body of a command, in bytes.
const MaxCommand = 64 << 10

// DecodeCommand reads the body of the act named what in one released schema
// version: strict JSON, no unknown field, no key twice, nothing after the value. Personal
// text comes back unsealed.
func DecodeCommand(what act.Act, version int, body []byte) (Command, error) {
	if len(body) > MaxCommand {
		return nil, fmt.Errorf("read %s: %d bytes are more than %d", what, len(body), MaxCommand)
	}
	for _, k := range commandKinds() {
		if k.Act != what {
			continue
		}
		if k.Version != version {
			continue
		}
		c, err := k.decode(body)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", what, err)
		}
		return c, nil
	}
	if !slices.Contains(Acts(), what) {
		return nil, fmt.Errorf("no act %q", clip(string(what)))
	}
	return nil, fmt.Errorf("read %s: no schema version %d", what, version)
}

// Acts lists every act of a session, in the order of a visit.
func Acts() []act.Act {
	kinds := commandKinds()
	out := make([]act.Act, 0, len(kinds))
	for _, k := range kinds {
		if !slices.Contains(out, k.Act) {
			out = append(out, k.Act)
		}
	}
	return out
}

// commandKind is one (act, schema version) that is accepted for ever.
type commandKind struct {
	Act     act.Act
	Version int
	decode  func([]byte) (Command, error)
}

func kind[T Command](version int) commandKind {
	var zero T
	return commandKind{zero.Act(), version, func(b []byte) (Command, error) {
		var c T
		if err := strict.Object(b, &c); err != nil {
			return nil, err
		}
		return c, nil
	}}
}

func commandKinds() []commandKind {
	return []commandKind{
		kind[Schedule](1), kind[Arrive](1), kind[AnswerPrecheck](1), kind[Attest](1), kind[AttachOrder](1), kind[ReviewOrder](1), kind[GrantException](1),
		kind[Override](1), kind[MakeReady](1), kind[Cancel](1), kind[Transfer](1), kind[Leave](1),
		kind[OpenVials](1), kind[Compute](1), kind[DiscardDrawUp](1),
		kind[LinkMonitor](1), kind[UnlinkMonitor](1), kind[DoubtLink](1), kind[TakeOffMonitor](1), kind[ReturnToMonitor](1),
		kind[LinkPump](1), kind[UnlinkPump](1), kind[DropPump](1), kind[NotePump](1),
		kind[AnswerTimeOut](1), kind[Start](1), kind[SetRate](1), kind[ReadPump](1), kind[SettleRate](1), kind[Pause](1), kind[Resume](1),
		kind[Stop](1), kind[ClaimStop](1), kind[ConfirmPumpStopped](1), kind[TakeSpokenOrder](1), kind[SignSpokenOrder](1),
		kind[Observe](1), kind[NoteSideEffect](1), kind[GradeSideEffect](1), kind[ResolveSideEffect](1), kind[GiveDrug](1),
		kind[TakeRound](1), kind[ConfirmReadings](1), kind[DoubtReading](1), kind[MissRound](1),
		kind[CheckPresence](1), kind[TakeOver](1), kind[TakePrescriber](1), kind[PrescriberGone](1), kind[Note](1), kind[Amend](1),
		kind[CallHelp](1), kind[UndoHelp](1), kind[LogHelp](1), kind[EndHelp](1),
		kind[NoteAlarms](1), kind[AcknowledgeAlarm](1), kind[PauseAlarm](1), kind[QuietenChair](1), kind[ChangeAlarmLimit](1),
		kind[BeginRecovery](1), kind[ScoreDischarge](1), kind[CheckDischarge](1), kind[Discharge](1),
		kind[Waste](1), kind[ReturnDrug](1), kind[Review](1), kind[CloseRecord](1), kind[FollowUp](1),
		kind[WithdrawConsent](1),
		kind[KeepSheet](1), kind[MarkUnwatched](1), kind[Reconcile](1),
	}
}

func clip(s string) string {
	const most = 48
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
