package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

func TestBackup_AndBack(t *testing.T) {
	t.Parallel()
	p := embedded(t.TempDir())
	storetest.Fill(t, p)
	copies := filepath.Join(t.TempDir(), "copies")
	out := want(t, 0, "restored aside and verified, 7 entries", "backup", "--data", p.Dir, "--to", copies, "--drill", "--prune")
	if !strings.Contains(out, "let go: 0 snapshots") {
		t.Errorf("said\n%s", out)
	}
	want(t, 0, "clinic test-clinic to entry 7", "restore", "--from", copies, "--list")

	to := filepath.Join(t.TempDir(), "restored")
	want(t, 0, "clinic test-clinic: every chain holds", "restore", "--from", copies, "--data", to)
	want(t, 0, "every chain holds", "verify", "--data", to)
	want(t, 2, "not empty", "restore", "--from", copies, "--data", to)
	want(t, 2, "no snapshot from then or before", "restore", "--from", copies, "--data", filepath.Join(t.TempDir(), "x"), "--at", "2020-01-01T00:00:00Z")

	// A second copy of the same record costs next to nothing.
	out = want(t, 0, "snapshot", "backup", "--data", p.Dir, "--to", copies)
	if !strings.Contains(out, " 0 new blocks") {
		t.Errorf("of an unchanged record: %s", out)
	}
	want(t, 2, "holds no record", "backup", "--data", t.TempDir(), "--to", copies)
	want(t, 2, "is no place of backups", "restore", "--from", t.TempDir(), "--list")
}

// TestBackup_DrillFindsAFaultyDisk: a copy that cannot be put together again
// is found by the drill, not on the day it is needed.
func TestBackup_DrillFindsAFaultyDisk(t *testing.T) {
	t.Parallel()
	p := embedded(t.TempDir())
	storetest.Fill(t, p)
	copies := filepath.Join(t.TempDir(), "copies")
	want(t, 0, "snapshot", "backup", "--data", p.Dir, "--to", copies)
	blocks, err := filepath.Glob(filepath.Join(copies, "blocks", "*", "*"))
	if err != nil || len(blocks) == 0 {
		t.Fatal("no blocks", err)
	}
	for _, b := range blocks {
		if err := os.Truncate(b, 2); err != nil {
			t.Fatal(err)
		}
	}
	want(t, 1, "does NOT restore soundly", "backup", "--data", p.Dir, "--to", copies, "--drill")
	want(t, 2, "cannot be read", "restore", "--from", copies, "--data", filepath.Join(t.TempDir(), "x"))
}
