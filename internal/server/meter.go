package server

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// meter counts and times what the server does, for who runs it. Its labels are
// the acts and a few words of ours: nothing of a patient, and nothing that a
// client chose. A nil meter counts nothing.
type meter struct {
	commands *prometheus.HistogramVec
	clients  prometheus.Gauge
	frames   prometheus.Histogram
}

// The outcomes of a command, beside those that a reply names.
const (
	outcomeInvalid = "invalid" // could not be read
	outcomeFailed  = "failed"  // the server's own fault, or nobody proved who said it
)

func newMeter() *meter {
	return &meter{
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "stillwatch", Name: "command_seconds",
			Help:    "How long commands took, and how many there were, by act and what became of them.",
			Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5},
		}, []string{"act", "outcome"}),
		clients: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "stillwatch", Name: "stream_clients", Help: "Browsers that follow the live stream.",
		}),
		frames: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "stillwatch", Name: "stream_frame_seconds",
			Help:    "How long making one frame of a live stream took, and how many were made.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1},
		}),
	}
}

func (m *meter) register(reg *prometheus.Registry) { reg.MustRegister(m.commands, m.clients, m.frames) }

// command counts one that began at a time.
func (m *meter) command(what act.Act, began time.Time, outcome string) {
	if m != nil {
		m.commands.WithLabelValues(actLabel(what), outcome).Observe(time.Since(began).Seconds())
	}
}

// actLabel is an act of ours: a client can name any.
func actLabel(what act.Act) string {
	if slices.Contains(session.Acts(), what) || slices.Contains(house.Acts(), what) {
		return string(what)
	}
	return "unknown"
}

func replied(reply view.Reply, err error) string {
	switch {
	case err != nil:
		return outcomeFailed
	case reply.Outcome == "malformed":
		return outcomeInvalid
	}
	return reply.Outcome
}

// answered is the outcome of a command that the server itself made of a form.
func answered(ans app.Answer, err error) string {
	switch {
	case err != nil:
		return outcomeFailed
	case ans.Refusal != nil && ans.Refusal.Malformed:
		return outcomeInvalid
	case ans.Refusal != nil:
		return "refused"
	case ans.Replayed:
		return "repeated"
	}
	return "accepted"
}

// follows counts a browser that follows from now on; what it returns, once.
func (m *meter) follows() (gone func()) {
	if m == nil {
		return func() {}
	}
	m.clients.Inc()
	return m.clients.Dec
}

// frame counts one frame that took from a time until now.
func (m *meter) frame(began time.Time) {
	if m != nil {
		m.frames.Observe(time.Since(began).Seconds())
	}
}
