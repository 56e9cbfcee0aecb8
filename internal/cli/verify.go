package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/store/postgres"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// storeFlags say which record a tool looks at.
type storeFlags struct {
	Data     string `help:"Data directory: key and checkpoints.log, and the record where no database is named." required:"" placeholder:"DIR" env:"STILLWATCH_DATA"`
	Database string `help:"PostgreSQL address of the record, as given to serve." placeholder:"URL" env:"STILLWATCH_DATABASE"`
	Clinic   string `help:"Short name of the clinic; every clinic found when not given." env:"STILLWATCH_CLINIC"`
}

// where names the place in messages. An address may hold a password.
func (f storeFlags) where() string {
	if f.Database != "" {
		return "the database"
	}
	return f.Data
}

func (f storeFlags) open(ctx context.Context, readOnly bool) (*sqlstore.DB, error) {
	if f.Database != "" {
		return postgres.OpenDB(ctx, f.Database, "", readOnly)
	}
	if !sqlite.Exists(f.Data) {
		return nil, fmt.Errorf("%s holds no record", f.Data)
	}
	return sqlite.OpenDB(ctx, f.Data, readOnly)
}

// clinics lists the clinics to look at. A tool makes no record: a clinic that
// is named must be there.
func (f storeFlags) clinics(ctx context.Context) ([]ident.Clinic, error) {
	db, err := f.open(ctx, true)
	if err != nil {
		return nil, err
	}
	found, err := db.Clinics(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("%s holds no record that can be read: %w", f.where(), err)
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s holds no clinic", f.where())
	case f.Clinic == "":
		return found, nil
	case slices.Contains(found, ident.Clinic(f.Clinic)):
		return []ident.Clinic{ident.Clinic(f.Clinic)}, nil
	}
	return nil, fmt.Errorf("%s holds no clinic %q", f.where(), f.Clinic)
}

// each opens the record of each clinic in turn.
func (f storeFlags) each(e *env, clinics []ident.Clinic, readOnly bool, do func(*sqlstore.Store) error) (err error) {
	db, err := f.open(e.ctx, readOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, c := range clinics {
		s, err := db.Open(e.ctx, sqlstore.Options{
			Clinic: c, Dir: f.Data, Projections: []sqlstore.Projection{project.Sessions{}, project.Courses{}}, Now: time.Now,
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
	Checkpoint string `help:"Compare with what was kept outside: a line of checkpoints.log from a backup, or the head printed at the end of a record (its entry number and whole hash)." placeholder:"FILE"`
}

// Help is shown below the flags.
func (verifyCmd) Help() string {
	return `Walks the three chains of each clinic (record, audit, telemetry), every row of personal detail, the signed heads and checkpoints.log. Prints counts and the heads, or the first thing that does not fit: chain, stream, position and what differs. It changes nothing and may run beside a server.

The status is 0 when everything fits, 1 when something does not, 2 when it could not look. doc/journal-format.md says what is checked, and what this cannot show.`
}

func (c verifyCmd) Run(e *env) error {
	clinics, err := c.clinics(e.ctx)
	if err != nil {
		return err
	}
	var o outside
	if c.Checkpoint != "" {
		if o, err = readOutside(c.Checkpoint); err == nil {
			err = o.check(clinics)
		}
		if err != nil {
			return err
		}
	}
	sound := true
	err = c.each(e, clinics, true, func(s *sqlstore.Store) error {
		report, err := s.Verify(e.ctx, o.options(s.Clinic()))
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

// outside is what was kept outside the record.
type outside struct {
	checkpoint *journal.Checkpoint
	printed    *sqlstore.Printed
}

// check sees that there is something here to compare it with.
func (o outside) check(clinics []ident.Clinic) error {
	if o.checkpoint != nil && !slices.Contains(clinics, o.checkpoint.Clinic) {
		return fmt.Errorf("the checkpoint given is of clinic %s, which is not looked at", o.checkpoint.Clinic)
	}
	if o.printed != nil && len(clinics) > 1 {
		return errors.New("a printed head does not say whose it is: name the clinic with --clinic")
	}
	return nil
}

// options are those of one clinic: a checkpoint is another clinic's business.
func (o outside) options(c ident.Clinic) sqlstore.VerifyOptions {
	v := sqlstore.VerifyOptions{Printed: o.printed}
	if o.checkpoint != nil && o.checkpoint.Clinic == c {
		v.Checkpoint = o.checkpoint
	}
	return v
}

const maxCheckpoint = 64 << 10

// readOutside reads the last line of a file: a checkpoint, or a printed head.
func readOutside(path string) (outside, error) {
	f, err := os.Open(path)
	if err != nil {
		return outside{}, fmt.Errorf("read checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxCheckpoint+1))
	if err != nil {
		return outside{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(raw) > maxCheckpoint {
		return outside{}, fmt.Errorf("read checkpoint: larger than %d bytes; give the one line to compare with", maxCheckpoint)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if p, ok := parsePrinted(last); ok {
		return outside{printed: &p}, nil
	}
	cp, err := journal.ParseCheckpoint(last)
	if err != nil {
		return outside{}, fmt.Errorf("read checkpoint %s: %w; or a printed head: entry number and hash", path, err)
	}
	return outside{checkpoint: &cp}, nil
}

// parsePrinted reads a head as the end of a printed record shows it: "entry
// 4211, 3f7a…, 14:01:05", or typed as number and hash. The hash must be whole.
func parsePrinted(line string) (sqlstore.Printed, bool) {
	m := regexp.MustCompile(`^(?:entry )?([1-9][0-9]{0,17}),? ([0-9a-f]{64})(?:,.*)?$`).FindStringSubmatch(line)
	if m == nil {
		return sqlstore.Printed{}, false
	}
	position, err1 := strconv.ParseInt(m[1], 10, 64)
	hash, err2 := hex.DecodeString(m[2])
	if errors.Join(err1, err2) != nil {
		return sqlstore.Printed{}, false
	}
	return sqlstore.Printed{Position: position, Hash: journal.Hash(hash)}, true
}

type rebuildCmd struct {
	storeFlags
	Check bool `help:"Change nothing; say what would differ, and end with status 1 if anything does."`
}

// Help is shown below the flags.
func (rebuildCmd) Help() string {
	return `Folds the whole record into its projections again and puts the result in their place, in one transaction. Stop the server first. With --check it only compares, and may run beside a server.`
}

func (c rebuildCmd) Run(e *env) error {
	clinics, err := c.clinics(e.ctx)
	if err != nil {
		return err
	}
	same := true
	err = c.each(e, clinics, c.Check, func(s *sqlstore.Store) error {
		report, err := s.Rebuild(e.ctx, c.Check)
		if err != nil {
			return err
		}
		same = same && !report.Differs()
		_, err = fmt.Fprintf(e.out, "clinic %s: %s", s.Clinic(), report.Text())
		return err
	})
	if err == nil && c.Check && !same {
		return errFailed
	}
	return err
}
