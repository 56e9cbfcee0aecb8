package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// MaxSheet bounds a photo of a paper, in bytes.
const MaxSheet = 12 << 20

// partSize is how much of a photo stands in one row of personal detail.
const partSize = journal.MaxDetail

// SheetOf looks at the header of a photo: what it is and how large. What the
// header says is all that is believed of it; the bytes are kept as they came.
func SheetOf(raw []byte) (session.Sheet, error) {
	s := session.Sheet{Bytes: int64(len(raw))}
	if len(raw) > MaxSheet {
		return session.Sheet{}, fmt.Errorf("%w: the photo is larger than %d MB", ErrMalformed, MaxSheet>>20)
	}
	var read func(io.Reader) (image.Config, error)
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		s.Kind, read = session.SheetJPEG, jpeg.DecodeConfig
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		s.Kind, read = session.SheetPNG, png.DecodeConfig
	default:
		return session.Sheet{}, fmt.Errorf("%w: the photo is neither JPEG nor PNG", ErrMalformed)
	}
	c, err := read(bytes.NewReader(raw))
	if err != nil {
		return session.Sheet{}, fmt.Errorf("%w: the photo cannot be read", ErrMalformed)
	}
	s.Width, s.Height = c.Width, c.Height
	return s, nil
}

// KeepSheet keeps a photo of a paper with the command that says so. The photo
// is part of what is said: the same command with another photo is a conflict.
func (a *App) KeepSheet(ctx context.Context, r Request, raw []byte) (Answer, error) {
	s, err := SheetOf(raw)
	if err != nil {
		return Answer{}, err
	}
	sum := sha256.Sum256(raw)
	if r.Body, err = json.Marshal(session.KeepSheet{SHA256: hex.EncodeToString(sum[:])}); err != nil {
		return Answer{}, fmt.Errorf("encode command: %w", err)
	}
	r.Act, r.Schema = session.ActKeepSheet, 1
	// When it was sent is no part of what was said: the same photo is sent again.
	r.Digest = Digest(Request{Act: r.Act, Schema: r.Schema, Session: r.Session, Body: r.Body})
	for part := range slices.Chunk(raw, partSize) {
		d := a.detailOf(part)
		r.parts = append(r.parts, d)
		s.Parts = append(s.Parts, d.Ref())
	}
	r.sheet = &s
	return a.Do(ctx, r)
}

// Sheet is a photo of a paper, put together from its rows; ok is false when it
// was erased.
func (a *App) Sheet(ctx context.Context, v Visit, position int64) (kind session.SheetKind, raw []byte, ok bool, err error) {
	f, found := v.State.SheetAt(position)
	if !found {
		return "", nil, false, ErrNoSession
	}
	for _, p := range f.Parts {
		body, there, err := a.Store.Detail(ctx, p.ID)
		if err != nil {
			return "", nil, false, fmt.Errorf("read photo: %w", err)
		}
		if !there {
			return f.Kind, nil, false, nil
		}
		raw = append(raw, body...)
	}
	return f.Kind, raw, true, nil
}

// writtenBy refuses a paper whose author is nobody of the staff.
func (a *App) writtenBy(ctx context.Context, p *session.Paper) error {
	if p == nil {
		return nil
	}
	names, err := a.Directory.Names(ctx)
	if err != nil {
		return fmt.Errorf("look up who wrote the paper: %w", err)
	}
	if _, ok := names[p.Author]; !ok {
		return fmt.Errorf("%w: who wrote the paper is nobody of the staff here", ErrMalformed)
	}
	return nil
}

// Rehearsed is what would become of one command.
type Rehearsed struct {
	Entries []session.Entry
	Refusal *session.Refusal
}

// Rehearse says what would become of commands, one after the other, and what
// the visit would add up to. Nothing is written.
func (a *App) Rehearse(ctx context.Context, id ident.Session, rs []Request) ([]Rehearsed, Visit, error) {
	v, err := a.Visit(ctx, id)
	if err != nil {
		return nil, Visit{}, err
	}
	known := map[ident.Person]bool{}
	out := make([]Rehearsed, 0, len(rs))
	for _, r := range rs {
		if r.Paper != nil && !known[r.Paper.Author] {
			if err := a.writtenBy(ctx, r.Paper); err != nil {
				return nil, Visit{}, err
			}
			known[r.Paper.Author] = true
		}
		x, err := a.rehearse(r, &v)
		if err != nil {
			return nil, Visit{}, err
		}
		out = append(out, x)
	}
	return out, v, nil
}

// rehearse decides one command and adds it to the visit.
func (a *App) rehearse(r Request, v *Visit) (Rehearsed, error) {
	cmd, _, _, err := a.read(r)
	if err != nil {
		return Rehearsed{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if p := act.May(r.Actor, r.Act); !p.Allowed {
		return Rehearsed{Refusal: notAllowed(p)}, nil
	}
	env := v.Env
	env.Command, env.OccurredAt, env.Offset, env.Actor, env.Paper = r.ID, r.OccurredAt, r.Offset, r.Actor, r.Paper
	d, refusal := session.Decide(v.State, cmd, env)
	if refusal != nil {
		return Rehearsed{Refusal: refusal}, nil
	}
	var out Rehearsed
	for i, ev := range d.Events {
		e := session.Entry{Event: ev, Meta: journal.Meta{
			Position: v.State.Position + 1, Sequence: v.State.Sequence + 1, Command: r.ID, Index: i,
			OccurredAt: r.OccurredAt, EffectiveAt: d.EffectiveAt, RecordedAt: env.Now, Actor: r.Actor, Device: r.Device,
		}}
		v.State = session.Evolve(v.State, e)
		v.Entries = append(v.Entries[:len(v.Entries):len(v.Entries)], e)
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}
