package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// verifyPage is how many entries are read at a time.
const verifyPage = 1_000

// Verify walks everything the clinic has signed: both logs entry by entry,
// details, commands, telemetry chunks, the signed heads, checkpoints.log and
// a checkpoint from outside. It stops at the first thing that does not fit,
// which the report names; an error means that it could not look.
func (s *Store) Verify(ctx context.Context, o VerifyOptions) (Report, error) {
	v := &verifier{s: s, o: o, report: Report{Clinic: s.o.Clinic}, quoted: map[string]int64{}}
	err := v.run(ctx)
	var p *Problem
	if errors.As(err, &p) {
		v.report.Problem = p
		return v.report, nil
	}
	if err != nil {
		return v.report, fmt.Errorf("verify: %w", err)
	}
	return v.report, nil
}

type verifier struct {
	s      *Store
	o      VerifyOptions
	report Report
	size   int64 // of checkpoints.log when we began
	// quoted are chunk heads that entries of the record name → position.
	quoted map[string]int64
	found  bool // the outside checkpoint's log
}

func (v *verifier) run(ctx context.Context) error {
	var err error
	// In this order, so that nothing that happens meanwhile looks like
	// tampering: lines follow their commit, chunks come before their quotation.
	if v.size, err = linesSize(v.s.o.Dir); err != nil {
		return err
	}
	if err := v.s.db.readRecord().snapshot(ctx, func(q querier) error { return v.record(ctx, q) }); err != nil {
		return err
	}
	if err := v.s.db.readTelemetry().snapshot(ctx, func(q querier) error { return v.telemetry(ctx, q) }); err != nil {
		return err
	}
	if v.o.Checkpoint != nil && !v.found {
		return &Problem{Chain: "checkpoint given", Differs: "it is for another clinic or log"}
	}
	v.report.Outside = v.o.Checkpoint != nil || v.o.Printed != nil
	return nil
}

func (v *verifier) record(ctx context.Context, q querier) error {
	d := &detailCheck{clinic: string(v.s.o.Clinic), erased: map[string]bool{}, report: &v.report}
	if err := v.log(ctx, q, record, d, &v.report.Record); err != nil {
		return err
	}
	if err := v.commands(ctx, q); err != nil {
		return err
	}
	if err := v.log(ctx, q, audit, d, &v.report.Audit); err != nil {
		return err
	}
	return d.finish(ctx, q)
}

// log walks one log, its signed head and its lines of checkpoints.log.
func (v *verifier) log(ctx context.Context, q querier, k chain, d *detailCheck, out *ChainReport) error {
	head, err := v.head(k.kind(), func() (journal.Checkpoint, error) { return v.s.checkpoint(ctx, q, k) })
	if err != nil {
		return err
	}
	lines, err := v.lines(k.kind(), head)
	if err != nil {
		return err
	}
	w := journal.NewWalker(v.s.o.Clinic, head.Log)
	for {
		position, _ := w.Head()
		page, err := entries(ctx, q, k, v.s.o.Clinic, head.Log, "position > ? ORDER BY position LIMIT ?", position, int64(verifyPage))
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := v.entry(k, w, r, lines); err != nil {
				return err
			}
			d.take(k, r)
		}
		if err := d.page(ctx, q); err != nil {
			return err
		}
		if len(page) < verifyPage {
			break
		}
	}
	out.Head = head
	var hash journal.Hash
	out.Entries, hash = w.Head()
	if k == record {
		v.report.Streams = w.Streams()
	}
	return lines.end(out.Entries, hash)
}

func (v *verifier) entry(k chain, w *journal.Walker, r journal.Record, lines *lineCheck) error {
	problem := func(err error) error {
		var b *journal.Broken
		differs := err.Error()
		if errors.As(err, &b) {
			differs = b.Differs
		}
		return &Problem{Chain: k.kind(), Stream: string(r.Stream), Position: r.Position, Differs: differs}
	}
	if err := w.Next(r); err != nil {
		return problem(err)
	}
	if err := r.Check(); err != nil {
		return problem(err)
	}
	if _, err := r.Meta(); err != nil {
		return problem(err)
	}
	if k == record {
		v.quote(r)
	}
	return lines.at(r.Position, r.Hash, string(r.Stream))
}

// commands sees that every entry belongs to the command remembered for its
// place, and that no command remembers entries that are not there.
func (v *verifier) commands(ctx context.Context, q querier) error {
	clinic := string(v.s.o.Clinic)
	p := Problem{Chain: kindRecord, Differs: "what is remembered of its command does not fit"}
	stray, err := one(ctx, q, []any{&p.Position, &p.Stream}, `SELECT event.position, event.stream FROM event
		LEFT JOIN command ON command.clinic = event.clinic AND command.command = event.command
		WHERE event.clinic = ? AND (command.command IS NULL OR event.command_index <> event.position - command.position
			OR event.command_index >= command.entries) ORDER BY event.position LIMIT 1`, clinic)
	if err != nil {
		return err
	}
	if stray {
		return &p
	}
	var n, entries int64
	if _, err := one(ctx, q, []any{&n, &entries}, "SELECT COUNT(*), CAST(COALESCE(SUM(entries), 0) AS BIGINT) FROM command WHERE clinic = ?", clinic); err != nil {
		return err
	}
	v.report.Commands = n
	if entries != v.report.Record.Entries {
		return &Problem{Chain: kindRecord, Differs: fmt.Sprintf("commands remember %d entries, the log has %d", entries, v.report.Record.Entries)}
	}
	return nil
}

// head reads a signed head row.
func (v *verifier) head(name string, read func() (journal.Checkpoint, error)) (journal.Checkpoint, error) {
	c, err := read()
	if err != nil {
		return c, fmt.Errorf("read head of %s: %w", name, err)
	}
	if err := v.s.signer.verify(c); err != nil {
		return c, &Problem{Chain: name, Position: c.Position, Differs: "head row: " + err.Error()}
	}
	return c, nil
}
