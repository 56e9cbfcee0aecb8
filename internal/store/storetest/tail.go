package storetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// LinesFile is checkpoints.log of a place.
func (p Place) LinesFile() string { return filepath.Join(p.Dir, "checkpoints.log") }

// linesOf are the lines of checkpoints.log for one log, oldest first, and the
// file's whole text.
func (p Place) linesOf(t *testing.T, of journal.Checkpoint) (lines []journal.Checkpoint, text string) {
	t.Helper()
	raw, err := os.ReadFile(p.LinesFile())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		c, err := journal.ParseCheckpoint(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Log == of.Log {
			lines = append(lines, c)
		}
	}
	return lines, string(raw)
}

// RemoveTail removes the newest entry of the record ever more thoroughly: the
// entry and its command; the head row put back to an older one that was truly
// signed; its line of checkpoints.log. seen is called between. Then nothing
// in the place knows of the entry any more. newest is its checkpoint.
func RemoveTail(t *testing.T, p Place, newest journal.Checkpoint, seen func(what string)) {
	t.Helper()
	lines, text := p.linesOf(t, newest)
	older, last := lines[len(lines)-2], lines[len(lines)-1]
	tp := &tamperer{t: t, p: p, table: table{name: "event"}, db: p.Record(t)}
	tp.drop("position", newest.Position)
	tp.exec("DELETE FROM command WHERE position = "+tp.mark(1), newest.Position)
	seen("newest entry removed with its command")
	tp.exec("UPDATE log_head SET position = "+tp.mark(1)+", hash = "+tp.mark(2)+", signed_at = "+tp.mark(3)+", signature = "+tp.mark(4)+" WHERE kind = 'record'",
		older.Position, older.Hash[:], older.At.UnixMicro(), older.Signature)
	seen("newest entry removed, head row put back")
	cut := strings.Replace(text, last.Line()+"\n", "", 1)
	if err := os.WriteFile(p.LinesFile(), []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
}

func testRemovedTail(t *testing.T, p Place) {
	Fill(t, p)
	s := p.MustRead(t)
	outside, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	RemoveTail(t, p, outside, func(what string) {
		if MustVerify(t, s).OK() {
			t.Errorf("%s: not found", what)
		}
	})
	if r := MustVerify(t, s); !r.OK() {
		t.Errorf("the record, its head and checkpoints.log agree again: only something from outside can tell, but %v", r.Problem)
	}
	forged := outside
	forged.Position--
	for name, o := range map[string]struct {
		options sqlstore.VerifyOptions
		says    string
	}{
		"checkpoint":            {sqlstore.VerifyOptions{Checkpoint: &outside}, "tail was removed"},
		"printed head":          {sqlstore.VerifyOptions{Printed: &sqlstore.Printed{Position: outside.Position, Hash: outside.Hash}}, "tail was removed"},
		"checkpoint not signed": {sqlstore.VerifyOptions{Checkpoint: &forged}, "not signed"},
		"printed head misprint": {sqlstore.VerifyOptions{Printed: &sqlstore.Printed{Position: 1, Hash: outside.Hash}}, "another hash"},
	} {
		r, err := s.Verify(t.Context(), o.options)
		if err != nil || r.OK() || !strings.Contains(r.Problem.Differs, o.says) {
			t.Errorf("%s: %v, %v, want %q", name, r.Problem, err, o.says)
		}
	}
}

// testCrash loses what follows a commit: the last lines of checkpoints.log,
// or half a line. That is a crash and nothing else.
func testCrash(t *testing.T, p Place) {
	Fill(t, p)
	raw, err := os.ReadFile(p.LinesFile())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(raw), "\n"), "\n")
	behind := strings.Join(lines[:len(lines)-2], "")
	for name, left := range map[string]string{
		"two lines missing": behind, "half a line": behind + lines[len(lines)-2][:40], "no lines": "",
	} {
		if err := os.WriteFile(p.LinesFile(), []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := MustVerify(t, p.MustRead(t)); !r.OK() {
			t.Errorf("%s: %v", name, r.Problem)
		}
		s := p.MustOpen(t)
		if w := s.Warnings(); len(w) > 0 {
			t.Errorf("%s: opened with warnings %q", name, w)
		}
		MustAppend(t, s, Batch(Stream(), 0, "after the crash"))
		if r := MustVerify(t, s); !r.OK() {
			t.Errorf("%s, and an entry after it: %v", name, r.Problem)
		}
		MustClose(t, s)
	}
}

// testAhead puts an older state of the log under newer checkpoints, as
// someone does who restores a copy: the start says so, and verify finds it.
func testAhead(t *testing.T, p Place) {
	Fill(t, p)
	s := p.MustRead(t)
	newest, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(p.LinesFile())
	if err != nil {
		t.Fatal(err)
	}
	RemoveTail(t, p, newest, func(string) {})
	if err := os.WriteFile(p.LinesFile(), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := MustVerify(t, s); r.OK() || !strings.Contains(r.Problem.Differs, "tail was removed") {
		t.Errorf("checkpoints.log is ahead of the log: %s", r.Text())
	}
	w := p.MustOpen(t).Warnings()
	if len(w) != 1 || !strings.Contains(w[0], "record stands at 6, but a checkpoint was signed at 7") {
		t.Errorf("warnings at the start: %q", w)
	}
}
