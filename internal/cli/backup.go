package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/stillwatch/stillwatch/internal/backup"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

type backupCmd struct {
	Data  string `help:"Data directory to copy; a server may be running on it." required:"" placeholder:"DIR" env:"STILLWATCH_DATA"`
	To    string `help:"Directory of the copies, on another disk. Each run adds a snapshot; what did not change is not written again." required:"" placeholder:"DIR" env:"STILLWATCH_BACKUP"`
	Drill bool   `help:"Then restore the snapshot aside (in TMPDIR) and verify it."`
	Prune bool   `help:"Then let go what need not stay: all of two days, the last of each day for 90 days and of each month for ten years stay."`
}

// Help is shown below the flags.
func (backupCmd) Help() string {
	return `Makes one snapshot of the embedded database and the keys beside it. A server that keeps copies itself (serve --backup DIR) does this every minute, restores one each night for proof, and has the directory to itself while it runs.

A copy holds personal data and the key that signs checkpoints: guard it as the record. PostgreSQL is backed up with its own tools.`
}

func (c backupCmd) Run(e *env) (err error) {
	flags := storeFlags{Data: c.Data}
	clinics, err := flags.clinics(e.ctx)
	if err != nil {
		return err
	}
	var heads []backup.Head
	err = flags.each(e, clinics, true, func(s *sqlstore.Store) error {
		position, hash, err := s.Head(e.ctx)
		heads = append(heads, backup.Head{Clinic: string(s.Clinic()), Log: "record", Position: position, Hash: backup.Hash(hash).String()})
		return err
	})
	if err != nil {
		return err
	}
	parts, err := server.CopyParts(c.Data)
	if err != nil {
		return err
	}
	place, err := backup.Open(c.To)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	made, err := place.Snapshot(e.ctx, time.Now(), parts, heads)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(e.out, "snapshot %s: %d files, %d new blocks of %d kB\n", made.MadeAt.Format(time.RFC3339), len(made.Files), made.Blocks, made.Bytes>>10); err != nil {
		return err
	}
	if c.Drill {
		if err := c.drill(e, place, made.Manifest, clinics); err != nil {
			return err
		}
	}
	if !c.Prune {
		return nil
	}
	snapshots, blocks, err := place.Prune(backup.DefaultKeep(), time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "let go: %d snapshots, %d blocks\n", snapshots, blocks)
	return err
}

func (c backupCmd) drill(e *env, place *backup.Place, m backup.Manifest, clinics []ident.Clinic) error {
	for _, clinic := range clinics {
		d, err := server.Drill(e.ctx, place, m, clinic, time.Now)
		if err != nil {
			return err
		}
		if !d.Sound {
			if _, err := fmt.Fprintf(e.out, "clinic %s: the snapshot does NOT restore soundly: %s\n", clinic, d.Found); err != nil {
				return err
			}
			return errFailed
		}
		if _, err := fmt.Fprintf(e.out, "clinic %s: restored aside and verified, %d entries\n", clinic, d.Entries); err != nil {
			return err
		}
	}
	return nil
}

type restoreCmd struct {
	From string    `help:"Directory of the copies." required:"" placeholder:"DIR"`
	Data string    `help:"New or empty directory for the restored record." placeholder:"DIR" xor:"what" required:""`
	List bool      `help:"Only list what can be restored." xor:"what" required:""`
	At   time.Time `help:"Restore as of this moment: the newest snapshot from then or before. The newest of all otherwise." placeholder:"RFC3339"`
}

// Help is shown below the flags.
func (restoreCmd) Help() string {
	return `Puts a snapshot's files into a new directory, compares every byte with its hash, walks every chain and says what was found. Then start the server on that directory: stillwatch serve --data DIR.

First make sure that the old server is stopped and stays so: two records that go on from one copy cannot be joined. What was written after the snapshot is not in it; tablets send again what they still hold.`
}

func (c restoreCmd) Run(e *env) error {
	place, err := backup.OpenReading(c.From)
	if err != nil {
		return err
	}
	if c.List {
		return c.list(e, place)
	}
	m, err := place.At(c.At)
	if err != nil {
		return err
	}
	if err := place.Restore(e.ctx, m, c.Data); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(e.out, "restored to %s as of %s\n", c.Data, m.MadeAt.Format(time.RFC3339)); err != nil {
		return err
	}
	if !sqlite.Exists(c.Data) {
		return fmt.Errorf("the snapshot holds no record: %w", fs.ErrNotExist)
	}
	return verifyCmd{storeFlags: storeFlags{Data: c.Data}}.Run(e)
}

func (c restoreCmd) list(e *env, place *backup.Place) error {
	all, fault := place.Snapshots()
	for _, m := range all {
		var size int64
		for _, f := range m.Files {
			size += f.Size
		}
		entries := ""
		for _, h := range m.Heads {
			entries += fmt.Sprintf(", clinic %s to entry %d", h.Clinic, h.Position)
		}
		if _, err := fmt.Fprintf(e.out, "%s  %d kB%s\n", m.MadeAt.Format(time.RFC3339Nano), size>>10, entries); err != nil {
			return err
		}
	}
	return fault
}
