package sqlstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

const linesFile = "checkpoints.log"

// lineLog is checkpoints.log: one line per log and commit, written after the
// commit and not synced. A line behind its log is a crash; one ahead of it
// means that the log was cut.
type lineLog struct {
	mu sync.Mutex // held for one write: record and telemetry writers share the file
	f  *os.File
}

// openLineLog opens the file for appending, without a last line that was cut
// short by a power failure.
func openLineLog(dir string) (*lineLog, error) {
	f, err := os.OpenFile(filepath.Join(dir, linesFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", linesFile, err)
	}
	if err := cutTorn(f); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", linesFile, err), f.Close())
	}
	return &lineLog{f: f}, nil
}

func cutTorn(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	tail := make([]byte, min(size, 4*journal.MaxCheckpoint))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return err
	}
	if torn := len(tail) - 1 - bytes.LastIndexByte(tail, '\n'); torn > 0 {
		return f.Truncate(size - int64(torn))
	}
	return nil
}

// append writes the lines in one call, so that a killed process leaves none torn.
func (l *lineLog) append(signed []journal.Checkpoint) error {
	if len(signed) == 0 {
		return nil
	}
	var b []byte
	for _, c := range signed {
		b = append(append(b, c.Line()...), '\n')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.f.Write(b); err != nil {
		// A full disk may have taken half a line: the next one must not follow it.
		return errors.Join(err, cutTorn(l.f))
	}
	return nil
}

func (l *lineLog) close() error { return l.f.Close() }

// linesSize is how long the file is now; 0 when there is none.
func linesSize(dir string) (int64, error) {
	info, err := os.Stat(filepath.Join(dir, linesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// eachLine reads the lines of one log, oldest first, from the first size
// bytes of the file. A last line without an end is a crash.
func eachLine(dir string, size int64, clinic ident.Clinic, log ident.Log, f func(journal.Checkpoint) error) error {
	file, err := os.Open(filepath.Join(dir, linesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", linesFile, err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	mark := []byte(" " + string(clinic) + " " + string(log) + " ")
	r := bufio.NewReaderSize(io.LimitReader(file, size), 64<<10)
	for number := 1; ; number++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", linesFile, err)
		}
		if !bytes.Contains(line, mark) {
			continue
		}
		c, err := journal.ParseCheckpoint(string(line[:len(line)-1]))
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", linesFile, number, err)
		}
		if err := f(c); err != nil {
			return err
		}
	}
}

// compareLines is the cheap look at every start: the heads against the last
// line of each log. Verify is the whole one.
func (s *Store) compareLines(ctx context.Context) ([]string, error) {
	size, err := linesSize(s.o.Dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, l := range s.logs() {
		head, err := l.head(ctx)
		if err != nil {
			return nil, err
		}
		if err := s.signer.verify(head); err != nil {
			found = append(found, fmt.Sprintf("head of %s: %v", l.name, err))
		}
		var last journal.Checkpoint
		if err := eachLine(s.o.Dir, size, s.o.Clinic, l.log, func(c journal.Checkpoint) error { last = c; return nil }); err != nil {
			found = append(found, err.Error())
			continue
		}
		if last.Position > head.Position || last.Position == head.Position && last.Position > 0 && last.Hash != head.Hash {
			found = append(found, fmt.Sprintf("%s stands at %d, but a checkpoint was signed at %d: entries are missing or changed", l.name, head.Position, last.Position))
		}
	}
	return found, nil
}

// namedLog is one of the clinic's three logs.
type namedLog struct {
	name string
	log  ident.Log
	head func(context.Context) (journal.Checkpoint, error)
}

func (s *Store) logs() []namedLog {
	of := func(k chain) func(context.Context) (journal.Checkpoint, error) {
		return func(ctx context.Context) (journal.Checkpoint, error) { return s.checkpoint(ctx, s.db.readRecord(), k) }
	}
	return []namedLog{
		{"record", s.recordLog, of(record)},
		{"audit", s.auditLog, of(audit)},
		{"telemetry", s.telemetryLog, func(ctx context.Context) (journal.Checkpoint, error) {
			return s.telemetryCheckpoint(ctx, s.db.readTelemetry())
		}},
	}
}
