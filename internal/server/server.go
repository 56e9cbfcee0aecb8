// Package server puts one clinic together: store, identity, app, pages,
// monitor listener and the timers, and takes it down again in order.
package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/notify"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/store/postgres"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/form"
)

// Config is everything that can be set.
type Config struct {
	Data     string // data directory
	Database string // PostgreSQL address; empty for the embedded database
	Clinic   string
	Zone     string // IANA zone of the clinic
	Chairs   int
	Listen   string // pages
	Plain    bool   // HTTP without TLS; loopback only
	CertFile string // given certificate, instead of the clinic's own authority
	KeyFile  string
	Hosts    []string // further names and addresses browsers use
	MLLP     string   // monitor listener; empty for none
	Networks []string // from which monitors may connect
	Dial     []string // monitors that wait to be called, number and port
	Backup   string   // where copies go; empty for none
	Webhook  string   // where people elsewhere are told of alarms; empty for nowhere
	// WebhookSecret signs what goes there. WebhookInsecure lets it go by plain
	// HTTP to another machine.
	WebhookSecret   []byte
	WebhookInsecure bool
	Debug           string // metrics and pprof, loopback only; empty for none
	Version         string
	Demo            bool
	OrdersByHand    bool // take orders that come from no protocol although the clinic has signed some
	Gallery         bool
	Now             func() time.Time
	Log             *slog.Logger
	// Hashing is what a password costs; nil for what a clinic should have.
	// Tests that make many people take a light one.
	Hashing *auth.Params
}

// Server is one running clinic.
type Server struct {
	cfg      Config
	clock    *steady
	zone     *time.Location
	store    *sqlstore.Store
	auth     *auth.Service
	app      *app.App
	models   library.Kinetics
	handler  http.Handler
	local    *auth.Local
	names    auth.Names // that the local certificate is for
	tls      *tls.Config
	wires    wires
	meter    *meter
	skews    skews
	pages    *http.Server
	debug    *http.Server
	address  string
	stop     context.CancelFunc
	work     sync.WaitGroup
	chain    atomic.Pointer[chainState]
	checkErr atomic.Pointer[string]
	closers  []func() error
	copies   *copies        // nil where no backup is kept
	sender   *notify.Sender // nil where nobody elsewhere is told
	// FirstLogin and FirstPassword are set when this start made the first
	// administrator; they are for the caller to print once.
	FirstLogin, FirstPassword string
}

// ErrDemoData refuses to serve a data directory of a demonstration.
var ErrDemoData = errors.New("this data directory belongs to a demonstration and holds no patients: choose another")

const demoMark = "DEMONSTRATION"

// Open opens the record and everything over it, but listens nowhere yet.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, clock: newSteady(cfg.Now)}
	s.cfg.Now = s.clock.Now
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	var err error
	if s.zone, err = time.LoadLocation(s.cfg.Zone); err != nil {
		return fmt.Errorf("zone %q is not known: give an IANA name such as Europe/Zurich", s.cfg.Zone)
	}
	if err := os.MkdirAll(s.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if err := s.markDemo(); err != nil {
		return err
	}
	if err := s.openStore(ctx); err != nil {
		return err
	}
	has, err := shippedFiles()
	if err != nil {
		return fmt.Errorf("read shipped library: %w", err)
	}
	s.models = has.models
	if err := s.openPeople(ctx); err != nil {
		return err
	}
	staff, err := auth.NewDirectory(s.auth, auth.DefaultRequirements(), s.zone)
	if err != nil {
		return err
	}
	s.app, err = app.New(ctx, app.Options{
		Clinic: ident.Clinic(s.cfg.Clinic), Store: s.store, Telemetry: s.store,
		Directory: staff,
		Shipped:   has.knows, With: withValues, Consent: has.consent, Intake: has.intake, Education: has.education, Instructions: has.instructions, Claims: has.claims,
		Zone: s.zone, Now: s.cfg.Now, Random: random, Log: s.cfg.Log, Demo: s.cfg.Demo, OrdersByHand: s.cfg.OrdersByHand, Chairs: s.cfg.Chairs,
	})
	if err != nil {
		return err
	}
	if err := s.openCopies(ctx); err != nil {
		return err
	}
	if err := s.openWebhook(); err != nil {
		return err
	}
	s.skews.since = s.cfg.Now()
	return s.openPages(has.knows.Rules.Standing())
}

// random fills b. The system's source does not fail (it ends the program).
func random(b []byte) { _, _ = rand.Read(b) }

// markDemo marks a demonstration's directory for ever, and keeps everyone
// else out of one.
func (s *Server) markDemo() error {
	path := filepath.Join(s.cfg.Data, demoMark)
	_, err := os.Stat(path)
	switch {
	case err == nil && !s.cfg.Demo:
		return ErrDemoData
	case err == nil:
		return nil
	case !s.cfg.Demo:
		return nil
	}
	if sqlite.Exists(s.cfg.Data) {
		return errors.New("this data directory holds a clinic's record: a demonstration will not touch it")
	}
	return os.WriteFile(path, []byte("Simulated patients only. This directory can never serve a clinic.\n"), 0o600)
}

func (s *Server) openStore(ctx context.Context) error {
	o := sqlstore.Options{
		Clinic: ident.Clinic(s.cfg.Clinic), Dir: s.cfg.Data, Projections: []sqlstore.Projection{project.Sessions{}, project.Courses{}},
		Now: s.cfg.Now, Random: random, Log: s.cfg.Log,
	}
	if s.cfg.Webhook != "" {
		o.Owes = notify.Owes
	}
	var err error
	if s.cfg.Database != "" {
		s.store, err = postgres.Open(ctx, postgres.Options{Options: o, URL: s.cfg.Database})
	} else {
		s.store, err = sqlite.Open(ctx, sqlite.Options{Options: o})
	}
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.store.Close)
	if err := s.goOnFromRecord(ctx); err != nil {
		return err
	}
	return s.refuseDemoRecord(ctx)
}

// goOnFromRecord keeps the clinic's time from standing before the newest entry.
func (s *Server) goOnFromRecord(ctx context.Context) error {
	position, _, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	newest, err := s.store.Since(ctx, max(position-1, 0), 1)
	if err != nil {
		return err
	}
	for _, r := range newest {
		s.clock.notBefore(r.RecordedAt)
	}
	return nil
}

func (s *Server) openPeople(ctx context.Context) error {
	key, err := auth.OpenServerKey(s.cfg.Data, rand.Reader)
	if err != nil {
		return err
	}
	cost := auth.DefaultParams()
	if s.cfg.Hashing != nil {
		cost = *s.cfg.Hashing
	}
	hasher, err := auth.NewArgon2(cost, rand.Reader)
	if err != nil {
		return err
	}
	s.auth, err = auth.New(ctx, auth.Config{
		Clinic: ident.Clinic(s.cfg.Clinic), Registers: s.store, Key: key, Hasher: hasher, Clock: s.cfg.Now, Policy: auth.DefaultPolicy(),
	})
	if err != nil {
		return err
	}
	login, password, made, err := s.auth.FirstAdministrator(ctx)
	if err != nil {
		return err
	}
	if made {
		s.FirstLogin, s.FirstPassword = login, password
	}
	return nil
}

func (s *Server) openPages(rules string) error {
	key, err := auth.OpenServerKey(s.cfg.Data, rand.Reader)
	if err != nil {
		return err
	}
	if err := s.openTLS(); err != nil {
		return err
	}
	who := people{
		auth: s.auth, cookies: auth.Cookies{TLS: s.tls != nil}, policy: auth.DefaultPolicy(), now: s.cfg.Now,
		witness: auth.NewGrants(key, ident.Clinic(s.cfg.Clinic+"/witness"), witnessLife),
	}
	links := auth.NewLinks(key, ident.Clinic(s.cfg.Clinic))
	s.meter = newMeter()
	r := room{app: s.app, people: who, chain: s.chainNow, elsewhere: s.elsewhere, meter: s.meter, explorer: newExplorer(s.models, s.app), boards: &boards{}, glances: newGlances(), wholes: newLane()}
	assets, err := web.Assets()
	if err != nil {
		return err
	}
	s.handler, err = web.New(web.Deps{
		Auth: who, Commands: r, Station: r, Visits: visits{r}, Feed: r,
		Courses: courses{app: s.app, meter: s.meter, links: links, address: s.url}, Orders: visits{r},
		Explorer: r.explorer,
		Own:      own{courses: courses{app: s.app, meter: s.meter, links: links}, people: who},
		Desk:     desk{app: s.app, auth: s.auth, people: who, networks: s.cfg.Networks, wires: &s.wires, meter: s.meter, skews: &s.skews},
		House:    building{health: s.Health, version: s.cfg.Version, local: s.local, plain: s.cfg.Plain, address: s.url(), rules: rules},
		Fault:    s.writeFault,
		Skew:     func(v web.Visitor, off time.Duration) { s.skews.note(v, off, s.cfg.Now()) },
		Unread:   func(what act.Act, began time.Time) { s.meter.command(what, began, outcomeInvalid) },
		Limits:   form.Limits{OffMinutes: int(s.app.Knows().Rules.Duration(library.OffMost).Minutes())},
		Assets:   assets, Clinic: s.cfg.Clinic, Demo: s.cfg.Demo, Gallery: s.cfg.Gallery,
		Now: s.cfg.Now, Random: random, Log: s.cfg.Log,
	})
	return err
}

// openTLS makes or loads certificates. Without them pages are served on
// loopback only.
func (s *Server) openTLS() error {
	if s.cfg.Plain {
		if !loopback(s.cfg.Listen) {
			return fmt.Errorf("plain HTTP is served on loopback only, not on %s", s.cfg.Listen)
		}
		return nil
	}
	now := s.cfg.Now()
	if s.cfg.CertFile != "" {
		var err error
		s.tls, err = auth.GivenConfig(s.cfg.CertFile, s.cfg.KeyFile, now)
		return err
	}
	var err error
	if s.names, err = auth.LocalNames(s.cfg.Hosts...); err != nil {
		return err
	}
	if s.local, err = auth.OpenLocal(s.cfg.Data, s.names, now); err != nil {
		return err
	}
	s.tls = s.local.Config()
	return nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (s *Server) url() string {
	scheme := "https"
	if s.tls == nil {
		scheme = "http"
	}
	host, port, err := net.SplitHostPort(s.listening())
	if err != nil {
		return scheme + "://" + s.cfg.Listen
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() || host == "" {
		host = "localhost"
		if name, err := os.Hostname(); err == nil && len(s.cfg.Hosts) == 0 {
			host = name
		} else if len(s.cfg.Hosts) > 0 {
			host = s.cfg.Hosts[0]
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func (s *Server) listening() string {
	if s.address != "" {
		return s.address
	}
	return s.cfg.Listen
}

// App is the running clinic behind the server.
func (s *Server) App() *app.App { return s.app }

// Auth is the clinic's identity service.
func (s *Server) Auth() *auth.Service { return s.auth }

// Library says on what the limits rest, and how far that was reviewed.
func (s *Server) Library() string { return s.app.Knows().Rules.Standing() }

// URL is the address of the pages.
func (s *Server) URL() string { return s.url() }

// Trust is what tablets need to trust the server's own certificate; ok is
// false when there is none: over plain HTTP, or with a given certificate.
func (s *Server) Trust() (t auth.Trust, ok bool) {
	if s.local == nil {
		return auth.Trust{}, false
	}
	return s.local.Trust(), true
}

// Handler answers requests for pages; tests serve it without a socket.
func (s *Server) Handler() http.Handler { return s.handler }

// MLLPAddr is where monitors connect; nil when there is no listener.
func (s *Server) MLLPAddr() net.Addr {
	if s.wires.listener == nil {
		return nil
	}
	return s.wires.listener.Addr()
}
