package cli

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// smallDisk is a directory on a file system of its own, of so many kB.
func smallDisk(t *testing.T, kB int) (dir string, resize func(kB int)) {
	t.Helper()
	dir = t.TempDir()
	mount := func(kB int, flags uintptr) error {
		return syscall.Mount("stillwatch-test", dir, "tmpfs", flags, fmt.Sprintf("size=%dk,mode=0700", kB))
	}
	if err := mount(kB, 0); err != nil {
		t.Skipf("a small file system cannot be mounted here (%v): run as root, in a place that allows it", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, func(kB int) {
		if err := mount(kB, syscall.MS_REMOUNT); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFaults_DiskFull: when the disk is full, writing ends loudly and reading
// goes on; nothing that was answered is missing; with room again writing goes
// on by itself.
func TestFaults_DiskFull(t *testing.T) {
	t.Parallel()
	dir, resize := smallDisk(t, 8<<10)
	p := site{embedded(dir), []string{"--data", dir}}
	s := begin(t, p)
	k := &killed{t: t, visit: planVisit(t, s)}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	k.nurse = &http.Client{Jar: jar, Timeout: time.Minute}
	nurse := &browser{t, s.url(), k.nurse}
	nurse.post("/sign-in", "login", "okafor", "password", newPassword)

	var all []taken
	refused := 0
	for refused < 5 {
		body := k.longNote()
		outcome, err := k.send(s.url(), body)
		switch {
		case err != nil:
			t.Fatal(err)
		case outcome == "accepted":
			all = append(all, taken{body})
		case outcome == busy:
			refused++
		default:
			t.Fatalf("a note was answered %q", outcome)
		}
		if len(all) > 5_000 {
			t.Fatal("the disk does not get full: this shows nothing")
		}
	}
	status, health := nurse.read(nurse.http.Get(nurse.base + "/healthz"))
	if status != http.StatusServiceUnavailable || !strings.Contains(health, "record") {
		t.Errorf("with a full disk healthz answers %d:\n%s", status, health)
	}
	if beat := nurse.beat(); !strings.Contains(beat, "Nothing that is charted is being recorded") {
		t.Errorf("pages are told %q", beat)
	}
	if page := nurse.get("/board"); !strings.Contains(page, "Chair") {
		t.Error("the board cannot be read")
	}
	if page := nurse.get("/sessions/" + string(k.visit)); !strings.Contains(page, "Rivera") {
		t.Error("a record cannot be read")
	}
	for _, c := range all[max(0, len(all)-20):] {
		if outcome, err := k.send(s.url(), c.body); err != nil || outcome != "repeated" {
			t.Errorf("a note that was answered as taken is answered %q with a full disk (%v)", outcome, err)
		}
	}

	resize(64 << 10)
	body := k.note()
	if outcome, err := k.send(s.url(), body); err != nil || outcome != "accepted" {
		t.Errorf("with room again a note is answered %q (%v)", outcome, err)
	}
	if status, health := nurse.read(nurse.http.Get(nurse.base + "/healthz")); status != http.StatusOK {
		t.Errorf("with room again healthz answers %d:\n%s", status, health)
	}
	k.repeat(s.url(), all)
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	if got := notesOf(t, p); got != len(all)+1 {
		t.Errorf("%d notes in the record, %d were answered as taken", got, len(all)+1)
	}
	want(t, 0, "every chain holds", p.verify()...)
	var reads int
	if err := p.Record(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM audit WHERE type = 'read' AND CAST(payload AS TEXT) LIKE '%"+string(k.visit)+"%'").Scan(&reads); err != nil || reads == 0 {
		t.Errorf("the reading of the record while the disk was full left no trace (%v)", err)
	}
	t.Logf("full after %d notes", len(all))
}

// beat is the first sign of life that a page gets from the live stream.
func (b *browser) beat() string {
	b.t.Helper()
	resp, err := b.http.Get(b.base + "/v1/stream?topics=board")
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // the stream has no end of its own
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return data
		}
	}
	return ""
}

// longNote is a note as long as people write at most.
func (k *killed) longNote() []byte {
	id := storetest.NewID[ident.Command]()
	return fmt.Appendf(nil, `{"schema":1,"id":%q,"session":%q,"occurred_at":%q,"body":{"text":{"text":%q}}}`,
		id, k.visit, time.Now().UTC().Format(time.RFC3339Nano), strings.Repeat("a long day, ", 150))
}
