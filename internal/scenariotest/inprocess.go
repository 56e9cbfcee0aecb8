package scenariotest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/cli"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// opening is when a server's clock begins, before anyone works.
const opening = 6 * time.Hour

// hand is a clock that is moved by hand.
type hand struct {
	mu sync.Mutex // held to read or move it
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) move(to time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if to.After(h.at) {
		h.at = to
	}
}

// Hired is a data directory with its staff at work and nothing else: it is
// made once, and each scenario begins with a copy.
type Hired struct {
	dir     string
	browser *browser
	staff   staff
}

// asTold leaves a date of a scenario as it is.
func asTold(date string) string { return date }

// Hire makes one in a directory, by a server in this process.
func Hire(ctx context.Context, dir string) (h *Hired, err error) {
	clock := &hand{at: Day().Add(opening)}
	s, err := server.Open(ctx, config(dir, clock))
	if err != nil {
		return nil, err
	}
	pages := httptest.NewServer(s.Handler())
	defer func() {
		pages.Close()
		err = errors.Join(err, s.Close())
	}()
	h = &Hired{dir: dir, browser: newBrowser(pages.URL)}
	h.staff, err = hire(ctx, h.browser, s.FirstPassword, asTold)
	return h, err
}

func config(dir string, clock *hand) server.Config {
	return server.Config{
		Data: dir, Clinic: clinicName, Zone: "UTC", Chairs: 6, Listen: "127.0.0.1:0", Plain: true, Version: "scenario",
		Now: clock.now, Log: quiet,
		// Many clinics are staffed here: their passwords may cost little.
		Hashing: &auth.Params{MemoryKiB: 8, Passes: 1, Lanes: 1},
	}
}

// Server is a whole server in the test's own process, under a clock that is
// moved by hand, spoken to over HTTP on a socket. Its timers are ticked when
// time passes; a monitor's messages go where its listener hands them.
type Server struct {
	site
	clock    *hand
	server   *server.Server
	pages    *httptest.Server
	monitors map[ident.Chair]bool // whether it speaks
	sent     int
}

// Open opens a copy of what was hired for one scenario.
func (h *Hired) Open(ctx context.Context, dir string, set Setting) (*Server, error) {
	if err := copyPrivate(h.dir, dir); err != nil {
		return nil, fmt.Errorf("copy the staffed clinic: %w", err)
	}
	c := &Server{clock: &hand{at: Day().Add(opening)}, monitors: map[ident.Chair]bool{}}
	var err error
	if c.server, err = server.Open(ctx, config(dir, c.clock)); err != nil {
		return nil, err
	}
	c.pages = httptest.NewServer(c.server.Handler())
	c.site = site{browser: h.browser.at(c.pages.URL), staff: h.staff, dir: dir, now: c.clock.now, visits: map[ident.Chair]*siteVisit{}, date: asTold}
	for _, chair := range chairs() {
		c.monitors[chair] = true
	}
	if err := c.admit(ctx, set); err != nil {
		return nil, errors.Join(err, c.End(ctx))
	}
	return c, nil
}

// copyPrivate copies a closed data directory; keys stay their owner's alone.
func copyPrivate(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), body, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Time is the instant of a time of day.
func (c *Server) Time(sinceMidnight time.Duration) time.Time { return Day().Add(sinceMidnight) }

// Date is the date as told.
func (c *Server) Date(date string) string { return date }

// Reach moves the clock, lets the monitors speak and ticks the timers.
func (c *Server) Reach(ctx context.Context, to time.Time) error {
	last := c.clock.now()
	c.clock.move(to)
	if err := c.hear(ctx); err != nil {
		return err
	}
	for _, chair := range chairs() {
		if !c.monitors[chair] {
			continue
		}
		c.sent++
		peer := netip.MustParseAddrPort("127.0.0.1:1")
		if _, err := c.server.App().ReceiveHL7(ctx, peer, message(chair, c.sent, c.clock.now())); err != nil {
			return err
		}
	}
	return c.server.App().Keep(ctx, last, c.clock.now())
}

// Monitor lets a monitor fall silent or speak again.
func (c *Server) Monitor(ctx context.Context, chair ident.Chair, speaks bool) error {
	c.monitors[chair] = speaks
	return c.Reach(ctx, c.clock.now())
}

// End closes the server and lets the program's own verify walk its record.
func (c *Server) End(context.Context) error {
	err := c.close()
	c.pages.Close()
	if err = errors.Join(err, c.server.Close()); err != nil {
		return err
	}
	var out bytes.Buffer
	return sound(cli.Main([]string{"verify", "--data", c.dir}, &out, &out), out.String())
}

// message is one ORU^R01 of a bedside monitor with a settled patient. It is
// the virtual monitor's without its marks: a clinic takes no simulated values.
func message(chair ident.Chair, n int, at time.Time) []byte {
	var values []simmon.Numeric
	for _, s := range settled {
		x, err := s.kind.Parse(s.value)
		if err == nil && s.kind != vital.Temp {
			values = append(values, simmon.Numeric{Kind: s.kind, Value: x, At: at})
		}
	}
	m := simmon.Message(simmon.Identity{Chair: chair}, fmt.Sprintf("S%d-%d-%d", chair, at.UnixMilli(), n), at, values)
	m = bytes.ReplaceAll(m, []byte("|T|2.6|"), []byte("|P|2.6|"))
	return bytes.ReplaceAll(m, []byte("|DEMO|"), []byte("||"))
}
