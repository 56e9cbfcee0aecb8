package app

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
)

// ReceiveHL7 takes one unframed message from a monitor. It returns the
// acknowledgement only after the message is durable; an error means it was
// not stored and no acknowledgement may be sent.
func (a *App) ReceiveHL7(ctx context.Context, peer netip.AddrPort, frame []byte) ([]byte, error) {
	now := a.Now()
	res := hl7.Parse(frame, hl7.Options{Zone: a.Zone, Received: now, AllowSimulated: a.Demo})
	m, err := a.register(ctx, describe(res, peer))
	if err != nil {
		return nil, err
	}
	if m.Zone != "" && m.Zone != a.Zone.String() {
		if zone, err := time.LoadLocation(m.Zone); err == nil {
			res = hl7.Parse(frame, hl7.Options{Zone: zone, Received: now, AllowSimulated: a.Demo})
		}
	}
	in := received(m.ID, res, frame, now)
	cursor, duplicate, err := a.Telemetry.Receive(ctx, in)
	a.telemetryWrites.note(err)
	if err != nil {
		return nil, fmt.Errorf("store message: %w", err)
	}
	if !duplicate {
		a.monitors.moved(m.ID, res, in.Rows, cursor, now)
		a.feed.values(m.ID)
	}
	return hl7.Ack(res.Message, res.Reply.Code, res.Reply.Text, now, "SW"+string(NewID[ident.Command](a))[:13]), nil
}

// describe is what a message says of its sender. A monitor without EUI-64 is
// known by application, bed and address together.
func describe(res hl7.Result, peer netip.AddrPort) Monitor {
	addr := peer.Addr().Unmap().String()
	m := Monitor{EUI64: res.Device.EUI64, Application: res.Device.Application, Bed: res.Location.Sent, Peer: addr}
	m.Simulated = res.Processing == "T" || res.Processing == "D"
	m.Key = monitorKey(m)
	if m.EUI64 != "" {
		m.Name = "Monitor " + m.EUI64[max(0, len(m.EUI64)-4):]
	} else {
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

func received(id ident.Device, res hl7.Result, frame []byte, now time.Time) series.Received {
	in := series.Received{Device: id, ControlKey: res.DedupeKey, ReceivedAt: now, Raw: frame}
	for _, acc := range res.Accepted {
		in.Rows = append(in.Rows, series.Row{At: acc.At, ReceivedAt: now, Sample: acc.Sample})
	}
	for _, q := range res.Quarantined {
		in.Rejected = append(in.Rejected, series.Rejected{Code: q.Code, Name: q.Name, Value: q.Value, Reason: q.Reason})
	}
	return in
}

func (m *monitors) moved(id ident.Device, res hl7.Result, rows []series.Row, cursor int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.byID[id]
	if !ok {
		return
	}
	f.LastAt, f.Cursor = now, cursor
	if !res.Sent.IsZero() {
		f.Offset = res.Sent.Sub(now)
	}
	f.SentPatient = ""
	if res.Patient.Known() {
		f.SentPatient = res.Patient.IDs[0].ID
	}
	for _, row := range rows {
		key := SiteKey{row.Sample.Kind, row.Sample.Site}
		if old, ok := f.Rows[key]; ok && old.At.After(row.At) {
			continue // a late message never replaces a newer value
		}
		f.Rows[key] = row
	}
}
