package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Hash is the SHA-256 of a block or a file.
type Hash [sha256.Size]byte

// MarshalText writes hex digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads hex digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return errors.New("a hash is 64 hex digits")
	}
	_, err := hex.Decode(h[:], text)
	return err
}

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// File is one file of a snapshot. Index are the blocks that hold, one after
// another, the hashes of the file's own blocks.
type File struct {
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Hash  Hash   `json:"sha256"`
	Index []Hash `json:"index"`
}

// Manifest is one snapshot: the files of a data directory at one moment.
type Manifest struct {
	Format string    `json:"format"`
	MadeAt time.Time `json:"made_at"`
	Heads  []Head    `json:"heads,omitempty"`
	Files  []File    `json:"files"`
}

// check refuses a manifest that could write outside its directory or that
// does not add up.
func (m Manifest) check() error {
	if m.Format != Format {
		return fmt.Errorf("the snapshot's format is %q, not %q", m.Format, Format)
	}
	if m.MadeAt.IsZero() || len(m.Files) == 0 || len(m.Files) > 100 {
		return errors.New("the snapshot names no time or no files")
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		if f.Name == "" || f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") || strings.ContainsAny(f.Name, `/\`) || seen[f.Name] {
			return fmt.Errorf("the snapshot has a file of the odd name %q", f.Name)
		}
		seen[f.Name] = true
		if f.Size < 0 || int64(len(f.Index)) != ceil(ceil(f.Size, BlockSize), hashesPerBlock) {
			return fmt.Errorf("the snapshot's list of blocks does not fit the size of %s", f.Name)
		}
	}
	return nil
}

func ceil(n, by int64) int64 { return (n + by - 1) / by }

// name is the file a manifest stands in: names sort as their times do.
func (m Manifest) name() string { return m.MadeAt.UTC().Format("20060102T150405.000000Z") + ".json" }

func (p *Place) writeManifest(m Manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	path := filepath.Join(p.dir, snapshotsDir, m.name())
	if _, err := os.Stat(path); err == nil {
		return errors.New("there is a snapshot of the same moment")
	}
	return writeWhole(path, append(b, '\n'))
}

// Snapshots lists what can be restored, oldest first. One that cannot be read
// is named in the error, beside those that can.
func (p *Place) Snapshots() ([]Manifest, error) {
	names, err := p.names()
	if err != nil {
		return nil, wrap("list snapshots", err)
	}
	var out []Manifest
	var faults []error
	for _, name := range names {
		m, err := p.read(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		out = append(out, m)
	}
	return out, errors.Join(faults...)
}

func (p *Place) names() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(p.dir, snapshotsDir))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (p *Place) read(name string) (Manifest, error) {
	path := filepath.Join(p.dir, snapshotsDir, name)
	info, err := os.Stat(path)
	if err != nil {
		return Manifest{}, err
	}
	if info.Size() > maxManifest {
		return Manifest{}, fmt.Errorf("larger than %d bytes", maxManifest)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Manifest{}, err
	}
	return decodeManifest(b)
}

func decodeManifest(b []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, err
	}
	return m, m.check()
}

// ErrNone says that there is no snapshot to restore.
var ErrNone = errors.New("there is no snapshot from then or before")

// At is the newest snapshot made at t or before; a zero time is the newest of
// all. A newer one that cannot be read is never passed over in silence.
func (p *Place) At(t time.Time) (Manifest, error) {
	names, err := p.names()
	if err != nil {
		return Manifest{}, wrap("find snapshot", err)
	}
	for _, name := range slices.Backward(names) {
		made, err := time.Parse("20060102T150405.000000Z", strings.TrimSuffix(name, ".json"))
		if err != nil || !t.IsZero() && made.After(t) {
			continue
		}
		m, err := p.read(name)
		if err != nil {
			return Manifest{}, fmt.Errorf("find snapshot: the newest, %s, cannot be read: %w; name an earlier time to restore another", name, err)
		}
		return m, nil
	}
	return Manifest{}, ErrNone
}
