package cli

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/notify"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
	shipped "github.com/stillwatch/stillwatch/library"
)

// moment is when the server is killed, as the receiver of its messages sees it.
type moment int

const (
	untaken  moment = iota // the message is on its way, and was not taken
	unheard                // it was taken, and no answer was given
	answered               // the answer was given; whether it was noted is not known
)

// receiver takes the messages of alarms by their id, and kills who sends one.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex     // guards the fields below
	took  map[string]int // how often each message came
	kill  func()         // at the next message; nil lets it live
	when  moment
	hit   string        // the message at which it was killed
	moved chan struct{} // has room for one hint
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{took: map[string]int{}, moved: make(chan struct{}, 1)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var m notify.Message
	body, err := io.ReadAll(q.Body)
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil || m.ID == "" || m.ID != q.Header.Get("Stillwatch-Id") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kill := r.kill
	if kill != nil {
		r.kill, r.hit = nil, m.ID
	}
	if kill == nil || r.when != untaken {
		r.took[m.ID]++
	}
	select {
	case r.moved <- struct{}{}:
	default:
	}
	if kill == nil {
		return
	}
	if r.when == answered {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
	}
	kill()
	panic(http.ErrAbortHandler) // nobody is there any more
}

// arm has the sender of the next message killed.
func (r *receiver) arm(when moment, kill func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.when, r.kill, r.hit = when, kill, ""
}

// owed is how often the message of the last kill has to have come by now, seen
// from after the next start; at says which it is.
func (r *receiver) owed() (id string, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.when == unheard {
		return r.hit, 2 // it was never answered: it comes again
	}
	return r.hit, 1
}

// comes waits until a message has come so often.
func (r *receiver) comes(t *testing.T, id string, times int, said *said) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		r.mu.Lock()
		n := r.took[id]
		r.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-r.moved:
		case <-late:
			t.Fatalf("message %s came %d times, not %d\n%s", id, n, times, said)
		}
	}
}

// TestServe_KilledBeforeItsMessage kills "stillwatch serve" between an alarm
// that is in the record and the answer of who is told of it elsewhere: each alarm
// is told at least once, one that comes twice bears the same id, and nothing is
// told that is not in the record.
func TestServe_KilledBeforeItsMessage(t *testing.T) {
	t.Parallel()
	rounds := worse(9, 60)
	if testing.Short() {
		rounds = 3
	}
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(strings.Repeat("k", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	p, to := site{embedded(dir), []string{"--data", dir}}, newReceiver(t)
	first := begin(t, p)
	visit := planVisit(t, first)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	nurse := &browser{t, first.url(), &http.Client{Jar: jar, Timeout: time.Minute}}
	nurse.post("/sign-in", "login", "okafor", "password", newPassword)
	nurse.must(string(session.ActArrive), visit, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	alarmsOn(t, first)
	if status := first.stop(); status != 0 {
		t.Fatalf("ended with status %d", status)
	}

	serve := p.serve("--monitor-listen", "", "--webhook", to.URL, "--webhook-secret-file", secret)
	for round := range rounds {
		s := mortal(t, serve)
		nurse.base = s.url
		if round > 0 {
			id, times := to.owed()
			to.comes(t, id, times, s.said)
			nurse.must(string(session.ActEndHelp), visit, map[string]any{"outcome": map[string]any{"text": "over"}})
			nurse.calm(visit)
		}
		to.arm(moment(round%3), s.kill)
		_, _ = nurse.tell(string(session.ActHelp), visit, map[string]any{}) // its answer may be lost with the server
		s.dies()
	}
	last := mortal(t, serve)
	id, times := to.owed()
	to.comes(t, id, times, last.said)
	last.kill()
	last.dies()

	to.mu.Lock()
	defer to.mu.Unlock()
	owed, again := owedBy(t, p), 0
	for _, id := range owed {
		if to.took[id] == 0 {
			t.Errorf("alarm %s was told to nobody", id)
		}
		again += max(0, to.took[id]-1)
		delete(to.took, id)
	}
	if len(to.took) > 0 {
		t.Errorf("told, and in no record: %v", to.took)
	}
	if len(owed) < rounds || again < rounds/3 {
		t.Errorf("%d alarms in %d rounds, %d messages came again", len(owed), rounds, again)
	}
	want(t, 0, "clinic north: every chain holds", p.verify()...)
	t.Logf("%d kills, %d alarms, %d messages came again", rounds+1, len(owed), again)
}

// owedBy lists the ids of what the record owes to people elsewhere, each once.
func owedBy(t *testing.T, p site) []string {
	t.Helper()
	s, err := p.Read(t.Context(), sqlstore.Options{Clinic: "north", Dir: p.Dir, Now: time.Now, Random: func([]byte) {}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // it was only read
	all, err := s.Since(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		if o, ok := notify.Owes(r); ok {
			out = append(out, o.ID)
		}
	}
	if slices.Sort(out); len(slices.Compact(slices.Clone(out))) != len(out) {
		t.Errorf("two alarms have one id: %v", out)
	}
	return out
}

// alarmsOn has a director sign the alarm settings, without which nothing is an alarm.
func alarmsOn(t *testing.T, s *running) {
	t.Helper()
	admin := s.browser(t)
	admin.post("/sign-in", "login", strings.Fields(s.until(s.out, "sign in as "))[0], "password", newPassword)
	_, page := admin.post("/people", "name", "M. Haas MD", "login", "haas", "role", "director")
	code := oneTime.FindStringSubmatch(page)
	if code == nil {
		t.Fatalf("no one-time password in %s", page)
	}
	haas := s.browser(t)
	haas.signIn("haas", code[1])
	lib, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		t.Fatal(err)
	}
	haas.post("/alarms", "sha256", lib.Hash(), "sign.password", newPassword)
}

// tell posts a command that the server may not live to answer.
func (b *browser) tell(what string, visit ident.Session, body map[string]any) (status int, answer string) {
	raw, err := json.Marshal(map[string]any{"schema": 1, "id": storetest.NewID[ident.Command](), "session": visit, "occurred_at": time.Now().UTC(), "body": body})
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := b.http.Post(b.base+"/v1/commands/"+what, "application/json", strings.NewReader(string(raw)))
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body) // cut short, it is no answer
	return resp.StatusCode, string(text)
}

// must posts a command that has to be taken.
func (b *browser) must(what string, visit ident.Session, body map[string]any) {
	b.t.Helper()
	if status, answer := b.tell(what, visit, body); status != http.StatusOK {
		b.t.Fatalf("%s is answered %d %s", what, status, answer)
	}
}

// calm waits until no alarm of a call for help stands at the visit's chair.
func (b *browser) calm(visit ident.Session) {
	b.t.Helper()
	for late := time.Now().Add(time.Minute); ; {
		var c struct {
			Session string `json:"session"`
			Alarms  struct {
				List []struct {
					Condition alarm.ID `json:"condition"`
				} `json:"list"`
			} `json:"alarms"`
		}
		if err := json.Unmarshal([]byte(b.get("/v1/chair/3")), &c); err != nil || c.Session != string(visit) {
			b.t.Fatalf("the chair shows %q: %v", c.Session, err)
		}
		if len(c.Alarms.List) == 0 {
			return
		}
		if time.Now().After(late) {
			b.t.Fatalf("alarms stand after the emergency ended: %+v", c.Alarms.List)
		}
	}
}
