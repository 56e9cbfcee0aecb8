package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// storeFlags say which record a tool looks at.
type storeFlags struct {
	Data   string `help:"Data directory." required:"" placeholder:"DIR" env:"STILLWATCH_DATA"`
	Clinic string `help:"Short name of the clinic; every clinic of the directory when not given." env:"STILLWATCH_CLINIC"`
}

// each opens every clinic's record in turn.
func (f storeFlags) each(e *env, readOnly bool, do func(*sqlstore.Store) error) (err error) {
	if !sqlite.Exists(f.Data) {
		return fmt.Errorf("%s holds no record", f.Data)
	}
	db, err := sqlite.OpenDB(e.ctx, f.Data, readOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	clinics := []ident.Clinic{ident.Clinic(f.Clinic)}
	if f.Clinic == "" {
		if clinics, err = db.Clinics(e.ctx); err != nil {
			return err
		}
	}
	if len(clinics) == 0 {
		return fmt.Errorf("%s holds no clinic", f.Data)
	}
	for _, c := range clinics {
		s, err := db.Open(e.ctx, sqlstore.Options{
			Clinic: c, Dir: f.Data, Projections: []sqlstore.Projection{project.Sessions{}}, Now: time.Now,
			Random: func(b []byte) { _, _ = rand.Read(b) }, Log: logger(e.errOut),
		})
		if err != nil {
			return err
		}
		if err := errors.Join(do(s), s.Close()); err != nil {
			return err
		}
	}
	return nil
}

type verifyCmd struct {
	storeFlags
	Checkpoint string `help:"Compare with a checkpoint kept outside: a line of checkpoints.log, from a backup or a printed record." placeholder:"FILE"`
}

func (c verifyCmd) Run(e *env) error {
	var outside *journal.Checkpoint
	if c.Checkpoint != "" {
		cp, err := readCheckpoint(c.Checkpoint)
		if err != nil {
			return err
		}
		outside = &cp
	}
	sound := true
	err := c.each(e, true, func(s *sqlstore.Store) error {
		report, err := s.Verify(e.ctx, sqlstore.VerifyOptions{Checkpoint: outside})
		if err != nil {
			return err
		}
		sound = sound && report.OK()
		_, err = fmt.Fprint(e.out, report.Text())
		return err
	})
	if err == nil && !sound {
		return errFailed
	}
	return err
}

const maxCheckpoint = 64 << 10

// readCheckpoint reads the last line of a file of checkpoints.
func readCheckpoint(path string) (journal.Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return journal.Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxCheckpoint+1))
	if err != nil {
		return journal.Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(raw) > maxCheckpoint {
		return journal.Checkpoint{}, fmt.Errorf("read checkpoint: larger than %d bytes; give the one line to compare with", maxCheckpoint)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	cp, err := journal.ParseCheckpoint(lines[len(lines)-1])
	if err != nil {
		return journal.Checkpoint{}, fmt.Errorf("read checkpoint %s: %w", path, err)
	}
	return cp, nil
}

type rebuildCmd struct {
	storeFlags
	Check bool `help:"Change nothing; say what would differ, and end with status 1 if anything does."`
}

func (c rebuildCmd) Run(e *env) error {
	same := true
	err := c.each(e, false, func(s *sqlstore.Store) error {
		report, err := s.Rebuild(e.ctx, c.Check)
		if err != nil {
			return err
		}
		same = same && !report.Differs()
		_, err = fmt.Fprint(e.out, report.Text())
		return err
	})
	if err == nil && c.Check && !same {
		return errFailed
	}
	return err
}
