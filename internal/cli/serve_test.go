package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// running is a server started by its command line, and what it said.
type running struct {
	t        *testing.T
	out, log *said
	cancel   context.CancelFunc
	done     chan struct{} // closed when it has ended, with status
	status   int
}

// said keeps what a program writes, for a test that looks meanwhile.
type said struct {
	mu   sync.Mutex // held for one write or look
	text strings.Builder
	more chan struct{} // has room for one hint
}

func newSaid() *said { return &said{more: make(chan struct{}, 1)} }

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// begin runs serve for the clinic north.
func begin(t *testing.T, p site) *running {
	t.Helper()
	return beginWith(t, p, "--monitor-listen", "127.0.0.1:0", "--monitor-networks", "127.0.0.0/8")
}

func beginWith(t *testing.T, p site, more ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, out: newSaid(), log: newSaid(), cancel: cancel, done: make(chan struct{})}
	args := p.serve(more...)
	go func() {
		defer close(r.done)
		r.status = run(ctx, args, r.out, r.log)
	}()
	t.Cleanup(func() { r.stop() })
	return r
}

// stop ends it as Ctrl-C does, and returns its status.
func (r *running) stop() int {
	r.cancel()
	<-r.done
	return r.status
}

// until waits for words in what is written, and returns what follows them on
// their line.
func (r *running) until(s *said, words string) string {
	r.t.Helper()
	late := time.After(time.Minute)
	for ended := false; ; {
		if _, rest, ok := strings.Cut(s.String(), words); ok && strings.Contains(rest, "\n") {
			line, _, _ := strings.Cut(rest, "\n")
			return line
		}
		if ended {
			r.t.Fatalf("ended with status %d and never said %q:\n%s%s", r.status, words, r.out, r.log)
		}
		select {
		case <-s.more:
		case <-r.done:
			ended = true // one more look at its last words
		case <-late:
			r.t.Fatalf("never said %q:\n%s%s", words, r.out, r.log)
		}
	}
}

// url waits until the pages are served.
func (r *running) url() string { r.t.Helper(); return r.until(r.out, "Stillwatch is at ") }

// browser is one person's, with cookies of its own.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

func (r *running) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, r.url(), &http.Client{Jar: jar}}
}

func (b *browser) read(resp *http.Response, err error) (int, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (b *browser) get(path string) string {
	b.t.Helper()
	status, body := b.read(b.http.Get(b.base + path))
	if status != http.StatusOK {
		b.t.Fatalf("%s answered %d: %s", path, status, body)
	}
	return body
}

// post sends a form with an id of its own, and returns that id and the page
// it led to.
func (b *browser) post(path string, pairs ...string) (ident.Command, string) {
	b.t.Helper()
	id := storetest.NewID[ident.Command]()
	f := url.Values{"command": {string(id)}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	status, body := b.read(b.http.PostForm(b.base+path, f))
	if status != http.StatusOK {
		b.t.Fatalf("%s answered %d: %s", path, status, body)
	}
	return id, body
}

const newPassword = "a quiet room with four chairs"

// signIn replaces a one-time password at the first sign-in.
func (b *browser) signIn(login, oneTime string) {
	b.t.Helper()
	b.post("/sign-in", "login", login, "password", oneTime)
	b.post("/password", "old", oneTime, "new", newPassword)
	if page := b.get("/sessions"); !strings.Contains(page, "Sign out") {
		b.t.Fatalf("%s is not signed in: %s", login, page)
	}
}

// command posts a command and returns the status and what became of it.
func (b *browser) command(what string, id ident.Command, visit ident.Session, at time.Time, body map[string]any) (int, string) {
	b.t.Helper()
	raw, err := json.Marshal(map[string]any{
		"schema": 1, "id": id, "session": visit, "occurred_at": at, "body": body,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	status, text := b.read(b.http.Post(b.base+"/v1/commands/"+what, "application/json", strings.NewReader(string(raw))))
	var reply struct {
		Outcome string `json:"outcome"`
		Text    string `json:"text"`
	}
	if err := json.Unmarshal([]byte(text), &reply); err != nil {
		b.t.Fatalf("%s answered %d: %s", what, status, text)
	}
	b.t.Log(reply.Text)
	return status, reply.Outcome
}

// serveAndLook starts a clinic by its command line, on each engine: a person
// signs in over HTTP and plans a visit; the tools look at the record beside
// the server and after it, and the next start finds what was written.
func serveAndLook(t *testing.T, p site) {
	s := begin(t, p)
	if limits := s.until(s.out, "Limits: "); !strings.Contains(limits, "not reviewed by a clinician; not adopted") {
		t.Errorf("the start says of the limits %q", limits)
	}
	visit := planVisit(t, s)
	want(t, 0, "clinic north: every chain holds\nrecord     1 entries in 1 streams, 1 commands", p.verify()...)
	rebuild := func(more ...string) []string { return p.command("rebuild", more...) }
	want(t, 0, "0 differ", rebuild("--check")...)
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d:\n%s", status, s.log)
	}

	must(t, p.Record(t), "UPDATE projection SET row = "+literal(p.Place, []byte(`{}`)))
	want(t, 1, "1 differ", rebuild("--check")...)
	want(t, 1, "1 differ", rebuild("--check")...) // a check mends nothing
	want(t, 0, "1 differ", rebuild()...)
	want(t, 0, "0 differ", rebuild("--check")...)

	again := begin(t, p)
	b := again.browser(t)
	b.post("/sign-in", "login", "okafor", "password", newPassword)
	if page := b.get("/sessions/" + string(visit)); !strings.Contains(page, "Rivera") {
		t.Errorf("the visit is gone after a restart: %s", page)
	}
	want(t, 0, "record     1 entries", p.verify()...)
}

var oneTime = regexp.MustCompile(`class="secret">([^<]+)<`)

// planVisit has the administrator let somebody in, who plans a visit, and
// sends that again.
func planVisit(t *testing.T, s *running) ident.Session {
	t.Helper()
	admin := s.browser(t)
	admin.signIn(strings.Fields(s.until(s.out, "sign in as "))[0], strings.TrimSpace(s.until(s.out, "one-time password\n\n    ")))
	_, page := admin.post("/people", "name", "A. Okafor RN", "login", "okafor", "role", "nurse")
	code := oneTime.FindStringSubmatch(page)
	if code == nil {
		t.Fatalf("no one-time password in %s", page)
	}
	okafor := s.browser(t)
	okafor.signIn("okafor", code[1])
	patient, _ := okafor.post("/patients", "given", "Maria", "family", "Rivera", "born", "1981-05-04", "number", "1", "sex", "female", "allergies", "none")
	now := time.Now().UTC().Truncate(time.Millisecond) // the server's clock is the machine's
	id, visit := storetest.NewID[ident.Command](), storetest.NewID[ident.Session]()
	body := map[string]any{"patient": patient, "chair": 3, "planned_start": now.Add(time.Hour)}
	for _, want := range []struct {
		status  int
		outcome string
	}{{http.StatusOK, "accepted"}, {http.StatusOK, "repeated"}} {
		if status, outcome := okafor.command("session.schedule", id, visit, now, body); status != want.status || outcome != want.outcome {
			t.Fatalf("planned: %d %s, want %d %s", status, outcome, want.status, want.outcome)
		}
	}
	body["chair"] = 4
	if status, outcome := okafor.command("session.schedule", id, visit, now, body); status != http.StatusConflict || outcome != "conflict" {
		t.Errorf("the same id with other content: %d %s, want 409 conflict", status, outcome)
	}
	// PostgreSQL is backed up with its own tools; nobody signed the alarm
	// settings; nothing else may be amiss.
	if health := okafor.get("/healthz"); strings.Count(health, "\n- ") != strings.Count(health, "\n- backup: no backup is kept")+strings.Count(health, "\n- alarms: the director has not signed") {
		t.Errorf("health: %s", health)
	}
	return visit
}

// secondProcessWaits starts a second server on one clinic: on
// PostgreSQL it waits for the first to stop and then takes over; on a data
// directory it is refused.
func secondProcessWaits(t *testing.T, p site) {
	first := begin(t, p)
	first.url()
	second := begin(t, p)
	if !p.Dialect.Numbered {
		second.until(second.log, "another process has this data directory open")
		return
	}
	second.until(second.log, "another process writes for this clinic: waiting until it stops")
	if out := second.out.String(); out != "" {
		t.Fatalf("the second server works beside the first: %s", out)
	}
	first.browser(t).get("/healthz")
	if status := first.stop(); status != 0 {
		t.Errorf("the first ended with status %d", status)
	}
	second.browser(t).get("/healthz")
	want(t, 0, "clinic north: every chain holds", p.verify()...)
}
