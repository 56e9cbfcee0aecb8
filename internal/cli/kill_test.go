package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// asProgram makes this test binary, run again, the program itself.
const asProgram = "STILLWATCH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// taken is a command that the server answered as durable, as it was sent.
type taken struct{ body []byte }

// killed is a clinic whose server is killed again and again, and the nurse
// who goes on writing.
type killed struct {
	t     *testing.T
	args  []string
	nurse *http.Client
	visit ident.Session
}

// TestServe_Killed kills "stillwatch serve" while commands come in over HTTP:
// what was answered as taken is there after each restart, once, and every
// chain holds.
func TestServe_Killed(t *testing.T) {
	t.Parallel()
	rounds := worse(10, 200)
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	first, copies := begin(t, p), filepath.Join(t.TempDir(), "copies")
	k := &killed{t: t, visit: planVisit(t, first), args: p.serve("--monitor-listen", "", "--backup", copies)}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	k.nurse = &http.Client{Jar: jar, Timeout: time.Minute}
	(&browser{t, first.url(), k.nurse}).post("/sign-in", "login", "okafor", "password", newPassword)
	if status := first.stop(); status != 0 {
		t.Fatalf("ended with status %d", status)
	}
	var all []taken
	for round := range rounds {
		all = append(all, k.round(all, 1+round*7%23)...)
	}
	last := begin(t, p)
	k.repeat(last.url(), all)
	if status := last.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	want(t, 0, "clinic north: every chain holds", p.verify()...)
	// Copies that were cut short meanwhile do not spoil the next one.
	want(t, 0, "restored aside and verified", "backup", "--data", dir, "--to", copies, "--drill")
	want(t, 0, "clinic north: every chain holds", "restore", "--from", copies, "--data", filepath.Join(t.TempDir(), "restored"))
	t.Logf("%d kills, %d acknowledgements", rounds, len(all))
}

// round starts the server, asks after what it answered before, writes from
// several sides until enough was answered, and kills it in the middle.
func (k *killed) round(before []taken, enough int) []taken {
	k.t.Helper()
	p := mortal(k.t, k.args)
	k.repeat(p.url, before)
	got := k.write(p.url, enough, p.kill)
	p.dies()
	if len(got) < enough {
		k.t.Fatalf("only %d of %d commands were taken:\n%s", len(got), enough, p.said)
	}
	return got
}

// process is the program in a process of its own, which can be killed.
type process struct {
	t     *testing.T
	child *exec.Cmd
	out   io.Reader
	said  *said
	url   string
}

// mortal starts the program and waits until it says where it is.
func mortal(t *testing.T, args []string) *process {
	t.Helper()
	p := &process{t: t, child: exec.CommandContext(t.Context(), os.Args[0], args...), said: newSaid()}
	p.child.Env = append(os.Environ(), asProgram+"=1")
	p.child.Stderr = p.said
	out, err := p.child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = out
	if err := p.child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); p.url == "" && lines.Scan(); {
		_, p.url, _ = strings.Cut(lines.Text(), "Stillwatch is at ")
	}
	if p.url == "" {
		t.Fatalf("the server did not say where it is: %v\n%s", p.child.Wait(), p.said)
	}
	return p
}

func (p *process) kill() { _ = p.child.Process.Kill() } // it is gone already, or goes now

// dies waits until it is gone; it has to have been killed.
func (p *process) dies() {
	p.t.Helper()
	_, _ = io.Copy(io.Discard, p.out)
	if err := p.child.Wait(); err == nil || p.child.ProcessState.Exited() {
		p.t.Fatalf("the server ended by itself: %v\n%s", err, p.said)
	}
}

// write sends notes from four sides until the server is gone, and returns
// those that were answered as taken.
func (k *killed) write(url string, enough int, kill func()) (got []taken) {
	var mu sync.Mutex // guards got
	var sides sync.WaitGroup
	for range 4 {
		sides.Go(func() {
			for {
				body := k.note()
				outcome, err := k.send(url, body)
				for err == nil && outcome == busy { // as the chair's page does
					outcome, err = k.send(url, body)
				}
				if err != nil {
					return // the server is gone: this one was not answered
				}
				if outcome != "accepted" {
					k.t.Errorf("a note was answered %q", outcome)
					kill()
					return
				}
				mu.Lock()
				if got = append(got, taken{body}); len(got) == enough {
					kill()
				}
				mu.Unlock()
			}
		})
	}
	sides.Wait()
	return got
}

func (k *killed) note() []byte {
	id := storetest.NewID[ident.Command]()
	return fmt.Appendf(nil, `{"schema":1,"id":%q,"session":%q,"occurred_at":%q,"body":{"text":{"text":"note %s"}}}`,
		id, k.visit, time.Now().UTC().Format(time.RFC3339Nano), id)
}

// busy stands for a server error: nothing was written, and the same command
// may be sent again.
const busy = "busy"

func (k *killed) send(url string, body []byte) (outcome string, err error) {
	resp, err := k.nurse.Post(url+"/v1/commands/"+string(session.ActNote), "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusInternalServerError {
		return busy, nil
	}
	var reply struct{ Outcome, Text string }
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		return "", err
	}
	return reply.Outcome, nil
}

// repeat sends again what was taken: a server that had lost one would take it
// anew.
func (k *killed) repeat(url string, all []taken) {
	k.t.Helper()
	for _, c := range all {
		if outcome, err := k.send(url, c.body); err != nil || outcome != "repeated" {
			k.t.Fatalf("a command that was answered as taken is answered %q after a kill: %v (%s)", outcome, err, c.body)
		}
	}
}
