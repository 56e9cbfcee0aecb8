package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// maxEntries bounds the entries of one batch.
const maxEntries = 1_000

// prepared is a batch after all checks that need no database.
type prepared struct {
	journal.Batch
	events []journal.Record
	audit  []journal.Record
	// refs are references to details that do not come with the batch.
	refs  map[ident.Detail]string
	erase []ident.Detail
}

// Append makes all that one command changes durable in one transaction, or
// nothing. It returns journal.ErrConflict when a stream or row that was read
// has moved on, and journal.ErrDigest when the command's id was used for
// something else. A command that was taken before returns its first records.
func (s *Store) Append(ctx context.Context, b journal.Batch) (journal.Result, error) {
	p, err := prepare(b)
	if err != nil {
		return journal.Result{}, fmt.Errorf("append: %w", err)
	}
	var result journal.Result
	err = s.do(ctx, &job{command: b.Command, run: func(ctx context.Context, t *clinicTx) (err error) {
		result, err = t.append(ctx, p)
		return err
	}})
	if err != nil {
		return journal.Result{}, fmt.Errorf("append: %w", err)
	}
	return result, nil
}

func prepare(b journal.Batch) (*prepared, error) {
	if !ident.Valid(b.Command) {
		return nil, invalid("command id is not a UUID of version 7")
	}
	if n := len(b.Events) + len(b.Audit); n+len(b.Registers) == 0 || n > maxEntries || len(b.Registers) > maxEntries {
		return nil, invalid("a batch has 1 to %d entries", maxEntries)
	}
	actor, err := journal.EncodeActor(b.Actor)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	p := &prepared{Batch: b}
	if err := p.prepareEvents(actor); err != nil {
		return nil, err
	}
	if p.audit, err = prepareAudit(b.Audit, b.Actor, b.Device, b.RecordedAt, b.Command); err != nil {
		return nil, err
	}
	if err := checkPuts(b.Registers, len(b.Audit) > 0); err != nil {
		return nil, err
	}
	return p, p.prepareDetails()
}

func (p *prepared) prepareEvents(actor []byte) error {
	expected := map[journal.Stream]bool{}
	for _, e := range p.Expect {
		if expected[e.Stream] {
			return invalid("stream %s is expected twice", e.Stream)
		}
		expected[e.Stream] = true
	}
	for i, d := range p.Events {
		if !expected[d.Stream] {
			return invalid("stream %s is written but not expected", d.Stream)
		}
		r := journal.Record{
			Stream: d.Stream, Type: d.Type, Version: d.Version, Payload: d.Payload, Command: p.Command, Index: i,
			OccurredAt: journal.Time(p.OccurredAt), EffectiveAt: journal.Time(d.EffectiveAt), RecordedAt: journal.Time(p.RecordedAt),
			Actor: actor, Device: p.Device,
		}
		if err := checkDraft(r); err != nil {
			return err
		}
		id, ok, err := journal.Erased(d.Stream, d.Type, d.Payload)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		if ok {
			p.erase = append(p.erase, id)
		}
		p.events = append(p.events, r)
	}
	return nil
}

// checkDraft checks an entry whose place in the log is not known yet.
func checkDraft(r journal.Record) error {
	r.Clinic, r.Log, r.Position, r.Sequence = "clinic", "00000000-0000-7000-8000-000000000000", 1, 1
	for _, t := range []time.Time{r.OccurredAt, r.EffectiveAt, r.RecordedAt} {
		if y := t.Year(); y < 1900 || y > 9999 {
			return invalid("%s has no time", r.Type)
		}
	}
	if err := r.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// prepareAudit gives audit drafts the batch's author where they name none.
func prepareAudit(drafts []journal.AuditDraft, by act.Actor, device ident.Device, at time.Time, command ident.Command) ([]journal.Record, error) {
	out := make([]journal.Record, 0, len(drafts))
	for i, d := range drafts {
		if d.Actor.Kind == "" {
			d.Actor, d.Device = by, device
		}
		if d.At.IsZero() {
			d.At = at
		}
		if d.Stream == "" {
			d.Stream = journal.AuditStream
		}
		actor, err := journal.EncodeActor(d.Actor)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		moment := journal.Time(d.At)
		r := journal.Record{
			Stream: d.Stream, Type: d.Type, Version: d.Version, Payload: d.Payload, Command: command, Index: i,
			OccurredAt: moment, EffectiveAt: moment, RecordedAt: moment, Actor: actor, Device: d.Device,
		}
		if err := checkDraft(r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// prepareDetails checks that details and the references to them agree.
func (p *prepared) prepareDetails() error {
	given := map[ident.Detail]string{}
	for _, d := range p.Details {
		if err := d.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		given[d.ID] = d.Hash()
	}
	if len(given) != len(p.Details) {
		return invalid("two details have one id")
	}
	p.refs = map[ident.Detail]string{}
	used := map[ident.Detail]bool{}
	for _, records := range [][]journal.Record{p.events, p.audit} {
		for _, r := range records {
			for _, ref := range journal.References(r.Payload) {
				hash, here := given[ref.ID]
				if here && hash != ref.Hash {
					return invalid("%s refers to a detail by another hash than it has", r.Type)
				}
				used[ref.ID] = true
				if !here {
					p.refs[ref.ID] = ref.Hash
				}
			}
		}
	}
	for id := range given {
		if !used[id] {
			return invalid("a detail comes with no entry that refers to it")
		}
	}
	return nil
}

// append checks a batch against what is stored, then adds it.
func (t *clinicTx) append(ctx context.Context, p *prepared) (journal.Result, error) {
	if before, ok := t.commands[p.Command]; ok {
		return t.replay(ctx, before, p.Digest)
	}
	refused := t.check(ctx, p)
	if refused == nil {
		return t.add(ctx, p)
	}
	var lost *brokenError
	if t.lookedUp || errors.As(refused, &lost) {
		return journal.Result{}, refused
	}
	// What moved on may be what this very command did when it was taken.
	if err := t.readCommands(ctx, []any{string(p.Command)}); err != nil {
		return journal.Result{}, broken(err)
	}
	if before, ok := t.commands[p.Command]; ok {
		return t.replay(ctx, before, p.Digest)
	}
	return journal.Result{}, refused
}

func (t *clinicTx) check(ctx context.Context, p *prepared) error {
	if err := t.checkExpected(ctx, p); err != nil {
		return err
	}
	if err := t.checkRows(ctx, p.Registers); err != nil {
		return err
	}
	return t.checkDetails(ctx, p)
}

func (t *clinicTx) checkExpected(ctx context.Context, p *prepared) error {
	for _, e := range p.Expect {
		if t.mayBegin(p, e) {
			continue
		}
		n, err := t.sequence(ctx, record, e.Stream)
		if err != nil {
			return err
		}
		if n != e.Sequence {
			return &ConflictError{Stream: e.Stream, Expected: e.Sequence, Found: n}
		}
	}
	return nil
}

// mayBegin reports whether a stream need not be looked for: the batch writes
// its first entry, and the log takes no second first one. When it was there
// after all, the transaction fails, and the next try looks.
func (t *clinicTx) mayBegin(p *prepared, e journal.Expect) bool {
	if t.lookedUp || e.Sequence != 0 {
		return false
	}
	if _, known := t.known(record, e.Stream); known {
		return false
	}
	return slices.ContainsFunc(p.events, func(r journal.Record) bool { return r.Stream == e.Stream })
}

func (t *clinicTx) add(ctx context.Context, p *prepared) (journal.Result, error) {
	for _, e := range p.Expect {
		if t.mayBegin(p, e) {
			t.pending[record].sequences[e.Stream] = 0
		}
	}
	result := journal.Result{Records: make([]journal.Record, 0, len(p.events))}
	for _, r := range p.events {
		r, err := t.extend(ctx, record, r)
		if err != nil {
			return journal.Result{}, err
		}
		result.Records = append(result.Records, r)
		if err := t.project(ctx, r); err != nil {
			return journal.Result{}, err
		}
		if err := t.owe(ctx, r); err != nil {
			return journal.Result{}, err
		}
	}
	for _, r := range p.audit {
		if _, err := t.extend(ctx, audit, r); err != nil {
			return journal.Result{}, err
		}
	}
	for _, d := range p.Details {
		t.details[d.ID] = d
	}
	t.erase = append(t.erase, p.erase...)
	t.takeCommand(p, result.Records)
	return result, t.putRows(ctx, p.Registers, journal.Time(p.RecordedAt))
}

func (t *clinicTx) takeCommand(p *prepared, records []journal.Record) {
	c := commandRow{id: p.Command, digest: p.Digest, entries: len(records), recorded: journal.Time(p.RecordedAt)}
	if len(records) > 0 {
		c.position, c.recorded = records[0].Position, records[0].RecordedAt
	}
	t.commands[c.id] = c
	t.fresh = append(t.fresh, c)
}
