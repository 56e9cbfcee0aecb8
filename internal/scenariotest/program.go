package scenariotest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
)

// Program is the real executable: "stillwatch serve" in a process of its own,
// under the machine's clock, its monitors over MLLP on a socket.
//
// The scenario's day is laid so that its last line is now: what is told is
// told late, with the time at which it held, as a tablet does that was
// offline. So only scenarios in which no rule looks at the clock between
// lines can be played here.
type Program struct {
	site
	path     string
	process  *exec.Cmd
	printed  *bytes.Buffer
	shift    time.Duration // the machine's time minus the scenario's
	links    map[ident.Chair]*simmon.Link
	monitors map[ident.Chair]bool
	sent     int
}

// HireByProgram makes a data directory with its staff at work by the program
// itself: its first start prints the one-time password, its pages hire.
func HireByProgram(ctx context.Context, path, dir string) (*Hired, error) {
	now := time.Now()
	p, first, err := launch(ctx, path, dir, now, Day().Add(opening))
	if err != nil {
		return nil, err
	}
	h := &Hired{dir: dir, browser: p.browser}
	if first == "" {
		err = errors.New("the program did not say how to sign in")
	} else {
		h.staff, err = hire(ctx, p.browser, first, p.date)
	}
	return h, errors.Join(err, p.End(ctx))
}

// Run starts the program on a copy of what was hired, for one scenario.
func (h *Hired) Run(ctx context.Context, path, dir string, s Script) (*Program, error) {
	if err := copyPrivate(h.dir, dir); err != nil {
		return nil, fmt.Errorf("copy the staffed clinic: %w", err)
	}
	if len(s.Lines) == 0 {
		return nil, errors.New("nothing is done in this scenario")
	}
	var last time.Duration
	for _, l := range s.Lines {
		last = max(last, l.At)
	}
	p, _, err := launch(ctx, path, dir, time.Now(), Day().Add(last))
	if err != nil {
		return nil, err
	}
	p.browser, p.staff = h.browser.at(p.base), h.staff
	if err := p.admit(ctx, s.Setting); err != nil {
		return nil, errors.Join(err, p.End(ctx))
	}
	return p, nil
}

// launch starts the program with the scenario's last line at now, and waits
// until it says where it is. first is the one-time password of a first start.
func launch(ctx context.Context, path, dir string, now, last time.Time) (p *Program, first string, err error) {
	zone := zoneAt(now, last)
	where, err := time.LoadLocation(zone)
	if err != nil {
		return nil, "", err
	}
	p = &Program{
		path: path, shift: now.Truncate(time.Second).Sub(last), printed: &bytes.Buffer{},
		monitors: map[ident.Chair]bool{}, links: map[ident.Chair]*simmon.Link{},
	}
	p.site = site{dir: dir, now: time.Now, visits: map[ident.Chair]*siteVisit{}, date: dayShift(now.In(where))}
	mllp, err := freePort(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, chair := range chairs() {
		p.links[chair], p.monitors[chair] = simmon.NewLink(mllp), true
	}
	p.process = exec.CommandContext(ctx, path, "serve", "--data", dir, "--clinic", clinicName, "--zone", zone, "--listen", "127.0.0.1:0",
		"--plain-http", "--monitor-listen", mllp, "--monitor-networks", "127.0.0.0/8", "--debug-listen", "")
	p.process.Stderr = p.printed
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := p.process.Start(); err != nil {
		return nil, "", err
	}
	url, first := announced(out, sqlite.Exists(dir))
	if url == "" {
		return nil, "", errors.Join(fmt.Errorf("the program did not say where it is"), p.End(ctx))
	}
	p.browser = newBrowser(url)
	return p, first, nil
}

// announced reads what the program prints when it is ready: its address, and
// at a first start the one-time password.
func announced(out io.Reader, known bool) (url, first string) {
	lines := bufio.NewScanner(out)
	for (url == "" || first == "" && !known) && lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
		}
		if m := password.FindStringSubmatch(lines.Text()); m != nil {
			first = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // it ends with the process
	return url, first
}

var (
	address  = regexp.MustCompile(`^Stillwatch is at (http://\S+)$`)
	password = regexp.MustCompile(`^    (\S+)$`)
)

// dayShift moves the dates of a scenario by whole days, so that its day is today.
func dayShift(today time.Time) func(date string) string {
	days := int(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC).Sub(Day()) / (24 * time.Hour))
	return func(date string) string {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return date // the server says what is wrong with it
		}
		return t.AddDate(0, 0, days).Format(time.DateOnly)
	}
}

// zoneAt is a zone whose clock now stands at about the scenario's last line,
// so that the scenario's day is one day there.
func zoneAt(now, last time.Time) string {
	ahead := last.Hour() - now.UTC().Hour() // hours east of Greenwich
	if ahead < -12 {
		ahead += 24
	}
	if ahead > 12 {
		ahead -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -ahead) // these names count westward
}

// freePort is an address on which nobody listens now.
func freePort(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

// Time is the instant that stands for a time of day.
func (p *Program) Time(sinceMidnight time.Duration) time.Time {
	return Day().Add(sinceMidnight).Add(p.shift)
}

// Date is the day that stands for a date.
func (p *Program) Date(date string) string { return p.date(date) }

// Reach lets the monitors speak: the time that passes is the machine's.
func (p *Program) Reach(ctx context.Context, _ time.Time) error {
	if err := p.hear(ctx); err != nil {
		return err
	}
	for chair, link := range p.links {
		if !p.monitors[chair] {
			continue
		}
		p.sent++
		if err := link.Send(ctx, message(chair, p.sent, time.Now())); err != nil {
			return err
		}
	}
	return nil
}

// Monitor lets a monitor fall silent or speak again.
func (p *Program) Monitor(_ context.Context, chair ident.Chair, speaks bool) error {
	p.monitors[chair] = speaks
	return nil
}

// End asks the program to end, waits until it has, and lets its own verify
// walk the record; both have to end with 0.
func (p *Program) End(ctx context.Context) error {
	err := p.close()
	for _, link := range p.links {
		link.Close()
	}
	if err = errors.Join(err, p.process.Process.Signal(syscall.SIGTERM)); err != nil {
		return errors.Join(err, p.process.Process.Kill())
	}
	if err := p.process.Wait(); err != nil {
		return fmt.Errorf("the program ended badly: %w: %s", err, p.printed)
	}
	out, err := exec.CommandContext(ctx, p.path, "verify", "--data", p.dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("verify: %w: %s", err, out)
	}
	return nil
}

// Build leaves the program in a directory, or takes the one that
// STILLWATCH_BIN names.
func Build(ctx context.Context, dir string) (string, error) {
	if path := os.Getenv("STILLWATCH_BIN"); path != "" {
		return path, nil
	}
	path := dir + "/stillwatch"
	out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", path, "github.com/stillwatch/stillwatch/cmd/stillwatch").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
}
