package simmon

import (
	"context"
	"fmt"
	"time"
)

// Sender delivers one unframed message and waits for its acknowledgement.
type Sender interface {
	Send(ctx context.Context, message []byte) error
}

// Source yields what the monitor shows at an instant; ok is false when the
// source is at its end, and a nil slice is a moment of silence.
type Source interface {
	Next(at time.Time) (numerics []Numeric, ok bool)
}

// Live plays a simulated patient; Rate tells the pump's rate in mg/kg/h.
type Live struct {
	Patient *Patient
	Rate    func() float64
}

// Next steps the patient. It never ends.
func (l Live) Next(at time.Time) ([]Numeric, bool) {
	rate := 0.0
	if l.Rate != nil {
		rate = l.Rate()
	}
	return l.Patient.Step(at, rate), true
}

// Replay plays a recording, Speed times faster than it was recorded.
type Replay struct {
	Recording *Recording
	Speed     float64
	start     time.Time
	next      int
}

// Next returns the rows that have come due, the latest value of each kind.
func (r *Replay) Next(at time.Time) ([]Numeric, bool) {
	if r.start.IsZero() {
		r.start = at
	}
	if r.next >= len(r.Recording.rows) {
		return nil, false
	}
	minutes := at.Sub(r.start).Minutes() * r.Speed
	var out []Numeric
	for ; r.next < len(r.Recording.rows) && r.Recording.rows[r.next].Minute <= minutes; r.next++ {
		for _, n := range r.Recording.rows[r.next].Values {
			n.At = at
			out = replace(out, n)
		}
	}
	return out, true
}

func replace(out []Numeric, n Numeric) []Numeric {
	for i := range out {
		if out[i].Kind == n.Kind {
			out[i] = n
			return out
		}
	}
	return append(out, n)
}

// Monitor is a virtual bedside monitor.
type Monitor struct {
	Identity Identity
	Source   Source
	Sender   Sender
	Interval time.Duration
	// Tick yields the instants at which to send; it ends the run when closed.
	Tick <-chan time.Time
	// Report is told of each failed delivery; nil ignores them.
	Report func(error)
	sent   int
}

// Run sends until the source ends, the ticks end or the context is done.
// A failed delivery is reported and the next tick tries anew: the values of
// the failed one are gone, as with a real monitor.
func (m *Monitor) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case at, open := <-m.Tick:
			if !open {
				return nil
			}
			more, err := m.SendAt(ctx, at)
			if err != nil && ctx.Err() == nil && m.Report != nil {
				m.Report(err)
			}
			if !more {
				return nil
			}
		}
	}
}

// SendAt sends what the monitor shows at an instant.
func (m *Monitor) SendAt(ctx context.Context, at time.Time) (more bool, err error) {
	numerics, ok := m.Source.Next(at)
	if !ok {
		return false, nil
	}
	if len(numerics) == 0 {
		return true, nil
	}
	m.sent++
	control := fmt.Sprintf("SIM%d-%d-%d", m.Identity.Chair, at.UnixMilli(), m.sent)
	if err := m.Sender.Send(ctx, Message(m.Identity, control, at, numerics)); err != nil {
		return true, fmt.Errorf("send from virtual monitor of chair %d: %w", m.Identity.Chair, err)
	}
	return true, nil
}

// Sent counts the messages handed to the sender.
func (m *Monitor) Sent() int { return m.sent }
