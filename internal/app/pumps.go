package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// pumpJob is who notes what a linked pump says.
const pumpJob = "pump listener"

// notePump notes in the record what a pump says, where it is linked to a
// visit. It runs before the message is acknowledged: what could not be written
// is sent again by the pump. What it says of nobody is kept with the messages.
func (a *App) notePump(ctx context.Context, pump ident.Device, said hl7.Pump, sent hl7.Result, now time.Time) error {
	id, s, ok, err := a.visitOfPump(ctx, pump, "")
	if err != nil || !ok {
		return err
	}
	cause := ""
	switch {
	case a.differs(ctx, s.PumpLink.SentBed, sent.Location.Sent):
		cause = "bed changed"
	case sent.Patient.Known() && a.differs(ctx, s.PumpLink.SentID, sent.Patient.IDs[0].ID):
		cause = "patient id changed"
	}
	if cause != "" { // it may be another patient's: a person looks, and links it again
		return a.pumpDo(ctx, id, session.DropPump{Cause: cause}, now)
	}
	word, ok := wordOf(pump, said)
	if !ok || known(s.Says, word) {
		return nil
	}
	return a.pumpDo(ctx, id, session.NotePump{Said: word}, now)
}

// pumpDo says a command in the name of the listener. A refusal is said once in
// the log, by its rule: the message itself is kept either way.
func (a *App) pumpDo(ctx context.Context, id ident.Session, cmd session.Command, now time.Time) error {
	body, err := json.Marshal(cmd)
	if err != nil {
		return fmt.Errorf("encode a pump's word: %w", err)
	}
	answer, err := a.Do(ctx, Request{
		Act: cmd.Act(), Schema: 1, ID: NewID[ident.Command](a), Session: id, OccurredAt: journal.Time(now), Actor: job(pumpJob), Body: body,
	})
	if err != nil {
		return fmt.Errorf("note a pump's word: %w", err)
	}
	if answer.Refusal != nil {
		a.Log.Warn("what a pump said was not noted", "visit", id, "rule", answer.Refusal.Rule, "why", answer.Refusal.Message.ID)
	}
	return nil
}

// wordOf is what a pump said, as the record has it; ok is false where it says
// nothing of what it does.
func wordOf(pump ident.Device, p hl7.Pump) (word session.PumpSaid, ok bool) {
	states := map[hl7.PumpState]session.PumpDoes{
		hl7.PumpRuns: session.PumpRuns, hl7.PumpHalted: session.PumpHalted, hl7.PumpKeepOpen: session.PumpKeepsOpen, hl7.PumpBetween: session.PumpBetween,
	}
	state, ok := states[p.State]
	return session.PumpSaid{
		Pump: pump, At: journal.Time(p.At), State: state, Why: session.PumpWhy(p.Why), Rate: p.Rate, Remaining: p.Remaining, Delivered: p.Delivered,
	}, ok
}

// known reports whether the word is the one that the record has last: a pump
// that was not answered sends it again.
func known(says *session.PumpSays, word session.PumpSaid) bool {
	if says == nil {
		return false
	}
	old := says.Said
	return old.At.Equal(word.At) && old.State == word.State && old.Why == word.Why &&
		same(old.Rate, word.Rate) && same(old.Remaining, word.Remaining) && same(old.Delivered, word.Delivered)
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// visitOfPump finds the visit in the room, other than one, that a pump is linked to.
func (a *App) visitOfPump(ctx context.Context, pump ident.Device, other ident.Session) (ident.Session, session.State, bool, error) {
	for _, row := range a.sessions.current() {
		if row.ID == other || !session.InRoom(row.Phase) {
			continue
		}
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return "", session.State{}, false, fmt.Errorf("find the visit of a pump: %w", err)
		}
		if h.state.PumpLink.Pump == pump {
			return row.ID, h.state, true, nil
		}
	}
	return "", session.State{}, false, nil
}

// pumpState is what is known of the pump that a person links.
func (a *App) pumpState(ctx context.Context, id ident.Session, pump ident.Device) (session.PumpState, error) {
	f, ok := a.monitors.feed(pump)
	if !ok || !f.Monitor.Pump {
		return session.PumpState{}, nil
	}
	_, _, elsewhere, err := a.visitOfPump(ctx, pump, id)
	return session.PumpState{Known: err == nil, Device: pump, Name: f.Monitor.Name, Elsewhere: elsewhere}, err
}

// pumpUnit is the pump that a message is from, as it names itself; empty where
// the message is none of a pump's.
func pumpUnit(res hl7.Result) (unit string, ok bool) {
	switch {
	case res.Event.Type == "ORU" && res.Event.Trigger == "R42":
		return res.Pump.Unit, true
	case res.HasAlert && res.Alert.Pump != "":
		return res.Alert.Pump, true
	}
	return "", false
}
