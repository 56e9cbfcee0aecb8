package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// health gathers the parts of the server. Down is only a server that cannot
// keep the record: to restart one that can, in the middle of an infusion,
// because one monitor went quiet, would do harm.
type health struct{ view.Health }

func (h *health) part(name, state string, fault error, fine string) {
	p := view.HealthPart{Name: name, State: "works", Text: fine}
	if fault != nil {
		p.State, p.Text = state, fault.Error()
		h.OK = h.OK && state != down
		h.Degraded = append(h.Degraded, name+": "+fault.Error())
	}
	h.Parts = append(h.Parts, p)
}

const (
	down     = "down"
	degraded = "degraded"
)

// Health says what works and what does not. It names no patient and no person.
func (s *Server) Health(ctx context.Context) view.Health {
	h := &health{view.Health{OK: true, Version: s.cfg.Version}}
	position, _, err := s.store.Head(ctx)
	h.part("record", down, errors.Join(err, s.app.RecordFault()), fmt.Sprintf("%d entries", position))
	h.part("telemetry", down, s.app.TelemetryFault(), "written")
	for _, w := range s.store.Warnings() {
		h.part("checkpoints", degraded, errors.New(w), "")
	}
	h.projections(s.store.Faults())
	s.monitorHealth(h)
	var unwritten error
	if n := s.app.ReadsWaiting(); n > 0 {
		unwritten = fmt.Errorf("reads of patients' data that wait to be written: %d", n)
	}
	h.part("audit", degraded, unwritten, "written")
	var timers error
	if said := s.checkErr.Load(); said != nil {
		timers = errors.New(*said)
	}
	h.part("timers", degraded, timers, "running")
	if _, broken := s.chainNow(); broken {
		h.part("chain", degraded, errors.New("the newest entries do not fit: run verify"), "")
	}
	if s.local != nil && s.local.Expires().Sub(s.cfg.Now()) < 14*24*time.Hour {
		h.part("certificate", degraded, errors.New("ends within 14 days and could not be renewed"), "")
	}
	s.copyHealth(h)
	on, unsigned := s.app.AlarmsOn(ctx)
	if unsigned == nil && !on {
		unsigned = errors.New("the director has not signed the alarm settings: nothing is alarmed on, and no infusion can start")
	}
	h.part("alarms", degraded, unsigned, "settings signed")
	s.soundHealth(ctx, h)
	if s.sender != nil {
		h.part("webhook", degraded, s.sender.Fault(), "delivers; not guaranteed, secondary to the bedside monitor")
	}
	var clock error
	if ahead := s.clock.ahead(); ahead > clockAside {
		clock = fmt.Errorf("the machine's clock was set back: the clinic's time goes on %s ahead of it, and falls back slowly", ahead.Round(time.Second))
	}
	h.part("clock", degraded, clock, "the machine's")
	return h.Health
}

// writeFault says on every page that what is charted, or measured, does not
// become durable; empty while it does. What went wrong is for whoever runs the
// server: it stands in the log and at /healthz.
func (s *Server) writeFault() string {
	switch {
	case s.app.RecordFault() != nil:
		return word.M("write.record").English()
	case s.app.TelemetryFault() != nil:
		return word.M("write.telemetry").English()
	}
	return ""
}

// projections are told in the order of their names, each time the same.
func (h *health) projections(faults map[string]error) {
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		h.part("projection "+name, degraded, faults[name], "")
	}
}

func (s *Server) monitorHealth(h *health) {
	var fault error
	switch silent := s.silentLinks(); {
	case s.cfg.MLLP == "" && len(s.cfg.Dial) == 0:
		fault = errors.New("no address where monitors connect is set, and no monitor to call")
	case s.cfg.MLLP != "" && len(s.cfg.Networks) == 0:
		fault = errors.New("no network is registered, so that no monitor can connect")
	case silent == 1:
		fault = errors.New("1 linked monitor is silent")
	case silent > 1:
		fault = fmt.Errorf("%d linked monitors are silent", silent)
	}
	h.part("monitors", degraded, fault, fmt.Sprintf("%d known", len(s.app.Monitors())))
}

// silentLinks counts the visits whose linked monitor says nothing although it
// should: not one that is off on purpose.
func (s *Server) silentLinks() int {
	n := 0
	now := s.cfg.Now()
	for _, l := range s.app.Sessions(unclosed) {
		v, err := s.app.Visit(context.Background(), l.ID)
		if err == nil && v.State.Link.Monitor != "" && v.HasFeed && !session.Online(s.app.Knows().Rules, v.Feed.LastAt, now) && !l.Unclosed() && now.After(v.State.OffTill) {
			n++
		}
	}
	return n
}
