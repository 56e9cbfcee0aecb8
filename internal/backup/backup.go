// Package backup keeps copies of a data directory in another place.
//
// A place holds blocks, each named by the SHA-256 of what is in it, and
// snapshots, each a list of the blocks that make up the files of one moment.
// What did not change since the last snapshot is there already, so that one
// can be made every minute. doc/backup.md says how to restore by hand.
package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Format names the layout of a place; a reader refuses any other.
const Format = "stillwatch/backup/1"

// BlockSize is how much of a file one block holds, in bytes: sixteen pages of
// the database, so that a few changed pages cost few new blocks.
const BlockSize = 64 << 10

const (
	blocksDir    = "blocks"
	snapshotsDir = "snapshots"
	aboutFile    = "README.txt"
	lockFile     = "lock"
)

// maxManifest bounds a manifest that is read, in bytes.
const maxManifest = 16 << 20

// Part is one file of a data directory. Read writes its content as of one
// instant; parts are read in the order they are given.
type Part struct {
	Name string
	Read func(ctx context.Context, w io.Writer) error
}

// Head is where one log stood in a snapshot, as the record itself says.
type Head struct {
	Clinic   string `json:"clinic"`
	Log      string `json:"log"` // record, audit or telemetry
	Position int64  `json:"position"`
	Hash     string `json:"hash"`
}

// Place is a directory with backups, on another disk or machine than the record.
type Place struct {
	dir     string
	release func() error
	// known are blocks that were seen or written: they need not be looked for.
	known map[Hash]struct{}
	// unsynced are directories with new blocks whose names may not be on the disk yet.
	unsynced map[string]struct{}
}

// Open opens a place for one writer, making it when it is new. A directory
// that holds something else is refused.
func Open(dir string) (*Place, error) {
	if dir == "" {
		return nil, errors.New("open backup: no directory is given")
	}
	if err := claim(dir); err != nil {
		return nil, err
	}
	release, err := lock(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, err
	}
	return &Place{dir: dir, release: release, known: map[Hash]struct{}{}, unsynced: map[string]struct{}{}}, nil
}

// OpenReading opens a place to restore from; it changes nothing there.
func OpenReading(dir string) (*Place, error) {
	if err := checkFormat(dir); err != nil {
		return nil, err
	}
	return &Place{dir: dir}, nil
}

// Close lets another writer in.
func (p *Place) Close() error {
	if p.release == nil {
		return nil
	}
	return p.release()
}

// Made says what a snapshot is and what it cost.
type Made struct {
	Manifest
	// Blocks that were not there before, and the bytes they hold.
	Blocks int
	Bytes  int64
	Took   time.Duration
}

// Snapshot copies the parts as they stand now. It exists, whole, or not at
// all: its list is written last, when every block is on the disk.
func (p *Place) Snapshot(ctx context.Context, now time.Time, parts []Part, heads []Head) (Made, error) {
	if p.release == nil {
		return Made{}, errors.New("snapshot: the place was opened for reading")
	}
	made := Made{Manifest: Manifest{Format: Format, MadeAt: now.UTC().Truncate(time.Microsecond), Heads: heads}}
	for _, part := range parts {
		w := &cutter{place: p, made: &made}
		if err := part.Read(ctx, w); err != nil {
			return Made{}, wrap("snapshot: read "+part.Name, err)
		}
		f, err := w.finish(part.Name)
		if err != nil {
			return Made{}, wrap("snapshot: keep "+part.Name, err)
		}
		made.Files = append(made.Files, f)
	}
	if err := made.check(); err != nil {
		return Made{}, wrap("snapshot", err)
	}
	if err := p.sync(); err != nil {
		return Made{}, wrap("snapshot", err)
	}
	if err := p.writeManifest(made.Manifest); err != nil {
		return Made{}, wrap("snapshot", err)
	}
	return made, nil
}

// Restore puts a snapshot's files into a new or empty directory. Every block
// and every file is compared with its hash. On an error the directory holds
// nothing.
func (p *Place) Restore(ctx context.Context, m Manifest, dir string) error {
	if err := emptyOrNew(dir); err != nil {
		return wrap("restore", err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o700); err != nil {
		return wrap("restore", err)
	}
	part := filepath.Clean(dir) + ".partial"
	if err := os.Mkdir(part, 0o700); err != nil {
		return wrap("restore: an earlier try may have left it, remove it", err)
	}
	err := p.fill(ctx, m, part)
	if err == nil {
		err = moveInto(part, dir)
	}
	if err != nil {
		return wrap("restore", errors.Join(err, os.RemoveAll(part)))
	}
	return nil
}

func (p *Place) fill(ctx context.Context, m Manifest, dir string) error {
	for _, f := range m.Files {
		if err := p.writeFile(ctx, f, filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	return syncDir(dir)
}
