package cli

import (
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// inNamespace marks the run of this test binary that has a network of its own.
const inNamespace = "STILLWATCH_TEST_NETWORK_NAMESPACE"

// TestFaults_LinkDown: tablets and server in a network namespace of their own,
// whose link goes down and comes up again under the connections, as a switch does
// that is restarted. Nothing is reset: what was sent hangs, and arrives late,
// twice or never. Every entry that was answered is in the record, exactly once.
// Where the kernel can delay, reorder, double and lose packets it does that too.
func TestFaults_LinkDown(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		linkDown(t)
		return
	}
	t.Parallel()
	for _, tool := range []string{"unshare", "ip"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no network namespace: %s is missing (util-linux and iproute2)", tool)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--net", "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("no network namespace (%v: %s): run as root, in a place that allows it", err, strings.TrimSpace(string(out)))
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--net", os.Args[0], "-test.run=^TestFaults_LinkDown$", "-test.v", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in the namespace: %v\n%s", err, out)
		return
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "fault_link_linux_test.go") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// link sets the namespace's only link up or down.
func link(t *testing.T, state string) {
	if out, err := exec.CommandContext(t.Context(), "ip", "link", "set", "lo", state).CombinedOutput(); err != nil {
		t.Errorf("set link %s: %v: %s", state, err, out)
	}
}

func linkDown(t *testing.T) {
	link(t, "up")
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	s := begin(t, p)
	k := &killed{t: t, visit: planVisit(t, s)}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	k.nurse = &http.Client{Jar: jar, Timeout: 700 * time.Millisecond, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	// Signing in hashes a password, and the link is still up: it has the time it takes.
	(&browser{t, s.url(), &http.Client{Jar: jar, Timeout: time.Minute}}).post("/sign-in", "login", "okafor", "password", newPassword)
	if out, err := exec.CommandContext(t.Context(), "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "10ms", "10ms", "reorder", "25%", "duplicate", "5%", "loss", "5%").CombinedOutput(); err != nil {
		t.Logf("packets are not delayed or reordered here (%s): the link goes down and up", strings.TrimSpace(string(out)))
	}

	const tablets = 4
	cuts := worse(6, 60)
	all := make([][]taken, tablets)
	over := make(chan struct{})
	unanswered := make([]int, tablets)
	var writing sync.WaitGroup
	for i := range tablets {
		writing.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				body := k.note()
				outcome, err := k.send(s.url(), body)
				for err != nil || outcome == busy {
					unanswered[i]++
					outcome, err = k.send(s.url(), body)
				}
				if outcome != "accepted" && outcome != "repeated" {
					t.Errorf("a note was answered %q", outcome)
					return
				}
				all[i] = append(all[i], taken{body})
			}
		})
	}
	dice := rand.New(rand.NewPCG(4, 26))
	for range cuts {
		time.Sleep(time.Duration(100+dice.IntN(300)) * time.Millisecond) // the fault itself: a link that is up for a while,
		link(t, "down")
		time.Sleep(time.Duration(100+dice.IntN(1200)) * time.Millisecond) // and down for a while
		link(t, "up")
	}
	close(over)
	writing.Wait()
	total, again := 0, 0
	for i, some := range all {
		k.repeat(s.url(), some)
		total, again = total+len(some), again+unanswered[i]
	}
	t.Logf("the link was down %d times; %d entries were acknowledged, %d sends were not answered", cuts, total, again)
	if total == 0 || again == 0 {
		t.Errorf("%d entries and %d sends without an answer: the link did not go down under the tablets", total, again)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	if got := notesOf(t, p); got != total {
		t.Errorf("%d notes in the record, %d were acknowledged", got, total)
	}
	want(t, 0, "every chain holds", p.verify()...)
}
