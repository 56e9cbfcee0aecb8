package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Request is one command as it came in, its author already authenticated.
type Request struct {
	Act     act.Act
	Schema  int // version of the body
	ID      ident.Command
	Session ident.Session
	// OccurredAt as claimed; Offset is the client's clock minus ours.
	OccurredAt time.Time
	Offset     time.Duration
	Actor      act.Actor
	Witness    *act.Actor
	Device     ident.Device
	Chair      ident.Chair // where the device stands; 0 when it has no chair
	// Paper says that it was written on paper first; nil for what is said
	// where it happens.
	Paper  *session.Paper
	Body   []byte
	Digest [32]byte

	sheet *session.Sheet   // a photo that comes with it
	parts []journal.Detail // its rows
}

// Answer is what became of a command.
type Answer struct {
	Replayed bool
	Position int64 // of the last entry written; 0 when refused
	Entries  []session.Entry
	Refusal  *session.Refusal
	// Unread says that what was written with it could not be read and is not
	// in the record.
	Unread bool
}

// ErrMalformed wraps a body that no command can be read from.
var ErrMalformed = errors.New("malformed command")

const maxTries = 8

// Do takes one command of a session through authority, decision and append.
// A refusal is an answer, not an error; an error means nothing was written
// and the command may be sent again with the same id.
func (a *App) Do(ctx context.Context, r Request) (Answer, error) {
	if !ident.Valid(r.ID) {
		return Answer{}, fmt.Errorf("%w: command id is not a UUID of version 7", ErrMalformed)
	}
	if !ident.Valid(r.Session) {
		return Answer{}, fmt.Errorf("%w: session id is not a UUID of version 7", ErrMalformed)
	}
	cmd, details, unread, err := a.read(r)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	// What the server itself says has an id that was just made: it is no repeat,
	// and an alarm does not wait for a reader of the record to be free.
	if r.Actor.Kind != act.Job {
		if before, ok, err := a.Store.Outcome(ctx, r.ID, r.Digest); err != nil {
			return Answer{}, fmt.Errorf("look up command: %w", err)
		} else if ok {
			return answer(before)
		}
	}
	if p := act.May(r.Actor, r.Act); !p.Allowed {
		return Answer{Refusal: notAllowed(p)}, nil
	}
	if err := a.writtenBy(ctx, r.Paper); err != nil {
		return Answer{}, err
	}
	ans, err := a.decide(ctx, r, cmd, details)
	ans.Unread = unread
	return ans, err
}

func notAllowed(p act.Permission) *session.Refusal {
	return &session.Refusal{Rule: "authority", Message: word.M("act.not_allowed"), Needs: p.Needs}
}

// read decodes a command and takes personal text out of it. A stop or a call
// for help whose body cannot be read, for its version or its content, is one
// all the same: that it was said counts more than what was written with it.
// unread says so.
func (a *App) read(r Request) (cmd session.Command, details []journal.Detail, unread bool, err error) {
	if cmd, err = session.DecodeCommand(r.Act, r.Schema, r.Body); err == nil {
		cmd, details, err = sealed(a, cmd)
	}
	if bare, ok := session.Bare(r.Act); err != nil && ok {
		return bare, nil, true, nil
	}
	return cmd, details, false, err
}

func (a *App) decide(ctx context.Context, r Request, cmd session.Command, details []journal.Detail) (Answer, error) {
	defer a.turns.take(r.Session)()
	h, err := a.sessions.get(ctx, r.Session)
	if err != nil {
		return Answer{}, err
	}
	sentID, sentBed, sent := a.sentNow(cmd)
	details = slices.Concat(details, sent, r.parts)
	for range maxTries {
		env, expect, err := a.env(ctx, r, h.state, cmd)
		if err != nil {
			return Answer{}, err
		}
		env.Monitor.SentID, env.Monitor.SentBed = sentID, sentBed
		env.Pump.SentID, env.Pump.SentBed = sentID, sentBed
		decision, refusal := session.Decide(h.state, cmd, env)
		if refusal != nil {
			return Answer{Refusal: refusal}, nil
		}
		batch, err := a.batch(r, decision, details, expect, env)
		if err != nil {
			return Answer{}, err
		}
		result, err := a.Store.Append(ctx, batch)
		a.recordWrites.note(err)
		if errors.Is(err, journal.ErrConflict) {
			a.rooms.drop() // it may be the house that moved on
			if h, err = a.sessions.reload(ctx, r.Session); err != nil {
				return Answer{}, err
			}
			continue
		}
		if err != nil {
			return Answer{}, fmt.Errorf("append command: %w", err)
		}
		if !result.Replayed {
			if err := a.sessions.applied(ctx, result.Records); err != nil {
				return Answer{}, err
			}
			a.moved(result)
		}
		return answer(result)
	}
	return Answer{}, fmt.Errorf("append command: %w after %d tries", journal.ErrConflict, maxTries)
}

// moved follows a durable append.
func (a *App) moved(result journal.Result) {
	if n := len(result.Records); n > 0 {
		a.head.advance(result.Records[n-1])
	}
	a.feed.entries()
}

func answer(result journal.Result) (Answer, error) {
	out := Answer{Replayed: result.Replayed}
	var h held
	for _, rec := range result.Records {
		next, err := h.with(rec)
		if err != nil {
			return Answer{}, err
		}
		h = next
		out.Position = rec.Position
	}
	out.Entries = h.entries
	return out, nil
}

func (a *App) batch(r Request, d session.Decision, details []journal.Detail, expect []journal.Expect, env session.Env) (journal.Batch, error) {
	b := journal.Batch{
		Command: r.ID, Digest: r.Digest, OccurredAt: r.OccurredAt, RecordedAt: env.Now,
		Actor: r.Actor, Device: r.Device, Expect: expect, Details: details,
	}
	for _, ev := range d.Events {
		typ, version, payload, err := session.Codec.Encode(ev)
		if err != nil {
			return journal.Batch{}, fmt.Errorf("encode entry: %w", err)
		}
		b.Events = append(b.Events, journal.Draft{
			Stream: sessionStream(r.Session), Type: typ, Version: version, Payload: payload, EffectiveAt: d.EffectiveAt,
		})
	}
	return b, nil
}

// Digest is the SHA-256 of a command as it was sent: a repeat is known by it.
// The author is left out, since the same entry may be delivered by another.
func Digest(r Request) [32]byte {
	h := sha256.New()
	for _, part := range []string{string(r.Act), strconv.Itoa(r.Schema), string(r.Session), strconv.FormatInt(r.OccurredAt.UnixMicro(), 10), string(r.Body)} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return [32]byte(h.Sum(nil))
}
