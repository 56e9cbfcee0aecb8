package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Monitor is one bedside monitor in the register of devices. It enters the
// register when it first speaks; a person names it and says its chair.
type Monitor struct {
	ID  ident.Device `json:"id"`
	Key string       `json:"key"` // see monitorKey
	// What it says of itself.
	EUI64       string `json:"eui64,omitempty"`
	Application string `json:"application,omitempty"`
	Bed         string `json:"bed,omitempty"`
	Peer        string `json:"peer,omitempty"`
	// Gateway says that the EUI-64 is the sender's and may be shared: then
	// the bed belongs to what the monitor is known by.
	Gateway bool `json:"gateway,omitempty"`
	// Pump says that it is an infusion pump, Unit how it names itself: pumps of
	// one maker may share the EUI-64.
	Pump bool   `json:"pump,omitempty"`
	Unit string `json:"unit,omitempty"`
	// What people say of it.
	Name      string      `json:"name"`
	Kind      string      `json:"kind,omitempty"` // make and model
	Chair     ident.Chair `json:"chair,omitempty"`
	ChairAt   time.Time   `json:"chair_at,omitzero"` // when the chair was last said anew
	Zone      string      `json:"zone,omitempty"`    // IANA zone of times it sends without one
	Simulated bool        `json:"simulated,omitempty"`
	FirstSeen time.Time   `json:"first_seen"`
	revision  int64
}

// Feed is what a monitor shows now.
type Feed struct {
	Monitor Monitor
	// LastAt is the receipt of its last message; after a start that of its
	// last stored value, zero when there is none.
	LastAt time.Time
	// Offset is its clock minus ours, from the last message that gave its
	// time; OffsetKnown is false until one did.
	Offset      time.Duration
	OffsetKnown bool
	// Aside holds signs that it has and we did not take, newest of each kind.
	Aside map[vital.Kind]Aside
	Rows  series.Newest
	// good holds the newest value of each kind that the monitor did not doubt:
	// a probe that slips for a moment takes nothing back.
	good map[vital.Kind]series.Row
	// SentPatient and SentBed are the patient id and the bed it sends.
	SentPatient, SentBed string
	Cursor               int64
	// OwnAlarms says that it has sent alarms of its own (PCD-04) since the start
	// of the server: that it sends none was not heard of it.
	OwnAlarms bool
	// ZoneUnknown is the zone of its register entry while this server does not
	// know it: the times it sends without one are then read in the clinic's.
	ZoneUnknown string
}

// Aside is a sign that a monitor sent and that was not taken.
type Aside struct {
	Kind   vital.Kind
	At     time.Time // receipt
	Reason string
}

type monitors struct {
	mu    sync.RWMutex // held for map access only; hundreds of readers look beside one another
	byID  map[ident.Device]*Feed
	byKey map[string]ident.Device
	texts map[ident.Detail]string // of links, as read from the record
	reg   sync.Mutex              // held while a monitor enters the register, so that it enters once
}

func newMonitors() *monitors {
	return &monitors{byID: map[ident.Device]*Feed{}, byKey: map[string]ident.Device{}, texts: map[ident.Detail]string{}}
}

func (m *monitors) put(mon Monitor) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.byID[mon.ID]
	if !ok {
		f = &Feed{Rows: series.Newest{}, Aside: map[vital.Kind]Aside{}, good: map[vital.Kind]series.Row{}}
		m.byID[mon.ID] = f
	}
	f.Monitor = mon
	m.byKey[mon.Key] = mon.ID
}

func (m *monitors) find(key string) (Monitor, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	id, ok := m.byKey[key]
	if !ok {
		return Monitor{}, false
	}
	return m.byID[id].Monitor, true
}

func (m *monitors) count() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.byID)
}

// gateway reports whether an EUI-64 has come as a gateway's.
func (m *monitors) gateway(eui string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, f := range m.byID {
		if f.Monitor.Gateway && f.Monitor.EUI64 == eui {
			return true
		}
	}
	return false
}

func (m *monitors) feed(id ident.Device) (Feed, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	f, ok := m.byID[id]
	if !ok {
		return Feed{}, false
	}
	return f.copy(), true
}

// look lets see look at a monitor's feed, where there is one, without a copy: each
// board asks for each visit. Nothing of it is to be kept or changed.
func (m *monitors) look(id ident.Device, see func(*Feed)) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if f, ok := m.byID[id]; ok {
		see(f)
	}
}

func (m *monitors) cursor(id ident.Device) int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if f, ok := m.byID[id]; ok {
		return f.Cursor
	}
	return 0
}

func (m *monitors) all() []Feed { return m.those(func(Monitor) bool { return true }) }

// those are the feeds of the monitors that a filter accepts.
func (m *monitors) those(accept func(Monitor) bool) []Feed {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Feed
	for _, f := range m.byID {
		if accept(f.Monitor) {
			out = append(out, f.copy())
		}
	}
	slices.SortFunc(out, func(x, y Feed) int {
		return cmpMonitor(x.Monitor, y.Monitor)
	})
	return out
}

// standing are the monitors and the pumps that stand at a chair, or that no chair
// has, without what they show.
func (m *monitors) standing(chair ident.Chair) (monitors, pumps []Feed) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, f := range m.byID {
		if f.Monitor.Chair != 0 && f.Monitor.Chair != chair {
			continue
		}
		bare := Feed{Monitor: f.Monitor, LastAt: f.LastAt, SentPatient: f.SentPatient, SentBed: f.SentBed}
		if f.Monitor.Pump {
			pumps = append(pumps, bare)
		} else {
			monitors = append(monitors, bare)
		}
	}
	for _, list := range [][]Feed{monitors, pumps} {
		slices.SortFunc(list, func(x, y Feed) int { return cmpMonitor(x.Monitor, y.Monitor) })
	}
	return monitors, pumps
}

func cmpMonitor(x, y Monitor) int {
	if x.Chair != y.Chair {
		return int(x.Chair) - int(y.Chair)
	}
	if x.Key < y.Key {
		return -1
	}
	return 1
}

// take keeps a value that is newer than what is there.
func (f *Feed) take(row series.Row) {
	f.Rows.Add(row)
	kind := row.Sample.Kind
	if old, ok := f.good[kind]; row.Sample.Quality == vital.Good && (!ok || !row.ReceivedAt.Before(old.ReceivedAt)) {
		f.good[kind] = row
	}
}

func (f *Feed) copy() Feed {
	c := *f
	c.Rows = maps.Clone(f.Rows)
	c.good = maps.Clone(f.good)
	c.Aside = maps.Clone(f.Aside)
	return c
}

func (a *App) loadMonitors(ctx context.Context) error {
	rows, err := a.Store.Rows(ctx, "device")
	if err != nil {
		return fmt.Errorf("read register of monitors: %w", err)
	}
	for _, r := range rows {
		var m Monitor
		if err := json.Unmarshal(r.Body, &m); err != nil {
			return fmt.Errorf("decode row %s of the register of monitors: %w", r.ID, err)
		}
		m.revision = r.Revision
		a.monitors.put(m)
		latest, err := a.Telemetry.Latest(ctx, m.ID)
		if err != nil {
			return fmt.Errorf("read last values of a monitor: %w", err)
		}
		a.monitors.mu.Lock()
		f := a.monitors.byID[m.ID]
		for _, row := range latest {
			f.take(row)
			if row.ReceivedAt.After(f.LastAt) {
				f.LastAt = row.ReceivedAt
			}
		}
		a.monitors.mu.Unlock()
	}
	return nil
}

// mostMonitors bounds what enters the register by itself, several times what a
// clinic has: a sender that names itself anew with each message fills nothing.
const mostMonitors = 512

// ErrRegisterFull refuses a monitor that nobody has entered.
var ErrRegisterFull = fmt.Errorf("the register holds %d monitors: a person has to enter this one", mostMonitors)

// register returns the monitor with the key, entering it when it is new. A
// person may always enter one; by itself one enters while there is room.
func (a *App) register(ctx context.Context, who act.Actor, m Monitor) (Monitor, error) {
	if known, ok := a.monitors.find(m.Key); ok {
		return known, nil // each message of a monitor that is known comes by here
	}
	a.monitors.reg.Lock()
	defer a.monitors.reg.Unlock()
	if known, ok := a.monitors.find(m.Key); ok {
		return known, nil
	}
	if who.Kind != act.Person && a.monitors.count() >= mostMonitors {
		return Monitor{}, ErrRegisterFull
	}
	m.ID = NewID[ident.Device](a)
	m.FirstSeen = a.Now()
	return a.storeMonitor(ctx, who, "monitor.seen", m)
}

func (a *App) storeMonitor(ctx context.Context, who act.Actor, what string, m Monitor) (Monitor, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return Monitor{}, fmt.Errorf("encode monitor: %w", err)
	}
	put := journal.RegisterPut{Register: "device", ID: string(m.ID), Alias: "monitor:" + m.Key, Body: body, Revision: m.revision}
	if err := a.Store.PutRows(ctx, []journal.RegisterPut{put}, []journal.AuditDraft{a.auditDraft(who, what, string(m.ID))}); err != nil {
		return Monitor{}, fmt.Errorf("store monitor: %w", err)
	}
	row, ok, err := a.Store.Row(ctx, "device", string(m.ID))
	if err != nil || !ok {
		return Monitor{}, fmt.Errorf("read monitor back: %w", err)
	}
	m.revision = row.Revision
	a.monitors.put(m)
	return m, nil
}

// Monitors lists what is known of every monitor.
func (a *App) Monitors() []Feed { return a.monitors.all() }

// Feed returns what one monitor shows.
func (a *App) Feed(id ident.Device) (Feed, bool) { return a.monitors.feed(id) }

// Description is what people say of a monitor.
type Description struct {
	Name  string
	Kind  string // make and model
	Chair ident.Chair
	Zone  string // IANA zone of times it sends without one; empty for the clinic's
}

// DescribeMonitor sets what people say of a monitor.
func (a *App) DescribeMonitor(ctx context.Context, who act.Actor, id ident.Device, d Description) error {
	if err := a.mayDescribe(who, d); err != nil {
		return err
	}
	f, ok := a.monitors.feed(id)
	if !ok {
		return fmt.Errorf("%w: no such monitor", ErrMalformed)
	}
	m := f.Monitor
	if m.Chair != d.Chair {
		m.ChairAt = a.Now()
	}
	m.Name, m.Kind, m.Chair, m.Zone = d.Name, d.Kind, d.Chair, d.Zone
	_, err := a.storeMonitor(ctx, who, "monitor.described", m)
	if errors.Is(err, journal.ErrConflict) {
		return fmt.Errorf("%w: the monitor changed meanwhile", ErrTaken)
	}
	return err
}

// mayDescribe checks who describes a monitor, and what is said of it.
func (a *App) mayDescribe(who act.Actor, d Description) error {
	if p := act.May(who, "device.describe"); !p.Allowed {
		return fmt.Errorf("change register of monitors: %w", ErrNotAllowed)
	}
	if d.Chair != 0 && (!d.Chair.Valid() || int(d.Chair) > a.Chairs) {
		return fmt.Errorf("%w: there is no chair %d", ErrMalformed, d.Chair)
	}
	// "Local" is the zone of the machine, whatever that is: no zone of a monitor.
	if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" || len(d.Zone) > 60 {
		return fmt.Errorf("%w: time zone is not an IANA zone such as Europe/Prague", ErrMalformed)
	}
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > 60 || !oneLine(d.Name) {
		return fmt.Errorf("%w: name is not 1 to 60 characters", ErrMalformed)
	}
	if utf8.RuneCountInString(d.Kind) > 80 || !oneLine(d.Kind) {
		return fmt.Errorf("%w: make and model is longer than 80 characters", ErrMalformed)
	}
	return nil
}

// oneLine reports whether a text can stand in a line.
func oneLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// ExpectMonitor enters what people say of a monitor: one that has spoken is
// found by what it says of itself, another waits in the register until it does.
func (a *App) ExpectMonitor(ctx context.Context, who act.Actor, m Monitor) error {
	m.Gateway = a.monitors.gateway(m.EUI64)
	m.Key = monitorKey(m)
	if m.EUI64 == "" && (m.Application == "" || m.Peer == "") {
		return fmt.Errorf("%w: give the EUI-64, or the sending application and the address", ErrMalformed)
	}
	d := Description{Name: m.Name, Kind: m.Kind, Chair: m.Chair, Zone: m.Zone}
	if err := a.mayDescribe(who, d); err != nil {
		return err
	}
	known, err := a.register(ctx, who, m)
	if err != nil {
		return err
	}
	return a.DescribeMonitor(ctx, who, known.ID, d)
}

// monitorKey is what a monitor is known by: its own EUI-64; a gateway's with
// the bed, since a gateway speaks for many; else application, bed and address
// together.
func monitorKey(m Monitor) string {
	switch {
	case m.Pump && m.Unit != "":
		return clipKey("pump:" + m.Unit)
	case m.Pump:
		return clipKey("pump:" + m.Application + "|" + m.Bed + "|" + m.Peer)
	case m.EUI64 != "" && m.Gateway:
		return clipKey("gateway:" + m.EUI64 + "|" + m.Bed)
	case m.EUI64 != "":
		return "eui64:" + m.EUI64
	}
	return clipKey("app:" + m.Application + "|" + m.Bed + "|" + m.Peer)
}
