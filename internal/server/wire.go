package server

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/mllp"
)

// mostNotes bounds what is kept of connections that went wrong: someone who
// knocks all night pushes out the older, and stays counted.
const mostNotes = 50

// wires are the ways to the monitors: the listener, and a dialler for each
// monitor that waits to be called. It keeps what went wrong on them.
type wires struct {
	listener *mllp.Listener
	diallers []*mllp.Dialler

	mu     sync.Mutex // guards the rest
	counts map[mllp.NoticeKind]uint64
	wrong  []wireNote // newest last
}

// wireNote is one connection that was refused or had trouble, and how often
// in a row.
type wireNote struct {
	at    time.Time
	from  netip.Addr
	kind  mllp.NoticeKind
	what  string
	count int
}

func (w *wires) note(at time.Time, n mllp.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts == nil {
		w.counts = map[mllp.NoticeKind]uint64{}
	}
	w.counts[n.Kind]++
	if n.Err == nil {
		return
	}
	next := wireNote{at: at, from: n.Peer.Addr(), kind: n.Kind, what: n.Err.Error(), count: 1}
	for i, old := range w.wrong {
		if old.from == next.from && old.kind == next.kind && old.what == next.what {
			next.count += old.count
			w.wrong = slices.Delete(w.wrong, i, i+1)
			break
		}
	}
	w.wrong = append(w.wrong, next)
	if len(w.wrong) > mostNotes {
		w.wrong = slices.Delete(w.wrong, 0, 1)
	}
}

func (w *wires) count(k mllp.NoticeKind) float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return float64(w.counts[k])
}

// troubles are newest first.
func (w *wires) troubles() []wireNote {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.wrong)
	slices.Reverse(out)
	return out
}

// heard takes what a listener or a dialler says of a connection.
func (s *Server) heard(n mllp.Notice) {
	s.wires.note(s.cfg.Now(), n)
	if n.Err != nil && !errors.Is(n.Err, context.Canceled) {
		s.cfg.Log.Warn("connection of a monitor", "kind", string(n.Kind), "from", n.Peer.Addr().String(), "err", n.Err)
	}
}

func (s *Server) startMLLP(ctx context.Context) error {
	calls, err := s.toCall()
	if err != nil {
		return err
	}
	if s.cfg.MLLP != "" {
		if err := s.startListener(ctx); err != nil {
			return err
		}
	}
	for _, address := range calls {
		d := mllp.NewDialler(mllp.DiallerConfig{Monitor: address, Handler: s.app.ReceiveHL7, Notify: s.heard})
		if err := d.Start(ctx); err != nil {
			return fmt.Errorf("call monitor %s: %w", address, err)
		}
		s.wires.diallers = append(s.wires.diallers, d)
	}
	return nil
}

func (s *Server) startListener(ctx context.Context) error {
	var networks []netip.Prefix
	for _, n := range s.cfg.Networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return fmt.Errorf("network %q of monitors is not a prefix such as 10.1.20.0/24", n)
		}
		networks = append(networks, p)
	}
	l := mllp.NewListener(mllp.ListenerConfig{Address: s.cfg.MLLP, Networks: networks, Handler: s.app.ReceiveHL7, Notify: s.heard})
	if err := l.Start(ctx); err != nil {
		return fmt.Errorf("listen for monitors: %w", err)
	}
	s.wires.listener = l
	return nil
}

// toCall are the addresses of monitors that wait to be called: numbers, so
// that no name server decides whose values come.
func (s *Server) toCall() ([]netip.AddrPort, error) {
	var out []netip.AddrPort
	for _, text := range s.cfg.Dial {
		a, err := netip.ParseAddrPort(text)
		if err != nil || a.Port() == 0 || slices.Contains(out, a) {
			return nil, fmt.Errorf("monitor to call %q is not a number and port of its own, such as 10.1.20.7:2575", text)
		}
		out = append(out, a)
	}
	return out, nil
}

func (w *wires) stop() {
	if w.listener != nil {
		w.listener.Stop()
	}
	for _, d := range w.diallers {
		d.Stop()
	}
}
