package sqlite_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// killDir names the data directory to the child process, which is this test
// binary run again.
const killDir = "STILLWATCH_TEST_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	status := m.Run()
	records.remove()
	os.Exit(status)
}

// acknowledged is what the child heard as durable: one line each.
type acknowledged struct {
	mu  sync.Mutex // held for one write, so that lines stay whole
	out io.Writer
}

func (a *acknowledged) say(format string, args ...any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err := fmt.Fprintf(a.out, format+"\n", args...)
	return err
}

// writeUntilKilled appends and receives from several goroutines, saying each
// acknowledgement, and ends only with an error.
func writeUntilKilled(dir string) error {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Options{Options: storetest.Place{Dir: dir}.Options()})
	if err != nil {
		return err
	}
	if w := s.Warnings(); len(w) > 0 {
		return fmt.Errorf("opened with warnings: %q", w)
	}
	failed := make(chan error)
	said := &acknowledged{out: os.Stdout}
	for i := range 8 {
		go func() { failed <- appendOn(ctx, s, journal.NewStream("session", fmt.Sprint("kill-", i)), said) }()
	}
	go func() { failed <- receiveOn(ctx, s, said) }()
	return <-failed
}

func appendOn(ctx context.Context, s *sqlstore.Store, stream journal.Stream, said *acknowledged) error {
	before, err := s.Load(ctx, stream)
	if err != nil {
		return err
	}
	for sequence := int64(len(before)); ; sequence++ {
		b := storetest.Batch(stream, sequence, "entry")
		b.Audit = []journal.AuditDraft{storetest.Note("read", "someone")}
		r, err := s.Append(ctx, b)
		if err != nil {
			return err
		}
		if err := said.say("entry %s %s %x", b.Command, hex.EncodeToString(b.Digest[:]), r.Records[0].Hash); err != nil {
			return err
		}
	}
}

func receiveOn(ctx context.Context, s *sqlstore.Store, said *acknowledged) error {
	from, err := s.TelemetryCursor(ctx)
	if err != nil {
		return err
	}
	for second := int(from); ; second++ {
		if _, _, err := s.Receive(ctx, storetest.Message(storetest.Monitor, second)); err != nil {
			return err
		}
		if err := said.say("message %d", second); err != nil {
			return err
		}
		if second%90 == 0 {
			if err := s.Seal(ctx, storetest.Message(storetest.Monitor, second).ReceivedAt); err != nil {
				return err
			}
		}
	}
}

// TestKill kills a writing process again and again: nothing it heard as
// durable may be missing, and every chain must hold.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 50
	if testing.Short() {
		rounds = 6
	}
	dir := t.TempDir()
	var said []string
	for round := range rounds {
		lines := killAfter(t, dir, 1+round*37%150)
		if len(lines) == 0 {
			t.Fatalf("round %d: nothing was written", round)
		}
		said = append(said, lines...)
	}
	s := place(t, dir).MustOpen(t)
	if w := s.Warnings(); len(w) > 0 {
		t.Errorf("opened with warnings: %q", w)
	}
	for _, line := range said {
		stillThere(t, s, line)
	}
	everyRowOnce(t, s)
	r := storetest.MustVerify(t, s)
	if !r.OK() {
		t.Error(r.Text())
	}
	t.Logf("%d kills, %d acknowledgements\n%s", rounds, len(said), r.Text())
}

// everyRowOnce sees that no kill lost a row between its message and its
// chunk, or left it in both.
func everyRowOnce(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	messages, err := s.TelemetryCursor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Samples(t.Context(), storetest.Monitor, storetest.Start(), storetest.Start().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		seen[fmt.Sprint(r.At, r.Sample.Kind)] = true
	}
	if want := 2 * int(messages); len(rows) != want || len(seen) != want {
		t.Errorf("%d messages left %d rows, %d of them different, want %d", messages, len(rows), len(seen), want)
	}
}

// killAfter starts the child, kills it in the middle of its work once it has
// said enough, and returns every whole line it said.
func killAfter(t *testing.T, dir string, enough int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), killDir+"="+dir)
	var failure strings.Builder
	child.Stderr = &failure
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		if lines = append(lines, strings.TrimSuffix(line, "\n")); len(lines) == enough {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || failure.Len() > 0 {
		t.Fatalf("the child ended by itself (%v): %s", err, failure.String())
	}
	return lines
}

func stillThere(t *testing.T, s *sqlstore.Store, line string) {
	t.Helper()
	var second int
	if n, err := fmt.Sscanf(line, "message %d", &second); err == nil && n == 1 {
		m := storetest.Message(storetest.Monitor, second)
		if _, duplicate, err := s.Receive(t.Context(), m); err != nil || !duplicate {
			t.Errorf("message %d was acknowledged and is missing (%v)", second, err)
		}
		return
	}
	var command ident.Command
	var digest, hash []byte
	if _, err := fmt.Sscanf(line, "entry %s %x %x", &command, &digest, &hash); err != nil || len(digest) != sha256.Size {
		t.Fatalf("line %q: %v", line, err)
	}
	r, ok, err := s.Outcome(t.Context(), command, [sha256.Size]byte(digest))
	if err != nil || !ok || len(r.Records) != 1 || hex.EncodeToString(r.Records[0].Hash[:]) != hex.EncodeToString(hash) {
		t.Errorf("command %s was acknowledged and is missing or changed (%v)", command, err)
	}
}
