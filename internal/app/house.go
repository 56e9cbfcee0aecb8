package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

// House reads the clinic's own stream.
func (a *App) House(ctx context.Context) (house.State, error) { return a.house(ctx) }

// DoHouse takes one command of the house: the morning's room check, or the
// erasure of personal detail.
func (a *App) DoHouse(ctx context.Context, who act.Actor, id ident.Command, cmd house.Command, details []journal.Detail) (*session.Refusal, error) {
	return a.doHouse(ctx, who, "", id, cmd, details)
}

// TestSound records what a person perceived of the test at an enrolled station;
// empty for a page that is at none. Who hears may change with it.
func (a *App) TestSound(ctx context.Context, who act.Actor, station ident.Device, id ident.Command, cmd house.TestSound) (*session.Refusal, error) {
	return a.doHouse(ctx, who, station, id, cmd, nil)
}

func (a *App) doHouse(ctx context.Context, who act.Actor, station ident.Device, id ident.Command, cmd house.Command, details []journal.Detail) (*session.Refusal, error) {
	if p := act.May(who, cmd.Act()); !p.Allowed {
		return notAllowed(p), nil
	}
	body, err := json.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	digest := sha256.Sum256(append([]byte(cmd.Act()), body...))
	_, adopts := cmd.(house.AdoptLibrary)
	if adopts { // no look at the alarms falls between what is signed and what is in force
		a.alarms.mu.Lock()
		defer a.alarms.mu.Unlock()
	}
	if _, done, err := a.Store.Outcome(ctx, id, digest); err != nil || done {
		if done && adopts { // whatever kept it from being in force then
			err = errors.Join(err, a.learn(ctx))
		}
		return nil, err
	}
	knows, r := a.underSignature(cmd)
	if r != nil {
		return r, nil
	}
	for range maxTries {
		s, err := a.house(ctx)
		if err != nil {
			return nil, err
		}
		now := journal.Time(a.Now())
		d, refusal := house.Decide(s, cmd, house.Env{Now: now, OccurredAt: now, Actor: who, Alarms: knows.alarmSettings(), AlarmsNow: a.AlarmSettings(), Library: knows.Library, Says: knows.Says, Station: station})
		if refusal != nil {
			return &session.Refusal{Rule: refusal.Rule, Message: refusal.Message, Needs: refusal.Needs, Malformed: refusal.Malformed}, nil
		}
		b := journal.Batch{
			Command: id, Digest: digest, OccurredAt: now, RecordedAt: now, Actor: who, Device: who.Via, Details: details,
			Expect: []journal.Expect{{Stream: houseStream, Sequence: s.Sequence}},
		}
		if b.Events, err = houseDrafts(d); err != nil {
			return nil, err
		}
		result, err := a.Store.Append(ctx, b)
		a.recordWrites.note(err)
		a.rooms.drop() // on a conflict too: what was read is not the newest
		if errors.Is(err, journal.ErrConflict) {
			continue
		}
		if err != nil {
			if adopts { // it may be in the record all the same
				err = errors.Join(err, a.learn(context.WithoutCancel(ctx)))
			}
			return nil, fmt.Errorf("append to house: %w", err)
		}
		if adopts {
			a.putInForce(knows, "")
		}
		a.moved(result)
		return nil, nil
	}
	return nil, fmt.Errorf("append to house: %w after %d tries", journal.ErrConflict, maxTries)
}

func houseDrafts(d house.Decision) ([]journal.Draft, error) {
	var out []journal.Draft
	for _, ev := range d.Events {
		typ, version, payload, err := house.Codec.Encode(ev)
		if err != nil {
			return nil, fmt.Errorf("encode entry: %w", err)
		}
		out = append(out, journal.Draft{Stream: houseStream, Type: typ, Version: version, Payload: payload, EffectiveAt: d.EffectiveAt})
	}
	return out, nil
}

// Private seals one piece of personal text for a command made by the server's pages.
func (a *App) Private(text string) (journal.Private, *journal.Detail) {
	if text == "" {
		return journal.Private{}, nil
	}
	salt := make([]byte, journal.MinSalt)
	a.Random(salt)
	d := journal.NewDetail(NewID[ident.Detail](a), salt, []byte(text))
	return journal.Private{ID: d.ID, Hash: d.Hash()}, &d
}

// underSignature is the library that a command is about: with an adoption, that with
// the values which are signed.
func (a *App) underSignature(cmd house.Command) (*Knowledge, *session.Refusal) {
	c, ok := cmd.(house.AdoptLibrary)
	if !ok {
		return a.Knows(), nil
	}
	k, err := a.WithValues(c.Values)
	if err != nil {
		return nil, &session.Refusal{Rule: "house.library-values", Message: word.M("house.library.values", err.Error())}
	}
	return k, nil
}

// AlarmSettings are those that the server has: what a director can sign.
func (a *App) AlarmSettings() house.AlarmSettings { return a.Knows().alarmSettings() }

func (k *Knowledge) alarmSettings() house.AlarmSettings {
	r := k.AlarmRules
	if !r.Ready() {
		return house.AlarmSettings{}
	}
	return house.AlarmSettings{Version: r.Version(), Hash: r.Hash(), Rows: r.Rows(), Ours: r.Ours()}
}

// deaf reports of stations whose latest test of sound failed: their page may
// claim what it likes.
func deaf(s house.State) func(Place) bool {
	return func(p Place) bool { return p.Station && s.Deaf(p.Device) }
}

// signedAlarms reports whether what the server has is what was signed last.
func (a *App) signedAlarms(s house.State) bool { return a.Knows().signedAlarms(s) }

func (k *Knowledge) signedAlarms(s house.State) bool {
	return s.Alarms != nil && k.AlarmRules.Ready() && s.Alarms.AlarmSettings == k.alarmSettings()
}

// adopted reports whether what the server has is what was adopted last.
func (a *App) adopted(s house.State) bool { return a.Knows().adopted(s) }

func (k *Knowledge) adopted(s house.State) bool {
	return k.Library.Hash != "" && s.Library != nil && s.Library.Hash == k.Library.Hash
}

// Adopted reports whether the director has adopted the library that the server has.
func (a *App) Adopted(ctx context.Context) (bool, error) {
	s, err := a.house(ctx)
	return err == nil && a.adopted(s), err
}

// AlarmsOn reports whether visits are alarmed on: the director has signed the
// settings that the server has.
func (a *App) AlarmsOn(ctx context.Context) (bool, error) {
	s, err := a.house(ctx)
	return err == nil && a.signedAlarms(s), err
}

// roomToday is what a session's decision may know of the room.
func roomToday(s house.State, now time.Time, zone *time.Location) session.RoomCheck {
	t := s.RoomToday(now, zone)
	return session.RoomCheck{Known: t.Known, Done: t.Done, At: t.At, Open: t.Open}
}
