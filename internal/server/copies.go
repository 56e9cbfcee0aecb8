package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/backup"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/word"
)

const (
	// copyEvery is the least time between two copies; one that takes long
	// makes the next wait, so that copying never takes more than a twentieth
	// of the disk's time.
	copyEvery = time.Minute
	copyRest  = 20
	// drillHour is when, each night, a copy is restored aside and verified.
	drillHour = 2
	// copyLate and drillLate are when nobody may rely on the copies any more.
	copyLate  = 10 * time.Minute
	drillLate = 49 * time.Hour
)

// CopyParts are the files of a data directory for a backup, in the order that
// keeps them consistent: checkpoints.log is never ahead of the record, and the
// record never quotes telemetry that is not there.
func CopyParts(dir string) ([]backup.Part, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look at data directory: %w", err)
	}
	var small []string
	for _, e := range entries {
		name := e.Name()
		if e.Type().IsRegular() && name != "lock" && !strings.HasPrefix(name, ".") && !strings.Contains(name, ".db") {
			small = append(small, name)
		}
	}
	slices.SortFunc(small, func(a, b string) int { // checkpoints.log first
		if first := rank(a) - rank(b); first != 0 {
			return first
		}
		return strings.Compare(a, b)
	})
	var parts []backup.Part
	for _, name := range small {
		parts = append(parts, backup.Part{Name: name, Read: func(_ context.Context, w io.Writer) error {
			f, err := os.Open(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			_, err = io.Copy(w, f)
			return errors.Join(err, f.Close())
		}})
	}
	for _, name := range []string{sqlite.RecordFile, sqlite.TelemetryFile} {
		parts = append(parts, backup.Part{Name: name, Read: func(ctx context.Context, w io.Writer) error {
			return sqlite.Copy(ctx, dir, name, w)
		}})
	}
	return parts, nil
}

func rank(name string) int {
	if name == "checkpoints.log" {
		return 0
	}
	return 1
}

// Drill restores a snapshot into a directory of its own, verifies the clinic's
// record there, with the head that the snapshot was made at, and removes it.
func Drill(ctx context.Context, place *backup.Place, m backup.Manifest, clinic ident.Clinic, now func() time.Time) (house.Drill, error) {
	begun := now()
	parent, err := os.MkdirTemp("", "stillwatch-drill-")
	if err != nil {
		return house.Drill{}, fmt.Errorf("restore drill: %w", err)
	}
	d := house.Drill{SnapshotAt: m.MadeAt}
	err = place.Restore(ctx, m, filepath.Join(parent, "data"))
	if err == nil {
		d.Entries, d.Found, err = verifyCopy(ctx, filepath.Join(parent, "data"), m, clinic, now)
	} else if ctx.Err() == nil {
		d.Found, err = short(err.Error()), nil // what cannot be restored is what a drill is for
	}
	d.Sound = err == nil && d.Found == ""
	d.Seconds = int64(now().Sub(begun).Seconds())
	if err = errors.Join(err, os.RemoveAll(parent)); err != nil {
		return house.Drill{}, fmt.Errorf("restore drill: %w", err)
	}
	return d, nil
}

func verifyCopy(ctx context.Context, dir string, m backup.Manifest, clinic ident.Clinic, now func() time.Time) (entries int64, found string, err error) {
	s, err := sqlite.Open(ctx, sqlite.Options{ReadOnly: true, Options: sqlstore.Options{
		Clinic: clinic, Dir: dir, Projections: []sqlstore.Projection{project.Sessions{}, project.Courses{}}, Now: now, Random: random, Log: slog.New(slog.DiscardHandler),
	}})
	if err != nil {
		return 0, short(err.Error()), nil
	}
	var o sqlstore.VerifyOptions
	for _, h := range m.Heads {
		var hash backup.Hash
		if h.Clinic == string(clinic) && h.Log == "record" && h.Position > 0 && hash.UnmarshalText([]byte(h.Hash)) == nil {
			o.Printed = &sqlstore.Printed{Position: h.Position, Hash: [32]byte(hash)}
		}
	}
	report, err := s.Verify(ctx, o)
	if err = errors.Join(err, s.Close()); err != nil {
		return 0, "", err
	}
	if !report.OK() {
		return report.Record.Entries, short(report.Problem.Error()), nil
	}
	return report.Record.Entries, "", nil
}

// short bounds what a drill says it found.
func short(s string) string { return strings.ToValidUTF8(s[:min(len(s), 500)], "") }

// copies keeps the clinic's copies up to date.
type copies struct {
	dir   string
	place *backup.Place

	mu       sync.Mutex // held for a look or a note, never while copying
	begun    time.Time  // of the newest try
	took     time.Duration
	madeAt   time.Time // of the newest copy
	checked  time.Time // when it was last known to hold everything
	position int64     // of the record, and the telemetry's messages, in it
	messages uint64
	fault    error
	drill    *house.Drilled
}

// openCopies opens the place where copies go.
func (s *Server) openCopies(ctx context.Context) error {
	if s.cfg.Backup == "" {
		return nil
	}
	if s.cfg.Database != "" {
		return errors.New("--backup copies the embedded database: back PostgreSQL up with its own tools, and keep checkpoint.key and checkpoints.log with it")
	}
	data, err := filepath.Abs(s.cfg.Data)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(s.cfg.Backup)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(data, to); err == nil && !strings.HasPrefix(rel, "..") {
		return errors.New("--backup must not lie in the data directory: what takes the one takes the other")
	}
	place, err := backup.Open(to)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, place.Close)
	h, err := s.app.House(ctx)
	if err != nil {
		return err
	}
	s.copies = &copies{dir: data, place: place, drill: h.Drill}
	return nil
}

// keepCopies copies every minute and drills every night, until ctx ends.
func (s *Server) keepCopies(ctx context.Context) {
	defer s.work.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := s.copyWhenDue(ctx, s.cfg.Now()); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("backup failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// copyWhenDue makes a copy when one is due and something changed, and after
// the night's hour a drill.
func (s *Server) copyWhenDue(ctx context.Context, now time.Time) error {
	c := s.copies
	c.mu.Lock()
	due := c.begun.IsZero() || now.Sub(c.begun) >= max(copyEvery, copyRest*c.took)
	if due {
		c.begun = now
	}
	c.mu.Unlock()
	if !due {
		return nil
	}
	err := s.copyNow(ctx, now)
	if err == nil && s.drillDue(now) {
		err = s.drillNow(ctx, now)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = s.cfg.Now().Sub(now)
	if ctx.Err() == nil {
		c.fault = err
	}
	return err
}

func (s *Server) copyNow(ctx context.Context, now time.Time) error {
	c := s.copies
	position, hash, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	messages := s.app.Received().Messages
	c.mu.Lock()
	// The audit log moves with each read: it is copied with the next change,
	// and at the latest when a copy grows old.
	same := !c.madeAt.IsZero() && position == c.position && messages == c.messages && now.Sub(c.madeAt) < copyLate/2
	if same {
		c.checked = now
	}
	c.mu.Unlock()
	if same {
		return nil
	}
	parts, err := CopyParts(c.dir)
	if err != nil {
		return err
	}
	made, err := c.place.Snapshot(ctx, now, parts, []backup.Head{{
		Clinic: s.cfg.Clinic, Log: "record", Position: position, Hash: backup.Hash(hash).String(),
	}})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.madeAt, c.checked, c.position, c.messages = made.MadeAt, now, position, messages
	return nil
}

// drillDue: once a night, or at once where there never was a drill.
func (s *Server) drillDue(now time.Time) bool {
	c := s.copies
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drill == nil {
		return true
	}
	local := now.In(s.zone)
	night := time.Date(local.Year(), local.Month(), local.Day(), drillHour, 0, 0, 0, s.zone)
	return !local.Before(night) && c.drill.At.Before(night)
}

// drillNow restores the newest copy aside, records what that showed, and lets
// old copies go.
func (s *Server) drillNow(ctx context.Context, now time.Time) error {
	c := s.copies
	m, err := c.place.At(time.Time{})
	if err != nil {
		return err
	}
	d, err := Drill(ctx, c.place, m, ident.Clinic(s.cfg.Clinic), s.cfg.Now)
	if err != nil {
		return err
	}
	who := act.Actor{Kind: act.Job, Job: "backup", Proof: act.System}
	refusal, err := s.app.DoHouse(ctx, who, app.NewID[ident.Command](s.app), house.DrillRestore{Drill: d}, nil)
	if err != nil {
		return fmt.Errorf("record restore drill: %w", err)
	}
	if refusal != nil {
		return fmt.Errorf("record restore drill: %w", refusal)
	}
	c.mu.Lock()
	c.drill = &house.Drilled{Drill: d, At: now}
	c.mu.Unlock()
	if !d.Sound {
		return nil // Prune keeps away: the older copies may be what is needed
	}
	_, _, err = c.place.Prune(backup.DefaultKeep(), now.In(s.zone))
	return err
}

// copyHealth says whether the copies can be relied on.
func (s *Server) copyHealth(h *health) {
	c := s.copies
	if c == nil {
		if !s.cfg.Demo && s.cfg.Database == "" {
			h.part("backup", degraded, errors.New("no backup is kept: name a directory on another disk with --backup"), "")
		}
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := s.cfg.Now()
	fault := c.fault
	switch {
	case fault != nil:
		if errors.Is(fault, fs.ErrPermission) {
			fault = fmt.Errorf("the directory cannot be written: %w", fault)
		}
	case !c.madeAt.IsZero() && now.Sub(c.checked) > max(copyLate, 2*copyRest*c.took):
		fault = fmt.Errorf("the newest copy is of %s", word.Moment(c.checked.In(s.zone)))
	case c.drill != nil && !c.drill.Sound:
		fault = fmt.Errorf("the copy of %s does not restore soundly: %s", word.Moment(c.drill.SnapshotAt.In(s.zone)), c.drill.Found)
	case c.drill != nil && now.Sub(c.drill.At) > drillLate:
		fault = fmt.Errorf("no copy was restored for proof since %s", word.Moment(c.drill.At.In(s.zone)))
	}
	fine := "first copy being made"
	if !c.madeAt.IsZero() {
		fine = "newest copy " + word.Moment(c.madeAt.In(s.zone))
	}
	if c.drill != nil {
		fine += ", restored for proof " + word.Moment(c.drill.At.In(s.zone))
	}
	h.part("backup", degraded, fault, fine)
}
