package mllp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// ListenerConfig is how a listener is set up.
type ListenerConfig struct {
	// Address is host:port; port 0 takes a free one.
	Address string
	// Networks are those that monitors may connect from; none admits nobody.
	Networks []netip.Prefix
	Handler  Handler
	// Notify hears of connections, from several goroutines; nil if nobody does.
	Notify func(Notice)
	Limits Limits
	// MaxConns bounds all connections, default 512; MaxConnsPerAddr those of
	// one address, default 256, since a gateway brings many monitors.
	MaxConns, MaxConnsPerAddr int
}

// Listener accepts monitors that connect to us.
type Listener struct {
	cfg      ListenerConfig
	networks atomic.Pointer[[]netip.Prefix]
	life     life
	// mu guards socket and conns, for the length of a map access only.
	mu     sync.Mutex
	socket net.Listener
	conns  map[netip.Addr]int
	total  int
}

// NewListener makes a listener; Start opens it.
func NewListener(cfg ListenerConfig) *Listener {
	cfg.Limits = cfg.Limits.withDefaults()
	cfg.MaxConns = or(cfg.MaxConns, 512)
	cfg.MaxConnsPerAddr = or(cfg.MaxConnsPerAddr, 256)
	if cfg.Notify == nil {
		cfg.Notify = func(Notice) {}
	}
	l := &Listener{cfg: cfg, conns: map[netip.Addr]int{}}
	l.SetNetworks(cfg.Networks)
	return l
}

// SetNetworks replaces the registered networks. Connections that stand are
// not ended by it.
func (l *Listener) SetNetworks(n []netip.Prefix) {
	own := append([]netip.Prefix(nil), n...)
	l.networks.Store(&own)
}

// Start opens the port and returns once connections are accepted. A listener
// starts once.
func (l *Listener) Start(ctx context.Context) error {
	if !l.life.start() {
		return errors.New("start MLLP listener: already started or stopped")
	}
	var lc net.ListenConfig
	socket, err := lc.Listen(ctx, "tcp", l.cfg.Address)
	if err != nil {
		return fmt.Errorf("start MLLP listener: %w", err)
	}
	l.mu.Lock()
	l.socket = socket
	l.mu.Unlock()
	if !l.life.own(func() { l.accept(socket) }) { // stopped meanwhile
		socket.Close()
	}
	return nil
}

// Addr is the address that is listened on, nil before Start.
func (l *Listener) Addr() net.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.socket == nil {
		return nil
	}
	return l.socket.Addr()
}

// Stop closes the port, lets handlers at work finish and reply, and returns
// when all is quiet. It may be called at any time and more than once.
func (l *Listener) Stop() { l.life.stop(l.cfg.Limits.Grace) }

func (l *Listener) accept(socket net.Listener) {
	defer context.AfterFunc(l.life.reading, func() { socket.Close() })()
	for {
		conn, err := socket.Accept()
		switch {
		case err == nil:
			l.admit(conn)
		case l.life.reading.Err() != nil, errors.Is(err, net.ErrClosed):
			socket.Close()
			return
		default: // out of file descriptors, or a connection gone already
			l.cfg.Notify(Notice{Kind: Trouble, Err: fmt.Errorf("accept monitor: %w", err)})
			pause(l.life.reading, time.After(100*time.Millisecond))
		}
	}
}

func (l *Listener) admit(conn net.Conn) {
	peer := peerOf(conn)
	if err := l.enter(peer.Addr()); err != nil {
		conn.Close()
		l.cfg.Notify(Notice{Refused, peer, err})
		return
	}
	k := &link{conn: conn, peer: peer, limits: l.cfg.Limits, handler: l.cfg.Handler, notify: l.cfg.Notify}
	served := l.life.own(func() {
		defer l.leave(peer.Addr())
		k.run(l.life.reading, l.life.handling)
	})
	if !served {
		conn.Close()
		l.leave(peer.Addr())
	}
}

func (l *Listener) enter(a netip.Addr) error {
	if !l.registered(a) {
		return ErrNetwork
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.cfg.MaxConns || l.conns[a] >= l.cfg.MaxConnsPerAddr {
		return ErrTooMany
	}
	l.total++
	l.conns[a]++
	return nil
}

func (l *Listener) leave(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.conns[a]--; l.conns[a] == 0 {
		delete(l.conns, a)
	}
}

func (l *Listener) registered(a netip.Addr) bool {
	for _, n := range *l.networks.Load() {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
