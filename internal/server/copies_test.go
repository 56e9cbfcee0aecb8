package server

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/backup"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// kept begins to keep copies of the place's record in a new directory.
func (h *place) kept() (dir string) {
	h.t.Helper()
	dir = filepath.Join(h.t.TempDir(), "copies")
	h.cfg.Backup = dir
	if err := h.openCopies(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return dir
}

func (h *place) copyTick() {
	h.t.Helper()
	if err := h.copyWhenDue(h.t.Context(), h.now()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *place) snapshots(dir string) []backup.Manifest {
	h.t.Helper()
	p, err := backup.OpenReading(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := p.Snapshots()
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// restored is the record of the newest copy.
func (h *place) restored(dir string) sqlstore.Report {
	h.t.Helper()
	p, err := backup.OpenReading(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := p.At(time.Time{})
	if err != nil {
		h.t.Fatal(err)
	}
	to := filepath.Join(h.t.TempDir(), "data")
	if err := p.Restore(h.t.Context(), m, to); err != nil {
		h.t.Fatal(err)
	}
	s, err := sqlite.Open(h.t.Context(), sqlite.Options{ReadOnly: true, Options: sqlstore.Options{
		Clinic: "test", Dir: to, Now: h.now, Random: random, Log: slog.New(slog.DiscardHandler),
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := s.Verify(h.t.Context(), sqlstore.VerifyOptions{})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		h.t.Fatal(err)
	}
	return r
}

func TestCopies_EveryMinuteSomethingChanged(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	dir := h.kept()
	n := h.nurse()
	b := h.bedside()
	h.copyTick()
	if got := len(h.snapshots(dir)); got != 1 {
		t.Fatalf("%d copies at the start, want 1", got)
	}
	b.linked(n) // the record moves
	h.copyTick()
	if got := len(h.snapshots(dir)); got != 1 {
		t.Errorf("%d copies within the same minute, want 1", got)
	}
	h.later(time.Minute)
	h.copyTick()
	if got := len(h.snapshots(dir)); got != 2 {
		t.Errorf("%d copies a minute after a change, want 2", got)
	}
	h.later(time.Minute)
	h.copyTick()
	if got := len(h.snapshots(dir)); got != 2 {
		t.Errorf("%d copies a minute after nothing changed, want 2", got)
	}
	b.sends(oxygen("1.2.1.1", "97")) // telemetry moves
	h.later(time.Minute)
	h.copyTick()
	if got := len(h.snapshots(dir)); got != 3 {
		t.Errorf("%d copies a minute after a monitor sent something, want 3", got)
	}
	head, _, err := h.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := h.restored(dir); !r.OK() || r.Record.Entries != head {
		t.Errorf("the newest copy holds %d entries, the record %d (%v)", r.Record.Entries, head, r.Problem)
	}
	if _, text := h.healthz(); strings.Contains(text, "backup:") {
		t.Errorf("all is well and healthz says\n%s", text)
	}
}

// TestCopies_DrilledEachNight: a copy that was never restored is a hope. What
// a drill showed stands in the record of the house.
func TestCopies_DrilledEachNight(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	dir := h.kept()
	h.copyTick()
	first, err := h.App().House(t.Context())
	if err != nil || first.Drill == nil || !first.Drill.Sound || !first.Drill.At.Equal(h.now()) {
		t.Fatalf("the first copy was not proved: %+v, %v", first.Drill, err)
	}
	h.later(time.Hour)
	h.copyTick()
	if again, err := h.App().House(t.Context()); err != nil || !again.Drill.At.Equal(first.Drill.At) {
		t.Errorf("drilled again within the day: %+v, %v", again.Drill, err)
	}
	h.later(14*time.Hour + 48*time.Minute - time.Second) // 02:00 less a second
	h.copyTick()
	if again, err := h.App().House(t.Context()); err != nil || !again.Drill.At.Equal(first.Drill.At) {
		t.Errorf("drilled before the night's hour: %+v, %v", again.Drill, err)
	}
	h.later(2 * time.Minute)
	h.copyTick()
	night, err := h.App().House(t.Context())
	if err != nil || night.Drill.At.Equal(first.Drill.At) || !night.Drill.Sound {
		t.Fatalf("not drilled at night: %+v, %v", night.Drill, err)
	}

	// The disk of the copies goes bad: the next night says so, loudly.
	blocks, err := filepath.Glob(filepath.Join(dir, "blocks", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range blocks {
		if err := os.Truncate(path, 1); err != nil {
			t.Fatal(err)
		}
	}
	h.later(24 * time.Hour)
	h.copyTick()
	bad, err := h.App().House(t.Context())
	if err != nil || bad.Drill.Sound || bad.Drill.Found == "" {
		t.Errorf("a copy that cannot be restored was taken for sound: %+v, %v", bad.Drill, err)
	}
	status, text := h.healthz()
	if status != http.StatusOK || !strings.Contains(text, "backup: the copy of") {
		t.Errorf("healthz says %d\n%s", status, text)
	}
}

func TestCopies_SayWhenTheyCannotBeMade(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	if _, text := h.healthz(); !strings.Contains(text, "backup: no backup is kept") {
		t.Errorf("without any backup healthz says\n%s", text)
	}
	dir := h.kept()
	h.copyTick()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	h.later(6 * time.Minute)
	if err := h.copyWhenDue(t.Context(), h.now()); err == nil {
		t.Error("the directory of the copies is gone and a copy was made")
	}
	if _, text := h.healthz(); !strings.Contains(text, "backup: snapshot:") {
		t.Errorf("with the directory gone healthz says\n%s", text)
	}
	h.copies.fault = nil
	h.later(copyLate)
	if _, text := h.healthz(); !strings.Contains(text, "backup: the newest copy is of 23 November 2026 10:12") {
		t.Errorf("with an old copy healthz says\n%s", text)
	}
}

func TestCopies_RefuseWhereTheyWouldNotHelp(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	for dir, says := range map[string]string{
		filepath.Join(h.cfg.Data, "backup"): "must not lie in the data directory",
		h.cfg.Data:                          "must not lie in the data directory",
	} {
		h.cfg.Backup = dir
		if err := h.openCopies(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("copies in %s: %v", dir, err)
		}
	}
	h.cfg.Backup, h.cfg.Database = t.TempDir(), "postgres://x"
	if err := h.openCopies(t.Context()); err == nil || !strings.Contains(err.Error(), "its own tools") {
		t.Errorf("copies of PostgreSQL: %v", err)
	}
	h.cfg.Database = ""
}
