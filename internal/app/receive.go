package app

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/series"
)

// ReceiveHL7 takes one unframed message from a monitor. It returns the
// acknowledgement only after the message is durable; an error means it was
// not stored and no acknowledgement may be sent.
func (a *App) ReceiveHL7(ctx context.Context, peer netip.AddrPort, frame []byte) ([]byte, error) {
	now := a.Now()
	opt := hl7.Options{Zone: a.Zone, Received: now, Ahead: a.Knows().Rules.Duration(library.ClockAhead), AllowSimulated: a.Demo}
	res := hl7.Parse(frame, opt)
	m, err := a.register(ctx, job("monitor listener"), describe(res, peer))
	if err != nil {
		return nil, err
	}
	unknown := ""
	if m.Zone != "" && m.Zone != a.Zone.String() {
		if zone, err := time.LoadLocation(m.Zone); err == nil {
			opt.Zone = zone
			res = hl7.Parse(frame, opt)
		} else {
			unknown = m.Zone
		}
	}
	if a.monitors.zone(m.ID, unknown) {
		a.Log.Warn("a monitor's zone is not known here; its times are read in the clinic's", "monitor", m.ID, "zone", unknown)
	}
	in := received(m.ID, res, frame, now)
	cursor, duplicate, err := a.Telemetry.Receive(ctx, in)
	a.telemetryWrites.note(err)
	a.received.add(in, duplicate, err)
	if err != nil {
		return nil, fmt.Errorf("store message: %w", err)
	}
	if !duplicate {
		a.monitors.moved(m.ID, res, in.Rows, cursor, now)
		if a.Knows().AlarmRules.Ready() {
			a.alarms.news.took(m.ID, in.Rows, ownAlarm(res, now), withheld(res), now)
		}
		a.feed.values(m.ID)
	}
	if res.HasPump { // also of one sent again: its word may not have been noted
		if err := a.notePump(ctx, m.ID, res.Pump, res, now); err != nil {
			return nil, err
		}
	}
	return hl7.Ack(res.Message, res.Reply.Code, res.Reply.Text, now, "SW"+strings.ReplaceAll(string(NewID[ident.Command](a)), "-", "")), nil
}

// Counts are of messages since the start.
type Counts struct {
	Messages    uint64 // stored, each once
	Taken       uint64 // of these: with a value that was taken
	Quarantined uint64 // of these: with values of which none was taken
	Repeated    uint64 // sent again, and known already
	Failed      uint64 // not stored, and not acknowledged
	Aside       uint64 // numerics that were not taken
}

// Empty are the stored messages in which there was no value.
func (c Counts) Empty() uint64 { return c.Messages - c.Taken - c.Quarantined }

// tally is Counts in the making.
type tally struct {
	mu sync.Mutex
	n  Counts
}

func (t *tally) add(in series.Received, repeated bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.n.Failed++
		return
	case repeated:
		t.n.Repeated++
		return
	case len(in.Rows) > 0:
		t.n.Taken++
	case len(in.Rejected) > 0:
		t.n.Quarantined++
	}
	t.n.Messages++
	t.n.Aside += uint64(len(in.Rejected))
}

// Received counts what monitors sent.
func (a *App) Received() Counts {
	a.received.mu.Lock()
	defer a.received.mu.Unlock()
	return a.received.n
}

// describe is what a message says of its sender.
func describe(res hl7.Result, peer netip.AddrPort) Monitor {
	addr := peer.Addr().Unmap().String()
	m := Monitor{EUI64: res.Device.EUI64, Application: res.Device.Application, Bed: res.Location.Sent, Peer: addr}
	m.Gateway = res.Device.EUI64 != "" && res.Device.Sender
	m.Simulated = res.Processing == "T" || res.Processing == "D"
	if unit, ok := pumpUnit(res); ok {
		m.Pump, m.Unit = true, unit
	}
	m.Key = monitorKey(m)
	switch {
	case m.Pump:
		label, _, _ := strings.Cut(m.Unit, "^")
		m.Name = clipKey(strings.TrimSpace("Pump " + label))
	case m.Gateway && m.Bed != "":
		m.Name = clipKey("Monitor at bed " + m.Bed)
	case m.EUI64 != "":
		m.Name = "Monitor " + m.EUI64[max(0, len(m.EUI64)-4):]
	default:
		m.Name = clipKey("Monitor at " + addr)
	}
	return m
}

func clipKey(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}

// received is what is stored. A time of measurement that lies a little ahead of
// its receipt is taken as the receipt, so that no value is ever younger than
// it can be; the monitor's own time stays beside it.
func received(id ident.Device, res hl7.Result, frame []byte, now time.Time) series.Received {
	in := series.Received{Device: id, ControlKey: res.DedupeKey, ReceivedAt: now, Raw: frame}
	for _, acc := range res.Accepted {
		row := series.Row{At: acc.At, ReceivedAt: now, Sample: acc.Sample}
		if row.At.After(now) {
			row.At = now
		}
		in.Rows = append(in.Rows, row)
	}
	for _, q := range res.Quarantined {
		in.Rejected = append(in.Rejected, series.Rejected{Code: q.Code, Name: q.Name, Value: q.Value, Reason: q.Reason})
	}
	if len(in.Rows)+len(in.Rejected) == 0 && res.Reply.Code != hl7.AA && res.Reply.Code != "" {
		// Nothing in it can be shown: it is kept and said as a whole.
		in.Rejected = []series.Rejected{{Name: strings.TrimSpace("message " + res.Event.String()), Reason: res.Reply.Text}}
	}
	return in
}

// zone keeps which zone of a monitor is not known; news when that just came up.
func (m *monitors) zone(id ident.Device, unknown string) (news bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.byID[id]
	if !ok || f.ZoneUnknown == unknown {
		return false
	}
	f.ZoneUnknown = unknown
	return unknown != ""
}

func (m *monitors) moved(id ident.Device, res hl7.Result, rows []series.Row, cursor int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.byID[id]
	if !ok {
		return
	}
	f.LastAt, f.Cursor = now, cursor
	f.OwnAlarms = f.OwnAlarms || res.HasAlert
	if !res.Sent.IsZero() {
		f.Offset, f.OffsetKnown = res.Sent.Sub(now), true
	}
	f.SentPatient, f.SentBed = "", res.Location.Sent
	if res.Patient.Known() {
		f.SentPatient = res.Patient.IDs[0].ID
	}
	for _, q := range res.Quarantined {
		if q.Kind != "" && q.Withheld() {
			f.Aside[q.Kind] = Aside{q.Kind, now, q.Reason}
		}
	}
	for _, row := range rows {
		f.take(row)
	}
}
