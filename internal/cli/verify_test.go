package cli

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

func verifyCounts(t *testing.T, p site) {
	storetest.Fill(t, p.Place)
	out := want(t, 0, "clinic test-clinic: every chain holds", p.verify()...)
	for _, line := range []string{
		"record     7 entries in 3 streams, 6 commands, 1 details (1 more erased)\n", "audit      3 entries\n",
		"telemetry  3 chunks with 30 samples, 1 quoted by the record; 0 messages not sealed yet\n", "checkpoints.log fits: 10 lines\n",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("no line %q in\n%s", line, out)
		}
	}
	// What it prints can be kept, and compared with later.
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, head := range lines[len(lines)-3:] {
		want(t, 0, "what was given to compare with fits", p.verify("--checkpoint", file(t, fmt.Sprint("head", i), head))...)
	}
	want(t, 2, `no clinic "other"`, p.verify("--clinic", "other")...)
	want(t, 0, "every chain holds", p.verify("--clinic", "test-clinic")...)
}

// file writes what somebody kept outside the record.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// literal writes bytes in an engine's SQL.
func literal(p storetest.Place, b []byte) string {
	if p.Dialect.Numbered {
		return `'\x` + hex.EncodeToString(b) + `'`
	}
	return "x'" + hex.EncodeToString(b) + "'"
}

// flip changes one bit in the middle of the one value a query finds, and
// returns how to put it back.
func flip(t *testing.T, p storetest.Place, db *sql.DB, table, column, where string) (undo func()) {
	t.Helper()
	var content []byte
	if err := db.QueryRowContext(t.Context(), "SELECT "+column+" FROM "+table+" WHERE "+where).Scan(&content); err != nil {
		t.Fatal(err)
	}
	set := func(b []byte) { must(t, db, "UPDATE "+table+" SET "+column+" = "+literal(p, b)+" WHERE "+where) }
	changed := append([]byte(nil), content...)
	changed[len(changed)/2] ^= 1
	set(changed)
	return func() { set(content) }
}

// exchange swaps two entries.
func exchange(t *testing.T, db *sql.DB, a, b int) {
	t.Helper()
	for _, move := range [][2]int{{a, -1}, {b, a}, {-1, b}} {
		must(t, db, fmt.Sprintf("UPDATE event SET position = %d WHERE position = %d", move[1], move[0]))
	}
}

// verifyFindsTampering changes a record beneath the store, one thing at
// a time: each ends with status 1 and says where.
func verifyFindsTampering(t *testing.T, p site) {
	storetest.Fill(t, p.Place)
	record, telemetry := p.Record(t), p.Telemetry(t)
	found := func(undo func(), says ...string) {
		t.Helper()
		out := want(t, 1, "NOT WHAT WAS WRITTEN", p.verify()...)
		for _, s := range says {
			if !strings.Contains(out, s) {
				t.Errorf("no %q in\n%s", s, out)
			}
		}
		undo()
	}
	found(flip(t, p.Place, record, "event", "payload", "position = 2"), "record, session/", "position 2: hash stored", "not what was written")
	found(flip(t, p.Place, record, "audit", "payload", "position = 3"), "audit, audit/clinic, position 3")
	found(flip(t, p.Place, record, "detail", "body", "salt IS NOT NULL"), "record, session/", "position 3: the personal detail it refers to is not what was written")
	found(flip(t, p.Place, telemetry, "chunk", "body", "position = 2"), "telemetry, device "+string(storetest.Monitor)+", position 2", "not what was written")
	exchange(t, record, 1, 3)
	found(func() { exchange(t, record, 3, 1) }, "record, session/", "position 1: hash stored")
	want(t, 0, "every chain holds", p.verify()...) // all was put back
	must(t, record, "DELETE FROM event WHERE position = 4")
	found(func() {}, "position 5: position 4 is expected here: an entry is missing or out of order")
}

// verifyRemovedTail removes the newest entry so thoroughly that the
// place knows nothing of it: only what was kept outside tells.
func verifyRemovedTail(t *testing.T, p site) {
	storetest.Fill(t, p.Place)
	s := p.MustRead(t)
	newest, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	storetest.MustClose(t, s)
	saved := file(t, "saved", newest.Line())
	printed := file(t, "printed", fmt.Sprintf("entry %d, %x, 14:01:05", newest.Position, newest.Hash))
	want(t, 0, "what was given to compare with fits", p.verify("--checkpoint", saved)...)
	want(t, 0, "what was given to compare with fits", p.verify("--checkpoint", printed)...)

	storetest.RemoveTail(t, p.Place, newest, func(what string) {
		t.Log(what)
		want(t, 1, "stands at position 7: its tail was removed", p.verify()...)
	})
	want(t, 0, "record     6 entries", p.verify()...)
	want(t, 1, "record, position 6: the log ends here, but the checkpoint given stands at position 7: its tail was removed", p.verify("--checkpoint", saved)...)
	want(t, 1, "the printed head stands at position 7", p.verify("--checkpoint", printed)...)
}

func TestVerify_CannotLook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	want(t, 2, "holds no record", p.verify()...)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("looking made %v (%v)", left, err)
	}
	storetest.Fill(t, p.Place)
	elsewhere := "stillwatch/checkpoint/1 elsewhere 019cab3e-a680-7c01-8a2b-3c4d5e6f7081 2 " + strings.Repeat("0", 64) + " 2026-03-02T09:00:31.000000Z 00"
	for says, text := range map[string]string{
		"not a checkpoint line":                    "a note",
		"entry number and hash":                    "4211 3f7a9c0e5b1d2846",
		"clinic elsewhere, which is not looked at": elsewhere,
		"larger than":                              strings.Repeat("x", maxCheckpoint),
	} {
		want(t, 2, says, p.verify("--checkpoint", file(t, "outside", text))...)
	}
	want(t, 2, "read checkpoint", p.verify("--checkpoint", filepath.Join(dir, "none"))...)
	want(t, 2, "connection string cannot be read", p.verify("--database", "postgres://user:secret@[")...)
	if _, out, errOut := stillwatch(t, p.verify("--database", "postgres://user:secret@[")...); strings.Contains(out+errOut, "secret") {
		t.Error("the password of an address is printed")
	}
}
