package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var night = time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)

func content(b []byte) func(context.Context, io.Writer) error {
	return func(_ context.Context, w io.Writer) error {
		for len(b) > 0 { // in odd pieces, as a database hands out pages
			n := min(len(b), 4096)
			if _, err := w.Write(b[:n]); err != nil {
				return err
			}
			b = b[n:]
		}
		return nil
	}
}

func open(t *testing.T) (*Place, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "backups")
	p, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, dir
}

func snapshot(t *testing.T, p *Place, at time.Time, files map[string][]byte) Made {
	t.Helper()
	var parts []Part
	for _, name := range []string{"a.db", "b.db", "lines.log"} {
		if b, ok := files[name]; ok {
			parts = append(parts, Part{name, content(b)})
		}
	}
	m, err := p.Snapshot(t.Context(), at, parts, []Head{{Clinic: "clinic", Log: "record", Position: 7, Hash: "ab"}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRestore_GivesBackEveryByte(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, _ := open(t)
		files := map[string][]byte{
			"a.db":      bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(rt, "a"), rapid.IntRange(0, 1500).Draw(rt, "times")),
			"b.db":      rapid.SliceOfN(rapid.Byte(), 0, 70_000).Draw(rt, "b"),
			"lines.log": {},
		}
		snapshot(t, p, night, files)
		m, err := p.At(time.Time{})
		if err != nil {
			rt.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "data")
		if err := p.Restore(t.Context(), m, to); err != nil {
			rt.Fatal(err)
		}
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join(to, name))
			if err != nil || !bytes.Equal(got, want) {
				rt.Errorf("%s came back otherwise (%d bytes, want %d): %v", name, len(got), len(want), err)
			}
		}
	})
}

// big is a file of more blocks than one index block lists; most are alike.
func big() []byte {
	b := make([]byte, BlockSize*(hashesPerBlock+2)+17)
	for _, i := range []int{0, 1, 3, 900, hashesPerBlock, hashesPerBlock + 1} {
		b[i*BlockSize+9] = byte(1 + i%250)
	}
	return b
}

func TestSnapshot_KeepsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	p, dir := open(t)
	data := big()
	first := snapshot(t, p, night, map[string][]byte{"a.db": data})
	if got := len(first.Files[0].Index); got != 2 {
		t.Errorf("%d index blocks, want 2", got)
	}
	data[3*BlockSize+5] ^= 1
	second := snapshot(t, p, night.Add(time.Minute), map[string][]byte{"a.db": data})
	if second.Blocks != 2 { // the changed one, and the list that names it
		t.Errorf("one changed byte cost %d blocks, want 2", second.Blocks)
	}
	if third := snapshot(t, p, night.Add(2*time.Minute), map[string][]byte{"a.db": data}); third.Blocks != 0 {
		t.Errorf("nothing changed and %d blocks were written", third.Blocks)
	}
	// Another process sees what is there as well.
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p.release = nil
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close() //nolint:errcheck // nothing was written that matters
	if m := snapshot(t, again, night.Add(3*time.Minute), map[string][]byte{"a.db": data}); m.Blocks != 0 {
		t.Errorf("after a restart %d blocks were written again", m.Blocks)
	}
	// The one before is what it was.
	m, err := again.At(night.Add(30 * time.Second))
	if err != nil || !m.MadeAt.Equal(night) {
		t.Fatalf("at 02:00:30: %v, %v", m.MadeAt, err)
	}
	to := filepath.Join(t.TempDir(), "data")
	if err := again.Restore(t.Context(), m, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "a.db")); err != nil || !bytes.Equal(got, big()) {
		t.Errorf("the first snapshot is not what it was: %v", err)
	}
}

func TestAt_NothingFromBefore(t *testing.T) {
	t.Parallel()
	p, _ := open(t)
	if _, err := p.At(time.Time{}); !errors.Is(err, ErrNone) {
		t.Errorf("an empty place: %v", err)
	}
	snapshot(t, p, night, map[string][]byte{"a.db": {1}})
	if _, err := p.At(night.Add(-time.Second)); !errors.Is(err, ErrNone) {
		t.Errorf("before the first: %v", err)
	}
}

// TestRestore_SaysWhatIsFaulty: a disk that lost or changed something is said
// with what and where, and leaves no directory that looks restored.
func TestRestore_SaysWhatIsFaulty(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]struct {
		do   func(t *testing.T, path string)
		want string
	}{
		"block gone":      {func(t *testing.T, path string) { must(t, os.Remove(path)) }, "missing"},
		"block cut short": {func(t *testing.T, path string) { must(t, os.Truncate(path, 3)) }, "cannot be read"},
		"block of another": {func(t *testing.T, path string) {
			other, _ := open(t)
			h, _, err := other.keep([]byte("something else"))
			must(t, err)
			b, err := os.ReadFile(other.path(h))
			must(t, err)
			must(t, os.WriteFile(path, b, 0o600))
		}, "holds something else"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := open(t)
			data := big()
			m := snapshot(t, p, night, map[string][]byte{"a.db": data})
			h, _, err := p.keep(data[BlockSize : 2*BlockSize])
			must(t, err)
			spoil.do(t, p.path(h))
			to := filepath.Join(t.TempDir(), "data")
			err = p.Restore(t.Context(), m.Manifest, to)
			if err == nil || !strings.Contains(err.Error(), spoil.want) || !strings.Contains(err.Error(), "a.db at 65536") {
				t.Errorf("said %v", err)
			}
			if left, _ := filepath.Glob(to + "*"); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRestore_RefusesWhatIsThere(t *testing.T) {
	t.Parallel()
	p, _ := open(t)
	m := snapshot(t, p, night, map[string][]byte{"a.db": {1}})
	to := t.TempDir()
	must(t, os.WriteFile(filepath.Join(to, "record.db"), []byte("precious"), 0o600))
	if err := p.Restore(t.Context(), m.Manifest, to); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restored over a record: %v", err)
	}
	empty := t.TempDir()
	must(t, p.Restore(t.Context(), m.Manifest, empty))
}

// TestSnapshot_IsWholeOrNotAtAll: one that ends in the middle leaves nothing
// that could be restored.
func TestSnapshot_IsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	p, _ := open(t)
	snapshot(t, p, night, map[string][]byte{"a.db": {1}})
	broken := errors.New("disk went away")
	_, err := p.Snapshot(t.Context(), night.Add(time.Minute), []Part{
		{"a.db", content(bytes.Repeat([]byte{2}, 3*BlockSize))},
		{"b.db", func(context.Context, io.Writer) error { return broken }},
	}, nil)
	if !errors.Is(err, broken) {
		t.Errorf("said %v", err)
	}
	if m, err := p.At(time.Time{}); err != nil || !m.MadeAt.Equal(night) {
		t.Errorf("the newest is %v, %v", m.MadeAt, err)
	}
	if _, err := p.Snapshot(t.Context(), night, []Part{{"a.db", content([]byte{9})}}, nil); err == nil {
		t.Error("a snapshot took the place of another")
	}
}

func TestOpen_OneWriter(t *testing.T) {
	t.Parallel()
	p, dir := open(t)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second writer: %v", err)
	}
	snapshot(t, p, night, map[string][]byte{"a.db": {1}})
	r, err := OpenReading(dir)
	must(t, err)
	if _, err := r.At(time.Time{}); err != nil {
		t.Errorf("a reader beside the writer: %v", err)
	}
	if _, err := r.Snapshot(t.Context(), night.Add(time.Hour), nil, nil); err == nil {
		t.Error("a reader wrote")
	}
}

func TestOpen_TakesNoOtherDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "holiday.jpg"), []byte("x"), 0o600))
	if _, err := Open(dir); err == nil {
		t.Error("a directory with other things was taken")
	}
	must(t, os.WriteFile(filepath.Join(dir, aboutFile), []byte("Backups of something else"), 0o600))
	if _, err := Open(dir); err == nil {
		t.Error("a directory of another format was taken")
	}
	if _, err := OpenReading(filepath.Join(dir, "none")); err == nil {
		t.Error("read what is not there")
	}
}

func TestPrune_KeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	p, _ := open(t)
	shared := bytes.Repeat([]byte{7}, BlockSize)
	for i := range 5 {
		own := bytes.Repeat([]byte{byte(100 + i)}, BlockSize)
		snapshot(t, p, night.Add(time.Duration(i)*time.Minute), map[string][]byte{"a.db": slices.Concat(shared, own)})
	}
	half := filepath.Join(p.dir, blocksDir, "aa")
	must(t, os.MkdirAll(half, 0o700))
	must(t, os.WriteFile(filepath.Join(half, ".new-1"), []byte("cut off"), 0o600))
	snapshots, blocks, err := p.Prune(Keep{All: 90 * time.Second}, night.Add(5*time.Minute))
	if err != nil || snapshots != 4 {
		t.Fatalf("removed %d snapshots, %v", snapshots, err)
	}
	if blocks != 2*4+1 { // of each its own block and its list, and the half one
		t.Errorf("removed %d blocks, want 9", blocks)
	}
	m, err := p.At(time.Time{})
	must(t, err)
	must(t, p.Restore(t.Context(), m, filepath.Join(t.TempDir(), "data")))
	// What was removed is written again when it is needed again.
	own := bytes.Repeat([]byte{100}, BlockSize)
	if made := snapshot(t, p, night.Add(time.Hour), map[string][]byte{"a.db": slices.Concat(shared, own)}); made.Blocks != 2 {
		t.Errorf("%d blocks were written, want 2", made.Blocks)
	}
}

// TestPrune_TouchesNothingWhenUnsure: a snapshot that cannot be read may need
// any block.
func TestPrune_TouchesNothingWhenUnsure(t *testing.T) {
	t.Parallel()
	p, _ := open(t)
	for i := range 3 {
		snapshot(t, p, night.Add(time.Duration(i)*time.Minute), map[string][]byte{"a.db": {byte(i)}})
	}
	odd := filepath.Join(p.dir, snapshotsDir, "20261126T030000.000000Z.json")
	must(t, os.WriteFile(odd, []byte("{"), 0o600))
	if n, blocks, err := p.Prune(Keep{}, night.Add(time.Hour)); err == nil || n+blocks > 0 {
		t.Errorf("removed %d snapshots and %d blocks, %v", n, blocks, err)
	}
	// Nor is an older one restored in its place in silence.
	if _, err := p.At(time.Time{}); err == nil {
		t.Error("the newest snapshot cannot be read, and nobody is told")
	}
	if m, err := p.At(night.Add(90 * time.Second)); err != nil || !m.MadeAt.Equal(night.Add(time.Minute)) {
		t.Errorf("one named by its time: %v, %v", m.MadeAt, err)
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		x, err := time.Parse("2006-01-02 15:04", s)
		must(t, err)
		return x
	}
	now := at("2026-11-26 12:00")
	k := Keep{All: 24 * time.Hour, Days: 7, Months: 3}
	for _, row := range []struct {
		made  string
		stays bool
	}{
		{"2026-07-31 23:00", false}, // more than three months
		{"2026-08-01 01:00", false}, // not the last of its month
		{"2026-08-31 01:00", true},  // the last of its month
		{"2026-11-18 23:00", false}, // the last of a day eight days ago
		{"2026-11-19 01:00", false},
		{"2026-11-19 02:00", true}, // the last of its day
		{"2026-11-25 11:00", false},
		{"2026-11-25 12:00", true}, // within a day
		{"2026-11-25 13:00", true},
		{"2026-11-26 11:59", true},
	} {
		all := []string{"2026-07-31 23:00", "2026-08-01 01:00", "2026-08-31 01:00", "2026-11-18 23:00", "2026-11-19 01:00", "2026-11-19 02:00", "2026-11-25 11:00", "2026-11-25 12:00", "2026-11-25 13:00", "2026-11-26 11:59"}
		var times []time.Time
		for _, s := range all {
			times = append(times, at(s))
		}
		i := slices.Index(all, row.made)
		if got := k.stays(times, now)[i]; got != row.stays {
			t.Errorf("the snapshot of %s stays: %v, want %v", row.made, got, row.stays)
		}
	}
	if got := (Keep{}).stays([]time.Time{at("2020-01-01 00:00")}, now); !got[0] {
		t.Error("the newest of all was not kept")
	}
}

func TestManifest_RefusesWhatCouldWriteElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "..", "../x", "a/b", `a\b`, ".hidden", "/etc/passwd"} {
		m := Manifest{Format: Format, MadeAt: night, Files: []File{{Name: name}}}
		if m.check() == nil {
			t.Errorf("a file named %q was taken", name)
		}
	}
	twice := Manifest{Format: Format, MadeAt: night, Files: []File{{Name: "a"}, {Name: "a"}}}
	if twice.check() == nil {
		t.Error("two files of one name")
	}
	if (Manifest{Format: "stillwatch/backup/2", MadeAt: night, Files: []File{{Name: "a"}}}).check() == nil {
		t.Error("an unknown format")
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":"stillwatch/backup/1","made_at":"2026-11-26T02:00:00Z","files":[{"name":"a.db","size":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","index":[]}]}`))
	f.Add([]byte(`{"format":"stillwatch/backup/1","made_at":"2026-11-26T02:00:00Z","files":[{"name":"../a","size":-1}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeManifest(b)
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if filepath.Base(file.Name) != file.Name || file.Size < 0 {
				t.Errorf("taken: %+v", file)
			}
		}
	})
}
