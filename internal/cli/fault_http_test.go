package cli

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// thorough reports whether the fault suite runs at its full length, as make
// faults does. Always run are the same tests, shorter.
func thorough() bool { return os.Getenv("STILLWATCH_TEST_FAULTS") == "thorough" }

// worse is n in the short form and more in the thorough one.
func worse(n, more int) int {
	if thorough() {
		return more
	}
	return n
}

// badNetwork stands between tablets and the server. It loses requests on the
// way there and answers on the way back, delays them past one another and
// delivers some twice.
type badNetwork struct {
	server string
	mu     sync.Mutex // guards dice
	dice   *rand.Rand
	lost   [5]int // what it did, for the log
}

func (b *badNetwork) throw(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dice.IntN(n)
}

func (b *badNetwork) did(what int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost[what]++
}

func (b *badNetwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	what := b.throw(5)
	b.did(what)
	switch what {
	case 0: // lost on the way there
		panic(http.ErrAbortHandler)
	case 1: // lost on the way back
		b.pass(r, body)
		panic(http.ErrAbortHandler)
	case 2: // late, behind others
		time.Sleep(time.Duration(b.throw(20)) * time.Millisecond) // the fault itself, nothing waits for it
	case 3: // twice, at once
		go b.pass(r.Clone(context.WithoutCancel(r.Context())), body)
	}
	resp, answer := b.pass(r, body)
	if resp == nil {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(answer)
}

func (b *badNetwork) pass(r *http.Request, body []byte) (*http.Response, []byte) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, b.server+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return nil, nil
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil
	}
	return resp, answer
}

// TestFaults_NetworkOfTablets: tablets send until they are answered, through a
// network that loses, delays, reorders and doubles. Every entry that was
// answered is in the record, and exactly once.
func TestFaults_NetworkOfTablets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	s := begin(t, p)
	k := &killed{t: t, visit: planVisit(t, s)}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	net := &badNetwork{server: s.url(), dice: rand.New(rand.NewPCG(1, 26))}
	between := httptest.NewServer(net)
	defer between.Close()
	k.nurse = &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	(&browser{t, s.url(), k.nurse}).post("/sign-in", "login", "okafor", "password", newPassword) // both are 127.0.0.1: the cookie holds for each

	const tablets = 4
	notes := worse(20, 500)
	all := make([][]taken, tablets)
	var writing sync.WaitGroup
	for i := range tablets {
		writing.Go(func() {
			for range notes {
				body := k.note()
				outcome, err := k.send(between.URL, body)
				for err != nil || outcome == busy {
					outcome, err = k.send(between.URL, body)
				}
				if outcome != "accepted" && outcome != "repeated" {
					t.Errorf("a note was answered %q", outcome)
					return
				}
				all[i] = append(all[i], taken{body})
			}
		})
	}
	writing.Wait()
	net.mu.Lock()
	t.Logf("lost there %d, lost back %d, late %d, doubled %d, passed %d", net.lost[0], net.lost[1], net.lost[2], net.lost[3], net.lost[4])
	net.mu.Unlock()
	for _, some := range all {
		k.repeat(s.url(), some)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	if got := notesOf(t, p); got != tablets*notes {
		t.Errorf("%d notes in the record, %d were said", got, tablets*notes)
	}
	want(t, 0, "every chain holds", p.verify()...)
}

// notesOf counts the notes in the record.
func notesOf(t *testing.T, p site) (n int) {
	t.Helper()
	if err := p.Record(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM event WHERE type = 'session.note-added'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFaults_EntriesTooLargeOrCut: what no tablet would send costs the sender
// its connection, and the server nothing.
func TestFaults_EntriesTooLargeOrCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	s := begin(t, p)
	visit := planVisit(t, s)
	nurse := s.browser(t)
	nurse.post("/sign-in", "login", "okafor", "password", newPassword)
	huge := io.LimitReader(endless{}, 100<<20)
	resp, err := nurse.http.Post(nurse.base+"/v1/commands/session.note", "application/json", huge)
	if err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode < 400 || resp.StatusCode >= 500 {
			t.Errorf("100 MB were answered %d", resp.StatusCode)
		}
	}
	half := `{"schema":1,"id":"` + string(storetest.NewID[ident.Command]()) + `","session":"` + string(visit) + `","body":{"te`
	status, text := nurse.read(nurse.http.Post(nurse.base+"/v1/commands/session.note", "application/json", strings.NewReader(half)))
	if status != http.StatusBadRequest {
		t.Errorf("half an entry was answered %d: %s", status, text)
	}
	if got := notesOf(t, p); got != 0 {
		t.Errorf("%d notes came of it", got)
	}
	if !strings.Contains(nurse.get("/sessions"), "Rivera") {
		t.Error("the server does not go on")
	}
}

// endless gives the letter a for ever.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
