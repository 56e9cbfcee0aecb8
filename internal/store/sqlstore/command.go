package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// commandRow is what is remembered of a command that was taken.
type commandRow struct {
	id       ident.Command
	digest   [32]byte
	position int64 // of its first entry; 0 when it has none
	entries  int
	recorded time.Time
}

func scanCommand(scan func(...any) error) (commandRow, error) {
	var c commandRow
	var digest []byte
	var recorded int64
	if err := scan(&c.id, &digest, &c.position, &c.entries, &recorded); err != nil {
		return commandRow{}, err
	}
	var ok bool
	if c.digest, ok = hashOf(digest); !ok {
		return commandRow{}, fmt.Errorf("command %s has a malformed digest", c.id)
	}
	c.recorded = time.UnixMicro(recorded).UTC()
	return c, nil
}

const commandList = "command, digest, position, entries, recorded_at"

// readCommands finds which commands of a group were taken before.
func (t *clinicTx) readCommands(ctx context.Context, ids []any) error {
	for _, size := range [...]int{64, 16, 4, 1} {
		for len(ids) >= size {
			args := append([]any{string(t.store.o.Clinic)}, ids[:size]...)
			err := each(ctx, t.c, func(scan func(...any) error) error {
				c, err := scanCommand(scan)
				t.commands[c.id] = c
				return err
			}, "SELECT "+commandList+" FROM command WHERE clinic = ? AND command IN ("+marks(size)+")", args...)
			if err != nil {
				return fmt.Errorf("look up commands: %w", err)
			}
			ids = ids[size:]
		}
	}
	return nil
}

var insertCommand = newInsertion("INSERT INTO command (clinic, "+commandList+")", "", 6)

func (t *clinicTx) insertCommands(ctx context.Context) error {
	args := make([]any, 0, len(t.fresh)*insertCommand.columns)
	for _, c := range t.fresh {
		args = append(args, string(t.store.o.Clinic), string(c.id), c.digest[:], c.position, int64(c.entries), c.recorded.UnixMicro())
	}
	return t.c.insert(ctx, insertCommand, args)
}

// replay answers a command that was taken before with its first records.
func (t *clinicTx) replay(ctx context.Context, c commandRow, digest [32]byte) (journal.Result, error) {
	if c.digest != digest {
		return journal.Result{}, journal.ErrDigest
	}
	result := journal.Result{Replayed: true}
	for _, r := range t.pending[record].records {
		if r.Command == c.id {
			result.Records = append(result.Records, r)
		}
	}
	if len(result.Records) > 0 || c.entries == 0 {
		return result, nil
	}
	var err error
	result.Records, err = commandRecords(ctx, t.c, t.store.o.Clinic, t.store.recordLog, c)
	return result, broken(err)
}

func commandRecords(ctx context.Context, q querier, clinic ident.Clinic, log ident.Log, c commandRow) ([]journal.Record, error) {
	if c.entries == 0 {
		return nil, nil
	}
	return entries(ctx, q, record, clinic, log, "position >= ? AND position < ? ORDER BY position", c.position, c.position+int64(c.entries))
}

// Outcome returns what a command left behind, if it was taken before.
func (s *Store) Outcome(ctx context.Context, id ident.Command, digest [32]byte) (journal.Result, bool, error) {
	var c commandRow
	found := false
	q := s.db.readRecord()
	err := each(ctx, q, func(scan func(...any) error) (err error) {
		found = true
		c, err = scanCommand(scan)
		return err
	}, "SELECT "+commandList+" FROM command WHERE clinic = ? AND command = ?", string(s.o.Clinic), string(id))
	if err != nil {
		return journal.Result{}, false, fmt.Errorf("look up command: %w", err)
	}
	if !found {
		return journal.Result{}, false, nil
	}
	if c.digest != digest {
		return journal.Result{}, false, fmt.Errorf("look up command: %w", journal.ErrDigest)
	}
	records, err := commandRecords(ctx, q, s.o.Clinic, s.recordLog, c)
	if err != nil {
		return journal.Result{}, false, fmt.Errorf("look up command: %w", err)
	}
	return journal.Result{Replayed: true, Records: records}, true, nil
}
