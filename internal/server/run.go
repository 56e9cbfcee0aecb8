package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/mllp"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Start listens and begins the timers. It returns when everything listens.
func (s *Server) Start(ctx context.Context) error {
	ctx, s.stop = context.WithCancel(ctx)
	if err := s.startMLLP(ctx); err != nil {
		return err
	}
	if err := s.startPages(ctx); err != nil {
		return err
	}
	if err := s.startDebug(); err != nil {
		return err
	}
	s.work.Add(1)
	go s.keep(ctx)
	s.work.Go(func() { s.app.WatchAlarms(ctx) })
	if s.sender != nil {
		s.work.Go(func() {
			l := s.app.Listen()
			defer l.Stop()
			l.Only() // of the record alone
			s.sender.Run(ctx, l.C)
		})
	}
	if s.copies != nil {
		s.work.Add(1)
		go s.keepCopies(ctx)
	}
	return nil
}

func (s *Server) startPages(ctx context.Context) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen for pages: %w", err)
	}
	s.address = ln.Addr().String()
	s.pages = &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: nil, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	if s.tls != nil {
		s.pages.TLSConfig = s.tls
		ln = tls.NewListener(ln, s.tls)
	}
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		if err := s.pages.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("pages ended", "err", err)
		}
	}()
	return nil
}

// startDebug serves metrics and profiles on loopback only.
func (s *Server) startDebug() error {
	if s.cfg.Debug == "" {
		return nil
	}
	if !loopback(s.cfg.Debug) {
		return fmt.Errorf("metrics and profiles are served on loopback only, not on %s", s.cfg.Debug)
	}
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.cfg.Debug)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics(), promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	s.debug = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		if err := s.debug.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("metrics ended", "err", err)
		}
	}()
	return nil
}

// metrics are counts of the clinic, never of a patient.
func (s *Server) metrics() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "stillwatch", Name: name, Help: help}, value))
	}
	gauge("record_position", "Entries in the clinic's log.", func() float64 {
		p, _, err := s.store.Head(context.Background())
		if err != nil {
			return -1
		}
		return float64(p)
	})
	gauge("monitors_online", "Monitors that count as connected.", func() float64 {
		n := 0
		for _, f := range s.app.Monitors() {
			if session.Online(s.app.Knows().Rules, f.LastAt, s.cfg.Now()) {
				n++
			}
		}
		return float64(n)
	})
	counter := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "stillwatch", Name: name, Help: help}, value))
	}
	counter("monitor_messages_total", "Messages received from monitors and stored.", func() float64 { return float64(s.app.Received().Messages) })
	counter("monitor_numerics_aside_total", "Numerics received and not accepted.", func() float64 { return float64(s.app.Received().Aside) })
	counter("monitor_connections_refused_total", "Connections refused: unregistered network, or too many.", func() float64 { return s.wires.count(mllp.Refused) })
	counter("monitor_connection_faults_total", "Faults on connections of monitors.", func() float64 { return s.wires.count(mllp.Trouble) })
	for outcome, n := range map[string]func(app.Counts) uint64{
		"accepted": func(c app.Counts) uint64 { return c.Taken }, "quarantined": func(c app.Counts) uint64 { return c.Quarantined },
		"empty": app.Counts.Empty, "repeated": func(c app.Counts) uint64 { return c.Repeated }, "failed": func(c app.Counts) uint64 { return c.Failed },
	} {
		reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "stillwatch", Name: "monitor_messages_by_outcome_total", ConstLabels: prometheus.Labels{"outcome": outcome},
			Help: "Messages from monitors by what became of them: a value accepted, all of it quarantined, nothing in it, sent again, not stored.",
		}, func() float64 { return float64(n(s.app.Received())) }))
	}
	s.meter.register(reg)
	gauge("degraded", "Parts of the server that are not well.", func() float64 {
		return float64(len(s.Health(context.Background()).Degraded))
	})
	return reg
}

// keep drives what the clock drives, once a second, and renews certificates.
func (s *Server) keep(ctx context.Context) {
	defer s.work.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := s.cfg.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.cfg.Now()
		if err := s.app.Keep(ctx, last, now); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("timers failed", "err", err)
			said := err.Error()
			s.checkErr.Store(&said)
		} else {
			s.checkErr.Store(nil)
		}
		s.renew(last, now)
		if now.Truncate(10*time.Minute).After(last.Truncate(10*time.Minute)) || s.chain.Load() == nil {
			s.checkChain(ctx, now)
			if _, err := s.auth.Prune(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Log.Error("old sign-ins could not be removed", "err", err)
			}
		}
		last = now
	}
}

// renew makes the server's certificate anew, in time, while it runs.
func (s *Server) renew(last, now time.Time) {
	if s.local == nil || !now.Truncate(24*time.Hour).After(last.Truncate(24*time.Hour)) {
		return
	}
	made, err := s.local.Renew(s.names, now)
	if err != nil {
		s.cfg.Log.Error("the server's certificate could not be renewed", "err", err)
	}
	if made {
		s.cfg.Log.Info("the server's certificate was renewed", "until", s.local.Expires())
	}
}

// checkChain walks the newest part of the log, for the board's footer.
func (s *Server) checkChain(ctx context.Context, now time.Time) {
	position, hash, err := s.store.Head(ctx)
	if err != nil {
		return
	}
	if err := s.checkTail(ctx, position, hash); err != nil {
		s.cfg.Log.Error("the newest entries do not fit their chain: run verify", "err", err)
		s.chain.Store(&chainState{broken: true, at: now})
		return
	}
	s.chain.Store(&chainState{at: now})
}

// chainState is what the last look at the newest entries found.
type chainState struct {
	at     time.Time
	broken bool
}

// chainNow is when the chain was last found to fit; broken when it did not.
func (s *Server) chainNow() (intact time.Time, broken bool) {
	c := s.chain.Load()
	if c == nil {
		return time.Time{}, false
	}
	return c.at, c.broken
}

// tailLength is how many of the newest entries are linked anew.
const tailLength = 500

// checkTail links the newest entries up to a head: the first of them to the
// entry before, or to the beginning of the log, and the last to the head. The
// walk of everything is verify's.
func (s *Server) checkTail(ctx context.Context, position int64, hash journal.Hash) error {
	before := max(position-tailLength, 0)
	records, err := s.store.Since(ctx, max(before-1, 0), tailLength+1)
	if err != nil {
		return err
	}
	return linked(records, before, position, hash)
}

// linked links records to one another and to the head at a position. Where
// entries come before the tail, the first record is the last of those and only
// gives its hash.
func linked(records []journal.Record, before, position int64, hash journal.Hash) error {
	at := before
	var prev journal.Hash
	for i, r := range records {
		switch {
		case r.Position > position:
			continue // written since the head was read
		case i == 0 && before > 0:
			if r.Position != before {
				return fmt.Errorf("entry %d is missing", before)
			}
			prev = r.Hash
			continue
		case i == 0:
			prev = journal.Genesis(r.Clinic, r.Log)
		}
		if at++; r.Position != at {
			return fmt.Errorf("entry %d is missing", at)
		}
		if journal.Link(prev, r) != r.Hash {
			return fmt.Errorf("entry %d does not follow from the one before", r.Position)
		}
		prev = r.Hash
	}
	if at != position || (position > 0 && prev != hash) {
		return fmt.Errorf("the newest entries end at %d and not at the head, %d", at, position)
	}
	return nil
}

// Close stops listening, waits for what runs and closes the record.
func (s *Server) Close() error {
	if s.stop != nil {
		s.stop()
	}
	s.wires.stop()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var errs error
	for _, srv := range []*http.Server{s.pages, s.debug} {
		if srv == nil {
			continue
		}
		if err := srv.Shutdown(ctx); err != nil {
			errs = errors.Join(errs, srv.Close())
		}
	}
	s.work.Wait()
	if s.app != nil {
		errs = errors.Join(errs, s.app.WriteReads(ctx))
	}
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = errors.Join(errs, s.closers[i]())
	}
	return errs
}

const demoSetting = "demonstration"

// refuseDemoRecord looks into the record itself: a demonstration's database
// stays one even if its mark in the directory is gone.
func (s *Server) refuseDemoRecord(ctx context.Context) error {
	_, marked, err := s.store.Row(ctx, "setting", demoSetting)
	if err != nil {
		return err
	}
	if marked && !s.cfg.Demo {
		return ErrDemoData
	}
	if marked || !s.cfg.Demo {
		return nil
	}
	body, err := json.Marshal(true)
	if err != nil {
		return err
	}
	now := s.cfg.Now()
	return s.store.PutRows(ctx, []journal.RegisterPut{{Register: "setting", ID: demoSetting, Body: body}}, []journal.AuditDraft{{
		Type: "setting.changed", Version: 1, Payload: []byte(`{"subject":"demonstration"}`), At: now,
		Actor: act.Actor{Kind: act.Job, Job: "demonstration", Proof: act.System},
	}})
}
